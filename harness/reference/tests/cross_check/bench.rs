//! The implementations side by side, and the named keys of `vectors/keys/`.

use oracles::josekit::Josekit;
use oracles::jsonwebtoken::Jsonwebtoken;
use oracles::{Allow, KeyForm, KeySource};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use reference::{Jwk, Policy, Serialization, jwe, jws};
use serde_json::Value;

/// Everything that a round trip needs.
pub(crate) struct Bench {
    pub(crate) policy: Policy,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) josekit: Josekit,
    pub(crate) jsonwebtoken: Jsonwebtoken,
}

/// Both halves of a key; of a symmetric key both are the key.
pub(crate) struct Pair {
    pub(crate) private: Half,
    pub(crate) public: Half,
}

/// One half, as the implementations take it.
pub(crate) struct Half {
    pub(crate) jwk: Jwk,
    pub(crate) source: KeySource,
    pub(crate) pem: Option<KeyForm>,
}

impl Bench {
    /// A seed of its own for every test keeps the tests independent of their order.
    pub(crate) fn new(seed: u64) -> Self {
        let mut policy = Policy::default();
        // josekit has it, and so has the reference when it is allowed.
        policy.key_management.push("RSA1_5".to_owned());
        Self {
            policy,
            rng: ChaCha20Rng::seed_from_u64(seed),
            josekit: Josekit::default(),
            jsonwebtoken: Jsonwebtoken::default(),
        }
    }

    #[track_caller]
    pub(crate) fn key(&self, name: &str) -> Pair {
        let path = format!("{}/../../vectors/keys/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let file: Value = serde_json::from_str(&text).expect("a key is JSON");
        let half = |name: &str| {
            let forms = &file[name];
            let text = forms["jwk"].as_str()?;
            let pem = forms["pem"].as_str().map(|pem| KeyForm::Pem(pem.to_owned()));
            let jwk = Jwk::parse(text, &self.policy).expect("the reference reads the key");
            Some(Half { jwk, source: KeySource::jwk(text), pem })
        };
        let private = half("private").expect("every key has a private half");
        let public = half("public").or_else(|| half("private")).expect("or is symmetric");
        Pair { private, public }
    }

    /// The reference encrypts and josekit decrypts, and the other way round.
    #[track_caller]
    pub(crate) fn check_encryption(&mut self, encryption: &Encryption<'_>) {
        self.check_josekit_decrypts(encryption);
        self.check_josekit_encrypts(encryption);
    }

    #[track_caller]
    pub(crate) fn check_josekit_decrypts(&mut self, encryption: &Encryption<'_>) {
        let Encryption { header, key, plaintext, form, aad } = *encryption;
        let pair = self.key(key);
        let content = jwe::Content { plaintext, protected: header, unprotected: None, aad };
        let to = jwe::To { header: None, keys: (&pair.public.jwk).into() };
        let token = jwe::seal_as(form, &content, &[to], &self.policy, &mut self.rng)
            .unwrap_or_else(|code| panic!("{header} {key}: reference seals: {code}"));
        let opened = self
            .josekit
            .decrypt(token.as_bytes(), &pair.private.source, &Allow::default())
            .unwrap_or_else(|refusal| panic!("{header} {key}: josekit opens {token}: {refusal:?}"));
        assert_eq!(opened.octets, plaintext, "{header} {key}: reference to josekit");
    }

    #[track_caller]
    pub(crate) fn check_josekit_encrypts(&mut self, encryption: &Encryption<'_>) {
        let Encryption { header, key, plaintext, .. } = *encryption;
        let pair = self.key(key);
        let token = self.encrypt_with_josekit(encryption);
        let opened = jwe::open(&token, &pair.private.jwk, &self.policy, &mut self.rng)
            .unwrap_or_else(|code| panic!("{header} {key}: reference opens {token}: {code}"));
        assert_eq!(opened.plaintext.as_slice(), plaintext, "{header} {key}: josekit to reference");
    }

    #[track_caller]
    pub(crate) fn encrypt_with_josekit(&mut self, encryption: &Encryption<'_>) -> String {
        let Encryption { header, key, plaintext, form, aad } = *encryption;
        let (source, form) = (self.key(key).public.source, oracle_form(form));
        let sealed = match aad {
            None => self.josekit.encrypt(plaintext, header, &source, form),
            Some(aad) => self.josekit.encrypt_with_aad(plaintext, header, &source, form, aad),
        };
        sealed.unwrap_or_else(|refusal| panic!("{header} {key}: josekit seals: {refusal:?}"))
    }

    /// The reference signs and josekit verifies, and the other way round.
    #[track_caller]
    pub(crate) fn check_signature(
        &mut self,
        alg: &str,
        key: &str,
        payload: &[u8],
        form: Serialization,
    ) {
        let (header, pair) = (format!(r#"{{"alg":"{alg}"}}"#), self.key(key));
        let keys = (&pair.private.jwk).into();
        let signer = jws::Signer { protected: &header, header: None, keys };
        let token = jws::sign_as(form, payload, &[signer], &self.policy, &mut self.rng)
            .and_then(|signed| signed.into_attached())
            .unwrap_or_else(|code| panic!("{alg} {key}: reference signs: {code}"));
        let verified = self
            .josekit
            .verify(token.as_bytes(), &pair.public.source, &Allow::default())
            .unwrap_or_else(|refusal| panic!("{alg} {key}: josekit verifies {token}: {refusal:?}"));
        assert_eq!(verified.octets, payload, "{alg} {key}: reference to josekit");

        let token = self
            .josekit
            .sign(payload, &header, &pair.private.source, oracle_form(form))
            .unwrap_or_else(|refusal| panic!("{alg} {key}: josekit signs: {refusal:?}"));
        let verified = jws::verify(&token, &pair.public.jwk, &self.policy)
            .unwrap_or_else(|code| panic!("{alg} {key}: reference verifies {token}: {code}"));
        assert_eq!(verified.payload, payload, "{alg} {key}: josekit to reference");
    }

    /// The reference signs and jsonwebtoken verifies, and the other way round.
    #[track_caller]
    pub(crate) fn check_compact_signature(&mut self, alg: &str, key: &str, payload: &[u8]) {
        let (header, pair) = (format!(r#"{{"alg":"{alg}"}}"#), self.key(key));
        let token = jws::sign(payload, &header, &pair.private.jwk, &self.policy, &mut self.rng)
            .unwrap_or_else(|code| panic!("{alg} {key}: reference signs: {code}"));
        let verified = self
            .jsonwebtoken
            .verify(token.as_bytes(), &pair.public.source, &Allow::default())
            .unwrap_or_else(|refusal| panic!("{alg} {key}: jsonwebtoken verifies: {refusal:?}"));
        assert_eq!(verified.octets, payload, "{alg} {key}: reference to jsonwebtoken");

        let token = self
            .jsonwebtoken
            .sign(payload, &header, &pair.private.to_sign())
            .unwrap_or_else(|refusal| panic!("{alg} {key}: jsonwebtoken signs: {refusal:?}"));
        let verified = jws::verify(&token, &pair.public.jwk, &self.policy)
            .unwrap_or_else(|code| panic!("{alg} {key}: reference verifies {token}: {code}"));
        assert_eq!(verified.payload, payload, "{alg} {key}: jsonwebtoken to reference");
    }
}

impl Half {
    /// The form that jsonwebtoken signs with: PEM, or the JWK of a symmetric key.
    pub(crate) fn to_sign(&self) -> KeyForm {
        match (&self.pem, &self.source) {
            (Some(pem), _) => pem.clone(),
            (None, KeySource::Key(form)) => form.clone(),
            (None, KeySource::Set(_)) => panic!("a half is one key"),
        }
    }
}

/// One token of a cross-check.
#[derive(Clone, Copy)]
pub(crate) struct Encryption<'a> {
    pub(crate) header: &'a str,
    pub(crate) key: &'a str,
    pub(crate) plaintext: &'a [u8],
    pub(crate) form: Serialization,
    pub(crate) aad: Option<&'a [u8]>,
}

pub(crate) fn oracle_form(form: Serialization) -> oracles::Serialization {
    match form {
        Serialization::Compact => oracles::Serialization::Compact,
        Serialization::Flattened => oracles::Serialization::Flattened,
        Serialization::General => oracles::Serialization::General,
    }
}

pub(crate) const FORMS: [Serialization; 3] =
    [Serialization::Compact, Serialization::Flattened, Serialization::General];

pub(crate) const ENCS: [&str; 6] =
    ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"];
