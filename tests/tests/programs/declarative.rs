//! School supplies for sixty families, set up from the pages alone: planned, tried on examples, approved, published, applied for,
//! judged, listed. No developer wrote a line for it, and every word of its form was typed by the coordinator.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use axum::http::{HeaderValue, Method, header};
use chrono::{DateTime, Utc};
use osn_core::identifier::Amka;
use osn_tests::app::{Backend, HOST, TestApp};
use osn_tests::browser::Browser;
use osn_tests::client::{Client, Reply};

const CERTIFIED: &str = "city/certificate/home-food-disability";
const FORM: &str = "application/x-www-form-urlencoded";

type Typed<'a> = Vec<(&'a str, &'a str)>;

/// What a browser sends of a form.
async fn send(client: &Client, path: &str, typed: &[(&str, &str)]) -> Result<Reply> {
    let hex = |text: &str| {
        text.bytes().fold(String::new(), |mut text, byte| {
            text.push_str(&format!("%{byte:02X}"));
            text
        })
    };
    let pairs: Vec<String> = typed
        .iter()
        .map(|(name, value)| format!("{}={}", hex(name), hex(value)))
        .collect();
    client
        .send(Method::POST, path, Some(FORM), pairs.join("&").into_bytes(), &[])
        .await
}

/// Where a page led to: the last part of the address.
fn led_to(reply: &Reply, before: &str) -> Result<String> {
    ensure!(reply.status.as_u16() == 303, "{}: {}", reply.status, reply.text);
    let address = reply.headers["location"].to_str()?;
    let rest = address.split(before).nth(1).context("another address")?;
    Ok(rest.split(['?', '/']).next().unwrap_or_default().to_owned())
}

/// A row of the definition: its fields and what is typed into them.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Rows of the definition, as the page names their fields.
fn rows(lists: &[(&str, &[Fields<'_>])]) -> Vec<(String, String)> {
    let mut typed = Vec::new();
    for (list, rows) in lists {
        for (number, row) in rows.iter().enumerate() {
            for (field, value) in *row {
                typed.push((
                    format!("/parameters/definition/{list}/{number}/{field}"),
                    (*value).to_owned(),
                ));
            }
        }
    }
    typed
}

/// The questions, conditions and order that a coordinator types.
fn definition() -> Vec<(String, String)> {
    rows(&[
        (
            "questions",
            &[
                &[
                    ("label/el", "Ετήσιο εισόδημα"),
                    ("label/en", "Yearly income"),
                    ("kind", "amount"),
                    ("of", "application"),
                    ("proof/el", "Εκκαθαριστικό φόρου"),
                    ("proof/en", "Tax assessment"),
                    ("required", "yes"),
                ],
                &[
                    ("label/el", "Παιδιά που πηγαίνουν σχολείο"),
                    ("label/en", "Children at school"),
                    ("kind", "number"),
                    ("of", "application"),
                    ("required", "yes"),
                ],
            ],
        ),
        (
            "conditions",
            &[
                &[
                    ("label/el", "Όριο εισοδήματος"),
                    ("label/en", "Income limit"),
                    ("question", "1"),
                    ("rule", "at-most"),
                    ("value", "9000.00"),
                ],
                &[
                    ("label/el", "Παιδί στο σχολείο"),
                    ("label/en", "A child at school"),
                    ("question", "2"),
                    ("rule", "at-least"),
                    ("value", "1"),
                ],
            ],
        ),
        (
            "order",
            &[&[
                ("label/el", "Παιδιά, από τα περισσότερα"),
                ("label/en", "Children, most first"),
                ("question", "2"),
                ("first", "high"),
            ]],
        ),
    ])
}

struct Setting {
    house: TestApp,
    coordinator: Client,
    second: Client,
}

impl Setting {
    async fn new() -> Result<Self> {
        let house = TestApp::begun_with_program(Backend::Sqlite, CERTIFIED, "declarative").await?;
        Ok(Self {
            coordinator: house.staff("coordinator").await?.reading("en"),
            second: house.staff("coordinator2").await?.reading("en"),
            house,
        })
    }

    /// Sessions end while days pass.
    async fn at(&mut self, instant: &str) -> Result<()> {
        self.house.played.clock.set(instant.parse::<DateTime<Utc>>()?);
        self.coordinator = self.house.staff("coordinator").await?.reading("en");
        self.second = self.house.staff("coordinator2").await?.reading("en");
        Ok(())
    }

    /// The action, from the page that plans one.
    async fn planned(&self) -> Result<String> {
        let certificate = self.house.id("certificate/home-food-disability")?;
        let own = definition();
        let mut typed: Typed<'_> = vec![
            ("step", "plan"),
            ("/certificate_id", &certificate),
            ("/program", "declarative"),
            ("/name/el", "Σχολικά είδη 2022"),
            ("/name/en", "School supplies 2022"),
            ("/description/el", "Ένα σετ σχολικών ειδών για κάθε οικογένεια."),
            ("/description/en", "A set for each family."),
            ("/model_entry", "immediate.essential-goods"),
            ("/places/places", "60"),
            ("/places/reason/el", "Εξήντα οικογένειες."),
            ("/period/from-day", "1"),
            ("/period/from-month", "8"),
            ("/period/from-year", "2022"),
            ("/period/to-day", "31"),
            ("/period/to-month", "12"),
            ("/period/to-year", "2022"),
            ("/instalments", "1"),
            ("/budget/amount", "2700"),
            ("/parameters/definition/unit", "household"),
            ("/parameters/definition/given/label/el", "Σετ σχολικών ειδών"),
            ("/parameters/definition/given/label/en", "Set of school supplies"),
            ("/parameters/definition/given/price", "45.00"),
        ];
        typed.extend(own.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let made = send(&self.coordinator, "/en/staff/actions/new", &typed).await?;
        led_to(&made, "/staff/actions/")
    }

    async fn published(&self, action: &str) -> Result<String> {
        let approved = send(&self.second, &format!("/en/staff/actions/{action}/approve"), &[]).await?;
        ensure!(approved.status.as_u16() == 303, "{}", approved.text);
        let typed = [
            ("/title/el", "Πρόσκληση για σχολικά είδη"),
            ("/title/en", "Call for school supplies"),
            ("/opens_at-day", "1"),
            ("/opens_at-month", "8"),
            ("/opens_at-year", "2022"),
            ("/opens_at-time", "00:00"),
            ("/closes_at-day", "31"),
            ("/closes_at-month", "8"),
            ("/closes_at-year", "2022"),
            ("/closes_at-time", "17:00"),
            ("/capacity", "60"),
            ("/one_per", "household"),
            ("/tie_break", "submission-time"),
        ];
        let written = send(
            &self.coordinator,
            &format!("/en/staff/actions/{action}/calls/new"),
            &typed,
        )
        .await?;
        let call = led_to(&written, "/staff/calls/")?;
        let published = send(&self.coordinator, &format!("/en/staff/calls/{call}/publish"), &[]).await?;
        ensure!(published.status.as_u16() == 303, "{}", published.text);
        Ok(call)
    }

    /// An example on the preview page; what the page says.
    async fn tried(&self, action: &str, income: &str, children: &str) -> Result<String> {
        let typed = [("/answers/question-1", income), ("/answers/question-2", children)];
        let page = send(
            &self.coordinator,
            &format!("/en/staff/actions/{action}/preview"),
            &typed,
        )
        .await?;
        ensure!(page.status.as_u16() == 200, "{}: {}", page.status, page.text);
        Ok(page.text)
    }

    /// A family applies on the page.
    async fn applies(&self, call: &str, number: u16, income: &str, children: &str) -> Result<()> {
        let born = chrono::NaiveDate::from_ymd_opt(1985, 1, 1).unwrap() + chrono::Days::new(number.into());
        let amka = Amka::synthetic(born, 9990).unwrap().expose().to_owned();
        let visitor = self.house.visitor();
        let path = format!("/calls/{call}/apply");
        let asked = visitor.get(&path).await?.text;
        let token = asked
            .split("name=\"once\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let day = born.format("%d").to_string();
        let month = born.format("%m").to_string();
        let typed = [
            ("once", token.context("a form")?),
            ("claims", "0"),
            ("members", "0"),
            ("op", "submit"),
            ("/applicant/given_name", "Ελένη"),
            ("/applicant/family_name", "Δοκιμαστικού"),
            ("/applicant/amka", &amka),
            ("/applicant/birth_date-day", &day),
            ("/applicant/birth_date-month", &month),
            ("/applicant/birth_date-year", "1985"),
            ("/applicant/phone", "2100099001"),
            ("/applicant/street", "Πατησίων 1"),
            ("/applicant/postal_code", "10434"),
            ("/answers/question-1", income),
            ("/answers/question-2", children),
            ("/evidence/question-1/state", "declared"),
        ];
        let sent = send(&visitor, &path, &typed).await?;
        ensure!(sent.status.as_u16() == 201, "{}: {}", sent.status, sent.text);
        Ok(())
    }
}

/// The pictures of the set-up and of the preview, on a desk and on a telephone, where somebody asks for them.
async fn pictured(setting: &Setting, action: &str) -> Result<()> {
    let Some(folder) = std::env::var_os("OSN_TEST_PICTURES") else {
        return Ok(());
    };
    let body = serde_json::json!({ "login": "coordinator", "password": setting.house.played.progress.password() });
    let session = setting.house.visitor().post("/api/v1/sessions", &body).await?.ok();
    let token = HeaderValue::from_str(&format!("Bearer {}", session["token"].as_str().context("a token")?))?;
    // A browser on the command line cannot sign in: its server takes every request as the coordinator's.
    let signed_in = axum::middleware::map_request(move |mut request: axum::extract::Request| {
        request.headers_mut().insert(header::AUTHORIZATION, token.clone());
        std::future::ready(request)
    });
    let router = osn_server::http::router(setting.house.played.app.clone()).layer(signed_in);
    let browser = Browser::on(router, HOST).await?;
    let certificate = setting.house.id("certificate/home-food-disability")?;
    for (name, path) in [
        (
            "setup",
            format!("/staff/actions/new?certificate={certificate}&program=declarative"),
        ),
        ("preview", format!("/staff/actions/{action}/preview")),
    ] {
        for (size, width) in [("desk", 1_200), ("phone", 360)] {
            let file = Path::new(&folder).join(format!("{name}-{size}.png"));
            browser.picture(&path, &file, (width, 2_400)).await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, page after page")]
async fn school_supplies_are_set_up_from_the_pages_alone() -> Result<()> {
    let mut setting = Setting::new().await?;
    let action = setting.planned().await?;

    // Before anybody approves: who would qualify? Nothing of it is kept.
    let poor = setting.tried(&action, "4200", "2").await?;
    for words in ["Income limit", "Each criterion by itself", "Nothing was stored"] {
        assert!(poor.contains(words), "{words}: {poor}");
    }
    let api = format!("/api/v1/actions/{action}/preview");
    let example = |income: &str, children: u8| serde_json::json!({ "application": { "question-1": { "value": income, "evidence": "accepted" }, "question-2": children } });
    let asked = serde_json::json!({ "examples": [example("4200.00", 2), example("9000.01", 1), example("100.00", 0)] });
    let found = setting.coordinator.post(&api, &asked).await?.ok();
    let outcomes: Vec<&str> = found["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["eligible", "not-eligible", "not-eligible"]);
    assert_eq!(
        (&found["criteria"][0]["met"], &found["criteria"][0]["not_met"]),
        (&2.into(), &1.into()),
        "{found}"
    );
    let wrong = setting
        .coordinator
        .post(
            &api,
            &serde_json::json!({ "examples": [{ "application": { "nobody": 1 } }] }),
        )
        .await?;
    assert_eq!(
        (wrong.status.as_u16(), &*wrong.errors()[0].0),
        (422, "/examples/0/application/nobody"),
        "{}",
        wrong.text
    );
    pictured(&setting, &action).await?;

    let call = setting.published(&action).await?;
    setting.at("2022-08-10T08:00:00Z").await?;
    let form = setting.house.visitor().get(&format!("/calls/{call}/apply")).await?.text;
    for words in ["Ετήσιο εισόδημα", "Παιδιά που πηγαίνουν σχολείο", "Εκκαθαριστικό φόρου"]
    {
        assert!(form.contains(words), "{words}");
    }
    for (number, income, children) in [(1, "4200", "1"), (2, "8000", "3"), (3, "15000", "2"), (4, "100", "0")] {
        setting.applies(&call, number, income, children).await?;
    }
    // Real applications, by criterion: nobody is named.
    let counted = setting
        .coordinator
        .post(&api, &serde_json::json!({ "call_id": call }))
        .await?
        .ok();
    assert_eq!(
        (&counted["applications"], &counted["outcomes"]["not_eligible"]),
        (&4.into(), &2.into()),
        "{counted}"
    );
    assert!(!counted.to_string().contains("reference"), "{counted}");

    setting.at("2022-09-01T08:00:00Z").await?;
    let evaluator = setting.house.staff("evaluator").await?;
    let list = evaluator.get(&format!("/api/v1/calls/{call}/applications")).await?.ok();
    for application in list["items"].as_array().unwrap() {
        let path = format!("/staff/applications/{}", application["id"].as_str().unwrap());
        let seen = send(
            &evaluator,
            &format!("{path}/evidence"),
            &[("/evidence/question-1/state", "accepted")],
        )
        .await?;
        ensure!(seen.status.as_u16() == 303, "{}", seen.text);
    }
    let staff = format!("/en/staff/calls/{call}");
    led_to(
        &send(&setting.coordinator, &format!("{staff}/assess"), &[]).await?,
        "/staff/jobs/",
    )?;
    osn_server::jobs::run_once(&setting.house.played.app).await.unwrap();
    let proposed = led_to(
        &send(&setting.coordinator, &format!("{staff}/propose"), &[]).await?,
        "/staff/lists/",
    )?;
    let approved = send(&setting.second, &format!("/en/staff/lists/{proposed}/approve"), &[]).await?;
    led_to(&approved, "/staff/lists/")?;
    let results = setting
        .house
        .visitor()
        .get(&format!("/api/v1/calls/{call}/results"))
        .await?
        .ok();
    let places: Vec<&str> = results["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["place"].as_str().unwrap())
        .collect();
    assert_eq!(
        places,
        ["selected", "selected"],
        "three children before one; the others do not qualify: {results}"
    );
    Ok(())
}
