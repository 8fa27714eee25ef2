//! OpenSSL decrypts what our RSA-OAEP decrypts.
#![no_main]

fuzz::target!("differ_openssl_oaep");
