//! The grid: every target makes tokens, and every other one opens them.
//!
//! What does not come through is a disagreement between two, and neither is wrong because the other says
//! so. The forge, which reads by the documents, and at least two other families decide; else it is
//! left open.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use forge::Want;
use forge::produced::{Found, Produced};
use protocol::{Answer, Hello, Operation};
use report::printable;
use serde_json::{Value, json};

use crate::child::{Interview, Process};
use crate::outcome::Event;
use crate::plan::{Plan, Planned, Question};
use crate::produce::{Opener, can};

/// What became of a token at an opener.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "only data")]
pub enum Word {
    /// It came back.
    Opens,
    /// It was refused, or something else came back.
    Differs(String),
}

/// Who is wrong where an opener differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth")]
pub enum Blame {
    /// The forge and two other families read the token.
    Opener,
    /// The forge does not read it, nor do two other families.
    Sealer,
    /// Too few agree.
    Disputed,
}

impl Blame {
    /// As it is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opener => "opener",
            Self::Sealer => "sealer",
            Self::Disputed => "disputed",
        }
    }
}

/// One token at one opener.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Meeting {
    /// Who made the token.
    pub sealer: String,
    /// Who was asked to open it.
    pub opener: String,
    /// The case.
    pub case: String,
    /// The cell.
    pub cell: String,
    /// What became of it.
    pub word: Word,
    /// Who is wrong, where it differs.
    pub blame: Option<Blame>,
}

/// Everything that was asked.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Grid {
    /// Each token at each opener that has the abilities.
    pub meetings: Vec<Meeting>,
    /// What was not made though the target names the algorithms: sealer, question, answer.
    pub unmade: Vec<String>,
    /// Targets that did not start, with the reason.
    pub absent: Vec<String>,
}

struct Member {
    name: String,
    family: String,
    hello: Hello,
    interview: Interview,
}

/// Asks every question of a plan whose tokens are only to be opened, with one token each.
pub fn grid(plan: &Plan, targets: &[Opener], say: &dyn Fn(&str)) -> Grid {
    let mut grid = Grid::default();
    let mut members = Vec::new();
    for target in targets {
        match Process::start(&target.launch) {
            Ok((process, hello)) => members.push(Member {
                name: target.name.clone(),
                family: target.family.clone(),
                hello,
                interview: Interview::new(target.launch.clone(), Some(process)),
            }),
            Err(fault) => grid.absent.push(format!("{}: {}", target.name, fault.detail)),
        }
    }
    for sealer in 0..members.len() {
        if let Some(member) = members.get(sealer) {
            say(&member.name);
        }
        for question in &plan.questions {
            let Some(planned) = plan.requests.get(question.request) else { continue };
            match question.want(planned) {
                Want::Produced(produced) if produced.check == "opens" => {
                    one(&mut grid, &mut members, sealer, plan, question, planned, produced);
                }
                _ => {}
            }
        }
    }
    for member in members {
        member.interview.close();
    }
    grid
}

fn one(
    grid: &mut Grid,
    members: &mut [Member],
    sealer: usize,
    plan: &Plan,
    question: &Question,
    planned: &Planned,
    produced: &Produced,
) {
    let Some(member) = members.get_mut(sealer) else { return };
    if question.missing(plan, &member.hello).is_some() {
        return;
    }
    let name = format!("{} [{}]", question.case.id, question.cell());
    let outcome = member.interview.ask(planned.operation, &produced.input(&planned.input, 0));
    let token = match &outcome.event {
        Event::Answer(Answer::Unsupported { .. }) => return,
        Event::Answer(Answer::Accept(body)) => body.get("token").and_then(Value::as_str),
        _ => None,
    };
    let Some(token) = token.map(str::to_owned) else {
        let answer = printable(&outcome.to_value().to_string(), 200);
        grid.unmade.push(format!("{}: {name}: {answer}", member.name));
        return;
    };
    let sealer_name = member.name.clone();
    let mut words: Vec<(String, String, Word)> = Vec::new();
    let (operation, input) = produced.opening(&token);
    let Some(operation) = Operation::named(operation) else { return };
    for (at, opener) in members.iter_mut().enumerate() {
        if at == sealer || !can(&opener.hello, operation.name, &question.abilities) {
            continue;
        }
        let outcome = opener.interview.ask(operation, &input);
        let word = match &outcome.event {
            Event::Answer(Answer::Accept(body)) if produced.is_content(body, 0) => Word::Opens,
            Event::Answer(Answer::Accept(_)) => Word::Differs("another content".to_owned()),
            Event::Answer(Answer::Unsupported { .. }) => continue,
            _ => Word::Differs(printable(&outcome.to_value().to_string(), 200)),
        };
        words.push((opener.name.clone(), opener.family.clone(), word));
    }
    let own = members.get(sealer).map(|member| member.family.clone()).unwrap_or_default();
    let reads = produced.find(&[&token]) == Found::Holds;
    for (opener, family, word) in &words {
        let blame = (*word != Word::Opens).then(|| blame(reads, &own, family, &words));
        grid.meetings.push(Meeting {
            sealer: sealer_name.clone(),
            opener: opener.clone(),
            case: question.case.id.0.clone(),
            cell: question.cell(),
            word: word.clone(),
            blame,
        });
    }
}

/// Who is wrong between a sealer and an opener, by the forge and by families that are neither's.
fn blame(reads: bool, sealer: &str, opener: &str, words: &[(String, String, Word)]) -> Blame {
    let families = |opens: bool| {
        let others = words.iter().filter(|(_, family, word)| {
            family != sealer && family != opener && (*word == Word::Opens) == opens
        });
        others.map(|(_, family, _)| family.as_str()).collect::<BTreeSet<_>>().len()
    };
    match (reads, families(true), families(false)) {
        (true, 2.., 0) => Blame::Opener,
        // The opener itself is one that does not read it.
        (false, 0, 1..) => Blame::Sealer,
        _ => Blame::Disputed,
    }
}

impl Meeting {
    /// Its record.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let answer = match &self.word {
            Word::Opens => "opens",
            Word::Differs(text) => text,
        };
        json!({
            "type": "grid", "sealer": self.sealer, "opener": self.opener, "case": self.case,
            "cell": self.cell, "opens": self.word == Word::Opens, "answer": answer,
            "blame": self.blame.map(Blame::name), "level": "may",
        })
    }
}

impl Grid {
    /// The matrix, and what did not come through.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for meeting in &self.meetings {
            names.extend([meeting.sealer.as_str(), meeting.opener.as_str()]);
            let count = counts.entry((&meeting.sealer, &meeting.opener)).or_default();
            count.0 += usize::from(meeting.word == Word::Opens);
            count.1 += 1;
        }
        let width = names.iter().map(|name| name.len()).max().unwrap_or(0).max(12);
        let mut out = format!("{:<width$}", "opened/made");
        for opener in &names {
            // Writing to a String does not fail.
            let _ = write!(out, "  {opener:>width$}");
        }
        for sealer in &names {
            let _ = write!(out, "\n{sealer:<width$}");
            for opener in &names {
                let text = counts
                    .get(&(*sealer, *opener))
                    .map_or_else(|| "-".to_owned(), |(opened, all)| format!("{opened}/{all}"));
                let _ = write!(out, "  {text:>width$}");
            }
        }
        out.push_str("\n\n");
        for (what, list) in [("absent", &self.absent), ("not made", &self.unmade)] {
            for line in list {
                let _ = writeln!(out, "{what}: {}", printable(line, 400));
            }
        }
        for meeting in &self.meetings {
            if let (Word::Differs(text), Some(blame)) = (&meeting.word, meeting.blame) {
                let Meeting { sealer, opener, case, cell, .. } = meeting;
                let _ = writeln!(
                    out,
                    "{:<8}  {sealer} → {opener}  {case} [{cell}]: {text}",
                    blame.name()
                );
            }
        }
        let opened = self.meetings.iter().filter(|meeting| meeting.word == Word::Opens).count();
        let _ = writeln!(
            out,
            "\n{opened} of {} came through; `opener` and `sealer`: by the forge and two other families \
             that one is wrong; `disputed`: too few agree",
            self.meetings.len()
        );
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(all: &[(&str, bool)]) -> Vec<(String, String, Word)> {
        all.iter()
            .map(|(family, opens)| {
                let word = if *opens { Word::Opens } else { Word::Differs("no".to_owned()) };
                ((*family).to_owned(), (*family).to_owned(), word)
            })
            .collect()
    }

    #[test]
    fn nobody_is_blamed_on_the_word_of_one() {
        for (reads, others, expected, why) in [
            (true, &[("a", true), ("b", true)][..], Blame::Opener, "two others read it"),
            (true, &[("a", true)], Blame::Disputed, "one other reads it"),
            (
                true,
                &[("a", true), ("b", true), ("c", false)],
                Blame::Disputed,
                "one other does not",
            ),
            (true, &[("a", true), ("a", true)], Blame::Disputed, "two of one family"),
            (false, &[("a", false)], Blame::Sealer, "nobody reads it, of two families"),
            (false, &[], Blame::Disputed, "nobody else was asked"),
            (false, &[("a", true)], Blame::Disputed, "another one reads it"),
            (true, &[("a", false), ("b", false)], Blame::Disputed, "we alone read it"),
            (true, &[("s", true), ("b", true)], Blame::Disputed, "the sealer's own family"),
        ] {
            let mut all = words(others);
            all.push(("o".to_owned(), "o".to_owned(), Word::Differs("no".to_owned())));
            assert_eq!(blame(reads, "s", "o", &all), expected, "{why}");
        }
    }
}
