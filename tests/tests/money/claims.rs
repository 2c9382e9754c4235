//! Money over HTTP: budget by two people, expenses judged at once, claims frozen and checked, the way from a euro to a delivery and back.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_core::canonical::{Digest, digest, to_canonical};
use osn_tests::app::Backend;
use osn_tests::money::{Desk, euros, finding, text};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_goes_through_on_both_databases() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        before_money_is_spent(&desk).await?;
        let expense = recorded_and_traced(&desk).await?;
        let claim = claimed(&desk, &expense).await?;
        credited_later(&desk, &expense).await?;
        checked(&desk, &claim).await?;
    }
    Ok(())
}

async fn before_money_is_spent(desk: &Desk) -> Result<()> {
    let mut early = desk.parcels("Α 1");
    early["dates"] = json!({});
    let answer = desk.what_if(&early).await?;
    assert_eq!(answer["outcome"], json!("warn"), "{answer}");
    assert!(finding(&answer, "G-COMMIT").is_some(), "no commitment yet: {answer}");
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(0), "nothing is kept of a question");
    let auditor = desk.auditor.post(&desk.of("expenses"), &early).await?;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
    // Money moves by two people, within the line.
    let asked =
        json!({ "from": desk.line, "to": desk.other_line, "amount": euros("500.00"), "reason": "Περισσότερα δέματα" });
    let proposed = desk.finance.post(&desk.of("reallocations"), &asked).await?.ok();
    let address = format!("/api/v1/reallocations/{}/approve", text(&proposed, "/id")?);
    let alone = desk.finance.post(&address, &json!({})).await?;
    assert_eq!(
        (alone.status, alone.code()),
        (StatusCode::CONFLICT, "money.same-person".into())
    );
    desk.coordinator.post(&address, &json!({})).await?.ok();
    let lines = desk.finance.get(&desk.of("budget-lines")).await?.ok();
    assert_eq!(lines["items"][0]["amount"], euros("4500.00"));
    assert_eq!(lines["items"][1]["amount"], euros("1500.00"));
    let mut beyond = asked.clone();
    beyond["amount"] = euros("4500.01");
    let beyond = desk.finance.post(&desk.of("reallocations"), &beyond).await?;
    assert_eq!(beyond.errors()[0].0, "/amount", "{}", beyond.text);
    let commitment = json!({
        "budget_line_id": desk.line, "ada": "ΨΡΗ4Η-354", "decided_on": "2022-09-05", "subject": "Δέματα", "amount": euros("4000.00"),
    });
    desk.finance.post(&desk.of("commitments"), &commitment).await?.ok();
    Ok(())
}

async fn recorded_and_traced(desk: &Desk) -> Result<String> {
    let made = desk.record(&desk.parcels("Α 1")).await?;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    let id = text(&made, "/expense/id")?;
    assert_eq!(made["outcome"], json!("warn"), "papers are missing: {made}");
    let missing = finding(&made["judgement"], "D01-DOCUMENT").context("the invoice is missing")?;
    ensure!(text(missing, "/article/el")?.contains("ΔΔΔ"), "{missing}");
    let address = format!("/api/v1/expenses/{id}");
    let alone = desk.finance.post(&format!("{address}/approve"), &json!({})).await?;
    assert_eq!(
        (alone.status, alone.code()),
        (StatusCode::CONFLICT, "money.same-person".into())
    );
    desk.papers(&id).await?;
    let judged = desk.finance.get(&address).await?.ok();
    assert_eq!(judged["outcome"], json!("ok"), "{judged}");
    assert_eq!(judged["eligible"], euros("900.00"));
    let sha = Digest::from_bytes(Sha256::digest(b"%PDF document").into()).to_string();
    let back = desk.auditor.get(&format!("{address}/papers/{sha}")).await?;
    assert_eq!((back.status, back.text.as_str()), (StatusCode::OK, "%PDF document"));
    desk.coordinator
        .post(&format!("{address}/approve"), &json!({}))
        .await?
        .ok();
    // From the euro to the delivery, the decision and the certificate.
    let trace = desk.auditor.get(&format!("{address}/trace")).await?.ok();
    let part = &trace["items"][0];
    assert!(part["delivered"].as_u64() > Some(100), "{trace}");
    let delivery = &part["deliveries"][0];
    for step in ["/delivery_id", "/application_id", "/decision_id"] {
        text(delivery, step)?;
    }
    let decision = text(delivery, "/decision_id")?;
    desk.auditor.get(&format!("/api/v1/decisions/{decision}")).await?.ok();
    let certificate = text(part, "/certificate_id")?;
    desk.auditor
        .get(&format!("/api/v1/certificates/{certificate}"))
        .await?
        .ok();
    // And back.
    let delivery = text(delivery, "/delivery_id")?;
    let paid = desk
        .auditor
        .get(&format!("/api/v1/deliveries/{delivery}/money"))
        .await?
        .ok();
    assert_eq!(paid["items"][0]["expense_id"], json!(id), "{paid}");
    let money = desk
        .auditor
        .get(&format!("/api/v1/actions/{}/money", desk.action))
        .await?
        .ok();
    assert_eq!(
        (&money["spent"], money["reached"].as_u64()),
        (&euros("900.00"), Some(150))
    );
    assert_eq!(money["per_person"], euros("6.00"));
    shown(desk, &id).await?;
    Ok(id)
}

/// The action's page leads back to the euro, and the board adds up what is committed, owed and paid.
async fn shown(desk: &Desk, id: &str) -> Result<()> {
    let page = desk.auditor.get(&format!("/staff/actions/{}", desk.action)).await?.text;
    ensure!(
        page.contains("Τι πλήρωσε τη δράση") && page.contains(&format!("/staff/expenses/{id}")),
        "the action's page leads back to the euro: {page}"
    );
    let board = desk.auditor.get(&desk.of("board")).await?.ok();
    let all = &board["all"];
    assert_eq!(
        (
            &all["committed"],
            &all["obligated"],
            &all["spent"],
            &all["eligible"],
            &all["certified"]
        ),
        (
            &euros("4000.00"),
            &euros("900.00"),
            &euros("900.00"),
            &euros("900.00"),
            &euros("0.00")
        )
    );
    assert_eq!(board["curve"][0]["month"], json!("2022-09"));
    Ok(())
}

async fn claimed(desk: &Desk, expense: &str) -> Result<String> {
    let unapproved = desk.record(&desk.parcels("Α 2")).await?.ok();
    let new = json!({ "sub_project": "SP1", "up_to": "2022-09-30" });
    let claim = text(&desk.finance.post(&desk.of("claims"), &new).await?.ok(), "/id")?;
    let address = format!("/api/v1/claims/{claim}");
    let preview = desk.finance.get(&address).await?.ok();
    assert_eq!(preview["totals"]["claimed"], euros("900.00"), "{preview}");
    assert_eq!(
        (
            preview["lines"].as_array().map(Vec::len),
            preview["not_approved"].as_u64()
        ),
        (Some(1), Some(1))
    );
    // What has no papers stays out, with its reasons.
    let unapproved = text(&unapproved, "/expense/id")?;
    desk.coordinator
        .post(&format!("/api/v1/expenses/{unapproved}/approve"), &json!({}))
        .await?
        .ok();
    let preview = desk.finance.get(&address).await?.ok();
    let left_out = &preview["left_out"][0];
    assert_eq!(left_out["expense_id"], json!(unapproved), "{preview}");
    assert!(finding(&left_out["judgement"], "D02-PAYMENT").is_some(), "{left_out}");
    let frozen = desk.finance.post(&format!("{address}/freeze"), &json!({})).await?.ok();
    assert_eq!(frozen["claim"]["state"]["state"], json!("frozen"));
    // A frozen claim and its expenses change no more, and the answer says by which article and what to do.
    let again = desk.finance.post(&format!("{address}/freeze"), &json!({})).await?;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::CONFLICT, "claim.frozen".into())
    );
    ensure!(text(&again.json(), "/detail")?.contains("ΔΔΔ 12"), "{}", again.text);
    let edited = desk
        .finance
        .put(&format!("/api/v1/expenses/{expense}"), &desk.parcels("Α 9"))
        .await?;
    assert_eq!(
        (edited.status, edited.code()),
        (StatusCode::CONFLICT, "expense.frozen".into())
    );
    let alone = desk.finance.post(&format!("{address}/submit"), &json!({})).await?;
    assert_eq!(
        (alone.status, alone.code()),
        (StatusCode::CONFLICT, "money.same-person".into())
    );
    desk.coordinator
        .post(&format!("{address}/submit"), &json!({}))
        .await?
        .ok();
    let too_much = json!({ "amount": euros("900.01") });
    let too_much = desk.finance.post(&format!("{address}/certify"), &too_much).await?;
    assert_eq!(too_much.status, StatusCode::UNPROCESSABLE_ENTITY);
    let certified = json!({ "amount": euros("900.00") });
    desk.finance.post(&format!("{address}/certify"), &certified).await?.ok();
    let board = desk.auditor.get(&desk.of("board")).await?.ok();
    assert_eq!(board["all"]["certified"], euros("900.00"));
    Ok(claim)
}

/// A credit note that comes after the claim is a correction in the next one.
async fn credited_later(desk: &Desk, expense: &str) -> Result<()> {
    let mut credit = desk.parcels("ΠΙΣ 1");
    credit["document"] = json!({
        "kind": "credit-note", "number": "ΠΙΣ 1", "issued_on": "2022-09-29",
        "net": euros("-200.00"), "vat": euros("-48.00"), "gross": euros("-248.00"),
    });
    credit["credits"] = json!(expense);
    let made = desk.record(&credit).await?.ok();
    let id = text(&made, "/expense/id")?;
    desk.coordinator
        .post(&format!("/api/v1/expenses/{id}/approve"), &json!({}))
        .await?
        .ok();
    let mut second = desk.parcels("Α 3");
    second["share"] = json!("50");
    desk.approved(&second).await?;
    let (claim, frozen) = desk.frozen("SP1", "2022-09-30").await?;
    assert_eq!(frozen["totals"]["corrections"], euros("-200.00"), "{frozen}");
    assert_eq!(frozen["totals"]["claimed"], euros("250.00"));
    // Withdrawn, its expenses are free again.
    let why = json!({ "reason": "Λάθος περίοδος" });
    desk.coordinator
        .post(&format!("/api/v1/claims/{claim}/withdraw"), &why)
        .await?
        .ok();
    let free = desk.finance.get(&format!("/api/v1/expenses/{id}")).await?.ok();
    assert_eq!(free["state"], json!("approved"));
    Ok(())
}

/// What somebody else can check: the digest from the manifest, the sample from its seed, every judgement from its input.
async fn checked(desk: &Desk, claim: &str) -> Result<()> {
    let address = format!("/api/v1/claims/{claim}");
    let manifest = desk.auditor.get(&format!("{address}/manifest")).await?.ok();
    let bytes = to_canonical(&manifest["manifest"])?;
    assert_eq!(
        manifest["digest"],
        json!(digest("claim-manifest:1", &bytes).to_string())
    );
    assert_eq!(manifest["documents"].as_array().map(Vec::len), Some(8));
    let workbook = desk.auditor.get(&format!("{address}/workbook")).await?;
    ensure!(
        workbook.status == StatusCode::OK && workbook.text.starts_with("PK"),
        "a workbook"
    );
    let sample = async || -> Result<Value> {
        let path = format!("{address}/sample?seed=2022&count=1");
        Ok(desk.auditor.get(&path).await?.ok())
    };
    assert_eq!(sample().await?, sample().await?);
    let page = desk
        .auditor
        .get(&format!("/staff/claims/{claim}/sample?seed=2022&by_risk=true"))
        .await?
        .text;
    ensure!(
        page.contains("Δείγμα ελέγχου") && page.contains("Δέματα τροφίμων") && page.contains("2022"),
        "{page}"
    );
    let replayed = desk.auditor.post("/api/v1/judgements/replay", &json!({})).await?.ok();
    assert!(replayed["judged"].as_u64() > Some(20), "{replayed}");
    assert_eq!(
        (&replayed["identical"], &replayed["different"]),
        (&replayed["judged"], &json!([]))
    );
    Ok(())
}
