//! The two shapes of an error: OAuth's (RFC 6749 §5.2) and the management API's.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rejection::Rejection;
use serde_json::{Map, Value, json};

use crate::exchange::printable;
use crate::store::StoreError;

/// Something of ours failed. Nothing else is said to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a failure has a status")]
pub struct Unavailable {
    /// 500 or 503.
    pub status: StatusCode,
}

/// An error of the token and revocation endpoints: `{error, error_description}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the members of the response")]
pub struct OAuthError {
    /// The status of the response.
    pub status: StatusCode,
    /// `error`.
    pub error: &'static str,
    /// `error_description`: what the sender can see for itself.
    pub description: Cow<'static, str>,
    /// Whether the client tried HTTP Basic, and so is told to (RFC 6749 §5.2).
    pub is_basic: bool,
}

/// An error of the management API: `{statusCode, error, message, errorCode}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the members of the response")]
pub struct ManagementError {
    /// The status of the response.
    pub status: StatusCode,
    /// `errorCode`, left out when empty.
    pub error_code: Cow<'static, str>,
    /// `message`.
    pub message: Cow<'static, str>,
    /// The rule of credentials that said no, for the audit log.
    pub rejection: Option<Rejection>,
}

impl OAuthError {
    /// An error of this status and these words.
    pub fn new(
        status: StatusCode,
        error: &'static str,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, error, description: description.into(), is_basic: false }
    }

    /// 400 `invalid_request`.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// 401 `invalid_client`.
    pub fn invalid_client(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }
}

impl ManagementError {
    /// An error of this status, code and message.
    pub fn new(
        status: StatusCode,
        error_code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, error_code: error_code.into(), message: message.into(), rejection: None }
    }

    /// 400.
    pub fn bad_request(
        error_code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error_code, message)
    }

    /// The same because of a rule of credentials.
    #[must_use]
    pub fn because(self, rejection: Rejection) -> Self {
        Self { rejection: Some(rejection), ..self }
    }

    /// What the audit log says: the rule's code, or `errorCode`.
    #[must_use]
    pub fn outcome(&self) -> &str {
        match self.rejection {
            Some(rejection) => rejection.code(),
            None if self.error_code.is_empty() => "unauthorized",
            None => &self.error_code,
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({
            "error": self.error,
            "error_description": printable(&self.description),
        });
        let mut response = no_store(self.status, &body);
        if self.is_basic && self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"token\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl IntoResponse for ManagementError {
    fn into_response(self) -> Response {
        let mut body = Map::new();
        body.insert("statusCode".to_owned(), Value::from(self.status.as_u16()));
        let reason = self.status.canonical_reason().unwrap_or_default();
        body.insert("error".to_owned(), Value::from(reason));
        body.insert("message".to_owned(), Value::from(self.message));
        let challenge = challenge(self.status, &self.error_code);
        if !self.error_code.is_empty() {
            body.insert("errorCode".to_owned(), Value::from(self.error_code));
        }
        let mut response = no_store(self.status, &Value::Object(body));
        if let Some(challenge) = challenge {
            let challenge = HeaderValue::from_static(challenge);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// RFC 6750 §3: who sent no token hears of no error.
fn challenge(status: StatusCode, error_code: &str) -> Option<&'static str> {
    match (status, error_code) {
        (StatusCode::UNAUTHORIZED, "invalid_token") => Some("Bearer error=\"invalid_token\""),
        (StatusCode::UNAUTHORIZED, _) => Some("Bearer"),
        (StatusCode::FORBIDDEN, "insufficient_scope") => {
            Some("Bearer error=\"insufficient_scope\"")
        }
        _ => None,
    }
}

/// A JSON response that nobody keeps (RFC 6749 §5.1).
#[must_use]
pub fn no_store(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
        (header::CONTENT_TYPE, "application/json"),
    ];
    (status, headers, body.to_string()).into_response()
}

impl From<Unavailable> for OAuthError {
    fn from(unavailable: Unavailable) -> Self {
        Self::new(unavailable.status, "server_error", "The server cannot answer this now.")
    }
}

impl From<Unavailable> for ManagementError {
    fn from(unavailable: Unavailable) -> Self {
        Self::new(unavailable.status, "server_error", "The server cannot answer this now.")
    }
}

/// A failing store is never an acceptance, and its words are for the log.
impl From<StoreError> for Unavailable {
    fn from(error: StoreError) -> Self {
        eprintln!("error: {error}");
        Self { status: StatusCode::SERVICE_UNAVAILABLE }
    }
}

macro_rules! through_unavailable {
    ($($error:ty),+) => {$(
        impl From<StoreError> for $error {
            fn from(error: StoreError) -> Self {
                Unavailable::from(error).into()
            }
        }

        impl From<rusqlite::Error> for $error {
            fn from(error: rusqlite::Error) -> Self {
                StoreError::from(error).into()
            }
        }
    )+};
}

through_unavailable!(OAuthError, ManagementError);
