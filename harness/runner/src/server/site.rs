//! A server as its clients find it: metadata, the clients and the API that questions need.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use forge::{ClientSpec, Forge, Setting};
use serde_json::{Map, Value, json};
use suite::Keys;

use super::http::{Caller, NoReply, Reply, Sent, shown};
use super::opening::{check_keys, check_token_endpoint, discover, management, variable};
use super::target::{Api, ServerTarget};

/// An open server.
pub(super) struct Site<'a> {
    pub target: &'a ServerTarget,
    pub forge: &'a Forge<'a>,
    pub keys: &'a Keys,
    pub caller: Caller,
    pub metadata: Map<String, Value>,
    pub issuer: String,
    pub management: Option<(String, String)>,
    pub api: Option<Api>,
    registration_token: Option<String>,
    clients: RefCell<BTreeMap<ClientSpec, Result<Registered, Why>>>,
    /// What is deleted in the end: URL and bearer token.
    litter: RefCell<Vec<(String, String)>>,
    /// Clients that the server gave us no way to delete.
    undeletable: Cell<usize>,
    nonces: RefCell<u64>,
    seed: String,
}

/// A client that exists at the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Registered {
    pub client_id: String,
    pub kids: Vec<String>,
}

/// Why a client cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The server does not offer it, or refused it.
    Unsupported { what: &'static str, value: String },
    /// It did not answer.
    NoReply(NoReply),
}

impl<'a> Site<'a> {
    /// Asks for the metadata and prepares an API, if the server has a management API.
    ///
    /// # Errors
    /// Why nothing can be asked, for people.
    pub(super) fn open(
        target: &'a ServerTarget,
        forge: &'a Forge<'a>,
        keys: &'a Keys,
        seed: String,
    ) -> Result<Self, String> {
        check_keys(target, keys)?;
        let caller = Caller::new(&target.limits, target.ca_file.as_deref())?;
        let mut metadata = discover(&caller, &target.issuer, target.metadata.is_empty())?;
        metadata.extend(target.metadata.clone());
        let issuer = match metadata.get("issuer").and_then(Value::as_str) {
            // Metadata of another issuer is not this server's (RFC 8414 §3.3); a slash at the end is
            // what people leave out when they type it.
            Some(own) if own.trim_end_matches('/') == target.issuer.trim_end_matches('/') => own,
            Some(own) => return Err(format!("its metadata is of another issuer, `{own}`")),
            None => target.issuer.as_str(),
        };
        let issuer = issuer.to_owned();
        check_token_endpoint(&metadata)?;
        let management = target.management.as_ref().map(management).transpose()?;
        let registration_token = target
            .registration
            .as_ref()
            .and_then(|registration| registration.token_env.as_deref())
            .map(variable)
            .transpose()?;
        let ours = management.iter().map(|(_, token)| token).chain(&registration_token);
        ours.for_each(|token| caller.secrets.add(token));
        let mut site = Self {
            target,
            forge,
            keys,
            caller,
            metadata,
            issuer,
            management,
            api: target.api.clone(),
            registration_token,
            clients: RefCell::new(BTreeMap::new()),
            litter: RefCell::new(Vec::new()),
            undeletable: Cell::new(0),
            nonces: RefCell::new(0),
            seed,
        };
        if site.api.is_none() && site.management.is_some() {
            site.api = match site.create_api(API_KEY, "RSA-OAEP-256", Some(API_KEY)) {
                Ok(api) => Some(api),
                Err(Why::Unsupported { value, .. }) if value.contains("401") => {
                    return Err(format!("its management API: {value}"));
                }
                Err(Why::Unsupported { .. }) => None,
                Err(Why::NoReply(why)) => return Err(format!("its management API: {why:?}")),
            };
        }
        Ok(site)
    }

    /// A URL of the metadata.
    pub(super) fn endpoint(&self, name: &str) -> Option<&str> {
        self.metadata.get(&format!("{name}_endpoint")).and_then(Value::as_str)
    }

    /// What placeholders stand for, now and for this client.
    pub(super) fn setting(&self, client: &Registered) -> Setting {
        let token_endpoint = self.endpoint("token").unwrap_or_default().to_owned();
        let audience = match self.target.audience.as_deref() {
            None | Some("issuer") => self.issuer.clone(),
            Some("token_endpoint") => token_endpoint.clone(),
            Some(text) => text.to_owned(),
        };
        let other = self.other().map_or_else(|_| "touchstone-nobody".to_owned(), |it| it.client_id);
        Setting {
            issuer: self.issuer.clone(),
            audience,
            token_endpoint,
            client_id: client.client_id.clone(),
            other_client_id: other,
            now: self.caller.now(),
            kids: client.kids.clone(),
            nonce: self.nonce(),
        }
    }

    /// The parameters that each token request of this server has.
    pub(super) fn request(&self) -> BTreeMap<String, String> {
        let mut request = self.target.request.clone();
        request.entry("grant_type".to_owned()).or_insert_with(|| "client_credentials".to_owned());
        // A vendor with a management API issues no token for no API.
        if let (Some(_), Some(api)) = (&self.management, &self.api) {
            for (name, value) in &api.request {
                request.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        request
    }

    /// Another client, whose key is another one.
    pub(super) fn other(&self) -> Result<Registered, Why> {
        let names = ["rsa-2048-b".to_owned()];
        match self.forge.client(&names, "RS256") {
            Ok(spec) => self.client(&spec),
            Err(error) => Err(Why::Unsupported { what: "client", value: error.to_string() }),
        }
    }

    /// A client like this: one that exists, or a new one.
    pub(super) fn client(&self, spec: &ClientSpec) -> Result<Registered, Why> {
        if let Some(known) = self.clients.borrow().get(spec) {
            return known.clone();
        }
        let made = self.make_client(spec);
        if !matches!(made, Err(Why::NoReply(_))) {
            self.clients.borrow_mut().insert(spec.clone(), made.clone());
        }
        made
    }

    /// Makes a client that nobody else uses.
    pub(super) fn make_client(&self, spec: &ClientSpec) -> Result<Registered, Why> {
        if let Some(known) = self.static_client(spec) {
            return Ok(known);
        }
        if self.management.is_some() {
            return self.manage_client(spec);
        }
        if self.endpoint("registration").is_some() {
            return self.register_client(spec);
        }
        let keys: Vec<String> = spec
            .credentials
            .iter()
            .map(|credential| format!("{} with {}", credential.alg, credential.key))
            .collect();
        Err(Why::Unsupported { what: "client", value: keys.join(" and ") })
    }

    fn static_client(&self, spec: &ClientSpec) -> Option<Registered> {
        let [credential] = spec.credentials.as_slice() else { return None };
        if credential.expires_in.is_some() || !credential.is_associated {
            return None;
        }
        let found = self
            .target
            .client
            .iter()
            .find(|client| client.alg == credential.alg && client.key == credential.key)?;
        let kid = found.kid.clone().unwrap_or_else(|| credential.kid.clone());
        Some(Registered { client_id: found.client_id.clone(), kids: vec![kid] })
    }

    /// RFC 7591.
    fn register_client(&self, spec: &ClientSpec) -> Result<Registered, Why> {
        let unsupported = |what, value: &str| Why::Unsupported { what, value: value.to_owned() };
        let mut keys = Vec::new();
        for credential in &spec.credentials {
            if credential.expires_in.is_some() || !credential.is_associated {
                return Err(unsupported("client", "credentials with a life of their own"));
            }
            let mut key: Map<String, Value> =
                serde_json::from_str(&credential.jwk).unwrap_or_default();
            key.insert("alg".to_owned(), credential.alg.clone().into());
            key.insert("use".to_owned(), "sig".into());
            keys.push(Value::Object(key));
        }
        let alg = spec.credentials.first().map(|first| first.alg.clone()).unwrap_or_default();
        let mut body = json!({
            "client_name": "touchstone",
            "grant_types": ["client_credentials"],
            "response_types": [],
            "redirect_uris": [],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": alg,
            "jwks": {"keys": keys},
        });
        if let (Value::Object(members), Some(registration)) = (&mut body, &self.target.registration)
        {
            members.extend(registration.metadata.clone());
        }
        let endpoint = self.endpoint("registration").unwrap_or_default().to_owned();
        let sent = json_request("POST", &endpoint, self.registration_token.as_deref(), &body);
        let reply = self.caller.send(&sent).map_err(Why::NoReply)?;
        let answer = reply.json().unwrap_or_default();
        let Some(client_id) = answer.get("client_id").and_then(Value::as_str) else {
            return Err(refused("registration", &sent, reply));
        };
        if let (Some(url), Some(token)) = (
            answer.get("registration_client_uri").and_then(Value::as_str),
            answer.get("registration_access_token").and_then(Value::as_str),
        ) {
            self.litter.borrow_mut().push((url.to_owned(), token.to_owned()));
        } else {
            self.undeletable.set(self.undeletable.get() + 1);
        }
        check_client_id(client_id)?;
        let kids = spec.credentials.iter().map(|credential| credential.kid.clone()).collect();
        Ok(Registered { client_id: client_id.to_owned(), kids })
    }

    /// The vendor's management API: a client with its associated credentials, then the others.
    fn manage_client(&self, spec: &ClientSpec) -> Result<Registered, Why> {
        let now = self.caller.now();
        let mut associated = Vec::new();
        let mut loose = Vec::new();
        for credential in &spec.credentials {
            let mut body = json!({
                "name": credential.key, "credential_type": "public_key",
                "pem": credential.pem, "alg": credential.alg, "kid": credential.kid,
            });
            if let (Some(seconds), Value::Object(members)) = (credential.expires_in, &mut body) {
                if seconds <= 0 {
                    let value = "a credential that has expired already".to_owned();
                    return Err(Why::Unsupported { what: "client", value });
                }
                members.insert("expires_at".to_owned(), iso(now.saturating_add(seconds)).into());
            }
            if credential.is_associated { associated.push(body) } else { loose.push(body) }
        }
        let mut body = json!({
            "name": "touchstone", "app_type": "non_interactive",
            "grant_types": ["client_credentials"],
            "jwt_configuration": {"alg": "RS256"},
        });
        if let Value::Object(members) = &mut body {
            if associated.is_empty() {
                // A client of this kind has to have some credential.
                let names = ["rsa-2048-e3".to_owned()];
                if let Ok(other) = self.forge.client(&names, "RS256")
                    && let Some(other) = other.credentials.first()
                {
                    associated.push(json!({
                        "name": other.key, "credential_type": "public_key",
                        "pem": other.pem, "alg": other.alg, "kid": other.kid,
                    }));
                }
            }
            members.insert(
                "client_authentication_methods".to_owned(),
                json!({"private_key_jwt": {"credentials": associated}}),
            );
        }
        let (sent, reply) = self.manage("POST", "clients", Some(&body))?;
        let answer = reply.json().unwrap_or_default();
        let Some(client_id) = answer.get("client_id").and_then(Value::as_str) else {
            return Err(refused("management", &sent, reply));
        };
        check_client_id(client_id)?;
        self.discard(&format!("clients/{client_id}"));
        if let Some(api) = &self.api {
            // Where clients need a grant for an API; where they do not, a refusal changes nothing.
            let grant = json!({"client_id": client_id, "audience": api.audience, "scope": []});
            self.manage("POST", "client-grants", Some(&grant))?;
        }
        for credential in loose {
            let path = format!("clients/{client_id}/credentials");
            let (sent, reply) = self.manage("POST", &path, Some(&credential))?;
            if !(200..300).contains(&reply.status) {
                return Err(refused("management", &sent, reply));
            }
        }
        let kids = spec.credentials.iter().map(|credential| credential.kid.clone()).collect();
        Ok(Registered { client_id: client_id.to_owned(), kids })
    }

    /// An API whose access tokens are encrypted to a test key.
    pub(super) fn create_api(&self, key: &str, alg: &str, kid: Option<&str>) -> Result<Api, Why> {
        let audience = format!("https://api.touchstone.example/{}", self.nonce());
        let pem = self
            .forge
            .filled_text(&format!("@{{pem:{key}}}"), &Setting::default(), &|_| None)
            .map_err(|error| Why::Unsupported { what: "key", value: error.to_string() })?;
        let mut encryption = json!({"name": key, "alg": alg, "pem": pem});
        if let (Some(kid), Value::Object(members)) = (kid, &mut encryption) {
            members.insert("kid".to_owned(), kid.into());
        }
        let body = json!({
            "name": "touchstone", "identifier": audience,
            "token_encryption": {"format": "compact-nested-jwe", "encryption_key": encryption},
        });
        let (sent, reply) = self.manage("POST", "resource-servers", Some(&body))?;
        let answer = reply.json().unwrap_or_default();
        let Some(id) = answer.get("id").and_then(Value::as_str) else {
            return Err(refused("management", &sent, reply));
        };
        self.discard(&format!("resource-servers/{id}"));
        Ok(Api {
            request: BTreeMap::from([("audience".to_owned(), audience.clone())]),
            audience,
            key: key.to_owned(),
            alg: alg.to_owned(),
            enc: "A256GCM".to_owned(),
            kid: kid.map(str::to_owned),
        })
    }

    /// The API that an exchange needs: a new one, or the target's where it is the same.
    pub(super) fn api_for(&self, wanted: &suite::oauth::Api) -> Result<Api, Why> {
        if self.management.is_some() {
            return self.create_api(&wanted.key, &wanted.alg, wanted.kid.as_deref());
        }
        match &self.api {
            Some(api)
                if api.key == wanted.key && api.alg == wanted.alg && api.kid == wanted.kid =>
            {
                Ok(api.clone())
            }
            _ => {
                let value = format!("an API with {} for {}", wanted.alg, wanted.key);
                Err(Why::Unsupported { what: "endpoint", value })
            }
        }
    }

    pub(super) fn manage(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(Sent, Reply), Why> {
        let Some((url, token)) = &self.management else {
            let value = "management API".to_owned();
            return Err(Why::Unsupported { what: "endpoint", value });
        };
        let url = format!("{url}{path}");
        let sent = match body {
            Some(body) => json_request(method, &url, Some(token), body),
            None => Sent { method: method.to_owned(), url, headers: bearer(token), body: None },
        };
        let reply = self.caller.send(&sent).map_err(Why::NoReply)?;
        Ok((sent, reply))
    }

    /// Remembers something of the management API that is deleted in the end.
    pub(super) fn discard(&self, path: &str) {
        if let Some((url, token)) = &self.management {
            self.litter.borrow_mut().push((format!("{url}{path}"), token.clone()));
        }
    }

    /// Deletes what was made, and returns how much of it stays: what the server did not delete, and
    /// what it gave us no way to delete.
    pub(super) fn clean_up(&self) -> usize {
        let mut left = self.undeletable.take();
        for (url, token) in self.litter.borrow_mut().drain(..).rev() {
            let sent =
                Sent { method: "DELETE".to_owned(), url, headers: bearer(&token), body: None };
            // Who was left alone is left alone.
            let is_gone = self.caller.gave_up().is_none()
                && self.caller.send(&sent).is_ok_and(|it| matches!(it.status, 200..300 | 404));
            left += usize::from(!is_gone);
        }
        left
    }

    /// Differs for each asking of each run: what was used once at a server is used up.
    pub(super) fn nonce(&self) -> String {
        let mut count = self.nonces.borrow_mut();
        *count += 1;
        format!("{}-{count}", self.seed)
    }
}

/// Questions change `"iss":"…"` in the text of claims, so that a name has to stand there as it is;
/// what RFC 6749 §A.1 does not allow is no name at all.
fn check_client_id(client_id: &str) -> Result<(), Why> {
    let is_plain = |octet: u8| matches!(octet, b' '..=b'~') && octet != b'"' && octet != b'\\';
    if (1..=MOST_OCTETS).contains(&client_id.len()) && client_id.bytes().all(is_plain) {
        return Ok(());
    }
    let shown = report::printable(client_id, 80);
    Err(Why::Unsupported { what: "client", value: format!("a client called `{shown}`") })
}

pub(super) fn refused(what: &'static str, sent: &Sent, reply: Reply) -> Why {
    let status = reply.status;
    let text = shown(sent, &Ok(reply));
    let body = text.pointer("/response/body").map(Value::to_string).unwrap_or_default();
    Why::Unsupported { what, value: format!("the server refused it with {status}: {body}") }
}

pub(super) fn bearer(token: &str) -> Vec<(String, String)> {
    vec![("Authorization".to_owned(), format!("Bearer {token}"))]
}

fn json_request(method: &str, url: &str, token: Option<&str>, body: &Value) -> Sent {
    let mut headers = token.map(bearer).unwrap_or_default();
    headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    Sent {
        method: method.to_owned(),
        url: url.to_owned(),
        headers,
        body: Some(body.to_string().into_bytes()),
    }
}

pub(super) fn iso(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// Octets of the longest name of a client that is used.
const MOST_OCTETS: usize = 1024;
const API_KEY: &str = "rsa-2048-b";
