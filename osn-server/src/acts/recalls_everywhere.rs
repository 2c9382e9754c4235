//! A lot in all actions of the municipality: where it was handed over, and its recall in all of them in one act.

use std::collections::BTreeMap;

use osn_core::action::{Action, ActionState};
use osn_core::id::{ActionId, RecallId};
use osn_core::lang::LocalText;
use osn_core::recall::{Recall, lot_key};
use osn_programs::about::Role;
use osn_store::{LotCount, LotIn, PageQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::recalls::{self, Holders, NewRecall};
use crate::acts::written::Ground;
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::refusal::Outcome;
use crate::shapes;

/// Which lot.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AskedLot {
    /// The lot, in any spelling.
    #[serde(default)]
    pub lot: String,
}

/// A lot in every action that writes lots down.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LotEverywhere {
    /// The lot, as it was asked for.
    pub lot: String,
    /// The actions: those that handed it over, and those that may yet.
    pub actions: Vec<LotInAction>,
}

/// A lot in one action.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LotInAction {
    /// The action.
    #[schemars(with = "uuid::Uuid")]
    pub action_id: ActionId,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// Deliveries at which it was handed over.
    pub deliveries: u64,
    /// Whoever received it.
    pub recipients: u64,
    /// Its recall, where it was called back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub recall_id: Option<RecallId>,
}

/// Where a lot was handed over.
pub async fn find(acting: &Acting, lot: &str) -> Outcome<LotEverywhere> {
    acting.require(Right::SeeDeliveries)?;
    let actions = concerned(acting, lot).await?;
    view(acting, lot, actions).await
}

/// Every lot that was handed over in whatever action.
pub async fn lots(acting: &Acting) -> Outcome<Vec<LotCount>> {
    acting.require(Right::SeeDeliveries)?;
    Ok(acting.scope.all_lots().await?)
}

/// Calls a lot back wherever lots are written down: everybody who received it is told once, and whoever's delivery is recorded
/// later is told then. Where it was called back before, that recall stands.
pub async fn recall(acting: &Acting, new: NewRecall) -> Outcome<LotEverywhere> {
    let officer = acting.require(Right::PlanDeliveries)?.id;
    let lot = recalls::checked(&new)?;
    let mut standing: BTreeMap<ActionId, Recall> = BTreeMap::new();
    for recall in acting.scope.recalls_of_lot(&lot).await? {
        standing.insert(recall.action_id, recall);
    }
    let actions = concerned(acting, &lot).await?;
    let (mut fresh, mut messages) = (Vec::new(), Vec::new());
    let mut told = BTreeMap::new();
    for action in &actions {
        let recall = match standing.get(&action.id) {
            Some(recall) => recall.clone(),
            None => {
                let recall = Recall {
                    id: acting.app.new_id(RecallId::new),
                    action_id: action.id,
                    lot: lot.clone(),
                    reason: new.reason.clone(),
                    by: officer,
                    at: acting.now,
                };
                fresh.push(recall.clone());
                recall
            }
        };
        let holders = Holders::of(acting, &recall).await?;
        let before = messages.len();
        for (award, deliveries) in holders.each() {
            messages.push(recalls::message(acting, &recall, award, &deliveries)?);
        }
        told.insert(action.id.to_string(), messages.len() - before);
    }
    let mut answer = view(acting, &lot, actions).await?;
    for recall in &fresh {
        let of = |one: &&mut LotInAction| one.action_id == recall.action_id;
        if let Some(one) = answer.actions.iter_mut().find(of) {
            one.recall_id = Some(recall.id);
        }
    }
    let mut tx = acting.begin("lot.recall-everywhere").await?;
    for recall in &fresh {
        tx.insert_recall(recall).await?;
    }
    tx.outbox_many(&messages).await?;
    let details = serde_json::json!({ "lot": lot, "recipients": told, "new": fresh.len() });
    let subject = acting.municipality().id.uuid();
    tx.journal(entry("lot.recall-everywhere", "municipality", subject, details));
    acting.commit(tx, &answer).await?;
    Ok(answer)
}

/// The actions that handed a lot over, and those whose program writes lots down and that still run: their parcels may hold it.
async fn concerned(acting: &Acting, lot: &str) -> Outcome<Vec<Action>> {
    let handed: Vec<ActionId> = acting
        .scope
        .lot_in_actions(lot)
        .await?
        .iter()
        .map(|one| one.action_id)
        .collect();
    let mut actions = Vec::new();
    let mut query = PageQuery::first();
    loop {
        let page = acting.scope.actions(query.clone()).await?;
        for action in page.items.into_iter().map(|action| action.value) {
            let is_running = matches!(action.state, ActionState::Approved { .. });
            let writes_lots = is_running && Ground::of(acting, action.id).await?.about.recorded(Role::Lot).is_some();
            if writes_lots || handed.contains(&action.id) {
                actions.push(action);
            }
        }
        match page.next {
            Some(after) => query.after = Some(after),
            None => return Ok(actions),
        }
    }
}

async fn view(acting: &Acting, lot: &str, actions: Vec<Action>) -> Outcome<LotEverywhere> {
    let handed = acting.scope.lot_in_actions(lot).await?;
    let of = |action: ActionId| handed.iter().find(|one: &&LotIn| one.action_id == action);
    let recalls = if lot_key(lot).is_empty() {
        Vec::new()
    } else {
        acting.scope.recalls_of_lot(lot).await?
    };
    let in_action = |action: Action| LotInAction {
        deliveries: of(action.id).map_or(0, |one| one.deliveries),
        recipients: of(action.id).map_or(0, |one| one.recipients),
        recall_id: recalls
            .iter()
            .find(|recall| recall.action_id == action.id)
            .map(|recall| recall.id),
        action_id: action.id,
        name: action.name,
    };
    Ok(LotEverywhere {
        lot: lot.trim().to_owned(),
        actions: actions.into_iter().map(in_action).collect(),
    })
}
