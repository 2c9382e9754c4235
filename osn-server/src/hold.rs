//! One process at a time on an embedded data directory: a lock of the operating system, which ends with the process however
//! that ends.
//!
//! Whoever writes holds it: `serve`, `demo`, `init`, `migrate`, `user`, `program install`. What only reads works beside a
//! server (`replay`, `audit verify`, `certificate verify`, `program list`), and so does `export`, whose one journal entry
//! waits for its turn in the database like everybody's: the server keeps nothing in memory that they could make stale.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Name of the lock's file.
const FILE: &str = "osn.lock";

/// The directory is this process's while this value lives.
#[derive(Debug)]
pub struct Hold {
    _file: File,
}

/// Why a directory cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Somebody else does.
    #[error("another osn process works on the data directory {}: end it first, or name another with --data-dir", dir.display())]
    Held {
        /// Which.
        dir: PathBuf,
    },
    /// The file of the lock.
    #[error("the data directory {} cannot be held: {source}", dir.display())]
    File {
        /// Which.
        dir: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Hold {
    /// Takes the directory, which is made when it is missing.
    ///
    /// # Errors
    /// When another process has it, or its lock cannot be written.
    pub fn take(dir: &Path) -> Result<Self, HoldError> {
        let failed = |source| HoldError::File {
            dir: dir.to_owned(),
            source,
        };
        std::fs::create_dir_all(dir).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options.open(dir.join(FILE)).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(HoldError::Held { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_held_once_and_free_again() {
        let dir = tempfile::tempdir().unwrap();
        let held = Hold::take(dir.path()).unwrap();
        let refused = Hold::take(dir.path()).unwrap_err();
        assert!(matches!(&refused, HoldError::Held { dir: named } if named == dir.path()));
        assert!(
            refused.to_string().contains(&dir.path().display().to_string()),
            "{refused}"
        );
        drop(held);
        Hold::take(dir.path()).unwrap();
    }
}
