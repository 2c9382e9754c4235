//! Keeping one record: written, withdrawn, brought back, each time as a new version; by staff, or by its own body.

use osn_core::directory::{Directory, DirectoryError, DirectoryRecord, Service, Successor, Taxonomy};
use osn_core::record_change::changes;
use osn_core::upkeep::{RecordKind, ReminderEvent};
use osn_store::{RecordVersion, StoreError, Tx};
use uuid::Uuid;

use super::{in_force, is_protected, name, owner, reminders, unfinished};
use crate::acts::{Acting, Saved, entry, mapping};
use crate::auth::{Officer, Right};
use crate::refusal::{FieldError, Kind, Outcome, Refusal};

/// A record that may be written, with the version that the writer read.
#[derive(Debug, Clone)]
pub(super) struct Change {
    kind: RecordKind,
    id: Uuid,
    record: DirectoryRecord,
    expected: Option<i64>,
    fields: Vec<String>,
    /// Whether it was another body's before, or nobody's.
    changes_hands: bool,
    /// The revision of the mapping that it was judged against.
    judged: i64,
}

/// How often an act is judged when others write in the meantime.
const ATTEMPTS: usize = 5;
/// Somebody else wrote while an act was being judged.
const MOVED: &str = "mapping.moved";

/// Does an act that is judged against the mapping before it writes. When somebody else wrote in between it is judged anew: two
/// changes that are right each for itself may contradict each other.
///
/// # Errors
/// Those of the act; `mapping.moved` when others wrote in between each time.
pub(in crate::acts) async fn judged<T, Act>(act: impl Fn() -> Act) -> Outcome<T>
where
    Act: Future<Output = Outcome<T>>,
{
    for _ in 1..ATTEMPTS {
        match act().await {
            Err(refusal) if refusal.code() == MOVED => {}
            done => return done,
        }
    }
    act().await
}

/// Holds the mapping until the act ends, as long as it is the one that the act was judged against. The act happens when its
/// turn came, not when it was asked for: what is recorded follows the order in which others can read it.
///
/// # Errors
/// `mapping.moved` where it is not.
pub(in crate::acts) async fn hold(acting: &Acting, tx: &mut Tx, judged: i64) -> Outcome<()> {
    let held = tx.hold_directory(judged).await;
    tx.happens_at(acting.app.now());
    match held {
        Err(StoreError::Stale { .. }) => Err(Refusal::new(Kind::Busy, MOVED)),
        held => Ok(held?),
    }
}

/// Holds one record until the act ends, as long as its revision is the one that was read; the act happens when its turn came.
///
/// # Errors
/// `record.stale` where it is not.
pub(in crate::acts) async fn hold_one(
    acting: &Acting,
    tx: &mut Tx,
    (kind, id): (RecordKind, Uuid),
    revision: i64,
) -> Outcome<()> {
    tx.hold_record(kind.name(), id, Some(revision)).await?;
    tx.happens_at(acting.app.now());
    Ok(())
}

/// One record with its revision, for `If-Match`.
pub async fn get(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<Saved<DirectoryRecord>> {
    let version = in_force(acting, kind, id).await?;
    Ok(Saved {
        value: version.record,
        version: version.revision,
    })
}

/// Keeps a record: a new one, or a new version of one whose version the writer read.
pub async fn keep(
    acting: &Acting,
    kind: RecordKind,
    id: Uuid,
    record: DirectoryRecord,
) -> Outcome<Saved<DirectoryRecord>> {
    let record = &record;
    judged(|| async move {
        let change = prepare(acting, kind, id, record.clone()).await?;
        let mut tx = acting.begin("record.keep").await?;
        write(acting, &mut tx, &change).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    get(acting, kind, id).await
}

/// Whether the record may be written, by whom and how: everything that can be refused before the transaction.
pub(super) async fn prepare(acting: &Acting, kind: RecordKind, id: Uuid, record: DirectoryRecord) -> Outcome<Change> {
    let officer = acting.require(Right::KeepRecords)?;
    if record.kind() != kind.name() || record.uuid() != id {
        return Err(Refusal::field("/id", "record-other-id"));
    }
    let before = acting.scope.record_in_force(kind.name(), id).await?;
    let standing = before.as_ref().filter(|version| !version.retired);
    let record = confirmed_apart(acting, officer, before.as_ref(), record)?;
    // A body writes its own records, and gives none of them to another body.
    for version in standing.map(|version| &version.record).into_iter().chain([&record]) {
        match owner(version) {
            Some(body) => officer.acts_for(body)?,
            None if officer.is_bound() => return Err(Refusal::new(Kind::Forbidden, "access.other-body")),
            None => {}
        }
    }
    let revision = before.as_ref().map_or(0, |version| version.revision);
    acting.check_version(revision)?;
    let judged = judge(acting, standing.map(|version| &version.record), &record).await?;
    let fields = changed_fields(standing, &record)?;
    Ok(Change {
        changes_hands: standing.is_some_and(|version| owner(&version.record) != owner(&record)),
        judged,
        kind,
        id,
        record,
        // Whoever names no version meant the one that was read a moment ago.
        expected: Some(acting.expected.unwrap_or(revision)),
        fields,
    })
}

/// The record with a day of confirmation that somebody may write there: none ahead. A body does not write its own at all: it
/// confirms, and that says who did; a service that it brings back has the day that it had when it was withdrawn.
fn confirmed_apart(
    acting: &Acting,
    officer: &Officer,
    before: Option<&RecordVersion>,
    record: DirectoryRecord,
) -> Outcome<DirectoryRecord> {
    let DirectoryRecord::Service(mut service) = record else {
        return Ok(record);
    };
    if officer.is_bound() {
        service.assured_date = match before.map(|version| &version.record) {
            Some(DirectoryRecord::Service(known)) if known.organization_id == service.organization_id => {
                known.assured_date
            }
            _ => None,
        };
    }
    match not_ahead(acting, &service) {
        Some(error) => Err(Refusal::invalid("directory.invalid", vec![error])),
        None => Ok(DirectoryRecord::Service(service)),
    }
}

/// What is wrong with a service that says it was confirmed on a day that has not come.
pub(in crate::acts) fn not_ahead(acting: &Acting, service: &Service) -> Option<FieldError> {
    let today = acting.zone().day(acting.now);
    let day = service.assured_date.filter(|day| *day > today)?;
    Some(FieldError::new("/assured_date", "confirmed-ahead").with("day", day))
}

/// The fields that say something else than before, for the journal; none of a new record.
pub(super) fn changed_fields(standing: Option<&RecordVersion>, record: &DirectoryRecord) -> Outcome<Vec<String>> {
    let Some(version) = standing else {
        return Ok(Vec::new());
    };
    let changes = changes(&version.record, record).map_err(Refusal::internal)?;
    let mut fields: Vec<String> = changes.iter().map(|change| change.field().to_owned()).collect();
    fields.dedup();
    Ok(fields)
}

/// Writes a change and its line in the journal. The body that gave the record away is not asked about it any more.
///
/// # Errors
/// `mapping.moved` when the mapping is not the one any more that it was judged against: see [`judged`].
pub(super) async fn write(acting: &Acting, tx: &mut Tx, change: &Change) -> Outcome<()> {
    hold(acting, tx, change.judged).await?;
    tx.hold_record(change.kind.name(), change.id, change.expected).await?;
    tx.put_directory_record(&change.record, owner(&change.record)).await?;
    tx.unmerge_record(change.kind, change.id).await?;
    if change.changes_hands {
        let event = ReminderEvent::Replace { at: acting.now };
        reminders::end(acting, tx, change.kind, change.id, event).await?;
    }
    tx.journal(entry(
        "record.keep",
        change.kind.name(),
        change.id,
        serde_json::json!({ "fields": change.fields }),
    ));
    Ok(())
}

/// Withdraws a record that nothing else needs; its history stays.
pub async fn withdraw(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<()> {
    judged(|| withdraw_judged(acting, kind, id)).await
}

async fn withdraw_judged(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<()> {
    let officer = acting.require(Right::KeepRecords)?;
    let version = in_force(acting, kind, id).await?;
    match owner(&version.record) {
        Some(body) => officer.acts_for(body)?,
        None if officer.is_bound() => return Err(Refusal::new(Kind::Forbidden, "access.other-body")),
        None => {}
    }
    acting.check_version(version.revision)?;
    if let DirectoryRecord::Organization(body) = &version.record {
        unfinished::nothing_would_vanish(acting, body.id).await?;
    }
    let mapped = acting.mapping().await?;
    let text = id.to_string();
    let pointing = Successor::new(&mapped.directory, [], [id]).problems(&mapped.directory);
    let needed = pointing
        .iter()
        .filter(|problem| matches!(problem, DirectoryError::UnknownRecord { id, .. } if *id == text))
        .count();
    if needed > 0 {
        return Err(Refusal::conflict("record.in-use").with("count", needed));
    }
    let mut tx = acting.begin("record.withdraw").await?;
    hold(acting, &mut tx, mapped.revision).await?;
    tx.hold_record(kind.name(), id, Some(version.revision)).await?;
    tx.retire_directory_record(kind.name(), id).await?;
    tx.journal(entry("record.withdraw", kind.name(), id, serde_json::json!({})));
    Ok(tx.commit().await?)
}

/// Brings an older version back, as a new one; a record that was withdrawn or merged is there again. A place that is
/// protected stays so: what an older version said of where it is does not come back with the rest.
pub async fn undo(acting: &Acting, kind: RecordKind, id: Uuid, revision: i64) -> Outcome<Saved<DirectoryRecord>> {
    acting.require(Right::KeepRecords)?;
    let history = acting.scope.directory_history(kind.name(), id).await?;
    let stays_protected = history.last().is_some_and(|newest| is_protected(&newest.record));
    let known = streets(&history);
    let version = history
        .into_iter()
        .find(|version| version.revision == revision)
        .ok_or_else(|| Refusal::not_found("record.unknown-version"))?;
    let record = if stays_protected {
        kept_protected(version.record, &known)
    } else {
        version.record
    };
    keep(acting, kind, id, record).await
}

/// An older version of a place that is protected by now: it says nothing of where it is, nor a street at which it once stood.
pub(crate) fn kept_protected(record: DirectoryRecord, streets: &[String]) -> DirectoryRecord {
    match record {
        DirectoryRecord::Location(place) => DirectoryRecord::Location(place.hidden(streets)),
        other => other,
    }
}

/// What the mapping would say against this record, and against the others once it says something else; the revision of the
/// mapping that was asked.
///
/// # Errors
/// `directory.invalid` with what is wrong beside its field; `record.breaks-others` where other records would contradict it.
pub(super) async fn judge(acting: &Acting, before: Option<&DirectoryRecord>, record: &DirectoryRecord) -> Outcome<i64> {
    let mapped = acting.mapping().await?;
    let about = format!("{} {}", record.kind(), record.uuid());
    let found = Successor::with(&mapped.directory, record).problems(&mapped.directory);
    let (mut mine, others): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|problem| mapping::record_of(problem) == about);
    mine.extend(mapping::unread_hours(before, record));
    if !mine.is_empty() {
        let errors = mine.iter().map(field).collect();
        return Err(Refusal::invalid("directory.invalid", errors));
    }
    // A new record breaks none, and what stood there before nobody breaks now.
    if let Some(before) = before.filter(|_| !others.is_empty()) {
        let known = Successor::with(&mapped.directory, before).problems(&mapped.directory);
        breaks_nothing(acting, &mapped.directory, &known, &others)?;
    }
    Ok(mapped.revision)
}

/// Every address at which versions of a place say that it stands.
pub(super) fn streets(versions: &[RecordVersion]) -> Vec<String> {
    let places = versions.iter().filter_map(|version| match &version.record {
        DirectoryRecord::Location(place) => Some(place.streets()),
        _ => None,
    });
    places.flatten().collect()
}

/// Refuses a change after which records contradict it that did not before.
///
/// # Errors
/// `record.breaks-others`, with how many there are and the name of the first.
pub(super) fn breaks_nothing(
    acting: &Acting,
    directory: &Directory,
    before: &[DirectoryError],
    after: &[DirectoryError],
) -> Outcome<()> {
    let broken: Vec<&DirectoryError> = after.iter().filter(|problem| !before.contains(problem)).collect();
    let Some(first) = broken.first() else { return Ok(()) };
    let refusal = Refusal::conflict("record.breaks-others").with("count", broken.len());
    Err(refusal.with("record", called(acting, directory, mapping::record_of(first))))
}

/// What people call a record that a contradiction names by kind and identifier.
fn called(acting: &Acting, directory: &Directory, record: &str) -> String {
    let known = record
        .split_once(' ')
        .and_then(|(kind, id)| directory.record(kind, Uuid::parse_str(id).ok()?));
    let name = known.map(|known| name(&known).get(acting.lang.tag()).to_owned());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| record.to_owned())
}

/// The field of the record that a problem is about.
fn field(problem: &DirectoryError) -> FieldError {
    let path = match problem {
        DirectoryError::UnknownTerm { taxonomy, .. } => match taxonomy {
            Taxonomy::Category => "/categories".to_owned(),
            Taxonomy::BeneficiaryGroup => "/groups".to_owned(),
            Taxonomy::Area => "/areas".to_owned(),
            Taxonomy::Other(_) => "/attributes".to_owned(),
        },
        DirectoryError::UnknownRecord { kind, .. } => match *kind {
            "location" => "/service_at_locations".to_owned(),
            "organization" => "/organization_id".to_owned(),
            other => format!("/{other}"),
        },
        DirectoryError::MissingText { field, .. } => format!("/{field}/el"),
        DirectoryError::BackwardsAges { .. } => "/minimum_age".to_owned(),
        DirectoryError::ExposedProtectedPlace { .. } => "/protected".to_owned(),
        DirectoryError::Circle { .. } => "/parent_organization_id".to_owned(),
        DirectoryError::DuplicateCode { .. } => "/code".to_owned(),
        DirectoryError::Invalid { field, .. } => format!("/{}", field.replace('.', "/")),
    };
    let said = mapping::field(problem, &[]);
    FieldError { path, ..said }
}
