//! By hand: a person who is referred, a request that is talked about, help at once, a proposal and the public register.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_tests::app::Backend;
use osn_tests::network::{Story, examined, form, id, led};
use serde_json::{Value, json};

use super::typing::{made, on, post, press, state, told, typed};

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
pub(crate) async fn a_person_is_referred_and_what_became_of_them_is_kept(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let refer = |scope: &[&str]| {
        let mut all = typed(&[
            ("/organization_id", &story.body2),
            ("/category", "education.school-support"),
            ("/areas", "athens.6"),
            ("/data/name", "Elpida Referred"),
            ("/data/phone", "6900000777"),
        ]);
        all.extend(
            scope
                .iter()
                .map(|piece| ("/consent/scope".to_owned(), (*piece).to_owned())),
        );
        all.extend(on("/consent/given_on", story.today()));
        all.extend(on("/consent/expires_on", story.today() + TimeDelta::days(20)));
        all.extend(on("/answer_by", story.today() + TimeDelta::days(5)));
        all
    };
    let new = "/staff/referrals/new";
    let denied = post(&story.partner, new, &refer(&["name", "phone"])).await?;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "bodies do not refer");
    told(
        &post(&story.officer, new, &refer(&["name"])).await?,
        "data-phone-error",
        "Elpida Referred",
    );
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(made(&story.officer, new, &refer(&["name", "phone"])).await?);
    }
    let page = |number: usize| format!("/staff/referrals/{}", sent[number]);
    let foreign = story.partner.get(&page(0)).await?;
    assert_eq!(
        foreign.status,
        StatusCode::NOT_FOUND,
        "a body sees only what was referred to it"
    );
    // Taken, and what became of the person stands sealed with their data.
    press(&story.partner2, &format!("{}/accept", page(0))).await?;
    let outcome = typed(&[("/outcome", "partly-served"), ("/words", "Twice a week")]);
    led(&post(&story.partner2, &format!("{}/conclude", page(0)), &outcome).await?)?;
    let kept = story.officer.get(&format!("/api/v1/referrals/{}", sent[0])).await?.ok();
    assert_eq!(
        (&kept["state"]["state"], &kept["state"]["outcome"]),
        (&json!("concluded"), &json!("partly-served"))
    );
    let shown = story.officer.get(&page(0)).await?.text;
    ensure!(!shown.contains("Twice a week") && !shown.contains("Elpida"), "{shown}");
    // Refused for a reason, which reports a gap; withdrawn by whoever referred, and then nobody reads it.
    told(
        &post(&story.partner2, &format!("{}/refuse", page(1)), &typed(&[])).await?,
        "reason-error",
        "no-places",
    );
    led(&post(
        &story.partner2,
        &format!("{}/refuse", page(1)),
        &typed(&[("/reason", "no-places")]),
    )
    .await?)?;
    let kept = story.officer.get(&format!("/api/v1/referrals/{}", sent[1])).await?.ok();
    let gap = story
        .officer
        .get(&format!("/api/v1/gaps/{}", kept["gap_id"].as_str().context("a gap")?))
        .await?
        .ok();
    assert_eq!(
        (&gap["source"]["from"], &gap["people"]),
        (&json!("refused-referral"), &json!(1))
    );
    press(&story.officer, &format!("{}/withdraw", page(2))).await?;
    let late = form(&story.partner2, &format!("{}/open", page(2)), &[("/reason", "A call")]).await?;
    ensure!(
        late.status.is_client_error() && !late.text.contains("Elpida"),
        "{}",
        late.text
    );
    Ok(())
}

/// The team writes a request of its own on the whole form: languages, and the hours at which people can come.
async fn the_team_asks(story: &Story) -> Result<()> {
    let asked = |from: &str| {
        let mut all = typed(&[
            ("/organization_id", &story.body),
            ("/origin", "team"),
            ("/title/el", "Evening lessons"),
            ("/description/el", "After work"),
            ("/need/category", "education.language"),
            ("/need/groups", "refugees"),
            ("/need/people/count", "12"),
            ("/need/areas", "athens.6"),
            ("/need/mode", "place"),
            ("/need/languages", "ar"),
            ("/need/hours/days", "MO"),
            ("/need/hours/days", "WE"),
            ("/need/hours/from", from),
            ("/need/hours/to", "20:00"),
            ("/need/urgency", "immediate"),
        ]);
        all.extend(on("/need/period/from", story.today()));
        all
    };
    let new = "/staff/requests/new";
    told(
        &post(&story.officer, new, &asked("21:00")).await?,
        "need-hours-days-error",
        "After work",
    );
    let request = made(&story.officer, new, &asked("18:00")).await?;
    let kept = story.officer.get(&format!("/api/v1/requests/{request}")).await?.ok();
    assert_eq!(
        (&kept["origin"], &kept["need"]["languages"], &kept["due"]),
        (
            &json!("team"),
            &json!(["ar"]),
            &json!(story.today() + TimeDelta::days(1))
        ),
        "at once: the next day"
    );
    assert_eq!(
        kept["need"]["hours"],
        json!({ "days": ["MO", "WE"], "from": "18:00:00", "to": "20:00:00" })
    );
    assert_eq!(
        story.partner2.get(&format!("/staff/requests/{request}")).await?.status,
        StatusCode::NOT_FOUND
    );
    Ok(())
}

pub(crate) async fn a_request_is_talked_about_and_two_officers_answer_otherwise(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    the_team_asks(&story).await?;
    let request = examined(&story, 60, json!([])).await?;
    let page = format!("/staff/requests/{request}");
    let note = |words: &str| typed(&[("/words", words)]);
    told(
        &post(&story.partner, &format!("{page}/note"), &note("")).await?,
        "words-error",
        "textarea",
    );
    led(&post(&story.partner, &format!("{page}/note"), &note("When will you answer?")).await?)?;
    led(&post(&story.officer, &format!("{page}/note"), &note("Tomorrow")).await?)?;
    let talk = story.partner.get(&page).await?.text;
    ensure!(
        talk.contains("When will you answer?") && talk.contains("Tomorrow"),
        "{talk}"
    );
    let foreign = post(&story.partner2, &format!("{page}/note"), &note("Me too")).await?;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let examination = story
        .officer
        .get(&format!("/api/v1/requests/{request}/examination"))
        .await?
        .ok();
    let services = examination["examined"].as_array().context("services")?;
    let candidate = services.iter().find(|service| service["relation"] == "candidate");
    let candidate = candidate
        .and_then(|service| service["service_id"].as_str())
        .context("a candidate")?;
    let other = |reason: &str| typed(&[("/residual", "7"), ("/refer_to", candidate), ("/reason/el", reason)]);
    let overrule = format!("{page}/overrule");
    told(
        &post(&story.officer, &overrule, &other("")).await?,
        "reason-el-error",
        "value=\"7\"",
    );
    led(&post(&story.officer, &overrule, &other("They take more")).await?)?;
    let proposed = story
        .officer
        .get(&format!("/api/v1/requests/{request}/overrulings"))
        .await?
        .ok();
    let first = format!("/staff/overrulings/{}", id(&proposed["items"][0])?);
    let own = form(&story.officer, &format!("{first}/approve"), &[]).await?;
    assert_eq!(own.status, StatusCode::CONFLICT, "never the author");
    led(&post(
        &story.second,
        &format!("{first}/reject"),
        &typed(&[("/reason/el", "Ask them first")]),
    )
    .await?)?;
    led(&post(&story.officer, &overrule, &other("They said yes")).await?)?;
    let proposed = story
        .officer
        .get(&format!("/api/v1/requests/{request}/overrulings"))
        .await?
        .ok();
    let again = format!("/staff/overrulings/{}", id(&proposed["items"][1])?);
    press(&story.second, &format!("{again}/approve")).await?;
    let decided = story
        .officer
        .get(&format!("/api/v1/requests/{request}/examination"))
        .await?
        .ok();
    assert_eq!(decided["outcome"]["residual"], 7, "{decided}");
    let shown = story.partner.get(&page).await?.text;
    ensure!(shown.contains("They said yes"), "{shown}");
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
pub(crate) async fn help_at_once_in_an_emergency(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let period = |to: i64| {
        let mut all = on("/period/from", story.today());
        all.extend(on("/period/to", story.today() + TimeDelta::days(to)));
        all
    };
    let emergency = |to: i64| {
        let mut all = typed(&[
            ("/name/el", "Heatwave"),
            ("/areas", "athens.1"),
            ("/entries", "immediate.meals"),
            ("/ceiling/people", "2"),
            ("/ceiling/cost/amount", "100,00"),
            ("/ceiling/days", "3"),
        ]);
        all.extend(period(to));
        all
    };
    told(
        &post(&story.officer, "/staff/emergencies/new", &emergency(-1)).await?,
        "period-to-error",
        "Heatwave",
    );
    led(&post(&story.officer, "/staff/emergencies/new", &emergency(5)).await?)?;
    let declared = story.officer.get("/api/v1/emergencies").await?.ok();
    let event = id(&declared["items"][0])?;
    let own = form(&story.officer, &format!("/staff/emergencies/{event}/declare"), &[]).await?;
    assert_eq!(own.status, StatusCode::CONFLICT, "never the author");
    press(&story.second, &format!("/staff/emergencies/{event}/declare")).await?;
    let help = |cost: &str| {
        let mut all = typed(&[
            ("/entry", "immediate.meals"),
            ("/emergency_id", &event),
            ("/people/0/name", "Maria Helped"),
            ("/people/1/name", "Nikos Helped"),
            ("/areas", "athens.1"),
            ("/cost/amount", cost),
            ("/reason/el", "No water"),
        ]);
        all.extend(period(0));
        all
    };
    let new = "/staff/urgent/new";
    told(
        &post(&story.officer, new, &help("100,01")).await?,
        "cost-amount-error",
        "Maria Helped",
    );
    let mut proposed = Vec::new();
    for _ in 0..3 {
        proposed.push(made(&story.officer, new, &help("60,00")).await?);
    }
    let page = |number: usize| format!("/staff/urgent/{}", proposed[number]);
    let shown = story.second.get(&page(0)).await?.text;
    ensure!(!shown.contains("Helped"), "names are opened, not shown: {shown}");
    let opened = form(&story.second, &format!("{}/open", page(0)), &[("/reason", "Who is it")]).await?;
    ensure!(opened.text.contains("Maria Helped"), "{}", opened.text);
    press(&story.second, &format!("{}/approve", page(0))).await?;
    let record = story
        .officer
        .get(&format!("/api/v1/interventions/{}/record", proposed[0]))
        .await?
        .ok();
    let person = record["awards"][0]["person_id"]
        .as_str()
        .context("a person")?
        .to_owned();
    let mut given = typed(&[("/person_id", &person), ("/cost/amount", "12,40"), ("/last", "yes")]);
    given.extend(on("/on", story.today()));
    led(&post(&story.officer, &format!("{}/give", page(0)), &given).await?)?;
    assert_eq!(
        state(&story.officer, &format!("interventions/{}", proposed[0])).await?,
        "delivered"
    );
    told(
        &post(&story.second, &format!("{}/refuse", page(1)), &typed(&[])).await?,
        "reason-el-error",
        "textarea",
    );
    led(&post(
        &story.second,
        &format!("{}/refuse", page(1)),
        &typed(&[("/reason/el", "They ate")]),
    )
    .await?)?;
    press(&story.officer, &format!("{}/cancel", page(2))).await?;
    for (number, wanted) in [(1, "refused"), (2, "cancelled")] {
        assert_eq!(
            state(&story.officer, &format!("interventions/{}", proposed[number])).await?,
            wanted
        );
    }
    press(&story.officer, &format!("/staff/emergencies/{event}/end")).await?;
    let over = post(&story.officer, new, &help("60,00")).await?;
    told(&over, "emergency_id-error", "Maria Helped");
    Ok(())
}

/// The name and the stage of every line of the public register, as anybody reads it.
async fn registered(story: &Story) -> Result<Vec<(String, String)>> {
    let register = story.house.visitor().get("/api/v1/register").await?.ok();
    let line = |line: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&line["name"]["el"]), text(&line["stage"]))
    };
    Ok(register["items"]
        .as_array()
        .context("lines")?
        .iter()
        .map(line)
        .collect())
}

#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
pub(crate) async fn a_proposal_and_the_public_register(backend: Backend) -> Result<()> {
    let mut story = Story::begun(backend).await?;
    let request = examined(&story, 60, json!([])).await?;
    let signed = story
        .officer
        .post(&format!("/api/v1/requests/{request}/certificate"), &json!({}))
        .await?
        .ok();
    let certificate = id(&signed["certificate"])?;
    let new = format!("/staff/proposals/new?certificate={certificate}");
    let proposal = |name: &str, places: &str| {
        let mut all = typed(&[
            ("/name/el", name),
            ("/description/el", "Lessons"),
            ("/certificates", &certificate),
            ("/program", "food-parcel"),
            ("/model_entry", "support.learning"),
            ("/places", places),
            ("/budget/amount", "1.500,00"),
        ]);
        all.extend(on("/period/from", story.today() + TimeDelta::days(20)));
        all.extend(on("/period/to", story.today() + TimeDelta::days(90)));
        all
    };
    told(
        &post(&story.officer, &new, &proposal("First", "9999")).await?,
        "places-error",
        "Lessons",
    );
    let mut made_of = Vec::new();
    for name in ["First", "Second", "Third"] {
        made_of.push(made(&story.officer, &new, &proposal(name, "5")).await?);
    }
    let page = |number: usize| format!("/staff/proposals/{}", made_of[number]);
    let own = form(&story.officer, &format!("{}/approve", page(0)), &[]).await?;
    assert_eq!(own.status, StatusCode::CONFLICT, "never the author");
    press(&story.second, &format!("{}/approve", page(0))).await?;
    led(&post(
        &story.second,
        &format!("{}/reject", page(1)),
        &typed(&[("/reason/el", "Too few")]),
    )
    .await?)?;
    press(&story.officer, &format!("{}/withdraw", page(2))).await?;
    for (number, wanted) in [(0, "approved"), (1, "rejected"), (2, "withdrawn")] {
        assert_eq!(
            state(&story.officer, &format!("proposals/{}", made_of[number])).await?,
            wanted
        );
    }
    // The register says what is planned, what runs and what is done; drafts and what was refused are nobody's business.
    let line = |lines: &[(String, String)], name: &str| {
        let found = lines.iter().find(|(line, _)| line == name);
        found.map(|(_, stage)| stage.clone()).unwrap_or_default()
    };
    let lines = registered(&story).await?;
    assert_eq!(line(&lines, "First"), "planned", "{lines:?}");
    for absent in ["Second", "Third"] {
        assert_eq!(line(&lines, absent), "", "{lines:?}");
    }
    let action = story.house.id("action/home-food")?;
    let action = format!("/api/v1/actions/{action}");
    let name = story.officer.get(&action).await?.ok()["name"]["el"]
        .as_str()
        .context("a name")?
        .to_owned();
    assert_eq!(line(&registered(&story).await?, &name), "", "a draft");
    story.second.post(&format!("{action}/approve"), &json!({})).await?.ok();
    assert_eq!(line(&registered(&story).await?, &name), "planned");
    story.later(90);
    story.again().await?;
    assert_eq!(line(&registered(&story).await?, &name), "running");
    story
        .officer
        .post(&format!("{action}/complete"), &json!({}))
        .await?
        .ok();
    assert_eq!(line(&registered(&story).await?, &name), "done");
    for (prefix, says) in [("", "Ολοκληρώθηκε"), ("/en", "Done")] {
        let page = story.house.visitor().get(&format!("{prefix}/actions")).await?.text;
        ensure!(page.contains(&name) || page.contains("Food"), "{page}");
        ensure!(page.contains(says), "{says}: {page}");
    }
    Ok(())
}
