//! Who did what, and with which outcome. Never a secret, an assertion, a token or a key.

use rusqlite::{Connection, Row, params};
use serde::Serialize;

pub(crate) const SCHEMA: &str = "
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        time INTEGER NOT NULL,
        event TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        outcome TEXT NOT NULL,
        client_id TEXT,
        jti TEXT,
        address TEXT
    );
";

/// One line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a row of the store")]
pub struct Entry {
    /// When, in NumericDate seconds.
    pub time: i64,
    /// What: `authentication`, `token`, `revocation` or what the management API did.
    pub event: String,
    /// Where: the path.
    pub endpoint: String,
    /// `accepted`, a rejection code, or the `error` of the response.
    pub outcome: String,
    /// The client, when it is one: what strangers write there could be anything.
    pub client_id: Option<String>,
    /// The `jti` of an assertion whose signature held.
    pub jti: Option<String>,
    /// The peer's address.
    pub address: Option<String>,
}

/// Adds an entry, and drops the oldest ones above [`MAX_ENTRIES`].
///
/// # Errors
/// SQLite's.
pub fn record(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit (time, event, endpoint, outcome, client_id, jti, address)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    statement.execute(params![
        entry.time,
        entry.event,
        entry.endpoint,
        entry.outcome,
        entry.client_id,
        entry.jti,
        entry.address,
    ])?;
    let oldest = connection.last_insert_rowid().saturating_sub(MAX_ENTRIES);
    connection.prepare_cached("DELETE FROM audit WHERE id <= ?1")?.execute([oldest])?;
    Ok(())
}

/// Every entry, the oldest first.
///
/// # Errors
/// SQLite's, and what `each` returns.
pub fn read<E: From<rusqlite::Error>>(
    connection: &Connection,
    mut each: impl FnMut(Entry) -> Result<(), E>,
) -> Result<(), E> {
    let mut statement = connection.prepare(
        "SELECT time, event, endpoint, outcome, client_id, jti, address FROM audit ORDER BY id",
    )?;
    for entry in statement.query_map([], entry)? {
        each(entry?)?;
    }
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        time: row.get(0)?,
        event: row.get(1)?,
        endpoint: row.get(2)?,
        outcome: row.get(3)?,
        client_id: row.get(4)?,
        jti: row.get(5)?,
        address: row.get(6)?,
    })
}

/// Entries that are kept. Strangers make entries too, and the disk is finite.
pub const MAX_ENTRIES: i64 = 100_000;
