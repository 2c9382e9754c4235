//! How far the year has been played: a small file in the data directory, so that a killed demo goes on where it stood.
//!
//! The file may be one step behind the database and never ahead of it: a step is written down after its answer. The step
//! that is then asked for again carries the same idempotency key and gets the same answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::door::DemoError;

/// Name of the file in the data directory.
const FILE: &str = "demo-progress.json";

/// Whether a data directory is a demonstration's: it was begun by `osn demo`, and whoever serves it says so.
pub fn is_demonstration(dir: &Path) -> bool {
    dir.join(FILE).exists()
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    format: u32,
    seed: u64,
    /// The demo accounts' password: made once, printed, good for this data directory only.
    password: String,
    steps: BTreeSet<String>,
    values: BTreeMap<String, Value>,
}

/// The record of one data directory.
#[derive(Debug)]
pub struct Progress {
    path: PathBuf,
    record: Record,
    began_empty: bool,
}

impl Progress {
    /// Reads the record of `dir`, or begins one with this seed and password. The recorded seed wins.
    pub fn open(dir: &Path, seed: u64, password: impl FnOnce() -> String) -> Result<Self, DemoError> {
        let path = dir.join(FILE);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let record: Record = serde_json::from_slice(&bytes).map_err(|error| DemoError::data(FILE, error))?;
                if record.format != 1 {
                    return Err(DemoError::data(FILE, "written by another version of the demo"));
                }
                Ok(Self {
                    path,
                    record,
                    began_empty: false,
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(dir).map_err(DemoError::below("making the data directory"))?;
                let record = Record {
                    format: 1,
                    seed,
                    password: password(),
                    steps: BTreeSet::new(),
                    values: BTreeMap::new(),
                };
                let progress = Self {
                    path,
                    record,
                    began_empty: true,
                };
                progress.write()?;
                Ok(progress)
            }
            Err(error) => Err(DemoError::below("reading the demo's progress")(error)),
        }
    }

    /// Whether this start found nothing played before it.
    pub fn began_empty(&self) -> bool {
        self.began_empty
    }

    /// The seed that the people are made from.
    pub fn seed(&self) -> u64 {
        self.record.seed
    }

    /// The password of the demo accounts.
    pub fn password(&self) -> &str {
        &self.record.password
    }

    /// How many steps were played so far.
    pub fn count(&self) -> usize {
        self.record.steps.len()
    }

    /// Whether a step was played.
    pub fn has(&self, step: &str) -> bool {
        self.record.steps.contains(step)
    }

    /// Something that an earlier step left for later ones.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.record.values.get(name)
    }

    /// Leaves something for later steps; written with the step.
    pub fn keep(&mut self, name: impl Into<String>, value: Value) {
        self.record.values.insert(name.into(), value);
    }

    /// Writes a step down.
    pub fn done(&mut self, step: &str) -> Result<(), DemoError> {
        if self.record.steps.insert(step.to_owned()) {
            self.write()
        } else {
            Ok(())
        }
    }

    /// Replaces the file whole: a reader sees the old record or the new one. It need not be flushed to the disk, because
    /// being behind is harmless.
    fn write(&self) -> Result<(), DemoError> {
        let what = "writing the demo's progress";
        let bytes = serde_json::to_vec(&self.record).map_err(DemoError::below(what))?;
        let fresh = self.path.with_extension("json.new");
        std::fs::write(&fresh, bytes).map_err(DemoError::below(what))?;
        std::fs::rename(&fresh, &self.path).map_err(DemoError::below(what))
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn a_record_is_found_again_with_its_own_seed() {
        let dir = tempfile::tempdir().unwrap();
        let mut first = Progress::open(dir.path(), 7, || "one".to_owned()).unwrap();
        assert!(first.began_empty());
        first.keep("action", "a-1".into());
        first.done("action.create").unwrap();
        let second = Progress::open(dir.path(), 8, || "two".to_owned()).unwrap();
        assert!(!second.began_empty() && second.has("action.create") && !second.has("call.create"));
        assert_eq!((second.seed(), second.password(), second.count()), (7, "one", 1));
        assert_eq!(second.value("action"), Some(&"a-1".into()));
    }

    #[test]
    fn a_record_that_does_not_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("demo-progress.json"), b"{\"format\":1").unwrap();
        assert!(Progress::open(dir.path(), 7, String::new).is_err());
    }
}
