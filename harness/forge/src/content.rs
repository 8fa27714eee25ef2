//! Content encryption (RFC 7518 §5), right or wrong.

use algorithms::{ContentEncryption, ContentFamily, Hash, gcm};
use suite::Action;

use crate::block;
use crate::error::{ForgeError, not_applicable};

/// What goes into content encryption.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub(crate) algorithm: &'static ContentEncryption,
    pub(crate) cek: &'a [u8],
    pub(crate) iv: &'a [u8],
    pub(crate) aad: &'a [u8],
    pub(crate) plaintext: &'a [u8],
    pub(crate) action: Option<&'a Action>,
}

/// Ciphertext and tag.
pub(crate) type Sealed = (Vec<u8>, Vec<u8>);

impl Content<'_> {
    pub(crate) fn seal(&self) -> Result<Sealed, ForgeError> {
        match self.algorithm.family {
            ContentFamily::Gcm => gcm::seal(self.cek, self.iv, self.aad, self.plaintext)
                .map_err(|_| ForgeError::Primitive("AES-GCM")),
            ContentFamily::CbcHmac { hash } => self.seal_cbc_hmac(hash),
        }
    }

    // RFC 7518 §5.2.2.1, each step with the way to get it wrong.
    fn seal_cbc_hmac(&self, hash: Hash) -> Result<Sealed, ForgeError> {
        let half = self.cek.len() / 2;
        let (mut mac_key, mut enc_key) = self.cek.split_at(half);
        if matches!(self.action, Some(Action::SwapCekHalves(true))) {
            (mac_key, enc_key) = (enc_key, mac_key);
        }
        let mut block_iv = self.iv.to_vec();
        block_iv.resize(16, 0);
        let padded = match self.action {
            Some(Action::Padding(kind)) => pad_wrongly(self.plaintext, kind)?,
            _ => pad(self.plaintext),
        };
        let mut ciphertext = block::cbc(enc_key, &block_iv, &padded)?;
        match self.action {
            Some(Action::Padding(kind)) if kind == "partial-block" => ciphertext.extend([0; 5]),
            Some(Action::Padding(kind)) if kind == "no-block" => ciphertext.clear(),
            _ => {}
        }
        let octets = u64::try_from(self.aad.len()).unwrap_or(u64::MAX / 8);
        let length = match self.action {
            Some(Action::AlInOctets(true)) => octets,
            _ => octets * 8,
        };
        let input = [self.aad, self.iv, &ciphertext, &length.to_be_bytes()].concat();
        let mut tag = hash.hmac(mac_key, &input);
        if !matches!(self.action, Some(Action::WholeTag(true))) {
            tag.truncate(self.algorithm.tag_octets);
        }
        Ok((ciphertext, tag))
    }
}

/// PKCS #7 padding to 16 octets.
fn pad(plaintext: &[u8]) -> Vec<u8> {
    let count = 16 - plaintext.len() % 16;
    let mut out = plaintext.to_vec();
    out.extend(vec![u8::try_from(count).unwrap_or(16); count]);
    out
}

fn pad_wrongly(plaintext: &[u8], kind: &str) -> Result<Vec<u8>, ForgeError> {
    let mut out = pad(plaintext);
    let count = 16 - plaintext.len() % 16;
    let last = out.len() - 1;
    match (kind, count) {
        ("zero", _) => replace(&mut out, last, 0),
        ("too-long", _) => replace(&mut out, last, 17),
        ("unequal", 2..) => replace(&mut out, last - 1, 0xFF),
        ("two-blocks", 1..) => {
            let more = u8::try_from(count + 16).unwrap_or(32);
            out = plaintext.to_vec();
            out.extend(vec![more; usize::from(more)]);
        }
        ("absent", 16) => out.truncate(plaintext.len()),
        ("absent", _) => return not_applicable("`absent` wants whole blocks of plaintext"),
        ("partial-block" | "no-block", _) => {}
        ("unequal", _) => return not_applicable("`unequal` wants two octets of padding or more"),
        _ => return not_applicable(format!("unknown padding `{kind}`")),
    }
    Ok(out)
}

fn replace(octets: &mut [u8], at: usize, value: u8) {
    if let Some(octet) = octets.get_mut(at) {
        *octet = value;
    }
}
