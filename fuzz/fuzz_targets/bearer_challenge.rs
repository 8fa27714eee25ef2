//! A challenge is one line, whatever it is told.
#![no_main]

fuzz::target!("bearer_challenge");
