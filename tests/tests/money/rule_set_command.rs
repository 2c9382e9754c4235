//! A host gives a municipality its national set of rules from the command line: checked, tested, installed, enabled, and the law of
//! Greece again; what cannot be is refused with a code and leaves nothing.
use anyhow::{Context as _, Result, ensure};
use osn_tests::app::{plugins, rule_set};
use osn_tests::installation::{Installation, osn, refused};
use osn_tests::maker::Maker;
use serde_json::Value;

/// An installation, and the set of a state that does not exist.
struct House {
    there: Installation,
    set: String,
}

impl House {
    fn new() -> Result<Self> {
        let there = Installation::new()?;
        let set = there.write("expenditure-example.wasm", rule_set("expenditure-example")?)?;
        Ok(Self { there, set })
    }

    fn installed(&self) -> Result<Vec<(String, bool)>> {
        let (code, answer) = self.there.osn(&["rule-set", "list"])?;
        assert_eq!(code, Some(0), "{answer}");
        let sets = answer.as_array().context("a list")?.iter();
        let set = |set: &Value| Some((set["name"].as_str()?.to_owned(), set["enabled"].as_bool()?));
        Ok(sets.filter_map(set).collect())
    }
}

#[test]
fn a_host_changes_the_national_rules_from_the_command_line() -> Result<()> {
    let house = House::new()?;
    let file = house.set.clone();
    assert_eq!(house.installed()?, vec![]);
    refused(
        &house.there.osn(&["rule-set", "enable", "expenditure-example"])?,
        "rule-set.unknown",
    );
    refused(&house.there.osn(&["rule-set", "install", &file])?, "program.not-signed");
    let signature = Maker::new(4).sign(&rule_set("expenditure-example")?, "the example");
    std::fs::write(format!("{file}.minisig"), signature)?;
    refused(&house.there.osn(&["rule-set", "install", &file])?, "program.signature");
    assert_eq!(house.installed()?, vec![], "what is refused leaves nothing");
    let key = Maker::new(4).public();
    let (code, view) = house
        .there
        .osn(&["rule-set", "install", &file, "--trusted-key", &key])?;
    assert_eq!((code, &view["enabled"]), (Some(0), &Value::Bool(false)), "{view}");
    ensure!(view["cases"].as_u64() > Some(10), "{view}");
    let wanted = |enabled| vec![("expenditure-example".to_owned(), enabled)];
    assert_eq!(house.installed()?, wanted(false), "installed is not enabled");

    let other = ["rule-set", "enable", "expenditure-example", "--take", "9.9.9"];
    refused(&house.there.osn(&other)?, "rule-set.unknown");
    let version = view["version"].as_str().context("a version")?;
    let digest = view["package_digest"].as_str().context("a digest")?;
    for take in [&[][..], &["--take", version], &["--take", digest]] {
        let enabled = house
            .there
            .osn(&[&["rule-set", "enable", "expenditure-example"], take].concat())?;
        assert_eq!(enabled.0, Some(0), "{enabled:?}");
        assert_eq!(house.installed()?, wanted(true));
    }
    let disabled = house.there.osn(&["rule-set", "disable", "expenditure-example"])?;
    assert_eq!(disabled.0, Some(0), "{disabled:?}");
    assert_eq!(house.installed()?, wanted(false));
    let (code, journal) = house.there.osn(&["audit", "verify"])?;
    assert_eq!(code, Some(0), "{journal}");
    Ok(())
}

#[test]
fn an_author_checks_and_tests_a_set_without_an_installation() -> Result<()> {
    let house = House::new()?;
    let file = house.set.clone();
    let (code, checked) = osn(&["rule-set", "check", &file])?;
    assert_eq!(code, Some(0), "{checked}");
    let rules: Vec<&str> = checked["rules"]
        .as_array()
        .context("rules")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    ensure!(rules.contains(&"X-FOODTAX"), "{rules:?}");
    let (code, tested) = osn(&["rule-set", "test", &file])?;
    assert_eq!((code, &tested["failed"]), (Some(0), &0.into()), "{tested}");
    ensure!(tested["passed"].as_u64() > Some(10), "{tested}");
    // A program is no set of rules, and noise is no component.
    let program = plugins()?.join("food-parcel.wasm").display().to_string();
    let noise = house.there.dir.path().join("noise.wasm");
    std::fs::write(&noise, b"\0asm\r\0\x01\0 nothing")?;
    for other in [program, noise.display().to_string()] {
        for command in ["check", "test"] {
            let (code, answer) = osn(&["rule-set", command, &other])?;
            assert_eq!(code, Some(1), "{answer}");
            ensure!(answer["problem"].is_string(), "{answer}");
        }
    }
    let (code, _) = osn(&["rule-set", "check", "no-such-file.wasm"])?;
    assert_eq!(code, Some(3));
    Ok(())
}
