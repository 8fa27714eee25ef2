//! Whether rejections that have to be alike take the same time: an experiment, not a verdict.
//!
//! The questions are the relations of the suites (`same_rejection`). Each round asks every member of one
//! in random order, with the first of them once more as a control: where the first differs from itself,
//! the machine is too restless to say anything.

mod signed_rank;

use protocol::{Answer, Hello};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::child::{Launch, Process};
use crate::clock::Stopwatch;
use crate::outcome::Fault;
use crate::plan::{Plan, Question};

pub use signed_rank::{SignedRank, holm, interval, median, signed_rank};

/// How it is measured.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Sampling {
    /// Rounds of each question.
    pub rounds: u32,
    /// Of the order in which members are asked.
    pub seed: u64,
}

/// One member of a relation beside the first one.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Compared {
    /// The case.
    pub case: String,
    /// The cell.
    pub cell: String,
    /// The member, counted from 1; 1 is the first one beside itself.
    pub member: usize,
    /// What is known of the differences, in nanoseconds.
    pub test: SignedRank,
    /// The interval of the median (95 %), in nanoseconds.
    pub interval: (f64, f64),
    /// The p-value among all of the run (Holm).
    pub adjusted: f64,
}

/// What is said of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth")]
pub enum Word {
    /// It cannot be told from the first.
    Alike,
    /// It takes another time.
    Differs,
    /// The first member differs from itself, so nothing can be said.
    Restless,
}

impl Word {
    /// As it is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alike => "alike",
            Self::Differs => "differs",
            Self::Restless => "restless",
        }
    }
}

/// Comparisons of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Comparisons {
    /// All of them, by question.
    pub all: Vec<Compared>,
    /// Questions that were not measured, each with the reason.
    pub left_out: Vec<String>,
}

/// Chance of any false `differs` in a run in which nothing differs.
pub const FALSE_POSITIVES: f64 = 0.01;

impl Comparisons {
    /// What is said of a member.
    #[must_use]
    pub fn word(&self, compared: &Compared) -> Word {
        let same = |other: &&Compared| {
            (&other.case, &other.cell, other.member) == (&compared.case, &compared.cell, 1)
        };
        // The control is held to more: one in a hundred questions is left open by it alone.
        if self.all.iter().find(same).is_none_or(|control| control.test.p < FALSE_POSITIVES) {
            Word::Restless
        } else if compared.adjusted < FALSE_POSITIVES {
            Word::Differs
        } else {
            Word::Alike
        }
    }

    /// Adjusts the p-values of all comparisons but the controls.
    pub fn adjust(&mut self) {
        let family: Vec<usize> = (0..self.all.len())
            .filter(|at| self.all.get(*at).is_some_and(|c| c.member > 1))
            .collect();
        let ps: Vec<f64> =
            family.iter().filter_map(|at| self.all.get(*at)).map(|c| c.test.p).collect();
        for (at, adjusted) in family.into_iter().zip(holm(&ps)) {
            if let Some(compared) = self.all.get_mut(at) {
                compared.adjusted = adjusted;
            }
        }
    }
}

impl Compared {
    /// The record of a comparison.
    #[must_use]
    pub fn to_value(&self, word: Word) -> Value {
        json!({
            "type": "timing", "case": self.case, "cell": self.cell, "member": self.member,
            "median_ns": self.test.median, "interval_ns": [self.interval.0, self.interval.1],
            "effect": self.test.effect, "p": self.test.p, "p_adjusted": self.adjusted,
            "word": word.name(), "level": "may",
        })
    }
}

/// Measures every relation of a plan, and says each as soon as it is there.
///
/// # Errors
/// A [`Fault`] of a target that does not start.
pub fn measure(
    plan: &Plan,
    launch: &Launch,
    sampling: Sampling,
    say: &dyn Fn(&str),
) -> Result<Comparisons, Fault> {
    let (mut process, hello) = Process::start(launch)?;
    let mut comparisons = Comparisons::default();
    let mut rng = ChaCha8Rng::seed_from_u64(sampling.seed);
    for question in plan.questions.iter().filter(|question| question.relation.is_some()) {
        let name = format!("{} [{}]", question.case.id, question.cell());
        say(&name);
        match one(plan, question, &hello, &mut process, sampling, &mut rng) {
            Ok(compared) => comparisons.all.extend(compared),
            Err(text) => {
                comparisons.left_out.push(format!("{name}: {text}"));
                // Whatever happened to it, the next question has a fresh one.
                process = Process::start(launch)?.0;
            }
        }
    }
    comparisons.adjust();
    Ok(comparisons)
}

/// The members of one question; else why nothing was measured.
fn one(
    plan: &Plan,
    question: &Question,
    hello: &Hello,
    process: &mut Process,
    sampling: Sampling,
    rng: &mut impl Rng,
) -> Result<Vec<Compared>, String> {
    if let Some((what, value)) = question.missing(plan, hello) {
        return Err(format!("unsupported: {what} {value}"));
    }
    // The first one twice: the second time as the control.
    let requests: Vec<usize> =
        std::iter::once(question.request).chain(question.members()).collect();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); requests.len()];
    for round in 0..sampling.rounds + WARM {
        let mut order: Vec<usize> = (0..requests.len()).collect();
        order.shuffle(rng);
        for at in order {
            let planned = requests.get(at).and_then(|request| plan.requests.get(*request));
            let Some(planned) = planned else { continue };
            let watch = Stopwatch::start();
            let answer = process.ask(planned.operation, &planned.input);
            let nanos = watch.elapsed().as_nanos() as f64;
            match answer {
                Ok((Answer::Reject { .. } | Answer::Error { .. }, _)) => {}
                Ok((answer, _)) => return Err(format!("not refused: {}", answer.to_value())),
                Err(fault) => return Err(fault.detail),
            }
            if let (true, Some(times)) = (round >= WARM, times.get_mut(at)) {
                times.push(nanos);
            }
        }
    }
    let Some((first, others)) = times.split_first() else { return Ok(Vec::new()) };
    let compare = |(at, other): (usize, &Vec<f64>)| {
        let differences: Vec<f64> = other.iter().zip(first).map(|(b, a)| b - a).collect();
        let test = signed_rank(&differences);
        let interval = interval(&differences, rng);
        let (case, cell) = (question.case.id.0.clone(), question.cell());
        Compared { case, cell, member: at + 1, test, interval, adjusted: test.p }
    };
    Ok(others.iter().enumerate().map(compare).collect())
}

/// Rounds that are asked first and not counted.
const WARM: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(member: usize, p: f64) -> Compared {
        let test = SignedRank { p, effect: 0.5, median: 100.0 };
        let (case, cell) = ("a/b".to_owned(), "enc=A".to_owned());
        Compared { case, cell, member, test, interval: (90.0, 110.0), adjusted: p }
    }

    fn words(ps: &[f64]) -> Vec<Word> {
        let all = ps.iter().enumerate().map(|(at, p)| compared(at + 1, *p)).collect();
        let mut comparisons = Comparisons { all, left_out: Vec::new() };
        comparisons.adjust();
        comparisons.all.iter().map(|compared| comparisons.word(compared)).collect()
    }

    #[test]
    fn a_difference_needs_a_quiet_control_and_survives_its_family() {
        assert_eq!(words(&[0.5, 1e-9, 0.4])[1..], [Word::Differs, Word::Alike]);
        assert_eq!(words(&[1e-9, 1e-9, 0.4])[1..], [Word::Restless, Word::Restless]);
        // 0.006 alone is below 0.01; as the least of two it counts twice.
        assert_eq!(words(&[0.5, 0.006])[1..], [Word::Differs]);
        assert_eq!(words(&[0.5, 0.006, 0.7])[1..], [Word::Alike, Word::Alike]);
    }
}
