//! Eligibility of expenditure, case by case: `cases/expenditure*.toml` are written to be read by somebody who knows the law, not Rust.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use osn_core::canonical::DigestWriter;
use osn_core::expenditure::{
    Catalogue, Contract, Entry, Facts, Judgement, Ledger, RULES_VERSION, RuleSet, Share, Verdict, WholeFacts,
    correction, faults, fingerprint, hourly_rate,
};
use osn_core::money::Money;
use osn_core::operation::Regime;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const FILES: [(&str, &str); 6] = [
    ("1420", include_str!("cases/expenditure-1420.toml")),
    ("1420", include_str!("cases/expenditure-1420-more.toml")),
    ("2127", include_str!("cases/expenditure-2127.toml")),
    ("2127", include_str!("cases/expenditure-2127-more.toml")),
    ("greece", include_str!("cases/expenditure-greece.toml")),
    ("greece", include_str!("cases/expenditure-greece-more.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    rule: String,
    #[serde(default)]
    given: toml::Table,
    /// `OK`, `WARN`, `REJECT`, `CUT 0.01`, or `SILENT` when the rule has nothing to say. With `fault`, its reason.
    verdict: String,
    #[serde(default)]
    reason: Option<String>,
    /// Values of the finding, as a Greek reader sees them.
    #[serde(default)]
    says: BTreeMap<String, String>,
    /// A rule about the whole operation.
    #[serde(default)]
    whole: bool,
    /// The field that is refused at the door.
    #[serde(default)]
    refused_at: Option<String>,
}

/// An ordinary expense of food parcels of an operation in Attica, complete with its papers; the cases say what differs.
fn ordinary(regime: &str) -> Value {
    let paper = |kind: &str| json!({ "kind": kind, "number": "Ψ11446ΜΓΨ7-ΠΚΛ", "digest": "00" });
    let papers: Vec<Value> = [
        "commitment",
        "award",
        "acceptance",
        "document",
        "warrant",
        "payment",
        "clearance",
        "physical",
        "publicity",
    ]
    .iter()
    .map(|kind| paper(kind))
    .collect();
    json!({
        "stage": "claim",
        "on": if regime == "1420" { "2023-12-31" } else { "2026-11-26" },
        "operation": {
            "regime": regime,
            "fund": if regime == "1420" { "ESF" } else { "ESF+" },
            "period": if regime == "1420" {
                json!({ "from": "2019-01-01", "to": "2023-12-31" })
            } else {
                json!({ "from": "2021-01-01", "to": "2029-12-31" })
            },
            "mode": "own-means",
            "terms": { "vat": "non-recoverable" },
        },
        "expense": {
            "id": "00000000-0000-0000-0000-000000000010",
            "operation_id": "00000000-0000-0000-0000-000000000001",
            "sub_project": "SP1", "work_package": "WP2", "category": "A4", "subject": "Δέματα τροφίμων",
            "supplier_id": "00000000-0000-0000-0000-000000000002",
            "document": {
                "kind": "invoice", "number": "Α 17", "issued_on": "2022-07-08",
                "net": euros("1000.00"), "vat": euros("240.00"), "gross": euros("1240.00"), "currency": "EUR",
            },
            "share": "100", "vat_included": true, "form": { "form": "actual" },
            "dates": {
                "committed": "2022-06-01", "awarded": "2022-06-10", "contracted": "2022-06-12",
                "delivered": "2022-07-05", "accepted": "2022-07-06", "paid": "2022-08-01",
            },
            "papers": papers, "paid_to_issuer": true, "account": "64.00.01",
            "withheld": { "tax": euros("40.00"), "levy": euros("0.00") },
        },
        "supplier": { "id": "00000000-0000-0000-0000-000000000002", "kind": "company" },
        "ledger": { "line_left": euros("5000.00"), "line_form": "actual" },
    })
}

fn contract() -> Value {
    json!({
        "id": "00000000-0000-0000-0000-000000000003", "operation_id": "00000000-0000-0000-0000-000000000001",
        "supplier_id": "00000000-0000-0000-0000-000000000002", "subject": "Δέματα", "kind": "goods", "path": "direct",
        "cpv": "15000000-8", "value": euros("12000.00"), "awarded_on": "2022-06-10", "signed_on": "2022-06-12",
        "request_adam": "22REQ010000001", "award_adam": "22AWRD010000001", "contract_adam": "22SYMV010000001",
    })
}

fn euros(text: &str) -> Value {
    json!({ "amount": text, "currency": "EUR" })
}

fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    matches!(digits.split_once('.'), Some((whole, cents)) if cents.len() == 2
        && [whole, cents].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())))
}

/// A value of a case as JSON: `"1000.00"` is an amount unless it stands under a percentage, a day is a day.
fn value(key: &str, given: &toml::Value) -> Value {
    match given {
        toml::Value::String(text) if is_amount(text) && key != "share" => euros(text),
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::Array(items) => items.iter().map(|item| value(key, item)).collect(),
        toml::Value::Table(table) => {
            let each = table.iter().map(|(key, item)| (key.clone(), value(key, item)));
            Value::Object(each.collect())
        }
        toml::Value::Float(_) => panic!("an amount is written in quotes"),
    }
}

/// Puts a value where a dotted path points; `"-"` takes it away.
fn put(facts: &mut Value, path: &str, given: &toml::Value) {
    let keys: Vec<&str> = path.split('.').collect();
    if keys[0] == "contract" && facts.get("contract").is_none() {
        facts["contract"] = contract();
    }
    let (last, above) = keys.split_last().unwrap();
    let mut place = facts;
    for key in above {
        place = place
            .as_object_mut()
            .unwrap()
            .entry((*key).to_owned())
            .or_insert_with(|| Value::Object(Map::new()));
    }
    let object = place.as_object_mut().unwrap_or_else(|| panic!("{path}"));
    if given.as_str() == Some("-") {
        object.remove(*last);
    } else {
        object.insert((*last).to_owned(), value(last, given));
    }
}

fn facts(file: &str, case: &Case) -> Value {
    let regime = if file == "2127" { "2127" } else { "1420" };
    let mut facts = ordinary(regime);
    for (path, given) in &case.given {
        put(&mut facts, path, given);
    }
    facts
}

fn read<T: serde::de::DeserializeOwned>(case: &Case, facts: Value) -> T {
    serde_json::from_value(facts).unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

fn judged(rules: &RuleSet, file: &str, case: &Case) -> Judgement {
    let mut facts = facts(file, case);
    if case.whole {
        let object = facts.as_object_mut().unwrap();
        object.retain(|key, _| ["on", "operation", "ledger"].contains(&key.as_str()));
        rules.judge_whole(&read::<WholeFacts>(case, facts))
    } else {
        rules.judge(&read::<Facts>(case, facts))
    }
}

fn shown(judgement: &Judgement, rule: &str) -> String {
    let heaviest = judgement.of_rule(rule).max_by_key(|finding| finding.verdict.weight());
    match heaviest.map(|finding| finding.verdict) {
        None => "SILENT".to_owned(),
        Some(Verdict::Cut { amount }) => format!("CUT {amount}"),
        Some(verdict) => verdict.name().to_uppercase(),
    }
}

fn cases() -> Vec<(&'static str, Case)> {
    let all = FILES.iter().flat_map(|(file, text)| {
        let cases: Cases = toml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        cases.case.into_iter().map(move |case| (*file, case))
    });
    all.collect()
}

fn refused(rules: &RuleSet, file: &str, case: &Case, at: &str) -> Option<String> {
    let facts: Facts = read(case, facts(file, case));
    let found = faults(&facts.expense, facts.operation.regime, facts.on);
    let there = found
        .iter()
        .any(|fault| fault.path == at && fault.rule == case.rule && fault.reason == case.verdict);
    for fault in &found {
        for lang in ["el", "en"] {
            let said = rules.catalogue().say_fault(fault, lang);
            assert!(!said.contains('{') && said.len() > 30, "{}: {said}", case.name);
        }
    }
    (!there).then(|| format!("{}: wanted {} at {at}, got {found:?}", case.name, case.verdict))
}

#[test]
fn every_case_is_judged_as_the_law_says() {
    let rules = RuleSet::load().unwrap();
    let mut wrong = Vec::new();
    for (file, case) in cases() {
        if let Some(at) = &case.refused_at {
            wrong.extend(refused(&rules, file, &case, at));
            continue;
        }
        let judgement = judged(&rules, file, &case);
        let got = shown(&judgement, &case.rule);
        let findings: Vec<_> = judgement.of_rule(&case.rule).collect();
        let reason = case.reason.as_ref();
        let said = |name: &str| findings.iter().find_map(|finding| finding.values.get(name));
        let says = case
            .says
            .iter()
            .all(|(name, wanted)| said(name).is_some_and(|value| value.shown("el") == *wanted));
        if got != case.verdict
            || !says
            || reason.is_some_and(|reason| !findings.iter().any(|finding| finding.reason == reason.as_str()))
        {
            wrong.push(format!(
                "{file}: {}: wanted {}, got {got}: {findings:?}",
                case.name, case.verdict
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A judgement made again from its frozen input is the same, to the byte.
#[test]
fn a_frozen_input_is_judged_the_same_again() {
    let rules = RuleSet::load().unwrap();
    for (file, case) in cases()
        .into_iter()
        .filter(|(_, case)| !case.whole && case.refused_at.is_none())
    {
        let facts: Facts = read(&case, facts(file, &case));
        let frozen = osn_core::canonical::to_canonical(&facts).unwrap();
        let thawed: Facts = serde_json::from_slice(&frozen).unwrap();
        assert_eq!(thawed, facts, "{}", case.name);
        let (first, second) = (rules.judge(&facts), RuleSet::load().unwrap().judge(&thawed));
        let bytes = |judgement: &Judgement| osn_core::canonical::to_canonical(judgement).unwrap();
        assert_eq!(bytes(&first), bytes(&second), "{}", case.name);
        let read: Judgement = serde_json::from_slice(&bytes(&first)).unwrap();
        assert_eq!(read, first, "{}", case.name);
    }
}

/// Whoever changes what a case is judged raises [`RULES_VERSION`], and says so here.
#[test]
fn the_version_belongs_to_the_judgements() {
    let rules = RuleSet::load().unwrap();
    let mut all = DigestWriter::new("judgements:1");
    for (file, case) in cases().into_iter().filter(|(_, case)| case.refused_at.is_none()) {
        let mut judgement = judged(&rules, file, &case);
        judgement.rule_set = String::new();
        all.update(&osn_core::canonical::to_canonical(&judgement).unwrap());
    }
    expect_test::expect!["4 015cd489d5ee5de862ae1501ef211f5f78c2cad44ce63e33831b7ae11d407b7d"]
        .assert_eq(&format!("{RULES_VERSION} {}", all.finish()));
}

#[test]
fn every_rule_has_its_words_and_every_reason_its_sentence() {
    let rules = RuleSet::load().unwrap();
    let catalogue = Catalogue::load().unwrap();
    let known: BTreeSet<&str> = catalogue.rules().map(|(code, _)| code).collect();
    let used: BTreeSet<&str> = RuleSet::codes().collect();
    assert_eq!(known, used, "a rule without words, or words without a rule");
    for (code, words) in catalogue.rules() {
        let texts = [&words.title, &words.article, &words.remedy]
            .into_iter()
            .chain(words.reasons.values());
        for text in texts {
            assert!(text.has("el") && text.has("en"), "{code}: {text:?}");
        }
    }
    let tried: BTreeSet<String> = cases().into_iter().map(|(_, case)| case.rule).collect();
    let untried: Vec<&&str> = used.iter().filter(|code| !tried.contains(**code)).collect();
    assert!(untried.is_empty(), "no case tries {untried:?}");
    for (file, case) in cases().into_iter().filter(|(_, case)| case.refused_at.is_none()) {
        for finding in judged(&rules, file, &case).findings {
            let words = catalogue.rule(&finding.rule).unwrap();
            assert!(
                finding.reason.is_empty() || words.reasons.contains_key(finding.reason.as_ref()),
                "{}: no sentence for {}",
                finding.rule,
                finding.reason
            );
            for lang in ["el", "en"] {
                let said = catalogue.say(&finding, lang);
                assert!(!said.reason.contains('{'), "{}: {}", finding.rule, said.reason);
                assert!(!said.article.is_empty());
            }
        }
    }
}

#[test]
fn an_ordinary_expense_has_nothing_against_it() {
    let rules = RuleSet::load().unwrap();
    for regime in ["1420", "2127"] {
        let facts: Facts = serde_json::from_value(ordinary(regime)).unwrap();
        let judgement = rules.judge(&facts);
        assert_eq!(judgement.outcome, Verdict::Ok, "{:?}", judgement.open());
        assert_eq!(judgement.eligible.to_string(), "1240.00");
        assert_eq!(faults(&facts.expense, facts.operation.regime, facts.on), []);
    }
}

/// A form of cost that no regulation knows is no form: it is refused before it can be judged.
#[test]
fn an_unknown_form_of_cost_is_no_form() {
    for regime in ["1420", "2127"] {
        let mut given = ordinary(regime);
        given["expense"]["form"] = json!({ "form": "other" });
        assert!(serde_json::from_value::<Facts>(given).is_err());
    }
}

/// Ceilings are over the whole operation: what was declared before is used up.
#[test]
fn a_ceiling_is_used_up_by_what_came_before() {
    let rules = RuleSet::load().unwrap();
    let entry = |number: u8, category: &str, rate: Option<&str>, eligible: &str| -> Entry {
        serde_json::from_value(json!({
            "id": format!("00000000-0000-0000-0000-0000000000{number:02}"),
            "operation_id": "00000000-0000-0000-0000-000000000001", "sub_project": "SP1", "category": category,
            "form": if rate.is_some() { "flat" } else { "actual" }, "rate": rate, "eligible": euros(eligible), "share": "100",
        }))
        .unwrap()
    };
    let mut given = ordinary("1420");
    given["expense"]["category"] = json!("B3");
    given["expense"]["form"] = json!({ "form": "flat", "rate": "indirect15", "base": ["A1"] });
    given["expense"]["vat_included"] = json!(false);
    given["expense"]["dates"]["carried_out"] = json!({ "from": "2022-01-01", "to": "2022-12-31" });
    let mut facts: Facts = serde_json::from_value(given).unwrap();
    let before = [
        entry(1, "A1", None, "10000.00"),
        entry(2, "B3", Some("indirect15"), "900.00"),
        entry(99, "B3", Some("indirect15"), "5000.00"),
        entry(3, "A4", None, "70000.00"),
    ];
    facts.ledger = Ledger::of(&facts.expense, None, &before, rules.parameters(Regime::Period1420));
    let judgement = rules.judge(&facts);
    // 15 % of 10,000 is 1,500; 900 came before, so 600 of the 1,000 are left. What comes later does not count.
    assert_eq!(shown(&judgement, "E14-FLAT15"), "CUT 400.00", "{judgement:?}");
}

#[test]
fn the_same_paper_under_two_spellings_has_one_fingerprint() {
    let facts: Facts = serde_json::from_value(ordinary("1420")).unwrap();
    let mut other = facts.expense.clone();
    other.document.number = "α-0017".into();
    assert_eq!(
        fingerprint("094259216", &facts.expense),
        fingerprint("094259216", &other)
    );
    assert_ne!(
        fingerprint("094259216", &facts.expense),
        fingerprint("996887930", &facts.expense)
    );
    other.document.issued_on = other.document.issued_on.succ_opt().unwrap();
    assert_ne!(
        fingerprint("094259216", &facts.expense),
        fingerprint("094259216", &other)
    );
}

#[test]
fn a_correction_is_what_is_irregular_or_a_flat_part() {
    let euro = |text: &str| Money::parse(text).unwrap();
    for (irregular, examined, points, wanted) in [
        (Some("120.00"), "1000.00", 500, "120.00"),
        (Some("2000.00"), "1000.00", 500, "1000.00"),
        (Some("1000.00"), "20000.00", 500, "1000.00"),
        // What cannot be counted is a flat part of the contract.
        (None, "20000.00", 500, "1000.00"),
        (None, "20000.00", 1000, "2000.00"),
    ] {
        let flat = Share::from_basis_points(points);
        let got = correction(irregular.map(euro), euro(examined), flat).unwrap();
        assert_eq!(got, euro(wanted));
    }
}

proptest! {
    /// Exact to the cent: eligible and cuts add up to what was declared, and a cut never exceeds it.
    #[test]
    fn cuts_never_exceed_the_amount(
        net in 1_i64..10_000_000_000, vat in 0_i64..2_000_000_000, share in 1_u32..=10_000, recoverable in 0_u32..=10_000,
        credited in 0_i64..20_000_000_000, included: bool,
    ) {
        let rules = RuleSet::load().unwrap();
        let mut given = ordinary("1420");
        let amount = |cents: i64| euros(&Money::from_cents(cents).to_string());
        given["expense"]["document"]["net"] = amount(net);
        given["expense"]["document"]["vat"] = amount(vat);
        given["expense"]["document"]["gross"] = amount(net + vat);
        given["expense"]["share"] = json!(Share::from_basis_points(share).to_string());
        given["expense"]["vat_included"] = json!(included);
        given["operation"]["terms"]["vat"] = json!({ "pro-rata": Share::from_basis_points(recoverable).to_string() });
        given["ledger"]["credited"] = amount(credited);
        let facts: Facts = serde_json::from_value(given).unwrap();
        prop_assert_eq!(faults(&facts.expense, facts.operation.regime, facts.on), []);
        let declared = facts.expense.declared().unwrap();
        // Rounded once: within half a cent of the exact product.
        let exact = i128::from(if included { net + vat } else { net }) * i128::from(share);
        prop_assert!((i128::from(declared.cents()) * 10_000 - exact).abs() <= 5_000);
        let judgement = rules.judge(&facts);
        prop_assert!(judgement.eligible >= Money::ZERO && judgement.eligible <= declared);
        for finding in &judgement.findings {
            if let Verdict::Cut { amount } = finding.verdict {
                prop_assert!(amount.is_positive() && amount <= declared);
            }
        }
        if let Verdict::Cut { amount } = judgement.outcome {
            prop_assert_eq!(judgement.eligible.checked_add(amount), Ok(declared));
        }
    }

    /// Nobody allocates more than there is.
    #[test]
    fn an_allocation_above_the_whole_is_refused(parts in proptest::collection::vec(0_u32..=6_000, 0..4)) {
        let mut given = ordinary("1420");
        let shares: Vec<Value> = parts.iter().map(|part| json!({ "share": Share::from_basis_points(*part).to_string() })).collect();
        given["expense"]["allocations"] = json!(shares);
        let facts: Facts = serde_json::from_value(given).unwrap();
        let found = faults(&facts.expense, facts.operation.regime, facts.on);
        prop_assert_eq!(!found.is_empty(), parts.iter().sum::<u32>() > 10_000);
    }

    /// An hour never costs more than the annual cost by the hours of the year, but for the rounding of one cent.
    #[test]
    fn an_hour_is_a_part_of_the_year(gross in 1_i64..10_000_000, part in 1_u32..=10_000) {
        let rate = hourly_rate(Money::from_cents(gross), Share::from_basis_points(part), 1720).unwrap();
        let hours = i128::from(part) * 1720;
        prop_assert!((i128::from(rate.cents()) * hours - i128::from(gross) * 10_000).abs() * 2 <= hours);
    }

    /// What is refused says why, in both languages, whatever was typed.
    #[test]
    fn faults_have_their_words(net in -100_i64..100, vat in -100_i64..100, gross in -100_i64..100, share in 0_u32..20_000) {
        let rules = RuleSet::load().unwrap();
        let mut given = ordinary("2127");
        let amount = |cents: i64| euros(&Money::from_cents(cents).to_string());
        given["expense"]["document"]["net"] = amount(net);
        given["expense"]["document"]["vat"] = amount(vat);
        given["expense"]["document"]["gross"] = amount(gross);
        given["expense"]["share"] = json!(Share::from_basis_points(share).to_string());
        let facts: Facts = serde_json::from_value(given).unwrap();
        let on: NaiveDate = facts.on;
        for fault in faults(&facts.expense, Regime::Period2127, on) {
            let said = rules.catalogue().say_fault(&fault, "el");
            prop_assert!(!said.contains('{'), "{}", said);
        }
    }
}

/// What G-SPLIT adds up: direct awards for one object (three digits of the vocabulary) to one contractor in one year.
#[test]
fn awards_that_belong_together_are_added_up_and_no_others() {
    let id = |number: u8| format!("00000000-0000-7000-8000-0000000000{number:02}");
    let contract = |number: u8, change: Value| -> Contract {
        let mut body = json!({
            "id": id(number), "operation_id": id(90), "supplier_id": id(91), "subject": "Τρόφιμα", "kind": "goods",
            "path": "direct", "cpv": "15800000-6", "value": Money::parse("14000.00").unwrap(), "awarded_on": "2022-03-01",
        });
        let change = change.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(change);
        serde_json::from_value(body).unwrap()
    };
    let own = contract(1, json!({}));
    let others = [
        (json!({}), true),
        (
            json!({ "cpv": "15810000-9", "awarded_on": "2022-12-31", "operation_id": id(89) }),
            true,
        ),
        (json!({ "cpv": "15900000-7" }), false),
        (json!({ "supplier_id": id(92) }), false),
        (json!({ "awarded_on": "2023-01-01" }), false),
        (json!({ "path": "open" }), false),
    ];
    let mut all = vec![own.clone()];
    let mut wanted = Money::ZERO;
    for (number, (change, counts)) in (2..).zip(others) {
        let other = contract(number, change.clone());
        let alone = Ledger::similar(&own, [&own, &other]);
        assert_eq!(alone == other.value, counts, "{change}");
        assert_eq!(alone == Money::ZERO, !counts, "{change}");
        if counts {
            wanted = wanted.checked_add(other.value).unwrap();
        }
        all.push(other);
    }
    assert_eq!(Ledger::similar(&own, &all), wanted);
}

/// A rule that was read may rest on an older number that was not: then its finding is to be verified, and today's is not.
#[test]
fn a_number_from_memory_is_marked_and_todays_is_not() {
    let (rules, catalogue) = (RuleSet::load().unwrap(), Catalogue::load().unwrap());
    for (rule, old) in [("G-DIRECT30", "\"20000.00\""), ("G-LEVY", "\"0.13\"")] {
        let mut marked = [0, 0];
        for (file, case) in cases().into_iter().filter(|(_, case)| case.rule == rule) {
            let judgement = judged(&rules, file, &case);
            let found = judgement.findings.iter().find(|finding| finding.rule == rule);
            let Some(finding) = found else { continue };
            let is_old = catalogue.say(finding, "en").verify;
            let says_old = json!(finding).to_string().contains(old);
            assert_eq!(is_old, says_old, "{}", case.name);
            marked[usize::from(is_old)] += 1;
        }
        assert!(marked[0] > 0 && marked[1] > 0, "{rule}: {marked:?}");
    }
}
