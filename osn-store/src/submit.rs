//! Submission with group commit: concurrent applications share one transaction, each acknowledged after it is durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use osn_core::application::{Application, ApplicationData, Reference};
use osn_core::call::Call;
use osn_core::canonical::Digest;
use osn_core::id::{ApplicationId, CallId, MunicipalityId};
use osn_core::state::Machine as _;
use osn_core::time::{Instant, to_micros};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::applications;
use crate::db::{Bulk, Db, Sql, WriteTx, sql};
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalDraft};
use crate::keys::{KeyStore, NewPersonKey};
use crate::memory::{self, Remembered};
use crate::store::Scope;
use crate::value::{Arg, args};

/// Applications in one transaction at most.
const GROUP: usize = 128;

/// A value to be found again by its keyed hash, folded by the caller.
#[derive(Clone, PartialEq, Eq)]
pub struct BlindValue {
    /// Which value, e.g. `amka`, `phone`, `address`.
    pub kind: &'static str,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for BlindValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlindValue({}, ***)", self.kind)
    }
}

/// What is remembered under an idempotency key together with the application.
#[derive(Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Method and path.
    pub route: String,
    /// The caller's key.
    pub key: String,
    /// Digest of the request.
    pub request_digest: Digest,
    /// Status of the answer.
    pub status: u16,
    /// Body of the answer.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idempotency")
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

/// An application to be received. The person is new: each application has a person of its own, so that erasing one
/// never touches another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// The application, in state `received`.
    pub application: Application,
    /// What it says: sealed before it leaves the caller's task.
    pub data: ApplicationData,
    /// Values that no other application of the call may have.
    pub unique: Vec<BlindValue>,
    /// Values by which staff are warned of similar applications.
    pub similar: Vec<BlindValue>,
    /// Keyed hash of the one-time code.
    pub code_hash: [u8; 32],
    /// What is remembered of the answer.
    pub idempotency: Option<Idempotency>,
}

/// An application that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Identifier.
    pub id: ApplicationId,
    /// Public reference.
    pub reference: Reference,
    /// When it was received.
    pub submitted_at: Instant,
}

/// Why an application was not received.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Another application of the call has this value.
    #[error("another application of this call has the same {kind}")]
    Duplicate {
        /// Which value.
        kind: String,
    },
    /// The same idempotency key was answered meanwhile: this is the answer.
    #[error("the same request was answered already")]
    AlreadyAnswered(Remembered),
    /// The call takes no applications (any more).
    #[error("the call takes no applications")]
    CallNotOpen,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How one submission of a group ended, before anybody is told.
#[derive(Clone, Debug)]
enum Outcome {
    Received,
    Duplicate(String),
    Answered,
    NotOpen,
}

/// A submission, sealed and ready to be written.
struct Prepared {
    municipality: MunicipalityId,
    id: ApplicationId,
    call: CallId,
    application: Vec<Arg>,
    data: Vec<Arg>,
    /// Kind, keyed hash, whether it is exclusive.
    hashes: Vec<(&'static str, [u8; 16], bool)>,
    entry: Vec<Arg>,
    remembered: Option<(String, String, Vec<Arg>)>,
}

struct Pending {
    key: NewPersonKey,
    prepared: Prepared,
    reply: oneshot::Sender<Result<Outcome>>,
}

type Waiting = (Prepared, oneshot::Sender<Result<Outcome>>);

/// The queue of submissions and its two workers: the first makes keys durable, the second the data, so that the two
/// waits for the disk overlap.
pub(crate) struct Queue {
    sender: Mutex<Option<mpsc::Sender<Pending>>>,
    workers: Mutex<Vec<JoinHandle<()>>>,
}

impl Queue {
    pub(crate) fn start(db: Db, keys: KeyStore) -> Self {
        let (sender, receiver) = mpsc::channel(4 * GROUP);
        let (sealed, unsealed) = mpsc::channel(1);
        let workers = vec![
            tokio::spawn(write_keys(keys, receiver, sealed)),
            tokio::spawn(write_data(db, unsealed)),
        ];
        Self {
            sender: Mutex::new(Some(sender)),
            workers: Mutex::new(workers),
        }
    }

    fn sender(&self) -> Option<mpsc::Sender<Pending>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes nothing new, finishes what is queued.
    pub(crate) async fn stop(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        let workers = std::mem::take(&mut *self.workers.lock().unwrap_or_else(PoisonError::into_inner));
        for worker in workers {
            // A worker that panicked has already refused its group: the replies were dropped.
            let _ended = worker.await;
        }
    }
}

/// Everything that waits, up to a group.
async fn group<T>(receiver: &mut mpsc::Receiver<T>) -> Option<Vec<T>> {
    let mut waiting = Vec::with_capacity(16);
    match receiver.recv_many(&mut waiting, GROUP).await {
        0 => None,
        _ => Some(waiting),
    }
}

/// Whether one member may have spoilt a group: then each is tried alone. A database that is gone or busy is so for all.
const fn may_be_one_of_them(error: &StoreError) -> bool {
    !matches!(error, StoreError::Unavailable(_) | StoreError::Locked)
}

/// The same refusal for everybody in the group.
fn refuse_all(replies: Vec<oneshot::Sender<Result<Outcome>>>, error: &StoreError) {
    for reply in replies {
        let same = match error {
            StoreError::Unavailable(what) => StoreError::Unavailable(what),
            _ => StoreError::Locked,
        };
        // Whoever asked may have gone away; that changes nothing here and below.
        let _gone = reply.send(Err(same));
    }
}

async fn write_keys(keys: KeyStore, mut receiver: mpsc::Receiver<Pending>, sealed: mpsc::Sender<Vec<Waiting>>) {
    while let Some(group) = group(&mut receiver).await {
        let mut ready: Vec<Waiting> = Vec::with_capacity(group.len());
        let (new, waiting): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|each| (each.key, (each.prepared, each.reply)))
            .unzip();
        match keys.insert_people(&new).await {
            Ok(()) => ready = waiting,
            Err(error) if may_be_one_of_them(&error) => {
                for (key, (prepared, reply)) in new.iter().zip(waiting) {
                    match keys.insert_people(std::slice::from_ref(key)).await {
                        Ok(()) => ready.push((prepared, reply)),
                        Err(error) => {
                            let _gone = reply.send(Err(error));
                        }
                    }
                }
            }
            Err(error) => refuse_all(waiting.into_iter().map(|(_, reply)| reply).collect(), &error),
        }
        if sealed.send(ready).await.is_err() {
            return;
        }
    }
}

async fn write_data(db: Db, mut sealed: mpsc::Receiver<Vec<Waiting>>) {
    while let Some(mut waiting) = sealed.recv().await {
        while waiting.len() < GROUP
            && let Ok(more) = sealed.try_recv()
        {
            waiting.extend(more);
        }
        let (prepared, replies): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        match write_group(&db, &prepared).await {
            Ok(outcomes) => {
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    let _gone = reply.send(Ok(outcome));
                }
            }
            Err(error) if may_be_one_of_them(&error) => {
                for (prepared, reply) in prepared.iter().zip(replies) {
                    let outcome = write_group(&db, std::slice::from_ref(prepared)).await;
                    let _gone = reply.send(outcome.map(|mut outcomes| outcomes.pop().unwrap_or(Outcome::NotOpen)));
                }
            }
            Err(error) => refuse_all(replies, &error),
        }
    }
}

/// Two servers that meet on one database may be told to try again.
async fn write_group(db: &Db, group: &[Prepared]) -> Result<Vec<Outcome>> {
    let mut tries = 0_u8;
    loop {
        match try_group(db, group).await {
            Err(StoreError::Conflict(name)) if name == "serialization" && tries < 3 => {
                tries = tries.saturating_add(1);
            }
            other => return other,
        }
    }
}

/// Backend-specific: on `PostgreSQL` the call stays as it is until the applications are in; `SQLite` has one writer.
const CALL_STATE: Sql = sql(
    "call",
    "select id, body from call where municipality_id = $1 and id = $2",
)
.on_postgres("select id, body from call where municipality_id = $1 and id = $2 for share");
const HASHES: Bulk = Bulk {
    table: "blind_index",
    fixed: 0,
    head: "insert into blind_index (municipality_id, call_id, kind, value, application_id, exclusive) values",
    row: "(?, ?, ?, ?, ?, ?)",
    tail: "on conflict do nothing returning application_id as id, kind, value",
};
const FORGET_HASHES: Sql = sql(
    "blind_index",
    "delete from blind_index where municipality_id = $1 and application_id = $2",
);
const REMEMBER: Bulk = Bulk {
    table: "remembered",
    fixed: 0,
    head: "insert into remembered (municipality_id, route, idempotency_key, request_digest, status, sealed, created_at)
        values",
    row: "(?, ?, ?, ?, ?, ?, ?)",
    tail: "on conflict do nothing returning route, idempotency_key",
};
const FORGET_ANSWER: Sql = sql(
    "remembered",
    "delete from remembered where municipality_id = $1 and route = $2 and idempotency_key = $3",
);
const APPLICATIONS: Bulk = Bulk {
    table: "application",
    fixed: 0,
    head: "insert into application (municipality_id, id, call_id, person_id, reference, state, detail, code_hash,
        submitted_at, version, updated_at) values",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
    tail: "",
};
const DATA: Bulk = Bulk {
    table: "application_data",
    fixed: 0,
    head: "insert into application_data (municipality_id, application_id, person_id, updated_at, sealed) values",
    row: "(?, ?, ?, ?, ?)",
    tail: "",
};

async fn try_group(db: &Db, group: &[Prepared]) -> Result<Vec<Outcome>> {
    let mut tx = db.begin().await?;
    let mut outcomes: Vec<Option<Outcome>> = vec![None; group.len()];
    close_late(&mut tx, group, &mut outcomes).await?;
    let open: Vec<usize> = (0..group.len())
        .filter(|at| outcomes.get(*at).is_some_and(Option::is_none))
        .collect();
    let contested = insert(&mut tx, group, &open, &mut outcomes).await?;
    // Whoever met somebody of the same group is decided alone, in the order of arrival: the other may have been refused.
    for at in contested {
        insert(&mut tx, group, &[at], &mut outcomes).await?;
    }
    tx.commit().await?;
    Ok(outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or(Outcome::NotOpen))
        .collect())
}

/// A call that was closed by an assessment meanwhile takes nothing more, whatever the clock said at the door; one with a rolling intake
/// goes on.
async fn close_late(tx: &mut WriteTx, group: &[Prepared], outcomes: &mut [Option<Outcome>]) -> Result<()> {
    let calls: BTreeSet<(MunicipalityId, CallId)> = group.iter().map(|each| (each.municipality, each.call)).collect();
    for (municipality, call) in calls {
        let row = tx.optional(&CALL_STATE, args![municipality, call]).await?;
        let call_now: Option<Call> = row.map(|row| row.json("body")).transpose()?;
        let open = call_now.is_some_and(|call| call.is_taking_in());
        if !open {
            for (each, outcome) in group.iter().zip(outcomes.iter_mut()) {
                if (each.municipality, each.call) == (municipality, call) {
                    *outcome = Some(Outcome::NotOpen);
                }
            }
        }
    }
    Ok(())
}

/// Inserts those at `which`, a statement per table. Answers who met an exclusive value or a remembered key; of one
/// alone that is final.
async fn insert(
    tx: &mut WriteTx,
    group: &[Prepared],
    which: &[usize],
    outcomes: &mut [Option<Outcome>],
) -> Result<Vec<usize>> {
    let mut contested = Vec::new();
    let mut refused = insert_hashes(tx, group, which).await?;
    refused.extend(insert_answers(tx, group, which).await?);
    let mut accepted = Vec::with_capacity(which.len());
    for at in which {
        let Some(each) = group.get(*at) else { continue };
        match refused.remove(at) {
            None => {
                accepted.push(each);
                if let Some(outcome) = outcomes.get_mut(*at) {
                    *outcome = Some(Outcome::Received);
                }
            }
            Some(reason) => {
                undo(tx, each, &reason).await?;
                contested.push(*at);
                if let Some(outcome) = outcomes.get_mut(*at) {
                    *outcome = Some(reason);
                }
            }
        }
    }
    tx.bulk(
        &APPLICATIONS,
        Vec::new(),
        accepted.iter().map(|each| each.application.clone()).collect(),
    )
    .await?;
    tx.bulk(
        &DATA,
        Vec::new(),
        accepted.iter().map(|each| each.data.clone()).collect(),
    )
    .await?;
    tx.bulk(
        &journal::INSERT,
        Vec::new(),
        accepted.iter().map(|each| each.entry.clone()).collect(),
    )
    .await?;
    Ok(contested)
}

/// Writes the keyed hashes; sorted, so that two servers never wait for each other in a circle.
async fn insert_hashes(tx: &mut WriteTx, group: &[Prepared], which: &[usize]) -> Result<BTreeMap<usize, Outcome>> {
    let mut rows = Vec::new();
    for at in which {
        let Some(each) = group.get(*at) else { continue };
        rows.extend(
            each.hashes
                .iter()
                .map(|(kind, value, exclusive)| (each, *at, *kind, *value, *exclusive)),
        );
    }
    rows.sort_by_key(|(each, at, kind, value, _)| (each.municipality, each.call, *kind, *value, *at));
    let values = rows
        .iter()
        .map(|(each, _, kind, value, exclusive)| {
            args![each.municipality, each.call, *kind, *value, each.id, *exclusive]
        })
        .collect();
    let mut written = BTreeSet::new();
    for row in tx.bulk(&HASHES, Vec::new(), values).await? {
        written.insert((
            row.id::<ApplicationId>("id")?,
            row.text("kind")?,
            row.array::<16>("value")?,
        ));
    }
    let mut refused = BTreeMap::new();
    for (each, at, kind, value, _) in rows {
        if !written.contains(&(each.id, kind.to_owned(), value)) {
            refused.insert(at, Outcome::Duplicate(kind.to_owned()));
        }
    }
    Ok(refused)
}

async fn insert_answers(tx: &mut WriteTx, group: &[Prepared], which: &[usize]) -> Result<BTreeMap<usize, Outcome>> {
    let mut rows = Vec::new();
    for at in which {
        if let Some(Prepared {
            remembered: Some((route, key, row)),
            ..
        }) = group.get(*at)
        {
            rows.push((route, key, *at, row));
        }
    }
    rows.sort_by_key(|(route, key, at, _)| (*route, *key, *at));
    let mut written = BTreeSet::new();
    for row in tx
        .bulk(
            &REMEMBER,
            Vec::new(),
            rows.iter().map(|(.., row)| (*row).clone()).collect(),
        )
        .await?
    {
        written.insert((row.text("route")?, row.text("idempotency_key")?));
    }
    let mut refused = BTreeMap::new();
    for (route, key, at, _) in rows {
        // The first of a group that brings the key takes the place of the row that was written.
        if !written.remove(&(route.clone(), key.clone())) {
            refused.insert(at, Outcome::Answered);
        }
    }
    Ok(refused)
}

/// Takes back what a refused one had already written.
async fn undo(tx: &mut WriteTx, each: &Prepared, reason: &Outcome) -> Result<()> {
    tx.run(&FORGET_HASHES, args![each.municipality, each.id]).await?;
    if let (Some((route, key, _)), Outcome::Duplicate(_)) = (&each.remembered, reason) {
        tx.run(&FORGET_ANSWER, args![each.municipality, route.as_str(), key.as_str()])
            .await?;
    }
    Ok(())
}

impl Scope {
    /// Receives an application. The person's key is durable first, then application, sealed data, keyed hashes, journal
    /// entry and remembered answer together; the answer comes after the disk has them. Concurrent submissions share the
    /// two writes.
    ///
    /// # Errors
    /// [`SubmitError`]; on `Store` nothing was received, unless the connection was lost during the commit itself.
    pub async fn submit_application(&self, new: NewApplication, now: Instant) -> Result<Submitted, SubmitError> {
        let submitted = Submitted {
            id: new.application.id,
            reference: new.application.reference.clone(),
            submitted_at: to_micros(new.application.submitted_at),
        };
        let asked = new
            .idempotency
            .as_ref()
            .map(|each| (each.route.clone(), each.key.clone()));
        let closed = || StoreError::Unavailable("closed");
        let sender = self.store.inner.queue.sender().ok_or_else(closed)?;
        let (key, prepared) = self.prepare(new, to_micros(now)).await?;
        let (reply, answer) = oneshot::channel();
        sender
            .send(Pending { key, prepared, reply })
            .await
            .map_err(|_| closed())?;
        match answer.await.map_err(|_| closed())?? {
            Outcome::Received => Ok(submitted),
            Outcome::Duplicate(kind) => Err(SubmitError::Duplicate { kind }),
            Outcome::NotOpen => Err(SubmitError::CallNotOpen),
            Outcome::Answered => {
                let (route, key) = asked.ok_or_else(closed)?;
                let before = self.idempotent(&route, &key).await?;
                Err(before.map_or_else(
                    || StoreError::Conflict("remembered".to_owned()).into(),
                    SubmitError::AlreadyAnswered,
                ))
            }
        }
    }

    /// Seals and hashes in the caller's task, so that the workers only write.
    async fn prepare(&self, new: NewApplication, now: Instant) -> Result<(NewPersonKey, Prepared)> {
        let (municipality, entropy) = (self.municipality, self.entropy());
        let keys = self.keys().await?;
        let application = &new.application;
        let (person, person_key) = self
            .store
            .inner
            .keys
            .new_person(municipality, application.person_id, now)?;
        let sealed = applications::seal(entropy, &person, municipality, application.id, &new.data)?;
        let mut hashes: BTreeMap<(&'static str, [u8; 16]), bool> = BTreeMap::new();
        for (values, exclusive) in [(&new.similar, false), (&new.unique, true)] {
            for value in values {
                let hash = crate::seal::blind(&keys.index, municipality, value.kind, &value.value)?;
                hashes.insert((value.kind, hash), exclusive);
            }
        }
        let remembered = match new.idempotency {
            None => None,
            Some(asked) => {
                let answer = Remembered {
                    request_digest: asked.request_digest,
                    status: asked.status,
                    body: asked.body,
                };
                let place = (asked.route.as_str(), asked.key.as_str());
                let row = memory::row(entropy, &keys.seal, municipality, place, &answer, now)?;
                Some((asked.route, asked.key, row))
            }
        };
        let draft = JournalDraft::about("application.submit", "application", application.id.uuid())
            .with(serde_json::json!({ "call": application.call_id, "reference": application.reference }));
        let entry_id = crate::seal::uuid_v7(entropy, now)?;
        let prepared = Prepared {
            municipality,
            id: application.id,
            call: application.call_id,
            application: vec![
                municipality.into(),
                application.id.into(),
                application.call_id.into(),
                application.person_id.into(),
                application.reference.as_str().into(),
                application.state.name().into(),
                Arg::json(&application.state)?,
                new.code_hash.into(),
                to_micros(application.submitted_at).into(),
                now.into(),
            ],
            data: args![municipality, application.id, application.person_id, now, sealed],
            hashes: hashes
                .into_iter()
                .map(|((kind, hash), exclusive)| (kind, hash, exclusive))
                .collect(),
            entry: journal::row(municipality, entry_id, None, &draft, now)?,
            remembered,
        };
        Ok((person_key, prepared))
    }
}
