//! A package is taken from whom the installation trusts, and from nobody else: unsigned, wrongly signed and changed ones are
//! refused before anything of them is looked at.
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use osn_tests::app::plugins;
use osn_tests::installation::{Answer, Installation, refused};
use osn_tests::maker::{Maker, version_of};
use serde_json::{Value, json};

/// An installation, and a package of the house.
struct House {
    there: Installation,
    package: PathBuf,
}

impl House {
    fn new() -> Result<Self> {
        let mut packed = std::fs::read_dir(plugins()?)?.flatten().map(|entry| entry.path());
        let package = packed
            .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
            .context("a package")?;
        let there = Installation::new()?;
        Ok(Self { there, package })
    }

    fn install(&self, more: &[&str]) -> Result<Answer> {
        let file = self.package.display().to_string();
        self.there.osn(&[&["program", "install", file.as_str()], more].concat())
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        Ok(std::fs::read(&self.package)?)
    }

    fn installed(&self) -> Result<usize> {
        Ok(self.there.osn(&["program", "list"])?.1.as_array().map_or(0, Vec::len))
    }
}

#[test]
fn only_a_package_signed_by_a_trusted_key_is_installed() -> Result<()> {
    let house = House::new()?;
    let (maker, other) = (Maker::new(1), Maker::new(2));
    let bytes = house.bytes()?;
    let good = house.there.write("good.minisig", maker.sign(&bytes, "the house"))?;
    let foreign = house.there.write("foreign.minisig", other.sign(&bytes, "somebody"))?;
    let tampered = house
        .there
        .write("tampered.minisig", maker.sign(&bytes[..bytes.len() - 1], "the house"))?;
    let nonsense = house.there.write("nonsense.minisig", "signed, honestly")?;
    let key = maker.public();

    refused(&house.install(&[])?, "program.not-signed");
    refused(&house.install(&["--trusted-key", &key])?, "program.not-signed");
    refused(&house.install(&["--signature", &good])?, "program.signature");
    for signature in [&foreign, &tampered, &nonsense] {
        let answer = house.install(&["--trusted-key", &key, "--signature", signature])?;
        refused(&answer, "program.signature");
        // Allowing packages without a signature does not allow a bad one.
        let answer = house.install(&["--trusted-key", &key, "--signature", signature, "--allow-unsigned"])?;
        refused(&answer, "program.signature");
    }
    assert_eq!(house.installed()?, 0, "a refused package leaves nothing");
    let wrong_use = house.install(&["--trusted-key", "not a key", "--signature", &good])?;
    assert_eq!(wrong_use.0, Some(3), "{wrong_use:?}");

    // The key may stand in a file, or in the data directory for good.
    house.there.write(
        "trusted-keys",
        format!("# the house's own\nuntrusted comment: a key\n{key}\n"),
    )?;
    let (code, answer) = house.install(&["--signature", &good])?;
    assert_eq!(code, Some(0), "{answer}");
    assert_eq!(house.installed()?, 1);
    Ok(())
}

#[test]
fn a_package_that_nobody_signed_is_installed_only_when_that_is_said_and_the_journal_says_so() -> Result<()> {
    let house = House::new()?;
    let (code, answer) = house.install(&["--allow-unsigned"])?;
    assert_eq!(code, Some(0), "{answer}");
    assert!(journal_says(house.there.dir.path(), "\"origin\":\"unsigned\"")?);
    Ok(())
}

/// Any program of the house would do.
const PROGRAM: &str = "food-parcel";

/// The whole life of a program as a host leads it from the command line: looked at, installed, enabled, taken back, disabled,
/// given up; what is not possible is said with a code.
#[test]
fn a_host_leads_a_program_from_the_command_line() -> Result<()> {
    let there = Installation::new()?;
    let versions = ["9.1.0", "9.2.0"].map(|version| (version, version_of(PROGRAM, version)));
    for (version, package) in versions {
        let file = there.write(&format!("{version}.wasm"), package?)?;
        let (code, seen) = there_is(&file)?;
        assert_eq!(
            (code, &seen["manifest"]["key"], &seen["manifest"]["version"]),
            (Some(0), &json!(PROGRAM), &json!(version)),
            "{seen}"
        );
        let installed = there.osn(&["program", "install", &file, "--allow-unsigned"])?;
        assert_eq!(installed.0, Some(0), "{installed:?}");
    }
    let step = |command: &[&str]| there.osn(&[&["program"], command].concat());
    let done = |command: &[&str], version: &str, state: &str| -> Result<()> {
        let (code, view) = step(command)?;
        let found = (view["version"].as_str(), view["state"].as_str());
        assert_eq!(
            (code, found),
            (Some(0), (Some(version), Some(state))),
            "{command:?}: {view}"
        );
        Ok(())
    };
    refused(&step(&["enable", "no-such-program"])?, "program.unknown");
    done(&["enable", PROGRAM, "--take", "9.1.0"], "9.1.0", "enabled")?;
    done(&["enable", PROGRAM], "9.2.0", "enabled")?;
    done(&["rollback", PROGRAM], "9.1.0", "enabled")?;
    done(&["disable", PROGRAM], "9.1.0", "disabled")?;
    done(&["enable", PROGRAM], "9.2.0", "enabled")?;
    done(&["disable", PROGRAM], "9.2.0", "disabled")?;
    done(&["retire", PROGRAM], "9.2.0", "retired")?;
    refused(&step(&["enable", PROGRAM])?, "state.not-possible");
    let (_, listed) = step(&["list"])?;
    let states: Vec<&Value> = listed
        .as_array()
        .context("a list")?
        .iter()
        .map(|one| &one["state"])
        .collect();
    assert_eq!(states, [&json!("retired")], "{listed}");
    Ok(())
}

/// What `osn program inspect` says of a package; it needs no installation.
fn there_is(file: &str) -> Result<Answer> {
    osn_tests::installation::osn(&["program", "inspect", file])
}

/// Whether the journal's rows, which are plain, hold this text.
fn journal_says(dir: &Path, text: &str) -> Result<bool> {
    let holds = |file: &str| -> Result<bool> {
        let bytes = std::fs::read(dir.join(file)).unwrap_or_default();
        Ok(bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    Ok(holds("osn.db")? || holds("osn.db-wal")?)
}
