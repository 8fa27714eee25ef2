//! Tools for trying a server by hand: `keys`, `assertion`, `open`. What they do is done by an adapter.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use protocol::{Answer, Operation};
use report::printable;
use runner::adapter::Adapter;
use runner::child::{Interview, Launch};
use runner::outcome::Event;
use runner::{RunError, clock, exit};
use serde_json::{Map, Value, json};
use suite::Keys;
use suite::keys::KeyForms;

#[derive(Args, Debug)]
pub(crate) struct KeyArguments {
    /// The name of a public test key, a file of `vectors/keys/`.
    name: String,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "json-pem")]
    form: Form,
}

/// The forms of a key.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// The public key as PEM inside a JSON string, for the body of a request.
    JsonPem,
    /// The public key as PEM.
    Pem,
    /// The public key as JWK.
    Jwk,
    /// The private key as PEM: it is no secret, and good for tests only.
    PrivatePem,
}

#[derive(Args, Debug)]
pub(crate) struct AssertionArguments {
    /// The client.
    #[arg(long)]
    client_id: String,
    /// What `aud` says: the issuer, with its slash if it has one.
    #[arg(long)]
    audience: String,
    /// The name of a test key, or a file with a private JWK.
    #[arg(long)]
    key: String,
    /// The algorithm of the credential.
    #[arg(long, default_value = "RS256")]
    alg: String,
    /// The header's `kid`.
    #[arg(long)]
    kid: Option<String>,
    /// The adapter that builds it.
    #[arg(long, default_value = "reference")]
    target: String,
}

#[derive(Args, Debug)]
pub(crate) struct OpenArguments {
    /// The token, or `-` for standard input.
    token: String,
    /// The name of a test key, or a file with a private JWK: it decrypts.
    #[arg(long)]
    key: String,
    /// The JWK Set that verifies: a URL or a file.
    #[arg(long)]
    jwks: String,
    /// The adapter that opens it.
    #[arg(long, default_value = "reference")]
    target: String,
    /// A PEM file with the certificate of the server of the JWK Set.
    #[arg(long)]
    ca_file: Option<PathBuf>,
}

pub(crate) fn key(arguments: &KeyArguments) -> Result<i32, RunError> {
    let keys = Keys::load(&super::root()?.join("vectors/keys"))?;
    let Some(file) = keys.named(&arguments.name) else {
        let names: Vec<&str> = keys.names().collect();
        let text = format!("unknown key `{}`; there are {}", arguments.name, names.join(", "));
        return Err(RunError::Usage(text));
    };
    let public = file.public.as_ref().unwrap_or(&file.private);
    let text = match arguments.form {
        Form::JsonPem => public.pem.as_ref().map(|pem| Value::from(pem.as_str()).to_string()),
        Form::Pem => public.pem.clone(),
        Form::Jwk => Some(public.jwk.clone()),
        Form::PrivatePem => file.private.pem.clone(),
    };
    let Some(text) = text else {
        return Err(RunError::Usage(format!("the key `{}` has no PEM", arguments.name)));
    };
    super::print(&format!("{}\n", text.trim_end()))?;
    Ok(exit::CONFORMS)
}

pub(crate) fn assertion(arguments: &AssertionArguments) -> Result<i32, RunError> {
    let root = super::root()?;
    let mut input = Map::from_iter([
        ("client_id".to_owned(), arguments.client_id.clone().into()),
        ("audience".to_owned(), arguments.audience.clone().into()),
        ("key".to_owned(), private_key(&root, &arguments.key)?),
        ("alg".to_owned(), arguments.alg.clone().into()),
        ("now".to_owned(), clock::now().into()),
        ("count".to_owned(), 1.into()),
    ]);
    input.extend(arguments.kid.clone().map(|kid| ("kid".to_owned(), kid.into())));
    let body = ask(&root, &arguments.target, "assertion.build", &input)?;
    match body.get("assertions").and_then(|all| all.get(0)).and_then(Value::as_str) {
        Some(text) => super::print(&format!("{text}\n"))?,
        None => return Err(refused(&arguments.target, "it built nothing")),
    }
    Ok(exit::CONFORMS)
}

pub(crate) fn open(arguments: &OpenArguments) -> Result<i32, RunError> {
    let root = super::root()?;
    let token = if arguments.token == "-" {
        std::io::read_to_string(std::io::stdin())
            .map_err(|source| RunError::File { path: PathBuf::from("-"), source })?
    } else {
        arguments.token.clone()
    };
    let jwks = key_set(&arguments.jwks, arguments.ca_file.as_deref())?;
    let input = Map::from_iter([
        ("token".to_owned(), Value::from(token.trim())),
        ("decrypt".to_owned(), json!({"key": private_key(&root, &arguments.key)?})),
        ("verify".to_owned(), json!({ "jwks": jwks })),
        ("now".to_owned(), clock::now().into()),
    ]);
    let body = ask(&root, &arguments.target, "nested.open", &input)?;
    for name in ["outer", "inner", "claims"] {
        let text = body.get(name).and_then(Value::as_str).unwrap_or("absent");
        let value: Value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
        let text = serde_json::to_string_pretty(&value).unwrap_or_default();
        super::print(&format!("{name}: {text}\n"))?;
    }
    Ok(exit::CONFORMS)
}

/// The `accept` of an adapter.
fn ask(
    root: &Path,
    target: &str,
    operation: &str,
    input: &Map<String, Value>,
) -> Result<Map<String, Value>, RunError> {
    let adapter = Adapter::named(root, target)?;
    adapter.install(&|text| say!("{text}"))?;
    let Some(operation) = Operation::named(operation) else {
        return Err(RunError::Usage(format!("unknown operation {operation}")));
    };
    let deadline = Duration::from_secs(10);
    let launch = Launch { command: adapter.command(), folder: None, deadline };
    let mut interview = Interview::new(launch, None);
    let outcome = interview.ask(operation, input);
    interview.close();
    match outcome.event {
        Event::Answer(Answer::Accept(body)) => Ok(body),
        _ => Err(refused(target, &outcome.to_value().to_string())),
    }
}

fn refused(target: &str, text: &str) -> RunError {
    RunError::Target { target: target.to_owned(), message: printable(text, 4000) }
}

/// The forms of a private key as the protocol sends them.
fn private_key(root: &Path, name: &str) -> Result<Value, RunError> {
    let keys = Keys::load(&root.join("vectors/keys"))?;
    if let Some(file) = keys.named(name) {
        let KeyForms { jwk, pem, der } = &file.private;
        let mut forms = Map::from_iter([("jwk".to_owned(), jwk.clone().into())]);
        for (form, text) in [("pem", pem), ("der", der)] {
            forms.extend(text.clone().map(|text| (form.to_owned(), text.into())));
        }
        return Ok(Value::Object(forms));
    }
    let text = read(Path::new(name)).map_err(|error| {
        RunError::Usage(format!("{error}; `--key` is a test key's name or a file with a JWK"))
    })?;
    match serde_json::from_str::<Map<String, Value>>(&text) {
        Ok(_) => Ok(json!({ "jwk": text })),
        Err(error) => Err(RunError::Usage(format!("{name}: no JWK: {error}"))),
    }
}

fn key_set(place: &str, ca_file: Option<&Path>) -> Result<String, RunError> {
    if place.starts_with("http://") || place.starts_with("https://") {
        return runner::server::fetch(place, ca_file)
            .map_err(|text| RunError::Usage(format!("{place}: {text}")));
    }
    read(Path::new(place))
}

fn read(path: &Path) -> Result<String, RunError> {
    std::fs::read_to_string(path).map_err(|source| RunError::File { path: path.to_owned(), source })
}
