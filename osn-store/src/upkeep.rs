//! Upkeep of the mapping: confirmations, reminders with their links, merged records, subscriptions.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::id::{OrganizationId, ReminderId, SubscriptionId};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_core::upkeep::{PeriodFigures, RecordConfirmation, RecordKind, Reminder, Subscription};
use uuid::Uuid;

use crate::db::{Bulk, Sql, next_numbers, sql};
use crate::directory::RecordVersion;
use crate::error::{Result, StoreError};
use crate::page::{Page, PageQuery, Pages, Versioned, document, pages, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// A record that was found to be another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedRecord {
    /// Its kind.
    pub kind: RecordKind,
    /// The record that is gone.
    pub record_id: Uuid,
    /// The record that stays.
    pub into: Uuid,
    /// The mapping's revision that merged them.
    pub revision: i64,
    /// When.
    pub at: Instant,
}

/// Records with the bodies that were reminded of them, and when each was last.
pub type Reminded = BTreeMap<(RecordKind, Uuid, OrganizationId), Instant>;

const CONFIRMATIONS: Sql = sql(
    "record_confirmation",
    "select id, body from record_confirmation where municipality_id = $1 and kind = $2 and record_id = $3 order by id",
);
/// A service says its day itself: of the many confirmations of services none is read.
const LAST_CONFIRMED: Sql = sql(
    "record_confirmation",
    "select kind, record_id, max(confirmed_on) as confirmed_on from record_confirmation
     where municipality_id = $1 and kind in ('organization', 'location') group by kind, record_id",
);
const LAST_CONFIRMED_OF: Bulk = Bulk {
    table: "record_confirmation",
    fixed: 2,
    head: "with wanted(id) as (values",
    row: "(?)",
    tail: ") select record_id, max(confirmed_on) as confirmed_on from wanted cross join record_confirmation
        where municipality_id = $1 and kind = $2 and record_confirmation.record_id = wanted.id group by record_id",
};
/// Backend-specific: the two databases ask differently whether a document has a field.
const LAST_FIGURES: Sql = sql(
    "record_confirmation",
    "select body from (
       select body, row_number() over (partition by record_id order by id desc) as place
       from record_confirmation
       where municipality_id = $1 and kind = $2 and json_type(body, '$.figures') = 'object') as told
     where place = 1",
)
.on_postgres(
    "select body from (
       select body, row_number() over (partition by record_id order by id desc) as place
       from record_confirmation
       where municipality_id = $1 and kind = $2 and jsonb_typeof(body -> 'figures') = 'object') as told
     where place = 1",
);
const INSERT_CONFIRMATION: Sql = sql(
    "record_confirmation",
    "insert into record_confirmation (municipality_id, id, kind, record_id, owner_id, confirmed_on, body, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);
const REMINDER: Sql = document!("reminder");
const SENT_FOR: Sql = sql(
    "reminder",
    "select id, body, version, updated_at from reminder
     where municipality_id = $1 and kind = $2 and record_id = $3 and state = 'sent'",
);
const REMINDED: Sql = sql(
    "reminder",
    "select kind, record_id, owner_id, max(created_at) as created_at from reminder
     where municipality_id = $1 group by kind, record_id, owner_id",
);
const REMINDED_OF: Bulk = Bulk {
    table: "reminder",
    fixed: 2,
    head: "with wanted(id) as (values",
    row: "(?)",
    tail: ") select kind, record_id, owner_id, max(created_at) as created_at from wanted cross join reminder
        where municipality_id = $1 and kind = $2 and reminder.record_id = wanted.id group by kind, record_id, owner_id",
};
const INSERT_REMINDER: Sql = sql(
    "reminder",
    "insert into reminder (municipality_id, id, kind, record_id, owner_id, state, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)",
);
const UPDATE_REMINDER: Sql = update!("reminder");
const INSERT_MERGE: Sql = sql(
    "record_merge",
    "insert into record_merge (municipality_id, kind, record_id, into_id, revision, merged_by, merged_at)
     values ($1, $2, $3, $4, $5, $6, $7)",
);
/// What was merged into a record that is now merged itself leads to the last one.
const FOLLOW_MERGE: Sql = sql(
    "record_merge",
    "update record_merge set into_id = $4 where municipality_id = $1 and kind = $2 and into_id = $3",
);
const DELETE_MERGE: Sql = sql(
    "record_merge",
    "delete from record_merge where municipality_id = $1 and kind = $2 and record_id = $3",
);
const MERGES: Sql = sql(
    "record_merge",
    "select kind, record_id, into_id, revision, merged_at from record_merge
     where municipality_id = $1 order by merged_at, kind, record_id",
);
const MERGED_INTO: Sql = sql(
    "record_merge",
    "select into_id from record_merge where municipality_id = $1 and kind = $2 and record_id = $3",
);
const SUBSCRIPTION: Sql = document!("subscription");
const SUBSCRIPTIONS: Pages = pages!(
    "subscription",
    "id, body, version, updated_at",
    "and state = 'active' and (organization_id = $2 or $2 is null)",
    "$3",
    "$4"
);
const INSERT_SUBSCRIPTION: Sql = sql(
    "subscription",
    "insert into subscription (municipality_id, id, organization_id, state, body, version, created_at, updated_at)
     values ($1, $2, $3, 'active', $4, 1, $5, $5)",
);
const UPDATE_SUBSCRIPTION: Sql = update!("subscription");
const CURRENT: Sql = sql(
    "directory_record",
    "select id, revision, owner_id, body, retired, recorded_at, superseded_at, recorded_by from directory_record
     where municipality_id = $1 and kind = $2 and id = $3 and superseded_at is null",
);
pub(crate) const CURRENT_OF: Bulk = Bulk {
    table: "directory_record",
    fixed: 2,
    // Led by the wanted, whatever SQLite thinks of the size of the table.
    head: "with wanted(id) as (values",
    row: "(?)",
    tail:
        ") select directory_record.id as id, revision, owner_id, body, retired, recorded_at, superseded_at, recorded_by
        from wanted cross join directory_record
        where municipality_id = $1 and kind = $2 and superseded_at is null and directory_record.id = wanted.id",
};
const CHANGED_SINCE: Sql = sql(
    "directory_record",
    "select id, revision, owner_id, body, retired, recorded_at, superseded_at, recorded_by from directory_record
     where municipality_id = $1 and revision > $2 and superseded_at is null order by revision limit $3",
);

const KNOWN_BEFORE: Sql = sql(
    "directory_record",
    "select known.id, known.revision, known.owner_id, known.body, known.retired, known.recorded_at, known.superseded_at,
       known.recorded_by
     from directory_record as changed
     join directory_record as known on known.municipality_id = changed.municipality_id and known.kind = changed.kind
       and known.id = changed.id and known.revision = (
         select max(older.revision) from directory_record as older
         where older.municipality_id = changed.municipality_id and older.kind = changed.kind and older.id = changed.id
           and older.revision <= $2)
     where changed.municipality_id = $1 and changed.revision > $3 and changed.revision <= $4
       and changed.superseded_at is null and not known.retired
     order by changed.revision",
);

fn kind(row: &Row) -> Result<RecordKind> {
    RecordKind::named(&row.text("kind")?).ok_or_else(|| row.inconsistent("kind"))
}

/// A record with a body that was reminded of it, and when.
fn reminded(row: &Row) -> Result<((RecordKind, Uuid, OrganizationId), Instant)> {
    let of = (kind(row)?, row.id("record_id")?, row.id("owner_id")?);
    Ok((of, row.at("created_at")?))
}

impl Scope {
    /// Every confirmation of a record, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn record_confirmations(&self, kind: RecordKind, record: Uuid) -> Result<Vec<RecordConfirmation>> {
        let args = args![self.municipality, kind.name(), record];
        let rows = self.db().all(&CONFIRMATIONS, args).await?;
        rows.iter().map(|row| row.json("body")).collect()
    }

    /// The last day on which each body and each place was confirmed; a service says it itself.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn last_confirmed(&self) -> Result<BTreeMap<(RecordKind, Uuid), NaiveDate>> {
        let rows = self.db().all(&LAST_CONFIRMED, args![self.municipality]).await?;
        let each = |row: &Row| Ok(((kind(row)?, row.id("record_id")?), row.day("confirmed_on")?));
        rows.iter().map(each).collect()
    }

    /// The last day on which each of these records of a kind was confirmed; those that never were are left out.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn last_confirmed_of(&self, kind: RecordKind, records: &[Uuid]) -> Result<BTreeMap<Uuid, NaiveDate>> {
        let wanted = records.iter().map(|id| args![*id]).collect();
        let common = args![self.municipality, kind.name()];
        let rows = self.db().bulk(&LAST_CONFIRMED_OF, common, wanted).await?;
        let each = |row: &Row| Ok((row.id("record_id")?, row.day("confirmed_on")?));
        rows.iter().map(each).collect()
    }

    /// The last figures that came with a confirmation of each record of a kind.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn last_figures(&self, kind: RecordKind) -> Result<BTreeMap<Uuid, PeriodFigures>> {
        let args = args![self.municipality, kind.name()];
        let mut last = BTreeMap::new();
        for row in self.db().all(&LAST_FIGURES, args).await? {
            let confirmation: RecordConfirmation = row.json("body")?;
            if let Some(figures) = confirmation.figures {
                last.insert(confirmation.record_id, figures);
            }
        }
        Ok(last)
    }

    /// A reminder.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn reminder(&self, id: ReminderId) -> Result<Option<Versioned<Reminder>>> {
        let row = self.db().optional(&REMINDER, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// The reminder about a record that nobody has answered yet.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn open_reminder(&self, kind: RecordKind, record: Uuid) -> Result<Option<Versioned<Reminder>>> {
        let args = args![self.municipality, kind.name(), record];
        let row = self.db().optional(&SENT_FOR, args).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// When each body was last reminded of each record that is or was its own.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn reminded(&self) -> Result<Reminded> {
        let rows = self.db().all(&REMINDED, args![self.municipality]).await?;
        rows.iter().map(reminded).collect()
    }

    /// The same of these records alone, as many as a page shows.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn reminded_of(&self, records: &[(RecordKind, Uuid)]) -> Result<Reminded> {
        let mut found = Reminded::new();
        for kind in RecordKind::ALL {
            let of_kind = records.iter().filter(|(known, _)| *known == kind);
            let wanted = of_kind.map(|(_, id)| args![*id]).collect();
            let common = args![self.municipality, kind.name()];
            let rows = self.db().bulk(&REMINDED_OF, common, wanted).await?;
            for row in &rows {
                let (of, at) = reminded(row)?;
                found.insert(of, at);
            }
        }
        Ok(found)
    }

    /// The municipality's mark over a reminder: with its identifier it is the link. Nobody without the key can make one.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub async fn reminder_mark(&self, id: ReminderId) -> Result<[u8; 16]> {
        let keys = self.keys().await?;
        crate::seal::blind(&keys.index, self.municipality, "reminder-link", &id.to_string())
    }

    /// Records that were merged into others, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn merged_records(&self) -> Result<Vec<MergedRecord>> {
        let rows = self.db().all(&MERGES, args![self.municipality]).await?;
        let each = |row: &Row| {
            Ok(MergedRecord {
                kind: kind(row)?,
                record_id: row.id("record_id")?,
                into: row.id("into_id")?,
                revision: row.int("revision")?,
                at: row.at("merged_at")?,
            })
        };
        rows.iter().map(each).collect()
    }

    /// The record into which one was merged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merged_into(&self, kind: RecordKind, record: Uuid) -> Result<Option<Uuid>> {
        let args = args![self.municipality, kind.name(), record];
        let row = self.db().optional(&MERGED_INTO, args).await?;
        row.map(|row| row.id("into_id")).transpose()
    }

    /// A subscription, ended ones included.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn subscription(&self, id: SubscriptionId) -> Result<Option<Versioned<Subscription>>> {
        let row = self.db().optional(&SUBSCRIPTION, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Subscriptions in force, of one body or all.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn subscriptions(
        &self,
        of: Option<OrganizationId>,
        query: PageQuery,
    ) -> Result<Page<Versioned<Subscription>>> {
        SUBSCRIPTIONS
            .read(self.db(), args![self.municipality, of], &query, versioned)
            .await
    }

    /// The version of a record that is in force; of a record that is gone, the version that says so.
    ///
    /// # Errors
    /// When the database fails or the version cannot be understood.
    pub async fn record_in_force(&self, kind: &str, id: Uuid) -> Result<Option<RecordVersion>> {
        let row = self.db().optional(&CURRENT, args![self.municipality, kind, id]).await?;
        row.as_ref().map(crate::directory::version).transpose()
    }

    /// The versions in force of several records of one kind, in no order: the least that a list of them asks a database for.
    ///
    /// # Errors
    /// When the database fails or a version cannot be understood.
    pub async fn records_in_force(&self, kind: &str, ids: &[Uuid]) -> Result<Vec<RecordVersion>> {
        let wanted = ids.iter().map(|id| args![*id]).collect();
        let rows = self
            .db()
            .bulk(&CURRENT_OF, args![self.municipality, kind], wanted)
            .await?;
        rows.iter().map(crate::directory::version).collect()
    }

    /// The records that changed after a revision, as they are now, in the order in which they changed.
    ///
    /// # Errors
    /// When the database fails or a version cannot be understood.
    pub async fn changed_since(&self, revision: i64, limit: u32) -> Result<Vec<RecordVersion>> {
        let rows = self
            .db()
            .all(&CHANGED_SINCE, args![self.municipality, revision, limit])
            .await?;
        rows.iter().map(crate::directory::version).collect()
    }

    /// Of the records that changed between two revisions, what each said at an older one; those that were not there then are
    /// left out. A record that was withdrawn by then was not there.
    ///
    /// # Errors
    /// When the database fails or a version cannot be understood.
    pub async fn known_before(&self, older: i64, (after, last): (i64, i64)) -> Result<Vec<RecordVersion>> {
        let args = args![self.municipality, older, after, last];
        let rows = self.db().all(&KNOWN_BEFORE, args).await?;
        rows.iter().map(crate::directory::version).collect()
    }
}

impl Tx {
    /// Holds the mapping until the act ends, and refuses when the record has another revision than the caller read.
    /// Without an expected revision it only waits for its turn.
    ///
    /// # Errors
    /// `Stale` when the record moved on.
    pub async fn hold_record(&mut self, kind: &str, id: Uuid, expected: Option<i64>) -> Result<()> {
        let municipality = self.municipality();
        next_numbers(&mut self.inner, municipality.into(), "directory", 0).await?;
        let Some(expected) = expected else {
            return Ok(());
        };
        let row = self.inner.optional(&CURRENT, args![municipality, kind, id]).await?;
        let found = row.map_or(Ok(0), |row| row.int("revision"))?;
        if found == expected {
            Ok(())
        } else {
            Err(StoreError::Stale { expected })
        }
    }

    /// Keeps a confirmation; it never changes again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn confirm_record(&mut self, confirmation: &RecordConfirmation) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            confirmation.id.into(),
            confirmation.kind.name().into(),
            confirmation.record_id.into(),
            confirmation.owner.into(),
            confirmation.on.into(),
            Arg::json(confirmation)?,
            confirmation.at.into(),
        ];
        self.run(&INSERT_CONFIRMATION, values).await.map(|_| ())
    }

    /// A new reminder. There is one at a time for each record that nobody has answered.
    ///
    /// # Errors
    /// `Conflict` when another one waits for its answer.
    pub async fn insert_reminder(&mut self, reminder: &Reminder) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            reminder.id.into(),
            reminder.kind.name().into(),
            reminder.record_id.into(),
            reminder.owner.into(),
            reminder.state.name().into(),
            Arg::json(reminder)?,
            self.now.into(),
        ];
        self.run(&INSERT_REMINDER, values).await.map(|_| ())
    }

    /// Changes a reminder that still has the version that was read: of two who use a link at once, one does.
    ///
    /// # Errors
    /// `Stale` when somebody else was first.
    pub async fn update_reminder(&mut self, reminder: &Reminder, version: i64) -> Result<()> {
        let state = reminder.state.name();
        self.update(&UPDATE_REMINDER, reminder.id.uuid(), version, state, reminder)
            .await
    }

    /// Records that a record was found to be another one.
    ///
    /// # Errors
    /// `Conflict` when it was merged before.
    pub async fn merge_record(&mut self, kind: RecordKind, record: Uuid, into: Uuid, revision: i64) -> Result<()> {
        let municipality = self.municipality();
        self.run(&FOLLOW_MERGE, args![municipality, kind.name(), record, into])
            .await?;
        let values = vec![
            municipality.into(),
            kind.name().into(),
            record.into(),
            into.into(),
            revision.into(),
            self.actor.account.into(),
            self.now.into(),
        ];
        self.run(&INSERT_MERGE, values).await.map(|_| ())
    }

    /// The record is one of its own again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unmerge_record(&mut self, kind: RecordKind, record: Uuid) -> Result<bool> {
        let args = args![self.municipality(), kind.name(), record];
        Ok(self.run(&DELETE_MERGE, args).await? > 0)
    }

    /// A new subscription.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_subscription(&mut self, subscription: &Subscription) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            subscription.id.into(),
            subscription.organization_id.into(),
            Arg::json(subscription)?,
            self.now.into(),
        ];
        self.run(&INSERT_SUBSCRIPTION, values).await.map(|_| ())
    }

    /// Changes or ends a subscription that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_subscription(&mut self, subscription: &Subscription, version: i64, ended: bool) -> Result<()> {
        let state = if ended { "ended" } else { "active" };
        self.update(
            &UPDATE_SUBSCRIPTION,
            subscription.id.uuid(),
            version,
            state,
            subscription,
        )
        .await
    }
}
