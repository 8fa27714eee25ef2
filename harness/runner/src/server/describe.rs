//! A question that is asked over HTTP, as text: what `repro` prints.

use std::fmt::Write as _;

use forge::{Forge, Setting};
use serde_json::json;
use suite::case::Instance;
use suite::{Case, Recipe, Suites};

/// The requests of a question, for a server that does not exist.
///
/// # Errors
/// Why it cannot be made, for people.
pub fn describe(suites: &Suites, case: &Case, instance: &Instance) -> Result<String, String> {
    let forge = Forge::new(&suites.keys);
    let mut out = format!("{} [{}]\n  {}\n", case.id, instance.cell, case.title);
    for citation in &case.citations {
        let _ = writeln!(out, "  {citation}");
    }
    if let Some(mutation) = &instance.mutation {
        let _ = writeln!(out, "\nchanged: {:?} {:?}", mutation.part, mutation.action);
    }
    let wrong = |error: forge::ForgeError| error.to_string();
    let requests = match &instance.recipe {
        Recipe::Exchange(_) => json!(forge.exchange(instance, true).map_err(wrong)?.steps),
        Recipe::Assertion(_) => {
            let presented = forge.presented(instance, true, &Setting::default()).map_err(wrong)?;
            let forms: Vec<_> = presented.attempts.iter().map(|attempt| &attempt.form).collect();
            json!(forms)
        }
        other => return Err(format!("{} is asked of libraries", other.operation())),
    };
    let text = serde_json::to_string_pretty(&requests).unwrap_or_default();
    let _ = writeln!(out, "\n{text}");
    let _ = writeln!(
        out,
        "\nIt is asked over HTTP: cargo xtask conformance --filter '{}' --cell '{}' --issuer URL\n\
         (or --server FILE, --target NAME); the report's record holds the exchange.",
        case.id, instance.cell
    );
    Ok(out)
}
