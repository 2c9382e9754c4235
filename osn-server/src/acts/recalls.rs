//! Lots that were handed out, and their recall: everybody who received one is told once, and the list is there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use osn_core::delivery::{Award, Delivery};
use osn_core::id::{ActionId, AwardId, DeliveryId, RecallId};
use osn_core::lang::LocalText;
use osn_core::recall::{LONGEST_LOT, Recall, lot_key};
use osn_core::time::Instant;
use osn_store::{Message, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{Acting, actions, awards, entry};
use crate::auth::Right;
use crate::outbox;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A lot of an action.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LotView {
    /// The lot, as it was written down.
    pub lot: String,
    /// The earliest last day of use that was written down with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// Deliveries at which it was handed over.
    pub deliveries: u64,
    /// Its recall, where it was called back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub recall_id: Option<RecallId>,
}

/// A lot to call back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecall {
    /// The lot, in any spelling.
    pub lot: String,
    /// Why, for the people who received it; in both languages.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
}

/// A recall with everybody who received the lot.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RecallView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: RecallId,
    /// The action.
    #[schemars(with = "uuid::Uuid")]
    pub action_id: ActionId,
    /// The lot.
    pub lot: String,
    /// Why.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
    /// When it was called back.
    pub at: Instant,
    /// Whoever received it, by reference of the application. Each is told once, also those whose delivery is recorded later.
    pub recipients: Vec<RecallRecipient>,
    /// Other actions that handed the same lot over; `/recalls` calls it back in all of them at once.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub elsewhere: Vec<ActionId>,
}

/// Somebody who received a lot that is called back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RecallRecipient {
    /// The award.
    #[schemars(with = "uuid::Uuid")]
    pub award_id: AwardId,
    /// Reference of the application.
    pub reference: String,
    /// Deliveries at which the lot was handed over.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub deliveries: Vec<DeliveryId>,
    /// The days on which it arrived.
    pub days: Vec<NaiveDate>,
}

/// The lots that an action handed over.
pub async fn lots(acting: &Acting, action: ActionId) -> Outcome<Vec<LotView>> {
    acting.require(Right::SeeDeliveries)?;
    actions::read(acting, action).await?;
    let recalls = acting.scope.recalls(action).await?;
    let of = |key: &str| recalls.iter().find(|recall| lot_key(&recall.lot) == key);
    let lots = acting.scope.lots(action).await?;
    let view = |lot: osn_store::LotCount| LotView {
        recall_id: of(&lot.key).map(|recall| recall.id),
        use_by: lot.use_by.and_then(|day| day.parse().ok()),
        lot: lot.lot,
        deliveries: lot.deliveries,
    };
    Ok(lots.into_iter().map(view).collect())
}

/// Calls a lot back and tells everybody who received it. The same lot again answers the recall that stands, and tells only
/// those who were not told.
pub async fn recall(acting: &Acting, action: ActionId, new: NewRecall) -> Outcome<RecallView> {
    let officer = acting.require(Right::PlanDeliveries)?.id;
    actions::read(acting, action).await?;
    let lot = checked(&new)?;
    let before = acting.scope.recalls(action).await?;
    let before = before.into_iter().find(|recall| lot_key(&recall.lot) == lot_key(&lot));
    let is_new = before.is_none();
    let recall = before.unwrap_or(Recall {
        id: acting.app.new_id(RecallId::new),
        action_id: action,
        lot,
        reason: new.reason,
        by: officer,
        at: acting.now,
    });
    let holders = Holders::of(acting, &recall).await?;
    let mut messages = Vec::new();
    for (award, deliveries) in holders.each() {
        messages.push(message(acting, &recall, award, &deliveries)?);
    }
    let view = view(acting, recall, &holders).await?;
    let mut tx = acting.begin("lot.recall").await?;
    if is_new {
        let standing = Recall {
            id: view.id,
            action_id: action,
            lot: view.lot.clone(),
            reason: view.reason.clone(),
            by: officer,
            at: view.at,
        };
        tx.insert_recall(&standing).await?;
    }
    tx.outbox_many(&messages).await?;
    let details = serde_json::json!({ "lot": view.lot, "recipients": view.recipients.len(), "again": !is_new });
    tx.journal(entry("lot.recall", "action", action.uuid(), details));
    acting.commit(tx, &view).await?;
    Ok(view)
}

/// The lot as it is kept, where it names one and both languages say why.
pub(super) fn checked(new: &NewRecall) -> Outcome<String> {
    let lot = new.lot.trim().to_owned();
    let mut errors = Vec::new();
    if lot_key(&lot).is_empty() || lot.chars().count() > LONGEST_LOT {
        errors.push(FieldError::new("/lot", "not-a-lot"));
    }
    for language in ["el", "en"] {
        if !new.reason.has(language) || new.reason.get(language).trim().is_empty() {
            errors.push(FieldError::new(format!("/reason/{language}"), "required"));
        }
    }
    if errors.is_empty() {
        Ok(lot)
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

/// Recalls of an action, oldest first.
pub async fn list(acting: &Acting, action: ActionId) -> Outcome<Vec<RecallView>> {
    acting.require(Right::SeeDeliveries)?;
    actions::read(acting, action).await?;
    let mut views = Vec::new();
    for recall in acting.scope.recalls(action).await? {
        let holders = Holders::of(acting, &recall).await?;
        views.push(view(acting, recall, &holders).await?);
    }
    Ok(views)
}

/// One recall.
pub async fn get(acting: &Acting, id: RecallId) -> Outcome<RecallView> {
    acting.require(Right::SeeDeliveries)?;
    let recall = acting.scope.recall(id).await?;
    let recall = recall.ok_or_else(|| Refusal::not_found("recall.unknown"))?;
    let holders = Holders::of(acting, &recall).await?;
    view(acting, recall, &holders).await
}

/// The message to somebody who received a lot; the same person is never told twice of one recall.
pub(crate) fn message(acting: &Acting, recall: &Recall, award: &Award, deliveries: &[&Delivery]) -> Outcome<Message> {
    let days = days(acting, deliveries);
    let slots: Vec<_> = days.iter().map(|day| serde_json::json!({ "date": day })).collect();
    let application = awards::application_of(award)?;
    let unique = format!("{}/{}", recall.id, award.id);
    let params = serde_json::json!({ "lot": recall.lot, "slots": slots });
    Ok(outbox::to_applicant(
        acting,
        application,
        award.person_id,
        "lot-recalled",
        &unique,
        params,
    ))
}

/// The days on which deliveries arrived, in the municipality's time.
fn days(acting: &Acting, deliveries: &[&Delivery]) -> Vec<NaiveDate> {
    let arrived = deliveries.iter().filter_map(|delivery| delivery.delivered_at());
    let days: BTreeSet<NaiveDate> = arrived.map(|at| acting.zone().day(at)).collect();
    days.into_iter().collect()
}

/// Who holds a lot.
pub(super) struct Holders {
    deliveries: BTreeMap<AwardId, Vec<Delivery>>,
    awards: BTreeMap<AwardId, Versioned<Award>>,
}

impl Holders {
    pub(super) async fn of(acting: &Acting, recall: &Recall) -> Outcome<Self> {
        let mut deliveries: BTreeMap<AwardId, Vec<Delivery>> = BTreeMap::new();
        for delivery in acting.scope.deliveries_of_lot(recall.action_id, &recall.lot).await? {
            deliveries
                .entry(delivery.value.award_id)
                .or_default()
                .push(delivery.value);
        }
        let awards = acting.scope.awards_by_id(deliveries.keys().copied()).await?;
        Ok(Self { deliveries, awards })
    }

    pub(super) fn each(&self) -> impl Iterator<Item = (&Award, Vec<&Delivery>)> {
        self.deliveries.iter().filter_map(|(award, deliveries)| {
            let award = &self.awards.get(award)?.value;
            Some((award, deliveries.iter().collect()))
        })
    }
}

async fn view(acting: &Acting, recall: Recall, holders: &Holders) -> Outcome<RecallView> {
    let ids = holders.each().filter_map(|(award, _)| award.basis.application());
    let applications = acting.scope.applications_by_id(ids).await?;
    let recipient = |(award, deliveries): (&Award, Vec<&Delivery>)| {
        let application = applications.get(&award.basis.application()?)?;
        Some(RecallRecipient {
            award_id: award.id,
            reference: application.value.reference.to_string(),
            days: days(acting, &deliveries),
            deliveries: deliveries.iter().map(|delivery| delivery.id).collect(),
        })
    };
    let mut recipients: Vec<RecallRecipient> = holders.each().filter_map(recipient).collect();
    recipients.sort_by(|one, other| one.reference.cmp(&other.reference));
    Ok(RecallView {
        elsewhere: acting.scope.lot_elsewhere(recall.action_id, &recall.lot).await?,
        id: recall.id,
        action_id: recall.action_id,
        lot: recall.lot,
        reason: recall.reason,
        at: recall.at,
        recipients,
    })
}
