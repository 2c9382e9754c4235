//! `osn program build`: cargo for WebAssembly, then packing in this process. Every trouble says what to type.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use osn_programs::limits::Limits;
use osn_programs::package::{Package, pack_dir};
use serde::Deserialize;
use serde_json::json;

use super::super::{Answer, Out};

/// What programs are built for: it brings no operating system and no browser with it.
const TARGET: &str = "wasm32-unknown-unknown";

/// A program's folder.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// Folder with a `program.toml`
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where the package is written; without it, `plugins/` in cargo's target folder
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A package that was built.
#[derive(Debug)]
pub(super) struct Built {
    /// Where it lies.
    pub(super) file: PathBuf,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

pub(super) fn run(args: &BuildArgs, out: &Out) -> anyhow::Result<Answer> {
    let built = build(&args.dir, args.output.clone())?;
    let limits = Limits::default();
    let package = match Package::read(&built.bytes, &limits) {
        Ok(package) => package,
        Err(error) => {
            super::findings::tell(&[super::findings::package(&args.dir, &error)], out);
            return Ok(Answer::No);
        }
    };
    let manifest = package.manifest();
    let size = built.bytes.len();
    let file = built.file.display().to_string();
    out.answer(
        &json!({
            "name": manifest.key, "version": manifest.version, "file": file, "bytes": size, "limit": limits.package_bytes,
            "code_digest": package.code_digest(), "package_digest": package.package_digest(),
        }),
        &format!(
            "{} {}: {file}\n{size} bytes of at most {}; code {}",
            manifest.key,
            manifest.version,
            limits.package_bytes,
            package.code_digest()
        ),
    );
    Ok(Answer::Yes)
}

/// Builds and packs the program of a folder.
pub(super) fn build(dir: &Path, output: Option<PathBuf>) -> anyhow::Result<Built> {
    if !dir.join("program.toml").is_file() {
        bail!(
            "there is no program.toml in {}: go to a program's folder, or make one with `osn program new NAME`",
            dir.display()
        );
    }
    let (core, plugins, name) = if dir.join("Cargo.toml").is_file() {
        let cargo = Cargo::of(dir)?;
        let core = cargo.core_module()?;
        (core, cargo.target.join("plugins"), cargo.package)
    } else {
        in_c(dir)?
    };
    let bytes = pack_dir(&core, dir).map_err(|error| {
        let source = std::error::Error::source(&error)
            .map(|source| format!(": {source}"))
            .unwrap_or_default();
        anyhow!("{error}{source}")
    })?;
    let file = output.unwrap_or_else(|| plugins.join(format!("{name}.wasm")));
    if let Some(parent) = file.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
    }
    std::fs::write(&file, &bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(Built { file, bytes })
}

/// Compiles a program in C with the SDK beside it: the module, the folder of packages, the program's name.
fn in_c(dir: &Path) -> anyhow::Result<(PathBuf, PathBuf, String)> {
    let dir = dir
        .canonicalize()
        .with_context(|| format!("{} cannot be found", dir.display()))?;
    let sources = c_sources(&dir.join("src"));
    if sources.is_empty() {
        bail!(
            "there is neither a Cargo.toml nor a C source in src/ beside {}: `osn program new NAME` makes a program in Rust, with `--lang c` one in C",
            dir.join("program.toml").display()
        );
    }
    // A program of this repository has the SDK beside it, any other in its own folder.
    let beside = dir.parent().map(|plugins| plugins.join("sdk-c"));
    let sdk = Some(dir.join(super::new::VENDOR_C))
        .filter(|sdk| sdk.is_dir())
        .or(beside.filter(|sdk| sdk.is_dir()))
        .with_context(|| format!("the SDK for C is not in {}", super::new::VENDOR_C))?;
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| dir.join("target"), PathBuf::from);
    std::fs::create_dir_all(target.join("c"))?;
    let core = target.join("c").join(format!("{name}.wasm"));
    let mut clang = Command::new(program("CLANG", "clang"));
    clang
        .args([
            "--target=wasm32",
            "-std=c11",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Wno-missing-field-initializers",
            "-Werror",
            "-nostdlib",
            "-ffreestanding",
        ])
        .args(["-Wl,--no-entry", "-Wl,-z,stack-size=131072", "-Wl,--strip-all", "-I"])
        .arg(&sdk)
        .args(&sources)
        .args(c_sources(&sdk))
        .arg("-o")
        .arg(&core);
    let output = clang.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            anyhow!("clang was not found: programs in C are built with it. On Debian and Ubuntu: `apt-get install clang lld`")
        }
        _ => anyhow!("clang does not start: {error}"),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("wasm-ld") {
            bail!(
                "the linker of WebAssembly was not found: `apt-get install lld`\n{}",
                said.trim()
            );
        }
        bail!("{name} does not build:\n{}", said.trim());
    }
    Ok((core, target.join("plugins"), name))
}

/// Cargo, as it stands in a program's folder.
struct Cargo {
    dir: PathBuf,
    package: String,
    root: PathBuf,
    target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

/// The C sources of a folder, in the order of their names.
fn c_sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut sources: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    sources.sort();
    sources
}

fn program(name: &str, fallback: &str) -> OsString {
    std::env::var_os(name).unwrap_or_else(|| fallback.into())
}

/// Flags of a host build must not change a program.
fn plain(command: &mut Command) -> &mut Command {
    for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        command.env_remove(flags);
    }
    command
}

impl Cargo {
    fn of(dir: &Path) -> anyhow::Result<Self> {
        let dir = dir
            .canonicalize()
            .with_context(|| format!("{} cannot be found", dir.display()))?;
        let mut command = Command::new(program("CARGO", "cargo"));
        command
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&dir);
        let output = plain(&mut command).output().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                anyhow!("cargo was not found: programs in Rust are built with it. Install Rust from https://rustup.rs")
            }
            _ => anyhow!("cargo does not start: {error}"),
        })?;
        if !output.status.success() {
            bail!(
                "Cargo.toml cannot be used:\n{}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let found: Metadata = serde_json::from_slice(&output.stdout).context("cargo's answer cannot be read")?;
        let manifest = dir.join("Cargo.toml");
        let package = found
            .packages
            .into_iter()
            .find(|package| package.manifest_path == manifest)
            .with_context(|| format!("{} names no package", manifest.display()))?;
        let is_component = |target: &Target| target.crate_types.iter().any(|kind| kind == "cdylib");
        if !package.targets.iter().any(is_component) {
            bail!(
                "Cargo.toml: `[lib] crate-type` is not `cdylib`: write `crate-type = [\"cdylib\", \"rlib\"]`, so that there is a module to pack"
            );
        }
        Ok(Self {
            dir,
            package: package.name,
            root: found.workspace_root,
            target: found.target_directory,
        })
    }

    /// Builds the crate for WebAssembly and says where its module lies.
    fn core_module(&self) -> anyhow::Result<PathBuf> {
        self.must_have_target()?;
        let mut command = Command::new(program("CARGO", "cargo"));
        command
            .args([
                "build",
                "--quiet",
                "--profile",
                "plugin",
                "--target",
                TARGET,
                "-p",
                &self.package,
            ])
            .args(self.same_paths())
            .current_dir(&self.dir)
            .stdout(Stdio::null());
        let output = plain(&mut command).output().context("cargo does not start")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim();
            if said.contains("profile `plugin` is not defined") {
                bail!("Cargo.toml has no `[profile.plugin]`: copy it from a folder that `osn program new` makes");
            }
            bail!("{} does not build:\n{said}", self.package);
        }
        let module = format!("{}.wasm", self.package.replace('-', "_"));
        Ok(self.target.join(TARGET).join("plugin").join(module))
    }

    fn must_have_target(&self) -> anyhow::Result<()> {
        let mut command = Command::new(program("RUSTC", "rustc"));
        command
            .args(["--print", "target-libdir", "--target", TARGET])
            .current_dir(&self.dir);
        let folder = plain(&mut command)
            .output()
            .ok()
            .filter(|output| output.status.success());
        let folder = folder.and_then(|output| String::from_utf8(output.stdout).ok());
        match folder {
            Some(folder) if Path::new(folder.trim()).is_dir() => Ok(()),
            Some(_) => bail!("the compiler cannot build for {TARGET} yet: type `rustup target add {TARGET}`"),
            None => bail!("rustc was not found, or does not know {TARGET}. Install Rust from https://rustup.rs"),
        }
    }

    /// Names the folders of this machine as on every machine: a panic's place is part of a program's bytes, and the digest
    /// of these bytes is part of each decision.
    fn same_paths(&self) -> [String; 2] {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
        let flags = [(cargo_home.as_path(), "/cargo"), (self.root.as_path(), "/osn")]
            .map(|(here, everywhere)| format!("'--remap-path-prefix={}={everywhere}'", here.display()));
        [
            "--config".to_owned(),
            format!("target.{TARGET}.rustflags = [{}]", flags.join(", ")),
        ]
    }
}
