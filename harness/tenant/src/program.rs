//! A tenant in a folder: what the program opens, makes and writes at its start.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use reference::access_token::{self, AccessToken, Dialect, Signing};
use rejection::Rejection;
use serde_json::json;
use thiserror::Error;

use crate::config::Config;
use crate::files::{create_folder, ensure_private, write_private};
use crate::keys::{KeyError, SigningKeys};
use crate::scopes::MANAGEMENT;
use crate::state::{Clock, Tenant};
use crate::store::{Store, StoreError, apis};

/// Why a folder cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file could not be read or written.
    #[error("{path}: {source}; give another folder with --data")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database.
    #[error("{path}: {source}; move the file away, or give another folder with --data")]
    Store {
        /// Which.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
    /// Another program serves this tenant.
    #[error("{0} is served by another program; end it, or give another folder with --data")]
    InUse(PathBuf),
}

/// The folder of a tenant's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder, made if it is not there, only for its owner.
    ///
    /// # Errors
    /// [`FolderError::File`].
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        create_folder(path).map_err(file(path))?;
        // Who reads `serve.json` may stand elsewhere.
        std::path::absolute(path).map(Self).map_err(file(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The file of the management token.
    #[must_use]
    pub fn token_file(&self) -> PathBuf {
        self.0.join("management-token")
    }

    /// Keeps the folder for one server, as long as the file is open: two would rename each other's
    /// management API and sign with keys that the other does not publish. The system ends the lock
    /// with the process, however that ends.
    ///
    /// # Errors
    /// [`FolderError::InUse`] when another program has it.
    pub fn lock(&self) -> Result<File, FolderError> {
        let path = self.0.join("lock");
        ensure_private(&path).map_err(file(&path))?;
        let lock = File::open(&path).map_err(file(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse(self.0.clone())),
            Err(TryLockError::Error(source)) => Err(FolderError::File { path, source }),
        }
    }

    /// Opens the database, which only the owner can read.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn store(&self) -> Result<Store, FolderError> {
        let path = self.0.join("tenant.sqlite");
        ensure_private(&path).map_err(file(&path))?;
        Store::open(&path).map_err(|source| FolderError::Store { path, source })
    }

    /// Writes the management token, and where it is, into the folder.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn write_token(&self, tenant: &Tenant, token: &str) -> Result<(), FolderError> {
        let path = self.token_file();
        write_private(&path, token).map_err(file(&path))?;
        let about = json!({ "issuer": tenant.config.issuer, "management_token_file": path });
        let path = self.0.join("serve.json");
        fs::write(&path, format!("{about:#}\n")).map_err(file(&path))
    }
}

/// A tenant over a database, with its keys and its management API.
///
/// # Errors
/// [`KeyError`]: the store failed, or there is no key to sign with.
pub fn tenant(
    store: Store,
    config: Config,
    is_key_rotated: bool,
    clock: Clock,
    mut entropy: ChaCha20Rng,
) -> Result<Arc<Tenant>, KeyError> {
    let audience = config.management_audience();
    store.transaction(|transaction| {
        Ok::<_, KeyError>(apis::ensure_management(transaction, &audience)?)
    })?;
    let now = clock();
    let mut keys = SigningKeys::load(&store, now, &mut entropy)?;
    if is_key_rotated {
        keys = SigningKeys::rotate(&store, now, &mut entropy)?;
    }
    Ok(Tenant::new(store, config, keys, clock, entropy))
}

/// A token for the management API with all scopes, good for a day.
///
/// # Errors
/// A rejection of the signing key.
pub fn management_token(tenant: &Tenant) -> Result<String, Rejection> {
    let audience = [tenant.config.management_audience()];
    let scope = MANAGEMENT.join(" ");
    let issuer = &tenant.config.issuer;
    let token = AccessToken {
        scope: Some(&scope),
        ..AccessToken::new(Dialect::Auth0, issuer, "touchstone-serve", &audience, tenant.now())
    };
    let key = tenant.keys().current();
    let signing = Signing { key, alg: "RS256", kid: key.kid() };
    access_token::issue(&token, &signing, None, &mut tenant.rng())
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::File { path, source }
}
