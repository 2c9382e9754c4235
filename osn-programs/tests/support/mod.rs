//! Shared by the tests of this crate: builds programs the way everybody does, packs and loads them.

#![allow(clippy::allow_attributes, dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use osn_programs::batch::Context;
use osn_programs::host::{Host, HostConfig};
use osn_programs::input::GroupInput;
use osn_programs::limits::Limits;
use osn_programs::package::{Package, pack_dir};
use osn_programs::parameters;
use osn_programs::program::Program;
use serde_json::{Value, json};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Builds a program crate for the sandbox and returns its core module.
pub(crate) fn core_module(package: &str) -> PathBuf {
    // A folder of its own: the build that runs this test holds the lock of the usual one.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    let done = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--profile",
            "plugin",
            "--target",
            "wasm32-unknown-unknown",
            "-p",
            package,
        ])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root())
        // Coverage or lint flags of the host build must not change the program.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .unwrap();
    assert!(done.success(), "building {package} for wasm32-unknown-unknown");
    target
        .join("wasm32-unknown-unknown/plugin")
        .join(format!("{}.wasm", package.replace('-', "_")))
}

/// The core module of a program of `plugins/`, in whatever language it is written.
pub(crate) fn core_of(name: &str) -> PathBuf {
    let folder = root().join("plugins").join(name);
    if folder.join("Cargo.toml").is_file() {
        return core_module(name);
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    std::fs::create_dir_all(&target).unwrap();
    let out = target.join(format!("{name}-{:?}.wasm", std::thread::current().id()));
    let sdk = root().join("plugins/sdk-c");
    // As `cargo xtask plugins` does; Debian: apt-get install -y clang lld.
    let done = Command::new("clang")
        .args(["--target=wasm32", "-std=c11", "-O2", "-nostdlib", "-ffreestanding"])
        .args(["-Wl,--no-entry", "-Wl,-z,stack-size=131072", "-Wl,--strip-all", "-I"])
        .arg(&sdk)
        .arg(folder.join("src/program.c"))
        .args(["osn_describe.c", "osn_program.c", "osn_rules.c"].map(|source| sdk.join(source)))
        .arg("-o")
        .arg(&out)
        .status()
        .unwrap();
    assert!(done.success(), "building {name} with clang");
    out
}

/// The packed food-parcel program, built once for all tests of a file.
pub(crate) fn food_parcel() -> &'static Package {
    static PACKAGE: OnceLock<Package> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let bytes = pack_dir(&core_module("food-parcel"), &root().join("plugins/food-parcel")).unwrap();
        Package::read(&bytes, &Limits::default()).unwrap()
    })
}

/// A host of its own.
pub(crate) fn host() -> Host {
    Host::new(HostConfig::default()).unwrap()
}

pub(crate) fn loaded(host: &Host) -> Arc<Program> {
    host.load(food_parcel()).unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// 19 August 2022 under the program's defaults, and the parameters given.
pub(crate) fn context(program: &Program, given: &Value) -> Context {
    let about = program.about(None).unwrap();
    let as_of = day("2022-08-19");
    let parameters = parameters::freeze(&about.parameters, given, &parameters::from_law(as_of)).unwrap();
    Context { as_of, parameters }
}

/// An application of somebody with this degree of disability and this income, everything accepted.
pub(crate) fn application(program: &Program, disability: &str, income: &str) -> GroupInput {
    let plain = json!({
        "application": {
            "disability-percent": {"value": disability, "evidence": "accepted", "valid_to": "indefinite"},
            "annual-income": {"value": income, "evidence": "accepted"},
            "resident": {"value": true, "evidence": "accepted"},
        },
        "members": [{"birth-date": "1980-05-01"}, {"birth-date": "2012-03-03"}],
    });
    osn_programs::input::from_plain(&program.about(None).unwrap(), &plain, true).unwrap()
}
