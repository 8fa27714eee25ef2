//! The assertions that were used: each `jti` of each issuer once, as long as it could be valid.

use rusqlite::{Connection, params};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE jti_ledger (
        issuer TEXT NOT NULL,
        jti TEXT NOT NULL,
        until INTEGER NOT NULL,
        UNIQUE (issuer, jti)
    );
    CREATE INDEX jti_ledger_until ON jti_ledger (until);
";

/// Claims a `jti` of an issuer: true for the first who does. Of several who claim it at once, in
/// one process or in several, one wins. `now` and `until` are NumericDate seconds.
///
/// # Errors
/// SQLite's; then nothing is claimed.
pub fn claim(
    connection: &Connection,
    issuer: &str,
    jti: &str,
    until: i64,
    now: i64,
) -> rusqlite::Result<bool> {
    drop_expired(connection, now)?;
    // One statement decides. An entry that has expired, but was not dropped, is as good as none.
    let mut statement = connection.prepare_cached(
        "INSERT INTO jti_ledger (issuer, jti, until) VALUES (?1, ?2, ?3)
         ON CONFLICT (issuer, jti) DO UPDATE SET until = excluded.until WHERE until <= ?4",
    )?;
    Ok(statement.execute(params![issuer, jti, until, now])? == 1)
}

/// Drops what can no longer be valid: more than one claim adds, and never so much that it is felt.
fn drop_expired(connection: &Connection, now: i64) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM jti_ledger WHERE rowid IN
         (SELECT rowid FROM jti_ledger WHERE until <= ?1 LIMIT 64)",
    )?;
    statement.execute([now])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, StoreError};

    fn claimed(store: &Store, issuer: &str, until: i64, now: i64) -> bool {
        let claimed: Result<bool, StoreError> =
            store.with(|connection| Ok(claim(connection, issuer, "1", until, now)?));
        claimed.unwrap()
    }

    #[test]
    fn the_first_claim_wins_until_the_time_has_come() {
        let store = Store::in_memory().unwrap();
        assert!(claimed(&store, "a", 100, 50));
        assert!(!claimed(&store, "a", 200, 99));
        assert!(claimed(&store, "b", 100, 50), "clients do not collide");
        assert!(claimed(&store, "a", 200, 100));
        assert!(!claimed(&store, "a", 300, 199));
        let count: Result<i64, StoreError> = store.with(|connection| {
            Ok(connection.query_row("SELECT count(*) FROM jti_ledger", [], |row| row.get(0))?)
        });
        assert_eq!(count.unwrap(), 1, "b's entry was dropped");
    }

    #[test]
    fn what_a_transaction_undoes_is_not_claimed() {
        let store = Store::in_memory().unwrap();
        let undone: Result<(), StoreError> = store.transaction(|transaction| {
            assert!(claim(transaction, "a", "1", 100, 50)?);
            Err(rusqlite::Error::QueryReturnedNoRows.into())
        });
        assert!(undone.is_err());
        assert!(claimed(&store, "a", 100, 50));
    }
}
