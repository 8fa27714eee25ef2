//! Foreign vectors: made-up ones in the foreign format, and targets that agree with them or not.

use std::fs;
use std::path::Path;
use std::process::Command;

use forge::opened::open;
use runner::foreign::{Vector, Want, load};
use runner::plan::{Plan, Selection};
use serde_json::{Value, json};
use suite::Suites;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder of vectors with this one file.
fn folder(name: &str, groups: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = json!({ "schema": "made up", "testGroups": groups }).to_string();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

/// Three JWS under one secret: good, bad, and one of which both are right.
fn signatures() -> tempfile::TempDir {
    let header = forge::encode(br#"{"alg":"HS256"}"#);
    let token = format!("{header}.{}.{}", forge::encode(b"foo"), forge::encode(&[7; 32]));
    let test = |id: u64, result: &str| json!({"tcId": id, "comment": "c", "jws": token, "result": result, "flags": []});
    let group = json!({
        "type": "JsonWebSignature",
        "private": {"kty": "oct", "alg": "HS256", "k": forge::encode(&[1; 32])},
        "tests": [test(1, "valid"), test(2, "invalid"), test(3, "acceptable")],
    });
    folder(MADE_UP, &json!([group]))
}

/// Runs the command on a folder with a shell script that answers each request with `answer`.
fn foreign(path: &Path, answer: &str, more: &[&str]) -> (i32, String, String) {
    let hello = r#"{\"id\":0,\"accept\":{\"protocol\":1,\"implementation\":{\"name\":\"x\",\"version\":\"1\"},\"operations\":[\"jws.verify\"],\"serializations\":[\"compact\"],\"sig\":[\"HS256\"],\"keys\":[\"jwk\"],\"inputs\":[\"text\"],\"knobs\":[\"allow\"]}}"#;
    let answer = answer.replace('"', "\\\"");
    let script = format!(
        "read line; echo \"{hello}\"; i=1; while read -r line; do echo \"{{\\\"id\\\":$i,{answer}}}\"; i=$((i+1)); done"
    );
    let command = format!("sh -c '{script}'");
    let output = Command::new(env!("CARGO_BIN_EXE_touchstone"))
        .args(["foreign", "wycheproof"])
        .arg(path)
        .args(["--command", &command])
        .args(more)
        .env("TOUCHSTONE_ROOT", root())
        .output()
        .unwrap();
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn who_accepts_everything_disagrees_with_what_is_invalid() {
    let folder = signatures();
    let accept = r#""accept":{"payload":"Zm9v","header":"{}"}"#;
    let (code, text, stderr) = foreign(folder.path(), accept, &[]);
    assert_eq!(code, 1, "{text}{stderr}");
    assert!(text.contains("command: 2 agree, 1 disagree, 0 cannot be asked"), "{text}");
    assert!(
        text.contains("json_web_made_up_test.json 2    c (invalid): disagrees: accepted"),
        "{text}"
    );
}

#[test]
fn who_rejects_everything_disagrees_with_what_is_valid() {
    let folder = signatures();
    let reject = r#""reject":{"kind":"No","msg":""}"#;
    let (code, text, _) = foreign(folder.path(), reject, &["--all"]);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("json_web_made_up_test.json 1    c (valid): disagrees: {\"reject\""),
        "{text}"
    );
    assert!(text.contains("json_web_made_up_test.json 2    c (invalid): agrees"), "{text}");
}

#[test]
fn other_content_and_garbage_are_disagreements_and_what_is_unsupported_is_not() {
    let folder = signatures();
    let other = r#""accept":{"payload":"YmFy","header":"{}"}"#;
    let (_, text, _) = foreign(folder.path(), other, &[]);
    assert!(text.contains("1 agree, 2 disagree"), "{text}");
    assert!(text.contains("accepted with other content"), "{text}");
    let garbage = r#""maybe":1"#;
    let (_, text, _) = foreign(folder.path(), garbage, &[]);
    assert!(text.contains("0 agree, 3 disagree"), "{text}");
    let unsupported = r#""unsupported":{"what":"sig","value":"HS256"}"#;
    let (code, text, _) = foreign(folder.path(), unsupported, &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("0 agree, 0 disagree, 3 cannot be asked"), "{text}");
    assert!(text.contains("3 the target does not have the sig `HS256`"), "{text}");
}

#[test]
fn a_ruling_about_a_vector_that_is_not_there_is_stale() {
    let folder = folder(
        "json_web_key_test.json",
        &json!([{ "type": "JsonWebKey", "private": {"kty": "oct", "k": "AA"},
            "tests": [{"tcId": 999, "comment": "", "jws": "a.b.c", "result": "invalid"}] }]),
    );
    let (code, _, stderr) = foreign(folder.path(), r#""reject":{"kind":"No","msg":""}"#, &[]);
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains("is stale: there is no such vector"), "{stderr}");
}

#[test]
fn a_folder_without_vectors_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, stderr) = foreign(folder.path(), "", &[]);
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains("has no vectors"), "{stderr}");
}

/// An RSA-OAEP-256 ciphertext and its message, out of a token of the suites.
fn ciphertext(suites: &Suites) -> (Vec<u8>, Vec<u8>) {
    let selection = Selection {
        filters: vec!["jwe-control/plain".to_owned()],
        cell: Some("alg=RSA-OAEP-256,enc=A256GCM".to_owned()),
        ..Selection::default()
    };
    let plan = Plan::make(suites, &selection).unwrap();
    let token = plan.requests.first().unwrap().input.get("token").unwrap().as_str().unwrap();
    let opened = open(token, &suites.keys, KEY).unwrap();
    let encrypted_key = token.split('.').nth(1).unwrap();
    (forge::decode(encrypted_key).unwrap(), opened.cek)
}

/// One group of RSA-OAEP vectors under a key of the suites.
fn oaep(suites: &Suites, sha: &str, mgf: &str, test: &Value) -> Vector {
    let path = root().join(format!("vectors/keys/{KEY}.json"));
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let jwk: Value =
        serde_json::from_str(file.pointer("/private/jwk").unwrap().as_str().unwrap()).unwrap();
    let number = |name: &str| {
        format!("00{}", hex(&forge::decode(jwk.get(name).unwrap().as_str().unwrap()).unwrap()))
    };
    let group = json!({
        "type": "RsaesOaepDecrypt", "keySize": 2048, "sha": sha, "mgf": "MGF1", "mgfSha": mgf,
        "privateKey": {
            "modulus": number("n"), "publicExponent": number("e"), "privateExponent": number("d"),
            "prime1": number("p"), "prime2": number("q"), "exponent1": number("dp"),
            "exponent2": number("dq"), "coefficient": number("qi"),
        },
        "tests": [test],
    });
    let folder = folder("rsa_oaep_2048_test.json", &json!([group]));
    assert!(suites.keys.named(KEY).is_some());
    load(folder.path()).unwrap().remove(0)
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn a_foreign_ciphertext_becomes_an_encrypted_key() {
    let suites = Suites::load(&root()).unwrap();
    let (ciphertext, cek) = ciphertext(&suites);
    let test = |msg: &[u8], label: &str| {
        json!({"tcId": 1, "comment": "", "flags": [], "result": "valid",
            "msg": hex(msg), "ct": hex(&ciphertext), "label": label})
    };
    let question = oaep(&suites, "SHA-256", "SHA-256", &test(&cek, "")).question.unwrap();
    let opened = open(question.input["token"].as_str().unwrap(), &suites.keys, KEY).unwrap();
    assert_eq!(opened.cek, cek);
    assert_eq!(question.want, Want::Accept(Some(opened.plaintext)));
    // With a label, with another hash for MGF1, or with no CEK for a message, it is to be refused.
    let refused = |vector: Vector| assert_eq!(vector.question.unwrap().want, Want::Refuse);
    refused(oaep(&suites, "SHA-256", "SHA-256", &test(&cek, "00")));
    refused(oaep(&suites, "SHA-256", "SHA-1", &test(&cek, "")));
    refused(oaep(&suites, "SHA-256", "SHA-256", &test(&cek[..20], "")));
    let why = oaep(&suites, "SHA-224", "SHA-224", &test(&cek, "")).question.unwrap_err();
    assert_eq!(why, "JOSE has no name for OAEP with SHA-224");
}

#[test]
fn signatures_over_other_texts_cannot_be_asked() {
    let group = json!({ "type": "RsassaPkcs1Verify", "tests": [{"tcId": 1, "result": "valid"}] });
    let folder = folder("rsa_signature_2048_sha256_test.json", &json!([group]));
    let why = load(folder.path()).unwrap().remove(0).question.unwrap_err();
    assert!(why.contains("no JWS Signing Input"), "{why}");
}

/// A shell script as the flawed adapter: with the flaw `accepts` it accepts, otherwise it rejects.
#[test]
fn what_foreign_vectors_find_alone_is_told() {
    let vectors = signatures();
    let mutants = vectors.path().join("mutants.jsonl");
    let flawed = vectors.path().join("flawed.sh");
    let hello = r#"{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jws.verify"],"serializations":["compact"],"sig":["HS256"],"keys":["jwk"],"inputs":["text"],"knobs":["allow"]}}"#;
    let script = format!(
        "read line; echo '{hello}'; i=1; while read -r line; do \
         if [ \"$TOUCHSTONE_FLAW\" = accepts ]; then a='\"accept\":{{\"payload\":\"Zm9v\",\"header\":\"{{}}\"}}'; \
         else a='\"reject\":{{\"kind\":\"No\",\"msg\":\"\"}}'; fi; \
         echo \"{{\\\"id\\\":$i,$a}}\"; i=$((i+1)); done\n"
    );
    fs::write(&flawed, script).unwrap();
    let run = |outcome: &str| {
        let line = |flaw: &str, outcome: &str| json!({"flaw": flaw, "over": "reference", "outcome": outcome, "cases": ["a/b"]});
        let text = format!("{}\n{}\n", line("accepts", outcome), line("harmless", "survived"));
        fs::write(&mutants, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_touchstone"))
            .args(["foreign", "wycheproof", "--superset"])
            .arg(vectors.path())
            .arg("--mutants")
            .arg(&mutants)
            .args(["--flawed", &format!("sh {}", flawed.display())])
            .env("TOUCHSTONE_ROOT", root())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    let (code, text) = run("killed");
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("both          accepts"), "{text}");
    assert!(text.contains("our suites find 1, the foreign vectors 1; 0 of these"), "{text}");
    let (code, text) = run("survived");
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("FOREIGN ALONE accepts"), "{text}");
    // What is no flaw need not be found.
    let (code, text) = run("tolerated");
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("1 flaws of libraries: our suites find 0"), "{text}");
}

/// The name of no file of Wycheproof, so that no ruling is about it.
const MADE_UP: &str = "json_web_made_up_test.json";
const KEY: &str = "rsa-2048-a";
