//! The journal: entries written with their acts, chained by the sealer, and gapless protocol numbers.

use osn_core::application::ProtocolNumber;
use osn_core::canonical::{self, Digest};
use osn_core::id::{AccountId, MunicipalityId};
use osn_core::time::{Instant, to_micros};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::db::{Bulk, Sql, WriteTx, next_numbers, sql};
use crate::error::Result;
use crate::page::{Page, PageQuery, page};
use crate::store::Scope;
use crate::value::{Arg, Row, args};

/// Kind and version in the digest of an entry.
const KIND: &str = "journal-entry:1";

/// Entries chained in one transaction, so that no other writer waits long.
const CHUNK: u32 = 1_024;

/// An entry as an act writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalDraft {
    /// What was done, e.g. `application.open`.
    pub act: &'static str,
    /// Kind of thing it was done to, e.g. `application`.
    pub subject_kind: Option<&'static str>,
    /// Which.
    pub subject_id: Option<Uuid>,
    /// Names of fields, codes, digests; never personal values. Integers only, no fractions.
    pub details: Value,
}

impl JournalDraft {
    /// An entry without subject and details.
    pub fn new(act: &'static str) -> Self {
        Self {
            act,
            subject_kind: None,
            subject_id: None,
            details: Value::Object(serde_json::Map::new()),
        }
    }

    /// An entry about one thing.
    pub fn about(act: &'static str, kind: &'static str, id: Uuid) -> Self {
        Self {
            subject_kind: Some(kind),
            subject_id: Some(id),
            ..Self::new(act)
        }
    }

    /// The same with details.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Identifier.
    pub id: Uuid,
    /// Place in the chain, counted from 1; `None` until the sealer has come by.
    pub seq: Option<u64>,
    /// Who.
    pub account: Option<AccountId>,
    /// What.
    pub act: String,
    /// Kind of thing.
    pub subject_kind: Option<String>,
    /// Which.
    pub subject_id: Option<Uuid>,
    /// When.
    pub at: Instant,
    /// Details.
    pub details: Value,
    /// Digest of all of the above, without the place in the chain.
    pub digest: Digest,
}

/// What one visit of the sealer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Entries chained.
    pub entries: u64,
    /// Protocol numbers given.
    pub protocols: u64,
    /// Another store holds the lease: it does the work.
    pub elsewhere: bool,
}

#[derive(Serialize)]
struct Digested<'a> {
    municipality: MunicipalityId,
    id: Uuid,
    account: Option<AccountId>,
    act: &'a str,
    subject_kind: Option<&'a str>,
    subject_id: Option<Uuid>,
    at: i64,
    details: &'a Value,
}

pub(crate) const INSERT: Bulk = Bulk {
    table: "journal_entry",
    fixed: 0,
    head: "insert into journal_entry
        (municipality_id, id, account_id, act, subject_kind, subject_id, at, details, digest) values",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    tail: "",
};

const LEASE: Sql = sql(
    "lease",
    "insert into lease (municipality_id, name, holder, until) values ($1, 'seal', $2, $3)
     on conflict (municipality_id, name) do update set holder = $2, until = $3
     where lease.holder = $2 or lease.until < $4",
);
const WAITING: Sql = sql(
    "journal_entry",
    "select (select count(*) from (select id from journal_entry
         where municipality_id = $1 and seq is null limit 1) as entry) as open,
       (select count(*) from (select id from application
         where municipality_id = $1 and protocol_number is null limit 1) as numbered) as unnumbered",
);
const UNNUMBERED: Sql = sql(
    "application",
    "select id, reference, submitted_at from application
     where municipality_id = $1 and protocol_number is null order by submitted_at, id limit $2",
);
pub(crate) const NUMBER: Bulk = Bulk {
    table: "application",
    fixed: 1,
    head: "with given(id, year, number) as (values",
    row: "(?, ?, ?)",
    tail: ") update application set protocol_year = given.year, protocol_number = given.number from given
        where application.municipality_id = $1 and application.id = given.id",
};
const UNSEALED: Sql = sql(
    "journal_entry",
    "select id, digest from journal_entry where municipality_id = $1 and seq is null order by at, id limit $2",
);
const LAST_LINK: Sql = sql(
    "journal_entry",
    "select id, seq, chain from journal_entry where municipality_id = $1 and seq is not null order by seq desc limit 1",
);
pub(crate) const SEAL: Bulk = Bulk {
    table: "journal_entry",
    fixed: 1,
    head: "with link(id, seq, chain) as (values",
    row: "(?, ?, ?)",
    tail: ") update journal_entry set seq = link.seq, chain = link.chain from link
        where journal_entry.municipality_id = $1 and journal_entry.id = link.id",
};

pub(crate) const COLUMNS_BY_SEQ: Sql = sql(
    "journal_entry",
    "select id, seq, account_id, act, subject_kind, subject_id, at, details, digest, chain
     from journal_entry where municipality_id = $1 and seq > $2 order by seq limit $3",
);
const NEWEST: Sql = sql(
    "journal_entry",
    "select id, seq, account_id, act, subject_kind, subject_id, at, details, digest
     from journal_entry where municipality_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4",
);
const COUNT: Sql = sql(
    "journal_entry",
    "select count(*) as total from journal_entry where municipality_id = $1",
);
const OF_SUBJECT: Sql = sql(
    "journal_entry",
    "select id, seq, account_id, act, subject_kind, subject_id, at, details, digest
     from journal_entry where municipality_id = $1 and subject_id = $2 order by at, id",
);

/// The digest of an entry over its canonical form; time counts in microseconds.
pub(crate) fn digest(municipality: MunicipalityId, entry: &JournalEntry) -> Result<Digest> {
    let digested = Digested {
        municipality,
        id: entry.id,
        account: entry.account,
        act: &entry.act,
        subject_kind: entry.subject_kind.as_deref(),
        subject_id: entry.subject_id,
        at: entry.at.timestamp_micros(),
        details: &entry.details,
    };
    Ok(canonical::digest_of(KIND, &digested)?)
}

/// The next link: over the chain so far, the place and the entry's digest.
pub(crate) fn link(before: &[u8; 32], seq: u64, digest: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"osn/journal-chain/1\0")
        .chain_update(before)
        .chain_update(seq.to_be_bytes())
        .chain_update(digest)
        .finalize()
        .into()
}

/// The chain before its first entry: of this municipality and no other.
pub(crate) fn genesis(municipality: MunicipalityId) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"osn/journal-genesis/1\0")
        .chain_update(municipality.uuid().as_bytes())
        .finalize()
        .into()
}

/// The row of a new entry.
pub(crate) fn row(
    municipality: MunicipalityId,
    id: Uuid,
    account: Option<AccountId>,
    draft: &JournalDraft,
    at: Instant,
) -> Result<Vec<Arg>> {
    let mut entry = JournalEntry {
        id,
        seq: None,
        account,
        act: draft.act.to_owned(),
        subject_kind: draft.subject_kind.map(str::to_owned),
        subject_id: draft.subject_id,
        at: to_micros(at),
        details: draft.details.clone(),
        digest: Digest::from_bytes([0; 32]),
    };
    entry.digest = digest(municipality, &entry)?;
    Ok(vec![
        municipality.into(),
        id.into(),
        account.into(),
        entry.act.into(),
        entry.subject_kind.into(),
        entry.subject_id.into(),
        entry.at.into(),
        Arg::json(&entry.details)?,
        entry.digest.into_bytes().into(),
    ])
}

pub(crate) fn entry(row: &Row) -> Result<JournalEntry> {
    let seq = row.get::<Option<i64>>("seq")?;
    Ok(JournalEntry {
        id: row.id("id")?,
        seq: seq
            .map(u64::try_from)
            .transpose()
            .map_err(|_| row.inconsistent("seq"))?,
        account: row.opt_id("account_id")?,
        act: row.text("act")?,
        subject_kind: row.get("subject_kind")?,
        subject_id: row.get("subject_id")?,
        at: row.at("at")?,
        details: row.json("details")?,
        digest: Digest::from_bytes(row.array("digest")?),
    })
}

impl Scope {
    /// The journal, newest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn journal(&self, query: PageQuery) -> Result<Page<JournalEntry>> {
        let (at, id) = match &query.after {
            None => (
                Instant::from_timestamp(253_402_300_799, 999_999_000).unwrap_or_default(),
                Uuid::max(),
            ),
            Some(cursor) => parse_cursor(cursor).ok_or(crate::StoreError::OutOfRange("after"))?,
        };
        let total = self.db().one(&COUNT, args![self.municipality]).await?.number("total")?;
        let limit = query.limit();
        let rows = self
            .db()
            .all(&NEWEST, args![self.municipality, at, id, limit.saturating_add(1)])
            .await?;
        let entries = rows.iter().map(entry).collect::<Result<Vec<_>>>()?;
        Ok(page(entries, limit, total, |entry| {
            format!("{:x}-{}", entry.at.timestamp_micros(), entry.id.simple())
        }))
    }

    /// Everything the journal says about one thing, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal_of(&self, subject: Uuid) -> Result<Vec<JournalEntry>> {
        self.db()
            .all(&OF_SUBJECT, args![self.municipality, subject])
            .await?
            .iter()
            .map(entry)
            .collect()
    }

    /// The sealer's visit: gives protocol numbers to applications that have none and chains the journal's new entries.
    /// One store does it at a time; call it about once a second.
    ///
    /// # Errors
    /// When the database fails; what was sealed before stays sealed.
    pub async fn seal(&self, now: Instant) -> Result<Sealed> {
        let mut sealed = Sealed::default();
        let Some(municipality) = self.municipality().await? else {
            return Ok(sealed);
        };
        // Most visits find nothing: they must not cost a write.
        let waiting = self.db().one(&WAITING, args![self.municipality]).await?;
        if waiting.int("open")? == 0 && waiting.int("unnumbered")? == 0 {
            return Ok(sealed);
        }
        loop {
            let mut tx = self.db().begin().await?;
            let until = now.checked_add_signed(chrono::TimeDelta::seconds(30)).unwrap_or(now);
            let holder = self.store.inner.instance;
            if tx.run(&LEASE, args![self.municipality, holder, until, now]).await? == 0 {
                tx.rollback().await?;
                return Ok(Sealed {
                    elsewhere: true,
                    ..sealed
                });
            }
            let protocols = self.number(&mut tx, &municipality.time_zone, now).await?;
            let entries = self.chain(&mut tx).await?;
            tx.commit().await?;
            sealed.protocols = sealed.protocols.saturating_add(protocols);
            sealed.entries = sealed.entries.saturating_add(entries);
            if protocols < u64::from(CHUNK) && entries < u64::from(CHUNK) {
                return Ok(sealed);
            }
        }
    }

    /// Numbers the next applications in the order of their submission, and writes one entry that binds the numbers to
    /// the references.
    async fn number(&self, tx: &mut WriteTx, time_zone: &str, now: Instant) -> Result<u64> {
        let rows = tx.all(&UNNUMBERED, args![self.municipality, CHUNK]).await?;
        let mut years: std::collections::BTreeMap<i32, Vec<(Uuid, String)>> = std::collections::BTreeMap::new();
        for row in &rows {
            let year = (self.store.inner.year_of)(time_zone, row.at("submitted_at")?);
            years
                .entry(year)
                .or_default()
                .push((row.id("id")?, row.text("reference")?));
        }
        for (year, applications) in years {
            let count = i64::try_from(applications.len()).unwrap_or(i64::MAX);
            let first = next_numbers(tx, self.municipality.into(), &format!("protocol/{year}"), count).await?;
            let given: Vec<_> = applications.into_iter().zip(first..).collect();
            let lines: Vec<String> = given
                .iter()
                .map(|((_, reference), number)| format!("{number} {reference}"))
                .collect();
            let details = serde_json::json!({
                "year": year,
                "first": first,
                "count": count,
                "digest": canonical::digest("protocol-numbers:1", lines.join("\n").as_bytes()),
            });
            let rows = given
                .into_iter()
                .map(|((id, _), number)| args![id, year, number])
                .collect();
            tx.bulk(&NUMBER, args![self.municipality], rows).await?;
            let draft = JournalDraft::new("protocol.give").with(details);
            let id = crate::seal::uuid_v7(self.entropy(), now)?;
            tx.bulk(
                &INSERT,
                Vec::new(),
                vec![self::row(self.municipality, id, None, &draft, now)?],
            )
            .await?;
        }
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }

    async fn chain(&self, tx: &mut WriteTx) -> Result<u64> {
        let rows = tx.all(&UNSEALED, args![self.municipality, CHUNK]).await?;
        let mut chain = match tx.optional(&LAST_LINK, args![self.municipality]).await? {
            Some(last) => last.array("chain")?,
            None => genesis(self.municipality),
        };
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        if count == 0 {
            return Ok(0);
        }
        let first = next_numbers(tx, self.municipality.into(), "journal", count).await?;
        let mut links = Vec::with_capacity(rows.len());
        for (row, seq) in rows.iter().zip(first..) {
            let place = u64::try_from(seq).unwrap_or_default();
            chain = link(&chain, place, &row.array("digest")?);
            links.push(args![row.id::<Uuid>("id")?, seq, chain]);
        }
        tx.bulk(&SEAL, args![self.municipality], links).await?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }
}

fn parse_cursor(cursor: &str) -> Option<(Instant, Uuid)> {
    let (at, id) = cursor.split_once('-')?;
    let micros = i64::from_str_radix(at, 16).ok()?;
    Some((Instant::from_timestamp_micros(micros)?, Uuid::parse_str(id).ok()?))
}

/// A protocol number from its two columns.
pub(crate) fn protocol(row: &Row) -> Result<Option<ProtocolNumber>> {
    let year = row.get::<Option<i64>>("protocol_year")?;
    let number = row.get::<Option<i64>>("protocol_number")?;
    let (Some(year), Some(number)) = (year, number) else {
        return Ok(None);
    };
    Ok(Some(ProtocolNumber {
        year: i32::try_from(year).map_err(|_| row.inconsistent("protocol_year"))?,
        number: u32::try_from(number).map_err(|_| row.inconsistent("protocol_number"))?,
    }))
}
