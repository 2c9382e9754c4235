//! A package is taken from whom the installation trusts, and from nobody else: unsigned, wrongly signed and changed ones are
//! refused before anything of them is looked at.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use osn_tests::app::{executable, plugins};
use osn_tests::maker::Maker;
use serde_json::Value;

/// An installation without a server, and a package of the house.
struct House {
    dir: tempfile::TempDir,
    package: PathBuf,
}

impl House {
    fn new() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let mut packed = std::fs::read_dir(plugins()?)?.flatten().map(|entry| entry.path());
        let package = packed
            .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
            .context("a package")?;
        let house = Self { dir, package };
        let made = house.osn(&[
            "init",
            "--slug",
            "example",
            "--name",
            "Παράδειγμα",
            "--name-en",
            "Example",
        ])?;
        ensure!(made.0 == Some(0), "{made:?}");
        Ok(house)
    }

    fn osn(&self, command: &[&str]) -> Result<(Option<i32>, Value)> {
        let output = Command::new(executable()?)
            .arg("--json")
            .args(command)
            .arg("--data-dir")
            .arg(self.dir.path())
            .env_remove("OSN_TRUSTED_KEYS")
            .stdin(Stdio::null())
            .output()?;
        let answer = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&output.stderr).into_owned()));
        Ok((output.status.code(), answer))
    }

    fn install(&self, more: &[&str]) -> Result<(Option<i32>, Value)> {
        let file = self.package.display().to_string();
        self.osn(&[&["program", "install", file.as_str()], more].concat())
    }

    fn write(&self, name: &str, text: &str) -> Result<String> {
        let file = self.dir.path().join(name);
        std::fs::write(&file, text)?;
        Ok(file.display().to_string())
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        Ok(std::fs::read(&self.package)?)
    }

    fn installed(&self) -> Result<usize> {
        Ok(self.osn(&["program", "list"])?.1.as_array().map_or(0, Vec::len))
    }
}

#[track_caller]
fn refused(answer: &(Option<i32>, Value), code: &str) {
    assert_eq!(
        (answer.0, answer.1["code"].as_str()),
        (Some(1), Some(code)),
        "{answer:?}"
    );
}

#[test]
fn only_a_package_signed_by_a_trusted_key_is_installed() -> Result<()> {
    let house = House::new()?;
    let (maker, other) = (Maker::new(1), Maker::new(2));
    let bytes = house.bytes()?;
    let good = house.write("good.minisig", &maker.sign(&bytes, "the house"))?;
    let foreign = house.write("foreign.minisig", &other.sign(&bytes, "somebody"))?;
    let tampered = house.write("tampered.minisig", &maker.sign(&bytes[..bytes.len() - 1], "the house"))?;
    let nonsense = house.write("nonsense.minisig", "signed, honestly")?;
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
    house.write(
        "trusted-keys",
        &format!("# the house's own\nuntrusted comment: a key\n{key}\n"),
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
    assert!(journal_says(house.dir.path(), "\"origin\":\"unsigned\"")?);
    Ok(())
}

/// Whether the journal's rows, which are plain, hold this text.
fn journal_says(dir: &Path, text: &str) -> Result<bool> {
    let holds = |file: &str| -> Result<bool> {
        let bytes = std::fs::read(dir.join(file)).unwrap_or_default();
        Ok(bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    Ok(holds("osn.db")? || holds("osn.db-wal")?)
}
