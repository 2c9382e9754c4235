//! What was written down about people at deliveries: sealed under the recipient's key, one row for each attempt.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::delivery::AttemptNotes;
use osn_core::id::{DeliveryId, MunicipalityId, PersonId};
use osn_core::time::Instant;

use crate::applications::Access;
use crate::db::{Bulk, Sql, sql};
use crate::error::{Result, SealFault, StoreError};
use crate::journal::JournalDraft;
use crate::keys::PersonKey;
use crate::seal::{Bound, SealKey};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Row, args};
use crate::{Actor, Readable};

/// Notes on an attempt, ready to be sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotes {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Position of the attempt, counted from 0.
    pub number: u32,
    /// Whose key.
    pub person_id: PersonId,
    /// What was written down.
    pub notes: AttemptNotes,
}

/// Notes of one delivery, by position of the attempt.
pub type NotesOf = BTreeMap<u32, Readable<AttemptNotes>>;

const OF_DELIVERY: Sql = sql(
    "delivery_note",
    "select delivery_id, number, person_id, sealed from delivery_note
     where municipality_id = $1 and delivery_id = $2 order by number",
);
const OF_DELIVERIES: Bulk = Bulk {
    table: "delivery_note",
    fixed: 1,
    head: "select delivery_id, number, person_id, sealed from delivery_note
        where municipality_id = $1 and delivery_id in (",
    row: "?",
    tail: ")",
};
const INSERT: Bulk = Bulk {
    table: "delivery_note",
    fixed: 0,
    head: "insert into delivery_note (municipality_id, delivery_id, number, person_id, sealed) values",
    row: "(?, ?, ?, ?, ?)",
    tail: "",
};

/// The row that sealed notes are bound to: delivery and attempt.
fn place(delivery: DeliveryId, number: u32) -> [u8; 20] {
    let mut place = [0; 20];
    place[..16].copy_from_slice(delivery.uuid().as_bytes());
    place[16..].copy_from_slice(&number.to_be_bytes());
    place
}

fn bound(municipality: MunicipalityId, row: &[u8; 20]) -> Bound<'_> {
    Bound {
        municipality,
        table: "delivery_note",
        column: "sealed",
        row,
    }
}

fn unseal(key: &SealKey, municipality: MunicipalityId, row: &Row) -> Result<AttemptNotes> {
    let place = place(row.id("delivery_id")?, row.number("number")?);
    let plain = key.open(bound(municipality, &place), &row.bytes("sealed")?)?;
    serde_json::from_slice(&plain).map_err(|_| row.inconsistent("sealed"))
}

impl Scope {
    /// What was written down at deliveries, read by a machine (a recipient's own view): no journal entry.
    ///
    /// # Errors
    /// When a database fails, or sealed bytes were changed or have no key.
    pub async fn delivery_notes_for_machine(
        &self,
        deliveries: impl IntoIterator<Item = DeliveryId>,
    ) -> Result<BTreeMap<DeliveryId, NotesOf>> {
        let wanted: BTreeSet<DeliveryId> = deliveries.into_iter().collect();
        let wanted = wanted.into_iter().map(|id| args![id]).collect();
        let rows = self.db().bulk(&OF_DELIVERIES, args![self.municipality], wanted).await?;
        self.unseal_notes(&rows).await
    }

    /// What was written down at a delivery, read by a person: one journal entry with subject and reason, durable before the
    /// notes are handed out.
    ///
    /// # Errors
    /// When a database fails, or sealed bytes were changed or have no key.
    pub async fn delivery_notes(&self, id: DeliveryId, access: Access, now: Instant) -> Result<NotesOf> {
        let rows = self.db().all(&OF_DELIVERY, args![self.municipality, id]).await?;
        let notes = self.unseal_notes(&rows).await?.remove(&id).unwrap_or_default();
        let actor = Actor::account(access.actor, "delivery.open");
        let mut tx = self.begin(actor, now).await?;
        tx.journal(
            JournalDraft::about("delivery.open", "delivery", id.uuid())
                .with(serde_json::json!({ "reason": access.reason })),
        );
        tx.commit().await?;
        Ok(notes)
    }

    async fn unseal_notes(&self, rows: &[Row]) -> Result<BTreeMap<DeliveryId, NotesOf>> {
        let people = rows
            .iter()
            .map(|row| row.id("person_id"))
            .collect::<Result<Vec<PersonId>>>()?;
        let keys = self.store.inner.keys.people(self.municipality, &people).await?;
        let mut found: BTreeMap<DeliveryId, NotesOf> = BTreeMap::new();
        for (row, person) in rows.iter().zip(people) {
            let notes = match keys.get(&person) {
                Some(PersonKey::Key(key)) => Readable::Data(unseal(key, self.municipality, row)?),
                Some(PersonKey::Erased) => Readable::Erased,
                Some(PersonKey::Missing) | None => return Err(SealFault::KeyMissing.into()),
            };
            found
                .entry(row.id("delivery_id")?)
                .or_default()
                .insert(row.number("number")?, notes);
        }
        Ok(found)
    }
}

impl Tx {
    /// Seals notes on attempts. Of somebody who was erased nothing personal is kept any more, so theirs are left out.
    ///
    /// # Errors
    /// `Conflict` when an attempt has notes already; when a person has no key.
    pub async fn insert_delivery_notes(&mut self, notes: &[NewNotes]) -> Result<()> {
        let municipality = self.municipality();
        let people: Vec<PersonId> = notes.iter().map(|one| one.person_id).collect();
        let keys = self.scope.store.inner.keys.people(municipality, &people).await?;
        let mut rows = Vec::with_capacity(notes.len());
        for one in notes {
            let key = match keys.get(&one.person_id) {
                Some(PersonKey::Key(key)) => key,
                Some(PersonKey::Erased) => continue,
                Some(PersonKey::Missing) | None => return Err(SealFault::KeyMissing.into()),
            };
            let plain =
                zeroize::Zeroizing::new(serde_json::to_vec(&one.notes).map_err(|_| StoreError::OutOfRange("notes"))?);
            let place = place(one.delivery_id, one.number);
            let sealed = key.seal(self.scope.entropy(), bound(municipality, &place), &plain)?;
            rows.push(args![municipality, one.delivery_id, one.number, one.person_id, sealed]);
        }
        self.inner.bulk(&INSERT, Vec::new(), rows).await.map(|_| ())
    }
}
