//! RSA (RFC 8017): keys, OAEP, both encodings of PKCS #1 v1.5, PSS, and the bare permutation.
//!
//! Moduli of 1024 to 8192 bits are taken here; the floor of 2048 is a rule, not a primitive.

mod encrypt;
mod generate;
mod key;
mod sign;

pub use encrypt::{
    oaep_decrypt, oaep_encrypt, pkcs1v15_decrypt, pkcs1v15_encrypt, raw_private, raw_public,
};
pub use generate::PrivateIntegers;
pub use key::{PrivateKey, PublicKey};
pub use sign::{sign_pkcs1v15, sign_pss, verify_pkcs1v15, verify_pss};

#[cfg(test)]
mod tests;
