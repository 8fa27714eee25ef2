//! JSON read strictly: one object, UTF-8, no member twice at any depth (RFC 7515 §4, RFC 7519 §4).

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The members of the object that `octets` are.
pub(crate) fn object(octets: &[u8]) -> Result<Map<String, Value>, String> {
    let text = std::str::from_utf8(octets).map_err(|_| "not UTF-8".to_owned())?;
    match serde_json::from_str::<Strict>(text) {
        Ok(Strict(Value::Object(members))) => Ok(members),
        Ok(_) => Err("no JSON object".to_owned()),
        Err(error) => Err(format!("not strict JSON: {error}")),
    }
}

/// A JSON value without a member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number out of range"))?;
        Ok(number.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = object.next_entry::<String, Strict>()? {
            if members.contains_key(&name) {
                return Err(de::Error::custom(format!("the member `{name}` stands twice")));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn an_object_is_read_and_nothing_else() {
        let check = |text: &[u8], want: &str| {
            let have = object(text).unwrap_err();
            assert!(have.contains(want), "{have}");
        };
        assert_eq!(object(br#"{"a":{"b":[1,"x",null,true,1.5]}}"#).unwrap().len(), 1);
        check(br#"{"a":1,"a":1}"#, "the member `a` stands twice");
        check(br#"{"a":{"b":1,"\u0062":1}}"#, "the member `b` stands twice");
        check(b"{\"a\":\"\xff\"}", "not UTF-8");
        check(b"[]", "no JSON object");
        check(b"{}{}", "not strict JSON");
        check(br#"{"a":1e400}"#, "not strict JSON");
        check("[".repeat(100_000).as_bytes(), "recursion limit");
    }
}
