//! The desk, on both databases: a citizen's request at a counter, with its papers, its owner and its day; the three ways
//! in which a reported gap is closed, and what two reports of one keep.
use anyhow::{Context as _, Result};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use osn_tests::app::Backend;
use osn_tests::network::{Story, at_fields, form, gap, id, led, refused, upload, words};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const PAPER: &[u8] = b"%PDF-1.7 a statement";

/// What is typed at the counter.
fn asked(people: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("/need/category", "education.school-support"),
        ("/need/groups", "children"),
        ("/need/people/count", people),
        ("/need/people/age_from", "6"),
        ("/need/people/age_to", "12"),
        ("/need/areas", "athens.6"),
        ("/need/mode", "place"),
        ("/need/period/from-day", "12"),
        ("/need/period/from-month", "9"),
        ("/need/period/from-year", "2022"),
        ("/need/period/to-day", "22"),
        ("/need/period/to-month", "12"),
        ("/need/period/to-year", "2022"),
        ("/need/urgency", "high"),
        ("/description/el", "Two children after school"),
    ]
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_citizen_asks_at_a_counter(backend: Backend) -> Result<()> {
    let mut story = Story::begun(backend).await?;
    assert!(
        story
            .partner
            .get("/staff/counter")
            .await?
            .text
            .contains("/need/urgency")
    );
    assert_eq!(
        story.house.staff("finance").await?.get("/staff/counter").await?.status,
        StatusCode::FORBIDDEN
    );
    // What is wrong is told beside it, and nothing typed is lost; nothing was kept.
    let before = story.officer.get("/api/v1/requests").await?.ok()["total"].clone();
    let nobody = form(&story.partner, "/staff/counter", &asked("0")).await?;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nobody.text);
    assert!(nobody.text.contains("Two children after school") && nobody.text.contains("count-error"));
    assert_eq!(story.officer.get("/api/v1/requests").await?.ok()["total"], before);

    // A draft is corrected, then handed in; only then it has a day.
    let mut draft = asked("2");
    draft.push(("op", "draft"));
    let place = led(&form(&story.partner, "/staff/counter", &draft).await?)?;
    let request = place.rsplit('/').next().context("an id")?.to_owned();
    let api = format!("/api/v1/requests/{request}");
    let kept = story.partner.get(&api).await?.ok();
    assert_eq!(
        (
            &kept["state"]["state"],
            &kept["origin"],
            &kept["organization_id"],
            &kept["due"]
        ),
        (&json!("draft"), &json!("counter"), &json!(story.body), &Value::Null)
    );
    assert!(
        kept["title"]["el"]
            .as_str()
            .is_some_and(|title| title.starts_with("Πολίτης: ")),
        "{kept}"
    );
    assert_eq!(story.partner2.get(&api).await?.status, StatusCode::NOT_FOUND);
    assert_eq!(
        story.partner2.get(&format!("{place}/edit")).await?.status,
        StatusCode::NOT_FOUND
    );
    let page = story.partner.get(&format!("{place}/edit")).await?.text;
    assert!(
        page.contains("Two children after school") && page.contains("value=\"2022\""),
        "{page}"
    );
    let mut corrected = asked("3");
    corrected.push(("/title/el", "Three children"));
    let rewritten = led(&form(&story.partner, &format!("{place}/edit"), &corrected).await?)?;
    assert_eq!(rewritten, place);
    let handed = story.partner.get(&api).await?.ok();
    assert_eq!(
        (
            &handed["state"]["state"],
            &handed["origin"],
            &handed["need"]["people"]["count"]
        ),
        (&json!("submitted"), &json!("counter"), &json!(3))
    );
    assert_eq!(
        handed["due"],
        json!(story.today() + TimeDelta::days(5)),
        "soon: five days"
    );
    let again = form(&story.partner, &format!("{place}/edit"), &corrected).await?;
    assert_eq!(again.status, StatusCode::CONFLICT, "it was handed in: {}", again.text);
    // Nobody of a body speaks for the team.
    let need = handed["need"].clone();
    let foreign = json!({ "title": words("Ένα"), "description": words("Δύο"), "need": need, "origin": "team" });
    at_fields(
        &story.partner.post("/api/v1/requests", &foreign).await?,
        &[("/origin", "origin-not-yours")],
    );

    papers(&story, &request).await?;

    // The team says who answers and until when; what is late is marked on the list, the board and the first page.
    let me = story.officer.get("/api/v1/me").await?.ok();
    let owner = id(&me)?;
    let due = story.today() + TimeDelta::days(2);
    let [day, month, year] = ["%-d", "%-m", "%Y"].map(|part| due.format(part).to_string());
    let assigned = [
        ("/account_id", owner.as_str()),
        ("/due-day", day.as_str()),
        ("/due-month", month.as_str()),
        ("/due-year", year.as_str()),
    ];
    led(&form(&story.officer, &format!("{place}/owner"), &assigned).await?)?;
    let owned = story.partner.get(&api).await?.ok();
    assert_eq!((&owned["owner"], &owned["due"]), (&json!(owner), &json!(due)));
    let late = "/en/staff/requests?state=late";
    assert!(!story.officer.get(late).await?.text.contains("Three children"));
    story.later(3);
    story.again().await?;
    for (page, says) in [
        (late, "Three children"),
        ("/en/staff/unmet-need", "Three children"),
        ("/en/staff/", "Late"),
        (place.as_str(), "Εκπρόθεσμο"),
    ] {
        let shown = story.officer.get(page).await?.text;
        assert!(shown.contains(says), "{page}: {shown}");
    }
    Ok(())
}

/// Papers are taken by what they are, kept once, read by who takes part and by nobody else.
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn papers(story: &Story, request: &str) -> Result<()> {
    let (api, page) = (
        format!("/api/v1/requests/{request}/files"),
        format!("/staff/requests/{request}/files"),
    );
    let put = async |bytes: &[u8]| upload(&story.partner, &page, ("/file", "Ελπίδα.pdf"), bytes).await;
    led(&put(PAPER).await?)?;
    let listed = story.officer.get(&api).await?.ok();
    let sha256 = osn_core::canonical::Digest::from_bytes(Sha256::digest(PAPER).into()).to_string();
    let paper = &listed["items"][0];
    assert_eq!(
        (&paper["name"], &paper["media"], &paper["sha256"], &paper["size"]),
        (
            &json!("Ελπίδα.pdf"),
            &json!("application/pdf"),
            &json!(sha256),
            &json!(PAPER.len())
        )
    );
    for (bytes, status) in [
        (&b"PK\x03\x04 a workbook"[..], 422),
        (PAPER, 422),
        (&b""[..], 422),
        (&vec![b'%'; (8 << 20) + 9000][..], 413),
    ] {
        assert_eq!(put(bytes).await?.status.as_u16(), status, "{} bytes", bytes.len());
    }
    let file = format!("/{}", id(paper)?);
    let bytes = story.partner.get(&format!("{page}{file}")).await?;
    assert_eq!((bytes.status, bytes.text.as_bytes()), (StatusCode::OK, PAPER));
    let named = bytes.headers["content-disposition"].to_str()?;
    assert!(
        named.starts_with("attachment") && named.contains("filename*=UTF-8''%CE%95"),
        "{named}"
    );
    assert_eq!(
        story.partner2.get(&format!("{api}{file}")).await?.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(story.partner2.get(&api).await?.status, StatusCode::NOT_FOUND);
    // So with the conversation: who takes part reads it and writes in it, another body knows nothing of it.
    let notes = format!("/api/v1/requests/{request}/notes");
    let asked = json!({ "words": "Πότε θα απαντήσετε;" });
    story.partner.post(&notes, &asked).await?.ok();
    let answered = json!({ "words": "Αύριο" });
    story.officer.post(&notes, &answered).await?.ok();
    let heard = story.partner.get(&notes).await?;
    assert!(
        heard.text.contains("Αύριο") && heard.text.contains("Πότε"),
        "{}",
        heard.text
    );
    assert_eq!(story.partner2.get(&notes).await?.status, StatusCode::NOT_FOUND);
    assert_eq!(story.partner2.post(&notes, &asked).await?.status, StatusCode::NOT_FOUND);
    let auditor = story.house.staff("auditor").await?;
    assert_eq!(
        auditor.get(&format!("{api}{file}")).await?.status,
        StatusCode::FORBIDDEN
    );
    let gone = story
        .partner
        .send(Method::DELETE, &format!("{api}{file}"), None, Vec::new(), &[])
        .await?;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
    refused(
        &story.partner.get(&format!("{api}{file}")).await?,
        404,
        "request-file.unknown",
    );
    let by_api = story
        .partner
        .send(
            Method::POST,
            &format!("{api}?name=again.pdf"),
            Some("application/octet-stream"),
            PAPER.to_vec(),
            &[],
        )
        .await?;
    assert_eq!(by_api.status, StatusCode::CREATED, "{}", by_api.text);
    Ok(())
}

async fn a_need_that_contradicts_itself_is_told_field_by_field(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let need = json!({
        "category": "no.such-category", "groups": ["children", "no-such-group"],
        "people": { "count": 0, "age_from": 12, "age_to": 6 }, "areas": [], "mode": "place",
        "period": { "from": "2022-12-22", "to": "2022-09-12" }, "urgency": "normal",
        "hours": { "days": [], "from": "17:00:00", "to": "16:00:00" },
    });
    let wrong = json!({ "title": words(" "), "description": words("Δύο"), "need": need });
    let told = [
        ("/need/people/count", "need.no-people"),
        ("/need/areas", "need.no-area"),
        ("/need/people/age_from", "need.backwards-ages"),
        ("/need/period/to", "need.backwards-period"),
        ("/need/hours", "need.backwards-hours"),
        ("/title", "required"),
        ("/need/category", "unknown-term"),
        ("/need/groups/1", "unknown-term"),
    ];
    at_fields(&story.partner.post("/api/v1/requests", &wrong).await?, &told);
    // A number that is no number of people, and an area that the mapping does not know.
    let mut few = wrong;
    few["need"]["people"]["count"] = json!(-3);
    let refusal = story.partner.post("/api/v1/requests", &few).await?;
    assert!(
        refusal.status.is_client_error() && !refusal.text.is_empty(),
        "{}",
        refusal.text
    );
    let foreign = json!({
        "title": words("Ένα"), "description": words("Δύο"), "organization_id": story.body2,
        "need": {
            "category": "education.school-support", "groups": ["children"], "people": { "count": 3 }, "areas": ["athens.99"],
            "mode": "place", "period": { "from": "2022-09-12" }, "urgency": "normal",
        },
    });
    refused(
        &story.partner.post("/api/v1/requests", &foreign).await?,
        403,
        "access.other-body",
    );
    at_fields(
        &story.partner2.post("/api/v1/requests", &foreign).await?,
        &[("/need/areas/0", "unknown-term")],
    );
    Ok(())
}

/// A gap that the team works on.
async fn accepted(story: &Story, gap: &Value) -> Result<String> {
    let gap = id(&story.partner.post("/api/v1/gaps", gap).await?.ok())?;
    story
        .officer
        .post(&format!("/api/v1/gaps/{gap}/accept"), &json!({}))
        .await?
        .ok();
    Ok(gap)
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_gap_is_closed_by_a_referral_a_joint_effort_or_an_action(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let today = story.today();
    let close = async |gap: &str, closure: Value| {
        let path = format!("/api/v1/gaps/{gap}/close");
        story.officer.post(&path, &json!({ "closure": closure })).await
    };

    // By a referral: one that the body took, of the same kind of service.
    let referral = json!({
        "organization_id": story.body2, "category": "education.school-support", "areas": ["athens.6"],
        "consent": { "scope": ["name", "phone"], "given_on": today, "expires_on": today + TimeDelta::days(20) },
        "data": { "name": "Ελπίδα Δοκιμαστική", "phone": "6900000777" }, "answer_by": today + TimeDelta::days(5),
    });
    let referral = id(&story.officer.post("/api/v1/referrals", &referral).await?.ok())?;
    let by = json!({ "by": "referral", "referral": referral });
    let reported = id(&story.partner.post("/api/v1/gaps", &gap()).await?.ok())?;
    at_fields(
        &close(&reported, by.clone()).await?,
        &[("/closure/referral", "gap-does-not-close")],
    );
    story
        .partner2
        .post(&format!("/api/v1/referrals/{referral}/accept"), &json!({}))
        .await?
        .ok();
    refused(&close(&reported, by.clone()).await?, 409, "state.not-possible");
    story
        .officer
        .post(&format!("/api/v1/gaps/{reported}/accept"), &json!({}))
        .await?
        .ok();
    let mut other = gap();
    other["category"] = json!("food.meals");
    let other = accepted(&story, &other).await?;
    at_fields(
        &close(&other, by).await?,
        &[("/closure/referral", "gap-does-not-close")],
    );
    let page = format!("/staff/gaps/{reported}");
    assert!(
        story.officer.get(&page).await?.text.contains(&referral),
        "the page offers it"
    );
    let chosen = [("/closure/by", "referral"), ("/closure/referral", referral.as_str())];
    assert_eq!(
        led(&form(&story.officer, &format!("{page}/close"), &chosen).await?)?,
        page
    );
    let closed = story.officer.get(&page).await?.text;
    assert!(closed.contains(&format!("/staff/referrals/{referral}")) && !closed.contains("Δοκιμαστική"));
    let partner = story
        .partner
        .post(&format!("/api/v1/gaps/{other}/close"), &json!({}))
        .await?;
    assert_eq!(partner.status, StatusCode::FORBIDDEN);

    // By a joint effort: two bodies, known, with what they agreed.
    let joint = accepted(&story, &gap()).await?;
    let effort =
        |bodies: Value, agreed: &str| json!({ "by": "joint-effort", "bodies": bodies, "agreement": words(agreed) });
    at_fields(
        &close(&joint, effort(json!([story.body]), "Μαζί")).await?,
        &[("/closure/bodies", "gap-does-not-close")],
    );
    let unknown = "01890000-0000-7000-8000-000000000000";
    at_fields(
        &close(&joint, effort(json!([story.body, unknown]), " ")).await?,
        &[
            ("/closure/bodies/1", "unknown-record"),
            ("/closure/agreement", "required"),
        ],
    );
    let page = format!("/staff/gaps/{joint}");
    let chosen = [
        ("/closure/by", "joint-effort"),
        ("/closure/bodies", story.body.as_str()),
        ("/closure/bodies", story.body2.as_str()),
        ("/closure/agreement/el", "Rooms of one, people of the other"),
    ];
    led(&form(&story.officer, &format!("{page}/close"), &chosen).await?)?;
    assert!(
        story
            .officer
            .get(&page)
            .await?
            .text
            .contains("Rooms of one, people of the other")
    );
    refused(
        &close(&joint, effort(json!([story.body, story.body2]), "Μαζί")).await?,
        409,
        "state.not-possible",
    );

    // By an action that stands and serves the same need.
    let action = story.house.id("action/home-food")?;
    let certificate = story.house.id("certificate/home-food-disability")?;
    let certificate = story
        .officer
        .get(&format!("/api/v1/certificates/{certificate}"))
        .await?
        .ok();
    let mut food = gap();
    food["category"] = certificate["certificate"]["confirmation"]["need"]["category"].clone();
    let food = accepted(&story, &food).await?;
    let by = json!({ "by": "action", "action": action });
    at_fields(
        &close(&food, by.clone()).await?,
        &[("/closure/action", "gap-does-not-close")],
    );
    story
        .second
        .post(&format!("/api/v1/actions/{action}/approve"), &json!({}))
        .await?
        .ok();
    let school = accepted(&story, &gap()).await?;
    at_fields(&close(&school, by).await?, &[("/closure/action", "gap-does-not-close")]);
    let page = format!("/staff/gaps/{food}");
    let chosen = [("/closure/by", "action"), ("/closure/action", action.as_str())];
    led(&form(&story.officer, &format!("{page}/close"), &chosen).await?)?;
    let trace = story.officer.get(&format!("/api/v1/trace/gap/{food}")).await?.ok();
    assert!(
        trace.to_string().contains(&action),
        "the way leads on to the action: {trace}"
    );
    Ok(())
}

async fn joined_reports_keep_what_was_offered_for_each(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let offer = json!({
        "kind": "rooms", "quantity": 2, "unit": words("αίθουσες"), "words": words("Τα απογεύματα"),
        "period": { "from": "2022-09-12", "to": "2022-12-22" },
    });
    let (one, other) = (accepted(&story, &gap()).await?, accepted(&story, &gap()).await?);
    let mut offered = Vec::new();
    for (partner, gap) in [(&story.partner, &one), (&story.partner2, &other)] {
        let path = format!("/api/v1/gaps/{gap}/contributions");
        offered.push(id(&partner.post(&path, &offer).await?.ok())?);
        let said = json!({ "words": words("Να ρωτήσουμε το σχολείο") });
        partner
            .post(&format!("/api/v1/gaps/{gap}/proposals"), &said)
            .await?
            .ok();
    }
    // Identifiers of one moment come in any order.
    offered.sort();
    let joined = story
        .officer
        .post(&format!("/api/v1/gaps/{one}/join"), &json!({ "gap_id": other }))
        .await?
        .ok();
    assert_eq!(joined["proposals"].as_array().map(Vec::len), Some(2));
    let path = format!("/api/v1/gaps/{one}/contributions");
    let first = story.officer.get(&format!("{path}?limit=1")).await?.ok();
    assert_eq!(
        (&first["total"], &first["items"][0]["id"]),
        (&json!(2), &json!(offered[0]))
    );
    let after = first["next"].as_str().context("a second page")?;
    let second = story.officer.get(&format!("{path}?limit=1&after={after}")).await?.ok();
    assert_eq!(
        (&second["items"][0]["id"], &second["next"]),
        (&json!(offered[1]), &Value::Null)
    );
    let page = story.officer.get(&format!("/staff/gaps/{one}")).await?.text;
    for offer in &offered {
        assert!(
            page.contains(&format!("/staff/contributions/{offer}/accept")),
            "both can be accepted"
        );
    }
    Ok(())
}

osn_tests::stories!(
    a_citizen_asks_at_a_counter,
    a_need_that_contradicts_itself_is_told_field_by_field,
    a_gap_is_closed_by_a_referral_a_joint_effort_or_an_action,
    joined_reports_keep_what_was_offered_for_each,
);
