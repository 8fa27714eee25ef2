//! Two scripts beside each other: what one accepts and the other refuses is a difference, what both do is none.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use runner::child::Launch;
use runner::differ::{Differences, Length, differ};
use runner::produce::Opener;

const HELLO: &str = r#"{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jwe.decrypt","jws.verify"],"serializations":["compact"],"alg":["dir","A128KW"],"enc":["A256GCM"],"sig":["HS256"],"keys":["jwk"],"inputs":["text"],"knobs":["allow"]}}"#;
const ACCEPTS: &str = r#""accept":{"plaintext":"YQ","payload":"YQ","header":"{}"}"#;
const REFUSES: &str = r#""reject":{"kind":"parse/base64url","msg":""}"#;

/// A target that answers everything with the same.
fn script(name: &str, answer: &str) -> Opener {
    let quoted = answer.replace('"', "\\\"");
    let text = format!(
        "read -r line; echo '{HELLO}'; i=1; while read -r line; do echo \"{{\\\"id\\\":$i,{quoted}}}\"; \
         i=$((i+1)); done"
    );
    script_of(name, text)
}

fn script_of(name: &str, text: String) -> Opener {
    let command = ["sh".to_owned(), "-c".to_owned(), text].to_vec();
    let launch = Launch { command, folder: None, deadline: Duration::from_secs(5) };
    Opener { name: name.to_owned(), family: name.to_owned(), launch }
}

fn beside(first: &Opener, second: &Opener) -> Differences {
    let length = Length { tokens: 60, seconds: 60, seed: 1 };
    let umpire = script("umpire", REFUSES);
    differ([first, second], Some(&umpire), length, &AtomicBool::new(false), &|_| {}).unwrap()
}

#[test]
fn who_does_the_same_does_not_differ() {
    let seen = beside(&script("a", ACCEPTS), &script("b", ACCEPTS));
    assert!(seen.classes.is_empty() && seen.asked > 40);
    assert_eq!(seen.accepted, seen.asked);
    let seen = beside(&script("a", REFUSES), &script("b", REFUSES));
    assert!(seen.classes.is_empty() && seen.accepted == 0);
}

#[test]
fn a_difference_names_who_accepts_and_what_the_umpire_says() {
    let seen = beside(&script("a", ACCEPTS), &script("b", REFUSES));
    let class = "a accepts, b refuses; the umpire: parse/base64url";
    assert_eq!(seen.classes.keys().collect::<Vec<_>>(), [class]);
    assert_eq!(seen.classes[class].count, seen.asked);
    assert!(seen.classes[class].input.contains_key("token"));
    let other = ACCEPTS.replace("YQ", "Yg");
    let seen = beside(&script("a", ACCEPTS), &script("b", &other));
    assert!(seen.classes.keys().all(|class| class.starts_with("a and b find different content")));
}

#[test]
fn a_crash_is_a_difference_and_the_run_goes_on() {
    let dies = script_of("b", format!("read -r line; echo '{HELLO}'; read -r line; exit 3"));
    let seen = beside(&script("a", REFUSES), &dies);
    assert_eq!(seen.classes.keys().collect::<Vec<_>>(), ["b: crash; the umpire: parse/base64url"]);
    assert!(seen.asked > 40);
}

#[test]
fn the_same_seed_shows_the_same_tokens() {
    let twice = [0, 1].map(|_| beside(&script("a", ACCEPTS), &script("b", REFUSES)));
    let [first, second] = twice.each_ref().map(|seen| (&seen.classes, seen.asked, seen.left_out));
    assert_eq!(first, second);
}
