//! The one table of codes; everything that can be said of a code is generated from its row.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::stage::Stage;

/// A text that is no code of the table.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("no rejection has this code; codes look like `header/crit-unknown`")]
pub struct UnknownCode;

impl Rejection {
    /// The rejection with exactly this code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rejection| rejection.code() == code)
    }
}

impl FromStr for Rejection {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        Self::named(code).ok_or(UnknownCode)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl std::error::Error for Rejection {}

macro_rules! rejections {
    ($($variant:ident, $code:literal, $stage:ident, $spec:literal, $explanation:literal;)+) => {
        /// One way to say no. `Display` prints the code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rejection {
            $(
                #[doc = concat!("`", $code, "`: ", $explanation, " (", $spec, ")")]
                $variant,
            )+
        }

        impl Rejection {
            /// Every rejection, in the order of the table and so by stage.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable code, `stage/subject-reason`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Where it is checked. The prefix `nested` belongs to the stage `inner`, `form` to
            /// `parse`, `credential` to `key`, and `limits` to the stage of what is too long.
            #[must_use]
            pub const fn stage(self) -> Stage {
                match self { $(Self::$variant => Stage::$stage,)+ }
            }

            /// The sections that oblige us, or `our limit` and `our choice` where none does.
            #[must_use]
            pub const fn spec(self) -> &'static str {
                match self { $(Self::$variant => $spec,)+ }
            }

            /// One sentence for people.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)+ }
            }
        }
    };
}

rejections! {
    PartCount, "parse/part-count", Parse, "RFC 7516 §5.2 step 1, RFC 7515 §5.2 step 1",
        "A compact JWE has exactly five parts and a compact JWS exactly three.";
    EmptyPart, "parse/empty-part", Parse, "RFC 7516 §3.1, §7.2.1",
        "A part or member that must not be empty is empty.";
    Base64url, "parse/base64url", Parse, "RFC 7515 §2, RFC 7516 §5.2 step 2",
        "Something is not canonical base64url without padding, white space or other characters.";
    Utf8, "parse/utf8", Parse, "RFC 7516 §5.2 step 3, RFC 8725 §3.7",
        "Octets that have to be UTF-8 are not, or start with a byte order mark.";
    Json, "parse/json", Parse, "RFC 7516 §5.2 step 3, RFC 8259",
        "A text that has to be JSON is not, or something follows it.";
    DuplicateMember, "parse/duplicate-member", Parse, "RFC 7516 §4, RFC 7515 §4, RFC 7517 §4",
        "An object has two members of the same name after unescaping.";
    NotAnObject, "parse/not-an-object", Parse, "RFC 7516 §5.2 step 3",
        "A JSON text that has to be an object is something else.";
    TooLarge, "parse/too-large", Parse, "our limit",
        "The token or key is larger than the policy allows.";
    TooDeep, "parse/too-deep", Parse, "RFC 8259 §9, our limit",
        "JSON is nested deeper than the policy allows.";
    TagLength, "parse/tag-length", Parse, "RFC 7518 §5.2.2.2, §5.3",
        "The authentication tag has not exactly the length that `enc` needs.";
    IvLength, "parse/iv-length", Parse, "RFC 7518 §5.2.2.1, §5.3",
        "The initialization vector has not exactly the length that `enc` needs.";
    EncryptedKeyPresent, "parse/encrypted-key-present", Parse, "RFC 7516 §5.2 step 10",
        "Direct encryption and direct key agreement have no encrypted key, yet there is one.";
    EncryptedKeyMissing, "parse/encrypted-key-missing", Parse, "RFC 7516 §7.2.1",
        "The algorithm wraps a key, yet there is no encrypted key.";
    Serialization, "parse/serialization", Parse, "RFC 7516 §7.2, RFC 7515 §7.2",
        "The members of a JSON serialization do not make one: mixed forms, a missing member or one of a wrong type.";
    PayloadPresent, "parse/payload-present", Parse, "RFC 7515 Appendix F",
        "A detached payload is given, yet the JWS carries one.";
    PayloadMissing, "parse/payload-missing", Parse, "RFC 7515 §7.2.1, Appendix F",
        "The JWS carries no payload and none is given.";
    Certificate, "parse/certificate", Parse, "RFC 8705 §3.1, RFC 5280 §4.1",
        "The certificate is no PEM or DER certificate, or more than one.";
    FormRepeated, "form/parameter-repeated", Parse, "RFC 6749 §3.2",
        "A parameter of the request is sent more than once.";
    FormAssertionMissing, "form/client-assertion-missing", Parse, "RFC 7521 §4.2, RFC 7523 §2.2",
        "There is no `client_assertion`, or an empty one.";
    FormAssertionTypeMissing, "form/client-assertion-type-missing", Parse, "RFC 7521 §4.2",
        "There is no `client_assertion_type`, or an empty one.";
    FormAssertionType, "form/client-assertion-type", Parse, "RFC 7523 §2.2",
        "`client_assertion_type` is not exactly the URN of a JWT as bearer.";
    FormSeveralMethods, "form/several-methods", Parse, "RFC 6749 §2.3",
        "The request authenticates the client in more than one way.";
    FormClientId, "form/client-id-mismatch", Parse, "RFC 7521 §4.2",
        "`client_id` names another client than the one that the assertion is for.";
    TokenTooLong, "limits/token-too-long", Parse, "Auth0, assertion limits",
        "The client assertion has more octets than the rules allow.";
    AlgMissing, "header/alg-missing", Header, "RFC 7516 §4.1.1, RFC 7515 §4.1.1",
        "The header has no `alg`.";
    AlgType, "header/alg-type", Header, "RFC 7516 §4.1.1, RFC 7515 §4.1.1",
        "`alg` is not a string.";
    AlgUnknown, "header/alg-unknown", Header, "RFC 7516 §4.1.1, RFC 7515 §4.1.1",
        "`alg` names no algorithm that is known for this kind of token.";
    EncMissing, "header/enc-missing", Header, "RFC 7516 §4.1.2",
        "The header has no `enc`.";
    EncType, "header/enc-type", Header, "RFC 7516 §4.1.2",
        "`enc` is not a string.";
    EncUnknown, "header/enc-unknown", Header, "RFC 7516 §4.1.2",
        "`enc` names no content encryption algorithm that is known.";
    EncMismatch, "header/enc-mismatch", Header, "RFC 7516 §7.2.1",
        "The recipients of one JWE name different values of `enc`.";
    CritMalformed, "header/crit-malformed", Header, "RFC 7516 §4.1.13, RFC 7515 §4.1.11",
        "`crit` is no list of distinct names that occur in the header and are no names of the specifications.";
    CritUnknown, "header/crit-unknown", Header, "RFC 7516 §4.1.13, RFC 7515 §4.1.11",
        "`crit` names an extension that is not understood.";
    CritUnprotected, "header/crit-unprotected", Header, "RFC 7516 §4.1.13, RFC 7515 §4.1.11",
        "`crit` stands outside the protected header.";
    ZipUnknown, "header/zip-unknown", Header, "RFC 7516 §4.1.3",
        "`zip` is something else than `DEF`.";
    ZipUnprotected, "header/zip-unprotected", Header, "RFC 7516 §4.1.3",
        "`zip` stands outside the protected header.";
    Overlap, "header/overlap", Header, "RFC 7516 §5.2 step 4, RFC 7515 §5.2 step 4",
        "Two of the header objects have a member of the same name.";
    MemberType, "header/member-type", Header, "RFC 7516 §4.1, RFC 7515 §4.1",
        "A registered header parameter has a value of a wrong type.";
    EpkMissing, "header/epk-missing", Header, "RFC 7518 §4.6.1.1",
        "Key agreement without an ephemeral public key.";
    EpkInvalid, "header/epk-invalid", Header, "RFC 7518 §4.6.1.1, RFC 8037 §5, RFC 8725 §3.4",
        "The ephemeral public key is no public key on the curve of the recipient's key, or agrees on zero.";
    P2sInvalid, "header/p2s-invalid", Header, "RFC 7518 §4.8.1.1",
        "`p2s` is missing, no base64url, or shorter than eight octets.";
    P2cInvalid, "header/p2c-invalid", Header, "RFC 7518 §4.8.1.2",
        "`p2c` is missing or no positive integer.";
    IvInvalid, "header/iv-invalid", Header, "RFC 7518 §4.7.1.1",
        "The header's `iv` is missing or not 96 bits of base64url.";
    TagInvalid, "header/tag-invalid", Header, "RFC 7518 §4.7.1.2",
        "The header's `tag` is missing or not 128 bits of base64url.";
    ApuInvalid, "header/apu-invalid", Header, "RFC 7518 §4.6.1.2",
        "`apu` is not a base64url string.";
    ApvInvalid, "header/apv-invalid", Header, "RFC 7518 §4.6.1.3",
        "`apv` is not a base64url string.";
    B64, "header/b64", Header, "RFC 7797 §3, §6, §7",
        "`b64` is no boolean, stands outside the protected header or outside `crit`, or is false in a JWT.";
    JwkPrivate, "header/jwk-private", Header, "RFC 7516 §4.1.5, RFC 7515 §4.1.3",
        "The header's `jwk` holds private or symmetric key material, or is no JWK.";
    Kind, "header/kind", Header, "RFC 7516 §9",
        "A JWE stands where a JWS is due, or the reverse.";
    AlgTooLong, "limits/alg-too-long", Header, "Auth0, assertion limits",
        "`alg` has more characters than the rules allow.";
    AlgNotAllowed, "policy/alg-not-allowed", Policy, "RFC 8725 §3.1",
        "The application does not allow this `alg`.";
    EncNotAllowed, "policy/enc-not-allowed", Policy, "RFC 8725 §3.1",
        "The application does not allow this `enc`.";
    P2cTooLarge, "policy/p2c-too-large", Policy, "draft-ietf-oauth-rfc8725bis §3.13, RFC 7518 §8.8",
        "`p2c` is larger than the policy allows.";
    P2cTooSmall, "policy/p2c-too-small", Policy, "RFC 7518 §4.8.1.2",
        "A token with fewer than 1000 iterations is not produced.";
    InflatedTooLarge, "policy/inflated-too-large", Policy, "draft-ietf-oauth-rfc8725bis §3.15",
        "The plaintext inflates to more than the policy allows.";
    TooManyRecipients, "policy/too-many-recipients", Policy, "RFC 7516 §7.2.1, our limit",
        "There are more recipients or signatures than the policy allows.";
    KeyAlg, "policy/key-alg", Policy, "RFC 7517 §4.4, RFC 8725 §3.1",
        "The JWK is for another algorithm.";
    KeyUse, "policy/key-use", Policy, "RFC 7517 §4.2",
        "The JWK's `use` is for something else.";
    KeyOps, "policy/key-ops", Policy, "RFC 7517 §4.3",
        "The JWK's `key_ops` do not include this operation.";
    NestingDepth, "policy/nesting-depth", Policy, "RFC 7519 §7.2 step 8, our limit",
        "Tokens are nested deeper than one JWS in one JWE.";
    NotEncrypted, "policy/not-encrypted", Policy, "RFC 9068 §4",
        "The token is not encrypted, although encryption was agreed.";
    KeyType, "key/type", Key, "RFC 7518 §4.1, §3.1",
        "The key is of another type than the algorithm needs.";
    KeyTooSmall, "key/too-small", Key, "RFC 7518 §3.2, §3.3, §3.5, §4.2, §4.3",
        "The key is smaller than the algorithm needs.";
    KeyLength, "key/length", Key, "RFC 7518 §4.4, §4.5, §4.7",
        "The symmetric key has not exactly the length that the algorithm needs.";
    KeyMalformed, "key/malformed", Key, "RFC 7517 §4, RFC 7518 §6, RFC 8037 §2",
        "The JWK or JWK Set is not one, or its members contradict each other.";
    KeyCurve, "key/curve", Key, "RFC 7518 §3.4, §6.2.1.1",
        "The key is on another curve than the algorithm needs, or on an unknown one.";
    KeyNotFound, "key/not-found", Key, "RFC 7515 §6, RFC 7516 §6",
        "No key of the set fits the token.";
    KeyAmbiguous, "key/ambiguous", Key, "RFC 7516 §6, our choice",
        "Several keys fit where exactly one has to.";
    KeyPrivateMissing, "key/private-missing", Key, "RFC 7516 §5.2 step 7",
        "The operation needs a private key and got a public one.";
    KeyX5c, "key/x5c-mismatch", Key, "RFC 7517 §4.7",
        "The first certificate of `x5c` is no certificate or holds another key.";
    CredentialTooMany, "credential/too-many", Key, "Auth0, credential limits",
        "The client has two credentials already.";
    CredentialNameLength, "credential/name-length", Key, "Auth0, management schema",
        "The name has more than 128 characters, or none where there has to be one.";
    CredentialAlgMissing, "credential/alg-missing", Key, "Auth0, management schema",
        "The encryption key of an API comes without `alg`.";
    CredentialAlg, "credential/alg-unsupported", Key, "Auth0, configure private key JWT",
        "`alg` is none of the algorithms that a credential of this use can have.";
    CredentialKid, "credential/kid-form", Key, "Auth0, management schema",
        "The given `kid` has a length or characters that it must not have.";
    CredentialExpiryConflict, "credential/expiry-conflict", Key, "Auth0, configure private key JWT",
        "`expires_at` and `parse_expiry_from_cert` exclude each other.";
    CredentialExpiryUnsupported, "credential/expiry-unsupported", Key, "Auth0, management schema",
        "The encryption key of an API has no expiry.";
    CredentialExpiryFormat, "credential/expires-at-format", Key, "Auth0, configure private key JWT",
        "`expires_at` is no date and time of ISO 8601 with a zone.";
    CredentialExpiryPast, "credential/expires-at-past", Key, "Auth0, configure private key JWT",
        "The credential would have expired already.";
    CredentialExpiryNoCertificate, "credential/expiry-no-certificate", Key, "Auth0, configure private key JWT",
        "`parse_expiry_from_cert` is set, but the key comes without a certificate.";
    CredentialPemTooLong, "credential/pem-too-long", Key, "Auth0, management schema",
        "The PEM has more than 4096 characters.";
    CredentialPemMalformed, "credential/pem-malformed", Key, "RFC 7468 §2",
        "The text is not one PEM block on lines of its own with nothing around it.";
    CredentialPemSeveral, "credential/pem-several", Key, "RFC 7468 §2, our choice",
        "The text has several PEM blocks.";
    CredentialPemPrivate, "credential/pem-private", Key, "RFC 7468 §10, §11",
        "The PEM holds a private key, which nobody should send.";
    CredentialPemLabel, "credential/pem-label", Key, "RFC 7468 §4",
        "The PEM's label is neither `PUBLIC KEY` nor `RSA PUBLIC KEY` nor `CERTIFICATE`.";
    CredentialJwkMalformed, "credential/jwk-malformed", Key, "RFC 7517 §4, RFC 7518 §6.3.1",
        "The text is no JWK, or its members contradict each other.";
    CredentialJwkPrivate, "credential/jwk-private", Key, "RFC 7591 §2, RFC 7518 §6.3.2, §6.4",
        "The JWK holds private or symmetric key material, which nobody should send.";
    CredentialJwkUse, "credential/jwk-use", Key, "RFC 7517 §4.2, §4.3",
        "The JWK's `use` or `key_ops` do not let it verify signatures.";
    CredentialDerMalformed, "credential/der-malformed", Key, "RFC 5280 §4.1, RFC 8017 §A.1.1",
        "The octets are not exactly what the label says, or the integers are no RSA key.";
    CredentialKeyType, "credential/key-type", Key, "Auth0, credential limits",
        "The key is of another type than RSA.";
    CredentialRsaTooSmall, "credential/rsa-too-small", Key, "Auth0, credential limits",
        "The modulus has fewer than 2048 bits.";
    CredentialRsaTooLarge, "credential/rsa-too-large", Key, "Auth0, credential limits",
        "The modulus has more than 4096 bits.";
    CredentialRsaExponent, "credential/rsa-exponent", Key, "RFC 8017 §3.1, our limit",
        "The public exponent is even, smaller than three or longer than 33 bits.";
    CredentialType, "credential/type-unsupported", Key, "Auth0, configure private key JWT",
        "`credential_type` is missing or something else than `public_key`.";
    CredentialImmutable, "credential/immutable", Key, "Auth0, configure private key JWT",
        "Of a credential only `expires_at` can be changed.";
    CredentialKidTaken, "credential/kid-taken", Key, "our choice",
        "The client has a credential of this `kid` already.";
    CredentialMethodsExclusive, "credential/methods-exclusive", Key, "Auth0, configure private key JWT",
        "A client has either `token_endpoint_auth_method` or `client_authentication_methods`.";
    CredentialJwtAlg, "credential/jwt-alg", Key, "Auth0, configure private key JWT",
        "`jwt_configuration.alg` of a client with credentials is something else than RS256.";
    CredentialNotAssociated, "credential/not-associated", Key, "Auth0, configure private key JWT",
        "The credential exists, but is not associated with the client.";
    CredentialExpired, "credential/expired", Key, "Auth0, configure private key JWT",
        "The credential's `expires_at` has passed.";
    DecryptFailed, "decrypt/failed", Decrypt, "RFC 7516 §11.5",
        "It did not decrypt: encrypted key, CEK, tag, padding or additional data, and nothing tells which.";
    DecryptInflate, "decrypt/inflate", Decrypt, "RFC 7516 §4.1.3",
        "The tag held, but the plaintext is no complete DEFLATE stream.";
    NestedNotJws, "nested/not-jws", Inner, "RFC 7519 §5.2, RFC 8725 §3.3",
        "The plaintext is no compact JWS.";
    NestedCty, "nested/cty", Inner, "RFC 7519 §5.2",
        "The outer header's `cty` says something else than `JWT`, or nothing.";
    NestedHeaderClaim, "nested/header-claim-mismatch", Inner, "RFC 7519 §5.3",
        "A claim that is replicated in the outer header differs from the one inside.";
    SignatureInvalid, "signature/invalid", Signature, "RFC 7515 §5.2 step 8",
        "The signature does not hold.";
    SignatureNone, "signature/none", Signature, "RFC 7518 §3.6, RFC 8725 §3.2",
        "The token is unsecured.";
    ClaimsNotAnObject, "claims/not-an-object", Claims, "RFC 7519 §7.2 step 10",
        "The claims are no JSON object.";
    ClaimsJson, "claims/json", Claims, "RFC 7519 §7.2 step 10",
        "The claims are no JSON, or something follows it.";
    ClaimsUtf8, "claims/utf8", Claims, "RFC 7519 §7.2 step 10, RFC 8725 §3.7",
        "The claims are no UTF-8, or start with a byte order mark.";
    ClaimsDuplicate, "claims/duplicate-member", Claims, "RFC 7519 §4",
        "Two claims have the same name after unescaping.";
    ExpMissing, "claims/exp-missing", Claims, "RFC 7519 §4.1.4, our choice",
        "The application needs `exp` and there is none.";
    ExpType, "claims/exp-type", Claims, "RFC 7519 §4.1.4",
        "`exp` is no number of seconds.";
    ExpPast, "claims/exp-past", Claims, "RFC 7519 §4.1.4",
        "The token has expired.";
    NbfType, "claims/nbf-type", Claims, "RFC 7519 §4.1.5",
        "`nbf` is no number of seconds.";
    NbfFuture, "claims/nbf-future", Claims, "RFC 7519 §4.1.5",
        "The token is not valid yet.";
    IatType, "claims/iat-type", Claims, "RFC 7519 §4.1.6",
        "`iat` is no number of seconds.";
    IatFuture, "claims/iat-future", Claims, "RFC 7519 §4.1.6, our choice",
        "The token was issued in the future.";
    IssMismatch, "claims/iss-mismatch", Claims, "RFC 7519 §4.1.1, RFC 8725 §3.8",
        "`iss` is not the expected one, or absent.";
    AudMismatch, "claims/aud-mismatch", Claims, "RFC 7519 §4.1.3, RFC 8725 §3.9",
        "`aud` does not name the recipient, or is absent.";
    AudType, "claims/aud-type", Claims, "RFC 7519 §4.1.3",
        "`aud` is neither a string nor a list of strings.";
    TypMismatch, "claims/typ-mismatch", Claims, "RFC 8725 §3.11",
        "The inner header's `typ` is none of the expected types.";
    StringType, "claims/string-type", Claims, "RFC 7519 §4.1.1, §4.1.2, §4.1.7",
        "`iss`, `sub` or `jti` is not a string.";
    SubMismatch, "claims/sub-mismatch", Claims, "RFC 7523 §3 item 2",
        "`sub` is not the client, or absent.";
    JtiMissing, "claims/jti-missing", Claims, "OpenID Connect Core 1.0 §9",
        "The application needs `jti` and there is none, or an empty one.";
    ClaimMissing, "claims/missing", Claims, "RFC 7523 §3, our choice",
        "A claim that the application needs is absent.";
    ClientIdType, "claims/client-id-type", Claims, "RFC 9068 §2.2, RFC 8693 §4.3",
        "`client_id`, or the `azp` that stands for it, is not a string.";
    ScopeType, "claims/scope-type", Claims, "RFC 9068 §2.2.3, RFC 8693 §4.2",
        "`scope` is no string of scopes with single spaces between them.";
    ScopeInsufficient, "claims/scope-insufficient", Claims, "RFC 9068 §4, RFC 6750 §3.1",
        "The token lacks a scope that the request needs.";
    CnfMalformed, "claims/cnf-malformed", Claims, "RFC 7800 §3.1, RFC 8705 §3.1",
        "`cnf` is no object, or its `x5t#S256` is no text of 43 base64url characters.";
    CnfMismatch, "claims/cnf-mismatch", Claims, "RFC 8705 §3",
        "The token is bound to another certificate than the client's, or the client has none.";
    AudNotSole, "claims/aud-not-sole", Claims, "draft-ietf-oauth-rfc7523bis",
        "`aud` names the recipient and others, where it has to name the recipient alone.";
    AudNotText, "claims/aud-not-text", Claims, "our choice",
        "`aud` is a list, where it has to be a string.";
    IssTooLong, "limits/iss-too-long", Claims, "Auth0, assertion limits",
        "`iss` has more characters than the rules allow.";
    SubTooLong, "limits/sub-too-long", Claims, "Auth0, assertion limits",
        "`sub` has more characters than the rules allow.";
    JtiTooLong, "limits/jti-too-long", Claims, "Auth0, assertion limits",
        "`jti` has more characters than the rules allow.";
    LifetimeTooLong, "limits/lifetime-too-long", Claims, "RFC 7523 §3 item 4; Auth0, assertion limits",
        "`exp` lies further behind the time of issue than the rules allow.";
    JtiSeen, "replay/jti-seen", Replay, "OpenID Connect Core 1.0 §9, RFC 7523 §3 item 7",
        "An assertion of this issuer with this `jti` was accepted before.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_code_is_unique_well_formed_and_found() {
        let mut seen = HashSet::new();
        for rejection in Rejection::ALL.iter().copied() {
            let code = rejection.code();
            assert!(seen.insert(code), "{code} stands twice");
            let (prefix, reason) = code.split_once('/').unwrap();
            let stages: &[Stage] = match prefix {
                "nested" => &[Stage::Inner],
                "form" => &[Stage::Parse],
                "credential" => &[Stage::Key],
                "limits" => &[Stage::Parse, Stage::Header, Stage::Claims],
                name => &[Stage::named(name).unwrap()],
            };
            assert!(stages.contains(&rejection.stage()) && prefix != "inner", "{code}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(!reason.is_empty() && reason.chars().all(plain), "{code}");
            assert!(rejection.explanation().ends_with('.') && !rejection.spec().is_empty());
            assert_eq!(code.parse(), Ok(rejection));
        }
        assert_eq!("decrypt/tag".parse::<Rejection>(), Err(UnknownCode));
        assert_eq!("Decrypt/failed".parse::<Rejection>(), Err(UnknownCode));
    }

    #[test]
    fn the_table_is_sorted_by_stage() {
        assert!(Rejection::ALL.is_sorted_by_key(|rejection| rejection.stage()));
        assert!(Stage::ALL.is_sorted());
    }

    #[test]
    fn a_failed_decryption_has_one_code() {
        let codes: Vec<&str> = Rejection::ALL
            .iter()
            .filter(|rejection| rejection.stage() == Stage::Decrypt)
            .map(|rejection| rejection.code())
            .collect();
        // The second one is reached only after the tag held.
        assert_eq!(codes, ["decrypt/failed", "decrypt/inflate"]);
    }
}
