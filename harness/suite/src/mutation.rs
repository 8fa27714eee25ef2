//! Mutations: the one thing that is wrong with a token.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::{Map, Value};

use crate::octets::Octets;
use crate::recipe::Recipe;

/// One change to one part. Written as a table: `{ part = "tag", truncate = 12 }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutation {
    /// Which token of a nested one.
    pub layer: Layer,
    /// What is changed.
    pub part: Part,
    /// The change.
    pub action: Action,
    /// Whether a text change of the protected header or AAD is covered by tag or signature: true (the
    /// default) shows whether the decoder is lenient, false whether the received text is the AAD.
    pub sealed: bool,
}

/// Which token of a nested one a mutation changes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The JWE, or the only token.
    #[default]
    Outer,
    /// The JWS inside.
    Inner,
}

/// The part of a request that a mutation changes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The whole token as text.
    Token,
    /// The protected header.
    Header,
    /// JWE encrypted key.
    EncryptedKey,
    /// JWE initialization vector.
    Iv,
    /// JWE ciphertext.
    Ciphertext,
    /// JWE authentication tag.
    Tag,
    /// JWE AAD of a JSON serialization, as text.
    Aad,
    /// JWS payload.
    Payload,
    /// JWS signature.
    Signature,
    /// The claims set of a nested JWT.
    Claims,
    /// The members of a JSON serialization.
    Json,
    /// The way the token is built.
    Build,
    /// The key that the target gets.
    Key,
    /// The other members of the request.
    Request,
    /// The parameters of a form.
    Form,
    /// The attempts of a request with an assertion.
    Attempts,
    /// The client and its credentials.
    Client,
    /// The text of a key that is registered.
    Pem,
}

/// The change, one of these.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    // On the octets of a binary part, after sealing.
    /// Inverts one bit, counted from the start, or from the end when negative.
    FlipBit(i64),
    /// Keeps so many octets of the front.
    Truncate(usize),
    /// Drops so many octets of the front.
    DropFirst(usize),
    /// Puts octets behind.
    Append(Octets),
    /// Puts octets in front.
    Prepend(Octets),
    /// Replaces the octets.
    Octets(Octets),
    /// Empties the part.
    Empty(bool),
    /// Replaces an RSA integer: `zero`, `one`, `modulus`, `modulus-minus-one`, `plus-modulus`,
    /// `minimal` (a leading zero octet left out).
    Integer(String),
    /// Moves so many octets from the end of this part to the front of the next one.
    MoveToNext(usize),
    /// Moves so many octets from the front of this part to the end of the previous one.
    MoveToPrevious(usize),
    /// Takes the same part of a second token that the same keys made.
    Graft(bool),
    /// Changes one octet at a position given in thousandths of the length.
    FlipAt(u32),

    // On the base64url text of a part, or on the text of the whole token.
    /// Adds the padding that base64 would have.
    Pad(bool),
    /// Writes the octets in another alphabet: `standard`.
    Alphabet(String),
    /// Sets unused bits of the last character.
    TrailingBits(bool),
    /// Inserts text at `start`, `middle` or `end`.
    Insert(Insert),
    /// Replaces the whole text.
    Text(String),

    // On the whole token.
    /// Keeps so many parts of the front.
    KeepParts(usize),
    /// Removes the part with this index, and its dot.
    DropPart(usize),
    /// Inserts a part with this text before the part with this index.
    InsertPart(InsertPart),
    /// Swaps two parts.
    SwapParts([usize; 2]),
    /// Wraps the token: `json-string`, `angle`, `object`, `bearer`, `uri`.
    Wrap(String),
    /// Sends another token in its place; the rest of the request stays.
    ReplaceWith(Box<Recipe>),
    /// Puts a text behind the token, so many times.
    Trail(Trail),
    /// Octets that are not UTF-8 behind the token.
    AppendOctets(Octets),
    /// The inner JWS without its JWE.
    BareInner(bool),
    /// Writes the compact token's parts as another serialization: `flattened`, `general`.
    Serialize(String),

    // On JSON text that is sealed afterwards: header, claims, payload, JWK.
    /// Sets members to values.
    Set(Map<String, Value>),
    /// Sets members to JSON texts, such as `1e400`.
    SetJson(Map<String, Value>),
    /// Deletes a member.
    Delete(String),
    /// Adds a second member of a name that is there, `before` or `after` it.
    Duplicate(Duplicate),
    /// Renames a member, as JSON text between the quotes.
    Rename(Rename),
    /// Replaces one text by another inside the JSON text.
    Replace(Replace),
    /// Puts octets behind the JSON text.
    AppendJson(Octets),
    /// Puts octets in front of the JSON text.
    PrependJson(Octets),
    /// Replaces the JSON text.
    Json(Octets),
    /// Encodes the JSON text as `utf-16le`, `utf-16be`, `utf-16-bom`, `utf-32le`.
    Encode(String),
    /// Adds a member whose value is so many nested arrays.
    Nest(usize),
    /// Adds a member whose value is a string of so many characters.
    Long(usize),
    /// Adds so many members.
    Wide(usize),
    /// Pretty-prints with white space of all four kinds between all tokens.
    Spaced(bool),

    // On the members of a JSON serialization.
    /// Sets the member at a JSON pointer to a JSON text.
    Member(Member),
    /// Deletes the member at a JSON pointer.
    DropMember(String),
    /// Adds a second member of the same name to the top object.
    DuplicateMember(Duplicate),
    /// Puts copies of the element of an array in front of it.
    Multiply(Multiply),

    // On the way a JWE is built.
    /// Protected members that move to the shared unprotected header before sealing.
    ToUnprotected(Vec<String>),
    /// Protected members that move to the per-recipient header before sealing.
    ToRecipient(Vec<String>),
    /// Made with, and read with, another test key.
    WithKey(String),
    /// Another plaintext than the control's, sealed in the right way.
    Plaintext(Octets),
    /// A plaintext of zeros, compressed in so many layers, of which `zip` takes off one.
    Bomb(Bomb),
    /// A protected parameter stands in another header, before sealing.
    MoveParameter(MoveParameter),
    /// A content encryption key of so many octets.
    CekOctets(usize),
    /// The content is encrypted with a key of zeros; the encrypted key is `kept`, `empty` or
    /// `garbage`.
    ZeroCek(String),
    /// The encrypted key is made with another algorithm than the header says.
    WrapAlg(String),
    /// RSA-OAEP with other hashes or a label.
    Oaep(Oaep),
    /// An RSA PKCS #1 v1.5 block: `valid`, `bad-type`, `no-separator`, `short-padding`,
    /// `empty-message`, `bad-first-octet`.
    Pkcs1(String),
    /// The content is encrypted with another algorithm than the header says.
    ContentAlg(String),
    /// MAC key and encryption key of a composite key change places.
    SwapCekHalves(bool),
    /// AL counts octets instead of bits.
    AlInOctets(bool),
    /// The MAC leaves out the AAD, or covers the decoded header: `empty`, `decoded-header`.
    AadUsed(String),
    /// A right tag over an IV of so many octets.
    IvOctets(usize),
    /// The whole HMAC as tag.
    WholeTag(bool),
    /// CBC padding made wrong before the MAC: `zero`, `too-long`, `unequal`, `two-blocks`, `absent`;
    /// `partial-block` has a ciphertext of no whole number of blocks, `no-block` an empty one.
    Padding(String),
    /// Key derivation with another input.
    Kdf(Kdf),
    /// PBES2 salt: `bare` leaves out the name of the algorithm, `absent` the salt input with `p2s`.
    Salt(String),
    /// PBES2 salt input of so many octets.
    P2sOctets(usize),
    /// PBES2 with another iteration count than the header says.
    Iterations(Iterations),
    /// Ephemeral key: `x-zero-y`, `infinity`, `off-curve` (y is another one, Z is right), `too-large`
    /// (x plus the modulus), `other-curve`, `ec`, `okp`, `private`, `more-members`, `no-x`, `no-y`,
    /// `no-crv`, `no-kty`, `kty-` and `crv-` with another value behind, `short-x` (a leading zero
    /// octet left out), `long-x`, `long-y`, `short-u`, `long-u`, `high-bit`, `low-order-0` to `-7`.
    Epk(String),
    /// Compressed with `zlib` or `gzip` wrappers, `truncated`, `trailing` octets, or `not-at-all`.
    ZipFormat(String),
    /// AES-GCM key wrapping with other sizes.
    GcmKw(GcmKw),
    /// AES key wrapping with another initial value.
    KeyWrapIv(Octets),
    /// `dir` with a key of another length, of which the content uses the front.
    DirectKey(String),
    /// AES key wrapping under the whole of a secret of another length, by the cipher of that length.
    WholeKey(String),
    /// The plaintext of the JWE in place of the inner JWS: `claims`, `unsecured`, `jwe`, `garbage`,
    /// `empty`, `flattened`, `quoted`.
    Inner(String),
    /// So many JWEs around the inner JWS.
    Depth(usize),

    // On the way a JWS is built.
    /// Signed with another algorithm than the header says.
    SignAlg(String),
    /// Signed by another test key.
    SignKey(String),
    /// HMAC keyed with a text of the public key.
    HmacWith(HmacWith),
    /// `alg` as given and no signature, or the signature kept.
    Unsecured(Unsecured),
    /// RSASSA-PSS with other parameters.
    Pss(Pss),
    /// ECDSA: `der`, `zero`, `r-zero`, `s-zero`, `short`, `wide`, `swapped`, `minimal` (a leading
    /// zero octet of r left out), `high-s`, `r-plus-order`, `s-plus-order`.
    Ecdsa(String),
    /// EdDSA: `s-plus-l`, `zero`.
    Eddsa(String),
    /// RSASSA-PKCS1-v1_5: `no-digest-info`, `trailing-octets`, `short-padding`, `sha1`.
    Rsassa(String),
    /// Signed by, or encrypted to, a test key that the header carries in `jwk` (a JWE: its private
    /// half) or names by `jku` or `x5u`.
    Embed(Embed),
    /// `b64` false: `without-crit`, `with-crit`.
    B64(String),

    /// Signed with another algorithm, and the header says so.
    UseAlg(String),
    /// Pads the assertion to exactly so many octets.
    PadTo(usize),
    /// A JWE around the assertion.
    Encrypt(Encrypt),
    /// A second assertion behind the first, with this text between them.
    Join(String),

    // On a form, which `set`, `delete`, `rename` and `duplicate` change too.
    /// The parameters in reverse order.
    Reverse(bool),

    // On the attempts, and on the client: `other` is its key, `use_alg` its algorithm.
    /// Sends it again.
    Replay(Replay),
    /// The credential expires so many seconds from now.
    Expires(i64),
    /// The credential exists, but is not associated with the client.
    Unassociated(bool),

    // On the request, which `drop_member` changes too.
    /// Another test key.
    Other(String),
    /// An RSA key of so many bits that fits no private key, and a signature of its length.
    HugeRsa(HugeRsa),
    /// Sets the member of the request at a JSON pointer.
    Pointer(Pointer),
}

/// Text inserted into a text.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Insert {
    /// `start`, `middle` or `end`.
    pub at: String,
    /// The text.
    pub text: String,
}

/// A parameter of the protected header that stands in another header.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct MoveParameter {
    /// Its name.
    pub name: String,
    /// `unprotected` or `recipient`.
    pub to: String,
}

/// A text behind a token, many times.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// The text.
    pub text: String,
    /// How often.
    pub count: usize,
}

/// A part inserted into a compact token.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct InsertPart {
    /// Index of the part before which it goes.
    pub at: usize,
    /// Its text.
    pub text: String,
}

/// A second member of a name that is there.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Duplicate {
    /// The name, as JSON text between the quotes.
    pub name: String,
    /// The value, as JSON text.
    pub json: String,
    /// `before` or `after` the others.
    pub place: String,
}

/// A member's name replaced.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The name that is there.
    pub from: String,
    /// The name that replaces it, as JSON text between the quotes.
    pub to: String,
}

/// A text replaced inside JSON text.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Replace {
    /// The text that is there.
    pub find: String,
    /// What replaces its first occurrence.
    pub with: Octets,
}

/// A member at a JSON pointer.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// RFC 6901.
    pub at: String,
    /// The value, as JSON text.
    pub json: String,
}

/// A plaintext that is much longer than its token.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Bomb {
    /// Octets when all layers are inflated.
    pub octets: usize,
    /// How often it is compressed; 1 if absent.
    #[serde(default = "one")]
    pub layers: usize,
}

fn one() -> usize {
    1
}

/// An element of an array that is multiplied.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Multiply {
    /// RFC 6901; the last part is an index.
    pub at: String,
    /// How many copies.
    pub count: usize,
}

/// An RSA public key of an absurd size.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct HugeRsa {
    /// Bits of the modulus, a multiple of 8.
    pub bits: usize,
    /// Whether the exponent is as long as the modulus; otherwise it stays 65537.
    #[serde(default)]
    pub exponent: bool,
}

/// A member of the request at a JSON pointer.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Pointer {
    /// RFC 6901.
    pub at: String,
    /// The value.
    pub value: Value,
}

/// RSA-OAEP with other parameters than the algorithm's. Hashes are `SHA-1` and so on.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Oaep {
    /// Hash of the label.
    pub hash: Option<String>,
    /// Hash of the mask generation function.
    pub mgf: Option<String>,
    /// The label; empty by default.
    pub label: Option<String>,
}

/// Concat KDF with other inputs.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    /// AlgorithmID.
    pub algorithm_id: Option<String>,
    /// PartyUInfo, as text.
    pub apu: Option<String>,
    /// PartyVInfo, as text.
    pub apv: Option<String>,
    /// Drop leading zero octets of Z.
    #[serde(default)]
    pub strip_z: bool,
}

/// A PBES2 iteration count that is not the header's.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Iterations {
    /// The count that derives the key.
    pub used: u32,
    /// The value of `p2c`, as JSON text.
    pub said: String,
}

/// AES-GCM key wrapping with other sizes.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct GcmKw {
    /// IV in octets; the tag is right for it.
    pub iv_octets: Option<usize>,
    /// Tag cut to so many octets.
    pub tag_octets: Option<usize>,
    /// Inverts a bit of the tag.
    #[serde(default)]
    pub flip_tag: bool,
}

/// HMAC keyed with a text of the verification key.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct HmacWith {
    /// `pem`, `pem-trimmed`, `pem-crlf`, `pem-leading-newline`, `pem-leading-space`, `pem-text-before`,
    /// `pem-indented`, `pkcs1-pem`, `der`, `jwk`, `modulus`, `x`, `empty`.
    pub form: String,
    /// The HMAC algorithm that the header names.
    pub alg: String,
}

/// An unsecured JWS.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Unsecured {
    /// The value of `alg`.
    pub alg: String,
    /// Keep the signature of the control instead of none.
    #[serde(default)]
    pub keep: bool,
}

/// RSASSA-PSS with other parameters.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Pss {
    /// Salt in octets.
    pub salt: Option<usize>,
    /// Hash of the mask generation function.
    pub mgf: Option<String>,
}

/// A JWE around an assertion.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Encrypt {
    /// Key management algorithm.
    pub alg: String,
    /// Content encryption algorithm.
    pub enc: String,
    /// Name of the test key that could open it.
    pub key: String,
}

/// A second attempt, of which the last one is judged.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Replay {
    /// How many more attempts there are; 1 if absent.
    pub times: Option<u32>,
    /// Seconds from the first attempt to the last.
    pub after: i64,
    /// A new token with the same `jti` instead of the same octets.
    pub resigned: bool,
    /// A new token with another `jti`: to be accepted.
    pub fresh: bool,
    /// A new token with this `jti`: a text in which `@{same}` is that of the first, or `upper` for that
    /// one in capitals.
    pub jti: Option<String>,
    /// Signed by another credential of the client.
    pub key: Option<String>,
    /// Sent to another endpoint (HTTP).
    pub endpoint: Option<String>,
    /// All copies at the same instant (HTTP): one of them may be accepted.
    pub parallel: bool,
}

/// A key that the token itself carries.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Embed {
    /// Name of the test key that signs.
    pub key: String,
    /// `jwk`, `jku`, `x5u`, `x5c`.
    pub member: String,
    /// The certificate for `x5c`, as base64 of the DER.
    pub certificate: Option<String>,
}

impl<'de> Deserialize<'de> for Mutation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let layer = take(&mut members, "layer").map_err(D::Error::custom)?.unwrap_or_default();
        let sealed = take(&mut members, "sealed").map_err(D::Error::custom)?.unwrap_or(true);
        let part = take(&mut members, "part")
            .map_err(D::Error::custom)?
            .ok_or_else(|| D::Error::custom("a mutation says which `part` it changes"))?;
        if members.len() != 1 {
            return Err(D::Error::custom(format!(
                "a mutation makes exactly one change beside its part; this one makes {}",
                members.len()
            )));
        }
        let action = Action::deserialize(Value::Object(members)).map_err(D::Error::custom)?;
        Ok(Self { layer, part, action, sealed })
    }
}

fn take<T: serde::de::DeserializeOwned>(
    members: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, serde_json::Error> {
    members.remove(name).map(serde_json::from_value).transpose()
}
