//! The table of APIs.
// The token endpoint calls:
//   apis::find_by_identifier(&Connection, identifier: &str) -> rusqlite::Result<Option<Api>>
// and the program, at its start:
//   apis::ensure_management(&Connection, identifier: &str) -> rusqlite::Result<()>
//       (the system API with `scopes::management()`, updated when the issuer changed)

pub(crate) const SCHEMA: &str = "";
