//! What `cargo metadata` says about our packages, as far as xtask asks.

use serde_json::Value;

use crate::exit::Failure;
use crate::repository::{Repository, not_started};

/// A package of a workspace, as its manifest declares it.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Relative to the root of the repository, with `/`.
    pub(crate) manifest: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) binaries: Vec<Binary>,
}

/// A declared dependency; builds count as [`Kind::Normal`].
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// The crate itself or its build script.
    Normal,
    /// Its tests, examples and benches.
    Dev,
}

/// A binary target.
#[derive(Debug)]
pub(crate) struct Binary {
    pub(crate) name: String,
    /// The source file, absolute.
    pub(crate) source: String,
    /// Features without which it is not built.
    pub(crate) required_features: Vec<String>,
}

impl Package {
    /// The members of the workspace whose manifest is `manifest`, relative to the root. Resolves
    /// nothing, so it needs neither a network nor a lock file.
    pub(crate) fn members(repository: &Repository, manifest: &str) -> Result<Vec<Self>, Failure> {
        let mut cargo = repository.cargo();
        cargo.args(["metadata", "--format-version", "1", "--no-deps", "--manifest-path", manifest]);
        let output = cargo.output().map_err(|error| not_started(&cargo, &error))?;
        if !output.status.success() {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            return Err(Failure::unavailable(format!("cargo metadata does not read {manifest}")));
        }
        let root = format!("{}/", repository.root().display());
        let packages = serde_json::from_slice::<Value>(&output.stdout)
            .ok()
            .and_then(|metadata| packages(&metadata, &root));
        packages.ok_or_else(|| {
            Failure::unavailable(format!("cargo metadata on {manifest} prints an unknown form"))
        })
    }
}

fn packages(metadata: &Value, root: &str) -> Option<Vec<Package>> {
    let list = metadata.get("packages")?.as_array()?;
    list.iter().map(|package| parse(package, root)).collect()
}

fn parse(package: &Value, root: &str) -> Option<Package> {
    let manifest = text(package, "manifest_path")?.replace('\\', "/");
    let dependencies = package.get("dependencies")?.as_array()?.iter().map(|dependency| {
        let is_dev = dependency.get("kind")?.as_str() == Some("dev");
        let kind = if is_dev { Kind::Dev } else { Kind::Normal };
        Some(Dependency { name: text(dependency, "name")?, kind })
    });
    let is_binary = |target: &&Value| {
        target
            .get("kind")
            .and_then(Value::as_array)
            .is_some_and(|kind| kind.contains(&"bin".into()))
    };
    let targets = package.get("targets")?.as_array()?.iter().filter(is_binary);
    let binaries = targets.map(|target| {
        let features = target.get("required-features").and_then(Value::as_array);
        let features = features.into_iter().flatten().filter_map(Value::as_str);
        Some(Binary {
            name: text(target, "name")?,
            source: text(target, "src_path")?,
            required_features: features.map(str::to_owned).collect(),
        })
    });
    Some(Package {
        name: text(package, "name")?,
        manifest: manifest.strip_prefix(root).unwrap_or(&manifest).to_owned(),
        dependencies: dependencies.collect::<Option<_>>()?,
        binaries: binaries.collect::<Option<_>>()?,
    })
}

fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_package_is_read() {
        let metadata = json!({"packages": [{
            "name": "forge",
            "manifest_path": "/r/harness/forge/Cargo.toml",
            "dependencies": [
                {"name": "suite", "kind": null},
                {"name": "insta", "kind": "dev"},
                {"name": "cc", "kind": "build"},
            ],
            "targets": [
                {"name": "forge", "kind": ["lib"], "src_path": "/r/harness/forge/src/lib.rs"},
                {"name": "make", "kind": ["bin"], "src_path": "/r/harness/forge/src/main.rs"},
                {"name": "peer", "kind": ["bin"], "src_path": "p.rs", "required-features": ["peers"]},
            ],
        }]});
        let packages = packages(&metadata, "/r/").expect("the form is cargo's");
        let [forge] = packages.as_slice() else { panic!("one package: {packages:?}") };
        assert_eq!((forge.name.as_str(), forge.manifest.as_str()), {
            ("forge", "harness/forge/Cargo.toml")
        });
        let kinds: Vec<_> =
            forge.dependencies.iter().map(|edge| (&*edge.name, edge.kind)).collect();
        assert_eq!(kinds, [("suite", Kind::Normal), ("insta", Kind::Dev), ("cc", Kind::Normal)]);
        let [make, peer] = forge.binaries.as_slice() else { panic!("two: {forge:?}") };
        assert_eq!((&*make.name, make.required_features.len()), ("make", 0));
        assert_eq!((&*peer.name, &*peer.required_features), ("peer", &["peers".to_owned()][..]));
    }

    #[test]
    fn an_unknown_form_is_refused() {
        assert!(packages(&json!({"packages": [{"name": "forge"}]}), "/r/").is_none());
    }
}
