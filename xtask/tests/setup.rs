//! `cargo xtask setup` on machines that lack something: each tool is a small script on a `PATH` of its own, and nothing may be
//! installed.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

/// Tools that answer, and what they print.
const MACHINE: [(&str, &str); 8] = [
    ("cc", "cc 12.2.0"),
    ("node", "v20.19.0"),
    ("npm", "10.8.2"),
    ("clang", "clang version 14"),
    ("wasm-ld", "LLD 14"),
    ("chromium", "Chromium 140"),
    ("cargo-deny", "cargo-deny 0.20.2"),
    ("rustup", "rustup 1.28.2"),
];

/// A machine with these tools and a compiler that has, or has not, the wasm32 target.
fn setup(tools: &[(&str, &str)], wasm: bool) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let libraries = folder.path().join("wasm32");
    if wasm {
        fs::create_dir(&libraries).unwrap();
    }
    let rustc = ("rustc", libraries.to_str().unwrap().to_owned());
    let tools = tools.iter().map(|(name, says)| (*name, (*says).to_owned()));
    for (name, says) in tools.chain([rustc]) {
        let file = folder.path().join(name);
        fs::write(&file, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .arg("setup")
        .env_clear()
        .env("PATH", folder.path())
        .env("OSN_NO_INSTALL", "1");
    command.output().unwrap()
}

/// The machine without some tools, with others instead.
fn lacking<'a>(gone: &[&str], instead: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = MACHINE.into_iter().filter(|(name, _)| !gone.contains(name));
    kept.chain(instead.iter().copied()).collect()
}

/// Whether PostgreSQL is on the machine that runs this is not this test's matter: it is looked for in its own folders.
fn commands(output: &Output) -> Vec<String> {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    let typed = said.lines().filter_map(|line| line.strip_prefix("  "));
    let typed = typed.map(|line| line.trim_start_matches("sudo ").replace(" postgresql", ""));
    typed.filter(|line| line != "apt-get install -y").collect()
}

#[test]
fn what_is_missing_is_named_with_the_command_to_type() {
    let rustup = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";
    let target = "rustup target add wasm32-unknown-unknown";
    let node = "npx --yes n lts";
    let old = [("node", "v12.22.9")];
    for (what, tools, wasm, wanted) in [
        ("nothing", lacking(&[], &[]), true, vec![]),
        (
            "cc",
            lacking(&["cc"], &[]),
            true,
            vec!["apt-get install -y build-essential"],
        ),
        ("npm", lacking(&["npm"], &[]), true, vec!["apt-get install -y npm"]),
        ("node", lacking(&["node"], &[]), true, vec!["apt-get install -y npm"]),
        ("a new node", lacking(&["node"], &old), true, vec![node]),
        (
            "Debian's node will do",
            lacking(&["node"], &[("node", "v18.20.4")]),
            true,
            vec![],
        ),
        (
            "clang",
            lacking(&["clang", "wasm-ld"], &[]),
            true,
            vec!["apt-get install -y clang lld"],
        ),
        ("the target", lacking(&[], &[]), false, vec![target]),
        (
            "the target and rustup",
            lacking(&["rustup"], &[]),
            false,
            vec![rustup, target],
        ),
        ("rustup, which nothing needs", lacking(&["rustup"], &[]), true, vec![]),
        (
            "several",
            lacking(&["cc", "npm", "rustup"], &[]),
            false,
            vec!["apt-get install -y build-essential npm", rustup, target],
        ),
    ] {
        let output = setup(&tools, wasm);
        assert_eq!(
            commands(&output),
            wanted,
            "{what}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(
            wanted.is_empty() || !output.status.success(),
            "{what}: {}",
            output.status
        );
    }
}

#[test]
fn nothing_is_installed_where_that_is_forbidden() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("installed");
    let touch = format!("x'; : > {}; echo '", mark.display());
    let tools = lacking(&["cc"], &[("apt-get", &touch)]);
    let output = setup(&tools, true);
    assert!(!output.status.success());
    assert!(!Path::new(&mark).exists(), "apt-get was started");
}
