//! A nested JWT that is made opens for its issuer while it lasts.
#![no_main]

fuzz::target!("nested_made");
