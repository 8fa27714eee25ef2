//! The named public test keys of `vectors/keys/`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{LoadError, Source};

/// The test keys and certificates by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    keys: BTreeMap<String, KeyFile>,
    certificates: BTreeMap<String, String>,
}

/// One test key in all its forms.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// The name, which is the file's.
    pub name: String,
    /// What the file says about itself.
    pub note: String,
    /// The private half, or the symmetric key.
    pub private: KeyForms,
    /// The public half; symmetric keys have none.
    pub public: Option<KeyForms>,
}

/// The forms of one half of a key.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct KeyForms {
    /// The text of the JWK.
    pub jwk: String,
    /// PKCS #8 or SPKI as PEM; symmetric keys have none.
    pub pem: Option<String>,
    /// PKCS #8 or SPKI as base64url of the DER; symmetric keys have none.
    pub der: Option<String>,
}

impl FromIterator<KeyFile> for Keys {
    fn from_iter<T: IntoIterator<Item = KeyFile>>(files: T) -> Self {
        let keys = files.into_iter().map(|file| (file.name.clone(), file)).collect();
        Self { keys, certificates: BTreeMap::new() }
    }
}

impl Keys {
    /// Reads every key of a folder, and the PEM files of the folder `certificates` beside it.
    ///
    /// # Errors
    /// [`LoadError`] for the first file that is not a key or whose name is not the file's.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let mut keys = BTreeMap::new();
        for path in crate::load::files(folder, "json")? {
            let source = Source::read(&path)?;
            let key: KeyFile =
                serde_json::from_str(&source.text).map_err(|error| LoadError::Content {
                    path: path.clone(),
                    line: error.line(),
                    column: error.column(),
                    message: error.to_string(),
                })?;
            if key.name != crate::load::stem(&path) {
                return Err(source.error(&(0..0), "the key's name is not the file's"));
            }
            keys.insert(key.name.clone(), key);
        }
        let mut certificates = BTreeMap::new();
        let beside = folder.with_file_name("certificates");
        if beside.is_dir() {
            for path in crate::load::files(&beside, "pem")? {
                certificates
                    .insert(crate::load::stem(&path), Source::read(&path)?.text.to_string());
            }
        }
        Ok(Self { keys, certificates })
    }

    /// The PEM text of the certificate with this name.
    #[must_use]
    pub fn certificate(&self, name: &str) -> Option<&str> {
        self.certificates.get(name).map(String::as_str)
    }

    /// The key with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&KeyFile> {
        self.keys.get(name)
    }

    /// The names of all keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }
}
