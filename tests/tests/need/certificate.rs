//! `osn certificate verify`, on both databases: a good certificate, one that was edited, one that was edited and digested
//! again, another municipality's, one that the journal does not know, and what is no certificate.
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use osn_core::certificate::{NeedCertificate, SignedCertificate};
use osn_tests::app::{Backend, TestApp, executable};
use serde_json::Value;

const UNTIL: &str = "city/certificate/home-food-disability";

/// The command's exit code and its document.
fn verify(house: &TestApp, file: &Path, more: &[&str]) -> Result<(Option<i32>, Value)> {
    let mut command = Command::new(executable()?);
    command.args(["certificate", "verify", "--json"]).arg(file).args(more);
    command.arg("--data-dir").arg(house.ground.dir.path());
    if let Some((data, keys)) = house.ground.urls() {
        command.args(["--database", &data, "--keys-database", &keys]);
    }
    let output = command.output()?;
    let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Ok((output.status.code(), document))
}

async fn certificate(house: &TestApp) -> Result<SignedCertificate> {
    let officer = house.staff("coordinator").await?;
    let id = house.id("certificate/home-food-disability")?;
    let mut answer = officer.get(&format!("/api/v1/certificates/{id}")).await?.ok();
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("version");
    }
    Ok(serde_json::from_value(answer)?)
}

async fn a_certificate_is_checked_by_digest_signature_and_journal(backend: Backend) -> Result<()> {
    let (house, other) = (
        TestApp::begun(backend, UNTIL).await?,
        TestApp::apart(backend, UNTIL).await?,
    );
    let good = certificate(&house).await?;
    let file = house.ground.dir.path().join("certificate.json");
    let check = |signed: &SignedCertificate, more: &[&str]| -> Result<(Option<i32>, Value)> {
        std::fs::write(&file, serde_json::to_vec(signed)?)?;
        verify(&house, &file, more)
    };
    let installed = &["--with-installation"][..];
    let (code, said) = check(&good, &[])?;
    assert_eq!(
        (code, &said["valid"], &said["journal"]),
        (Some(0), &Value::Bool(true), &Value::Null),
        "{said}"
    );
    let (code, said) = check(&good, installed)?;
    assert_eq!((code, &said["journal"]), (Some(0), &Value::Bool(true)), "{said}");
    let (code, _) = check(&good, &["--public-key", &good.public_key])?;
    assert_eq!(code, Some(0));

    let faults = |said: &Value, word: &str| {
        let faults = said["faults"].as_array().cloned().unwrap_or_default();
        faults
            .iter()
            .any(|fault| fault.as_str().is_some_and(|fault| fault.contains(word)))
    };
    // One person more in need, and nothing else.
    let mut edited = good.clone();
    edited.certificate.confirmation.need.people.count += 1;
    let (code, said) = check(&edited, &[])?;
    ensure!(code == Some(1) && faults(&said, "digest"), "edited: {code:?} {said}");
    // Digested again: the signature is still that of the other digest, and the journal knows it with the other one.
    edited.digest = NeedCertificate::digest(&edited.certificate.canonical()?);
    let (code, said) = check(&edited, &[])?;
    ensure!(
        code == Some(1) && faults(&said, "signature"),
        "digested again: {code:?} {said}"
    );
    let (code, said) = check(&edited, installed)?;
    ensure!(
        code == Some(1) && faults(&said, "another digest"),
        "in the journal: {code:?} {said}"
    );

    // Another municipality's certificate is good by itself; here it is signed with another key, and nobody issued it.
    let foreign = certificate(&other).await?;
    ensure!(foreign.public_key != good.public_key, "each has a key of its own");
    assert_eq!(check(&foreign, &[])?.0, Some(0));
    let (code, said) = check(&foreign, &["--public-key", &good.public_key])?;
    ensure!(
        code == Some(1) && faults(&said, "another key"),
        "foreign: {code:?} {said}"
    );
    let (code, said) = check(&foreign, installed)?;
    ensure!(
        code == Some(1) && faults(&said, "does not know it") && said["journal"] == false,
        "missing in the journal: {code:?} {said}"
    );
    std::fs::write(&file, b"{\"certificate\": 1}")?;
    let (code, _) = verify(&house, &file, &[])?;
    assert_eq!(code, Some(3), "it could not be checked");
    let gone = house.ground.dir.path().join("gone.json");
    assert_eq!(verify(&house, &gone, &[])?.0, Some(3));
    Ok(())
}

osn_tests::stories!(a_certificate_is_checked_by_digest_signature_and_journal,);
