//! What the strict JSON reader takes, another reader takes alike.
#![no_main]

fuzz::target!("management_body");
