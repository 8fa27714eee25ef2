//! The verdicts of committed inputs, which the tests of `invariants` write and compare.

use std::fs;

use super::places::{self, Places};
use crate::exit::Failure;
use crate::repository::{Repository, succeeds};

/// Adds the verdicts of new inputs, `seeds/NAME` or `regressions/NAME`, to those of their target.
///
/// # Errors
/// An input is a finding still, or another verdict has changed: then the file stays as it was.
pub(super) fn add(
    repository: &Repository,
    places: &Places,
    target: &str,
    names: &[String],
) -> Result<(), Failure> {
    let path = places.verdicts(target);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut command = repository.cargo();
    command.args(["test", "--quiet", "--locked", "--package", "invariants", "--test", "replay"]);
    command.args(["--", "--exact", target]).env("TOUCHSTONE_VERDICTS", "write");
    if !succeeds(command) {
        return Err(Failure::failed(format!(
            "no verdict is written while an input of {target} is a finding: \
             `cargo test --package invariants --test replay -- {target}` says which"
        )));
    }
    let after = fs::read_to_string(&path).map_err(|error| places::at(&path, &error))?;
    if let Some(line) = unexpected(&before, &after, names) {
        places::replace(&path, before.as_bytes())?;
        return Err(Failure::failed(format!("{}: `{line}` has changed", places.relative(&path))));
    }
    let is_new = |line: &&str| names.iter().any(|name| line.split(' ').next() == Some(name));
    let path = places.relative(&path);
    match names {
        [_] => after.lines().filter(is_new).for_each(|line| println!("{path}: {line}")),
        _ => println!("{path}: {} new lines, to be read", after.lines().filter(is_new).count()),
    }
    Ok(())
}

/// A line that went, came or changed, other than those of `names`.
fn unexpected<'a>(before: &'a str, after: &'a str, names: &[String]) -> Option<&'a str> {
    let of_another = |line: &&str| !names.iter().any(|name| line.split(' ').next() == Some(name));
    let gone =
        before.lines().filter(of_another).find(|line| !after.lines().any(|other| other == *line));
    gone.or_else(|| {
        after.lines().filter(of_another).find(|line| !before.lines().any(|other| other == *line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_of_new_inputs_may_come() {
        let names = ["regressions/x".to_owned()];
        let before = "seeds/a accepted\nseeds/b parse/base64url\n";
        let check = |after: &str| unexpected(before, after, &names).map(str::to_owned);
        assert_eq!(check(&format!("regressions/x accepted\n{before}")), None);
        assert_eq!(check("seeds/a accepted\n"), Some("seeds/b parse/base64url".to_owned()));
        assert_eq!(
            check(&format!("{before}seeds/c accepted\n")),
            Some("seeds/c accepted".to_owned())
        );
        assert_eq!(
            check("seeds/a unfit\nseeds/b parse/base64url\n"),
            Some("seeds/a accepted".to_owned())
        );
    }
}
