//! Applications: lists and states in the clear, what people said sealed.

use std::collections::BTreeMap;

use osn_core::application::{Application, ApplicationData, ApplicationState, Reference};
use osn_core::id::{AccountId, ApplicationId, CallId, MunicipalityId, PersonId};
use osn_core::state::Machine as _;

use crate::Readable;
use crate::db::{Bulk, Sql, sql};
use crate::error::{Result, SealFault, StoreError};
use crate::journal::{self, JournalDraft};
use crate::keys::PersonKey;
use crate::page::{Page, PageQuery, Pages, Versioned, pages};
use crate::seal::{Bound, Entropy, SealKey};
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, Row, args};
use osn_core::time::Instant;

/// Which applications a machine reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForMachine {
    /// Those that wait for a decision or a place: what is assessed.
    Waiting,
    /// All that were not withdrawn: what a change is tried against.
    All,
}

impl ForMachine {
    const fn states(self) -> &'static str {
        match self {
            Self::Waiting => ",received,assessed,",
            Self::All => ",received,assessed,selected,reserve,not-selected,",
        }
    }
}

/// Who reads a person's data, and why: one journal entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub actor: AccountId,
    /// Why, as they wrote it; no personal data.
    pub reason: String,
}

macro_rules! columns {
    () => {
        "id, call_id, person_id, reference, protocol_year, protocol_number, detail, submitted_at, version, updated_at"
    };
}

const ONE: Sql = sql(
    "application",
    concat!(
        "select ",
        columns!(),
        " from application where municipality_id = $1 and id = $2"
    ),
);
const BY_REFERENCE: Sql = sql(
    "application",
    concat!(
        "select ",
        columns!(),
        " from application where municipality_id = $1 and reference = $2"
    ),
);
const PAGE: Pages = pages!(
    "application",
    columns!(),
    "and call_id = $2 and (state = $3 or $3 is null)",
    "$4",
    "$5"
);
const SOME: Bulk = Bulk {
    table: "application",
    fixed: 1,
    head: concat!(
        "select ",
        columns!(),
        " from application where municipality_id = $1 and id in ("
    ),
    row: "?",
    tail: ")",
};
const COUNTS: Sql = sql(
    "application",
    "select state, count(*) as total from application where municipality_id = $1 and call_id = $2 group by state",
);
const CODE: Sql = sql(
    "application",
    "select id, code_hash from application where municipality_id = $1 and id = $2",
);
const DATA: Sql = sql(
    "application_data",
    "select application_id as id, person_id, sealed from application_data
     where municipality_id = $1 and application_id = $2",
);
const FOR_MACHINE: Sql = sql(
    "application",
    "select application.id, call_id, application.person_id, reference, protocol_year, protocol_number, detail,
       submitted_at, version, application.updated_at, sealed
     from application join application_data
       on application_data.municipality_id = application.municipality_id and application_id = application.id
     where application.municipality_id = $1 and call_id = $2 and application.id > $3 and $4 like '%,' || state || ',%'
     order by application.id limit $5",
);
const SIMILAR: Sql = sql(
    "blind_index",
    "select distinct other.application_id as id from blind_index mine join blind_index other
       on other.municipality_id = mine.municipality_id and other.call_id = mine.call_id
       and other.kind = mine.kind and other.value = mine.value and other.application_id <> mine.application_id
     where mine.municipality_id = $1 and mine.application_id = $2 order by id",
);
const BY_VALUE: Sql = sql(
    "blind_index",
    "select application_id as id from blind_index
     where municipality_id = $1 and call_id = $2 and kind = $3 and value = $4 order by application_id",
);
const UPDATE: Sql = sql(
    "application",
    "update application set state = $4, detail = $5, version = version + 1, updated_at = $6
     where municipality_id = $1 and id = $2 and version = $3",
);
pub(crate) const UPDATE_MANY: Bulk = Bulk {
    table: "application",
    fixed: 2,
    head: "with given(id, version, state, detail) as (values",
    row: "(?, ?, ?, ?)",
    tail: ") update application
        set state = given.state, detail = given.detail, version = application.version + 1, updated_at = $2
        from given where application.municipality_id = $1 and application.id = given.id
        and application.version = given.version returning application.id",
};
const RELEASE: Sql = sql(
    "blind_index",
    "update blind_index set exclusive = $3 where municipality_id = $1 and application_id = $2",
);
const UPDATE_DATA: Sql = sql(
    "application_data",
    "update application_data set sealed = $3, updated_at = $4 where municipality_id = $1 and application_id = $2",
);
const SET_CODE: Sql = sql(
    "application",
    "update application set code_hash = $3 where municipality_id = $1 and id = $2",
);

pub(crate) fn application(row: &Row) -> Result<Versioned<Application>> {
    let value = Application {
        id: row.id("id")?,
        call_id: row.id("call_id")?,
        person_id: row.id("person_id")?,
        reference: row
            .text("reference")?
            .parse()
            .map_err(|_| row.inconsistent("reference"))?,
        protocol: journal::protocol(row)?,
        submitted_at: row.at("submitted_at")?,
        state: row.json("detail")?,
    };
    Ok(Versioned {
        value,
        version: row.int("version")?,
        updated_at: row.at("updated_at")?,
    })
}

fn bound(municipality: MunicipalityId, application: &[u8; 16]) -> Bound<'_> {
    Bound {
        municipality,
        table: "application_data",
        column: "sealed",
        row: application,
    }
}

/// Seals what an application says.
pub(crate) fn seal(
    entropy: &dyn Entropy,
    key: &SealKey,
    municipality: MunicipalityId,
    id: ApplicationId,
    data: &ApplicationData,
) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(data).map_err(|_| StoreError::OutOfRange("data"))?);
    key.seal(entropy, bound(municipality, id.uuid().as_bytes()), &plain)
}

fn unseal(key: &SealKey, municipality: MunicipalityId, row: &Row) -> Result<ApplicationData> {
    let id: ApplicationId = row.id("id")?;
    let plain = key.open(bound(municipality, id.uuid().as_bytes()), &row.bytes("sealed")?)?;
    serde_json::from_slice(&plain).map_err(|_| row.inconsistent("sealed"))
}

impl Scope {
    /// An application, without its personal data.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn application(&self, id: ApplicationId) -> Result<Option<Versioned<Application>>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(application).transpose()
    }

    /// An application by its public reference.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn application_by_reference(&self, reference: &Reference) -> Result<Option<Versioned<Application>>> {
        let row = self
            .db()
            .optional(&BY_REFERENCE, args![self.municipality, reference.as_str()])
            .await?;
        row.as_ref().map(application).transpose()
    }

    /// The keyed hash of an application's one-time code; `None` when there is none (any more).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn application_code_hash(&self, id: ApplicationId) -> Result<Option<[u8; 32]>> {
        let Some(row) = self.db().optional(&CODE, args![self.municipality, id]).await? else {
            return Ok(None);
        };
        match row.get::<Option<Vec<u8>>>("code_hash")? {
            None => Ok(None),
            Some(hash) => hash.try_into().map(Some).map_err(|_| row.inconsistent("code_hash")),
        }
    }

    /// Applications of a call, in the order of their ids, in one state or all.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn applications(
        &self,
        call: CallId,
        state: Option<&str>,
        query: PageQuery,
    ) -> Result<Page<Versioned<Application>>> {
        PAGE.read(self.db(), args![self.municipality, call, state], &query, application)
            .await
    }

    /// These applications, each by its id; those that do not exist are left out. A statement for each 256.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn applications_by_id(
        &self,
        ids: impl IntoIterator<Item = ApplicationId>,
    ) -> Result<BTreeMap<ApplicationId, Versioned<Application>>> {
        let wanted: std::collections::BTreeSet<ApplicationId> = ids.into_iter().collect();
        let wanted = wanted.into_iter().map(|id| args![id]).collect();
        let rows = self.db().bulk(&SOME, args![self.municipality], wanted).await?;
        rows.iter()
            .map(|row| application(row).map(|read| (read.value.id, read)))
            .collect()
    }

    /// The next applications of a call in one state, in the order of their ids: what work over a whole call reads. An
    /// empty answer is the end.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn applications_in_state(
        &self,
        call: CallId,
        state: &str,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<Versioned<Application>>> {
        let after = after.map_or_else(uuid::Uuid::nil, ApplicationId::uuid);
        let rows = self
            .db()
            .all(&PAGE.page, args![self.municipality, call, state, after, limit.max(1)])
            .await?;
        rows.iter().map(application).collect()
    }

    /// How many applications of a call stand in each state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn application_counts(&self, call: CallId) -> Result<BTreeMap<String, u64>> {
        let rows = self.db().all(&COUNTS, args![self.municipality, call]).await?;
        rows.iter()
            .map(|row| Ok((row.text("state")?, row.number("total")?)))
            .collect()
    }

    /// What an application says, read by a person: one journal entry with subject and reason, durable before the data
    /// are handed out.
    ///
    /// # Errors
    /// When a database fails, or the sealed bytes were changed.
    pub async fn application_data(
        &self,
        id: ApplicationId,
        access: Access,
        now: Instant,
    ) -> Result<Option<Readable<ApplicationData>>> {
        let Some(row) = self.db().optional(&DATA, args![self.municipality, id]).await? else {
            return Ok(None);
        };
        let person: PersonId = row.id("person_id")?;
        let key = self.store.inner.keys.person(self.municipality, person).await?;
        let data = match key.key() {
            Ok(key) => unseal(key, self.municipality, &row)?,
            Err(SealFault::Erased) => return Ok(Some(Readable::Erased)),
            Err(fault) => return Err(fault.into()),
        };
        let mut tx = self
            .begin(crate::Actor::account(access.actor, "application.open"), now)
            .await?;
        tx.journal(
            JournalDraft::about("application.open", "application", id.uuid())
                .with(serde_json::json!({ "reason": access.reason })),
        );
        tx.commit().await?;
        Ok(Some(Readable::Data(data)))
    }

    /// What an application says, read by a machine for one application (messages, delivery sheets): no journal entry.
    ///
    /// # Errors
    /// When a database fails, or the sealed bytes were changed.
    pub async fn application_for_machine(&self, id: ApplicationId) -> Result<Option<Readable<ApplicationData>>> {
        let Some(row) = self.db().optional(&DATA, args![self.municipality, id]).await? else {
            return Ok(None);
        };
        let person: PersonId = row.id("person_id")?;
        let key = self.store.inner.keys.person(self.municipality, person).await?;
        match key.key() {
            Ok(key) => Ok(Some(Readable::Data(unseal(key, self.municipality, &row)?))),
            Err(SealFault::Erased) => Ok(Some(Readable::Erased)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The next applications of a call with what they say, in the order of their ids: withdrawn ones and erased people are
    /// left out. An empty answer is the end; `after` is the last id of the chunk before.
    ///
    /// A machine's reading is covered by its decision record, so no journal entry is written.
    ///
    /// # Errors
    /// When a database fails, or sealed bytes were changed or have no key.
    pub async fn applications_for_machine(
        &self,
        call: CallId,
        which: ForMachine,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<(Versioned<Application>, ApplicationData)>> {
        let mut after = after.map_or_else(uuid::Uuid::nil, ApplicationId::uuid);
        loop {
            let rows = self
                .db()
                .all(
                    &FOR_MACHINE,
                    args![self.municipality, call, after, which.states(), limit.max(1)],
                )
                .await?;
            let Some(last) = rows.last() else { return Ok(Vec::new()) };
            after = last.id("id")?;
            let found = self.unseal_rows(&rows).await?;
            // A chunk of erased people only is not the end.
            if !found.is_empty() {
                return Ok(found);
            }
        }
    }

    async fn unseal_rows(&self, rows: &[Row]) -> Result<Vec<(Versioned<Application>, ApplicationData)>> {
        let people = rows
            .iter()
            .map(|row| row.id("person_id"))
            .collect::<Result<Vec<PersonId>>>()?;
        let keys = self.store.inner.keys.people(self.municipality, &people).await?;
        let mut found = Vec::with_capacity(rows.len());
        for (row, person) in rows.iter().zip(people) {
            match keys.get(&person) {
                Some(PersonKey::Key(key)) => found.push((application(row)?, unseal(key, self.municipality, row)?)),
                Some(PersonKey::Erased) => {}
                Some(PersonKey::Missing) | None => return Err(SealFault::KeyMissing.into()),
            }
        }
        Ok(found)
    }

    /// Other applications of the same call that share a value (address, telephone): a warning for staff.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn similar_applications(&self, id: ApplicationId) -> Result<Vec<ApplicationId>> {
        self.db()
            .all(&SIMILAR, args![self.municipality, id])
            .await?
            .iter()
            .map(|row| row.id("id"))
            .collect()
    }

    /// Applications of a call with a value, found by its keyed hash: how staff look somebody up.
    ///
    /// # Errors
    /// When a database fails.
    pub async fn applications_with(&self, call: CallId, kind: &str, value: &str) -> Result<Vec<ApplicationId>> {
        let keys = self.keys().await?;
        let hash = crate::seal::blind(&keys.index, self.municipality, kind, value)?;
        let rows = self
            .db()
            .all(&BY_VALUE, args![self.municipality, call, kind, hash])
            .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }
}

impl Tx {
    /// Changes an application's state, if it still has the version that was read. Withdrawing frees its exclusive
    /// values, so that the person may apply again.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_application(&mut self, application: &Application, version: i64) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            application.id.into(),
            version.into(),
            application.state.name().into(),
            Arg::json(&application.state)?,
            self.now.into(),
        ];
        fresh(self.run(&UPDATE, values).await?, version)?;
        if matches!(application.state, ApplicationState::Withdrawn { .. }) {
            let args = args![self.municipality(), application.id, false];
            self.run(&RELEASE, args).await?;
        }
        Ok(())
    }

    /// Changes the states of many applications, each if it still has the version that was read. Not for withdrawals.
    ///
    /// # Errors
    /// `Stale` with the version of one that moved on; then nothing of this act happens.
    pub async fn update_applications(&mut self, many: &[Versioned<Application>]) -> Result<()> {
        let rows = many
            .iter()
            .map(|each| {
                let state = &each.value.state;
                Ok(vec![
                    each.value.id.into(),
                    each.version.into(),
                    state.name().into(),
                    Arg::json(state)?,
                ])
            })
            .collect::<Result<Vec<_>>>()?;
        let common = args![self.municipality(), self.now];
        let changed = self.inner.bulk(&UPDATE_MANY, common, rows).await?;
        if changed.len() == many.len() {
            return Ok(());
        }
        let changed = changed
            .iter()
            .map(|row| row.id("id"))
            .collect::<Result<std::collections::BTreeSet<ApplicationId>>>()?;
        let stale = many.iter().find(|each| !changed.contains(&each.value.id));
        Err(StoreError::Stale {
            expected: stale.map_or(0, |each| each.version),
        })
    }

    /// Replaces what an application says, sealed again under the same person's key.
    ///
    /// # Errors
    /// When the person was erased, or the application does not exist.
    pub async fn update_application_data(&mut self, id: ApplicationId, data: &ApplicationData) -> Result<()> {
        let municipality = self.municipality();
        let row = self.inner.optional(&DATA, args![municipality, id]).await?;
        let row = row.ok_or(StoreError::Stale { expected: 0 })?;
        let key = self
            .scope
            .store
            .inner
            .keys
            .person(municipality, row.id("person_id")?)
            .await?;
        let sealed = seal(self.scope.entropy(), key.key()?, municipality, id, data)?;
        let args = args![municipality, id, sealed, self.now];
        fresh(self.run(&UPDATE_DATA, args).await?, 0)
    }

    /// Gives an application a new one-time code, by its keyed hash.
    ///
    /// # Errors
    /// `Stale` when there is no such application.
    pub async fn set_application_code(&mut self, id: ApplicationId, code_hash: [u8; 32]) -> Result<()> {
        let args = args![self.municipality(), id, code_hash];
        fresh(self.run(&SET_CODE, args).await?, 0)
    }
}
