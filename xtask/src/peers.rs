//! Python environments of our own, for what is measured or tried beside us: never a dependency.
use crate::run::{answers, command, run, say, target_dir};
use anyhow::{Context as _, Result};
use std::path::PathBuf;

/// Where the bench `assess` finds a Python that has the peers.
pub(crate) const VARIABLE: &str = "OSN_PEERS_PYTHON";
/// The versions that the figures are about.
const PACKAGES: [&str; 2] = ["openfisca-core==46.0.1", "extism==1.1.1"];

/// The Python of the peers; none where the machine cannot make it: the bench then says that it did not compare.
pub(crate) fn python() -> Option<PathBuf> {
    match environment("peers", &PACKAGES, "import openfisca_core, extism") {
        Ok(python) => Some(python),
        Err(fault) => {
            say(&format!("the peers are not compared: {fault:#}"));
            None
        }
    }
}

/// The Python of an environment, made at first.
pub(crate) fn environment(name: &str, packages: &[&str], probe: &str) -> Result<PathBuf> {
    let folder = target_dir().join(name);
    let python = folder.join("bin/python");
    if !answers(&python, &["-c", probe]) {
        let make = run(command("python3").args(["-m", "venv"]).arg(&folder));
        let install = ["-m", "pip", "install", "--quiet"];
        make.and_then(|()| run(command(&python).args(install).args(packages)))
            .with_context(|| {
                format!(
                    "{} takes python3 with venv (apt-get install -y python3-venv)",
                    packages.join(", ")
                )
            })?;
    }
    Ok(python)
}
