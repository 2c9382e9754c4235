//! Money: everything bad is refused with its article and its remedy; tables are taken whole or not at all; pages do what the interface does.
use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use osn_tests::app::Backend;
use osn_tests::money::{Desk, euros, finding, text};
use serde_json::{Value, json};

type Change = fn(&mut Value);

/// What cannot be: the field, its article, and what to do.
const REFUSED: [(&str, Change, &str, &str); 9] = [
    (
        "cents that do not add up",
        |body| body["document"]["gross"] = euros("1116.01"),
        "/document/gross",
        "ΔΔΔ 1",
    ),
    (
        "a negative amount outside a credit note",
        |body| body["document"]["net"] = euros("-900.00"),
        "/document/net",
        "ΔΔΔ 1",
    ),
    (
        "a currency that is not the euro",
        |body| body["document"]["currency"] = json!("USD"),
        "/document/currency",
        "ΔΔΔ 1",
    ),
    (
        "an allocation of 100.01 %",
        |body| body["allocations"] = json!([{ "share": "60" }, { "share": "40.01" }]),
        "/allocations",
        "άρθρο 65 παρ. 11",
    ),
    (
        "a part of nothing",
        |body| body["share"] = json!("0"),
        "/share",
        "άρθρο 65 παρ. 11",
    ),
    (
        "a flat rate on a flat rate",
        |body| {
            body["category"] = json!("B3");
            body["form"] = json!({ "form": "flat", "rate": "remaining40", "base": ["A1", "B4"] });
        },
        "/form/base",
        "άρθρο 68β παρ. 2",
    ),
    (
        "units that are not their product",
        |body| body["form"] = json!({ "form": "unit", "quantity": 3, "unit_cost": euros("1.00") }),
        "/document/net",
        "άρθρο 67 παρ. 1",
    ),
    (
        "a payment in the future",
        |body| body["dates"]["paid"] = json!("2023-01-01"),
        "/dates/paid",
        "ΔΔΔ 12",
    ),
    (
        "a credit note with positive amounts",
        |body| body["document"]["kind"] = json!("credit-note"),
        "/document/net",
        "ΔΔΔ 12",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_with_its_article_and_its_remedy() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    for (name, change, path, article) in REFUSED {
        let mut body = desk.parcels("Β 1");
        change(&mut body);
        let reply = desk.record(&body).await?;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", reply.text);
        let errors = reply.errors();
        let said = errors.iter().find(|(at, _, _)| at == path);
        let (_, _, message) = said.with_context(|| format!("{name}: {errors:?}"))?;
        assert!(message.contains(article), "{name}: {message}");
        assert!(message.matches('.').count() > 1, "{name}: what to do: {message}");
    }
    let mut dollars = desk.parcels("Β 1");
    dollars["document"]["net"]["currency"] = json!("USD");
    assert_eq!(desk.record(&dollars).await?.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nobody = json!({ "kind": "company", "name": "Χ", "afm": "094259217" });
    let nobody = desk.finance.post("/api/v1/suppliers", &nobody).await?;
    assert_eq!(
        (nobody.status, nobody.errors()[0].0.as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "/afm")
    );
    let twice = json!({ "kind": "company", "name": "Τρόφιμα", "afm": "EL 094 259 216" });
    let twice = desk.finance.post("/api/v1/suppliers", &twice).await?;
    assert_eq!(
        (twice.status, twice.code()),
        (StatusCode::CONFLICT, "supplier.known".into())
    );
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(0), "nothing of it was kept");
    same_paper_twice(&desk).await?;
    judged_and_not_eligible(&desk).await
}

/// One invoice under two spellings, and in parts.
async fn same_paper_twice(desk: &Desk) -> Result<()> {
    let mut first = desk.parcels("ΤΠΥ-00123");
    first["share"] = json!("60");
    desk.record(&first).await?.ok();
    for (number, share) in [("τπυ 123", "50"), ("ΤΠΥ 123", "40.01")] {
        let mut second = desk.parcels(number);
        second["share"] = json!(share);
        let reply = desk.record(&second).await?;
        let errors = reply.errors();
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
        assert_eq!(errors[0].0, "/document/number");
        assert!(errors[0].2.contains("άρθρο 65 παρ. 11"), "{errors:?}");
    }
    let mut rest = desk.parcels("ΤΠΥ/123");
    rest["share"] = json!("40");
    desk.record(&rest).await?.ok();
    Ok(())
}

/// What may be true and is not eligible: judged, with the article and the remedy.
async fn judged_and_not_eligible(desk: &Desk) -> Result<()> {
    let mut backwards = desk.parcels("Γ 1");
    backwards["dates"]["committed"] = json!("2022-09-15");
    let answer = desk.what_if(&backwards).await?;
    assert_eq!(answer["outcome"], json!("reject"));
    let order = finding(&answer, "D12-ORDER").context("the days are in impossible order")?;
    ensure!(
        text(order, "/reason/el")?.contains("δέσμευση") && !text(order, "/remedy/en")?.is_empty(),
        "{order}"
    );
    let mut operation = desk.coordinator.get("/api/v1/operations").await?.ok()["items"][0].take();
    for gone in ["id", "version"] {
        operation.as_object_mut().context("an operation")?.remove(gone);
    }
    operation["terms"] = json!({ "vat": "recoverable" });
    desk.coordinator.post("/api/v1/operations", &operation).await?.ok();
    let mut with_vat = desk.parcels("Γ 2");
    with_vat["vat_included"] = json!(true);
    let answer = desk.what_if(&with_vat).await?;
    let vat = finding(&answer, "E14-VAT").context("VAT is included and comes back")?;
    assert_eq!((&vat["verdict"], &vat["amount"]), (&json!("cut"), &euros("216.00")));
    ensure!(
        text(vat, "/article/el")?.contains("άρθρο 69 παρ. 3") && vat["verify"] == json!(true),
        "{vat}"
    );
    Ok(())
}

/// What a person says of a paper is judged: posted too late, not as it must be, a commitment that is too small.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_papers_is_judged() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    let made = desk.record(&desk.parcels("Δ 1")).await?.ok();
    let id = text(&made, "/expense/id")?;
    desk.papers(&id).await?;
    let address = format!("/api/v1/expenses/{id}");
    let judged = async || -> Result<Value> { Ok(desk.finance.get(&address).await?.ok()["judgement"].clone()) };
    assert!(finding(&judged().await?, "G-DIAVGEIA").is_none());

    // The same act again, with the day of its posting: after it was used, on that day, and revoked.
    let page = format!("/staff/expenses/{id}/papers");
    let commitment = ("/file", "commitment.pdf", &b"%PDF commitment"[..]);
    let said = async |typed: &[(&str, &str)]| -> Result<Value> {
        let mut all = vec![("/kind", "commitment"), ("/number", "ΨΡΗ4Η-354")];
        all.extend(typed);
        let reply = desk.finance.upload(&page, &all, commitment).await?;
        ensure!(reply.status == StatusCode::SEE_OTHER, "{}", reply.text);
        judged().await
    };
    let posted = |day: &'static str| {
        [
            ("/posted_on-day", day),
            ("/posted_on-month", "9"),
            ("/posted_on-year", "2022"),
        ]
    };
    let late = said(&posted("11")).await?;
    let found = finding(&late, "G-DIAVGEIA").context("used before it was posted")?;
    ensure!(text(found, "/reason/el")?.contains("11 Σεπτεμβρίου 2022"), "{found}");
    assert!(
        finding(&said(&posted("10")).await?, "G-DIAVGEIA").is_none(),
        "in force from its posting"
    );
    let revoked = [
        ("/revoked_on-day", "1"),
        ("/revoked_on-month", "10"),
        ("/revoked_on-year", "2022"),
    ];
    let found = said(&revoked).await?;
    ensure!(
        text(finding(&found, "G-DIAVGEIA").context("revoked")?, "/reason/en")?.contains("revoked"),
        "{found}"
    );
    said(&posted("10")).await?;
    let papers = desk.finance.get(&address).await?.ok()["expense"]["papers"].clone();
    let commitments = papers
        .as_array()
        .context("papers")?
        .iter()
        .filter(|paper| paper["kind"] == "commitment");
    assert_eq!(
        commitments.count(),
        1,
        "what is said anew takes the place of what was said: {papers}"
    );

    // A commitment is used up by whatever names it.
    assert!(
        finding(&judged().await?, "G-COMMIT").is_none(),
        "no such commitment is on record"
    );
    let small = json!({
        "budget_line_id": desk.line, "ada": "ΨΡΗ4Η-354", "decided_on": "2022-09-05", "subject": "Δέματα", "amount": euros("899.99"),
    });
    desk.finance.post(&desk.of("commitments"), &small).await?.ok();
    let beyond = said(&posted("10")).await?;
    let found = finding(&beyond, "G-COMMIT").context("more than the commitment")?;
    ensure!(text(found, "/reason/el")?.contains("899,99 €"), "{found}");
    Ok(())
}

/// Own staff with their time-sheets, and what happened elsewhere, from the page.
#[tokio::test(flavor = "multi_thread")]
async fn staff_and_places_are_asked_on_the_page() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    let page = format!("/staff/money/{}/expenses/new?kind=payroll", desk.operation);
    let pay = |sheet: &'static str| {
        let mut typed = typed(&desk, "what-if", "224,00");
        typed.retain(|(name, _)| !name.starts_with("/document/net") && !name.starts_with("/document/vat"));
        typed.retain(|(name, _)| *name != "/document/kind" && *name != "/category");
        typed.extend([
            ("/category", "A1"),
            ("/document/kind", "payroll"),
            ("/document/net/amount", "224,00"),
            ("/document/vat/amount", "0,00"),
            ("/payroll/annual_gross/amount", "24.080,00"),
            ("/payroll/full_time", "100"),
            ("/payroll/year", "2022"),
            ("/payroll/hours", "16"),
            ("/payroll/sheet", sheet),
            ("/place", "union"),
            ("/benefits_area", "yes"),
        ]);
        typed
    };
    let wrong = desk.finance.fill(&page, &pay("αύριο οκτώ")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    ensure!(
        wrong.text.contains("Γράψτε μία ημέρα σε κάθε γραμμή") && wrong.text.contains("αύριο οκτώ"),
        "beside it, with what was typed: {}",
        wrong.text
    );
    let judged = desk.finance.fill(&page, &pay("22/9/2022 8\n23/9/2022 8")).await?;
    assert_eq!(judged.status, StatusCode::OK, "{}", judged.text);
    ensure!(
        judged.text.contains("λείπει η τεκμηρίωση του οφέλους"),
        "{}",
        judged.text
    );
    let mut kept = pay("22/9/2022 8\n23/9/2022 8\n26/9/2022 0 άδεια");
    kept.retain(|(name, _)| *name != "op");
    let recorded = desk.finance.fill(&page, &kept).await?;
    assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.text);
    let place = recorded.headers["location"]
        .to_str()?
        .split('?')
        .next()
        .unwrap_or_default()
        .to_owned();
    let edit = desk.finance.get(&format!("{place}/edit")).await?.text;
    ensure!(
        edit.contains("26/9/2022 0 άδεια") || edit.contains("26/09/2022 0 άδεια"),
        "{edit}"
    );
    let id = place.rsplit('/').next().context("an id")?;
    let expense = desk.finance.get(&format!("/api/v1/expenses/{id}")).await?.ok();
    assert_eq!(
        (&expense["expense"]["payroll"]["sheet"][2], &expense["expense"]["place"]),
        (
            &json!({ "on": "2022-09-26", "hours": "0", "leave": true }),
            &json!("union")
        )
    );
    // A form of cost that no regulation knows is refused with its field.
    let mut other = desk.parcels("Ε 1");
    other["form"] = json!({ "form": "other" });
    let other = desk.record(&other).await?;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
    ensure!(other.errors()[0].0.starts_with("/form"), "{}", other.text);
    Ok(())
}

const TABLE: &str =
    "Υποέργο;Πακέτο εργασίας;Κατηγορία;Γραμμή;Περιγραφή;ΑΦΜ;Αριθμός;Ημερομηνία;Καθαρό;ΦΠΑ;Σύνολο;Με ΦΠΑ;Πληρωμή
SP1;WP2;A4;4.1;Δέματα;094259216;Τ 1;28/9/2022;1.000,00;240,00;1.240,00;όχι;29/9/2022
SP1;WP2;A4;4.1;Δέματα;EL094259216;Τ 2;2022-09-28;500.00;120.00;620.00;όχι;
";

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_taken_whole_or_not_at_all() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    let path = desk.of("expenses/import");
    let send = |table: String, dry: &'static str| {
        let path = format!("{path}{dry}");
        let finance = desk.finance.clone();
        async move {
            let media = Some("application/octet-stream");
            finance.send(Method::POST, &path, media, table.into_bytes(), &[]).await
        }
    };
    let bad = TABLE
        .replace("094259216;Τ 1", "094259217;Τ 1")
        .replace("620.00", "620.01")
        .replace("2022-09-28", "31/2/2022");
    let refused = send(bad, "").await?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let places: Vec<String> = refused.errors().into_iter().map(|(path, _, _)| path).collect();
    assert_eq!(places, ["/rows/2/afm", "/rows/3/issued_on"], "{}", refused.text);
    let cents = send(TABLE.replace("620.00", "620.01"), "").await?;
    assert_eq!(cents.errors()[0].0, "/rows/3/gross", "{}", cents.text);
    let twice = send(
        TABLE
            .replace("Τ 2", "τ-01")
            .replace("500.00;120.00;620.00", "1000.00;240.00;1240.00"),
        "",
    )
    .await?;
    assert_eq!(twice.errors()[0].0, "/rows/3/number", "{}", twice.text);
    let dry = send(TABLE.to_owned(), "?dry=true").await?.ok();
    assert_eq!(dry["expenses"], json!(2));
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(0), "nothing was kept of what was refused or dry");
    let taken = send(TABLE.to_owned(), "").await?.ok();
    assert_eq!(
        (taken["expenses"].as_u64(), taken["warned"].as_u64()),
        (Some(2), Some(2)),
        "{taken}"
    );
    let again = send(TABLE.to_owned(), "").await?;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the same table twice is the same papers"
    );
    Ok(())
}

/// What somebody typed into the form of an expense.
fn typed<'d>(desk: &'d Desk, op: &'d str, gross: &'d str) -> Vec<(&'d str, &'d str)> {
    vec![
        ("op", op),
        ("/subject", "Δέματα"),
        ("/sub_project", "SP1"),
        ("/work_package", "WP2"),
        ("/category", "A4"),
        ("/budget_line_id", desk.line.as_str()),
        ("/supplier_id", desk.supplier.as_str()),
        ("/allocations/0/action_id", desk.action.as_str()),
        ("/allocations/0/instalment", "1"),
        ("/document/kind", "invoice"),
        ("/document/number", "Σ 1"),
        ("/document/issued_on-day", "28"),
        ("/document/issued_on-month", "9"),
        ("/document/issued_on-year", "2022"),
        ("/document/net/amount", "900,00"),
        ("/document/vat/amount", "216,00"),
        ("/document/gross/amount", gross),
        ("/vat_included", "no"),
        ("/share", "100"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn finance_works_on_pages_as_over_the_interface() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    let page = format!("/staff/money/{}/expenses/new", desk.operation);
    let judged = desk.finance.fill(&page, &typed(&desk, "what-if", "1.116,00")).await?;
    assert_eq!(judged.status, StatusCode::OK, "{}", judged.text);
    ensure!(
        judged.text.contains("Έλεγχος επιλεξιμότητας") && judged.text.contains("value=\"Σ 1\""),
        "the checklist, and what was typed"
    );
    let wrong = desk.finance.fill(&page, &typed(&desk, "", "1.116,01")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    ensure!(
        wrong.text.contains("όχι 1.116,01 €"),
        "the sum is named: {}",
        wrong.text
    );
    let recorded = desk.finance.fill(&page, &typed(&desk, "", "1.116,00")).await?;
    assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.text);
    let address = recorded.headers["location"]
        .to_str()?
        .split('?')
        .next()
        .unwrap_or_default()
        .to_owned();
    let shown = desk.auditor.get(&address).await?;
    for words in ["Άρθρο", "Έλεγχος ΔΔΔ 1", "Πού πήγε το ποσό", "Ανά παράδοση"] {
        ensure!(shown.text.contains(words), "{words} on {}", shown.text);
    }
    let board = desk.auditor.get(&format!("/en/staff/money/{}", desk.operation)).await?;
    ensure!(
        board.text.contains("To do") && board.text.contains("Budget lines"),
        "{}",
        board.text
    );
    let alone = desk.finance.fill(&format!("{address}/approve"), &[]).await?;
    assert_eq!(alone.status, StatusCode::CONFLICT, "{}", alone.text);
    let other = desk.coordinator.fill(&format!("{address}/approve"), &[]).await?;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "{}", other.text);
    Ok(())
}
