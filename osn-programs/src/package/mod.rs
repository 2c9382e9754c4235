//! A program as one file: a component whose custom sections hold manifest, texts, golden cases and demo scenarios.
//!
//! Two digests, both plain SHA-256 that `sha256sum` confirms: of the whole file (which package is installed) and of the
//! component without its custom sections (what decides), so that a corrected text does not change what decided.

mod inspect;
mod pack;
mod section;
mod sign;

use std::collections::BTreeMap;

use osn_core::canonical::Digest;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::limits::Limits;

pub use pack::{PackError, componentise, pack_dir};
pub use sign::{Policy, Signed, Trust, verify_signature};

pub(crate) const MANIFEST: &str = "osn:manifest";
pub(crate) const LOCALE: &str = "osn:locale:";
pub(crate) const CASES: &str = "osn:cases:";
pub(crate) const DEMO: &str = "osn:demo:";
pub(crate) const WORDS: &str = "osn:words";

pub(crate) use inspect::{PROGRAM, RULE_SET};

/// `program.toml`: what a host shows about a package before it runs anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The program's key in kebab-case, the same as in its description.
    pub key: String,
    /// Version of the program, for people.
    pub version: String,
    /// The contract that it is written for, as `0.1`.
    pub contract: String,
    /// Licence as an SPDX expression.
    pub licence: String,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Languages of its texts; the first is the source.
    pub languages: Vec<String>,
    /// Where its source can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A package that was read and found in order. Nothing of it has run yet.
#[derive(Clone)]
pub struct Package {
    bytes: Vec<u8>,
    code: Vec<u8>,
    code_digest: Digest,
    digest: Digest,
    manifest: Manifest,
    locales: BTreeMap<String, String>,
    cases: BTreeMap<String, String>,
    demo: BTreeMap<String, String>,
}

impl std::fmt::Debug for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Package")
            .field("key", &self.manifest.key)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

/// Why a package is refused, in words that tell its author what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// Too large.
    #[error(
        "the package has {size} bytes, at most {limit} are allowed: build it with the `plugin` profile, which strips symbols"
    )]
    TooLarge {
        /// Its size.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not WebAssembly at all, or broken.
    #[error("this is not a WebAssembly component: {reason}")]
    NotAComponent {
        /// What was found instead.
        reason: String,
    },
    /// A core module, not yet a component.
    #[error("this is a core module: make a component of it with `osn program build` (or osn-pack)")]
    CoreModule,
    /// Machine code, which is never accepted from outside.
    #[error("this is a compiled program: upload the component itself, the server compiles it")]
    MachineCode,
    /// It uses a proposal of WebAssembly that programs must not use.
    #[error("the program uses a feature of WebAssembly that is switched off here: {reason}")]
    ForbiddenFeature {
        /// Which, as the validator says it.
        reason: String,
    },
    /// It imports something.
    #[error("the program imports {}: programs import nothing{}", quoted(.names), wasi_hint(.names))]
    Imports {
        /// Names of the imports.
        names: Vec<String>,
    },
    /// It speaks another contract.
    #[error("the program needs contract {needs}, this host speaks {host}")]
    WrongContract {
        /// The contract of its exports.
        needs: String,
        /// The contracts of this host.
        host: String,
    },
    /// An interface of the contract is missing.
    #[error("the program does not export {}", quoted(.names))]
    MissingExports {
        /// Names of the interfaces.
        names: Vec<String>,
    },
    /// It wants more memory at the start than it may ever have, too many memories, tables or instances.
    #[error("the program declares {what} of {found}, at most {limit} are allowed")]
    TooMuchDeclared {
        /// What is declared.
        what: &'static str,
        /// How much.
        found: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// The manifest is missing or wrong.
    #[error("the manifest (program.toml) is not usable: {reason}")]
    Manifest {
        /// Why.
        reason: String,
    },
    /// A section of ours is there twice, not text, or not known.
    #[error("section `{name}` {reason}")]
    Section {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A signature is needed and missing.
    #[error("the package is not signed, and this host takes signed packages only")]
    NotSigned,
    /// The signature is not by a key that this host trusts, or not over these bytes.
    #[error("the signature is not by a key that this host trusts, or not over this package")]
    BadSignature,
    /// The text is no minisign signature.
    #[error("the signature file is not a minisign signature")]
    NotASignature,
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn wasi_hint(names: &[String]) -> &'static str {
    if names
        .iter()
        .any(|name| name.starts_with("wasi") || name.contains("__wbindgen"))
    {
        " (build for the target wasm32-unknown-unknown, which brings no WASI and no JavaScript with it)"
    } else {
        ""
    }
}

impl Package {
    /// Reads a package and refuses whatever must not run, before anything is compiled.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, PackageError> {
        let code = code_of(bytes, limits, &PROGRAM)?;
        let mut package = Self {
            bytes: bytes.to_vec(),
            code_digest: plain_digest(&code),
            code,
            digest: plain_digest(bytes),
            manifest: Manifest {
                key: String::new(),
                version: String::new(),
                contract: String::new(),
                licence: String::new(),
                authors: Vec::new(),
                languages: Vec::new(),
                source: None,
            },
            locales: BTreeMap::new(),
            cases: BTreeMap::new(),
            demo: BTreeMap::new(),
        };
        let mut manifest = None;
        for (name, text) in texts(bytes)? {
            if name == MANIFEST {
                manifest = Some(text);
            } else if let Some(language) = name.strip_prefix(LOCALE) {
                package.locales.insert(language.to_owned(), text);
            } else if let Some(file) = name.strip_prefix(CASES) {
                package.cases.insert(file.to_owned(), text);
            } else if let Some(file) = name.strip_prefix(DEMO) {
                package.demo.insert(file.to_owned(), text);
            } else {
                let reason = "is not known to this contract";
                return Err(PackageError::Section { name, reason });
            }
        }
        package.manifest = read_manifest(manifest.as_deref(), &crate::CONTRACTS)?;
        Ok(package)
    }

    /// The file as it was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The component without custom sections.
    pub fn code(&self) -> &[u8] {
        &self.code
    }

    /// SHA-256 of [`Package::code`].
    pub const fn code_digest(&self) -> Digest {
        self.code_digest
    }

    /// SHA-256 of [`Package::bytes`].
    pub const fn package_digest(&self) -> Digest {
        self.digest
    }

    /// The manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Language -> Fluent source.
    pub const fn locales(&self) -> &BTreeMap<String, String> {
        &self.locales
    }

    /// File name -> golden cases (TOML).
    pub const fn cases(&self) -> &BTreeMap<String, String> {
        &self.cases
    }

    /// File name -> demo scenario (TOML).
    pub const fn demo(&self) -> &BTreeMap<String, String> {
        &self.demo
    }
}

/// The texts that a package carries in custom sections of ours, by the names of the sections.
pub(crate) fn texts(bytes: &[u8]) -> Result<BTreeMap<String, String>, PackageError> {
    let mut texts = BTreeMap::new();
    for (name, data) in section::custom(bytes).filter(|(name, _)| name.starts_with("osn:")) {
        let refuse = |reason| PackageError::Section {
            name: name.to_owned(),
            reason,
        };
        let text = std::str::from_utf8(data).map_err(|_| refuse("is not UTF-8 text"))?;
        if texts.insert(name.to_owned(), text.to_owned()).is_some() {
            return Err(refuse("is there twice"));
        }
    }
    Ok(texts)
}

/// Reads a manifest for this contract and checks it.
pub(crate) fn read_manifest(text: Option<&str>, contracts: &[&str]) -> Result<Manifest, PackageError> {
    let refuse = |reason: String| PackageError::Manifest { reason };
    let text = text.ok_or_else(|| refuse("it is missing".to_owned()))?;
    let manifest: Manifest = toml::from_str(text).map_err(|error| refuse(error.message().to_owned()))?;
    if !crate::about::is_key(&manifest.key) {
        return Err(refuse("`key` is not in kebab-case".to_owned()));
    }
    if manifest.languages.is_empty() {
        return Err(refuse("`languages` is empty".to_owned()));
    }
    if !contracts.contains(&manifest.contract.as_str()) {
        return Err(PackageError::WrongContract {
            needs: manifest.contract,
            host: contracts.join(" and "),
        });
    }
    Ok(manifest)
}

/// Checks a component and returns it without custom sections.
pub(crate) fn code_of(bytes: &[u8], limits: &Limits, world: &inspect::World) -> Result<Vec<u8>, PackageError> {
    if bytes.len() > limits.package_bytes {
        return Err(PackageError::TooLarge {
            size: bytes.len(),
            limit: limits.package_bytes,
        });
    }
    inspect::component(bytes, limits, world)?;
    section::without_custom(bytes).ok_or_else(|| PackageError::NotAComponent {
        reason: "a section is cut short".to_owned(),
    })
}

/// SHA-256 of bytes as `sha256sum` prints it.
pub(crate) fn plain_digest(bytes: &[u8]) -> Digest {
    Digest::from_bytes(sha2::Sha256::digest(bytes).into())
}
