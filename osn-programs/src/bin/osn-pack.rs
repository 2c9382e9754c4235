//! `osn-pack CORE_WASM PROGRAM_DIR OUT`: packs a built program folder, and reads the result as a host would.
//!
//! `osn-pack compile-program IN OUT` is the compiler's child of tests, as `osn compile-program` is the server's.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use osn_programs::limits::Limits;
use osn_programs::national::NationalPackage;
use osn_programs::package::{Package, pack_dir};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, input, output] = arguments.as_slice()
        && command == "compile-program"
    {
        return osn_programs::compile::compile_child_main(Path::new(input), Path::new(output));
    }
    let (code, said) = match arguments.as_slice() {
        [core, dir, out] => match pack(Path::new(core), Path::new(dir), Path::new(out)) {
            Ok(said) => (0, said),
            Err(why) => (1, format!("osn-pack: {why}")),
        },
        _ => (2, "usage: osn-pack CORE_WASM PROGRAM_DIR OUT".to_owned()),
    };
    #[expect(clippy::print_stderr, reason = "a command says what it did")]
    {
        eprintln!("{said}");
    }
    ExitCode::from(code)
}

fn pack(core: &Path, dir: &Path, out: &Path) -> Result<String, String> {
    let text = |error: &dyn std::error::Error| {
        let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        format!("{error}{source}")
    };
    let bytes = pack_dir(core, dir).map_err(|error| text(&error))?;
    let (manifest, code) = if dir.join("rule-set.toml").is_file() {
        let package = NationalPackage::read(&bytes, &Limits::default()).map_err(|error| text(&error))?;
        (package.manifest().clone(), package.code_digest())
    } else {
        let package = Package::read(&bytes, &Limits::default()).map_err(|error| text(&error))?;
        (package.manifest().clone(), package.code_digest())
    };
    if let Some(parent) = out.parent() {
        fs::create_dir_all(parent).map_err(|error| text(&error))?;
    }
    fs::write(out, &bytes).map_err(|error| text(&error))?;
    Ok(format!(
        "{} {}: {} bytes, code {}",
        manifest.key,
        manifest.version,
        bytes.len(),
        code
    ))
}
