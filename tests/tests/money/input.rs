//! Money: everything bad is refused with its article and its remedy; pages do what the interface does.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
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

/// What the decision of inclusion lets leave a line, over all that left it; beyond it only with the amended decision. Set, asked
/// and told on the pages too. And how long papers are kept, once the accounts are known.
#[tokio::test(flavor = "multi_thread")]
async fn money_moves_within_the_margin_and_papers_are_kept_until_their_day() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    terms_are_kept(&desk).await?;
    let ask = async |amount: &str, amendment: Option<&str>| {
        let mut body = json!({ "from": desk.line, "to": desk.other_line, "amount": euros(amount), "reason": "Δέματα" });
        if let Some(ada) = amendment {
            body["amendment"] = json!(ada);
        }
        desk.finance.post(&desk.of("reallocations"), &body).await
    };
    let decide = async |reply: osn_tests::client::Reply, how: &str| -> Result<()> {
        let address = format!("/api/v1/reallocations/{}/{how}", text(&reply.ok(), "/id")?);
        desk.coordinator.post(&address, &json!({})).await?.ok();
        Ok(())
    };
    // Ten per cent of 5,000.00, in two goes and not a cent more.
    decide(ask("300.00", None).await?, "approve").await?;
    let beyond = ask("200.01", None).await?;
    let (path, code, message) = beyond.errors().swap_remove(0);
    assert_eq!(
        (path.as_str(), code.as_str()),
        ("/amendment", "beyond-margin"),
        "{message}"
    );
    ensure!(
        message.contains("500,00 €") && message.contains("ΑΔΑ"),
        "the margin, and the remedy: {message}"
    );
    // What waits for its second person counts, what was refused does not.
    let waits = ask("200.00", None).await?;
    assert_eq!(ask("0.01", None).await?.errors()[0].1, "beyond-margin");
    decide(waits, "reject").await?;
    decide(ask("200.00", None).await?, "approve").await?;
    let no_number = ask("100.00", Some("ΑΒΓ")).await?;
    assert_eq!(no_number.errors()[0].0, "/amendment", "{}", no_number.text);
    decide(ask("100.00", Some("ΨΡΗ4Η-354")).await?, "approve").await?;
    let lines = desk.auditor.get(&desk.of("budget-lines")).await?.ok();
    assert_eq!(
        (
            &lines["items"][0]["approved"],
            &lines["items"][0]["amount"],
            &lines["items"][1]["amount"]
        ),
        (&euros("5000.00"), &euros("4400.00"), &euros("1600.00")),
        "{lines}"
    );
    let asked = desk
        .finance
        .fill(
            &format!("/staff/money/{}/budget/reallocations", desk.operation),
            &[
                ("/from", desk.line.as_str()),
                ("/to", desk.other_line.as_str()),
                ("/amount/amount", "1,00"),
                ("/reason", "Δέματα"),
            ],
        )
        .await?;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.text);
    ensure!(asked.text.contains("περιθώριο επιτρέπει έως 500"), "{}", asked.text);
    Ok(())
}

/// The margin and the end of the accounts, typed on the page of the operation; the board says until when papers are kept.
async fn terms_are_kept(desk: &Desk) -> Result<()> {
    let page = format!("/staff/money/{}/operation", desk.operation);
    let flags = [
        "revenue_in_advance",
        "closing/proceedings",
        "approved_method",
        "large_works",
        "youth_initiative",
        "material_support",
        "derelict_site",
        "depreciation_allowed",
    ]
    .map(|name| format!("/terms/{name}"));
    let terms = |margin: &'static str| {
        let mut typed = vec![
            ("/vat", "non-recoverable"),
            ("/terms/state_aid", "none"),
            ("/reallocation_margin", margin),
            ("/terms/closing/accounts_on-day", "15"),
            ("/terms/closing/accounts_on-month", "6"),
            ("/terms/closing/accounts_on-year", "2024"),
        ];
        typed.extend(flags.iter().map(|name| (name.as_str(), "no")));
        typed
    };
    let wrong = desk.coordinator.fill(&page, &terms("100,01")).await?;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    let kept = desk.coordinator.fill(&page, &terms("10")).await?;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let shown = desk.auditor.get(&page).await?.text;
    ensure!(
        shown.contains("Περιθώριο ανακατανομής") && shown.contains("10.00 %"),
        "{shown}"
    );
    // Three years from the end of the year of the accounts, below the limit that asks for less.
    let board = desk.auditor.get(&desk.of("board")).await?.ok();
    assert_eq!(text(&board, "/archive_until")?, "2027-12-31");
    let told = desk
        .auditor
        .get(&format!("/staff/money/{}", desk.operation))
        .await?
        .text;
    ensure!(told.contains("Τα έγγραφα φυλάσσονται έως 31 Δεκεμβρίου 2027"), "{told}");
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

/// What is given in kind, and what wears off: asked on the page, kept, and there again when it is edited.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn contributions_and_depreciation_are_asked_on_the_page() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    let day = |name: &'static str, [day, month, year]: [&'static str; 3]| {
        let part = |part: &str| format!("{name}-{part}");
        [(part("day"), day), (part("month"), month), (part("year"), year)]
    };
    let work = [
        ("/in_kind/kind", "work"),
        ("/in_kind/hours", "10"),
        ("/in_kind/rate/amount", "8,00"),
        ("/in_kind/signed", "yes"),
    ];
    let worn = [
        ("/depreciation/documented", "yes"),
        ("/depreciation/granted", "no"),
        ("/depreciation/cost/amount", "3.600,00"),
        ("/depreciation/months", "36"),
        ("/depreciation/used", "50"),
    ];
    let from = day("/depreciation/period/from", ["1", "1", "2022"]);
    let to = day("/depreciation/period/to", ["31", "10", "2022"]);
    let period: Vec<(&str, &str)> = from
        .iter()
        .chain(&to)
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    for (kind, questions, net, pointer, kept) in [
        (
            "in-kind",
            work.to_vec(),
            "80,00",
            "/expense/in_kind",
            json!({ "kind": "work", "hours": "10", "rate": euros("8.00"), "signed": true }),
        ),
        (
            "depreciation",
            [worn.to_vec(), period].concat(),
            "500,00",
            "/expense/depreciation",
            json!({
                "period": { "from": "2022-01-01", "to": "2022-10-31" }, "documented": true, "granted": false,
                "cost": euros("3600.00"), "months": 36, "used": "50.00",
            }),
        ),
    ] {
        let page = format!("/staff/money/{}/expenses/new?kind={kind}", desk.operation);
        let mut typed = typed(&desk, "", net);
        typed.retain(|(name, _)| {
            !["/document/kind", "/document/net/amount", "/document/vat/amount", "op"].contains(name)
        });
        typed.extend([
            ("/document/kind", kind),
            ("/document/net/amount", net),
            ("/document/vat/amount", "0,00"),
        ]);
        typed.extend(questions);
        let recorded = desk.finance.fill(&page, &typed).await?;
        assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{kind}: {}", recorded.text);
        let place = recorded.headers["location"].to_str()?.to_owned();
        let place = place.split('?').next().unwrap_or_default();
        let id = place.rsplit('/').next().context("an id")?;
        let expense = desk.finance.get(&format!("/api/v1/expenses/{id}")).await?.ok();
        assert_eq!(expense.pointer(pointer), Some(&kept), "{kind}: {expense}");
        let edit = desk.finance.get(&format!("{place}/edit")).await?.text;
        let there = if kind == "in-kind" {
            "value=\"8,00\""
        } else {
            "value=\"3600,00\""
        };
        ensure!(edit.contains(there), "{kind}: {edit}");
    }
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
    // Each paper of the checklist is asked for by its own name.
    for words in [
        "Χρηματικό ένταλμα",
        "Πρωτόκολλο οριστικής παραλαβής",
        "Απόδειξη της δημοσιότητας",
    ] {
        assert_eq!(shown.text.matches(words).count(), 1, "{words} on {}", shown.text);
    }
    // A rule that is known from memory says so beside its article; one that was read does not.
    let beside = |rule: &str| -> Result<bool> {
        let (_, row) = shown.text.split_once(rule).with_context(|| rule.to_owned())?;
        let row = row.split("</tr>").next().unwrap_or_default();
        Ok(row.contains("Επιβεβαιώστε με τη διαχειριστική αρχή"))
    };
    let id = address.rsplit('/').next().context("an id")?;
    let judged = desk.auditor.get(&format!("/api/v1/expenses/{id}")).await?.ok();
    let findings = judged["judgement"]["findings"].as_array().context("findings")?;
    let mut marked = [0, 0];
    for finding in findings {
        let is_marked = finding["verify"] == json!(true);
        assert_eq!(beside(&text(finding, "/rule")?)?, is_marked, "{finding}");
        marked[usize::from(is_marked)] += 1;
    }
    ensure!(marked[0] > 0 && marked[1] > 0, "{marked:?}: {judged}");
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
