//! Values as the management API prints them.

use reference::credential::print_expiry;
use serde_json::{Map, Value};

/// ISO 8601 in UTC with milliseconds; none outside the years 1970 to 9999.
pub(crate) fn time(seconds: i64) -> Option<String> {
    print_expiry(seconds).map(|text| text.replace('Z', ".000Z"))
}

/// An object of the members that are there.
pub(crate) fn members<'a>(all: impl IntoIterator<Item = (&'a str, Option<Value>)>) -> Value {
    let there = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect())
}

/// The members that were stored as they came.
pub(crate) fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Stored members with changes over them; null removes one.
pub(crate) fn merged(stored: &str, changes: Map<String, Value>) -> String {
    let mut members = object(stored);
    for (name, value) in changes {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    Value::Object(members).to_string()
}
