//! Claims of an assertion are accepted exactly by the rules.
#![no_main]

fuzz::target!("assertion_claims");
