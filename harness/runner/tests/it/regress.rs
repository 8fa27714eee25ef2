//! Old releases and their fixes: the table is whole, and what differs is told from what does not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use runner::adapter::Adapter;
use runner::regress::Table;
use suite::Suites;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn every_release_is_locked_and_stands_apart_from_what_is_current() {
    let root = root();
    let table = Table::load(&root.join("suites/regress.toml")).unwrap();
    let suites = Suites::load(&root).unwrap();
    assert!(table.pair.len() >= 10, "{}", table.pair.len());
    for pair in &table.pair {
        let adapter = Adapter::named(&root, &pair.adapter).unwrap();
        let case = &suites.cases[&suite::CaseId(pair.case.clone())];
        assert!(case.seen_in.contains(&pair.advisory), "{} does not say so", pair.case);
        for (release, version) in pair.releases().iter().zip([&pair.vulnerable, &pair.fixed]) {
            let locks = root.join("harness/regress").join(release);
            let python = locks.join("requirements.lock");
            let (text, hash) = if python.is_file() {
                let text = fs::read_to_string(&python).unwrap();
                assert!(text.contains(&format!("{}=={version} ", pair.package)), "{release}");
                (text, "--hash=sha256:")
            } else {
                let text = fs::read_to_string(locks.join("package-lock.json")).unwrap();
                assert!(
                    text.contains(&format!("\"{}\": \"{version}\"", pair.package)),
                    "{release}"
                );
                (text, "\"integrity\": \"sha512-")
            };
            assert!(text.contains(hash), "{release} has no hash");
            let is_hosted = text.contains("\"resolved\"") || text.contains("--index");
            assert!(!is_hosted, "{release} names a host");
        }
        // What is current is another release than the vulnerable one.
        let current = adapter.manifest.inputs.iter().filter(|name| name.contains("lock"));
        for name in current {
            let path = root.join("harness/adapters").join(&pair.adapter).join(name);
            let text = fs::read_to_string(&path).unwrap();
            let vulnerable = &pair.vulnerable;
            for lock in [
                format!("{}=={vulnerable} ", pair.package),
                format!("\"{}\": \"{vulnerable}\"", pair.package),
            ] {
                assert!(!text.contains(&lock), "{}: {lock}", path.display());
            }
        }
    }
}

#[test]
fn what_releases_share_is_locked_and_names_no_place() {
    let text = fs::read_to_string(root().join("harness/regress/shared.lock")).unwrap();
    let options = text.lines().filter(|line| line.starts_with('-')).count();
    let packages = text.lines().filter(|line| line.contains("==")).count();
    let blocks = text.split("==").skip(1).filter(|block| block.contains("--hash=sha256:")).count();
    assert_eq!((options, blocks), (0, packages), "{text}");
}

#[test]
fn no_lock_is_left_of_a_pair_that_is_gone() {
    let root = root();
    let table = Table::load(&root.join("suites/regress.toml")).unwrap();
    let used: Vec<String> = table.pair.iter().flat_map(|pair| pair.releases()).collect();
    for entry in fs::read_dir(root.join("harness/regress")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(!entry.path().is_dir() || used.contains(&name), "{name} is in no pair");
    }
}

const CASE: &str = r#"title = "T"

[[case]]
id = "sample/thumbprint"
title = "A thumbprint."
why = "It is."
cites = ["X-1"]
impact = "interop"
severity = "low"
policy = ["pinned"]
recipe = { thumbprint = { key = "ec-p256-a", want = "eJQ088Gz0mtAAqnPOLOCcxKsXUVvPHr-nzEgtUjyK2Q" } }
expect = [{ profile = "rfc", level = "must", accept = true }]
"#;

const REQUIREMENT: &str = "[[requirement]]\nid = \"X-1\"\ndocument = \"RFC 1\"\nsection = \"2\"\nlevel = \"MUST\"\nrule = \"A rule.\"\nbasis = \"text\"\n";

/// A target that finds the right thumbprint where its release says so.
const SCRIPT: &str = r#"read -r line
echo '{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jwk.thumbprint"],"serializations":[],"alg":[],"enc":[],"sig":[],"keys":["jwk"],"inputs":["text"],"knobs":[]}}'
i=1
while read -r line; do
  case "$(cat "$1/package.json")" in
    right) echo "{\"id\":$i,\"accept\":{\"thumbprint\":\"eJQ088Gz0mtAAqnPOLOCcxKsXUVvPHr-nzEgtUjyK2Q\"}}" ;;
    wrong) echo "{\"id\":$i,\"accept\":{\"thumbprint\":\"AAAA\"}}" ;;
    *) exit 1 ;;
  esac
  i=$((i+1))
done
"#;

/// A checkout with one case, one adapter, and releases 1 (`old`) and 2 (`new`).
fn checkout(old: &str, new: &str, needs: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("suites/profiles/rfc.toml", "title = \"R\"\ndocuments = []\n");
    write("suites/profiles/bcp.toml", "title = \"B\"\ndocuments = []\n");
    write("suites/profiles/rfc7523.toml", "title = \"O\"\ndocuments = []\n");
    write("suites/sample.toml", CASE);
    write("suites/requirements.toml", REQUIREMENT);
    write(
        "suites/regress.toml",
        "[[pair]]\nadvisory = \"CVE-1\"\ntitle = \"A\"\npackage = \"x\"\nadapter = \"x\"\n\
         vulnerable = \"1\"\nfixed = \"2\"\ncase = \"sample/thumbprint\"\n",
    );
    write(
        "harness/adapters/x/adapter.toml",
        &format!(
            "name = \"x\"\ntitle = \"X\"\nrun = [\"sh\", \"{{folder}}/x.sh\", \"{{folder}}\"]\n\
             inputs = [\"x.sh\", \"package.json\"]\n\n[[needs]]\nprogram = \"sh\"\n\
             check = [\"{needs}\"]\nhint = \"install it\"\n"
        ),
    );
    write("harness/adapters/x/x.sh", SCRIPT);
    write("harness/adapters/x/package.json", "current");
    write("harness/regress/x-1/package.json", old);
    write("harness/regress/x-2/package.json", new);
    std::os::unix::fs::symlink(root().join("vectors"), folder.path().join("vectors")).unwrap();
    folder
}

fn regress(root: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_touchstone"))
        .arg("regress")
        .args(arguments)
        .env("TOUCHSTONE_ROOT", root)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn what_the_old_release_fails_and_the_new_one_passes_differs() {
    for (old, new, code, said) in [
        ("wrong", "right", 0, "1 fail, 0 pass → 1 pass"),
        ("right", "wrong", 1, "DO NOT    CVE-1"),
        ("right", "right", 1, "1 pass → 1 pass"),
        ("wrong", "wrong", 1, "1 fail, 0 pass → 1 fail, 0 pass"),
    ] {
        let root = checkout(old, new, "true");
        let (have, text) = regress(root.path(), &[]);
        assert_eq!(have, code, "{text}");
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn without_a_runtime_it_is_skipped_and_counted() {
    let root = checkout("wrong", "right", "false");
    let (code, text) = regress(root.path(), &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("skipped   CVE-1") && text.contains("install it"), "{text}");
    assert!(text.contains("1 skipped for want of a runtime"), "{text}");
}

#[test]
fn names_choose_and_unknown_ones_are_refused() {
    let root = checkout("wrong", "right", "true");
    let (code, text) = regress(root.path(), &["--list", "CVE-1"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("x 1 → 2  sample/thumbprint: A"), "{text}");
    let (code, text) = regress(root.path(), &["CVE-2"]);
    assert_eq!(code, 4, "{text}");
    assert!(text.contains("`CVE-2`"), "{text}");
}
