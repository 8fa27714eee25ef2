//! The management API.

use std::sync::Arc;

use axum::Router;

use crate::state::Tenant;

/// Its routes.
pub fn router() -> Router<Arc<Tenant>> {
    Router::new()
}
