//! No secret is in an answer, in the log, or on stderr.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use reference::assertion::{Assertion, CLIENT_ASSERTION_TYPE};
use serde_json::{Value, json};

use super::support::{API, Program, agent, audit, key, now, post, private_key};

#[test]
fn a_whole_flow_leaves_no_secret_behind() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), 0, &["--open-registration"]);
    let encryption = json!({
        "format": "compact-nested-jwe",
        "encryption_key": { "alg": "RSA-OAEP-256", "pem": key("rsa-2048-b", "public", "pem") },
    });
    let api = json!({ "name": "api", "identifier": API, "allow_offline_access": true,
        "token_encryption": encryption });
    let mut said = vec![program.create("resource-servers", &api).to_string()];
    let holder = program.create_client_with_key();
    let body = json!({ "name": "b", "app_type": "non_interactive",
        "grant_types": ["client_credentials", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_post" });
    // The one answer that has the secret: its owner has to get it.
    let made = program.create("clients", &body);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (client_id, secret) = (text("client_id"), text("client_secret"));
    let assertion = Assertion::new(&holder, &program.issuer, &private_key("rsa-2048-a"), now())
        .build(&mut ChaCha20Rng::seed_from_u64(1))
        .unwrap();

    let agent = agent();
    let url = |path: &str| format!("{}oauth/{path}", program.issuer);
    let mut send = |path: &str, pairs: &[(&str, &str)], status: u16| {
        let answer = post(&agent, &url(path), pairs).unwrap();
        assert_eq!(answer.status, status, "{}", answer.text);
        said.push(answer.text.clone());
        answer.text
    };
    let own = [("client_id", client_id.as_str()), ("client_secret", secret.as_str())];
    let asserted = [
        ("client_assertion_type", CLIENT_ASSERTION_TYPE),
        ("client_assertion", assertion.as_str()),
    ];
    let ask = [("grant_type", "client_credentials"), ("audience", API)];
    let with = |parts: &[&[(&'static str, &str)]]| -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        parts.iter().copied().flatten().map(owned).collect()
    };
    let mut run = |path: &str, parts: &[&[(&'static str, &str)]], status: u16| {
        let pairs = with(parts);
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        send(path, &pairs, status)
    };
    run("token", &[&ask, &asserted], 200);
    run("token", &[&ask, &asserted], 401);
    run("token", &[&ask, &asserted, &own], 400);
    run("token", &[&ask, &own, &own], 400);
    run("token", &[&ask, &[("client_id", secret.as_str()), ("client_secret", "x")]], 401);
    run("token", &[&[("grant_type", "client_credentials"), ("audience", "x")], &own], 403);
    let answer = run("token", &[&ask, &own, &[("scope", "offline_access")]], 200);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let refresh = answer["refresh_token"].as_str().unwrap().to_owned();
    run("revoke", &[&[("token", refresh.as_str())], &own], 200);

    let stderr = program.end();
    let log: Vec<String> = audit(data.path()).iter().map(Value::to_string).collect();
    assert!(log.iter().any(|line| line.contains(&holder)), "{log:?}");
    // The middle of each: whatever its first and last octets are escaped to.
    let jwk: Value = serde_json::from_str(&key("rsa-2048-a", "private", "jwk")).unwrap();
    let traces = [
        secret,
        assertion[20..60].to_owned(),
        assertion[assertion.len() - 40..].to_owned(),
        key("rsa-2048-a", "public", "pem").lines().nth(2).unwrap().to_owned(),
        key("rsa-2048-b", "public", "pem").lines().nth(2).unwrap().to_owned(),
        jwk["d"].as_str().unwrap()[..40].to_owned(),
        "-----BEGIN".to_owned(),
    ];
    for trace in traces {
        for text in said.iter().chain(&log).chain([&stderr]) {
            assert!(!text.contains(&trace), "{trace} is in {text}");
        }
    }
    assert!(log.iter().all(|line| !line.contains(&refresh)) && !stderr.contains(&refresh));
}
