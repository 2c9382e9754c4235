//! What the stories of need and network share: a house with its officers and bodies, refusals, an examined request.
use std::path::Path;

use anyhow::{Context as _, Result};
use axum::http::{Method, StatusCode};
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use crate::app::{Backend, TestApp};
use crate::client::{Client, Reply};

/// Requests are certified, and a program is installed: an action is planned from the certificate of a gap.
const UNTIL: &str = "food-parcel-2022/action/home-food";

/// A house with two officers and two bodies.
#[derive(Debug)]
pub struct Story {
    /// The house.
    pub house: TestApp,
    /// An officer.
    pub officer: Client,
    /// A second one.
    pub second: Client,
    /// Somebody of a body.
    pub partner: Client,
    /// Somebody of another body.
    pub partner2: Client,
    /// The first body.
    pub body: String,
    /// The other body.
    pub body2: String,
}

impl Story {
    /// Plays the year until a need is certified.
    pub async fn begun(backend: Backend) -> Result<Self> {
        let house = TestApp::begun(backend, UNTIL).await?;
        let (partner, partner2) = (house.staff("partner").await?, house.staff("partner2").await?);
        let body = |me: Value| me["organization_id"].as_str().map(str::to_owned).context("a body");
        Ok(Self {
            officer: house.staff("coordinator").await?,
            second: house.staff("coordinator2").await?,
            body: body(partner.get("/api/v1/me").await?.ok())?,
            body2: body(partner2.get("/api/v1/me").await?.ok())?,
            partner,
            partner2,
            house,
        })
    }

    /// The day on the clock.
    pub fn today(&self) -> NaiveDate {
        self.house.played.app.now().date_naive()
    }

    /// Days pass.
    pub fn later(&self, days: i64) {
        let clock = &self.house.played.clock;
        clock.set(self.house.played.app.now() + TimeDelta::days(days));
    }

    /// Everything that is due is done.
    pub async fn work(&self) -> Result<()> {
        osn_server::jobs::work_until_idle(&self.house.played.app)
            .await
            .map(|_| ())
            .map_err(|refusal| anyhow::anyhow!("{refusal}"))
    }

    /// Everybody signs in again: sessions end while days pass.
    pub async fn again(&mut self) -> Result<()> {
        self.officer = self.house.staff("coordinator").await?;
        self.second = self.house.staff("coordinator2").await?;
        self.partner = self.house.staff("partner").await?;
        self.partner2 = self.house.staff("partner2").await?;
        Ok(())
    }
}

/// Every message that lies in the outbox of a house.
///
/// # Errors
/// When the folder cannot be read.
pub fn mails(outbox: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(outbox)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(mails(&path)?);
        } else {
            found.push(std::fs::read_to_string(&path)?);
        }
    }
    Ok(found)
}

/// The body of another action like this one, of the same certificate, with these places.
pub fn another(action: &Value, places: Value) -> Value {
    let mut body = json!({ "program": action["program"]["name"], "parameters": {}, "places": places });
    for name in [
        "name",
        "description",
        "certificate_id",
        "model_entry",
        "period",
        "instalments",
        "budget",
    ] {
        body[name] = action[name].clone();
    }
    body
}

/// Posts a form as a browser does; of the names only the slash is escaped, of the values only the space.
pub async fn form(client: &Client, path: &str, pairs: &[(&str, &str)]) -> Result<Reply> {
    let encoded: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", name.replace('/', "%2F"), value.replace(' ', "+")))
        .collect();
    let media = Some("application/x-www-form-urlencoded");
    client
        .send(Method::POST, path, media, encoded.join("&").into_bytes(), &[])
        .await
}

/// Where a form that was taken leads.
pub fn led(reply: &Reply) -> Result<String> {
    anyhow::ensure!(
        reply.status == StatusCode::SEE_OTHER,
        "{}: {}",
        reply.status,
        reply.text
    );
    let place = reply.headers["location"].to_str()?;
    Ok(place.split('?').next().unwrap_or_default().to_owned())
}

/// Posts a form with one file.
pub async fn upload(client: &Client, path: &str, (field, name): (&str, &str), bytes: &[u8]) -> Result<Reply> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: \
         application/octet-stream\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
    let media = Some("multipart/form-data; boundary=edge");
    client.send(Method::POST, path, media, body, &[]).await
}

/// Words in both languages.
pub fn words(text: &str) -> Value {
    json!({ "el": text, "en": text })
}

/// The identifier of an answer.
pub fn id(value: &Value) -> Result<String> {
    Ok(value["id"].as_str().context("an id")?.to_owned())
}

/// Refused with this status and code.
#[track_caller]
pub fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!(
        (reply.status.as_u16(), reply.code().as_str()),
        (status, code),
        "{}",
        reply.text
    );
}

/// Refused at these fields, each with words.
#[track_caller]
pub fn at_fields(reply: &Reply, wanted: &[(&str, &str)]) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    let errors = reply.errors();
    let found: Vec<(&str, &str)> = errors
        .iter()
        .map(|(path, code, _)| (path.as_str(), code.as_str()))
        .collect();
    assert_eq!(found, wanted, "{}", reply.text);
    assert!(
        errors.iter().all(|(_, _, message)| !message.is_empty()),
        "{}",
        reply.text
    );
}

/// A request of the partner's body, examined, with nothing left to decide.
pub async fn examined(story: &Story, people: u32, gaps: Value) -> Result<String> {
    let need = json!({
        "category": "education.school-support", "groups": ["children"], "people": { "count": people, "age_from": 6, "age_to": 12 },
        "areas": ["athens.6"], "mode": "place", "period": { "from": "2022-09-12", "to": "2022-12-22" }, "urgency": "normal",
    });
    let request = json!({
        "title": words("Στήριξη μετά το σχολείο"), "description": words("Παιδιά δημοτικού"), "need": need, "gaps": gaps, "submit": true,
    });
    let request = id(&story.partner.post("/api/v1/requests", &request).await?.ok())?;
    let path = format!("/api/v1/requests/{request}/examination");
    let examination = story.officer.post(&path, &json!({})).await?.ok();
    let open: Vec<Value> = examination["examined"]
        .as_array()
        .context("services")?
        .iter()
        .filter(|service| service["relation"] == "candidate" && service["verdict"]["verdict"] == "undetermined")
        .map(|service| json!({ "service_id": service["service_id"], "places": 0, "reason": words("Δεν απάντησε") }))
        .collect();
    story
        .officer
        .put(&format!("{path}/decisions"), &json!({ "decisions": open }))
        .await?
        .ok();
    Ok(request)
}

/// A gap as a body reports it.
pub fn gap() -> Value {
    json!({
        "title": words("Σχολική στήριξη στο κέντρο"), "category": "education.school-support", "groups": ["children"],
        "areas": ["athens.6"], "people": 25, "cause": "no-means", "evidence": words("Λίστα αναμονής"),
    })
}

/// One record of each kind of need and network, in a house that was played further.
#[expect(clippy::too_many_lines, reason = "one story, told step by step")]
pub async fn one_of_each(house: &TestApp) -> Result<()> {
    let (officer, second) = (house.staff("coordinator").await?, house.staff("coordinator2").await?);
    let today = house.played.app.now().date_naive();
    let bodies = officer.get("/api/v1/organizations").await?.ok();
    let body = id(&bodies["items"][0])?;
    let services = officer
        .get("/api/v1/services?category=education.school-support")
        .await?
        .ok();
    let service = id(&services["items"][0])?;
    let reported = id(&officer.post("/api/v1/gaps", &gap()).await?.ok())?;
    officer
        .post(&format!("/api/v1/gaps/{reported}/accept"), &json!({}))
        .await?
        .ok();
    let said = json!({ "words": words("Να ρωτήσουμε το σχολείο") });
    officer
        .post(&format!("/api/v1/gaps/{reported}/proposals"), &said)
        .await?
        .ok();
    let offer = json!({
        "organization_id": body, "kind": "places", "quantity": 5, "unit": words("θέσεις"), "words": words("Από Οκτώβριο"),
        "period": { "from": today },
    });
    officer
        .post(&format!("/api/v1/gaps/{reported}/contributions"), &offer)
        .await?
        .ok();
    let more = json!({ "service_id": service, "places": 3, "effective_on": today + TimeDelta::days(30) });
    officer
        .post(&format!("/api/v1/gaps/{reported}/extensions"), &more)
        .await?
        .ok();
    let referral = json!({
        "organization_id": body, "category": "education.school-support", "areas": ["athens.6"],
        "consent": { "scope": ["name", "phone"], "given_on": today, "expires_on": today + TimeDelta::days(20) },
        "data": { "name": "Ελπίδα Δοκιμαστική", "phone": "6900000777" }, "answer_by": today + TimeDelta::days(5),
    });
    officer.post("/api/v1/referrals", &referral).await?.ok();
    let member = json!({ "organization_id": body, "kind": "municipal" });
    let member = id(&officer.post("/api/v1/members", &member).await?.ok())?;
    officer
        .post(&format!("/api/v1/members/{member}/join"), &json!({}))
        .await?
        .ok();
    let contacts = json!({ "contacts": [{ "name": "Νίκη Επαφή", "role": "records", "phone": "6900000999" }] });
    officer
        .put(&format!("/api/v1/members/{member}/contacts"), &contacts)
        .await?
        .ok();
    let practice = json!({ "title": words("Κοινή λίστα"), "words": words("Μία λίστα για όλους"), "tags": ["Λίστες"] });
    officer.post("/api/v1/practices", &practice).await?.ok();
    let starts = house.played.app.now() - TimeDelta::hours(2);
    let meeting = json!({
        "title": words("Σύσκεψη"), "purpose": "both", "cadence": "once", "starts_at": starts,
        "ends_at": starts + TimeDelta::hours(1), "place": words("Σεράφειο"), "agenda": [words("Κενά")], "invited": [body],
    });
    let meeting = id(&officer.post("/api/v1/meetings", &meeting).await?.ok())?;
    let minutes = json!({
        "minutes": words("Λείπουν θέσεις"), "attended": [body],
        "follow_ups": [{ "what": words("Στοιχεία"), "owner": body, "due": today }],
        "profiles": [{ "groups": ["children"], "areas": ["athens.6"], "people": { "count": 30 }, "women": 16 }],
    });
    officer
        .post(&format!("/api/v1/meetings/{meeting}/minutes"), &minutes)
        .await?
        .ok();
    let from = json!({ "meeting": meeting, "number": 0, "part": { "sex": "women" } });
    let mut sized = gap();
    sized["people"] = json!(16);
    sized["from_profile"] = from.clone();
    officer.post("/api/v1/gaps", &sized).await?.ok();
    let need = json!({
        "category": "education.school-support", "groups": ["children"], "people": { "count": 16 }, "areas": ["athens.6"],
        "mode": "place", "period": { "from": today }, "urgency": "normal",
    });
    let request = json!({
        "title": words("Στήριξη"), "description": words("Κορίτσια"), "organization_id": body, "need": need, "from_profile": from,
    });
    officer.post("/api/v1/requests", &request).await?.ok();
    let emergency = json!({
        "name": words("Καύσωνας"), "areas": ["athens.1"], "period": { "from": today, "to": today + TimeDelta::days(6) },
        "entries": ["immediate.meals"], "ceiling": { "people": 2, "cost": { "amount": "100.00", "currency": "EUR" }, "days": 3 },
    });
    let emergency = id(&officer.post("/api/v1/emergencies", &emergency).await?.ok())?;
    second
        .post(&format!("/api/v1/emergencies/{emergency}/declare"), &json!({}))
        .await?
        .ok();
    let ceiling = json!({
        "entry": "immediate.meals", "ceiling": { "people": 4, "cost": { "amount": "80.00", "currency": "EUR" }, "days": 2 },
        "decision": "12/2022",
    });
    officer.post("/api/v1/ceilings", &ceiling).await?.ok();
    let help = json!({
        "entry": "immediate.meals", "people": [{ "name": "Μαρία Δοκιμαστική" }], "areas": ["athens.1"],
        "period": { "from": today, "to": today }, "cost": { "amount": "60.00", "currency": "EUR" },
        "reason": words("Δεν έχει φάει"), "emergency_id": emergency,
    });
    officer.post("/api/v1/interventions", &help).await?.ok();
    let request = house.id("request/home-food-disability")?;
    let note = json!({ "words": "Πότε θα απαντήσετε;" });
    officer
        .post(&format!("/api/v1/requests/{request}/notes"), &note)
        .await?
        .ok();
    let files = format!("/api/v1/requests/{request}/files?name=paper.pdf");
    let (media, paper) = (Some("application/octet-stream"), b"%PDF-1.7".to_vec());
    officer.send(Method::POST, &files, media, paper, &[]).await?.ok();
    let planned = json!({
        "organization_id": body, "title": words("Εργαστήριο"), "words": words("Κάθε Τρίτη"), "category": "education.school-support",
        "areas": ["athens.6"], "period": { "from": today, "to": today + TimeDelta::days(60) },
    });
    officer.post("/api/v1/planned-actions", &planned).await?.ok();
    let proposal = json!({
        "name": words("Κι άλλα πακέτα"), "description": words("Τρόφιμα"), "certificates": [house.id("certificate/home-food-disability")?],
        "program": "food-parcel", "model_entry": "support.food-disability", "period": { "from": "2023-01-01", "to": "2023-03-31" },
        "places": 10, "budget": { "amount": "1500.00", "currency": "EUR" },
    });
    officer.post("/api/v1/proposals", &proposal).await?.ok();
    Ok(())
}
