//! A certificate and a frozen claim on paper: in both languages, with the signed file or the manifest inside, and a clear word
//! where nothing sets documents.

use anyhow::Result;
use osn_server::programs::ProgramsConfig;
use osn_tests::app::{Backend, TestApp, executable};
use osn_tests::money::{Desk, text};
use serde_json::json;

const CERTIFIED: &str = "city/certificate/home-food-disability";

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_taken_home_on_paper() -> Result<()> {
    let programs = ProgramsConfig {
        compiler: Some(executable()?.to_owned()),
        ..ProgramsConfig::default()
    };
    let house = TestApp::begun_with(Backend::Sqlite, CERTIFIED, programs).await?;
    let officer = house.staff("coordinator").await?;
    let id = house.id("certificate/home-food-disability")?;
    let page = officer.get(&format!("/staff/certificates/{id}")).await?.text;
    assert!(page.contains(&format!("/staff/certificates/{id}/pdf")));
    let mut both = Vec::new();
    for (path, title) in [("", "Βεβαίωση"), ("/en", "Certificate")] {
        let pdf = officer.get(&format!("{path}/staff/certificates/{id}/pdf")).await?;
        assert_eq!(pdf.status.as_u16(), 200, "{}", pdf.text);
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        assert!(pdf.bytes.starts_with(b"%PDF-1.7"));
        assert!(pdf.text.contains("<pdfuaid:part>1</pdfuaid:part>") && pdf.text.contains(title));
        both.push(pdf.bytes);
    }
    assert_ne!(both.first(), both.last());
    // It is made when the certificate was issued: asked again, it is the same file.
    let again = officer.get(&format!("/staff/certificates/{id}/pdf")).await?;
    assert_eq!(Some(&again.bytes), both.first());
    // Nobody reads it who may not read the page.
    let visitor = house.visitor().get(&format!("/staff/certificates/{id}/pdf")).await?;
    assert!(!visitor.bytes.starts_with(b"%PDF"), "{}", visitor.status);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_sets_documents_the_page_offers_none_and_says_what_to_do() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, CERTIFIED).await?;
    let officer = house.staff("coordinator").await?.reading("en");
    let id = house.id("certificate/home-food-disability")?;
    let page = officer.get(&format!("/en/staff/certificates/{id}")).await?.text;
    assert!(!page.contains("/pdf"));
    let refused = officer.get(&format!("/en/staff/certificates/{id}/pdf")).await?;
    assert_eq!(refused.status.as_u16(), 404);
    assert!(
        refused.text.contains("Print the page from the browser"),
        "{}",
        refused.text
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_claim_is_taken_to_the_auditor_on_paper() -> Result<()> {
    let programs = ProgramsConfig {
        compiler: Some(executable()?.to_owned()),
        ..ProgramsConfig::default()
    };
    let desk = Desk::open_with(Backend::Sqlite, programs).await?;
    desk.approved(&desk.parcels("Α 1")).await?;
    let new = json!({ "sub_project": "SP1", "up_to": "2022-09-30" });
    let id = text(&desk.finance.post(&desk.of("claims"), &new).await?.ok(), "/id")?;
    let here = format!("/staff/claims/{id}");
    let early = desk.auditor.get(&format!("{here}/pdf")).await?;
    assert_eq!(early.status.as_u16(), 409, "a draft has no paper: {}", early.text);
    desk.finance
        .post(&format!("/api/v1/claims/{id}/freeze"), &json!({}))
        .await?
        .ok();
    assert!(desk.auditor.get(&here).await?.text.contains(&format!("{here}/pdf")));
    let mut both = Vec::new();
    for (path, title) in [("", "Δήλωση 1"), ("/en", "Claim 1")] {
        let pdf = desk.auditor.get(&format!("{path}{here}/pdf")).await?;
        assert_eq!(pdf.status.as_u16(), 200, "{}", pdf.text);
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        assert!(pdf.bytes.starts_with(b"%PDF-1.7"));
        assert!(pdf.text.contains("<pdfuaid:part>1</pdfuaid:part>") && pdf.text.contains(title));
        both.push(pdf.bytes);
    }
    assert_ne!(both.first(), both.last());
    // It is made when the claim was frozen: asked again, it is the same file.
    let again = desk.auditor.get(&format!("{here}/pdf")).await?;
    assert_eq!(Some(&again.bytes), both.first());
    let visitor = desk.house.visitor().get(&format!("{here}/pdf")).await?;
    assert!(!visitor.bytes.starts_with(b"%PDF"), "{}", visitor.status);
    in_volumes(&desk).await
}

/// A claim with more rows than one document takes comes in volumes: a page says which there are, each is a document of its own,
/// and the manifest travels in the first.
async fn in_volumes(desk: &Desk) -> Result<()> {
    let mut many = desk.parcels("Α 2");
    let part = json!({ "share": "0.01", "action_id": desk.action });
    many["allocations"] = json!(vec![part; 6_000]);
    desk.approved(&many).await?;
    let new = json!({ "sub_project": "SP1", "up_to": "2022-09-30" });
    let id = text(&desk.finance.post(&desk.of("claims"), &new).await?.ok(), "/id")?;
    desk.finance
        .post(&format!("/api/v1/claims/{id}/freeze"), &json!({}))
        .await?
        .ok();
    let here = format!("/staff/claims/{id}/pdf");
    let choice = desk.auditor.get(&here).await?;
    assert_eq!(choice.status.as_u16(), 200, "{}", choice.text);
    for words in ["Τόμος 1 από 2", "Τόμος 2 από 2", "volume=2"] {
        assert!(choice.text.contains(words), "{words} in {}", choice.text);
    }
    let mut volumes = Vec::new();
    for number in 1..=2 {
        let volume = desk.auditor.get(&format!("{here}?volume={number}")).await?;
        assert_eq!(volume.status.as_u16(), 200, "{}", volume.text);
        assert!(volume.bytes.starts_with(b"%PDF-1.7") && volume.text.contains("<pdfuaid:part>1</pdfuaid:part>"));
        let name = volume.headers["content-disposition"].to_str()?;
        assert!(name.contains(&format!("-{number}-of-2.pdf")), "{name}");
        assert_eq!(
            volume.text.contains("manifest.json"),
            number == 1,
            "the manifest travels in the first"
        );
        volumes.push(volume.bytes);
    }
    assert_ne!(volumes.first(), volumes.last());
    let none = desk.auditor.get(&format!("{here}?volume=3")).await?;
    assert_eq!(none.status.as_u16(), 404, "{}", none.text);
    let workbook = desk.auditor.get(&format!("/staff/claims/{id}/workbook")).await?;
    assert!(workbook.status.as_u16() == 200 && workbook.bytes.starts_with(b"PK"));
    Ok(())
}
