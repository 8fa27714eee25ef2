//! jsonwebtoken as a target: the adapter protocol on standard input and output.

use std::io;

use oracles::Oracle;
use oracles::jsonwebtoken::Jsonwebtoken;

fn main() -> io::Result<()> {
    let mut oracle = Jsonwebtoken::default();
    protocol::serve::serve(|op, input| oracle.answer(op, input))
}
