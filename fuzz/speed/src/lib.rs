//! What the targets of `cargo xtask fuzz speed` do: each input comes to the primitive, which chance alone would not
//! bring about.

use std::hint::black_box;
use std::sync::LazyLock;

use algorithms::{base64url, gcm};
use mutator::ring;
use oracles::openssl;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use reference::jwe::{self, Jwe};
use reference::{Jwk, Policy};

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::default);
static SWIFT: LazyLock<Policy> =
    LazyLock::new(|| Policy { provider: &invariants::OpenSslFirst, ..Policy::default() });
static RSA: LazyLock<Option<Jwk>> = LazyLock::new(|| own("RSA-OAEP-256"));
static DIRECT: LazyLock<Option<Jwk>> = LazyLock::new(|| own("dir"));

/// The base64url of `{"alg":"dir","enc":"A256GCM"}`.
const DIRECT_HEADER: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0";

/// The base64url of `{"alg":"RSA-OAEP-256","enc":"A256GCM"}`.
const RSA_HEADER: &str = "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIn0";

fn own(alg: &str) -> Option<Jwk> {
    Jwk::parse(ring::opens(alg, "A256GCM")?, &POLICY).ok()
}

/// The first octets of an input, and zeros where it has fewer.
fn octets<const N: usize>(data: &[u8]) -> [u8; N] {
    let mut octets = [0; N];
    octets.iter_mut().zip(data).for_each(|(place, octet)| *place = *octet);
    octets
}

/// An encrypted key below the modulus.
fn encrypted_key(data: &[u8]) -> [u8; 256] {
    let mut octets = octets::<256>(data);
    octets[0] = 0;
    octets
}

/// Opens a compact token and says whether it got as far as the tag.
fn open(policy: &Policy, header: &str, encrypted_key: &[u8], ciphertext: &[u8], key: Option<&Jwk>) {
    let [encrypted_key, iv, ciphertext, tag] =
        [encrypted_key, &[1; 12], ciphertext, &[2; 16]].map(base64url::encode);
    let token = format!("{header}.{encrypted_key}.{iv}.{ciphertext}.{tag}");
    let opened = key.map(|key| jwe::open(&token, key, policy, &mut ChaCha8Rng::seed_from_u64(1)));
    let code = opened.and_then(Result::err).map(|rejection| rejection.code());
    assert_eq!(code, Some("decrypt/failed"), "it has to come to the tag");
}

/// Nothing.
pub fn empty(data: &[u8]) {
    black_box(data);
}

/// Parses the input as a compact JWE.
pub fn compact_parse(data: &[u8]) {
    drop(black_box(str::from_utf8(data).map(|text| Jwe::parse(text, &POLICY))));
}

/// Opens a token with a wrong tag.
pub fn gcm_open(data: &[u8]) {
    open(&POLICY, DIRECT_HEADER, b"", &octets::<512>(data), DIRECT.as_ref());
}

/// Opens its ciphertext alone.
pub fn gcm_bare(data: &[u8]) {
    let aad = DIRECT_HEADER.as_bytes();
    let opened = gcm::open(&[0; 32], &[1; 12], aad, &octets::<512>(data), &[2; 16]);
    assert!(black_box(opened).is_err(), "the tag is wrong");
}

/// Opens a token with an encrypted key of chance, as the targets of a campaign do.
pub fn rsa_open(data: &[u8]) {
    open(&SWIFT, RSA_HEADER, &encrypted_key(data), b"content", RSA.as_ref());
}

/// The same with RustCrypto alone.
pub fn rsa_open_rustcrypto(data: &[u8]) {
    open(&POLICY, RSA_HEADER, &encrypted_key(data), b"content", RSA.as_ref());
}

/// Decrypts the encrypted key alone.
pub fn rsa_openssl(data: &[u8]) {
    black_box(openssl::oaep_decrypt(ring::rsa_pem(), "sha256", &encrypted_key(data)));
}
