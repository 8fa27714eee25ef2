//! `/api/v2/clients/{client_id}/credentials`: public keys of clients. The rules are
//! `reference::credential`'s.

use axum::http::StatusCode;
use rand::CryptoRng;
use reference::credential::{Registration, Use, parse_expiry, register};
use rejection::Rejection;
use rusqlite::Connection;
use serde_json::Value;

use super::clients;
use super::fields::{Fields, Nullable, conflict, refused, sentence};
use super::ids;
use super::request::{Reply, Request};
use super::show::{members, time};
use crate::error::ManagementError;
use crate::model::{Client, Credential};
use crate::state::Tenant;
use crate::store::clients as table;

pub(super) fn create(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let fields = request.body()?;
    tenant.store.transaction(|transaction| {
        let client = clients::found(transaction, request)?;
        // It has to be associated before it authenticates.
        let moment = Moment { now: tenant.now(), is_associated: false };
        let credential = registered(fields, &client.credentials, moment, &mut tenant.rng())?;
        table::insert_credential(transaction, &client.client_id, &credential)?;
        Ok(Reply::Created(shown(&credential)))
    })
}

pub(super) fn list(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.with(|connection| {
        let client = clients::found(connection, request)?;
        Ok(Reply::Ok(client.credentials.iter().map(shown).collect()))
    })
}

pub(super) fn read(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.with(|connection| Ok(Reply::Ok(shown(&found(connection, request)?))))
}

/// Only the expiry changes, under the rule that it had at first: it lies in the future.
pub(super) fn update(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let mut fields = request.body()?;
    if let Some(name) = fields.names().find(|name| IMMUTABLE.contains(name)) {
        return Err(fields.refused(name, Rejection::CredentialImmutable));
    }
    let now = tenant.now();
    let expires_at = match fields.nullable_text("expires_at")? {
        Nullable::Absent => None,
        Nullable::Null => Some(None),
        Nullable::Given(text) => {
            let wrong = |rejection| fields.refused("expires_at", rejection);
            let expires_at = parse_expiry(&text).map_err(wrong)?;
            if expires_at <= now {
                return Err(wrong(Rejection::CredentialExpiryPast));
            }
            Some(Some(expires_at))
        }
    };
    fields.finish()?;
    tenant.store.transaction(|transaction| {
        let mut credential = found(transaction, request)?;
        if let Some(expires_at) = expires_at {
            credential.expires_at = expires_at;
            credential.updated_at = now;
            table::update_credential(transaction, &credential)?;
        }
        Ok(Reply::Ok(shown(&credential)))
    })
}

/// An associated credential can be removed, too: from then on it does not authenticate, and a
/// client without any is locked out until its method changes or a credential is associated.
pub(super) fn delete(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.transaction(|transaction| {
        table::delete_credential(transaction, &found(transaction, request)?.id)?;
        Ok(Reply::Deleted)
    })
}

/// When a credential is registered, and what for.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub now: i64,
    pub is_associated: bool,
}

/// Registers a credential beside those that the client has.
pub(super) fn registered(
    mut fields: Fields,
    others: &[Credential],
    moment: Moment,
    rng: &mut impl CryptoRng,
) -> Result<Credential, ManagementError> {
    if fields.text("credential_type")?.as_deref() != Some(CREDENTIAL_TYPE) {
        return Err(fields.refused("credential_type", Rejection::CredentialType));
    }
    let pem = fields.required_text("pem")?;
    let name = fields.text("name")?;
    let alg = fields.text("alg")?;
    let kid = fields.text("kid")?;
    let expires_at = fields.text("expires_at")?.as_deref().map(parse_expiry).transpose();
    let expires_at = expires_at.map_err(|rejection| fields.refused("expires_at", rejection))?;
    let parse_expiry_from_cert = fields.flag("parse_expiry_from_cert")?.unwrap_or(false);
    let registration = Registration {
        name: name.as_deref(),
        alg: alg.as_deref(),
        kid: kid.as_deref(),
        expires_at,
        parse_expiry_from_cert,
        existing: others.len(),
        ..Registration::new(Use::Client, &pem, moment.now)
    };
    let registered = register(&registration).map_err(|rejection| about(&fields, rejection))?;
    fields.finish()?;
    if others.iter().any(|other| other.kid == registered.kid) {
        let taken = Rejection::CredentialKidTaken;
        return Err(conflict(sentence(taken)).because(taken));
    }
    Ok(Credential {
        id: format!("cred_{}", ids::alphanumeric(22, rng)),
        name,
        kid: registered.kid,
        alg: registered.alg.to_owned(),
        jwk: registered.key.members().to_text(),
        subject_dn: registered.subject_dn,
        thumbprint_sha256: registered.thumbprint_sha256,
        created_at: moment.now,
        updated_at: moment.now,
        expires_at: registered.expires_at,
        is_associated: moment.is_associated,
    })
}

/// The refusal of a key, at the member that it is about.
pub(super) fn about(fields: &Fields, rejection: Rejection) -> ManagementError {
    let name = match rejection {
        Rejection::CredentialTooMany => return refused(rejection),
        Rejection::CredentialNameLength => "name",
        Rejection::CredentialAlg | Rejection::CredentialAlgMissing => "alg",
        Rejection::CredentialKid => "kid",
        Rejection::CredentialExpiryFormat | Rejection::CredentialExpiryPast => "expires_at",
        Rejection::CredentialExpiryConflict | Rejection::CredentialExpiryNoCertificate => {
            "parse_expiry_from_cert"
        }
        _ => {
            let reason = format!("Invalid certificate: {}", sentence(rejection));
            return fields.wrong("pem", &reason).because(rejection);
        }
    };
    fields.refused(name, rejection)
}

fn found(connection: &Connection, request: &Request) -> Result<Credential, ManagementError> {
    let Client { credentials, .. } = clients::found(connection, request)?;
    let id = request.parameter("credential_id");
    credentials.into_iter().find(|credential| credential.id == id).ok_or_else(|| {
        let message = "The credential does not exist.";
        ManagementError::new(StatusCode::NOT_FOUND, "inexistent_credential", message)
    })
}

/// The credential without its key.
fn shown(credential: &Credential) -> Value {
    members([
        ("id", Some(credential.id.as_str().into())),
        ("name", credential.name.as_deref().map(Value::from)),
        ("kid", Some(credential.kid.as_str().into())),
        ("alg", Some(credential.alg.as_str().into())),
        ("credential_type", Some(CREDENTIAL_TYPE.into())),
        ("subject_dn", credential.subject_dn.as_deref().map(Value::from)),
        ("thumbprint_sha256", credential.thumbprint_sha256.as_deref().map(Value::from)),
        ("created_at", time(credential.created_at).map(Value::from)),
        ("updated_at", time(credential.updated_at).map(Value::from)),
        ("expires_at", credential.expires_at.and_then(time).map(Value::from)),
    ])
}

/// The only type that there is here; Auth0 has further ones for mutual TLS.
const CREDENTIAL_TYPE: &str = "public_key";

/// What a credential is registered with and keeps.
const IMMUTABLE: &[&str] =
    &["name", "credential_type", "pem", "alg", "kid", "parse_expiry_from_cert", "subject_dn"];
