//! The pages of need and network: each is shown to whoever may read it, in both languages, with words and no keys; what is
//! typed into a form acts as the API does, and what is wrong is told beside it with nothing lost.
use anyhow::{Context as _, Result};
use axum::http::StatusCode;
use osn_tests::app::{Backend, TestApp};
use osn_tests::network::{form as post, id, one_of_each};

/// Words between tags that are a key that fell through.
fn keys(html: &str) -> Vec<&str> {
    let words = html
        .split('>')
        .filter_map(|piece| piece.split('<').next())
        .map(str::trim);
    let is_key = |words: &&str| {
        let plain = words
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let letters = words.bytes().any(|byte| byte.is_ascii_lowercase());
        words.contains('-') && plain && letters && *words != "food-parcel"
    };
    words.filter(is_key).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_network_is_shown() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/action/home-food").await?;
    one_of_each(&house).await?;
    let officer = house.staff("coordinator").await?;
    let certificate = house.id("certificate/home-food-disability")?;
    let request = house.id("request/home-food-disability")?;
    let mut pages = vec![
        "/actions".to_owned(),
        "/staff/unmet-need".to_owned(),
        "/staff/unmet-need?months=12".to_owned(),
        format!("/staff/requests/{request}"),
        format!("/staff/certificates/{certificate}"),
        format!("/staff/proposals/new?certificate={certificate}"),
        format!("/staff/trace/certificate/{certificate}"),
        "/staff/emergencies/new".to_owned(),
        "/staff/counter".to_owned(),
        "/staff/ceilings".to_owned(),
        "/staff/planned".to_owned(),
        "/staff/requests?state=late".to_owned(),
    ];
    for (place, list) in [
        ("gaps", "gaps"),
        ("referrals", "referrals"),
        ("meetings", "meetings"),
        ("members", "members"),
        ("urgent", "interventions"),
        ("proposals", "proposals"),
    ] {
        let all = officer.get(&format!("/api/v1/{list}")).await?.ok();
        pages.push(format!("/staff/{place}"));
        pages.push(format!("/staff/{place}/{}", id(&all["items"][0])?));
        if !matches!(place, "members" | "proposals") {
            pages.push(format!("/staff/{place}/new"));
        }
    }
    for prefix in ["", "/en"] {
        for page in &pages {
            let reply = officer.get(&format!("{prefix}{page}")).await?;
            assert_eq!(reply.status, StatusCode::OK, "{prefix}{page}: {}", reply.text);
            assert_eq!(keys(&reply.text), Vec::<&str>::new(), "{prefix}{page}");
            assert!(!reply.text.contains("Δοκιμαστική"), "no name of a person on {page}");
        }
    }
    // A good practice is a short entry with its tags, for everybody of the network.
    let practices = officer.get("/api/v1/practices").await?.ok();
    assert_eq!(
        practices["items"][0]["tags"],
        serde_json::json!(["λίστες"]),
        "{practices}"
    );
    let members = house.staff("partner").await?.get("/staff/members").await?.text;
    assert!(
        members.contains("Κοινή λίστα") && members.contains("λίστες"),
        "{members}"
    );
    let board = officer.get("/staff/unmet-need").await?.text;
    assert!(board.contains("<svg") && board.contains("<circle"), "the map is drawn");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_reports_and_an_officer_works_on_the_pages() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/action/home-food").await?;
    one_of_each(&house).await?;
    let (partner, officer) = (house.staff("partner").await?, house.staff("coordinator").await?);
    let form = |people: &'static str| {
        [
            ("/title/el", "No place after school"),
            ("/category", "education.school-support"),
            ("/areas", "athens.6"),
            ("/people", people),
            ("/cause", "no-means"),
            ("/evidence/el", "A list of 20 names"),
        ]
    };
    let wrong = post(&partner, "/staff/gaps/new", &form("many")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("A list of 20 names") && wrong.text.contains("people-error"),
        "nothing typed is lost"
    );
    let done = post(&partner, "/staff/gaps/new", &form("20")).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let place = done.headers["location"]
        .to_str()?
        .split('?')
        .next()
        .context("an address")?
        .to_owned();
    assert_eq!(
        post(&officer, &format!("{place}/accept"), &[]).await?.status,
        StatusCode::SEE_OTHER
    );
    let silent = post(&officer, &format!("{place}/dismiss"), &[("/reason/el", "")]).await?;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = officer.get(&place).await?.text;
    assert!(page.contains("A list of 20 names"), "{page}");
    // A referral's data are shown after a reason, in the answer itself.
    let referral = id(&officer.get("/api/v1/referrals").await?.ok()["items"][0])?;
    let place = format!("/staff/referrals/{referral}");
    let opened = post(&officer, &format!("{place}/open"), &[("/reason", "A call")]).await?;
    assert!(
        opened.status == StatusCode::OK && opened.text.contains("Δοκιμαστική"),
        "{}",
        opened.text
    );
    assert!(opened.headers["cache-control"].to_str()?.contains("no-store"));
    Ok(())
}
