//! Programs: each folder of `plugins/` with a `program.toml` becomes one packed component in `target/plugins/`; national sets of
//! rules, each with a `rule-set.toml`, go to `target/rule-sets/`.
use crate::run::{cargo, command, root, run, say, target_dir};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

const WASM: &str = "wasm32-unknown-unknown";

/// The profile of the tools that pack; programs themselves are always built with the `plugin` profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--release"],
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// Builds and packs every program and every national set with the `osn-pack` that was built before.
pub(crate) fn build(profile: Profile) -> Result<()> {
    pack_all(profile, folders()?, "plugins")?;
    pack_all(profile, holding("rule-set.toml")?, "rule-sets")
}

fn pack_all(profile: Profile, folders: Vec<PathBuf>, into: &str) -> Result<()> {
    let out = target_dir().join(into);
    fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    let pack = target_dir().join(profile.folder()).join("osn-pack");
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        say(&format!("program {name}"));
        let core = if folder.join("Cargo.toml").is_file() {
            core_module(&name)?
        } else {
            in_c(&folder, &name)?
        };
        run(command(&pack)
            .arg(core)
            .arg(&folder)
            .arg(out.join(format!("{name}.wasm"))))?;
    }
    Ok(())
}

/// Builds a crate for WebAssembly, and says where its module lies.
pub(crate) fn core_module(name: &str) -> Result<PathBuf> {
    // One at a time: what one program needs must not change the bytes of another.
    run(cargo(["build", "--quiet", "--profile", "plugin", "--target", WASM, "-p", name]).args(same_paths()))?;
    let file = format!("{}.wasm", name.replace('-', "_"));
    Ok(target_dir().join(WASM).join("plugin").join(file))
}

/// Compiles the sources of a folder together with the SDK for C. No library, no import: what the compiler would take from one is
/// written in the SDK.
fn in_c(folder: &Path, name: &str) -> Result<PathBuf> {
    let sources = c_sources(&folder.join("src")).with_context(|| name.to_owned())?;
    ensure!(
        !sources.is_empty(),
        "{name}: a program needs a Cargo.toml beside its program.toml, or C sources in src/"
    );
    let sdk = root().join("plugins/sdk-c");
    let core = target_dir().join("c").join(format!("{}.wasm", name.replace('-', "_")));
    fs::create_dir_all(target_dir().join("c")).context("making target/c")?;
    let mut clang = command(std::env::var_os("CLANG").unwrap_or_else(|| "clang".into()));
    clang.args([
        "--target=wasm32",
        "-std=c11",
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        // What a table leaves out is zero: that is how an author writes it.
        "-Wno-missing-field-initializers",
        "-nostdlib",
        "-ffreestanding",
    ]);
    // The guest's stack is as small as the Rust programs' (.cargo/config.toml).
    clang.args(["-Wl,--no-entry", "-Wl,-z,stack-size=131072", "-Wl,--strip-all", "-I"]);
    run(clang
        .arg(&sdk)
        .args(sources)
        .args(c_sources(&sdk)?)
        .arg("-o")
        .arg(&core))?;
    Ok(core)
}

/// The C sources of a folder, in the order of their names.
fn c_sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}

/// Names the folders of this machine as on every machine: a panic's place is part of a program's bytes, and the digest
/// of these bytes is part of each decision.
fn same_paths() -> [String; 2] {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let flags = [(cargo_home.as_path(), "/cargo"), (root(), "/osn")]
        .map(|(here, everywhere)| format!("'--remap-path-prefix={}={everywhere}'", here.display()));
    // Cargo adds these to the flags of `.cargo/config.toml`.
    [
        "--config".to_owned(),
        format!("target.{WASM}.rustflags = [{}]", flags.join(", ")),
    ]
}

/// The folders that hold a program, by name.
pub(crate) fn folders() -> Result<Vec<PathBuf>> {
    holding("program.toml")
}

fn holding(manifest: &str) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root().join("plugins")).context("reading plugins/")? {
        let path = entry?.path();
        if path.join(manifest).is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}
