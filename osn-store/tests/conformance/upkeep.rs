//! Upkeep: confirmations, links that work once, sealed suggestions, merges, subscriptions, the hand on a record.
use chrono::TimeDelta;
use osn_core::directory::{DirectoryRecord, Taxonomy, TaxonomyTerm, TermCode};
use osn_core::id::{OrganizationId, RecordConfirmationId, ReminderId, SubscriptionId, SuggestionId, TermId};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_core::upkeep::{
    ConfirmedThrough, PeriodFigures, RecordConfirmation, RecordKind, Reminder, ReminderEvent, ReminderState,
    Subscription, Suggestion, SuggestionAbout, SuggestionEvent, SuggestionFrom, SuggestionState,
};
use osn_store::{Actor, PageQuery, StoreError, SuggestionFilter, SuggestionText, Tx};

use crate::ground::{Ground, at, both, id};
use crate::sample::account;

both!(
    a_record_keeps_every_confirmation,
    the_last_figures_of_each_record_are_read_at_once,
    two_records_that_are_two_are_kept_apart,
    of_two_who_use_a_link_one_does,
    each_owner_is_reminded_by_itself,
    a_mark_belongs_to_its_reminder_and_its_municipality,
    what_a_citizen_wrote_is_sealed_and_the_contact_goes,
    a_merged_record_leads_to_the_one_that_stays,
    a_body_is_told_from_where_it_was_told,
    a_record_is_changed_by_whoever_read_it_last,
);

const WORDS: &str = "Η κυρία Δοκιμή είπε ότι έκλεισε";
const CONTACT: &str = "6900000001";

async fn act(ground: &Ground, seconds: i64) -> Tx {
    ground
        .city
        .begin(Actor::account(account(), "upkeep.test"), at(seconds))
        .await
        .unwrap()
}

fn body() -> OrganizationId {
    OrganizationId::new(id(40))
}

fn confirmation(number: u128, day: &str) -> RecordConfirmation {
    RecordConfirmation {
        id: RecordConfirmationId::new(id(5000 + number)),
        kind: RecordKind::Service,
        record_id: id(50),
        owner: body(),
        on: day.parse().unwrap(),
        through: ConfirmedThrough::Staff,
        by: Some(account()),
        figures: None,
        note: "τηλεφωνικά".to_owned(),
        at: at(1),
    }
}

async fn a_record_keeps_every_confirmation(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    for each in [confirmation(1, "2022-07-01"), confirmation(2, "2022-06-01")] {
        tx.confirm_record(&each).await.unwrap();
    }
    tx.commit().await.unwrap();
    let kept = ground
        .city
        .record_confirmations(RecordKind::Service, id(50))
        .await
        .unwrap();
    assert_eq!(kept, [confirmation(1, "2022-07-01"), confirmation(2, "2022-06-01")]);
    let last = ground.city.last_confirmed().await.unwrap();
    assert!(last.is_empty(), "a service says its day itself: {last:?}");
    // A body and a place are known by the same table, each kind by itself.
    let of = |kind, number, day| RecordConfirmation {
        kind,
        ..confirmation(number, day)
    };
    let (body, place) = (RecordKind::Organization, RecordKind::Location);
    let mut tx = act(ground, 2).await;
    for each in [
        of(body, 3, "2022-05-01"),
        of(place, 4, "2022-08-01"),
        of(body, 5, "2022-04-01"),
    ] {
        tx.confirm_record(&each).await.unwrap();
    }
    tx.commit().await.unwrap();
    let last = ground.city.last_confirmed().await.unwrap();
    let last: Vec<_> = last.into_iter().map(|((kind, _), on)| (kind, on.to_string())).collect();
    let wanted = [(body, "2022-05-01"), (place, "2022-08-01")];
    assert_eq!(
        last,
        wanted.map(|(kind, on)| (kind, on.to_owned())),
        "the last day, not the last row"
    );
    let of = |kind, ids: Vec<u128>| {
        let city = &ground.city;
        async move {
            let ids: Vec<_> = ids.into_iter().map(id).collect();
            let last = city.last_confirmed_of(kind, &ids).await.unwrap();
            last.into_values().map(|on| on.to_string()).collect::<Vec<_>>()
        }
    };
    assert_eq!(of(body, vec![50, 51]).await, ["2022-05-01"], "of that kind alone");
    assert_eq!(of(RecordKind::Service, vec![50]).await, ["2022-07-01"]);
    assert_eq!(of(place, vec![51]).await, Vec::<String>::new());
    assert_eq!(of(place, vec![]).await, Vec::<String>::new());
}

async fn the_last_figures_of_each_record_are_read_at_once(ground: &Ground) {
    let told = |turned_away| PeriodFigures {
        period: Period {
            from: "2022-06-01".parse().unwrap(),
            to: Some("2022-06-30".parse().unwrap()),
        },
        served: None,
        turned_away: Some(turned_away),
        waiting: None,
    };
    let of = |number, record, figures| RecordConfirmation {
        record_id: id(record),
        figures,
        ..confirmation(number, "2022-07-01")
    };
    let of_a_body = RecordConfirmation {
        kind: RecordKind::Organization,
        ..of(5, 50, Some(told(9)))
    };
    let mut tx = act(ground, 1).await;
    for each in [
        of(1, 50, Some(told(7))),
        of(2, 50, Some(told(3))),
        // The last confirmation says no figures: the last figures hold.
        of(3, 50, None),
        of(4, 51, Some(told(4))),
        of_a_body,
        of(6, 52, None),
    ] {
        tx.confirm_record(&each).await.unwrap();
    }
    tx.commit().await.unwrap();
    let last = ground.city.last_figures(RecordKind::Service).await.unwrap();
    let last: Vec<_> = last.into_iter().collect();
    assert_eq!(last, [(id(50), told(3)), (id(51), told(4))]);
}

async fn two_records_that_are_two_are_kept_apart(ground: &Ground) {
    let (service, place) = (RecordKind::Service, RecordKind::Location);
    let mut tx = act(ground, 1).await;
    assert!(tx.keep_apart(service, id(52), id(51)).await.unwrap());
    assert!(!tx.keep_apart(service, id(51), id(52)).await.unwrap(), "one pair");
    assert!(tx.keep_apart(place, id(51), id(52)).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = act(ground, 2).await;
    assert!(tx.keep_apart(service, id(50), id(53)).await.unwrap());
    tx.commit().await.unwrap();
    let apart = ground.city.records_apart(service).await.unwrap();
    let apart: Vec<_> = apart.into_iter().map(|pair| (pair.one, pair.other, pair.at)).collect();
    assert_eq!(
        apart,
        [(id(50), id(53), at(2)), (id(51), id(52), at(1))],
        "the smaller identifier first, decided last first"
    );
    let mut tx = act(ground, 3).await;
    assert!(tx.keep_apart_no_more(service, id(52), id(51)).await.unwrap());
    assert!(
        !tx.keep_apart_no_more(service, id(51), id(52)).await.unwrap(),
        "only once"
    );
    tx.commit().await.unwrap();
    assert_eq!(ground.city.records_apart(service).await.unwrap().len(), 1);
    assert_eq!(
        ground.city.records_apart(place).await.unwrap().len(),
        1,
        "each kind by itself"
    );
    let mut tx = act(ground, 4).await;
    let itself = tx.keep_apart(service, id(50), id(50)).await;
    assert!(itself.is_err(), "{itself:?}");
    tx.rollback().await.unwrap();
}

fn reminder(number: u128) -> Reminder {
    Reminder {
        id: ReminderId::new(id(6000 + number)),
        owner: body(),
        kind: RecordKind::Service,
        record_id: id(50),
        sent_at: at(1),
        expires_at: at(1) + TimeDelta::days(30),
        state: ReminderState::Sent,
    }
}

async fn of_two_who_use_a_link_one_does(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    tx.insert_reminder(&reminder(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = act(ground, 2).await;
    let second = tx.insert_reminder(&reminder(2)).await;
    assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
    tx.rollback().await.unwrap();
    let read = ground.city.reminder(reminder(1).id).await.unwrap().unwrap();
    let used = Reminder {
        state: read.value.state.apply(&ReminderEvent::Use { at: at(3) }).unwrap(),
        ..read.value.clone()
    };
    let mut tx = act(ground, 3).await;
    tx.update_reminder(&used, read.version).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = act(ground, 3).await;
    let late = tx.update_reminder(&used, read.version).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    tx.rollback().await.unwrap();
    let open = ground.city.open_reminder(RecordKind::Service, id(50)).await.unwrap();
    assert_eq!(open, None, "an answered one is not open");
    let mut tx = act(ground, 4).await;
    tx.insert_reminder(&reminder(2)).await.unwrap();
    tx.commit().await.unwrap();
    let reminded: Vec<_> = ground.city.reminded().await.unwrap().into_iter().collect();
    assert_eq!(reminded, [((RecordKind::Service, id(50), body()), at(4))]);
}

async fn each_owner_is_reminded_by_itself(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    tx.insert_reminder(&reminder(1)).await.unwrap();
    tx.commit().await.unwrap();
    // The record goes to another body, which is asked in its turn.
    let read = ground.city.reminder(reminder(1).id).await.unwrap().unwrap();
    let replaced = Reminder {
        state: read.value.state.apply(&ReminderEvent::Replace { at: at(5) }).unwrap(),
        ..read.value.clone()
    };
    let other = OrganizationId::new(id(41));
    let to_other = Reminder {
        owner: other,
        ..reminder(2)
    };
    let mut tx = act(ground, 5).await;
    tx.update_reminder(&replaced, read.version).await.unwrap();
    tx.insert_reminder(&to_other).await.unwrap();
    tx.commit().await.unwrap();
    let reminded: Vec<_> = ground.city.reminded().await.unwrap().into_iter().collect();
    let of = |body| (RecordKind::Service, id(50), body);
    assert_eq!(reminded, [(of(body()), at(1)), (of(other), at(5))]);
    // The same of the records of a page alone.
    let of_these = async |records: &[(RecordKind, u128)]| {
        let records: Vec<_> = records.iter().map(|(kind, number)| (*kind, id(*number))).collect();
        ground.city.reminded_of(&records).await.unwrap()
    };
    let told: Vec<_> = of_these(&[(RecordKind::Location, 50), (RecordKind::Service, 50)])
        .await
        .into_iter()
        .collect();
    assert_eq!(told, reminded);
    let others = of_these(&[(RecordKind::Organization, 50), (RecordKind::Service, 51)]).await;
    assert!(others.is_empty() && of_these(&[]).await.is_empty(), "{others:?}");
}

async fn a_mark_belongs_to_its_reminder_and_its_municipality(ground: &Ground) {
    let other = crate::ground::new_city(2, "other");
    let other_id = other.id;
    ground.store.create_municipality(other, at(0)).await.unwrap();
    let other = ground.store.for_municipality(other_id);
    let (one, two) = (reminder(1).id, reminder(2).id);
    let mark = ground.city.reminder_mark(one).await.unwrap();
    assert_eq!(mark, ground.city.reminder_mark(one).await.unwrap());
    assert_ne!(mark, ground.city.reminder_mark(two).await.unwrap());
    assert_ne!(mark, other.reminder_mark(one).await.unwrap());
}

fn suggestion(number: u128) -> SuggestionText {
    SuggestionText {
        suggestion: Suggestion {
            id: SuggestionId::new(id(7000 + number)),
            kind: RecordKind::Service,
            record_id: id(50),
            owner: body(),
            about: SuggestionAbout::Closed,
            from: SuggestionFrom::Citizen,
            at: at(1),
            state: SuggestionState::Open,
        },
        words: WORDS.to_owned(),
        contact: Some(CONTACT.to_owned()),
    }
}

async fn what_a_citizen_wrote_is_sealed_and_the_contact_goes(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    tx.insert_suggestion(&suggestion(1)).await.unwrap();
    tx.insert_suggestion(&suggestion(2)).await.unwrap();
    tx.commit().await.unwrap();
    let found = ground
        .city
        .suggestion(suggestion(1).suggestion.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.value, suggestion(1));
    assert!(!format!("{found:?}").contains("Δοκιμή"), "Debug says no words");
    if let Some(files) = ground.files() {
        let raw: Vec<u8> = ["osn.db", "osn.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(files.join(name)).unwrap_or_default())
            .collect();
        for secret in [WORDS, CONTACT] {
            let there = raw.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!there, "{secret} stands in the file");
        }
    }
    let decided = Suggestion {
        state: found
            .value
            .suggestion
            .state
            .apply(&SuggestionEvent::Accept {
                by: account(),
                at: at(2),
            })
            .unwrap(),
        ..found.value.suggestion.clone()
    };
    let mut tx = act(ground, 2).await;
    tx.decide_suggestion(&decided, found.version).await.unwrap();
    tx.commit().await.unwrap();
    let open = SuggestionFilter {
        state: Some("open"),
        owner: Some(body()),
        record: Some((RecordKind::Service, id(50))),
    };
    let waiting = ground.city.suggestions(open, PageQuery::first()).await.unwrap();
    assert_eq!(
        (waiting.total, waiting.items[0].value.suggestion.id),
        (1, suggestion(2).suggestion.id)
    );
    let accepted = SuggestionFilter {
        state: Some("accepted"),
        ..SuggestionFilter::default()
    };
    let accepted = ground.city.suggestions(accepted, PageQuery::first()).await.unwrap();
    let accepted = &accepted.items[0].value;
    assert_eq!((accepted.words.as_str(), &accepted.contact), (WORDS, &None));
    let elsewhere = SuggestionFilter {
        owner: Some(OrganizationId::new(id(41))),
        ..SuggestionFilter::default()
    };
    let elsewhere = ground.city.suggestions(elsewhere, PageQuery::first()).await.unwrap();
    assert_eq!(elsewhere.total, 0);
}

async fn a_merged_record_leads_to_the_one_that_stays(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    tx.merge_record(RecordKind::Service, id(51), id(52), 7).await.unwrap();
    tx.merge_record(RecordKind::Service, id(52), id(53), 8).await.unwrap();
    tx.commit().await.unwrap();
    for merged in [51, 52] {
        let into = ground.city.merged_into(RecordKind::Service, id(merged)).await.unwrap();
        assert_eq!(into, Some(id(53)), "{merged}");
    }
    assert_eq!(
        ground.city.merged_into(RecordKind::Location, id(51)).await.unwrap(),
        None
    );
    assert_eq!(ground.city.merged_records().await.unwrap().len(), 2);
    let mut tx = act(ground, 2).await;
    assert!(tx.unmerge_record(RecordKind::Service, id(51)).await.unwrap());
    assert!(
        !tx.unmerge_record(RecordKind::Service, id(51)).await.unwrap(),
        "only once"
    );
    tx.commit().await.unwrap();
    assert_eq!(
        ground.city.merged_into(RecordKind::Service, id(51)).await.unwrap(),
        None
    );
}

async fn a_body_is_told_from_where_it_was_told(ground: &Ground) {
    let subscription = Subscription {
        id: SubscriptionId::new(id(8000)),
        organization_id: body(),
        categories: vec![TermCode::new("food")],
        areas: Vec::new(),
        told_to: 0,
    };
    let mut tx = act(ground, 1).await;
    tx.insert_subscription(&subscription).await.unwrap();
    tx.put_directory_record(&term("Τροφή"), None).await.unwrap();
    tx.put_directory_record(&term("Σίτιση"), None).await.unwrap();
    tx.commit().await.unwrap();
    let changed = ground.city.changed_since(0, 10).await.unwrap();
    assert_eq!(changed.len(), 1, "as it is now, once");
    assert_eq!(changed[0].record, term("Σίτιση"));
    let told = Subscription {
        told_to: changed[0].revision,
        ..subscription.clone()
    };
    let mut tx = act(ground, 2).await;
    tx.update_subscription(&told, 1, false).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ground.city.changed_since(told.told_to, 10).await.unwrap(), []);
    // What it said when the body was told last, whatever came in between.
    let mut last = told.told_to;
    for name in ["Διατροφή", "Γεύματα"] {
        let mut tx = act(ground, 3).await;
        tx.put_directory_record(&term(name), None).await.unwrap();
        tx.commit().await.unwrap();
        last += 1;
    }
    let known = ground
        .city
        .known_before(told.told_to, (told.told_to, last))
        .await
        .unwrap();
    assert_eq!((known.len(), &known[0].record), (1, &term("Σίτιση")));
    let new = ground.city.known_before(0, (0, last)).await.unwrap();
    assert_eq!(new, [], "nobody knew it then");
    let mine = ground
        .city
        .subscriptions(Some(body()), PageQuery::first())
        .await
        .unwrap();
    assert_eq!((mine.total, &mine.items[0].value), (1, &told));
    let mut tx = act(ground, 3).await;
    tx.update_subscription(&told, 2, true).await.unwrap();
    tx.commit().await.unwrap();
    let all = ground.city.subscriptions(None, PageQuery::first()).await.unwrap();
    assert_eq!(all.total, 0, "an ended one is not in force");
}

fn term(name: &str) -> DirectoryRecord {
    let json = serde_json::json!({
        "record": "taxonomy-term", "id": id(30), "code": "food", "taxonomy": Taxonomy::Category,
        "name": LocalText::new(name, name), "description": { "el": "Κάτι" },
    });
    let term: DirectoryRecord = serde_json::from_value(json).unwrap();
    assert!(
        matches!(&term, DirectoryRecord::TaxonomyTerm(TaxonomyTerm { id: known, .. }) if *known == TermId::new(id(30)))
    );
    term
}

async fn a_record_is_changed_by_whoever_read_it_last(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    tx.hold_record("taxonomy-term", id(30), None).await.unwrap();
    tx.hold_record("taxonomy-term", id(30), Some(0)).await.unwrap();
    tx.put_directory_record(&term("Τροφή"), None).await.unwrap();
    tx.commit().await.unwrap();
    let read = ground
        .city
        .record_in_force("taxonomy-term", id(30))
        .await
        .unwrap()
        .unwrap();
    let mut tx = act(ground, 2).await;
    tx.hold_record("taxonomy-term", id(30), Some(read.revision))
        .await
        .unwrap();
    tx.put_directory_record(&term("Σίτιση"), None).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = act(ground, 3).await;
    let late = tx.hold_record("taxonomy-term", id(30), Some(read.revision)).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    tx.rollback().await.unwrap();
}
