//! The choices that the RFCs leave open, one heading each.
//!
//! # Order of checks
//! Parse, header, policy, key, decrypt, inner, signature, claims: [`rejection::Stage`] has the same
//! order. The lengths that follow from `enc` (IV, tag, presence of an encrypted key) count as
//! parsing but are checked once `enc` is known. The point of `epk` is checked with the header, its
//! curve with the key. In a nested token the inner JWS runs through its own stages after the outer
//! `cty` was looked at.
//!
//! # Several recipients, signatures or keys
//! All are tried in order and the first that works counts. If none does, the code is the one of the
//! attempt that came farthest, the earliest among equals. A broken rule about the headers as such
//! (same name twice, `crit`, a type) refuses the token as a whole.
//!
//! # Choosing keys from a set
//! With `kid`, the keys of exactly that `kid` (several may share one, all are tried); without, all.
//! Of these, the keys whose `kty`, curve, size, `alg`, `use` and `key_ops` fit. If there was one
//! candidate only, its reason is the code; otherwise `key/not-found`. Elements of a set that are
//! not understood are skipped. A single key that the caller hands over is used whatever `kid`
//! says: the caller has chosen. Producing takes exactly one fitting key, or `key/ambiguous`.
//!
//! # Keys without `alg`
//! fit every algorithm of their type. With `alg` they fit that one only; a key for direct
//! encryption may name the `enc` instead. `EdDSA` and `Ed25519` are different names here.
//!
//! # `key_ops`
//! RSA and AES wrapping take `wrapKey` or `encrypt`, and `unwrapKey` or `decrypt`; `dir` takes
//! `encrypt` and `decrypt`; key agreement and PBES2 take `deriveKey` or `deriveBits`. `use` and
//! `key_ops` must both allow the operation.
//!
//! # JWK integers
//! Leading zeros are refused in `n` and `e`, because they change thumbprints, and ignored in the
//! private integers. The CRT members are all there or none, and are compared with the key; `oth` is
//! refused. A private EC or OKP key must yield its public members.
//!
//! # Header members
//! A duplicate name is refused, never resolved. `jwk`, `jku`, `x5u` and `x5c` are never used to find
//! a key; their types are checked, and a `jwk` with private members is refused. `typ` is not
//! interpreted unless expected.
//!
//! # Empty members
//! A member that "must be absent" when empty is refused when present and empty, and so is a
//! `protected` that encodes `{}` in a JSON serialization. In the compact serialization the latter is
//! a header without `alg`.
//!
//! # Kind
//! A signature algorithm, or `none`, in five parts and a key management algorithm, or `enc`, in
//! three parts are `header/kind`. The wrong number of parts is `parse/part-count` before that.
//!
//! # PBES2
//! `p2c` is an integer written without sign, fraction or exponent. Reading takes 1 to 1,200,000:
//! twice the count of 600,000 that is recommended and produced. Several recipients share that bound.
//! Producing refuses less than 1000.
//!
//! # Key agreement
//! `apu` equal to `apv` is accepted. A secret of only zeros is `header/epk-invalid`: which points
//! have small order is public, so the code helps no sender.
//!
//! Members that the algorithm in use does not know, `apu` under `dir` for example, are not looked
//! at. Numbers may be of any size and precision where nothing reads them. In a JWS in JSON `alg` may
//! stand in the unprotected header alone, as in RFC 7520 §4.7.
//!
//! # Unencoded payloads
//! `b64` counts only when `crit` names it (RFC 7797 §6); without, it is `header/b64`, not ignored.
//!
//! # Decryption failures
//! A wrong encrypted key goes on with a random CEK for every algorithm that wraps, and so does a CEK
//! of a wrong length; there is one code, `decrypt/failed`. `decrypt/inflate` and
//! `policy/inflated-too-large` come only after the tag held. Octets behind the DEFLATE stream are
//! refused.
//!
//! # Nested tokens
//! The outer header's `cty` is `JWT`, in any case and with or without `application/`; RFC 7519 §5.2
//! makes it a MUST. [`Policy::allow_missing_cty`] is for issuers who leave it out. There is one JWS
//! in one JWE: an inner JWE is `nested/not-jws`, an inner `cty` of `JWT` is `policy/nesting-depth`.
//! `iss`, `sub` and `aud` in the outer header equal the claims, also when the claim is absent.
//!
//! # Claims
//! A missing `iss` or `aud` is a mismatch when one is expected; `aud` without an expected audience
//! is not judged. `exp` excludes its own second, `nbf` and `iat` include theirs; the skew widens all
//! three. `iat` in the future is refused. Without `now` only the types of times are checked. `typ`
//! is looked for in the inner header (RFC 8725 §3.11).
//!
//! # Unsecured tokens
//! `none` has no row in the tables, so no policy can allow it.
//!
//! # Where the independent crates differ
//! The cross-check leaves these, and the RFC decides each: josekit derives another key where `apu`
//! or `apv` stand in a shared unprotected header (RFC 7516 §5.2 step 4 unites the headers before
//! anything is derived); it reads `critical` for `crit` in a JWS in JSON (RFC 7515 §4.1.11); it and
//! jsonwebtoken take the last of duplicate members, which RFC 7515 §4 allows and the reference does
//! not use; jsonwebtoken ignores `crit`. `suites/FINDINGS.md` has what is wrong with them.
//!
//! # Credentials: the text of a key
//! One PEM block, alone: text before or behind it is refused, white space there is not. Lines end
//! in LF or CRLF and may have any width. The two characters `\n` are no line end: JSON escapes a PEM
//! once, and who escaped it twice did not send a PEM. The armour stands on lines of its own, so the
//! sample that glues its END line to the base64 is refused. A private key is
//! `credential/pem-private` whatever else is wrong with the text.
//!
//! # Credentials: the key
//! `rsaEncryption` with NULL parameters, strict DER, 2048 to 4096 bits, an odd exponent from 3 to
//! 2^33 - 1. The size is checked before the exponent. A certificate is a container: neither its
//! signature nor its validity is checked, its `notAfter` counts only with
//! `parse_expiry_from_cert`.
//!
//! # Credentials: order of checks
//! The request first (number, name, `alg`, `kid`, expiry), then the text, the octets, the key, and
//! at last whether the expiry has a certificate and lies in the future. Everything about a
//! credential is of the stage `key`.
//!
//! # Credentials: `kid`
//! The RFC 7638 SHA-256 thumbprint unless given. The form of a given one is
//! `^[0-9a-zA-Z-_]{10,64}$` for clients; for APIs it has 1 to 128 characters, whatever they are, and
//! goes into the header of a JWE only when it was given.
//!
//! # Credentials: `thumbprint_sha256`
//! Of a certificate it is `x5t#S256`, over the DER as received. A bare public key has no such
//! fingerprint: a client's credential then has none, as its documented fields are those of
//! certificates; an API's key, whose response always has one, gets the SHA-256 of the
//! SubjectPublicKeyInfo, which does not depend on the form in which the key came.
//!
//! # Credentials: expiry
//! In the management API `expires_at` is ISO 8601 in the profile of RFC 3339, with `T`, seconds and a
//! zone; fractions are cut off. In the adapter protocol and in [`Registration`] it is NumericDate
//! seconds. It has to lie in the future and is no part of the credential's life.
//! `parse_expiry_from_cert` false is the same as absent. Encryption keys of APIs do not expire.
//!
//! # Credentials: a JWK
//! [`register_jwk`] takes what a PEM may be, in the same order: the number, the text, private members,
//! `kty`, the size, the exponent; then the other members, `use` and `key_ops`, `alg`, `kid`. A JWK with
//! any member that is private in any type is `credential/jwk-private`, whatever its `kty`. The `alg` of
//! the key and the one asked for are the same where there are both. The `kid` is the client's own and
//! has 1 to 128 characters, whatever they are. A certificate in `x5c` gives a thumbprint and a subject,
//! not an expiry.
//!
//! # Assertions: order of checks
//! The form (repeated parameters, another method, type, assertion), `client_id`, the octets of the
//! assertion, its characters and parts, the header, `alg` (its size, `none`, kind, name), an inner
//! JWT, the allowed algorithms, the credentials, the signature, the claims, and last the ledger: what
//! is refused for any other reason leaves its `jti` unused. The claims go in the order types, sizes,
//! `typ`, `iss`, `sub`, `aud`, `exp` and the other required ones, times, lifetime.
//!
//! # Assertions: the form
//! No name occurs twice, whether known or not, with a value or without. A parameter without a value
//! counts as omitted. `client_assertion_type` is compared as a plain string. A `client_secret` beside
//! an assertion is `form/several-methods`; an `Authorization` header is the caller's to refuse by the
//! same code.
//!
//! # Assertions: the credential
//! `alg` is that of one of the client's credentials, whatever the header says else; then `kid`, when
//! there is one, names the credential, whose `alg` it must be. Of those that remain, the associated
//! and unexpired are tried in order. The code says which of these steps left none. `key/not-found` is
//! also that of a client without credentials.
//!
//! # Assertions: audience
//! RFC 7523 takes a list that has the server among others, its revision wants the issuer alone, and
//! Auth0 documents a string. A list of exactly one accepted value is accepted under all three
//! profiles, and further values are refused but under `rfc7523`: an assertion that is good
//! elsewhere too can be replayed there.
//!
//! # Assertions: times
//! At Auth0 `exp` has no tolerance, `iat` and `nbf` have ten seconds; under RFC 7523 all three have.
//! The lifetime is `exp` minus `iat`, or minus the time of arrival without `iat`, and may be exactly
//! the longest one: a client whose clock runs ahead within the tolerance has its five minutes too,
//! and one that dates `iat` back gains nothing.
//!
//! # Assertions: sizes
//! Octets of the assertion after form decoding; characters are Unicode scalar values after
//! unescaping. A value of exactly the limit is accepted.
//!
//! # Assertions: `jti`
//! Compared as a plain string, remembered by issuer, so that clients do not collide. An empty one is
//! a missing one. Where it is not required, an assertion without it can be used again; one with it
//! cannot. It may be forgotten when the assertion is no longer accepted.
//!
//! # Assertions: `typ`
//! Only the revision of RFC 7523 gives it a meaning: `client-authentication+jwt` or `JWT`, or none.
//! The other profiles do not look at it.
//!
//! # Access tokens: order of checks
//! RFC 9068 §4 lists `typ` first and the signature behind `aud`. Nothing inside a token means anything
//! before its signature holds, so the order here is: size and characters; whether it is encrypted as
//! agreed; the JWE with the registered key, `alg` and `enc`; the inner JWS with the keys of the
//! authorization server; then types of the registered claims, `typ`, `iss`, `aud`, `exp`, `nbf`, `iat`;
//! the types of `client_id`, `scope` and `cnf`; and last what has to be there. Scope and certificate
//! are the request's business and are checked by methods of what was accepted.
//!
//! # Access tokens: encryption
//! Where encryption was agreed, a token of three parts is `policy/not-encrypted`: the SHOULD of RFC 9068
//! §4 is a MUST here. Where it was not, there is no key for a token of five parts: `key/not-found`.
//! One `alg` is registered; several values of `enc` may be. The outer `cty` is demanded in RFC 9068's
//! dialect; Auth0 documents a header without it, so its dialect accepts that too.
//!
//! # Access tokens: dialects
//! RFC 9068 has `typ` `at+jwt`, `client_id` and `jti`; Auth0's own has `typ` `JWT`, `azp`, and `gty`
//! where the client acts for itself, whose `sub` then is `CLIENT@clients`. A token of one dialect is
//! refused by a server of the other, by its `typ`. Under both, a token without `typ` is refused.
//!
//! # Access tokens: audience
//! One audience is a string, several are a list in the order given. A server accepts a list that
//! has its identifier among others: RFC 9068 §3 leaves it to the issuer that the scopes then mean the
//! same to all of them.
//!
//! # Access tokens: required claims
//! `sub`, `client_id`, `iat` and `jti` beside `iss`, `aud` and `exp` (RFC 9068 §2.2); in Auth0's dialect
//! `sub` and `iat`. An empty string counts as absent.
//!
//! # Access tokens: scope
//! A string of scopes with single spaces, compared octet by octet; nothing implies anything else. A
//! token without `scope` has none. An empty `scope` is malformed.
//!
//! # Access tokens: certificate
//! `cnf` `x5t#S256` is 43 base64url characters and is compared as a plain string. RFC 8705 §3.1 prints
//! a value whose last character has unused bits set: such a token is read, and no certificate fits
//! it. Other confirmation methods are ignored (RFC 7800 §3.1), so a token with only those is a bearer
//! token here. A token without binding may come with any certificate or none.
//!
//! # Access tokens: refusals
//! RFC 6750 §3.1: no token, no error code; a missing scope is 403 with the scope that is needed;
//! everything else is 401 `invalid_token`, also a wrong certificate. There is no `error_description`:
//! who holds the token legitimately can read it, and nobody else needs to know which check failed.
//!
//! # Sizes
//! See the fields of [`Policy`]; all of them are our own numbers but the 250 kB of
//! draft-ietf-oauth-rfc8725bis for inflated plaintexts.
//!
//! [`Policy`]: crate::Policy
//! [`Policy::allow_missing_cty`]: crate::Policy::allow_missing_cty
//! [`register_jwk`]: crate::credential::register_jwk
//! [`Registration`]: crate::credential::Registration
