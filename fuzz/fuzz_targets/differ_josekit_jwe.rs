//! josekit decrypts what the reference decrypts, or a rule says why not.
#![no_main]

fuzz::target!("differ_josekit_jwe");
