//! Dynamic client registration (RFC 7591).

use std::sync::Arc;

use axum::Router;

use crate::state::Tenant;

/// Its routes; merged only when registration is open.
pub fn router() -> Router<Arc<Tenant>> {
    Router::new()
}
