//! The shared calendar and proposals over several certificates, on both databases: what overlaps is shown before somebody
//! proposes the same; every certificate is named on the page, in the trace, in the register, and by the action.
use anyhow::{Context as _, Result};
use axum::http::StatusCode;
use osn_tests::app::Backend;
use osn_tests::network::{Story, at_fields, examined, form, id, led, refused, words};
use serde_json::{Value, json};

fn planned(change: &dyn Fn(&mut Value)) -> Value {
    let mut planned = json!({
        "title": words("Απογευματινό εργαστήριο"), "words": words("Κάθε Τρίτη"), "category": "education.school-support",
        "groups": ["children"], "areas": ["athens.6"], "period": { "from": "2022-10-03", "to": "2022-11-30" }, "people": 15,
    });
    change(&mut planned);
    planned
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn bodies_share_what_they_plan(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let path = "/api/v1/planned-actions";
    at_fields(
        &story
            .partner
            .post(
                path,
                &planned(&|it| {
                    it["title"] = words(" ");
                    it["areas"] = json!([]);
                    it["people"] = json!(0);
                    it["period"]["to"] = json!("2022-01-01");
                    it["groups"] = json!(["no-such-group"]);
                }),
            )
            .await?,
        &[
            ("/title", "required"),
            ("/areas", "need.no-area"),
            ("/people", "need.no-people"),
            ("/period/to", "backwards-period"),
            ("/groups/0", "unknown-term"),
        ],
    );
    let foreign = planned(&|it| it["organization_id"] = json!(story.body2));
    refused(&story.partner.post(path, &foreign).await?, 403, "access.other-body");
    let mine = id(&story.partner.post(path, &planned(&|_| ())).await?.ok())?;
    // On the page, by another body: a wrong day is told beside it, and nothing typed is lost.
    let typed = |day: &'static str| {
        [
            ("/title/el", "Homework club"),
            ("/words/el", "In the library"),
            ("/category", "education.school-support"),
            ("/areas", "athens.1"),
            ("/period/from-day", day),
            ("/period/from-month", "1"),
            ("/period/from-year", "2023"),
            ("/period/to-day", "31"),
            ("/period/to-month", "3"),
            ("/period/to-year", "2023"),
        ]
    };
    let wrong = form(&story.partner2, "/staff/planned", &typed("40")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("In the library"));
    led(&form(&story.partner2, "/staff/planned", &typed("10")).await?)?;
    let page = story.officer.get("/en/staff/planned").await?.text;
    assert!(
        page.contains("Homework club") && page.contains("Απογευματινό εργαστήριο"),
        "{page}"
    );
    // Each changes its own.
    let one = format!("{path}/{mine}");
    let moved = planned(&|it| it["people"] = json!(20));
    refused(&story.partner2.put(&one, &moved).await?, 403, "access.other-body");
    refused(
        &story.partner2.post(&format!("{one}/cancel"), &json!({})).await?,
        403,
        "access.other-body",
    );
    assert_eq!(story.partner.put(&one, &moved).await?.ok()["people"], 20);
    changed_on_the_page(&story, &mine).await?;
    for address in ["/api/v1/planned-actions/calendar", "/staff/planned/calendar.ics"] {
        let file = story.officer.get(address).await?;
        assert!(file.headers["content-type"].to_str()?.starts_with("text/calendar"));
        assert!(
            file.text.contains("DTSTART;VALUE=DATE:20221003") && file.text.matches("BEGIN:VEVENT").count() == 2,
            "{}",
            file.text
        );
    }
    assert_ne!(story.house.visitor().get(path).await?.status, StatusCode::OK);
    led(&form(&story.partner, &format!("/staff/planned/{mine}/cancel"), &[]).await?)?;
    refused(&story.partner.put(&one, &moved).await?, 409, "state.not-possible");
    let file = story.officer.get("/api/v1/planned-actions/calendar").await?.text;
    assert_eq!(file.matches("BEGIN:VEVENT").count(), 1, "{file}");
    Ok(())
}

/// Its own body changes a planned action from a page that holds what stands; the other language stays, the other body may not.
async fn changed_on_the_page(story: &Story, mine: &str) -> Result<()> {
    let page = format!("/staff/planned/{mine}/edit");
    for (path, button) in [("", "Αλλαγή της δράσης"), ("/en", "Change the action")] {
        let asked = story.partner.get(&format!("{path}{page}")).await?.text;
        assert!(asked.contains(button) && asked.contains("value=\"20\""), "{asked}");
    }
    let list = story.partner.get("/staff/planned").await?.text;
    assert!(list.contains(&page), "the calendar leads there: {list}");
    assert!(!story.partner2.get("/staff/planned").await?.text.contains(&page));
    assert_eq!(story.partner2.get(&page).await?.status, StatusCode::FORBIDDEN);
    let before = story
        .partner
        .get(&format!("/api/v1/planned-actions/{mine}"))
        .await?
        .ok();
    let period = |part: &str| before["period"][part].as_str().unwrap_or_default().to_owned();
    let (from, to) = (period("from"), period("to"));
    let day = |text: &str, part: usize| {
        text.split('-')
            .nth(part)
            .unwrap_or_default()
            .trim_start_matches('0')
            .to_owned()
    };
    let parts: Vec<(String, String)> = [("from", &from), ("to", &to)]
        .into_iter()
        .flat_map(|(name, text)| {
            ["year", "month", "day"]
                .into_iter()
                .enumerate()
                .map(move |(at, part)| (format!("/period/{name}-{part}"), day(text, at)))
        })
        .collect();
    let category = before["category"].as_str().unwrap_or_default();
    let areas = before["areas"][0].as_str().unwrap_or_default();
    let typed = |people: &'static str| {
        let mut typed = vec![
            ("/title/el", "Πρωινό εργαστήριο"),
            ("/words/el", "Τα Σάββατα"),
            ("/category", category),
            ("/areas", areas),
            ("/people", people),
        ];
        typed.extend(parts.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        typed
    };
    let foreign = form(&story.partner2, &page, &typed("25")).await?;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{}", foreign.text);
    let wrong = form(&story.partner, &page, &typed("0")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Πρωινό εργαστήριο"), "{}", wrong.text);
    led(&form(&story.partner, &page, &typed("25")).await?)?;
    let after = story
        .partner
        .get(&format!("/api/v1/planned-actions/{mine}"))
        .await?
        .ok();
    assert_eq!(
        (&after["people"], &after["title"]["el"]),
        (&json!(25), &json!("Πρωινό εργαστήριο"))
    );
    assert_eq!(after["title"]["en"], before["title"]["en"], "the other language stays");
    assert_eq!(after["organization_id"], before["organization_id"]);
    Ok(())
}

/// The certificate of a need of so many people, with what it leaves uncovered and its reference.
async fn certified(story: &Story, people: u32) -> Result<(String, u64, String)> {
    let request = examined(story, people, json!([])).await?;
    let signed = story
        .officer
        .post(&format!("/api/v1/requests/{request}/certificate"), &json!({}))
        .await?
        .ok();
    let certificate = &signed["certificate"];
    let residual = certificate["confirmation"]["outcome"]["residual"].as_u64();
    let reference = certificate["reference"].as_str().context("a reference")?.to_owned();
    Ok((id(certificate)?, residual.context("a residual")?, reference))
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
async fn a_proposal_names_every_certificate(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let (first, one, reference) = certified(&story, 60).await?;
    let (second, other, further) = certified(&story, 45).await?;
    let places = one + other;
    // What a body plans for the same children, there and then, is shown before anybody proposes; another place is not.
    let overlap = id(&story
        .partner2
        .post("/api/v1/planned-actions", &planned(&|_| ()))
        .await?
        .ok())?;
    let elsewhere = planned(&|it| it["areas"] = json!(["athens.1"]));
    story.partner2.post("/api/v1/planned-actions", &elsewhere).await?.ok();
    let options = story
        .officer
        .get(&format!("/api/v1/proposal-options?certificates={first},{second}"))
        .await?
        .ok();
    assert_eq!(options["residual"], places);
    let ids: Vec<&Value> = options["planned_overlaps"]
        .as_array()
        .context("overlaps")?
        .iter()
        .map(|planned| &planned["id"])
        .collect();
    assert_eq!(ids, [&json!(overlap)]);
    let page = story
        .officer
        .get(&format!("/staff/proposals/new?certificate={first}"))
        .await?
        .text;
    assert!(page.contains("Απογευματινό εργαστήριο"), "the form shows what overlaps");
    let operation = id(&story.officer.get("/api/v1/operations").await?.ok()["items"][0])?;
    let proposal = json!({
        "name": words("Στήριξη για όλους"), "description": words("Μαθήματα"), "certificates": [first, second],
        "program": "food-parcel", "model_entry": "support.learning", "period": { "from": "2022-10-01", "to": "2022-12-22" },
        "places": places, "budget": { "amount": "1500.00", "currency": "EUR" }, "operation_id": operation,
    });
    let made = story.officer.post("/api/v1/proposals", &proposal).await?.ok();
    assert_eq!(made["planned_overlaps"], json!([overlap]));
    let proposal = id(&made)?;
    let page = story.officer.get(&format!("/staff/proposals/{proposal}")).await?.text;
    for says in [&reference, &further, &"Απογευματινό εργαστήριο".to_owned()] {
        assert!(page.contains(says), "{says} in {page}");
    }
    story
        .second
        .post(&format!("/api/v1/proposals/{proposal}/approve"), &json!({}))
        .await?
        .ok();
    let registered = async |name: &str| -> Result<Value> {
        let register = story.house.visitor().get("/api/v1/register").await?.ok();
        let lines = register["items"].as_array().context("lines")?;
        let line = lines.iter().find(|line| line["name"]["el"] == name);
        Ok(line.context("a line")?["certificates"].clone())
    };
    assert_eq!(registered("Στήριξη για όλους").await?, json!([reference, further]));

    // The action answers both: their people are added up, and one more is one too many.
    let action = |places: u64, more: Value| {
        json!({
            "name": words("Στήριξη, η δράση"), "description": words("Μαθήματα"), "program": "food-parcel",
            "certificate_id": first, "further_certificates": more, "model_entry": "support.learning",
            "period": { "from": "2022-10-01", "to": "2022-12-22" }, "instalments": 1,
            "budget": { "amount": "1000.00", "currency": "EUR" },
            "places": { "places": places, "reason": words("Όσοι μένουν") },
        })
    };
    let plan = async |body: Value| story.officer.post("/api/v1/actions", &body).await;
    // One certificate alone leaves room for its own people only.
    let waiting = plan(action(one + 1, json!([]))).await?.ok();
    assert_eq!(
        (&waiting["places"], &waiting["asked_places"]["places"]),
        (&json!([]), &json!(one + 1))
    );
    let alone = format!("/api/v1/actions/{}/approve", id(&waiting)?);
    refused(&story.second.post(&alone, &json!({})).await?, 409, "action.places-wait");
    let food = story.house.id("certificate/home-food-disability")?;
    for (more, code) in [
        (json!([first]), "certificate-twice"),
        (json!([food]), "certificate-other-category"),
    ] {
        at_fields(&plan(action(1, more)).await?, &[("/further_certificates", code)]);
    }
    let made = plan(action(places, json!([second]))).await?.ok();
    assert_eq!(made["certified_residual"], places);
    let action = id(&made)?;
    let page = story
        .officer
        .get(&format!(
            "/staff/actions/new?certificate={first}&further={second}&program=food-parcel"
        ))
        .await?
        .text;
    assert!(
        page.contains(&format!("value=\"{second}\" checked")),
        "the form takes both: {page}"
    );
    story
        .officer
        .post(
            &format!("/api/v1/proposals/{proposal}/action"),
            &json!({ "action_id": action }),
        )
        .await?
        .ok();
    story
        .second
        .post(&format!("/api/v1/actions/{action}/approve"), &json!({}))
        .await?
        .ok();
    assert_eq!(registered("Στήριξη, η δράση").await?, json!([reference, further]));
    let page = story.officer.get(&format!("/staff/actions/{action}")).await?.text;
    assert!(page.contains(&reference) && page.contains(&further));
    for (kind, from) in [("certificate", &second), ("action", &action)] {
        let trace = story.officer.get(&format!("/api/v1/trace/{kind}/{from}")).await?.ok();
        let found = trace["steps"]
            .as_array()
            .context("steps")?
            .iter()
            .map(|step| &step["id"]);
        let found: Vec<&Value> = found.collect();
        for wanted in [&second, &proposal, &action] {
            assert!(found.contains(&&json!(wanted)), "{wanted} from the {kind}: {trace}");
        }
    }
    let page = story.officer.get(&format!("/staff/certificates/{second}")).await?.text;
    assert!(
        page.contains(&format!("/staff/actions/{action}")),
        "the second certificate leads to the action"
    );
    Ok(())
}

osn_tests::stories!(bodies_share_what_they_plan, a_proposal_names_every_certificate,);
