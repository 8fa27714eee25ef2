//! What has to hold for assertions that a target built: read back with the primitives alone.
//!
//! A check looks at all assertions of one asking and says what is wrong with which. What an
//! assertion lacks is the subject of the check that asks for it; the others pass it over.

mod claims;
pub(crate) mod form;
mod header;
pub(crate) mod signature;
pub(crate) mod strict;
pub(crate) mod token;
mod transport;

use crate::make::Built;

/// One thing that has to hold.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "a row of the table")]
pub struct Check {
    /// Its name in suites.
    pub name: &'static str,
    /// Whether it compares the assertion with the caller's clock: a library has to take one then.
    pub reads_clock: bool,
    /// Says what is wrong.
    pub find: fn(&Built, &[&str]) -> Result<(), String>,
}

impl Check {
    /// The check with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CHECKS.iter().find(|check| check.name == name)
    }

    /// Whether it is about the request over HTTP, which only a client sends.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        self.name.starts_with("transport-")
    }
}

const fn row(name: &'static str, find: fn(&Built, &[&str]) -> Result<(), String>) -> Check {
    Check { name, reads_clock: false, find }
}

const fn timed(name: &'static str, find: fn(&Built, &[&str]) -> Result<(), String>) -> Check {
    Check { name, reads_clock: true, find }
}

/// Every check.
pub static CHECKS: &[Check] = &[
    row("count", count),
    row("compact-jws", header::compact),
    row("header-alg", header::alg),
    row("header-kid", header::kid),
    row("header-kid-given", header::kid_given),
    row("header-typ", header::typ),
    row("header-typ-explicit", header::typ_explicit),
    row("header-no-key", header::no_key),
    row("header-crit", header::crit),
    row("header-cty", header::cty),
    row("signature", signature::holds),
    row("claims-object-strict", claims::strict),
    row("iss", claims::iss),
    row("sub", claims::sub),
    row("aud-names-server", claims::aud_names_server),
    row("aud-text", claims::aud_text),
    row("aud-issuer", claims::aud_issuer),
    row("aud-issuer-sole", claims::aud_issuer_sole),
    row("exp-present-number", claims::exp_present_number),
    row("exp-integer", claims::exp_integer),
    timed("exp-future", claims::exp_future),
    timed("lifetime-300", claims::lifetime_300),
    timed("lifetime-60", claims::lifetime_60),
    row("iat-number", claims::iat_number),
    timed("iat-not-future", claims::iat_not_future),
    row("nbf-number", claims::nbf_number),
    timed("nbf-not-future", claims::nbf_not_future),
    row("jti-present", claims::jti_present),
    row("jti-fresh", claims::jti_fresh),
    row("jti-64", claims::jti_64),
    row("jti-uuid", claims::jti_uuid),
    row("iss-64", claims::iss_64),
    row("sub-64", claims::sub_64),
    row("size-2048", token::size_2048),
    row("no-secrets", token::no_secrets),
    row("transport-form", transport::form),
    row("transport-type", transport::assertion_type),
    row("transport-one-assertion", transport::one_assertion),
    row("transport-no-secret", transport::no_secret),
    row("transport-no-repeats", transport::no_repeats),
    row("transport-client-id", transport::client_id),
    row("transport-grant", transport::grant),
    row("transport-not-in-url", transport::not_in_url),
    row("transport-used-once", transport::used_once),
    row("transport-untrusted", transport::untrusted),
];

fn count(built: &Built, assertions: &[&str]) -> Result<(), String> {
    if assertions.len() == built.count {
        Ok(())
    } else {
        Err(format!("{} assertions where {} were asked for", assertions.len(), built.count))
    }
}

/// Looks at each of the assertions, and says at which one something is wrong.
fn each<T>(items: &[T], find: impl Fn(usize, &T) -> Result<(), String>) -> Result<(), String> {
    if items.is_empty() {
        return Err("there is nothing to look at".to_owned());
    }
    for (index, item) in items.iter().enumerate() {
        find(index, item)
            .map_err(|text| format!("assertion {} of {}: {text}", index + 1, items.len()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
