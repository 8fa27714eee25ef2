//! All endpoints.

use std::sync::Arc;

use axum::Router;

use crate::state::Tenant;
use crate::{management, registration};

/// Everything that the server answers.
pub fn router(tenant: Arc<Tenant>) -> Router {
    let mut router = Router::new().merge(management::router());
    if tenant.config.is_registration_open {
        router = router.merge(registration::router());
    }
    router.with_state(tenant)
}
