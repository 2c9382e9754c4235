//! Who does what, where and when: the frame of one act.

use std::sync::Arc;

use osn_core::canonical::Digest;
use osn_core::time::Instant;
use osn_store::{Municipality, Scope, Tx};
use serde::Serialize;

use crate::app::{App, Hosted};
use crate::auth::{Actor, Officer, Right};
use crate::directory::Mapped;
use crate::fresh::Fresh;
use crate::lang::Lang;
use crate::refusal::{Kind, Outcome, Refusal};
use crate::zone::Zone;

/// An `Idempotency-Key` with what it was first sent with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The route's name.
    pub route: String,
    /// The key, bound to who sent it.
    pub key: String,
    /// Digest of the body.
    pub request: Digest,
    /// The status of the answer that will be remembered.
    pub status: u16,
}

/// The frame of one act.
#[derive(Debug, Clone)]
pub struct Acting {
    /// The application.
    pub app: App,
    /// The municipality.
    pub hosted: Arc<Hosted>,
    /// Its rows.
    pub scope: Scope,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub now: Instant,
    /// The reader's language.
    pub lang: Lang,
    /// The version that the caller read (`If-Match`).
    pub expected: Option<i64>,
    /// The key under which the answer is remembered.
    pub once: Option<Once>,
    /// The moment as of which the mapping is read; now, when none is asked for. Only what reads is ever asked so.
    pub as_of: Option<Instant>,
}

impl Acting {
    /// The frame of an act of the server itself: jobs and commands.
    pub fn machine(app: &App, hosted: &Arc<Hosted>) -> Self {
        Self::of(app, hosted, Actor::Machine, Lang::default())
    }

    /// The frame of an act of whoever runs the server, at its command line.
    pub fn operator(app: &App, hosted: &Arc<Hosted>, lang: Lang) -> Self {
        Self::of(app, hosted, Actor::Operator, lang)
    }

    /// The frame of an act of somebody.
    pub fn of(app: &App, hosted: &Arc<Hosted>, actor: Actor, lang: Lang) -> Self {
        Self {
            scope: app.scope(hosted.municipality.id),
            now: app.now(),
            app: app.clone(),
            hosted: Arc::clone(hosted),
            actor,
            lang,
            expected: None,
            once: None,
            as_of: None,
        }
    }

    /// The municipality.
    pub fn municipality(&self) -> &Municipality {
        &self.hosted.municipality
    }

    /// Its time zone.
    pub fn zone(&self) -> Zone {
        self.hosted.zone
    }

    /// The officer, who holds the right.
    pub fn require(&self, right: Right) -> Outcome<&Officer> {
        self.actor.require(right)
    }

    /// Lets the act through for whoever holds the right, at the command line too.
    pub fn permit(&self, right: Right) -> Outcome<()> {
        self.actor.permit(right)
    }

    /// The mapping as it is recorded now, or as it was at the moment that was asked for.
    pub async fn mapping(&self) -> Outcome<Arc<Mapped>> {
        if let Some(at) = self.as_of {
            return self.mapping_as_of(at).await;
        }
        let (directories, id) = (self.app.directories(), self.municipality().id);
        if matches!(self.actor, Actor::Visitor)
            && let Some(mapped) = directories.a_moment_ago(id, &self.app)
        {
            return Ok(mapped);
        }
        let fresh = Fresh::now(&self.app);
        let mapped = directories.current(id, &self.scope).await?;
        // Settings move the mapping's revision: what another server decided holds here from the next request on.
        if mapped.is_settled_otherwise(&self.municipality().settings) {
            self.app.refresh_municipalities().await?;
        }
        directories.holds(id, fresh, &mapped);
        Ok(mapped)
    }

    /// The mapping as it was recorded at an instant.
    pub async fn mapping_as_of(&self, at: Instant) -> Outcome<Arc<Mapped>> {
        let visitor = matches!(self.actor, Actor::Visitor).then_some(self.now);
        let directories = self.app.directories();
        directories
            .as_of(self.municipality().id, &self.scope, at, visitor)
            .await
    }

    /// Refuses when the caller read another version than the one that is there.
    pub fn check_version(&self, current: i64) -> Outcome<()> {
        match self.expected {
            Some(expected) if expected != current => {
                Err(Refusal::new(Kind::Stale, "record.stale").with("current", current))
            }
            _ => Ok(()),
        }
    }

    /// Opens the transaction of an act, named for the journal.
    pub async fn begin(&self, act: &'static str) -> Outcome<Tx> {
        Ok(self
            .scope
            .begin(
                osn_store::Actor {
                    account: self.actor.account(),
                    name_of_act: act,
                },
                self.now,
            )
            .await?)
    }

    /// Remembers the answer under its `Idempotency-Key`, if there is one, and commits.
    pub async fn commit<T: Serialize>(&self, mut tx: Tx, answer: &T) -> Outcome<()> {
        if let Some(once) = &self.once {
            let body = serde_json::to_vec(answer).map_err(Refusal::internal)?;
            tx.remember(&once.route, &once.key, once.request, once.status, &body)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}
