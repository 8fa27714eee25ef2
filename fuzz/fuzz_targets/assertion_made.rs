//! An assertion that is built is accepted once, by its audience, while it lasts.
#![no_main]

fuzz::target!("assertion_made");
