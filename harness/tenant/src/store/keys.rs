//! The table of the tenant's signing keys, private.

use rusqlite::{Connection, params};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY,
        jwk TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        published_until INTEGER
    );
";

/// One row.
pub(crate) struct Row {
    /// The private key as JWK text.
    pub jwk: String,
    /// Until when the key is published; absent for the one that signs.
    pub published_until: Option<i64>,
}

/// The keys, the one that signs first. `now` is in NumericDate seconds.
pub(crate) fn load(connection: &Connection, now: i64) -> rusqlite::Result<Vec<Row>> {
    connection.execute("DELETE FROM signing_keys WHERE published_until <= ?1", [now])?;
    let mut statement = connection.prepare(
        "SELECT jwk, published_until FROM signing_keys
         ORDER BY published_until IS NOT NULL, published_until DESC, kid",
    )?;
    let rows = statement
        .query_map([], |row| Ok(Row { jwk: row.get(0)?, published_until: row.get(1)? }))?;
    rows.collect()
}

/// Makes a key the one that signs; those before it stay published until `until`.
pub(crate) fn rotate(
    connection: &Connection,
    kid: &str,
    jwk: &str,
    now: i64,
    until: i64,
) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE signing_keys SET published_until = ?1 WHERE published_until IS NULL",
        [until],
    )?;
    connection.execute(
        "INSERT INTO signing_keys (kid, jwk, created_at) VALUES (?1, ?2, ?3)",
        params![kid, jwk, now],
    )?;
    Ok(())
}
