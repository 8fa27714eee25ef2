//! Thumbprints as requests: `jwk.thumbprint`, `certificate.thumbprint`.

use serde_json::{Map, Value, json};
use suite::recipe::{Certificate, Thumbprint};
use suite::{Keys, Mutation, Part};

use super::input::key_text;
use super::{Made, Want};
use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable};
use crate::key::Key;

pub(super) fn key(
    keys: &Keys,
    recipe: &Thumbprint,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let text = match (&recipe.jwk, &recipe.key) {
        (Some(text), None) => text.clone(),
        (None, Some(name)) => {
            let key = Key::named(keys, name)?;
            let half = if recipe.private { &key.file.private } else { key.public() };
            key_text(&half.jwk, &recipe.members, mutation, entropy)?
        }
        _ => return not_applicable("a thumbprint recipe has either `key` or `jwk`"),
    };
    let hash = recipe.hash.clone().unwrap_or_else(|| "SHA-256".to_owned());
    let Some(want) = recipe.want.clone() else {
        return not_applicable("a thumbprint recipe says which value someone else computed");
    };
    let input = Map::from_iter([
        ("key".to_owned(), json!({ "jwk": text })),
        ("hash".to_owned(), hash.into()),
    ]);
    let abilities = vec![("keys", "jwk".to_owned())];
    Ok(Made { operation: "jwk.thumbprint", input, want: Want::Thumbprint(want), abilities })
}

pub(super) fn certificate(
    recipe: &Certificate,
    mutation: Option<&Mutation>,
) -> Result<Made, ForgeError> {
    if mutation.is_some_and(|mutation| mutation.part != Part::Request) {
        return not_applicable("a certificate's request is changed by `pointer`");
    }
    let mut certificate = Map::new();
    for (name, text) in [("pem", &recipe.pem), ("der", &recipe.der)] {
        if let Some(text) = text {
            certificate.insert(name.to_owned(), text.clone().into());
        }
    }
    let input = Map::from_iter([("certificate".to_owned(), Value::Object(certificate))]);
    let want = Want::Thumbprint(recipe.want.clone());
    Ok(Made { operation: "certificate.thumbprint", input, want, abilities: Vec::new() })
}
