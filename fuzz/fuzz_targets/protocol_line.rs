//! An answer that is read is written to a line that reads the same.
#![no_main]

fuzz::target!("protocol_line");
