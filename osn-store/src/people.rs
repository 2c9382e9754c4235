//! Erasure: a person's key is destroyed, and whatever could still find them goes with it.

use osn_core::id::PersonId;
use osn_core::time::Instant;

use crate::blobs;
use crate::db::{Db, Sql, WriteTx, sql};
use crate::error::Result;
use crate::journal::JournalDraft;
use crate::keys::{Erasure, KeyStore};
use crate::store::Scope;
use crate::value::args;

const RECORD: Sql = sql(
    "erasure",
    "insert into erasure (municipality_id, person_id, reason, erased_at) values ($1, $2, $3, $4) on conflict do nothing",
);
const ALL: Sql = sql(
    "erasure",
    "select municipality_id, person_id, reason, erased_at from erasure order by erased_at",
);
const IS_ERASED: Sql = sql(
    "erasure",
    "select count(*) as total from erasure where municipality_id = $1 and person_id = $2",
);
const FORGET_HASHES: Sql = sql(
    "blind_index",
    "delete from blind_index where municipality_id = $1 and application_id in
     (select id from application where municipality_id = $1 and person_id = $2)",
);
const FORGET_CODES: Sql = sql(
    "application",
    "update application set code_hash = null where municipality_id = $1 and person_id = $2",
);
const KNOWN: Sql = sql(
    "municipality",
    "select count(*) as total from municipality where municipality_id = $1",
);

/// Removes from the data what could still find an erased person; sealed bytes stay as proof without content.
async fn forget(tx: &mut WriteTx, erasure: &Erasure) -> Result<()> {
    let (municipality, person) = (erasure.municipality, erasure.person);
    tx.run(
        &RECORD,
        args![municipality, person, erasure.reason.as_str(), erasure.at],
    )
    .await?;
    tx.run(&FORGET_HASHES, args![municipality, person]).await?;
    tx.run(&FORGET_CODES, args![municipality, person]).await?;
    for delete in &blobs::DELETE_OF_PERSON {
        tx.run(delete, args![municipality, person]).await?;
    }
    Ok(())
}

/// Replays the erasures of both lists in both databases: whichever was restored from a backup, nobody comes back.
pub(crate) async fn replay_erasures(db: &Db, keys: &KeyStore) -> Result<()> {
    let in_data = db.all(&ALL, args![]).await?;
    let in_data = in_data
        .iter()
        .map(|row| {
            Ok(Erasure {
                municipality: row.id("municipality_id")?,
                person: row.id("person_id")?,
                reason: row.text("reason")?,
                at: row.at("erased_at")?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let in_keys = keys.erasures().await?;
    let known: std::collections::BTreeSet<_> = in_data.iter().map(|each| (each.municipality, each.person)).collect();
    let listed: std::collections::BTreeSet<_> = in_keys.iter().map(|each| (each.municipality, each.person)).collect();
    let missing: Vec<_> = in_data
        .iter()
        .filter(|each| !listed.contains(&(each.municipality, each.person)))
        .cloned()
        .collect();
    keys.replay(&missing).await?;
    keys.destroy_listed().await?;
    let back: Vec<_> = in_keys
        .iter()
        .filter(|each| !known.contains(&(each.municipality, each.person)))
        .collect();
    for erasure in back {
        // A municipality that this data does not have (yet) has nobody to forget here.
        if db.one(&KNOWN, args![erasure.municipality]).await?.int("total")? > 0 {
            let mut tx = db.begin().await?;
            forget(&mut tx, erasure).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

impl Scope {
    /// Erases a person: their key is destroyed, at once and in every backup of the data; then their hashes, codes and
    /// files go. What was sealed says `Erased` from now on. `reason` is a stable code. Doing it again is harmless.
    ///
    /// # Errors
    /// When a database fails. Once the key is gone the person is erased; the rest is finished by the next call or start.
    pub async fn erase_person(&self, person: PersonId, reason: &str, now: Instant) -> Result<()> {
        let erasure = Erasure {
            municipality: self.municipality,
            person,
            reason: reason.to_owned(),
            at: now,
        };
        self.store.inner.keys.erase(&erasure).await?;
        let mut tx = self.begin(crate::Actor::nobody("person.erase"), now).await?;
        forget(&mut tx.inner, &erasure).await?;
        tx.journal(
            JournalDraft::about("person.erase", "person", person.uuid()).with(serde_json::json!({ "reason": reason })),
        );
        tx.commit().await
    }

    /// Whether a person was erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_erased(&self, person: PersonId) -> Result<bool> {
        Ok(self
            .db()
            .one(&IS_ERASED, args![self.municipality, person])
            .await?
            .int("total")?
            > 0)
    }
}
