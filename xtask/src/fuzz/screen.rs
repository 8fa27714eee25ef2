//! What a campaign shows while it goes on: a line a target that stays in its place on a terminal, and lines one
//! after the other otherwise.

use std::io::{self, IsTerminal, Write};

use super::state::Totals;

/// Where progress is shown.
#[derive(Debug)]
pub(super) struct Screen {
    is_terminal: bool,
    /// Lines of the last picture, which the next one covers.
    drawn: usize,
}

/// A target on the screen.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) totals: &'a Totals,
    /// Processes at it.
    pub(super) workers: usize,
    /// Executions a CPU-second of late.
    pub(super) speed: f64,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { is_terminal: io::stdout().is_terminal(), drawn: 0 }
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Shows the rows anew; on a terminal only, and only as many as have room.
    pub(super) fn draw(&mut self, rows: &[Row<'_>]) {
        if !self.is_terminal {
            return;
        }
        let (width, height) = size();
        let mut picture = String::new();
        if self.drawn > 0 {
            picture.push_str(&format!("\x1b[{}A", self.drawn));
        }
        // Those that are worked at come first.
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|row| row.workers == 0);
        rows.truncate(height.saturating_sub(1));
        for row in &rows {
            let line: String = line(row).chars().take(width).collect();
            picture.push_str(&format!("\x1b[2K{line}\n"));
        }
        self.drawn = rows.len();
        show(&picture);
    }

    /// A line that stays, above the rows.
    pub(super) fn say(&mut self, text: &str) {
        let clear =
            if self.drawn > 0 { format!("\x1b[{}A\x1b[J", self.drawn) } else { String::new() };
        self.drawn = 0;
        show(&format!("{clear}{text}\n"));
    }
}

/// A reader that went away (`| head`) does not end a campaign.
fn show(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The figures of a target in one line.
pub(super) fn line(row: &Row<'_>) -> String {
    let totals = row.totals;
    let quiet = totals.elapsed_s - totals.last_feature_s;
    let mark = if row.workers > 0 { '*' } else { ' ' };
    let findings = match totals.findings {
        0 => String::new(),
        1 => "  1 finding".to_owned(),
        more => format!("  {more} findings"),
    };
    format!(
        "{mark} {:<22} {:>7} exec {:>6}/s  cov {:>5}  ft {:>6}  corpus {:>5}  {:>5.0} s, \
         new {:>4.0} s ago{findings}",
        row.name,
        short(totals.executions as f64),
        short(row.speed),
        totals.coverage,
        totals.features,
        totals.corpus,
        totals.elapsed_s,
        quiet
    )
}

/// Three digits and a letter.
pub(super) fn short(number: f64) -> String {
    let (number, letter) = match number {
        number if number >= 1e9 => (number / 1e9, "G"),
        number if number >= 1e6 => (number / 1e6, "M"),
        number if number >= 1e3 => (number / 1e3, "k"),
        number => return format!("{number:.0}"),
    };
    let places = if number < 10.0 { 1 } else { 0 };
    format!("{number:.places$}{letter}")
}

/// Columns and rows of the terminal, or what terminals have at least.
#[cfg(unix)]
fn size() -> (usize, usize) {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => {
            (usize::from(size.ws_col), usize::from(size.ws_row))
        }
        _ => (80, 24),
    }
}

#[cfg(not(unix))]
fn size() -> (usize, usize) {
    (80, 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let numbers = [0.0, 999.0, 1000.0, 45_600.0, 1_234_567.0, 2.5e9];
        assert_eq!(numbers.map(short), ["0", "999", "1.0k", "46k", "1.2M", "2.5G"]);
    }

    #[test]
    fn a_line_tells_speed_coverage_corpus_and_findings() {
        let totals = Totals {
            elapsed_s: 30.0,
            last_feature_s: 26.0,
            executions: 120_000,
            coverage: 305,
            features: 809,
            corpus: 74,
            findings: 1,
            ..Totals::default()
        };
        let line = line(&Row { name: "json", totals: &totals, workers: 1, speed: 58_288.0 });
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!(
            words.join(" "),
            "* json 120k exec 58k/s cov 305 ft 809 corpus 74 30 s, new 4 s ago 1 finding"
        );
    }
}
