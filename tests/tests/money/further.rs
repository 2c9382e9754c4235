//! Money, further: a municipality under other national rules judges by a set of its own and the other is untouched; an irregularity
//! found by one and confirmed by another comes off the next claim; opinions, unit costs, tables for the managing authority.
use std::io::{Cursor, Read as _};

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use osn_core::id::MunicipalityId;
use osn_core::lang::LocalText;
use osn_programs::package::{Policy, Trust};
use osn_server::acts::Acting;
use osn_server::acts::accounts::{self, NewAccount};
use osn_server::auth::Role;
use osn_server::programs::ProgramsConfig;
use osn_store::NewMunicipality;
use osn_tests::app::{Backend, plugins, rule_set};
use osn_tests::client::{Client, Reply};
use osn_tests::maker::Maker;
use osn_tests::money::{Desk, euros, finding, text};
use serde_json::{Value, json};

const HARBOUR: &str = "harbour.example";
const PASSWORD: &str = "a long enough password";
const SET: &str = "expenditure-example";

/// Finance of a second municipality on the same server, with the same operation and a supplier.
struct Harbour {
    keeper: Client,
    operation: String,
}

/// The city's operation, of a body that bears its VAT.
async fn operation(desk: &Desk) -> Result<Value> {
    let mut operation = desk.coordinator.get("/api/v1/operations").await?.ok()["items"][0].take();
    for gone in ["id", "version"] {
        operation.as_object_mut().context("an operation")?.remove(gone);
    }
    operation["terms"] = json!({ "vat": "non-recoverable" });
    Ok(operation)
}

async fn harbour(desk: &Desk) -> Result<Harbour> {
    let app = &desk.house.played.app;
    let second = NewMunicipality {
        id: app.new_id(MunicipalityId::new),
        slug: "harbour".to_owned(),
        name: LocalText::new("Δήμος Λιμένα", "City of the Harbour"),
        time_zone: "Europe/Athens".to_owned(),
        hosts: vec![HARBOUR.to_owned()],
        settings: json!({}),
    };
    let id = second.id;
    app.store().create_municipality(second, app.now()).await?;
    app.refresh_municipalities().await?;
    let account = NewAccount {
        login: "keeper".to_owned(),
        name: "Keeper of the Harbour".to_owned(),
        roles: vec![Role::Host, Role::Coordinator, Role::Finance],
        organization: None,
        email: None,
    };
    let acting = Acting::machine(app, &app.municipality(id).await?);
    accounts::add(&acting, account, PASSWORD.to_owned()).await?;
    let keeper = desk.house.visitor_at(HARBOUR).sign_in("keeper", PASSWORD).await?;
    let operation = operation(desk).await?;
    desk.coordinator.post("/api/v1/operations", &operation).await?.ok();
    let operation = text(&keeper.post("/api/v1/operations", &operation).await?.ok(), "/id")?;
    Ok(Harbour { keeper, operation })
}

async fn install(client: &Client, bytes: &[u8], signature: Option<&str>) -> Result<Reply> {
    let signature = signature.map(|text| BASE64.encode(text));
    let headers: Vec<(&str, &str)> = signature
        .iter()
        .map(|text| ("package-signature", text.as_str()))
        .collect();
    let media = Some("application/wasm");
    client
        .send(Method::POST, "/api/v1/rule-sets", media, bytes.to_vec(), &headers)
        .await
}

/// Codes of the findings of a judgement, with their verdicts.
fn codes(judgement: &Value, prefix: &str) -> Vec<String> {
    let findings = judgement["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let codes = findings.iter().filter_map(|finding| {
        let rule = finding["rule"].as_str()?;
        rule.starts_with(prefix)
            .then(|| format!("{rule} {}", finding["verdict"].as_str().unwrap_or_default()))
    });
    codes.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_municipality_judges_by_a_set_of_its_own() -> Result<()> {
    for backend in Backend::ALL {
        let maker = Maker::new(7);
        let trust = Trust::from_keys([maker.public().as_str()], Policy::RequireSignature)?;
        let programs = ProgramsConfig {
            trust,
            ..ProgramsConfig::default()
        };
        let desk = Desk::open_with(backend, programs).await?;
        let other = harbour(&desk).await?;
        let under_greek_law = desk.record(&desk.parcels("Α 1")).await?.ok();
        ensure!(
            !codes(&under_greek_law["judgement"], "G-").is_empty(),
            "{under_greek_law}"
        );
        let digest = installed(&desk, &other, &maker).await?;
        judged_abroad(&desk).await?;
        judged_elsewhere(&desk, &other).await?;
        back_home(&desk, &digest).await?;
    }
    Ok(())
}

async fn installed(desk: &Desk, other: &Harbour, maker: &Maker) -> Result<String> {
    let host = desk.house.staff("host").await?;
    let bytes = rule_set(SET)?;
    // Unsigned, by a stranger, no set at all, and somebody who may not.
    assert_eq!(install(&host, &bytes, None).await?.code(), "program.not-signed");
    let stranger = Maker::new(8).sign(&bytes, "somebody else");
    assert_eq!(
        install(&host, &bytes, Some(&stranger)).await?.code(),
        "program.signature"
    );
    let program = std::fs::read(plugins()?.join("food-parcel.wasm"))?;
    let signed = maker.sign(&program, "a program is no set of rules");
    assert_eq!(
        install(&host, &program, Some(&signed)).await?.code(),
        "program.missing-exports"
    );
    let noise = b"\0asm\r\0\x01\0 nothing".to_vec();
    let signed = maker.sign(&noise, "noise");
    assert_eq!(
        install(&host, &noise, Some(&signed)).await?.code(),
        "program.not-a-component"
    );
    let signature = maker.sign(&bytes, "rules 0.1.0 of the example");
    let refused = install(&desk.finance, &bytes, Some(&signature)).await?;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let set = install(&host, &bytes, Some(&signature)).await?;
    assert_eq!(set.status, StatusCode::CREATED, "{}", set.text);
    let set = set.json();
    assert_eq!(
        (&set["enabled"], set["cases"].as_u64() > Some(10)),
        (&json!(false), true),
        "{set}"
    );
    let digest = text(&set, "/package_digest")?;
    // Installed is not enabled: nothing is judged by it yet.
    let answer = desk.what_if(&desk.parcels("Α 2")).await?;
    assert_eq!(codes(&answer, "X-"), Vec::<String>::new());
    let page = host.get("/staff/rule-sets").await?;
    ensure!(
        page.text.contains("X-FOODTAX") && page.text.contains("ελληνικό δίκαιο"),
        "{}",
        page.text
    );
    let english = host.get("/en/staff/rule-sets").await?;
    ensure!(english.text.contains("Invented state"), "{}", english.text);
    let enabled = host
        .post(&format!("/api/v1/rule-sets/{digest}/enable"), &json!({}))
        .await?
        .ok();
    assert_eq!(enabled["enabled"], json!(true));
    let foreign = other.keeper.get("/api/v1/rule-sets").await?.ok();
    assert_eq!(foreign["total"], json!(0), "{foreign}");
    let foreign = other
        .keeper
        .post(&format!("/api/v1/rule-sets/{digest}/enable"), &json!({}))
        .await?;
    assert_eq!(
        (foreign.status, foreign.code()),
        (StatusCode::NOT_FOUND, "rule-set.unknown".into())
    );
    Ok(digest)
}

/// At entry, on the page, at the claim, and again from the frozen input.
async fn judged_abroad(desk: &Desk) -> Result<()> {
    let mut food = desk.parcels("Α 3");
    food["nature"] = json!("food");
    food["vat_included"] = json!(true);
    let made = desk.record(&food).await?.ok();
    let judgement = &made["judgement"];
    assert_eq!(
        codes(judgement, "X-"),
        ["X-FOODTAX cut", "X-RECEIPT warn"],
        "{judgement}"
    );
    assert_eq!(codes(judgement, "G-"), Vec::<String>::new());
    ensure!(
        !codes(judgement, "E14-").is_empty(),
        "the Union's rules hold everywhere: {judgement}"
    );
    let tax = finding(judgement, "X-FOODTAX").context("the tax is cut")?;
    assert_eq!(tax["amount"], euros("216.00"));
    ensure!(
        text(tax, "/reason/el")?.contains("216,00") && tax["verify"] == json!(true),
        "{tax}"
    );
    ensure!(
        text(judgement, "/national")?.starts_with("expenditure-example 0.1.0 "),
        "{judgement}"
    );
    let id = text(&made, "/expense/id")?;
    let page = desk.auditor.get(&format!("/staff/expenses/{id}")).await?.text;
    ensure!(
        page.contains("Ο φόρος των τροφίμων επιστρέφεται") && page.contains("expenditure-example 0.1.0"),
        "{page}"
    );
    desk.papers(&id).await?;
    desk.coordinator
        .post(&format!("/api/v1/expenses/{id}/approve"), &json!({}))
        .await?
        .ok();
    let (_, frozen) = desk.frozen("SP1", "2022-09-30").await?;
    let line = &frozen["lines"][0];
    assert_eq!(
        codes(&line["judgement"], "X-"),
        ["X-FOODTAX cut", "X-RECEIPT ok"],
        "{line}"
    );
    assert_eq!(line["eligible"], euros("900.00"));
    let replayed = desk.auditor.post("/api/v1/judgements/replay", &json!({})).await?.ok();
    assert_eq!(
        (&replayed["identical"], &replayed["different"]),
        (&replayed["judged"], &json!([])),
        "{replayed}"
    );
    Ok(())
}

/// The other municipality: the same expense, the law of Greece.
async fn judged_elsewhere(desk: &Desk, other: &Harbour) -> Result<()> {
    let mut same = desk.parcels("Α 3");
    same["nature"] = json!("food");
    same["vat_included"] = json!(true);
    for gone in ["budget_line_id", "supplier_id", "allocations"] {
        same.as_object_mut().context("an expense")?.remove(gone);
    }
    let path = format!("/api/v1/operations/{}/expenses/what-if", other.operation);
    let answer = other.keeper.post(&path, &same).await?.ok();
    assert_eq!(codes(&answer, "X-"), Vec::<String>::new(), "{answer}");
    ensure!(
        !codes(&answer, "G-").is_empty() && answer["national"].is_null(),
        "{answer}"
    );
    Ok(())
}

async fn back_home(desk: &Desk, digest: &str) -> Result<()> {
    let host = desk.house.staff("host").await?;
    host.post(&format!("/api/v1/rule-sets/{digest}/disable"), &json!({}))
        .await?
        .ok();
    let answer = desk.what_if(&desk.parcels("Α 9")).await?;
    assert_eq!(codes(&answer, "X-"), Vec::<String>::new());
    ensure!(!codes(&answer, "G-").is_empty(), "{answer}");
    // What was judged by the set is still judged by it.
    let replayed = desk.auditor.post("/api/v1/judgements/replay", &json!({})).await?.ok();
    assert_eq!(replayed["identical"], replayed["judged"], "{replayed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_irregularity_comes_off_the_next_claim() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        let expense = desk.approved(&desk.parcels("Α 1")).await?;
        let first = claim(&desk).await?;
        assert_eq!(first["totals"]["claimed"], euros("900.00"), "{first}");
        let found = recorded(&desk, &expense).await?;
        let taken = taken_back(&desk, &expense, &found).await?;
        opinions_and_costs(&desk).await?;
        tables(&desk, &taken).await?;
    }
    Ok(())
}

async fn claim(desk: &Desk) -> Result<Value> {
    let new = json!({ "sub_project": "SP1", "up_to": "2022-09-30" });
    let claim = text(&desk.finance.post(&desk.of("claims"), &new).await?.ok(), "/id")?;
    Ok(desk
        .finance
        .post(&format!("/api/v1/claims/{claim}/freeze"), &json!({}))
        .await?
        .ok())
}

async fn recorded(desk: &Desk, expense: &str) -> Result<String> {
    let new = json!({
        "expense_id": expense, "found_by": "audit-authority", "found_on": "2022-09-30", "article": "ν. 4412/2016, άρθρο 118",
        "finding": "Η αξία είχε κατατμηθεί", "amount": euros("100.00"),
    });
    let path = desk.of("irregularities");
    for (field, value, at) in [
        ("amount", euros("900.01"), "/amount"),
        ("amount", euros("0.00"), "/amount"),
        ("found_on", json!("2023-01-01"), "/found_on"),
        ("article", json!(" "), "/article"),
        (
            "expense_id",
            json!("0194d5a8-0000-7000-8000-000000000000"),
            "/expense_id",
        ),
    ] {
        let mut wrong = new.clone();
        wrong[field] = value;
        let reply = desk.finance.post(&path, &wrong).await?;
        assert_eq!(
            reply.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}: {}",
            reply.text
        );
        assert_eq!(reply.errors()[0].0, at, "{}", reply.text);
    }
    let found = text(&desk.finance.post(&path, &new).await?.ok(), "/id")?;
    let address = format!("/api/v1/irregularities/{found}");
    let alone = desk.finance.post(&format!("{address}/confirm"), &json!({})).await?;
    assert_eq!(
        (alone.status, alone.code()),
        (StatusCode::CONFLICT, "money.same-person".into())
    );
    // Another one is dismissed, from the pages.
    let mut other = new.clone();
    other["amount"] = euros("50.00");
    let other = text(&desk.finance.post(&path, &other).await?.ok(), "/id")?;
    let page = format!("/staff/irregularities/{other}");
    let silent = desk
        .coordinator
        .fill(&format!("{page}/dismiss"), &[("/reason", "")])
        .await?;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    let dismissed = desk
        .coordinator
        .fill(&format!("{page}/dismiss"), &[("/reason", "Δεν ισχύει")])
        .await?;
    assert_eq!(dismissed.status, StatusCode::SEE_OTHER, "{}", dismissed.text);
    let confirmed = desk
        .coordinator
        .post(&format!("{address}/confirm"), &json!({}))
        .await?
        .ok();
    assert_eq!(confirmed["state"]["state"], json!("confirmed"));
    let again = desk.coordinator.post(&format!("{address}/confirm"), &json!({})).await?;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    Ok(found)
}

/// The next claim takes it back; withdrawn, the amount stands open again; a later one takes it back for good.
async fn taken_back(desk: &Desk, expense: &str, found: &str) -> Result<String> {
    let mut second = desk.parcels("Α 2");
    second["share"] = json!("50");
    desk.approved(&second).await?;
    let address = format!("/api/v1/irregularities/{found}");
    let state = async || -> Result<Value> { Ok(desk.auditor.get(&address).await?.ok()["state"]["state"].clone()) };
    let frozen = claim(desk).await?;
    assert_eq!(frozen["totals"]["corrections"], euros("-100.00"), "{frozen}");
    assert_eq!(frozen["totals"]["claimed"], euros("350.00"));
    assert_eq!(state().await?, json!("corrected"));
    let id = text(&frozen, "/claim/id")?;
    let manifest = desk.auditor.get(&format!("/api/v1/claims/{id}/manifest")).await?;
    assert_eq!(manifest.status, StatusCode::OK, "its digest holds: {}", manifest.text);
    let why = json!({ "reason": "Λάθος περίοδος" });
    desk.coordinator
        .post(&format!("/api/v1/claims/{id}/withdraw"), &why)
        .await?
        .ok();
    assert_eq!(state().await?, json!("confirmed"));
    let untouched = desk.finance.get(&format!("/api/v1/expenses/{expense}")).await?.ok();
    assert_eq!(untouched["state"], json!("claimed"), "the first claim still holds it");
    let frozen = claim(desk).await?;
    assert_eq!(frozen["totals"]["claimed"], euros("350.00"), "{frozen}");
    // Ceilings are counted without what is irregular, and the board says so.
    let board = desk.auditor.get(&desk.of("board")).await?.ok();
    assert_eq!(board["irregular"], euros("100.00"), "{board}");
    assert_eq!(board["all"]["eligible"], euros("1250.00"), "{board}");
    let register = desk
        .auditor
        .get(&format!("/staff/money/{}/irregularities", desk.operation))
        .await?
        .text;
    for words in ["Αρχή ελέγχου", "Διορθώθηκε σε δήλωση", "Απορρίφθηκε", "100,00"]
    {
        ensure!(register.contains(words), "{words} in {register}");
    }
    text(&frozen, "/claim/id")
}

async fn opinions_and_costs(desk: &Desk) -> Result<()> {
    let costs = desk.auditor.get(&desk.of("unit-costs")).await?.ok();
    let program = &costs["items"][0];
    assert_eq!(
        (&program["program"], &program["spent"]),
        (&json!("food-parcel"), &euros("1350.00")),
        "{costs}"
    );
    assert_eq!(
        (program["reached"].as_u64(), &program["per_person"]),
        (Some(150), &euros("9.00"))
    );
    let page = desk
        .auditor
        .get(&format!("/staff/money/{}/unit-costs", desk.operation))
        .await?
        .text;
    ensure!(page.contains("9,00") && page.contains("150"), "{page}");
    let mut operation = operation(desk).await?;
    operation["deliverables"] =
        json!([{ "code": "Π1", "work_package": "WP2", "name": { "el": "Έκθεση", "en": "Report" }, "progress": "50" }]);
    desk.coordinator.post("/api/v1/operations", &operation).await?.ok();
    let page = format!("/staff/money/{}/deliverables/%CE%A01", desk.operation);
    accepted(desk, &page).await?;
    terms(desk).await?;
    let typed = |outcome: &'static str| {
        [
            ("/given_by/el", "Τμήμα Κοινωνικής Πολιτικής"),
            ("/given_on-day", "20"),
            ("/given_on-month", "9"),
            ("/given_on-year", "2022"),
            ("/outcome", outcome),
            ("/remarks/el", "Να μετρηθούν και όσοι έφυγαν"),
        ]
    };
    let silent = desk.finance.fill(&page, &typed("")).await?;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    let done = desk.finance.fill(&page, &typed("with-remarks")).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let shown = desk.auditor.get(&page).await?.text;
    ensure!(
        shown.contains("Θετική με παρατηρήσεις") && shown.contains("Να μετρηθούν"),
        "{shown}"
    );
    Ok(())
}

/// A deliverable is accepted when it is whole, by somebody who approves money.
async fn accepted(desk: &Desk, page: &str) -> Result<()> {
    let path = format!("{page}/progress");
    let said = |progress: &'static str, day: &'static str| {
        [
            ("/progress", progress),
            ("/accepted_on-day", day),
            ("/accepted_on-month", "9"),
            ("/accepted_on-year", "2022"),
        ]
    };
    let half = desk.coordinator.fill(&path, &said("99,99", "20")).await?;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", half.text);
    ensure!(
        half.text.contains("έφτασε το 100 %") && half.text.contains("99,99"),
        "{}",
        half.text
    );
    let auditor = desk.auditor.fill(&path, &said("100", "20")).await?;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
    let done = desk.coordinator.fill(&path, &said("100", "20")).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let shown = desk.auditor.get(page).await?.text;
    ensure!(shown.contains("20/9/2022") && shown.contains("100"), "{shown}");
    let address = desk.of("deliverables/%CE%A01");
    let future = json!({ "progress": "100.01", "accepted_on": "2023-01-01" });
    let future = desk.coordinator.put(&address, &future).await?;
    let places: Vec<String> = future.errors().into_iter().map(|(path, _, _)| path).collect();
    assert_eq!(places, ["/progress", "/accepted_on"], "{}", future.text);
    let back = json!({ "progress": "60", "due_on": "2022-12-01" });
    let back = desk.coordinator.put(&address, &back).await?.ok();
    assert_eq!(back["deliverables"][0]["progress"], json!("60.00"), "{back}");
    let none = desk
        .coordinator
        .put(&desk.of("deliverables/none"), &json!({ "progress": "1" }))
        .await?;
    assert_eq!(
        (none.status, none.code()),
        (StatusCode::NOT_FOUND, "deliverable.unknown".into())
    );
    Ok(())
}

/// The operation's page: what it is, and its terms, changed with the decision that changes them.
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn terms(desk: &Desk) -> Result<()> {
    let page = format!("/staff/money/{}/operation", desk.operation);
    let shown = desk.auditor.get(&page).await?.text;
    for words in [
        "ΕΑΤΑ",
        "ΠΕΠ «Αττική»",
        "Άξονας προτεραιότητας",
        "ΟΧΕ",
        "Ίδια μέσα",
        "ΠΕ3",
        "Δεν είναι γνωστό",
    ] {
        ensure!(shown.contains(words), "{words} in {shown}");
    }
    ensure!(
        !shown.contains("<form method=\"post\" action=\"/staff/money"),
        "an auditor reads only"
    );
    let flags = [
        "revenue_in_advance",
        "closing/proceedings",
        "approved_method",
        "large_works",
        "youth_initiative",
        "material_support",
        "derelict_site",
    ]
    .map(|name| format!("/terms/{name}"));
    let typed = |vat: &'static str, part: &'static str, day: &'static str| {
        let mut typed = vec![
            ("/vat", vat),
            ("/vat_part", part),
            ("/terms/state_aid", "none"),
            ("/terms/public_support/amount", "250.000,00"),
            ("/terms/fund_share", "50"),
            ("/terms/depreciation_allowed", "yes"),
            ("/decision/on-day", day),
            ("/decision/on-month", if day.is_empty() { "" } else { "6" }),
            ("/decision/on-year", if day.is_empty() { "" } else { "2022" }),
            ("/decision/ada", "ΨΡΗ4Η-354"),
            ("/decision/change", "Νέα περίοδος"),
        ];
        typed.extend(flags.iter().map(|name| (name.as_str(), "no")));
        typed
    };
    for (typed, field) in [
        (typed("pro-rata", "", "1"), "vat_part-error"),
        (typed("recoverable", "", ""), "decision-on"),
    ] {
        let wrong = desk.coordinator.fill(&page, &typed).await?;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
        ensure!(
            wrong.text.contains(field) && wrong.text.contains("250.000"),
            "{field}: {}",
            wrong.text
        );
    }
    let done = desk.coordinator.fill(&page, &typed("pro-rata", "30", "1")).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let kept = desk
        .auditor
        .get(&format!("/api/v1/operations/{}", desk.operation))
        .await?
        .ok();
    assert_eq!(
        (
            &kept["terms"]["vat"],
            &kept["terms"]["fund_share"],
            &kept["terms"]["depreciation_allowed"]
        ),
        (&json!({ "pro-rata": "30.00" }), &json!("50.00"), &json!(true)),
        "{kept}"
    );
    assert_eq!(kept["decisions"][0]["ada"], json!("ΨΡΗ4Η-354"), "{kept}");
    assert_eq!(kept["deliverables"][0]["code"], json!("Π1"), "the rest stays");
    let shown = desk.auditor.get(&page).await?.text;
    ensure!(
        shown.contains("Νέα περίοδος") && shown.contains("250.000,00"),
        "{shown}"
    );
    let finance = desk.finance.fill(&page, &typed("unknown", "", "1")).await?;
    assert_eq!(finance.status, StatusCode::FORBIDDEN);
    Ok(())
}

async fn tables(desk: &Desk, claim: &str) -> Result<()> {
    for (path, files) in [
        (desk.of("tables"), ["expenses.csv", "irregularities.csv"]),
        (format!("/api/v1/claims/{claim}/tables"), ["claim.csv", "findings.csv"]),
    ] {
        let reply = desk.auditor.get(&path).await?;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let mut archive = zip::ZipArchive::new(Cursor::new(reply.bytes))?;
        let mut read = |name: &str| -> Result<String> {
            let mut text = String::new();
            archive.by_name(name)?.read_to_string(&mut text)?;
            Ok(text)
        };
        let described: Value = serde_json::from_str(&read("datapackage.json")?)?;
        for file in files {
            let rows = read(file)?;
            let resources = described["resources"].as_array().context("resources")?;
            let resource = resources.iter().find(|resource| resource["path"] == json!(file));
            let fields = resource.context(file)?["schema"]["fields"]
                .as_array()
                .context("fields")?;
            let names: Vec<&str> = fields.iter().filter_map(|field| field["name"].as_str()).collect();
            assert_eq!(rows.lines().next(), Some(names.join(",").as_str()), "{file}");
            ensure!(rows.lines().count() > 1, "{file} is empty");
        }
    }
    Ok(())
}
