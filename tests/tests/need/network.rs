//! Need and network, on both databases: gaps and what bodies offer, referrals with consent, two officers against the rules.
use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use osn_tests::app::Backend;
use osn_tests::network::{Story, another, at_fields, examined, gap, id, refused, words};
use serde_json::{Value, json};

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn gaps_are_joined_served_and_counted(backend: Backend) -> Result<()> {
    let mut story = Story::begun(backend).await?;
    // What contradicts itself, or names what nobody knows, is told field by field.
    let mut wrong = gap();
    wrong["people"] = json!(0);
    wrong["areas"] = json!(["athens.99"]);
    wrong["groups"] = json!(["children", "no-such-group"]);
    at_fields(
        &story.partner.post("/api/v1/gaps", &wrong).await?,
        &[
            ("/people", "need.no-people"),
            ("/groups/1", "unknown-term"),
            ("/areas/0", "unknown-term"),
        ],
    );
    let mut invented = gap();
    invented["source"] =
        json!({ "from": "empty-search", "period": { "from": "2022-05-01", "to": "2022-05-31" }, "searches": 25 });
    at_fields(
        &story.partner.post("/api/v1/gaps", &invented).await?,
        &[("/source/searches", "gap-not-counted")],
    );

    // A search that finds nothing is counted by what was chosen; what was typed stands nowhere.
    let visitor = story.house.visitor();
    let nothing = "/api/v1/services?category=education.school-support&area=athens.6&q=zzqqzzqq";
    assert_eq!(visitor.get(nothing).await?.ok()["total"], 0);
    story
        .house
        .played
        .clock
        .set(story.house.played.app.now() + TimeDelta::minutes(2));
    story.work().await?;
    let hints = story.officer.get("/api/v1/unmet-need/hints").await?;
    assert!(!hints.text.contains("zzqq"), "{}", hints.text);
    let line = json!({ "category": "education.school-support", "area": "athens.6", "searches": 1 });
    assert_eq!(hints.json()["empty_searches"], json!([line]));
    let mut sought = gap();
    sought["people"] = json!(1);
    sought["source"] = json!({ "from": "empty-search", "period": hints.json()["period"], "searches": 1 });
    let sought = id(&story.officer.post("/api/v1/gaps", &sought).await?.ok())?;
    let none = json!({ "reason": words("Μία αναζήτηση δεν είναι κενό") });
    story
        .officer
        .post(&format!("/api/v1/gaps/{sought}/dismiss"), &none)
        .await?
        .ok();

    let one = id(&story.partner.post("/api/v1/gaps", &gap()).await?.ok())?;
    let mut same = gap();
    same["people"] = json!(40);
    let other = id(&story.partner2.post("/api/v1/gaps", &same).await?.ok())?;
    let path = format!("/api/v1/gaps/{one}");
    refused(
        &story.partner.post(&format!("{path}/accept"), &json!({})).await?,
        403,
        "access.forbidden",
    );
    story.officer.post(&format!("{path}/accept"), &json!({})).await?.ok();
    refused(
        &story.second.post(&format!("{path}/accept"), &json!({})).await?,
        409,
        "state.not-possible",
    );
    let joined = story
        .officer
        .post(&format!("{path}/join"), &json!({ "gap_id": other }))
        .await?
        .ok();
    assert_eq!(joined["people"], 40, "the greater estimate: nobody is counted twice");
    let gone = story.officer.get(&format!("/api/v1/gaps/{other}")).await?.ok();
    assert_eq!(
        (&gone["state"]["state"], &gone["state"]["into"]),
        (&json!("joined"), &json!(one))
    );
    let itself = story
        .officer
        .post(&format!("{path}/join"), &json!({ "gap_id": one }))
        .await?;
    at_fields(&itself, &[("/gap_id", "gap-itself")]);

    // A body offers rooms; only the team takes them, and nobody offers in another's name.
    let offer = json!({
        "kind": "rooms", "quantity": 2, "unit": words("αίθουσες"), "words": words("Τα απογεύματα"),
        "period": { "from": "2022-09-12", "to": "2022-12-22" },
    });
    let contribution = id(&story
        .partner2
        .post(&format!("{path}/contributions"), &offer)
        .await?
        .ok())?;
    let mut foreign = offer.clone();
    foreign["organization_id"] = json!(story.body);
    refused(
        &story.partner2.post(&format!("{path}/contributions"), &foreign).await?,
        403,
        "access.other-body",
    );
    let silent = json!({ "reason": words(" ") });
    let declined = format!("/api/v1/contributions/{contribution}/decline");
    at_fields(
        &story.officer.post(&declined, &silent).await?,
        &[("/reason", "required")],
    );
    story
        .officer
        .post(&format!("/api/v1/contributions/{contribution}/accept"), &json!({}))
        .await?
        .ok();

    // An extension: the mapping changes on the day and not before, as a new version; the gap is closed by it.
    let services = story
        .officer
        .get("/api/v1/services?category=education.school-support")
        .await?
        .ok();
    let service = id(&services["items"][0])?;
    let record = format!("/api/v1/records/service/{service}");
    let free = |record: &Value| record["capacities"][0]["available"].as_u64().unwrap_or(0);
    let before = story.officer.get(&record).await?.ok();
    let past = json!({ "service_id": service, "places": 15, "effective_on": story.today() - TimeDelta::days(1) });
    at_fields(
        &story.officer.post(&format!("{path}/extensions"), &past).await?,
        &[("/effective_on", "extension-past")],
    );
    let tomorrow = story.today() + TimeDelta::days(1);
    let extension = json!({ "service_id": service, "places": 15, "effective_on": tomorrow });
    let extension = id(&story
        .officer
        .post(&format!("{path}/extensions"), &extension)
        .await?
        .ok())?;
    story.work().await?;
    assert_eq!(
        story.officer.get(&record).await?.ok()["version"],
        before["version"],
        "not before its day"
    );
    let early = json!({ "closure": { "by": "extension", "extension": extension } });
    at_fields(
        &story.officer.post(&format!("{path}/close"), &early).await?,
        &[("/closure/extension", "gap-does-not-close")],
    );
    let board = story.officer.get("/api/v1/unmet-need?months=3").await?.ok();
    let reported = |board: &Value| {
        let totals = board["totals"].as_array().cloned().unwrap_or_default();
        let last = totals
            .iter()
            .rfind(|cell| cell["category"] == "education.school-support")
            .cloned();
        last.map_or(0, |cell| cell["reported"].as_u64().unwrap_or(0))
    };
    assert_eq!(reported(&board), 40, "{board}");
    story.later(1);
    story.again().await?;
    story.work().await?;
    let after = story.officer.get(&record).await?.ok();
    assert_eq!(free(&after), free(&before) + 15, "{after}");
    assert_ne!(after["version"], before["version"], "a new version of the record");
    let closed = story.officer.get(&path).await?.ok();
    assert_eq!(closed["state"]["state"], "closed");
    assert_eq!(
        closed["state"]["closure"],
        json!({ "by": "extension", "extension": extension })
    );
    let board = story.officer.get("/api/v1/unmet-need?months=3").await?.ok();
    assert_eq!(reported(&board), 0, "served: {board}");
    refused(
        &story.partner.post(&format!("{path}/contributions"), &offer).await?,
        409,
        "gap.over",
    );
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_referral_carries_consent_and_a_refusal_reports_a_gap(backend: Backend) -> Result<()> {
    let mut story = Story::begun(backend).await?;
    let today = story.today();
    let referral = |change: &dyn Fn(&mut Value)| {
        let mut referral = json!({
            "organization_id": story.body2, "category": "education.school-support", "areas": ["athens.6"],
            "consent": { "scope": ["name", "phone"], "given_on": today, "expires_on": today + TimeDelta::days(20) },
            "data": { "name": "Ελπίδα Δοκιμαστική", "phone": "6900000777" },
            "answer_by": today + TimeDelta::days(5),
        });
        change(&mut referral);
        referral
    };
    let send = async |referral: Value| story.officer.post("/api/v1/referrals", &referral).await;
    let none = send(referral(&|it| it["consent"]["scope"] = json!([]))).await?;
    at_fields(
        &none,
        &[
            ("/consent/scope", "referral-no-consent"),
            ("/data/name", "referral-outside-consent"),
            ("/data/phone", "referral-outside-consent"),
        ],
    );
    let over = send(referral(&|it| {
        it["consent"]["given_on"] = json!("2020-01-01");
        it["consent"]["expires_on"] = json!("2020-02-01");
    }))
    .await?;
    at_fields(
        &over,
        &[
            ("/consent/expires_on", "referral-consent-expired"),
            ("/answer_by", "referral-answer-by"),
        ],
    );
    let more = send(referral(&|it| it["data"]["address"] = json!("Οδός 1"))).await?;
    at_fields(&more, &[("/data/address", "referral-outside-consent")]);
    assert!(!more.text.contains("Δοκιμαστική"), "no personal data in an error");

    let first = id(&send(referral(&|_| {})).await?.ok())?;
    let forgotten = id(&send(referral(&|_| {})).await?.ok())?;
    let path = format!("/api/v1/referrals/{first}");
    // A body sees only what was referred to it, and nobody's data without a reason.
    assert_eq!(story.partner.get(&path).await?.status, StatusCode::NOT_FOUND);
    assert_eq!(story.partner.get("/api/v1/referrals").await?.ok()["total"], 0);
    let why = json!({ "reason": "Για να απαντήσω" });
    let foreign = story.partner.post(&format!("{path}/open"), &why).await?;
    refused(&foreign, 404, "referral.unknown");
    let seen = story.partner2.get(&path).await?;
    assert!(!seen.text.contains("Δοκιμαστική"), "{}", seen.text);
    at_fields(
        &story
            .partner2
            .post(&format!("{path}/open"), &json!({ "reason": " " }))
            .await?,
        &[("/reason", "required")],
    );
    let opened = story.partner2.post(&format!("{path}/open"), &why).await?.ok();
    assert_eq!(opened["name"], "Ελπίδα Δοκιμαστική");
    let auditor = story.house.staff("auditor").await?;
    story.work().await?;
    let (mut journal, mut after) = (String::new(), String::new());
    loop {
        let page = auditor.get(&format!("/api/v1/journal?limit=200{after}")).await?;
        journal.push_str(&page.text);
        match page.json()["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert!(journal.contains("referral.open") && !journal.contains("Δοκιμαστική"));

    let refusal = story
        .partner2
        .post(&format!("{path}/refuse"), &json!({ "reason": "no-places" }))
        .await?
        .ok();
    let gap = refusal["gap_id"].as_str().context("a refusal reports a gap")?;
    let gap = story.officer.get(&format!("/api/v1/gaps/{gap}")).await?.ok();
    assert_eq!(
        (&gap["cause"], &gap["source"]["referral"], &gap["people"]),
        (&json!("no-means"), &json!(first), &json!(1))
    );
    refused(
        &story.partner2.post(&format!("{path}/open"), &why).await?,
        409,
        "referral.closed",
    );
    refused(
        &story.partner2.post(&format!("{path}/accept"), &json!({})).await?,
        409,
        "state.not-possible",
    );

    // After the day of the answer nobody answers, and the work of the day ends it.
    story.later(6);
    story.again().await?;
    let path = format!("/api/v1/referrals/{forgotten}");
    refused(
        &story.partner2.post(&format!("{path}/accept"), &json!({})).await?,
        409,
        "referral.too-late",
    );
    refused(
        &story.partner2.post(&format!("{path}/open"), &why).await?,
        409,
        "referral.closed",
    );
    let asked = story.officer.post("/api/v1/needs/recheck", &json!({})).await?;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    story.work().await?;
    assert_eq!(story.partner2.get(&path).await?.ok()["state"]["state"], "expired");
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn two_officers_stand_against_the_rules(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let request = examined(&story, 60, json!([])).await?;
    let path = format!("/api/v1/requests/{request}");
    let examination = story.officer.get(&format!("{path}/examination")).await?.ok();
    let residual = examination["outcome"]["residual"].as_u64().context("not covered")?;
    let candidate = examination["examined"]
        .as_array()
        .context("services")?
        .iter()
        .find(|service| service["relation"] == "candidate")
        .context("a candidate")?["service_id"]
        .clone();
    // As of an earlier day, before the mapping held anything: a gap of all of them, and nothing of it is kept.
    let before = story
        .officer
        .get(&format!("{path}/examination?as_of=2001-01-01"))
        .await?
        .ok();
    assert_eq!(before["outcome"]["outcome"], "gap", "{before}");
    assert_eq!(
        (&before["outcome"]["residual"], &before["examined"]),
        (&json!(60), &json!([]))
    );
    let shown = story
        .officer
        .get(&format!("/en/staff/requests/{request}?as_of=2001-01-01"))
        .await?
        .text;
    ensure!(
        shown.contains("from the mapping of 1 January 2001") && shown.contains("Nothing of it is kept"),
        "{shown}"
    );
    assert_eq!(
        story.officer.get(&format!("{path}/examination")).await?.ok(),
        examination
    );
    // What would cover it is computed, and is true: the first option that closes it leaves nobody.
    let options = story.officer.get(&format!("{path}/options")).await?.ok();
    let first = &options["items"][0];
    assert!(options["total"].as_u64().unwrap_or(0) > 0, "{options}");
    assert!(first["leaves"].as_u64().is_some_and(|left| left < residual), "{first}");

    let propose = async |body: Value| story.officer.post(&format!("{path}/overrulings"), &body).await;
    at_fields(
        &propose(json!({ "residual": residual, "refer_to": [candidate], "reason": words("Ναι") })).await?,
        &[("/residual", "overruling-same")],
    );
    at_fields(
        &propose(json!({ "residual": 1, "refer_to": [], "reason": words("Ναι") })).await?,
        &[("/refer_to", "overruling-no-service")],
    );
    at_fields(
        &propose(json!({ "residual": 1, "refer_to": [candidate], "reason": words("") })).await?,
        &[("/reason", "required")],
    );
    let refused_to_partner = story.partner.post(&format!("{path}/overrulings"), &json!({})).await?;
    assert_eq!(refused_to_partner.status, StatusCode::FORBIDDEN);
    let good = json!({ "residual": 7, "refer_to": [candidate], "reason": words("Ο φορέας δέχεται κι άλλα παιδιά") });
    let overruling = id(&propose(good.clone()).await?.ok())?;
    refused(&propose(good).await?, 409, "record.exists");
    let approve = format!("/api/v1/overrulings/{overruling}/approve");
    refused(
        &story.officer.post(&approve, &json!({})).await?,
        409,
        "overruling.same-person",
    );
    // Two who decide at once: one does.
    let third = story.house.staff("coordinator2").await?;
    let empty = json!({});
    let (one, other) = tokio::join!(story.second.post(&approve, &empty), third.post(&approve, &empty));
    let mut statuses = [one?.status.as_u16(), other?.status.as_u16()];
    statuses.sort_unstable();
    ensure!(
        statuses[0] == 200 && [409, 412, 503].contains(&statuses[1]),
        "{statuses:?}"
    );
    let decided = story.officer.get(&format!("{path}/examination")).await?.ok();
    assert_eq!(
        decided["outcome"],
        json!({ "outcome": "partly-covered", "residual": 7 })
    );
    assert_eq!(decided["overruled"]["computed"]["residual"], residual);
    let signed = story
        .officer
        .post(&format!("{path}/certificate"), &json!({}))
        .await?
        .ok();
    let stands = &signed["certificate"]["confirmation"];
    assert_eq!(
        (
            &stands["outcome"]["residual"],
            &stands["overruled"]["computed"]["residual"]
        ),
        (&json!(7), &json!(residual))
    );
    // Another examination ends what was proposed about the one before.
    let again = examined(&story, 61, json!([])).await?;
    let path = format!("/api/v1/requests/{again}");
    let body = json!({ "residual": 7, "refer_to": [candidate], "reason": words("Ναι") });
    let lapsed = id(&story.officer.post(&format!("{path}/overrulings"), &body).await?.ok())?;
    story
        .officer
        .post(&format!("{path}/examination"), &json!({}))
        .await?
        .ok();
    let late = story
        .second
        .post(&format!("/api/v1/overrulings/{lapsed}/approve"), &json!({}))
        .await?;
    refused(&late, 409, "state.not-possible");
    // A stale decision of one officer is told that another decided.
    let decide = format!("{path}/examination/decisions");
    let stale = story
        .officer
        .send(
            Method::PUT,
            &decide,
            Some("application/json"),
            br#"{"decisions":[]}"#.to_vec(),
            &[("if-match", "\"1\"")],
        )
        .await?;
    refused(&stale, 412, "record.stale");
    Ok(())
}

/// Places of one certificate: in force, or asked for.
async fn planned(story: &Story, action: &Value) -> Result<(u64, u64)> {
    let kept = story
        .officer
        .get(&format!("/api/v1/actions/{}", id(action)?))
        .await?
        .ok();
    let last = kept["places"].as_array().and_then(|all| all.last().cloned());
    let places = |version: Option<&Value>| version.and_then(|one| one["places"].as_u64()).unwrap_or(0);
    Ok((places(last.as_ref()), places(Some(&kept["asked_places"]))))
}

async fn two_planners_of_one_certificate_share_its_places(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    // 100 of the certificate's 150 people have places: 50 are open.
    let first = story.house.id("action/home-food")?;
    let first = story.officer.get(&format!("/api/v1/actions/{first}")).await?.ok();
    let places = |places: u64| json!({ "places": places, "reason": words("Τόσες") });
    let body = another(&first, places(5));
    // Ten at the same moment, five places each, are all in force; one more would be beyond the gap.
    let (mut actions, mut open) = (Vec::new(), 50_u64);
    for _ in 0..5 {
        let (one, other) = tokio::join!(
            story.officer.post("/api/v1/actions", &body),
            story.second.post("/api/v1/actions", &body)
        );
        actions.extend([one?.ok(), other?.ok()]);
        open -= 10;
    }
    for action in &actions {
        assert_eq!(planned(&story, action).await?, (5, 0));
    }
    assert_eq!(open, 0);
    // One gives up four of its places, and two who want them at once do not both have them.
    for round in 0..4 {
        let path = |action: &Value| Ok::<_, anyhow::Error>(format!("/api/v1/actions/{}/places", id(action)?));
        story.officer.post(&path(&actions[0])?, &places(1)).await?.ok();
        let (greedy, also) = (path(&actions[1])?, path(&actions[2])?);
        let (wanted, same) = (places(9), places(9));
        let (one, other) = tokio::join!(story.officer.post(&greedy, &wanted), story.second.post(&also, &same));
        one?.ok();
        other?.ok();
        let mut found = [planned(&story, &actions[1]).await?, planned(&story, &actions[2]).await?];
        found.sort_unstable();
        assert_eq!(found, [(5, 9), (9, 0)], "round {round}: one is in force, one waits");
        for action in actions[..3].iter().rev() {
            story.officer.post(&path(action)?, &places(5)).await?.ok();
        }
    }
    // Two further plans of a certificate that is used up both wait.
    let (one, other) = tokio::join!(
        story.officer.post("/api/v1/actions", &body),
        story.second.post("/api/v1/actions", &body)
    );
    for late in [one?.ok(), other?.ok()] {
        assert_eq!(planned(&story, &late).await?, (0, 5));
    }
    Ok(())
}

osn_tests::stories!(
    gaps_are_joined_served_and_counted,
    a_referral_carries_consent_and_a_refusal_reports_a_gap,
    two_officers_stand_against_the_rules,
    two_planners_of_one_certificate_share_its_places,
);
