//! Files brought into the mapping: what each would do, line by line; records written in one piece, and the way back.

use std::collections::{BTreeMap, HashSet};

use osn_core::directory::DirectoryRecord;
use osn_core::id::{ImportId, OrganizationId};
use osn_core::import::{FileImport, ImportPart};
use osn_core::state::Machine as _;
use osn_core::time::{Instant, to_micros};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::db::{Bulk, Sql, next_numbers, sql};
use crate::error::{Result, StoreError};
use crate::page::{Page, PageQuery, Pages, Versioned, document, page, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// One line of what is known of an import: what it is, and its document as JSON.
pub type ImportLine = (ImportPart, String);

/// Rows that are read at once.
const PIECE: i64 = 1024;
/// Rows that are made at once: what a statement needs is not held for a whole city.
const CHUNK: usize = 1024;

/// A record to write as a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryWrite {
    /// What it says from now on; of a record that goes, what it said last.
    pub record: DirectoryRecord,
    /// The body that keeps it true.
    pub owner: Option<OrganizationId>,
    /// The record is gone.
    pub retired: bool,
}

/// A record that one act wrote, with what was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenRecord {
    /// What the act wrote.
    pub record: DirectoryRecord,
    /// The act removed it.
    pub retired: bool,
    /// Nobody wrote it since.
    pub in_force: bool,
    /// What was there before the act; `None` where there was nothing, or it was gone.
    pub before: Option<DirectoryRecord>,
}

const ONE: Sql = document!("file_import");
const UPDATE: Sql = update!("file_import");
/// Newest first. The second argument is no identifier: the cursor of the first page.
const LIST: Pages = Pages {
    page: sql(
        "file_import",
        "select id, body, version, updated_at from file_import
         where municipality_id = $1 and ($3 = $2 or id < $3) order by id desc limit $4",
    ),
    count: sql(
        "file_import",
        "select count(*) as total from file_import where municipality_id = $1 and id <> $2",
    ),
};
const INSERT: Sql = sql(
    "file_import",
    "insert into file_import (municipality_id, id, state, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, 1, $5, $5)",
);
const INSERT_LINES: Bulk = Bulk {
    table: "file_import_line",
    fixed: 0,
    head: "insert into file_import_line (municipality_id, import_id, part, number, body) values",
    row: "(?, ?, ?, ?, ?)",
    tail: "",
};
const LINES: Sql = sql(
    "file_import_line",
    "select number, body from file_import_line
     where municipality_id = $1 and import_id = $2 and part = $3 and number > $4 order by number limit $5",
);
const COUNT_LINES: Sql = sql(
    "file_import_line",
    "select count(*) as total from file_import_line where municipality_id = $1 and import_id = $2 and part = $3",
);
const FORGET_LINES: Sql = sql(
    "file_import_line",
    "delete from file_import_line where municipality_id = $1 and import_id in
     (select id from file_import
      where municipality_id = $1 and state in ('refused', 'planned') and created_at < $2)",
);
const FORGET: Sql = sql(
    "file_import",
    "delete from file_import where municipality_id = $1 and state in ('refused', 'planned') and created_at < $2",
);
/// The versions that an act wrote are of another moment.
const MOVE_WRITTEN: Sql = sql(
    "directory_record",
    "update directory_record set recorded_at = $4 where municipality_id = $1 and revision >= $2 and revision <= $3",
);
/// The versions that they took the place of ended at another moment. SQLite has to be kept from its index by revision: those that
/// ended at one moment are few among all that are older.
///
/// Backend-specific: what a statement of SQLite changes it holds in memory until it ends, so it changes some of them at a time.
const MOVE_SUPERSEDED: Sql = sql(
    "directory_record",
    "update directory_record set superseded_at = $5 where rowid in
     (select ended.rowid from directory_record as ended
      where ended.municipality_id = $1 and ended.superseded_at = $4 and +ended.revision < $2
        and exists (select 1 from directory_record as written where written.municipality_id = ended.municipality_id and
                    written.kind = ended.kind and written.id = ended.id and written.revision >= $2 and written.revision <= $3)
      limit 2000)",
)
.on_postgres(
    "update directory_record set superseded_at = $5
     where municipality_id = $1 and superseded_at = $4 and revision < $2
       and exists (select 1 from directory_record as written
                   where written.municipality_id = directory_record.municipality_id and written.kind = directory_record.kind
                     and written.id = directory_record.id and written.revision >= $2 and written.revision <= $3)",
);
/// How many versions are moved at a time.
const AT_A_TIME: i64 = 2000;
/// Each row names its municipality, though all have the same: against a constant, SQLite takes a municipality for a handful
/// of records, and reads the whole mapping for each statement.
pub(crate) const SUPERSEDE: Bulk = Bulk {
    table: "directory_record",
    fixed: 1,
    head: "with given(municipality, kind, id) as (values",
    row: "(?, ?, ?)",
    tail: ") update directory_record set superseded_at = $1 from given
        where directory_record.municipality_id = given.municipality and directory_record.kind = given.kind
          and directory_record.id = given.id and directory_record.superseded_at is null
        returning directory_record.id",
};
const WRITE: Bulk = Bulk {
    table: "directory_record",
    fixed: 0,
    head: "insert into directory_record
        (municipality_id, kind, id, revision, owner_id, body, retired, recorded_at, recorded_by) values",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    tail: "",
};
const WRITTEN: Sql = sql(
    "directory_record",
    "select w.body, w.retired, w.superseded_at, b.body as before_body, b.retired as before_retired
     from directory_record w left join directory_record b
       on b.municipality_id = w.municipality_id and b.kind = w.kind and b.id = w.id
      and b.revision = (select max(x.revision) from directory_record x
                        where x.municipality_id = w.municipality_id and x.kind = w.kind and x.id = w.id
                          and x.revision < w.revision)
     where w.municipality_id = $1 and w.revision >= $2 and w.revision <= $3 order by w.revision",
);
const MOVED: Sql = sql(
    "directory_record",
    "select id, body from directory_record
     where municipality_id = $1 and revision >= $2 and revision <= $3 and superseded_at is not null
     order by revision limit $4",
);
const COUNT_MOVED: Sql = sql(
    "directory_record",
    "select count(*) as total from directory_record
     where municipality_id = $1 and revision >= $2 and revision <= $3 and superseded_at is not null",
);

impl Scope {
    /// An import.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn import(&self, id: ImportId) -> Result<Option<Versioned<FileImport>>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Imports, newest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn imports(&self, query: PageQuery) -> Result<Page<Versioned<FileImport>>> {
        LIST.read(self.db(), args![self.municipality, Uuid::nil()], &query, versioned)
            .await
    }

    /// Lines of one part of an import, in the order of the file.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn import_lines<T: DeserializeOwned>(
        &self,
        id: ImportId,
        of: ImportPart,
        query: &PageQuery,
    ) -> Result<Page<T>> {
        let after: i64 = match &query.after {
            None => 0,
            Some(text) => text.parse().map_err(|_| StoreError::OutOfRange("after"))?,
        };
        let of_part = args![self.municipality, id, of.name()];
        let total = self.db().one(&COUNT_LINES, of_part).await?.number("total")?;
        let limit = query.limit();
        let args = args![self.municipality, id, of.name(), after, limit.saturating_add(1)];
        let rows = self.db().all(&LINES, args).await?;
        let lines = rows
            .iter()
            .map(|row| Ok((row.int("number")?, row.json("body")?)))
            .collect::<Result<Vec<_>>>()?;
        let page = page(lines, limit, total, |(number, _)| number.to_string());
        Ok(page.map(|(_, line)| line))
    }

    /// The next lines of one part of an import after the one with a number, each with its own; none when there are no more.
    /// A piece at a time: the lines of a whole city are not held at once.
    ///
    /// # Errors
    /// When the database fails or a line cannot be understood.
    pub async fn import_lines_after<T: DeserializeOwned>(
        &self,
        id: ImportId,
        of: ImportPart,
        after: i64,
    ) -> Result<Vec<(i64, T)>> {
        let args = args![self.municipality, id, of.name(), after, PIECE];
        let rows = self.db().all(&LINES, args).await?;
        rows.iter()
            .map(|row| Ok((row.int("number")?, row.json("body")?)))
            .collect()
    }

    /// Records of a range of revisions that somebody wrote again since: how many, and the first `most` of them.
    ///
    /// # Errors
    /// When the database fails or a version cannot be understood.
    pub async fn moved_between(&self, first: i64, last: i64, most: u32) -> Result<(u64, Vec<DirectoryRecord>)> {
        let range = args![self.municipality, first, last];
        let total = self.db().one(&COUNT_MOVED, range).await?.number("total")?;
        let rows = self
            .db()
            .all(&MOVED, args![self.municipality, first, last, most])
            .await?;
        let records = rows.iter().map(|row| row.json("body")).collect::<Result<_>>()?;
        Ok((total, records))
    }

    /// The next records that were written from one revision to another, each with what was there before, and the revision
    /// after which to go on; `None` after the last. A piece at a time.
    ///
    /// # Errors
    /// When the database fails or a version cannot be understood.
    pub async fn written_between(&self, first: i64, last: i64) -> Result<(Vec<WrittenRecord>, Option<i64>)> {
        let each = |row: &Row| -> Result<WrittenRecord> {
            let gone = row.get::<Option<bool>>("before_retired")? == Some(true);
            Ok(WrittenRecord {
                record: row.json("body")?,
                retired: row.flag("retired")?,
                in_force: row.opt_at("superseded_at")?.is_none(),
                before: row.opt_json("before_body")?.filter(|_| !gone),
            })
        };
        let to = last.min(first.saturating_add(PIECE - 1));
        let rows = self.db().all(&WRITTEN, args![self.municipality, first, to]).await?;
        let written = rows.iter().map(each).collect::<Result<_>>()?;
        Ok((written, (to < last).then(|| to.saturating_add(1))))
    }

    /// Forgets imports that came before a moment and were never done, with their lines; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_imports(&self, before: Instant) -> Result<u64> {
        let before = to_micros(before);
        let mut tx = self.db().begin().await?;
        tx.run(&FORGET_LINES, args![self.municipality, before]).await?;
        let forgotten = tx.run(&FORGET, args![self.municipality, before]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

impl Tx {
    /// A new import; its lines follow with [`Tx::insert_import_lines`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_import(&mut self, import: &FileImport) -> Result<()> {
        let municipality = self.municipality();
        let values = vec![
            municipality.into(),
            import.id.into(),
            import.state.name().into(),
            Arg::json(import)?,
            self.now.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// Lines of an import, as they are made: a line that cannot be made ends it. Those of a whole city are never held at once.
    ///
    /// # Errors
    /// What making a line said, or when the database refuses.
    pub async fn insert_import_lines<E: From<StoreError>>(
        &mut self,
        import: ImportId,
        lines: impl IntoIterator<Item = std::result::Result<ImportLine, E>>,
    ) -> std::result::Result<(), E> {
        let municipality = self.municipality();
        let mut numbers: BTreeMap<ImportPart, i64> = BTreeMap::new();
        let mut lines = lines.into_iter();
        loop {
            let mut rows = Vec::with_capacity(CHUNK);
            for line in lines.by_ref().take(CHUNK) {
                let (part, body) = line?;
                let number = numbers.entry(part).or_default();
                *number = number.saturating_add(1);
                rows.push(vec![
                    municipality.into(),
                    import.into(),
                    part.name().into(),
                    (*number).into(),
                    Arg::Json(Some(body)),
                ]);
            }
            if rows.is_empty() {
                return Ok(());
            }
            self.inner.bulk(&INSERT_LINES, Vec::new(), rows).await?;
        }
    }

    /// Changes an import that still has the version that was read: of two who confirm at once, one does.
    ///
    /// # Errors
    /// `Stale` when somebody else was first.
    pub async fn update_import(&mut self, import: &FileImport, version: i64) -> Result<()> {
        let state = import.state.name();
        self.update(&UPDATE, import.id.uuid(), version, state, import).await
    }

    /// Holds the mapping until the act ends, and refuses when it has another revision than the caller read.
    ///
    /// # Errors
    /// `Stale` when the mapping moved on.
    pub async fn hold_directory(&mut self, expected: i64) -> Result<()> {
        let municipality = self.municipality();
        let next = next_numbers(&mut self.inner, municipality.into(), "directory", 0).await?;
        if next == expected.saturating_add(1) {
            Ok(())
        } else {
            Err(StoreError::Stale { expected })
        }
    }

    /// Writes many records, each as a new version; the first and the last revision. Every record once.
    ///
    /// # Errors
    /// When the database refuses, or a record stands twice.
    pub async fn write_directory(&mut self, writes: &[DirectoryWrite]) -> Result<(i64, i64)> {
        let mut pieces = Pieces::default();
        for piece in writes.chunks(CHUNK) {
            self.write_piece(&mut pieces, piece).await?;
        }
        Ok(pieces.revisions())
    }

    /// Writes the next records of an act that writes many, each as a new version. All pieces are of one moment: whoever
    /// reads the mapping as of any instant finds all of them or none.
    ///
    /// # Errors
    /// When the database refuses, or a record stands twice.
    pub async fn write_piece(&mut self, pieces: &mut Pieces, writes: &[DirectoryWrite]) -> Result<()> {
        let municipality = self.municipality();
        let count = i64::try_from(writes.len()).map_err(|_| StoreError::OutOfRange("records"))?;
        let first = next_numbers(&mut self.inner, municipality.into(), "directory", count).await?;
        let at = self.recorded_now().await?;
        let mut superseded = Vec::with_capacity(writes.len());
        let mut rows = Vec::with_capacity(writes.len());
        for (write, revision) in writes.iter().zip(first..) {
            let (kind, id) = (write.record.kind(), write.record.uuid());
            if !pieces.seen.insert((kind, id)) {
                return Err(StoreError::OutOfRange("records"));
            }
            superseded.push(args![municipality, kind, id]);
            rows.push(vec![
                municipality.into(),
                kind.into(),
                id.into(),
                revision.into(),
                write.owner.into(),
                Arg::json(&write.record)?,
                write.retired.into(),
                at.into(),
                self.actor.account.into(),
            ]);
        }
        self.inner.bulk(&SUPERSEDE, args![at], superseded).await?;
        self.inner.bulk(&WRITE, Vec::new(), rows).await?;
        pieces.first.get_or_insert(first);
        pieces.next = first.saturating_add(count);
        Ok(())
    }

    /// Records all pieces at this moment, when the last of them is written. Writing a city takes a while, and nobody sees any of
    /// it before it is done: whoever asked for the changes since a moment in between would never hear of it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record_pieces_at(&mut self, pieces: &Pieces, now: Instant) -> Result<()> {
        let Some(written_at) = self.recorded_at.filter(|at| to_micros(now) > *at) else {
            return Ok(());
        };
        self.happens_at(now);
        let (municipality, (first, last)) = (self.municipality(), pieces.revisions());
        let at = self.now;
        loop {
            let args = args![municipality, first, last, written_at, at];
            if self.run(&MOVE_SUPERSEDED, args).await? == 0 {
                break;
            }
        }
        let mut from = first;
        while from <= last {
            let to = from.saturating_add(AT_A_TIME - 1).min(last);
            self.run(&MOVE_WRITTEN, args![municipality, from, to, at]).await?;
            from = to.saturating_add(1);
        }
        self.recorded_at = Some(at);
        Ok(())
    }
}

/// What an act that writes many records in pieces has written so far.
#[derive(Debug, Default)]
pub struct Pieces {
    first: Option<i64>,
    next: i64,
    seen: HashSet<(&'static str, Uuid)>,
}

impl Pieces {
    /// The first and the last revision that was written; zeros where nothing was.
    pub fn revisions(&self) -> (i64, i64) {
        self.first.map_or((0, 0), |first| (first, self.next.saturating_sub(1)))
    }
}
