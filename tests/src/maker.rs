//! Makers of packages: they sign as minisign does, and make a version out of another.
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use blake2::{Blake2b512, Digest as _};
use ed25519_dalek::{Signer as _, SigningKey};
use osn_programs::package::pack_dir;

use crate::app::plugins;
use crate::house;

/// A maker of packages, with the files that `minisign -G` and `minisign -S` would write.
#[derive(Debug)]
pub struct Maker {
    key: SigningKey,
    id: [u8; 8],
}

impl Maker {
    /// A maker; different numbers are different people.
    pub fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[number; 32]),
            id: [number; 8],
        }
    }

    /// The public key, as `minisign -G` writes it.
    pub fn public(&self) -> String {
        BASE64.encode([&b"Ed"[..], &self.id, self.key.verifying_key().as_bytes()].concat())
    }

    /// Over the `BLAKE2b` digest of the file; the comment is covered by a signature of its own.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> String {
        let signature = self.key.sign(&Blake2b512::digest(bytes)).to_bytes();
        let line = BASE64.encode([&b"ED"[..], &self.id, &signature].concat());
        let global = self.key.sign(&[&signature, comment.as_bytes()].concat()).to_bytes();
        let global = BASE64.encode(global);
        format!("untrusted comment: made by a test\n{line}\ntrusted comment: {comment}\n{global}\n")
    }
}

/// A program of the house, packed anew under another version number.
pub fn version_of(program: &str, version: &str) -> Result<Vec<u8>> {
    let source = house::root().join("plugins").join(program);
    let folder = tempfile::tempdir()?;
    for part in ["locales", "cases", "demo"] {
        copy(&source.join(part), &folder.path().join(part))?;
    }
    let manifest = std::fs::read_to_string(source.join("program.toml"))?;
    let mut manifest: toml::Table = manifest.parse()?;
    manifest.insert("version".to_owned(), version.into());
    std::fs::write(folder.path().join("program.toml"), toml::to_string(&manifest)?)?;
    Ok(pack_dir(&plugins()?.join(format!("{program}.wasm")), folder.path())?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().context("a file's name")?))?;
        }
    }
    Ok(())
}
