//! What has to hold for assertions that a target built: read back with the primitives alone.

use crate::make::Built;

/// One thing that has to hold.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "a row of the table")]
pub struct Check {
    /// Its name in suites.
    pub name: &'static str,
    /// Says what is wrong.
    pub find: fn(&Built, &[&str]) -> Result<(), String>,
}

impl Check {
    /// The check with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CHECKS.iter().find(|check| check.name == name)
    }
}

/// Every check.
pub static CHECKS: &[Check] = &[Check { name: "count", find: count }];

fn count(built: &Built, assertions: &[&str]) -> Result<(), String> {
    if assertions.len() == built.count {
        Ok(())
    } else {
        Err(format!("{} assertions where {} were asked for", assertions.len(), built.count))
    }
}
