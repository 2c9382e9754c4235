//! One act: everything it changes and its journal entry, in one transaction.

use std::fmt;

use osn_core::id::{AccountId, MunicipalityId};
use osn_core::time::{Instant, to_micros};
use serde::Serialize;
use uuid::Uuid;

use crate::db::{Sql, WriteTx};
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalDraft};
use crate::store::{Scope, Wrote};
use crate::value::Arg;

/// Who acts, and what the act is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` for the public and for the system itself.
    pub account: Option<AccountId>,
    /// The act, e.g. `call.publish`: written to the journal unless the transaction writes entries of its own.
    pub name_of_act: &'static str,
}

impl Actor {
    /// An act of somebody who is signed in.
    pub const fn account(account: AccountId, name_of_act: &'static str) -> Self {
        Self {
            account: Some(account),
            name_of_act,
        }
    }

    /// An act of the public or of the system.
    pub const fn nobody(name_of_act: &'static str) -> Self {
        Self {
            account: None,
            name_of_act,
        }
    }
}

/// An open transaction. Dropped without [`Tx::commit`], it did not happen.
///
/// The embedded database has one writer: no network, no plugin, no hashing of passwords while a transaction is open.
pub struct Tx {
    pub(crate) scope: Scope,
    pub(crate) inner: WriteTx,
    pub(crate) actor: Actor,
    pub(crate) now: Instant,
    /// When what it writes into the mapping is recorded, once it wrote there.
    pub(crate) recorded_at: Option<Instant>,
    entries: Vec<JournalDraft>,
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("municipality", &self.scope.municipality)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

impl Scope {
    /// Begins an act. On the embedded database the write lock is taken at once; on the server two acts that meet are
    /// settled by versions and constraints, and the loser gets `Stale` or `Conflict`.
    ///
    /// # Errors
    /// When the database is locked or gone.
    pub async fn begin(&self, actor: Actor, now: Instant) -> Result<Tx> {
        let inner = self.db().begin().await?;
        Ok(Tx {
            scope: self.clone(),
            inner,
            actor,
            now: to_micros(now),
            recorded_at: None,
            entries: Vec::new(),
        })
    }
}

impl Tx {
    /// Adds a journal entry to the act.
    pub fn journal(&mut self, draft: JournalDraft) {
        self.entries.push(draft);
    }

    /// The act happens at this moment and not at the one at which it was asked for: it may have waited long for its turn, and
    /// whoever wrote before it is told of first.
    pub fn happens_at(&mut self, now: Instant) {
        self.now = self.now.max(to_micros(now));
    }

    /// Writes the journal and makes everything durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing happened.
    pub async fn commit(mut self) -> Result<()> {
        if self.entries.is_empty() {
            self.entries.push(JournalDraft::new(self.actor.name_of_act));
        }
        let rows = self
            .entries
            .iter()
            .map(|draft| {
                let id = crate::seal::uuid_v7(self.scope.entropy(), self.now)?;
                journal::row(self.scope.municipality, id, self.actor.account, draft, self.now)
            })
            .collect::<Result<Vec<_>>>()?;
        self.inner.bulk(&journal::INSERT, Vec::new(), rows).await?;
        let _wrote = Wrote(&self.scope.store.inner.writes);
        self.inner.commit().await
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// When the connection is lost; then it is forgotten too.
    pub async fn rollback(self) -> Result<()> {
        self.inner.rollback().await
    }

    pub(crate) const fn municipality(&self) -> MunicipalityId {
        self.scope.municipality
    }

    pub(crate) async fn run(&mut self, sql: &Sql, args: Vec<Arg>) -> Result<u64> {
        self.inner.run(sql, args).await
    }

    /// Changes state, document and version of one record, if it still has the version that was read.
    pub(crate) async fn update<T: Serialize>(
        &mut self,
        sql: &Sql,
        id: Uuid,
        expected: i64,
        state: &'static str,
        body: &T,
    ) -> Result<()> {
        let now = self.now;
        let args = vec![
            self.municipality().into(),
            id.into(),
            expected.into(),
            state.into(),
            Arg::json(body)?,
            now.into(),
        ];
        fresh(self.inner.run(sql, args).await?, expected)
    }
}

/// No row changed: the record moved on.
pub(crate) const fn fresh(changed: u64, expected: i64) -> Result<()> {
    match changed {
        0 => Err(StoreError::Stale { expected }),
        _ => Ok(()),
    }
}
