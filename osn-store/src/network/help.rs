//! Decisions and awards of immediate help, in the tables that a call uses.

use osn_core::application::AssessmentOutcome;
use osn_core::canonical::Digest;
use osn_core::delivery::Award;
use osn_core::id::{DecisionId, InterventionId, PersonId};

use crate::db::{Sql, sql};
use crate::decisions::{DecisionRow, bound, columns, outcome_name};
use crate::error::Result;
use crate::page::{Versioned, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::args;

/// A decision of two people on immediate help, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHelpDecision<'a> {
    /// Identifier.
    pub id: DecisionId,
    /// The help.
    pub intervention_id: InterventionId,
    /// Whose key seals it: a person's, or a body's own.
    pub person_id: PersonId,
    /// What was decided.
    pub outcome: AssessmentOutcome,
    /// People whom it is about.
    pub units: u32,
    /// Digest of the record.
    pub digest: Digest,
    /// The record: canonical bytes.
    pub record: &'a [u8],
}

const DECISIONS: Sql = sql(
    "decision",
    concat!(
        "select ",
        columns!(),
        " from decision where municipality_id = $1 and intervention_id = $2 order by id"
    ),
);
const INSERT: Sql = sql(
    "decision",
    "insert into decision (municipality_id, id, intervention_id, person_id, outcome, units, digest, decided_at,
     sealed_keys, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);
const AWARDS: Sql = sql(
    "award",
    "select id, body, version, updated_at from award where municipality_id = $1 and intervention_id = $2 order by id",
);

impl Scope {
    /// The decisions on immediate help: one for each person, or one for a body.
    ///
    /// # Errors
    /// When a database fails or a row cannot be understood.
    pub async fn decisions_on_help(&self, help: InterventionId) -> Result<Vec<DecisionRow>> {
        let rows = self.db().all(&DECISIONS, args![self.municipality, help]).await?;
        self.decision_rows(&rows).await
    }

    /// The awards of immediate help: one for each person, or one for a body.
    ///
    /// # Errors
    /// When a database fails or a row cannot be understood.
    pub async fn awards_of_help(&self, help: InterventionId) -> Result<Vec<Versioned<Award>>> {
        let rows = self.db().all(&AWARDS, args![self.municipality, help]).await?;
        rows.iter().map(versioned).collect()
    }
}

impl Tx {
    /// Keeps a decision on immediate help, sealed under the person's key. It has no ranking keys: nobody is ranked.
    ///
    /// # Errors
    /// `Conflict` when the person has one already; when the person has no key or was erased.
    pub async fn insert_help_decision(&mut self, decision: &NewHelpDecision<'_>) -> Result<()> {
        let municipality = self.municipality();
        let key = self
            .scope
            .store
            .inner
            .keys
            .person(municipality, decision.person_id)
            .await?;
        let key = key.key()?;
        let id = decision.id.uuid();
        let keys = key.seal(self.scope.entropy(), bound(municipality, "sealed_keys", &id), b"[]")?;
        let sealed = key.seal(
            self.scope.entropy(),
            bound(municipality, "sealed", &id),
            decision.record,
        )?;
        let values = args![
            municipality,
            decision.id,
            decision.intervention_id,
            decision.person_id,
            outcome_name(decision.outcome),
            decision.units,
            decision.digest.into_bytes(),
            self.now,
            keys,
            sealed
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }
}
