//! `TARGET.options`: what ClusterFuzz gives the engine, as a small INI file.

/// The section `[libfuzzer]`.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Options {
    /// The flags in their order, as `-name=value`.
    pub(super) flags: Vec<String>,
    /// The dictionary, relative to the folder of the targets.
    pub(super) dictionary: Option<String>,
}

impl Options {
    /// Reads the text of a file; `Err` says which line is none of the form.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        let mut is_ours = false;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                is_ours = section == "libfuzzer";
                continue;
            }
            let (name, value) = line
                .split_once('=')
                .map(|(name, value)| (name.trim(), value.trim()))
                .ok_or_else(|| format!("its options have a line without `=`: {line}"))?;
            if is_ours {
                options.flags.push(format!("-{name}={value}"));
                if name == "dict" {
                    options.dictionary = Some(value.to_owned());
                }
            }
        }
        Ok(options)
    }
}
