//! The clock of a campaign: how long something has been going on.

use std::time::{Duration, Instant};

/// Started when it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a campaign lasts a time that people choose")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// In seconds.
    pub(super) fn seconds(self) -> f64 {
        self.elapsed().as_secs_f64()
    }
}
