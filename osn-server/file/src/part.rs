//! What somebody hands over: bytes that came, or a file that is read piece by piece.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};

/// One file, or one of several that are read as one.
#[derive(Debug)]
pub struct Part {
    name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Held(Vec<u8>),
    File(File),
}

/// What can be read from its start as often as needed.
pub(crate) trait Source: Read + Seek {}

impl<S: Read + Seek> Source for S {}

impl Part {
    /// Bytes that are held.
    pub fn held(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            content: Content::Held(bytes),
        }
    }

    /// A file that stays where it is.
    pub fn file(name: impl Into<String>, file: File) -> Self {
        Self {
            name: name.into(),
            content: Content::File(file),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its length in bytes.
    ///
    /// # Errors
    /// When the file cannot be asked.
    pub fn size(&self) -> io::Result<u64> {
        match &self.content {
            Content::Held(bytes) => Ok(u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
            Content::File(file) => Ok(file.metadata()?.len()),
        }
    }

    /// Its bytes from the start, for one reader at a time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reader(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.open()?))
    }

    pub(crate) fn open(&self) -> io::Result<Box<dyn Source + '_>> {
        Ok(match &self.content {
            Content::Held(bytes) => Box::new(Cursor::new(bytes.as_slice())),
            Content::File(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
        })
    }
}
