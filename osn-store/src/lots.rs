//! Which lot was handed over at which delivery, and lots that are called back.

use osn_core::delivery::Delivery;
use osn_core::id::{ActionId, DeliveryId, RecallId};
use osn_core::recall::{Recall, lot_key};

use crate::db::{Bulk, Sql, sql};
use crate::error::Result;
use crate::page::{Versioned, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// The lot that was handed over at a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedLot {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The action.
    pub action_id: ActionId,
    /// The lot, as it was written.
    pub lot: String,
    /// Its last day of use (ISO 8601), where one was written.
    pub use_by: Option<String>,
}

/// A lot of an action, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotCount {
    /// The key under which it is found.
    pub key: String,
    /// The lot, as it was written.
    pub lot: String,
    /// The earliest last day of use that was written with it.
    pub use_by: Option<String>,
    /// Deliveries at which it was handed over.
    pub deliveries: u64,
}

/// A lot at one action, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotIn {
    /// The action.
    pub action_id: ActionId,
    /// Deliveries at which it was handed over.
    pub deliveries: u64,
    /// Awards to which they belong.
    pub recipients: u64,
}

const LOTS: Sql = sql(
    "delivery_lot",
    "select lot, min(shown) as shown, min(use_by) as use_by, count(*) as total from delivery_lot
     where municipality_id = $1 and action_id = $2 group by lot order by lot",
);
const ALL_LOTS: Sql = sql(
    "delivery_lot",
    "select lot, min(shown) as shown, min(use_by) as use_by, count(*) as total from delivery_lot
     where municipality_id = $1 group by lot order by lot",
);
const OF_LOT: Sql = sql(
    "delivery",
    "select delivery.id, body, version, updated_at from delivery join delivery_lot
       on delivery_lot.municipality_id = delivery.municipality_id and delivery_id = delivery.id
     where delivery.municipality_id = $1 and delivery_lot.action_id = $2 and lot = $3 order by delivery.id",
);
const ELSEWHERE: Sql = sql(
    "delivery_lot",
    "select distinct action_id from delivery_lot where municipality_id = $1 and lot = $2 and action_id <> $3
     order by action_id",
);
const OF_ALL: Sql = sql(
    "delivery_lot",
    "select delivery_lot.action_id as action_id, count(*) as deliveries, count(distinct delivery.award_id) as recipients
     from delivery_lot join delivery
       on delivery.municipality_id = delivery_lot.municipality_id and delivery.id = delivery_id
     where delivery_lot.municipality_id = $1 and lot = $2 group by delivery_lot.action_id order by delivery_lot.action_id",
);
const RECALLS_OF_LOT: Sql = sql(
    "recall",
    "select id, body from recall where municipality_id = $1 and lot = $2 order by id",
);
const INSERT_LOTS: Bulk = Bulk {
    table: "delivery_lot",
    fixed: 0,
    head: "insert into delivery_lot (municipality_id, delivery_id, action_id, lot, shown, use_by) values",
    row: "(?, ?, ?, ?, ?, ?)",
    tail: "",
};
const RECALL: Sql = sql(
    "recall",
    "select id, body from recall where municipality_id = $1 and id = $2",
);
const RECALLS: Sql = sql(
    "recall",
    "select id, body from recall where municipality_id = $1 and action_id = $2 order by id",
);
const INSERT_RECALL: Sql = sql(
    "recall",
    "insert into recall (municipality_id, id, action_id, lot, body, created_at) values ($1, $2, $3, $4, $5, $6)",
);

fn recall(row: &Row) -> Result<Recall> {
    row.json("body")
}

fn counted(row: &Row) -> Result<LotCount> {
    Ok(LotCount {
        key: row.text("lot")?,
        lot: row.text("shown")?,
        use_by: row.get("use_by")?,
        deliveries: row.number("total")?,
    })
}

impl Scope {
    /// The lots of an action.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lots(&self, action: ActionId) -> Result<Vec<LotCount>> {
        let rows = self.db().all(&LOTS, args![self.municipality, action]).await?;
        rows.iter().map(counted).collect()
    }

    /// The lots of all actions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_lots(&self) -> Result<Vec<LotCount>> {
        let rows = self.db().all(&ALL_LOTS, args![self.municipality]).await?;
        rows.iter().map(counted).collect()
    }

    /// Deliveries of an action at which a lot was handed over; `lot` in any spelling.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn deliveries_of_lot(&self, action: ActionId, lot: &str) -> Result<Vec<Versioned<Delivery>>> {
        let values = args![self.municipality, action, lot_key(lot)];
        let rows = self.db().all(&OF_LOT, values).await?;
        rows.iter().map(versioned).collect()
    }

    /// Other actions that handed the same lot over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lot_elsewhere(&self, action: ActionId, lot: &str) -> Result<Vec<ActionId>> {
        let values = args![self.municipality, lot_key(lot), action];
        let rows = self.db().all(&ELSEWHERE, values).await?;
        rows.iter().map(|row| row.id("action_id")).collect()
    }

    /// Where a lot was handed over, action by action; `lot` in any spelling.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lot_in_actions(&self, lot: &str) -> Result<Vec<LotIn>> {
        let rows = self.db().all(&OF_ALL, args![self.municipality, lot_key(lot)]).await?;
        let count = |row: &Row| {
            Ok(LotIn {
                action_id: row.id("action_id")?,
                deliveries: row.number("deliveries")?,
                recipients: row.number("recipients")?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// Recalls of a lot in whatever action, oldest first; `lot` in any spelling.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn recalls_of_lot(&self, lot: &str) -> Result<Vec<Recall>> {
        let values = args![self.municipality, lot_key(lot)];
        let rows = self.db().all(&RECALLS_OF_LOT, values).await?;
        rows.iter().map(recall).collect()
    }

    /// A recall.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn recall(&self, id: RecallId) -> Result<Option<Recall>> {
        let row = self.db().optional(&RECALL, args![self.municipality, id]).await?;
        row.as_ref().map(recall).transpose()
    }

    /// Recalls of an action, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn recalls(&self, action: ActionId) -> Result<Vec<Recall>> {
        let rows = self.db().all(&RECALLS, args![self.municipality, action]).await?;
        rows.iter().map(recall).collect()
    }
}

impl Tx {
    /// Lots that were handed over, one for each delivery.
    ///
    /// # Errors
    /// `Conflict` when a delivery has one already.
    pub async fn insert_delivery_lots(&mut self, lots: &[HandedLot]) -> Result<()> {
        let municipality = self.municipality();
        let rows = lots
            .iter()
            .map(|one| {
                args![
                    municipality,
                    one.delivery_id,
                    one.action_id,
                    lot_key(&one.lot),
                    one.lot.as_str(),
                    one.use_by.clone()
                ]
            })
            .collect();
        self.inner.bulk(&INSERT_LOTS, Vec::new(), rows).await.map(|_| ())
    }

    /// A new recall.
    ///
    /// # Errors
    /// `Conflict` when the action called this lot back already.
    pub async fn insert_recall(&mut self, recall: &Recall) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            recall.id.into(),
            recall.action_id.into(),
            lot_key(&recall.lot).into(),
            Arg::json(recall)?,
            self.now.into(),
        ];
        self.run(&INSERT_RECALL, values).await.map(|_| ())
    }
}
