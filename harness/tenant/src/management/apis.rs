//! `/api/v2/resource-servers`: APIs, and the keys that their access tokens are encrypted to.

mod encryption;

use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::fields::{Fields, Kind, Known, conflict, invalid};
use super::ids;
use super::page::List;
use super::request::{Reply, Request};
use super::show::{self, merged, object};
use crate::error::ManagementError;
use crate::model::{Api, Scope};
use crate::state::Tenant;
use crate::store::apis as table;

pub(super) fn create(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let mut fields = request.body()?;
    let identifier = fields.required_text("identifier")?;
    if !(1..=600).contains(&identifier.chars().count()) {
        return Err(fields.wrong("identifier", "Expected 1 to 600 characters"));
    }
    let mut rng = tenant.rng();
    let mut api = Api {
        id: ids::hexadecimal(24, &mut rng),
        name: identifier.chars().filter(|c| !"<>".contains(*c)).take(200).collect(),
        identifier,
        signing_alg: "RS256".to_owned(),
        signing_secret: String::new(),
        token_lifetime: 86_400,
        allow_offline_access: false,
        scopes: Vec::new(),
        encryption: None,
        is_system: false,
        more: "{}".to_owned(),
    };
    apply(&mut api, fields, tenant)?;
    tenant.store.transaction(|transaction| {
        if table::find_by_identifier(transaction, &api.identifier)?.is_some() {
            return Err(conflict("A resource server with the same identifier already exists."));
        }
        table::insert(transaction, &api)?;
        Ok(Reply::Created(with_secret(&api)))
    })
}

pub(super) fn list(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let query = &request.query;
    query.allow(&["identifiers"])?;
    let mut apis =
        tenant.store.with(|connection| Ok::<_, ManagementError>(table::list(connection)?))?;
    let wanted: Vec<&str> = query.all("identifiers").collect();
    apis.retain(|api| wanted.is_empty() || wanted.contains(&api.identifier.as_str()));
    let items = apis.iter().map(shown).collect();
    query.page(&List { member: "resource_servers", id: "id", items }).map(Reply::Ok)
}

pub(super) fn read(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let api = tenant.store.with(|connection| found(connection, request))?;
    request.query.choose(&shown(&api)).map(Reply::Ok)
}

pub(super) fn update(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let fields = request.body()?;
    tenant.store.transaction(|transaction| {
        let mut api = changeable(transaction, request)?;
        let had_secret = !api.signing_secret.is_empty();
        apply(&mut api, fields, tenant)?;
        table::update(transaction, &api)?;
        Ok(Reply::Ok(if had_secret { shown(&api) } else { with_secret(&api) }))
    })
}

pub(super) fn delete(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.transaction(|transaction| {
        table::delete(transaction, &changeable(transaction, request)?)?;
        Ok(Reply::Deleted)
    })
}

/// What both a new API and a change of one may say.
fn apply(api: &mut Api, mut fields: Fields, tenant: &Tenant) -> Result<(), ManagementError> {
    if let Some(name) = fields.text("name")? {
        if !(1..=200).contains(&name.chars().count()) || name.contains(['<', '>']) {
            return Err(fields.wrong("name", "Expected 1 to 200 characters without < and >"));
        }
        api.name = name;
    }
    if let Some(alg) = fields.text("signing_alg")? {
        if !["RS256", "PS256", "HS256"].contains(&alg.as_str()) {
            return Err(fields.wrong("signing_alg", "No enum match"));
        }
        api.signing_alg = alg;
    }
    sign_with(api, &mut fields, tenant)?;
    if let Some(lifetime) = fields.integer("token_lifetime")? {
        let fits = u32::try_from(lifetime).ok().filter(|seconds| (1..=2_592_000).contains(seconds));
        let wrong = || fields.wrong("token_lifetime", "Expected 1 to 2592000 seconds");
        api.token_lifetime = fits.ok_or_else(wrong)?;
    }
    if let Some(allowed) = fields.flag("allow_offline_access")? {
        api.allow_offline_access = allowed;
    }
    if let Some(scopes) = fields.objects("scopes")? {
        api.scopes = parse_scopes(scopes)?;
    }
    encryption::apply(api, &mut fields, tenant)?;
    api.more = merged(&api.more, fields.finish_with(KNOWN)?);
    Ok(())
}

/// HS256 has a secret of at least 32 octets (RFC 7518 §3.2), the others have none.
fn sign_with(api: &mut Api, fields: &mut Fields, tenant: &Tenant) -> Result<(), ManagementError> {
    let given = fields.text("signing_secret")?;
    if api.signing_alg != "HS256" {
        api.signing_secret.clear();
        return match given {
            None => Ok(()),
            Some(_) => Err(fields.wrong("signing_secret", "Only HS256 has a secret")),
        };
    }
    match given {
        Some(secret) if (32..=256).contains(&secret.len()) => api.signing_secret = secret,
        Some(_) => {
            return Err(fields.wrong("signing_secret", "Expected 32 to 256 octets"));
        }
        None if api.signing_secret.is_empty() => {
            api.signing_secret = ids::alphanumeric(64, &mut tenant.rng());
        }
        None => {}
    }
    Ok(())
}

/// RFC 6749 §3.3: a scope has neither blanks nor quotes nor backslashes, as tokens list them.
fn parse_scopes(list: Vec<Fields>) -> Result<Vec<Scope>, ManagementError> {
    let mut scopes: Vec<Scope> = Vec::with_capacity(list.len());
    for mut fields in list {
        let value = fields.required_text("value")?;
        let plain = |octet: u8| octet.is_ascii_graphic() && octet != b'"' && octet != b'\\';
        if !(1..=280).contains(&value.len()) || !value.bytes().all(plain) {
            return Err(fields.wrong("value", "Expected 1 to 280 characters of RFC 6749 §3.3"));
        }
        if scopes.iter().any(|scope| scope.value == value) {
            return Err(fields.wrong("value", "Array items are not unique"));
        }
        let description = fields.text("description")?;
        if description.as_ref().is_some_and(|text| text.chars().count() > 500) {
            return Err(fields.wrong("description", "String is too long, maximum 500"));
        }
        fields.finish()?;
        scopes.push(Scope { value, description });
    }
    Ok(scopes)
}

fn found(connection: &Connection, request: &Request) -> Result<Api, ManagementError> {
    let api = table::find(connection, request.parameter("id"))?;
    api.ok_or_else(inexistent)
}

fn changeable(connection: &Connection, request: &Request) -> Result<Api, ManagementError> {
    let api = found(connection, request)?;
    if api.is_system {
        return Err(invalid("The management API cannot be changed"));
    }
    Ok(api)
}

pub(super) fn inexistent() -> ManagementError {
    let message = "The resource server does not exist.";
    ManagementError::new(StatusCode::NOT_FOUND, "inexistent_resource_server", message)
}

/// The API without secrets and keys.
fn shown(api: &Api) -> Value {
    Value::Object(described(api))
}

/// A secret is in the answer to the request that brought it about and in no other.
fn with_secret(api: &Api) -> Value {
    let mut members = described(api);
    if !api.signing_secret.is_empty() {
        let secret = Value::from(api.signing_secret.as_str());
        members.insert("signing_secret".to_owned(), secret);
    }
    Value::Object(members)
}

fn described(api: &Api) -> Map<String, Value> {
    let mut members = object(&api.more);
    let scopes = api.scopes.iter().map(|scope| {
        let description = scope.description.as_deref().map(Value::from);
        show::members([("value", Some(scope.value.as_str().into())), ("description", description)])
    });
    let own = json!({
        "id": api.id,
        "name": api.name,
        "identifier": api.identifier,
        "is_system": api.is_system,
        "signing_alg": api.signing_alg,
        "token_lifetime": api.token_lifetime,
        "allow_offline_access": api.allow_offline_access,
        "scopes": scopes.collect::<Vec<_>>(),
    });
    if let Value::Object(own) = own {
        members.extend(own);
    }
    if let Some(key) = &api.encryption {
        members.insert("token_encryption".to_owned(), encryption::shown(key));
    }
    members
}

/// Members of Auth0's resource servers that mean nothing here.
const KNOWN: Known = &[
    ("allow_online_access", Kind::Flag),
    ("allow_online_access_with_ephemeral_sessions", Kind::Flag),
    ("authorization_details", Kind::List),
    ("authorization_policy", Kind::Object),
    ("consent_policy", Kind::Text),
    ("enforce_policies", Kind::Flag),
    ("proof_of_possession", Kind::Object),
    ("skip_consent_for_verifiable_first_party_clients", Kind::Flag),
    ("subject_type_authorization", Kind::Object),
    ("token_dialect", Kind::Text),
    ("token_lifetime_for_anonymous_access_tokens", Kind::Number),
    ("verification_location", Kind::Text),
];
