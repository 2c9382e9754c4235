//! What an action has reached so far, counted by the database: applications, awards, people, deliveries.

use std::collections::BTreeMap;

use osn_core::expenditure::Arrived;
use osn_core::id::{ActionId, CallId, PersonId};

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::store::Scope;
use crate::value::{Row, args};

/// What an action has reached so far. People are counted as places: those who were found eligible in an awarded application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Applications received, withdrawn ones included.
    pub applications: u64,
    /// Awards that were not given back.
    pub awards: u64,
    /// People of awards of which something arrived.
    pub recipients: u64,
    /// Different households (persons who applied) of which something arrived.
    pub households: u64,
    /// Deliveries made.
    pub deliveries: u64,
    /// Attempts that failed.
    pub failures: u64,
}

const APPLICATIONS: Sql = sql(
    "application",
    "select count(*) as total from application join call
       on call.municipality_id = application.municipality_id and call.id = call_id
     where application.municipality_id = $1 and action_id = $2",
);
const AWARDS: Sql = sql(
    "award",
    "select count(*) as total from award where municipality_id = $1 and action_id = $2 and state <> 'withdrawn'",
);
/// The places of a decision that no later one about the same application replaced.
macro_rules! newest_units {
    ($which:literal) => {
        concat!(
            "select cast(coalesce(sum(units), 0) as bigint) as total from decision
             where municipality_id = $1 and outcome = 'eligible'
               and not exists (select 1 from decision later
                 where later.municipality_id = decision.municipality_id
                   and later.application_id = decision.application_id and later.id > decision.id)
               and application_id in (",
            $which,
            ")"
        )
    };
}
const RECIPIENTS: Sql = sql(
    "decision",
    newest_units!(
        "select application_id from award where municipality_id = $1 and action_id = $2
           and exists (select 1 from delivery where delivery.municipality_id = award.municipality_id
             and award_id = award.id and delivery.state = 'delivered')"
    ),
);
const TAKEN: Sql = sql(
    "decision",
    newest_units!("select id from application where municipality_id = $1 and call_id = $2 and state = 'selected'"),
);
const HOUSEHOLDS: Sql = sql(
    "delivery",
    "select count(distinct person_id) as total from delivery join award
       on award.municipality_id = delivery.municipality_id and award.id = award_id
     where delivery.municipality_id = $1 and delivery.action_id = $2 and delivery.state = 'delivered'",
);
const DELIVERIES: Sql = sql(
    "delivery",
    "select count(*) as total from delivery where municipality_id = $1 and action_id = $2 and state = 'delivered'",
);
/// What arrived at each household, with its first and last day.
const ARRIVED: Sql = sql(
    "delivery",
    "select award.person_id, count(*) as deliveries, min(planned_for) as first, max(planned_for) as last
     from delivery join award on award.municipality_id = delivery.municipality_id and award.id = award_id
     where delivery.municipality_id = $1 and delivery.action_id = $2 and delivery.state = 'delivered'
     group by award.person_id order by award.person_id",
);
/// People whom the newest decisions found eligible, by household, of awards of which something arrived.
const PEOPLE: Sql = sql(
    "decision",
    "select award.person_id, cast(coalesce(sum(units), 0) as bigint) as people from decision join award
       on award.municipality_id = decision.municipality_id and award.application_id = decision.application_id
     where decision.municipality_id = $1 and award.action_id = $2 and outcome = 'eligible'
       and not exists (select 1 from decision later
         where later.municipality_id = decision.municipality_id
           and later.application_id = decision.application_id and later.id > decision.id)
       and exists (select 1 from delivery where delivery.municipality_id = award.municipality_id
         and award_id = award.id and delivery.state = 'delivered')
     group by award.person_id",
);
/// Backend-specific: each database has its own way to the elements of a JSON list.
const FAILURES: Sql = sql(
    "delivery",
    "select count(*) as total from delivery, json_each(body, '$.attempts') as attempt
     where municipality_id = $1 and action_id = $2 and json_extract(attempt.value, '$.result') = 'failed'",
)
.on_postgres(
    "select count(*) as total from delivery, jsonb_array_elements(body -> 'attempts') as attempt
     where municipality_id = $1 and action_id = $2 and attempt @> jsonb_build_object('result', 'failed')",
);

impl Scope {
    /// What an action has reached so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reached(&self, action: ActionId) -> Result<Reached> {
        let count = async |sql: &Sql| {
            let row = self.db().one(sql, args![self.municipality, action]).await?;
            row.number("total")
        };
        Ok(Reached {
            applications: count(&APPLICATIONS).await?,
            awards: count(&AWARDS).await?,
            recipients: count(&RECIPIENTS).await?,
            households: count(&HOUSEHOLDS).await?,
            deliveries: count(&DELIVERIES).await?,
            failures: count(&FAILURES).await?,
        })
    }

    /// What arrived in an action, household by household.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn arrived(&self, action: ActionId) -> Result<Vec<Arrived>> {
        let mut people: BTreeMap<PersonId, u64> = BTreeMap::new();
        for row in self.db().all(&PEOPLE, args![self.municipality, action]).await? {
            people.insert(row.id("person_id")?, row.number("people")?);
        }
        let rows = self.db().all(&ARRIVED, args![self.municipality, action]).await?;
        let read = |row: &Row| {
            let person: PersonId = row.id("person_id")?;
            Ok(Arrived {
                action,
                person,
                people: people.get(&person).copied().unwrap_or_default(),
                deliveries: row.number("deliveries")?,
                days: (row.day("first")?, row.day("last")?),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Places of a call that are given, in the program's unit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn places_taken(&self, call: CallId) -> Result<u32> {
        let row = self.db().one(&TAKEN, args![self.municipality, call]).await?;
        row.number("total")
    }
}
