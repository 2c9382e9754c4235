//! Makes a package: core module and program folder in, one file out. The same input gives the same bytes.

use std::fs;
use std::path::{Path, PathBuf};

use super::{CASES, DEMO, LOCALE, MANIFEST, PackageError, WORDS, read_manifest, section};
use crate::national::EXPENDITURE_CONTRACT;

/// Why no package was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The core module does not hold a program.
    #[error("{path} is not a program that can be made into a component: {reason}")]
    Encode {
        /// Where.
        path: PathBuf,
        /// What the encoder said.
        reason: String,
    },
    /// The result would be refused by every host.
    #[error(transparent)]
    Refused(#[from] PackageError),
}

/// The contracts, newest first. A module without a description of its own types is taken to speak the one by which it names its
/// exports.
const CONTRACTS: [(&str, &str); 2] = [
    ("@0.2.0#", include_str!("../../wit/0.2/program.wit")),
    ("@0.1.0#", include_str!("../../wit/0.1/program.wit")),
];
/// The contract of a national set of rules.
const RULE_SET_CONTRACT: &str = include_str!("../../wit/expenditure-0.1/expenditure.wit");
/// A function that only a national set exports.
const OF_RULE_SET: &str = "osn:expenditure/rules@0.1.0#judge";
/// What the names of the sections begin with in which a module describes its types.
const TYPES: &str = "component-type";

/// Makes a component of a core module that was built with an SDK. Components pass as they are.
///
/// The Rust SDK leaves a description of the contract's types in the module. A compiler of another language need not know of it:
/// a module without one is given the contract's.
///
/// # Errors
/// What the encoder said: the module is broken, imports something, or does not export what the contract asks for.
pub fn componentise(wasm: &[u8]) -> Result<Vec<u8>, String> {
    if wasmparser::Parser::is_component(wasm) {
        return Ok(wasm.to_vec());
    }
    let encode = || {
        let mut module = wasm.to_vec();
        if !section::custom(wasm).any(|(name, _)| name.starts_with(TYPES)) {
            let (contract, name) = if exports(wasm, OF_RULE_SET) {
                (RULE_SET_CONTRACT, "rule-set")
            } else {
                (contract_of(wasm), "program")
            };
            let mut resolve = wit_parser::Resolve::default();
            let package = resolve.push_str("contract.wit", contract)?;
            let world = resolve.select_world(&[package], Some(name))?;
            let encoding = wit_component::StringEncoding::UTF8;
            wit_component::embed_component_metadata(&mut module, &resolve, world, encoding, false)?;
        }
        wit_component::ComponentEncoder::default()
            .validate(true)
            .module(&module)?
            .encode()
    };
    encode().map_err(|error| format!("{error:#}"))
}

/// Whether a core module exports a function under this name.
fn exports(wasm: &[u8], name: &str) -> bool {
    let sections = wasmparser::Parser::new(0).parse_all(wasm).flatten();
    sections.into_iter().any(|payload| match payload {
        wasmparser::Payload::ExportSection(section) => section.into_iter().flatten().any(|export| export.name == name),
        _ => false,
    })
}

/// The manifest of a folder that holds a national set of rules instead of a program.
const RULE_SET_MANIFEST: &str = "rule-set.toml";

/// The text of the contract that a module names in its exports; the newest where it names none.
fn contract_of(wasm: &[u8]) -> &'static str {
    let payloads = wasmparser::Parser::new(0).parse_all(wasm).filter_map(Result::ok);
    let exports = payloads.filter_map(|payload| match payload {
        wasmparser::Payload::ExportSection(exports) => Some(exports),
        _ => None,
    });
    let names: Vec<&str> = exports.flatten().filter_map(|export| Some(export.ok()?.name)).collect();
    let named = CONTRACTS
        .iter()
        .find(|(version, _)| names.iter().any(|name| name.contains(version)));
    let [(_, newest), _] = CONTRACTS;
    named.map_or(newest, |(_, text)| *text)
}

/// Packs a program folder (`program.toml`, `locales/*.ftl`, `cases/*.toml`, `demo/*.toml`) with its built core module; or the
/// folder of a national set of rules (`rule-set.toml`, `words.toml`, `cases/*.toml`).
pub fn pack_dir(core_wasm: &Path, program_dir: &Path) -> Result<Vec<u8>, PackError> {
    let read = |path: &Path| {
        fs::read(path).map_err(|source| PackError::Read {
            path: path.to_owned(),
            source,
        })
    };
    let component = componentise(&read(core_wasm)?).map_err(|reason| PackError::Encode {
        path: core_wasm.to_owned(),
        reason,
    })?;
    let mut package = section::without_custom(&component).ok_or_else(|| PackError::Encode {
        path: core_wasm.to_owned(),
        reason: "a section is cut short".to_owned(),
    })?;
    let is_rule_set = program_dir.join(RULE_SET_MANIFEST).is_file();
    let (name, contract) = if is_rule_set {
        (RULE_SET_MANIFEST, &[EXPENDITURE_CONTRACT][..])
    } else {
        ("program.toml", &crate::CONTRACTS[..])
    };
    let manifest = read(&program_dir.join(name))?;
    read_manifest(std::str::from_utf8(&manifest).ok(), contract)?;
    section::append(&mut package, MANIFEST, &manifest);
    if is_rule_set {
        section::append(&mut package, WORDS, &read(&program_dir.join("words.toml"))?);
    }
    for (folder, extension, prefix) in [
        ("locales", "ftl", LOCALE),
        ("cases", "toml", CASES),
        ("demo", "toml", DEMO),
    ] {
        for path in files(&program_dir.join(folder), extension)? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            section::append(&mut package, &format!("{prefix}{name}"), &read(&path)?);
        }
    }
    Ok(package)
}

/// Files of a folder by extension, sorted by name; none where there is no folder.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, PackError> {
    let wrong = |source| PackError::Read {
        path: folder.to_owned(),
        source,
    };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
