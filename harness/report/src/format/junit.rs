//! JUnit XML: a suite a target, a test case a question.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::baseline::Standing;
use crate::printable::printable;
use crate::record::Record;
use crate::run::Run;
use crate::verdict::Verdict;

pub(super) fn render(run: &Run) -> String {
    let mut report = Report::new("touchstone");
    for target in &run.targets {
        let mut suite = TestSuite::new(target.name.as_str());
        for record in run.of(&target.name) {
            let text = record.note.clone().unwrap_or_else(|| record.answer.to_string());
            let text = printable(&text, 1000);
            let status = match record.verdict {
                verdict if verdict.is_finding() && record.baseline == Some(Standing::Known) => {
                    skipped(&format!("known: {text}"))
                }
                Verdict::Fail => failed(NonSuccessKind::Failure, record, &text),
                verdict if verdict.is_finding() => failed(NonSuccessKind::Error, record, &text),
                Verdict::Vacuous | Verdict::Unsupported => {
                    skipped(&format!("{}: {text}", record.verdict.name()))
                }
                _ => TestCaseStatus::success(),
            };
            let name = format!("{} ({})", record.question(), record.profile);
            let mut case = TestCase::new(name, status);
            case.set_classname(format!("{}.{}", record.target, record.case));
            case.set_time(Duration::from_micros(record.micros));
            suite.add_test_case(case);
        }
        if let Some(failure) = &target.failure {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(printable(failure, 4000));
            suite.add_test_case(TestCase::new("the target answers to the end", status));
        }
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_else(|error| format!("<!-- {error} -->"))
}

fn failed(kind: NonSuccessKind, record: &Record, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(record.verdict.name());
    status.set_message(text);
    let answer = printable(&record.answer.to_string(), 4000);
    status.set_description(format!(
        "rule: {}
answer: {answer}",
        record.cites.join(", ")
    ));
    status
}

fn skipped(text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(text);
    status
}
