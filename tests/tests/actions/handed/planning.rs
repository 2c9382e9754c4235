//! A plan from the page: what each round offers, and the program says who comes when.
use anyhow::Result;
use osn_tests::app::Backend;
use osn_tests::network::form;
use serde_json::json;

use super::{Parcels, at, wrong};

/// Three instalments, of which the first offers something.
fn typed_in() -> Vec<(String, String)> {
    let mut typed: Vec<(String, String)> = Vec::new();
    for (slot, month) in [(0, "9"), (1, "10"), (2, "11")] {
        for (part, value) in [("day", "20"), ("month", month), ("year", "2022")] {
            typed.push((format!("/slots/{slot}/date-{part}"), value.to_owned()));
        }
    }
    let mut say = |name: &str, value: &str| typed.push((name.to_owned(), value.to_owned()));
    say("/reason/el", "Ένα αυτοκίνητο, εκατό πακέτα.");
    say("/slots/0/occasion/features", "morning");
    say("/slots/0/occasion/starts", "09:30");
    say("/slots/0/occasion/capacity", "100");
    typed
}

/// Three instalments; the first is brought in the morning, by a car that takes a hundred parcels.
pub(super) async fn a_coordinator_plans_routes_from_the_page(backend: Backend) -> Result<()> {
    let parcels = Parcels::due(backend).await?;
    at(&parcels.house, "2022-09-01T08:00:00Z");
    let coordinator = parcels.house.staff("coordinator").await?.reading("en");
    let address = format!("/en/staff/actions/{}/plan", parcels.action);
    let asked = coordinator.get(&address).await?.text;
    for words in [
        "Instalment 1: where, when, for whom",
        "What it offers",
        "morning",
        "Most people",
    ] {
        assert!(asked.to_lowercase().contains(&words.to_lowercase()), "{words}: {asked}");
    }
    let typed = typed_in();
    let send = async |typed: &[(String, String)]| {
        let pairs: Vec<(&str, &str)> = typed
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        form(&coordinator, &address, &pairs).await
    };
    // What cannot be a round is told beside its question, and nothing that was typed is lost.
    let mut wrongly = typed.clone();
    wrongly.push(("/slots/1/occasion/minutes".to_owned(), "πολλά".to_owned()));
    let refused = send(&wrongly).await?;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
    assert!(refused.text.contains("value=\"09:30\""), "{}", refused.text);
    let made = send(&typed).await?;
    assert_eq!(made.status.as_u16(), 200, "{}", made.text);
    assert!(made.text.contains("50 go without something"), "{}", made.text);
    let partner = parcels.house.staff("partner").await?;
    let occasions = partner.get(&parcels.of("occasions")).await?.ok();
    let first = &occasions["items"][0];
    assert_eq!(
        (
            &first["starts"],
            &first["features"][0]["key"],
            &first["capacity"],
            &first["people"]
        ),
        (&json!("09:30:00"), &json!("morning"), &json!(100), &json!(100)),
        "{occasions}"
    );
    assert_eq!(
        occasions["items"][1]["people"],
        json!(150),
        "the second round is everybody's"
    );
    // Whoever has no place in the first round is on no list of its day.
    let day = partner
        .post(&parcels.of("day-lists"), &json!({ "day": "2022-09-20" }))
        .await?
        .ok();
    assert_eq!(day["entries"].as_array().map(Vec::len), Some(100));
    // The next version begins with what stands.
    let again = coordinator.get(&address).await?.text;
    assert!(
        again.contains("value=\"09:30\"") && again.contains("value=\"100\""),
        "{again}"
    );
    let nowhere = json!({ "slots": [
        { "instalment": 1, "date": "2022-09-20", "occasion": { "place": "the-moon" } },
        { "instalment": 2, "date": "2022-10-20" }, { "instalment": 3, "date": "2022-11-20" },
    ], "reason": { "el": "Δοκιμή.", "en": "A trial." } });
    let refused = coordinator.post(&parcels.of("delivery-plans"), &nowhere).await?;
    assert_eq!(
        wrong(&refused),
        [("/slots/0/occasion/place".to_owned(), "unknown-option".to_owned())]
    );
    Ok(())
}
