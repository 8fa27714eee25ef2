//! The exit codes of `touchstone`. They are stable.

/// Every target conforms, or every finding is in a baseline.
pub const CONFORMS: i32 = 0;
/// A finding that no baseline knows.
pub const FINDINGS: i32 = 1;
/// A target cannot be started or keeps faulting.
pub const TARGET: i32 = 2;
/// A baseline entry matches nothing any more, or its date has passed.
pub const BASELINE: i32 = 3;
/// Wrong usage or unreadable input.
pub const USAGE: i32 = 4;
/// No control was accepted: nothing meaningful ran.
pub const NOTHING: i32 = 5;

/// The exit code of a run over several targets: the gravest of theirs.
#[must_use]
pub fn gravest(codes: impl IntoIterator<Item = i32>) -> i32 {
    let rank = |code: &i32| match *code {
        TARGET => 4,
        FINDINGS => 3,
        NOTHING => 2,
        BASELINE => 1,
        _ => 0,
    };
    codes.into_iter().max_by_key(rank).unwrap_or(CONFORMS)
}
