//! The one rule about OpenSSL, which only the crate `oracles` (for josekit) links.
//!
//! The system's is taken where `openssl-sys` would find it; otherwise josekit's vendored copy,
//! which is the feature `vendored` of `oracles` and costs minutes of building once.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::repository::succeeds;

/// Which OpenSSL josekit is built with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OpenSsl {
    /// The headers and libraries of this machine.
    System,
    /// Built from source by cargo.
    Vendored,
}

impl OpenSsl {
    /// The choice for this machine. [`VARIABLE`] overrides it.
    pub(crate) fn of_this_machine() -> Self {
        Self::choose(|name| std::env::var_os(name), || pkg_config_knows_it() || homebrew_has_it())
    }

    fn choose(
        variable: impl Fn(&str) -> Option<OsString>,
        is_installed: impl FnOnce() -> bool,
    ) -> Self {
        match variable(VARIABLE) {
            Some(value) if value == "system" => return Self::System,
            Some(value) if value == "vendored" => return Self::Vendored,
            _ => {}
        }
        let is_told =
            ["OPENSSL_DIR", "OPENSSL_LIB_DIR"].iter().any(|name| variable(name).is_some())
                || variable("OPENSSL_NO_VENDOR").is_some_and(|value| value != "0");
        if is_told || is_installed() { Self::System } else { Self::Vendored }
    }

    /// The value of [`VARIABLE`].
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Vendored => "vendored",
        }
    }

    /// What `cargo … --workspace` needs to be told.
    pub(crate) fn features(self) -> &'static [&'static str] {
        match self {
            Self::System => &[],
            Self::Vendored => &["--features", "oracles/vendored"],
        }
    }

    /// Says on standard error what will take minutes, if something will.
    pub(crate) fn announce(self) {
        if self == Self::Vendored {
            eprintln!(
                "no OpenSSL headers found (pkg-config openssl): josekit brings its own, which \
                 takes minutes to build once and needs perl and make"
            );
        }
    }
}

/// The variable that carries the choice to the runner, and from the user to xtask.
pub(crate) const VARIABLE: &str = "TOUCHSTONE_OPENSSL";

fn pkg_config_knows_it() -> bool {
    let program = std::env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let mut command = Command::new(program);
    command.args(["--exists", "openssl"]);
    succeeds(command)
}

/// The folders where `openssl-sys` looks on macOS.
fn homebrew_has_it() -> bool {
    ["/opt/homebrew/opt/openssl@3/include", "/usr/local/opt/openssl@3/include"]
        .iter()
        .any(|folder| Path::new(folder).is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], is_installed: bool, expected: OpenSsl) {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        };
        assert_eq!(OpenSsl::choose(variable, || is_installed), expected, "{variables:?}");
    }

    #[test]
    fn installed_headers_are_taken() {
        check(&[], true, OpenSsl::System);
    }

    #[test]
    fn without_headers_it_is_vendored() {
        check(&[], false, OpenSsl::Vendored);
    }

    #[test]
    fn a_named_folder_is_taken() {
        check(&[("OPENSSL_DIR", "/opt/openssl")], false, OpenSsl::System);
        check(&[("OPENSSL_LIB_DIR", "/opt/openssl/lib")], false, OpenSsl::System);
    }

    #[test]
    fn vendoring_can_be_forbidden() {
        check(&[("OPENSSL_NO_VENDOR", "1")], false, OpenSsl::System);
        check(&[("OPENSSL_NO_VENDOR", "0")], false, OpenSsl::Vendored);
    }

    #[test]
    fn the_users_word_comes_first() {
        check(&[(VARIABLE, "vendored"), ("OPENSSL_DIR", "/opt")], true, OpenSsl::Vendored);
        check(&[(VARIABLE, "system")], false, OpenSsl::System);
    }
}
