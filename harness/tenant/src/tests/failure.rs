//! A store that fails is never an acceptance.

use super::{Flow, refused};
use crate::error::OAuthError;

fn damage(flow: &Flow, statement: &str) {
    let done: Result<(), OAuthError> =
        flow.world.tenant.store.with(|connection| Ok(connection.execute_batch(statement)?));
    done.unwrap();
}

#[test]
fn without_a_ledger_no_assertion_is_accepted() {
    let flow = Flow::with_key();
    damage(&flow, "ALTER TABLE jti_ledger RENAME TO elsewhere");
    let assertion = flow.assertion(1);
    refused(flow.assert_with(&assertion, &[]), 503, "server_error", "cannot answer this now");
    damage(&flow, "ALTER TABLE elsewhere RENAME TO jti_ledger");
    flow.assert_with(&assertion, &[]).expect(200);
}

#[test]
fn what_cannot_be_recorded_is_not_accepted_and_not_used() {
    let flow = Flow::with_key();
    damage(&flow, "ALTER TABLE audit RENAME TO elsewhere");
    let assertion = flow.assertion(1);
    refused(flow.assert_with(&assertion, &[]), 503, "server_error", "cannot answer this now");
    damage(&flow, "ALTER TABLE elsewhere RENAME TO audit");
    flow.assert_with(&assertion, &[]).expect(200);
}

#[test]
fn a_credential_that_cannot_be_read_authenticates_nobody() {
    let flow = Flow::with_key();
    damage(&flow, "UPDATE credential SET jwk = '{}'");
    let answer = flow.assert_with(&flow.assertion(1), &[]);
    refused(answer, 500, "server_error", "cannot answer this now");
}
