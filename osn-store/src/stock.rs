//! What there is to hand over: the entries of an action's stock, and what was handed over of it.

use osn_core::id::ActionId;
use osn_core::stock::{HandedOver, StockEntry};

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

const ENTRIES: Sql = sql(
    "stock_entry",
    "select id, body from stock_entry where municipality_id = $1 and action_id = $2 order by id",
);
const INSERT: Sql = sql(
    "stock_entry",
    "insert into stock_entry (municipality_id, id, action_id, body, created_at) values ($1, $2, $3, $4, $5)",
);
/// Backend-specific: each database has its own way to the elements of a JSON list.
const HANDED: Sql = sql(
    "delivery",
    "select instalment, coalesce(json_extract(item.value, '$.supply'), '') as supply, coalesce(delivery_lot.lot, '') as lot,
       sum(coalesce(json_extract(item.value, '$.quantity'), 1)) as total
     from delivery left join json_each(delivery.body, '$.items') as item
       left join delivery_lot on delivery_lot.municipality_id = delivery.municipality_id and delivery_id = delivery.id
     where delivery.municipality_id = $1 and delivery.action_id = $2 and delivery.state = 'delivered'
     group by 1, 2, 3 order by 1, 2, 3",
)
.on_postgres(
    "select instalment, coalesce(item ->> 'supply', '') as supply, coalesce(delivery_lot.lot, '') as lot,
       sum(coalesce((item ->> 'quantity')::bigint, 1))::bigint as total
     from delivery left join lateral jsonb_array_elements(coalesce(delivery.body -> 'items', '[]'::jsonb)) as item on true
       left join delivery_lot on delivery_lot.municipality_id = delivery.municipality_id and delivery_id = delivery.id
     where delivery.municipality_id = $1 and delivery.action_id = $2 and delivery.state = 'delivered'
     group by 1, 2, 3 order by 1, 2, 3",
);

/// Backend-specific: each database has its own way into JSON.
const THAT_WAIT: Sql = sql(
    "delivery",
    "select count(*) as total from delivery
     where municipality_id = $1 and action_id = $2 and state in ('planned', 'failed') and json_extract(body, '$.waits')",
)
.on_postgres(
    "select count(*) as total from delivery
     where municipality_id = $1 and action_id = $2 and state in ('planned', 'failed') and (body ->> 'waits') = 'true'",
);

impl Scope {
    /// The entries of an action's stock, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn stock_entries(&self, action: ActionId) -> Result<Vec<StockEntry>> {
        let rows = self.db().all(&ENTRIES, args![self.municipality, action]).await?;
        rows.iter().map(|row| row.json("body")).collect()
    }

    /// What an action handed over, by instalment, supply and lot. A delivery that everybody had counts as one piece of a supply
    /// without a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handed_over(&self, action: ActionId) -> Result<Vec<HandedOver>> {
        let rows = self.db().all(&HANDED, args![self.municipality, action]).await?;
        let read = |row: &crate::value::Row| {
            Ok(HandedOver {
                instalment: row.number("instalment")?,
                supply: row.text("supply")?,
                lot: row.text("lot")?,
                pieces: row.number("total")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Deliveries of an action that wait, because there was nothing to plan for them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries_that_wait(&self, action: ActionId) -> Result<u64> {
        let row = self.db().one(&THAT_WAIT, args![self.municipality, action]).await?;
        row.number("total")
    }
}

impl Tx {
    /// A new entry of an action's stock.
    ///
    /// # Errors
    /// When the action does not exist.
    pub async fn insert_stock_entry(&mut self, entry: &StockEntry) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            entry.id.into(),
            entry.action_id.into(),
            Arg::json(entry)?,
            self.now.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }
}
