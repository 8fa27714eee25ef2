//! How a command ends: exit codes shared with the binary `touchstone`, and the failure that carries
//! one to `main`.

use std::process::ExitStatus;

/// A check failed: tests, lints, house rules.
pub(crate) const FAILED: u8 = 1;
/// Something that the command needs could not be built or started.
pub(crate) const UNAVAILABLE: u8 = 2;
/// The command line makes no sense.
pub(crate) const USAGE: u8 = 4;

/// Why a command ended without success.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code of xtask.
    pub(crate) code: u8,
    /// For standard error; empty where the reason was printed by a child already.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { code: FAILED, message: message.into() }
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self { code: UNAVAILABLE, message: message.into() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }

    /// A child's end as our own: nothing for success, otherwise its exit code, or 128 and the
    /// number of the signal that ended it.
    pub(crate) fn of(status: ExitStatus) -> Result<(), Self> {
        if status.success() {
            return Ok(());
        }
        let code = status.code().or_else(|| signal(status).map(|number| 128 + number));
        let code = code.and_then(|code| u8::try_from(code).ok()).unwrap_or(FAILED);
        Err(Self { code, message: String::new() })
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[track_caller]
    fn check(wait_status: i32, code: Option<u8>) {
        let failure = Failure::of(ExitStatus::from_raw(wait_status)).err();
        assert_eq!(failure.map(|failure| failure.code), code);
    }

    #[test]
    fn success_is_no_failure() {
        check(0, None);
    }

    #[test]
    fn a_childs_exit_code_is_passed_on() {
        check(3 << 8, Some(3));
        check(101 << 8, Some(101));
    }

    #[test]
    fn a_signal_counts_from_128() {
        check(9, Some(137));
    }
}
