//! JSON lines: the header, a line a record, the end.

use crate::run::Run;

pub(super) fn render(run: &Run) -> String {
    let mut out = run.first_line();
    out.push('\n');
    for record in &run.records {
        out.push_str(&Run::record_line(record));
        out.push('\n');
    }
    out.push_str(&run.last_line());
    out.push('\n');
    out
}
