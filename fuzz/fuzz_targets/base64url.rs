//! What decodes is what encoding gives.
#![no_main]

fuzz::target!("base64url");
