//! What each command needs of the machine: checked first, installed where that is allowed, else named with its command.
use crate::run::{answers, cargo, command, output_of, run, say};
use anyhow::{Result, bail};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// One thing that the machine must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    CCompiler,
    Npm,
    NewNode,
    Rustup,
    WasmTarget,
    Clang,
    Postgres,
    Chromium,
    CargoDeny,
}

/// To build the server and the programs.
pub(crate) const BUILD: &[Need] = &[Need::CCompiler, Need::Npm, Need::NewNode, Need::WasmTarget, Need::Clang];
/// To run every test.
pub(crate) const TEST: &[Need] = &[
    Need::CCompiler,
    Need::Npm,
    Need::NewNode,
    Need::WasmTarget,
    Need::Clang,
    Need::Postgres,
    Need::Chromium,
];
/// To measure.
pub(crate) const BENCH: &[Need] = &[
    Need::CCompiler,
    Need::Npm,
    Need::NewNode,
    Need::WasmTarget,
    Need::Clang,
    Need::Postgres,
];
/// For CI.
pub(crate) const EVERYTHING: &[Need] = &[
    Need::CCompiler,
    Need::Npm,
    Need::NewNode,
    Need::WasmTarget,
    Need::Clang,
    Need::Postgres,
    Need::Chromium,
    Need::CargoDeny,
];

/// The version that `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";
/// The oldest node with which the styles were built: Debian 12 has it. Their lock file asks for 20.19 and works with this one;
/// with 12, of Ubuntu 22.04, they cannot be built.
const NODE: u32 = 18;
/// What brings a newer node beside the distribution's.
const NEW_NODE: &str = "npx --yes n lts";
/// What brings rustup, as its own page says.
const RUSTUP: &str = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";
const WASM: &str = "wasm32-unknown-unknown";

/// The names under which a Chromium may be installed.
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::CCompiler => "a C compiler (cc)",
            Self::Npm => "node and npm",
            Self::NewNode => "a newer node (18 or later)",
            Self::Rustup => "rustup",
            Self::WasmTarget => "the compiler's wasm32 target",
            Self::Clang => "clang and wasm-ld (programs in C)",
            Self::Postgres => "PostgreSQL's server binaries",
            Self::Chromium => "chromium",
            Self::CargoDeny => "cargo-deny",
        }
    }

    fn is_there(self) -> bool {
        match self {
            Self::CCompiler => answers(std::env::var_os("CC").unwrap_or_else(|| "cc".into()), &["--version"]),
            Self::Npm => answers("node", &["--version"]) && answers("npm", &["--version"]),
            // Where there is none at all, that is another need.
            Self::NewNode => node().is_none_or(|version| version >= NODE),
            Self::Rustup => answers("rustup", &["--version"]),
            Self::WasmTarget => wasm_libraries().is_some_and(|folder| Path::new(&folder).is_dir()),
            Self::Clang => answers("clang", &["--version"]) && wasm_linker(),
            Self::Postgres => osn_test_postgres::server_binaries().is_some(),
            Self::Chromium => CHROMIUM_NAMES.iter().any(|name| answers(name, &["--version"])),
            Self::CargoDeny => answers("cargo-deny", &["--version"]),
        }
    }

    /// The distribution's packages, for what comes from there.
    fn packages(self, system: System) -> &'static [&'static str] {
        match (self, system) {
            (Self::CCompiler, _) => &["build-essential"],
            (Self::Npm, _) => &["npm"],
            (Self::Clang, _) => &["clang", "lld"],
            (Self::Postgres, _) => &["postgresql"],
            (Self::Chromium, System::Ubuntu) => &["chromium-browser", "fonts-liberation"],
            (Self::Chromium, System::Debian | System::Other) => &["chromium", "fonts-liberation"],
            (Self::NewNode | Self::Rustup | Self::WasmTarget | Self::CargoDeny, _) => &[],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    Ubuntu,
    Other,
}

/// Goes on when everything is there, after installing what may be installed.
pub(crate) fn require(needs: &[Need]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.name()).collect();
    say(&format!("missing: {}", names.join(", ")));
    let system = system();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages(system)).copied().collect();
    let mut by_hand = Vec::new();
    let allowed = std::env::var_os("OSN_NO_INSTALL").is_none_or(|value| value.is_empty() || value == "0");
    let sudo = if is_root() { "" } else { "sudo " };
    if !packages.is_empty() {
        if allowed && system != System::Other && is_root() {
            apt_install(&packages)?;
        } else {
            by_hand.push(format!("{sudo}apt-get install -y {}", packages.join(" ")));
        }
    }
    for need in missing.iter().filter(|need| need.packages(system).is_empty()) {
        by_hand.extend(further(*need, allowed, sudo)?);
    }
    if by_hand.is_empty() && !Need::NewNode.is_there() && needs.contains(&Need::NewNode) {
        // The distribution's own, just installed, is too old.
        by_hand.push(format!("{sudo}{NEW_NODE}"));
    }
    if !by_hand.is_empty() {
        bail!("please type, then start again:\n\n  {}\n", by_hand.join("\n  "));
    }
    match missing.into_iter().find(|need| !need.is_there()) {
        Some(need) => bail!("{} is still missing after its installation", need.name()),
        None => Ok(()),
    }
}

/// What is not there; what installs it comes before it.
fn missing(needs: &[Need]) -> Vec<Need> {
    let mut missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_there()).collect();
    if let Some(at) = missing.iter().position(|need| *need == Need::WasmTarget)
        && !Need::Rustup.is_there()
    {
        missing.insert(at, Need::Rustup);
    }
    missing
}

/// Installs what the distribution does not have; the command to type where that is not allowed or not possible.
fn further(need: Need, allowed: bool, sudo: &str) -> Result<Option<String>> {
    let (program, arguments) = match need {
        // Both come from the network and change more than this folder: whoever wants them says so.
        Need::Rustup => return Ok(Some(RUSTUP.to_owned())),
        Need::NewNode => return Ok(Some(format!("{sudo}{NEW_NODE}"))),
        need => rust_tool(need),
    };
    if !allowed || !answers(program, &["--version"]) {
        return Ok(Some(format!("{program} {}", arguments.join(" "))));
    }
    say(&format!("{program} {}", arguments.join(" ")));
    if program == "cargo" {
        run(&mut cargo(arguments))?;
    } else {
        run(command(program).args(arguments))?;
    }
    Ok(None)
}

/// What installs the needs that are of Rust's own world.
fn rust_tool(need: Need) -> (&'static str, &'static [&'static str]) {
    match need {
        // Without optimisation it builds in two minutes and checks in seconds.
        Need::CargoDeny => (
            "cargo",
            &[
                "install",
                "cargo-deny",
                "--locked",
                "--profile",
                "dev",
                "--version",
                CARGO_DENY,
            ],
        ),
        Need::WasmTarget
        | Need::Rustup
        | Need::Clang
        | Need::CCompiler
        | Need::Npm
        | Need::NewNode
        | Need::Postgres
        | Need::Chromium => ("rustup", &["target", "add", WASM]),
    }
}

fn apt_install(packages: &[&str]) -> Result<()> {
    say(&format!("apt-get install {}", packages.join(" ")));
    run(command("apt-get").args(["update", "-qq"]))?;
    let mut install = command("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    run(install
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages))
}

/// The major version of the node that answers.
fn node() -> Option<u32> {
    if !answers("node", &["--version"]) {
        return None;
    }
    let version = output_of(command("node").arg("--version")).ok()?;
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Whether clang finds the linker of WebAssembly: under its plain name, or beside itself.
fn wasm_linker() -> bool {
    let beside = output_of(command("clang").arg("--print-prog-name=wasm-ld")).unwrap_or_default();
    answers("wasm-ld", &["--version"]) || answers(beside.trim(), &["--version"])
}

/// The folder of the wasm32 standard library of the compiler in use.
fn wasm_libraries() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = output_of(command(rustc).args(["--print", "target-libdir", "--target", WASM])).ok()?;
    Some(folder.trim().to_owned())
}

fn system() -> System {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let value = |key: &str| {
        let line = release
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.map(|text| text.trim_matches('"').to_owned()).unwrap_or_default()
    };
    let (id, like) = (value("ID"), value("ID_LIKE"));
    if id == "ubuntu" || like.contains("ubuntu") {
        System::Ubuntu
    } else if id == "debian" || like.contains("debian") {
        System::Debian
    } else {
        System::Other
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
