//! How a client authenticates: `token_endpoint_auth_method` or `client_authentication_methods`,
//! never both.

use rejection::Rejection;
use serde_json::Value;

use super::fields::{Fields, Nullable, invalid, refused};
use crate::error::ManagementError;
use crate::model::{Client, Method};

/// The two members of a request.
pub(super) struct Asked {
    method: Nullable<Method>,
    /// The credentials of `private_key_jwt`.
    credentials: Nullable<Vec<Fields>>,
}

/// What a new client gets.
pub(super) enum New {
    /// What its type gets by default.
    Default,
    /// A method without credentials.
    Method(Method),
    /// `private_key_jwt` with these credentials.
    Credentials(Vec<Fields>),
}

impl Asked {
    /// Takes both members.
    pub(super) fn take(fields: &mut Fields) -> Result<Self, ManagementError> {
        let name = "token_endpoint_auth_method";
        let method = match fields.nullable_text(name)? {
            Nullable::Absent => Nullable::Absent,
            Nullable::Null => Nullable::Null,
            Nullable::Given(text) => {
                let method = Method::named(&text).filter(|method| *method != Method::PrivateKeyJwt);
                Nullable::Given(method.ok_or_else(|| fields.wrong(name, "No enum match"))?)
            }
        };
        let credentials = match fields.object("client_authentication_methods")? {
            Nullable::Absent => Nullable::Absent,
            Nullable::Null => Nullable::Null,
            Nullable::Given(methods) => Nullable::Given(private_key_jwt(methods)?),
        };
        if matches!((&method, &credentials), (Nullable::Given(_), Nullable::Given(_))) {
            return Err(refused(Rejection::CredentialMethodsExclusive));
        }
        Ok(Self { method, credentials })
    }

    /// Whether the request touches credentials, and so needs a scope for them.
    pub(super) const fn is_about_credentials(&self) -> bool {
        !matches!(self.credentials, Nullable::Absent)
    }

    /// For a new client null is the same as absent.
    pub(super) fn for_new(self) -> New {
        match (self.method, self.credentials) {
            (_, Nullable::Given(credentials)) => New::Credentials(credentials),
            (Nullable::Given(method), _) => New::Method(method),
            _ => New::Default,
        }
    }

    /// Changes a client. To switch, the one member has to be null and the other given.
    pub(super) fn apply(self, client: &mut Client) -> Result<(), ManagementError> {
        let has_keys = client.method == Method::PrivateKeyJwt;
        match (self.method, self.credentials) {
            (Nullable::Absent, Nullable::Absent) => Ok(()),
            (Nullable::Null, Nullable::Given(credentials)) => associate(client, credentials),
            (Nullable::Absent, Nullable::Given(credentials)) if has_keys => {
                associate(client, credentials)
            }
            (Nullable::Given(method), Nullable::Null) => {
                dissociate(client, method);
                Ok(())
            }
            (Nullable::Given(method), Nullable::Absent) if !has_keys => {
                client.method = method;
                Ok(())
            }
            // Nothing to clear on either side.
            (Nullable::Absent, Nullable::Null) if !has_keys => Ok(()),
            (Nullable::Null, Nullable::Absent) if has_keys => Ok(()),
            (Nullable::Null, Nullable::Absent | Nullable::Null) | (_, Nullable::Null) => {
                Err(invalid(LEFT_WITHOUT))
            }
            (_, Nullable::Given(_)) | (Nullable::Given(_), _) => {
                Err(refused(Rejection::CredentialMethodsExclusive))
            }
        }
    }
}

fn private_key_jwt(mut methods: Fields) -> Result<Vec<Fields>, ManagementError> {
    let Nullable::Given(mut inner) = methods.object("private_key_jwt")? else {
        // Mutual TLS is what Auth0 has besides.
        methods.finish()?;
        return Err(invalid(
            "Missing required property: client_authentication_methods.private_key_jwt",
        ));
    };
    methods.finish()?;
    let credentials = inner.objects("credentials")?.ok_or_else(|| inner.missing("credentials"))?;
    if credentials.is_empty() {
        return Err(inner.wrong("credentials", "Array is too short, minimum 1"));
    }
    if credentials.len() > 2 {
        return Err(inner.refused("credentials", Rejection::CredentialTooMany));
    }
    inner.finish()?;
    Ok(credentials)
}

/// Associates exactly the credentials that are named, all of which the client has already.
fn associate(client: &mut Client, named: Vec<Fields>) -> Result<(), ManagementError> {
    let mut ids = Vec::with_capacity(named.len());
    for mut fields in named {
        let id = fields.required_text("id")?;
        if ids.contains(&id) {
            return Err(fields.wrong("id", "Array items are not unique"));
        }
        if !client.credentials.iter().any(|credential| credential.id == id) {
            return Err(fields.wrong("id", "The client has no such credential"));
        }
        fields.finish()?;
        ids.push(id);
    }
    for credential in &mut client.credentials {
        credential.is_associated = ids.contains(&credential.id);
    }
    client.method = Method::PrivateKeyJwt;
    Ok(())
}

/// The credentials stay, so that they can be associated again.
fn dissociate(client: &mut Client, method: Method) {
    for credential in &mut client.credentials {
        credential.is_associated = false;
    }
    client.method = method;
}

/// `client_authentication_methods` of a client that has one.
pub(super) fn shown(client: &Client) -> Value {
    let associated = client.credentials.iter().filter(|credential| credential.is_associated);
    let ids: Vec<Value> =
        associated.map(|credential| serde_json::json!({ "id": credential.id })).collect();
    serde_json::json!({ "private_key_jwt": { "credentials": ids } })
}

const LEFT_WITHOUT: &str =
    "One of token_endpoint_auth_method and client_authentication_methods has to be given";
