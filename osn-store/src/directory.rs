//! The mapping: every version of every record, by the time it was recorded.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::directory::{Changes, Directory, DirectoryBuilder, DirectoryRecord};
use osn_core::id::{AccountId, LocationId, OrganizationId};
use osn_core::time::{Instant, to_micros};
use uuid::Uuid;

use crate::db::{Sql, next_numbers, sql};
use crate::error::Result;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordVersion {
    /// The directory's revision that wrote it.
    pub revision: i64,
    /// The record as it was.
    pub record: DirectoryRecord,
    /// This version says that the record is gone.
    pub retired: bool,
    /// The body that keeps it true.
    pub owner: Option<OrganizationId>,
    /// From this moment the mapping said so.
    pub recorded_at: Instant,
    /// Until this moment; `None` while it is in force.
    pub superseded_at: Option<Instant>,
    /// Who recorded it.
    pub recorded_by: Option<AccountId>,
}

/// A record that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedRecord {
    /// The kind's stable name.
    pub kind: String,
    /// Its identifier.
    pub id: Uuid,
    /// From this moment the mapping says that it is gone.
    pub removed_at: Instant,
}

/// What writing a record did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordWrite {
    /// It is new.
    Added,
    /// It says something else now; the version before stays.
    Changed,
    /// It says the same: nothing was written.
    Unchanged,
}

const IN_FORCE: Sql = sql(
    "directory_record",
    "select id, body, recorded_at from directory_record
     where municipality_id = $1 and superseded_at is null and not retired",
);
const AS_OF: Sql = sql(
    "directory_record",
    "select id, body, recorded_at from directory_record
     where municipality_id = $1 and recorded_at <= $2 and (superseded_at is null or superseded_at > $2) and not retired",
);
const NEWEST_OF_KIND: Sql = sql(
    "directory_record",
    "select body from directory_record where municipality_id = $1 and kind = $2 and superseded_at is null",
);
const REMOVED: Sql = sql(
    "directory_record",
    "select kind, id, recorded_at from directory_record
     where municipality_id = $1 and retired and recorded_at >= $2 and recorded_at <= $3
       and (superseded_at is null or superseded_at > $3)
     order by recorded_at, revision",
);
/// The services at places that some version named which ended in a time; whether a later one names them again, the reader of
/// the mapping knows.
///
/// Backend-specific: each database has its own way to the elements of a JSON list.
const LINKS_ENDED: Sql = sql(
    "directory_record",
    "select json_extract(link.value, '$.id') as link_id, max(superseded_at) as ended_at
     from directory_record, json_each(body, '$.service_at_locations') as link
     where municipality_id = $1 and kind = 'service' and not retired and superseded_at >= $2 and superseded_at <= $3
     group by json_extract(link.value, '$.id')",
)
.on_postgres(
    "select link ->> 'id' as link_id, max(superseded_at) as ended_at
     from directory_record, jsonb_array_elements(body -> 'service_at_locations') as link
     where municipality_id = $1 and kind = 'service' and not retired and superseded_at >= $2 and superseded_at <= $3
     group by link ->> 'id'",
);
const CHANGED: Sql = sql(
    "directory_record",
    "select id, body, retired, recorded_at from directory_record
     where municipality_id = $1 and revision > $2 and superseded_at is null
     order by revision limit $3",
);
/// Places as they were before, and before that.
const PLACES_BEFORE: Sql = sql(
    "directory_record",
    "select body from directory_record
     where municipality_id = $1 and kind = 'location' and superseded_at is not null",
);
/// The same of places that changed after a revision.
const CHANGED_PLACES_BEFORE: Sql = sql(
    "directory_record",
    "select body from directory_record
     where municipality_id = $1 and kind = 'location' and superseded_at is not null
       and id in (select id from directory_record
                  where municipality_id = $1 and kind = 'location' and revision > $2 and superseded_at is null)",
);
const LAST_RECORDED: Sql = sql(
    "directory_record",
    "select recorded_at from directory_record where municipality_id = $1 order by recorded_at desc limit 1",
);
const REVISION: Sql = sql(
    "counter",
    "select value from counter where municipality_id = $1 and name = 'directory'",
);
const HISTORY: Sql = sql(
    "directory_record",
    "select id, revision, owner_id, body, retired, recorded_at, superseded_at, recorded_by
     from directory_record where municipality_id = $1 and kind = $2 and id = $3 order by revision",
);
const CURRENT: Sql = sql(
    "directory_record",
    "select id, revision, owner_id, body, retired, recorded_at from directory_record
     where municipality_id = $1 and kind = $2 and id = $3 and superseded_at is null",
);
const SUPERSEDE: Sql = sql(
    "directory_record",
    "update directory_record set superseded_at = $5
     where municipality_id = $1 and kind = $2 and id = $3 and revision = $4",
);
const INSERT: Sql = sql(
    "directory_record",
    "insert into directory_record
     (municipality_id, kind, id, revision, owner_id, body, retired, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

impl Scope {
    /// The mapping as it was recorded at an instant; now, when none is given (then `recorded_at` is the Unix epoch's
    /// only where nothing was ever recorded).
    ///
    /// A place whose newest version is protected is nowhere in an older reading either: an address that was public before
    /// somebody had to hide there must not come back by asking for the past.
    ///
    /// # Errors
    /// When the database fails or a record cannot be understood.
    pub async fn directory(&self, as_of: Option<Instant>) -> Result<Directory> {
        let (sql, args) = match as_of {
            None => (&IN_FORCE, args![self.municipality]),
            Some(at) => (&AS_OF, args![self.municipality, to_micros(at)]),
        };
        let mut changed = Vec::new();
        let mut builder = DirectoryBuilder::default();
        let read = self.db().each(sql, args, |row| {
            let record: DirectoryRecord = row.json("body")?;
            changed.push((record.uuid(), row.at("recorded_at")?));
            builder.add(record);
            Ok(())
        });
        read.await?;
        let recorded_at = match as_of {
            Some(at) => to_micros(at),
            None => self.last_recorded().await?,
        };
        let former = self.former_streets(&PLACES_BEFORE, args![self.municipality]).await?;
        let directory = builder.finish(recorded_at).with_changes(changed);
        let directory = directory.with_former_streets(former);
        match as_of {
            Some(_) => self.hide_protected(directory).await,
            None => Ok(directory),
        }
    }

    /// What changed in the mapping after one of its revisions, each record once, as it is now. `None` where that is more than
    /// `most` records: then reading all of it is less work.
    ///
    /// # Errors
    /// When the database fails or a record cannot be understood.
    pub async fn directory_changes(&self, after: i64, most: u32) -> Result<Option<Changes>> {
        let wanted = most.saturating_add(1);
        let rows = self.db().all(&CHANGED, args![self.municipality, after, wanted]).await?;
        if rows.len() > usize::try_from(most).unwrap_or(usize::MAX) {
            return Ok(None);
        }
        let mut changes = Changes {
            recorded_at: self.last_recorded().await?,
            ..Changes::default()
        };
        for row in &rows {
            if row.flag("retired")? {
                changes.gone.push(row.id("id")?);
            } else {
                changes.written.push((row.json("body")?, row.at("recorded_at")?));
            }
        }
        let args = args![self.municipality, after];
        changes.former = self.former_streets(&CHANGED_PLACES_BEFORE, args).await?;
        Ok(Some(changes))
    }

    /// Takes the whereabouts from the places that are protected by now; a withdrawn record's last version counts too.
    async fn hide_protected(&self, directory: Directory) -> Result<Directory> {
        let mut protected = BTreeSet::new();
        let args = args![self.municipality, "location"];
        let read = self.db().each(&NEWEST_OF_KIND, args, |row| {
            if let DirectoryRecord::Location(place) = row.json("body")?
                && place.protected
            {
                protected.insert(place.id);
            }
            Ok(())
        });
        read.await?;
        let hidden = directory.with_locations(|place| {
            if !protected.contains(&place.id) {
                return place;
            }
            let streets = directory.streets_of(place.id);
            place.hidden(&streets)
        });
        let is_hidden = |place: LocationId| protected.contains(&place);
        Ok(hidden.with_services(|service| service.without_whereabouts(&directory, is_hidden)))
    }

    /// The addresses at which places stood in the versions that a query reads.
    async fn former_streets(&self, before: &'static Sql, args: Vec<Arg>) -> Result<Vec<(LocationId, Vec<String>)>> {
        let mut former: BTreeMap<LocationId, BTreeSet<String>> = BTreeMap::new();
        let read = self.db().each(before, args, |row| {
            if let DirectoryRecord::Location(place) = row.json("body")? {
                former.entry(place.id).or_default().extend(place.streets());
            }
            Ok(())
        });
        read.await?;
        let lists = former.into_iter();
        Ok(lists
            .map(|(place, streets)| (place, streets.into_iter().collect()))
            .collect())
    }

    async fn last_recorded(&self) -> Result<Instant> {
        let row = self.db().optional(&LAST_RECORDED, args![self.municipality]).await?;
        Ok(row.map(|row| row.at("recorded_at")).transpose()?.unwrap_or_default())
    }

    /// The moment of the last change that was recorded at or before another: every reading between two changes is one
    /// reading. `None` where nothing was recorded by then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_change(&self, at: Instant) -> Result<Option<Instant>> {
        const LAST: Sql = sql(
            "directory_record",
            "select recorded_at from directory_record where municipality_id = $1 and recorded_at <= $2
             order by recorded_at desc limit 1",
        );
        let row = self
            .db()
            .optional(&LAST, args![self.municipality, to_micros(at)])
            .await?;
        row.map(|row| row.at("recorded_at")).transpose()
    }

    /// A number that grows with each change of the mapping: what a cache compares.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn directory_revision(&self) -> Result<i64> {
        let row = self.db().optional(&REVISION, args![self.municipality]).await?;
        row.map(|row| row.int("value"))
            .transpose()
            .map(Option::unwrap_or_default)
    }

    /// The records that were removed at or after `since` and were still gone at `as_of`, in the order of their removal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn removed_records(&self, since: Instant, as_of: Instant) -> Result<Vec<RemovedRecord>> {
        let args = args![self.municipality, to_micros(since), to_micros(as_of)];
        let rows = self.db().all(&REMOVED, args).await?;
        rows.iter()
            .map(|row| {
                Ok(RemovedRecord {
                    kind: row.text("kind")?,
                    id: row.id("id")?,
                    removed_at: row.at("recorded_at")?,
                })
            })
            .collect()
    }

    /// Services at places that a version of their service named which ended between two moments, each with the last time it
    /// ended. Those that the next version names again are among them: whoever holds the mapping as of `as_of` leaves them out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ended_links(&self, since: Instant, as_of: Instant) -> Result<Vec<(Uuid, Instant)>> {
        let args = args![self.municipality, to_micros(since), to_micros(as_of)];
        let rows = self.db().all(&LINKS_ENDED, args).await?;
        rows.iter()
            .map(|row| {
                let id = Uuid::parse_str(&row.text("link_id")?).map_err(|_| row.inconsistent("link_id"))?;
                Ok((id, row.at("ended_at")?))
            })
            .collect()
    }

    /// Every version of one record, oldest first.
    ///
    /// # Errors
    /// When the database fails or a version cannot be understood.
    pub async fn directory_history(&self, kind: &str, id: Uuid) -> Result<Vec<RecordVersion>> {
        self.db()
            .all(&HISTORY, args![self.municipality, kind, id])
            .await?
            .iter()
            .map(version)
            .collect()
    }
}

pub(crate) fn version(row: &Row) -> Result<RecordVersion> {
    Ok(RecordVersion {
        revision: row.int("revision")?,
        record: row.json("body")?,
        retired: row.flag("retired")?,
        owner: row.opt_id("owner_id")?,
        recorded_at: row.at("recorded_at")?,
        superseded_at: row.opt_at("superseded_at")?,
        recorded_by: row.opt_id("recorded_by")?,
    })
}

impl Tx {
    /// Records what a record says from now on. The version before stays, with the moment at which it ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_directory_record(
        &mut self,
        record: &DirectoryRecord,
        owner: Option<OrganizationId>,
    ) -> Result<RecordWrite> {
        let (kind, id) = (record.kind(), record.uuid());
        let current = self.current_record(kind, id).await?;
        if let Some(row) = &current
            && !row.flag("retired")?
            && row.json::<DirectoryRecord>("body")? == *record
            && row.opt_id::<OrganizationId>("owner_id")? == owner
        {
            return Ok(RecordWrite::Unchanged);
        }
        let known = matches!(&current, Some(row) if !row.flag("retired")?);
        self.write_version(record, owner, false, current.as_ref()).await?;
        Ok(if known {
            RecordWrite::Changed
        } else {
            RecordWrite::Added
        })
    }

    /// Records that a record is gone; its history stays. `false` when there was none.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn retire_directory_record(&mut self, kind: &str, id: Uuid) -> Result<bool> {
        let Some(row) = self.current_record(kind, id).await? else {
            return Ok(false);
        };
        if row.flag("retired")? {
            return Ok(false);
        }
        let (record, owner) = (row.json("body")?, row.opt_id("owner_id")?);
        self.write_version(&record, owner, true, Some(&row)).await?;
        Ok(true)
    }

    async fn current_record(&mut self, kind: &str, id: Uuid) -> Result<Option<Row>> {
        let args = args![self.municipality(), kind, id];
        self.inner.optional(&CURRENT, args).await
    }

    /// The moment at which the act records what it writes into the mapping: one for all of it. The caller waited for its turn
    /// to write, so that moments follow one another as the acts do; and they never run backwards, whatever the clock of a
    /// second server says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recorded_now(&mut self) -> Result<Instant> {
        if let Some(at) = self.recorded_at {
            return Ok(at);
        }
        let municipality = self.municipality();
        let last = self.inner.optional(&LAST_RECORDED, args![municipality]).await?;
        let last = last.map(|row| row.at("recorded_at")).transpose()?;
        let at = self.now.max(last.unwrap_or_default());
        self.recorded_at = Some(at);
        Ok(at)
    }

    async fn write_version(
        &mut self,
        record: &DirectoryRecord,
        owner: Option<OrganizationId>,
        retired: bool,
        before: Option<&Row>,
    ) -> Result<()> {
        let (kind, id, municipality) = (record.kind(), record.uuid(), self.municipality());
        let revision = next_numbers(&mut self.inner, municipality.into(), "directory", 1).await?;
        let at = self.recorded_now().await?;
        if let Some(before) = before {
            self.run(&SUPERSEDE, args![municipality, kind, id, before.int("revision")?, at])
                .await?;
        }
        let values = vec![
            municipality.into(),
            kind.into(),
            id.into(),
            revision.into(),
            owner.into(),
            Arg::json(record)?,
            retired.into(),
            at.into(),
            self.actor.account.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }
}
