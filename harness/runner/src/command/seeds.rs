//! `touchstone vectors seeds`: inputs for the fuzz targets, from the questions of the suites.

mod ring;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use runner::plan::{Plan, Planned, Selection};
use runner::{RunError, exit};
use serde_json::Value;
use suite::Suites;

/// Writes one file an input below `folder/TARGET/`, named by the case it comes from. Files of other names
/// stay: they are made by hand.
pub(crate) fn run(folder: &Path) -> Result<i32, RunError> {
    let suites = Suites::load(&super::root()?)?;
    let profiles = suites.profiles.keys().cloned().collect();
    let plan = Plan::make(&suites, &Selection { profiles, quick: true, ..Selection::default() })?;
    let mut seen: BTreeSet<(&str, Vec<u8>)> = BTreeSet::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of_case: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for question in &plan.questions {
        let case = question.case.id.0.as_str();
        let planned = plan.requests.get(question.request);
        for (target, octets) in planned.into_iter().flat_map(inputs) {
            let used = of_case.entry((target, case)).or_default();
            if octets.len() > MOST_OCTETS || *used == MOST_OF_CASE {
                continue;
            }
            if !seen.insert((target, octets.clone())) {
                continue;
            }
            *used += 1;
            write(folder, target, &format!("{}-{used}", case.replace('/', ".")), &octets)?;
            *counts.entry(target).or_default() += 1;
        }
    }
    for (target, name, octets) in ring::seeds(&super::root()?)? {
        write(folder, target, &name, &octets)?;
        *counts.entry(target).or_default() += 1;
    }
    for (target, count) in counts {
        super::print(&format!("{target:<20} {count}\n"))?;
    }
    Ok(exit::CONFORMS)
}

fn write(folder: &Path, target: &str, name: &str, octets: &[u8]) -> Result<(), RunError> {
    let folder = folder.join(target);
    let path = folder.join(name);
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, octets))
        .map_err(|source| RunError::File { path, source })
}

/// What a request has for which target.
fn inputs(planned: &Planned) -> Vec<(&'static str, Vec<u8>)> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let input = &planned.input;
    let mut found = Vec::new();
    let is_jwe = planned.operation.name.starts_with("jwe.");
    let is_jws = planned.operation.name.starts_with("jws.");
    let token = text(input.get("token")).map(String::into_bytes);
    let token = token.or_else(|| forge::decode(&text(input.get("token_b64"))?));
    if let Some(token) = token {
        let is_json = token.first() == Some(&b'{');
        match (is_jwe, is_jws, is_json) {
            (true, _, true) => found.push(("json_jwe", token.clone())),
            (true, _, false) => found.push(("compact_jwe", token.clone())),
            (_, true, true) => found.push(("json_jws", token.clone())),
            (_, true, false) => found.push(("compact_jws", token.clone())),
            _ => {}
        }
        let parts: Vec<&[u8]> = token.split(|octet| *octet == b'.').collect();
        let decoded = |at: usize| {
            let part = parts.get(at).and_then(|part| str::from_utf8(part).ok())?;
            forge::decode(part)
        };
        if let (true, Some(header)) = (is_jwe && !is_json, decoded(0)) {
            found.push(("json", header.clone()));
            found.push(("jwe_sealed_header", header));
        }
        if let (true, Some(payload)) = (is_jws && !is_json, decoded(1)) {
            found.push(("claims", payload.clone()));
            found.push(("nested_claims", payload));
            found.push(("nested_inner", token.clone()));
        }
        if let Some(last) = parts.last().filter(|last| !is_json && last.len() < 100) {
            found.push(("base64url", last.to_vec()));
        }
    }
    for key in ["key", "decrypt", "verify"] {
        let key = input.get(key);
        let jwk = text(key.and_then(|key| key.get("jwk"))).map(|text| ("jwk", text));
        let jwks = text(key.and_then(|key| key.get("jwks"))).map(|text| ("jwk_set", text));
        found.extend(
            [jwk, jwks].into_iter().flatten().map(|(name, text)| (name, text.into_bytes())),
        );
    }
    if let Some(pem) = text(input.get("pem")) {
        found.push(("credential", pem.into_bytes()));
    }
    found
}

/// Larger ones slow a campaign down and tell it little.
const MOST_OCTETS: usize = 4096;

/// Of one case, at most so many for one target.
const MOST_OF_CASE: usize = 1;
