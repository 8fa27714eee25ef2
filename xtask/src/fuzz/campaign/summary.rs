//! How a campaign is told at its end.

use super::Campaign;
use crate::fuzz::engine::Engine;
use crate::fuzz::places;
use crate::fuzz::screen;
use crate::fuzz::state::Totals;
use crate::fuzz::triage::{self, Finding};

/// Prints a line a target, the sum, and what was found.
pub(super) fn print(campaign: &Campaign) {
    println!();
    for target in 0..campaign.plan.targets.len() {
        campaign.row(target).iter().for_each(|row| println!("{}", screen::line(row)));
    }
    let mut sum = Totals::default();
    for (name, course) in campaign.plan.targets.iter().zip(&campaign.progress) {
        let Some(totals) = campaign.state.targets.get(name) else { continue };
        sum.executions += totals.executions.saturating_sub(course.before.executions);
        sum.cpu_s += totals.cpu_s - course.before.cpu_s;
    }
    println!(
        "{} executions in {:.0} CPU-seconds, {:.0} s; statistics and pictures: {}",
        screen::short(sum.executions as f64),
        sum.cpu_s,
        campaign.clock.seconds(),
        campaign.engine.places().relative(&campaign.engine.statistics())
    );
    for text in &campaign.complaints {
        println!("{text}");
    }
    // A smaller one of its class may have come after it.
    let places = campaign.engine.places();
    let current = campaign.findings.iter().map(|found| {
        let files = triage::of_class(&places.artifacts(&found.target), &found.class.slug());
        let path = files.ok().and_then(|files| files.into_iter().next());
        Finding { path: path.unwrap_or_else(|| found.path.clone()), ..found.clone() }
    });
    let findings: Vec<_> = current.collect();
    for found in &findings {
        println!("{}", finding(&campaign.engine, found));
    }
    kept(campaign, &findings);
}

/// Prints the findings of earlier campaigns, which are not in `new`.
fn kept(campaign: &Campaign, new: &[Finding]) {
    let places = campaign.engine.places();
    for target in &campaign.plan.targets {
        // What cannot be read was told when it was counted.
        for path in places::files(&places.artifacts(target)).unwrap_or_default() {
            let is_new = new.iter().any(|finding| finding.path == path);
            if !is_new {
                let path = places.relative(&path);
                println!(
                    "KEPT {target}, of an earlier campaign\n  cargo xtask fuzz repro {target} {path}"
                );
            }
        }
    }
}

/// A finding with what reproduces it.
pub(super) fn finding(engine: &Engine, finding: &Finding) -> String {
    let Finding { target, class, path, is_known } = finding;
    let known = if *is_known { " (known: its class stands in fuzz/regressions/)" } else { "" };
    let path = engine.places().relative(path);
    let flag = if engine.is_with_asan() { " --asan" } else { "" };
    format!("FOUND {target}: {class}{known}\n  cargo xtask fuzz repro {target} {path}{flag}")
}
