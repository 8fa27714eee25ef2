//! What is measured, and what is left out of a measurement.

use std::time::Duration;

use runner::child::Launch;
use runner::timing::{Comparisons, Sampling, measure};

use super::scripted::plan_of;

const HELLO: &str = r#"{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jwe.decrypt"],"serializations":["compact"],"alg":["A128KW"],"enc":["A128GCM"],"sig":[],"keys":["jwk"],"inputs":["text"],"knobs":["allow"]}}"#;

/// The relation of A128KW in one cell, asked of a script that does `body` with everything.
fn measured(cell: &str, body: &str) -> Comparisons {
    let plan = plan_of("jwe-oracle/wrapping", Some(cell));
    let text = format!(
        "read -r line; echo '{HELLO}'; i=1; while read -r line; do {body}; i=$((i+1)); done"
    );
    let command = ["sh", "-c", &text].map(str::to_owned).to_vec();
    let launch = Launch { command, folder: None, deadline: Duration::from_secs(5) };
    measure(&plan, &launch, Sampling { rounds: 20, seed: 1 }, &|_| {}).unwrap()
}

#[test]
fn every_member_is_compared_with_the_first_and_the_first_with_itself() {
    let refuses = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    let comparisons = measured("alg=A128KW,enc=A128GCM", refuses);
    let members: Vec<usize> = comparisons.all.iter().map(|compared| compared.member).collect();
    assert_eq!(members, [1, 2, 3, 4]);
    assert!(comparisons.left_out.is_empty(), "{:?}", comparisons.left_out);
    for compared in &comparisons.all {
        assert!(compared.interval.0 <= compared.test.median, "{compared:?}");
        assert!(compared.test.p > 0.0 && compared.adjusted <= 1.0, "{compared:?}");
    }
}

#[test]
fn what_cannot_be_measured_is_left_out_with_the_reason() {
    let accepts = r#"echo "{\"id\":$i,\"accept\":{\"plaintext\":\"\",\"header\":\"{}\"}}""#;
    for (cell, body, reason) in [
        ("alg=A128KW,enc=A128GCM", accepts, "not refused"),
        ("alg=A192KW,enc=A128GCM", accepts, "unsupported: alg A192KW"),
        ("alg=A128KW,enc=A128GCM", "exit 1", "exit"),
    ] {
        let comparisons = measured(cell, body);
        assert!(comparisons.all.is_empty(), "{cell}");
        let [left_out] = comparisons.left_out.as_slice() else { panic!("{comparisons:?}") };
        assert!(left_out.contains(reason), "{left_out}");
    }
}
