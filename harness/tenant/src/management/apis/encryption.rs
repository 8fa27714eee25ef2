//! `token_encryption` of an API. The rules of the key are `reference::credential`'s.
//!
//! The documentation's page on the subject prints the members of the key directly inside
//! `token_encryption`, in a sample that lacks a brace; the schema nests them in `encryption_key`, and
//! so does this server.

use reference::Policy;
use reference::credential::{Registration, Use, register};
use serde_json::{Value, json};

use crate::error::ManagementError;
use crate::management::credentials::about;
use crate::management::fields::{Fields, Nullable};
use crate::management::show::members;
use crate::model::{Api, EncryptionKey};
use crate::state::Tenant;

/// Takes the member: null turns encryption off.
pub(super) fn apply(
    api: &mut Api,
    fields: &mut Fields,
    tenant: &Tenant,
) -> Result<(), ManagementError> {
    match fields.object("token_encryption")? {
        Nullable::Absent => {}
        Nullable::Null => api.encryption = None,
        Nullable::Given(encryption) => api.encryption = Some(parse(encryption, tenant.now())?),
    }
    Ok(())
}

fn parse(mut fields: Fields, now: i64) -> Result<EncryptionKey, ManagementError> {
    let format = fields.required_text("format")?;
    if format != FORMAT {
        return Err(fields.wrong("format", "No enum match, expected compact-nested-jwe"));
    }
    let Nullable::Given(mut key) = fields.object("encryption_key")? else {
        return Err(fields.missing("encryption_key"));
    };
    fields.finish()?;
    let pem = key.required_text("pem")?;
    let name = key.text("name")?;
    let alg = key.text("alg")?;
    let kid = key.text("kid")?;
    let enc = key.text("enc")?;
    if enc.as_ref().is_some_and(|enc| !Policy::default().allows_content_encryption(enc)) {
        return Err(key.wrong("enc", "No enum match"));
    }
    let registration = Registration {
        name: name.as_deref(),
        alg: alg.as_deref(),
        kid: kid.as_deref(),
        ..Registration::new(Use::Api, &pem, now)
    };
    let registered = register(&registration).map_err(|rejection| about(&key, rejection))?;
    key.finish()?;
    Ok(EncryptionKey {
        name,
        alg: registered.alg.to_owned(),
        kid,
        enc,
        jwk: registered.key.members().to_text(),
        thumbprint_sha256: registered.thumbprint_sha256.unwrap_or_default(),
    })
}

/// The key's description; never the key.
pub(super) fn shown(key: &EncryptionKey) -> Value {
    let key = members([
        ("name", key.name.as_deref().map(Value::from)),
        ("alg", Some(key.alg.as_str().into())),
        ("kid", key.kid.as_deref().map(Value::from)),
        ("enc", key.enc.as_deref().map(Value::from)),
        ("thumbprint_sha256", Some(key.thumbprint_sha256.as_str().into())),
    ]);
    json!({ "format": FORMAT, "encryption_key": key })
}

/// The one format: a JWS, then a JWE in the compact serialization.
const FORMAT: &str = "compact-nested-jwe";
