//! An access token that is issued is accepted by its API alone, while it lasts.
#![no_main]

fuzz::target!("access_token_made");
