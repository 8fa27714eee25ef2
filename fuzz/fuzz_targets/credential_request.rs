//! A credential is registered exactly by the documented rules.
#![no_main]

fuzz::target!("credential_request");
