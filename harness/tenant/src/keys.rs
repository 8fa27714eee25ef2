//! The tenant's keys: one signs, and those before it are published until their tokens have expired.

use data_encoding::BASE64URL_NOPAD;
use rand::CryptoRng;
use reference::json::Value;
use reference::{Jwk, JwkSet, Policy, thumbprint};
use rejection::Rejection;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::store::{Store, StoreError, keys};

/// Why there are no keys to sign with.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key could not be made, or what is stored is none.
    #[error("a signing key is unusable ({0}); start with another folder")]
    Key(Rejection),
}

impl From<rusqlite::Error> for KeyError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// The keys of a running tenant. `Debug` shows no key material.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    current: Jwk,
    published: Vec<(Jwk, Option<i64>)>,
}

impl SigningKeys {
    /// The keys of the store; makes the first one. `now` is in NumericDate seconds.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn load(store: &Store, now: i64, rng: &mut impl CryptoRng) -> Result<Self, KeyError> {
        match Self::stored(store, now)? {
            Some(keys) => Ok(keys),
            None => Self::rotate(store, now, rng),
        }
    }

    /// Makes a new key that signs from here on. It is RSA of 2048 bits, for RS256 and PS256.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn rotate(store: &Store, now: i64, rng: &mut impl CryptoRng) -> Result<Self, KeyError> {
        let key = Jwk::generate_rsa(2048, rng).map_err(KeyError::Key)?;
        Self::adopt(store, &key, now)
    }

    /// Makes this private key the one that signs.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn adopt(store: &Store, key: &Jwk, now: i64) -> Result<Self, KeyError> {
        // RFC 7638.
        let kid = BASE64URL_NOPAD.encode(&Sha256::digest(thumbprint::input(key).as_bytes()));
        let mut members = key.members().clone();
        // Without `alg`: the key signs with RS256 and with PS256, as each API asks.
        members.set("kid", Value::String(kid.clone()));
        members.set("use", Value::String("sig".to_owned()));
        let until = now.saturating_add(LONGEST_LIFETIME);
        store.transaction(|transaction| {
            Ok::<_, KeyError>(keys::rotate(transaction, &kid, &members.to_text(), now, until)?)
        })?;
        Self::stored(store, now)?.ok_or(KeyError::Key(Rejection::KeyNotFound))
    }

    fn stored(store: &Store, now: i64) -> Result<Option<Self>, KeyError> {
        let rows = store.with(|connection| Ok::<_, KeyError>(keys::load(connection, now)?))?;
        let mut current = None;
        let mut published = Vec::new();
        for row in rows {
            let key = Jwk::parse(&row.jwk, &Policy::default()).map_err(KeyError::Key)?;
            let public = key.to_public().ok_or(KeyError::Key(Rejection::KeyType))?;
            published.push((public, row.published_until));
            if row.published_until.is_none() {
                current = Some(key);
            }
        }
        Ok(current.map(|current| Self { current, published }))
    }

    /// The private key that signs.
    #[must_use]
    pub const fn current(&self) -> &Jwk {
        &self.current
    }

    /// The public keys that verify the tenant's tokens at this time, in NumericDate seconds.
    #[must_use]
    pub fn published(&self, now: i64) -> JwkSet {
        let is_alive = |until: &Option<i64>| until.is_none_or(|until| now < until);
        let alive = self.published.iter().filter(|(_, until)| is_alive(until));
        JwkSet::of(alive.map(|(key, _)| key.clone()).collect())
    }

    /// The text of the JWK Set (RFC 7517 §5) at this time.
    #[must_use]
    pub fn jwks(&self, now: i64) -> String {
        let keys: Vec<String> =
            self.published(now).keys().iter().map(|key| key.members().to_text()).collect();
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    }
}

/// Seconds of the longest access token: Auth0's limit of `token_lifetime`. A key that no longer
/// signs is published for so long.
pub const LONGEST_LIFETIME: i64 = 2_592_000;
