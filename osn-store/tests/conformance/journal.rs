//! The journal: chained, append-only, and every change found.
use osn_store::{Actor, JournalDraft, JournalFault, PageQuery};
use serde_json::json;

use crate::ground::{Ground, at, both, city, id};
use crate::sample::{account, open_call, submit_many};

both!(
    every_act_has_its_entry,
    the_chain_holds_and_says_what_is_unproven,
    entries_cannot_be_changed_or_deleted,
    any_change_is_found,
    one_sealer_at_a_time,
    fractions_have_no_place_in_details,
);

async fn act(ground: &Ground, seconds: i64, drafts: Vec<JournalDraft>) {
    let mut tx = ground
        .city
        .begin(Actor::account(account(), "test.act"), at(seconds))
        .await
        .unwrap();
    for draft in drafts {
        tx.journal(draft);
    }
    tx.commit().await.unwrap();
}

async fn every_act_has_its_entry(ground: &Ground) {
    act(ground, 1, vec![]).await;
    let subject = id(77);
    act(
        ground,
        2,
        vec![
            JournalDraft::about("call.publish", "call", subject).with(json!({"fields": ["opens_at"], "places": 150})),
            JournalDraft::new("list.print"),
        ],
    )
    .await;
    let tx = ground
        .city
        .begin(Actor::account(account(), "never.happened"), at(3))
        .await
        .unwrap();
    tx.rollback().await.unwrap();
    drop(
        ground
            .city
            .begin(Actor::account(account(), "never.happened"), at(3))
            .await
            .unwrap(),
    );
    let page = ground.city.journal(PageQuery { limit: 2, after: None }).await.unwrap();
    assert_eq!((page.total, page.items.len()), (3, 2));
    let rest = ground
        .city
        .journal(PageQuery {
            limit: 2,
            after: page.next,
        })
        .await
        .unwrap();
    assert_eq!((rest.items.len(), rest.next.as_deref()), (1, None));
    assert_eq!(
        (rest.items[0].act.as_str(), rest.items[0].at),
        ("test.act", at(1)),
        "newest first"
    );
    let of_subject = ground.city.journal_of(subject).await.unwrap();
    assert_eq!(of_subject.len(), 1);
    assert_eq!(of_subject[0].account, Some(account()));
    assert_eq!(of_subject[0].details, json!({"fields": ["opens_at"], "places": 150}));
    assert!(ground.city.journal_has(subject, "call.publish").await.unwrap());
    assert!(!ground.city.journal_has(subject, "call.cancel").await.unwrap());
}

async fn the_chain_holds_and_says_what_is_unproven(ground: &Ground) {
    let city = &ground.city;
    let empty = city.verify_journal().await.unwrap().unwrap();
    assert_eq!((empty.entries, empty.open), (0, 0));
    assert_eq!(city.publish_head(at(1)).await.unwrap(), None);
    for seconds in 1..=5 {
        act(ground, seconds, vec![]).await;
    }
    assert_eq!(city.seal(at(10)).await.unwrap().entries, 5);
    assert_eq!(city.seal(at(11)).await.unwrap().entries, 0);
    let head = city.publish_head(at(12)).await.unwrap().unwrap();
    assert_eq!(head.seq, 5);
    act(
        ground,
        20,
        vec![JournalDraft::new("later"), JournalDraft::new("later.too")],
    )
    .await;
    city.seal(at(21)).await.unwrap();
    act(ground, 30, vec![]).await;
    let verified = city.verify_journal().await.unwrap().unwrap();
    let counts = (verified.entries, verified.proven, verified.unproven, verified.open);
    assert_eq!(counts, (7, 5, 2, 1));
    assert_eq!(city.heads().await.unwrap(), vec![head]);
    let seqs: Vec<_> = city
        .journal(PageQuery::first())
        .await
        .unwrap()
        .items
        .iter()
        .map(|entry| entry.seq)
        .collect();
    assert_eq!(seqs.iter().filter(|seq| seq.is_none()).count(), 1);
}

async fn entries_cannot_be_changed_or_deleted(ground: &Ground) {
    act(ground, 1, vec![]).await;
    act(ground, 2, vec![]).await;
    ground.city.seal(at(3)).await.unwrap();
    ground.city.publish_head(at(3)).await.unwrap();
    act(ground, 4, vec![]).await;
    for statement in [
        "delete from journal_entry",
        "update journal_entry set act = 'other'",
        "update journal_entry set seq = 9 where seq = 1",
        "update journal_entry set seq = null, chain = null where seq = 1",
        "update journal_entry set act = 'other' where seq is null",
        "delete from journal_head",
        "update journal_head set seq = 9",
    ] {
        let refused = ground.raw(statement).await.expect_err(statement);
        assert!(refused.to_string().contains("append_only"), "{statement}: {refused}");
    }
    if !ground.is_sqlite() {
        for statement in ["truncate journal_entry", "truncate journal_head"] {
            ground.raw(statement).await.expect_err(statement);
        }
    }
    assert_eq!(ground.city.verify_journal().await.unwrap().unwrap().entries, 2);
}

/// A change in the words of each database (the second empty where they are the same), and what must be found.
fn changes() -> Vec<(&'static str, &'static str, Option<JournalFault>)> {
    let changed = |seq| Some(JournalFault::Changed { seq });
    let broken = |seq| Some(JournalFault::Broken { seq });
    let cut = |entries, wanted| Some(JournalFault::Cut { entries, wanted });
    let head = || Some(JournalFault::Head { seq: 6 });
    vec![
        ("update journal_entry set act = 'other' where seq = 3", "", changed(3)),
        (
            "update journal_entry set account_id = null where seq = 1",
            "",
            changed(1),
        ),
        (
            "update journal_entry set subject_kind = 'call' where seq = 2",
            "",
            changed(2),
        ),
        (
            "update journal_entry set subject_id = null where seq = 2",
            "",
            changed(2),
        ),
        (
            "update journal_entry set details = '{\"n\":7}' where seq = 6",
            "update journal_entry set details = '{\"n\":7}'::jsonb where seq = 6",
            changed(6),
        ),
        (
            "update journal_entry set at = '2022-07-15T00:00:09.000000Z' where seq = 4",
            "update journal_entry set at = '2022-07-15T00:00:09Z'::timestamptz where seq = 4",
            changed(4),
        ),
        ("delete from journal_entry where seq = 2", "", broken(2)),
        ("delete from journal_entry where seq = 6", "", cut(5, 6)),
        (
            "update journal_entry set seq = 100 where seq = 1; update journal_entry set seq = 1 where seq = 2;
          update journal_entry set seq = 2 where seq = 100",
            "",
            broken(1),
        ),
        (
            "update journal_entry set chain = (select chain from saved where seq = 1) where seq = 5",
            "",
            broken(5),
        ),
        (
            "update journal_entry set digest = (select digest from saved where seq = 1) where seq = 5",
            "",
            changed(5),
        ),
        ("update counter set value = 9 where name = 'journal'", "", cut(6, 9)),
        ("update counter set value = 6 where name = 'journal'", "", None),
        (
            "update journal_head set chain = (select chain from saved where seq = 1)",
            "",
            head(),
        ),
        (
            "update journal_head set chain = (select chain from saved where seq = 6)",
            "",
            None,
        ),
        (
            "update journal_head set signature = zeroblob(64)",
            "update journal_head set signature = decode(repeat('00', 64), 'hex')",
            head(),
        ),
    ]
}

/// Whoever owns the database can drop the triggers; verification must still find whatever they do then.
async fn any_change_is_found(ground: &Ground) {
    for seconds in 1..=6 {
        act(
            ground,
            seconds,
            vec![JournalDraft::about("act", "thing", id(5)).with(json!({"n": seconds}))],
        )
        .await;
    }
    ground.city.seal(at(10)).await.unwrap();
    ground.city.publish_head(at(11)).await.unwrap();
    ground
        .raw_either(
            "drop trigger journal_entry_never_deleted; drop trigger journal_entry_never_changed;
             drop trigger journal_head_never_changed; create table saved as select * from journal_entry;",
            "alter table journal_entry disable trigger all; alter table journal_head disable trigger all;
             create table saved as select * from journal_entry;",
        )
        .await
        .unwrap();
    let restore = "delete from journal_entry; insert into journal_entry select * from saved;";
    for (sqlite, postgres, wanted) in changes() {
        let done = ground
            .raw_either(sqlite, if postgres.is_empty() { sqlite } else { postgres })
            .await;
        assert!(done.is_ok(), "{sqlite}: {done:?}");
        let found = ground.city.verify_journal().await.unwrap().err();
        assert_eq!(found, wanted, "{sqlite}");
        ground.raw(restore).await.unwrap();
    }
}

async fn one_sealer_at_a_time(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 100).await;
    let second = ground.again().await.unwrap();
    let other = second.for_municipality(city());
    let (first, also) = tokio::join!(ground.city.seal(at(200)), other.seal(at(200)));
    let (first, also) = (first.unwrap(), also.unwrap());
    assert_eq!(first.protocols + also.protocols, 100);
    assert!(first.protocols == 0 || also.protocols == 0, "{first:?} {also:?}");
    // The lease runs out with its holder: after half a minute the other takes over.
    let (late, holder) = if first.protocols == 0 {
        (&ground.city, &other)
    } else {
        (&other, &ground.city)
    };
    act(ground, 201, vec![]).await;
    assert!(late.seal(at(210)).await.unwrap().elsewhere);
    assert_eq!(late.seal(at(231)).await.unwrap().entries, 1);
    act(ground, 232, vec![]).await;
    assert!(holder.seal(at(233)).await.unwrap().elsewhere);
    assert_eq!(late.seal(at(234)).await.unwrap().entries, 1);
    assert_eq!(
        late.seal(at(235)).await.unwrap(),
        osn_store::Sealed::default(),
        "nothing waits"
    );
    let verified = ground.city.verify_journal().await.unwrap().unwrap();
    // The call, a hundred applications, one entry for their numbers, and the two acts above.
    assert_eq!((verified.entries, verified.open), (104, 0));
    second.close().await;
}

async fn fractions_have_no_place_in_details(ground: &Ground) {
    let mut tx = ground.city.begin(Actor::nobody("test.act"), at(1)).await.unwrap();
    tx.journal(JournalDraft::new("test.act").with(json!({"share": 0.5})));
    let refused = tx.commit().await.unwrap_err();
    assert!(matches!(refused, osn_store::StoreError::NotCanonical(_)), "{refused}");
    assert_eq!(ground.city.journal(PageQuery::first()).await.unwrap().total, 0);
}
