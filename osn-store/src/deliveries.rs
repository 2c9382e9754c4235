//! Awards and their deliveries.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use osn_core::delivery::{Award, Delivery};
use osn_core::id::{ActionId, ApplicationId, AwardId, DeliveryId};
use osn_core::state::Machine as _;

use crate::db::{Bulk, Sql, sql};
use crate::error::{Result, StoreError};
use crate::page::{Page, PageQuery, Pages, Versioned, document, documents, pages, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

/// Which deliveries of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Of one instalment.
    pub instalment: Option<u16>,
    /// In one state, by its stable name.
    pub state: Option<String>,
}

/// What a round holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoundCount {
    /// Deliveries that are still to come.
    pub planned: u64,
    /// Deliveries that arrived.
    pub delivered: u64,
    /// Deliveries whose last attempt failed.
    pub failed: u64,
    /// Participants whom the program assigned to it; none where the round is everybody's.
    pub people: u64,
}

const AWARD: Sql = document!("award");
const SOME_AWARDS: Bulk = documents!("award");
const AWARD_OF: Sql = sql(
    "award",
    "select id, body, version, updated_at from award where municipality_id = $1 and application_id = $2",
);
const AWARDS: Pages = pages!(
    "award",
    "id, body, version, updated_at",
    "and action_id = $2",
    "$3",
    "$4"
);
const INSERT_AWARD: Bulk = Bulk {
    table: "award",
    fixed: 0,
    head: "insert into award (municipality_id, id, action_id, person_id, application_id, intervention_id, state, body,
        version, created_at, updated_at) values",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
    tail: "",
};
const UPDATE_AWARD: Sql = update!("award");
const DELIVERY: Sql = document!("delivery");
const SOME_DELIVERIES: Bulk = documents!("delivery");
const DELIVERIES: Pages = pages!(
    "delivery",
    "id, body, version, updated_at",
    "and action_id = $2 and (instalment = $3 or $3 is null) and (state = $4 or $4 is null)",
    "$5",
    "$6"
);
const OF_AWARDS: Bulk = Bulk {
    table: "delivery",
    fixed: 1,
    head: "select id, body, version, updated_at from delivery where municipality_id = $1 and award_id in (",
    row: "?",
    tail: ") order by award_id, instalment",
};
const INSERT_DELIVERY: Bulk = Bulk {
    table: "delivery",
    fixed: 0,
    head:
        "insert into delivery (municipality_id, id, award_id, action_id, instalment, planned_for, state, body, version,
        created_at, updated_at) values",
    row: "(?, ?, ?, (select action_id from award where municipality_id = ? and id = ?), ?, ?, ?, ?, 1, ?, ?)",
    tail: "",
};
pub(crate) const UPDATE_DELIVERIES: Bulk = Bulk {
    table: "delivery",
    fixed: 2,
    head: "with given(id, version, state, planned_for, body) as (values",
    row: "(?, ?, ?, ?, ?)",
    tail: ") update delivery set state = given.state, planned_for = given.planned_for, body = given.body,
        version = delivery.version + 1, updated_at = $2 from given
        where delivery.municipality_id = $1 and delivery.id = given.id and delivery.version = given.version
        returning delivery.id",
};
const ON_DAY: Sql = sql(
    "delivery",
    "select id, body, version, updated_at from delivery
     where municipality_id = $1 and action_id = $2 and planned_for = $3 and state <> 'cancelled' order by instalment, id",
);
const ROUNDS: Sql = sql(
    "delivery",
    "select instalment, state, count(*) as total from delivery
     where municipality_id = $1 and action_id = $2 and state <> 'cancelled' group by instalment, state",
);
/// Backend-specific: each database has its own way to the elements of a JSON list.
const ASSIGNED: Sql = sql(
    "delivery",
    "select instalment, count(*) as total from (
       select distinct delivery.id as delivery_id, instalment, json_extract(item.value, '$.claim') as claim
       from delivery, json_each(body, '$.items') as item
       where municipality_id = $1 and action_id = $2 and state <> 'cancelled') as people group by instalment",
)
.on_postgres(
    "select instalment, count(*) as total from (
       select distinct id as delivery_id, instalment, item ->> 'claim' as claim
       from delivery, jsonb_array_elements(body -> 'items') as item
       where municipality_id = $1 and action_id = $2 and state <> 'cancelled') as people group by instalment",
);
const COUNTS: Sql = sql(
    "delivery",
    "select state, count(*) as total from delivery where municipality_id = $1 and action_id = $2 group by state",
);

impl Scope {
    /// An award.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn award(&self, id: AwardId) -> Result<Option<Versioned<Award>>> {
        let row = self.db().optional(&AWARD, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// These awards, each by its id; those that do not exist are left out.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn awards_by_id(
        &self,
        ids: impl IntoIterator<Item = AwardId>,
    ) -> Result<BTreeMap<AwardId, Versioned<Award>>> {
        self.documents(&SOME_AWARDS, ids).await
    }

    /// The award that an application led to.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn award_of(&self, application: ApplicationId) -> Result<Option<Versioned<Award>>> {
        let row = self
            .db()
            .optional(&AWARD_OF, args![self.municipality, application])
            .await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Awards of an action, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn awards(&self, action: ActionId, query: PageQuery) -> Result<Page<Versioned<Award>>> {
        AWARDS
            .read(self.db(), args![self.municipality, action], &query, versioned)
            .await
    }

    /// A delivery.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<Versioned<Delivery>>> {
        let row = self.db().optional(&DELIVERY, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Deliveries of an action, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn deliveries(
        &self,
        action: ActionId,
        filter: DeliveryFilter,
        query: PageQuery,
    ) -> Result<Page<Versioned<Delivery>>> {
        let args = args![self.municipality, action, filter.instalment, filter.state];
        DELIVERIES.read(self.db(), args, &query, versioned).await
    }

    /// Deliveries of one award, by instalment.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn deliveries_of(&self, award: AwardId) -> Result<Vec<Versioned<Delivery>>> {
        Ok(self
            .deliveries_of_awards([award])
            .await?
            .remove(&award)
            .unwrap_or_default())
    }

    /// Deliveries of these awards, each award's by instalment; an award without deliveries is left out.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn deliveries_of_awards(
        &self,
        awards: impl IntoIterator<Item = AwardId>,
    ) -> Result<BTreeMap<AwardId, Vec<Versioned<Delivery>>>> {
        let wanted: BTreeSet<AwardId> = awards.into_iter().collect();
        let wanted = wanted.into_iter().map(|id| args![id]).collect();
        let rows = self.db().bulk(&OF_AWARDS, args![self.municipality], wanted).await?;
        let mut found: BTreeMap<AwardId, Vec<Versioned<Delivery>>> = BTreeMap::new();
        for row in &rows {
            let delivery: Versioned<Delivery> = versioned(row)?;
            found.entry(delivery.value.award_id).or_default().push(delivery);
        }
        Ok(found)
    }

    /// These deliveries, each by its id; those that do not exist are left out.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn deliveries_by_id(
        &self,
        ids: impl IntoIterator<Item = DeliveryId>,
    ) -> Result<BTreeMap<DeliveryId, Versioned<Delivery>>> {
        self.documents(&SOME_DELIVERIES, ids).await
    }

    /// Deliveries of an action that are planned for a day, by instalment; those that are no longer due are left out.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn deliveries_on(&self, action: ActionId, day: NaiveDate) -> Result<Vec<Versioned<Delivery>>> {
        let rows = self.db().all(&ON_DAY, args![self.municipality, action, day]).await?;
        rows.iter().map(versioned).collect()
    }

    /// What every round of an action holds, by instalment; deliveries that are no longer due are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rounds(&self, action: ActionId) -> Result<BTreeMap<u16, RoundCount>> {
        let mut rounds: BTreeMap<u16, RoundCount> = BTreeMap::new();
        for row in self.db().all(&ROUNDS, args![self.municipality, action]).await? {
            let round = rounds.entry(row.number("instalment")?).or_default();
            let total = row.number("total")?;
            match row.text("state")?.as_str() {
                "delivered" => round.delivered = total,
                "failed" => round.failed = total,
                _ => round.planned = total,
            }
        }
        for row in self.db().all(&ASSIGNED, args![self.municipality, action]).await? {
            rounds.entry(row.number("instalment")?).or_default().people = row.number("total")?;
        }
        Ok(rounds)
    }

    /// How many deliveries of an action stand in each state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery_counts(&self, action: ActionId) -> Result<BTreeMap<String, u64>> {
        let rows = self.db().all(&COUNTS, args![self.municipality, action]).await?;
        rows.iter()
            .map(|row| Ok((row.text("state")?, row.number("total")?)))
            .collect()
    }
}

impl Tx {
    /// New awards.
    ///
    /// # Errors
    /// `Conflict` when an application has an award already.
    pub async fn insert_awards(&mut self, awards: &[Award]) -> Result<()> {
        let (municipality, now) = (self.municipality(), self.now);
        let rows = awards
            .iter()
            .map(|award| {
                Ok(vec![
                    municipality.into(),
                    award.id.into(),
                    award.action_id.into(),
                    award.person_id.into(),
                    award.basis.application().into(),
                    award.basis.intervention().into(),
                    award.state.name().into(),
                    Arg::json(award)?,
                    now.into(),
                    now.into(),
                ])
            })
            .collect::<Result<Vec<_>>>()?;
        self.inner.bulk(&INSERT_AWARD, Vec::new(), rows).await.map(|_| ())
    }

    /// A new award.
    ///
    /// # Errors
    /// `Conflict` when its application has an award already.
    pub async fn insert_award(&mut self, award: &Award) -> Result<()> {
        self.insert_awards(std::slice::from_ref(award)).await
    }

    /// Changes an award that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_award(&mut self, award: &Award, version: i64) -> Result<()> {
        self.update(&UPDATE_AWARD, award.id.uuid(), version, award.state.name(), award)
            .await
    }

    /// New deliveries.
    ///
    /// # Errors
    /// `Conflict` when an award does not exist or has that instalment already.
    pub async fn insert_deliveries(&mut self, deliveries: &[Delivery]) -> Result<()> {
        let (municipality, now) = (self.municipality(), self.now);
        let rows = deliveries
            .iter()
            .map(|delivery| {
                Ok(vec![
                    municipality.into(),
                    delivery.id.into(),
                    delivery.award_id.into(),
                    municipality.into(),
                    delivery.award_id.into(),
                    delivery.instalment.into(),
                    delivery.planned_for.into(),
                    delivery.state.name().into(),
                    Arg::json(delivery)?,
                    now.into(),
                    now.into(),
                ])
            })
            .collect::<Result<Vec<_>>>()?;
        self.inner.bulk(&INSERT_DELIVERY, Vec::new(), rows).await.map(|_| ())
    }

    /// A new delivery.
    ///
    /// # Errors
    /// `Conflict` when its award does not exist or has that instalment already.
    pub async fn insert_delivery(&mut self, delivery: &Delivery) -> Result<()> {
        self.insert_deliveries(std::slice::from_ref(delivery)).await
    }

    /// Changes deliveries, each if it still has the version that was read.
    ///
    /// # Errors
    /// `Stale` with the version of one that moved on; then nothing of this act happens.
    pub async fn update_deliveries(&mut self, deliveries: &[Versioned<Delivery>]) -> Result<()> {
        let rows = deliveries
            .iter()
            .map(|each| {
                let delivery = &each.value;
                Ok(vec![
                    delivery.id.into(),
                    each.version.into(),
                    delivery.state.name().into(),
                    delivery.planned_for.into(),
                    Arg::json(delivery)?,
                ])
            })
            .collect::<Result<Vec<_>>>()?;
        let common = args![self.municipality(), self.now];
        let changed = self.inner.bulk(&UPDATE_DELIVERIES, common, rows).await?;
        if changed.len() == deliveries.len() {
            return Ok(());
        }
        let changed = changed
            .iter()
            .map(|row| row.id("id"))
            .collect::<Result<std::collections::BTreeSet<DeliveryId>>>()?;
        let stale = deliveries.iter().find(|each| !changed.contains(&each.value.id));
        Err(StoreError::Stale {
            expected: stale.map_or(0, |each| each.version),
        })
    }

    /// Changes a delivery that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_delivery(&mut self, delivery: &Delivery, version: i64) -> Result<()> {
        let each = Versioned {
            value: delivery.clone(),
            version,
            updated_at: self.now,
        };
        self.update_deliveries(&[each]).await
    }
}
