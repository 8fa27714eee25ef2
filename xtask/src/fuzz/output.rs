//! What libFuzzer and the panic hook print to standard error, line by line.
//!
//! The octets of inputs stand there too, so nothing of a line goes to a terminal as it is.

/// A line that says something to us.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Line {
    /// `#1024 NEW cov: …`, also `INITED`, `REDUCE`, `RELOAD`, `pulse`, `DONE`.
    Progress(Progress),
    /// `stat::number_of_executed_units: 1024`: the exact number, at the end.
    Executed(u64),
    /// `thread '…' panicked at PATH:LINE:COLUMN:`; the message stands in the next line.
    Panicked(Position),
    /// `==1== ERROR: libFuzzer: deadly signal`: what went wrong.
    Error(String),
    /// `#3 0x55… in NAME PATH:LINE:COLUMN` of a stack trace.
    Frame(Position),
}

/// The state of one process.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Progress {
    /// Since this process started.
    pub(super) executions: u64,
    /// Edges reached.
    pub(super) coverage: u64,
    /// Edges with their counts of passes, and what else libFuzzer tells apart.
    pub(super) features: u64,
    /// Inputs in memory.
    pub(super) corpus: u64,
    /// Whether this is the line after the corpus was read.
    pub(super) is_start: bool,
}

/// A line of a source file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Position {
    pub(super) path: String,
    pub(super) line: u64,
}

/// What a line says, if it says anything to us.
pub(super) fn parse(line: &str) -> Option<Line> {
    let line = line.trim_end();
    if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
        return number.trim().parse().ok().map(Line::Executed);
    }
    if let Some((thread, place)) = line.split_once(" panicked at ")
        && thread.trim_start().starts_with("thread '")
    {
        return position(place.trim_end_matches(':')).map(Line::Panicked);
    }
    if line.starts_with("==")
        && let Some((_, what)) = line.split_once("ERROR: ")
    {
        return Some(Line::Error(what.to_owned()));
    }
    if let Some(rest) = line.trim_start().strip_prefix('#') {
        return if line.starts_with('#') { progress(rest) } else { frame(rest) };
    }
    None
}

/// `1024<TAB>NEW    cov: 305 ft: 809 corp: 74/10803b …`.
fn progress(rest: &str) -> Option<Line> {
    let (executions, rest) = rest.split_once(char::is_whitespace)?;
    let mut words = rest.split_whitespace();
    let is_start = words.clone().next() == Some("INITED");
    let mut progress =
        Progress { executions: executions.parse().ok()?, is_start, ..Progress::default() };
    let mut has_figures = false;
    while let Some(word) = words.next() {
        let figure = match word {
            "cov:" => &mut progress.coverage,
            "ft:" => &mut progress.features,
            "corp:" => &mut progress.corpus,
            // What follows is about the input.
            "L:" | "MS:" => break,
            _ => continue,
        };
        let text = words.next()?;
        *figure = text.split('/').next()?.parse().ok()?;
        has_figures = true;
    }
    has_figures.then_some(Line::Progress(progress))
}

/// `3 0x5561 in reference::jwe::open /r/harness/reference/src/jwe.rs:12:3`.
fn frame(rest: &str) -> Option<Line> {
    let (number, rest) = rest.split_once(' ')?;
    number.parse::<u32>().ok()?;
    let (_, place) = rest.rsplit_once(' ')?;
    position(place).map(Line::Frame)
}

/// `PATH:LINE:COLUMN` or `PATH:LINE`.
fn position(text: &str) -> Option<Position> {
    let (front, last) = text.rsplit_once(':')?;
    let last = last.parse().ok()?;
    let with_column = front.rsplit_once(':').and_then(|(path, line)| {
        let line = line.parse().ok()?;
        Some(Position { path: path.to_owned(), line })
    });
    let position = with_column.unwrap_or_else(|| Position { path: front.to_owned(), line: last });
    position.path.contains(['/', '\\']).then_some(position)
}

#[cfg(test)]
mod tests;
