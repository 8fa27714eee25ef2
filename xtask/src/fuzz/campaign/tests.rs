//! How long slices are, and a campaign of two seconds.

use super::*;
use crate::fuzz::engine::Flavour;
use crate::fuzz::statistics;
use crate::repository::Repository;

fn plan(seconds: Option<u64>, workers: usize) -> Plan {
    Plan { targets: Vec::new(), seconds, plateau: None, workers, options: Vec::new() }
}

#[test]
fn every_target_gets_a_few_slices_in_the_time_there_is() {
    assert_eq!(slice_seconds(20, &plan(Some(600), 2)), 20);
    assert_eq!(slice_seconds(20, &plan(Some(60), 2)), 2);
    assert_eq!(slice_seconds(20, &plan(Some(86_400), 2)), 30);
    assert_eq!(slice_seconds(20, &plan(None, 2)), 30);
}

#[test]
fn who_shares_with_nobody_is_not_interrupted() {
    assert_eq!(slice_seconds(2, &plan(Some(60), 2)), 300);
    assert_eq!(slice_seconds(0, &plan(None, 1)), 300);
}

#[test]
#[ignore = "takes cargo-fuzz, a C++ compiler and minutes to build"]
fn a_campaign_of_two_seconds_leaves_a_corpus_and_its_figures() {
    let repository = Repository::locate().expect("tests run in a checkout");
    let names = ["base64url".to_owned()];
    let engine = Engine::build(&repository, &names, Flavour::Plain).expect("it builds");
    let places = engine.places().clone();
    let figures = || State::load(&places.statistics()).expect("it is read");
    let executions =
        |state: &State| state.targets.get("base64url").map_or(0, |totals| totals.executions);
    let before = executions(&figures());
    let plan = Plan { targets: names.to_vec(), ..plan(Some(2), 1) };
    run(engine, plan).expect("no finding");
    assert!(executions(&figures()) > before + 1000, "{:?}", figures());
    assert!(!places::files(&places.corpus("base64url")).expect("it is read").is_empty());
    assert!(!statistics::rows(&places.statistics(), "base64url").is_empty());
    assert!(places.statistics().join("base64url.svg").is_file());
}
