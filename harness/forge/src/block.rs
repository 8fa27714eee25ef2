//! AES used in ways that no good library offers: for tokens that are wrong on purpose.

use aes::cipher::{BlockCipherEncrypt, BlockModeEncrypt, KeyInit, KeyIvInit, block_padding};
use aes::{Aes128, Aes192, Aes256};

use crate::error::ForgeError;

/// RFC 3394 §2.2.1 with any initial value of 8 octets.
pub(crate) fn key_wrap(kek: &[u8], iv: &[u8], key: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let mut a: Vec<u8> = iv.to_vec();
    let mut registers: Vec<Vec<u8>> = key.chunks(8).map(<[u8]>::to_vec).collect();
    let count = u64::try_from(registers.len()).unwrap_or(0);
    for round in 0..6 {
        for (index, register) in (1..).zip(registers.iter_mut()) {
            let block = encrypt_block(kek, &[a.as_slice(), register].concat())?;
            let (front, back) = block.split_at(8);
            let counter: u64 = count * round + index;
            a = front.iter().zip(counter.to_be_bytes()).map(|(octet, t)| octet ^ t).collect();
            *register = back.to_vec();
        }
    }
    Ok([a, registers.concat()].concat())
}

/// CBC over whole blocks, without padding of its own.
pub(crate) fn cbc(key: &[u8], iv: &[u8], blocks: &[u8]) -> Result<Vec<u8>, ForgeError> {
    const FAILED: ForgeError = ForgeError::Primitive("AES-CBC");
    match key.len() {
        16 => Ok(cbc::Encryptor::<Aes128>::new_from_slices(key, iv)
            .map_err(|_| FAILED)?
            .encrypt_padded_vec::<block_padding::NoPadding>(blocks)),
        24 => Ok(cbc::Encryptor::<Aes192>::new_from_slices(key, iv)
            .map_err(|_| FAILED)?
            .encrypt_padded_vec::<block_padding::NoPadding>(blocks)),
        32 => Ok(cbc::Encryptor::<Aes256>::new_from_slices(key, iv)
            .map_err(|_| FAILED)?
            .encrypt_padded_vec::<block_padding::NoPadding>(blocks)),
        _ => Err(FAILED),
    }
}

fn encrypt_block(key: &[u8], block: &[u8]) -> Result<Vec<u8>, ForgeError> {
    const FAILED: ForgeError = ForgeError::Primitive("AES");
    let mut out = aes::Block::try_from(block).map_err(|_| FAILED)?;
    match key.len() {
        16 => Aes128::new_from_slice(key).map_err(|_| FAILED)?.encrypt_block(&mut out),
        24 => Aes192::new_from_slice(key).map_err(|_| FAILED)?.encrypt_block(&mut out),
        32 => Aes256::new_from_slice(key).map_err(|_| FAILED)?.encrypt_block(&mut out),
        _ => return Err(FAILED),
    }
    Ok(out.to_vec())
}
