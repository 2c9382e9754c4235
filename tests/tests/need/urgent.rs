//! The urgent track, on both databases: immediate help stands as decision, award, delivery and expense in the tables that a
//! call uses, traceable both ways; its certificate follows in time, and is asked for when it is late.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_core::canonical::Digest;
use osn_core::immediate::HelpDecision;
use osn_tests::app::Backend;
use osn_tests::client::Client;
use osn_tests::network::{Story, at_fields, examined, form, id, led, refused, words};
use serde_json::{Value, json};

fn euros(text: &str) -> Value {
    json!({ "amount": text, "currency": "EUR" })
}

/// An emergency in force, so that there is a ceiling.
async fn declared(story: &Story) -> Result<String> {
    let today = story.today();
    let emergency = json!({
        "name": words("Καύσωνας"), "areas": ["athens.1"], "period": { "from": today, "to": today + TimeDelta::days(6) },
        "entries": ["immediate.meals"], "ceiling": { "people": 8, "cost": euros("100.00"), "days": 3 },
    });
    let emergency = id(&story.officer.post("/api/v1/emergencies", &emergency).await?.ok())?;
    story
        .second
        .post(&format!("/api/v1/emergencies/{emergency}/declare"), &json!({}))
        .await?
        .ok();
    Ok(emergency)
}

fn help(story: &Story, emergency: &str, more: Value) -> Value {
    let today = story.today();
    let mut help = json!({
        "entry": "immediate.meals", "areas": ["athens.1"], "period": { "from": today, "to": today + TimeDelta::days(2) },
        "cost": euros("60.00"), "reason": words("Δεν έχουν φάει"), "emergency_id": emergency,
    });
    if let (Some(help), Value::Object(more)) = (help.as_object_mut(), more) {
        help.extend(more);
    }
    help
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn help_to_people_is_decided_awarded_delivered_and_paid(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let emergency = declared(&story).await?;
    let operation = id(&story.officer.get("/api/v1/operations").await?.ok()["items"][0])?;
    let people = json!([{ "name": "Μαρία Δοκιμαστική" }, { "name": "Νίκος Δοκιμαστικός" }]);
    let unknown = json!({ "people": people, "payer": { "operation_id": "01890000-0000-7000-8000-000000000000", "category": "A4" } });
    at_fields(
        &story
            .officer
            .post("/api/v1/interventions", &help(&story, &emergency, unknown))
            .await?,
        &[("/payer/operation_id", "unknown-record")],
    );
    let part = json!({ "people": people, "payer": { "operation_id": operation, "category": "A4", "sub_project": "SP99", "work_package": "WP2" } });
    at_fields(
        &story
            .officer
            .post("/api/v1/interventions", &help(&story, &emergency, part))
            .await?,
        &[("/payer/sub_project", "unknown-record")],
    );
    let paid = json!({ "people": people, "payer": { "operation_id": operation, "category": "A4", "sub_project": "SP1", "work_package": "WP2" } });
    let made = story
        .officer
        .post("/api/v1/interventions", &help(&story, &emergency, paid))
        .await?
        .ok();
    let path = format!("/api/v1/interventions/{}", id(&made)?);
    assert_eq!(
        story.officer.get(&format!("{path}/record")).await?.ok(),
        json!({ "decisions": [], "awards": [] }),
        "nobody has decided"
    );
    refused(
        &story.officer.post(&format!("{path}/approve"), &json!({})).await?,
        409,
        "immediate.same-person",
    );
    // Two who decide at once: one does, and there is one decision for each person.
    let third = story.house.staff("coordinator2").await?;
    let (approve, empty) = (format!("{path}/approve"), json!({}));
    let (one, other) = tokio::join!(story.second.post(&approve, &empty), third.post(&approve, &empty));
    let mut statuses = [one?.status.as_u16(), other?.status.as_u16()];
    statuses.sort_unstable();
    ensure!(
        statuses[0] == 200 && [409, 412, 503].contains(&statuses[1]),
        "{statuses:?}"
    );
    let record = story.officer.get(&format!("{path}/record")).await?.ok();
    let (decisions, awards) = (
        record["decisions"].as_array().context("decisions")?,
        record["awards"].as_array().context("awards")?,
    );
    assert_eq!((decisions.len(), awards.len()), (2, 2));
    for (decision, award) in decisions.iter().zip(awards) {
        assert_eq!(
            (&decision["outcome"], &decision["people"]),
            (&json!("eligible"), &json!(1))
        );
        assert_eq!((&award["state"], &award["deliveries"]), (&json!("active"), &json!([])));
    }
    assert!(!record.to_string().contains("Δοκιμαστικ"), "nobody is named");
    // The frozen record is what an auditor makes the decision again from.
    let auditor = story.house.staff("auditor").await?;
    let decision = &decisions[0];
    let decision_id = decision["decision_id"].as_str().context("a decision")?;
    let bytes = auditor.get(&format!("/api/v1/decisions/{decision_id}/record")).await?;
    assert_eq!(bytes.status, StatusCode::OK, "{}", bytes.text);
    let digest: Digest = decision["digest"].as_str().context("a digest")?.parse()?;
    assert_eq!(
        HelpDecision::replay(bytes.text.as_bytes(), digest),
        None,
        "{}",
        bytes.text
    );

    // Whoever may read decisions reads it as one, without a name.
    let shown = auditor.get(&format!("/api/v1/decisions/{decision_id}")).await?.ok();
    assert_eq!(
        (&shown["outcome"], &shown["units"], &shown["digest"]),
        (&json!("eligible"), &json!(1), &decision["digest"]),
        "{shown}"
    );
    ensure!(
        path.ends_with(shown["intervention_id"].as_str().context("the help")?)
            && shown["proposed_by"] != shown["decided_by"]
            && shown["against"] == json!([])
            && !shown.to_string().contains("Δοκιμαστικ"),
        "{shown}"
    );
    let partner = story.partner.get(&format!("/api/v1/decisions/{decision_id}")).await?;
    assert_eq!(partner.status, StatusCode::FORBIDDEN, "{}", partner.text);

    // What is given is a delivery with its expense: the paper has a number, and another person approves.
    let who = awards[0]["person_id"].clone();
    let given = |paper: Value, last: bool| json!({ "person_id": who, "on": story.today(), "cost": euros("12.40"), "paper": paper, "last": last });
    let give = format!("{path}/deliveries");
    at_fields(
        &story.officer.post(&give, &given(Value::Null, false)).await?,
        &[("/paper", "required")],
    );
    story.officer.post(&give, &given(json!("ΑΠΥ-17"), false)).await?.ok();
    refused(
        &story.officer.post(&format!("{path}/cancel"), &json!({})).await?,
        409,
        "immediate.given",
    );
    let last = story.officer.post(&give, &given(json!("ΑΠΥ-18"), true)).await?.ok();
    assert_eq!(last["state"]["state"], "delivered");
    let record = story.officer.get(&format!("{path}/record")).await?.ok();
    let award = record["awards"]
        .as_array()
        .and_then(|awards| awards.iter().find(|award| award["person_id"] == who))
        .context("the award")?;
    assert_eq!(award["state"], "fulfilled");
    let deliveries = award["deliveries"].as_array().context("deliveries")?;
    assert_eq!(
        deliveries.iter().map(|one| &one["instalment"]).collect::<Vec<_>>(),
        [&json!(1), &json!(2)]
    );
    let expense = deliveries[0]["expenses"][0]["expense_id"]
        .as_str()
        .context("an expense")?;
    assert_eq!(deliveries[0]["expenses"][0]["amount"], euros("12.40"));
    let delivery = deliveries[0]["delivery_id"].as_str().context("a delivery")?;
    let attempt = json!({ "result": "delivered" });
    refused(
        &story
            .officer
            .post(&format!("/api/v1/deliveries/{delivery}/attempts"), &attempt)
            .await?,
        409,
        "delivery.of-help",
    );
    // From the euro back to the help and its decision.
    let traced = story
        .officer
        .get(&format!("/api/v1/expenses/{expense}/trace"))
        .await?
        .ok();
    let part = &traced["items"][0];
    assert_eq!(
        (
            &part["intervention_id"],
            &part["deliveries"][0]["delivery_id"],
            &part["deliveries"][0]["decision_id"]
        ),
        (&made["id"], &json!(delivery), &award["decision_id"])
    );
    let approve = format!("/api/v1/expenses/{expense}/approve");
    let money = async |client: &Client| client.post(&approve, &json!({})).await;
    refused(&money(&story.officer).await?, 409, "money.same-person");
    money(&story.second).await?.ok();
    let page = story.officer.get(&format!("/staff/urgent/{}", id(&made)?)).await?.text;
    assert!(
        page.contains(&format!("/staff/expenses/{expense}")) && !page.contains("Δοκιμαστικ"),
        "{page}"
    );
    Ok(())
}

async fn help_to_a_body_has_one_decision_and_a_refusal_is_one_too(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let emergency = declared(&story).await?;
    let body = json!({ "organization_id": story.body, "count": 8 });
    let mut records = Vec::new();
    for step in ["approve", "refuse"] {
        let made = story
            .officer
            .post("/api/v1/interventions", &help(&story, &emergency, body.clone()))
            .await?
            .ok();
        let path = format!("/api/v1/interventions/{}", id(&made)?);
        let why = if step == "refuse" {
            json!({ "reason": words("Υπάρχει συσσίτιο") })
        } else {
            json!({})
        };
        story.second.post(&format!("{path}/{step}"), &why).await?.ok();
        records.push((path.clone(), story.officer.get(&format!("{path}/record")).await?.ok()));
    }
    for ((_, record), (outcome, awards)) in records.iter().zip([("eligible", 1), ("not-eligible", 0)]) {
        assert_eq!(record["decisions"].as_array().map(Vec::len), Some(1), "{record}");
        let decision = &record["decisions"][0];
        assert_eq!(
            (&decision["outcome"], &decision["people"]),
            (&json!(outcome), &json!(8))
        );
        assert_eq!(record["awards"].as_array().map(Vec::len), Some(awards));
    }
    let (path, _) = &records[0];
    let given = json!({ "on": story.today(), "cost": euros("40.00") });
    story.officer.post(&format!("{path}/deliveries"), &given).await?.ok();
    let record = story.officer.get(&format!("{path}/record")).await?.ok();
    assert_eq!(
        record["awards"][0]["deliveries"][0]["cost"],
        euros("40.00"),
        "without an operation there is a delivery and no expense"
    );
    assert_eq!(record["awards"][0]["deliveries"][0]["expenses"], json!([]));
    Ok(())
}

async fn the_certificate_follows_and_is_asked_for_when_late(backend: Backend) -> Result<()> {
    let mut story = Story::begun(backend).await?;
    let emergency = declared(&story).await?;
    let people = json!({ "people": [{ "name": "Μαρία Δοκιμαστική" }] });
    let made = story
        .officer
        .post("/api/v1/interventions", &help(&story, &emergency, people))
        .await?
        .ok();
    let (help, path) = (id(&made)?, format!("/api/v1/interventions/{}", id(&made)?));
    story.second.post(&format!("{path}/approve"), &json!({})).await?.ok();
    let asked = async |story: &Story| -> Result<usize> {
        story.officer.post("/api/v1/needs/recheck", &json!({})).await?;
        story
            .house
            .played
            .clock
            .set(story.house.played.app.now() + TimeDelta::seconds(5));
        story.work().await?;
        let outbox = story.officer.get("/api/v1/outbox?limit=200").await?.text;
        Ok(outbox.matches("help-certificate-late").count())
    };
    assert_eq!(asked(&story).await?, 0, "not before its day");
    story.later(16);
    story.again().await?;
    let first = asked(&story).await?;
    ensure!(first > 0 && asked(&story).await? == first, "once a day");
    let board = story.officer.get("/en/staff/").await?.text;
    assert!(board.contains("The certificate is late"), "{board}");

    // The request is linked on the page before it is certified; the certificate writes itself into the help.
    let request = examined(&story, 2, json!([])).await?;
    let linked = [("/request_id", request.as_str())];
    led(&form(&story.officer, &format!("/staff/urgent/{help}/certificate"), &linked).await?)?;
    assert_eq!(story.officer.get(&path).await?.ok()["certificate_id"], Value::Null);
    let signed = story
        .officer
        .post(&format!("/api/v1/requests/{request}/certificate"), &json!({}))
        .await?
        .ok();
    let certificate = id(&signed["certificate"])?;
    assert_eq!(
        story.officer.get(&path).await?.ok()["certificate_id"],
        json!(certificate)
    );
    story.later(1);
    story.again().await?;
    assert_eq!(asked(&story).await?, first, "nobody is asked any more");
    for (kind, from) in [("intervention", &help), ("certificate", &certificate)] {
        let trace = story.officer.get(&format!("/api/v1/trace/{kind}/{from}")).await?.ok();
        let steps: Vec<&str> = trace["steps"]
            .as_array()
            .context("steps")?
            .iter()
            .filter_map(|step| step["kind"].as_str())
            .collect();
        assert_eq!(steps, ["intervention", "request", "certificate"], "from the {kind}");
    }
    let foreign = story.partner.get(&format!("/api/v1/trace/intervention/{help}")).await?;
    refused(&foreign, 404, "trace.unknown");
    Ok(())
}

/// Nobody published ceilings: the pages say who sets them and where; one person proposes one, another approves it.
#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_ceiling_is_set_by_two_people(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let today = story.today();
    let help = |people: usize, cost: &str| {
        json!({
            "entry": "immediate.meals", "people": vec![json!({ "name": "Μαρία Δοκιμαστική" }); people], "areas": ["athens.1"],
            "period": { "from": today, "to": today + TimeDelta::days(1) }, "cost": euros(cost), "reason": words("Δεν έχει φάει"),
        })
    };
    let track = story.officer.get("/staff/urgent").await?.text;
    ensure!(
        track.contains("Ο δήμος δεν έχει ορίσει ανώτατα όρια για") && track.contains("/staff/ceilings"),
        "{track}"
    );
    let none = story.officer.post("/api/v1/interventions", &help(1, "60.00")).await?;
    at_fields(&none, &[("/entry", "immediate-no-ceiling"); 3]);
    ensure!(
        none.text.contains("Ανώτατα όρια άμεσης βοήθειας"),
        "where: {}",
        none.text
    );
    let here = story.officer.get("/en/staff/ceilings").await?.text;
    ensure!(
        here.contains("Not set") && here.contains("No proposal waits."),
        "{here}"
    );
    assert_eq!(
        story.partner.get("/staff/ceilings").await?.status,
        StatusCode::FORBIDDEN
    );

    // What is incomplete or nothing is told beside it; what was typed stays.
    let typed = |people: &'static str, decision: &'static str| {
        [
            ("/entry", "immediate.meals"),
            ("/ceiling/people", people),
            ("/ceiling/cost/amount", "100"),
            ("/ceiling/days", "3"),
            ("/decision", decision),
        ]
    };
    let silent = form(&story.officer, "/staff/ceilings", &typed("2", "")).await?;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    ensure!(
        silent.text.contains("decision-error") && silent.text.contains("value=\"3\""),
        "{}",
        silent.text
    );
    let nothing =
        json!({ "entry": "immediate.none", "ceiling": { "people": 0, "cost": euros("0.00") }, "decision": " " });
    at_fields(
        &story.officer.post("/api/v1/ceilings", &nothing).await?,
        &[
            ("/entry", "unknown-model-entry"),
            ("/ceiling/people", "not-positive"),
            ("/ceiling/cost", "not-positive"),
            ("/ceiling/days", "required"),
            ("/decision", "required"),
        ],
    );
    led(&form(&story.officer, "/staff/ceilings", &typed("2", "ΨΡΗ4Η-354")).await?)?;
    let waiting = story.officer.get("/api/v1/ceilings?state=proposed").await?.ok();
    let proposal = id(&waiting["items"][0])?;
    let path = format!("/api/v1/ceilings/{proposal}");
    refused(
        &story.officer.post(&format!("{path}/approve"), &json!({})).await?,
        409,
        "immediate.same-person",
    );
    let still = story.officer.post("/api/v1/interventions", &help(1, "60.00")).await?;
    at_fields(&still, &[("/entry", "immediate-no-ceiling"); 3]);

    // Nor does one person alone write it into the model.
    let mut model = story.officer.get("/api/v1/intervention-model").await?.ok();
    let before = model["version"].as_u64().context("a version")?;
    let entries = model["catalogue"].as_array().context("a catalogue")?;
    let meals = entries.iter().position(|entry| entry["code"] == "immediate.meals");
    let meals = meals.context("meals")?;
    model["version"] = json!(before + 1);
    model["catalogue"][meals]["ceiling"] = json!({ "people": 9, "cost": euros("900.00"), "days": 9 });
    let alone = story.officer.put("/api/v1/intervention-model", &model).await?;
    at_fields(&alone, &[(&format!("/catalogue/{meals}/ceiling"), "ceiling-by-two")]);

    let waits = story.second.get("/staff/ceilings").await?.text;
    ensure!(waits.contains("ΨΡΗ4Η-354") && waits.contains(&proposal), "{waits}");
    led(&form(&story.second, &format!("/staff/ceilings/{proposal}/approve"), &[]).await?)?;
    let now = story.officer.get("/api/v1/intervention-model").await?.ok();
    assert_eq!(now["version"].as_u64(), Some(before + 1), "a new version of the model");
    let over = story.officer.post("/api/v1/interventions", &help(3, "100.01")).await?;
    at_fields(
        &over,
        &[("/to", "immediate-over-ceiling"), ("/cost", "immediate-over-ceiling")],
    );
    let made = story.officer.post("/api/v1/interventions", &help(2, "100.00")).await?;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let track = story.officer.get("/staff/urgent").await?.text;
    ensure!(
        track.contains("δεν έχει ορίσει ανώτατα όρια για"),
        "five entries are left"
    );

    // One that is refused changes nothing, and is decided.
    let other = json!({ "entry": "immediate.meals", "ceiling": { "people": 5, "cost": euros("500.00"), "days": 5 }, "decision": "2" });
    let other = id(&story.officer.post("/api/v1/ceilings", &other).await?.ok())?;
    led(&form(&story.second, &format!("/staff/ceilings/{other}/refuse"), &[]).await?)?;
    let late = story
        .second
        .post(&format!("/api/v1/ceilings/{other}/approve"), &json!({}))
        .await?;
    refused(&late, 409, "state.not-possible");
    let kept = story.officer.get("/api/v1/intervention-model").await?.ok();
    assert_eq!(kept, now);
    Ok(())
}

osn_tests::stories!(
    a_ceiling_is_set_by_two_people,
    help_to_people_is_decided_awarded_delivered_and_paid,
    help_to_a_body_has_one_decision_and_a_refusal_is_one_too,
    the_certificate_follows_and_is_asked_for_when_late,
);
