//! The network at work, on both databases: members, meetings, proposals, the way from a meeting to an action walked both
//! ways, the word to a request's owner, immediate help with a ceiling and two hands.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_tests::app::Backend;
use osn_tests::bundle::{altered, replay};
use osn_tests::network::{Story, at_fields, examined, form, gap, id, led, mails, refused, words};
use serde_json::{Value, json};

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn from_a_meeting_to_the_register(backend: Backend) -> Result<()> {
    let mut story = Story::begun(backend).await?;
    // Mailboxes, so that the messages go somewhere.
    for (body, mailbox) in [
        (&story.body, "social@body.example"),
        (&story.body2, "school@body.example"),
    ] {
        let address = format!("/api/v1/records/organization/{body}");
        let mut record = story.officer.get(&address).await?.ok();
        record.as_object_mut().context("a record")?.remove("version");
        record["email"] = json!(mailbox);
        story.officer.put(&address, &record).await?.ok();
    }
    let member = json!({ "organization_id": story.body2, "kind": "civil-society" });
    let member = id(&story.officer.post("/api/v1/members", &member).await?.ok())?;
    let joined = format!("/api/v1/members/{member}/join");
    at_fields(
        &story.officer.post(&joined, &json!({})).await?,
        &[("/agreement", "member-no-agreement")],
    );
    let agreement = json!({ "reference": "12/2022", "signed_on": "2022-01-10", "period": { "from": "2022-01-10", "to": "2023-01-09" } });
    story
        .officer
        .post(&joined, &json!({ "agreement": agreement }))
        .await?
        .ok();
    let contacts = json!({ "contacts": [{ "name": "Νίκη Επαφή", "role": "referrals", "email": "n@body.example" }] });
    story
        .partner2
        .put(&format!("/api/v1/members/{member}/contacts"), &contacts)
        .await?
        .ok();
    refused(
        &story.partner.get(&format!("/api/v1/members/{member}/contacts")).await?,
        403,
        "access.other-body",
    );

    let starts = story.house.played.app.now() + TimeDelta::days(2);
    let meeting = |ends: chrono::DateTime<chrono::Utc>, invited: Value| {
        json!({
            "title": words("Σύσκεψη, Κέντρο"), "purpose": "find-gaps", "cadence": "monthly", "starts_at": starts, "ends_at": ends,
            "place": words("Σεράφειο"), "agenda": [words("Κενά; ποια")], "invited": invited,
        })
    };
    at_fields(
        &story
            .officer
            .post("/api/v1/meetings", &meeting(starts, json!([])))
            .await?,
        &[("/ends_at", "backwards-period"), ("/invited", "meeting-nobody-invited")],
    );
    let body = meeting(starts + TimeDelta::hours(2), json!([story.body, story.body2]));
    let meeting = id(&story.officer.post("/api/v1/meetings", &body).await?.ok())?;
    let path = format!("/api/v1/meetings/{meeting}");
    story.officer.post(&format!("{path}/invite"), &json!({})).await?.ok();
    story.work().await?;
    let found = mails(&story.house.ground.dir.path().join("outbox"))?;
    let invitation = found
        .iter()
        .find(|mail| mail.contains("school@body.example"))
        .context("an invitation went out")?;
    assert!(
        invitation.contains("text/calendar") && invitation.contains("method=REQUEST"),
        "{invitation}"
    );
    let file = story.partner.get(&format!("{path}/invitation")).await?;
    assert!(
        file.text.contains("RRULE:FREQ=MONTHLY") && file.text.contains("SUMMARY:Σύσκεψη\\, Κέντρο"),
        "{}",
        file.text
    );
    let minutes = json!({
        "minutes": words("Λείπουν θέσεις"), "attended": [story.body2],
        "follow_ups": [{ "what": words("Στοιχεία"), "owner": story.body2, "due": "2022-12-31" }],
        "profiles": [{ "groups": ["children"], "areas": ["athens.6"], "people": { "count": 30 }, "women": 16, "men": 15 }],
    });
    let early = story.officer.post(&format!("{path}/minutes"), &minutes).await?;
    at_fields(
        &early,
        &[
            ("/minutes", "meeting-not-begun"),
            ("/profiles/0/women", "profile-more-than-all"),
        ],
    );
    story.later(3);
    story.again().await?;
    let mut minutes = minutes;
    minutes["profiles"][0]["men"] = json!(14);
    story.officer.post(&format!("{path}/minutes"), &minutes).await?.ok();
    let desk = story.partner2.get("/staff/").await?.text;
    assert!(
        desk.contains("Στοιχεία"),
        "what the meeting asked for waits on the body's desk"
    );
    assert!(!story.partner.get("/staff/").await?.text.contains("Στοιχεία"));
    let done = json!({ "number": 0 });
    refused(
        &story.partner.post(&format!("{path}/follow-ups"), &done).await?,
        403,
        "access.other-body",
    );
    story.partner2.post(&format!("{path}/follow-ups"), &done).await?.ok();
    assert!(!story.partner2.get("/staff/").await?.text.contains("Στοιχεία"), "done");

    // Meeting -> gap -> request -> certificate -> proposal, and back.
    let mut reported = gap();
    reported["source"] = json!({ "from": "meeting", "meeting": meeting });
    let gap = id(&story.officer.post("/api/v1/gaps", &reported).await?.ok())?;
    assert!(
        story
            .officer
            .get("/staff/")
            .await?
            .text
            .contains(&format!("/staff/gaps/{gap}"))
    );
    let reported = async |story: &Story| -> Result<u64> {
        let board = story.officer.get("/api/v1/unmet-need?months=1").await?.ok();
        let totals = board["totals"].as_array().context("totals")?;
        let cell = totals
            .iter()
            .find(|cell| cell["category"] == "education.school-support");
        Ok(cell.and_then(|cell| cell["reported"].as_u64()).unwrap_or(0))
    };
    assert_eq!(reported(&story).await?, 25);
    let request = examined(&story, 60, json!([gap])).await?;
    let me = story.officer.get("/api/v1/me").await?.ok();
    let owner = json!({ "account_id": id(&me)? });
    story
        .officer
        .post(&format!("/api/v1/requests/{request}/owner"), &owner)
        .await?
        .ok();
    let signed = story
        .officer
        .post(&format!("/api/v1/requests/{request}/certificate"), &json!({}))
        .await?
        .ok();
    let certificate = id(&signed["certificate"])?;
    assert_eq!(
        reported(&story).await?,
        0,
        "the certificate speaks of them: nobody is counted twice"
    );
    let residual = signed["certificate"]["confirmation"]["outcome"]["residual"]
        .as_u64()
        .context("a residual")?;
    // The desk asks for an action until somebody proposes one.
    let waits = async |story: &Story| -> Result<bool> {
        let desk = story.officer.get("/en/staff/").await?.text;
        Ok(desk.contains("A certified gap without an action")
            && desk.contains(&format!("/staff/certificates/{certificate}")))
    };
    ensure!(waits(&story).await?, "a certified gap waits on the desk");
    let operation = id(&story.officer.get("/api/v1/operations").await?.ok()["items"][0])?;
    let proposal = |places: u64, certificates: Value| {
        json!({
            "name": words("Απογευματινή στήριξη"), "description": words("Μαθήματα"), "certificates": certificates,
            "program": "food-parcel", "model_entry": "support.learning", "period": { "from": "2022-10-01", "to": "2022-12-22" },
            "places": places, "budget": { "amount": "1500.00", "currency": "EUR" }, "operation_id": operation,
        })
    };
    at_fields(
        &story
            .officer
            .post("/api/v1/proposals", &proposal(residual + 1, json!([certificate])))
            .await?,
        &[("/places", "proposal-over-residual")],
    );
    let food = story.house.id("certificate/home-food-disability")?;
    at_fields(
        &story
            .officer
            .post("/api/v1/proposals", &proposal(5, json!([certificate, food])))
            .await?,
        &[("/certificates", "certificate-other-category")],
    );
    let made = story
        .officer
        .post("/api/v1/proposals", &proposal(residual, json!([certificate])))
        .await?
        .ok();
    let answers = made["fits"][0]["answers"].as_array().context("answers")?;
    ensure!(!waits(&story).await?, "somebody proposed an action");
    let dimensions: Vec<&str> = answers
        .iter()
        .filter_map(|answer| answer["dimension"].as_str())
        .collect();
    assert_eq!(dimensions, ["character", "duration", "budget"]);
    assert!(
        answers
            .iter()
            .all(|answer| answer["reason"].as_str().is_some_and(|reason| !reason.is_empty()))
    );
    let proposal = id(&made)?;
    scientific_opinion(&story, &proposal).await?;
    let visitor = story.house.visitor();
    let register = visitor.get("/api/v1/register").await?.ok();
    assert!(
        !register.to_string().contains("Απογευματινή"),
        "nothing before the approval"
    );
    let approve = format!("/api/v1/proposals/{proposal}/approve");
    refused(
        &story.officer.post(&approve, &json!({})).await?,
        409,
        "proposal.same-person",
    );
    story.second.post(&approve, &json!({})).await?.ok();
    let register = visitor.get("/api/v1/register").await?.ok();
    assert!(
        register.to_string().contains("Απογευματινή"),
        "published when approved: {register}"
    );
    for (kind, from) in [
        ("meeting", &meeting),
        ("gap", &gap),
        ("proposal", &proposal),
        ("certificate", &certificate),
    ] {
        let trace = story.officer.get(&format!("/api/v1/trace/{kind}/{from}")).await?.ok();
        let steps: Vec<&str> = trace["steps"]
            .as_array()
            .context("steps")?
            .iter()
            .filter_map(|step| step["kind"].as_str())
            .collect();
        assert_eq!(
            steps,
            ["meeting", "gap", "request", "certificate", "proposal"],
            "from the {kind}"
        );
    }
    becomes_an_action(&story, &proposal, &food).await?;
    let elsewhere = story.officer.get(&format!("/api/v1/trace/gap/{meeting}")).await?;
    refused(&elsewhere, 404, "trace.unknown");

    // The mapping changes so that the need would be covered: the request's owner is told, once.
    let services = story
        .officer
        .get("/api/v1/services?category=education.school-support")
        .await?
        .ok();
    let mut covers = Vec::new();
    for service in services["items"].as_array().context("services")? {
        let record = format!("/api/v1/records/service/{}", id(service)?);
        let mut kept = story.officer.get(&record).await?.ok();
        kept.as_object_mut().context("a record")?.remove("version");
        if kept["capacities"][0]["available"].is_u64() {
            kept["capacities"][0]["available"] = json!(5000);
            kept["assured_date"] = json!(story.today());
            story.officer.put(&record, &kept).await?.ok();
            covers.push(record);
        }
    }
    ensure!(!covers.is_empty(), "a service with known places");
    let mut told = Vec::new();
    for _ in 0..2 {
        story.officer.post("/api/v1/needs/recheck", &json!({})).await?;
        story
            .house
            .played
            .clock
            .set(story.house.played.app.now() + TimeDelta::seconds(5));
        story.work().await?;
        let outbox = story.officer.get("/api/v1/outbox?limit=200").await?.text;
        told.push(outbox.matches("need-covered").count());
    }
    ensure!(told[0] > 0 && told[0] == told[1], "each owner is told once: {told:?}");
    let found = mails(&story.house.ground.dir.path().join("outbox"))?;
    let said: Vec<&String> = found.iter().filter(|mail| mail.contains(&request)).collect();
    assert_eq!(
        said.len(),
        2,
        "the body that asked is told of its request, and who answers for it"
    );
    for address in ["social@body.example", "coordinator@example.org"] {
        ensure!(said.iter().any(|mail| mail.contains(address)), "{address}: {said:?}");
    }
    Ok(())
}

/// What a body that knows the field says of a proposal stands beside it.
async fn scientific_opinion(story: &Story, proposal: &str) -> Result<()> {
    let page = format!("/staff/proposals/{proposal}");
    let typed = |outcome: &'static str| {
        [
            ("/given_by/el", "Education unit"),
            ("/given_on-day", "20"),
            ("/given_on-month", "6"),
            ("/given_on-year", "2022"),
            ("/outcome", outcome),
            ("/remarks/el", "Count those who left"),
        ]
    };
    let silent = form(&story.officer, &format!("{page}/opinions"), &typed("")).await?;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    led(&form(&story.officer, &format!("{page}/opinions"), &typed("with-remarks")).await?)?;
    let shown = story.officer.get(&page).await?.text;
    ensure!(
        shown.contains("Education unit") && shown.contains("Count those who left"),
        "{shown}"
    );
    Ok(())
}

/// A proposal becomes the action that answers it, and no other; the way leads from the action back.
async fn becomes_an_action(story: &Story, other: &str, food: &str) -> Result<()> {
    let action = json!({ "action_id": story.house.id("action/home-food")? });
    let stranger = story
        .officer
        .post(&format!("/api/v1/proposals/{other}/action"), &action)
        .await?;
    at_fields(&stranger, &[("/action_id", "proposal-other-action")]);
    let proposal = json!({
        "name": words("Τρόφιμα στο σπίτι"), "description": words("Πακέτα"), "certificates": [food], "program": "food-parcel",
        "model_entry": "support.food-disability", "period": { "from": "2022-09-01", "to": "2022-11-30" },
        "places": 150, "budget": { "amount": "45000.00", "currency": "EUR" },
    });
    let proposal = id(&story.officer.post("/api/v1/proposals", &proposal).await?.ok())?;
    let planned = format!("/api/v1/proposals/{proposal}/action");
    refused(&story.officer.post(&planned, &action).await?, 409, "state.not-possible");
    story
        .second
        .post(&format!("/api/v1/proposals/{proposal}/approve"), &json!({}))
        .await?
        .ok();
    let page = story.officer.get(&format!("/staff/proposals/{proposal}")).await?.text;
    ensure!(
        page.contains(action["action_id"].as_str().unwrap_or("-")),
        "the page offers the action"
    );
    story.officer.post(&planned, &action).await?.ok();
    let from = action["action_id"].as_str().context("an action")?;
    let trace = story.officer.get(&format!("/api/v1/trace/action/{from}")).await?.ok();
    let steps: Vec<&str> = trace["steps"]
        .as_array()
        .context("steps")?
        .iter()
        .filter_map(|step| step["kind"].as_str())
        .collect();
    assert_eq!(steps, ["request", "certificate", "proposal", "action"]);
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn immediate_help_has_a_ceiling_and_two_hands(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let today = story.today();
    let person = json!({ "name": "Μαρία Δοκιμαστική", "phone": "6900000888" });
    let help = |people: usize, more: Value| {
        let mut help = json!({
            "entry": "immediate.meals", "people": vec![person.clone(); people], "areas": ["athens.1"],
            "period": { "from": today, "to": today + TimeDelta::days(2) }, "cost": { "amount": "60.00", "currency": "EUR" },
            "reason": words("Δεν έχουν φάει"),
        });
        if let (Some(help), Value::Object(more)) = (help.as_object_mut(), more) {
            help.extend(more);
        }
        help
    };
    let none = story.officer.post("/api/v1/interventions", &help(1, json!({}))).await?;
    at_fields(&none, &[("/entry", "immediate-no-ceiling"); 3]);
    assert!(!none.text.contains("Δοκιμαστική"));
    let emergency = json!({
        "name": words("Καύσωνας"), "areas": ["athens.1"], "period": { "from": today, "to": today + TimeDelta::days(6) },
        "entries": ["immediate.meals"], "ceiling": { "people": 2, "cost": { "amount": "100.00", "currency": "EUR" }, "days": 3 },
    });
    let emergency = id(&story.officer.post("/api/v1/emergencies", &emergency).await?.ok())?;
    let opened = json!({ "emergency_id": emergency });
    let undeclared = story
        .officer
        .post("/api/v1/interventions", &help(1, opened.clone()))
        .await?;
    at_fields(&undeclared, &[("/emergency_id", "immediate-outside-emergency")]);
    let declare = format!("/api/v1/emergencies/{emergency}/declare");
    refused(
        &story.officer.post(&declare, &json!({})).await?,
        409,
        "immediate.same-person",
    );
    story.second.post(&declare, &json!({})).await?.ok();
    let many = story
        .officer
        .post("/api/v1/interventions", &help(3, opened.clone()))
        .await?;
    at_fields(&many, &[("/to", "immediate-over-ceiling")]);
    let given = story.officer.post("/api/v1/interventions", &help(2, opened)).await?;
    assert!(!given.text.contains("Δοκιμαστική"), "{}", given.text);
    let made = given.ok();
    let path = format!("/api/v1/interventions/{}", id(&made)?);
    let who = &made["to"]["people"][0];
    let delivery = |cost: &str| json!({ "person_id": who, "on": today, "cost": { "amount": cost, "currency": "EUR" } });
    let early = story
        .officer
        .post(&format!("{path}/deliveries"), &delivery("10.00"))
        .await?;
    refused(&early, 409, "state.not-possible");
    refused(
        &story.officer.post(&format!("{path}/approve"), &json!({})).await?,
        409,
        "immediate.same-person",
    );
    story.second.post(&format!("{path}/approve"), &json!({})).await?.ok();
    story
        .officer
        .post(&format!("{path}/deliveries"), &delivery("10.00"))
        .await?
        .ok();
    let over = story
        .officer
        .post(&format!("{path}/deliveries"), &delivery("51.00"))
        .await?;
    at_fields(&over, &[("/cost", "immediate-more-than-approved")]);
    let people = story
        .officer
        .post(&format!("{path}/open"), &json!({ "reason": "Παράδοση" }))
        .await?
        .ok();
    assert_eq!(people["people"][1]["data"]["name"], "Μαρία Δοκιμαστική");
    let replayed = story.house.replayed()?;
    assert_eq!(
        replayed["programs"]["immediate-help"],
        json!({ "total": 2, "identical": 2 }),
        "{replayed}"
    );
    decisions_leave(&story)?;
    assert_eq!(story.partner.get(&path).await?.status, StatusCode::FORBIDDEN);
    // The certificate follows.
    let request = examined(&story, 2, json!([])).await?;
    story
        .officer
        .post(&format!("/api/v1/requests/{request}/certificate"), &json!({}))
        .await?
        .ok();
    let follows = story
        .officer
        .post(&format!("{path}/certificate"), &json!({ "request_id": request }))
        .await?
        .ok();
    ensure!(follows["certificate_id"].is_string(), "{follows}");
    // A conversation about a request: its body and the team, nobody else.
    let notes = format!("/api/v1/requests/{request}/notes");
    story
        .partner
        .post(&notes, &json!({ "words": "Πότε θα απαντήσετε;" }))
        .await?
        .ok();
    assert_eq!(
        story.officer.get(&notes).await?.ok()["items"][0]["words"],
        "Πότε θα απαντήσετε;"
    );
    assert_eq!(story.partner2.get(&notes).await?.status, StatusCode::NOT_FOUND);
    Ok(())
}

/// Decisions on immediate help leave as a bundle, too, and whoever alters one is found without the installation.
fn decisions_leave(story: &Story) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let exported = story.house.exported(folder.path())?;
    assert_eq!(exported["immediate_help"], json!(2), "{exported}");
    let file = folder.path().join("immediate-help.jsonl");
    let (code, document, said) = replay(&file)?;
    assert_eq!(
        (code, &document["total"], &document["identical"]),
        (Some(0), &json!(2), &json!(2)),
        "{said}"
    );
    let bundle = std::fs::read_to_string(&file)?;
    let other = altered(&bundle, folder.path(), 3, |value| {
        let record = value["record"].as_str().unwrap_or_default();
        value["record"] = record.replacen("\"granted\":true", "\"granted\":false", 1).into();
    })?;
    let (code, document, said) = replay(&other)?;
    assert_eq!((code, &document["different"]), (Some(1), &json!(1)), "{said}");
    ensure!(
        said.contains("line 3: the record is not the one whose digest is stored"),
        "{said}"
    );
    Ok(())
}

osn_tests::stories!(
    from_a_meeting_to_the_register,
    immediate_help_has_a_ceiling_and_two_hands,
);
