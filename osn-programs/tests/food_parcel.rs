//! A real program through the whole host: golden cases, form, texts, assessing in batches, plan, estimate.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use osn_programs::batch::Context;
use osn_programs::cases;
use osn_programs::fault::{FaultKind, Whose};
use osn_programs::form::application_schema;
use osn_programs::input::{Answer, GroupInput, InputError, Value as Input, encode, from_plain};
use osn_programs::plan::{PlanRequest, PlannedDelivery, Slot, Stock};
use osn_programs::verdict::{Outcome, State};
use osn_test_guest::Guest;
use serde_json::{Value, json};
use support::{application, context, day, food_parcel, host, loaded};

#[test]
fn golden_cases_pass_and_a_wrong_one_is_told_readably() {
    let host = host();
    let program = loaded(&host);
    let report = cases::run(&program, food_parcel()).unwrap_or_else(|failed| panic!("{failed}"));
    assert!(report.passed >= 28, "{report:?}");

    // The same package with one vector turned round must be refused on installation.
    let dir = tempfile::tempdir().unwrap();
    let source = support::root().join("plugins/food-parcel");
    std::fs::create_dir(dir.path().join("cases")).unwrap();
    std::fs::copy(source.join("program.toml"), dir.path().join("program.toml")).unwrap();
    let text = std::fs::read_to_string(source.join("cases/criteria.toml")).unwrap();
    let turned = text.replacen("expect.outcome = \"eligible\"", "expect.outcome = \"not-eligible\"", 1);
    std::fs::write(dir.path().join("cases/criteria.toml"), turned).unwrap();
    let bytes = osn_programs::package::pack_dir(&support::core_module("food-parcel"), dir.path()).unwrap();
    let package = osn_programs::package::Package::read(&bytes, host.limits()).unwrap();
    let failed = cases::run(&program, &package).unwrap_err().to_string();
    assert!(
        failed.contains("outcome: wanted not-eligible, found eligible"),
        "{failed}"
    );
    assert!(
        failed.contains("disability: met (seen 67.00%, wanted 67.00%)"),
        "{failed}"
    );
}

#[test]
fn a_text_does_not_change_what_decides() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(
        support::root().join("plugins/food-parcel/program.toml"),
        dir.path().join("program.toml"),
    )
    .unwrap();
    let core = support::core_module("food-parcel");
    let pack = || osn_programs::package::pack_dir(&core, dir.path()).unwrap();
    let bytes = pack();
    assert_eq!(bytes, pack(), "packing is reproducible");
    let bare = osn_programs::package::Package::read(&bytes, &osn_programs::limits::Limits::default()).unwrap();
    assert_eq!(bare.code_digest(), food_parcel().code_digest());
    assert_ne!(bare.package_digest(), food_parcel().package_digest());
    // Without its texts a package is not installed.
    let refused = host().load(&bare).unwrap_err().to_string();
    assert!(refused.contains("/el/field-resident: text-missing"), "{refused}");
}

#[test]
fn verdicts_are_explained_in_both_languages() {
    let host = host();
    let program = loaded(&host);
    let context = context(&program, &json!({}));
    let verdicts = program
        .assess_groups(&context, &[application(&program, "66.99", "9000.00")])
        .unwrap();
    let verdict = &verdicts[0];
    assert_eq!(verdict.outcome, Outcome::NotEligible);
    let claim = &verdict.claims[0];
    assert_eq!(claim.keys, [Some(500_000), Some(669_900), Some(1)]);
    let about = program.about(Some(&context.parameters)).unwrap();
    let index = about.criterion_index("disability").unwrap();
    assert_eq!(claim.criteria[index].state, State::NotMet);
    let text = |language| {
        program
            .texts()
            .criterion(language, &about, index, &claim.criteria[index])
            .replace('\u{a0}', " ")
    };
    assert_eq!(
        text("el"),
        "Το ποσοστό αναπηρίας (66,99 %) δεν φτάνει το ελάχιστο (67,00 %) ή η γνωμάτευση δεν έγινε δεκτή."
    );
    assert!(text("en").starts_with("The degree of disability (66.99%) does not reach the minimum (67.00%)"));
    // "Can I apply?" needs the value wanted without any application.
    assert_eq!(about.criteria[index].wanted, Some(670_000));
}

#[test]
fn many_applications_in_any_company_give_the_same_verdicts() {
    let host = host();
    let program = loaded(&host);
    let context = context(&program, &json!({"income-limit": 800_000}));
    let groups: Vec<GroupInput> = (0..2_500_u32)
        .map(|number| {
            let percent = 60 + number % 40;
            application(&program, &percent.to_string(), &format!("{}.50", number * 7 % 12_000))
        })
        .collect();
    let together = program.assess_groups(&context, &groups).unwrap();
    assert_eq!(together.len(), groups.len());
    let mut turned = groups.clone();
    turned.reverse();
    let mut again = program.assess_groups(&context, &turned).unwrap();
    again.reverse();
    assert_eq!(together, again);
    for (index, verdict) in together.iter().enumerate().step_by(211) {
        assert_eq!(
            program.assess_groups(&context, &groups[index..=index]).unwrap()[0],
            *verdict,
            "{index}"
        );
    }
    assert!(together.iter().any(|one| one.outcome == Outcome::Eligible));
    assert!(together.iter().any(|one| one.outcome == Outcome::NotEligible));
}

#[test]
fn wrong_input_names_the_field_and_is_not_the_programs_fault() {
    let host = host();
    let program = loaded(&host);
    let context = context(&program, &json!({}));
    let good = application(&program, "70", "0");
    let with = |key: &str, answer: Answer| {
        let mut group = good.clone();
        group.application.insert(key.to_owned(), answer);
        group
    };
    let at = |key: &str| format!("application.{key}");
    let wanted = osn_programs::about::Kind::Flag;
    let found = osn_programs::about::Kind::Int;
    for (group, error) in [
        (
            with("favourite-colour", Input::Flag(true).into()),
            InputError::UnknownField {
                group: 1,
                at: at("favourite-colour"),
            },
        ),
        (
            with("resident", Input::Int(1).into()),
            InputError::OtherKind {
                group: 1,
                at: at("resident"),
                wanted,
                found,
            },
        ),
        (
            with("annual-income", Input::Cents(-1).into()),
            InputError::OutOfRange {
                group: 1,
                at: at("annual-income"),
            },
        ),
        (
            GroupInput {
                claims: Vec::new(),
                ..good.clone()
            },
            InputError::Count {
                group: 1,
                what: "claims",
                count: 0,
                limit: 1,
            },
        ),
    ] {
        let fault = program.assess_groups(&context, &[good.clone(), group]).unwrap_err();
        assert_eq!((fault.whose(), fault.kind), (Whose::Input, FaultKind::Input(error)));
    }
    let mut shifted = encode(&program.about(None).unwrap(), &[good], 0).unwrap().batch;
    shifted.rows = 2;
    let fault = program.assess(&context, &shifted).unwrap_err();
    assert_eq!(fault.whose(), Whose::Input, "{fault}");
}

#[test]
fn the_form_says_what_the_reader_reads() {
    let host = host();
    let program = loaded(&host);
    let about = program.about(None).unwrap();
    let schema = application_schema(&about, program.texts(), "el");
    let application = &schema["properties"]["application"];
    assert_eq!(
        application["required"],
        json!(["disability-percent", "annual-income", "resident"])
    );
    assert_eq!(application["properties"]["resident"]["title"], "Κατοικώ στον δήμο");
    assert_eq!(schema["properties"]["members"]["maxItems"], 20);
    // Why it is asked, by what right, and how well the answer is kept: beside the question itself (GDPR, Articles 5 and 13).
    let disability = &application["properties"]["disability-percent"];
    let said = ["description", "x-osn-purpose", "x-osn-legal-basis", "x-osn-sensitivity"].map(|key| &disability[key]);
    let hint = "Όπως το γράφει η γνωμάτευση του ΚΕΠΑ ή παλαιότερης επιτροπής που ισχύει ακόμη, για παράδειγμα 67.";
    assert_eq!(
        json!(said),
        json!([hint, "eligibility", "social-protection", "special"])
    );
    let income = &application["properties"]["annual-income"];
    assert_eq!(
        (
            &income["x-osn-purpose"],
            &income["x-osn-legal-basis"],
            &income["x-osn-sensitivity"]
        ),
        (&json!("ranking"), &json!("public-task"), &json!("personal"))
    );
    let problems = |plain| {
        let problems = from_plain(&about, &plain, true).unwrap_err();
        problems
            .into_iter()
            .map(|problem| (problem.path, problem.code))
            .collect::<Vec<_>>()
    };
    let wrong = json!({"application": {
        "disability-percent": "100.0001", "annual-income": true, "favourite-colour": "γαλάζιο", "resident": {"value": true, "valid_to": "2025-01-01"},
    }, "members": [{"birth-date": "2022-02-30"}], "notes": ""});
    let mut found = problems(wrong);
    found.sort();
    let wanted = [
        ("/application/annual-income", "not-an-amount"),
        ("/application/annual-income", "required"),
        ("/application/disability-percent", "out-of-range"),
        ("/application/disability-percent", "required"),
        ("/application/favourite-colour", "unknown-field"),
        ("/application/resident/valid_to", "no-last-day-asked"),
        ("/members/0/birth-date", "not-a-date"),
        ("/members/0/birth-date", "required"),
        ("/notes", "unknown-field"),
    ];
    assert_eq!(found, wanted.map(|(path, code)| (path.to_owned(), code.to_owned())));
}

/// "Until when?" only of those who have said that they are guests: in the schema, in what the reader asks for, to the program.
#[test]
fn a_question_with_a_condition_is_required_only_where_it_is_asked() {
    let mut about: Value = serde_json::from_str(&Guest::default().about).unwrap();
    let ask = |key: &str, kind: &str| json!({"key": key, "kind": kind, "purpose": "eligibility", "legal_basis": "law"});
    let mut questions = vec![ask("number", "int"), ask("guest", "flag"), ask("until", "day")];
    questions[1]["evidence"] = json!({"kind": "declaration"});
    questions[2]["required"] = json!(true);
    questions[2]["asked_when"] = json!({"field": "guest", "is": {"flag": true}});
    about["form"]["application"] = json!(questions);
    let guest = Guest {
        about: about.to_string(),
        ..Guest::default()
    };
    let program = host().load_code(&guest.build()).unwrap();
    let about = program.about(None).unwrap();
    let schema = application_schema(&about, program.texts(), "en");
    let application = &schema["properties"]["application"];
    assert_eq!(application["required"], json!([]), "nothing is required of everybody");
    let proven = json!({"type": "object", "properties": {"value": {"const": true}}, "required": ["value"]});
    let condition = json!({
        "if": {"properties": {"guest": {"anyOf": [{"const": true}, proven]}}, "required": ["guest"]},
        "then": {"required": ["until"]},
        "else": {"properties": {"until": false}},
    });
    assert_eq!(application["allOf"], json!([condition]));

    let read = |answers: Value, complete| from_plain(&about, &json!({ "application": answers }), complete);
    let declared = json!({"value": true, "evidence": "declared"});
    for (answers, asked) in [
        (json!({}), false),
        (json!({"guest": null}), false),
        (json!({"guest": false}), false),
        (json!({"guest": true}), true),
        (json!({"guest": declared, "until": null}), true),
    ] {
        let found = read(answers.clone(), true);
        let problems = found.err().into_iter().flatten().map(|one| (one.path, one.code));
        let wanted = asked.then(|| ("/application/until".to_owned(), "required".to_owned()));
        assert_eq!(problems.collect::<Vec<_>>(), Vec::from_iter(wanted), "{answers}");
        assert!(read(answers, false).is_ok(), "a draft may stay without it");
    }
    // Who answers without being asked is told so, and the program never sees what was said.
    for given in [
        json!({"guest": false, "until": "2022-09-30"}),
        json!({"until": "2022-09-30"}),
    ] {
        let unasked = read(given.clone(), true).unwrap_err();
        let found: Vec<_> = unasked
            .iter()
            .map(|one| (one.path.as_str(), one.code.as_str()))
            .collect();
        assert_eq!(found, [("/application/until", "not-asked")], "{given}");
        assert!(!read(given, false).unwrap().application.contains_key("until"));
    }
    let wrong = read(json!({"guest": false, "until": "soon"}), true).unwrap_err();
    assert_eq!(
        (wrong[0].path.as_str(), wrong[0].code.as_str()),
        ("/application/until", "not-a-date")
    );
    let groups = [
        read(json!({"guest": false}), true).unwrap(),
        read(json!({"guest": true, "until": "2022-09-30"}), true).unwrap(),
        read(json!({}), true).unwrap(),
    ];
    let context = Context {
        as_of: day("2022-08-19"),
        parameters: "{}".to_owned(),
    };
    assert_eq!(program.assess_groups(&context, &groups).unwrap().len(), 3);
}

/// A question that hangs on one which is not asked is not asked either: the whole chain falls away.
#[test]
fn a_chain_of_conditions_falls_with_its_first_question() {
    let mut about: Value = serde_json::from_str(&Guest::default().about).unwrap();
    let ask = |key: &str| json!({"key": key, "kind": "flag", "purpose": "eligibility", "legal_basis": "law"});
    let after = |key: &str, field: &str| {
        let mut question = ask(key);
        question["asked_when"] = json!({"field": field, "is": {"flag": true}});
        question
    };
    about["form"]["application"] = json!([ask("guest"), after("stays", "guest"), after("alone", "stays")]);
    let guest = Guest {
        about: about.to_string(),
        ..Guest::default()
    };
    let about = host().load_code(&guest.build()).unwrap().about(None).unwrap();
    for (guest, stays, wanted) in [
        (true, true, vec![]),
        (true, false, vec!["/application/alone"]),
        (false, true, vec!["/application/stays", "/application/alone"]),
    ] {
        let answers = json!({"application": {"guest": guest, "stays": stays, "alone": false}});
        let problems = from_plain(&about, &answers, true).err().unwrap_or_default();
        let found: Vec<_> = problems.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(found, wanted, "{guest} {stays}");
        assert!(problems.iter().all(|one| one.code == "not-asked"));
    }
}

#[test]
fn parcels_are_planned_in_list_order_within_money_places_and_stock() {
    let host = host();
    let program = loaded(&host);
    let context = context(&program, &json!({"parcel-price": 2_000}));
    let groups = [
        application(&program, "70", "0"),
        application(&program, "80", "0"),
        application(&program, "90", "0"),
    ];
    let slot = |series, capacity| Slot {
        series,
        starts_min: 27_700_000,
        capacity,
        ..Slot::default()
    };
    let mut request = PlanRequest {
        slots: vec![slot(1, 0), slot(2, 2)],
        budget_cents: 100_000,
        ..PlanRequest::default()
    };
    let plan = program.plan(&context, &groups, &request).unwrap();
    let who = |plan: &osn_programs::plan::Schedule| {
        plan.deliveries
            .iter()
            .map(|one| (one.row, one.slot))
            .collect::<Vec<_>>()
    };
    assert_eq!(who(&plan), [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]);
    assert_eq!(
        (plan.unplaced[0].row, plan.unplaced[0].reason.as_str()),
        (2, "no-capacity")
    );

    // The last one keeps a place that was given before; money for four parcels in all.
    let kept = PlannedDelivery {
        row: 2,
        slot: 1,
        supply: "parcel".to_owned(),
        quantity: 1,
        cost_cents: 2_000,
    };
    request.kept = vec![kept.clone()];
    request.budget_cents = 8_000;
    let plan = program.plan(&context, &groups, &request).unwrap();
    assert!(plan.deliveries.contains(&kept));
    assert_eq!(who(&plan), [(2, 1), (0, 0), (0, 1), (1, 0)]);
    request.supplies = vec![Stock {
        supply: "parcel".to_owned(),
        quantity: 2,
    }];
    let plan = program.plan(&context, &groups, &request).unwrap();
    assert_eq!(
        (plan.deliveries.len(), plan.unplaced[0].reason.as_str()),
        (2, "no-stock")
    );

    let estimate = program.estimate(&context, 150, 150, 3).unwrap();
    assert_eq!(
        (
            estimate[0].category.as_str(),
            estimate[0].amount_cents,
            estimate[0].quantity
        ),
        ("food", 900_000, 450)
    );
}

#[test]
fn parcels_follow_windows_and_the_shortage_rule() {
    let host = host();
    let program = loaded(&host);
    let about = program.about(None).unwrap();
    let household = |windows: &[&str]| {
        let plain = json!({"application": {"disability-percent": "80", "annual-income": "0", "resident": true, "at-home": windows}});
        osn_programs::input::from_plain(&about, &plain, true).unwrap()
    };
    let groups = [
        household(&["morning"]),
        household(&["morning"]),
        household(&["afternoon"]),
        household(&[]),
    ];
    let slot = |series, features: &[u16], capacity| Slot {
        series,
        features: features.to_vec(),
        capacity,
        ..Slot::default()
    };
    let law = osn_programs::parameters::from_law(day("2022-08-19"));
    let plan = |shortage: &str, stock: Option<u32>| {
        let given = json!({"shortage": shortage});
        let parameters = osn_programs::parameters::freeze(&about.parameters, &given, &law).unwrap();
        let context = osn_programs::batch::Context {
            as_of: day("2022-08-19"),
            parameters,
        };
        let supplies = stock.map(|quantity| osn_programs::plan::Stock {
            supply: "parcel".to_owned(),
            quantity,
        });
        let request = PlanRequest {
            slots: vec![slot(1, &[0], 1), slot(1, &[2], 2), slot(2, &[], 0)],
            supplies: supplies.into_iter().collect(),
            budget_cents: 1_000_000,
            ..PlanRequest::default()
        };
        let plan = program.plan(&context, &groups, &request).unwrap();
        let mut given: Vec<(u32, u32)> = plan.deliveries.iter().map(|one| (one.row, one.slot)).collect();
        given.sort_unstable();
        let short: Vec<(u32, String)> = plan.unplaced.into_iter().map(|one| (one.row, one.reason)).collect();
        (given, short)
    };
    let reason = |row, reason: &str| (row, reason.to_owned());
    // The morning's route has one place: the second takes an odd hour, the last finds the first instalment full.
    let (given, short) = plan("list-order", None);
    assert_eq!(given, [(0, 0), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2), (3, 2)]);
    assert_eq!(short, [reason(3, "no-capacity")]);
    let (given, short) = plan("list-order", Some(5));
    assert_eq!(given, [(0, 0), (0, 2), (1, 1), (1, 2), (2, 1)]);
    assert_eq!(short, [reason(2, "no-stock"), reason(3, "no-capacity")]);
    let (given, short) = plan("everybody-once", Some(5));
    assert_eq!(given, [(0, 0), (0, 2), (1, 1), (1, 2), (2, 1)]);
    assert_eq!(short[0], reason(2, "no-stock"));
    let (given, _) = plan("everybody-once", Some(3));
    assert_eq!(given, [(0, 0), (1, 1), (2, 1)]);
}

/// The rules of the food parcel fit on three screens: its form, texts and cases aside.
#[test]
fn the_rules_of_a_complete_program_are_short() {
    let folder = support::root().join("plugins/food-parcel/src");
    let mut lines = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name != "form.rs") {
            lines += std::fs::read_to_string(path).unwrap().lines().count();
        }
    }
    assert!(lines <= 150, "{lines} lines");
}
