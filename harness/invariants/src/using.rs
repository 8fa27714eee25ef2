//! What a key may be used for, what becomes a credential, and what a header beside the claims changes.

use arbitrary::{Arbitrary, Unstructured};
use mutator::{Json, ring, seal};
use reference::assertion::{Client, ClientKey, Form, Rules};
use reference::credential::{Credential, Registration, Use, register};
use reference::{Jwk, certificate, jwe, jws};

use crate::tokens::{POLICY, key, rng};
use crate::{Became, became};

const NOW: i64 = 1_700_000_000;
const CERTIFICATE: &str = include_str!("../../../vectors/certificates/rsa-2048-a.pem");

/// The input is a JWK: what it declares to be for holds (RFC 7517 §4.2 to §4.4).
pub(crate) fn key_used(data: &[u8]) -> Became {
    const SEALED: [(&str, &str); 5] = [
        ("A128KW", "A128GCM"),
        ("A128GCMKW", "A128GCM"),
        ("dir", "A128GCM"),
        ("ECDH-ES", "A128GCM"),
        ("RSA-OAEP-256", "A128GCM"),
    ];
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let parsed = Jwk::parse(text, &POLICY);
    let (Ok(key), Some(Json::Object(members))) = (&parsed, Json::parse(data)) else {
        return became(&parsed);
    };
    let members = Json::Object(members);
    let own = |name: &str| members.text(name);
    let lists = |wanted: &[&str]| match members.get("key_ops") {
        Some(Json::Array(all)) => {
            all.iter().any(|one| matches!(one, Json::Text(one) if wanted.contains(&one.as_str())))
        }
        _ => true,
    };
    for (alg, enc) in SEALED {
        let header = format!(r#"{{"alg":"{alg}","enc":"{enc}"}}"#);
        let Ok(token) = jwe::seal(b"content", &header, key, &POLICY, &mut rng()) else { continue };
        assert!(own("alg").is_none_or(|own| own == alg || (alg == "dir" && own == enc)), "{alg}");
        assert!(own("use").is_none_or(|usage| usage == "enc"), "{alg} by a key for signatures");
        let wanted = ["encrypt", "wrapKey", "deriveKey", "deriveBits"];
        assert!(lists(&wanted), "{alg} by a key that does not seal");
        let opened = jwe::open(&token, key, &POLICY, &mut rng());
        assert!(opened.is_err() || lists(&["decrypt", "unwrapKey", "deriveKey", "deriveBits"]));
        let is_free = members.get("key_ops").is_none();
        let private = if own("kty") == Some("oct") { "k" } else { "d" };
        let is_private = members.get(private).is_some();
        assert!(!is_free || opened.is_ok() == is_private, "{alg}: {:?}", opened.err());
    }
    for alg in ["HS256", "ES256", "ES384", "EdDSA", "PS256"] {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        let Ok(token) = jws::sign(b"content", &header, key, &POLICY, &mut rng()) else { continue };
        assert!(own("alg").is_none_or(|own| own == alg), "{alg}");
        assert!(own("use").is_none_or(|usage| usage == "sig"), "{alg} by a key for encryption");
        assert!(lists(&["sign"]), "{alg} by a key that does not sign");
        let verified = jws::verify(&token, key, &POLICY);
        assert!(verified.is_ok() == lists(&["verify"]), "{alg}: {verified:?}");
    }
    Became::Accepted
}

/// The choices of who registers a key.
#[derive(Arbitrary, Debug)]
struct Registering {
    is_api: bool,
    pem: Pem,
    alg: Alg,
    name: Option<String>,
    kid: Option<String>,
    expires_in: Option<i16>,
    from_certificate: bool,
    existing: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Pem {
    PublicKey,
    Certificate,
    PrivateKey,
}

#[derive(Arbitrary, Debug)]
enum Alg {
    Absent,
    Named(u8),
    Other(String),
}

impl Alg {
    fn name(&self) -> Option<&str> {
        const NAMES: [&str; 8] = [
            "RS256",
            "RS384",
            "PS256",
            "RSA-OAEP-256",
            "RSA-OAEP-384",
            "RSA-OAEP-512",
            "RS512",
            "RSA-OAEP",
        ];
        match self {
            Self::Absent => None,
            Self::Named(choice) => NAMES.get(usize::from(*choice) % NAMES.len()).copied(),
            Self::Other(text) => Some(text),
        }
    }
}

pub(crate) fn credential_request(data: &[u8]) -> Became {
    let Ok(how) = Registering::arbitrary_take_rest(Unstructured::new(data)) else {
        return Became::Unfit;
    };
    let registration = Registration {
        name: how.name.as_deref(),
        alg: how.alg.name(),
        kid: how.kid.as_deref(),
        expires_at: how.expires_in.map(|seconds| NOW + i64::from(seconds)),
        parse_expiry_from_cert: how.from_certificate,
        existing: usize::from(how.existing % 4),
        ..Registration::new(
            if how.is_api { Use::Api } else { Use::Client },
            match how.pem {
                Pem::PublicKey => ring::rsa_public_pem(),
                Pem::Certificate => CERTIFICATE,
                Pem::PrivateKey => ring::rsa_pem(),
            },
            NOW,
        )
    };
    let registered = register(&registration);
    assert_eq!(registered.is_ok(), how.is_right(), "{registered:?}: {how:?}");
    if let Ok(credential) = &registered {
        how.check(credential);
    }
    became(&registered)
}

impl Registering {
    /// What the vendor documents of either kind.
    fn is_right(&self) -> bool {
        let length = |text: &Option<String>| text.as_ref().map(|text| text.chars().count());
        let is_plain = |kid: &String| {
            kid.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet))
        };
        let alg = self.alg.name();
        if self.pem == Pem::PrivateKey {
            return false;
        }
        if self.is_api {
            return alg.is_some_and(|alg| {
                ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"].contains(&alg)
            }) && length(&self.name).is_none_or(|name| (1..=128).contains(&name))
                && length(&self.kid).is_none_or(|kid| (1..=128).contains(&kid))
                && self.expires_in.is_none()
                && !self.from_certificate;
        }
        self.existing % 4 < 2
            && alg.is_none_or(|alg| ["RS256", "RS384", "PS256"].contains(&alg))
            && length(&self.name).is_none_or(|name| name <= 128)
            && length(&self.kid).is_none_or(|kid| (10..=64).contains(&kid))
            && self.kid.as_ref().is_none_or(is_plain)
            && !(self.expires_in.is_some() && self.from_certificate)
            && self.expires_in.is_none_or(|seconds| seconds > 0)
            && (!self.from_certificate || self.pem == Pem::Certificate)
    }

    fn check(&self, credential: &Credential) {
        assert_eq!(credential.is_kid_given, self.kid.is_some());
        assert!(self.kid.as_ref().is_none_or(|kid| *kid == credential.kid));
        let (is_certified, thumbprint) =
            (self.pem == Pem::Certificate, certificate::thumbprint_of_pem(CERTIFICATE));
        assert_eq!(credential.subject_dn.is_some(), is_certified);
        assert_eq!(credential.thumbprint_sha256 == thumbprint.ok(), is_certified);
        let expires = self.expires_in.map(|seconds| NOW + i64::from(seconds));
        assert!(self.from_certificate || credential.expires_at == expires);
        let associated = ClientKey::from(credential);
        assert!(!associated.is_associated && !associated.is_expired(NOW));
        assert!(!credential.is_expired(NOW), "it has expired already");
        assert_eq!(credential.is_expired(i64::MAX), credential.expires_at.is_some());
    }
}

/// The input is a header and claims, `{"header":{…},"claims":{…}}`, under a right signature. What the draft
/// rfc7523bis accepts, the rules of RFC 7523 accept too.
pub(crate) fn assertion_token(data: &[u8]) -> Became {
    let Some(Json::Object(mut header)) =
        Json::parse(data).and_then(|all| all.get("header").cloned())
    else {
        return Became::Unfit;
    };
    let Some(claims) = Json::parse(data).and_then(|all| all.get("claims").cloned()) else {
        return Became::Unfit;
    };
    let Some(verifies) = ring::verifies("EdDSA").and_then(key) else { return Became::Unfit };
    header.retain(|(name, _)| name != "alg");
    header.push(("alg".to_owned(), Json::Text("EdDSA".to_owned())));
    let typ = header.iter().find(|(name, _)| name == "typ").map(|(_, value)| value.clone());
    let token = seal::jws(&Json::Object(header), claims.to_string().as_bytes());
    let mut key = ClientKey::new("1", "EdDSA", (*verifies).clone());
    key.expires_at = Some(NOW + 1000);
    let client = Client { client_id: "client".to_owned(), keys: vec![key] };
    let issuer = "https://issuer.example/";
    let ask = |rules: &Rules, now: i64| {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let pairs = [pair("client_assertion_type", form_type), pair("client_assertion", &token)];
        let form = Form::parse(&pairs)?;
        assert_eq!(form.assertion(), token);
        rules.validate(&form, &client, now, &mut |_: &str, _: &str, _: i64| true)
    };
    let bis = Rules::rfc7523bis(issuer);
    let strict = Rules { required: vec!["jti".to_owned(), "iat".to_owned()], ..bis.clone() };
    let narrow = ask(&bis, NOW);
    if let Ok(authenticated) = &narrow {
        assert_eq!(ask(&Rules::rfc7523([issuer]), NOW).as_ref(), Ok(authenticated));
        let fits = |typ: &Json| matches!(typ, Json::Text(typ) if is_assertion(typ));
        assert!(typ.as_ref().is_none_or(fits), "{typ:?}");
        // A token without a name has none.
        let is_named = claims.text("jti").is_some_and(|jti| !jti.is_empty());
        assert_eq!(ask(&strict, NOW).is_ok(), is_named && claims.get("iat").is_some());
        assert!(ask(&bis, NOW + 1000).is_err(), "its key has expired");
    }
    became(&narrow)
}

fn is_assertion(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    let short = typ.strip_prefix("application/").unwrap_or(&typ);
    ["client-authentication+jwt", "jwt"].contains(&short)
}
