//! The runner at its boundary: adapters that misbehave, suite files that are wrong, the reports.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod it {
    mod budget;
    mod builders;
    mod command;
    mod contact;
    mod coverage;
    mod differ;
    mod foreign;
    mod judgement;
    mod misbehaviour;
    mod produce;
    mod regress;
    mod relation;
    mod reports;
    mod scripted;
    mod server;
    mod suite_files;
    mod timing;
}
