//! The order of a hash map is random wherever a process may ask for randomness. A program cannot: it is the same on every run.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod exports;

use std::collections::BTreeSet;
use std::process::Command;

use exports::{Export, call, context, groups};
use osn_programs::host::{Host, HostConfig};
use osn_programs::package::componentise;
use osn_test_guest::Guest;

/// The guest of `data/hash_order.rs`, built for the sandbox.
fn component() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("guest.wasm");
    let done = Command::new("rustc")
        .args([
            "--edition=2024",
            "--target=wasm32-unknown-unknown",
            "--crate-type=cdylib",
        ])
        .args([
            "-O",
            "-Cstrip=symbols",
            "-Cpanic=abort",
            "tests/data/hash_order.rs",
            "-o",
        ])
        .arg(&out)
        .env("GUEST_ABOUT", Guest::default().about)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(done.success(), "building the guest with rustc");
    componentise(&std::fs::read(out).unwrap()).unwrap()
}

#[test]
fn the_order_of_a_hash_map_is_the_same_on_every_run_and_host() {
    let component = component();
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let host = Host::new(HostConfig::default()).unwrap();
        let program = host.load_code(&component).unwrap();
        for _ in 0..10 {
            let verdicts = program.assess_groups(&context(), &groups()).unwrap();
            seen.insert(verdicts[0].claims[0].criteria[0].seen.unwrap());
            // Others leave their places dirty.
            call(&program, Export::Plan).unwrap();
        }
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
    // The map did have an order of its own: not that of its keys.
    let sorted = (1..=12).fold(0, |seen, key| seen * 13 + key);
    assert!(!seen.contains(&sorted), "{seen:?}");
}
