//! Any text under a right tag is a signed JWT or refused.
#![no_main]

fuzz::target!("nested_inner");
