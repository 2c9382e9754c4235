//! Receiving applications: group commit, one per person, idempotency, protocol numbers, and what a crash leaves.
use std::collections::BTreeSet;
use std::path::Path;

use osn_core::application::ApplicationState;
use osn_core::call::CallState;
use osn_core::canonical;
use osn_store::{Actor, Idempotency, PageQuery, Place, Store, SubmitError};
use tokio::task::JoinSet;

use crate::ground::{Ground, at, both, city, options};
use crate::sample::{self, application, open_call, submit_many};

both!(
    many_at_once_are_all_received,
    one_person_has_one_application,
    whoever_withdraws_may_apply_again,
    a_call_that_is_not_published_takes_nothing,
    a_repeated_request_is_answered_the_same,
    one_bad_application_spoils_no_group,
    protocol_numbers_have_no_gaps,
    two_servers_receive_together,
);

async fn many_at_once_are_all_received(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 200).await;
    let page = ground
        .city
        .applications(sample::call_id(), Some("received"), PageQuery::first())
        .await
        .unwrap();
    assert_eq!((page.total, page.items.len()), (200, 200));
    let sent = application(42, "amka-42").application;
    let found = ground
        .city
        .application_by_reference(&sent.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.value, found.version), (sent.clone(), 1));
    assert_eq!(
        ground.city.application_code_hash(sent.id).await.unwrap(),
        Some(application(42, "amka-42").code_hash)
    );
    assert_eq!(
        ground.city.journal_of(sent.id.uuid()).await.unwrap().len(),
        1,
        "one entry for each"
    );
}

async fn one_person_has_one_application(ground: &Ground) {
    open_call(&ground.city).await;
    // Ten applications of one person at once, among others: exactly one gets in, all others too.
    let mut tasks = JoinSet::new();
    for number in 0..30 {
        let scope = ground.city.clone();
        let amka = if number % 3 == 0 {
            "same".to_owned()
        } else {
            format!("amka-{number}")
        };
        tasks.spawn(async move {
            (
                number,
                scope.submit_application(application(number, &amka), at(1)).await,
            )
        });
    }
    let (mut received, mut refused) = (0, 0);
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            (_, Ok(_)) => received += 1,
            (number, Err(SubmitError::Duplicate { kind })) => {
                assert!(number % 3 == 0 && kind == "amka", "{number}");
                refused += 1;
            }
            (number, Err(other)) => panic!("{number}: {other}"),
        }
    }
    assert_eq!((received, refused), (21, 9));
    let late = ground.city.submit_application(application(100, "same"), at(2)).await;
    assert!(matches!(late, Err(SubmitError::Duplicate { .. })));
    assert_eq!(
        ground
            .city
            .application(application(100, "").application.id)
            .await
            .unwrap(),
        None
    );
    let found = ground
        .city
        .applications_with(sample::call_id(), "amka", "same")
        .await
        .unwrap();
    assert_eq!(found.len(), 1, "a refused one leaves no hash behind");
}

async fn whoever_withdraws_may_apply_again(ground: &Ground) {
    open_call(&ground.city).await;
    let first = application(1, "same");
    ground.city.submit_application(first.clone(), at(1)).await.unwrap();
    let mut withdrawn = first.application;
    withdrawn.state = ApplicationState::Withdrawn { at: at(2) };
    let mut tx = ground
        .city
        .begin(Actor::nobody("application.withdraw"), at(2))
        .await
        .unwrap();
    tx.update_application(&withdrawn, 1).await.unwrap();
    tx.commit().await.unwrap();
    ground
        .city
        .submit_application(application(2, "same"), at(3))
        .await
        .unwrap();
    let third = ground.city.submit_application(application(3, "same"), at(4)).await;
    assert!(matches!(third, Err(SubmitError::Duplicate { .. })));
}

async fn a_call_that_is_not_published_takes_nothing(ground: &Ground) {
    open_call(&ground.city).await;
    let read = ground.city.call(sample::call_id()).await.unwrap().unwrap();
    let mut tx = ground.city.begin(Actor::nobody("call.assess"), at(2)).await.unwrap();
    tx.update_call(&sample::call(400, CallState::Assessed { at: at(2) }), read.version)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let late = ground.city.submit_application(application(1, "a"), at(1)).await;
    assert!(matches!(late, Err(SubmitError::CallNotOpen)));
    let mut nowhere = application(2, "b");
    nowhere.application.call_id = osn_core::id::CallId::new(crate::ground::id(999));
    assert!(matches!(
        ground.city.submit_application(nowhere, at(1)).await,
        Err(SubmitError::CallNotOpen)
    ));
    assert_eq!(
        ground
            .city
            .applications(sample::call_id(), None, PageQuery::first())
            .await
            .unwrap()
            .total,
        0
    );
}

async fn a_repeated_request_is_answered_the_same(ground: &Ground) {
    open_call(&ground.city).await;
    let asked = |number: u128, amka: &str| {
        let mut new = application(number, amka);
        new.idempotency = Some(Idempotency {
            route: "POST /applications".to_owned(),
            key: "key-1".to_owned(),
            request_digest: canonical::digest("request:1", amka.as_bytes()),
            status: 201,
            body: format!("answer to {number}").into_bytes(),
        });
        new
    };
    assert_eq!(
        ground.city.idempotent("POST /applications", "key-1").await.unwrap(),
        None
    );
    // The same request eight times at once: one application, seven times the same answer.
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let (scope, new) = (ground.city.clone(), asked(number, "same"));
        tasks.spawn(async move { scope.submit_application(new, at(1)).await });
    }
    let mut answers = BTreeSet::new();
    let mut received = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(_) => received += 1,
            Err(SubmitError::AlreadyAnswered(answer)) => {
                answers.insert((answer.status, answer.body));
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((received, answers.len()), (1, 1));
    let remembered = ground
        .city
        .idempotent("POST /applications", "key-1")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(remembered.request_digest, canonical::digest("request:1", b"same"));
    // A refused duplicate does not occupy its key.
    let mut other = asked(20, "same");
    if let Some(idempotency) = &mut other.idempotency {
        "key-2".clone_into(&mut idempotency.key);
    }
    let refused = ground.city.submit_application(other, at(2)).await;
    assert!(matches!(refused, Err(SubmitError::Duplicate { .. })));
    assert_eq!(
        ground.city.idempotent("POST /applications", "key-2").await.unwrap(),
        None
    );
    assert_eq!(ground.city.forget_answers(at(100)).await.unwrap(), 1);
}

async fn one_bad_application_spoils_no_group(ground: &Ground) {
    open_call(&ground.city).await;
    // Half of them carry a reference that is taken: the database refuses a whole statement for each of those.
    ground
        .city
        .submit_application(application(0, "first"), at(0))
        .await
        .unwrap();
    let mut tasks = JoinSet::new();
    for number in 1..21 {
        let scope = ground.city.clone();
        let mut new = application(number, &format!("amka-{number}"));
        if number % 2 == 0 {
            new.application.reference = sample::reference(0);
        }
        tasks.spawn(async move { (number, scope.submit_application(new, at(1)).await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (number, result) = done.unwrap();
        match result {
            Ok(_) => assert!(number % 2 == 1, "{number}"),
            Err(SubmitError::Store(error)) => {
                assert!(
                    number % 2 == 0 && error.is_conflict_with("application_reference_key"),
                    "{number}: {error}"
                );
            }
            Err(other) => panic!("{number}: {other}"),
        }
    }
    assert_eq!(
        ground
            .city
            .applications(sample::call_id(), None, PageQuery::first())
            .await
            .unwrap()
            .total,
        11
    );
}

async fn protocol_numbers_have_no_gaps(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 30).await;
    let new_year = 200 * 86_400;
    for number in 100..105 {
        let mut new = application(number, &format!("amka-{number}"));
        new.application.submitted_at = at(new_year + i64::try_from(number).unwrap());
        ground.city.submit_application(new, at(new_year)).await.unwrap();
    }
    let sealed = ground.city.seal(at(new_year + 1)).await.unwrap();
    assert_eq!(sealed.protocols, 35);
    let page = ground
        .city
        .applications(sample::call_id(), None, PageQuery::first())
        .await
        .unwrap();
    for item in page.items {
        let number = u32::try_from(item.value.id.uuid().as_u128() & 0xffff_ffff).unwrap() - 1_000_000;
        let protocol = item.value.protocol.unwrap();
        let wanted = if number < 100 {
            (2022, number + 1)
        } else {
            (2023, number - 99)
        };
        assert_eq!((protocol.year, protocol.number), wanted, "in the order of submission");
    }
    ground
        .city
        .submit_application(application(200, "late"), at(new_year + 9))
        .await
        .unwrap();
    assert_eq!(ground.city.seal(at(new_year + 10)).await.unwrap().protocols, 1);
    let late = ground
        .city
        .application(application(200, "").application.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(late.value.protocol.unwrap().to_string(), "31/2022");
}

async fn two_servers_receive_together(ground: &Ground) {
    open_call(&ground.city).await;
    let second = ground.again().await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..80 {
        // Each value comes twice, once to each server.
        let scope = if number % 2 == 0 {
            ground.city.clone()
        } else {
            second.for_municipality(city())
        };
        let amka = format!("amka-{}", number / 2);
        tasks.spawn(async move { scope.submit_application(application(number, &amka), at(1)).await });
    }
    let mut received = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(_) => received += 1,
            Err(SubmitError::Duplicate { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(received, 40);
    second.close().await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["osn.db", "osn.db-wal", "keys.db", "keys.db-wal"] {
        let from = from.join(name);
        if from.exists() {
            std::fs::copy(from, to.join(name)).unwrap();
        }
    }
}

/// What a power cut leaves: the files as they are at a moment, without any of the process's memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_crash() {
    let ground = Ground::sqlite().await;
    open_call(&ground.city).await;
    let mut tasks = JoinSet::new();
    for number in 0..120 {
        let scope = ground.city.clone();
        tasks.spawn(async move {
            scope
                .submit_application(application(number, &format!("amka-{number}")), at(1))
                .await
                .unwrap()
                .id
        });
    }
    let mut acknowledged = Vec::new();
    for _ in 0..50 {
        acknowledged.push(tasks.join_next().await.unwrap().unwrap());
    }
    // The keys first: a key without data is harmless, data without a key is what must never be.
    let crashed = ground.scratch().join("crashed");
    copy(ground.files().unwrap(), &crashed);
    let store = Store::open(options(&Place::Sqlite { dir: crashed })).await.unwrap();
    let scope = store.for_municipality(city());
    for id in acknowledged {
        assert!(scope.application(id).await.unwrap().is_some(), "{id} was acknowledged");
        assert!(
            scope
                .application_for_machine(id)
                .await
                .unwrap()
                .unwrap()
                .data()
                .is_some()
        );
    }
    while tasks.join_next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_store_finishes_what_it_took() {
    let ground = Ground::sqlite().await;
    open_call(&ground.city).await;
    submit_many(&ground.city, 20).await;
    ground.store.close().await;
    let refused = ground.city.submit_application(application(50, "late"), at(1)).await;
    assert!(matches!(refused, Err(SubmitError::Store(_))));
    let again = ground.again().await.unwrap();
    let scope = again.for_municipality(city());
    assert_eq!(
        scope
            .applications(sample::call_id(), None, PageQuery::first())
            .await
            .unwrap()
            .total,
        20
    );
}
