//! The repository as files: what the tidy tests read.
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 5] = ["target", "node_modules", "dist", "demo-data", ".git"];

/// A text file of the house.
#[derive(Debug)]
pub struct File {
    /// Path from the repository's root, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

impl File {
    /// Whether it stands below one of the folders.
    pub fn is_below(&self, folders: &[&str]) -> bool {
        folders
            .iter()
            .any(|folder| self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }
}

/// The repository's root.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Every text file whose name ends with one of `endings`, by path; anything that is not UTF-8 is passed over.
pub fn files(endings: &[&str]) -> Result<Vec<File>> {
    let mut paths = Vec::new();
    collect(root(), &mut paths)?;
    let mut files = Vec::new();
    for path in paths {
        let relative = path.strip_prefix(root())?.to_string_lossy().replace('\\', "/");
        if !endings.iter().any(|ending| relative.ends_with(ending)) {
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("reading {relative}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File { path: relative, text });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !path.is_dir() {
            paths.push(path);
        } else if !FOREIGN.contains(&name.as_str()) {
            collect(&path, paths)?;
        }
    }
    Ok(())
}
