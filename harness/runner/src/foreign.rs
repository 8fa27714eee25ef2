//! The test vectors of another project, asked of our targets in the adapter protocol.
//!
//! Nothing of them is in this repository but the list of those that we read otherwise.

mod asking;
mod primitive;
mod rulings;
mod superset;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

use protocol::Operation;
use serde_json::{Map, Value};

use crate::error::RunError;

pub use asking::{Agreement, ask};
pub use rulings::{Ruling, Rulings, Word};
pub use superset::{Mutant, disagreements};

/// One foreign test.
#[derive(Clone, Debug)]
pub struct Vector {
    /// The file that it stands in.
    pub file: String,
    /// Its number in that file.
    pub id: u64,
    /// What its authors say of it.
    pub comment: String,
    /// `valid`, `invalid` or `acceptable`.
    pub says: String,
    /// The question, or why it cannot be asked.
    pub question: Result<Question, String>,
}

/// A foreign test as a request.
#[derive(Clone, Debug)]
pub struct Question {
    /// The operation.
    pub operation: &'static Operation,
    /// The `in` of the request.
    pub input: Map<String, Value>,
    /// What a target must declare: a list of `hello` and a name that is in it.
    pub abilities: Vec<(&'static str, String)>,
    /// What is right.
    pub want: Want,
}

/// The outcome that is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Acceptance, with this content where the vector has it.
    Accept(Option<Vec<u8>>),
    /// Anything but acceptance, and no fault.
    Refuse,
    /// Anything but a fault.
    Either,
}

impl Want {
    /// What a vector's own word asks for.
    fn of(says: &str, content: Option<Vec<u8>>) -> Result<Self, String> {
        match says {
            "valid" => Ok(Self::Accept(content)),
            "invalid" => Ok(Self::Refuse),
            "acceptable" => Ok(Self::Either),
            other => Err(format!("`{other}` is no result that is known")),
        }
    }
}

/// Reads the vectors of a checkout, of its folder of vectors, or of one file.
///
/// # Errors
/// [`RunError::File`] for what cannot be read, [`RunError::Usage`] for a folder without vectors.
pub fn load(path: &Path) -> Result<Vec<Vector>, RunError> {
    let mut vectors = Vec::new();
    for path in files(path)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let fail = |source| RunError::File { path: path.clone(), source };
        let text = fs::read_to_string(&path).map_err(fail)?;
        let file: Value = serde_json::from_str(&text)
            .map_err(|error| RunError::Usage(format!("{}: {error}", path.display())))?;
        for group in file.get("testGroups").and_then(Value::as_array).into_iter().flatten() {
            for test in group.get("tests").and_then(Value::as_array).into_iter().flatten() {
                vectors.push(Vector::read(&name, group, test));
            }
        }
    }
    if vectors.is_empty() {
        let text = format!("{} has no vectors of tokens, keys or RSA-OAEP", path.display());
        return Err(RunError::Usage(text));
    }
    Ok(vectors)
}

impl Vector {
    fn read(file: &str, group: &Value, test: &Value) -> Self {
        let kind = text(group, "type");
        let question = match kind {
            "JsonWebEncryption" | "JsonWebSignature" | "JsonWebKey" | "JsonWebCrypto" => {
                tokens::question(group, test)
            }
            "RsaesOaepDecrypt" => primitive::rsa_oaep(group, test),
            other => Err(primitive::why_not(other)),
        };
        Self {
            file: file.to_owned(),
            id: test.get("tcId").and_then(Value::as_u64).unwrap_or_default(),
            comment: text(test, "comment").to_owned(),
            says: text(test, "result").to_owned(),
            question,
        }
    }
}

/// The files of vectors that have something to do with JOSE, in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, RunError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let folder = ["testvectors_v1", "testvectors"]
        .iter()
        .map(|name| path.join(name))
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| path.to_owned());
    let fail = |source| RunError::File { path: folder.clone(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with("_test.json") && FILES.iter().any(|start| name.starts_with(start)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A text member; empty where there is none.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// How the names of the files start that are read.
const FILES: &[&str] = &[
    "json_web_",
    "rsa_oaep_",
    "rsa_three_primes_oaep_",
    "rsa_signature_",
    "rsa_pss_",
    "ecdsa_secp256r1_",
    "ecdsa_secp384r1_",
    "ecdsa_secp521r1_",
    "ed25519_",
];
