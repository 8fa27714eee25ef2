//! Claims of an access token are accepted only complete and as expected.
#![no_main]

fuzz::target!("access_token_claims");
