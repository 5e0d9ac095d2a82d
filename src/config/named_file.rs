//! Files that the configuration names: models, tokenizers, label maps.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

/// Whether there is such a file, and of a size that can be.
///
/// # Errors
/// It cannot be seen; it is no regular file (a device has no end, and a pipe is not even opened while nobody writes to it;
/// [`ErrorKind::InvalidInput`]); or it has more than `most` bytes ([`ErrorKind::FileTooLarge`]).
pub fn look_at(path: &Path, most: u64) -> io::Result<()> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
    }
    if found.len() > most { Err(too_large(most)) } else { Ok(()) }
}

/// The content of a file, of at most `most` bytes also when it grows meanwhile.
///
/// # Errors
/// Those of [`look_at`], or it cannot be read.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    look_at(path, most)?;
    let mut content = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > most { Err(too_large(most)) } else { Ok(content) }
}

fn too_large(most: u64) -> io::Error {
    io::Error::new(ErrorKind::FileTooLarge, format!("larger than {most} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: a file at its bound and one byte over it, a folder, a device without an end, and nothing.
    /// Guarantees: only the first is read; each other is told why, at once.
    #[test]
    fn only_files_with_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        let kind = |path: &Path, most| read(path, most).unwrap_err().kind();
        assert_eq!(kind(&path, 4), ErrorKind::FileTooLarge);
        assert_eq!(kind(folder.path(), 5), ErrorKind::InvalidInput);
        assert_eq!(kind(Path::new("/dev/zero"), 5), ErrorKind::InvalidInput);
        assert_eq!(kind(&folder.path().join("missing"), 5), ErrorKind::NotFound);
    }
}
