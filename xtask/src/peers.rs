//! The peers that the sandbox is measured beside, in a Python environment of their own: never a dependency.
use crate::run::{answers, command, run, say, target_dir};
use std::path::PathBuf;

/// Where the bench `assess` finds a Python that has them.
pub(crate) const VARIABLE: &str = "OSN_PEERS_PYTHON";
/// The versions that the figures are about.
const PACKAGES: [&str; 2] = ["openfisca-core==46.0.1", "extism==1.1.1"];

/// The environment's Python, made at first; none where the machine cannot make it: the bench then says that it did not compare.
pub(crate) fn python() -> Option<PathBuf> {
    let folder = target_dir().join("peers");
    let python = folder.join("bin/python");
    if !answers(&python, &["-c", "import openfisca_core, extism"]) {
        let make = run(command("python3").args(["-m", "venv"]).arg(&folder));
        let install = ["-m", "pip", "install", "--quiet"];
        let filled = make.and_then(|()| run(command(&python).args(install).args(PACKAGES)));
        if let Err(fault) = filled {
            say(&format!(
                "the peers are not compared: {fault:#}. They take python3 with venv (apt-get install -y python3-venv)"
            ));
            return None;
        }
    }
    Some(python)
}
