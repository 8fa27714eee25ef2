#![doc = include_str!("../README.md")]

mod adapter;
mod assertion;
mod credential;
mod hello;
mod input;
mod jwe;
mod jws;
mod nested;
mod thumbprint;

use std::io;

use adapter::Adapter;

fn main() -> io::Result<()> {
    let mut adapter = Adapter::new();
    protocol::serve::serve(|operation, input| adapter.answer(operation, input))
}
