//! The trees in which mutants are built: one for all that go together, one for those that do not.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::schemata::{Mutant, weave};
use super::{Listed, failed};
use crate::exit::Failure;
use crate::repository::Repository;

/// Copies of the tracked sources, and a target folder of their own.
pub(crate) struct Workshop<'a> {
    repository: &'a Repository,
    folder: PathBuf,
    /// The mutants of each file.
    files: BTreeMap<String, Vec<Listed>>,
}

impl<'a> Workshop<'a> {
    /// Copies the tracked sources; what is there unchanged is not touched.
    pub(crate) fn open(
        repository: &'a Repository,
        folder: &Path,
        mutants: &[Listed],
    ) -> Result<Self, Failure> {
        let mut files: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
        for mutant in mutants {
            files.entry(mutant.file.clone()).or_default().push(mutant.clone());
        }
        let workshop = Self { repository, folder: folder.to_owned(), files };
        for tree in ["all", "single"] {
            workshop.copy(&workshop.folder.join(tree))?;
        }
        Ok(workshop)
    }

    /// The binary with all mutants that go together.
    pub(crate) fn binary(&self) -> PathBuf {
        self.folder.join("adapter-all")
    }

    /// Builds all mutants that go together, leaving out those that do not compile, and gives the
    /// numbers of those that are in it.
    pub(crate) fn weave(&self) -> Result<BTreeSet<usize>, Failure> {
        let mut left_out = BTreeSet::new();
        for _ in 0..MOST_BUILDS {
            let (woven, texts) = self.write_woven(&left_out)?;
            let errors = self.build("all", "build")?;
            if errors.is_empty() {
                let built = self.folder.join("target/debug/adapter-reference");
                fs::copy(&built, self.binary()).map_err(|error| failed(&built, &error))?;
                return Ok(woven);
            }
            let before = left_out.len();
            for error in &errors {
                left_out.extend(error.culprits(&texts));
            }
            println!("{} left out after {} errors", left_out.len(), errors.len());
            if left_out.len() == before {
                let first = errors.first().map(|error| error.text.clone()).unwrap_or_default();
                return Err(Failure::failed(format!("no mutant explains:\n{first}")));
            }
        }
        Err(Failure::failed(format!("does not compile after {MOST_BUILDS} rounds")))
    }

    /// Builds one mutant alone; `None` where it does not compile.
    pub(crate) fn single(&self, mutant: &Listed) -> Result<Option<PathBuf>, Failure> {
        let original = self.original(&mutant.file)?;
        let place = |(line, column): (usize, usize)| offset(&original, line, column);
        let (start, end) = (place(mutant.start), place(mutant.end));
        let front = original.get(..start).unwrap_or_default();
        let text =
            format!("{front}{}{}", mutant.replacement, original.get(end..).unwrap_or_default());
        let path = self.folder.join("single").join(&mutant.file);
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
        let result = self.build("single", "check").and_then(|errors| {
            if !errors.is_empty() {
                return Ok(None);
            }
            let errors = self.build("single", "build")?;
            Ok(errors.is_empty().then(|| self.folder.join("target/debug/adapter-reference")))
        });
        fs::write(&path, &original).map_err(|error| failed(&path, &error))?;
        result
    }

    fn copy(&self, tree: &Path) -> Result<(), Failure> {
        let output = self.repository.command("git").args(["ls-files", "-z"]).output();
        let output = output.map_err(|error| failed(Path::new("git"), &error))?;
        let listing = String::from_utf8_lossy(&output.stdout).into_owned();
        for name in listing.split('\0').filter(|name| is_source(name)) {
            let from = self.repository.root().join(name);
            // Deleted and not committed yet.
            let Ok(octets) = fs::read(&from) else { continue };
            write_if_changed(&tree.join(name), &octets)?;
        }
        Ok(())
    }

    fn original(&self, file: &str) -> Result<String, Failure> {
        let path = self.repository.root().join(file);
        fs::read_to_string(&path).map_err(|error| failed(&path, &error))
    }

    fn write_woven(
        &self,
        left_out: &BTreeSet<usize>,
    ) -> Result<(BTreeSet<usize>, BTreeMap<String, String>), Failure> {
        let (mut all, mut texts) = (BTreeSet::new(), BTreeMap::new());
        let mut crates = BTreeSet::new();
        for (file, mutants) in &self.files {
            let wanted: Vec<Mutant> = mutants
                .iter()
                .filter(|mutant| !left_out.contains(&mutant.id))
                .map(|mutant| Mutant {
                    id: mutant.id,
                    genre: mutant.genre.clone(),
                    start: mutant.start,
                    replacement: mutant.replacement.clone(),
                })
                .collect();
            let (mut text, woven) = weave(&self.original(file)?, &wanted)
                .map_err(|error| Failure::failed(format!("{file}: {error}")))?;
            all.extend(woven);
            if let Some(folder) = file.strip_suffix("/lib.rs") {
                text.push_str("\nmod mutant;\n");
                crates.insert(folder.to_owned());
            } else if let Some((folder, _)) = file.split_once("/src/") {
                crates.insert(format!("{folder}/src"));
            }
            texts.insert(file.clone(), text);
        }
        for folder in crates {
            let root = format!("{folder}/lib.rs");
            if let Entry::Vacant(vacant) = texts.entry(root) {
                let text = format!("{}\nmod mutant;\n", self.original(vacant.key())?);
                vacant.insert(text);
            }
            texts.insert(format!("{folder}/mutant.rs"), SWITCH.to_owned());
        }
        for (file, text) in &texts {
            write_if_changed(&self.folder.join("all").join(file), text.as_bytes())?;
        }
        Ok((all, texts))
    }

    /// Compiles the reference's adapter in a tree; what the compiler objects to.
    fn build(&self, tree: &str, how: &str) -> Result<Vec<Objection>, Failure> {
        let mut command = self.repository.cargo();
        command
            .current_dir(self.folder.join(tree))
            .args([how, "--locked", "--package", "adapter-reference", "--message-format", "json"])
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("CARGO_INCREMENTAL", "1");
        let output = command.output().map_err(|error| failed(Path::new("cargo"), &error))?;
        if output.status.success() {
            return Ok(Vec::new());
        }
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let objections: Vec<Objection> = stdout
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter_map(|message: Value| Objection::read(&message))
            .collect();
        if objections.is_empty() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Failure::failed(format!("cargo {how} in {tree}:\n{stderr}")));
        }
        Ok(objections)
    }
}

/// An error of the compiler: its text, and file, line and columns of what it points at.
struct Objection {
    text: String,
    spans: Vec<(String, usize, usize, usize)>,
}

impl Objection {
    fn read(message: &Value) -> Option<Self> {
        let message = message.get("message")?;
        if message.get("level")?.as_str()? != "error" {
            return None;
        }
        let number = |span: &Value, name: &str| usize::try_from(span.get(name)?.as_u64()?).ok();
        let mut spans: Vec<&Value> = message.get("spans")?.as_array()?.iter().collect();
        // What is pointed at first, what is said beside it after.
        spans.sort_by_key(|span| span.get("is_primary") != Some(&Value::Bool(true)));
        let spans: Vec<_> = spans
            .into_iter()
            .filter_map(|span| {
                let file = span.get("file_name")?.as_str()?.to_owned();
                let line = number(span, "line_start")?;
                Some((file, line, number(span, "column_start")?, number(span, "column_end")?))
            })
            .collect();
        // The last message only counts the others.
        (!spans.is_empty()).then(|| Self {
            text: message.get("rendered").map(Value::to_string).unwrap_or_default(),
            spans,
        })
    }

    /// The mutants that it is about: the one inside whose alternative it points, or all of the line.
    fn culprits(&self, texts: &BTreeMap<String, String>) -> BTreeSet<usize> {
        for (file, line, from, to) in &self.spans {
            let Some(text) = texts.get(file).and_then(|text| text.lines().nth(line - 1)) else {
                continue;
            };
            let all = switches(text);
            let inside: BTreeSet<usize> = all
                .iter()
                .filter(|(_, range)| range.start < *from && *to <= range.end + 2)
                .map(|(id, _)| *id)
                .collect();
            if let Some(narrowest) = all
                .iter()
                .filter(|(id, _)| inside.contains(id))
                .min_by_key(|(_, range)| range.len())
            {
                return BTreeSet::from([narrowest.0]);
            }
            if !all.is_empty() {
                return all.into_iter().map(|(id, _)| id).collect();
            }
        }
        BTreeSet::new()
    }
}

/// The switches of a line, with the columns of what they switch on.
fn switches(line: &str) -> Vec<(usize, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices(CALL) {
        let rest = line.get(at + CALL.len()..).unwrap_or_default();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let Ok(id) = digits.parse() else { continue };
        let open = line.get(at..).and_then(|rest| rest.find('{')).map_or(at, |brace| at + brace);
        let mut depth = 0;
        let mut end = line.len();
        for (index, character) in line.char_indices().skip_while(|(index, _)| *index < open) {
            depth += match character {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if depth == 0 {
                end = index;
                break;
            }
        }
        found.push((id, open..end));
    }
    found
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
}

fn is_source(name: &str) -> bool {
    let is_built = ["harness/", "xtask/", ".cargo/"].iter().any(|front| name.starts_with(front));
    is_built || matches!(name, "Cargo.toml" | "Cargo.lock" | "README.md" | "rust-toolchain.toml")
}

fn write_if_changed(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    if fs::read(path).is_ok_and(|have| have == octets) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    }
    fs::write(path, octets).map_err(|error| failed(path, &error))
}

const CALL: &str = "crate::mutant::is(";

/// Builds after which something else is wrong.
const MOST_BUILDS: usize = 30;

const SWITCH: &str = r#"
//! Which mutant this process is, and, where `TOUCHSTONE_REACHED` names a file, which were asked about.
pub(crate) fn is(id: u32) -> bool {
    use std::sync::LazyLock;
    static ACTIVE: LazyLock<u32> = LazyLock::new(|| {
        std::env::var("TOUCHSTONE_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    });
    static REACHED: LazyLock<Option<Reached>> = LazyLock::new(|| {
        let path = std::env::var_os("TOUCHSTONE_REACHED")?;
        let file = std::fs::File::options().append(true).create(true).open(path).ok()?;
        Some(std::sync::Mutex::new((file, std::collections::BTreeSet::new())))
    });
    if let Some(reached) = &*REACHED
        && let Ok(mut reached) = reached.lock()
        && reached.1.insert(id)
    {
        let line = format!("{id}\n");
        let _ = std::io::Write::write_all(&mut reached.0, line.as_bytes());
    }
    *ACTIVE == id
}

type Reached = std::sync::Mutex<(std::fs::File, std::collections::BTreeSet<u32>)>;
"#;
