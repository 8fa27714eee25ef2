//! What the server is told at its start.

/// The tenant's names and choices.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers write `Config { field, ..Config::new(…) }`")]
pub struct Config {
    /// The issuer: a URL with its trailing slash. All endpoints are below it.
    pub issuer: String,
    /// A second URL that assertions may name as audience, with its trailing slash.
    pub custom_domain: Option<String>,
    /// Whether anybody may register a client (RFC 7591).
    pub is_registration_open: bool,
    /// `enc` of encrypted access tokens, unless the API says otherwise.
    pub content_encryption: String,
    /// The API of requests that name none.
    pub default_audience: Option<String>,
}

impl Config {
    /// A tenant with nothing special about it.
    #[must_use]
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            custom_domain: None,
            is_registration_open: false,
            content_encryption: "A256GCM".to_owned(),
            default_audience: None,
        }
    }

    /// The URL of an endpoint; `path` has no leading slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// The identifier of the management API, and its base URL.
    #[must_use]
    pub fn management_audience(&self) -> String {
        self.url("api/v2/")
    }

    /// The audiences that a client assertion may name.
    #[must_use]
    pub fn assertion_audiences(&self) -> Vec<String> {
        let own = [self.issuer.clone()];
        own.into_iter().chain(self.custom_domain.clone()).collect()
    }
}
