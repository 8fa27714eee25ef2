//! The runner at its boundary: adapters that misbehave, suite files that are wrong, the reports.

mod it {
    mod command;
    mod misbehaviour;
    mod reports;
    mod suite_files;
}
