//! The folders of `harness/adapters/`: manifests, and what installing one takes.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::error::RunError;

/// A target's manifest, `adapter.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The folder's name.
    pub name: String,
    /// One line for `adapters list`.
    pub title: String,
    /// How it is reached.
    #[serde(default)]
    pub kind: Kind,
    /// Whether a client is given a token endpoint by TLS, which some insist on.
    #[serde(default)]
    pub https: bool,
    /// Whether `conformance` without arguments asks it.
    #[serde(default)]
    pub embedded: bool,
    /// What it shares an implementation or an author with; absent: nothing. Targets of one family
    /// are one witness.
    #[serde(default)]
    pub family: Option<String>,
    /// The profiles it is judged under, unless the caller names some.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// Program and arguments, with placeholders.
    pub run: Vec<String>,
    /// Files of the folder whose change makes an installation stale.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// What must be there before anything is installed.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// The steps of the installation.
    #[serde(default)]
    pub install: Vec<Step>,
}

/// How a target of `harness/adapters/` is reached.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It speaks the adapter protocol.
    #[default]
    Library,
    /// An authorization server: it prints where it listens.
    Server,
    /// An assertion builder: it is told where to get tokens.
    Client,
}

/// A program that must be there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Its name.
    pub program: String,
    /// A command that succeeds where it is good enough.
    pub check: Vec<String>,
    /// What to install otherwise.
    pub hint: String,
}

/// One command of an installation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Program and arguments, with placeholders.
    pub command: Vec<String>,
    /// Run it each time: it finds out itself whether there is something to do.
    #[serde(default)]
    pub always: bool,
}

/// An adapter of this repository.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// Its manifest.
    pub manifest: Manifest,
    folder: PathBuf,
    installation: PathBuf,
    root: PathBuf,
}

impl Adapter {
    /// Every adapter below `root`, by name.
    ///
    /// # Errors
    /// [`RunError::Manifest`] for the first one that cannot be used.
    pub fn all(root: &Path) -> Result<Vec<Self>, RunError> {
        let folder = root.join("harness/adapters");
        let unreadable = |source| RunError::File { path: folder.clone(), source };
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.join("adapter.toml").is_file() {
                names.push(path);
            }
        }
        names.sort();
        names.iter().map(|path| Self::read(root, path)).collect()
    }

    /// The adapter with this name.
    ///
    /// # Errors
    /// [`RunError::Usage`] for an unknown name.
    pub fn named(root: &Path, name: &str) -> Result<Self, RunError> {
        let mut all = Self::all(root)?;
        match all.iter().position(|adapter| adapter.manifest.name == name) {
            Some(at) => Ok(all.swap_remove(at)),
            None => {
                let names: Vec<&str> =
                    all.iter().map(|adapter| adapter.manifest.name.as_str()).collect();
                let text = format!("unknown target `{name}`; there are {}", names.join(", "));
                Err(RunError::Usage(text))
            }
        }
    }

    fn read(root: &Path, folder: &Path) -> Result<Self, RunError> {
        let path = folder.join("adapter.toml");
        let text = fs::read_to_string(&path)
            .map_err(|source| RunError::File { path: path.clone(), source })?;
        let wrong = |message: String| RunError::Manifest { path: path.clone(), message };
        let manifest: Manifest = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if folder.file_name().is_none_or(|name| *name != *manifest.name) {
            return Err(wrong("`name` is not the folder's name".to_owned()));
        }
        let installation = root.join("target/adapters").join(&manifest.name);
        Ok(Self { manifest, folder: folder.to_owned(), installation, root: root.to_owned() })
    }

    /// The same program over another release of its library, named as the folder of `harness/regress/`
    /// whose lock files stand in for its own. Program, locks and installation are in `target/regress/`.
    ///
    /// # Errors
    /// [`RunError::File`] for a lock file that is not there, or a folder that cannot be written.
    pub fn release(&self, name: &str) -> Result<Self, RunError> {
        let locks = self.root.join("harness/regress");
        let place = self.root.join("target/regress").join(name);
        let folder = place.join("adapter");
        fs::create_dir_all(&folder)
            .map_err(|source| RunError::File { path: folder.clone(), source })?;
        let read = |path: &Path| {
            fs::read(path).map_err(|source| RunError::File { path: path.to_owned(), source })
        };
        let names = self.manifest.inputs.iter().map(String::as_str).chain(["adapter.toml"]);
        for file in names {
            let octets = match file {
                // What a release needs besides itself is the same for all of them.
                "requirements.lock" => {
                    let own = read(&locks.join(name).join(file))?;
                    [own, read(&locks.join("shared.lock"))?].concat()
                }
                "package.json" | "package-lock.json" => read(&locks.join(name).join(file))?,
                _ => read(&self.folder.join(file))?,
            };
            let path = folder.join(file);
            fs::write(&path, octets).map_err(|source| RunError::File { path, source })?;
        }
        let mut manifest = self.manifest.clone();
        name.clone_into(&mut manifest.name);
        let installation = place.join("installation");
        Ok(Self { manifest, folder, installation, root: self.root.clone() })
    }

    /// Its baseline, where it has one.
    #[must_use]
    pub fn baseline(&self) -> Option<PathBuf> {
        Some(self.folder.join("baseline.toml")).filter(|path| path.is_file())
    }

    /// What it shares an implementation or an author with: its own name where the manifest says
    /// nothing.
    #[must_use]
    pub fn family(&self) -> &str {
        self.manifest.family.as_deref().unwrap_or(&self.manifest.name)
    }

    /// Whether it is installed as its manifest and inputs are today.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        let stamp = self.installation().join(STAMP);
        fs::read_to_string(stamp).is_ok_and(|text| text == self.state())
    }

    /// The command that starts it.
    #[must_use]
    pub fn command(&self) -> Vec<String> {
        self.expand(&self.manifest.run)
    }

    /// Where it is installed.
    #[must_use]
    pub fn installation(&self) -> PathBuf {
        self.installation.clone()
    }

    /// The first program that is not there, with what to install.
    #[must_use]
    pub fn lacks(&self) -> Option<String> {
        let is_there = |need: &&Need| {
            let output = run(&self.expand(&need.check), &self.root, true);
            output.is_ok_and(|output| output.status.success())
        };
        let need = self.manifest.needs.iter().find(|need| !is_there(need))?;
        Some(format!("{} is missing: {}", need.program, need.hint))
    }

    /// Installs it where it is not, or where its inputs have changed. `say` is told what is done.
    ///
    /// # Errors
    /// [`RunError::Target`] says which runtime is missing and how to get it, or which step failed.
    pub fn install(&self, say: &dyn Fn(&str)) -> Result<(), RunError> {
        let name = &self.manifest.name;
        let fail = |message: String| RunError::Target { target: name.clone(), message };
        if let Some(text) = self.lacks() {
            return Err(fail(text));
        }
        let folder = self.installation();
        fs::create_dir_all(&folder)
            .map_err(|source| RunError::File { path: folder.clone(), source })?;
        // Two runs at once must not install over each other.
        let lock = folder.with_extension("lock");
        let guard = fs::File::create(&lock)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|source| RunError::File { path: lock, source })?;
        let stamp = folder.join(STAMP);
        let state = self.state();
        let current = self.is_installed();
        let steps: Vec<&Step> =
            self.manifest.install.iter().filter(|step| step.always || !current).collect();
        if !current && steps.iter().any(|step| !step.always) {
            say(&format!("installing {name} into {}", folder.display()));
        }
        for step in steps {
            let command = self.expand(&step.command);
            if step.always {
                say(&format!("{name}: {}", command.join(" ")));
            }
            let place = if step.always { &self.root } else { &folder };
            let output = run(&command, place, false)
                .map_err(|error| fail(format!("`{}`: {error}", command.join(" "))))?;
            if !output.status.success() {
                let text = String::from_utf8_lossy(&output.stderr).into_owned();
                let tail: Vec<&str> = text.lines().rev().take(20).collect();
                let tail: Vec<&str> = tail.into_iter().rev().collect();
                let text = format!("`{}` failed:\n{}", command.join(" "), tail.join("\n"));
                return Err(fail(text));
            }
        }
        fs::write(&stamp, state).map_err(|source| RunError::File { path: stamp, source })?;
        drop(guard);
        Ok(())
    }

    /// A text that changes when the manifest or an input does.
    fn state(&self) -> String {
        let mut hasher = DefaultHasher::new();
        let names =
            std::iter::once("adapter.toml").chain(self.manifest.inputs.iter().map(|n| n.as_str()));
        for name in names {
            fs::read(self.folder.join(name)).unwrap_or_default().hash(&mut hasher);
        }
        // Interpreters that are linked to, such as those of a venv, live below the root.
        self.root.hash(&mut hasher);
        format!("{:016x}\n", hasher.finish())
    }

    fn expand(&self, words: &[String]) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let install = self.installation().display().to_string();
        // Where cargo puts what the steps of Rust adapters build.
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.root.join("target"), PathBuf::from)
            .display()
            .to_string();
        let vendored = std::env::var("TOUCHSTONE_OPENSSL").is_ok_and(|value| value == "vendored");
        let mut out = Vec::new();
        for word in words {
            if word == "{openssl}" {
                if vendored {
                    out.extend(["--features".to_owned(), "oracles/vendored".to_owned()]);
                }
                continue;
            }
            out.push(
                word.replace("{folder}", &folder)
                    .replace("{install}", &install)
                    .replace("{target}", &target),
            );
        }
        out
    }
}

fn run(command: &[String], folder: &Path, quiet: bool) -> std::io::Result<std::process::Output> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(std::io::Error::other("an empty command"));
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    if quiet {
        command.stdout(Stdio::null());
    }
    command.output()
}

/// The file in an installation that says what it was made of.
const STAMP: &str = ".installed";
