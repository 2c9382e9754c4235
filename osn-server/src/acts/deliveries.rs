//! Deliveries: planned in versions, moved by a new plan. Attempts are recorded in [`super::recording`].

use std::collections::BTreeSet;

use osn_core::canonical::Digest;
use osn_core::delivery::{AwardState, Delivery, DeliveryPlan, DeliveryState, PlanError, Slot};
use osn_core::id::{ActionId, AwardId, DeliveryId};
use osn_core::lang::LocalText;
use osn_programs::plan_record::PlanRecord;
use osn_store::{DeliveryFilter, KeptPlan, Page, PageQuery, Tx, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::assigning::{self, Assigned, Unplaced};
use crate::acts::{Acting, actions, awards, entry, stock};
use crate::auth::Right;
use crate::outbox;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A version of the plan.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// One slot for each instalment, in order.
    #[schemars(with = "Vec<shapes::Slot>")]
    pub slots: Vec<Slot>,
    /// Why this version.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
}

/// A plan with what it moved.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Planned {
    /// The version.
    #[serde(flatten)]
    #[schemars(with = "shapes::DeliveryPlan")]
    pub plan: DeliveryPlan,
    /// Deliveries that were made for awards that had none.
    pub created: usize,
    /// Deliveries that got another day.
    pub moved: usize,
    /// Recipients who are told.
    pub told: usize,
    /// People who could not be given everything, where people are assigned to rounds.
    pub unplaced: Vec<Unplaced>,
}

/// Makes a new version of the plan: awards without deliveries get theirs, open ones move, recipients are told.
pub async fn plan(acting: &Acting, action_id: ActionId, new: NewPlan) -> Outcome<Planned> {
    let officer = acting.require(Right::PlanDeliveries)?;
    let action = actions::get(acting, action_id).await?.value;
    DeliveryPlan::check(&new.slots, action.instalments).map_err(|error| slots(&error))?;
    if new.reason.get("el").trim().is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let newest = acting.scope.delivery_plans(action_id).await?.pop();
    let plan = DeliveryPlan {
        action_id,
        version: newest.map_or(1, |newest| newest.version.saturating_add(1)),
        slots: new.slots,
        reason: new.reason,
        by: officer.id,
        at: acting.now,
    };
    let Moves {
        created,
        moved,
        told,
        unplaced,
        record,
    } = all_moves(acting, &action, &plan).await?;
    let mut tx = acting.begin("plan.put").await?;
    tx.insert_delivery_plan(&plan).await?;
    tx.insert_deliveries(&created).await?;
    tx.update_deliveries(&moved).await?;
    tx.outbox_many(&told).await?;
    let record = keep(acting, &mut tx, &plan, record).await?;
    let details = serde_json::json!({
        "version": plan.version, "slots": plan.slots, "created": created.len(), "moved": moved.len(), "told": told.len(),
        "unplaced": unplaced.len(), "record": record,
    });
    tx.journal(entry("plan.put", "action", action_id.uuid(), details));
    let planned = Planned {
        plan,
        created: created.len(),
        moved: moved.len(),
        told: told.len(),
        unplaced,
    };
    acting.commit(tx, &planned).await?;
    Ok(planned)
}

/// The program is asked where people are assigned to rounds, and where there may be too little for everybody.
async fn all_moves(acting: &Acting, action: &osn_core::action::Action, plan: &DeliveryPlan) -> Outcome<Moves> {
    if !plan.is_assigned() && !stock::is_limited(acting, action.id).await? {
        return moves(acting, plan).await;
    }
    match assigned(acting, action, plan).await {
        // Nobody has anything yet: when the list is final, everybody gets the days of the plan.
        Err(refusal) if !plan.is_assigned() && refusal.code() == "plan.no-final-list" => moves(acting, plan).await,
        done => done,
    }
}

/// Keeps the record of a plan that a program made; its digest, which the journal names.
async fn keep(
    acting: &Acting,
    tx: &mut Tx,
    plan: &DeliveryPlan,
    record: Option<PlanRecord>,
) -> Outcome<Option<Digest>> {
    let Some(record) = record else { return Ok(None) };
    let bytes = record.to_canonical().map_err(Refusal::internal)?;
    let digest = PlanRecord::digest_of(&bytes);
    tx.insert_plan_record(&KeptPlan {
        id: acting.app.new_id(|id| id),
        action_id: plan.action_id,
        number: plan.version,
        digest,
        body: String::from_utf8(bytes).map_err(Refusal::internal)?,
        recorded_at: acting.now,
    })
    .await?;
    Ok(Some(digest))
}

fn slots(error: &PlanError) -> Refusal {
    let error = match error {
        PlanError::Instalments { instalments } => {
            FieldError::new("/slots", "plan-instalments").with("instalments", instalments)
        }
        PlanError::OutOfOrder { instalment } => FieldError::new("/slots", "plan-order").with("instalment", instalment),
    };
    Refusal::invalid("request.invalid", vec![error])
}

#[derive(Default)]
struct Moves {
    created: Vec<Delivery>,
    moved: Vec<Versioned<Delivery>>,
    told: Vec<osn_store::Message>,
    unplaced: Vec<Unplaced>,
    /// The plan as it can be made again, where a program assigned people.
    record: Option<PlanRecord>,
}

/// The program says who comes when; whoever has a place keeps it, at the round's new day where it got one.
async fn assigned(acting: &Acting, action: &osn_core::action::Action, plan: &DeliveryPlan) -> Outcome<Moves> {
    let Assigned {
        created,
        mut changed,
        postponed,
        unplaced,
        awards,
        record,
    } = assigning::assign(acting, action, plan).await?;
    for delivery in &mut changed {
        if let Some(moved) = to_slot(plan, delivery.clone()) {
            *delivery = moved;
        }
    }
    let touched = |delivery: &Delivery| (delivery.award_id, delivery.instalment);
    let here = created.iter().chain(changed.iter().map(|delivery| &delivery.value));
    let rounds: BTreeSet<(AwardId, u16)> = here.filter(|one| !one.waits).map(touched).collect();
    let mut told = Vec::new();
    for award in &awards {
        let of_award = |slot: &&Slot| rounds.contains(&(award.id, slot.instalment));
        let slots: Vec<&Slot> = plan.slots.iter().filter(of_award).collect();
        if !slots.is_empty() {
            let params = serde_json::json!({ "slots": slots, "version": plan.version });
            told.push(tell(acting, plan, award, params)?);
        }
        if postponed.contains(&award.id) {
            let unique = format!("{}/{}", award.id, plan.version);
            let (application, params) = (awards::application_of(award)?, serde_json::json!({}));
            let waits = outbox::to_applicant(acting, application, award.person_id, "delivery-waits", &unique, params);
            told.push(waits);
        }
    }
    Ok(Moves {
        created,
        moved: changed,
        told,
        unplaced,
        record: Some(record),
    })
}

fn tell(
    acting: &Acting,
    plan: &DeliveryPlan,
    award: &osn_core::delivery::Award,
    params: serde_json::Value,
) -> Outcome<osn_store::Message> {
    let unique = format!("{}/{}", award.id, plan.version);
    let template = if plan.version == 1 {
        "delivery-planned"
    } else {
        "delivery-replanned"
    };
    let application = awards::application_of(award)?;
    Ok(outbox::to_applicant(
        acting,
        application,
        award.person_id,
        template,
        &unique,
        params,
    ))
}

async fn moves(acting: &Acting, plan: &DeliveryPlan) -> Outcome<Moves> {
    let mut moves = Moves::default();
    let mut query = PageQuery::first();
    loop {
        let page = acting.scope.awards(plan.action_id, query).await?;
        let mut of_award = acting
            .scope
            .deliveries_of_awards(page.items.iter().map(|award| award.value.id))
            .await?;
        for award in page
            .items
            .into_iter()
            .map(|award| award.value)
            .filter(|award| matches!(award.state, AwardState::Active))
        {
            let before = (moves.created.len(), moves.moved.len());
            let mut deliveries = of_award.remove(&award.id).unwrap_or_default();
            if deliveries.is_empty() {
                moves.created.extend(
                    plan.slots
                        .iter()
                        .map(|slot| awards::planned(acting, award.id, plan.version, slot)),
                );
            }
            for delivery in deliveries
                .drain(..)
                .filter(|delivery| matches!(delivery.value.state, DeliveryState::Planned | DeliveryState::Failed))
            {
                moves.moved.extend(to_slot(plan, delivery));
            }
            if before != (moves.created.len(), moves.moved.len()) {
                let params = serde_json::json!({ "slots": plan.slots, "version": plan.version });
                moves.told.push(tell(acting, plan, &award, params)?);
            }
        }
        match page.next {
            Some(after) => {
                query = PageQuery {
                    after: Some(after),
                    ..PageQuery::first()
                }
            }
            None => return Ok(moves),
        }
    }
}

fn to_slot(plan: &DeliveryPlan, mut delivery: Versioned<Delivery>) -> Option<Versioned<Delivery>> {
    let slot = plan
        .slots
        .iter()
        .find(|slot| slot.instalment == delivery.value.instalment)?;
    if delivery.value.planned_for == slot.date {
        return None;
    }
    delivery.value.planned_for = slot.date;
    delivery.value.plan_version = plan.version;
    Some(delivery)
}

/// Every version of the plan, oldest first.
pub async fn plans(acting: &Acting, action: ActionId) -> Outcome<Vec<DeliveryPlan>> {
    acting.require(Right::SeeDeliveries)?;
    Ok(acting.scope.delivery_plans(action).await?)
}

/// One delivery, with what was written down that says nothing about a person.
pub async fn get(acting: &Acting, id: DeliveryId) -> Outcome<Versioned<Delivery>> {
    acting.require(Right::SeeDeliveries)?;
    read(acting, id).await
}

pub(crate) async fn read(acting: &Acting, id: DeliveryId) -> Outcome<Versioned<Delivery>> {
    acting
        .scope
        .delivery(id)
        .await?
        .ok_or_else(|| Refusal::not_found("delivery.unknown"))
}

/// Deliveries of an action.
pub async fn list(
    acting: &Acting,
    action: ActionId,
    filter: DeliveryFilter,
    query: PageQuery,
) -> Outcome<Page<Versioned<Delivery>>> {
    acting.require(Right::SeeDeliveries)?;
    Ok(acting.scope.deliveries(action, filter, query).await?)
}
