//! The rows and their file.

use super::*;

fn totals(elapsed_s: f64, executions: u64) -> Totals {
    Totals {
        elapsed_s,
        cpu_s: elapsed_s / 2.0,
        executions,
        coverage: 305,
        features: 809,
        corpus: 74,
        last_feature_s: 1.0,
        findings: 2,
    }
}

#[test]
fn speed_is_by_cpu_time_since_the_row_before() {
    let row = Row::after(&totals(10.0, 1000), &totals(14.0, 3000));
    assert_eq!(row.executions_per_cpu_s, 1000.0);
    assert_eq!(Row::after(&totals(10.0, 5), &totals(10.0, 5)).executions_per_cpu_s, 0.0);
}

#[test]
fn rows_are_read_as_they_were_appended_and_a_cut_line_costs_itself_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("json.csv");
    let row = Row::after(&Totals::default(), &totals(2.0, 100));
    append(folder.path(), "json", row).expect("it is written");
    let mut text = fs::read_to_string(&path).expect("it is there");
    assert_eq!(text, format!("{HEAD}2.0,1.00,100,100,305,809,74,2\n"));
    // What a SIGKILL in the middle of a line leaves.
    text.push_str("3.0,1.5");
    fs::write(&path, text).expect("it is written");
    append(folder.path(), "json", row).expect("it is written");
    assert_eq!(rows(folder.path(), "json"), [row, row]);
}

#[test]
fn a_full_disk_is_told_with_the_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = folder.path().join("gone");
    let row = Row::after(&Totals::default(), &totals(2.0, 100));
    let failure = append(&none, "json", row).expect_err("there is no folder");
    assert!(failure.message.contains("json.csv"), "{}", failure.message);
}
