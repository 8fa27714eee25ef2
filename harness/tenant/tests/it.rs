//! The program as its users see it.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod it {
    mod connections;
    mod program;
    mod replay;
    mod sdk;
    mod secrets;
    mod support;
}
