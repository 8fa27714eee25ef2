//! Claims under a right signature and tag are accepted only as expected.
#![no_main]

fuzz::target!("nested_claims");
