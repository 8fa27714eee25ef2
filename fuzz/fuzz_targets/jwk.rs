//! A public key has no private member, and its thumbprint no order.
#![no_main]

fuzz::target!("jwk");
