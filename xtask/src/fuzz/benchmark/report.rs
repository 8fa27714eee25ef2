//! What trials come to: the table, the lines of the files, and the goals.

use serde_json::{Value, json};

use super::planted::Bug;
use super::trial::{Mode, Outcome};

/// A trial with what it was about.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) mode: Mode,
    /// libFuzzer's.
    pub(super) seed: u64,
    pub(super) outcome: Outcome,
}

/// All trials of a bug.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) bug: Bug,
    pub(super) trials: Vec<Trial>,
}

/// The head of the table.
pub(super) const HEAD: &str = "bug                                target              r/t/d  executions (least–most)     CPU s   raw octets                   times";

/// The head of the CSV file.
pub(super) const CSV: &str =
    "bug,target,mode,seed,reached,triggered,detected,class,executions,cpu_s\n";

impl Row {
    fn of(&self, mode: Mode) -> impl Iterator<Item = &Outcome> {
        self.trials.iter().filter(move |trial| trial.mode == mode).map(|trial| &trial.outcome)
    }

    /// Values of the trials that detected it, in order.
    fn detected(&self, mode: Mode, value: impl Fn(&Outcome) -> f64) -> Vec<f64> {
        let detected = self.of(mode).filter(|outcome| outcome.detected.is_some());
        let mut values: Vec<f64> = detected.map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    /// How many of the executions of raw octets ours needed, as a fraction's denominator; the medians of those
    /// that detected it. `None` where one of them did not.
    pub(super) fn times(&self) -> Option<f64> {
        let [aware, blind] = [Mode::Aware, Mode::Blind]
            .map(|mode| median(&self.detected(mode, |outcome| outcome.executions as f64)));
        Some(blind? / aware?)
    }

    /// A line of the table.
    pub(super) fn line(&self) -> String {
        let count = |is: fn(&Outcome) -> bool| self.of(Mode::Aware).filter(|one| is(one)).count();
        let executions = |outcome: &Outcome| outcome.executions as f64;
        let times =
            match (self.times(), self.of(Mode::Blind).map(executions).max_by(f64::total_cmp)) {
                (Some(times), _) => short(times),
                (None, Some(most)) => median(&self.detected(Mode::Aware, executions))
                    .map_or_else(|| "-".to_owned(), |aware| format!(">{}", short(most / aware))),
                (None, None) => "-".to_owned(),
            };
        format!(
            "{:<34} {:<18} {:>6}  {:<26} {:>6}   {:<28} {times}",
            self.bug.flaw,
            self.bug.target,
            format!(
                "{}/{}/{}",
                count(|outcome| outcome.is_reached),
                count(|outcome| outcome.is_triggered),
                count(|outcome| outcome.detected.is_some())
            ),
            self.spread(Mode::Aware),
            median(&self.detected(Mode::Aware, |outcome| outcome.cpu_s))
                .map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.1}")),
            self.spread(Mode::Blind),
        )
    }

    /// The median of the executions with the least and the most; how many trials detected it where not all did.
    fn spread(&self, mode: Mode) -> String {
        let (all, values) =
            (self.of(mode).count(), self.detected(mode, |outcome| outcome.executions as f64));
        if all == 0 {
            return "-".to_owned();
        }
        let (Some(median), Some(least), Some(most)) =
            (median(&values), values.first(), values.last())
        else {
            let most = self.of(mode).map(|outcome| outcome.executions).max().unwrap_or_default();
            return format!("not found in {}", short(most as f64));
        };
        let part =
            if values.len() < all { format!(" {}/{all}", values.len()) } else { String::new() };
        format!("{} ({}–{}){part}", short(median), short(*least), short(*most))
    }

    /// A line of the CSV file a trial.
    pub(super) fn csv(&self) -> String {
        let line = |Trial { mode, seed, outcome }: &Trial| {
            format!(
                "{},{},{},{seed},{},{},{},{},{},{:.2}\n",
                self.bug.flaw,
                self.bug.target,
                mode.name(),
                outcome.is_reached,
                outcome.is_triggered,
                outcome.detected.is_some(),
                outcome.detected.as_deref().unwrap_or_default().replace(',', ";"),
                outcome.executions,
                outcome.cpu_s
            )
        };
        self.trials.iter().map(line).collect()
    }

    /// An object a trial.
    pub(super) fn json(&self) -> impl Iterator<Item = Value> {
        self.trials.iter().map(|Trial { mode, seed, outcome }| {
            json!({
                "bug": self.bug.flaw,
                "target": self.bug.target,
                "mode": mode.name(),
                "seed": seed,
                "reached": outcome.is_reached,
                "triggered": outcome.is_triggered,
                "detected": outcome.detected,
                "executions": outcome.executions,
                "cpu_s": outcome.cpu_s,
            })
        })
    }
}

/// The goals, each with what was seen; and whether every bug was detected.
pub(super) fn goals(rows: &[Row]) -> (String, bool) {
    let in_a_minute = |outcome: &&Outcome| outcome.detected.is_some() && outcome.cpu_s <= 60.0;
    let all: usize = rows.iter().map(|row| row.of(Mode::Aware).count()).sum();
    let soon: usize = rows.iter().map(|row| row.of(Mode::Aware).filter(in_a_minute).count()).sum();
    let is_never = |row: &&Row| !row.of(Mode::Aware).any(|outcome| outcome.detected.is_some());
    let never: Vec<_> = rows.iter().filter(is_never).map(|row| row.bug.flaw.as_str()).collect();
    let ratios: Vec<_> = rows.iter().filter_map(|row| Some((row, row.times()?))).collect();
    let below = ratios.iter().filter(|(_, times)| *times < FEWER);
    let below: Vec<_> = below.map(|(row, _)| row.bug.flaw.as_str()).collect();
    let met = |is_met: bool| if is_met { "met" } else { "missed" };
    let list = |names: &[&str]| match names {
        [] => String::new(),
        names => format!("; not {}", names.join(", ")),
    };
    let text = format!(
        "{}: {soon} of {all} trials within 60 CPU-seconds (goal: 95 %)\n\
         {}: {} of {} bugs found at all{}\n\
         {}: {} of {} bugs that raw octets find need at most a fiftieth of their executions{}",
        met(soon * 100 >= all * 95),
        met(never.is_empty()),
        rows.len() - never.len(),
        rows.len(),
        list(&never),
        met(below.is_empty()),
        ratios.len() - below.len(),
        ratios.len(),
        list(&below),
    );
    (text, never.is_empty())
}

/// Of values in order; the lower of the two in the middle.
fn median(values: &[f64]) -> Option<f64> {
    values.get(values.len().checked_sub(1)? / 2).copied()
}

/// As a person would say it: three digits, thousands and millions by letter.
fn short(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{:.1} M", value / 1e6),
        value if value >= 1e4 => format!("{:.0} k", value / 1e3),
        value if value >= 10.0 => format!("{value:.0}"),
        value => format!("{value:.1}").trim_end_matches(".0").to_owned(),
    }
}

/// How many times fewer executions ours is to need.
const FEWER: f64 = 50.0;

#[cfg(test)]
mod tests;
