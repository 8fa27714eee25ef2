//! Who is fuzzed next: several targets share the workers by the new features that a CPU-second brings.
//!
//! A weighted fair queue. Each slice moves its target's own time on by the CPU time it took, divided by the
//! target's weight; the target that is furthest behind comes next. The weight is the features a CPU-second of
//! its last slices as a share of the best one's, and never less than a fiftieth: what seems exhausted is still
//! tried.

/// The targets of a campaign, by index.
#[derive(Debug)]
pub(super) struct Schedule {
    shares: Vec<Share>,
}

#[derive(Clone, Debug, Default)]
struct Share {
    /// Weighted CPU seconds.
    time: f64,
    /// New features a CPU-second; none before the first slice.
    rate: Option<f64>,
    /// Slices that go on.
    running: usize,
    is_over: bool,
}

impl Schedule {
    pub(super) fn new(targets: usize) -> Self {
        Self { shares: vec![Share::default(); targets] }
    }

    /// The target that comes next, if any is left. Two workers are at one target only where there are more
    /// workers than targets.
    pub(super) fn next(&mut self) -> Option<usize> {
        let open = self.shares.iter().enumerate().filter(|(_, share)| !share.is_over);
        let first = open.min_by(|(_, one), (_, other)| {
            let order = one.running.cmp(&other.running);
            let order = order.then(one.rate.is_some().cmp(&other.rate.is_some()));
            order.then(one.time.total_cmp(&other.time))
        });
        let (index, _) = first?;
        if let Some(share) = self.shares.get_mut(index) {
            share.running += 1;
        }
        Some(index)
    }

    /// A slice of this target has ended.
    pub(super) fn ended(&mut self, target: usize, cpu_seconds: f64, new_features: u64) {
        let cpu_seconds = cpu_seconds.max(LEAST_SECONDS);
        let Some(share) = self.shares.get_mut(target) else { return };
        let rate = new_features as f64 / cpu_seconds;
        share.rate = Some(share.rate.map_or(rate, |before| (before + rate) / 2.0));
        share.running = share.running.saturating_sub(1);
        let rates =
            self.shares.iter().filter(|share| !share.is_over).filter_map(|share| share.rate);
        let best = rates.fold(0.0, f64::max);
        let Some(share) = self.shares.get_mut(target) else { return };
        // Where no target brings anything, all weigh the same.
        let weight = if best > 0.0 { share.rate.unwrap_or_default() / best } else { 1.0 };
        share.time += cpu_seconds / weight.max(LEAST_WEIGHT);
    }

    /// This target gets no more slices.
    pub(super) fn retire(&mut self, target: usize) {
        if let Some(share) = self.shares.get_mut(target) {
            share.is_over = true;
        }
    }

    /// Targets that still get slices.
    pub(super) fn open(&self) -> usize {
        self.shares.iter().filter(|share| !share.is_over).count()
    }
}

/// Of the best target's weight.
const LEAST_WEIGHT: f64 = 0.02;

/// A slice costs at least this, however soon it ended: it had to be started.
const LEAST_SECONDS: f64 = 0.1;

#[cfg(test)]
mod tests;
