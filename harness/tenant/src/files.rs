//! Files that only their owner reads.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// Replaces a file by one that only the owner can read and write.
///
/// # Errors
/// The system's.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    // A file that is there keeps its mode when it is opened, so it goes first.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    private(OpenOptions::new().write(true).create_new(true)).open(path)?.write_all(text.as_bytes())
}

/// Makes sure that there is a file that only the owner can read and write.
///
/// # Errors
/// The system's.
pub(crate) fn ensure_private(path: &Path) -> io::Result<()> {
    private(OpenOptions::new().append(true).create(true)).open(path).map(drop)
}

/// Makes a folder that only the owner enters, and those above it.
///
/// # Errors
/// The system's.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}
