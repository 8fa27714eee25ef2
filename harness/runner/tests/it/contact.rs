//! A target that connects to the address in a token is seen, and one that does not is not accused.

use std::time::Duration;

use report::Verdict;
use runner::contact::ADDRESS;

use super::scripted::{asked, plan_of};

const HELLO: &str = r#"{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jws.verify"],"serializations":["compact"],"alg":[],"enc":[],"sig":["RS256"],"keys":["jwk"],"inputs":["text"],"knobs":["allow"]}}"#;

/// The verdicts of `jws-header/address-asked` about a script that does `body` and refuses, with their
/// notes. Another process may hold the address: then nothing is known, and it is said.
fn verdicts(body: &str) -> Vec<(Verdict, String)> {
    let plan = plan_of("jws-header/address-asked", None);
    let refusal = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    let text = format!(
        "read line; echo '{HELLO}'; i=1; while read -r line; do {body}; {refusal}; i=$((i+1)); done"
    );
    let (_, records) = asked(&plan, ["bash", "-c", &text], Duration::from_secs(5));
    let of_one = records
        .into_iter()
        .filter(|record| record.cell.as_deref().is_some_and(|cell| cell.contains("RS256")));
    of_one.map(|record| (record.verdict, record.note.unwrap_or_default())).collect()
}

/// One test: two at once would hold the address against each other.
#[test]
fn who_connects_is_seen_and_who_does_not_is_not() {
    let port = ADDRESS.split(':').next_back().unwrap();
    let connecting = verdicts(&format!("(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null"));
    let quiet = verdicts("true");
    assert_eq!((connecting.len(), quiet.len()), (4, 4));
    for (verdict, note) in connecting {
        let is_blind = note.contains("is taken");
        assert!(
            is_blind || (verdict == Verdict::Fail && note.contains(ADDRESS)),
            "{verdict:?} {note}"
        );
    }
    for (verdict, note) in quiet {
        assert!(!note.contains("it connected"), "{verdict:?} {note}");
    }
}
