//! The whole of need and network by hand, without script: what bodies and the team type into the pages, on both databases. What a
//! form leads to is read through the API; what is wrong is told beside it with nothing lost.

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use osn_tests::app::Backend;
use osn_tests::network::{Story, form, gap, id, led, mails, words};
use serde_json::{Value, json};

mod people;
mod typing;

use people::{
    a_person_is_referred_and_what_became_of_them_is_kept, a_proposal_and_the_public_register,
    a_request_is_talked_about_and_two_officers_answer_otherwise, help_at_once_in_an_emergency,
};
use typing::{Typed, made, on, post, press, state, told, typed};

/// A meeting as the form takes it, of so many hours.
fn meeting(story: &Story, title: &str, starts: NaiveDate, hours: [&str; 2]) -> Typed {
    let mut all = typed(&[
        ("/title/el", title),
        ("/purpose", "both"),
        ("/host", &story.body),
        ("/cadence", "quarterly"),
        ("/place/el", "Serafio"),
        ("/agenda/0/el", "Who offers what"),
        ("/invited", &story.body),
        ("/invited", &story.body2),
    ]);
    for (name, hour) in [("/starts_at", hours[0]), ("/ends_at", hours[1])] {
        all.extend(on(name, starts));
        all.push((format!("{name}-time"), hour.to_owned()));
    }
    all
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_meeting_from_its_invitation_to_its_follow_up(backend: Backend) -> Result<()> {
    let mut story = Story::begun(backend).await?;
    let address = format!("/api/v1/records/organization/{}", story.body);
    let mut record = story.officer.get(&address).await?.ok();
    record.as_object_mut().context("a record")?.remove("version");
    record["email"] = json!("social@body.example");
    story.officer.put(&address, &record).await?.ok();
    let day = story.today() + TimeDelta::days(2);
    let new = "/staff/meetings/new";
    let backwards = meeting(&story, "Autumn", day, ["12:00", "10:00"]);
    told(
        &post(&story.officer, new, &backwards).await?,
        "ends_at-error",
        "Who offers what",
    );
    let one = made(&story.officer, new, &meeting(&story, "Autumn", day, ["10:00", "12:00"])).await?;
    let (page, api) = (format!("/staff/meetings/{one}"), format!("meetings/{one}"));
    let kept = story.officer.get(&format!("/api/v1/{api}")).await?.ok();
    assert_eq!(
        (
            &kept["host"],
            &kept["cadence"],
            &kept["agenda"][0]["el"],
            &kept["initiative"]
        ),
        (
            &json!(story.body),
            &json!("quarterly"),
            &json!("Who offers what"),
            &Value::Null
        )
    );
    press(&story.officer, &format!("{page}/invite")).await?;
    assert_eq!(state(&story.officer, &api).await?, "invited");
    // It is moved: the entry of the calendar says that it changed, and the next invitation carries it.
    let moved = json!({
        "title": words("Autumn"), "purpose": "both", "cadence": "quarterly", "starts_at": kept["starts_at"],
        "ends_at": kept["ends_at"], "place": words("Online"), "invited": [story.body],
    });
    story.officer.put(&format!("/api/v1/{api}"), &moved).await?.ok();
    press(&story.officer, &format!("{page}/invite")).await?;
    let entry = story.partner.get(&format!("{page}/invitation.ics")).await?.text;
    for says in ["SEQUENCE:1", "LOCATION:Online", "INTERVAL=3", "METHOD:REQUEST"] {
        ensure!(entry.contains(says), "{says}: {entry}");
    }
    // Another one is cancelled: whoever was invited is told, as the calendar understands it.
    let other = made(&story.officer, new, &meeting(&story, "Winter", day, ["14:00", "15:00"])).await?;
    let other = format!("/staff/meetings/{other}");
    press(&story.officer, &format!("{other}/invite")).await?;
    press(&story.officer, &format!("{other}/cancel")).await?;
    story.work().await?;
    let found = mails(&story.house.ground.dir.path().join("outbox"))?;
    let cancelled = found.iter().filter(|mail| mail.contains("method=CANCEL")).count();
    assert_eq!(cancelled, 2, "one to each body");
    let invited = found.iter().filter(|mail| mail.contains("method=REQUEST")).count();
    assert_eq!(
        invited, 3,
        "both bodies, and one of them again; of the other meeting nobody was to come"
    );

    story.later(3);
    story.again().await?;
    let minutes = |what: &str| {
        let mut all = typed(&[
            ("/minutes/el", "Lessons are missing"),
            ("/attended", &story.body),
            ("/follow_ups/0/what/el", what),
            ("/follow_ups/0/owner", &story.body),
        ]);
        all.extend(on("/follow_ups/0/due", story.today() + TimeDelta::days(7)));
        all
    };
    let silent = {
        let mut all = minutes("Numbers");
        all.retain(|(name, _)| name != "/minutes/el");
        all
    };
    told(
        &post(&story.officer, &format!("{page}/minutes"), &silent).await?,
        "minutes-el-error",
        "Numbers",
    );
    led(&post(&story.officer, &format!("{page}/minutes"), &minutes("Numbers")).await?)?;
    // Minutes may be kept again: what stood there before stays, and the form adds.
    led(&post(&story.officer, &format!("{page}/minutes"), &minutes("Rooms")).await?)?;
    let shown = story.partner.get(&page).await?.text;
    for says in ["Lessons are missing", "Numbers", "Rooms"] {
        ensure!(shown.contains(says), "{says}: {shown}");
    }
    let foreign = form(&story.partner2, &format!("{page}/follow-up"), &[("/number", "0")]).await?;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    led(&form(&story.partner, &format!("{page}/follow-up"), &[("/number", "0")]).await?)?;
    let kept = story.officer.get(&format!("/api/v1/{api}")).await?.ok();
    assert_eq!(
        (&kept["follow_ups"][0]["done_on"], &kept["follow_ups"][1]["done_on"]),
        (&json!(story.today()), &Value::Null)
    );
    // A gap is reported from the meeting's page, and an offer made at it stands there with it.
    let report = typed(&[
        ("/title/el", "Lessons"),
        ("/category", "education.school-support"),
        ("/areas", "athens.6"),
        ("/people", "9"),
        ("/cause", "no-means"),
        ("/evidence/el", "The minutes"),
    ]);
    let reported = made(&story.partner, &format!("/staff/gaps/new?meeting={one}"), &report).await?;
    let offer = json!({
        "kind": "places", "quantity": 4, "unit": words("places"), "words": words("Two workshops"),
        "period": { "from": story.today() }, "meeting_id": one,
    });
    let offers = format!("/api/v1/gaps/{reported}/contributions");
    story.partner2.post(&offers, &offer).await?.ok();
    let shown = story.officer.get(&page).await?.text;
    ensure!(shown.contains("Lessons") && shown.contains("Two workshops"), "{shown}");
    Ok(())
}

async fn a_member_from_its_invitation_to_its_end(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let invite = typed(&[("/organization_id", &story.body2), ("/kind", "civil-society")]);
    let denied = post(&story.partner, "/staff/members", &invite).await?;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    let member = made(&story.officer, "/staff/members", &invite).await?;
    let page = format!("/staff/members/{member}");
    let agreement = |until: i64| {
        let mut all = typed(&[("/agreement/reference", "12/2022")]);
        all.extend(on("/agreement/signed_on", story.today()));
        all.extend(on("/agreement/period/from", story.today()));
        all.extend(on("/agreement/period/to", story.today() + TimeDelta::days(until)));
        all
    };
    let wrong = post(&story.officer, &format!("{page}/join"), &agreement(-1)).await?;
    told(&wrong, "-error", "12/2022");
    led(&post(&story.officer, &format!("{page}/join"), &agreement(300)).await?)?;
    assert_eq!(state(&story.officer, &format!("members/{member}")).await?, "active");
    // The body keeps its own people; a line that loses its name is gone.
    let contact = |name: &str| {
        typed(&[
            ("/contacts/0/name", name),
            ("/contacts/0/role", "referrals"),
            ("/contacts/0/email", "n@body.example"),
        ])
    };
    let contacts = format!("/api/v1/members/{member}/contacts");
    led(&post(&story.partner2, &format!("{page}/contacts"), &contact("Niki Contact")).await?)?;
    let kept = story.officer.get(&contacts).await?.ok();
    assert_eq!(kept["contacts"][0]["role"], "referrals", "{kept}");
    let foreign = post(&story.partner, &format!("{page}/contacts"), &contact("Mine")).await?;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    led(&post(&story.partner2, &format!("{page}/contacts"), &contact("")).await?)?;
    assert_eq!(story.officer.get(&contacts).await?.ok()["contacts"], json!([]));
    let practice = typed(&[
        ("/title/el", "One list"),
        ("/words/el", "Nobody asks twice"),
        ("/tags/0", "Lists"),
    ]);
    led(&post(&story.partner2, "/staff/practices", &practice).await?)?;
    let shown = story.partner.get("/staff/members").await?.text;
    ensure!(shown.contains("One list") && shown.contains("lists"), "{shown}");
    press(&story.officer, &format!("{page}/end")).await?;
    assert_eq!(state(&story.officer, &format!("members/{member}")).await?, "ended");
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_gap_from_its_report_to_its_end(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let reported = async |people: u32| -> Result<String> {
        let mut new = gap();
        new["people"] = json!(people);
        id(&story.partner.post("/api/v1/gaps", &new).await?.ok())
    };
    let (one, same) = (reported(25).await?, reported(30).await?);
    let page = format!("/staff/gaps/{one}");
    press(&story.officer, &format!("{page}/accept")).await?;
    let silent = typed(&[("/words/el", "")]);
    told(
        &post(&story.partner2, &format!("{page}/propose"), &silent).await?,
        "words-el-error",
        "textarea",
    );
    led(&post(
        &story.partner2,
        &format!("{page}/propose"),
        &typed(&[("/words/el", "Ask the school")]),
    )
    .await?)?;
    let offer = |quantity: &str| {
        let mut all = typed(&[
            ("/kind", "rooms"),
            ("/quantity", quantity),
            ("/unit/el", "rooms"),
            ("/words/el", "In the afternoon"),
        ]);
        all.extend(on("/period/from", story.today()));
        all
    };
    told(
        &post(&story.partner2, &format!("{page}/contribute"), &offer("0")).await?,
        "quantity-error",
        "In the afternoon",
    );
    led(&post(&story.partner2, &format!("{page}/contribute"), &offer("2")).await?)?;
    let offers = story
        .officer
        .get(&format!("/api/v1/gaps/{one}/contributions"))
        .await?
        .ok();
    let offered = id(&offers["items"][0])?;
    assert_eq!(offers["items"][0]["organization_id"], json!(story.body2));
    press(&story.officer, &format!("/staff/contributions/{offered}/accept")).await?;
    // Two reports of one gap: nobody is counted twice.
    led(&post(&story.officer, &format!("{page}/join"), &typed(&[("/gap_id", &same)])).await?)?;
    let kept = story.officer.get(&format!("/api/v1/gaps/{one}")).await?.ok();
    assert_eq!(
        (&kept["people"], &kept["proposals"][0]["words"]["el"]),
        (&json!(30), &json!("Ask the school"))
    );
    assert_eq!(state(&story.officer, &format!("gaps/{same}")).await?, "joined");
    // More places of a service, on a day that has not passed.
    let services = story
        .officer
        .get("/api/v1/services?category=education.school-support")
        .await?
        .ok();
    let service = id(&services["items"][0])?;
    let extend = |day: i64| {
        let mut all = typed(&[("/service_id", &service), ("/places", "3")]);
        all.extend(on("/effective_on", story.today() + TimeDelta::days(day)));
        all
    };
    told(
        &post(&story.officer, &format!("{page}/extend"), &extend(-1)).await?,
        "effective_on-error",
        "value=\"3\"",
    );
    led(&post(&story.officer, &format!("{page}/extend"), &extend(10)).await?)?;
    let joint = |bodies: &[&str]| {
        let mut all = typed(&[
            ("/closure/by", "joint-effort"),
            ("/closure/agreement/el", "Rooms and teachers"),
        ]);
        all.extend(
            bodies
                .iter()
                .map(|body| ("/closure/bodies".to_owned(), (*body).to_owned())),
        );
        all
    };
    let alone = post(&story.officer, &format!("{page}/close"), &joint(&[&story.body])).await?;
    told(&alone, "closure-bodies-error", "Rooms and teachers");
    let both = joint(&[&story.body, &story.body2]);
    led(&post(&story.officer, &format!("{page}/close"), &both).await?)?;
    let shown = story.partner.get(&page).await?.text;
    ensure!(
        shown.contains("Rooms and teachers") && !shown.contains("/staff/requests/new?gap="),
        "a closed gap leads to no request: {shown}"
    );
    press(&story.officer, &format!("{page}/reopen")).await?;
    assert_eq!(state(&story.officer, &format!("gaps/{one}")).await?, "accepted");
    led(&post(
        &story.officer,
        &format!("{page}/dismiss"),
        &typed(&[("/reason/el", "It is served")]),
    )
    .await?)?;
    assert_eq!(state(&story.officer, &format!("gaps/{one}")).await?, "dismissed");
    Ok(())
}

osn_tests::stories!(
    a_meeting_from_its_invitation_to_its_follow_up,
    a_member_from_its_invitation_to_its_end,
    a_gap_from_its_report_to_its_end,
    a_person_is_referred_and_what_became_of_them_is_kept,
    a_request_is_talked_about_and_two_officers_answer_otherwise,
    help_at_once_in_an_emergency,
    a_proposal_and_the_public_register,
);
