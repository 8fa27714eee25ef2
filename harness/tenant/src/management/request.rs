//! One request to the management API, and how an operation answers it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, RawPathParamsRejection};
use axum::extract::{RawPathParams, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{self, MethodFilter};
use axum::{Extension, Router};
use serde_json::Value;

use super::access::Caller;
use super::fields::Fields;
use super::page::Query;
use crate::body;
use crate::error::{ManagementError, no_store};
use crate::server::Peer;
use crate::state::Tenant;
use crate::store::audit::{self, Entry};

/// What an operation sees.
pub(super) struct Request {
    /// Who asks. The scope of the operation is there.
    pub caller: Caller,
    /// The parameters of the URL.
    pub query: Query,
    path: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

/// What an operation answers when it succeeds.
pub(super) enum Reply {
    /// 200.
    Ok(Value),
    /// 201.
    Created(Value),
    /// 204.
    Deleted,
}

/// One method of one path.
pub(super) struct Operation {
    pub method: MethodFilter,
    pub path: &'static str,
    /// The scope that the token has to have.
    pub scope: &'static str,
    pub run: fn(&Tenant, &Request) -> Result<Reply, ManagementError>,
}

impl Request {
    /// A parameter of the path, decoded.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.path.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// The body, which is a JSON object.
    pub(super) fn body(&self) -> Result<Fields, ManagementError> {
        body::require_json(&self.headers)?;
        Fields::body(body::json(&self.body)?)
    }
}

/// The routes of operations.
pub(super) fn routes(operations: &'static [Operation]) -> Router<Arc<Tenant>> {
    operations.iter().fold(Router::new(), |router, operation| {
        let handler = move |State(tenant): State<Arc<Tenant>>,
                            path: Result<RawPathParams, RawPathParamsRejection>,
                            RawQuery(query): RawQuery,
                            peer: Option<Extension<Peer>>,
                            headers: HeaderMap,
                            body: Result<Bytes, BytesRejection>| {
            let path = path.as_ref().map(owned).unwrap_or_default();
            let query = Query::parse(&query.unwrap_or_default());
            let address = peer.map(|Extension(peer)| peer.0.ip().to_string());
            answer(operation, tenant, Parts { path, query, headers, body, address })
        };
        router.route(operation.path, routing::on(operation.method, handler))
    })
}

/// A request before its token was looked at.
struct Parts {
    path: Vec<(String, String)>,
    query: Query,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
    address: Option<String>,
}

/// Everything waits for the disk or computes with RSA, so it runs on a thread of its own. What
/// changed something or was refused goes to the audit log.
async fn answer(operation: &'static Operation, tenant: Arc<Tenant>, parts: Parts) -> Response {
    let work = move |tenant: &Tenant| -> Result<Reply, ManagementError> {
        let mut entry = Entry {
            time: tenant.now(),
            event: "management".to_owned(),
            endpoint: operation.path.to_owned(),
            outcome: "accepted".to_owned(),
            address: parts.address.clone(),
            ..Entry::default()
        };
        let client_id = parts.path.iter().find(|(name, _)| name == "client_id");
        let client_id = client_id.map(|(_, client_id)| client_id.clone());
        let result = run(operation, tenant, parts);
        match &result {
            Ok(_) if operation.method == MethodFilter::GET => return result,
            // Only then it is known to be a client's.
            Ok(_) => entry.client_id = client_id,
            Err(error) => error.outcome().clone_into(&mut entry.outcome),
        }
        tenant
            .store
            .with(|connection| Ok::<_, ManagementError>(audit::record(connection, &entry)?))?;
        result
    };
    match tenant.blocking(work).await {
        Ok(reply) => reply.into_response(),
        Err(error) => error.into_response(),
    }
}

fn run(operation: &Operation, tenant: &Tenant, parts: Parts) -> Result<Reply, ManagementError> {
    let Parts { path, query, headers, body, .. } = parts;
    let caller = Caller::of(&headers, tenant)?;
    caller.require(operation.scope)?;
    let body = body.map_err(|rejection| unread(&rejection))?;
    (operation.run)(tenant, &Request { caller, query, path, headers, body })
}

impl Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Ok(body) => no_store(StatusCode::OK, &body),
            Self::Created(body) => no_store(StatusCode::CREATED, &body),
            Self::Deleted => StatusCode::NO_CONTENT.into_response(),
        }
    }
}

fn unread(rejection: &BytesRejection) -> ManagementError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ManagementError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            "The body is too large.",
        ),
        _ => ManagementError::bad_request("invalid_body", "The body did not arrive."),
    }
}

/// A path that is no UTF-8 has no parameters, and so names nothing.
fn owned(path: &RawPathParams) -> Vec<(String, String)> {
    path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
