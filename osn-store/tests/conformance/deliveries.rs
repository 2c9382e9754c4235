//! Awards and deliveries.
use osn_core::delivery::{Attempt, AttemptResult, AwardState, Delivery, DeliveryPlan, DeliveryState, Slot};
use osn_core::id::{AwardId, DeliveryId};
use osn_core::lang::LocalText;
use osn_store::{Actor, DeliveryFilter, PageQuery, StoreError};

use crate::ground::{Ground, at, both, id};
use crate::sample::{self, application, award, open_call, submit_many};

both!(
    awards_and_deliveries_read_back,
    an_application_has_one_award_and_an_award_one_delivery_per_instalment,
    deliveries_change_together_or_not_at_all,
    plans_keep_their_versions,
    a_page_of_lists_is_read_in_one_go,
);

fn delivery(number: u128, instalment: u16) -> Delivery {
    Delivery {
        id: DeliveryId::new(id(5_000_000 + number * 10 + u128::from(instalment))),
        award_id: award(number).id,
        instalment,
        planned_for: format!("2022-09-{:02}", 10 + instalment).parse().unwrap(),
        plan_version: 1,
        items: Vec::new(),
        waits: false,
        attempts: Vec::new(),
        state: DeliveryState::Planned,
    }
}

async fn ready(ground: &Ground, count: u128) {
    open_call(&ground.city).await;
    submit_many(&ground.city, count).await;
    let mut tx = ground
        .city
        .begin(Actor::nobody("selection.approve"), at(9))
        .await
        .unwrap();
    let awards: Vec<_> = (0..count).map(award).collect();
    tx.insert_awards(&awards).await.unwrap();
    let deliveries: Vec<_> = (0..count)
        .flat_map(|number| (1..=3).map(move |n| delivery(number, n)))
        .collect();
    tx.insert_deliveries(&deliveries).await.unwrap();
    tx.commit().await.unwrap();
}

async fn awards_and_deliveries_read_back(ground: &Ground) {
    ready(ground, 70).await;
    let (city, action) = (&ground.city, sample::action_id());
    assert_eq!(city.award(award(3).id).await.unwrap().unwrap().value, award(3));
    assert_eq!(
        city.award_of(application(3, "").application.id)
            .await
            .unwrap()
            .unwrap()
            .value,
        award(3)
    );
    assert_eq!(city.awards(action, PageQuery::first()).await.unwrap().total, 70);
    for (instalment, state, wanted) in [
        (None, None, 210),
        (Some(2), None, 70),
        (Some(2), Some("delivered"), 0),
        (None, Some("planned"), 210),
    ] {
        let filter = DeliveryFilter {
            instalment,
            state: state.map(str::to_owned),
        };
        let page = city
            .deliveries(action, filter.clone(), PageQuery::first())
            .await
            .unwrap();
        assert_eq!(page.total, wanted, "{filter:?}");
    }
    let of_award = city.deliveries_of(award(5).id).await.unwrap();
    let wanted: Vec<_> = (1..=3).map(|instalment| delivery(5, instalment)).collect();
    assert_eq!(of_award.into_iter().map(|each| each.value).collect::<Vec<_>>(), wanted);
    let mut withdrawn = award(3);
    withdrawn.state = AwardState::Withdrawn { at: at(10) };
    let mut tx = city.begin(Actor::nobody("award.withdraw"), at(10)).await.unwrap();
    tx.update_award(&withdrawn, 1).await.unwrap();
    assert!(matches!(
        tx.update_award(&withdrawn, 1).await,
        Err(StoreError::Stale { expected: 1 })
    ));
    tx.commit().await.unwrap();
    assert_eq!(city.award(award(3).id).await.unwrap().unwrap().value, withdrawn);
}

async fn an_application_has_one_award_and_an_award_one_delivery_per_instalment(ground: &Ground) {
    ready(ground, 2).await;
    let mut tx = ground.city.begin(Actor::nobody("award"), at(10)).await.unwrap();
    let mut second = award(1);
    second.id = AwardId::new(id(4_999_999));
    let refused = tx.insert_award(&second).await.unwrap_err();
    assert!(refused.is_conflict_with("award_application_id_key"), "{refused}");
    tx.rollback().await.unwrap();
    let mut tx = ground.city.begin(Actor::nobody("delivery"), at(10)).await.unwrap();
    let mut second = delivery(1, 2);
    second.id = DeliveryId::new(id(5_999_999));
    let refused = tx.insert_delivery(&second).await.unwrap_err();
    assert!(
        refused.is_conflict_with("delivery_award_id_instalment_key"),
        "{refused}"
    );
    tx.rollback().await.unwrap();
    let mut tx = ground.city.begin(Actor::nobody("delivery"), at(10)).await.unwrap();
    second.award_id = AwardId::new(id(9));
    let refused = tx.insert_delivery(&second).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::Conflict(_)),
        "an award that does not exist: {refused}"
    );
    tx.rollback().await.unwrap();
}

async fn deliveries_change_together_or_not_at_all(ground: &Ground) {
    ready(ground, 4).await;
    let filter = DeliveryFilter {
        instalment: Some(1),
        state: None,
    };
    let page = ground
        .city
        .deliveries(sample::action_id(), filter, PageQuery::first())
        .await
        .unwrap();
    let mut changed = page.items;
    for each in &mut changed {
        let result = AttemptResult::Delivered;
        each.value
            .record(Attempt::new(at(20), sample::account(), result))
            .unwrap();
        each.value.planned_for = "2022-11-05".parse().unwrap();
    }
    let mut tx = ground
        .city
        .begin(Actor::nobody("delivery.record"), at(20))
        .await
        .unwrap();
    tx.update_deliveries(&changed).await.unwrap();
    tx.commit().await.unwrap();
    let counts: Vec<_> = ground
        .city
        .delivery_counts(sample::action_id())
        .await
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(counts, [("delivered".to_owned(), 4), ("planned".to_owned(), 8)]);
    let read = ground.city.delivery(changed[0].value.id).await.unwrap().unwrap();
    assert_eq!((read.value, read.version), (changed[0].value.clone(), 2));
    let mut tx = ground
        .city
        .begin(Actor::nobody("delivery.record"), at(21))
        .await
        .unwrap();
    let fresh = ground.city.deliveries_of(award(2).id).await.unwrap();
    let mixed = [fresh[2].clone(), changed[0].clone()];
    assert!(matches!(
        tx.update_deliveries(&mixed).await,
        Err(StoreError::Stale { expected: 1 })
    ));
    tx.rollback().await.unwrap();
}

async fn plans_keep_their_versions(ground: &Ground) {
    open_call(&ground.city).await;
    let plan = |version, date: &str| DeliveryPlan {
        action_id: sample::action_id(),
        version,
        slots: vec![Slot {
            instalment: 1,
            date: date.parse().unwrap(),
            occasion: None,
        }],
        reason: LocalText::new("Νέες ημερομηνίες", "New dates"),
        by: sample::account(),
        at: at(9),
    };
    let plans = [plan(1, "2022-09-15"), plan(2, "2022-10-15")];
    for plan in &plans {
        let mut tx = ground.city.begin(Actor::nobody("plan.put"), at(9)).await.unwrap();
        tx.insert_delivery_plan(plan).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(ground.city.delivery_plans(sample::action_id()).await.unwrap(), plans);
    let mut tx = ground.city.begin(Actor::nobody("plan.put"), at(9)).await.unwrap();
    let refused = tx.insert_delivery_plan(&plans[1]).await.unwrap_err();
    assert!(
        refused.is_conflict_with("delivery_plan_action_id_version_key"),
        "{refused}"
    );
    tx.rollback().await.unwrap();
}

/// What a page shows beside its rows is read by ids, more of them than one statement takes.
async fn a_page_of_lists_is_read_in_one_go(ground: &Ground) {
    ready(ground, 300).await;
    let city = &ground.city;
    let nowhere = AwardId::new(id(1));
    let awards = city
        .awards_by_id((0..300).map(|number| award(number).id).chain([nowhere]))
        .await
        .unwrap();
    assert_eq!(awards.len(), 300);
    assert!(
        awards
            .iter()
            .all(|(id, read)| *id == read.value.id && read.version == 1)
    );
    let deliveries = city
        .deliveries_of_awards([award(299).id, nowhere, award(4).id])
        .await
        .unwrap();
    assert_eq!(
        deliveries.keys().copied().collect::<Vec<_>>(),
        [award(4).id, award(299).id]
    );
    let instalments: Vec<_> = deliveries[&award(4).id]
        .iter()
        .map(|read| read.value.instalment)
        .collect();
    assert_eq!(instalments, [1, 2, 3]);
    let some = city
        .deliveries_by_id([delivery(7, 2).id, delivery(8, 9).id])
        .await
        .unwrap();
    assert_eq!(some.keys().copied().collect::<Vec<_>>(), [delivery(7, 2).id]);
    let actions = city.actions_by_id([sample::action_id()]).await.unwrap();
    assert_eq!(actions.len(), 1);
    assert!(city.actions_by_id([]).await.unwrap().is_empty());
}
