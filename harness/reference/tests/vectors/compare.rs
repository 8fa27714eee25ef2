//! What a failed comparison says.

use std::fmt::Debug;

use algorithms::base64url;
use libtest_mimic::Failed;

/// A check's result.
pub(crate) type Outcome = Result<(), Failed>;

/// The two values are equal.
pub(crate) fn same<T: PartialEq + Debug>(what: &str, got: &T, want: &T) -> Outcome {
    if got == want {
        return Ok(());
    }
    Err(format!("{what}: got {got:?}, the vector says {want:?}").into())
}

/// The octets are equal; a failure prints them as base64url.
pub(crate) fn same_octets(what: &str, got: &[u8], want: &[u8]) -> Outcome {
    same(what, &base64url::encode(got), &base64url::encode(want))
}

/// The condition holds.
pub(crate) fn holds(what: &str, condition: bool) -> Outcome {
    if condition { Ok(()) } else { Err(format!("does not hold: {what}").into()) }
}
