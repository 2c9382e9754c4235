//! Assessment runs and decision records, selections and signatures.
use std::ops::RangeInclusive;

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use osn_core::application::{ApplicationEvent, AssessmentOutcome, Reference};
use osn_core::canonical;
use osn_core::id::{DecisionId, SelectionId};
use osn_core::selection::{Candidate, Ranked, RankingKey, Selection, SelectionState, TieOrder, rank};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_store::{Actor, DecisionQuery, NewDecision, PageQuery, Readable, RunState, StoreError, Versioned};

use crate::ground::{Ground, at, both, id};
use crate::sample::{self, application, open_call, submit_many};

both!(
    decisions_read_back_sealed_and_in_order,
    a_run_ends_once,
    fuel_grows_with_the_decisions_that_took_it,
    the_eligible_who_wait_are_read_for_ranking,
    what_was_decided_is_found_between_two_applications,
    some_applications_are_read_by_their_ids,
    many_states_change_in_one_act,
    machines_read_in_chunks,
    an_erased_persons_decisions_stay_without_content,
    a_ranked_list_is_sealed_and_changes_by_version,
    the_municipality_signs,
);

fn decision(number: u128) -> NewDecision {
    let application = application(number, "").application;
    let record = format!("{{\"input\":\"4200.00\",\"n\":{number}}}").into_bytes();
    NewDecision {
        id: DecisionId::new(id(3_000_000 + number)),
        application_id: application.id,
        person_id: application.person_id,
        outcome: if number.is_multiple_of(2) {
            AssessmentOutcome::Eligible
        } else {
            AssessmentOutcome::NotEligible
        },
        keys: vec![Some(420_000), None, Some(-3)],
        units: 1,
        digest: canonical::digest("test-record:1", &record),
        record,
    }
}

async fn save(ground: &Ground, decisions: Vec<NewDecision>, fuel: u64, now: Instant) -> Result<(), StoreError> {
    let sealed = ground.city.seal_decisions(sample::run().id, &decisions, now).await?;
    let mut tx = ground.city.begin(Actor::nobody("run.chunk"), now).await?;
    tx.insert_decisions(sealed, fuel).await?;
    tx.commit().await
}

/// A finished run with a decision for each of the applications.
pub(crate) async fn decide(ground: &Ground, numbers: RangeInclusive<u128>) {
    let mut tx = ground.city.begin(Actor::nobody("run.start"), at(5)).await.unwrap();
    tx.insert_run(&sample::run()).await.unwrap();
    tx.commit().await.unwrap();
    let decisions: Vec<_> = numbers.map(decision).collect();
    save(ground, decisions, 7_000, at(6)).await.unwrap();
    let mut tx = ground.city.begin(Actor::nobody("run.finish"), at(7)).await.unwrap();
    tx.finish_run(&finished()).await.unwrap();
    tx.commit().await.unwrap();
}

fn finished() -> osn_store::AssessmentRun {
    let mut run = sample::run();
    run.state = RunState::Finished {
        at: at(7),
        merkle_root: canonical::digest("test-root:1", b""),
        eligible: 1,
        not_eligible: 1,
        missing_evidence: 0,
        fuel_used: 9_007_199_254_740_991,
    };
    run
}

async fn decisions_read_back_sealed_and_in_order(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 300).await;
    let call = DecisionQuery::Call(sample::call_id());
    assert_eq!(
        ground.city.decisions(call, PageQuery::first()).await.unwrap().total,
        0,
        "no run is finished"
    );
    decide(ground, 0..=299).await;
    for which in [call, DecisionQuery::Run(sample::run().id), DecisionQuery::All] {
        let first = ground.city.decisions(which, PageQuery::first()).await.unwrap();
        assert_eq!((first.total, first.items.len()), (300, 200), "{which:?}");
        let rest = ground
            .city
            .decisions(
                which,
                PageQuery {
                    limit: 200,
                    after: first.next,
                },
            )
            .await
            .unwrap();
        assert_eq!((rest.items.len(), rest.next), (100, None), "{which:?}");
        assert!(first.items.iter().chain(&rest.items).map(|row| row.id).is_sorted());
    }
    let row = ground.city.decision(decision(42).id).await.unwrap().unwrap();
    assert_eq!(
        (row.outcome, row.units, row.at),
        (AssessmentOutcome::Eligible, 1, at(6))
    );
    assert_eq!(row.keys, Readable::Data(decision(42).keys));
    assert_eq!(row.digest, decision(42).digest);
    assert_eq!(
        ground.city.decision_record(row.id).await.unwrap(),
        Some(Readable::Data(decision(42).record))
    );
    assert_eq!(
        ground.city.decisions_of(decision(42).application_id).await.unwrap(),
        vec![row]
    );
    let mut records = Vec::new();
    while let chunk = ground
        .city
        .all_decisions(records.last().map(|(id, _)| *id), 128)
        .await
        .unwrap()
        && !chunk.is_empty()
    {
        records.extend(chunk);
    }
    let wanted: Vec<_> = (0..300)
        .map(|n| (decision(n).id, Readable::Data(decision(n).record)))
        .collect();
    assert_eq!(records, wanted);
    // A run decides on an application once.
    let mut twice = decision(1);
    twice.id = DecisionId::new(id(3_999_999));
    let refused = save(ground, vec![twice], 0, at(9)).await.unwrap_err();
    assert!(
        refused.is_conflict_with("decision_run_id_application_id_key"),
        "{refused}"
    );
}

async fn a_run_ends_once(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 2).await;
    decide(ground, 0..=1).await;
    let run = ground.city.assessment_run(sample::run().id).await.unwrap().unwrap();
    assert_eq!(run.value, finished());
    assert_eq!(ground.city.assessment_runs(sample::call_id()).await.unwrap(), vec![run]);
    let mut tx = ground.city.begin(Actor::nobody("run.finish"), at(8)).await.unwrap();
    assert!(matches!(
        tx.finish_run(&finished()).await,
        Err(StoreError::Stale { .. })
    ));
    tx.rollback().await.unwrap();
}

async fn many_states_change_in_one_act(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 90).await;
    let read = ground
        .city
        .applications(sample::call_id(), None, PageQuery::first())
        .await
        .unwrap()
        .items;
    let judged: Vec<Versioned<_>> = read
        .iter()
        .map(|each| {
            let mut each = each.clone();
            let event = ApplicationEvent::Assess {
                decision: decision(1).id,
                outcome: AssessmentOutcome::Eligible,
            };
            each.value.state = each.value.state.apply(&event).unwrap();
            each
        })
        .collect();
    let mut tx = ground.city.begin(Actor::nobody("call.assess"), at(8)).await.unwrap();
    tx.update_applications(&judged).await.unwrap();
    tx.commit().await.unwrap();
    let counts = ground.city.application_counts(sample::call_id()).await.unwrap();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("assessed".to_owned(), 90)]);
    let again = ground.city.application(judged[5].value.id).await.unwrap().unwrap();
    assert_eq!(
        (again.value, again.version, again.updated_at),
        (judged[5].value.clone(), 2, at(8))
    );
    // One that moved on stops them all.
    let mut mixed = judged.clone();
    for each in mixed.iter_mut().skip(1) {
        each.version = 2;
    }
    let mut tx = ground.city.begin(Actor::nobody("call.assess"), at(9)).await.unwrap();
    let refused = tx.update_applications(&mixed).await;
    assert!(matches!(refused, Err(StoreError::Stale { expected: 1 })), "{refused:?}");
    tx.rollback().await.unwrap();
    assert_eq!(
        ground
            .city
            .application(judged[5].value.id)
            .await
            .unwrap()
            .unwrap()
            .version,
        2
    );
}

async fn machines_read_in_chunks(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 25).await;
    // A whole chunk of erased people is not the end.
    for number in 10..20 {
        ground
            .city
            .erase_person(application(number, "").application.person_id, "asked", at(9))
            .await
            .unwrap();
    }
    let mut seen: Vec<Reference> = Vec::new();
    let mut after = None;
    loop {
        let chunk = ground
            .city
            .applications_for_machine(sample::call_id(), osn_store::ForMachine::Waiting, after, 5)
            .await
            .unwrap();
        let Some((last, _)) = chunk.last() else { break };
        after = Some(last.value.id);
        assert!(
            chunk
                .iter()
                .all(|(each, data)| data.applicant.amka == amka_of(&each.value.reference))
        );
        seen.extend(chunk.into_iter().map(|(each, _)| each.value.reference));
    }
    let wanted: Vec<_> = (0..25)
        .filter(|n| !(10..20).contains(n))
        .map(sample::reference)
        .collect();
    assert_eq!(seen, wanted);
}

fn amka_of(reference: &Reference) -> String {
    let number = (0..25).find(|number| sample::reference(*number) == *reference).unwrap();
    format!("amka-{number}")
}

async fn an_erased_persons_decisions_stay_without_content(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 4).await;
    decide(ground, 0..=3).await;
    ground
        .city
        .erase_person(decision(2).person_id, "asked", at(9))
        .await
        .unwrap();
    let row = ground.city.decision(decision(2).id).await.unwrap().unwrap();
    assert_eq!((row.keys, row.digest), (Readable::Erased, decision(2).digest));
    assert_eq!(
        ground.city.decision_record(row.id).await.unwrap(),
        Some(Readable::Erased)
    );
    let records = ground.city.all_decisions(None, 10).await.unwrap();
    let erased: Vec<_> = records
        .iter()
        .filter(|(_, record)| *record == Readable::Erased)
        .map(|(id, _)| *id)
        .collect();
    assert_eq!((records.len(), erased), (4, vec![decision(2).id]));
    let refused = save(ground, vec![decision(2)], 1, at(10)).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::Sealed(osn_store::SealFault::Erased)),
        "{refused}"
    );
}

fn selection() -> (Selection, Vec<Ranked>) {
    let candidates = (0..600)
        .map(|number| Candidate {
            application_id: application(number, "").application.id,
            reference: sample::reference(number),
            keys: vec![i64::try_from(number).unwrap() * 77_777],
            submitted_at: at(1),
            protocol: None,
            units: 1,
        })
        .collect();
    let keys = [RankingKey {
        key: "annual-income".to_owned(),
        descending: false,
    }];
    let list = rank(sample::call_id(), &keys, TieOrder::SubmissionTime, 15, candidates).unwrap();
    let (id, by) = (SelectionId::new(id(600)), sample::account());
    let selection = Selection {
        id,
        list: list.head,
        run_id: None,
        proposed_by: by,
        proposed_at: at(8),
        state: SelectionState::Proposed,
    };
    (selection, list.lines)
}

async fn a_ranked_list_is_sealed_and_changes_by_version(ground: &Ground) {
    open_call(&ground.city).await;
    let mut tx = ground
        .city
        .begin(Actor::nobody("selection.propose"), at(8))
        .await
        .unwrap();
    let (selection, lines) = selection();
    tx.insert_selection(&selection, lines.clone().into_iter())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut read = ground.city.selection(selection.id).await.unwrap().unwrap();
    assert_eq!(read.value, selection);
    // Pieces hold 256 lines: within one, across two, over the end, beyond it.
    for (skip, limit, found) in [
        (0, 600, 0..600),
        (3, 2, 3..5),
        (250, 300, 250..550),
        (590, 25, 590..600),
        (700, 5, 0..0),
    ] {
        let read = ground.city.selection_lines(selection.id, skip, limit).await.unwrap();
        assert_eq!(read, lines[found], "{limit} lines after {skip}");
    }
    read.value.state = SelectionState::Approved {
        by: osn_core::id::AccountId::new(id(11)),
        at: at(9),
    };
    let mut tx = ground
        .city
        .begin(Actor::nobody("selection.approve"), at(9))
        .await
        .unwrap();
    tx.update_selection(&read.value, read.version).await.unwrap();
    assert!(matches!(
        tx.update_selection(&read.value, read.version).await,
        Err(StoreError::Stale { expected: 1 })
    ));
    tx.commit().await.unwrap();
    let all = ground.city.selections(sample::call_id()).await.unwrap();
    assert_eq!((all.len(), all[0].version, &all[0].value), (1, 2, &read.value));
    ground
        .raw_either(
            "update selection set sealed = x'0102'",
            "update selection set sealed = '\\x0102'::bytea",
        )
        .await
        .unwrap();
    assert!(matches!(
        ground.city.selection(selection.id).await,
        Err(StoreError::Sealed(_))
    ));
    // A piece that was put into another's place does not open either.
    ground
        .raw("update selection_lines set sealed = (select other.sealed from selection_lines other where other.number = 1) where number = 0")
        .await
        .unwrap();
    assert!(matches!(
        ground.city.selection_lines(selection.id, 0, 1).await,
        Err(StoreError::Sealed(_))
    ));
}

async fn the_municipality_signs(ground: &Ground) {
    let digest = canonical::digest("need-certificate:1", b"{}");
    let signed = ground.city.sign(&digest).await.unwrap();
    assert_eq!(signed.public_key, ground.city.public_key().await.unwrap());
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect()
    };
    let key = VerifyingKey::from_bytes(&bytes(&signed.public_key).try_into().unwrap()).unwrap();
    let signature = Signature::from_bytes(&bytes(&signed.signature).try_into().unwrap());
    key.verify(digest.as_bytes(), &signature).unwrap();
    key.verify(b"something else", &signature).unwrap_err();
    // The same key after a restart.
    let again = ground.again().await.unwrap();
    assert_eq!(
        again
            .for_municipality(crate::ground::city())
            .sign(&digest)
            .await
            .unwrap(),
        signed
    );
    again.close().await;
}

async fn fuel_grows_with_the_decisions_that_took_it(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 3).await;
    decide(ground, 0..=1).await;
    let run = sample::run().id;
    assert_eq!(ground.city.fuel_used(run).await.unwrap(), 7_000);
    save(ground, vec![decision(2)], 5, at(8)).await.unwrap();
    assert_eq!(ground.city.fuel_used(run).await.unwrap(), 7_005);
    // The same decision again is refused, and so is its fuel.
    save(ground, vec![decision(2)], 9, at(8)).await.unwrap_err();
    assert_eq!(ground.city.fuel_used(run).await.unwrap(), 7_005);
}

async fn the_eligible_who_wait_are_read_for_ranking(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 12).await;
    decide(ground, 0..=11).await;
    let run = sample::run().id;
    let wait = |ground: &Ground, limit: u32| {
        let city = ground.city.clone();
        async move {
            let (mut found, mut after) = (Vec::new(), None);
            while let Some(sealed) = city.eligible_for_machine(run, after, limit).await.unwrap() {
                after = Some(sealed.last());
                found.extend(sealed.open().unwrap());
            }
            found
        }
    };
    assert!(
        wait(ground, 5).await.is_empty(),
        "nobody was told yet: all are only received"
    );
    let mut waiting = ground
        .city
        .applications_in_state(sample::call_id(), "received", None, 50)
        .await
        .unwrap();
    assert_eq!(waiting.len(), 12);
    for read in &mut waiting {
        let made = decision(read.value.id.uuid().as_u128() - application(0, "").application.id.uuid().as_u128());
        let event = ApplicationEvent::Assess {
            decision: made.id,
            outcome: made.outcome,
        };
        read.value.state = read.value.state.apply(&event).unwrap();
    }
    let mut tx = ground.city.begin(Actor::nobody("assess"), at(8)).await.unwrap();
    tx.update_applications(&waiting).await.unwrap();
    tx.commit().await.unwrap();
    let eligible = wait(ground, 4).await;
    assert_eq!(eligible, wait(ground, 50).await, "the size of a chunk changes nothing");
    let ids: Vec<_> = eligible.iter().map(|row| row.application_id).collect();
    let even: Vec<_> = (0..12)
        .step_by(2)
        .map(|number| application(number, "").application.id)
        .collect();
    assert_eq!(ids, even);
    assert_eq!(eligible[1].keys, Readable::Data(decision(2).keys));
    assert_eq!(eligible[1].reference, sample::reference(2));
}

async fn what_was_decided_is_found_between_two_applications(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 6).await;
    decide(ground, 0..=5).await;
    let of = |number: u128| application(number, "").application.id;
    for (after, last, expected) in [
        (None, of(2), 0..3),
        (Some(of(2)), of(4), 3..5),
        (Some(of(4)), of(9), 5..6),
    ] {
        let found = ground
            .city
            .decided_between(sample::run().id, after, last)
            .await
            .unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.application_id, one.id, one.digest))
            .collect();
        let expected: Vec<_> = expected
            .map(|number| (of(number), decision(number).id, decision(number).digest))
            .collect();
        assert_eq!(found, expected);
    }
}

async fn some_applications_are_read_by_their_ids(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 9).await;
    let of = |number: u128| application(number, "").application.id;
    let found = ground
        .city
        .applications_by_id([of(3), of(7), of(3), of(99)])
        .await
        .unwrap();
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [of(3), of(7)]);
    assert_eq!(found[&of(7)].value.reference, sample::reference(7));
}
