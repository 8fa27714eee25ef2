//! The table of APIs.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::{Value, json};

use crate::model::{Api, EncryptionKey, Scope};
use crate::scopes;

/// An API by its identifier, which is the audience of its tokens.
///
/// # Errors
/// SQLite's.
pub fn find_by_identifier(
    connection: &Connection,
    identifier: &str,
) -> rusqlite::Result<Option<Api>> {
    let query = format!("SELECT {COLUMNS} FROM api WHERE identifier = ?1");
    connection.prepare_cached(&query)?.query_row([identifier], api).optional()
}

/// An API by its id, or else by its identifier.
///
/// # Errors
/// SQLite's.
pub fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<Api>> {
    let query = format!("SELECT {COLUMNS} FROM api WHERE id = ?1");
    match connection.prepare_cached(&query)?.query_row([name], api).optional()? {
        Some(api) => Ok(Some(api)),
        None => find_by_identifier(connection, name),
    }
}

/// All APIs in the order of their creation.
///
/// # Errors
/// SQLite's.
pub fn list(connection: &Connection) -> rusqlite::Result<Vec<Api>> {
    let query = format!("SELECT {COLUMNS} FROM api ORDER BY rowid");
    connection.prepare_cached(&query)?.query_map([], api)?.collect()
}

/// Adds an API.
///
/// # Errors
/// SQLite's, also when its identifier is taken.
pub fn insert(connection: &Connection, api: &Api) -> rusqlite::Result<()> {
    let query = "INSERT INTO api (id, identifier, name, signing_alg, signing_secret, \
                 token_lifetime, allow_offline_access, scopes, encryption, is_system, more) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    write(connection, query, api)
}

/// Writes all of an API but its id.
///
/// # Errors
/// SQLite's.
pub fn update(connection: &Connection, api: &Api) -> rusqlite::Result<()> {
    let query = "UPDATE api SET identifier = ?2, name = ?3, signing_alg = ?4, \
                 signing_secret = ?5, token_lifetime = ?6, allow_offline_access = ?7, \
                 scopes = ?8, encryption = ?9, is_system = ?10, more = ?11 WHERE id = ?1";
    write(connection, query, api)
}

/// Removes an API, the grants for it and the refresh tokens: another API of the same identifier
/// starts without them.
///
/// # Errors
/// SQLite's.
pub fn delete(connection: &Connection, api: &Api) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM client_grant WHERE audience = ?1", [&api.identifier])?;
    connection.execute("DELETE FROM refresh_tokens WHERE audience = ?1", [&api.identifier])?;
    connection.execute("DELETE FROM api WHERE id = ?1", [&api.id])?;
    Ok(())
}

/// Makes sure that there is the one system API, the management API, with this identifier and all
/// scopes. When the issuer changed, grants for it follow.
///
/// # Errors
/// SQLite's, also when another API has the identifier.
pub fn ensure_management(connection: &Connection, identifier: &str) -> rusqlite::Result<()> {
    let query = format!("SELECT {COLUMNS} FROM api WHERE is_system = 1");
    let found = connection.query_row(&query, [], api).optional()?;
    let Some(found) = found else {
        return insert(connection, &management(identifier));
    };
    let query = "UPDATE client_grant SET audience = ?2 WHERE audience = ?1";
    connection.execute(query, [found.identifier.as_str(), identifier])?;
    update(connection, &Api { id: found.id, ..management(identifier) })
}

fn management(identifier: &str) -> Api {
    Api {
        id: "0".repeat(24),
        name: "Management API".to_owned(),
        identifier: identifier.to_owned(),
        signing_alg: "RS256".to_owned(),
        signing_secret: String::new(),
        token_lifetime: 86_400,
        allow_offline_access: false,
        scopes: scopes::management(),
        encryption: None,
        is_system: true,
        more: "{}".to_owned(),
    }
}

fn write(connection: &Connection, query: &str, api: &Api) -> rusqlite::Result<()> {
    let scopes: Vec<Value> = api.scopes.iter().map(scope_to_json).collect();
    let encryption = api.encryption.as_ref().map(|key| encryption_to_json(key).to_string());
    connection.prepare_cached(query)?.execute(params![
        api.id,
        api.identifier,
        api.name,
        api.signing_alg,
        api.signing_secret,
        api.token_lifetime,
        api.allow_offline_access,
        Value::from(scopes).to_string(),
        encryption,
        api.is_system,
        api.more,
    ])?;
    Ok(())
}

fn api(row: &Row<'_>) -> rusqlite::Result<Api> {
    let scopes = json_column(row, 7)?;
    let scopes = scopes.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Api {
        id: row.get(0)?,
        identifier: row.get(1)?,
        name: row.get(2)?,
        signing_alg: row.get(3)?,
        signing_secret: row.get(4)?,
        token_lifetime: row.get(5)?,
        allow_offline_access: row.get(6)?,
        scopes: scopes.iter().filter_map(scope_of_json).collect(),
        encryption: encryption(row, 8)?,
        is_system: row.get(9)?,
        more: row.get(10)?,
    })
}

/// A key that cannot be read is an error: without it, tokens would go out in clear text.
fn encryption(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<EncryptionKey>> {
    let Some(value) = json_column(row, column)? else { return Ok(None) };
    let malformed =
        || rusqlite::Error::InvalidColumnType(column, "encryption".to_owned(), Type::Text);
    encryption_of_json(&value).map(Some).ok_or_else(malformed)
}

fn json_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Value>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

fn scope_to_json(scope: &Scope) -> Value {
    json!({ "value": scope.value, "description": scope.description })
}

fn scope_of_json(value: &Value) -> Option<Scope> {
    Some(Scope { value: text(value, "value")?, description: text(value, "description") })
}

fn encryption_to_json(key: &EncryptionKey) -> Value {
    json!({
        "name": key.name,
        "alg": key.alg,
        "kid": key.kid,
        "enc": key.enc,
        "jwk": key.jwk,
        "thumbprint_sha256": key.thumbprint_sha256,
    })
}

fn encryption_of_json(value: &Value) -> Option<EncryptionKey> {
    Some(EncryptionKey {
        name: text(value, "name"),
        alg: text(value, "alg")?,
        kid: text(value, "kid"),
        enc: text(value, "enc"),
        jwk: text(value, "jwk")?,
        thumbprint_sha256: text(value, "thumbprint_sha256")?,
    })
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

const COLUMNS: &str = "id, identifier, name, signing_alg, signing_secret, token_lifetime, \
                       allow_offline_access, scopes, encryption, is_system, more";

pub(crate) const SCHEMA: &str = "
CREATE TABLE api (
    id TEXT PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    signing_alg TEXT NOT NULL,
    signing_secret TEXT NOT NULL,
    token_lifetime INTEGER NOT NULL,
    allow_offline_access INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    encryption TEXT,
    is_system INTEGER NOT NULL,
    more TEXT NOT NULL
) STRICT;
";
