//! Requirements: the sentences that cases cite.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{LoadError, Source};
use crate::node::{Fields, Kind, Node};

/// One rule of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The short id that cases cite, such as `JWA-044`.
    pub id: String,
    /// The document, such as `RFC 7518`.
    pub document: String,
    /// The section, such as `5.3`.
    pub section: String,
    /// The strength in the document: MUST, SHOULD …
    pub level: String,
    /// The rule in our words.
    pub rule: String,
    /// `text` if it was read in the document, `memory` if that is still to be done.
    pub basis: String,
    /// 1 is what every user of a library needs, 2 the ordinary rest, 3 what is nice to know.
    pub priority: u8,
    /// Why no case shows it, where none does.
    pub untested: Option<String>,
}

impl Requirement {
    /// Document, section and id in one word, such as `rfc7518/5.3#JWA-044`: what reports print.
    #[must_use]
    pub fn citation(&self) -> String {
        let document = self.document.to_lowercase().replace("rfc ", "rfc").replace(' ', "-");
        format!("{document}/{}#{}", self.section.replace(' ', "-"), self.id)
    }

    /// Reads `requirements.toml`.
    ///
    /// # Errors
    /// [`LoadError`] for what is not a table of requirements, or for a second use of an id.
    pub fn load_all(path: &Path) -> Result<BTreeMap<String, Self>, LoadError> {
        let source = Source::read(path)?;
        let root = Node::parse(&source)?;
        let mut fields = Fields::of(&root, &source)?;
        let mut rows = BTreeMap::new();
        let list = fields.need("requirement")?;
        let Kind::Array(nodes) = &list.kind else {
            return Err(source.error(&list.span, "an array of tables is due here"));
        };
        for node in nodes {
            let mut fields = Fields::of(node, &source)?;
            let (id_node, id) = fields.need_text("id")?;
            let priority = match fields.take("priority") {
                None => 2,
                Some(node) => node.read(&BTreeMap::new(), &source)?,
            };
            let row = Self {
                id: id.clone(),
                document: fields.need_text("document")?.1,
                section: fields.need_text("section")?.1,
                level: fields.need_text("level")?.1,
                rule: fields.need_text("rule")?.1,
                basis: fields.need_text("basis")?.1,
                priority,
                untested: fields.take_text("untested")?,
            };
            fields.finish()?;
            if rows.insert(id.clone(), row).is_some() {
                return Err(source.error(&id_node.span, format!("the id `{id}` is used twice")));
            }
        }
        fields.finish()?;
        Ok(rows)
    }
}
