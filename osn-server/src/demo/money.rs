//! The money of the year: a budget, the expenses of what was delivered, and one claim, by two people.

use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::{DemoError, Load};
use super::player::{Player, text_of};

/// The city's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoneyFile {
    at: String,
    operation: String,
    sub_project: String,
    up_to: String,
    suppliers: Vec<Value>,
    lines: Vec<Value>,
    commitments: Vec<Value>,
    contracts: Vec<Value>,
    expenses: Vec<Value>,
    expense: Value,
}

const STEP: &str = "city/money";

fn text<'v>(row: &'v Value, field: &'static str) -> Result<&'v str, DemoError> {
    row.get(field)
        .and_then(Value::as_str)
        .ok_or_else(|| DemoError::data("money.toml", format!("a row without `{field}`")))
}

fn euros(row: &Value, field: &'static str) -> Result<Value, DemoError> {
    Ok(json!({ "amount": text(row, field)?, "currency": "EUR" }))
}

/// The row without what only the story knows.
fn without(row: &Value, fields: &[&str]) -> Value {
    let mut row = row.clone();
    if let Some(map) = row.as_object_mut() {
        map.retain(|name, _| !fields.contains(&name.as_str()));
    }
    row
}

impl Player<'_> {
    /// Plays it, where the city has such a file.
    pub(super) async fn money(&mut self) -> Result<(), DemoError> {
        let city = self.city;
        let Some(file) = &city.money else { return Ok(()) };
        let claim = format!("{STEP}/claim");
        if self.played(&claim) {
            return Ok(());
        }
        let at = file.at.parse().map_err(|error| DemoError::data("money.toml", error))?;
        self.clock_at(at);
        let operation = self.kept(STEP, &format!("operation/{}", file.operation))?;
        let (keeper, checker) = (self.holder_of("finance")?, self.holder_of("coordinator")?);
        self.ground(file, &operation, &keeper).await?;
        for row in &file.expenses {
            self.expense(file, row, &operation, (&keeper, &checker)).await?;
        }
        self.claim(file, &operation, (&keeper, &checker)).await?;
        self.done(&claim)
    }

    /// Keeps what a step made, under its key.
    async fn make(&mut self, what: &str, key: &str, actor: &str, path: &str, body: Value) -> Result<(), DemoError> {
        let step = format!("{STEP}/{what}/{key}");
        if self.played(&step) {
            return Ok(());
        }
        let made = self.ask(&step, actor, Method::POST, path, Load::Json(body)).await?;
        let id = made.pointer("/id").or_else(|| made.pointer("/expense/id"));
        let id = id.and_then(Value::as_str).ok_or_else(|| DemoError::Missing {
            step: step.clone(),
            field: "id",
        })?;
        self.progress.keep(format!("money/{what}/{key}"), id.into());
        self.done(&step)
    }

    async fn ground(&mut self, file: &MoneyFile, operation: &str, keeper: &str) -> Result<(), DemoError> {
        for row in &file.suppliers {
            let body = without(row, &["key"]);
            self.make("supplier", text(row, "key")?, keeper, "/suppliers", body)
                .await?;
        }
        for row in &file.lines {
            let mut body = without(row, &["key"]);
            body["form"] = json!("actual");
            body["amount"] = euros(row, "amount")?;
            let path = format!("/operations/{operation}/budget-lines");
            self.make("line", text(row, "key")?, keeper, &path, body).await?;
        }
        for row in &file.commitments {
            let mut body = without(row, &["line"]);
            body["amount"] = euros(row, "amount")?;
            body["budget_line_id"] = self.kept(STEP, &format!("money/line/{}", text(row, "line")?))?.into();
            let path = format!("/operations/{operation}/commitments");
            self.make("commitment", text(row, "line")?, keeper, &path, body).await?;
        }
        for row in &file.contracts {
            let mut body = without(row, &["key", "supplier"]);
            body["value"] = euros(row, "value")?;
            let supplier = format!("money/supplier/{}", text(row, "supplier")?);
            body["supplier_id"] = self.kept(STEP, &supplier)?.into();
            let path = format!("/operations/{operation}/contracts");
            self.make("contract", text(row, "key")?, keeper, &path, body).await?;
        }
        Ok(())
    }

    fn body(&self, file: &MoneyFile, row: &Value) -> Result<Value, DemoError> {
        let all = &file.expense;
        let kept = |what: &str, field: &'static str| self.kept(STEP, &format!("money/{what}/{}", text(all, field)?));
        let action = self.kept(STEP, &format!("action/{}", text(all, "action")?))?;
        Ok(json!({
            "sub_project": file.sub_project, "work_package": text(all, "work_package")?, "category": text(all, "category")?,
            "budget_line_id": kept("line", "line")?, "supplier_id": kept("supplier", "supplier")?,
            "contract_id": kept("contract", "contract")?, "subject": text(row, "subject")?,
            "account": text(all, "account")?, "vat_included": false, "form": { "form": "actual" }, "paid_to_issuer": true,
            "document": {
                "kind": "invoice", "number": text(row, "number")?, "issued_on": text(row, "issued_on")?,
                "net": euros(all, "net")?, "vat": euros(all, "vat")?, "gross": euros(all, "gross")?,
            },
            "dates": {
                "committed": text(all, "committed")?, "awarded": text(all, "awarded")?, "contracted": text(all, "contracted")?,
                "delivered": text(row, "delivered")?, "accepted": text(row, "accepted")?, "paid": text(row, "paid")?,
            },
            "withheld": { "tax": euros(all, "tax")?, "levy": euros(all, "levy")? },
            "allocations": [{ "share": "100", "action_id": action, "instalment": row.get("instalment") }],
        }))
    }

    async fn expense(
        &mut self,
        file: &MoneyFile,
        row: &Value,
        operation: &str,
        (keeper, checker): (&str, &str),
    ) -> Result<(), DemoError> {
        let key = text(row, "key")?;
        let body = self.body(file, row)?;
        let path = format!("/operations/{operation}/expenses");
        self.make("expense", key, keeper, &path, body).await?;
        let expense = self.kept(STEP, &format!("money/expense/{key}"))?;
        if row.get("complete") != Some(&json!(true)) {
            return Ok(());
        }
        let kinds = file
            .expense
            .get("papers")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for kind in kinds.filter_map(Value::as_str) {
            let step = format!("{STEP}/paper/{key}/{kind}");
            if !self.played(&step) {
                let path = format!("/expenses/{expense}/papers?kind={kind}&number={key}-2022&file={kind}.txt");
                let bytes = format!("Έγγραφο επίδειξης: {kind}, {key}\n").into_bytes();
                self.ask_keyless(&step, keeper, &path, Load::Raw(bytes)).await?;
                self.done(&step)?;
            }
        }
        let step = format!("{STEP}/approve/{key}");
        if !self.played(&step) {
            let path = format!("/expenses/{expense}/approve");
            self.ask(&step, checker, Method::POST, &path, Load::Json(json!({})))
                .await?;
            self.done(&step)?;
        }
        Ok(())
    }

    async fn claim(
        &mut self,
        file: &MoneyFile,
        operation: &str,
        (keeper, checker): (&str, &str),
    ) -> Result<(), DemoError> {
        let body = json!({ "sub_project": file.sub_project, "up_to": file.up_to });
        let path = format!("/operations/{operation}/claims");
        self.make("claim", "first", keeper, &path, body).await?;
        let claim = self.kept(STEP, "money/claim/first")?;
        for (what, actor) in [("freeze", keeper), ("submit", checker)] {
            let step = format!("{STEP}/claim/{what}");
            if !self.played(&step) {
                let path = format!("/claims/{claim}/{what}");
                self.ask(&step, actor, Method::POST, &path, Load::Json(json!({})))
                    .await?;
                self.done(&step)?;
            }
        }
        Ok(())
    }

    /// Counts what the system holds of it.
    pub(super) async fn count_money(&mut self) -> Result<super::MoneySummary, DemoError> {
        let city = self.city;
        let Some(file) = &city.money else {
            return Ok(super::MoneySummary::default());
        };
        let (step, reader) = ("summary", self.holder_of("auditor")?);
        let operation = self.kept(step, &format!("operation/{}", file.operation))?;
        let expenses = self
            .list(step, &reader, &format!("/operations/{operation}/expenses"))
            .await?;
        let claim = self.kept(step, "money/claim/first")?;
        let claim = self.get(step, &reader, &format!("/claims/{claim}")).await?;
        let replayed = self
            .ask_keyless(step, &reader, "/judgements/replay", Load::Json(json!({})))
            .await?;
        let count = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or(0);
        Ok(super::MoneySummary {
            expenses: u64::try_from(expenses.len()).unwrap_or(u64::MAX),
            claimed: text_of(step, &claim, "/totals/claimed/amount")?,
            judgements: count(replayed.get("judged")),
            identical: count(replayed.get("identical")),
        })
    }
}
