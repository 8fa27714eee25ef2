//! A form body of any pairs is read or refused.
#![no_main]

fuzz::target!("assertion_form");
