//! Forms (RFC 6749 §3.2) and lines of the adapter protocol.

use protocol::Answer;
use reference::assertion::{Form, Rules};

use crate::{Became, became};

/// The input is pairs, one a line, of a name and a value with `=` between.
pub(crate) fn assertion_form(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let pairs: Vec<(String, String)> = text
        .lines()
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let form = Form::parse(&pairs);
    if let Ok(form) = &form {
        let count = |name: &str| pairs.iter().filter(|(have, _)| have == name).count();
        for name in ["client_assertion", "client_assertion_type"] {
            assert_eq!(count(name), 1, "{name}");
        }
        assert!(!pairs.iter().any(|(name, value)| name == "client_secret" && !value.is_empty()));
        let rules = Rules::auth0(["https://issuer.example/"]);
        if let Ok(client) = form.claimed_client(&rules) {
            assert!(client.len() <= text.len(), "a client from nowhere");
        }
    }
    became(&form)
}

pub(crate) fn protocol_line(data: &[u8]) -> Became {
    let Ok(line) = str::from_utf8(data) else { return Became::Unfit };
    match Answer::parse(line, 1) {
        Ok(answer) => {
            let written = answer.to_line(1);
            assert!(!written.contains('\n'), "one line became two");
            assert_eq!(Answer::parse(&written, 1).as_ref().ok(), Some(&answer));
            Became::Accepted
        }
        Err(_) => Became::Refused("malformed"),
    }
}
