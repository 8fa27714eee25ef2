//! What survives: one SQLite file.

pub mod apis;
pub mod audit;
pub mod clients;
pub mod keys;
pub mod ledger;
pub mod refresh;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use thiserror::Error;

/// Why the store did not do it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite failed. Its words name tables and paths, never values.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file was written by a newer program.
    #[error(
        "the database has version {found}, and this program knows {VERSION}; use the newer program, or another folder"
    )]
    Newer {
        /// The file's version.
        found: i64,
    },
}

/// The database, one statement or transaction at a time.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::prepare(Connection::open(path)?)
    }

    /// A store that dies with its owner, for tests.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A claimed `jti` has to outlive a loss of power: each commit waits for the disk.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > VERSION {
            return Err(StoreError::Newer { found });
        }
        if found < VERSION {
            for schema in SCHEMAS {
                transaction.execute_batch(schema)?;
            }
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        transaction.commit()?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Reads, or writes with a single statement.
    ///
    /// # Errors
    /// The work's own.
    pub fn with<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        work(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All or nothing: what `work` did is kept when it returns `Ok`, and undone otherwise.
    ///
    /// # Errors
    /// The work's own, or that of the commit.
    pub fn transaction<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let value = work(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Store")
    }
}

/// `user_version` of the file.
const VERSION: i64 = 1;

/// The tables, each part by whoever reads it.
const SCHEMAS: &[&str] =
    &[clients::SCHEMA, apis::SCHEMA, keys::SCHEMA, ledger::SCHEMA, refresh::SCHEMA, audit::SCHEMA];
