//! Sessions at several places: what comes when and where, the list of a day for whoever receives the children, the roll of each
//! session. With the camp program, on both databases.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use osn_tests::network::{form, led};
use serde_json::{Value, json};

/// The camp's story stands before its first week.
const PLANNED: &str = "camp-2022/plan/summer-camp-1";
/// Whom every family of the played year names.
const NAMED: &str = "Συνθετική απάντηση της επίδειξης";

struct Camp {
    house: TestApp,
    action: String,
    partner: Client,
}

impl Camp {
    async fn planned(backend: Backend) -> Result<Self> {
        let house = TestApp::begun(backend, PLANNED).await?;
        house.played.clock.set("2022-06-20T06:00:00Z".parse::<DateTime<Utc>>()?);
        Ok(Self {
            action: house.id("action/summer-camp")?,
            partner: house.staff("partner").await?,
            house,
        })
    }

    fn of(&self, rest: &str) -> String {
        format!("/api/v1/actions/{}/{rest}", self.action)
    }

    /// The first delivery that is due with so many children.
    async fn first(&self, children: usize) -> Result<Value> {
        for instalment in 1..=36 {
            let path = self.of(&format!("deliveries?instalment={instalment}&state=planned"));
            let found = self.partner.get(&path).await?.ok();
            let fits = |one: &&Value| one["items"].as_array().is_some_and(|items| items.len() == children);
            if let Some(found) = found["items"].as_array().unwrap().iter().find(fits) {
                return Ok(found.clone());
            }
        }
        anyhow::bail!("no delivery of {children} children")
    }

    async fn call_the_roll(&self, delivery: &Value, participants: &Value) -> Result<Reply> {
        let path = format!("/api/v1/deliveries/{}/attempts", delivery["id"].as_str().unwrap());
        let body = json!({ "result": "delivered", "participants": participants });
        self.partner.post(&path, &body).await
    }
}

fn wrong(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status.as_u16(), 422, "{}", reply.text);
    reply.errors().into_iter().map(|(path, code, _)| (path, code)).collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted
        .iter()
        .map(|(path, code)| ((*path).to_owned(), (*code).to_owned()))
        .collect()
}

/// What comes when and where, for everybody of the house, by place and by day.
async fn occasions(camp: &Camp) -> Result<()> {
    let partner = camp.partner.reading("en");
    let all = partner.get(&camp.of("occasions")).await?.ok();
    assert_eq!(all["total"], 36, "{all}");
    let people: u64 = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["people"].as_u64().unwrap())
        .sum();
    assert_eq!(people, 90, "every child has a week");
    let of = |pointer: &str| -> BTreeSet<String> {
        let items = all["items"].as_array().unwrap().iter();
        items
            .map(|one| one.pointer(pointer).unwrap().as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(of("/place/key").len(), 9, "nine museums and cultural bodies: {all}");
    let days = of("/date");
    let (first, last) = (days.first().unwrap(), days.last().unwrap());
    assert!(
        first.starts_with("2022-06-") && last.starts_with("2022-09-"),
        "{days:?}"
    );
    let first = &all["items"][0];
    assert_eq!(
        (
            &first["date"],
            &first["place"]["key"],
            &first["capacity"],
            &first["starts"]
        ),
        (&json!("2022-06-20"), &json!("acropolis"), &json!(4), &json!("09:00:00"))
    );
    assert_ne!(first["place"]["text"], "acropolis", "a place has its own words");
    let one = partner
        .get(&camp.of("occasions?day=2022-06-27&place=byzantine"))
        .await?
        .ok();
    assert_eq!(one["total"], 2);
    let nobody = camp.house.visitor().get(&camp.of("occasions")).await?;
    assert_eq!(nobody.status.as_u16(), 401);
    let page = partner
        .get(&format!("/en/staff/actions/{}/occasions", camp.action))
        .await?
        .text;
    for words in [
        "When and where",
        "36 occasions",
        "4 to 7 years",
        "09:00, 300 minutes",
        "/days/2022-06-20?place=acropolis",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = camp
        .partner
        .get(&format!("/staff/actions/{}/occasions?place=benaki", camp.action))
        .await?
        .text;
    assert!(
        page.contains("Πότε και πού") && page.contains("4 συναντήσεις"),
        "{page}"
    );
    Ok(())
}

/// Names, telephones and what was said for the delivery: diets and allergies, who fetches, photographs; nothing else.
async fn day_list(camp: &Camp) -> Result<()> {
    let list = camp.of("day-lists");
    let asked = json!({ "day": "2022-06-20", "place": "acropolis" });
    let evaluator = camp.house.staff("evaluator").await?;
    assert_eq!(evaluator.post(&list, &asked).await?.status.as_u16(), 403);
    let reply = camp.partner.post(&list, &asked).await?;
    let opened = reply.json();
    let entries = opened["entries"].as_array().unwrap();
    assert!(!entries.is_empty(), "{}", reply.text);
    for entry in entries {
        let mut keys: Vec<&str> = Vec::new();
        for answer in entry["answers"].as_array().unwrap() {
            keys.push(answer["key"].as_str().unwrap());
        }
        assert!(
            keys.contains(&"fetched-by") && keys.contains(&"diet") && keys.contains(&"photos"),
            "{keys:?}"
        );
        for kept in ["annual-income", "no-support", "birth-date", "single-parent-status"] {
            assert!(!keys.contains(&kept), "{kept} was not asked for the delivery");
        }
        assert!(!entry["name"].as_str().unwrap().trim().is_empty() && entry.get("address").is_none());
    }
    let auditor = camp.house.staff("auditor").await?;
    let journal = auditor.get("/api/v1/journal?limit=200").await?.ok();
    let journal = journal["items"].as_array().unwrap().iter();
    let opened_for = journal.filter(|one| one["act"] == "application.open" && one["details"]["reason"] == "day-list");
    assert_eq!(
        opened_for.count(),
        entries.len(),
        "one entry for each application that was read"
    );
    let day = format!("/en/staff/actions/{}/days/2022-06-20", camp.action);
    let closed = camp.partner.reading("en").get(&day).await?.text;
    let name = entries[0]["name"].as_str().unwrap();
    assert!(closed.contains("Open the list") && !closed.contains(name), "{closed}");
    let page = form(&camp.partner.reading("en"), &day, &[("place", "acropolis")])
        .await?
        .text;
    assert!(
        page.contains(name) && page.contains("Who may fetch the child"),
        "{page}"
    );
    let missing = camp
        .partner
        .get(&format!("/staff/actions/{}/days/2022-02-31", camp.action))
        .await?;
    assert_eq!(missing.status.as_u16(), 404);
    let all = camp.partner.get(&camp.of("occasions")).await?.ok();
    let mut allergic = 0;
    for one in all["items"].as_array().unwrap() {
        let asked = json!({ "day": one["date"], "place": one["place"]["key"] });
        let opened = camp.partner.post(&list, &asked).await?.ok();
        for entry in opened["entries"].as_array().unwrap() {
            let answers = entry["answers"].as_array().unwrap();
            allergic += answers.iter().filter(|answer| answer["key"] == "allergies").count();
        }
    }
    assert!(allergic > 0, "whoever hands out a meal reads who must not eat what");
    Ok(())
}

/// The roll of a session: each child there or not, fetched by one whom the application names.
async fn roll_call(camp: &Camp) -> Result<()> {
    let delivery = camp.first(1).await?;
    let claim = delivery["items"][0]["claim"].clone();
    let of = |recorded: Value| json!([{ "claim": claim, "recorded": recorded }]);
    let missing = wrong(&camp.call_the_roll(&delivery, &json!([])).await?);
    assert_eq!(missing[0].1, "required", "nobody is left out of the roll: {missing:?}");
    for (participants, wanted) in [
        (
            of(json!({ "present": true })),
            [("/participants/0/recorded/handed-to", "required")],
        ),
        (of(json!({ "present": false })), [("/participants", "nobody-present")]),
        (
            of(json!({ "present": true, "handed-to": "Κάποιος Ξένος" })),
            [("/participants/0/recorded/handed-to", "not-authorised")],
        ),
    ] {
        assert_eq!(
            wrong(&camp.call_the_roll(&delivery, &participants).await?),
            pairs(&wanted),
            "{participants}"
        );
    }
    let stranger = json!([
        { "claim": claim, "recorded": { "present": true, "handed-to": NAMED } },
        { "claim": 17, "recorded": { "present": true, "handed-to": NAMED } },
    ]);
    assert_eq!(
        wrong(&camp.call_the_roll(&delivery, &stranger).await?),
        pairs(&[("/participants/1/claim", "no-such-participant")])
    );
    let there = of(json!({ "present": true, "handed-to": "επίδειξης συνθετική" }));
    let saved = camp.call_the_roll(&delivery, &there).await?;
    let attempt = saved.json()["attempts"][0].clone();
    assert_eq!(
        (&attempt["present"], &attempt["has_notes"]),
        (&json!(1), &json!(true)),
        "{}",
        saved.text
    );
    assert!(
        !saved.text.contains("handed-to"),
        "who came and who fetched is sealed: {}",
        saved.text
    );
    siblings(camp).await
}

/// Siblings on a page: one came, the other did not.
async fn siblings(camp: &Camp) -> Result<()> {
    let siblings = camp.first(2).await?;
    let id = siblings["id"].as_str().unwrap();
    let address = format!("/en/staff/deliveries/{id}");
    let children = siblings["items"].as_array().unwrap().iter();
    let mut claims: Vec<u64> = children.map(|one| one["claim"].as_u64().unwrap()).collect();
    claims.sort_unstable();
    let field = |claim: u64, key: &str| format!("/participants/c{claim}/{key}");
    let (came, fetched, stayed) = (
        field(claims[0], "present"),
        field(claims[0], "handed-to"),
        field(claims[1], "present"),
    );
    let partner = camp.partner.reading("en");
    let half = [
        ("/result", "delivered"),
        (came.as_str(), "yes"),
        (stayed.as_str(), "no"),
    ];
    let refused = form(&partner, &address, &half).await?;
    assert!(
        refused.status.as_u16() == 422 && refused.text.contains("Who fetched the child: Fill in this field"),
        "{}",
        refused.text
    );
    let mut typed = half.to_vec();
    typed.push((fetched.as_str(), NAMED));
    led(&form(&partner, &address, &typed).await?)?;
    let seen = partner.get(&format!("/api/v1/deliveries/{id}")).await?.ok();
    assert_eq!(seen["attempts"][0]["present"], 1, "{seen}");
    let coordinator = camp.house.staff("coordinator").await?.reading("en");
    let reason = json!({ "reason": "a mother asks who fetched" });
    let opened = coordinator
        .post(&format!("/api/v1/deliveries/{id}/open"), &reason)
        .await?
        .ok();
    let said: Vec<(u64, &str)> = opened["attempts"][0]["written"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["claim"].as_u64().unwrap(), one["said"].as_str().unwrap()))
        .collect();
    assert_eq!(said, [(claims[0], "yes"), (claims[0], NAMED), (claims[1], "no")]);
    let all = partner.get(&camp.of("occasions")).await?.ok();
    let delivered: u64 = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["delivered"].as_u64().unwrap())
        .sum();
    assert_eq!(delivered, 2);
    Ok(())
}

/// The list, the roll and the record of an action that others deliver: refused by the interface and on every page.
async fn whoever_is_not_named_is_refused(camp: &Camp, museum: &Client) -> Result<()> {
    let list = camp.of("day-lists");
    let at = |place: &str| json!({ "day": "2022-06-20", "place": place });
    let whole_day = json!({ "day": "2022-06-20" });
    let delivery = camp.first(1).await?;
    let (id, claim) = (delivery["id"].as_str().unwrap(), &delivery["items"][0]["claim"]);
    let arrived = json!({ "result": "delivered", "participants": [{ "claim": claim, "recorded": { "present": true, "handed-to": NAMED } }] });
    let attempts = format!("/api/v1/deliveries/{id}/attempts");
    for refused in [
        museum.post(&list, &at("acropolis")).await?,
        museum.post(&list, &whole_day).await?,
        museum.post(&attempts, &arrived).await?,
    ] {
        assert_eq!(
            (refused.status.as_u16(), refused.code().as_str()),
            (403, "delivery.other-body"),
            "{}",
            refused.text
        );
    }
    let of_day = format!("/en/staff/actions/{}/days/2022-06-20?place=acropolis", camp.action);
    let page = museum.reading("en").get(&of_day).await?.text;
    let not_you = "Your body was not named as the one that delivers here";
    assert!(page.contains(not_you) && !page.contains("Open the list"), "{page}");
    let page = form(museum, &of_day, &[("place", "acropolis")]).await?;
    assert_eq!(page.status.as_u16(), 403, "{}", page.text);
    let page = museum
        .reading("en")
        .get(&format!("/en/staff/deliveries/{id}"))
        .await?
        .text;
    assert!(page.contains(not_you) && !page.contains("/result"), "{page}");
    let deliveries = format!("/en/staff/actions/{}/deliveries", camp.action);
    let page = museum.reading("en").get(&deliveries).await?.text;
    assert!(page.contains(not_you) && !page.contains("Record deliveries"), "{page}");
    Ok(())
}

/// Another body of the network: it delivers nothing before it is named, and then at its own place only.
async fn only_who_delivers_there(camp: &Camp) -> Result<()> {
    let museum = camp.house.staff("partner2").await?;
    let list = camp.of("day-lists");
    let at = |place: &str| json!({ "day": "2022-06-20", "place": place });
    let whole_day = json!({ "day": "2022-06-20" });
    whoever_is_not_named_is_refused(camp, &museum).await?;

    // The coordinator names it for one place; nobody names a body or a place that does not exist, or themselves.
    let coordinator = camp.house.staff("coordinator").await?;
    let body = museum.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let everywhere = camp.partner.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let deliverers = camp.of("deliverers");
    let name = |place: &str| json!({ "deliverers": [{ "organization_id": everywhere }, { "organization_id": body, "place": place }] });
    assert_eq!(museum.put(&deliverers, &name("acropolis")).await?.status.as_u16(), 403);
    assert_eq!(
        wrong(&coordinator.put(&deliverers, &name("nowhere")).await?),
        pairs(&[("/deliverers/1/place", "unknown-option")])
    );
    let nobody = json!({ "deliverers": [{ "organization_id": "00000000-0000-7000-8000-000000000000" }] });
    assert_eq!(
        wrong(&coordinator.put(&deliverers, &nobody).await?),
        pairs(&[("/deliverers/0/organization_id", "unknown-record")])
    );
    let named = coordinator.put(&deliverers, &name("acropolis")).await?.ok();
    assert_eq!(named["deliverers"].as_array().unwrap().len(), 2, "{named}");

    // From now on it sees its own place, and nothing of the others on the same day.
    let own = museum.post(&list, &at("acropolis")).await?.ok();
    let day = museum.post(&list, &whole_day).await?.ok();
    let all = camp.partner.post(&list, &whole_day).await?.ok();
    let count = |list: &Value| list["entries"].as_array().unwrap().len();
    assert_eq!(count(&day), count(&own), "{day}");
    assert!(count(&own) > 0 && count(&all) >= count(&own), "{all}");
    assert_eq!(
        museum.post(&list, &at("byzantine")).await?.code(),
        "delivery.other-body"
    );
    let mut due = own["entries"].as_array().unwrap().iter();
    let entry = due.find(|one| one["state"] == "planned").unwrap();
    let id = entry["delivery_id"].as_str().unwrap();
    let each = entry["participants"].as_array().unwrap().iter();
    let each = each.map(|claim| json!({ "claim": claim, "recorded": { "present": true, "handed-to": NAMED } }));
    let arrived = json!({ "result": "delivered", "participants": each.collect::<Vec<_>>() });
    museum
        .post(&format!("/api/v1/deliveries/{id}/attempts"), &arrived)
        .await?
        .ok();
    named_on_the_page(camp, &coordinator).await
}

/// The same on the page: one body more, one less.
async fn named_on_the_page(camp: &Camp, coordinator: &Client) -> Result<()> {
    let address = format!("/en/staff/actions/{}/deliverers", camp.action);
    let coordinator = coordinator.reading("en");
    let page = coordinator.get(&address).await?.text;
    assert!(
        page.contains("Everywhere") && page.contains("Take a body off"),
        "{page}"
    );
    let missing = form(&coordinator, &address, &[("/place", "benaki")]).await?;
    assert_eq!(missing.status.as_u16(), 422, "{}", missing.text);
    let body = camp.house.staff("partner2").await?.get("/api/v1/me").await?.ok()["organization_id"].clone();
    let typed = [("/organization_id", body.as_str().unwrap()), ("/place", "benaki")];
    led(&form(&coordinator, &address, &typed).await?)?;
    led(&form(&coordinator, &address, &[("op", "remove"), ("/nth", "0")]).await?)?;
    let action = coordinator.get(&format!("/api/v1/actions/{}", camp.action)).await?.ok();
    assert_eq!(action["deliverers"].as_array().unwrap().len(), 2, "{action}");
    Ok(())
}

/// A camp has places and no stock: none is offered, and whoever opens the address is told.
async fn no_stock(camp: &Camp) -> Result<()> {
    let coordinator = camp.house.staff("coordinator").await?.reading("en");
    let page = |place: &str| format!("/en/staff/actions/{}/{place}", camp.action);
    let deliveries = coordinator.get(&page("deliveries")).await?.text;
    assert!(
        deliveries.contains("/lots\"") && !deliveries.contains("/stock\""),
        "{deliveries}"
    );
    let stock = coordinator.get(&page("stock")).await?.text;
    assert!(
        stock.contains("This action hands over no goods") && !stock.contains("/pieces"),
        "{stock}"
    );
    Ok(())
}

/// Families give their weeks back: the first in reserve move up, and the next plan assigns their children where places became
/// free; whoever fits nowhere is told.
async fn a_child_drops_out_and_the_next_comes(backend: Backend) -> Result<()> {
    let camp = Camp::planned(backend).await?;
    let coordinator = camp.house.staff("coordinator").await?;
    let awards_of = async |state: &str| -> Result<BTreeSet<String>> {
        let mut awards = BTreeSet::new();
        for instalment in 1..=36 {
            let path = camp.of(&format!("deliveries?instalment={instalment}&state={state}"));
            let found = coordinator.get(&path).await?.ok();
            let items = found["items"].as_array().unwrap().iter();
            awards.extend(items.map(|one| one["award_id"].as_str().unwrap().to_owned()));
        }
        Ok(awards)
    };
    let dropping: Vec<String> = awards_of("planned").await?.into_iter().step_by(9).collect();
    assert!(dropping.len() > 5, "{dropping:?}");
    let mut promoted = Vec::new();
    for award in &dropping {
        let path = format!("/api/v1/awards/{award}/withdraw");
        let dropped = coordinator
            .post(&path, &json!({ "reason": "recipient-withdrew" }))
            .await?
            .ok();
        promoted.extend(dropped["promoted"]["id"].as_str().map(str::to_owned));
    }
    assert!(promoted.len() > 2, "{promoted:?}");
    let plans = coordinator.get(&camp.of("delivery-plans")).await?.ok();
    let newest = plans["items"].as_array().unwrap().last().unwrap().clone();
    let again = json!({
        "slots": newest["slots"],
        "reason": { "el": "Οικογένειες αποχώρησαν.", "en": "Families dropped out." },
    });
    let planned = coordinator.post(&camp.of("delivery-plans"), &again).await?.ok();
    let (cancelled, given) = (awards_of("cancelled").await?, awards_of("planned").await?);
    for award in &dropping {
        assert!(cancelled.contains(award), "{planned}");
        assert!(!given.contains(award), "whoever left has no place any more");
    }
    let placed = promoted.iter().filter(|award| given.contains(*award)).count();
    assert!(placed > 0, "places became free and nobody got one: {planned}");
    let unplaced = planned["unplaced"].as_array().unwrap();
    let told = promoted
        .iter()
        .filter(|award| unplaced.iter().any(|one| one["award_id"] == **award));
    assert!(
        placed + told.count() >= promoted.len(),
        "the next is assigned, or told why not: {planned}"
    );
    Ok(())
}

async fn children_come_to_their_sessions(backend: Backend) -> Result<()> {
    let camp = Camp::planned(backend).await?;
    occasions(&camp).await?;
    day_list(&camp).await?;
    roll_call(&camp).await?;
    no_stock(&camp).await?;
    only_who_delivers_there(&camp).await
}

osn_tests::stories!(children_come_to_their_sessions, a_child_drops_out_and_the_next_comes);
