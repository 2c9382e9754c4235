//! Decisions run again: identical in a new host, and any byte that was changed is found.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use osn_programs::bundle::{BundleWriter, replay_bundle};
use osn_programs::fault::FaultKind;
use osn_programs::input::Value;
use osn_programs::plan::{PlanRequest, Slot};
use osn_programs::plan_record::{PlanRecord, Planned};
use osn_programs::record::{DecisionRecord, Difference, Replayed, replay, replay_bytes};
use osn_programs::verdict::Outcome;
use serde_json::json;
use support::{application, context, food_parcel, host, loaded};

fn records(incomes: &[&str]) -> Vec<DecisionRecord> {
    let host = host();
    let program = loaded(&host);
    let context = context(&program, &json!({"income-limit": 900_000}));
    let groups: Vec<_> = incomes
        .iter()
        .map(|income| application(&program, "67.50", income))
        .collect();
    let verdicts = program.assess_groups(&context, &groups).unwrap();
    groups
        .into_iter()
        .zip(verdicts)
        .map(|(input, verdict)| DecisionRecord::new(&program, &context, input, verdict).unwrap())
        .collect()
}

#[test]
fn a_record_has_one_spelling_and_runs_again_identically() {
    let record = records(&["4200.00"]).remove(0);
    let bytes = record.to_canonical().unwrap();
    assert_eq!(DecisionRecord::from_canonical(&bytes).unwrap(), record);
    assert_eq!(DecisionRecord::digest_of(&bytes), record.digest().unwrap());
    let spaced = String::from_utf8(bytes.clone()).unwrap().replacen(':', ": ", 1);
    assert!(DecisionRecord::from_canonical(spaced.as_bytes()).is_err());
    // Another host knows nothing of the first.
    let program = loaded(&host());
    assert_eq!(
        replay_bytes(&program, &bytes, record.digest().unwrap()).unwrap(),
        Replayed::Identical
    );
    // What a record shows of a person when it is printed by mistake.
    assert!(!format!("{record:?}").contains("4200"), "{record:?}");
}

#[test]
fn a_plan_is_made_again_and_an_altered_one_is_found() {
    let host = host();
    let program = loaded(&host);
    let context = context(&program, &json!({}));
    let people: Vec<_> = ["4200.00", "5100.00"]
        .map(|income| application(&program, "67.50", income))
        .into();
    let slot = |day: i64| Slot {
        starts_min: day * 1_440,
        capacity: 5,
        ..Slot::default()
    };
    let request = PlanRequest {
        slots: vec![slot(19_000), slot(19_030)],
        budget_cents: 1_000_000,
        ..PlanRequest::default()
    };
    let schedule = program.plan(&context, &people, &request).unwrap();
    assert!(!schedule.deliveries.is_empty());
    let cited = |number: u8| Planned {
        decision: format!("00000000-0000-0000-0000-00000000000{number}").parse().unwrap(),
        digest: osn_core::canonical::digest("decision-record:1", b"cited"),
        claims: vec![0],
    };
    let record = PlanRecord {
        contract: program.contract().to_owned(),
        code_digest: program.code_digest(),
        as_of: context.as_of,
        parameters: context.parameters.clone(),
        people: vec![cited(1), cited(2)],
        request,
        schedule,
    };
    let bytes = record.to_canonical().unwrap();
    let read = PlanRecord::from_canonical(&bytes).unwrap();
    assert_eq!(read, record);
    // Another host, another day.
    assert_eq!(
        read.replay(&loaded(&support::host()), &people).unwrap(),
        Replayed::Identical
    );
    for position in [20, bytes.len() / 2, bytes.len() - 3] {
        let mut flipped = bytes.clone();
        flipped[position] ^= 1;
        assert_ne!(PlanRecord::digest_of(&flipped), PlanRecord::digest_of(&bytes));
    }
    // Whoever alters a plan and writes its digest down anew is found by making it again.
    let mut altered = read;
    altered.schedule.deliveries[0].quantity += 1;
    assert!(matches!(
        altered.replay(&program, &people).unwrap(),
        Replayed::Different { .. }
    ));
}

#[test]
fn a_flipped_byte_is_found_wherever_it_is() {
    let record = records(&["4200.00"]).remove(0);
    let (bytes, digest) = (record.to_canonical().unwrap(), record.digest().unwrap());
    let program = loaded(&host());
    let text = String::from_utf8(bytes.clone()).unwrap();
    for part in [
        "\"input\":",
        "\"parameters\":",
        "\"verdict\":",
        "\"code_digest\":",
        "\"as_of\":",
        "\"fuel_limit\":",
    ] {
        let from = text.find(part).unwrap() + part.len();
        for position in from..from + 8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1;
            match replay_bytes(&program, &flipped, digest).unwrap() {
                Replayed::Different {
                    what: Difference::Digest { wanted, .. },
                } => assert_eq!(wanted, digest),
                other => panic!("{part} at {position}: {other:?}"),
            }
        }
    }
}

#[test]
fn whoever_changes_a_record_and_its_digest_is_found_by_the_program() {
    let record = records(&["4200.00"]).remove(0);
    let program = loaded(&host());
    let different = |change: &dyn Fn(&mut DecisionRecord)| {
        let mut changed = record.clone();
        change(&mut changed);
        match replay(&program, &changed).unwrap() {
            Replayed::Different { what } => what,
            Replayed::Identical => panic!("not found"),
        }
    };
    let verdict = |at: &[&str]| Difference::Verdict {
        at: at.iter().map(|one| (*one).to_owned()).collect(),
    };
    let input = different(&|one| {
        one.input
            .application
            .insert("annual-income".to_owned(), Value::Cents(420_100).into());
    });
    assert!(
        matches!(&input, Difference::Verdict { at } if at.contains(&"/verdict/claims/0/keys/0".to_owned())),
        "{input}"
    );
    let parameters = different(&|one| one.parameters = one.parameters.replace("670000", "670100"));
    assert_eq!(parameters, verdict(&["/verdict/claims/0/criteria/0/wanted"]));
    assert_eq!(
        different(&|one| one.verdict.outcome = Outcome::NotEligible),
        verdict(&["/verdict/outcome"])
    );
    assert_eq!(
        different(&|one| one.verdict.claims[0].criteria[0].seen = Some(1)),
        verdict(&["/verdict/claims/0/criteria/0/seen"])
    );
    assert_eq!(
        different(&|one| one.criteria[0] = "height".to_owned()),
        verdict(&["/criteria/0"])
    );
    let as_of = different(&|one| one.as_of = support::day("2021-08-19"));
    assert!(matches!(as_of, Difference::Verdict { .. }), "{as_of}");
    let fuel = different(&|one| one.fuel_limit = 1_000);
    assert_eq!(
        fuel,
        Difference::Fault {
            fault: FaultKind::OutOfFuel { limit: 1_000 }
        }
    );
    let mut other = *record.code_digest.as_bytes();
    other[0] ^= 1;
    let other = osn_core::canonical::Digest::from_bytes(other);
    assert_eq!(
        different(&|one| one.code_digest = other),
        Difference::Component {
            wanted: other,
            found: record.code_digest
        }
    );
    assert_eq!(
        different(&|one| one.contract = "0.1".to_owned()),
        Difference::Contract {
            found: "0.1".to_owned()
        }
    );
}

#[test]
fn a_bundle_runs_without_a_database_and_tells_which_line_was_changed() {
    let records = records(&["0", "4200.00", "9000.00", "9000.01"]);
    let mut writer = BundleWriter::new(Vec::new(), food_parcel().code()).unwrap();
    for record in &records {
        writer
            .add(&record.to_canonical().unwrap(), record.digest().unwrap())
            .unwrap();
    }
    let bundle = writer.finish().unwrap();
    let report = replay_bundle(&host(), bundle.as_slice()).unwrap();
    assert_eq!((report.total, report.identical), (4, 4), "{report:?}");

    let text = String::from_utf8(bundle).unwrap();
    let changed = text.replacen("9000.01", "8999.01", 1);
    let report = replay_bundle(&host(), changed.as_bytes()).unwrap();
    assert_eq!(
        (report.total, report.identical, report.different[0].0),
        (4, 3, 5),
        "{report:?}"
    );

    // A byte of the component: the bundle is refused as a whole.
    let at = text.find("\"component\":\"").unwrap() + 5_000;
    let mut component = text.into_bytes();
    component[at] = if component[at] == b'A' { b'B' } else { b'A' };
    let error = replay_bundle(&host(), component.as_slice()).unwrap_err().to_string();
    assert!(error.contains("the component is"), "{error}");
    assert!(replay_bundle(&host(), b"{}".as_slice()).is_err());
}
