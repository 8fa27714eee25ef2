//! Applying the edits of all flaws to the texts of the tree.

use std::collections::BTreeMap;
use std::ops::Range;

use super::flaw::Flaw;

/// One replacement in a file, at its place in the original.
struct Splice<'a> {
    range: Range<usize>,
    replace: &'a str,
    place: String,
}

/// The edited files by path. `read` gives the original of a path.
///
/// # Errors
/// The first edit that does not apply: no such file, a text that does not occur exactly once, or
/// two edits of the same lines.
pub(super) fn apply(
    flaws: &[Flaw],
    read: &dyn Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, String>, String> {
    let mut splices: BTreeMap<&str, (String, Vec<Splice<'_>>)> = BTreeMap::new();
    for flaw in flaws {
        for (edit, line) in flaw.row.edit.iter().zip(&flaw.lines) {
            let file = flaw.place.split(':').next().unwrap_or_default();
            let place = format!("{file}:{line}: `{}`", flaw.name());
            if !splices.contains_key(edit.file.as_str()) {
                let Some(text) = read(&edit.file) else {
                    return Err(format!("{place}: there is no file {}", edit.file));
                };
                splices.insert(&edit.file, (text, Vec::new()));
            }
            let Some((text, list)) = splices.get_mut(edit.file.as_str()) else { continue };
            let find = edit.find.get_ref().as_str();
            let starts: Vec<usize> = text.match_indices(find).map(|(start, _)| start).collect();
            let [start] = starts.as_slice() else {
                return Err(format!(
                    "{place}: the text to find occurs {} times in {}, not once",
                    starts.len(),
                    edit.file
                ));
            };
            let range = *start..start + find.len();
            list.push(Splice { range, replace: &edit.replace, place });
        }
    }
    splices
        .into_iter()
        .map(|(path, (text, list))| Ok((path.to_owned(), spliced(&text, list)?)))
        .collect()
}

fn spliced(text: &str, mut list: Vec<Splice<'_>>) -> Result<String, String> {
    list.sort_by_key(|splice| splice.range.start);
    let (mut out, mut at, mut before) = (String::new(), 0, String::new());
    for splice in list {
        let Some(kept) = text.get(at..splice.range.start) else {
            return Err(format!("{} and {before} change the same text", splice.place));
        };
        out.push_str(kept);
        out.push_str(&splice.replace.replace(SWITCH, "crate::flaw::is("));
        at = splice.range.end;
        before = splice.place;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Ok(out)
}

/// The flaws that a replacement asks for.
pub(super) fn switches(replace: &str) -> impl Iterator<Item = &str> {
    replace.split(SWITCH).skip(1).filter_map(|rest| rest.split('"').nth(1))
}

const SWITCH: &str = "FLAW(";

#[cfg(test)]
mod tests;
