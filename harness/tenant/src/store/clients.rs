//! The tables of clients, their credentials and their grants.

mod grants;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::model::{Client, Credential, Method};

pub use grants::{delete_grant, find_grant, granted_scopes, grants, insert_grant, update_grant};

/// A client by its public name, with its credentials.
///
/// # Errors
/// SQLite's.
pub fn find(connection: &Connection, client_id: &str) -> rusqlite::Result<Option<Client>> {
    let query = format!("SELECT {COLUMNS} FROM client WHERE client_id = ?1");
    let client = connection.prepare_cached(&query)?.query_row([client_id], client).optional()?;
    client.map(|client| with_credentials(connection, client)).transpose()
}

/// All clients in the order of their creation, with their credentials.
///
/// # Errors
/// SQLite's.
pub fn list(connection: &Connection) -> rusqlite::Result<Vec<Client>> {
    let query = format!("SELECT {COLUMNS} FROM client ORDER BY rowid");
    let mut statement = connection.prepare_cached(&query)?;
    let clients: Vec<Client> = statement.query_map([], client)?.collect::<Result<_, _>>()?;
    clients.into_iter().map(|client| with_credentials(connection, client)).collect()
}

/// Adds a client and its credentials.
///
/// # Errors
/// SQLite's, also when there is such a client.
pub fn insert(connection: &Connection, client: &Client) -> rusqlite::Result<()> {
    let query = "INSERT INTO client (client_id, name, app_type, grant_types, method, client_secret, \
                 jwt_alg, more, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(query)?.execute(params![
        client.client_id,
        client.name,
        client.app_type,
        to_text(&client.grant_types),
        client.method.name(),
        client.client_secret,
        client.jwt_alg,
        client.more,
        client.created_at,
    ])?;
    for credential in &client.credentials {
        insert_credential(connection, &client.client_id, credential)?;
    }
    Ok(())
}

/// Writes all columns of a client, and which of its credentials are associated. Credentials are
/// neither added nor removed.
///
/// # Errors
/// SQLite's.
pub fn update(connection: &Connection, client: &Client) -> rusqlite::Result<()> {
    let query = "UPDATE client SET name = ?2, app_type = ?3, grant_types = ?4, method = ?5, \
                 client_secret = ?6, jwt_alg = ?7, more = ?8 WHERE client_id = ?1";
    connection.prepare_cached(query)?.execute(params![
        client.client_id,
        client.name,
        client.app_type,
        to_text(&client.grant_types),
        client.method.name(),
        client.client_secret,
        client.jwt_alg,
        client.more,
    ])?;
    for credential in &client.credentials {
        update_credential(connection, credential)?;
    }
    Ok(())
}

/// Removes a client with all that it has; whether there was one.
///
/// # Errors
/// SQLite's.
pub fn delete(connection: &Connection, client_id: &str) -> rusqlite::Result<bool> {
    connection.execute("DELETE FROM refresh_tokens WHERE client_id = ?1", [client_id])?;
    let removed = connection.execute("DELETE FROM client WHERE client_id = ?1", [client_id])?;
    Ok(removed > 0)
}

/// Adds a credential.
///
/// # Errors
/// SQLite's, also when the client has one of the same `kid`.
pub fn insert_credential(
    connection: &Connection,
    client_id: &str,
    credential: &Credential,
) -> rusqlite::Result<()> {
    let query = "INSERT INTO credential (id, client_id, name, kid, alg, jwk, subject_dn, \
                 thumbprint_sha256, created_at, updated_at, expires_at, is_associated) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    connection.prepare_cached(query)?.execute(params![
        credential.id,
        client_id,
        credential.name,
        credential.kid,
        credential.alg,
        credential.jwk,
        credential.subject_dn,
        credential.thumbprint_sha256,
        credential.created_at,
        credential.updated_at,
        credential.expires_at,
        credential.is_associated,
    ])?;
    Ok(())
}

/// Writes what can change of a credential: its expiry and whether it is associated.
///
/// # Errors
/// SQLite's.
pub fn update_credential(connection: &Connection, credential: &Credential) -> rusqlite::Result<()> {
    let query = "UPDATE credential SET expires_at = ?2, updated_at = ?3, is_associated = ?4 \
                 WHERE id = ?1";
    connection.prepare_cached(query)?.execute(params![
        credential.id,
        credential.expires_at,
        credential.updated_at,
        credential.is_associated,
    ])?;
    Ok(())
}

/// Removes a credential.
///
/// # Errors
/// SQLite's.
pub fn delete_credential(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM credential WHERE id = ?1", [id])?;
    Ok(())
}

fn with_credentials(connection: &Connection, mut client: Client) -> rusqlite::Result<Client> {
    let query = "SELECT id, name, kid, alg, jwk, subject_dn, thumbprint_sha256, created_at, \
                 updated_at, expires_at, is_associated FROM credential WHERE client_id = ?1 \
                 ORDER BY rowid";
    let mut statement = connection.prepare_cached(query)?;
    let rows = statement.query_map([&client.client_id], credential)?;
    client.credentials = rows.collect::<Result<_, _>>()?;
    Ok(client)
}

fn client(row: &Row<'_>) -> rusqlite::Result<Client> {
    let method: String = row.get(4)?;
    let method = Method::named(&method)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(4, "method".to_owned(), Type::Text))?;
    Ok(Client {
        client_id: row.get(0)?,
        name: row.get(1)?,
        app_type: row.get(2)?,
        grant_types: from_text(row, 3)?,
        method,
        client_secret: row.get(5)?,
        jwt_alg: row.get(6)?,
        more: row.get(7)?,
        created_at: row.get(8)?,
        credentials: Vec::new(),
    })
}

fn credential(row: &Row<'_>) -> rusqlite::Result<Credential> {
    Ok(Credential {
        id: row.get(0)?,
        name: row.get(1)?,
        kid: row.get(2)?,
        alg: row.get(3)?,
        jwk: row.get(4)?,
        subject_dn: row.get(5)?,
        thumbprint_sha256: row.get(6)?,
        created_at: row.get(7)?,
        updated_at: row.get(8)?,
        expires_at: row.get(9)?,
        is_associated: row.get(10)?,
    })
}

/// A list as the JSON text of its column.
fn to_text(list: &[String]) -> String {
    serde_json::Value::from(list).to_string()
}

/// The list that [`to_text`] wrote.
fn from_text(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

const COLUMNS: &str = "client_id, name, app_type, grant_types, method, client_secret, jwt_alg, \
                       more, created_at";

pub(crate) const SCHEMA: &str = "
CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    app_type TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    method TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    jwt_alg TEXT NOT NULL,
    more TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
    name TEXT,
    kid TEXT NOT NULL,
    alg TEXT NOT NULL,
    jwk TEXT NOT NULL,
    subject_dn TEXT,
    thumbprint_sha256 TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER,
    is_associated INTEGER NOT NULL,
    UNIQUE (client_id, kid)
) STRICT;
CREATE TABLE client_grant (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
    audience TEXT NOT NULL,
    scopes TEXT NOT NULL,
    UNIQUE (client_id, audience)
) STRICT;
";
