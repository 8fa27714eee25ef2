//! Tokens that a target makes are looked at by us and shown to others.

use std::time::Duration;

use report::Verdict;
use runner::child::Launch;
use runner::grid::{Blame, Word, grid};
use runner::produce::Opener;

use super::scripted::{asked_beside, plan_of};

const MAKES: &str = r#"{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jwe.encrypt"],"serializations":["compact"],"alg":["dir"],"enc":["A256GCM"],"sig":[],"keys":["jwk"],"inputs":["text"],"knobs":["allow"]}}"#;

/// The header that is asked for, no encrypted key, an IV of 12 octets, a ciphertext and a tag that hold
/// for no key.
const TOKEN: &str =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA";

fn talk(hello: &str, body: &str) -> Launch {
    let text = format!(
        "read -r line; echo '{hello}'; i=1; while read -r line; do {body}; i=$((i+1)); done"
    );
    let command = ["sh", "-c", &text].map(str::to_owned).to_vec();
    Launch { command, folder: None, deadline: Duration::from_secs(5) }
}

fn answers(accept: &str) -> String {
    format!(r#"echo "{{\"id\":$i,\"accept\":{accept}}}""#)
}

/// The verdict and note about a target that does `body` when it is asked for a token, beside other
/// targets that say `others` when they are asked to open one.
#[track_caller]
fn verdict(check: &str, body: &str, others: &[&str]) -> (Verdict, String) {
    let plan = plan_of(&format!("produce-jwe/{check}"), Some("alg=dir,enc=A256GCM"));
    let opens = MAKES.replace("jwe.encrypt", "jwe.decrypt");
    let openers = others.iter().enumerate().map(|(at, body)| Opener {
        name: format!("other-{at}"),
        family: format!("other-{at}"),
        launch: talk(&opens, body),
    });
    let (_, mut records) = asked_beside(&plan, talk(MAKES, body), openers.collect());
    let record = records.pop().unwrap();
    assert!(records.is_empty());
    (record.verdict, record.note.unwrap_or_default())
}

#[track_caller]
fn assert_verdict(have: &(Verdict, String), verdict: Verdict, text: &str) {
    assert!(have.0 == verdict && have.1.contains(text), "{have:?}");
}

#[test]
fn the_same_token_each_time_is_found() {
    let constant = answers(&format!(r#"{{\"token\":\"{TOKEN}\"}}"#));
    let found = verdict("iv-fresh", &constant, &[]);
    assert_verdict(&found, Verdict::Fail, "token 2 of 64: its IV stands in a token before it too");
    assert_eq!(verdict("form", &constant, &[]).0, Verdict::Pass);
    assert_eq!(verdict("iv-length", &constant, &[]).0, Verdict::Pass);
    assert_verdict(&verdict("opens", &constant, &[]), Verdict::Fail, "its tag does not hold");
    let padded = answers(&format!(r#"{{\"token\":\"{TOKEN}==\"}}"#));
    assert_eq!(verdict("form", &padded, &[]).0, Verdict::Fail);
}

#[test]
fn who_makes_nothing_makes_it_neither_right_nor_wrong() {
    let refuses = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    assert_verdict(&verdict("made", refuses, &[]), Verdict::Warn, "refused");
    assert_verdict(&verdict("opens", refuses, &[]), Verdict::Vacuous, "nothing was made");
    let number = answers(r#"{\"token\":5}"#);
    assert_verdict(
        &verdict("opens", &number, &[]),
        Verdict::Fault,
        "`accept.token` is not a string",
    );
}

#[test]
fn others_speak_and_nobody_is_accused_on_the_word_of_one() {
    let made = answers(&format!(r#"{{\"token\":\"{TOKEN}\"}}"#));
    let refuses = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    let other = answers(r#"{\"plaintext\":\"AAAA\",\"header\":\"{}\"}"#);
    let lacks = r#"echo "{\"id\":$i,\"unsupported\":{\"what\":\"enc\",\"value\":\"A256GCM\"}}""#;
    let found = verdict("opens-elsewhere", &made, &[refuses, &other]);
    assert_verdict(&found, Verdict::Fail, "nobody opens it; other-0");
    let found = verdict("opens-elsewhere", &made, &[&other]);
    assert_verdict(&found, Verdict::Fail, "other-0 finds another content");
    for none in [&[][..], &[lacks], &["exit 1"]] {
        let found = verdict("opens-elsewhere", &made, none);
        assert_verdict(&found, Verdict::Vacuous, "no other target is here to open it");
    }
}

#[test]
fn who_reads_whom_is_told_and_blame_needs_more_than_one() {
    let plan = plan_of("produce-jwe/opens", Some("alg=dir,enc=A256GCM"));
    let opens = MAKES.replace("jwe.encrypt", "jwe.decrypt");
    // base64url of the content of the first token.
    let content = r#"{\"plaintext\":\"eyJtYWRlIjoidG8gYmUgbG9va2VkIGF0IiwibnVtYmVyIjowfQ\",\"header\":\"{}\"}"#;
    let target = |name: &str, hello: &str, body: &str| Opener {
        name: name.to_owned(),
        family: name.to_owned(),
        launch: talk(hello, body),
    };
    let refuses = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    let targets = [
        target("maker", MAKES, &answers(&format!(r#"{{\"token\":\"{TOKEN}\"}}"#))),
        target("reader", &opens, &answers(content)),
        target("other", &opens, &answers(r#"{\"plaintext\":\"AAAA\",\"header\":\"{}\"}"#)),
        target("refuser", &opens, refuses),
        target("absent", "", "true"),
    ];
    let grid = grid(&plan, &targets, &|_| {});
    let words: Vec<_> = grid
        .meetings
        .iter()
        .map(|met| (met.opener.as_str(), met.word == Word::Opens, met.blame))
        .collect();
    let expected = [
        ("reader", true, None),
        ("other", false, Some(Blame::Disputed)),
        ("refuser", false, Some(Blame::Disputed)),
    ];
    assert_eq!(words, expected);
    assert!(matches!(grid.absent.as_slice(), [text] if text.starts_with("absent: ")), "{grid:?}");
    let text = grid.to_text();
    assert!(text.contains("1 of 3 came through") && text.contains("maker → other"), "{text}");
}
