//! Claims that are read are one JSON object, printed as received.
#![no_main]

fuzz::target!("claims");
