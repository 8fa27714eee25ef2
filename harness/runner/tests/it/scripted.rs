//! A shell script as a target that does one thing to everything but the control.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use forge::Want;
use report::{Baseline, Record, TargetSummary};
use runner::child::Launch;
use runner::conduct::{Conduct, TargetSpec, conduct};
use runner::plan::{Plan, Selection};
use runner::produce::Opener;
use serde_json::Value;
use suite::Suites;

const HELLO: &str = r#"{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jwe.decrypt"],"serializations":["compact"],"alg":["dir"],"enc":["A256GCM"],"sig":[],"keys":["jwk"],"inputs":["text"],"knobs":["allow"]}}"#;

/// Asks a shell script a case of `dir` with A256GCM in one cell. The script accepts the control; for
/// anything else it does `body`, with the request's number in `$i` and its line in `$line`.
pub(super) fn run(case: &str, cell: &str, body: &str) -> (TargetSummary, Vec<Record>) {
    let plan = plan_of(case, Some(cell));
    let question = plan.questions.first().unwrap();
    let control = plan.requests.get(question.control.unwrap()).unwrap();
    let token = control.input.get("token").and_then(Value::as_str).unwrap();
    let plaintext = match &control.want {
        Want::Plaintext(octets) => std::str::from_utf8(octets).unwrap(),
        other => unreachable!("a plaintext is sealed, not {other:?}"),
    };
    let accepts = format!(
        "printf '%s' '{plaintext}' | base64 -w0 | tr '+/' '-_' | tr -d '=' | \
         sed \"s/.*/{{\\\"id\\\":$i,\\\"accept\\\":{{\\\"plaintext\\\":\\\"&\\\",\\\"header\\\":\\\"{{}}\\\"}}}}/\"; echo"
    );
    let text = format!(
        "read -r line; echo '{HELLO}'; i=1; while read -r line; do case \"$line\" in \
         *'\"{token}\"'*) {accepts};; *) {body};; esac; i=$((i+1)); done"
    );
    asked(&plan, ["sh", "-c", &text], Duration::from_secs(5))
}

/// Asks a command everything of a plan.
pub(super) fn asked(
    plan: &Plan,
    command: [&str; 3],
    deadline: Duration,
) -> (TargetSummary, Vec<Record>) {
    let command = command.map(str::to_owned).to_vec();
    asked_beside(plan, Launch { command, folder: None, deadline }, Vec::new())
}

/// The same, beside other targets that are shown what it makes.
pub(super) fn asked_beside(
    plan: &Plan,
    launch: Launch,
    openers: Vec<Opener>,
) -> (TargetSummary, Vec<Record>) {
    let spec = TargetSpec {
        name: "script".to_owned(),
        launch,
        baseline: Baseline::default(),
        profiles: BTreeSet::new(),
        is_whole: true,
        openers,
        most_openers: 2,
    };
    conduct(plan, &spec, &Conduct { jobs: 2, seed: 1 }, &AtomicBool::new(false), &|_| {})
}

/// The questions of one case.
pub(super) fn plan_of(case: &str, cell: Option<&str>) -> Plan {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let suites = Suites::load(&root).unwrap();
    let selection = Selection {
        filters: vec![case.to_owned()],
        cell: cell.map(str::to_owned),
        ..Selection::default()
    };
    Plan::make(&suites, &selection).unwrap()
}
