//! Requests, certificates, the model, operations, actions and calls: versions, pages, conflicts.
use osn_core::call::CallState;
use osn_core::id::RequestId;
use osn_core::intervention::{Catalogue, InterventionModel};
use osn_core::request::RequestState;
use osn_store::{Actor, CallFilter, PageQuery, StoreError};

use crate::ground::{Ground, at, both, id, new_city};
use crate::sample;

both!(
    a_request_changes_only_from_the_version_that_was_read,
    pages_hold_everything_once,
    an_examination_is_replaced_and_a_certificate_is_not,
    the_model_keeps_its_versions,
    a_chain_from_request_to_call_reads_back,
    what_points_nowhere_is_refused,
    municipalities_do_not_see_each_other,
    numbers_of_a_series_have_no_gaps,
);

async fn a_request_changes_only_from_the_version_that_was_read(ground: &Ground) {
    let city = &ground.city;
    let mut request = sample::request(100);
    let mut tx = city.begin(Actor::nobody("request.create"), at(1)).await.unwrap();
    tx.insert_request(&request).await.unwrap();
    tx.commit().await.unwrap();
    let read = city.request(request.id).await.unwrap().unwrap();
    assert_eq!(
        (read.value.clone(), read.version, read.updated_at),
        (request.clone(), 1, at(1))
    );
    request.state = RequestState::Submitted { at: at(2) };
    for (version, fits) in [(1, true), (1, false), (2, true), (7, false)] {
        let mut tx = city.begin(Actor::nobody("request.submit"), at(2)).await.unwrap();
        let done = tx.update_request(&request, version).await;
        match done {
            Ok(()) => {
                assert!(fits, "version {version}");
                tx.commit().await.unwrap();
            }
            Err(StoreError::Stale { expected }) => assert!(!fits && expected == version),
            Err(other) => panic!("{other}"),
        }
    }
    let read = city.request(request.id).await.unwrap().unwrap();
    assert_eq!((read.value, read.version), (request, 3));
    let mut tx = city.begin(Actor::nobody("request.create"), at(3)).await.unwrap();
    let twice = tx.insert_request(&sample::request(100)).await.unwrap_err();
    assert!(twice.is_conflict_with("support_request_id_key"), "{twice}");
    tx.rollback().await.unwrap();
}

async fn pages_hold_everything_once(ground: &Ground) {
    let city = &ground.city;
    let mut tx = city.begin(Actor::nobody("request.create"), at(1)).await.unwrap();
    for number in 0..7 {
        let mut request = sample::request(100 + number);
        if number % 2 == 1 {
            request.state = RequestState::Submitted { at: at(1) };
        }
        tx.insert_request(&request).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (state, limit, sizes) in [
        (None, 3, vec![3, 3, 1]),
        (Some("draft"), 2, vec![2, 2]),
        (Some("submitted"), 200, vec![3]),
    ] {
        let mut found = Vec::new();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = city.requests(state, PageQuery { limit, after }).await.unwrap();
            assert_eq!(page.total, sizes.iter().sum::<u64>(), "{state:?}");
            found.push(u64::try_from(page.items.len()).unwrap());
            seen.extend(page.items.into_iter().map(|item| item.value.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, sizes, "{state:?}");
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "in order, nothing twice");
    }
    let wrong = city
        .requests(
            None,
            PageQuery {
                limit: 5,
                after: Some("nonsense".to_owned()),
            },
        )
        .await;
    assert!(matches!(wrong, Err(StoreError::OutOfRange("after"))));
}

async fn an_examination_is_replaced_and_a_certificate_is_not(ground: &Ground) {
    let city = &ground.city;
    let (first, second) = (sample::request(100), sample::request(101));
    let mut tx = city.begin(Actor::nobody("request.examine"), at(1)).await.unwrap();
    tx.insert_request(&first).await.unwrap();
    tx.insert_request(&second).await.unwrap();
    tx.save_confirmation(first.id, &sample::confirmation()).await.unwrap();
    tx.save_confirmation(first.id, &sample::confirmation()).await.unwrap();
    let signed = sample::certificate(200, first.id, "B-2022-1");
    tx.insert_certificate(&signed).await.unwrap();
    tx.commit().await.unwrap();
    let read = city.confirmation(first.id).await.unwrap().unwrap();
    assert_eq!((read.value, read.version), (sample::confirmation(), 2));
    assert_eq!(city.confirmation(second.id).await.unwrap(), None);
    let read = city.certificate(signed.certificate.id).await.unwrap().unwrap();
    assert_eq!(read, signed);
    // What is stored must have the very bytes that were signed.
    assert_eq!(
        read.certificate.canonical().unwrap(),
        signed.certificate.canonical().unwrap()
    );
    assert_eq!(city.certificate_of(first.id).await.unwrap(), Some(signed));
    for (number, request, reference, constraint) in [
        (201, second.id, "B-2022-1", "certificate_reference_key"),
        (201, first.id, "B-2022-2", "certificate_request_id_key"),
        (201, RequestId::new(id(999)), "B-2022-2", "foreign_key"),
    ] {
        let mut tx = city.begin(Actor::nobody("certificate.issue"), at(2)).await.unwrap();
        // A deferred or an immediate check: the act must not happen either way.
        let done = tx
            .insert_certificate(&sample::certificate(number, request, reference))
            .await;
        let refused = done.expect_err(constraint);
        assert!(refused.is_conflict_with(constraint), "{refused} is not {constraint}");
        tx.rollback().await.unwrap();
    }
    assert_eq!(city.certificates(PageQuery::first()).await.unwrap().total, 1);
}

async fn the_model_keeps_its_versions(ground: &Ground) {
    let city = &ground.city;
    assert_eq!(city.intervention_model(None).await.unwrap(), None);
    let model = |version| InterventionModel {
        version,
        entries: Vec::new(),
        catalogue: Catalogue::default(),
    };
    for version in [1, 2] {
        let mut tx = city.begin(Actor::nobody("model.put"), at(1)).await.unwrap();
        tx.put_intervention_model(&model(version)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = city.begin(Actor::nobody("model.put"), at(2)).await.unwrap();
    let twice = tx.put_intervention_model(&model(2)).await.unwrap_err();
    assert!(twice.is_conflict_with("intervention_model_version_key"), "{twice}");
    tx.rollback().await.unwrap();
    for (asked, wanted) in [(None, Some(2)), (Some(1), Some(1)), (Some(3), None)] {
        let found = city.intervention_model(asked).await.unwrap();
        assert_eq!(found.map(|model| model.version), wanted, "{asked:?}");
    }
}

async fn a_chain_from_request_to_call_reads_back(ground: &Ground) {
    let city = &ground.city;
    sample::open_call(city).await;
    let action = city.action(sample::action_id()).await.unwrap().unwrap();
    assert_eq!(action.value, sample::action());
    let mut call = city.call(sample::call_id()).await.unwrap().unwrap();
    assert_eq!(call.value, sample::call(400, CallState::Published { at: at(1) }));
    let mut tx = city.begin(Actor::nobody("call.assess"), at(2)).await.unwrap();
    tx.insert_call(&sample::call(401, CallState::Draft)).await.unwrap();
    call.value.state = CallState::Assessed { at: at(2) };
    tx.update_call(&call.value, call.version).await.unwrap();
    tx.commit().await.unwrap();
    for (action, states, wanted) in [
        (None, vec![], 2),
        (Some(sample::action_id()), vec!["draft"], 1),
        (Some(sample::action_id()), vec!["draft", "assessed"], 2),
        (None, vec!["published"], 0),
        (Some(osn_core::id::ActionId::new(id(9))), vec![], 0),
    ] {
        let states = states.into_iter().map(str::to_owned).collect();
        let filter = CallFilter { action, states };
        let page = city.calls(filter.clone(), PageQuery::first()).await.unwrap();
        assert_eq!(
            (page.total, page.items.len()),
            (wanted, usize::try_from(wanted).unwrap()),
            "{filter:?}"
        );
    }
}

async fn what_points_nowhere_is_refused(ground: &Ground) {
    let mut tx = ground.city.begin(Actor::nobody("action.create"), at(1)).await.unwrap();
    let refused = tx.insert_action(&sample::action()).await.unwrap_err();
    assert!(refused.is_conflict_with("foreign_key"), "{refused}");
    tx.rollback().await.unwrap();
    sample::open_call(&ground.city).await;
    let mut backwards = sample::call(401, CallState::Draft);
    std::mem::swap(&mut backwards.opens_at, &mut backwards.closes_at);
    let mut tx = ground.city.begin(Actor::nobody("call.create"), at(1)).await.unwrap();
    let refused = tx.insert_call(&backwards).await.unwrap_err();
    assert!(refused.is_conflict_with("call_closes_after_opening"), "{refused}");
    tx.rollback().await.unwrap();
}

async fn municipalities_do_not_see_each_other(ground: &Ground) {
    ground
        .store
        .create_municipality(new_city(2, "other"), at(0))
        .await
        .unwrap();
    let slug = ground
        .store
        .create_municipality(new_city(3, "other"), at(0))
        .await
        .unwrap_err();
    assert!(slug.is_conflict_with("municipality_slug_key"), "{slug}");
    let other = ground.store.for_municipality(new_city(2, "other").id);
    sample::open_call(&ground.city).await;
    assert_eq!(other.call(sample::call_id()).await.unwrap(), None);
    assert_eq!(other.request(RequestId::new(id(100))).await.unwrap(), None);
    assert_eq!(other.journal(PageQuery::first()).await.unwrap().total, 0);
    // The same identifiers are other things elsewhere.
    sample::open_call(&other).await;
    assert_eq!(
        other
            .calls(CallFilter::default(), PageQuery::first())
            .await
            .unwrap()
            .total,
        1
    );
    assert_ne!(
        other.public_key().await.unwrap(),
        ground.city.public_key().await.unwrap()
    );
    let all = ground.store.municipalities().await.unwrap();
    assert_eq!(
        all.iter().map(|each| each.slug.as_str()).collect::<Vec<_>>(),
        ["city", "other"]
    );
    assert_eq!(all[0].public_key, ground.city.public_key().await.unwrap());
}

async fn numbers_of_a_series_have_no_gaps(ground: &Ground) {
    let city = &ground.city;
    for (commits, wanted) in [(true, 1), (false, 2), (true, 2), (true, 3)] {
        let mut tx = city.begin(Actor::nobody("number"), at(1)).await.unwrap();
        assert_eq!(tx.next_number("certificate/2022").await.unwrap(), wanted);
        if commits {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
    }
}
