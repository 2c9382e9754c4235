//! The peer that the sandbox is measured beside: OpenFisca-core in a Python environment of its own, never a dependency.
use crate::run::{answers, command, run, say, target_dir};
use std::path::PathBuf;

/// Where the bench `assess` finds a Python that has it.
pub(crate) const VARIABLE: &str = "OSN_OPENFISCA_PYTHON";
/// The version that the figure is about.
const PACKAGE: &str = "openfisca-core==46.0.1";

/// The environment's Python, made at first; none where the machine cannot make it: the bench then says that it did not compare.
pub(crate) fn python() -> Option<PathBuf> {
    let folder = target_dir().join("openfisca");
    let python = folder.join("bin/python");
    if !answers(&python, &["-c", "import openfisca_core"]) {
        let make = run(command("python3").args(["-m", "venv"]).arg(&folder));
        let filled = make.and_then(|()| run(command(&python).args(["-m", "pip", "install", "--quiet", PACKAGE])));
        if let Err(fault) = filled {
            say(&format!(
                "OpenFisca is not compared: {fault:#}. It takes python3 with venv (apt-get install -y python3-venv)"
            ));
            return None;
        }
    }
    Some(python)
}
