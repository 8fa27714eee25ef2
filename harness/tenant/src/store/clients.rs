//! The tables of clients and their credentials.
// The token endpoint calls, with a `Transaction` or `Connection`:
//   clients::find(&Connection, client_id: &str) -> rusqlite::Result<Option<Client>>
//   clients::granted_scopes(&Connection, client_id: &str, audience: &str)
//       -> rusqlite::Result<Option<Vec<String>>>   (the client grant; None where there is none)

pub(crate) const SCHEMA: &str = "";
