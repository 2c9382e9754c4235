//! Money: unit costs and lump sums settle from indicators, which count what arrived at people; nobody types what was reached, one
//! person counts once, and what was settled is approved by another, claimed and judged again.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::Backend;
use osn_tests::client::Reply;
use osn_tests::money::{Desk, euros, finding, reads_well, text};
use serde_json::{Value, json};

/// The indicators of the story: people, what arrived, and households with a target.
const PERSONS: &str = "D1";
const ARRIVED: &str = "D2";
const HOUSEHOLDS: &str = "D3";

#[tokio::test(flavor = "multi_thread")]
async fn unit_costs_and_lump_sums_settle_from_what_was_counted() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        let reached = defined(&desk).await?;
        one_person_counts_once(&desk, reached).await?;
        lines_that_cannot_be(&desk).await?;
        let expense = settled(&desk, reached).await?;
        held_to_what_was_counted(&desk, reached).await?;
        traced(&desk, &expense).await?;
        at_its_target(&desk, reached).await?;
        on_the_pages(&desk).await?;
        at_the_claim(&desk, reached).await?;
    }
    Ok(())
}

/// Of the parcels alone: the operation pays other actions too.
fn indicator(desk: &Desk, unit: &str, target: Option<u64>) -> Value {
    let mut body = json!({
        "name": { "el": "Άνθρωποι με δέμα", "en": "People with a parcel" }, "kind": "output", "unit": unit,
        "actions": [desk.action],
        "source": "Απόφαση ένταξης, παράρτημα δεικτών",
    });
    if let Some(target) = target {
        body["target"] = json!(target);
    }
    body
}

fn wrong_at(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    reply.errors().into_iter().map(|(path, ..)| path).collect()
}

/// What each indicator has reached, and how many units of it are declared.
async fn values(desk: &Desk) -> Result<Vec<(String, u64, u64)>> {
    let found = desk.auditor.get(&desk.of("indicators")).await?.ok();
    let number = |value: &Value| value.as_u64().with_context(|| format!("no number in {found}"));
    let items = found["items"].as_array().context("indicators")?.iter();
    items
        .map(|item| {
            Ok((
                text(item, "/code")?,
                number(&item["value"])?,
                number(&item["declared"])?,
            ))
        })
        .collect()
}

/// What was reached: people, and households to which the first parcel came.
#[derive(Clone, Copy)]
struct Reached {
    people: u64,
    households: u64,
}

/// Defined by whoever keeps the operation, with its source; counted by nobody's hand.
async fn defined(desk: &Desk) -> Result<Reached> {
    let path = |code: &str| desk.of(&format!("indicators/{code}"));
    let refused = desk
        .auditor
        .put(&path(PERSONS), &indicator(desk, "persons", None))
        .await?;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for (field, value, at) in [
        ("source", json!(" "), "/source"),
        ("target", json!(0), "/target"),
        ("actions", json!([desk.line]), "/actions/0"),
        ("unit", json!("smiles"), "/unit"),
    ] {
        let mut wrong = indicator(desk, "persons", None);
        wrong[field] = value;
        assert_eq!(
            wrong_at(&desk.coordinator.put(&path(PERSONS), &wrong).await?),
            [at],
            "{field}"
        );
    }
    assert_eq!(values(desk).await?, [], "nothing is kept of what was refused");
    let made = desk
        .coordinator
        .put(&path(PERSONS), &indicator(desk, "persons", None))
        .await?
        .ok();
    assert_eq!(made["actions"][0]["action_id"], json!(desk.action), "{made}");
    let of_action = indicator(desk, "deliveries", None);
    desk.coordinator.put(&path(ARRIVED), &of_action).await?.ok();
    let arrived = format!("/api/v1/actions/{}/deliveries?state=delivered&limit=1", desk.action);
    let arrived = desk.auditor.get(&arrived).await?.ok()["total"]
        .as_u64()
        .context("a total")?;
    let target = indicator(desk, "households", Some(arrived + 1));
    desk.coordinator.put(&path(HOUSEHOLDS), &target).await?.ok();
    let found = values(desk).await?;
    let [(_, people, 0), (_, deliveries, 0), (_, households, 0)] = found.as_slice() else {
        anyhow::bail!("three indicators of which nothing is declared: {found:?}");
    };
    assert_eq!(
        (deliveries, households),
        (&arrived, &arrived),
        "one parcel for each household so far"
    );
    ensure!(people >= households && *households > 100, "{found:?}");
    Ok(Reached {
        people: *people,
        households: *households,
    })
}

/// One more parcel to a household that had one: more was delivered, nobody more was reached.
async fn one_person_counts_once(desk: &Desk, reached: Reached) -> Result<()> {
    let had = format!("/api/v1/actions/{}/deliveries?state=delivered&limit=200", desk.action);
    let had = desk.auditor.get(&had).await?.ok();
    let had: Vec<&Value> = had["items"]
        .as_array()
        .context("deliveries")?
        .iter()
        .map(|one| &one["award_id"])
        .collect();
    let next = format!("/api/v1/actions/{}/deliveries?instalment=2&limit=200", desk.action);
    let next = desk.auditor.get(&next).await?.ok();
    let mut next = next["items"].as_array().context("deliveries")?.iter();
    let second = next
        .find(|one| had.contains(&&one["award_id"]))
        .context("a second parcel")?;
    let day = text(second, "/planned_for")?;
    desk.house.played.clock.set(format!("{day}T09:00:00Z").parse()?);
    let partner = desk.house.staff("partner").await?;
    let recorded = json!({ "lot": "Λ-2", "use-by": "2022-12-31", "proof": "signed" });
    let brought = json!({ "result": "delivered", "recorded": recorded });
    let address = format!("/api/v1/deliveries/{}/attempts", text(second, "/id")?);
    partner.post(&address, &brought).await?.ok();
    let found = values(desk).await?;
    let counted: Vec<u64> = found.iter().map(|(_, value, _)| *value).collect();
    assert_eq!(
        counted,
        [reached.people, reached.households + 1, reached.households],
        "{found:?}"
    );
    Ok(())
}

async fn lines_that_cannot_be(desk: &Desk) -> Result<()> {
    let unit = |indicator: &str| json!({ "code": "9", "category": "B1", "form": "unit", "indicator": indicator, "amount": euros("1.00") });
    let mut unknown = unit("D9");
    unknown["unit_cost"] = euros("1.00");
    let lump = json!({ "code": "9", "category": "B2", "form": "lump", "indicator": PERSONS, "amount": euros("1.00") });
    let actual =
        json!({ "code": "9", "category": "A4", "form": "actual", "indicator": PERSONS, "amount": euros("1.00") });
    for (line, at) in [
        (unit(PERSONS), "/unit_cost"),
        (unknown, "/indicator"),
        // Without a target a lump sum is never due; what was paid settles from nothing.
        (lump, "/indicator"),
        (actual, "/indicator"),
    ] {
        let reply = desk.simplified_line("WP2", line).await?;
        assert_eq!(wrong_at(&reply), [at], "{}", reply.text);
    }
    for line in [
        json!({
            "code": "6.1", "category": "B1", "form": "unit", "indicator": PERSONS, "unit_cost": euros("12.50"),
            "amount": euros("50000.00"),
        }),
        json!({ "code": "6.2", "category": "B2", "form": "lump", "indicator": HOUSEHOLDS, "amount": euros("250.00") }),
    ] {
        let made = desk.simplified_line("WP2", line).await?;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    }
    Ok(())
}

/// 12.50 for each person, to the cent.
fn cost(people: u64) -> Value {
    let cents = people * 1250;
    euros(&format!("{}.{:02}", cents / 100, cents % 100))
}

async fn due(desk: &Desk) -> Result<Vec<(String, Value)>> {
    let due = desk.auditor.get(&desk.of("settlements")).await?.ok();
    let items = due["items"].as_array().context("lines")?.iter();
    items
        .map(|line| Ok((text(line, "/state")?, line["due"].clone())))
        .collect()
}

fn state(name: &str, amount: Value) -> (String, Value) {
    (name.to_owned(), amount)
}

/// Declared by one person, approved by another; the same people are never declared again.
async fn settled(desk: &Desk, reached: Reached) -> Result<String> {
    let path = desk.of("settlements");
    let how = json!({ "sub_project": "SP1" });
    assert_eq!(
        due(desk).await?,
        [state("due", cost(reached.people)), state("waiting", euros("0.00"))]
    );
    let told = desk.auditor.get(&path).await?.ok();
    assert_eq!(
        (
            &told["items"][0]["units"],
            &told["items"][0]["measured"],
            &told["items"][1]["target"]
        ),
        (
            &json!(reached.people),
            &json!(reached.people),
            &json!(reached.households + 1)
        ),
        "{told}"
    );
    assert_eq!(desk.auditor.post(&path, &how).await?.status, StatusCode::FORBIDDEN);
    let made = desk.finance.post(&path, &how).await?;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    let view = &made["items"][0];
    assert_eq!(
        (
            &view["declared"],
            &view["eligible"],
            &view["expense"]["form"]["quantity"]
        ),
        (&cost(reached.people), &cost(reached.people), &json!(reached.people)),
        "{view}"
    );
    assert!(finding(&view["judgement"], "E14-SETTLE").is_none(), "{view}");
    assert_eq!(
        (
            &view["expense"]["indicator"],
            &view["expense"]["allocations"][0]["action_id"]
        ),
        (&json!(PERSONS), &json!(desk.action))
    );
    let id = text(view, "/expense/id")?;
    let approve = format!("/api/v1/expenses/{id}/approve");
    let alone = desk.finance.post(&approve, &json!({})).await?;
    assert_eq!(
        (alone.status, alone.code()),
        (StatusCode::CONFLICT, "money.same-person".into())
    );
    desk.papers(&id).await?;
    desk.coordinator.post(&approve, &json!({})).await?.ok();
    assert_eq!(due(desk).await?[0], state("settled", euros("0.00")));
    assert_eq!(desk.finance.post(&path, &how).await?.code(), "settlement.nothing");
    assert_eq!(values(desk).await?[0].2, reached.people, "every unit is declared");
    Ok(id)
}

/// What somebody types is held to what was counted, with the figures; what an indicator counts stays once it was settled from.
async fn held_to_what_was_counted(desk: &Desk, reached: Reached) -> Result<()> {
    let mut by_hand = desk.parcels("Μ 1");
    by_hand["category"] = json!("B1");
    by_hand["indicator"] = json!(PERSONS);
    by_hand["form"] = json!({ "form": "unit", "quantity": 2, "unit_cost": euros("12.50") });
    by_hand["document"] = json!({
        "kind": "simplified", "number": "Μ 1", "issued_on": "2022-09-28",
        "net": euros("25.00"), "vat": euros("0.00"), "gross": euros("25.00"),
    });
    for gone in ["supplier_id", "budget_line_id", "withheld"] {
        by_hand.as_object_mut().context("an expense")?.remove(gone);
    }
    let judged = desk.what_if(&by_hand).await?;
    let cut = finding(&judged, "E14-SETTLE").context("nobody is left to declare")?;
    assert_eq!(
        (&cut["verdict"], &cut["amount"]),
        (&json!("cut"), &euros("25.00")),
        "{cut}"
    );
    let said = text(cut, "/reason/el")?;
    ensure!(
        said.contains(&format!("μέτρησε {}", reached.people)) && said.contains("Δηλώνονται 2 μονάδες"),
        "{said}"
    );
    by_hand["indicator"] = json!("D9");
    let unknown = desk.record(&by_hand).await?;
    assert_eq!(wrong_at(&unknown), ["/indicator"]);
    let otherwise = indicator(desk, "deliveries", None);
    let path = desk.of(&format!("indicators/{PERSONS}"));
    let used = desk.coordinator.put(&path, &otherwise).await?;
    assert_eq!(
        (used.status, used.code()),
        (StatusCode::CONFLICT, "indicator.used".into())
    );
    Ok(())
}

/// From the euro to the people's deliveries, and what each of them cost.
async fn traced(desk: &Desk, expense: &str) -> Result<()> {
    let trace = desk
        .auditor
        .get(&format!("/api/v1/expenses/{expense}/trace"))
        .await?
        .ok();
    let part = &trace["items"][0];
    assert_eq!(part["action_id"], json!(desk.action), "{trace}");
    let delivery = text(part, "/deliveries/0/delivery_id")?;
    text(part, "/certificate_id")?;
    let paid = desk
        .auditor
        .get(&format!("/api/v1/deliveries/{delivery}/money"))
        .await?
        .ok();
    assert_eq!(paid["items"][0]["expense_id"], json!(expense), "{paid}");
    let costs = desk.auditor.get(&desk.of("unit-costs")).await?.ok();
    assert_eq!(costs["items"][0]["per_person"], euros("12.50"), "{costs}");
    Ok(())
}

/// A lump sum is due once its target is reached, and not before.
async fn at_its_target(desk: &Desk, reached: Reached) -> Result<()> {
    let path = desk.of(&format!("indicators/{HOUSEHOLDS}"));
    let target = indicator(desk, "households", Some(reached.households));
    desk.coordinator.put(&path, &target).await?.ok();
    assert_eq!(due(desk).await?[1], state("due", euros("250.00")));
    let page = format!("/staff/money/{}/settlements", desk.operation);
    let shown = desk.finance.get(&page).await?.text;
    ensure!(shown.contains("με στόχο") && shown.contains("Δείκτης D1"), "{shown}");
    let done = desk.finance.fill(&page, &[("/sub_project", "SP1")]).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(due(desk).await?[1], state("settled", euros("0.00")));
    reads_well(&desk.finance, &page).await
}

/// Defined, seen with where it comes from, and chosen for a line, from the pages alone.
async fn on_the_pages(desk: &Desk) -> Result<()> {
    let page = format!("/staff/money/{}/indicators", desk.operation);
    reads_well(&desk.auditor, &page).await?;
    let seen = desk.auditor.get(&page).await?.text;
    ensure!(
        seen.contains("Απόφαση ένταξης, παράρτημα δεικτών") && !seen.contains("name=\"/code\""),
        "an auditor sees the source and defines nothing: {seen}"
    );
    let typed = |code: &'static str, target: &'static str| {
        vec![
            ("/code", code),
            ("/name/el", "Ραντεβού"),
            ("/kind", "result"),
            ("/unit", "deliveries"),
            ("/target", target),
            ("/source", "Τεχνικό δελτίο"),
        ]
    };
    let wrong = desk.coordinator.fill(&page, &typed("D4", "0")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    ensure!(
        wrong.text.contains("value=\"Τεχνικό δελτίο\""),
        "nothing is lost: {}",
        wrong.text
    );
    let kept = desk.coordinator.fill(&page, &typed("D4", "100000")).await?;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let seen = desk.coordinator.get(&format!("/en{page}")).await?.text;
    ensure!(seen.contains("100,000") && seen.contains("Not yet"), "{seen}");
    let budget = format!("/staff/money/{}/budget", desk.operation);
    ensure!(
        desk.finance.get(&budget).await?.text.contains("Ραντεβού"),
        "the budget offers it"
    );
    Ok(())
}

/// Judged again at the claim on what was counted then, and again from the frozen input.
async fn at_the_claim(desk: &Desk, reached: Reached) -> Result<()> {
    let all = desk.finance.get(&desk.of("expenses")).await?.ok();
    for view in all["items"].as_array().context("expenses")? {
        let id = text(view, "/expense/id")?;
        if view["state"] == json!("entered") {
            desk.papers(&id).await?;
            desk.coordinator
                .post(&format!("/api/v1/expenses/{id}/approve"), &json!({}))
                .await?
                .ok();
        }
    }
    let (_, frozen) = desk.frozen("SP1", "2022-12-31").await?;
    let lines = frozen["lines"].as_array().context("lines")?;
    let line = |number: &str| {
        lines
            .iter()
            .find(|line| line["number"] == json!(number))
            .map(|line| &line["eligible"])
    };
    assert_eq!(
        (line("6.1"), line("6.2")),
        (Some(&cost(reached.people)), Some(&euros("250.00"))),
        "{frozen}"
    );
    let replayed = desk.auditor.post("/api/v1/judgements/replay", &json!({})).await?.ok();
    assert_eq!(
        (&replayed["identical"], &replayed["different"]),
        (&replayed["judged"], &json!([])),
        "{replayed}"
    );
    let tables = desk.auditor.get(&desk.of("tables")).await?;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(tables.bytes))?;
    let mut table = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("indicators.csv")?, &mut table)?;
    ensure!(
        table.contains(&format!("D1,Άνθρωποι με δέμα,output,persons,,{}", reached.people)),
        "{table}"
    );
    Ok(())
}
