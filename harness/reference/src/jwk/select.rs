//! Which keys to try (RFC 7515 §6, RFC 7516 §6, RFC 7517 §4).

use rejection::Rejection;

use super::{Jwk, Keys, Purpose, check_usable};
use crate::policy::Policy;

/// The keys that fit, in the order of the set: never none.
///
/// # Errors
/// Why the only candidate does not fit, or [`Rejection::KeyNotFound`].
pub(crate) fn candidates<'a>(
    keys: Keys<'a>,
    kid: Option<&str>,
    purpose: Purpose<'_>,
    policy: &Policy,
) -> Result<Vec<&'a Jwk>, Rejection> {
    let named: Vec<&Jwk> = match keys {
        // The caller has chosen; `kid` is a hint to those who have not.
        Keys::One(key) => vec![key],
        Keys::Set(set) => {
            set.keys().iter().filter(|key| kid.is_none() || key.kid() == kid).collect()
        }
    };
    let fits = |key: &&Jwk| check_usable(key, purpose, policy).is_ok();
    let usable: Vec<&Jwk> = named.iter().copied().filter(fits).collect();
    if !usable.is_empty() {
        return Ok(usable);
    }
    match named.as_slice() {
        [only] => check_usable(only, purpose, policy).map(|()| vec![*only]),
        _ => Err(Rejection::KeyNotFound),
    }
}

impl<'a> Keys<'a> {
    /// The one key to produce with.
    ///
    /// # Errors
    /// As for [`candidates`], and [`Rejection::KeyAmbiguous`] when several fit.
    pub(crate) fn single(
        self,
        kid: Option<&str>,
        purpose: Purpose<'_>,
        policy: &Policy,
    ) -> Result<&'a Jwk, Rejection> {
        match candidates(self, kid, purpose, policy)?.as_slice() {
            [only] => Ok(only),
            _ => Err(Rejection::KeyAmbiguous),
        }
    }
}
