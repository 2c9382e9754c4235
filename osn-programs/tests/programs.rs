//! Every program of `plugins/` through the whole host: built, packed, loaded, explained in each language, golden cases.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::PathBuf;

use osn_programs::about::Role;
use osn_programs::batch::Context;
use osn_programs::cases;
use osn_programs::input::from_plain;
use osn_programs::limits::Limits;
use osn_programs::package::{Package, pack_dir};
use osn_programs::plan::{PlanRequest, Slot};
use osn_programs::record::{DecisionRecord, Difference, Replayed, replay};
use osn_programs::verdict::Outcome;
use serde_json::json;
use sha2::Digest as _;
use support::{core_of, day, host, root};

/// The folders that hold a program.
fn folders() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root().join("plugins")).unwrap();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("program.toml").is_file());
    folders.sort();
    folders
}

fn package(name: &str) -> Package {
    let bytes = pack_dir(&core_of(name), &root().join("plugins").join(name)).unwrap();
    Package::read(&bytes, host().limits()).unwrap()
}

#[test]
fn the_golden_cases_of_every_program_pass() {
    let host = host();
    let mut counted = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let package = package(&name);
        let program = host.load(&package).unwrap_or_else(|error| panic!("{name}: {error}"));
        let report = cases::run(&program, &package).unwrap_or_else(|failed| panic!("{name}: {failed}"));
        counted.push((name, report.passed));
    }
    for (name, least) in [
        ("camp", 50),
        ("counselling", 115),
        ("declarative", 15),
        ("creative-activities", 9),
        ("food-parcel", 30),
    ] {
        let passed = counted
            .iter()
            .find(|(one, _)| one == name)
            .map_or(0, |(_, passed)| *passed);
        assert!(passed >= least, "{name}: {passed} of at least {least} in {counted:?}");
    }
}

#[test]
fn a_program_in_another_language_imports_nothing_and_is_short() {
    let source = std::fs::read_to_string(root().join("plugins/creative-activities/src/program.c")).unwrap();
    let own = source.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(own <= 60 && source.lines().all(|line| line.len() <= 120), "{own} lines");
    let core = std::fs::read(core_of("creative-activities")).unwrap();
    let imports = wasmparser::Parser::new(0)
        .parse_all(&core)
        .filter(|part| matches!(part, Ok(wasmparser::Payload::ImportSection(section)) if section.count() > 0));
    assert_eq!(imports.count(), 0);
    assert!(core.len() < 40_000, "{} bytes", core.len());
}

#[test]
fn a_program_in_another_language_plans_and_estimates_like_the_others() {
    let host = host();
    let package = package("creative-activities");
    let program = host.load(&package).unwrap();
    let about = program.about(None).unwrap();
    let parameters = osn_programs::parameters::freeze(
        &about.parameters,
        &json!({"session-price": 1_500}),
        &osn_programs::parameters::no_resolver,
    )
    .unwrap();
    let context = osn_programs::batch::Context {
        as_of: day("2022-09-30"),
        parameters,
    };
    let family = json!({"application": {"annual-income": "0", "resident": true}, "claims": [{"birth-date": "2012-01-01"}, {"birth-date": "2013-01-01"}]});
    let groups = [osn_programs::input::from_plain(&about, &family, true).unwrap()];
    let slot = |series, capacity| Slot {
        series,
        capacity,
        ..Slot::default()
    };
    let request = PlanRequest {
        slots: vec![slot(0, 0), slot(1, 1)],
        budget_cents: 4_500,
        ..PlanRequest::default()
    };
    let plan = program.plan(&context, &groups, &request).unwrap();
    let who: Vec<_> = plan.deliveries.iter().map(|one| (one.row, one.slot)).collect();
    assert_eq!(who, [(0, 0), (0, 1), (1, 0)]);
    assert_eq!(
        (plan.unplaced[0].row, plan.unplaced[0].reason.as_str()),
        (1, "no-budget")
    );
    let estimate = program.estimate(&context, 20, 12, 4).unwrap();
    assert_eq!(
        (estimate[0].category.as_str(), estimate[0].amount_cents),
        ("workshops", 120_000)
    );
}

/// What is written down at a delivery is declared in C as in Rust, and by the parameters of an action too.
#[test]
fn every_way_to_write_a_program_declares_what_is_written_down() {
    let host = host();
    let in_c = host.load(&package("creative-activities")).unwrap();
    let about = in_c.about(None).unwrap();
    let presence = about.recorded(Role::Presence).unwrap();
    assert_eq!(
        (presence.key.as_str(), presence.each, presence.required),
        ("present", true, true)
    );
    let by_parameters = host.load(&package("declarative")).unwrap();
    let general = by_parameters.about(None).unwrap();
    assert!(general.delivery.fields.is_empty());
    let row = |role: &str, label: &str| json!({"role": role, "required": true, "label": {"el": label, "en": label}});
    let given = |unit: &str, rows: serde_json::Value| {
        let definition = json!({
            "unit": unit,
            "questions": [{"of": "application", "kind": "yes-no", "label": {"el": "Ναι;", "en": "Yes?"}}],
            "conditions": [{"question": 1, "rule": "yes", "label": {"el": "Όρος", "en": "Term"}}],
            "given": {"label": {"el": "Γάλα", "en": "Milk"}, "price": "1.20"}, "recorded": rows,
        });
        let law = osn_programs::parameters::from_law(day("2022-08-19"));
        osn_programs::parameters::freeze(&general.parameters, &json!({ "definition": definition }), &law).unwrap()
    };
    let rows = json!([
        row("lot", "Παρτίδα"),
        row("use-by", "Ανάλωση ως"),
        row("collected-by", "Ποιος το πήρε"),
        row("remark", "Υπέγραψε"),
    ]);
    let milk = given("household", rows);
    assert_eq!(by_parameters.check_parameters(&milk).unwrap(), []);
    let about = by_parameters.about(Some(&milk)).unwrap();
    for (role, key) in [
        (Role::Lot, "recorded-1"),
        (Role::UseBy, "recorded-2"),
        (Role::CollectedBy, "recorded-3"),
    ] {
        assert_eq!(about.recorded(role).unwrap().key, key);
    }
    assert!(about.field("application.collector").unwrap().host_only);
    let texts = by_parameters.texts_under(Some(&milk)).unwrap();
    assert_eq!(texts.text_or_key("el", "field-recorded-1"), "Παρτίδα");
    assert_eq!(
        texts.text_or_key("en", "field-collector"),
        "Who may receive it in your place"
    );
    let lessons = given("person", json!([row("presence", "Ήταν εκεί")]));
    let about = by_parameters.about(Some(&lessons)).unwrap();
    assert!(about.recorded(Role::Presence).unwrap().each);
    for (rows, code) in [
        (json!([row("lot", "Α"), row("lot", "Β")]), "role-twice"),
        (json!([row("presence", "Α")]), "no-participants"),
        (json!([row("remark", " ")]), "bad-text"),
    ] {
        let problems = by_parameters.check_parameters(&given("household", rows)).unwrap();
        assert_eq!(problems.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), [code]);
    }
}

/// What is planned under a calendar of the call: its last minute is inside, the next one is not.
#[test]
fn an_action_described_by_parameters_keeps_to_its_calendar() {
    let host = host();
    let program = host.load(&package("declarative")).unwrap();
    let general = program.about(None).unwrap();
    let label = |text: &str| json!({"el": text, "en": text});
    let planned = |calendar: serde_json::Value| {
        let definition = json!({
            "unit": "household", "calendar": calendar, "given": {"label": label("Kit"), "price": "1.20"},
            "questions": [{"of": "application", "kind": "yes-no", "label": label("Yes?")}],
            "conditions": [{"question": 1, "rule": "yes", "label": label("Term")}],
        });
        let as_of = day("2022-08-19");
        let law = osn_programs::parameters::from_law(as_of);
        let given = json!({ "definition": definition });
        let parameters = osn_programs::parameters::freeze(&general.parameters, &given, &law).unwrap();
        let about = program.about(Some(&parameters)).unwrap();
        let plain = json!({"application": {"question-1": true}});
        let slot = |minute| Slot {
            starts_min: minute,
            ..Slot::default()
        };
        let after = i64::from(day("2022-09-17").to_epoch_days()) * 1_440;
        let request = PlanRequest {
            slots: vec![slot(after - 1), slot(after)],
            budget_cents: 1_000,
            ..PlanRequest::default()
        };
        let context = Context { as_of, parameters };
        let plan = program
            .plan(&context, &[from_plain(&about, &plain, true).unwrap()], &request)
            .unwrap();
        let given: Vec<(u32, u32)> = plan.deliveries.iter().map(|one| (one.row, one.slot)).collect();
        (
            given,
            plan.unplaced
                .into_iter()
                .map(|one| (one.row, one.reason))
                .collect::<Vec<_>>(),
        )
    };
    let outside = vec![(0, "outside-calendar".to_owned())];
    assert_eq!(
        planned(json!([{"from": "2022-09-08", "to": "2022-09-16"}])),
        (vec![(0, 0)], outside)
    );
    assert_eq!(
        planned(json!([])),
        (vec![(0, 0), (0, 1)], vec![]),
        "no calendar, any day"
    );
}

/// Eighty people, unless the call says otherwise: a number to work towards, and no limit.
#[test]
fn counselling_works_towards_eighty_people() {
    let program = host().load(&package("counselling")).unwrap();
    let about = program.about(None).unwrap();
    let people = about.indicators.iter().find(|one| one.key == "people");
    assert_eq!(people.and_then(|one| one.target), Some(80));
}

#[test]
fn options_and_texts_that_a_call_gives_are_its_own() {
    let host = host();
    let package = package("camp");
    let program = host.load(&package).unwrap();
    let offer = |name: &str| {
        json!({"programme": {
            "closed": [{"from": "2022-06-16", "to": "2022-09-10"}],
            "weeks": [{"key": "july", "from": "2022-07-04", "to": "2022-07-08"}],
            "places": [{"key": "garden", "name": {"el": name, "en": "Garden"}}],
            "workshops": [{"place": "garden", "content": {"el": "Πηλός", "en": "Clay"}, "age-from": 4, "age-to": 7}],
        }})
    };
    let law = osn_programs::parameters::from_law(day("2022-06-10"));
    let frozen = |given| {
        let defaults = program.about(None).unwrap();
        osn_programs::parameters::freeze(&defaults.parameters, &given, &law).unwrap()
    };
    let (one, other) = (frozen(offer("Κήπος")), frozen(offer("Πάρκο")));
    for (parameters, name) in [(&one, "Κήπος"), (&other, "Πάρκο")] {
        assert_eq!(program.check_parameters(parameters).unwrap(), []);
        let about = program.about(Some(parameters)).unwrap();
        assert_eq!(about.field("claim.wishes").unwrap().options, ["garden"]);
        let texts = program.texts_under(Some(parameters)).unwrap();
        let with_workshop = format!("{name}: Πηλός (4 – 7 ετών)");
        assert_eq!(texts.text_or_key("el", "option-wishes-garden"), with_workshop);
        assert_eq!(texts.text_or_key("en", "option-weeks-july"), "4/7 – 8/7/2022");
    }
    assert_eq!(
        program.texts().text_or_key("el", "option-wishes-garden"),
        "option-wishes-garden"
    );
}

/// Five kinds of program stand on the contracts: whoever changes a byte of one makes another contract, in a folder beside it.
#[test]
fn contracts_are_frozen() {
    for (contract, file, digest) in [
        (
            "0.1",
            "program.wit",
            "6ef7998672f0636e75930fd167e22557c442379eb04b9eb881b2f563b98fe037",
        ),
        (
            "0.2",
            "program.wit",
            "88a58fde2695ce2bbe4f6741324b6cc794a575751af041c6c95cfc2c5bad6542",
        ),
        (
            "expenditure-0.1",
            "expenditure.wit",
            "ac119d431c984d2154e85e2735ac16d597fe95aa9fbb9e6a33c4ea1f427d9bc7",
        ),
    ] {
        let folder = root().join("osn-programs/wit").join(contract);
        let files: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(files, [file]);
        let found = sha2::Sha256::digest(std::fs::read(folder.join(file)).unwrap());
        let shown = found
            .iter()
            .fold(String::new(), |shown, byte| format!("{shown}{byte:02x}"));
        assert_eq!(shown, digest, "{contract}");
    }
    let folders = std::fs::read_dir(root().join("osn-programs/wit")).unwrap().count();
    // The contract of national rules stands beside those of programs.
    assert_eq!(folders, osn_programs::CONTRACTS.len() + 1);
}

/// A package of the day on which 0.1 was the only contract, and its program of today: one host runs both, and a decision of the
/// old one is made again years later.
#[test]
fn a_component_of_0_1_still_works_beside_one_of_0_2() {
    let host = host();
    let old = Package::read(include_bytes!("data/contract-0.1.wasm"), &Limits::default()).unwrap();
    let new = package("creative-activities");
    assert_eq!(
        (old.manifest().contract.as_str(), new.manifest().contract.as_str()),
        ("0.1", "0.2")
    );
    assert_ne!(old.code_digest(), new.code_digest());
    let programs = [&old, &new].map(|package| host.load(package).unwrap());
    assert_eq!([programs[0].contract(), programs[1].contract()], ["0.1", "0.2"]);
    for (program, package) in programs.iter().zip([&old, &new]) {
        let examined = cases::examine(program, package);
        assert!(
            examined.failures.is_empty() && examined.passed > 5,
            "{:?}",
            examined.failures
        );
    }
    let about = programs[0].about(None).unwrap();
    let law = osn_programs::parameters::from_law(day("2026-09-01"));
    let parameters = osn_programs::parameters::freeze(&about.parameters, &json!({}), &law).unwrap();
    let context = Context {
        as_of: day("2026-09-01"),
        parameters,
    };
    let input = json!({
        "application": { "annual-income": { "value": "9000.00", "evidence": "accepted" }, "resident": { "value": true, "evidence": "accepted" } },
        "claims": [{ "birth-date": { "value": "2016-05-01", "evidence": "accepted" } }],
        "members": [],
    });
    let mut records = Vec::new();
    for program in &programs {
        let about = program.about(None).unwrap();
        let group = from_plain(&about, &input, true).unwrap();
        let verdict = program
            .assess_groups(&context, std::slice::from_ref(&group))
            .unwrap()
            .remove(0);
        records.push(DecisionRecord::new(program, &context, group, verdict).unwrap());
    }
    assert_eq!(
        records[0].verdict, records[1].verdict,
        "what is decided did not change with the contract"
    );
    for (program, record) in programs.iter().zip(&records) {
        assert_eq!(replay(program, record).unwrap(), Replayed::Identical);
    }
    let other = replay(&programs[1], &records[0]).unwrap();
    assert!(
        matches!(
            other,
            Replayed::Different {
                what: Difference::Contract { .. }
            }
        ),
        "{other:?}"
    );
    // As an exported bundle brings it: bare code, without a manifest.
    let bare = host.load_code(old.code()).unwrap();
    assert_eq!(bare.contract(), "0.1");
    assert_eq!(replay(&bare, &records[0]).unwrap(), Replayed::Identical);
}

/// The six services of the catalogue: each has a program, or an action that parameters describe, and golden cases that ran above.
#[test]
fn every_service_of_the_catalogue_has_a_program() {
    let text = std::fs::read_to_string(root().join("municipalities/athens/intervention-model.toml")).unwrap();
    let model: toml::Table = text.parse().unwrap();
    let mut codes: Vec<&str> = model["catalogue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    let carried = [
        (
            "immediate.children",
            "creative-activities",
            "children.toml",
            "Δέκα ετών",
        ),
        (
            "immediate.counselling",
            "counselling",
            "intake.toml",
            "Άδεια διαμονής: δεκτή",
        ),
        (
            "immediate.essential-goods",
            "declarative",
            "catalogue.toml",
            "Κουβέρτες για νοικοκυριά",
        ),
        (
            "immediate.health",
            "declarative",
            "catalogue.toml",
            "Δωρεάν εξέταση για ανασφάλιστους",
        ),
        ("immediate.meals", "food-parcel", "criteria.toml", "67,00 % ακριβώς"),
        (
            "immediate.recreation",
            "declarative",
            "catalogue.toml",
            "Μαθήματα κολύμβησης",
        ),
    ];
    assert_eq!(codes, carried.map(|(code, ..)| code));
    let host = host();
    for (code, name, file, case) in carried {
        let text = std::fs::read_to_string(root().join("plugins").join(name).join("cases").join(file)).unwrap();
        let program = host.load(&package(name)).unwrap();
        let one = cases::one(&program, &text, Some(case)).unwrap_or_else(|lines| panic!("{code}: {lines:?}"));
        let verdicts = program.assess_groups(&one.context, &[one.input]).unwrap();
        assert_eq!(verdicts[0].outcome, Outcome::Eligible, "{code}: {}", one.name);
    }
}

/// Routes pass one area each, and an instalment has a stock of its own: both are data of the call.
#[test]
fn parcels_follow_routes_by_area_and_the_stock_of_each_instalment() {
    let host = host();
    let package = package("food-parcel");
    let program = host.load(&package).unwrap();
    let area = |key: &str, name: &str| json!({"key": key, "label": {"el": name, "en": key}});
    let given = json!({
        "contents": {
            "items": [{"label": {"el": "Ρύζι", "en": "Rice"}, "pieces": 2}],
            "stock": [{"instalment": 2, "pieces": 1}],
        },
        "areas": {"list": [area("north", "Βόρεια"), area("south", "Νότια"), area("islands", "Νησιά")]},
    });
    let law = osn_programs::parameters::from_law(day("2022-08-19"));
    let general = program.about(None).unwrap();
    assert!(
        general.field("application.area").is_none(),
        "nobody is asked where no route names an area"
    );
    let parameters = osn_programs::parameters::freeze(&general.parameters, &given, &law).unwrap();
    assert_eq!(program.check_parameters(&parameters).unwrap(), []);
    let about = program.about(Some(&parameters)).unwrap();
    assert_eq!(
        about.field("application.area").unwrap().options,
        ["north", "south", "islands"]
    );
    let texts = program.texts_under(Some(&parameters)).unwrap();
    assert_eq!(texts.text_or_key("el", "option-area-south"), "Νότια");
    assert!(texts.text_or_key("el", "supply-parcel").ends_with("Ρύζι × 2"));
    let household = |area: &str| {
        let plain =
            json!({"application": {"disability-percent": "80", "annual-income": "0", "resident": true, "area": area}});
        osn_programs::input::from_plain(&about, &plain, true).unwrap()
    };
    let groups = [household("south"), household("north"), household("islands")];
    let route = |series, place| Slot {
        series,
        place,
        ..Slot::default()
    };
    let request = PlanRequest {
        slots: vec![route(1, 0), route(1, 1), route(2, 0), route(2, 1)],
        budget_cents: 1_000_000,
        ..PlanRequest::default()
    };
    let context = Context {
        as_of: day("2022-08-19"),
        parameters,
    };
    let plan = program.plan(&context, &groups, &request).unwrap();
    let mut given: Vec<(u32, u32)> = plan.deliveries.iter().map(|one| (one.row, one.slot)).collect();
    given.sort_unstable();
    assert_eq!(given, [(0, 1), (0, 3), (1, 0)], "the second instalment has one parcel");
    let short: Vec<(u32, &str)> = plan.unplaced.iter().map(|one| (one.row, one.reason.as_str())).collect();
    assert_eq!(short, [(1, "no-stock"), (2, "no-route")]);
}

/// JSON has no order of parts; a description says in which order a page asks for them.
#[test]
fn parameters_are_asked_for_in_the_order_in_which_they_were_written() {
    let host = host();
    for (name, pointer, order) in [
        (
            "declarative",
            "/properties/definition",
            &[
                "unit",
                "questions",
                "conditions",
                "order",
                "given",
                "recorded",
                "calendar",
            ][..],
        ),
        (
            "declarative",
            "/properties/definition/properties/questions/items",
            &["label", "kind", "of", "options", "proof", "required", "special"],
        ),
        (
            "camp",
            "/properties/programme",
            &["closed", "weeks", "places", "workshops"],
        ),
        ("food-parcel", "/properties/contents", &["items", "producers", "stock"]),
        (
            "food-parcel",
            "",
            &[
                "minimum-disability",
                "income-limit",
                "scale",
                "parcel-price",
                "shortage",
                "contents",
                "areas",
            ],
        ),
    ] {
        let about = host.load(&package(name)).unwrap().about(None).unwrap();
        let asked = about.parameters.pointer(pointer).unwrap()["x-osn-order"].clone();
        assert_eq!(asked, json!(order), "{name} {pointer}");
    }
    let in_c = host.load(&package("creative-activities")).unwrap().about(None).unwrap();
    let asked = in_c.parameters["x-osn-order"].as_array().unwrap();
    assert_eq!(asked.len(), in_c.parameters["properties"].as_object().unwrap().len());
}
