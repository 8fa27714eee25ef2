//! How it starts, how it ends, and what it says when it cannot.

use std::fs;
use std::net::TcpListener;
use std::process::Output;

use super::support::{Program, agent, run};

#[track_caller]
fn fails(output: &Output, code: i32, parts: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(output.stdout.is_empty());
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
}

#[test]
fn a_port_that_is_taken_is_named_with_a_remedy() {
    let data = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = run(&["--port", &port, "--data", data.path().to_str().unwrap()]);
    fails(&output, 2, &[&format!("127.0.0.1:{port}"), "--port (0: any)"]);
}

#[test]
fn a_folder_that_cannot_be_used_is_named_with_a_remedy() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    let inside = file.join("inside");
    let output = run(&["--port", "0", "--data", inside.to_str().unwrap()]);
    fails(&output, 2, &[inside.to_str().unwrap(), "another folder with --data"]);
}

#[test]
fn a_folder_has_one_server_at_a_time() {
    let data = tempfile::tempdir().unwrap();
    let first = Program::start(data.path(), 0, &[]);
    let before = fs::read(data.path().join("management-token")).unwrap();
    let output = run(&["--port", "0", "--data", data.path().to_str().unwrap()]);
    fails(&output, 2, &["served by another program", "another folder with --data"]);
    assert_eq!(fs::read(data.path().join("management-token")).unwrap(), before);
    first.create_api();
    first.end();
    Program::start(data.path(), 0, &[]).end();
}

#[test]
fn a_database_that_is_none_or_newer_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("tenant.sqlite");
    let folder = data.path().to_str().unwrap();
    fs::write(&path, "this is no database, whatever its name says".repeat(100)).unwrap();
    fails(&run(&["--port", "0", "--data", folder]), 2, &["tenant.sqlite", "not a database"]);
    fs::remove_file(&path).unwrap();
    let database = rusqlite::Connection::open(&path).unwrap();
    database.pragma_update(None, "user_version", 1000).unwrap();
    drop(database);
    fails(&run(&["--port", "0", "--data", folder]), 2, &["version 1000", "newer program"]);
}

#[test]
fn arguments_that_make_no_sense_are_a_usage_error() {
    for arguments in [
        &["--port", "x"][..],
        &["--unknown"],
        &["--issuer", "no url"],
        &["--issuer", "https://a/?b"],
        &["--issuer", "ftp://a/"],
        &["--content-encryption", "A256"],
        &["--in-memory"],
        &["--host", "0.0.0.0", "--port", "0"],
    ] {
        fails(&run(arguments), 4, &["error: "]);
    }
    let none = tempfile::tempdir().unwrap();
    fails(&run(&["audit", "--data", none.path().to_str().unwrap()]), 2, &["no tenant here"]);
}

#[cfg(unix)]
#[test]
fn it_ends_well_and_its_files_are_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    let data = tempfile::tempdir().unwrap();
    let mut program = Program::start(data.path(), 0, &[]);
    for name in ["tenant.sqlite", "management-token"] {
        let mode = fs::metadata(data.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let about = fs::read_to_string(data.path().join("serve.json")).unwrap();
    let about: serde_json::Value = serde_json::from_str(&about).unwrap();
    assert_eq!(about["issuer"], program.issuer);
    let token = fs::read_to_string(about["management_token_file"].as_str().unwrap()).unwrap();
    assert_eq!(token.split('.').count(), 3);
    let id = program.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
    Program::start(data.path(), 0, &[]).end();
}

#[test]
fn a_rotation_at_the_start_publishes_both_keys() {
    let data = tempfile::tempdir().unwrap();
    let kids = |program: &Program| -> Vec<String> {
        let url = format!("{}.well-known/jwks.json", program.issuer);
        let text = agent().get(url).call().unwrap().body_mut().read_to_string().unwrap();
        let set: serde_json::Value = serde_json::from_str(&text).unwrap();
        let keys = set["keys"].as_array().unwrap();
        keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let first = Program::start(data.path(), 0, &[]);
    let before = kids(&first);
    first.end();
    let second = Program::start(data.path(), 0, &["--rotate-signing-key"]);
    let after = kids(&second);
    assert_eq!((before.len(), after.len()), (1, 2));
    assert_eq!(after[1], before[0]);
    second.end();
    assert_eq!(kids(&Program::start(data.path(), 0, &[])), after);
}
