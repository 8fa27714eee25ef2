//! Client grants: which client may have which scopes of which API.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{from_text, to_text};
use crate::model::ClientGrant;

/// The scopes that a client may have at an API; none where there is no grant.
///
/// # Errors
/// SQLite's.
pub fn granted_scopes(
    connection: &Connection,
    client_id: &str,
    audience: &str,
) -> rusqlite::Result<Option<Vec<String>>> {
    let query = "SELECT scopes FROM client_grant WHERE client_id = ?1 AND audience = ?2";
    let mut statement = connection.prepare_cached(query)?;
    statement.query_row([client_id, audience], |row| from_text(row, 0)).optional()
}

/// A grant by its id.
///
/// # Errors
/// SQLite's.
pub fn find_grant(connection: &Connection, id: &str) -> rusqlite::Result<Option<ClientGrant>> {
    let query = "SELECT id, client_id, audience, scopes FROM client_grant WHERE id = ?1";
    connection.prepare_cached(query)?.query_row([id], grant).optional()
}

/// All grants in the order of their creation, of one client or API where one is named.
///
/// # Errors
/// SQLite's.
pub fn grants(
    connection: &Connection,
    client_id: Option<&str>,
    audience: Option<&str>,
) -> rusqlite::Result<Vec<ClientGrant>> {
    let query = "SELECT id, client_id, audience, scopes FROM client_grant \
                 WHERE client_id = ifnull(?1, client_id) AND audience = ifnull(?2, audience) \
                 ORDER BY rowid";
    let mut statement = connection.prepare_cached(query)?;
    statement.query_map([client_id, audience], grant)?.collect()
}

/// Adds a grant.
///
/// # Errors
/// SQLite's, also when the client has one for this API.
pub fn insert_grant(connection: &Connection, grant: &ClientGrant) -> rusqlite::Result<()> {
    let query =
        "INSERT INTO client_grant (id, client_id, audience, scopes) VALUES (?1, ?2, ?3, ?4)";
    let scopes = to_text(&grant.scopes);
    connection.prepare_cached(query)?.execute(params![
        grant.id,
        grant.client_id,
        grant.audience,
        scopes
    ])?;
    Ok(())
}

/// Writes the scopes of a grant.
///
/// # Errors
/// SQLite's.
pub fn update_grant(connection: &Connection, grant: &ClientGrant) -> rusqlite::Result<()> {
    let query = "UPDATE client_grant SET scopes = ?2 WHERE id = ?1";
    connection.prepare_cached(query)?.execute(params![grant.id, to_text(&grant.scopes)])?;
    Ok(())
}

/// Removes a grant; whether there was one.
///
/// # Errors
/// SQLite's.
pub fn delete_grant(connection: &Connection, id: &str) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM client_grant WHERE id = ?1", [id])? > 0)
}

fn grant(row: &Row<'_>) -> rusqlite::Result<ClientGrant> {
    Ok(ClientGrant {
        id: row.get(0)?,
        client_id: row.get(1)?,
        audience: row.get(2)?,
        scopes: from_text(row, 3)?,
    })
}
