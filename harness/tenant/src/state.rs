//! What every handler shares.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::config::Config;
use crate::error::Unavailable;
use crate::keys::SigningKeys;
use crate::store::Store;

/// The time in NumericDate seconds. Tests fix it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A tenant that answers requests.
pub struct Tenant {
    /// What survives.
    pub store: Store,
    /// What was said at the start.
    pub config: Config,
    keys: SigningKeys,
    clock: Clock,
    entropy: Mutex<ChaCha20Rng>,
}

impl Tenant {
    /// A tenant over a store. All randomness comes from `entropy`.
    #[must_use]
    pub fn new(
        store: Store,
        config: Config,
        keys: SigningKeys,
        clock: Clock,
        entropy: ChaCha20Rng,
    ) -> Arc<Self> {
        Arc::new(Self { store, config, keys, clock, entropy: Mutex::new(entropy) })
    }

    /// The keys that sign and verify the tenant's tokens.
    #[must_use]
    pub const fn keys(&self) -> &SigningKeys {
        &self.keys
    }

    /// The time, in NumericDate seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    /// A generator for one request, so that nobody waits for another's RSA.
    #[must_use]
    pub fn rng(&self) -> ChaCha20Rng {
        let mut seed = [0; 32];
        self.entropy.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut seed);
        ChaCha20Rng::from_seed(seed)
    }

    /// Runs what computes or waits for the disk on a thread of its own.
    ///
    /// # Errors
    /// The work's own; [`Unavailable`] as 500 when it panicked.
    pub async fn blocking<T, E>(
        self: Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        match tokio::task::spawn_blocking(move || work(&self)).await {
            Ok(result) => result,
            Err(_) => Err(E::from(Unavailable { status: StatusCode::INTERNAL_SERVER_ERROR })),
        }
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Tenant({})", self.config.issuer)
    }
}
