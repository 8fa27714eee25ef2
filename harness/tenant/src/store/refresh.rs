//! Refresh tokens (RFC 6749 §6), by their digest. Each is used once; what comes of it belongs to the
//! same family, and a family in which one is used twice ends (RFC 9700 §4.14.2).

use rusqlite::{Connection, OptionalExtension as _, params};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE refresh_tokens (
        digest BLOB PRIMARY KEY,
        family BLOB NOT NULL,
        client_id TEXT NOT NULL,
        audience TEXT NOT NULL,
        scope TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        is_used INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
    CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);
";

/// What a refresh token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    /// SHA-256 of the token.
    pub digest: Vec<u8>,
    /// The digest of the first of its family.
    pub family: Vec<u8>,
    /// The client it was issued to.
    pub client_id: String,
    /// The API.
    pub audience: String,
    /// What was granted, separated by spaces.
    pub scope: String,
    /// When the family ends, in NumericDate seconds.
    pub expires_at: i64,
    /// Whether it was exchanged.
    pub is_used: bool,
}

pub(crate) fn find(
    connection: &Connection,
    digest: &[u8],
) -> rusqlite::Result<Option<RefreshToken>> {
    let mut statement = connection.prepare_cached(
        "SELECT family, client_id, audience, scope, expires_at, is_used
         FROM refresh_tokens WHERE digest = ?1",
    )?;
    let token = statement.query_row([digest], |row| {
        Ok(RefreshToken {
            digest: digest.to_vec(),
            family: row.get(0)?,
            client_id: row.get(1)?,
            audience: row.get(2)?,
            scope: row.get(3)?,
            expires_at: row.get(4)?,
            is_used: row.get(5)?,
        })
    });
    token.optional()
}

/// Keeps a token, and drops what has expired. `now` is in NumericDate seconds.
pub(crate) fn insert(
    connection: &Connection,
    token: &RefreshToken,
    now: i64,
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM refresh_tokens WHERE expires_at <= ?1", [now])?;
    connection.execute(
        "INSERT INTO refresh_tokens (digest, family, client_id, audience, scope, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            token.digest,
            token.family,
            token.client_id,
            token.audience,
            token.scope,
            token.expires_at
        ],
    )?;
    Ok(())
}

/// Uses a token up: true for the first who does.
pub(crate) fn consume(connection: &Connection, digest: &[u8]) -> rusqlite::Result<bool> {
    let changed = connection.execute(
        "UPDATE refresh_tokens SET is_used = 1 WHERE digest = ?1 AND is_used = 0",
        [digest],
    )?;
    Ok(changed == 1)
}

/// Ends a family.
pub(crate) fn end(connection: &Connection, family: &[u8]) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM refresh_tokens WHERE family = ?1", [family])?;
    Ok(())
}
