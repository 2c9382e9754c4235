//! Styles, script and pictures of the pages: `npm ci`, then `build.mjs`; skipped when nothing changed.
use crate::run::{command, root, run, say, target_dir};
use anyhow::{Context as _, Result};
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

/// Makes `osn-server/ui/dist/`, which the server embeds.
pub(crate) fn build() -> Result<()> {
    styles()?;
    verifier()
}

/// The check of a published list, for the reader's browser: the house's own selection as WebAssembly.
fn verifier() -> Result<()> {
    let module = crate::plugins::core_module("osn-verify")?;
    let dist = root().join("osn-server/ui/dist/verify.wasm");
    let new = fs::read(&module).with_context(|| format!("reading {}", module.display()))?;
    // Written only when it changed: the server embeds it, and would be built again.
    if fs::read(&dist).ok().as_ref() != Some(&new) {
        fs::write(&dist, new).with_context(|| format!("writing {}", dist.display()))?;
    }
    Ok(())
}

fn styles() -> Result<()> {
    let folder = root().join("osn-server/ui");
    let stamp = target_dir().join("ui.stamp");
    let packages = fingerprint(&[folder.join("package-lock.json")])?;
    let inputs = fingerprint(&[
        folder.join("package.json"),
        folder.join("build.mjs"),
        folder.join("scss"),
        folder.join("js"),
        folder.join("img"),
    ])?;
    let wanted = format!("{packages:016x} {inputs:016x}");
    let found = fs::read_to_string(&stamp).unwrap_or_default();
    if found == wanted && folder.join("dist/app.css").is_file() {
        return Ok(());
    }
    let installed = folder.join("node_modules").is_dir() && found.starts_with(&format!("{packages:016x} "));
    if !installed {
        say("fetching the style packages (npm ci)");
        let mut npm = command("npm");
        npm.current_dir(&folder);
        run(npm.args([
            "ci",
            "--ignore-scripts",
            "--omit=optional",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]))?;
    }
    run(command("node").current_dir(&folder).arg("build.mjs"))?;
    fs::create_dir_all(target_dir())?;
    fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))
}

/// A number that changes when a file below the paths does.
fn fingerprint(paths: &[PathBuf]) -> Result<u64> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.as_os_str().as_encoded_bytes());
        hasher.write(&fs::read(&file).with_context(|| format!("reading {}", file.display()))?);
    }
    Ok(hasher.finish())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| format!("reading {}", path.display()))? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
