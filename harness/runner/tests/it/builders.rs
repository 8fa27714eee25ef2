//! Assertion builders: good ones, wrong ones, and ones that do everything but that.
//!
//! The builders are a few lines of Python, of which only the standard library is there: it has no
//! asymmetric signatures, so they sign by HMAC and their signatures are not asked about.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use report::{Baseline, Record, TargetSummary, Verdict};
use runner::client::{ClientSpec, conduct};
use runner::plan::{Selection, profiles};
use runner::{RunError, exit};
use suite::Suites;

/// Gets tokens as it is told; `CHANGE` is put in before each request.
const BUILDER: &str = r#"
import base64, hashlib, hmac, json, os, sys, time, urllib.parse, urllib.request, uuid
e = lambda name: os.environ["TOUCHSTONE_" + name]
b64 = lambda octets: base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
for i in range(int(e("COUNT"))):
    now, url, headers, extra = int(time.time()), e("TOKEN_ENDPOINT"), {}, {}
    header = {"alg": e("ALG"), **({"kid": e("KID")} if "TOUCHSTONE_KID" in os.environ else {})}
    claims = {"iss": e("CLIENT_ID"), "sub": e("CLIENT_ID"), "aud": e("ISSUER"),
              "jti": str(uuid.uuid4()), "iat": now, "exp": now + 60}
    CHANGE
    token = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
    token += "." + b64(hmac.new(b"key", token.encode(), hashlib.sha256).digest())
    form = {"grant_type": "client_credentials", "client_assertion": token,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
    body = urllib.parse.urlencode({**form, **extra}).encode()
    answer = urllib.request.urlopen(urllib.request.Request(url, body, headers))
    assert json.load(answer)["token_type"] == "Bearer"
"#;

fn suites() -> &'static Suites {
    static SUITES: LazyLock<Suites> = LazyLock::new(|| {
        Suites::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
    });
    &SUITES
}

fn run(command: &[&str], filters: &[&str], deadline: Duration) -> (TargetSummary, Vec<Record>) {
    try_run(command, filters, deadline, false).unwrap()
}

fn try_run(
    command: &[&str],
    filters: &[&str],
    deadline: Duration,
    https: bool,
) -> Result<(TargetSummary, Vec<Record>), RunError> {
    let suites = suites();
    let filters = filters.iter().map(|text| (*text).to_owned()).collect();
    let selection = Selection { filters, ..Selection::default() };
    let named = ["auth0", "rfc7523bis", "oidc"].map(str::to_owned);
    let spec = ClientSpec {
        name: "builder".to_owned(),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        folder: None,
        https,
        deadline,
        baseline: Baseline::default(),
        profiles: profiles(suites, &named).unwrap(),
        is_whole: true,
    };
    conduct(suites, &selection, &spec, &AtomicBool::new(false), &|_| {})
}

/// Whether there is a Python; without one, these tests can show nothing and say so.
fn has_python() -> bool {
    let found = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        println!("skipped: there is no python3");
    }
    found
}

/// Runs a changed builder and gives the cases that are findings.
fn findings(change: &str, filters: &[&str]) -> Option<(TargetSummary, BTreeSet<String>)> {
    let (summary, records) = python(change, filters)?;
    let found = records.iter().filter(|record| record.verdict.is_finding());
    Some((summary, found.map(|record| record.case.clone()).collect()))
}

fn python(change: &str, filters: &[&str]) -> Option<(TargetSummary, Vec<Record>)> {
    let script = BUILDER.replace("CHANGE", change);
    has_python().then(|| run(&["python3", "-c", &script], filters, LONG))
}

#[track_caller]
fn finds(change: &str, filters: &[&str], cases: &[&str]) {
    let Some((summary, found)) = findings(change, filters) else { return };
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, cases, "{summary:?}");
    let exit = if cases.is_empty() { exit::CONFORMS } else { exit::FINDINGS };
    assert_eq!(summary.exit, exit, "{summary:?}");
}

const CLAIMS: &[&str] = &["builder-claims/*"];
const TRANSPORT: &[&str] = &["builder-transport/*"];
const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_good_builder_passes() {
    finds("pass", &["builder-claims/*", "builder-transport/*", "builder-header/kid*"], &[]);
}

#[test]
fn a_signature_by_another_key_is_found() {
    let cell = ["builder-header/signature"];
    let Some((_, records)) = python("pass", &cell) else { return };
    assert_eq!(records.len(), 10);
    for record in records {
        assert_eq!(record.verdict, Verdict::Fail);
        let note = record.note.clone().unwrap();
        assert!(note.contains("signature does not hold with"), "{record:?}");
        assert!(record.answer["accept"]["assertions"][1].is_string(), "{record:?}");
    }
}

#[test]
fn wrong_claims_are_found_and_nothing_else() {
    let jti = "claims.update(jti='0b9e4c9e-8a3c-4f5a-9a55-0d6f7d2c1e11', number=i)";
    finds(jti, CLAIMS, &["builder-claims/jti-fresh"]);
    let endless = ["builder-claims/expiry", "builder-claims/lifetime"];
    finds("del claims['exp']", &["builder-claims/expiry*", "builder-claims/lifetime"], &endless);
    let endpoint = ["builder-claims/audience-issuer", "builder-claims/audience-sole"];
    finds("claims['aud'] = e('TOKEN_ENDPOINT')", CLAIMS, &endpoint);
    finds("claims['exp'] = now - 30", CLAIMS, &["builder-claims/expiry-future"]);
}

#[test]
fn what_no_document_forbids_a_builder_is_a_warning() {
    let Some((summary, records)) = python("claims['nbf'] = now + 30", CLAIMS) else { return };
    let odd: Vec<_> = records.iter().filter(|record| record.verdict == Verdict::Warn).collect();
    assert_eq!(odd.len(), 1, "{records:?}");
    assert_eq!(odd[0].case, "builder-claims/not-before-future");
    assert_eq!(summary.exit, exit::CONFORMS);
}

#[test]
fn wrong_requests_are_found_with_the_exchange() {
    let secret = "extra = {'client_secret': 'x'}";
    finds(secret, TRANSPORT, &["builder-transport/one-method"]);
    let basic = "headers = {'Authorization': 'Basic YTpi'}";
    finds(basic, TRANSPORT, &["builder-transport/one-method"]);
    let grant = "extra = {'grant_type': 'password'}";
    finds(grant, TRANSPORT, &["builder-transport/grant"]);
    let kept = "first = (claims if i == 0 else first); claims = first";
    let both = ["builder-claims/jti-fresh", "builder-transport/used-once"];
    finds(kept, &both, &["builder-transport/used-once"]);
    let Some((_, records)) = python(secret, &["builder-transport/one-method"]) else { return };
    let request = &records[0].answer["accept"]["requests"][19];
    assert_eq!(request["request"], "POST /oauth/token");
    assert!(request["body"].as_str().unwrap().ends_with("&client_secret=x"), "{request}");
    assert!(records[0].answer["accept"]["assertions"].is_null());
}

#[test]
fn an_exit_after_the_work_is_told_and_does_not_hide_it() {
    let change = "import atexit; atexit.register(lambda: os._exit(9))";
    let Some((summary, records)) = python(change, &["builder-claims/count"]) else { return };
    assert_eq!(summary.exit, exit::CONFORMS);
    let ended = records[0].answer["accept"]["ended"].as_str().unwrap();
    assert!(ended.starts_with("the process exited with code 9"), "{ended}");
}

#[test]
fn half_of_the_requests_are_a_crash() {
    let change = "if i == 7: sys.exit('no more')";
    let Some((summary, records)) = python(change, &["builder-claims/count"]) else { return };
    assert_eq!(summary.exit, exit::TARGET);
    assert_eq!(records[0].verdict, Verdict::Crash);
    let note = records[0].note.clone().unwrap();
    assert_eq!(note, "7 of 20 token requests came: the process exited with code 1");
    assert_eq!(records[0].answer["fault"]["stderr"], "no more");
}

#[test]
fn a_builder_that_never_asks_cannot_be_judged() {
    let (summary, records) = run(&["sh", "-c", "echo no idea >&2; exit 1"], CLAIMS, LONG);
    assert_eq!(summary.exit, exit::TARGET);
    let failure = summary.failure.unwrap();
    assert!(failure.contains("0 of 20 token requests came"), "{failure}");
    assert!(failure.contains("no idea"), "{failure}");
    assert!(records.iter().all(|record| record.verdict == Verdict::Crash), "{records:?}");
}

#[test]
fn a_command_that_does_not_exist_cannot_be_judged() {
    let (summary, _) = run(&["/nonexistent/builder"], CLAIMS, LONG);
    assert_eq!(summary.exit, exit::TARGET);
    assert!(summary.failure.unwrap().contains("cannot start `/nonexistent/builder`"));
}

#[test]
fn what_a_builder_cannot_do_is_not_held_against_it() {
    let (summary, records) = run(&["sh", "-c", "exit 3"], CLAIMS, LONG);
    assert_eq!(summary.exit, exit::NOTHING);
    assert!(records.iter().all(|record| record.verdict == Verdict::Unsupported), "{records:?}");
    assert_eq!(records[0].note.as_deref(), Some("client RS256 with a kid"));
}

#[test]
fn silence_is_a_hang_and_children_go_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("sleep 600 & echo $! > {}; wait", file.display());
    let (summary, records) = run(&["sh", "-c", &script], CLAIMS, Duration::from_millis(300));
    assert_eq!(summary.exit, exit::TARGET);
    assert!(records.iter().all(|record| record.verdict == Verdict::Hang), "{records:?}");
    let pid = std::fs::read_to_string(&file).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    // Gone, or dead and not yet collected by whoever inherited it.
    assert!(state.is_err() || state.is_ok_and(|text| text.contains(") Z ")));
}

#[test]
fn a_flood_of_requests_is_stopped() {
    let change = "
    for _ in range(10000): urllib.request.urlopen(url, b'a=b')";
    let Some((summary, records)) = python(change, &["builder-claims/count"]) else { return };
    assert_eq!(summary.exit, exit::TARGET);
    assert_eq!(records[0].verdict, Verdict::Fault);
    assert_eq!(records[0].note.as_deref(), Some("more than 90 token requests"));
}

#[test]
fn a_huge_body_is_refused() {
    let change = "extra = {'x': 'x' * 10_000_000}";
    let Some((summary, records)) = python(change, &["builder-claims/count"]) else { return };
    assert_eq!(summary.exit, exit::TARGET);
    assert_eq!(records[0].verdict, Verdict::Fault);
    assert!(records[0].note.clone().unwrap().starts_with("a body of more than 65536 octets"));
}

#[test]
fn garbage_in_place_of_http_is_no_request() {
    let change = "
    import socket
    at = urllib.parse.urlsplit(url)
    with socket.create_connection((at.hostname, at.port)) as s: s.sendall(b'\\0' * 100_000)
    continue";
    let Some((summary, records)) = python(change, &["builder-claims/count"]) else { return };
    assert_eq!(summary.exit, exit::TARGET);
    assert_eq!(records[0].verdict, Verdict::Crash);
}

#[test]
fn a_flood_on_the_pipes_harms_nobody() {
    let change = "sys.stderr.write('x' * 300000); sys.stdout.write('x' * 300000)";
    finds(change, &["builder-claims/count"], &[]);
}

#[test]
fn certificates_are_checked_by_those_who_check_them() {
    if !has_python() {
        return;
    }
    let all = |change: &str| {
        let script = BUILDER.replace("CHANGE", change);
        let command = ["python3", "-c", script.as_str()];
        let filters = ["builder-transport/untrusted-certificate", "builder-claims/audience"];
        try_run(&command, &filters, LONG, true).unwrap()
    };
    let (summary, records) = all("pass");
    assert_eq!(summary.exit, exit::CONFORMS, "{records:?}");
    assert!(records.iter().all(|record| record.verdict == Verdict::Pass), "{records:?}");
    let (_, records) = all("import ssl; ssl._create_default_https_context = \
                            ssl._create_unverified_context");
    let found: Vec<_> = records.iter().map(|record| (&*record.case, record.verdict)).collect();
    let case = "builder-transport/untrusted-certificate";
    assert_eq!(found, [("builder-claims/audience", Verdict::Pass), (case, Verdict::Warn)]);
}

#[test]
fn a_certificate_is_not_asked_about_without_tls() {
    let Some((_, records)) = python("pass", &["builder-transport/untrusted-certificate"]) else {
        return;
    };
    assert_eq!(records[0].verdict, Verdict::Unsupported);
    assert_eq!(records[0].note.as_deref(), Some("transport https"));
}

#[test]
fn placeholders_are_filled_in() {
    let script = "echo \"$0 $1 $2 $3 $4 $5 $6\" >&2; exit 1";
    let words = [
        "sh",
        "-c",
        script,
        "{issuer}",
        "{token_endpoint}",
        "{client_id}",
        "{alg}",
        "{kid}",
        "{count}",
        "{key_file}",
    ];
    let (summary, _) = run(&words, &["builder-claims/count"], LONG);
    let failure = summary.failure.unwrap();
    let said: Vec<&str> = failure.lines().last().unwrap().split_whitespace().collect();
    let [issuer, endpoint, client, alg, kid, count, key] = said.as_slice() else {
        panic!("{failure}");
    };
    assert!(issuer.starts_with("http://127.0.0.1:") && issuer.ends_with('/'), "{issuer}");
    assert_eq!(*endpoint, format!("{issuer}oauth/token"));
    assert_eq!(
        [*client, *alg, *kid, *count],
        ["touchstone-client", "RS256", "public-test-key-rsa-2048-a", "20"]
    );
    assert!(key.ends_with("/client.pem"), "{key}");
}

#[test]
fn questions_for_libraries_alone_are_refused() {
    let error = try_run(&["true"], &["jwe-*"], LONG, false).unwrap_err();
    assert!(error.to_string().contains("no case about assertion builders matches"), "{error}");
    assert_eq!(error.exit(), exit::USAGE);
}
