//! What there is to hand over: recorded by staff, taken off by what arrives, and never planned twice.
use anyhow::Result;
use osn_tests::app::Backend;
use osn_tests::network::{form, led};
use serde_json::{Value, json};

use super::{Parcels, lot, new_code, wrong};

impl Parcels {
    async fn stock(&self) -> Result<Value> {
        Ok(self.partner.get(&self.of("stock")).await?.ok())
    }

    async fn record(&self, what: &Value) -> Result<Value> {
        Ok(self.coordinator.post(&self.of("stock"), what).await?.ok())
    }

    /// The plan in force, made again from the page; what the page says where somebody goes without.
    async fn plan_again(&self) -> Result<Option<String>> {
        let coordinator = self.coordinator.reading("en");
        let again = form(
            &coordinator,
            &format!("/en/staff/actions/{}/stock/plan", self.action),
            &[],
        )
        .await?;
        if again.status.as_u16() == 200 {
            return Ok(Some(again.text));
        }
        led(&again)?;
        Ok(None)
    }

    /// Deliveries of an instalment that wait, and those that do not.
    async fn waiting(&self, instalment: u16) -> Result<(Vec<Value>, Vec<Value>)> {
        let path = self.of(&format!("deliveries?instalment={instalment}&limit=200"));
        let found = self.partner.get(&path).await?.ok();
        let all = found["items"].as_array().cloned().unwrap_or_default();
        Ok(all.into_iter().partition(|one| one["waits"] == true))
    }

    async fn left(&self, lot: &str) -> Result<Value> {
        let stock = self.stock().await?;
        let mut lines = stock["lines"].as_array().unwrap().iter();
        Ok(lines.find(|line| line["lot"] == lot).unwrap()["left"].clone())
    }
}

/// What cannot be stock is refused beside its question; whoever only delivers records none.
async fn only_stock_is_taken(parcels: &Parcels) -> Result<()> {
    let empty = parcels.stock().await?;
    assert_eq!(
        (&empty["lines"], &empty["by_instalment"], &empty["waiting"]),
        (&json!([]), &json!(true), &json!(0)),
        "{empty}"
    );
    let new = json!({ "event": "arrived", "pieces": 10 });
    assert_eq!(
        parcels.partner.post(&parcels.of("stock"), &new).await?.status.as_u16(),
        403
    );
    for (body, path, code) in [
        (json!({ "event": "arrived", "pieces": 0 }), "/pieces", "out-of-range"),
        (
            json!({ "event": "arrived", "pieces": 1, "instalment": 4 }),
            "/instalment",
            "out-of-range",
        ),
        (
            json!({ "event": "arrived", "pieces": 1, "supply": "toys" }),
            "/supply",
            "unknown-option",
        ),
        (
            json!({ "event": "arrived", "pieces": 1, "lot": " - " }),
            "/lot",
            "not-a-lot",
        ),
    ] {
        let refused = parcels.coordinator.post(&parcels.of("stock"), &body).await?;
        assert_eq!(wrong(&refused), [(path.to_owned(), code.to_owned())], "{body}");
    }
    let page = format!("/staff/actions/{}/stock", parcels.action);
    let shown = parcels.coordinator.get(&page).await?.text;
    assert!(shown.contains("Δεν έχει γραφτεί απόθεμα"), "{shown}");
    assert!(shown.contains("Πακέτο τροφίμων"), "the only supply is named: {shown}");
    let nothing = form(&parcels.coordinator, &page, &[("/event", "arrived")]).await?;
    assert_eq!(nothing.status.as_u16(), 422, "{}", nothing.text);
    let typed = [
        ("/event", "arrived"),
        ("/pieces", "100"),
        ("/instalment", "1"),
        ("/lot", "Λ-1"),
        ("/use_by-day", "31"),
        ("/use_by-month", "12"),
        ("/use_by-year", "2022"),
    ];
    assert_eq!(led(&form(&parcels.coordinator, &page, &typed).await?)?, page);
    Ok(())
}

/// Somebody whose parcel waits is on no list of the day, is brought nothing, and reads why.
async fn whoever_waits_is_told(parcels: &Parcels, waits: &Value) -> Result<()> {
    let id = waits["id"].as_str().unwrap();
    let attempt = json!({ "result": "delivered", "recorded": lot("Λ-1") });
    let path = format!("/api/v1/deliveries/{id}/attempts");
    let refused = parcels.partner.post(&path, &attempt).await?;
    assert_eq!(
        wrong(&refused),
        [("/delivery_id".to_owned(), "delivery-waits".to_owned())]
    );
    let day = json!({ "day": "2022-09-15" });
    let list = parcels.partner.post(&parcels.of("day-lists"), &day).await?.ok();
    assert_eq!(list["entries"].as_array().unwrap().len(), 100);
    let awards = parcels.coordinator.get(&parcels.of("awards?limit=200")).await?.ok();
    let mut awards = awards["items"].as_array().unwrap().iter();
    let award = awards.find(|one| one["id"] == waits["award_id"]).unwrap();
    let (application, reference) = (
        award["basis"]["application_id"].as_str().unwrap(),
        award["reference"].as_str().unwrap(),
    );
    let code = "BCDF-GHJK-MNPQ";
    new_code(&parcels.house, application, reference, code).await?;
    let typed = [("reference", reference), ("code", code)];
    let page = form(&parcels.house.visitor().reading("en"), "/en/track", &typed)
        .await?
        .text;
    assert!(page.contains("Waiting for the goods to arrive"), "{page}");
    assert_eq!(parcels.told_of("delivery-waits").await?, 50);
    Ok(())
}

/// Parcels come in lots: a plan gives no more than there is, by the program's own rule of shortage, and is made again when more
/// arrives, when a count finds less, and when a lot is called back.
pub(super) async fn a_plan_gives_what_there_is(backend: Backend) -> Result<()> {
    let parcels = Parcels::due(backend).await?;
    only_stock_is_taken(&parcels).await?;
    let old = json!({ "event": "arrived", "pieces": 60, "instalment": 1, "lot": "Λ-0", "use_by": "2022-09-01" });
    let stock = parcels.record(&old).await?;
    assert_eq!(
        (
            &stock["plan_is_older"],
            &stock["lines"][0]["good"],
            &stock["lines"][1]["good"]
        ),
        (&json!(true), &json!(false), &json!(true)),
        "{stock}"
    );
    let mixed = json!({ "event": "arrived", "pieces": 5 });
    let mixed = parcels.coordinator.post(&parcels.of("stock"), &mixed).await?;
    assert_eq!(wrong(&mixed), [("/instalment".to_owned(), "stock-mixed".to_owned())]);

    // A hundred parcels for a hundred and fifty people.
    let short = parcels.plan_again().await?.unwrap();
    assert!(short.contains("50 go without something"), "{short}");
    let (waits, planned) = parcels.waiting(1).await?;
    assert_eq!((waits.len(), planned.len()), (50, 100));
    assert!(
        planned.iter().all(|one| one["items"][0]["supply"] == "parcel"),
        "{}",
        planned[0]
    );
    assert_eq!(
        parcels.waiting(2).await?.0.len(),
        0,
        "of the second nobody said how much there is"
    );
    whoever_waits_is_told(&parcels, &waits[0]).await?;

    // What is handed over is taken off.
    for one in &planned[..10] {
        let path = format!("/api/v1/deliveries/{}/attempts", one["id"].as_str().unwrap());
        let body = json!({ "result": "delivered", "recorded": lot("λ 1") });
        parcels.partner.post(&path, &body).await?.ok();
    }
    assert_eq!(parcels.left("Λ-1").await?, json!(90));

    more_and_less(&parcels).await
}

/// The plan follows what there is: more arrives, a count finds less, a lot is called back.
async fn more_and_less(parcels: &Parcels) -> Result<()> {
    // More arrives: whoever has a parcel keeps it, whoever waited gets one.
    parcels
        .record(&json!({ "event": "arrived", "pieces": 60, "instalment": 1, "lot": "Λ-2" }))
        .await?;
    assert!(parcels.plan_again().await?.is_none(), "there is enough");
    let (none, all) = parcels.waiting(1).await?;
    assert_eq!((none.len(), all.len()), (0, 150));
    assert_eq!(
        all.iter().filter(|one| one["state"]["state"] == "delivered").count(),
        10
    );

    // A count finds thirty of ninety: ninety are left for a hundred and forty.
    let counted = json!({ "event": "counted", "pieces": 30, "instalment": 1, "lot": "Λ-1" });
    parcels.record(&counted).await?;
    assert_eq!(parcels.left("Λ-1").await?, json!(30));
    assert!(parcels.plan_again().await?.is_some());
    assert_eq!(parcels.waiting(1).await?.0.len(), 50);

    // A lot that is called back is nobody's.
    let reason = json!({ "el": "Λάθος ετικέτα.", "en": "A wrong label." });
    let recall = json!({ "lot": "Λ2", "reason": reason });
    parcels.coordinator.post(&parcels.of("recalls"), &recall).await?.ok();
    assert!(parcels.plan_again().await?.is_some());
    let stock = parcels.stock().await?;
    assert_eq!(
        (&stock["waiting"], &stock["plan_is_older"]),
        (&json!(110), &json!(false))
    );
    let page = parcels.coordinator.reading("en");
    let page = page
        .get(&format!("/en/staff/actions/{}/stock", parcels.action))
        .await?
        .text;
    for words in ["110 deliveries wait", "Called back", "Past its day", "Λ-1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(parcels.journal("stock.record").await?.len(), 4);
    Ok(())
}

/// Where nothing is said about instalments, all of them are served from one stock.
pub(super) async fn one_stock_serves_all_instalments(backend: Backend) -> Result<()> {
    let parcels = Parcels::due(backend).await?;
    parcels.record(&json!({ "event": "arrived", "pieces": 400 })).await?;
    let plans = parcels.coordinator.get(&parcels.of("delivery-plans")).await?.ok();
    let plan = plans["items"].as_array().unwrap().last().unwrap().clone();
    let again =
        json!({ "slots": plan["slots"], "reason": { "el": "Έφτασαν 400 πακέτα.", "en": "400 parcels arrived." } });
    let planned = parcels
        .coordinator
        .post(&parcels.of("delivery-plans"), &again)
        .await?
        .ok();
    let unplaced = planned["unplaced"].as_array().unwrap();
    // 133 households get all three; one gets one, sixteen get none.
    assert_eq!(unplaced.len(), 17, "{planned}");
    assert!(unplaced.iter().all(|one| one["reason"] == "no-stock"), "{planned}");
    assert_eq!(parcels.stock().await?["waiting"], json!(50));
    // It can be made again years later, from its own record, as the other plan of the year.
    let replayed = parcels.house.replayed()?;
    let both = json!({ "total": 2, "identical": 2, "erased": 0 });
    assert_eq!(replayed["plans"], both, "{replayed}");
    Ok(())
}
