//! `/api/v2/clients`: applications.

mod members;

pub(crate) use members::GRANT_TYPES;

use axum::http::StatusCode;
use rand::CryptoRng;
use rejection::Rejection;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::credentials::{Moment, registered};
use super::fields::refused;
use super::ids;
use super::methods::{self, Asked, New};
use super::page::List;
use super::request::{Reply, Request};
use super::show::{object, time};
use crate::error::ManagementError;
use crate::model::{Client, Method};
use crate::state::Tenant;
use crate::store::clients as table;

/// The answer has the secret, which nothing else shows without `read:client_keys`.
pub(super) fn create(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let mut fields = request.body()?;
    let mut rng = tenant.rng();
    let mut client = fresh(tenant.now(), &mut rng);
    let asked = Asked::take(&mut fields)?;
    if asked.is_about_credentials() {
        request.caller.require("create:credentials")?;
    }
    client.name = members::name(&mut fields)?.ok_or_else(|| fields.missing("name"))?;
    if let Some(app_type) = members::app_type(&mut fields)? {
        client.app_type = app_type;
    }
    let (method, grant_types) = members::defaults(&client.app_type);
    client.method = method;
    client.grant_types = grant_types.iter().map(|grant| (*grant).to_owned()).collect();
    match asked.for_new() {
        New::Default => {}
        New::Method(method) => client.method = method,
        New::Credentials(credentials) => {
            client.method = Method::PrivateKeyJwt;
            let moment = Moment { now: tenant.now(), is_associated: true };
            for fields in credentials {
                let credential = registered(fields, &client.credentials, moment, &mut rng)?;
                client.credentials.push(credential);
            }
        }
    }
    members::apply(&mut client, fields)?;
    check_jwt_alg(&client)?;
    tenant.store.transaction(|transaction| {
        table::insert(transaction, &client)?;
        Ok(Reply::Created(shown(&client, true)))
    })
}

pub(super) fn list(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let query = &request.query;
    query.allow(&["app_type", "is_global", "is_first_party"])?;
    let is_shown = request.caller.has(READ_SECRETS);
    let clients =
        tenant.store.with(|connection| Ok::<_, ManagementError>(table::list(connection)?))?;
    let items = clients.iter().map(|client| shown(client, is_shown)).filter(|item| {
        let is = |name: &str, default: bool| item[name].as_bool().unwrap_or(default).to_string();
        let types = query.one("app_type");
        let fits = |one: &str| item["app_type"] == one;
        types.is_none_or(|types| types.split(',').any(fits))
            && query.one("is_global").is_none_or(|wanted| wanted == is("global", false))
            && query.one("is_first_party").is_none_or(|w| w == is("is_first_party", true))
    });
    let list = List { member: "clients", id: "client_id", items: items.collect() };
    query.page(&list).map(Reply::Ok)
}

pub(super) fn read(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let client = tenant.store.with(|connection| found(connection, request))?;
    request.query.choose(&shown(&client, request.caller.has(READ_SECRETS))).map(Reply::Ok)
}

pub(super) fn update(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let mut fields = request.body()?;
    let asked = Asked::take(&mut fields)?;
    if asked.is_about_credentials() {
        request.caller.require("update:credentials")?;
    }
    let name = members::name(&mut fields)?;
    let app_type = members::app_type(&mut fields)?;
    let client_secret = members::client_secret(&mut fields)?;
    if client_secret.is_some() {
        request.caller.require("update:client_keys")?;
    }
    tenant.store.transaction(|transaction| {
        let mut client = found(transaction, request)?;
        asked.apply(&mut client)?;
        client.name = name.unwrap_or(client.name);
        client.app_type = app_type.unwrap_or(client.app_type);
        client.client_secret = client_secret.unwrap_or(client.client_secret);
        members::apply(&mut client, fields)?;
        check_jwt_alg(&client)?;
        table::update(transaction, &client)?;
        Ok(Reply::Ok(shown(&client, request.caller.has(READ_SECRETS))))
    })
}

pub(super) fn delete(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.transaction(|transaction| {
        let removed = table::delete(transaction, request.parameter("client_id"))?;
        if removed { Ok(Reply::Deleted) } else { Err(inexistent()) }
    })
}

/// The new secret is in the answer unless a credential is in force: then it counts only after the
/// method was restored, and is read then.
pub(super) fn rotate_secret(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.transaction(|transaction| {
        let mut client = found(transaction, request)?;
        client.client_secret = ids::alphanumeric(SECRET_CHARACTERS, &mut tenant.rng());
        table::update(transaction, &client)?;
        Ok(Reply::Ok(shown(&client, true)))
    })
}

/// The client that the path names.
pub(super) fn found(connection: &Connection, request: &Request) -> Result<Client, ManagementError> {
    table::find(connection, request.parameter("client_id"))?.ok_or_else(inexistent)
}

/// A client without a name and with a new secret.
pub(crate) fn fresh(now: i64, rng: &mut impl CryptoRng) -> Client {
    Client {
        client_id: ids::alphanumeric(32, rng),
        name: String::new(),
        app_type: "regular_web".to_owned(),
        grant_types: Vec::new(),
        method: Method::ClientSecretPost,
        client_secret: ids::alphanumeric(SECRET_CHARACTERS, rng),
        jwt_alg: "RS256".to_owned(),
        more: "{}".to_owned(),
        created_at: now,
        credentials: Vec::new(),
    }
}

pub(super) fn inexistent() -> ManagementError {
    let message = "The client does not exist.";
    ManagementError::new(StatusCode::NOT_FOUND, "inexistent_client", message)
}

fn check_jwt_alg(client: &Client) -> Result<(), ManagementError> {
    if client.method == Method::PrivateKeyJwt && client.jwt_alg != "RS256" {
        return Err(refused(Rejection::CredentialJwtAlg));
    }
    Ok(())
}

/// The client, with its secret where that is wanted and in force.
fn shown(client: &Client, with_secret: bool) -> Value {
    let mut members = object(&client.more);
    let mut jwt = match members.remove("jwt_configuration") {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    jwt.insert("alg".to_owned(), Value::from(client.jwt_alg.as_str()));
    let own = json!({
        "client_id": client.client_id,
        "name": client.name,
        "app_type": client.app_type,
        "grant_types": client.grant_types,
        "jwt_configuration": jwt,
        "created_at": time(client.created_at),
        "global": false,
    });
    if let Value::Object(own) = own {
        members.extend(own);
    }
    if client.method == Method::PrivateKeyJwt {
        let name = "client_authentication_methods".to_owned();
        members.insert(name, methods::shown(client));
    } else {
        let name = "token_endpoint_auth_method".to_owned();
        members.insert(name, Value::from(client.method.name()));
        if with_secret {
            let secret = Value::from(client.client_secret.as_str());
            members.insert("client_secret".to_owned(), secret);
        }
    }
    Value::Object(members)
}

/// Characters of a secret: 381 bits.
const SECRET_CHARACTERS: usize = 64;
const READ_SECRETS: &str = "read:client_keys";
