//! Servers that accept, refuse, lie, hang and break: the verdicts are about them, and the run ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::thread;

use report::{Baseline, Record, TargetSummary, Verdict};
use runner::exit;
use runner::plan::{Selection, profiles};
use runner::server::{ServerSpec, ServerTarget, conduct};
use serde_json::json;
use suite::Suites;

/// What is done with a request to the token endpoint: the form, and how many came before.
type Behaviour = fn(&str, usize) -> Reply;

enum Reply {
    Raw(String),
    /// Nothing is written any more, and the connection stays open.
    Hang,
    /// The start of an answer, and then the same.
    Trickle(String),
    Close,
}

fn http(status: &str, media_type: &str, body: &str) -> Reply {
    Reply::Raw(format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    ))
}

fn token() -> Reply {
    http("200 OK", "application/json", r#"{"access_token":"t","token_type":"Bearer"}"#)
}

fn refusal() -> Reply {
    http("401 Unauthorized", "application/json", r#"{"error":"invalid_client"}"#)
}

/// Whether an assertion is the changed one: its payload has no `exp`.
fn is_changed(form: &str) -> bool {
    let assertion = form.split('&').find_map(|pair| pair.strip_prefix("client_assertion="));
    let payload = assertion.and_then(|text| text.split('.').nth(1)).and_then(forge::decode);
    !String::from_utf8_lossy(&payload.unwrap_or_default()).contains("\"exp\"")
}

fn serve(stream: &mut TcpStream, base: &str, behaviour: Behaviour, count: &Mutex<usize>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).unwrap_or(0) <= 2 {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let reply = match path.as_str() {
        "/.well-known/openid-configuration" => {
            let text = json!({
                "issuer": base, "token_endpoint": format!("{base}/token"),
                "registration_endpoint": format!("{base}/register"),
            });
            http("200 OK", "application/json", &text.to_string())
        }
        "/register" => http("201 Created", "application/json", r#"{"client_id":"c"}"#),
        _ => {
            let mut count = count.lock().unwrap();
            *count += 1;
            behaviour(&String::from_utf8_lossy(&body), *count - 1)
        }
    };
    match reply {
        Reply::Raw(text) => {
            let _ = stream.write_all(text.as_bytes());
        }
        Reply::Hang => {
            // Until the client goes away.
            let _ = reader.read_to_end(&mut Vec::new());
        }
        Reply::Trickle(text) => {
            let _ = stream.write_all(text.as_bytes());
            let _ = reader.read_to_end(&mut Vec::new());
        }
        Reply::Close => {}
    }
}

/// Asks a control and a question of a server with this behaviour.
fn run(behaviour: Behaviour) -> (TargetSummary, Vec<Record>) {
    ask(gentle(ServerTarget::at(&started(behaviour)).unwrap()))
}

fn gentle(mut target: ServerTarget) -> ServerTarget {
    target.limits.timeout_ms = 300;
    target.limits.most_failures = 4;
    target
}

/// The URL of a server with this behaviour, which runs as long as the tests.
fn started(behaviour: Behaviour) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let known = base.clone();
    thread::spawn(move || {
        let count = &*Box::leak(Box::new(Mutex::new(0)));
        for stream in listener.incoming().flatten() {
            let (mut stream, base) = (stream, known.clone());
            thread::spawn(move || serve(&mut stream, &base, behaviour, count));
        }
    });
    base
}

fn ask(target: ServerTarget) -> (TargetSummary, Vec<Record>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "requirements.toml",
        "[[requirement]]\nid = \"R-1\"\ndocument = \"RFC 7523\"\nsection = \"3\"\n\
         level = \"MUST\"\nrule = \"exp is required.\"\nbasis = \"text\"\n",
    );
    write("profiles/rfc7523.toml", "title = \"x\"\ndocuments = []\n");
    write("x.toml", CASES);
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys");
    let suites = Suites::load_from(folder.path(), &keys).unwrap();
    let spec = ServerSpec {
        target,
        baseline: Baseline::default(),
        profiles: profiles(&suites, &["rfc7523".to_owned()]).unwrap(),
        is_whole: true,
        seed: "test".to_owned(),
    };
    let stop = AtomicBool::new(false);
    conduct(&suites, &Selection::default(), &spec, &stop, &|_| {}).unwrap()
}

const CASES: &str = r#"
title = "x"
[defaults]
impact = "forgery"
severity = "high"

[[case]]
id = "x/control"
title = "A valid assertion is accepted."
why = "w"
cites = ["R-1"]
recipe = { assertion = { sig = "RS256" } }
expect = [{ profile = "rfc7523", level = "must", accept = true }]

[[case]]
id = "x/no-exp"
title = "An assertion without `exp` is refused."
why = "w"
cites = ["R-1"]
control = "x/control"
mutate = { part = "claims", delete = "exp" }
answer = { status = [400, 401], error = ["invalid_client"], content_type = "application/json" }
expect = [{ profile = "rfc7523", level = "must", reject = [] }]
"#;

#[track_caller]
fn check(behaviour: Behaviour, exit: i32, control: Verdict, question: Verdict, note: &str) {
    let (summary, records) = run(behaviour);
    let verdicts: Vec<(&str, Verdict)> =
        records.iter().map(|record| (record.case.as_str(), record.verdict)).collect();
    assert_eq!(verdicts, [("x/control", control), ("x/no-exp", question)], "{records:#?}");
    assert_eq!(summary.exit, exit, "{summary:?}");
    let said = records.last().and_then(|record| record.note.clone()).unwrap_or_default();
    assert!(said.contains(note), "{said}");
}

#[test]
fn a_server_that_checks_passes() {
    let good: Behaviour = |form, _| if is_changed(form) { refusal() } else { token() };
    check(good, exit::CONFORMS, Verdict::Pass, Verdict::Pass, "");
}

#[test]
fn a_server_that_accepts_everything_fails() {
    check(|_, _| token(), exit::FINDINGS, Verdict::Pass, Verdict::Fail, "accepted");
}

#[test]
fn a_server_that_refuses_everything_proves_nothing() {
    let note = "the control was not accepted either";
    check(|_, _| refusal(), exit::NOTHING, Verdict::Fail, Verdict::Vacuous, note);
}

#[test]
fn a_control_that_is_refused_afterwards_proves_nothing() {
    // The control alone, the control before, the question; then the client is locked out.
    let locking: Behaviour =
        |form, count| if count < 2 && !is_changed(form) { token() } else { refusal() };
    let note = "the control was not accepted either";
    check(locking, exit::CONFORMS, Verdict::Pass, Verdict::Vacuous, note);
}

#[test]
fn a_token_in_an_error_response_is_an_acceptance() {
    let leaking: Behaviour = |form, _| {
        if is_changed(form) {
            let body = r#"{"error":"invalid_client","access_token":"t"}"#;
            http("401 Unauthorized", "application/json", body)
        } else {
            token()
        }
    };
    check(leaking, exit::FINDINGS, Verdict::Pass, Verdict::Fail, "accepted");
}

#[test]
fn the_whole_answer_is_judged() {
    let other_code: Behaviour = |form, _| {
        if is_changed(form) {
            http("400 Bad Request", "application/json", r#"{"error":"invalid_grant"}"#)
        } else {
            token()
        }
    };
    let note = "`error` is invalid_grant and not invalid_client";
    check(other_code, exit::FINDINGS, Verdict::Pass, Verdict::Fail, note);
    let html: Behaviour = |form, _| {
        if is_changed(form) {
            http("401 Unauthorized", "text/html", "<h1>No</h1>")
        } else {
            token()
        }
    };
    check(html, exit::FINDINGS, Verdict::Pass, Verdict::Fail, "`error` is absent");
}

#[test]
fn breaking_down_is_no_refusal() {
    let broken: Behaviour = |form, _| if is_changed(form) { Reply::Close } else { token() };
    check(broken, exit::FINDINGS, Verdict::Pass, Verdict::Crash, "");
    let silent: Behaviour = |form, _| if is_changed(form) { Reply::Hang } else { token() };
    check(silent, exit::FINDINGS, Verdict::Pass, Verdict::Hang, "no answer in time");
}

#[test]
fn a_server_that_breaks_always_is_left_alone() {
    let (summary, _) = run(|_, _| Reply::Close);
    assert_eq!(summary.exit, exit::TARGET, "{summary:?}");
    assert!(summary.failure.unwrap_or_default().contains("requests in a row failed"));
}

#[test]
fn garbage_and_floods_are_bounded() {
    let (summary, records) = run(|_, _| Reply::Raw("\u{1}\u{2}garbage\r\n\r\n".to_owned()));
    assert_eq!(summary.exit, exit::TARGET, "{summary:?}");
    assert!(records.iter().all(|record| record.verdict != Verdict::Pass));
    let flood: Behaviour = |_, _| http("200 OK", "application/json", &"x".repeat(8 << 20));
    let (_, records) = run(flood);
    assert!(records.iter().all(|record| record.verdict != Verdict::Pass), "{records:?}");
    let longest = records.iter().map(|record| record.answer.to_string().len()).max();
    assert!(longest.is_some_and(|longest| longest < 1 << 16));
}

#[test]
fn no_secret_of_an_answer_stands_in_a_record() {
    let telling: Behaviour = |_, _| {
        let body = r#"{"access_token":"very-secret","client_secret":"hidden-too"}"#;
        http("200 OK", "application/json", body)
    };
    let (_, records) = run(telling);
    let text = serde_json::to_string(&records).unwrap();
    assert!(!text.contains("very-secret") && !text.contains("hidden-too"), "{text}");
    assert!(text.contains("exchanges"), "{text}");
}

#[test]
fn no_secret_comes_back_by_another_name() {
    const SECRET: &str = "a.very+long/secret=";
    let echoing: Behaviour = |form, _| {
        let text =
            format!("access_token={}&note={SECRET}&form={form}", "a.very%2Blong%2Fsecret%3D");
        http("200 OK", "text/plain", &text)
    };
    let (_, records) = run(echoing);
    let text = serde_json::to_string(&records).unwrap();
    for form in [SECRET, "a.very%2Blong"] {
        assert!(!text.contains(form), "{text}");
    }
    assert!(text.contains("&note=…&form="), "{text}");
}

#[test]
fn an_answer_that_trickles_is_a_hang() {
    let trickle: Behaviour = |form, _| match is_changed(form) {
        true => Reply::Trickle("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{".to_owned()),
        false => token(),
    };
    check(trickle, exit::FINDINGS, Verdict::Pass, Verdict::Hang, "no answer in time");
}

#[test]
fn metadata_without_a_place_to_ask_is_said_so() {
    for place in [json!(17), json!("file:///etc/passwd"), json!("/token")] {
        let mut target = ServerTarget::at(&started(|_, _| token())).unwrap();
        target.metadata.insert("token_endpoint".to_owned(), place);
        let (summary, records) = ask(target);
        assert_eq!((summary.exit, records.len()), (exit::TARGET, 0));
        assert!(summary.failure.unwrap_or_default().contains("no http or https URL"));
    }
}

#[test]
fn a_server_that_is_not_there_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (summary, records) = ask(ServerTarget::at(&format!("http://{address}")).unwrap());
    assert_eq!((summary.exit, records.len()), (exit::TARGET, 0));
    assert!(summary.failure.unwrap_or_default().contains("no metadata"));
}

fn loaded(text: &str) -> Result<ServerTarget, runner::RunError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target.toml");
    std::fs::write(&path, text).unwrap();
    ServerTarget::load(&path)
}

#[test]
fn a_server_without_metadata_is_asked_as_its_file_says() {
    let checked: Behaviour = |form, _| {
        let is_own = form.contains("scope=read") && form.contains("grant_type=client_credentials");
        if is_own && !is_changed(form) { token() } else { refusal() }
    };
    let base = started(checked);
    let text = format!(
        "issuer = \"{base}/elsewhere\"\n[metadata]\ntoken_endpoint = \"{base}/token\"\n\
         [request]\nscope = \"read\"\n[[client]]\nclient_id = \"known\"\nalg = \"RS256\"\n\
         key = \"rsa-2048-a\"\n"
    );
    let (summary, records) = ask(gentle(loaded(&text).unwrap()));
    let verdicts: Vec<Verdict> = records.iter().map(|record| record.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Pass], "{records:#?}");
    assert_eq!((summary.exit, summary.name.as_str()), (exit::CONFORMS, "target"));

    let other = text.replace("rsa-2048-a", "rsa-2048-b");
    let (summary, records) = ask(gentle(loaded(&other).unwrap()));
    assert!(records.iter().all(|record| record.verdict == Verdict::Unsupported), "{records:#?}");
    assert_eq!(summary.exit, exit::NOTHING);
}

#[test]
fn mistakes_in_a_target_file_are_named() {
    let check = |text: &str, want: &str| {
        let said = loaded(text).unwrap_err().to_string();
        assert!(said.contains(want), "{said}");
    };
    check("issuer = \"http://a/\"\nisuer = 1\n", "unknown field `isuer`");
    check("issuer = \"ftp://a/\"\n", "no http or https URL");
    check("issuer = 1\n", "invalid type: integer");
    check("", "missing field `issuer`");
    let secret = "issuer = \"http://a/\"\n[management]\nurl = \"http://a/\"\ntoken = \"t\"\n";
    check(secret, "a token does not belong into a file");
    for rate in ["0.0", "-1.0", "nan", "inf"] {
        let limit = format!("rate_per_second = {rate}");
        check(&format!("issuer = \"http://a/\"\n[limits]\n{limit}\n"), "a number from 0.001 on");
    }
    check("issuer = \"http://a/\"\n[limits]\ntimeout_ms = 0\n", "1 at least");
    let nowhere = "issuer = \"http://a/\"\n[management]\nurl = \"a\"\ntoken_env = \"A\"\n";
    check(nowhere, "[management] url `a`");
    assert!(ServerTarget::ready("no JSON").unwrap_err().contains("no ready line"));
}

#[test]
fn a_key_that_is_none_is_named() {
    let text = "issuer = \"http://127.0.0.1:1/\"\n[[client]]\nclient_id = \"a\"\n\
                alg = \"RS256\"\nkey = \"rsa-2048\"\n";
    let (summary, _) = ask(loaded(text).unwrap());
    assert_eq!(summary.exit, exit::TARGET);
    assert!(summary.failure.unwrap_or_default().contains("no test key `rsa-2048`"));
}

#[test]
fn only_a_server_of_this_machine_is_asked_without_pause() {
    let rate = |issuer: &str| ServerTarget::at(issuer).unwrap().limits.rate_per_second;
    assert_eq!(rate("https://as.example/"), Some(20.0));
    for local in ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]:8/"] {
        assert_eq!(rate(local), None, "{local}");
    }
}
