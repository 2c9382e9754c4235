//! The way from a euro to a delivery, the decision behind it and the certificate of need, and back.

use std::collections::BTreeMap;

use osn_core::delivery::{Award, AwardBasis, Delivery};
use osn_core::id::{
    ActionId, ApplicationId, CertificateId, DecisionId, DeliveryId, ExpenseId, InterventionId, RequestId,
};
use osn_core::immediate::ImmediateIntervention;
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::{DeliveryFilter, PageQuery};
use schemars::JsonSchema;
use serde::Serialize;

use super::{expenses, measuring};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// A delivery that an expense paid for, with the decision behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TracedDelivery {
    /// The delivery.
    #[schemars(with = "uuid::Uuid")]
    pub delivery_id: DeliveryId,
    /// Instalment.
    pub instalment: u16,
    /// Where it stands.
    pub state: String,
    /// The application whose award it belongs to; pseudonymous, and absent of immediate help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub application_id: Option<ApplicationId>,
    /// The decision that found it eligible.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub decision_id: Option<DecisionId>,
}

/// Where a part of an expense went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TracedPart {
    /// How much.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
    /// The action.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub action_id: Option<ActionId>,
    /// The immediate help, where the money went there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub intervention_id: Option<InterventionId>,
    /// Name of the action, or of the catalogue's entry.
    #[schemars(with = "shapes::LocalText")]
    pub action: LocalText,
    /// The certificate of need that justifies it; absent until that of immediate help follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub certificate_id: Option<CertificateId>,
    /// Further certificates that the action answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Option<Vec<uuid::Uuid>>")]
    pub further_certificates: Vec<CertificateId>,
    /// The request behind the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub request_id: Option<RequestId>,
    /// Deliveries that arrived.
    pub delivered: u64,
    /// What one delivery cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub per_delivery: Option<Money>,
    /// The first deliveries, as many as a page holds.
    pub deliveries: Vec<TracedDelivery>,
}

/// Deliveries shown of one part.
const SHOWN: u32 = 50;

/// From an expense to deliveries, decisions, certificates.
pub async fn of_expense(acting: &Acting, id: ExpenseId) -> Outcome<Vec<TracedPart>> {
    acting.require(Right::SeeMoney)?;
    let row = expenses::read(acting, id).await?.value;
    let declared = row.expense.declared()?;
    let mut parts = Vec::new();
    for part in &row.expense.allocations {
        let amount = part.share.of(declared)?;
        match (part.action_id, part.delivery_id) {
            (Some(action), delivery) => {
                parts.push(traced(acting, amount, action, part.instalment, delivery).await?);
            }
            (None, Some(delivery)) => parts.extend(helped(acting, amount, delivery).await?),
            (None, None) => {}
        }
    }
    Ok(parts)
}

async fn traced(
    acting: &Acting,
    amount: Money,
    action_id: ActionId,
    instalment: Option<u16>,
    delivery: Option<DeliveryId>,
) -> Outcome<TracedPart> {
    let action = crate::acts::actions::read(acting, action_id).await?.value;
    let (deliveries, delivered) = match delivery {
        Some(id) => {
            let found = acting.scope.delivery(id).await?;
            let arrived = u64::from(
                found
                    .as_ref()
                    .is_some_and(|read| read.value.state.name() == "delivered"),
            );
            (found.into_iter().collect(), arrived)
        }
        None => {
            let filter = DeliveryFilter {
                instalment,
                state: Some("delivered".to_owned()),
            };
            let page = PageQuery {
                limit: SHOWN,
                after: None,
            };
            let page = acting.scope.deliveries(action_id, filter, page).await?;
            (page.items, page.total)
        }
    };
    let awards = acting
        .scope
        .awards_by_id(deliveries.iter().map(|read| read.value.award_id))
        .await?;
    let mut shown = Vec::new();
    for read in &deliveries {
        let award = awards.get(&read.value.award_id).map(|award| &award.value);
        shown.push(delivery_shown(acting, &read.value, award).await?);
    }
    let certificate = acting.scope.certificate(action.certificate_id).await?;
    let count = u32::try_from(delivered).unwrap_or(u32::MAX);
    let per_delivery = (count > 0)
        .then(|| amount.divide_by(count.into(), osn_core::money::Rounding::HalfUp))
        .transpose()?;
    Ok(TracedPart {
        amount,
        action_id: Some(action_id),
        intervention_id: None,
        action: action.name,
        certificate_id: Some(action.certificate_id),
        further_certificates: action.further_certificates,
        request_id: certificate.map(|signed| signed.certificate.request_id),
        delivered,
        per_delivery,
        deliveries: shown,
    })
}

async fn delivery_shown(acting: &Acting, delivery: &Delivery, award: Option<&Award>) -> Outcome<TracedDelivery> {
    let application_id = award.and_then(|award| award.basis.application());
    let decision_id = match (application_id, award.map(|award| award.basis)) {
        (Some(application), _) => acting.scope.decisions_of(application).await?.last().map(|row| row.id),
        (None, Some(AwardBasis::Immediate { decision_id, .. })) => Some(decision_id),
        (None, _) => None,
    };
    Ok(TracedDelivery {
        delivery_id: delivery.id,
        instalment: delivery.instalment,
        state: delivery.state.name().to_owned(),
        application_id,
        decision_id,
    })
}

/// A part that paid for a delivery of immediate help; nothing where the delivery is of an action that was not named.
async fn helped(acting: &Acting, amount: Money, id: DeliveryId) -> Outcome<Option<TracedPart>> {
    let Some(delivery) = acting.scope.delivery(id).await? else {
        return Ok(None);
    };
    let award = acting
        .scope
        .award(delivery.value.award_id)
        .await?
        .map(|read| read.value);
    let Some(intervention_id) = award.as_ref().and_then(|award| award.basis.intervention()) else {
        return Ok(None);
    };
    let Some(help) = acting
        .scope
        .network_record::<ImmediateIntervention>(intervention_id.uuid())
        .await?
    else {
        return Ok(None);
    };
    let model = acting.scope.intervention_model(Some(help.value.model_version)).await?;
    let entry = model.and_then(|model| {
        let mut catalogue = model.catalogue.0.into_iter();
        catalogue.find(|entry| entry.code == help.value.entry)
    });
    let code = help.value.entry;
    Ok(Some(TracedPart {
        amount,
        action_id: None,
        intervention_id: Some(intervention_id),
        action: entry.map_or_else(|| LocalText::new(code.clone(), code.clone()), |entry| entry.name),
        certificate_id: help.value.certificate_id,
        further_certificates: Vec::new(),
        request_id: help.value.request_id,
        delivered: u64::from(delivery.value.state.name() == "delivered"),
        per_delivery: Some(amount),
        deliveries: vec![delivery_shown(acting, &delivery.value, award.as_ref()).await?],
    }))
}

/// An expense that paid for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaidBy {
    /// The expense.
    #[schemars(with = "uuid::Uuid")]
    pub expense_id: ExpenseId,
    /// For what.
    pub subject: String,
    /// Where it stands.
    pub state: String,
    /// How much of it.
    #[schemars(with = "shapes::Money")]
    pub amount: Money,
}

/// The money behind an action: every expense, and what one person reached cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionMoney {
    /// The action.
    #[schemars(with = "uuid::Uuid")]
    pub action_id: ActionId,
    /// Money set aside.
    #[schemars(with = "shapes::Money")]
    pub budget: Money,
    /// What was spent on it.
    #[schemars(with = "shapes::Money")]
    pub spent: Money,
    /// People to whom something arrived, each once.
    pub reached: u64,
    /// What one of them cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub per_person: Option<Money>,
    /// Expenses.
    pub expenses: Vec<PaidBy>,
}

/// From an action back to the money.
pub async fn of_action(acting: &Acting, id: ActionId) -> Outcome<ActionMoney> {
    acting.require(Right::SeeMoney)?;
    let action = crate::acts::actions::read(acting, id).await?.value;
    let parts = acting.scope.parts_of_action(id).await?;
    let mut sums: BTreeMap<ExpenseId, Money> = BTreeMap::new();
    for part in &parts {
        let sum = sums.entry(part.expense_id).or_default();
        *sum = sum.checked_add(part.amount)?;
    }
    let mut paid = Vec::new();
    for (expense_id, amount) in &sums {
        let row = expenses::read(acting, *expense_id).await?.value;
        paid.push(PaidBy {
            expense_id: *expense_id,
            subject: row.expense.subject.clone(),
            state: row.state.name().to_owned(),
            amount: *amount,
        });
    }
    let reached = measuring::people(acting, &[id]).await?.value;
    let spent = Money::checked_sum(sums.values().copied())?;
    let count = u32::try_from(reached).unwrap_or(u32::MAX);
    let per_person = (count > 0)
        .then(|| spent.divide_by(count.into(), osn_core::money::Rounding::HalfUp))
        .transpose()?;
    Ok(ActionMoney {
        action_id: id,
        budget: action.budget,
        spent,
        reached,
        per_person,
        expenses: paid,
    })
}

/// From a delivery back to the money: expenses that name it, or its instalment, or its whole action.
pub async fn of_delivery(acting: &Acting, id: DeliveryId) -> Outcome<Vec<PaidBy>> {
    acting.require(Right::SeeMoney)?;
    let delivery = acting
        .scope
        .delivery(id)
        .await?
        .ok_or_else(|| Refusal::not_found("delivery.unknown"))?
        .value;
    let awards = acting.scope.awards_by_id([delivery.award_id]).await?;
    let Some(award) = awards.get(&delivery.award_id) else {
        return Ok(Vec::new());
    };
    let parts = match award.value.action_id {
        Some(action) => acting.scope.parts_of_action(action).await?,
        None => acting.scope.parts_of_delivery(id).await?,
    };
    let mut paid = Vec::new();
    for part in parts {
        let named = match (part.delivery_id, part.instalment) {
            (Some(named), _) => named == id,
            (None, Some(instalment)) => instalment == delivery.instalment,
            (None, None) => true,
        };
        if named {
            let row = expenses::read(acting, part.expense_id).await?.value;
            paid.push(PaidBy {
                expense_id: part.expense_id,
                subject: row.expense.subject.clone(),
                state: row.state.name().to_owned(),
                amount: part.amount,
            });
        }
    }
    Ok(paid)
}
