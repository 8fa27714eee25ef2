//! Lists in pages, and the choice of members (`page`, `from`, `fields` and their like).

use serde_json::{Map, Value, json};

use crate::error::ManagementError;

/// The parameters behind the question mark.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

/// A list that is to be returned.
pub(super) struct List {
    /// The member that holds it beside totals.
    pub member: &'static str,
    /// The member of each item that names it.
    pub id: &'static str,
    /// The items, all of them.
    pub items: Vec<Value>,
}

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The first value of a parameter; an empty one counts as absent.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    /// Every value of a parameter.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// 400 for a parameter of another name: a filter that we do not know must not be overlooked.
    pub(super) fn allow(&self, names: &[&str]) -> Result<(), ManagementError> {
        let known = |name: &str| names.contains(&name) || PAGING.contains(&name);
        match self.0.iter().find(|(name, _)| !known(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(64).collect();
                Err(invalid(&format!("Additional properties not allowed: {name}")))
            }
        }
    }

    fn flag(&self, name: &str, default: bool) -> Result<bool, ManagementError> {
        match self.one(name) {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(invalid(&format!("{name} is a boolean"))),
        }
    }

    fn number(&self, name: &str, most: usize) -> Result<Option<usize>, ManagementError> {
        let Some(text) = self.one(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| *number <= most);
        let wrong = || invalid(&format!("{name} is an integer from 0 to {most}"));
        number.map(Some).ok_or_else(wrong)
    }

    /// The page of a list that is asked for: from a place on (`from`, `take`), or by number.
    pub(super) fn page(&self, list: &List) -> Result<Value, ManagementError> {
        if self.one("from").is_some() || self.one("take").is_some() {
            return self.checkpoint(list);
        }
        let page = self.number("page", MAX_PAGE)?.unwrap_or(0);
        let limit = self.number("per_page", MAX_PER_PAGE)?.unwrap_or(DEFAULT_PER_PAGE);
        let (start, total) = (page.saturating_mul(limit), list.items.len());
        let items = list.items.iter().skip(start).take(limit);
        let items: Vec<Value> = items.map(|item| self.choose(item)).collect::<Result<_, _>>()?;
        if self.flag("include_totals", false)? {
            return Ok(json!({
                "start": start, "limit": limit, "length": items.len(), "total": total,
                list.member: items,
            }));
        }
        Ok(Value::from(items))
    }

    fn checkpoint(&self, list: &List) -> Result<Value, ManagementError> {
        let take = self.number("take", MAX_PER_PAGE)?.unwrap_or(DEFAULT_PER_PAGE).max(1);
        let named = |item: &Value, name| item.get(list.id).and_then(Value::as_str) == Some(name);
        let start = match self.one("from") {
            None => 0,
            Some(from) => {
                let last = list.items.iter().position(|item| named(item, from));
                last.ok_or_else(|| invalid("from names nothing"))?.saturating_add(1)
            }
        };
        let rest = list.items.get(start..).unwrap_or_default();
        let items = rest.get(..take).unwrap_or(rest);
        let mut answer = Map::new();
        if items.len() < rest.len()
            && let Some(next) = items.last().and_then(|item| item.get(list.id))
        {
            answer.insert("next".to_owned(), next.clone());
        }
        let items: Result<Vec<Value>, _> = items.iter().map(|item| self.choose(item)).collect();
        answer.insert(list.member.to_owned(), Value::from(items?));
        Ok(Value::Object(answer))
    }

    /// The members of an object that `fields` and `include_fields` leave.
    pub(super) fn choose(&self, item: &Value) -> Result<Value, ManagementError> {
        let is_included = self.flag("include_fields", true)?;
        let (Some(fields), Value::Object(members)) = (self.one("fields"), item) else {
            return Ok(item.clone());
        };
        let is_named = |name: &str| fields.split(',').any(|field| field.trim() == name);
        let kept = members.iter().filter(|(name, _)| is_named(name) == is_included);
        Ok(Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect()))
    }
}

fn invalid(reason: &str) -> ManagementError {
    let message = format!("Query validation error: '{reason}'.");
    ManagementError::bad_request("invalid_query_string", message)
}

const PAGING: &[&str] =
    &["page", "per_page", "include_totals", "from", "take", "fields", "include_fields"];
const DEFAULT_PER_PAGE: usize = 50;
const MAX_PER_PAGE: usize = 100;
const MAX_PAGE: usize = 1 << 20;
