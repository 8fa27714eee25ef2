//! Validation up to the signature, and the one use of an assertion at the end (RFC 7523 §3).

use rejection::Rejection;

use super::claims;
use super::form::Form;
use super::rules::Rules;
use super::{Authenticated, Client, ClientKey, Ledger};
use crate::header::{Header, is_same_media_type};
use crate::jwe::keep_farthest;
use crate::jws::{self, Jws, Part};
use crate::jwt::Claims;

impl Rules {
    /// Validates the assertion of a request against the client that it is for, and uses it up.
    /// `now` is in NumericDate seconds. The ledger is asked last, so that an assertion that is
    /// refused for any other reason is not used.
    ///
    /// # Errors
    /// The code of the first check that failed, in the order that the manual gives.
    pub fn validate(
        &self,
        form: &Form<'_>,
        client: &Client,
        now: i64,
        ledger: &mut impl Ledger,
    ) -> Result<Authenticated, Rejection> {
        if form.client_id.is_some_and(|client_id| client_id != client.client_id) {
            return Err(Rejection::FormClientId);
        }
        let token = form.token(self)?;
        let header = header(&token)?;
        let keys = self.keys(&header, client, now)?;
        let (payload, kid) = self.verify(&token, &keys)?;
        let claims = Claims::parse(&payload, &self.policy)?;
        let checked = claims::check(&claims, &header, client, self, now)?;
        // OpenID Connect Core 1.0 §9, RFC 7523 §3 item 7.
        if let Some(jti) = checked.jti.as_deref()
            && !ledger.claim(&client.client_id, jti, checked.until)
        {
            return Err(Rejection::JtiSeen);
        }
        Ok(Authenticated {
            client_id: client.client_id.clone(),
            kid,
            jti: checked.jti,
            until: checked.until,
        })
    }

    /// The keys that may have signed: never none.
    fn keys<'a>(
        &self,
        header: &Header,
        client: &'a Client,
        now: i64,
    ) -> Result<Vec<&'a ClientKey>, Rejection> {
        let name = header.alg()?;
        if name.chars().count() > self.limits.alg {
            return Err(Rejection::AlgTooLong);
        }
        let alg = jws::alg(header)?.name;
        // RFC 7519 §7.2 step 8: another JWT inside is no set of claims.
        if header.text("cty").is_some_and(|cty| is_same_media_type(cty, "JWT")) {
            return Err(Rejection::NestingDepth);
        }
        if !self.policy.allows_signature(alg) {
            return Err(Rejection::AlgNotAllowed);
        }
        let all: Vec<&ClientKey> = client.keys.iter().collect();
        let filtered = |keys: &[&'a ClientKey], test: &dyn Fn(&ClientKey) -> bool, no| {
            let kept: Vec<&ClientKey> = keys.iter().copied().filter(|key| test(key)).collect();
            if kept.is_empty() { Err(no) } else { Ok(kept) }
        };
        let is_named = |key: &ClientKey| header.kid().is_none_or(|kid| kid == key.kid);
        let is_for_alg = |key: &ClientKey| key.alg == alg;
        if !all.is_empty() {
            filtered(&all, &is_for_alg, Rejection::AlgNotAllowed)?;
        }
        let named = filtered(&all, &is_named, Rejection::KeyNotFound)?;
        let fitting = filtered(&named, &is_for_alg, Rejection::AlgNotAllowed)?;
        let associated =
            filtered(&fitting, &|key| key.is_associated, Rejection::CredentialNotAssociated)?;
        filtered(&associated, &|key| !key.is_expired(now), Rejection::CredentialExpired)
    }

    /// The payload and the name of the key that verified it.
    fn verify(&self, token: &Jws, keys: &[&ClientKey]) -> Result<(Vec<u8>, String), Rejection> {
        let mut farthest = None;
        for candidate in keys {
            match token.verify(None, &candidate.key, &self.policy) {
                Ok(verified) => return Ok((verified.payload, candidate.kid.clone())),
                Err(rejection) => keep_farthest(&mut farthest, rejection),
            }
        }
        Err(farthest.unwrap_or(Rejection::KeyNotFound))
    }
}

/// The JOSE header of the one signature.
fn header(token: &Jws) -> Result<Header, Rejection> {
    token.signatures.first().map_or(Err(Rejection::Serialization), Part::jose_header)
}
