//! What is wrong with a suite file has a place in it.
#![no_main]

fuzz::target!("suite_file");
