//! Money: two operations of two programming periods in one municipality's house. Each expense is judged by its own regime; one
//! invoice may be split over both and is never paid twice; ceilings, boards and claims are apart; pages choose between them.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::Backend;
use osn_tests::money::{Desk, euros, finding, reads_well, text};
use serde_json::{Value, json};

/// Two operations side by side.
struct Both {
    desk: Desk,
    /// The one of 2021-2027; the desk's own is of 2014-2020.
    other: String,
    /// Its line of parcels.
    line: String,
}

impl Both {
    async fn open(backend: Backend) -> Result<Self> {
        let desk = Desk::open(backend).await?;
        let mut first = desk.coordinator.get("/api/v1/operations").await?.ok()["items"][0].take();
        for gone in ["id", "version"] {
            first.as_object_mut().context("an operation")?.remove(gone);
        }
        first["terms"] = json!({ "vat": "non-recoverable" });
        desk.coordinator.post("/api/v1/operations", &first).await?.ok();
        let second = json!({
            "code": "support-2127", "name": { "el": "Στήριξη νοικοκυριών", "en": "Support of households" },
            "beneficiary": { "el": "Δήμος", "en": "City" }, "programme": { "el": "Αττική 2021-2027", "en": "Attica 2021-2027" },
            "fund": "ESF+", "regime": "2127", "period": { "from": "2021-01-01", "to": "2029-12-31" },
            "work_packages": [{ "code": "WPA", "name": { "el": "Δέματα", "en": "Parcels" } }],
            "sub_projects": [{ "code": "SPA", "name": { "el": "Με ίδια μέσα", "en": "By own means" }, "mode": "own-means" }],
            "terms": { "vat": "non-recoverable" },
        });
        let other = text(&desk.coordinator.post("/api/v1/operations", &second).await?.ok(), "/id")?;
        let line = json!({
            "code": "4.1", "name": { "el": "Δέματα", "en": "Parcels" }, "work_package": "WPA", "category": "A4",
            "form": "actual", "amount": euros("1000.00"),
        });
        let lines = format!("/api/v1/operations/{other}/budget-lines");
        let line = text(&desk.finance.post(&lines, &line).await?.ok(), "/id")?;
        Ok(Self { desk, other, line })
    }

    fn of(&self, rest: &str) -> String {
        format!("/api/v1/operations/{}/{rest}", self.other)
    }

    /// The same parcels as the desk's, declared by the other operation.
    fn parcels(&self, number: &str, share: &str) -> Value {
        let mut body = self.desk.parcels(number);
        body["sub_project"] = json!("SPA");
        body["work_package"] = json!("WPA");
        body["budget_line_id"] = json!(self.line);
        body["share"] = json!(share);
        body
    }

    /// The desk's own, in part.
    fn own(&self, number: &str, share: &str) -> Value {
        let mut body = self.desk.parcels(number);
        body["share"] = json!(share);
        body
    }

    /// Records with its papers, approved by another.
    async fn approved(&self, body: &Value) -> Result<String> {
        let id = text(
            &self.desk.finance.post(&self.of("expenses"), body).await?.ok(),
            "/expense/id",
        )?;
        self.desk.papers(&id).await?;
        let approve = format!("/api/v1/expenses/{id}/approve");
        self.desk.coordinator.post(&approve, &json!({})).await?.ok();
        Ok(id)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operations_of_two_periods_live_side_by_side() -> Result<()> {
    for backend in Backend::ALL {
        let both = Both::open(backend).await?;
        each_by_its_own_regime(&both).await?;
        one_invoice_over_both(&both).await?;
        ceilings_and_boards_apart(&both).await?;
        claims_apart(&both).await?;
        pages_choose(&both).await?;
    }
    Ok(())
}

/// Codes of the rules of the Union that answered.
fn unions(judgement: &Value) -> Vec<String> {
    let findings = judgement["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let codes = findings.iter().filter_map(|finding| finding["rule"].as_str());
    codes
        .filter(|code| code.starts_with("E14-") || code.starts_with("E21-"))
        .map(str::to_owned)
        .collect()
}

async fn each_by_its_own_regime(both: &Both) -> Result<()> {
    let desk = &both.desk;
    let ask =
        async |body: &Value| -> Result<Value> { Ok(desk.auditor.post(&both.of("expenses/what-if"), body).await?.ok()) };
    let (old, new) = (
        desk.what_if(&desk.parcels("Α 1")).await?,
        ask(&both.parcels("Α 1", "100")).await?,
    );
    for (judged, own, foreign) in [(&old, "E14-", "E21-"), (&new, "E21-", "E14-")] {
        let codes = unions(judged);
        ensure!(
            codes.iter().any(|code| code.starts_with(own)) && !codes.iter().any(|code| code.starts_with(foreign)),
            "{own}: {codes:?}"
        );
    }
    // Before the newer period begins, the same paper is eligible in one and not in the other.
    let early = |mut body: Value| {
        body["document"]["issued_on"] = json!("2020-06-10");
        body["dates"] = json!({
            "committed": "2020-06-01", "awarded": "2020-06-02", "delivered": "2020-06-09", "accepted": "2020-06-10",
            "paid": "2020-06-20",
        });
        body
    };
    let (old, new) = (
        desk.what_if(&early(desk.parcels("Α 1"))).await?,
        ask(&early(both.parcels("Α 1", "100"))).await?,
    );
    ensure!(finding(&old, "E14-PERIOD").is_none(), "{old}");
    let outside = finding(&new, "E21-PERIOD").context("before the period")?;
    ensure!(
        outside["verdict"] == json!("reject") && text(outside, "/article/el")?.contains("2021/1060"),
        "{outside}"
    );
    // A rate that only the newer regulation knows; an action that only the older operation pays.
    let rate = |package: &str| {
        json!({
            "code": "7.1", "name": { "el": "Έμμεσες", "en": "Indirect" }, "work_package": package, "category": "B3",
            "form": "flat", "rate": "indirect7", "amount": euros("500.00"),
        })
    };
    let unknown = desk.finance.post(&desk.of("budget-lines"), &rate("WP1")).await?;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unknown.text);
    assert_eq!(unknown.errors()[0].1, "E14-FORM.unknown-rate", "{}", unknown.text);
    desk.finance.post(&both.of("budget-lines"), &rate("WPA")).await?.ok();
    let counted = json!({
        "name": { "el": "Άτομα" }, "kind": "output", "unit": "persons", "actions": [desk.action], "source": "Απόφαση",
    });
    let elsewhere = desk.coordinator.put(&both.of("indicators/D1"), &counted).await?;
    assert_eq!(
        elsewhere.errors()[0].0,
        "/actions/0",
        "no two operations count the same people: {}",
        elsewhere.text
    );
    let foreign = desk.finance.post(&both.of("expenses"), &desk.parcels("Α 1")).await?;
    let at: Vec<String> = foreign.errors().into_iter().map(|(path, ..)| path).collect();
    assert_eq!(
        at,
        ["/sub_project", "/work_package", "/budget_line_id"],
        "{}",
        foreign.text
    );
    Ok(())
}

/// Sixty of a hundred here and forty there, never one more; the same paper whole is found wherever it was declared first.
async fn one_invoice_over_both(both: &Both) -> Result<()> {
    let desk = &both.desk;
    desk.approved(&both.own("ΤΠΥ-00500", "60")).await?;
    for (number, share) in [("τπυ 500", "40.01"), ("ΤΠΥ 500", "100")] {
        let twice = desk
            .finance
            .post(&both.of("expenses"), &both.parcels(number, share))
            .await?;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", twice.text);
        let (path, code, message) = twice.errors().swap_remove(0);
        assert_eq!(
            (path.as_str(), code.as_str()),
            ("/document/number", "E21-DOUBLE.declared-elsewhere"),
            "{message}"
        );
        ensure!(
            message.contains("2021/1060"),
            "the article of its own regime: {message}"
        );
    }
    both.approved(&both.parcels("ΤΠΥ/500", "40")).await?;
    // The other way round too, under the article of the older regime.
    let full = desk.record(&both.own("τπυ 0500", "0.01")).await?;
    let (path, _, message) = full.errors().swap_remove(0);
    ensure!(path == "/document/number" && message.contains("1303/2013"), "{message}");
    let paid = desk
        .auditor
        .get(&format!("/api/v1/actions/{}/money", desk.action))
        .await?
        .ok();
    assert_eq!(
        (&paid["spent"], paid["expenses"].as_array().map(Vec::len)),
        (&euros("900.00"), Some(2)),
        "one action, paid by both: {paid}"
    );
    Ok(())
}

/// 20 % of what each approved itself; each board adds up its own.
async fn ceilings_and_boards_apart(both: &Both) -> Result<()> {
    let desk = &both.desk;
    let staff = |package: &str| {
        json!({
            "code": "5.1", "name": { "el": "Προσωπικό", "en": "Staff" }, "work_package": package, "category": "B4",
            "form": "flat", "rate": "staff20", "amount": euros("500.00"),
        })
    };
    desk.finance.post(&desk.of("budget-lines"), &staff("WP1")).await?.ok();
    desk.finance.post(&both.of("budget-lines"), &staff("WPA")).await?.ok();
    for (path, base, due) in [
        (desk.of("settlements"), "540.00", "108.00"),
        (both.of("settlements"), "360.00", "72.00"),
    ] {
        let found = desk.auditor.get(&path).await?.ok();
        let lines = found["items"].as_array().context("lines")?;
        let line = lines
            .iter()
            .find(|line| line["rate"] == json!("staff20"))
            .context("the rate")?;
        assert_eq!((&line["base"], &line["due"]), (&euros(base), &euros(due)), "{found}");
    }
    for (path, spent, budget) in [
        (desk.of("board"), "540.00", "6500.00"),
        (both.of("board"), "360.00", "2000.00"),
    ] {
        let board = desk.auditor.get(&path).await?.ok();
        assert_eq!(
            (
                &board["all"]["spent"],
                &board["all"]["budget"],
                &board["curve"][0]["spent"]
            ),
            (&euros(spent), &euros(budget), &euros(spent)),
            "{board}"
        );
    }
    Ok(())
}

/// Both may have a claim open at once; each holds its own and freezes its own.
async fn claims_apart(both: &Both) -> Result<()> {
    let desk = &both.desk;
    let begin = async |path: String, sub_project: &str| -> Result<String> {
        let new = json!({ "sub_project": sub_project, "up_to": "2022-09-30" });
        text(&desk.finance.post(&path, &new).await?.ok(), "/id")
    };
    let (own, other) = (
        begin(desk.of("claims"), "SP1").await?,
        begin(both.of("claims"), "SPA").await?,
    );
    let frozen = desk
        .finance
        .post(&format!("/api/v1/claims/{other}/freeze"), &json!({}))
        .await?
        .ok();
    assert_eq!(frozen["totals"]["claimed"], euros("360.00"), "{frozen}");
    let codes = unions(&frozen["lines"][0]["judgement"]);
    ensure!(codes.iter().all(|code| code.starts_with("E21-")), "{codes:?}");
    let open = desk.auditor.get(&format!("/api/v1/claims/{own}")).await?.ok();
    assert_eq!(
        (&open["claim"]["state"]["state"], &open["totals"]["claimed"]),
        (&json!("draft"), &euros("540.00")),
        "{open}"
    );
    for path in [desk.of("claims"), both.of("claims")] {
        assert_eq!(desk.auditor.get(&path).await?.ok()["total"], json!(1), "{path}");
    }
    let replayed = desk.auditor.post("/api/v1/judgements/replay", &json!({})).await?.ok();
    assert_eq!(replayed["identical"], replayed["judged"], "{replayed}");
    Ok(())
}

/// The list of operations with their periods, each board with a way back to it, and nothing of the other on it.
async fn pages_choose(both: &Both) -> Result<()> {
    let desk = &both.desk;
    reads_well(&desk.auditor, "/staff/money").await?;
    let list = desk.auditor.get("/staff/money").await?.text;
    for words in ["Στήριξη νοικοκυριών", "2014-2020", "2021-2027", "ESF+"] {
        ensure!(list.contains(words), "{words} in {list}");
    }
    for (operation, own, foreign) in [(&desk.operation, "540,00", "360,00"), (&both.other, "360,00", "540,00")] {
        let page = format!("/staff/money/{operation}");
        ensure!(list.contains(&page), "{list}");
        let board = desk.auditor.get(&page).await?.text;
        ensure!(board.contains(own) && !board.contains(foreign), "{board}");
        ensure!(board.contains("Όλες οι Πράξεις"), "the way to the others: {board}");
        let expenses = desk.auditor.get(&format!("{page}/expenses")).await?.text;
        ensure!(expenses.contains(own) && !expenses.contains(foreign), "{expenses}");
    }
    // The form of an expense asks for the parts of its own operation.
    let form = desk
        .finance
        .get(&format!("/staff/money/{}/expenses/new", both.other))
        .await?
        .text;
    ensure!(
        form.contains("value=\"SPA\"") && !form.contains("value=\"SP1\""),
        "{form}"
    );
    Ok(())
}
