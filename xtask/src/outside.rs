//! Another municipality's software: a small crate outside the workspace that depends on `osn-core` alone, run natively
//! and as WebAssembly, with the same words from both.
use crate::run::{cargo, command, output_of, root, run, say, target_dir};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

const WASM: &str = "wasm32-unknown-unknown";

/// Calls the module's `story` and prints the text that it left in its memory.
const CALLER: &str = r"
const module = new WebAssembly.Module(require('fs').readFileSync(process.argv[1]));
const imports = WebAssembly.Module.imports(module);
if (imports.length) throw new Error('osn-core imports ' + JSON.stringify(imports));
const { memory, story, story_length } = new WebAssembly.Instance(module, {}).exports;
const at = story();
process.stdout.write(Buffer.from(memory.buffer, at, story_length()).toString());
";

/// Builds and runs the crate of `tests/outside/`.
pub(crate) fn build_and_run() -> Result<()> {
    say("another municipality's crate, outside the workspace");
    let folder = copy()?;
    let outside = |arguments: &[&str]| {
        let mut cargo = cargo(arguments);
        cargo
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", target_dir().join("outside"));
        cargo
    };
    run(&mut outside(&["build", "--quiet"]))?;
    run(&mut outside(&["build", "--quiet", "--lib", "--target", WASM]))?;
    let native = output_of(&mut command(target_dir().join("outside/debug/another-municipality")))?;
    let module = target_dir()
        .join("outside")
        .join(WASM)
        .join("debug/another_municipality.wasm");
    let wasm = output_of(command("node").args(["-e", CALLER]).arg(module))?;
    ensure!(!native.trim().is_empty(), "the crate printed nothing");
    ensure!(
        native == wasm,
        "the two runs differ:\n--- native\n{native}\n--- wasm32\n{wasm}"
    );
    fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))
}

/// A folder outside the repository with the sources, a manifest, and our versions of the dependencies.
fn copy() -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("osn-outside-{}", std::process::id()));
    let sources = folder.join("src");
    fs::create_dir_all(&sources).with_context(|| format!("making {}", sources.display()))?;
    let from = root().join("tests/outside");
    for entry in fs::read_dir(&from).with_context(|| format!("reading {}", from.display()))? {
        let path = entry?.path();
        fs::copy(&path, sources.join(path.file_name().unwrap_or_default()))?;
    }
    fs::write(folder.join("Cargo.toml"), manifest(root()))?;
    for file in ["Cargo.lock", "rust-toolchain.toml"] {
        fs::copy(root().join(file), folder.join(file)).with_context(|| format!("copying {file}"))?;
    }
    Ok(folder)
}

fn manifest(root: &Path) -> String {
    format!(
        r#"[package]
name = "another-municipality"
version = "0.0.0"
edition = "2024"
publish = false

[lib]
crate-type = ["cdylib", "rlib"]

[dependencies]
osn-core = {{ path = "{}" }}
"#,
        root.join("osn-core").display()
    )
}
