//! The key store: wrapped keys of people and municipalities, and the list of the erased.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use osn_core::id::{MunicipalityId, PersonId};
use osn_core::time::Instant;

use crate::db::{Bulk, Db, Sql, WriteTx, sql};
use crate::error::{Result, SealFault};
use crate::seal::{Bound, Entropy, SealKey, Wrapper};
use crate::value::{Arg, args};

/// People whose unwrapped keys are kept in memory at most: 48 bytes of key each.
const CACHED: usize = 8_192;

/// A municipality's own keys.
pub(crate) struct MunicipalityKeys {
    /// Signs certificates and journal heads.
    pub(crate) sign: ed25519_dalek::SigningKey,
    /// Derives the keys of blind indexes.
    pub(crate) index: SealKey,
    /// Seals documents about many people.
    pub(crate) seal: SealKey,
}

/// The key of a person, as the key store answers.
#[derive(Clone)]
pub(crate) enum PersonKey {
    Key(SealKey),
    Erased,
    Missing,
}

impl PersonKey {
    /// The key, or why there is none.
    pub(crate) fn key(&self) -> Result<&SealKey, SealFault> {
        match self {
            Self::Key(key) => Ok(key),
            Self::Erased => Err(SealFault::Erased),
            Self::Missing => Err(SealFault::KeyMissing),
        }
    }
}

/// A new person's key, wrapped and ready to be written.
pub(crate) struct NewPersonKey {
    pub(crate) municipality: MunicipalityId,
    pub(crate) person: PersonId,
    wrapped: Vec<u8>,
    at: Instant,
}

#[derive(Default)]
struct Cache {
    /// How many people were erased when the cache was filled; another number empties it.
    erasures: HashMap<MunicipalityId, i64>,
    keys: HashMap<(MunicipalityId, PersonId), SealKey>,
}

/// The key store.
#[derive(Clone)]
pub(crate) struct KeyStore {
    db: Db,
    wrapper: Wrapper,
    entropy: Arc<dyn Entropy>,
    cache: Arc<Mutex<Cache>>,
}

const INSERT_PERSON: Bulk = Bulk {
    table: "person_key",
    fixed: 0,
    head: "insert into person_key (municipality_id, person_id, wrapped, created_at) values",
    row: "(?, ?, ?, ?)",
    tail: "",
};
const PERSONS: Bulk = Bulk {
    table: "person_key",
    fixed: 1,
    head: "select person_id, wrapped from person_key where municipality_id = $1 and person_id in (",
    row: "?",
    tail: ")",
};
const ERASED: Bulk = Bulk {
    table: "erased_person",
    fixed: 1,
    head: "select person_id from erased_person where municipality_id = $1 and person_id in (",
    row: "?",
    tail: ")",
};
const ERASURES: Sql = sql(
    "erasure_count",
    "select value from erasure_count where municipality_id = $1",
);
const INSERT_MUNICIPALITY: Sql = sql(
    "municipality_key",
    "insert into municipality_key (municipality_id, kind, wrapped, created_at) values ($1, $2, $3, $4)
     on conflict do nothing",
);
const MUNICIPALITY: Sql = sql(
    "municipality_key",
    "select kind, wrapped from municipality_key where municipality_id = $1",
);
const ANY_MUNICIPALITY: Sql = sql(
    "municipality_key",
    "select municipality_id, kind, wrapped from municipality_key limit 1",
);
const DELETE_PERSON: Sql = sql(
    "person_key",
    "delete from person_key where municipality_id = $1 and person_id = $2",
);
const ERASE: Sql = sql(
    "erased_person",
    "insert into erased_person (municipality_id, person_id, reason, erased_at) values ($1, $2, $3, $4)
     on conflict do nothing",
);
const COUNT_ERASURE: Sql = sql(
    "erasure_count",
    "insert into erasure_count (municipality_id, value) values ($1, 1)
     on conflict (municipality_id) do update set value = erasure_count.value + 1",
);
const DESTROY_LISTED: Sql = sql(
    "person_key",
    "delete from person_key where exists (select 1 from erased_person
       where erased_person.municipality_id = person_key.municipality_id
       and erased_person.person_id = person_key.person_id)",
);
const ALL_ERASED: Sql = sql(
    "erased_person",
    "select municipality_id, person_id, reason, erased_at from erased_person order by erased_at",
);

const EVERY_MUNICIPALITY: Sql = sql(
    "municipality_key",
    "select municipality_id, kind, wrapped from municipality_key",
);
const REWRAP_MUNICIPALITY: Sql = sql(
    "municipality_key",
    "update municipality_key set wrapped = $3 where municipality_id = $1 and kind = $2",
);
const NEXT_PEOPLE: Sql = sql(
    "person_key",
    "select municipality_id, person_id, wrapped from person_key
     where (municipality_id, person_id) > ($1, $2) order by municipality_id, person_id limit 1024",
);
pub(crate) const REWRAP_PEOPLE: Bulk = Bulk {
    table: "person_key",
    fixed: 0,
    head: "with given(municipality, person, wrapped) as (values",
    row: "(?, ?, ?)",
    tail: ") update person_key set wrapped = given.wrapped from given
        where person_key.municipality_id = given.municipality and person_key.person_id = given.person",
};

/// One line of the list of erasures.
#[derive(Clone, Debug)]
pub(crate) struct Erasure {
    pub(crate) municipality: MunicipalityId,
    pub(crate) person: PersonId,
    pub(crate) reason: String,
    pub(crate) at: Instant,
}

impl KeyStore {
    pub(crate) fn new(db: Db, wrapper: Wrapper, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            db,
            wrapper,
            entropy,
            cache: Arc::default(),
        }
    }

    /// Refuses a key-encryption key that is not the one this store was made with.
    pub(crate) async fn check_kek(&self) -> Result<()> {
        if let Some(row) = self.db.optional(&ANY_MUNICIPALITY, args![]).await? {
            let municipality = row.id("municipality_id")?;
            let kind = row.text("kind")?;
            self.wrapper
                .unwrap_key(municipality_bound(municipality, &kind), &row.bytes("wrapped")?)?;
        }
        Ok(())
    }

    /// Makes a municipality's keys, unless it has them.
    pub(crate) async fn create_municipality(&self, municipality: MunicipalityId, now: Instant) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for kind in ["sign", "index", "seal"] {
            let key = SealKey::generate(&*self.entropy)?;
            let wrapped = self
                .wrapper
                .wrap(&*self.entropy, municipality_bound(municipality, kind), &key)?;
            tx.run(&INSERT_MUNICIPALITY, args![municipality, kind, wrapped, now])
                .await?;
        }
        tx.commit().await
    }

    /// A municipality's keys.
    pub(crate) async fn municipality(&self, municipality: MunicipalityId) -> Result<MunicipalityKeys> {
        let mut keys = HashMap::new();
        for row in self.db.all(&MUNICIPALITY, args![municipality]).await? {
            let kind = row.text("kind")?;
            let key = self
                .wrapper
                .unwrap_key(municipality_bound(municipality, &kind), &row.bytes("wrapped")?)?;
            keys.insert(kind, key);
        }
        let mut take = |kind: &str| keys.remove(kind).ok_or(SealFault::KeyMissing);
        Ok(MunicipalityKeys {
            sign: crate::seal::signing_key(&take("sign")?),
            index: take("index")?,
            seal: take("seal")?,
        })
    }

    /// A key for a person who has none yet; it counts once it was written.
    pub(crate) fn new_person(
        &self,
        municipality: MunicipalityId,
        person: PersonId,
        at: Instant,
    ) -> Result<(SealKey, NewPersonKey)> {
        let key = SealKey::generate(&*self.entropy)?;
        let wrapped = self
            .wrapper
            .wrap(&*self.entropy, bound(municipality, person.uuid().as_bytes()), &key)?;
        Ok((
            key,
            NewPersonKey {
                municipality,
                person,
                wrapped,
                at,
            },
        ))
    }

    /// Writes new people's keys in one transaction. A key without data is harmless; data without a key is lost.
    pub(crate) async fn insert_people(&self, keys: &[NewPersonKey]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let rows = keys
            .iter()
            .map(|key| args![key.municipality, key.person, key.wrapped.as_slice(), key.at])
            .collect();
        tx.bulk(&INSERT_PERSON, Vec::new(), rows).await?;
        tx.commit().await
    }

    /// The keys of people, in a few questions for all of them. An erased person is told from a lost key.
    pub(crate) async fn people(
        &self,
        municipality: MunicipalityId,
        people: &[PersonId],
    ) -> Result<HashMap<PersonId, PersonKey>> {
        self.check_cache(municipality).await?;
        let mut found: HashMap<PersonId, PersonKey> = {
            let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            people
                .iter()
                .filter_map(|person| {
                    let key = cache.keys.get(&(municipality, *person))?;
                    Some((*person, PersonKey::Key(key.clone())))
                })
                .collect()
        };
        let wanted = missing(people, &found);
        if !wanted.is_empty() {
            for row in self.db.bulk(&PERSONS, args![municipality], wanted).await? {
                let person: PersonId = row.id("person_id")?;
                let place = *person.uuid().as_bytes();
                let key = self
                    .wrapper
                    .unwrap_key(bound(municipality, &place), &row.bytes("wrapped")?)?;
                found.insert(person, PersonKey::Key(key));
            }
            self.remember(municipality, &found);
        }
        let lost = missing(people, &found);
        if !lost.is_empty() {
            for row in self.db.bulk(&ERASED, args![municipality], lost).await? {
                found.insert(row.id("person_id")?, PersonKey::Erased);
            }
            for person in people {
                found.entry(*person).or_insert(PersonKey::Missing);
            }
        }
        Ok(found)
    }

    /// The key of one person.
    pub(crate) async fn person(&self, municipality: MunicipalityId, person: PersonId) -> Result<PersonKey> {
        let mut found = self.people(municipality, &[person]).await?;
        Ok(found.remove(&person).unwrap_or(PersonKey::Missing))
    }

    /// Another server may have erased somebody since: then nothing cached is trusted any more.
    async fn check_cache(&self, municipality: MunicipalityId) -> Result<()> {
        let row = self.db.optional(&ERASURES, args![municipality]).await?;
        let erasures = row.map(|row| row.int("value")).transpose()?.unwrap_or(0);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.erasures.insert(municipality, erasures) != Some(erasures) {
            cache.keys.retain(|(owner, _), _| *owner != municipality);
        }
        Ok(())
    }

    fn remember(&self, municipality: MunicipalityId, found: &HashMap<PersonId, PersonKey>) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.keys.len().saturating_add(found.len()) > CACHED {
            cache.keys.clear();
        }
        for (person, key) in found.iter().take(CACHED) {
            if let PersonKey::Key(key) = key {
                cache.keys.insert((municipality, *person), key.clone());
            }
        }
    }

    /// Destroys a person's key and writes the list, in one transaction.
    pub(crate) async fn erase(&self, erasure: &Erasure) -> Result<()> {
        let mut tx = self.db.begin().await?;
        erase_in(&mut tx, erasure).await?;
        tx.commit().await?;
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.keys.remove(&(erasure.municipality, erasure.person));
        Ok(())
    }

    /// Destroys again the keys of everybody on `list`: after a restore some may have come back.
    pub(crate) async fn replay(&self, list: &[Erasure]) -> Result<()> {
        if list.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for erasure in list {
            erase_in(&mut tx, erasure).await?;
        }
        tx.commit().await
    }

    /// Destroys keys of people on the key store's own list: a backup of the keys may have brought them back.
    pub(crate) async fn destroy_listed(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.run(&DESTROY_LISTED, args![]).await?;
        tx.commit().await
    }

    /// Everybody on the key store's own list.
    pub(crate) async fn erasures(&self) -> Result<Vec<Erasure>> {
        let rows = self.db.all(&ALL_ERASED, args![]).await?;
        rows.iter()
            .map(|row| {
                Ok(Erasure {
                    municipality: row.id("municipality_id")?,
                    person: row.id("person_id")?,
                    reason: row.text("reason")?,
                    at: row.at("erased_at")?,
                })
            })
            .collect()
    }

    /// Wraps every key under another key-encryption key: all of them, or none. How many there were.
    pub(crate) async fn rotate(&self, to: &Wrapper) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let mut count = 0_u64;
        for row in tx.all(&EVERY_MUNICIPALITY, args![]).await? {
            let (municipality, kind) = (row.id("municipality_id")?, row.text("kind")?);
            let wrapped = self.rewrap(to, municipality_bound(municipality, &kind), &row.bytes("wrapped")?)?;
            tx.run(&REWRAP_MUNICIPALITY, args![municipality, kind.as_str(), wrapped])
                .await?;
            count = count.saturating_add(1);
        }
        let (mut municipality, mut person) = (uuid::Uuid::nil(), uuid::Uuid::nil());
        loop {
            let rows = tx.all(&NEXT_PEOPLE, args![municipality, person]).await?;
            let Some(last) = rows.last() else { break };
            (municipality, person) = (last.id("municipality_id")?, last.id("person_id")?);
            let mut rewrapped = Vec::with_capacity(rows.len());
            for row in &rows {
                let (of, who): (MunicipalityId, PersonId) = (row.id("municipality_id")?, row.id("person_id")?);
                let wrapped = self.rewrap(to, bound(of, who.uuid().as_bytes()), &row.bytes("wrapped")?)?;
                rewrapped.push(args![of, who, wrapped]);
                count = count.saturating_add(1);
            }
            tx.bulk(&REWRAP_PEOPLE, Vec::new(), rewrapped).await?;
        }
        tx.commit().await?;
        Ok(count)
    }

    fn rewrap(&self, to: &Wrapper, bound: Bound<'_>, wrapped: &[u8]) -> Result<Vec<u8>> {
        to.wrap(&*self.entropy, bound, &self.wrapper.unwrap_key(bound, wrapped)?)
    }

    /// Whether the key store answers.
    pub(crate) async fn ping(&self) -> Result<()> {
        self.db.optional(&ANY_MUNICIPALITY, args![]).await.map(|_| ())
    }

    pub(crate) async fn close(&self) {
        self.db.close().await;
    }
}

async fn erase_in(tx: &mut WriteTx, erasure: &Erasure) -> Result<()> {
    let (municipality, person) = (erasure.municipality, erasure.person);
    let listed = tx
        .run(&ERASE, args![municipality, person, erasure.reason.as_str(), erasure.at])
        .await?;
    let deleted = tx.run(&DELETE_PERSON, args![municipality, person]).await?;
    if listed > 0 || deleted > 0 {
        tx.run(&COUNT_ERASURE, args![municipality]).await?;
    }
    Ok(())
}

fn missing(people: &[PersonId], found: &HashMap<PersonId, PersonKey>) -> Vec<Vec<Arg>> {
    let mut wanted: Vec<PersonId> = people
        .iter()
        .filter(|person| !found.contains_key(person))
        .copied()
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.into_iter().map(|person| args![person]).collect()
}

fn bound(municipality: MunicipalityId, row: &[u8]) -> Bound<'_> {
    Bound {
        municipality,
        table: "person_key",
        column: "wrapped",
        row,
    }
}

fn municipality_bound(municipality: MunicipalityId, kind: &str) -> Bound<'_> {
    Bound {
        municipality,
        table: "municipality_key",
        column: "wrapped",
        row: kind.as_bytes(),
    }
}
