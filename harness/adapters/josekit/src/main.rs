//! josekit as a target: the adapter protocol on standard input and output.

use std::io;

use oracles::Oracle;
use oracles::josekit::Josekit;

fn main() -> io::Result<()> {
    let mut oracle = Josekit::default();
    protocol::serve::serve(|op, input| oracle.answer(op, input))
}
