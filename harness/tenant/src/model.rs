//! What a tenant has: clients with credentials, and APIs. Times are NumericDate seconds.

/// An application.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a row of the store")]
pub struct Client {
    /// Its public name, 32 characters.
    pub client_id: String,
    /// A name for people.
    pub name: String,
    /// `non_interactive`, `regular_web`, `spa` or `native`.
    pub app_type: String,
    /// The grants it may use, such as `client_credentials`.
    pub grant_types: Vec<String>,
    /// How it authenticates.
    pub method: Method,
    /// Its secret, kept while another method is in force, so that it can be restored.
    pub client_secret: String,
    /// `jwt_configuration.alg`.
    pub jwt_alg: String,
    /// Further members of the management API or of RFC 7591 that are stored and returned as they
    /// came, as JSON text of one object.
    pub more: String,
    /// When it was created.
    pub created_at: i64,
    /// Its credentials, associated or not, in the order of their creation.
    pub credentials: Vec<Credential>,
}

/// How a client authenticates (RFC 7591 §2 `token_endpoint_auth_method`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "each is handled everywhere")]
pub enum Method {
    /// `none`.
    None,
    /// `client_secret_post`.
    ClientSecretPost,
    /// `client_secret_basic`.
    ClientSecretBasic,
    /// `private_key_jwt`: in the management API `client_authentication_methods` is set and
    /// `token_endpoint_auth_method` is null.
    PrivateKeyJwt,
}

impl Method {
    /// The word of RFC 7591 §2 and of OpenID Connect.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The method of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Every method.
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretPost, Self::ClientSecretBasic, Self::PrivateKeyJwt];
}

/// A registered public key of a client; never key material that is secret.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a row of the store")]
pub struct Credential {
    /// `cred_` and 22 characters.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
    /// The key's name in headers.
    pub kid: String,
    /// The one algorithm of its signatures.
    pub alg: String,
    /// The public key as JWK text.
    pub jwk: String,
    /// The certificate's subject, where the key came in one.
    pub subject_dn: Option<String>,
    /// `x5t#S256`, where the key came in a certificate.
    pub thumbprint_sha256: Option<String>,
    /// When it was created.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// When it expires.
    pub expires_at: Option<i64>,
    /// Whether it authenticates the client, or merely exists.
    pub is_associated: bool,
}

/// What a client may do at an API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of the store")]
pub struct ClientGrant {
    /// `cgr_` and 16 characters.
    pub id: String,
    /// The client.
    pub client_id: String,
    /// The identifier of the API.
    pub audience: String,
    /// The scopes that the client may have.
    pub scopes: Vec<String>,
}

/// An API, also called a resource server.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a row of the store")]
pub struct Api {
    /// 24 hexadecimal digits.
    pub id: String,
    /// A name for people, 1 to 200 characters.
    pub name: String,
    /// The audience of its access tokens; unique, never changes.
    pub identifier: String,
    /// `RS256`, `PS256` or `HS256`.
    pub signing_alg: String,
    /// The secret of `HS256`; empty otherwise.
    pub signing_secret: String,
    /// Seconds.
    pub token_lifetime: u32,
    /// Whether refresh tokens are issued for it.
    pub allow_offline_access: bool,
    /// Its scopes.
    pub scopes: Vec<Scope>,
    /// The key that its access tokens are encrypted to.
    pub encryption: Option<EncryptionKey>,
    /// Whether it is the management API, which cannot be changed.
    pub is_system: bool,
    /// Further members that are stored and returned as they came, as JSON text of one object.
    pub more: String,
}

/// One scope of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of the store")]
pub struct Scope {
    /// The word in requests.
    pub value: String,
    /// For people.
    pub description: Option<String>,
}

/// The public key of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of the store")]
pub struct EncryptionKey {
    /// A name for people.
    pub name: Option<String>,
    /// `RSA-OAEP-256`, `-384` or `-512`.
    pub alg: String,
    /// The header's `kid`, where one was given.
    pub kid: Option<String>,
    /// `enc` of the tokens, an extension of this server: A256GCM or what the program was told where
    /// absent. It is the member `enc` of `token_encryption.encryption_key`.
    pub enc: Option<String>,
    /// The public key as JWK text.
    pub jwk: String,
    /// Of the certificate, or of the SubjectPublicKeyInfo (`reference::manual`).
    pub thumbprint_sha256: String,
}
