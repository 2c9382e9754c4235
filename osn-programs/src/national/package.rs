//! A national set as one file: a component whose custom sections hold manifest, words and golden cases.

use std::collections::BTreeMap;

use osn_core::canonical::Digest;
use osn_core::expenditure::Catalogue;

use super::EXPENDITURE_CONTRACT;
use crate::limits::Limits;
use crate::package::{CASES, MANIFEST, Manifest, PackageError, RULE_SET, WORDS, code_of, plain_digest};

/// A package that was read and found in order. Nothing of it has run yet.
#[derive(Clone)]
pub struct NationalPackage {
    bytes: Vec<u8>,
    code: Vec<u8>,
    code_digest: Digest,
    digest: Digest,
    manifest: Manifest,
    words: Catalogue,
    cases: BTreeMap<String, String>,
}

impl std::fmt::Debug for NationalPackage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NationalPackage")
            .field("key", &self.manifest.key)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

impl NationalPackage {
    /// Reads a package and refuses whatever must not run, before anything is compiled.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, PackageError> {
        let code = code_of(bytes, limits, &RULE_SET)?;
        let mut texts = crate::package::texts(bytes)?;
        let manifest = texts.remove(MANIFEST);
        let manifest = crate::package::read_manifest(manifest.as_deref(), &[EXPENDITURE_CONTRACT])?;
        let section = |name: &str, reason| PackageError::Section {
            name: name.to_owned(),
            reason,
        };
        let words = texts.remove(WORDS).ok_or_else(|| section(WORDS, "is missing"))?;
        let words = Catalogue::read(&words).map_err(|error| PackageError::Manifest {
            reason: format!("words.toml: {}", error.reason),
        })?;
        let mut cases = BTreeMap::new();
        for (name, text) in texts {
            match name.strip_prefix(CASES) {
                Some(file) => cases.insert(file.to_owned(), text),
                None => return Err(section(&name, "is not known to this contract")),
            };
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            code_digest: plain_digest(&code),
            code,
            digest: plain_digest(bytes),
            manifest,
            words,
            cases,
        })
    }

    /// The file as it was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The component without custom sections.
    pub(super) fn code(&self) -> &[u8] {
        &self.code
    }

    /// SHA-256 of the component without custom sections: what judges.
    pub const fn code_digest(&self) -> Digest {
        self.code_digest
    }

    /// SHA-256 of the whole file: what is installed.
    pub const fn package_digest(&self) -> Digest {
        self.digest
    }

    /// The manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The words of its rules.
    pub(super) const fn words(&self) -> &Catalogue {
        &self.words
    }

    /// File name -> golden cases (TOML).
    pub(super) const fn cases(&self) -> &BTreeMap<String, String> {
        &self.cases
    }
}
