//! People behind referrals and immediate help, each sealed under a key of their own; contacts of members and words about
//! requests, sealed under the municipality's.

use std::fmt;

use osn_core::id::{AccountId, MemberId, MunicipalityId, NoteId, PersonId, RequestId};
use osn_core::network::NetworkContact;
use osn_core::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::Readable;
use crate::applications::Access;
use crate::db::{Sql, sql};
use crate::error::{Result, SealFault, StoreError};
use crate::journal::JournalDraft;
use crate::page::{Page, PageQuery, Pages, pages};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::args;

/// What names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonIn {
    /// A referral.
    Referral,
    /// Immediate help.
    Intervention,
}

impl PersonIn {
    const fn name(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::Intervention => "intervention",
        }
    }

    const fn opened(self) -> &'static str {
        match self {
            Self::Referral => "referral.open",
            Self::Intervention => "intervention.open",
        }
    }
}

/// A line of the conversation about a request.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestNote {
    /// Identifier.
    pub id: NoteId,
    /// The request.
    pub request: RequestId,
    /// Who wrote it.
    pub by: AccountId,
    /// What was written.
    pub words: String,
    /// When.
    pub at: Instant,
}

impl fmt::Debug for RequestNote {
    /// The words may name people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestNote")
            .field("id", &self.id)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

const PERSON: Sql = sql(
    "network_person",
    "select person_id as id, sealed from network_person
     where municipality_id = $1 and subject_id = $2 and person_id = $3",
);
const INSERT_PERSON: Sql = sql(
    "network_person",
    "insert into network_person (municipality_id, person_id, kind, subject_id, sealed, created_at)
     values ($1, $2, $3, $4, $5, $6)",
);
const UPDATE_PERSON: Sql = sql(
    "network_person",
    "update network_person set sealed = $4 where municipality_id = $1 and subject_id = $2 and person_id = $3",
);
const CONTACTS: Sql = sql(
    "member_contacts",
    "select member_id as id, sealed from member_contacts where municipality_id = $1 and member_id = $2",
);
const PUT_CONTACTS: Sql = sql(
    "member_contacts",
    "insert into member_contacts (municipality_id, member_id, sealed, updated_at) values ($1, $2, $3, $4)
     on conflict (municipality_id, member_id) do update set sealed = $3, updated_at = $4",
);
const NOTES: Pages = pages!(
    "request_note",
    "id, request_id, account_id, sealed_words, created_at",
    "and request_id = $2",
    "$3",
    "$4"
);
const INSERT_NOTE: Sql = sql(
    "request_note",
    "insert into request_note (municipality_id, id, request_id, account_id, sealed_words, created_at)
     values ($1, $2, $3, $4, $5, $6)",
);

fn bound<'a>(municipality: MunicipalityId, table: &'static str, column: &'static str, row: &'a Uuid) -> Bound<'a> {
    Bound {
        municipality,
        table,
        column,
        row: row.as_bytes(),
    }
}

fn plain<T: Serialize + ?Sized>(data: &T) -> Result<Zeroizing<Vec<u8>>> {
    let plain = serde_json::to_vec(data).map_err(|_| StoreError::OutOfRange("data"))?;
    Ok(Zeroizing::new(plain))
}

impl Scope {
    /// Makes keys for new people, before the act that names them. A key without data is harmless.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn new_people(&self, people: &[PersonId], now: Instant) -> Result<()> {
        let keys = &self.store.inner.keys;
        let made = people
            .iter()
            .map(|person| keys.new_person(self.municipality, *person, now).map(|(_, key)| key))
            .collect::<Result<Vec<_>>>()?;
        keys.insert_people(&made).await
    }

    /// Who somebody is, read by a person: one journal entry with subject and reason, durable before the data are handed
    /// out.
    ///
    /// # Errors
    /// When a database fails, or the sealed bytes were changed.
    pub async fn open_person<T: DeserializeOwned>(
        &self,
        (kind, subject, person): (PersonIn, Uuid, PersonId),
        access: &Access,
        now: Instant,
    ) -> Result<Option<Readable<T>>> {
        let found = self.person_for_machine(subject, person).await?;
        if matches!(found, Some(Readable::Data(_))) {
            let act = kind.opened();
            let mut tx = self.begin(crate::Actor::account(access.actor, act), now).await?;
            tx.journal(
                JournalDraft::about(act, kind.name(), subject).with(serde_json::json!({ "reason": access.reason })),
            );
            tx.commit().await?;
        }
        Ok(found)
    }

    /// The same for an act that changes the data and writes its own entry, and for messages.
    ///
    /// # Errors
    /// When a database fails, or the sealed bytes were changed.
    pub async fn person_for_machine<T: DeserializeOwned>(
        &self,
        subject: Uuid,
        person: PersonId,
    ) -> Result<Option<Readable<T>>> {
        let row = self
            .db()
            .optional(&PERSON, args![self.municipality, subject, person])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let key = self.store.inner.keys.person(self.municipality, person).await?;
        let id = person.uuid();
        let bytes = match key.key() {
            Ok(key) => key.open(
                bound(self.municipality, "network_person", "sealed", &id),
                &row.bytes("sealed")?,
            )?,
            Err(SealFault::Erased) => return Ok(Some(Readable::Erased)),
            Err(fault) => return Err(fault.into()),
        };
        let data = serde_json::from_slice(&bytes).map_err(|_| row.inconsistent("sealed"))?;
        Ok(Some(Readable::Data(data)))
    }

    /// People at a member of the network.
    ///
    /// # Errors
    /// When a database fails, or the sealed bytes were changed.
    pub async fn member_contacts(&self, member: MemberId) -> Result<Vec<NetworkContact>> {
        let keys = self.keys().await?;
        let row = self.db().optional(&CONTACTS, args![self.municipality, member]).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let id = member.uuid();
        let bound = bound(self.municipality, "member_contacts", "sealed", &id);
        let bytes = keys.seal.open(bound, &row.bytes("sealed")?)?;
        serde_json::from_slice(&bytes).map_err(|_| row.inconsistent("sealed"))
    }

    /// The conversation about a request, oldest first.
    ///
    /// # Errors
    /// When a database fails, sealed bytes were changed, or the cursor is not one of ours.
    pub async fn request_notes(&self, request: RequestId, query: PageQuery) -> Result<Page<RequestNote>> {
        let keys = self.keys().await?;
        let args = args![self.municipality, request];
        NOTES
            .read(self.db(), args, &query, |row| {
                let id: NoteId = row.id("id")?;
                let place = id.uuid();
                let bound = bound(self.municipality, "request_note", "sealed_words", &place);
                let words = keys.seal.open(bound, &row.bytes("sealed_words")?)?;
                Ok(RequestNote {
                    id,
                    request: row.id("request_id")?,
                    by: row.id("account_id")?,
                    words: String::from_utf8(words.to_vec()).map_err(|_| row.inconsistent("sealed_words"))?,
                    at: row.at("created_at")?,
                })
            })
            .await
    }
}

impl Tx {
    /// Seals who somebody is, under the key that [`Scope::new_people`] made.
    ///
    /// # Errors
    /// When the person has no key or was erased, or the database refuses.
    pub async fn insert_person<T: Serialize>(
        &mut self,
        kind: PersonIn,
        subject: Uuid,
        person: PersonId,
        data: &T,
    ) -> Result<()> {
        let sealed = self.sealed_person(person, data).await?;
        let args = args![self.municipality(), person, kind.name(), subject, sealed, self.now];
        self.run(&INSERT_PERSON, args).await.map(|_| ())
    }

    /// Seals anew what is known of somebody.
    ///
    /// # Errors
    /// When the person was erased, or the database refuses.
    pub async fn update_person<T: Serialize>(&mut self, subject: Uuid, person: PersonId, data: &T) -> Result<()> {
        let sealed = self.sealed_person(person, data).await?;
        let args = args![self.municipality(), subject, person, sealed];
        crate::tx::fresh(self.run(&UPDATE_PERSON, args).await?, 1)
    }

    async fn sealed_person<T: Serialize>(&self, person: PersonId, data: &T) -> Result<Vec<u8>> {
        let municipality = self.municipality();
        let key = self.scope.store.inner.keys.person(municipality, person).await?;
        let id = person.uuid();
        let bound = bound(municipality, "network_person", "sealed", &id);
        key.key()?.seal(self.scope.entropy(), bound, &plain(data)?)
    }

    /// Keeps the people at a member; replaces who was there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_member_contacts(&mut self, member: MemberId, contacts: &[NetworkContact]) -> Result<()> {
        let keys = self.scope.keys().await?;
        let id = member.uuid();
        let bound = bound(self.municipality(), "member_contacts", "sealed", &id);
        let sealed = keys.seal.seal(self.scope.entropy(), bound, &plain(contacts)?)?;
        let args = args![self.municipality(), member, sealed, self.now];
        self.run(&PUT_CONTACTS, args).await.map(|_| ())
    }

    /// A line of the conversation about a request.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_request_note(&mut self, note: &RequestNote) -> Result<()> {
        let keys = self.scope.keys().await?;
        let id = note.id.uuid();
        let bound = bound(self.municipality(), "request_note", "sealed_words", &id);
        let sealed = keys.seal.seal(self.scope.entropy(), bound, note.words.as_bytes())?;
        let args = args![self.municipality(), note.id, note.request, note.by, sealed, note.at];
        self.run(&INSERT_NOTE, args).await.map(|_| ())
    }
}
