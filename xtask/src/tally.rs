//! Counting tests across the binaries of one `cargo test`.

use std::fmt;

/// How many tests passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// Adds the counts of `line` if it is the closing line of a test binary, as libtest and
    /// libtest-mimic write it; leaves out what a filter hid.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        for part in counts.split(['.', ';']) {
            let Some((number, word)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped } = self;
        write!(formatter, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], expected: &str) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.add_line(line));
        assert_eq!(tally.to_string(), expected);
    }

    const GREEN: &str = "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; \
                         5 filtered out; finished in 1.20s";
    const RED: &str = "test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; \
                       0 filtered out; finished in 0.00s";

    #[test]
    fn nothing_ran() {
        check(&[], "0 passed, 0 failed, 0 skipped");
    }

    #[test]
    fn binaries_are_summed() {
        check(&[GREEN, "", "running 9 tests", RED], "19 passed, 2 failed, 3 skipped");
    }

    #[test]
    fn other_lines_do_not_count() {
        check(&["test result_is_kept ... ok", "  test result: ok. 1 passed;"], {
            "0 passed, 0 failed, 0 skipped"
        });
    }
}
