//! Money: parts of an expense belong to a delivery, a deliverable, a sub-project and a year, and nowhere else; both databases.
use std::io::Cursor;

use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use calamine::{Data, Reader as _};
use osn_tests::app::Backend;
use osn_tests::money::{Desk, euros, finding, text};
use osn_tests::network::{another, at_fields};
use serde_json::{Value, json};

/// Two deliveries of the first instalment that arrived.
async fn arrived(desk: &Desk) -> Result<[String; 2]> {
    let path = format!(
        "/api/v1/actions/{}/deliveries?instalment=1&state=delivered&limit=2",
        desk.action
    );
    let found = desk.coordinator.get(&path).await?.ok();
    Ok([text(&found, "/items/0/id")?, text(&found, "/items/1/id")?])
}

async fn parts_belong_to_their_delivery(backend: Backend) -> Result<()> {
    let desk = Desk::open(backend).await?;
    let [one, two] = arrived(&desk).await?;
    let mut body = desk.parcels("Π 1");
    body["allocations"] = json!([{ "share": "40", "delivery_id": one }]);
    let made = desk.record(&body).await?.ok();
    let id = text(&made, "/expense/id")?;
    assert_eq!(
        made["expense"]["allocations"][0],
        json!({ "share": "40.00", "action_id": desk.action, "delivery_id": one, "instalment": 1 }),
        "the action and the instalment are found by the delivery: {made}"
    );
    // From the euro to the one delivery, and back to this expense only.
    let trace = desk.auditor.get(&format!("/api/v1/expenses/{id}/trace")).await?.ok();
    let part = &trace["items"][0];
    assert_eq!(
        (&part["amount"], &part["per_delivery"], &part["delivered"]),
        (&euros("360.00"), &euros("360.00"), &json!(1)),
        "{trace}"
    );
    assert_eq!(part["deliveries"][0]["delivery_id"], json!(one), "{trace}");
    ensure!(part["certificate_id"].is_string(), "{trace}");
    let paid = async |delivery: &str| -> Result<Value> {
        let path = format!("/api/v1/deliveries/{delivery}/money");
        Ok(desk.auditor.get(&path).await?.ok())
    };
    assert_eq!(paid(&one).await?["items"][0]["expense_id"], json!(id));
    assert_eq!(
        paid(&two).await?["items"],
        json!([]),
        "the other delivery cost nothing yet"
    );
    let money = format!("/api/v1/actions/{}/money", desk.action);
    assert_eq!(desk.auditor.get(&money).await?.ok()["spent"], euros("360.00"));
    contradictions(&desk, &one).await?;
    by_year(&desk).await?;
    units_of_deliveries(&desk).await
}

/// A unit cost without an indicator is settled by what arrived: as many as were delivered, less what others declare of them.
async fn units_of_deliveries(desk: &Desk) -> Result<()> {
    let path = format!(
        "/api/v1/actions/{}/deliveries?instalment=1&state=delivered",
        desk.action
    );
    let arrived = desk.coordinator.get(&path).await?.ok()["total"]
        .as_u64()
        .context("a count")?;
    ensure!(arrived > 100, "{arrived}");
    let units = |number: &str, quantity: u64| {
        let mut body = desk.parcels(number);
        let sum = euros(&format!("{}.00", quantity * 2));
        body["category"] = json!("B1");
        body["form"] = json!({ "form": "unit", "quantity": quantity, "unit_cost": euros("2.00") });
        body["document"]["net"] = sum.clone();
        body["document"]["gross"] = sum;
        body["document"]["vat"] = euros("0.00");
        body["withheld"] = json!({});
        body
    };
    let cut = async |quantity: u64| -> Result<Value> {
        let judged = desk.what_if(&units("Μ 9", quantity)).await?;
        Ok(finding(&judged, "E14-SETTLE")
            .map(|found| found["amount"].clone())
            .unwrap_or_default())
    };
    assert_eq!(cut(arrived).await?, Value::Null);
    assert_eq!(cut(arrived + 1).await?, euros("2.00"));
    desk.record(&units("Μ 1", 100)).await?.ok();
    assert_eq!(cut(arrived - 100).await?, Value::Null);
    assert_eq!(cut(arrived - 97).await?, euros("6.00"));
    Ok(())
}

/// What does not belong together is refused at the part that says it; all of it at once, before money is spent, too.
async fn contradictions(desk: &Desk, delivery: &str) -> Result<()> {
    let action = desk
        .coordinator
        .get(&format!("/api/v1/actions/{}", desk.action))
        .await?
        .ok();
    let places = json!({ "places": 1, "reason": { "el": "Δοκιμή", "en": "A try" } });
    let other = desk
        .coordinator
        .post("/api/v1/actions", &another(&action, places))
        .await?
        .ok();
    let other = text(&other, "/id")?;
    let mut body = desk.parcels("Π 2");
    body["allocations"] = json!([
        { "share": "10", "action_id": other, "delivery_id": delivery },
        { "share": "10", "instalment": 2, "delivery_id": delivery },
        { "share": "10", "action_id": desk.action, "deliverable": "nothing-like-it" },
        { "share": "10", "delivery_id": desk.action },
        { "share": "10", "action_id": delivery },
    ]);
    let wanted = [
        ("/allocations/0/delivery_id", "delivery-of-another-action"),
        ("/allocations/1/instalment", "delivery-of-another-instalment"),
        ("/allocations/2/deliverable", "unknown-record"),
        ("/allocations/3/delivery_id", "unknown-record"),
        ("/allocations/4/action_id", "unknown-record"),
    ];
    for question in ["expenses", "expenses/what-if"] {
        let refused = desk.finance.post(&desk.of(question), &body).await?;
        assert_eq!(refused.code(), "expense.invalid", "{question}: {}", refused.text);
        at_fields(&refused, &wanted);
    }
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(1), "nothing of it is kept");
    Ok(())
}

/// The budget by category and by year: on its page with sums, and as a column of the authority's table.
async fn by_year(desk: &Desk) -> Result<()> {
    for (code, year, amount) in [
        ("1.1", Some(2022), "700.00"),
        ("1.2", Some(2023), "50.00"),
        ("1.3", None, "5.00"),
    ] {
        let mut line = json!({
            "code": code, "name": { "el": "Προσωπικό", "en": "Staff" }, "work_package": "WP2", "category": "A1",
            "form": "actual", "amount": euros(amount),
        });
        if let Some(year) = year {
            line["year"] = json!(year);
        }
        desk.finance.post(&desk.of("budget-lines"), &line).await?.ok();
    }
    let page = desk
        .auditor
        .get(&format!("/staff/money/{}/budget", desk.operation))
        .await?
        .text;
    let (_, table) = page.split_once("Κατηγορίες δαπάνης ανά έτος").context("the table")?;
    let (table, _) = table.split_once("</table>").context("its end")?;
    let said = |row: &str| -> Vec<String> {
        let cells = row.split('<').filter_map(|piece| piece.split_once('>'));
        let cells = cells.map(|(_, text)| text.trim().replace('\u{a0}', " "));
        cells.filter(|text| !text.is_empty()).collect()
    };
    let rows: Vec<Vec<String>> = table.split("<tr").skip(1).map(said).collect();
    let found = |start: &str| {
        rows.iter()
            .find(|row| row.first().is_some_and(|first| first.starts_with(start)))
    };
    assert_eq!(
        found("Κατηγορία").context("a head")?[1..],
        ["Χωρίς έτος", "2022", "2023", "Σύνολο"],
        "{rows:?}"
    );
    for (category, sums) in [
        ("A1", ["5,00 €", "700,00 €", "50,00 €", "755,00 €"]),
        ("A4", ["6.000,00 €", "0,00 €", "0,00 €", "6.000,00 €"]),
        ("Σύνολο", ["6.005,00 €", "700,00 €", "50,00 €", "6.755,00 €"]),
    ] {
        assert_eq!(found(category).context("a row")?[1..], sums, "{rows:?}");
    }
    Ok(())
}

/// A claim takes the expenses and credit notes of its own sub-project; its workbook reads as an auditor does.
async fn a_claim_is_of_one_sub_project(backend: Backend) -> Result<()> {
    let desk = Desk::open(backend).await?;
    let mut operation = desk.coordinator.get("/api/v1/operations").await?.ok()["items"][0].take();
    for gone in ["id", "version"] {
        operation.as_object_mut().context("an operation")?.remove(gone);
    }
    let second = json!({ "code": "SP2", "name": { "el": "Δεύτερο", "en": "Second" }, "mode": "own-means" });
    operation["sub_projects"]
        .as_array_mut()
        .context("sub-projects")?
        .push(second);
    desk.coordinator.post("/api/v1/operations", &operation).await?.ok();
    waiting_for_papers(&desk).await?;
    let first = desk.approved(&desk.parcels("Υ 1")).await?;
    // Smaller, and with one doubt more.
    let mut abroad = desk.parcels("Υ 4");
    abroad["share"] = json!("50");
    abroad["place"] = json!("union");
    abroad["benefits_area"] = json!(true);
    let abroad = desk.approved(&abroad).await?;
    let mut other = desk.parcels("Υ 2");
    other["sub_project"] = json!("SP2");
    let other_id = desk.approved(&other).await?;
    other["document"] = json!({
        "kind": "credit-note", "number": "Υ 3", "issued_on": "2022-09-29",
        "net": euros("-100.00"), "vat": euros("-24.00"), "gross": euros("-124.00"),
    });
    other["credits"] = json!(other_id);
    let credit = text(&desk.record(&other).await?.ok(), "/expense/id")?;
    desk.coordinator
        .post(&format!("/api/v1/expenses/{credit}/approve"), &json!({}))
        .await?
        .ok();
    let lines = |claim: &Value| -> Vec<String> {
        let lines = claim["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
        lines
            .iter()
            .filter_map(|line| line["expense_id"].as_str())
            .map(str::to_owned)
            .collect()
    };
    let (claim, frozen) = desk.frozen("SP1", "2022-09-30").await?;
    assert_eq!(lines(&frozen).len(), 2, "{frozen}");
    ensure!(
        lines(&frozen).contains(&first) && lines(&frozen).contains(&abroad),
        "{frozen}"
    );
    assert_eq!(frozen["totals"]["claimed"], euros("1350.00"), "{frozen}");
    let risky = format!("/api/v1/claims/{claim}/sample?seed=2022&count=1&by_risk=true");
    let risky = desk.auditor.get(&risky).await?.ok();
    assert_eq!(
        risky["expenses"],
        json!([abroad]),
        "the one with more doubts, not the larger: {risky}"
    );
    let (_, frozen) = desk.frozen("SP2", "2022-09-30").await?;
    assert_eq!(frozen["totals"]["claimed"], euros("800.00"), "{frozen}");
    ensure!(
        lines(&frozen).contains(&credit) && !lines(&frozen).contains(&first),
        "{frozen}"
    );
    let number = lines(&desk.auditor.get(&format!("/api/v1/claims/{claim}")).await?.ok())
        .iter()
        .position(|id| *id == first)
        .context("a line")?;
    workbook(&desk, &claim, number).await
}

/// The sheets in the auditor's order, with the amounts of the line, and what is marked for the managing authority.
async fn workbook(desk: &Desk, claim: &str, line: usize) -> Result<()> {
    let given = desk.auditor.get(&format!("/api/v1/claims/{claim}/workbook")).await?;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(Cursor::new(given.bytes))?;
    let wanted = ["1 Δήλωση", "2 Δαπάνες", "3 Ευρήματα", "4 Έγγραφα", "5 Επιμερισμός"];
    assert_eq!(book.sheet_names()[..5], wanted);
    let mut cells = |sheet: &str, row: usize, columns: &[&str]| -> Result<Vec<Data>> {
        let range = book.worksheet_range(sheet)?;
        let head: Vec<String> = range
            .rows()
            .next()
            .context("a head")?
            .iter()
            .map(ToString::to_string)
            .collect();
        let row = range.rows().nth(row).context("a row")?;
        let at = |name: &&str| head.iter().position(|head| head.starts_with(name)).context("a column");
        columns.iter().map(|name| Ok(row[at(name)?].clone())).collect()
    };
    assert_eq!(
        cells(
            "2 Δαπάνες",
            line + 1,
            &["Καθαρό", "ΦΠΑ", "Δηλωθέν", "Μη επιλέξιμο", "Επιλέξιμο", "ΑΦΜ"]
        )?,
        [
            Data::Float(900.0),
            Data::Float(216.0),
            Data::Float(900.0),
            Data::Float(0.0),
            Data::Float(900.0),
            Data::String("094259216".to_owned())
        ]
    );
    assert_eq!(
        cells("5 Επιμερισμός", line + 1, &["Ποσό", "Δράση", "Δόση"])?,
        [
            Data::Float(900.0),
            Data::String(desk.action.clone()),
            Data::String("1".to_owned())
        ]
    );
    let judgement = desk.auditor.get(&format!("/api/v1/claims/{claim}")).await?.ok();
    let judgement = &judgement["lines"][0]["judgement"];
    let findings = judgement["findings"].as_array().context("findings")?;
    let marked: Vec<bool> = findings
        .iter()
        .map(|finding| finding["verify"] == json!(true))
        .collect();
    ensure!(
        marked.contains(&true) && marked.contains(&false),
        "some are marked: {judgement}"
    );
    for (number, marked) in marked.iter().enumerate() {
        let [rule, said] = &cells("3 Ευρήματα", number + 1, &["Κανόνας", "Προς επαλήθευση"])?[..]
        else {
            anyhow::bail!("two cells");
        };
        assert_eq!(*rule, Data::String(text(&findings[number], "/rule")?));
        assert_eq!(said.to_string().starts_with("ναι"), *marked, "{rule}");
    }
    Ok(())
}

/// The board draws its curve with its table, and lists an expense with what is missing until the papers came.
async fn waiting_for_papers(desk: &Desk) -> Result<()> {
    let made = desk.record(&desk.parcels("Υ 0")).await?.ok();
    let id = text(&made, "/expense/id")?;
    let board = async || -> Result<Value> { Ok(desk.auditor.get(&desk.of("board")).await?.ok()) };
    let page = async || -> Result<String> {
        let path = format!("/staff/money/{}", desk.operation);
        Ok(desk.auditor.get(&path).await?.text.replace('\u{a0}', " "))
    };
    let waiting = board().await?["waiting"][0].take();
    assert_eq!(waiting["expense_id"], json!(id), "{waiting}");
    ensure!(
        finding(&waiting, "D02-PAYMENT").is_some(),
        "the proof of payment is missing: {waiting}"
    );
    let link = format!("/staff/expenses/{id}\"");
    let before = page().await?;
    ensure!(before.contains(&link), "the list leads to the expense: {before}");
    ensure!(
        before.contains("<svg") && before.contains("9/2022") && before.contains("900,00 €"),
        "the curve and its table: {before}"
    );
    desk.papers(&id).await?;
    assert_eq!(board().await?["waiting"], json!([]));
    ensure!(!page().await?.contains(&link), "nothing is missing any more");
    let path = format!("/api/v1/expenses/{id}/withdraw");
    desk.finance
        .post(&path, &json!({ "reason": "Διπλή εγγραφή" }))
        .await?
        .ok();
    let again = desk.finance.get(&format!("/api/v1/expenses/{id}")).await?;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["state"], json!("withdrawn"));
    Ok(())
}

osn_tests::stories!(parts_belong_to_their_delivery, a_claim_is_of_one_sub_project);
