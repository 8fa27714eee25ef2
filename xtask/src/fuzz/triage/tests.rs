//! Filing, without processes.

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("it is written");
    }
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let files = places::files(folder).expect("it is read");
    files.iter().map(|path| places::name(path).to_owned()).collect()
}

#[test]
fn names_of_libfuzzer_are_raw_and_ours_are_not() {
    assert!(is_raw("crash-da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    assert!(is_raw("slow-unit-da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    assert!(!is_raw("panic-reference-jwe-142-da39a3ee"));
    assert!(!is_raw("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    assert!(!is_raw("crash-da39a3ee5e6b4b0d3255bfef95601890afd8070x"));
}

#[test]
fn the_smallest_of_a_class_stays() {
    let folder = folder(&[("raw", "123"), ("panic-a-1-00000000", "12345")]);
    let path = |name: &str| folder.path().join(name);
    let before = of_class(folder.path(), "panic-a-1").expect("it is read");
    keep_the_smallest(&path("raw"), &path("panic-a-1-11111111"), &before).expect("it is moved");
    assert_eq!(names(folder.path()), ["panic-a-1-11111111"]);
    fs::write(path("raw"), "1234").expect("it is written");
    let before = of_class(folder.path(), "panic-a-1").expect("it is read");
    keep_the_smallest(&path("raw"), &path("panic-a-1-22222222"), &before).expect("it is removed");
    assert_eq!(names(folder.path()), ["panic-a-1-11111111"]);
}

#[test]
fn a_class_is_its_whole_slug() {
    let folder =
        folder(&[("panic-a-1-00000000", ""), ("panic-a-12-00000000", ""), ("panic-a-1-x", "")]);
    let found = of_class(folder.path(), "panic-a-1").expect("it is read");
    assert_eq!(found, [folder.path().join("panic-a-1-00000000")]);
    assert_eq!(count(folder.path()).expect("it is read"), 3);
}

#[test]
fn a_hash_is_that_of_sha256() {
    let folder = folder(&[("empty", ""), ("abc", "abc")]);
    // FIPS 180-2, Appendix B.1, and what `sha256sum /dev/null` prints.
    assert_eq!(hash(&folder.path().join("abc")).expect("it is read"), "ba7816bf");
    assert_eq!(hash(&folder.path().join("empty")).expect("it is read"), "e3b0c442");
}

#[test]
fn lines_of_any_octets_are_lines() {
    let mut seen = Vec::new();
    lines(&b"a\r\n\xff\xfe\n\nlast"[..], |line| seen.push(line.to_owned()));
    assert_eq!(seen, ["a", "\u{fffd}\u{fffd}", "", "last"]);
}
