//! Classes of published vulnerabilities, and the identifiers that cases of a class carry.

use std::path::Path;

use crate::error::{LoadError, Source};
use crate::node::{Fields, Kind, Node};

/// One class of published vulnerabilities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// A short name, such as `unsigned-tokens`.
    pub id: String,
    /// One line.
    pub title: String,
    /// The identifiers, as `seen_in` of a case has them.
    pub seen_in: Vec<String>,
    /// Why no case shows the class, where none can.
    pub untestable: Option<String>,
}

impl Advisory {
    /// Reads `advisories.toml`.
    ///
    /// # Errors
    /// [`LoadError`] for what is not a table of classes, or for a second use of an id.
    pub fn load_all(path: &Path) -> Result<Vec<Self>, LoadError> {
        let source = Source::read(path)?;
        let root = Node::parse(&source)?;
        let mut fields = Fields::of(&root, &source)?;
        let list = fields.need("class")?;
        let Kind::Array(nodes) = &list.kind else {
            return Err(source.error(&list.span, "classes are written `[[class]]`"));
        };
        let mut classes: Vec<Self> = Vec::new();
        for node in nodes {
            let mut fields = Fields::of(node, &source)?;
            let (id_node, id) = fields.need_text("id")?;
            if classes.iter().any(|class| class.id == id) {
                return Err(source.error(&id_node.span, format!("the id `{id}` is used twice")));
            }
            let title = fields.need_text("title")?.1;
            let seen_in = fields.take_texts("seen_in")?.into_iter().map(|(_, name)| name).collect();
            let untestable = fields.take_text("untestable")?;
            fields.finish()?;
            classes.push(Self { id, title, seen_in, untestable });
        }
        fields.finish()?;
        Ok(classes)
    }
}
