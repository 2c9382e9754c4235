//! The same rules behind JSON in Extism's host: the peer beside the JSON design in ours.

use std::fs;
use std::path::Path;
use std::process::Command;

#[derive(serde::Deserialize)]
struct Answer {
    seconds: f64,
}

/// Seconds of the peer's best round over these texts, and its answer to the first.
pub(crate) fn called(python: &str, texts: &[String]) -> (f64, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(plugin(), folder.path().join("plugin.wasm")).unwrap();
    for (number, text) in texts.iter().enumerate() {
        fs::write(folder.path().join(format!("text-{number:04}")), text).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/extism/run.py");
    let done = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let Answer { seconds } = serde_json::from_slice(&done.stdout).unwrap();
    (seconds, fs::read_to_string(folder.path().join("answer-0")).unwrap())
}

/// The JSON design built for Extism's host.
fn plugin() -> std::path::PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("extism");
    let done = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--profile",
            "plugin",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["-p", "bench-json", "--features", "extism", "--target-dir"])
        .arg(&target)
        .current_dir(crate::support::root())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .unwrap();
    assert!(done.success(), "building bench-json for Extism");
    target.join("wasm32-unknown-unknown/plugin/bench_json.wasm")
}
