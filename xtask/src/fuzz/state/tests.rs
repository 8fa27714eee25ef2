//! Totals, the plateau, and the file.

use super::*;

fn progress(coverage: u64, features: u64) -> Progress {
    Progress { executions: 1, coverage, features, corpus: 3, is_start: false }
}

#[test]
fn new_features_are_counted_once_however_many_processes_have_them() {
    let mut totals = Totals::default();
    assert_eq!(totals.take(&progress(10, 100), 1.0, true), 0);
    assert_eq!(totals.take(&progress(11, 103), 2.0, false), 3);
    assert_eq!(totals.take(&progress(11, 103), 3.0, false), 0);
    assert_eq!(totals.take(&progress(9, 90), 4.0, false), 0);
    assert_eq!((totals.coverage, totals.features, totals.last_feature_s), (11, 103, 2.0));
}

#[test]
fn a_new_binary_counts_from_what_its_corpus_is_worth() {
    let mut totals = Totals { features: 100, last_feature_s: 5.0, ..Totals::default() };
    assert_eq!(totals.take(&progress(8, 80), 50.0, true), 0);
    assert_eq!((totals.features, totals.last_feature_s), (80, 5.0));
    assert_eq!(totals.take(&progress(8, 81), 51.0, false), 1);
}

#[track_caller]
fn check_plateau(elapsed_s: f64, last_feature_s: f64, least: f64, expected: bool) {
    let totals = Totals { elapsed_s, last_feature_s, ..Totals::default() };
    assert_eq!(totals.is_at_plateau(least), expected, "{elapsed_s} {last_feature_s} {least}");
}

#[test]
fn a_plateau_is_the_given_time_and_a_quarter_of_all() {
    check_plateau(100.0, 41.0, 60.0, false);
    check_plateau(100.0, 40.0, 60.0, true);
    // A quarter of 1000 seconds is more than 60.
    check_plateau(1000.0, 751.0, 60.0, false);
    check_plateau(1000.0, 750.0, 60.0, true);
    check_plateau(0.0, 0.0, 60.0, false);
}

#[test]
fn a_state_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(State::load(folder.path()).expect("nothing is no failure"), State::default());
    let mut state = State::default();
    let totals = Totals { elapsed_s: 1.5, executions: 7, features: 3, ..Totals::default() };
    state.targets.insert("json".to_owned(), totals);
    state.save(folder.path()).expect("it is written");
    assert_eq!(State::load(folder.path()).expect("it is read"), state);
}

#[test]
fn a_broken_state_is_told_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("state.json"), "{\"targets\":").expect("it is written");
    let failure = State::load(folder.path()).expect_err("it is broken");
    assert!(failure.message.contains("state.json") && failure.message.contains("remove it"));
}
