//! The desk of finance: what the stories about money share.
use anyhow::{Context as _, Result};
use axum::http::{Method, StatusCode};
use osn_server::programs::ProgramsConfig;
use serde_json::{Value, json};

use crate::app::{Backend, TestApp};
use crate::client::{Client, Reply};

/// The first instalment arrived: there are deliveries to pay for.
const UNTIL: &str = "food-parcel-2022/deliver/home-food-1";

/// Finance at work: an operation with two budget lines and a supplier, and deliveries to pay for.
#[derive(Debug)]
pub struct Desk {
    /// The house.
    pub house: TestApp,
    /// Who enters.
    pub finance: Client,
    /// Who approves.
    pub coordinator: Client,
    /// Who looks.
    pub auditor: Client,
    /// The operation.
    pub operation: String,
    /// The action that was delivered.
    pub action: String,
    /// Who is paid.
    pub supplier: String,
    /// The line of the parcels.
    pub line: String,
    /// Another line.
    pub other_line: String,
}

/// An amount as the interface takes it.
pub fn euros(text: &str) -> Value {
    json!({ "amount": text, "currency": "EUR" })
}

/// A text inside an answer.
pub fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {pointer} in {value}"))?.to_owned())
}

impl Desk {
    /// Opens it.
    pub async fn open(backend: Backend) -> Result<Self> {
        Self::open_with(backend, ProgramsConfig::default()).await
    }

    /// The same, where packages are trusted as the story wants.
    pub async fn open_with(backend: Backend, programs: ProgramsConfig) -> Result<Self> {
        let house = TestApp::begun_with(backend, UNTIL, programs).await?;
        house.played.clock.set("2022-10-01T09:00:00Z".parse()?);
        let (finance, coordinator) = (house.staff("finance").await?, house.staff("coordinator").await?);
        let auditor = house.staff("auditor").await?;
        let operation = coordinator.get("/api/v1/operations").await?.ok();
        let operation = text(&operation, "/items/0/id")?;
        let supplier = json!({ "kind": "company", "name": "Τρόφιμα Δοκιμή ΑΕ", "afm": "094259216" });
        let supplier = text(&finance.post("/api/v1/suppliers", &supplier).await?.ok(), "/id")?;
        let mut lines = Vec::new();
        for (code, amount) in [("4.1", "5000.00"), ("4.2", "1000.00")] {
            let line = json!({
                "code": code, "name": { "el": "Δέματα", "en": "Parcels" }, "work_package": "WP2", "category": "A4",
                "form": "actual", "amount": euros(amount),
            });
            let path = format!("/api/v1/operations/{operation}/budget-lines");
            lines.push(text(&finance.post(&path, &line).await?.ok(), "/id")?);
        }
        let other_line = lines.pop().context("two lines")?;
        Ok(Self {
            action: house.id("action/home-food")?,
            line: lines.pop().context("two lines")?,
            other_line,
            house,
            finance,
            coordinator,
            auditor,
            operation,
            supplier,
        })
    }

    /// An address below the operation.
    pub fn of(&self, rest: &str) -> String {
        format!("/api/v1/operations/{}/{rest}", self.operation)
    }

    /// Parcels of the first instalment, without VAT.
    pub fn parcels(&self, number: &str) -> Value {
        json!({
            "sub_project": "SP1", "work_package": "WP2", "category": "A4", "budget_line_id": self.line, "subject": "Δέματα τροφίμων",
            "supplier_id": self.supplier, "vat_included": false, "form": { "form": "actual" }, "account": "64.00.01",
            "document": {
                "kind": "invoice", "number": number, "issued_on": "2022-09-28",
                "net": euros("900.00"), "vat": euros("216.00"), "gross": euros("1116.00"),
            },
            "dates": {
                "committed": "2022-09-05", "awarded": "2022-09-10", "delivered": "2022-09-27", "accepted": "2022-09-28",
                "paid": "2022-09-29",
            },
            "paid_to_issuer": true, "withheld": { "tax": euros("36.00"), "levy": euros("0.00") },
            "allocations": [{ "share": "100", "action_id": self.action, "instalment": 1 }],
        })
    }

    /// Records an expense.
    pub async fn record(&self, body: &Value) -> Result<Reply> {
        self.finance.post(&self.of("expenses"), body).await
    }

    /// Asks what would be eligible.
    pub async fn what_if(&self, body: &Value) -> Result<Value> {
        Ok(self.finance.post(&self.of("expenses/what-if"), body).await?.ok())
    }

    /// Every paper that the checklist asks of parcels.
    pub async fn papers(&self, expense: &str) -> Result<()> {
        for kind in [
            "commitment",
            "award",
            "acceptance",
            "document",
            "warrant",
            "payment",
            "physical",
            "publicity",
        ] {
            let path = format!(
                "/api/v1/expenses/{expense}/papers?kind={kind}&number=%CE%A8%CE%A1%CE%974%CE%97-354&file={kind}.pdf"
            );
            let bytes = format!("%PDF {kind}").into_bytes();
            let media = Some("application/octet-stream");
            self.finance.send(Method::POST, &path, media, bytes, &[]).await?.ok();
        }
        Ok(())
    }

    /// An expense with its papers, approved by the coordinator.
    pub async fn approved(&self, body: &Value) -> Result<String> {
        let id = text(&self.record(body).await?.ok(), "/expense/id")?;
        self.papers(&id).await?;
        let path = format!("/api/v1/expenses/{id}/approve");
        self.coordinator.post(&path, &json!({})).await?.ok();
        Ok(id)
    }

    /// A claim of a sub-project up to a day, frozen: its identifier, and the answer.
    pub async fn frozen(&self, sub_project: &str, up_to: &str) -> Result<(String, Value)> {
        let new = json!({ "sub_project": sub_project, "up_to": up_to });
        let claim = text(&self.finance.post(&self.of("claims"), &new).await?.ok(), "/id")?;
        let path = format!("/api/v1/claims/{claim}/freeze");
        let frozen = self.finance.post(&path, &json!({})).await?.ok();
        Ok((claim, frozen))
    }

    /// A budget line of simplified costs, of a work package.
    pub async fn simplified_line(&self, work_package: &str, mut line: Value) -> Result<Reply> {
        line["name"] = json!({ "el": "Απλουστευμένο", "en": "Simplified" });
        line["work_package"] = json!(work_package);
        self.finance.post(&self.of("budget-lines"), &line).await
    }
}

/// Findings of a rule in a judgement.
pub fn finding<'a>(judgement: &'a Value, rule: &str) -> Option<&'a Value> {
    let findings = judgement["findings"].as_array()?;
    let heavy = |finding: &&Value| finding["verdict"] != json!("ok");
    findings
        .iter()
        .find(|finding| finding["rule"] == json!(rule) && heavy(finding))
}

/// Both languages, without a key that fell through.
pub async fn reads_well(client: &Client, path: &str) -> Result<()> {
    for prefix in ["", "/en"] {
        let page = client.get(&format!("{prefix}{path}")).await?;
        assert_eq!(page.status, StatusCode::OK, "{prefix}{path}: {}", page.text);
        let words = page.text.split('>').filter_map(|piece| piece.split('<').next());
        let keys: Vec<&str> = words
            .map(str::trim)
            .filter(|words| {
                ["money-", "state-", "indicator"]
                    .iter()
                    .any(|key| words.starts_with(key))
            })
            .collect();
        assert_eq!(keys, Vec::<&str>::new(), "{prefix}{path}");
    }
    Ok(())
}
