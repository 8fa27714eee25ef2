//! What a campaign writes and shows while it goes on.

use super::{Campaign, Slice};
use crate::exit::Failure;
use crate::fuzz::screen::{self, Screen};
use crate::fuzz::statistics;

impl Campaign {
    /// Adds to the totals what they do not have yet of a slice.
    pub(super) fn count(&mut self, slice: &mut Slice, cpu_s: f64) {
        let name = self.plan.targets.get(slice.target);
        let Some(totals) = name.and_then(|name| self.state.targets.get_mut(name)) else { return };
        let now = (slice.clock.seconds(), cpu_s.max(slice.counted.1), slice.executions);
        totals.elapsed_s += now.0 - slice.counted.0;
        totals.cpu_s += now.1 - slice.counted.1;
        totals.executions += now.2.saturating_sub(slice.counted.2);
        slice.counted = now;
    }

    /// Writes state and statistics; every target's last row where it `is_last`.
    pub(super) fn save(&mut self, is_last: bool) -> Result<(), Failure> {
        let mut slices = std::mem::take(&mut self.slices);
        for slice in slices.iter_mut().flatten() {
            let cpu_s = slice.cpu_s();
            self.count(slice, cpu_s);
        }
        self.slices = slices;
        let folder = self.engine.statistics();
        self.state.save(&folder)?;
        for (name, course) in self.plan.targets.iter().zip(&mut self.progress) {
            let Some(totals) = self.state.targets.get(name) else { continue };
            let (before, passed) = (&course.written, totals.elapsed_s - course.written.elapsed_s);
            // Rows become rarer with time: a picture has only so many points.
            let is_due = passed >= (totals.elapsed_s / 200.0).max(1.0);
            if *totals != *before && (is_due || is_last) {
                statistics::append(&folder, name, statistics::Row::after(before, totals))?;
                course.written = totals.clone();
            }
            if is_last {
                statistics::draw(&folder, name)?;
            }
        }
        Ok(())
    }

    pub(super) fn draw(&mut self) {
        if !self.screen.is_terminal() {
            return;
        }
        let mut screen = std::mem::replace(&mut self.screen, Screen::new());
        let rows: Vec<_> = (0..self.plan.targets.len()).filter_map(|one| self.row(one)).collect();
        screen.draw(&rows);
        self.screen = screen;
    }

    pub(super) fn row(&self, target: usize) -> Option<screen::Row<'_>> {
        let name = self.plan.targets.get(target)?;
        let totals = self.state.targets.get(name)?;
        let before = &self.progress.get(target)?.before;
        let speed = statistics::Row::after(before, totals).executions_per_cpu_s;
        let workers = self.slices.iter().flatten().filter(|slice| slice.target == target).count();
        Some(screen::Row { name, totals, workers, speed })
    }
}
