//! Nested JWTs with josekit (RFC 7519 §5.2, §7): its JWE functions around its JWT functions.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use ::josekit::JoseError;
use ::josekit::jws::JwsHeader;
use ::josekit::jwt::{self, JwtPayload, JwtPayloadValidator};
use serde_json::{Map, Value, json};

use crate::face::Refusal;
use crate::input::{self, Allow, KeySource, Serialization};

use super::{FORMS, Josekit, signature};

impl Josekit {
    pub(super) fn answer_open(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        let token = input::token(input)?;
        let allow = Allow::of(input);
        let decrypt = input::source(input::object(input, "decrypt")?, &FORMS)?;
        let verify = input::source(input::object(input, "verify")?, &FORMS)?;
        let outer = self.decrypt_as(&token, &decrypt, &allow, false)?;
        let (claims, inner) = self.decode(&outer.octets, &verify, &allow)?;
        let no_demands = Map::new();
        let expect = match input.get("expect") {
            Some(Value::Object(expect)) => expect,
            _ => &no_demands,
        };
        validator(expect, input.get("now"))?.validate(&claims)?;
        check_typ(expect, &inner)?;
        Ok(json!({
            "claims": claims.to_string(),
            "outer": outer.header,
            "inner": inner.to_string(),
        }))
    }

    pub(super) fn answer_seal(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        let (sign, encrypt) = (input::object(input, "sign")?, input::object(input, "encrypt")?);
        let token = self.seal(
            input::text(input, "claims")?,
            (input::text(sign, "header")?, &KeySource::Key(input::key(sign, &FORMS)?)),
            (input::text(encrypt, "header")?, &KeySource::Key(input::key(encrypt, &FORMS)?)),
        )?;
        Ok(json!({ "token": token }))
    }

    /// Signs claims and encrypts the token; each of `sign` and `encrypt` is the text of a header and
    /// its key.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] with josekit's error, [`Refusal::Unsupported`] for an algorithm that
    /// it lacks.
    pub fn seal(
        &mut self,
        claims: &str,
        sign: (&str, &KeySource),
        encrypt: (&str, &KeySource),
    ) -> Result<String, Refusal> {
        let members: Map<String, Value> = serde_json::from_str(claims)
            .map_err(|error| Refusal::rejected("adapter-json", error.to_string()))?;
        let claims = JwtPayload::from_map(members)?;
        let header = signature::checked(sign.0)?;
        let ring = self.rings.signers(sign.1)?;
        let signer = header.algorithm().map_or(Ok(None), |alg| ring.select(None, alg))?;
        let Some(signer) = signer else {
            return Err(Refusal::unsupported("key", "no signer for the header's `alg`"));
        };
        let inner = jwt::encode_with_signer(&claims, &header, signer)?;
        self.encrypt(inner.as_bytes(), encrypt.0, encrypt.1, Serialization::Compact)
    }

    fn decode(
        &mut self,
        token: &[u8],
        keys: &KeySource,
        allow: &Allow,
    ) -> Result<(JwtPayload, JwsHeader), Refusal> {
        let ring = self.rings.verifiers(keys)?;
        let refused = RefCell::new(None);
        let select = |header: &JwsHeader| {
            ring.select_allowed(allow.sig.as_ref(), &refused, header.key_id(), header.algorithm())
        };
        jwt::decode_with_verifier_selector(token, select)
            .map_err(|error: JoseError| refused.take().unwrap_or_else(|| error.into()))
    }
}

/// What the request expects of `iss`, `aud` and the times, in josekit's terms.
fn validator(
    expect: &Map<String, Value>,
    now: Option<&Value>,
) -> Result<JwtPayloadValidator, Refusal> {
    let mut validator = JwtPayloadValidator::new();
    if let Some(now) = now.and_then(Value::as_u64) {
        let now = SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(now))
            .ok_or_else(|| Refusal::Request("`now` is beyond the system's clock".to_owned()))?;
        validator.set_base_time(now);
        // Its default is the system's clock.
        validator.set_max_issued_time(now);
    }
    if let Some(issuer) = expect.get("iss").and_then(Value::as_str) {
        validator.set_issuer(issuer);
    }
    match expect.get("aud") {
        Some(Value::String(audience)) => validator.set_audience(audience),
        Some(Value::Array(audiences)) => match audiences.as_slice() {
            [Value::String(audience)] => validator.set_audience(audience),
            _ => return Err(Refusal::unsupported("knob", "several values of `aud`")),
        },
        _ => {}
    }
    Ok(validator)
}

/// josekit never looks at `typ`.
fn check_typ(expect: &Map<String, Value>, header: &JwsHeader) -> Result<(), Refusal> {
    let Some(Value::Array(types)) = expect.get("typ") else { return Ok(()) };
    let found = header.token_type().map(media_type);
    let mut wanted = types.iter().filter_map(Value::as_str).map(media_type);
    if types.is_empty() || wanted.any(|wanted| found.as_deref() == Some(&wanted)) {
        return Ok(());
    }
    let found = header.token_type().unwrap_or("absent");
    Err(Refusal::rejected("adapter-expect", format!("the inner typ is {found}")))
}

/// RFC 7515 §4.1.9: a name without a slash stands for `application/` and the name.
fn media_type(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    if name.contains('/') { name } else { format!("application/{name}") }
}
