//! A cell: one combination of a case's matrix.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::error::{LoadError, Source};
use crate::node::{Kind, Node};
use crate::sets;

/// The values of the axes. A table is shown by its `name`, and must have one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Axis → value.
    pub values: BTreeMap<String, Value>,
}

impl Cell {
    /// Whether this cell names no axis: the case has no matrix.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (axis, value)) in self.values.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let shown = value.get("name").unwrap_or(value);
            write!(f, "{comma}{axis}=")?;
            match shown {
                Value::String(text) => text.chars().try_for_each(|character| {
                    // A cell is shown on terminals and given back on command lines.
                    if character.is_ascii() && !character.is_ascii_control() {
                        write!(f, "{character}")
                    } else {
                        write!(f, "{}", character.escape_unicode())
                    }
                })?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

/// The axes of a case in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    axes: Vec<(String, Vec<Value>)>,
    except: Vec<BTreeMap<String, Value>>,
}

impl Matrix {
    /// Reads `matrix = { axis = [values] or "name of a set", except = [{ axis = value }] }`.
    ///
    /// # Errors
    /// [`LoadError::Content`] for an unknown set, an empty axis or a variant without a name.
    pub fn read(node: &Node, source: &Source) -> Result<Self, LoadError> {
        let Kind::Table(members) = &node.kind else {
            return Err(source.error(&node.span, "a matrix is a table: axis = [values]"));
        };
        let mut matrix = Self::default();
        for member in members {
            if member.name == "except" {
                matrix.except = member.value.read(&BTreeMap::new(), source)?;
                continue;
            }
            let values = axis(&member.name, &member.value, source)?;
            matrix.axes.push((member.name.clone(), values));
        }
        for hole in &matrix.except {
            if let Some(name) = hole.keys().find(|name| matrix.first(name).is_none()) {
                return Err(source.error(&node.span, format!("`except` names no axis: `{name}`")));
            }
        }
        Ok(matrix)
    }

    /// The first value of an axis: what a control takes where a negative case says nothing.
    #[must_use]
    pub fn first(&self, axis: &str) -> Option<&Value> {
        self.axes.iter().find(|(name, _)| name == axis).and_then(|(_, values)| values.first())
    }

    /// The names of the axes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.axes.iter().map(|(name, _)| name.as_str())
    }

    /// Every combination, less the exceptions.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![Cell::default()];
        for (axis, values) in &self.axes {
            cells = cells
                .iter()
                .flat_map(|cell| {
                    values.iter().map(|value| {
                        let mut next = cell.clone();
                        next.values.insert(axis.clone(), value.clone());
                        next
                    })
                })
                .collect();
        }
        cells.retain(|cell| {
            !self.except.iter().any(|hole| {
                hole.iter().all(|(axis, value)| {
                    cell.values
                        .get(axis)
                        .is_some_and(|have| have == value || have.get("name") == Some(value))
                })
            })
        });
        cells
    }
}

fn axis(name: &str, node: &Node, source: &Source) -> Result<Vec<Value>, LoadError> {
    if let Some(set) = node.as_text() {
        return sets::named(name, set)
            .map(|members| members.iter().map(|member| Value::from(*member)).collect())
            .ok_or_else(|| source.error(&node.span, format!("`{set}` is no set of `{name}`")));
    }
    let values: Vec<Value> = node.read(&BTreeMap::new(), source)?;
    if values.is_empty() {
        return Err(source.error(&node.span, format!("the axis `{name}` has no values")));
    }
    for value in &values {
        if value.is_object() && !value.get("name").is_some_and(Value::is_string) {
            return Err(source.error(&node.span, "a table in a matrix needs a `name`"));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_shown_in_printable_ascii() {
        let values =
            [("json".to_owned(), "\u{0}é\u{202e}\n'".into()), ("keep".to_owned(), 8.into())];
        let cell = Cell { values: values.into() };
        assert_eq!(cell.to_string(), "json=\\u{0}\\u{e9}\\u{202e}\\u{a}',keep=8");
    }
}
