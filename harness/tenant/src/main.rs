//! `touchstone-serve`: the authorization server as a program.

fn main() {}
