//! How long slices are; the rest takes processes.

use super::*;

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
