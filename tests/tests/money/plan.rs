//! Money that settles itself and money that is only planned: what a new action would do to the budget, flat rates and lump sums from
//! their bases and deliverables, and a systemic irregularity over every expense that it touches.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::Backend;
use osn_tests::client::Reply;
use osn_tests::money::{Desk, euros, finding, reads_well, text};
use serde_json::{Value, json};

/// Fields that a refusal names.
fn wrong_at(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    reply.errors().into_iter().map(|(path, ..)| path).collect()
}

/// The city's operation with a deliverable, accepted or not.
async fn deliverable(desk: &Desk, accepted_on: Option<&str>) -> Result<()> {
    let mut operation = desk.coordinator.get("/api/v1/operations").await?.ok()["items"][0].take();
    for gone in ["id", "version"] {
        operation.as_object_mut().context("an operation")?.remove(gone);
    }
    let mut part =
        json!({ "code": "Π1", "work_package": "WP2", "name": { "el": "Έκθεση", "en": "Report" }, "progress": "100" });
    if let Some(day) = accepted_on {
        part["accepted_on"] = json!(day);
    }
    operation["deliverables"] = json!([part]);
    operation["terms"] = json!({ "vat": "non-recoverable" });
    desk.coordinator.post("/api/v1/operations", &operation).await?.ok();
    Ok(())
}

// --- what if there were a new action

#[tokio::test(flavor = "multi_thread")]
async fn what_a_new_action_would_do_is_said_before_it_is_approved() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        desk.approved(&desk.parcels("Α 1")).await?;
        answered(&desk).await?;
        refused(&desk).await?;
        on_the_page(&desk).await?;
        let kept = desk.auditor.get(&desk.of("expenses")).await?.ok();
        assert_eq!(kept["total"], json!(1), "nothing is kept of a question");
    }
    Ok(())
}

fn plan(desk: &Desk) -> Value {
    json!({
        "period": { "from": "2022-11-01", "to": "2023-01-31" }, "sub_project": "SP1",
        "items": [
            { "budget_line_id": desk.line, "subject": "Δέματα χειμώνα", "amount": euros("3000.01"), "nature": "food",
                "award": { "kind": "goods", "path": "direct" } },
            {
                "budget_line_id": desk.other_line, "subject": "Χώρος", "amount": euros("400.00"), "category": "A7",
                "period": { "from": "2022-12-01", "to": "2022-12-31" },
            },
        ],
    })
}

async fn answered(desk: &Desk) -> Result<()> {
    let ask = async |plan: &Value| -> Result<Value> { Ok(desk.auditor.post(&desk.of("what-if"), plan).await?.ok()) };
    let answer = ask(&plan(desk)).await?;
    assert_eq!(answer["fits"], json!(true), "{answer}");
    let line = &answer["lines"][0];
    assert_eq!(
        (&line["free"], &line["planned"], &line["left"]),
        (&euros("4100.00"), &euros("3000.01"), &euros("1099.99")),
        "{line}"
    );
    assert_eq!(answer["items"][1]["category"], json!("A7"));
    ensure!(
        finding(&answer["items"][0]["judgement"], "G-COMMIT").is_some(),
        "the rules say what would be needed: {answer}"
    );
    // 900 of 6,000 are paid; with the action 4,300.01.
    assert_eq!(
        (&answer["now"]["share"], &answer["after"]["share"]),
        (&json!("15.00"), &json!("71.67"))
    );
    assert_eq!(answer["after"]["spent"], euros("4300.01"));
    let months: Vec<(&Value, &Value)> = answer["curve"]
        .as_array()
        .context("a curve")?
        .iter()
        .map(|point| (&point["month"], &point["with_action"]))
        .collect();
    let wanted = [
        (json!("2022-09"), euros("900.00")),
        (json!("2022-11"), euros("1900.01")),
        (json!("2022-12"), euros("3300.01")),
        (json!("2023-01"), euros("4300.01")),
    ];
    let wanted: Vec<(&Value, &Value)> = wanted.iter().map(|(month, sum)| (month, sum)).collect();
    assert_eq!(months, wanted);
    not_fitting(desk).await
}

/// More than a line has, without what procurement law asks, and after the operation's end.
async fn not_fitting(desk: &Desk) -> Result<()> {
    let ask = async |plan: &Value| -> Result<Value> { Ok(desk.auditor.post(&desk.of("what-if"), plan).await?.ok()) };
    let mut beyond = plan(desk);
    beyond["items"][1]["amount"] = euros("1000.01");
    let answer = ask(&beyond).await?;
    assert_eq!(
        (&answer["fits"], &answer["lines"][1]["left"]),
        (&json!(false), &euros("-0.01"))
    );
    ensure!(
        finding(&answer["items"][1]["judgement"], "B-LINE").is_some(),
        "{answer}"
    );
    // Without a contract a written agreement is missing; above the limit a direct award is void.
    let mut bare = plan(desk);
    bare["items"][0].as_object_mut().context("an amount")?.remove("award");
    let answer = ask(&bare).await?;
    ensure!(
        finding(&answer["items"][0]["judgement"], "G-CONTRACT2500").is_some(),
        "{answer}"
    );
    let mut direct = plan(desk);
    direct["items"][0]["amount"] = euros("30000.01");
    let answer = ask(&direct).await?;
    let above = finding(&answer["items"][0]["judgement"], "G-DIRECT30").context("a direct award above the limit")?;
    assert_eq!(
        (&above["verdict"], &answer["fits"]),
        (&json!("reject"), &json!(false)),
        "{above}"
    );
    let mut late = plan(desk);
    late["period"] = json!({ "from": "2023-11-01", "to": "2024-02-29" });
    let answer = ask(&late).await?;
    assert_eq!(answer["items"][0]["judgement"]["outcome"], json!("reject"), "{answer}");
    assert_eq!(
        (&answer["fits"], &answer["eligible"]),
        (&json!(false), &euros("400.00"))
    );
    Ok(())
}

async fn refused(desk: &Desk) -> Result<()> {
    let none = json!("0194d5a8-0000-7000-8000-000000000000");
    for (pointer, value, at) in [
        ("/items/0/amount", euros("0.00"), "/items/0/amount"),
        ("/items/1/budget_line_id", none, "/items/1/budget_line_id"),
        (
            "/period",
            json!({ "from": "2023-01-31", "to": "2022-11-01" }),
            "/period/to",
        ),
        ("/period", json!({ "from": "2023-01-31" }), "/period/to"),
        (
            "/items/1/period",
            json!({ "from": "1822-01-01", "to": "2022-01-01" }),
            "/items/1/period/to",
        ),
        ("/items/0/contract_id", json!(desk.line), "/items/0/contract_id"),
        ("/items", json!([]), "/items"),
        ("/sub_project", json!("SP9"), "/sub_project"),
    ] {
        let mut wrong = plan(desk);
        if pointer.ends_with("/contract_id") {
            wrong["items"][0]["contract_id"] = value;
        } else {
            *wrong.pointer_mut(pointer).context("a field of the plan")? = value;
        }
        let reply = desk.auditor.post(&desk.of("what-if"), &wrong).await?;
        assert_eq!(wrong_at(&reply), [at], "{pointer}");
    }
    Ok(())
}

async fn on_the_page(desk: &Desk) -> Result<()> {
    let page = format!("/staff/money/{}/what-if", desk.operation);
    reads_well(&desk.auditor, &page).await?;
    let begun = desk.auditor.get(&format!("{page}?action={}", desk.action)).await?.text;
    ensure!(
        begun.contains("value=\"2022\""),
        "a draft's own period stands there: {begun}"
    );
    let typed = |amount: &'static str| {
        vec![
            ("rows", "2"),
            ("/period/from-day", "1"),
            ("/period/from-month", "11"),
            ("/period/from-year", "2022"),
            ("/period/to-day", "31"),
            ("/period/to-month", "1"),
            ("/period/to-year", "2023"),
            ("/sub_project", "SP1"),
            ("/items/0/budget_line_id", desk.line.as_str()),
            ("/items/0/subject", "Δέματα χειμώνα"),
            ("/items/0/amount/amount", amount),
            ("/items/0/award/path", "direct"),
            ("/items/0/award/kind", "goods"),
        ]
    };
    let more = [typed("3.000,01"), vec![("op", "part")]].concat();
    let more = desk.auditor.fill(&page, &more).await?;
    ensure!(
        more.text.contains("/items/2/subject") && more.text.contains("3.000,01"),
        "one more row, nothing lost: {}",
        more.text
    );
    let fits = desk.auditor.fill(&page, &typed("3.000,01")).await?;
    for words in [
        "Η δράση χωρά στον προϋπολογισμό",
        "1.099,99",
        "Δέματα χειμώνα",
        "11/2022",
    ] {
        ensure!(fits.text.contains(words), "{words} in {}", fits.text);
    }
    let beyond = desk.auditor.fill(&page, &typed("4.100,01")).await?;
    ensure!(beyond.text.contains("Ζητήστε πρώτα ανακατανομή"), "{}", beyond.text);
    let wrong = desk.auditor.fill(&page, &typed("0,00")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    ensure!(wrong.text.contains("Δέματα χειμώνα"), "{}", wrong.text);
    Ok(())
}

// --- flat rates and lump sums

#[tokio::test(flavor = "multi_thread")]
async fn flat_rates_and_lump_sums_settle_themselves() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        deliverable(&desk, None).await?;
        lines_that_cannot_be(&desk).await?;
        for line in [
            json!({ "code": "5.1", "category": "B4", "form": "flat", "rate": "staff20", "amount": euros("2000.00") }),
            json!({ "code": "5.2", "category": "B2", "form": "lump", "deliverable": "Π1", "amount": euros("250.00") }),
        ] {
            let made = desk.simplified_line("WP1", line).await?;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        }
        twice(&desk).await?;
        settled(&desk).await?;
        at_the_claim(&desk).await?;
    }
    Ok(())
}

async fn lines_that_cannot_be(desk: &Desk) -> Result<()> {
    let flat = |category: &str, rate: &str| json!({ "code": "9", "category": category, "form": "flat", "rate": rate, "amount": euros("1.00") });
    let mut no_rate = flat("B4", "staff20");
    no_rate.as_object_mut().context("a line")?.remove("rate");
    let lump = json!({ "code": "9", "category": "B2", "form": "lump", "deliverable": "Π9", "amount": euros("1.00") });
    for (line, at) in [
        (no_rate, "/rate"),
        // In another category than it makes, and one that this period does not know.
        (flat("B3", "staff20"), "/rate"),
        (flat("B3", "indirect7"), "/rate"),
        (lump, "/deliverable"),
    ] {
        assert_eq!(wrong_at(&desk.simplified_line("WP1", line).await?), [at]);
    }
    Ok(())
}

/// A flat rate on a flat rate is refused with its article.
async fn twice(desk: &Desk) -> Result<()> {
    let line = json!({ "code": "9", "category": "B5", "form": "flat", "rate": "remaining40", "amount": euros("1.00") });
    let reply = desk.simplified_line("WP1", line).await?;
    assert_eq!(wrong_at(&reply), ["/rate"]);
    assert_eq!(reply.errors()[0].1, "E14-FLAT40B.flat-on-flat", "{}", reply.text);
    ensure!(reply.text.contains("68β"), "{}", reply.text);
    Ok(())
}

/// State and amount due of the two lines.
async fn due(desk: &Desk) -> Result<[(String, Value); 2]> {
    let due = desk.auditor.get(&desk.of("settlements")).await?.ok();
    let line = |number: usize| -> Result<(String, Value)> {
        let line = &due["items"][number];
        Ok((text(line, "/state")?, line["due"].clone()))
    };
    Ok([line(0)?, line(1)?])
}

fn state(name: &str, amount: &str) -> (String, Value) {
    (name.to_owned(), euros(amount))
}

async fn settled(desk: &Desk) -> Result<()> {
    let how = json!({ "sub_project": "SP1" });
    let path = desk.of("settlements");
    assert_eq!(due(desk).await?, [state("waiting", "0.00"), state("waiting", "0.00")]);
    let nothing = desk.finance.post(&path, &how).await?;
    assert_eq!(
        (nothing.status, nothing.code()),
        (StatusCode::CONFLICT, "settlement.nothing".into())
    );
    // What nobody approved is no base.
    desk.record(&desk.parcels("Α 9")).await?.ok();
    assert_eq!(due(desk).await?[0], state("waiting", "0.00"));
    desk.approved(&desk.parcels("Α 1")).await?;
    assert_eq!(due(desk).await?, [state("due", "180.00"), state("waiting", "0.00")]);
    deliverable(desk, Some("2022-09-30")).await?;
    assert_eq!(due(desk).await?, [state("due", "180.00"), state("due", "250.00")]);
    let alone = desk.auditor.post(&path, &how).await?;
    assert_eq!(alone.status, StatusCode::FORBIDDEN);
    let made = desk.finance.post(&path, &how).await?;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    for (number, rule, amount) in [(0, "E14-STAFF20", "180.00"), (1, "E14-SETTLE", "250.00")] {
        let expense = &made["items"][number];
        assert_eq!(
            (&expense["declared"], &expense["eligible"]),
            (&euros(amount), &euros(amount)),
            "{expense}"
        );
        assert!(finding(&expense["judgement"], rule).is_none(), "{expense}");
    }
    assert_eq!(due(desk).await?, [state("settled", "0.00"), state("settled", "0.00")]);
    let again = desk.finance.post(&path, &how).await?;
    assert_eq!(again.code(), "settlement.nothing");
    // The base grows: 20 % of 1,350, less what was settled.
    let mut half = desk.parcels("Α 2");
    half["share"] = json!("50");
    desk.approved(&half).await?;
    assert_eq!(due(desk).await?[0], state("due", "90.00"));
    from_the_page(desk).await
}

async fn from_the_page(desk: &Desk) -> Result<()> {
    let page = format!("/staff/money/{}/settlements", desk.operation);
    reads_well(&desk.finance, &page).await?;
    let shown = desk.auditor.get(&page).await?.text;
    ensure!(
        shown.contains("90,00") && !shown.contains("<form method=\"post\" action=\"/staff/money"),
        "an auditor sees what is due and declares nothing: {shown}"
    );
    let silent = desk.finance.fill(&page, &[("/sub_project", "")]).await?;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    let done = desk.finance.fill(&page, &[("/sub_project", "SP1")]).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    Ok(())
}

/// Approved by another person, judged again: on what its base came to in the claim, and on nothing else.
async fn at_the_claim(desk: &Desk) -> Result<()> {
    // Parcels that lack every paper are approved all the same: eligible at entry, rejected at the claim.
    let bare = text(&desk.record(&desk.parcels("Α 3")).await?.ok(), "/expense/id")?;
    desk.coordinator
        .post(&format!("/api/v1/expenses/{bare}/approve"), &json!({}))
        .await?
        .ok();
    // A claim that would go without them says so, and where they are declared.
    let new = json!({ "sub_project": "SP1", "up_to": "2022-10-01" });
    let claim = text(&desk.finance.post(&desk.of("claims"), &new).await?.ok(), "/id")?;
    let draft = format!("/staff/claims/{claim}");
    let says = "Οφείλονται 180,00";
    let shown = desk.finance.get(&draft).await?.text;
    ensure!(shown.contains(says) && shown.contains("/settlements"), "{shown}");
    let made = desk
        .finance
        .post(&desk.of("settlements"), &json!({ "sub_project": "SP1" }))
        .await?
        .ok();
    assert_eq!(made["items"][0]["declared"], euros("180.00"), "{made}");
    ensure!(!desk.finance.get(&draft).await?.text.contains(says), "declared");
    let all = desk.finance.get(&desk.of("expenses")).await?.ok();
    let simplified = all["items"].as_array().context("expenses")?.iter();
    for view in simplified.filter(|view| view["expense"]["document"]["kind"] == json!("simplified")) {
        let id = text(view, "/expense/id")?;
        desk.papers(&id).await?;
        desk.coordinator
            .post(&format!("/api/v1/expenses/{id}/approve"), &json!({}))
            .await?
            .ok();
    }
    let frozen = desk
        .finance
        .post(&format!("/api/v1/claims/{claim}/freeze"), &json!({}))
        .await?
        .ok();
    // 900 and 450 of parcels and the lump sum, 20 % of them: what the rejected parcels had carried is cut.
    assert_eq!(frozen["totals"]["claimed"], euros("1920.00"), "{frozen}");
    let lines = frozen["lines"].as_array().context("lines")?;
    let flat: Vec<&Value> = lines
        .iter()
        .filter(|line| line["number"] == json!("5.1"))
        .map(|line| &line["eligible"])
        .collect();
    assert_eq!(flat, [&euros("180.00"), &euros("90.00"), &euros("50.00")], "{frozen}");
    let cut = lines.iter().find_map(|line| finding(&line["judgement"], "E14-STAFF20"));
    let cut = cut.context("the rate is cut with its article")?;
    ensure!(
        cut["amount"] == euros("130.00") && text(cut, "/article/el")?.contains("68α"),
        "{cut}"
    );
    let replayed = desk.auditor.post("/api/v1/judgements/replay", &json!({})).await?.ok();
    assert_eq!(replayed["identical"], replayed["judged"], "{replayed}");
    Ok(())
}

// --- systemic irregularities

#[tokio::test(flavor = "multi_thread")]
async fn a_systemic_irregularity_corrects_every_expense_that_it_touches() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        desk.approved(&desk.parcels("Α 1")).await?;
        let mut half = desk.parcels("Α 2");
        half["share"] = json!("50.01");
        desk.approved(&half).await?;
        let mut other = desk.parcels("Α 3");
        other["budget_line_id"] = json!(desk.other_line);
        let bare = text(&desk.record(&other).await?.ok(), "/expense/id")?;
        found(&desk, &bare).await?;
        claim(&desk, "1350.09").await?;
        let group = recorded(&desk).await?;
        decided(&desk, &group).await?;
        by_page(&desk).await?;
    }
    Ok(())
}

async fn claim(desk: &Desk, claimed: &str) -> Result<Value> {
    let (_, frozen) = desk.frozen("SP1", "2022-09-30").await?;
    assert_eq!(frozen["totals"]["claimed"], euros(claimed), "{frozen}");
    Ok(frozen)
}

fn systemic(criterion: Value, rate: &str) -> Value {
    json!({
        "criterion": criterion, "rate": rate, "found_by": "audit-authority", "found_on": "2022-09-30",
        "article": "ν. 4412/2016, άρθρο 118", "finding": "Η ανάθεση κατατμήθηκε",
    })
}

/// Every criterion finds what it should, and nothing is kept; what cannot be is refused at its field.
async fn found(desk: &Desk, bare: &str) -> Result<()> {
    let path = desk.of("systemic-irregularities/what-if");
    for (criterion, touches) in [
        (json!({ "by": "supplier", "supplier_id": desk.supplier }), 3),
        (json!({ "by": "line", "budget_line_id": desk.line }), 2),
        (json!({ "by": "line", "budget_line_id": desk.other_line }), 1),
        (json!({ "by": "rule", "rule": "D01-DOCUMENT" }), 1),
        (json!({ "by": "rule", "rule": "E14-LAND" }), 0),
        (json!({ "by": "contract", "contract_id": desk.line }), 0),
    ] {
        let view = desk.auditor.post(&path, &systemic(criterion.clone(), "10")).await?.ok();
        let items = view["items"].as_array().context("expenses")?;
        assert_eq!(items.len(), touches, "{criterion}: {view}");
        if criterion["rule"] == json!("D01-DOCUMENT") {
            assert_eq!(items[0]["expense_id"], json!(bare), "the one without an invoice");
        }
    }
    let register = desk.auditor.get(&desk.of("irregularities")).await?.ok();
    assert_eq!(register["total"], json!(0), "looking keeps nothing");
    for (field, value, at) in [
        ("rate", json!("0"), "/rate"),
        ("rate", json!("100.01"), "/rate"),
        ("article", json!(" "), "/article"),
        ("finding", json!(""), "/finding"),
        ("found_on", json!("2023-01-01"), "/found_on"),
    ] {
        let mut wrong = systemic(json!({ "by": "rule", "rule": "E14-LAND" }), "10");
        wrong[field] = value;
        assert_eq!(wrong_at(&desk.auditor.post(&path, &wrong).await?), [at], "{field}");
    }
    let nothing = systemic(json!({ "by": "rule", "rule": "E14-LAND" }), "10");
    let nothing = desk.finance.post(&desk.of("systemic-irregularities"), &nothing).await?;
    assert_eq!(
        (nothing.status, nothing.code()),
        (StatusCode::CONFLICT, "irregularity.touches-nothing".into())
    );
    Ok(())
}

async fn recorded(desk: &Desk) -> Result<String> {
    let new = systemic(json!({ "by": "line", "budget_line_id": desk.line }), "33.33");
    let alone = desk.auditor.post(&desk.of("systemic-irregularities"), &new).await?;
    assert_eq!(alone.status, StatusCode::FORBIDDEN);
    let view = desk.finance.post(&desk.of("systemic-irregularities"), &new).await?;
    assert_eq!(view.status, StatusCode::CREATED, "{}", view.text);
    let view = view.json();
    // 33.33 % of 1,350.09 is 449.985: rounded once, over both.
    assert_eq!(
        (&view["examined"], &view["amount"]),
        (&euros("1350.09"), &euros("449.98")),
        "{view}"
    );
    let amounts: Vec<&Value> = view["items"]
        .as_array()
        .context("expenses")?
        .iter()
        .map(|item| &item["amount"])
        .collect();
    assert_eq!(amounts, [&euros("299.97"), &euros("150.01")]);
    let register = desk.auditor.get(&desk.of("irregularities")).await?.ok();
    assert_eq!(register["total"], json!(2), "one in the register for each expense");
    text(&view, "/id")
}

async fn decided(desk: &Desk, group: &str) -> Result<()> {
    let address = format!("/api/v1/systemic-irregularities/{group}");
    let alone = desk.finance.post(&format!("{address}/confirm"), &json!({})).await?;
    assert_eq!(
        (alone.status, alone.code()),
        (StatusCode::CONFLICT, "money.same-person".into())
    );
    let confirmed = desk
        .coordinator
        .post(&format!("{address}/confirm"), &json!({}))
        .await?
        .ok();
    for item in confirmed["items"].as_array().context("expenses")? {
        assert_eq!(item["state"], json!("confirmed"), "{confirmed}");
    }
    let again = desk.coordinator.post(&format!("{address}/confirm"), &json!({})).await?;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    // The next claim takes it off, expense by expense.
    desk.approved(&desk.parcels("Α 4")).await?;
    let frozen = claim(desk, "450.02").await?;
    assert_eq!(frozen["totals"]["corrections"], euros("-449.98"), "{frozen}");
    let shown = desk.auditor.get(&address).await?.ok();
    assert_eq!(shown["items"][1]["state"], json!("corrected"), "{shown}");
    Ok(())
}

/// The same from the pages: looked at first, recorded, dismissed by another person.
async fn by_page(desk: &Desk) -> Result<()> {
    let page = format!("/staff/money/{}/systemic", desk.operation);
    reads_well(&desk.finance, &page).await?;
    let typed = |by: &'static str, op: &'static str| {
        vec![
            ("op", op),
            ("/criterion/by", by),
            ("/criterion/budget_line_id", desk.line.as_str()),
            ("/rate", "5"),
            ("/found_by", "own"),
            ("/found_on-day", "30"),
            ("/found_on-month", "9"),
            ("/found_on-year", "2022"),
            ("/article", "άρθρο 118"),
            ("/finding", "Κατάτμηση"),
            ("/fraud", "no"),
        ]
    };
    let no_field = desk.finance.fill(&page, &typed("contract", "look")).await?;
    assert_eq!(no_field.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", no_field.text);
    ensure!(no_field.text.contains("Κατάτμηση"), "{}", no_field.text);
    let looked = desk.finance.fill(&page, &typed("line", "look")).await?;
    ensure!(
        looked.status == StatusCode::OK && looked.text.contains("Δαπάνες που αγγίζει") && looked.text.contains("Α 4"),
        "{}",
        looked.text
    );
    let done = desk.finance.fill(&page, &typed("line", "")).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let place = done.headers["location"].to_str()?;
    let group = place.split('?').next().unwrap_or_default().to_owned();
    reads_well(&desk.coordinator, &group).await?;
    let alone = desk.finance.fill(&format!("{group}/confirm"), &[]).await?;
    assert_eq!(alone.status, StatusCode::CONFLICT, "{}", alone.text);
    let why = [("/reason", "Δεν ισχύει")];
    let dismissed = desk.coordinator.fill(&format!("{group}/dismiss"), &why).await?;
    assert_eq!(dismissed.status, StatusCode::SEE_OTHER, "{}", dismissed.text);
    let shown = desk.auditor.get(&group).await?.text;
    ensure!(shown.contains("Απορρίφθηκε"), "{shown}");
    let register = format!("/staff/money/{}/irregularities", desk.operation);
    let register = desk.finance.get(&register).await?.text;
    ensure!(register.contains(&page), "the register leads to the form: {register}");
    Ok(())
}
