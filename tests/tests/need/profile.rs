//! A group that a meeting described sizes a need: from its counts one step leads to a request or to a reported gap, by page and by
//! API, on both databases; the way back is kept, and a number that the counts do not bear is told and not refused.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use osn_tests::app::Backend;
use osn_tests::client::Client;
use osn_tests::network::{Story, at_fields, form, id, led, refused, words};
use serde_json::{Value, json};

/// A meeting that took place, without a described group.
async fn held(story: &Story) -> Result<String> {
    let starts = story.house.played.app.now() - TimeDelta::hours(3);
    let meeting = json!({
        "title": words("Προφίλ συμμετεχόντων"), "purpose": "find-gaps", "cadence": "once", "starts_at": starts,
        "ends_at": starts + TimeDelta::hours(1), "place": words("Σεράφειο"), "invited": [story.body, story.body2],
    });
    let meeting = id(&story.officer.post("/api/v1/meetings", &meeting).await?.ok())?;
    let path = format!("/api/v1/meetings/{meeting}");
    let early = story.officer.post(&format!("{path}/profiles"), &group()).await?;
    refused(&early, 409, "meeting.not-held");
    let minutes = json!({ "minutes": words("Μετρήθηκε μια ομάδα"), "attended": [story.body] });
    story.officer.post(&format!("{path}/minutes"), &minutes).await?.ok();
    Ok(meeting)
}

/// 80 people, of whom 60 are out of work and 48 are single parents.
fn group() -> Value {
    json!({
        "groups": ["low-income"], "areas": ["athens.1", "athens.6"], "people": { "count": 80, "age_from": 18, "age_to": 64 },
        "women": 52, "men": 28, "employed": 20, "unemployed": 60, "single_parents": 48,
        "ages": [{ "from": 18, "to": 29, "people": 22 }], "by_area": [{ "area": "athens.6", "people": 50 }],
    })
}

/// The same as a clerk types it, with this many women.
fn typed(women: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("/groups", "low-income"),
        ("/areas", "athens.1"),
        ("/areas", "athens.6"),
        ("/people/count", "80"),
        ("/people/age_from", "18"),
        ("/people/age_to", "64"),
        ("/women", women),
        ("/men", "28"),
        ("/employed", "20"),
        ("/unemployed", "60"),
        ("/single_parents", "48"),
        ("/ages/0/from", "18"),
        ("/ages/0/to", "29"),
        ("/ages/0/people", "22"),
        ("/by_area/athens.6", "50"),
    ]
}

/// A clerk describes the group on the meeting's page; what is wrong is told beside it.
async fn described(story: &Story, meeting: &str) -> Result<String> {
    let page = format!("/staff/meetings/{meeting}");
    ensure!(
        story
            .officer
            .get(&page)
            .await?
            .text
            .contains(&format!("{page}/profiles")),
        "the meeting's page asks for groups"
    );
    let place = format!("{page}/profiles");
    let wrong = form(&story.officer, &place, &typed("53")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    ensure!(
        wrong.text.contains("women-error") && wrong.text.contains("value=\"60\""),
        "nothing typed is lost: {}",
        wrong.text
    );
    let partner = form(&story.partner, &place, &typed("52")).await?;
    assert_eq!(
        partner.status,
        StatusCode::FORBIDDEN,
        "the team keeps what a meeting said"
    );
    let place = led(&form(&story.officer, &place, &typed("52")).await?)?;
    assert_eq!(place, format!("{page}/profiles/0"));
    let kept = story.officer.get(&format!("/api/v1/meetings/{meeting}")).await?.ok();
    assert_eq!(kept["profiles"], json!([group()]), "the form keeps what the API would");
    Ok(place)
}

/// The API answers each question: exact where one number is left, a range where counts are crossed.
async fn answered(story: &Story, meeting: &str) -> Result<()> {
    let size = format!("/api/v1/meetings/{meeting}/profiles/0/size");
    for (query, lower, upper) in [
        ("", 80, 80),
        ("?sex=women", 52, 52),
        ("?employment=unemployed&single_parents=yes", 28, 48),
        ("?areas=athens.6", 50, 80),
        ("?areas=athens", 80, 80),
        ("?areas=athens.2", 0, 0),
        ("?age_from=18&age_to=29", 22, 80),
        ("?age_from=65", 0, 0),
    ] {
        let answer = story.partner.get(&format!("{size}{query}")).await?.ok();
        assert_eq!(
            (&answer["lower"], &answer["upper"]),
            (&json!(lower), &json!(upper)),
            "{query}: {answer}"
        );
        assert_eq!(answer["exact"].is_null(), lower != upper, "{query}");
        assert_eq!(answer["people"].as_u64().unwrap_or(0), lower, "{query}");
    }
    let one = story.partner.get(&format!("{size}?areas=athens.6")).await?.ok();
    assert_eq!(
        (&one["counted"][0]["question"], &one["counted"][0]["unknown"]),
        (&json!("area"), &json!(30)),
        "what is not known is said"
    );
    let wrong = format!("{size}?sex=x&employment=y&single_parents=z&age_from=many&areas=nowhere");
    at_fields(
        &story.partner.get(&wrong).await?,
        &[
            ("/sex", "wrong-type"),
            ("/employment", "wrong-type"),
            ("/single_parents", "wrong-type"),
            ("/age_from", "typed-whole-number"),
            ("/areas/0", "unknown-term"),
        ],
    );
    at_fields(
        &story.partner.get(&format!("{size}?age_from=9&age_to=8")).await?,
        &[("/age_from", "need.backwards-ages")],
    );
    let none = story
        .partner
        .get(&format!("/api/v1/meetings/{meeting}/profiles/1/size"))
        .await?;
    refused(&none, 404, "profile.unknown");
    Ok(())
}

/// The address of the link with these words before its end.
fn link(html: &str, to: &str) -> Result<String> {
    let found = html
        .split("href=\"")
        .filter_map(|piece| piece.split('"').next())
        .find(|href| href.contains(to) && href.contains('?'));
    // Askama escapes `&` with its number.
    Ok(found
        .with_context(|| format!("a link to {to}: {html}"))?
        .replace("&#38;", "&")
        .replace("&amp;", "&"))
}

/// Chooses whom of the group, and follows the button.
async fn chosen(client: &Client, place: &str, to: &str) -> Result<String> {
    let part = [("employment", "unemployed"), ("single_parents", "yes")];
    let reply = form(client, place, &part).await?;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    let answer = reply.headers["location"].to_str()?.to_owned();
    let page = client.get(&answer).await?.text;
    ensure!(page.contains("28") && page.contains("48"), "{page}");
    link(&page, to)
}

/// The rest of a request, as somebody types it into a form that began with a group.
fn rest(people: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("/title/el", "Training"),
        ("/description/el", "Out of work"),
        ("/need/category", "education.adult"),
        ("/need/groups", "low-income"),
        ("/need/people/count", people),
        ("/need/people/age_from", "18"),
        ("/need/people/age_to", "64"),
        ("/need/areas", "athens.1"),
        ("/need/areas", "athens.6"),
        ("/need/mode", "place"),
        ("/need/period/from-day", "10"),
        ("/need/period/from-month", "10"),
        ("/need/period/from-year", "2022"),
        ("/need/urgency", "normal"),
    ]
}

/// One button leads from the counts to a request that knows where its number comes from.
async fn becomes_a_request(story: &Story, meeting: &str, place: &str) -> Result<String> {
    let address = chosen(&story.partner, place, "/staff/requests/new").await?;
    let asked = story.partner.get(&format!("/en{address}")).await?.text;
    for part in [
        "value=\"28\"",
        "value=\"18\"",
        "value=\"64\"",
        "The description of the group shows 28 to 48 people.",
    ] {
        ensure!(asked.contains(part), "the form begins with {part}: {asked}");
    }
    assert_eq!(
        asked.matches("checked").count(),
        4,
        "group, two areas, urgency: {asked}"
    );
    let mut draft = rest("28");
    draft.push(("op", "draft"));
    let page = led(&form(&story.partner, &address, &draft).await?)?;
    let request = page.rsplit('/').next().context("a request")?.to_owned();
    let api = format!("/api/v1/requests/{request}");
    let kept = story.partner.get(&api).await?.ok();
    let part = json!({
        "employment": "unemployed", "single_parents": true, "age_from": 18, "age_to": 64, "areas": ["athens.1", "athens.6"],
    });
    assert_eq!(
        kept["from_profile"],
        json!({ "meeting": meeting, "number": 0, "part": part })
    );
    let check = story.partner.get(&format!("{api}/size")).await?.ok();
    assert_eq!(
        (&check["lower"], &check["upper"], &check["within"]),
        (&json!(28), &json!(48), &json!(true))
    );
    let shown = story.partner.get(&format!("/en{page}")).await?.text;
    ensure!(
        shown.contains("Where the number comes from") && !shown.contains("Here it says"),
        "{shown}"
    );
    refused(
        &story.partner2.get(&format!("{api}/size")).await?,
        404,
        "request.unknown",
    );
    // Another number is a hint, and no refusal; the draft stays with its group.
    led(&form(&story.partner, &format!("{page}/edit"), &rest("49")).await?)?;
    let check = story.partner.get(&format!("{api}/size")).await?.ok();
    assert_eq!((&check["people"], &check["within"]), (&json!(49), &json!(false)));
    for (prefix, said) in [("", "Εδώ γράφει 49 άτομα."), ("/en", "Here it says 49 people.")] {
        let shown = story.officer.get(&format!("{prefix}{page}")).await?.text;
        ensure!(shown.contains(said), "{shown}");
    }
    Ok(request)
}

/// Another button leads to a reported gap, and from the gap one more to a request.
async fn becomes_a_gap(story: &Story, meeting: &str, place: &str) -> Result<(String, String)> {
    let address = chosen(&story.partner2, place, "/staff/gaps/new").await?;
    let asked = story.partner2.get(&address).await?.text;
    ensure!(
        asked.contains("value=\"28\"") && asked.contains("Προφίλ συμμετεχόντων"),
        "people and evidence are there: {asked}"
    );
    let report = [
        ("/title/el", "Training"),
        ("/category", "education.adult"),
        ("/groups", "low-income"),
        ("/areas", "athens.6"),
        ("/people", "20"),
        ("/cause", "no-such-service"),
        ("/evidence/el", "Counts"),
    ];
    let page = led(&form(&story.partner2, &address, &report).await?)?;
    let gap = page.rsplit('/').next().context("a gap")?.to_owned();
    let kept = story.officer.get(&format!("/api/v1/gaps/{gap}")).await?.ok();
    assert_eq!(kept["source"], json!({ "from": "meeting", "meeting": meeting }));
    assert_eq!(
        kept["from_profile"]["part"],
        json!({ "employment": "unemployed", "single_parents": true, "areas": ["athens.6"] }),
        "the areas are the report's own"
    );
    // Of the 80 people 50 surely live there: of those out of work, alone and there, none is sure.
    let check = story.officer.get(&format!("/api/v1/gaps/{gap}/size")).await?.ok();
    assert_eq!(
        (&check["lower"], &check["upper"], &check["within"]),
        (&json!(0), &json!(48), &json!(true))
    );
    let shown = story.partner2.get(&page).await?.text;
    ensure!(
        shown.contains(&format!("/staff/meetings/{meeting}/profiles/0")),
        "{shown}"
    );
    let address = link(&shown, "/staff/requests/new")?;
    let asked = story.partner2.get(&address).await?.text;
    ensure!(
        asked.contains("value=\"20\"") && asked.contains("value=\"Training\""),
        "{asked}"
    );
    let page = led(&form(&story.partner2, &address, &rest("20")).await?)?;
    let request = page.rsplit('/').next().context("a request")?.to_owned();
    let kept = story.partner2.get(&format!("/api/v1/requests/{request}")).await?.ok();
    assert_eq!(
        (&kept["gaps"], &kept["from_profile"]["meeting"]),
        (&json!([gap]), &json!(meeting))
    );
    ensure!(
        story
            .partner2
            .get(&page)
            .await?
            .text
            .contains(&format!("/staff/gaps/{gap}")),
        "the request names its gap"
    );
    Ok((gap, request))
}

/// The way is kept in both directions, and each body sees its own requests only.
async fn leads_both_ways(story: &Story, meeting: &str, gap: &str, requests: [&str; 2]) -> Result<()> {
    let kept = story.officer.get(&format!("/api/v1/meetings/{meeting}")).await?.ok();
    assert_eq!((&kept["gaps"], &kept["requests"]), (&json!([gap]), &json!(requests)));
    for (kind, from, wanted) in [
        ("meeting", meeting, vec!["meeting", "gap", "request", "request"]),
        ("request", requests[0], vec!["meeting", "request"]),
        ("request", requests[1], vec!["meeting", "gap", "request"]),
    ] {
        let trace = story.officer.get(&format!("/api/v1/trace/{kind}/{from}")).await?.ok();
        let steps = trace["steps"].as_array().context("steps")?;
        let kinds: Vec<&str> = steps.iter().filter_map(|step| step["kind"].as_str()).collect();
        assert_eq!(kinds, wanted, "{kind}");
    }
    let page = format!("/staff/meetings/{meeting}/profiles/0");
    let seen = async |client: &Client| -> Result<[bool; 3]> {
        let page = client.get(&page).await?.text;
        Ok([gap, requests[0], requests[1]].map(|id| page.contains(id)))
    };
    assert_eq!(seen(&story.officer).await?, [true, true, true]);
    assert_eq!(seen(&story.partner).await?, [true, true, false]);
    assert_eq!(seen(&story.partner2).await?, [true, false, true]);
    let meeting_page = story.officer.get(&format!("/staff/meetings/{meeting}")).await?.text;
    ensure!(
        meeting_page.contains(&format!("/staff/gaps/{gap}")),
        "the meeting's page says what came of it"
    );
    Ok(())
}

async fn a_described_group_sizes_a_need(backend: Backend) -> Result<()> {
    let story = Story::begun(backend).await?;
    let meeting = held(&story).await?;
    let place = described(&story, &meeting).await?;
    answered(&story, &meeting).await?;
    let request = becomes_a_request(&story, &meeting, &place).await?;
    let (gap, further) = becomes_a_gap(&story, &meeting, &place).await?;
    leads_both_ways(&story, &meeting, &gap, [&request, &further]).await?;
    // What sized something stays as it was said; a further group may be added.
    let minutes = |profiles: Value| json!({ "minutes": words("Μετρήθηκε"), "attended": [], "profiles": profiles });
    let path = format!("/api/v1/meetings/{meeting}/minutes");
    let mut other = group();
    other["women"] = json!(50);
    for changed in [json!([]), json!([other])] {
        let reply = story.officer.post(&path, &minutes(changed)).await?;
        at_fields(&reply, &[("/profiles/0", "profile-in-use")]);
    }
    story.officer.post(&path, &minutes(json!([group(), other]))).await?.ok();
    // What came from nowhere says so; what names nothing is refused at its field.
    let none = story.house.id("request/home-food-disability")?;
    refused(
        &story.officer.get(&format!("/api/v1/requests/{none}/size")).await?,
        404,
        "profile.none",
    );
    let report = |meeting: &str, number: u16, source: Value| {
        let mut gap = osn_tests::network::gap();
        gap["from_profile"] = json!({ "meeting": meeting, "number": number });
        gap["source"] = source;
        gap
    };
    let stranger = uuid::Uuid::nil().to_string();
    for (body, wanted) in [
        (
            report(&meeting, 7, Value::Null),
            ("/from_profile/number", "unknown-record"),
        ),
        (
            report(&meeting, 0, json!({ "from": "observation" })),
            ("/from_profile/meeting", "profile-other-meeting"),
        ),
    ] {
        at_fields(&story.officer.post("/api/v1/gaps", &body).await?, &[wanted]);
    }
    let unknown = story
        .officer
        .post("/api/v1/gaps", &report(&stranger, 0, Value::Null))
        .await?;
    ensure!(
        unknown
            .errors()
            .iter()
            .any(|(path, ..)| path == "/from_profile/meeting"),
        "{}",
        unknown.text
    );
    Ok(())
}

osn_tests::stories!(a_described_group_sizes_a_need);
