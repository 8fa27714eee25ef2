//! A TOML value that remembers where it stood, so that every complaint has a line and a column.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{LoadError, Source};

/// A value and the octets of the file that it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of value that our files use.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A scalar: string, number or boolean.
    Scalar(Value),
    /// An array.
    Array(Vec<Node>),
    /// A table in the order of the file.
    Table(Vec<Member>),
}

/// A member of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Range<usize>,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// Parses a whole file.
    ///
    /// # Errors
    /// [`LoadError::Content`] for what is not TOML.
    pub fn parse(source: &Source) -> Result<Self, LoadError> {
        let table = DeTable::parse(&source.text).map_err(|error| {
            source.error(&error.span().unwrap_or_default(), error.message().trim())
        })?;
        let span = table.span();
        from_table(table.get_ref(), span, source)
    }

    /// The value as JSON, with each `$name` and `${name}` replaced from `variables`.
    ///
    /// # Errors
    /// The message names a variable that is not there.
    pub fn substitute(&self, variables: &BTreeMap<String, Value>) -> Result<Value, String> {
        Ok(match &self.kind {
            Kind::Scalar(Value::String(text)) => interpolate(text, variables)?,
            Kind::Scalar(value) => value.clone(),
            Kind::Array(items) => Value::Array(
                items.iter().map(|item| item.substitute(variables)).collect::<Result<_, _>>()?,
            ),
            Kind::Table(members) => Value::Object(
                members
                    .iter()
                    .map(|member| Ok((member.name.clone(), member.value.substitute(variables)?)))
                    .collect::<Result<_, String>>()?,
            ),
        })
    }

    /// Substitutes and reads into a type; an error points at the member it names, if it names one.
    ///
    /// # Errors
    /// [`LoadError::Content`] for an unknown variable, an unknown member or a wrong type.
    pub fn read<T: DeserializeOwned>(
        &self,
        variables: &BTreeMap<String, Value>,
        source: &Source,
    ) -> Result<T, LoadError> {
        let value = self.substitute(variables).map_err(|text| source.error(&self.span, text))?;
        serde_json::from_value(value).map_err(|error| {
            let message = error.to_string();
            let named = message.split('`').nth(1).and_then(|name| self.span_of_member(name));
            source.error(named.as_ref().unwrap_or(&self.span), message)
        })
    }

    /// The text of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn span_of_member(&self, name: &str) -> Option<Range<usize>> {
        match &self.kind {
            Kind::Scalar(Value::String(text)) if text == name => Some(self.span.clone()),
            Kind::Scalar(_) => None,
            Kind::Array(items) => items.iter().find_map(|item| item.span_of_member(name)),
            Kind::Table(members) => members.iter().find_map(|member| {
                if member.name == name {
                    Some(member.span.clone())
                } else {
                    member.value.span_of_member(name)
                }
            }),
        }
    }
}

/// The members of a table, taken one by one; what is left over at the end is a typing error.
#[derive(Debug)]
pub struct Fields<'a> {
    source: &'a Source,
    span: Range<usize>,
    members: Vec<(&'a Member, bool)>,
}

impl<'a> Fields<'a> {
    /// The members of `node`.
    ///
    /// # Errors
    /// [`LoadError::Content`] when it is no table.
    pub fn of(node: &'a Node, source: &'a Source) -> Result<Self, LoadError> {
        let Kind::Table(members) = &node.kind else {
            return Err(source.error(&node.span, "a table is due here"));
        };
        let members = members.iter().map(|member| (member, false)).collect();
        Ok(Self { source, span: node.span.clone(), members })
    }

    /// Takes a member that may be absent.
    pub fn take(&mut self, name: &str) -> Option<&'a Node> {
        let (member, taken) = self.members.iter_mut().find(|(member, _)| member.name == name)?;
        *taken = true;
        Some(&member.value)
    }

    /// Takes a member that must be there.
    ///
    /// # Errors
    /// [`LoadError::Content`] when it is not.
    pub fn need(&mut self, name: &str) -> Result<&'a Node, LoadError> {
        self.take(name)
            .ok_or_else(|| self.source.error(&self.span, format!("the member `{name}` is missing")))
    }

    /// Takes a string that must be there.
    ///
    /// # Errors
    /// [`LoadError::Content`] when it is absent or no string.
    pub fn need_text(&mut self, name: &str) -> Result<(&'a Node, String), LoadError> {
        let node = self.need(name)?;
        Ok((node, text(node, self.source)?))
    }

    /// Takes a string that may be absent.
    ///
    /// # Errors
    /// [`LoadError::Content`] when it is no string.
    pub fn take_text(&mut self, name: &str) -> Result<Option<String>, LoadError> {
        self.take(name).map(|node| text(node, self.source)).transpose()
    }

    /// Takes an array of strings; absent is empty.
    ///
    /// # Errors
    /// [`LoadError::Content`] when it is no array of strings.
    pub fn take_texts(&mut self, name: &str) -> Result<Vec<(&'a Node, String)>, LoadError> {
        self.take(name).map_or_else(|| Ok(Vec::new()), |node| texts(node, self.source))
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`LoadError::Content`] at the first member that nobody took.
    pub fn finish(self) -> Result<(), LoadError> {
        match self.members.iter().find(|(_, taken)| !taken) {
            None => Ok(()),
            Some((member, _)) => Err(self
                .source
                .error(&member.span, format!("`{}` is not a member of this table", member.name))),
        }
    }
}

/// The text of a node.
///
/// # Errors
/// [`LoadError::Content`] when it is no string.
pub fn text(node: &Node, source: &Source) -> Result<String, LoadError> {
    node.as_text()
        .map(str::to_owned)
        .ok_or_else(|| source.error(&node.span, "a string is due here"))
}

/// The texts of an array.
///
/// # Errors
/// [`LoadError::Content`] when it is no array of strings.
pub fn texts<'a>(node: &'a Node, source: &Source) -> Result<Vec<(&'a Node, String)>, LoadError> {
    let Kind::Array(items) = &node.kind else {
        return Err(source.error(&node.span, "an array of strings is due here"));
    };
    items.iter().map(|item| Ok((item, text(item, source)?))).collect()
}

fn from_table(table: &DeTable<'_>, span: Range<usize>, source: &Source) -> Result<Node, LoadError> {
    let mut members = Vec::new();
    for (name, value) in table {
        members.push(Member {
            name: name.get_ref().to_string(),
            span: name.span(),
            value: from_value(value, source)?,
        });
    }
    members.sort_by_key(|member| member.span.start);
    Ok(Node { span, kind: Kind::Table(members) })
}

fn from_value(value: &Spanned<DeValue<'_>>, source: &Source) -> Result<Node, LoadError> {
    let span = value.span();
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Scalar(Value::String(text.to_string())),
        DeValue::Boolean(flag) => Kind::Scalar(Value::Bool(*flag)),
        DeValue::Integer(integer) => {
            let number = i64::from_str_radix(integer.as_str(), integer.radix())
                .map_err(|error| source.error(&span, error.to_string()))?;
            Kind::Scalar(number.into())
        }
        DeValue::Float(float) => {
            let number: f64 = float
                .as_str()
                .parse()
                .map_err(|_| source.error(&span, "not a number that JSON has"))?;
            Kind::Scalar(number.into())
        }
        DeValue::Datetime(_) => return Err(source.error(&span, "dates are written as strings")),
        DeValue::Array(items) => Kind::Array(
            items.iter().map(|item| from_value(item, source)).collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => return from_table(table, span, source),
    };
    Ok(Node { span, kind })
}

/// `$name` alone keeps the type of its value; `${name}` inside a text is replaced by its text.
/// `name` may go down one level: `axis.member`. `$$` stands for `$`.
fn interpolate(text: &str, variables: &BTreeMap<String, Value>) -> Result<Value, String> {
    if let Some(name) = text.strip_prefix('$')
        && !name.starts_with(['{', '$'])
    {
        return look_up(name, variables).cloned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = from.strip_prefix("$$") {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) =
            from.strip_prefix("${").and_then(|tail| tail.split_once('}'))
        {
            match look_up(name, variables)? {
                Value::String(value) => out.push_str(value),
                value => out.push_str(&value.to_string()),
            }
            rest = after;
        } else {
            return Err(format!("`{text}`: a `$` inside a text is written `$$`"));
        }
    }
    out.push_str(rest);
    Ok(Value::String(out))
}

fn look_up<'a>(name: &str, variables: &'a BTreeMap<String, Value>) -> Result<&'a Value, String> {
    let (axis, member) = match name.split_once('.') {
        Some((axis, member)) => (axis, Some(member)),
        None => (name, None),
    };
    let value = variables.get(axis);
    match member {
        None => value,
        Some(member) => value.and_then(|value| value.get(member)),
    }
    .ok_or_else(|| format!("`${name}` is not in the matrix of this case"))
}
