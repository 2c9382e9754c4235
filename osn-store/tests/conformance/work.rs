//! Leased jobs and the outbox: never twice at once, never lost.
use std::collections::BTreeSet;

use chrono::TimeDelta;
use osn_core::id::{JobId, MessageId, PersonId};
use osn_store::{Actor, Job, JobState, Message, MessageState, PageQuery, StoreError};
use serde_json::json;
use tokio::task::JoinSet;

use crate::ground::{Ground, at, both, city, id};

both!(
    two_servers_never_lease_the_same_job,
    a_job_survives_its_worker,
    a_failed_job_is_tried_again_or_given_up,
    a_job_with_a_key_is_enqueued_once,
    messages_go_out_once,
    a_message_that_fails_too_often_is_given_up,
    work_of_an_act_that_did_not_happen_is_not_there,
);

fn ttl() -> TimeDelta {
    TimeDelta::seconds(60)
}

fn job(number: u128, run_at: i64) -> Job {
    Job {
        id: JobId::new(id(7_000_000 + number)),
        kind: "assess".to_owned(),
        payload: json!({"run": number.to_string()}),
        dedupe_key: None,
        run_at: at(run_at),
    }
}

async fn enqueue(ground: &Ground, jobs: impl IntoIterator<Item = Job>) {
    let mut tx = ground.city.begin(Actor::nobody("job.ask"), at(1)).await.unwrap();
    for job in jobs {
        tx.enqueue(&job).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn two_servers_never_lease_the_same_job(ground: &Ground) {
    enqueue(ground, (0..60).map(|number| job(number, 0))).await;
    let second = ground.again().await.unwrap();
    let mut workers = JoinSet::new();
    for worker in 0..8 {
        let scope = if worker % 2 == 0 {
            ground.city.clone()
        } else {
            second.for_municipality(city())
        };
        workers.spawn(async move {
            let mut mine = Vec::new();
            while let Some(leased) = scope
                .lease_job(&format!("worker-{worker}"), at(5), ttl())
                .await
                .unwrap()
            {
                mine.push(leased.id);
            }
            mine
        });
    }
    let mut all = Vec::new();
    while let Some(mine) = workers.join_next().await {
        all.extend(mine.unwrap());
    }
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    second.close().await;
}

async fn a_job_survives_its_worker(ground: &Ground) {
    enqueue(ground, [job(1, 10), job(2, 5)]).await;
    let city = &ground.city;
    assert_eq!(
        city.lease_job("first", at(4), ttl()).await.unwrap(),
        None,
        "not before its time"
    );
    let first = city.lease_job("first", at(20), ttl()).await.unwrap().unwrap();
    assert_eq!(
        (first.id, first.attempt, &first.payload),
        (job(2, 5).id, 1, &json!({"run": "2"})),
        "oldest first"
    );
    city.job_progress(&first, 40, 100).await.unwrap();
    let seen = city.job(first.id).await.unwrap().unwrap();
    assert_eq!((seen.state, seen.done, seen.total), (JobState::Leased, 40, 100));
    assert!(!seen.state.is_over());
    city.renew_job(&first, at(70), ttl()).await.unwrap();
    let other = city.lease_job("second", at(100), ttl()).await.unwrap().unwrap();
    assert_eq!(other.id, job(1, 10).id, "the renewed lease holds");
    assert_eq!(city.lease_job("second", at(130), ttl()).await.unwrap(), None);
    let taken = city.lease_job("second", at(131), ttl()).await.unwrap().unwrap();
    assert_eq!(
        (taken.id, taken.attempt),
        (first.id, 2),
        "after the lease ran out it is somebody else's"
    );
    for lost in [
        city.renew_job(&first, at(140), ttl()).await,
        city.job_progress(&first, 50, 100).await,
        city.finish_job(&first, &json!({}), at(140)).await,
        city.fail_job(&first, "late", at(140), None).await,
    ] {
        assert!(matches!(lost, Err(StoreError::Stale { .. })), "{lost:?}");
    }
    city.finish_job(&taken, &json!({"decisions": 168}), at(150))
        .await
        .unwrap();
    let done = city.job(taken.id).await.unwrap().unwrap();
    assert_eq!(
        (done.state, done.result, done.finished_at),
        (JobState::Done, Some(json!({"decisions": 168})), Some(at(150)))
    );
    assert_eq!(city.jobs(PageQuery::first()).await.unwrap().total, 2);
}

async fn a_failed_job_is_tried_again_or_given_up(ground: &Ground) {
    enqueue(ground, [job(1, 0)]).await;
    let city = &ground.city;
    let first = city.lease_job("w", at(5), ttl()).await.unwrap().unwrap();
    city.fail_job(&first, "program.fuel", at(6), Some(at(30)))
        .await
        .unwrap();
    let waiting = city.job(first.id).await.unwrap().unwrap();
    assert_eq!(
        (waiting.state, waiting.last_error.as_deref()),
        (JobState::Queued, Some("program.fuel"))
    );
    assert_eq!(city.lease_job("w", at(29), ttl()).await.unwrap(), None);
    let second = city.lease_job("w", at(30), ttl()).await.unwrap().unwrap();
    assert_eq!(second.attempt, 2);
    city.fail_job(&second, "program.trap", at(31), None).await.unwrap();
    let dead = city.job(first.id).await.unwrap().unwrap();
    assert_eq!((dead.state, dead.finished_at), (JobState::Dead, Some(at(31))));
    assert_eq!(city.lease_job("w", at(9_999), ttl()).await.unwrap(), None);
}

async fn a_job_with_a_key_is_enqueued_once(ground: &Ground) {
    let keyed = |number| Job {
        dedupe_key: Some("assess/400".to_owned()),
        ..job(number, 0)
    };
    let mut tx = ground.city.begin(Actor::nobody("job.ask"), at(1)).await.unwrap();
    assert_eq!(tx.enqueue(&keyed(1)).await.unwrap(), keyed(1).id);
    assert_eq!(
        tx.enqueue(&keyed(2)).await.unwrap(),
        keyed(1).id,
        "the older one answers"
    );
    tx.commit().await.unwrap();
    assert_eq!(ground.city.jobs(PageQuery::first()).await.unwrap().total, 1);
}

fn message(number: u128, key: Option<&str>) -> Message {
    Message {
        id: MessageId::new(id(8_000_000 + number)),
        recipient_person: Some(PersonId::new(id(2_000_001))),
        channel: "sms",
        template_key: "delivery-planned".to_owned(),
        params: json!({"day": "2022-09-15"}),
        dedupe_key: key.map(str::to_owned),
    }
}

async fn messages_go_out_once(ground: &Ground) {
    let mut tx = ground.city.begin(Actor::nobody("plan.put"), at(1)).await.unwrap();
    let many: Vec<_> = (0..30).map(|number| message(number, None)).collect();
    tx.outbox_many(&many).await.unwrap();
    tx.outbox(&message(40, Some("key"))).await.unwrap();
    tx.outbox(&message(41, Some("key"))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ground.city.outbox(PageQuery::first()).await.unwrap().total, 31);
    let second = ground.again().await.unwrap();
    let other = second.for_municipality(city());
    let (one, two) = tokio::join!(
        ground.city.lease_messages("one", at(5), ttl(), 20),
        other.lease_messages("two", at(5), ttl(), 20)
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    let ids: BTreeSet<_> = one.iter().chain(&two).map(|message| message.id).collect();
    assert_eq!((one.len() + two.len(), ids.len()), (31, 31));
    for sent in &one {
        ground.city.mark_sent("one", sent.id, at(6)).await.unwrap();
    }
    let stolen = ground.city.mark_sent("one", two[0].id, at(6)).await;
    assert!(matches!(stolen, Err(StoreError::Stale { .. })));
    assert_eq!(ground.city.lease_messages("one", at(60), ttl(), 50).await.unwrap(), []);
    let again = ground.city.lease_messages("one", at(66), ttl(), 50).await.unwrap();
    assert_eq!(again.len(), two.len(), "what was never sent comes back");
    let outbox = ground.city.outbox(PageQuery::first()).await.unwrap().items;
    let sent = outbox.iter().find(|message| message.id == one[0].id).unwrap();
    assert_eq!(
        (sent.state, sent.sent_at, &sent.params),
        (MessageState::Sent, Some(at(6)), &json!({"day": "2022-09-15"}))
    );
    second.close().await;
}

async fn a_message_that_fails_too_often_is_given_up(ground: &Ground) {
    let mut tx = ground.city.begin(Actor::nobody("plan.put"), at(1)).await.unwrap();
    tx.outbox(&message(1, None)).await.unwrap();
    tx.commit().await.unwrap();
    for attempt in 1..=8 {
        let now = at(attempt * 100);
        let leased = ground.city.lease_messages("w", now, ttl(), 5).await.unwrap();
        assert_eq!(i64::from(leased[0].attempt), attempt);
        ground
            .city
            .mark_failed("w", leased[0].id, "gateway.down", at(attempt * 100 + 50))
            .await
            .unwrap();
    }
    assert_eq!(ground.city.lease_messages("w", at(9_999), ttl(), 5).await.unwrap(), []);
    let dead = ground.city.outbox(PageQuery::first()).await.unwrap().items.remove(0);
    assert_eq!(
        (dead.state, dead.last_error.as_deref()),
        (MessageState::Dead, Some("gateway.down"))
    );
}

async fn work_of_an_act_that_did_not_happen_is_not_there(ground: &Ground) {
    let mut tx = ground.city.begin(Actor::nobody("nothing"), at(1)).await.unwrap();
    tx.enqueue(&job(1, 0)).await.unwrap();
    tx.outbox(&message(1, None)).await.unwrap();
    drop(tx);
    assert_eq!(ground.city.jobs(PageQuery::first()).await.unwrap().total, 0);
    assert_eq!(ground.city.outbox(PageQuery::first()).await.unwrap().total, 0);
    assert_eq!(ground.city.lease_job("w", at(99), ttl()).await.unwrap(), None);
}
