//! The command line, the options, and what the tree keeps for a fleet.

use std::collections::BTreeSet;

use super::options::Options;
use super::*;
use crate::exit::USAGE as USAGE_CODE;

fn parse(line: &str) -> Result<Arguments, Failure> {
    let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
    Arguments::parse(&words)
}

#[track_caller]
fn check_refused(line: &str, part: &str) {
    let failure = parse(line).expect_err(line);
    assert_eq!(failure.code, USAGE_CODE);
    assert!(failure.message.contains(part), "{}", failure.message);
}

#[test]
fn targets_and_a_folder_are_read() {
    let arguments = parse("--target a --target b --out x").expect("it parses");
    assert_eq!(arguments.targets, ["a", "b"]);
    assert_eq!(arguments.out.as_deref(), Some(Path::new("x")));
    assert_eq!(parse("").expect("it parses"), Arguments::default());
}

#[test]
fn nonsense_is_a_usage_error() {
    check_refused("--target", "a value is missing");
    check_refused("a", "unexpected `a`");
}

fn binary(name: &str, features: &[&str]) -> Binary {
    let required_features = features.iter().map(|name| (*name).to_owned()).collect();
    Binary { name: name.to_owned(), source: String::new(), required_features }
}

#[test]
fn what_needs_a_feature_is_not_for_a_fleet() {
    assert!(is_for_a_fleet(&binary("a", &[])));
    assert!(!is_for_a_fleet(&binary("a", &["peers"])));
}

#[test]
fn only_known_targets_are_chosen() {
    let targets = [binary("a", &[]), binary("b", &[])];
    assert_eq!(chosen(&targets, &[]).expect("all"), ["a", "b"]);
    assert_eq!(chosen(&targets, &["b".to_owned()]).expect("one"), ["b"]);
    let failure = chosen(&targets, &["c".to_owned()]).expect_err("there is no c");
    assert!(failure.message.contains("no target `c`"), "{}", failure.message);
}

#[test]
fn options_are_the_section_of_the_engine() {
    let text = "# why\n[asan]\nhandle_segv=1\n\n[libfuzzer]\ndict = jose.dict\nmax_len=8192\n";
    let options = Options::parse(text).expect("it parses");
    assert_eq!(options.flags, ["-dict=jose.dict", "-max_len=8192"]);
    assert_eq!(options.dictionary.as_deref(), Some("jose.dict"));
    let refused = Options::parse("[libfuzzer]\ndict\n").expect_err("no value");
    assert!(refused.contains("without `=`: dict"), "{refused}");
}

/// The names of the files in a folder of `fuzz/` that end in `.EXTENSION`, without that.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let repository = Repository::locate().expect("the repository");
    let entries = fs::read_dir(repository.root().join("fuzz").join(folder)).expect(folder);
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| {
            assert_eq!(path.extension().and_then(|text| text.to_str()), Some(extension));
            path.file_stem().expect("a name").to_string_lossy().into_owned()
        })
        .collect()
}

#[test]
fn the_options_of_the_tree_are_of_targets_and_name_its_dictionaries() {
    let repository = Repository::locate().expect("the repository");
    let targets = super::super::targets(&repository).expect("the fuzz workspace");
    let dictionaries = stems("dict", "dict");
    let mut used = BTreeSet::new();
    for name in stems("options", "options") {
        let is_known = name == "default" || targets.iter().any(|target| target.name == name);
        assert!(is_known, "fuzz/options/{name}.options is of no target");
        let path = repository.root().join(format!("fuzz/options/{name}.options"));
        let options = Options::parse(&fs::read_to_string(path).expect("the options"));
        let dictionary = options.expect("options").dictionary.expect("a dictionary");
        used.insert(dictionary.trim_end_matches(".dict").to_owned());
    }
    assert_eq!(used, dictionaries, "each dictionary is somebody's");
}

#[test]
fn both_images_have_the_same_toolchain_and_script() {
    let repository = Repository::locate().expect("the repository");
    let lines = |file: &str| {
        let text = fs::read_to_string(repository.root().join(file)).expect(file);
        let kept = |line: &&str| {
            ["FROM ", "ENV ", "RUN rustup", "RUN apt"].iter().any(|word| line.starts_with(word))
        };
        assert!(text.contains(".clusterfuzzlite/build.sh $SRC/"), "{file}");
        text.lines().filter(kept).map(str::to_owned).collect::<Vec<_>>()
    };
    let lite = lines(".clusterfuzzlite/Dockerfile");
    assert!(
        lite.iter().any(|line| line.starts_with("ENV RUSTUP_TOOLCHAIN=nightly-20")),
        "{lite:?}"
    );
    assert_eq!(lite, lines("fuzz/oss-fuzz/Dockerfile"));
}
