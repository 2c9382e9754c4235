//! The packages on disk, with the demo scenarios that they carry.

use std::path::{Path, PathBuf};

use osn_programs::limits::Limits;
use osn_programs::package::Package;

use super::city;
use super::door::DemoError;
use super::scenario::Scenario;

/// One package with its scenario.
#[derive(Debug)]
pub(super) struct Found {
    /// The component as it is installed.
    pub(super) bytes: Vec<u8>,
    /// What the package plays.
    pub(super) scenario: Scenario,
}

/// A package that plays nothing: it is installed when the year is over, so that a visitor can set up an action with it.
#[derive(Debug)]
pub(super) struct Spare {
    /// The component as it is installed.
    pub(super) bytes: Vec<u8>,
    /// Key of the program.
    pub(super) key: String,
}

/// The packages of a folder.
#[derive(Debug)]
pub(super) struct Shelf {
    /// Those that play something, in the order of their stories.
    pub(super) found: Vec<Found>,
    /// The others, by key.
    pub(super) spare: Vec<Spare>,
}

/// Where packages are looked for when nobody says: beside the executable, then below the working directory.
pub(super) fn usual_folder() -> PathBuf {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.parent()?.parent().map(|target| target.join("plugins")));
    beside
        .filter(|folder| folder.is_dir())
        .unwrap_or_else(|| PathBuf::from("target/plugins"))
}

/// Every package of the folder.
pub(super) fn find(folder: &Path) -> Result<Shelf, DemoError> {
    let missing = |error: std::io::Error| {
        DemoError::data(
            &folder.display().to_string(),
            format!(
                "{error}. Build the programs first (`cargo xtask plugins --release`) or name their folder with --plugins"
            ),
        )
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(missing)? {
        let path = entry.map_err(missing)?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            files.push(path);
        }
    }
    files.sort();
    let (mut found, mut spare) = (Vec::new(), Vec::new());
    for path in files {
        let shown = path.display().to_string();
        let bytes = std::fs::read(&path).map_err(|error| DemoError::data(&shown, error))?;
        let package = Package::read(&bytes, &Limits::default()).map_err(|error| DemoError::data(&shown, error))?;
        if package.demo().is_empty() {
            let key = package.manifest().key.clone();
            spare.push(Spare { bytes, key });
            continue;
        }
        for (name, text) in package.demo() {
            let file = format!("{shown}:{name}");
            let scenario: Scenario = city::read(&file, text)?;
            if !scenario.is_known() {
                return Err(DemoError::data(&file, format!("unknown schema `{}`", scenario.schema)));
            }
            if scenario.program != package.manifest().key {
                return Err(DemoError::data(&file, "the scenario is about another program"));
            }
            found.push(Found {
                bytes: bytes.clone(),
                scenario,
            });
        }
    }
    // The main story first; equals by key, so that the order does not hang on names of files.
    found.sort_by(|one: &Found, other| {
        (one.scenario.order, &one.scenario.key).cmp(&(other.scenario.order, &other.scenario.key))
    });
    if found.is_empty() {
        return Err(DemoError::data(
            &folder.display().to_string(),
            "no package here carries a demo scenario",
        ));
    }
    spare.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(Shelf { found, spare })
}
