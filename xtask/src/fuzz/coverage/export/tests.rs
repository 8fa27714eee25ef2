//! Regions as llvm-cov 22 exports them.

use serde_json::json;

use super::*;

fn export() -> Vec<u8> {
    json!({"type": "llvm.coverage.json.export", "version": "3.0.1", "data": [{"functions": [
        {
            "name": "_RNvNtCs1_9reference3jwe4open", "count": 2, "filenames": ["/r/harness/reference/src/jwe.rs"],
            "regions": [
                [1, 1, 1, 30, 2, 0, 0, 0], [2, 8, 2, 12, 0, 0, 0, 0],
                [3, 5, 9, 6, 0, 0, 0, 0], [3, 5, 3, 9, 0, 0, 0, 3],
            ],
        },
        {
            "name": "_RNvNtCs2_9reference3jwe4open", "count": 1,
            "filenames": ["/elsewhere/x.rs", "/r/harness/reference/src/jwe.rs"],
            "regions": [[2, 8, 2, 12, 7, 1, 0, 0], [12, 1, 13, 2, 0, 1, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0]],
        },
    ]}]})
    .to_string()
    .into_bytes()
}

#[test]
fn a_region_is_reached_if_any_copy_is() {
    let files = files(&export(), Path::new("/r")).expect("it is an export");
    let regions: Vec<_> = files["harness/reference/src/jwe.rs"].iter().collect();
    let expected = [([1, 1, 1, 30], 2), ([2, 8, 2, 12], 7), ([3, 5, 9, 6], 0), ([12, 1, 13, 2], 0)];
    assert_eq!(regions, expected.iter().map(|(region, count)| (region, count)).collect::<Vec<_>>());
    assert_eq!(files.len(), 1, "what is elsewhere is left out");
}

#[test]
fn a_summary_names_what_is_not_reached() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("harness/reference/src");
    fs::create_dir_all(&source).expect("it is made");
    let text = "pub fn open() {\n    if a {\n// fn none\n\n\n\n\n\n}\n\n\npub(crate) const fn shut<T>(\n}\n";
    fs::write(source.join("jwe.rs"), text).expect("it is written");
    let files = files(&export(), Path::new("/r")).expect("it is an export");
    let summary = summary("harness/reference/src", &files, folder.path());
    assert_eq!(
        summary,
        "harness/reference/src/jwe.rs: 50.00 % (2 of 4 regions)\n\
         \x20   open: 3-9\n\
         \x20   shut: 12-13\n\
         harness/reference/src: 50.00 % (2 of 4 regions)\n"
    );
}

#[test]
fn what_is_no_export_is_refused() {
    assert_eq!(files(b"error: no profile", Path::new("/r")), None);
    assert_eq!(files(b"{\"data\":[{\"functions\":[]}]}", Path::new("/r")), None);
}
