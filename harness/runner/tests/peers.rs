//! The targets in Python and Node, installed from their lock files, and the adapter of the README:
//! libraries, authorization servers and assertion builders.
//!
//! Where a runtime is missing the tests that need it are reported as ignored, with what to install.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use protocol::{Answer, Operation};
use report::{Baseline, Record, TargetSummary, Verdict};
use runner::RunError;
use runner::adapter::{Adapter, Kind};
use runner::child::{Interview, Launch};
use runner::client::{self, ClientSpec};
use runner::conduct::{Conduct, TargetSpec, conduct};
use runner::outcome::Event;
use runner::plan::{self, Plan, Selection};
use runner::server::{self, ServerSpec, ServerTarget};
use serde_json::{Value, json};
use suite::Suites;

/// What a library is known to do, and the suites have to find by themselves: case, verdict.
const KNOWN: &[(&str, &str, Verdict)] = &[
    ("panva-jose", "jwe-base64url/white-space", Verdict::Fail),
    ("jwcrypto", "jwe-iv/gcm-length", Verdict::Fail),
    ("joserfc", "jwe-base64url/white-space", Verdict::PassLoosely),
    ("python-jose", "jws-control/unencoded", Verdict::Fail),
    ("oidc-provider", "access-token-issue/cty", Verdict::Fail),
    ("authlib-client", "builder-claims/lifetime", Verdict::Fail),
];

fn main() -> Result<ExitCode, RunError> {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|source| RunError::File { path: root, source })?;
    let suites = Suites::load(&root)?;
    let selection = Selection {
        filters: [
            "jwe-control/plain",
            "jwe-tag/*",
            "jwe-iv/*",
            "jwe-base64url/white-space",
            "jws-control/*",
            "assertion-control/*",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Selection::default()
    };
    let plan = Arc::new(Plan::make(&suites, &selection)?);
    let suites = Arc::new(suites);
    let mut trials = Vec::new();
    let mut installed = BTreeMap::new();
    for adapter in Adapter::all(&root)? {
        if adapter.manifest.embedded {
            continue;
        }
        let missing = adapter.install(&|text| eprintln!("{text}")).err();
        match missing {
            // Only a missing runtime is an excuse.
            Some(error) if !error.to_string().contains("is missing:") => return Err(error),
            Some(ref error) => eprintln!("ignored: {error}"),
            None => {}
        }
        let name = adapter.manifest.name.clone();
        if missing.is_none() {
            installed.insert(name.clone(), adapter.installation());
        }
        let (plan, suites) = (Arc::clone(&plan), Arc::clone(&suites));
        let judged = move || match adapter.manifest.kind {
            Kind::Library => library(&plan, &adapter),
            Kind::Server => server(&suites, &adapter),
            Kind::Client => client(&suites, &adapter),
        };
        trials.push(
            Trial::test(format!("{name} is judged"), judged).with_ignored_flag(missing.is_some()),
        );
    }
    let opening = Arc::clone(&suites);
    let openers: Vec<Adapter> = ["josekit", "panva-jose"]
        .into_iter()
        .map(|name| Adapter::named(&root, name))
        .collect::<Result<_, _>>()?;
    let tenant = Adapter::named(&root, "tenant")?;
    let skipped = !installed.contains_key("panva-jose");
    trials.push(
        Trial::test("access tokens of the tenant open in two libraries", move || {
            access_tokens_open(&opening, &tenant, &openers)
        })
        .with_ignored_flag(skipped),
    );
    let python: Option<PathBuf> =
        installed.get("jwcrypto").map(|folder: &PathBuf| folder.join("venv/bin/python"));
    let readme = root.join("README.md");
    let skipped = python.is_none();
    trials.push(
        Trial::test("the adapter of the README works as printed", move || {
            readme_adapter(&plan, &readme, python.as_deref().unwrap_or(Path::new("python3")))
        })
        .with_ignored_flag(skipped),
    );
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn ask(plan: &Plan, name: &str, command: Vec<String>) -> (TargetSummary, Vec<Record>) {
    let launch = Launch { command, folder: None, deadline: Duration::from_secs(20) };
    let spec = TargetSpec {
        name: name.to_owned(),
        launch,
        baseline: Baseline::default(),
        profiles: BTreeSet::new(),
        is_whole: true,
        openers: Vec::new(),
        most_openers: 0,
    };
    conduct(plan, &spec, &Conduct { jobs: 1, seed: 1 }, &AtomicBool::new(false), &|_| {})
}

fn library(plan: &Plan, adapter: &Adapter) -> Result<(), Failed> {
    let name = &adapter.manifest.name;
    let (summary, records) = ask(plan, name, adapter.command());
    let validates = records.iter().any(|record| {
        record.case.starts_with("assertion-") && record.verdict != Verdict::Unsupported
    });
    check(name, &summary, &records, if validates { 1 } else { 50 })
}

fn server(suites: &Suites, adapter: &Adapter) -> Result<(), Failed> {
    let name = &adapter.manifest.name;
    let started = server::start(&adapter.command())?;
    let target = ServerTarget { name: name.clone(), ..started.target.clone() };
    let profiles = plan::profiles(suites, &target.profiles)?;
    let spec = ServerSpec {
        target,
        baseline: Baseline::default(),
        profiles,
        is_whole: true,
        seed: "peers".to_owned(),
    };
    let stop = AtomicBool::new(false);
    let selection = Selection::default();
    let (summary, records) = server::conduct(suites, &selection, &spec, &stop, &|_| {})?;
    let vacuous = records.iter().find(|record| record.verdict == Verdict::Vacuous);
    if let Some(record) = vacuous {
        return Err(Failed::from(format!("vacuous: {record:?}")));
    }
    check(name, &summary, &records, 50)
}

fn client(suites: &Suites, adapter: &Adapter) -> Result<(), Failed> {
    let name = &adapter.manifest.name;
    let spec = ClientSpec {
        name: name.clone(),
        command: adapter.command(),
        folder: None,
        https: adapter.manifest.https,
        deadline: Duration::from_secs(60),
        baseline: Baseline::default(),
        profiles: plan::profiles(suites, &["auth0".to_owned()])?,
        is_whole: true,
    };
    let stop = AtomicBool::new(false);
    let selection = Selection::default();
    let (summary, records) = client::conduct(suites, &selection, &spec, &stop, &|_| {})?;
    check(name, &summary, &records, 10)
}

/// Whether a target was asked to the end, accepted enough, and shows nothing but what is known of it.
fn check(
    name: &str,
    summary: &TargetSummary,
    records: &[Record],
    least: usize,
) -> Result<(), Failed> {
    if let Some(failure) = &summary.failure {
        return Err(Failed::from(failure.clone()));
    }
    if summary.accepted < least {
        return Err(Failed::from(format!("only {} controls were accepted", summary.accepted)));
    }
    for (_, case, verdict) in KNOWN.iter().filter(|(target, ..)| *target == name) {
        if !records.iter().any(|record| record.case == *case && record.verdict == *verdict) {
            return Err(Failed::from(format!("{case} never came out as {}", verdict.name())));
        }
    }
    Ok(())
}

/// Access tokens of every `alg` and `enc` that the tenant issues are opened by every opener.
fn access_tokens_open(
    suites: &Suites,
    tenant: &Adapter,
    openers: &[Adapter],
) -> Result<(), Failed> {
    let key = suites.keys.named("rsa-2048-b").ok_or("no key")?;
    let pem = key.public.as_ref().and_then(|public| public.pem.as_ref()).ok_or("no PEM")?;
    let started = server::start(&tenant.command())?;
    let target = &started.target;
    let management = target.management.as_ref().ok_or("no management API")?;
    let bearer = format!("Bearer {}", management.token.as_ref().ok_or("no token")?);
    let manage = |path: &str, body: Value| -> Result<Value, Failed> {
        let url = format!("{}{path}", management.url);
        let mut reply = ureq::post(&url).header("Authorization", &bearer).send_json(body)?;
        Ok(reply.body_mut().read_json()?)
    };
    let client = manage(
        "clients",
        json!({"name": "c", "app_type": "non_interactive", "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "client_secret_post"}),
    )?;
    let text = |value: &Value, name: &str| -> Result<String, Failed> {
        Ok(value.get(name).and_then(Value::as_str).ok_or(format!("no {name}"))?.to_owned())
    };
    let jwks_url = format!("{}.well-known/jwks.json", target.issuer);
    let jwks = ureq::get(&jwks_url).call()?.body_mut().read_to_string()?;
    let mut requests = Vec::new();
    for alg in ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"] {
        for enc in
            ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]
        {
            let audience = format!("https://api.example/{alg}/{enc}");
            let key = json!({"alg": alg, "enc": enc, "pem": pem});
            let encryption = json!({"format": "compact-nested-jwe", "encryption_key": key});
            let body = json!({"name": "a", "identifier": audience, "token_encryption": encryption});
            manage("resource-servers", body)?;
            let answer: Value = ureq::post(&format!("{}oauth/token", target.issuer))
                .send_form([
                    ("grant_type", "client_credentials"),
                    ("client_id", &text(&client, "client_id")?),
                    ("client_secret", &text(&client, "client_secret")?),
                    ("audience", &audience),
                ])?
                .body_mut()
                .read_json()?;
            requests.push((alg, enc, audience, text(&answer, "access_token")?));
        }
    }
    let operation = Operation::named("nested.open").ok_or("no operation")?;
    let forms = json!({"jwk": key.private.jwk, "pem": key.private.pem, "der": key.private.der});
    for opener in openers {
        let name = &opener.manifest.name;
        opener.install(&|text| println!("{text}"))?;
        let deadline = Duration::from_secs(20);
        let launch = Launch { command: opener.command(), folder: None, deadline };
        let mut interview = Interview::new(launch, None);
        for (alg, enc, audience, token) in &requests {
            let input = json!({
                "token": token, "decrypt": {"key": forms}, "verify": {"jwks": jwks},
                "allow": {"alg": [alg], "enc": [enc], "sig": ["RS256"]},
                "expect": {"iss": target.issuer, "aud": audience},
            });
            let outcome = interview.ask(operation, input.as_object().ok_or("no object")?);
            let claims = match &outcome.event {
                Event::Answer(Answer::Accept(body)) => text(&body.clone().into(), "claims")?,
                _ => return Err(format!("{name} {alg} {enc}: {:?}", outcome.event).into()),
            };
            let claims: Value = serde_json::from_str(&claims)?;
            if claims.get("aud").and_then(Value::as_str) != Some(audience) {
                return Err(format!("{name} {alg} {enc}: {claims}").into());
            }
        }
        interview.close();
    }
    Ok(())
}

fn readme_adapter(plan: &Plan, readme: &Path, python: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(readme)?;
    let code = text
        .split_once("```python\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(code, _)| code)
        .ok_or("the README has no Python block")?;
    let lines = code.lines().count();
    if lines > 45 {
        return Err(Failed::from(format!("the adapter has grown to {lines} lines")));
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("adapter.py");
    std::fs::write(&path, code)?;
    let command = vec![python.display().to_string(), path.display().to_string()];
    let (summary, records) = ask(plan, "readme", command);
    if let Some(failure) = summary.failure {
        return Err(Failed::from(failure));
    }
    let refused = |record: &&Record| {
        record.case == "jwe-control/plain"
            && !matches!(record.verdict, Verdict::Pass | Verdict::Unsupported)
    };
    match records.iter().find(refused) {
        None if summary.accepted > 0 => Ok(()),
        None => Err(Failed::from("nothing was accepted")),
        Some(record) => Err(Failed::from(format!("{record:?}"))),
    }
}
