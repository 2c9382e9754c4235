//! A call drawn among equals, from the commitment to the list that anybody computes again; what its applicants, its
//! evaluators and its auditors are told on the way.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::collections::BTreeMap;

use anyhow::Result;
use axum::http::Method;
use chrono::{DateTime, Utc};
use osn_core::identifier::Amka;
use osn_tests::app::{Backend, TestApp};
use osn_tests::applicant::{self, amka};
use osn_tests::client::{Client, Reply};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const FORM: &str = "application/x-www-form-urlencoded";

/// An application of the person of this number.
fn application(number: u16, percent: &str, income: &str, members: &Value) -> Value {
    let mut body = applicant::application(number);
    body["answers"]["disability-percent"] = percent.into();
    body["answers"]["annual-income"] = income.into();
    body["members"] = members.clone();
    body
}

/// A call of three places in which a draw decides between equals.
struct Drawn {
    house: TestApp,
    call: String,
    commitment: String,
    /// Receipts in the order of applying.
    receipts: Vec<Value>,
}

impl Drawn {
    async fn published() -> Result<Self> {
        let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/action-approve/home-food").await?;
        let coordinator = house.staff("coordinator").await?;
        let new = json!({
            "title": { "el": "Πρόσκληση με κλήρωση", "en": "A call with a draw" }, "opens_at": "2022-07-15T00:00:00+03:00",
            "closes_at": "2022-08-19T17:00:00+03:00", "capacity": 3, "one_per": "person", "tie_break": "draw",
        });
        let path = format!("/api/v1/actions/{}/calls", house.id("action/home-food")?);
        let call = coordinator.post(&path, &new).await?.ok()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        coordinator
            .post(&format!("/api/v1/calls/{call}/publish"), &json!({}))
            .await?
            .ok();
        let public = house.visitor().get(&format!("/api/v1/calls/{call}")).await?.ok();
        assert_eq!(public["tie_break"]["by"], "draw");
        let commitment = public["tie_break"]["commitment"].as_str().unwrap().to_owned();
        let page = house.visitor().reading("en").get(&format!("/en/calls/{call}")).await?;
        assert!(page.text.contains(&commitment), "the public page shows the commitment");
        let drawn = Self {
            house,
            call,
            commitment,
            receipts: Vec::new(),
        };
        drawn.at("2022-07-20T08:00:00Z");
        Ok(drawn)
    }

    fn at(&self, instant: &str) {
        self.house.played.clock.set(instant.parse::<DateTime<Utc>>().unwrap());
    }

    async fn apply(&mut self, body: &Value) -> Result<()> {
        let path = format!("/api/v1/calls/{}/applications", self.call);
        self.receipts.push(self.house.visitor().post(&path, body).await?.ok());
        Ok(())
    }

    /// Six equals, one who comes before them, one whose degree is too low, one whose papers nobody saw.
    async fn applied() -> Result<Self> {
        let mut drawn = Self::published().await?;
        for number in 1..=6 {
            drawn
                .apply(&application(number, "80.00", "4200.00", &json!([])))
                .await?;
        }
        let child = json!([{ "answers": { "birth-date": "2015-03-02" } }]);
        drawn.apply(&application(7, "80.00", "100.00", &child)).await?;
        drawn.apply(&application(8, "50.00", "100.00", &json!([]))).await?;
        drawn.apply(&application(9, "80.00", "100.00", &json!([]))).await?;
        Ok(drawn)
    }

    async fn evaluator(&self) -> Result<Client> {
        self.house.staff("evaluator").await
    }

    /// Ids of the applications by reference.
    async fn ids(&self) -> Result<BTreeMap<String, String>> {
        let list = self.evaluator().await?;
        let list = list
            .get(&format!("/api/v1/calls/{}/applications", self.call))
            .await?
            .ok();
        let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        let items = list["items"].as_array().unwrap().iter();
        Ok(items.map(|item| (text(item, "reference"), text(item, "id"))).collect())
    }

    async fn id(&self, nth: usize) -> Result<String> {
        let reference = self.receipts[nth]["reference"].as_str().unwrap();
        Ok(self.ids().await?[reference].clone())
    }

    /// The evaluator saw everybody's papers but those of the last.
    async fn checked(&self) -> Result<()> {
        let evaluator = self.evaluator().await?;
        let seen = json!({ "evidence": {
            "disability-percent": { "state": "accepted" }, "annual-income": { "state": "accepted" },
            "resident": { "state": "accepted" },
        } });
        for nth in 0..self.receipts.len() - 1 {
            let path = format!("/api/v1/applications/{}/evidence", self.id(nth).await?);
            evaluator.put(&path, &seen).await?.ok();
        }
        Ok(())
    }

    /// Assessed and proposed after the deadline; the selection's id.
    async fn proposed(&self) -> Result<String> {
        self.at("2022-08-20T08:00:00Z");
        let coordinator = self.house.staff("coordinator").await?;
        let start = format!("/api/v1/calls/{}/assessments", self.call);
        coordinator.post(&start, &json!({})).await?.ok();
        osn_server::jobs::run_once(&self.house.played.app).await.unwrap();
        let propose = format!("/api/v1/calls/{}/selections", self.call);
        let list = coordinator.post(&propose, &json!({})).await?.ok();
        Ok(list["id"].as_str().unwrap().to_owned())
    }

    async fn approve(&self, selection: &str) -> Result<()> {
        let second = self.house.staff("coordinator2").await?;
        let path = format!("/api/v1/selections/{selection}/approve");
        second.post(&path, &json!({})).await?.ok();
        Ok(())
    }

    async fn track(&self, nth: usize, lang: &'static str) -> Result<Value> {
        let receipt = &self.receipts[nth];
        let body = json!({ "reference": receipt["reference"], "code": receipt["code"] });
        let visitor = self.house.visitor().reading(lang);
        Ok(visitor.post("/api/v1/applications/track", &body).await?.ok())
    }

    async fn journal(&self, act: &str) -> Result<Vec<Value>> {
        let auditor = self.house.staff("auditor").await?;
        let journal = auditor.get("/api/v1/journal?limit=200").await?.ok();
        let items = journal["items"].as_array().unwrap().iter();
        Ok(items.filter(|entry| entry["act"] == act).cloned().collect())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Nothing of ours computes here: SHA-256, and the published values.
#[tokio::test(flavor = "multi_thread")]
async fn anybody_computes_the_draw_again_from_what_is_published() -> Result<()> {
    let drawn = Drawn::applied().await?;
    drawn.checked().await?;
    let public = format!("/api/v1/calls/{}", drawn.call);
    let results = format!("{public}/results");
    let selection = drawn.proposed().await?;
    assert_eq!(
        drawn.house.visitor().get(&results).await?.status.as_u16(),
        404,
        "not before it is final"
    );
    drawn.approve(&selection).await?;
    let published = drawn.house.visitor().get(&results).await?.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let seed = unhex(&text(&published["draw"]["seed"]));
    assert_eq!(
        text(&published["draw"]["commitment"]),
        drawn.commitment,
        "as it stood with the call"
    );
    assert_eq!(hex(&sha256(&[b"osn:draw-seed:1\n", &seed])), drawn.commitment);
    let lines = published["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 7, "{published}");
    let plain: Vec<String> = lines
        .iter()
        .map(|line| text(&line["reference"]).replace('-', ""))
        .collect();
    let mut sorted = plain.clone();
    sorted.sort_unstable();
    let frozen = sha256(&[b"osn:frozen-references:1\n", sorted.join("\n").as_bytes()]);
    assert_eq!(hex(&frozen), text(&published["draw"]["frozen"]));
    let call = unhex(&text(&published["call_id"]).replace('-', ""));
    let keys: Vec<String> = plain
        .iter()
        .map(|reference| hex(&sha256(&[&seed, &call, &frozen, reference.as_bytes()])))
        .collect();
    let mut ties = 0;
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(text(&line["draw_key"]), keys[at]);
        if line["drawn"] == true {
            ties += 1;
            assert!(keys[at - 1] < keys[at], "among equals the smaller key comes first");
        }
    }
    // The one with the lower income comes first by its own right; five times the draw decided between the six.
    assert_eq!(text(&lines[0]["reference"]), text(&drawn.receipts[6]["reference"]));
    assert_eq!(ties, 5);
    let page = drawn
        .house
        .visitor()
        .get(&format!("/calls/{}/results", drawn.call))
        .await?;
    assert!(
        page.text.contains(&text(&published["draw"]["seed"])),
        "the page shows the seed"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn applicants_read_every_reason_once_the_list_is_final_and_not_before() -> Result<()> {
    let drawn = Drawn::applied().await?;
    drawn.checked().await?;
    let selection = drawn.proposed().await?;
    for nth in [0, 6, 7, 8] {
        let told = drawn.track(nth, "el").await?;
        assert_eq!(told["state"], "under-assessment");
        assert!(
            told.get("decision").is_none(),
            "nothing before the list is final: {told}"
        );
    }
    drawn.approve(&selection).await?;
    let winner = drawn.track(6, "en").await?;
    assert_eq!(
        (&winner["state"], &winner["decision"]["outcome"]),
        (&json!("selected"), &json!("eligible"))
    );
    let criterion = |told: &Value, key: &str| {
        let criteria = told["decision"]["claims"][0]["criteria"].as_array().unwrap();
        criteria
            .iter()
            .find(|criterion| criterion["key"] == key)
            .unwrap()
            .clone()
    };
    assert!(criterion(&winner, "disability").get("change").is_none());
    let low = criterion(&drawn.track(7, "en").await?, "disability");
    assert_eq!(low["state"], "not-met");
    for (name, part) in [
        ("seen", "50"),
        ("wanted", "67"),
        ("change", "at least 67"),
        ("legal_basis", "call"),
    ] {
        let said = low[name].as_str().unwrap_or_default();
        assert!(said.contains(part), "{name}: {low}");
    }
    let missing = criterion(&drawn.track(8, "el").await?, "residence");
    assert_eq!(missing["state"], "unknown");
    assert!(
        missing["change"].as_str().unwrap().contains("Αποδεικτικό κατοικίας"),
        "{missing}"
    );
    // The same on the page, in both languages.
    let receipt = &drawn.receipts[8];
    let body = encoded(&[
        ("reference", receipt["reference"].as_str().unwrap()),
        ("code", receipt["code"].as_str().unwrap()),
    ]);
    for (path, words) in [("/track", "Αποδεικτικό κατοικίας"), ("/en/track", "proof of residence")]
    {
        let page = send(&drawn.house.visitor(), path, body.clone()).await?;
        assert_eq!(page.status.as_u16(), 200);
        assert!(page.text.to_lowercase().contains(&words.to_lowercase()), "{path}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_of_members_are_checked_and_nobody_who_is_not_there() -> Result<()> {
    let drawn = Drawn::applied().await?;
    let evaluator = drawn.evaluator().await?;
    let id = drawn.id(6).await?;
    let path = format!("/api/v1/applications/{id}/evidence");
    let one = |key: &str| json!({ "evidence": { key: { "state": "accepted" } } });
    let saved = evaluator.put(&path, &one("members/0/birth-date")).await?.ok();
    assert_eq!(
        saved["evidence"]["members/0/birth-date"]["state"], "accepted",
        "{saved}"
    );
    for (key, code) in [
        ("members/1/birth-date", "no-such-person"),
        ("claims/0/birth-date", "unknown-field"),
        ("members/0/resident", "unknown-field"),
    ] {
        let refused = evaluator.put(&path, &one(key)).await?;
        assert_eq!(
            (refused.status.as_u16(), &*refused.errors()[0].1),
            (422, code),
            "{key}: {}",
            refused.text
        );
    }
    // On the page: only after the data were opened is it known how many members there are.
    let page = format!("/staff/applications/{id}");
    let closed = evaluator.get(&page).await?.text;
    assert!(
        !closed.contains("members~10~1birth-date"),
        "how many there are is not shown before"
    );
    let reason = encoded(&[("/reason", "Έλεγχος δικαιολογητικών")]);
    let opened = send(&evaluator, &format!("{page}/open"), reason).await?.text;
    assert!(
        opened.contains("/evidence/members~10~1birth-date/state"),
        "the member’s paper has its question"
    );
    let refused = encoded(&[("members", "1"), ("/evidence/members~10~1birth-date/state", "refused")]);
    let done = send(&evaluator, &format!("{page}/evidence"), refused).await?;
    assert_eq!(done.status.as_u16(), 303, "{}", done.text);
    let data = evaluator
        .post(
            &format!("/api/v1/applications/{id}/open"),
            &json!({ "reason": "Έλεγχος δικαιολογητικών" }),
        )
        .await?
        .ok();
    assert_eq!(data["evidence"]["members/0/birth-date"]["state"], "refused");
    let stranger = encoded(&[("members", "2"), ("/evidence/members~11~1birth-date/state", "accepted")]);
    assert_eq!(
        send(&evaluator, &format!("{page}/evidence"), stranger)
            .await?
            .status
            .as_u16(),
        422
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_the_ranked_list_is_one_entry_with_everybody_on_the_page() -> Result<()> {
    let drawn = Drawn::applied().await?;
    drawn.checked().await?;
    let selection = drawn.proposed().await?;
    let evaluator = drawn.evaluator().await?;
    for (path, reason, count) in [
        (format!("/staff/lists/{selection}"), "ranked-list", 7),
        (format!("/api/v1/selections/{selection}/lines"), "ranked-list", 7),
        (
            format!("/api/v1/calls/{}/decisions?limit=4", drawn.call),
            "decisions",
            4,
        ),
    ] {
        let before = drawn.journal("decision.read").await?.len();
        assert_eq!(evaluator.get(&path).await?.status.as_u16(), 200, "{path}");
        let entries = drawn.journal("decision.read").await?;
        assert_eq!(entries.len(), before + 1, "{path}: one request, one entry");
        let found = entries.iter().any(|entry| {
            let details = &entry["details"];
            let named = details["applications"].as_array().map_or(0, Vec::len);
            details["reason"] == reason && details["count"] == count && named == count
        });
        assert!(found, "{path}: {entries:?}");
    }
    Ok(())
}

/// What a browser would post.
fn encoded(pairs: &[(&str, &str)]) -> Vec<u8> {
    let piece = |text: &str| -> String {
        text.bytes().fold(String::new(), |mut text, byte| {
            text.push_str(&format!("%{byte:02X}"));
            text
        })
    };
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", piece(name), piece(value)));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

async fn send(client: &Client, path: &str, body: Vec<u8>) -> Result<Reply> {
    client.send(Method::POST, path, Some(FORM), body, &[]).await
}

/// The words of the element with this id.
fn element(page: &str, id: &str) -> String {
    let rest = page.split(&format!("id=\"{id}\">")).nth(1).unwrap_or_default();
    rest.split('<').next().unwrap_or_default().to_owned()
}

fn typed(token: &str, number: u16, op: &'static str) -> Vec<u8> {
    let (amka, born) = amka(number);
    let (day, month, year) = (
        born.format("%d").to_string(),
        born.format("%m").to_string(),
        born.format("%Y").to_string(),
    );
    encoded(&[
        ("once", token),
        ("claims", "0"),
        ("members", "0"),
        ("/applicant/given_name", "Ελένη"),
        ("/applicant/family_name", "Δοκιμαστικού"),
        ("/applicant/amka", &amka),
        ("/applicant/birth_date-day", &day),
        ("/applicant/birth_date-month", &month),
        ("/applicant/birth_date-year", &year),
        ("/applicant/phone", "2100099001"),
        ("/applicant/street", "Πατησίων 1"),
        ("/applicant/postal_code", "10434"),
        ("/answers/disability-percent", "80"),
        ("/answers/annual-income", "4200"),
        ("/answers/resident", "yes"),
        ("/evidence/disability-percent/state", "declared"),
        ("/evidence/disability-percent/forever", "yes"),
        ("/evidence/annual-income/state", "declared"),
        ("/evidence/resident/state", "bringing"),
        ("op", op),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_gives_one_application_and_the_same_receipt() -> Result<()> {
    let drawn = Drawn::published().await?;
    let visitor = drawn.house.visitor();
    let path = format!("/calls/{}/apply", drawn.call);
    let asked = visitor.get(&path).await?.text;
    let token = asked
        .split("name=\"once\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let checked = send(&visitor, &path, typed(&token, 1, "")).await?;
    assert!(
        checked.status.is_success() && checked.text.contains(&token),
        "the check page carries it on: {}",
        checked.text
    );
    // A double tap: both at once, then once more after the call has closed.
    let (first, second) = tokio::join!(
        send(&visitor, &path, typed(&token, 1, "submit")),
        send(&visitor, &path, typed(&token, 1, "submit"))
    );
    // The token alone gives nothing away: another person's answers under it are another application.
    let other = send(&visitor, &path, typed(&token, 2, "submit")).await?;
    assert_eq!(other.status.as_u16(), 201, "{}", other.text);
    drawn.at("2022-08-25T08:00:00Z");
    let third = send(&visitor, &path, typed(&token, 1, "submit")).await?;
    let mut receipts = std::collections::BTreeSet::new();
    for reply in [first?, second?, third] {
        assert_eq!(reply.status.as_u16(), 201, "{}", reply.text);
        receipts.insert((element(&reply.text, "reference"), element(&reply.text, "code")));
    }
    assert_eq!(receipts.len(), 1, "one receipt");
    assert!(
        receipts
            .iter()
            .all(|(reference, code)| !reference.is_empty() && !code.is_empty())
    );
    assert!(!receipts.contains(&(element(&other.text, "reference"), element(&other.text, "code"))));
    assert_eq!(drawn.ids().await?.len(), 2);
    Ok(())
}

/// What is wrong is said at its field, in the reader's language, and everything that was typed stands there again.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_on_the_form_keeps_everything_that_was_typed() -> Result<()> {
    let drawn = Drawn::published().await?;
    let visitor = drawn.house.visitor();
    let (right, _) = amka(1);
    let last = right.chars().last().and_then(|digit| digit.to_digit(10)).unwrap();
    let wrong = format!("{}{}", &right[..10], (last + 1) % 10);
    let reason = Amka::parse(&wrong).unwrap_err().text();
    for (prefix, lang) in [("", "el"), ("/en", "en")] {
        let sent = |text: &str| String::from_utf8(encoded(&[("", text)])).map(|pair| pair[1..].to_owned());
        let body = String::from_utf8(typed("", 1, "submit"))?.replace(&sent(&right)?, &sent(&wrong)?);
        let path = format!("{prefix}/calls/{}/apply", drawn.call);
        let reply = send(&visitor, &path, body.into_bytes()).await?;
        assert_eq!(reply.status.as_u16(), 422, "{}", reply.text);
        let said = reason.get(lang);
        assert!(
            reply.text.matches(said).count() >= 2,
            "in the summary and at the field: {said}"
        );
        for kept in [
            "Ελένη",
            "Δοκιμαστικού",
            &wrong,
            "2100099001",
            "Πατησίων 1",
            "10434",
            "80",
            "4200",
        ] {
            assert!(
                reply.text.contains(&format!("value=\"{kept}\"")),
                "{lang}: {kept} is lost"
            );
        }
    }
    assert_eq!(drawn.ids().await?.len(), 0);
    Ok(())
}
