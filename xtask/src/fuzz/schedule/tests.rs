//! The scheduler, without processes.

use super::*;

/// How many of `slices` slices of one CPU-second each target gets with one worker.
fn shares(rates: &[u64], slices: usize) -> Vec<usize> {
    let mut schedule = Schedule::new(rates.len());
    let mut counts = vec![0; rates.len()];
    for _ in 0..slices {
        let target = schedule.next().expect("nothing retires");
        counts[target] += 1;
        schedule.ended(target, 1.0, rates[target]);
    }
    counts
}

#[test]
fn every_target_comes_once_before_any_comes_twice() {
    assert_eq!(shares(&[1000, 0, 0, 5], 4), [1, 1, 1, 1]);
}

#[test]
fn slices_go_by_new_features() {
    let counts = shares(&[100, 50, 0], 400);
    assert!(counts[0].abs_diff(counts[1] * 2) <= 4, "{counts:?}");
    assert!((2..=12).contains(&counts[2]), "the exhausted one is tried still: {counts:?}");
}

#[test]
fn where_nothing_is_found_all_get_the_same() {
    assert_eq!(shares(&[0, 0, 0], 30), [10, 10, 10]);
}

#[test]
fn a_target_that_falls_dry_makes_room() {
    let mut schedule = Schedule::new(2);
    let mut counts = [0; 2];
    for _ in 0..200 {
        let target = schedule.next().expect("nothing retires");
        counts[target] += 1;
        let is_dry = target == 0 && counts[0] > 10;
        schedule.ended(target, 1.0, if is_dry { 0 } else { 40 });
    }
    assert!(counts[1] > counts[0] * 4, "{counts:?}");
}

#[test]
fn workers_spread_over_targets_and_double_up_only_when_they_outnumber_them() {
    let mut schedule = Schedule::new(2);
    let first: Vec<_> = (0..4).filter_map(|_| schedule.next()).collect();
    assert_eq!(first, [0, 1, 0, 1]);
}

#[test]
fn a_retired_target_gets_nothing() {
    let mut schedule = Schedule::new(2);
    schedule.retire(0);
    assert_eq!((schedule.open(), schedule.next(), schedule.next()), (1, Some(1), Some(1)));
    schedule.retire(1);
    assert_eq!((schedule.open(), schedule.next()), (0, None));
}

#[test]
fn slices_that_end_at_once_are_not_free() {
    let mut schedule = Schedule::new(2);
    let mut counts = [0; 2];
    for _ in 0..110 {
        let target = schedule.next().expect("nothing retires");
        counts[target] += 1;
        schedule.ended(target, if target == 0 { 0.0 } else { 1.0 }, 0);
    }
    assert_eq!(counts, [100, 10]);
}
