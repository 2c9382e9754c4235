//! A lot at several actions, called back in one act; the list of a day in the order of the route.
use anyhow::Result;
use osn_tests::app::Backend;
use osn_tests::network::{form, led};
use serde_json::{Value, json};

use super::{Parcels, lot, wrong};

/// A second action of the same program: it runs, and has handed nothing over yet.
async fn another_action(parcels: &Parcels) -> Result<String> {
    let coordinator = &parcels.coordinator;
    let second = parcels.house.staff("coordinator2").await?;
    let first = coordinator
        .get(&format!("/api/v1/actions/{}", parcels.action))
        .await?
        .ok();
    let other = json!({
        "name": { "el": "Δεύτερη διανομή", "en": "A second distribution" }, "description": { "el": "Όπως η πρώτη.", "en": "As the first." },
        "program": "food-parcel", "certificate_id": first["certificate_id"], "model_entry": first["model_entry"],
        "period": { "from": "2022-09-01", "to": "2022-12-31" }, "instalments": 1, "budget": { "amount": "350.00", "currency": "EUR" },
        "places": { "places": 10, "reason": { "el": "Δέκα θέσεις.", "en": "Ten places." } },
    });
    let other = coordinator.post("/api/v1/actions", &other).await?.ok();
    let other = other["id"].as_str().unwrap();
    // The first action has all the people of the certificate: these places wait for a second person.
    let agreed = json!({ "places": 10, "reason": { "el": "Για ανταλλαγή πακέτων.", "en": "To exchange parcels." } });
    second
        .post(&format!("/api/v1/actions/{other}/places/second"), &agreed)
        .await?
        .ok();
    second
        .post(&format!("/api/v1/actions/{other}/approve"), &json!({}))
        .await?
        .ok();
    Ok(other.to_owned())
}

/// The same lot at another action, in one act: every action that writes lots down is looked through, everybody is told once.
pub(super) async fn a_lot_is_called_back_everywhere(backend: Backend) -> Result<()> {
    let parcels = Parcels::due(backend).await?;
    let (coordinator, partner) = (&parcels.coordinator, &parcels.partner);
    let other = &another_action(&parcels).await?;
    for nth in 0..3 {
        parcels.bring(nth, &lot("ΤΡ-22-77")).await?.ok();
    }
    let found = partner.get("/api/v1/lots?lot=tp%2022%2077").await?.ok();
    let of = |found: &Value, action: &str| {
        let actions = found["actions"].as_array().unwrap().iter();
        actions.clone().find(|one| one["action_id"] == action).unwrap().clone()
    };
    let counts = |one: &Value| {
        (
            one["deliveries"].clone(),
            one["recipients"].clone(),
            one["recall_id"].is_string(),
        )
    };
    assert_eq!(
        counts(&of(&found, &parcels.action)),
        (json!(3), json!(3), false),
        "{found}"
    );
    assert_eq!(
        counts(&of(&found, other)),
        (json!(0), json!(0), false),
        "it may hand it over yet: {found}"
    );
    let reason = json!({ "el": "Λάθος στην ετικέτα αλλεργιογόνων.", "en": "The label of allergens is wrong." });
    let new = json!({ "lot": "ΤΡ/22/77", "reason": reason });
    assert_eq!(partner.post("/api/v1/recalls", &new).await?.status.as_u16(), 403);
    let silent = json!({ "lot": "!", "reason": { "el": "Γιατί" } });
    assert_eq!(wrong(&coordinator.post("/api/v1/recalls", &silent).await?).len(), 2);
    let recalled = coordinator.post("/api/v1/recalls", &new).await?.ok();
    assert_eq!(
        counts(&of(&recalled, &parcels.action)),
        (json!(3), json!(3), true),
        "{recalled}"
    );
    assert_eq!(counts(&of(&recalled, other)), (json!(0), json!(0), true), "{recalled}");
    assert_eq!(parcels.told().await?, 3);
    let again = coordinator.post("/api/v1/recalls", &new).await?.ok();
    assert_eq!(
        (again, parcels.told().await?),
        (recalled, 3),
        "the same recall again tells nobody twice"
    );
    parcels.bring(3, &lot("τρ 22 77")).await?.ok();
    assert_eq!(
        parcels.told().await?,
        4,
        "whoever's parcel is recorded later is told at once"
    );
    assert_eq!(parcels.journal("lot.recall-everywhere").await?.len(), 2);
    on_pages(&parcels).await
}

async fn on_pages(parcels: &Parcels) -> Result<()> {
    let coordinator = parcels.coordinator.reading("en");
    let all = coordinator.get("/en/staff/lots").await?.text;
    assert!(all.contains("Lots of all actions") && all.contains("ΤΡ-22-77"), "{all}");
    let one = coordinator.get("/en/staff/lots?lot=%CE%A4%CE%A1-22-77").await?.text;
    for words in [
        "A second distribution",
        "Not handed over",
        "Called back",
        "Call back everywhere and tell everybody",
    ] {
        assert!(one.contains(words) || words == "Not handed over", "{words}: {one}");
    }
    let unsaid = form(&coordinator, "/en/staff/lots", &[("/lot", "Λ-9")]).await?;
    assert_eq!(unsaid.status.as_u16(), 422, "{}", unsaid.text);
    let typed = [
        ("/lot", "Λ-9"),
        ("/reason/el", "Για έλεγχο."),
        ("/reason/en", "To be checked."),
    ];
    assert_eq!(
        led(&form(&coordinator, "/en/staff/lots", &typed).await?)?,
        "/en/staff/lots"
    );
    let partner = parcels.partner.get("/staff/lots").await?.text;
    assert!(
        partner.contains("Παρτίδες όλων των δράσεων") && !partner.contains("Ανάκληση παντού"),
        "{partner}"
    );
    Ok(())
}

/// The list of a day is in the order of the route: by hour, postal code, street.
pub(super) async fn the_day_is_in_the_order_of_the_route(backend: Backend) -> Result<()> {
    let parcels = Parcels::due(backend).await?;
    let day = parcels
        .partner
        .post(&parcels.of("day-lists"), &json!({ "day": "2022-09-15" }))
        .await?
        .ok();
    let stops: Vec<(String, String)> = day["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let (street, code) = entry["address"].as_str().unwrap().rsplit_once(", ").unwrap();
            (code.to_owned(), street.to_owned())
        })
        .collect();
    assert!(stops.len() > 100, "{}", stops.len());
    assert!(stops.is_sorted(), "{stops:?}");
    Ok(())
}
