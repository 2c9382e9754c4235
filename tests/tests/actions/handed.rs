//! What is written down when things are handed over and children come: the program's own fields, held by the host, sealed where
//! they are about people; lots that are called back; the list of a day. On both databases.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use anyhow::Result;
use chrono::{DateTime, Utc};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use osn_tests::network::{form, led};
use serde_json::{Value, json};

mod everywhere;
mod planning;
mod stock;

use everywhere::{a_lot_is_called_back_everywhere, the_day_is_in_the_order_of_the_route};
use planning::a_coordinator_plans_routes_from_the_page;
use stock::{a_plan_gives_what_there_is, one_stock_serves_all_instalments};

/// The year stands before the first parcel is brought.
const PLANNED: &str = "food-parcel-2022/plan/home-food-1";

/// Parcels that are due, somebody who brings them, and somebody who answers for them.
struct Parcels {
    house: TestApp,
    action: String,
    partner: Client,
    coordinator: Client,
    due: Vec<String>,
}

impl Parcels {
    async fn due(backend: Backend) -> Result<Self> {
        let house = TestApp::begun(backend, PLANNED).await?;
        at(&house, "2022-09-15T08:00:00Z");
        let action = house.id("action/home-food")?;
        let (partner, coordinator) = (house.staff("partner").await?, house.staff("coordinator").await?);
        let path = format!("/api/v1/actions/{action}/deliveries?instalment=1&limit=20");
        let found = partner.get(&path).await?.ok();
        let due = found["items"].as_array().unwrap().iter();
        let due = due.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        Ok(Self {
            house,
            action,
            partner,
            coordinator,
            due,
        })
    }

    fn of(&self, rest: &str) -> String {
        format!("/api/v1/actions/{}/{rest}", self.action)
    }

    async fn bring(&self, nth: usize, recorded: &Value) -> Result<Reply> {
        let body = json!({ "result": "delivered", "recorded": recorded });
        let path = format!("/api/v1/deliveries/{}/attempts", self.due[nth]);
        self.partner.post(&path, &body).await
    }

    /// How often people were told of a recall.
    async fn told(&self) -> Result<usize> {
        self.told_of("lot-recalled").await
    }

    /// How often people were told something.
    async fn told_of(&self, template: &str) -> Result<usize> {
        let host = self.house.staff("host").await?;
        let mut told = 0;
        let mut after = String::new();
        loop {
            let page = host.get(&format!("/api/v1/outbox?limit=200{after}")).await?.ok();
            let items = page["items"].as_array().unwrap().iter();
            told += items.filter(|one| one["template"] == template).count();
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(told),
            }
        }
    }

    async fn journal(&self, act: &str) -> Result<Vec<Value>> {
        let auditor = self.house.staff("auditor").await?;
        let journal = auditor.get("/api/v1/journal?limit=200").await?.ok();
        let items = journal["items"].as_array().unwrap().iter();
        Ok(items.filter(|entry| entry["act"] == act).cloned().collect())
    }
}

fn at(house: &TestApp, instant: &str) {
    house.played.clock.set(instant.parse::<DateTime<Utc>>().unwrap());
}

fn lot(lot: &str) -> Value {
    json!({ "lot": lot, "use-by": "2022-12-31", "proof": "signed" })
}

fn wrong(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status.as_u16(), 422, "{}", reply.text);
    reply.errors().into_iter().map(|(path, code, _)| (path, code)).collect()
}

/// A note is no letter, whatever the attempt came to.
async fn notes_are_held(parcels: &Parcels, path: &str) -> Result<()> {
    let long = "μ".repeat(501);
    for body in [
        json!({ "result": "failed", "kind": "nobody-home", "note": long }),
        json!({ "result": "delivered", "recorded": lot("Λ-1"), "note": long }),
    ] {
        assert_eq!(
            wrong(&parcels.partner.post(path, &body).await?),
            [("/note".to_owned(), "note-too-long".to_owned())]
        );
    }
    Ok(())
}

/// The host holds every field to what the program declares, before anything is stored.
async fn fields_are_held(parcels: &Parcels) -> Result<()> {
    let schema = parcels.partner.get(&parcels.of("delivery-form")).await?.ok();
    let fields = &schema["properties"]["recorded"];
    assert_eq!(fields["required"], json!(["lot", "use-by", "proof"]), "{schema}");
    let roles = ["lot", "use-by", "taken-by"].map(|key| fields["properties"][key]["x-osn-role"].clone());
    assert_eq!(roles, [json!("lot"), json!("use-by"), json!("collected-by")]);
    let cases = [
        (
            json!({}),
            vec![
                ("/recorded/lot", "required"),
                ("/recorded/use-by", "required"),
                ("/recorded/proof", "required"),
            ],
        ),
        (
            json!({ "lot": "x".repeat(41), "use-by": "2022-12-31", "proof": "signed" }),
            vec![("/recorded/lot", "wrong-length")],
        ),
        (
            json!({ "lot": "Λ-1", "use-by": "2022-09-14", "proof": "signed" }),
            vec![("/recorded/use-by", "use-by-passed")],
        ),
        (
            json!({ "lot": " - ", "use-by": "2022-12-31", "proof": "signed" }),
            vec![("/recorded/lot", "not-a-lot")],
        ),
        (
            json!({ "lot": "Λ-1", "use-by": "2022-12-31", "proof": "signed", "taken-by": "Κάποιος Ξένος" }),
            vec![("/recorded/taken-by", "not-authorised")],
        ),
        (
            json!({ "lot": "Λ-1", "use-by": "2022-12-31", "proof": "signed", "colour": "red" }),
            vec![("/recorded/colour", "unknown-field")],
        ),
    ];
    for (recorded, wanted) in cases {
        let found = wrong(&parcels.bring(0, &recorded).await?);
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(path, code)| ((*path).to_owned(), (*code).to_owned()))
            .collect();
        assert_eq!(found, wanted, "{recorded}");
    }
    let failed = json!({ "result": "failed", "kind": "nobody-home", "recorded": lot("Λ-1") });
    let path = format!("/api/v1/deliveries/{}/attempts", parcels.due[0]);
    assert_eq!(
        wrong(&parcels.partner.post(&path, &failed).await?),
        [("/recorded".to_owned(), "recorded-of-failed".to_owned())]
    );
    notes_are_held(parcels, &path).await?;
    let many = json!({ "attempts": [
        { "delivery_id": parcels.due[0], "result": "delivered", "recorded": lot("Λ-1") },
        { "delivery_id": parcels.due[1], "result": "delivered" },
    ] });
    let refused = wrong(&parcels.partner.post(&parcels.of("deliveries/attempts"), &many).await?);
    assert_eq!(refused[0].0, "/attempts/1/recorded/lot", "all or none: {refused:?}");
    let untouched = parcels
        .partner
        .get(&format!("/api/v1/deliveries/{}", parcels.due[0]))
        .await?
        .ok();
    assert_eq!(untouched["state"]["state"], "planned");
    Ok(())
}

/// What says nothing about a person is in the clear, everything else sealed and opened with a reason.
async fn personal_fields_are_sealed(parcels: &Parcels) -> Result<()> {
    for nth in 0..3 {
        parcels.bring(nth, &lot("Λ22-0915")).await?.ok();
    }
    let path = format!("/api/v1/deliveries/{}", parcels.due[0]);
    let seen = parcels.partner.get(&path).await?;
    let attempt = seen.json()["attempts"][0].clone();
    assert_eq!(
        (&attempt["recorded"], &attempt["has_notes"]),
        (&json!({ "lot": "Λ22-0915", "use-by": "2022-12-31" }), &json!(true)),
        "{attempt}"
    );
    assert!(!seen.text.contains("signed"), "how it was proven is about the person");
    let open = format!("{path}/open");
    let partner = parcels
        .partner
        .post(&open, &json!({ "reason": "από περιέργεια" }))
        .await?;
    assert_eq!(partner.status.as_u16(), 403, "{}", partner.text);
    let short = parcels.coordinator.post(&open, &json!({ "reason": "ναι" })).await?;
    assert_eq!(wrong(&short), [("/reason".to_owned(), "reason-length".to_owned())]);
    let reason = json!({ "reason": "παράπονο για την παραλαβή" });
    let opened = parcels.coordinator.reading("en").post(&open, &reason).await?.ok();
    assert_eq!(
        opened["attempts"][0]["written"][0],
        json!({ "key": "proof", "label": "What proves that it was received", "said": "A signature" })
    );
    assert_eq!(parcels.journal("delivery.open").await?.len(), 1);
    let page = parcels.coordinator.reading("en");
    let page = page
        .get(&format!("/en/staff/deliveries/{}", parcels.due[0]))
        .await?
        .text;
    for words in [
        "Lot: Λ22-0915 · Use by: 31 December 2022",
        "About people",
        "The data are sealed",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = form(
        &parcels.coordinator.reading("en"),
        &format!("/en/staff/deliveries/{}/open", parcels.due[0]),
        &[("/reason", "παράπονο για την παραλαβή")],
    )
    .await?;
    assert!(page.text.contains("A signature"), "{}", page.text);
    Ok(())
}

/// The page records many at once; what is missing is told beside its question, and nothing that was typed is lost.
async fn pages_record(parcels: &Parcels) -> Result<()> {
    let partner = parcels.partner.reading("en");
    let address = format!("/en/staff/actions/{}/deliveries?instalment=1", parcels.action);
    let (third, fourth) = (
        format!("/{}/result", parcels.due[3]),
        format!("/{}/result", parcels.due[4]),
    );
    let chosen = [(third.as_str(), "delivered"), (fourth.as_str(), "failed:nobody-home")];
    let refused = form(&partner, &address, &chosen).await?;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
    for words in [
        "For those that were delivered",
        "Lot: Fill in this field",
        "What proves that it was received",
    ] {
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    let mut typed = chosen.to_vec();
    typed.extend([
        ("/recorded/lot", "λ22 0915"),
        ("/recorded/use-by-day", "31"),
        ("/recorded/use-by-month", "12"),
        ("/recorded/use-by-year", "2022"),
        ("/recorded/proof", "second-courier"),
    ]);
    led(&form(&partner, &address, &typed).await?)?;
    // One by one, in Greek, with a failure first.
    let one = format!("/staff/deliveries/{}", parcels.due[5]);
    let nothing = form(&parcels.partner, &one, &[]).await?;
    assert_eq!(nothing.status.as_u16(), 422);
    let failed = [("/result", "failed:damaged"), ("/note", "Άνοιξε το κουτί στη σκάλα.")];
    led(&form(&parcels.partner, &one, &failed).await?)?;
    a_failure_says_what_happened(parcels, &one).await?;
    let day = [
        ("/recorded/use-by-day", "1"),
        ("/recorded/use-by-month", "3"),
        ("/recorded/use-by-year", "2023"),
    ];
    let mut typed = vec![
        ("/result", "delivered"),
        ("/recorded/lot", "Λ22-0916"),
        ("/recorded/proof", "signed"),
        ("/note", "Το άφησε στη γειτόνισσα του πρώτου."),
    ];
    typed.extend(day);
    led(&form(&parcels.partner, &one, &typed).await?)?;
    let page = parcels.partner.get(&one).await?.text;
    for words in [
        "Το πακέτο είχε φθορά",
        "Παρτίδα: Λ22-0916 · Ανάλωση ως: 1/3/2023",
        "Παραδόθηκε",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // What was typed beside a success is kept like what was typed beside a failure: sealed.
    assert!(!page.contains("γειτόνισσα"), "{page}");
    let reason = [("/reason", "ερώτηση για την παράδοση")];
    let opened = form(&parcels.coordinator, &format!("{one}/open"), &reason).await?.text;
    assert!(opened.contains("Το άφησε στη γειτόνισσα του πρώτου."), "{opened}");
    Ok(())
}

/// The history of a delivery says how an attempt failed, when and by whom; what happened is sealed and opened with a reason.
async fn a_failure_says_what_happened(parcels: &Parcels, page: &str) -> Result<()> {
    let told = "Άνοιξε το κουτί στη σκάλα.";
    let path = format!("/api/v1/deliveries/{}", parcels.due[5]);
    let seen = parcels.partner.get(&path).await?;
    let attempt = &seen.json()["attempts"][0];
    assert_eq!(
        (&attempt["result"], &attempt["kind"], &attempt["has_notes"]),
        (&json!("failed"), &json!("damaged"), &json!(true)),
        "{attempt}"
    );
    assert!(attempt["by"].is_string() && attempt["at"].is_string() && !seen.text.contains(told));
    let history = parcels.coordinator.get(page).await?.text;
    assert!(
        history.contains("Το πακέτο είχε φθορά") && history.contains("Φορέας του δικτύου") && !history.contains(told),
        "{history}"
    );
    let reason = [("/reason", "παράπονο για τη φθορά")];
    let opened = form(&parcels.coordinator, &format!("{page}/open"), &reason).await?.text;
    assert!(opened.contains(told), "{opened}");
    let reason = json!({ "reason": "παράπονο για τη φθορά" });
    let opened = parcels.coordinator.post(&format!("{path}/open"), &reason).await?.ok();
    assert_eq!(opened["attempts"][0]["note"], told, "{opened}");
    Ok(())
}

/// A lot is called back: everybody who has it is told once, also whoever's parcel is recorded later.
async fn a_lot_is_called_back(parcels: &Parcels) -> Result<()> {
    let lots = parcels.partner.get(&parcels.of("lots")).await?.ok();
    let shown: Vec<_> = lots["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lot| (lot["deliveries"].clone(), lot["use_by"].clone()))
        .collect();
    assert_eq!(
        shown,
        [(json!(4), json!("2022-12-31")), (json!(1), json!("2023-03-01"))],
        "one lot however it was typed: {lots}"
    );
    let reason =
        json!({ "el": "Βρέθηκε γυαλί σε βάζο. Επιστρέψτε το.", "en": "Glass was found in a jar. Bring it back." });
    let recalls = parcels.of("recalls");
    let new = json!({ "lot": "Λ 22/0915", "reason": reason });
    assert_eq!(parcels.partner.post(&recalls, &new).await?.status.as_u16(), 403);
    let silent = json!({ "lot": "!", "reason": { "el": "Γιατί" } });
    assert_eq!(
        wrong(&parcels.coordinator.post(&recalls, &silent).await?),
        [
            ("/lot".to_owned(), "not-a-lot".to_owned()),
            ("/reason/en".to_owned(), "required".to_owned())
        ]
    );
    let first = parcels.coordinator.post(&recalls, &new).await?.ok();
    assert_eq!(first["recipients"].as_array().unwrap().len(), 4, "{first}");
    assert_eq!(first["recipients"][0]["days"], json!(["2022-09-15"]));
    assert_eq!(parcels.told().await?, 4);
    let again = parcels.coordinator.post(&recalls, &new).await?.ok();
    assert_eq!(again, first, "the same recall again is the same recall");
    assert_eq!(parcels.told().await?, 4, "nobody is told twice");
    parcels.bring(6, &lot("Λ22-0915")).await?.ok();
    assert_eq!(
        parcels.told().await?,
        5,
        "whoever's parcel is recorded later is told at once"
    );
    let id = first["id"].as_str().unwrap();
    let now = parcels.partner.get(&format!("/api/v1/recalls/{id}")).await?.ok();
    assert_eq!(now["recipients"].as_array().unwrap().len(), 5);
    assert_eq!(parcels.partner.get(&recalls).await?.ok()["items"][0], now);
    assert_eq!(parcels.journal("lot.recall").await?.len(), 2);
    let page = parcels.coordinator.reading("en");
    let list = page
        .get(&format!("/en/staff/actions/{}/lots", parcels.action))
        .await?
        .text;
    assert!(list.contains("Called back") && list.contains("Stands"), "{list}");
    let page = parcels.coordinator.get(&format!("/staff/recalls/{id}")).await?.text;
    assert!(
        page.contains("Την παρέλαβαν 5") && page.contains("Βρέθηκε γυαλί"),
        "{page}"
    );
    let typed = [
        ("/lot", "Λ22-0916"),
        ("/reason/el", "Λάθος ετικέτα."),
        ("/reason/en", "A wrong label."),
    ];
    let lots = format!("/staff/actions/{}/lots", parcels.action);
    let unsaid = form(&parcels.coordinator, &lots, &typed[..2]).await?;
    assert_eq!(unsaid.status.as_u16(), 422, "{}", unsaid.text);
    let led = led(&form(&parcels.coordinator, &lots, &typed).await?)?;
    assert!(led.starts_with("/staff/recalls/"), "{led}");
    assert_eq!(parcels.told().await?, 6);
    Ok(())
}

async fn parcels_are_written_down_and_called_back(backend: Backend) -> Result<()> {
    let parcels = Parcels::due(backend).await?;
    fields_are_held(&parcels).await?;
    personal_fields_are_sealed(&parcels).await?;
    pages_record(&parcels).await?;
    a_lot_is_called_back(&parcels).await?;
    messages_are_sent(&parcels).await
}

/// The message names the lot and the day, never what the help is for.
async fn messages_are_sent(parcels: &Parcels) -> Result<()> {
    osn_server::jobs::run_once(&parcels.house.played.app).await.unwrap();
    let folder = parcels.house.ground.dir.path().join("outbox");
    let mut found = 0;
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path)?.contains("Lot Λ 22/0915, which you received (15/9/2022)") {
                found += 1;
            }
        }
    }
    assert_eq!(found, 5);
    Ok(())
}

/// Whoever lost the code of an application is given another one: the house keeps its digest only.
async fn new_code(house: &TestApp, application: &str, reference: &str, code: &str) -> Result<()> {
    let app = &house.played.app;
    let city = app.hosted().await.remove(0).municipality.id;
    let reference: osn_core::application::Reference = reference.parse().unwrap();
    let plain = format!("{}\n{}", reference.as_str(), code.replace('-', ""));
    let hash = osn_core::canonical::digest("one-time-code:1", plain.as_bytes()).into_bytes();
    let mut tx = app
        .scope(city)
        .begin(osn_store::Actor::nobody("application.code"), app.now())
        .await?;
    tx.set_application_code(application.parse()?, hash).await?;
    tx.commit().await?;
    Ok(())
}

/// The recipient's own view: what was written down, and that the lot was called back.
async fn the_recipient_sees_it(backend: Backend) -> Result<()> {
    let parcels = Parcels::due(backend).await?;
    let reference = parcels
        .coordinator
        .get(&format!("/api/v1/deliveries/{}", parcels.due[0]))
        .await?
        .ok();
    let award = reference["award_id"].as_str().unwrap();
    let awards = parcels.coordinator.get(&parcels.of("awards?limit=200")).await?.ok();
    let award = awards["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == award)
        .unwrap()
        .clone();
    let application = award["basis"]["application_id"].as_str().unwrap();
    let code = "BCDF-GHJK-MNPQ";
    new_code(&parcels.house, application, award["reference"].as_str().unwrap(), code).await?;
    parcels.bring(0, &lot("Λ22-0915")).await?.ok();
    let reason = json!({ "el": "Βρέθηκε γυαλί.", "en": "Glass was found." });
    let new = json!({ "lot": "Λ22-0915", "reason": reason });
    parcels.coordinator.post(&parcels.of("recalls"), &new).await?.ok();
    let credentials = json!({ "reference": award["reference"], "code": code });
    let visitor = parcels.house.visitor().reading("en");
    let tracked = visitor.post("/api/v1/applications/track", &credentials).await?.ok();
    let first = &tracked["deliveries"][0];
    let said: Vec<_> = first["written"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["said"].clone())
        .collect();
    assert_eq!(said, ["Λ22-0915", "31 December 2022", "A signature"], "{first}");
    assert_eq!(first["recalled"]["reason"]["en"], "Glass was found.");
    assert_eq!(tracked["deliveries"][1]["written"], json!([]), "{tracked}");
    let typed = [("reference", award["reference"].as_str().unwrap()), ("code", code)];
    let page = form(&visitor, "/en/track", &typed).await?.text;
    for words in ["Do not use lot Λ22-0915", "Glass was found.", "Lot: Λ22-0915"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    Ok(())
}

osn_tests::stories!(
    parcels_are_written_down_and_called_back,
    a_lot_is_called_back_everywhere,
    the_day_is_in_the_order_of_the_route,
    the_recipient_sees_it,
    a_plan_gives_what_there_is,
    one_stock_serves_all_instalments,
    a_coordinator_plans_routes_from_the_page,
);
