//! The eligible applications of a run, read for ranking: a chunk is read while the one before it is opened.

use std::collections::HashMap;

use osn_core::application::{ProtocolNumber, Reference};
use osn_core::id::{ApplicationId, AssessmentRunId, DecisionId, PersonId};
use osn_core::time::Instant;
use uuid::Uuid;

use crate::Readable;
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::keys::PersonKey;
use crate::store::Scope;
use crate::value::{Row, args};

/// The eligible who still wait for a place.
const CANDIDATES: Sql = sql(
    "decision",
    "select decision.id, decision.application_id, decision.person_id, units, sealed_keys, reference, protocol_year,
       protocol_number, submitted_at
     from decision join application
       on application.municipality_id = decision.municipality_id and application.id = application_id
     where decision.municipality_id = $1 and run_id = $2 and application_id > $3 and outcome = 'eligible'
       and state = 'assessed' order by application_id limit $4",
);

/// An eligible application, ready to be ranked.
#[derive(Clone, PartialEq, Eq)]
pub struct EligibleRow {
    /// The decision.
    pub decision_id: DecisionId,
    /// The application.
    pub application_id: ApplicationId,
    /// Its public reference.
    pub reference: Reference,
    /// When it was received.
    pub submitted_at: Instant,
    /// Its number, once the sealer gave it.
    pub protocol: Option<ProtocolNumber>,
    /// Ranking keys; `Erased` with the person.
    pub keys: Readable<Vec<Option<i64>>>,
    /// Places that it would take.
    pub units: u32,
}

impl std::fmt::Debug for EligibleRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EligibleRow").field(&self.decision_id).finish()
    }
}

/// Eligible applications that are still sealed.
pub struct SealedEligible {
    scope: Scope,
    last: ApplicationId,
    rows: Vec<Row>,
    people: Vec<PersonId>,
    keys: HashMap<PersonId, PersonKey>,
}

impl std::fmt::Debug for SealedEligible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedEligible({} up to {})", self.rows.len(), self.last)
    }
}

impl SealedEligible {
    /// The last of them: where the next chunk starts.
    pub const fn last(&self) -> ApplicationId {
        self.last
    }

    /// Opens them. Takes processor time and waits for nothing.
    ///
    /// # Errors
    /// When sealed bytes were changed.
    pub fn open(&self) -> Result<Vec<EligibleRow>> {
        self.rows
            .iter()
            .zip(&self.people)
            .map(|(row, person)| {
                let decision_id: DecisionId = row.id("id")?;
                Ok(EligibleRow {
                    decision_id,
                    application_id: row.id("application_id")?,
                    reference: row
                        .text("reference")?
                        .parse()
                        .map_err(|_| row.inconsistent("reference"))?,
                    submitted_at: row.at("submitted_at")?,
                    protocol: crate::journal::protocol(row)?,
                    keys: self.scope.keys_of(row, decision_id, self.keys.get(person))?,
                    units: row.number("units")?,
                })
            })
            .collect()
    }
}

impl Scope {
    /// The next eligible applications of a run that still wait for a place, in the order of the applications, still
    /// sealed: the chunk after it can be read while they are opened. None is the end.
    ///
    /// # Errors
    /// When a database fails.
    pub async fn eligible_for_machine(
        &self,
        run: AssessmentRunId,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Option<SealedEligible>> {
        let after = after.map_or_else(Uuid::nil, ApplicationId::uuid);
        let values = args![self.municipality, run, after, limit.max(1)];
        let rows = self.db().all(&CANDIDATES, values).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        let last = last.id("application_id")?;
        let people = rows
            .iter()
            .map(|row| row.id("person_id"))
            .collect::<Result<Vec<PersonId>>>()?;
        let keys = self.store.inner.keys.people(self.municipality, &people).await?;
        Ok(Some(SealedEligible {
            scope: self.clone(),
            last,
            rows,
            people,
            keys,
        }))
    }
}
