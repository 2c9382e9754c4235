//! What is written down at deliveries: notes that are sealed, lots, recalls, and what a round holds.
use std::collections::BTreeMap;

use osn_core::delivery::AttemptNotes;
use osn_core::delivery::{Delivery, DeliveryItem, DeliveryState};
use osn_core::id::{DeliveryId, RecallId, StockEntryId};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::recall::Recall;
use osn_core::stock::{HandedOver, StockEntry, StockEvent};
use osn_store::{Access, Actor, HandedLot, NewNotes, Readable, RoundCount, Versioned};

use crate::ground::{Ground, at, both, id};
use crate::sample::{self, award, open_call, submit_many};

both!(
    notes_are_sealed_and_go_with_their_person,
    lots_are_counted_and_called_back_once,
    rounds_are_counted_with_their_people,
    what_was_handed_over_is_counted_with_its_lot,
);

fn delivery(number: u128, instalment: u16, claims: &[u16]) -> Delivery {
    let item = |claim: &u16| DeliveryItem {
        claim: *claim,
        supply: "week".to_owned(),
        quantity: 1,
        cost: Money::from_cents(9_000),
    };
    Delivery {
        id: DeliveryId::new(id(5_000_000 + number * 10 + u128::from(instalment))),
        award_id: award(number).id,
        instalment,
        planned_for: format!("2022-09-{:02}", 10 + instalment).parse().unwrap(),
        plan_version: 1,
        items: claims.iter().map(item).collect(),
        waits: false,
        attempts: Vec::new(),
        state: DeliveryState::Planned,
    }
}

async fn ready(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 3).await;
    let mut tx = ground
        .city
        .begin(Actor::nobody("selection.approve"), at(9))
        .await
        .unwrap();
    let awards: Vec<_> = (0..3).map(award).collect();
    tx.insert_awards(&awards).await.unwrap();
    // The first family has two children in the first round, each with two things; the others one or none.
    let deliveries = [
        delivery(0, 1, &[0, 1, 1]),
        delivery(1, 1, &[2]),
        delivery(1, 2, &[2]),
        delivery(2, 2, &[]),
    ];
    tx.insert_deliveries(&deliveries).await.unwrap();
    tx.commit().await.unwrap();
}

fn notes(words: &str) -> AttemptNotes {
    let written = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.into())]);
    AttemptNotes {
        recorded: written("proof", words),
        participants: BTreeMap::from([(1, written("handed-to", words))]),
        note: Some(words.to_owned()),
    }
}

async fn notes_are_sealed_and_go_with_their_person(ground: &Ground) {
    ready(ground).await;
    let new = |number: u128, attempt: u32, words: &str| NewNotes {
        delivery_id: delivery(number, 1, &[]).id,
        number: attempt,
        person_id: award(number).person_id,
        notes: notes(words),
    };
    let written = [new(0, 0, "μυστικό"), new(0, 1, "δεύτερο"), new(1, 0, "άλλου")];
    let mut tx = ground
        .city
        .begin(Actor::nobody("delivery.record"), at(10))
        .await
        .unwrap();
    tx.insert_delivery_notes(&written).await.unwrap();
    tx.commit().await.unwrap();
    let (mine, other) = (delivery(0, 1, &[]).id, delivery(1, 1, &[]).id);
    let access = Access {
        actor: sample::account(),
        reason: "παράπονο".to_owned(),
    };
    let read = ground.city.delivery_notes(mine, access, at(11)).await.unwrap();
    let wanted = [
        (0, Readable::Data(notes("μυστικό"))),
        (1, Readable::Data(notes("δεύτερο"))),
    ];
    assert_eq!(read, BTreeMap::from(wanted));
    assert!(ground.city.journal_has(mine.uuid(), "delivery.open").await.unwrap());
    // Bytes of one attempt do not open as another's.
    ground
        .raw("update delivery_note set number = 7 where number = 1")
        .await
        .unwrap();
    assert!(ground.city.delivery_notes_for_machine([mine]).await.is_err(), "moved");
    ground
        .raw("update delivery_note set number = 1 where number = 7")
        .await
        .unwrap();
    let person = award(0).person_id;
    ground
        .city
        .erase_person(person, "retention.ended", at(12))
        .await
        .unwrap();
    let left = ground.city.delivery_notes_for_machine([mine, other]).await.unwrap();
    assert_eq!(left[&mine][&0], Readable::Erased);
    assert_eq!(left[&other][&0], Readable::Data(notes("άλλου")));
    let mut tx = ground
        .city
        .begin(Actor::nobody("delivery.record"), at(13))
        .await
        .unwrap();
    tx.insert_delivery_notes(&[new(0, 2, "αργά")]).await.unwrap();
    tx.commit().await.unwrap();
    let left = ground.city.delivery_notes_for_machine([mine]).await.unwrap();
    assert_eq!(left[&mine].len(), 2, "nothing is kept of somebody who was erased");
}

async fn lots_are_counted_and_called_back_once(ground: &Ground) {
    ready(ground).await;
    let action = sample::action_id();
    let lot = |number: u128, instalment: u16, lot: &str, use_by: Option<&str>| HandedLot {
        delivery_id: delivery(number, instalment, &[]).id,
        action_id: action,
        lot: lot.to_owned(),
        use_by: use_by.map(str::to_owned),
    };
    let lots = [
        lot(0, 1, "L-1", Some("2022-12-31")),
        lot(1, 1, "l 1", Some("2022-11-30")),
        lot(1, 2, "L-2", None),
    ];
    let mut tx = ground
        .city
        .begin(Actor::nobody("delivery.record"), at(10))
        .await
        .unwrap();
    tx.insert_delivery_lots(&lots).await.unwrap();
    tx.commit().await.unwrap();
    let counted = ground.city.lots(action).await.unwrap();
    let shown: Vec<_> = counted
        .iter()
        .map(|lot| (lot.key.as_str(), lot.deliveries, lot.use_by.as_deref()))
        .collect();
    assert_eq!(shown, [("L1", 2, Some("2022-11-30")), ("L2", 1, None)]);
    let received = ground.city.deliveries_of_lot(action, "L 1").await.unwrap();
    let received: Vec<_> = received.into_iter().map(|one| one.value.id).collect();
    assert_eq!(received, [delivery(0, 1, &[]).id, delivery(1, 1, &[]).id]);
    assert!(ground.city.lot_elsewhere(action, "L1").await.unwrap().is_empty());
    let recall = |number: u128, lot: &str| Recall {
        id: RecallId::new(id(number)),
        action_id: action,
        lot: lot.to_owned(),
        reason: LocalText::new("Γυαλί", "Glass"),
        by: sample::account(),
        at: at(11),
    };
    let mut tx = ground.city.begin(Actor::nobody("lot.recall"), at(11)).await.unwrap();
    tx.insert_recall(&recall(1, "L-1")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = ground.city.begin(Actor::nobody("lot.recall"), at(12)).await.unwrap();
    let refused = tx.insert_recall(&recall(2, "l/1")).await.unwrap_err();
    assert!(refused.is_conflict_with("recall_action_id_lot_key"), "{refused}");
    tx.rollback().await.unwrap();
    assert_eq!(ground.city.recalls(action).await.unwrap(), [recall(1, "L-1")]);
    assert_eq!(
        ground.city.recall(RecallId::new(id(1))).await.unwrap(),
        Some(recall(1, "L-1"))
    );
    assert_eq!(ground.city.recall(RecallId::new(id(9))).await.unwrap(), None);
}

async fn what_was_handed_over_is_counted_with_its_lot(ground: &Ground) {
    ready(ground).await;
    let action = sample::action_id();
    let with = |number: u128, instalment: u16, claims: &[u16], state: DeliveryState, waits: bool| Versioned {
        value: Delivery {
            state,
            waits,
            ..delivery(number, instalment, claims)
        },
        version: 1,
        updated_at: at(9),
    };
    let arrived = DeliveryState::Delivered { at: at(10) };
    let changed = [
        with(0, 1, &[0, 1, 1], arrived, false),
        with(1, 2, &[2], DeliveryState::Planned, true),
        with(2, 2, &[], arrived, false),
    ];
    let entry = |number: u128, change: i64| StockEntry {
        id: StockEntryId::new(id(number)),
        action_id: action,
        supply: "week".to_owned(),
        instalment: None,
        lot: Some("L-1".to_owned()),
        use_by: None,
        event: StockEvent::Arrived,
        pieces: 7,
        change,
        by: sample::account(),
        at: at(10),
    };
    let lot = HandedLot {
        delivery_id: delivery(0, 1, &[]).id,
        action_id: action,
        lot: "l 1".to_owned(),
        use_by: None,
    };
    assert!(ground.city.stock_entries(action).await.unwrap().is_empty());
    let mut tx = ground.city.begin(Actor::nobody("stock.record"), at(10)).await.unwrap();
    tx.update_deliveries(&changed).await.unwrap();
    tx.insert_delivery_lots(&[lot]).await.unwrap();
    for entry in [entry(1, 7), entry(2, -2)] {
        tx.insert_stock_entry(&entry).await.unwrap();
    }
    tx.commit().await.unwrap();
    let entries = ground.city.stock_entries(action).await.unwrap();
    assert_eq!(entries, [entry(1, 7), entry(2, -2)]);
    let handed = |instalment, supply: &str, lot: &str, pieces| HandedOver {
        instalment,
        supply: supply.to_owned(),
        lot: lot.to_owned(),
        pieces,
    };
    // A delivery that everybody has counts as one piece of a supply without a name.
    let wanted = [handed(1, "week", "L1", 3), handed(2, "", "", 1)];
    assert_eq!(ground.city.handed_over(action).await.unwrap(), wanted);
    assert_eq!(ground.city.deliveries_that_wait(action).await.unwrap(), 1);
}

async fn rounds_are_counted_with_their_people(ground: &Ground) {
    ready(ground).await;
    let action = sample::action_id();
    let count = |planned, people| RoundCount {
        planned,
        people,
        ..RoundCount::default()
    };
    let rounds = ground.city.rounds(action).await.unwrap();
    assert_eq!(rounds, BTreeMap::from([(1, count(2, 3)), (2, count(2, 1))]));
    let on = ground
        .city
        .deliveries_on(action, "2022-09-11".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(on.len(), 2);
    let none = ground
        .city
        .deliveries_on(action, "2022-09-13".parse().unwrap())
        .await
        .unwrap();
    assert!(none.is_empty());
}
