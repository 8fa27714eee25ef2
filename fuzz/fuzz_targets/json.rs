//! What is read as JSON prints to a text that reads the same.
#![no_main]

fuzz::target!("json");
