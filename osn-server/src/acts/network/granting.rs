//! A second person decides on immediate help, and it is given. Everything stands in the tables that a call uses: for each
//! person a decision with its frozen record, an award, a delivery each time something was given, and where an operation
//! pays the expense of that delivery.

use chrono::NaiveDate;
use osn_core::application::AssessmentOutcome;
use osn_core::canonical::Digest;
use osn_core::delivery::{
    Attempt, AttemptResult, Award, AwardBasis, AwardEvent, AwardState, Delivery, DeliveryItem, DeliveryState,
};
use osn_core::expenditure::{Allocation, Document, DocumentKind, Expense, Share};
use osn_core::id::{AccountId, AwardId, DecisionId, DeliveryId, ExpenseId, InterventionId, PersonId};
use osn_core::immediate::{
    HelpDecision, HelpGiven, HelpPayer, HelpTo, ImmediateIntervention, InterventionError, InterventionEvent,
    InterventionState,
};
use osn_core::money::Money;
use osn_core::referral::ReferralData;
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_store::{NewHelpDecision, Readable, Tx, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Why, immediate};
use crate::acts::money::expenses::{self, Prepared};
use crate::acts::money::trace::{self, PaidBy};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// Something that was given.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// To whom; left out for a body.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub person_id: Option<PersonId>,
    /// When.
    pub on: NaiveDate,
    /// What it cost.
    #[schemars(with = "shapes::Money")]
    pub cost: Money,
    /// Number of the paper that proves the expense, where an operation pays.
    #[serde(default)]
    pub paper: Option<String>,
    /// Whether this was the last of it.
    #[serde(default)]
    pub last: bool,
}

/// A second person approves: each person holds the right to what is given.
pub async fn approve(acting: &Acting, id: InterventionId) -> Outcome<Saved<ImmediateIntervention>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    decide(acting, id, "intervention.approve", |help| help.approve(by, acting.now)).await
}

/// A second person refuses, with a reason.
pub async fn refuse(acting: &Acting, id: InterventionId, why: Why) -> Outcome<Saved<ImmediateIntervention>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let reason = why.given()?;
    decide(acting, id, "intervention.refuse", |help| {
        help.refuse(by, acting.now, reason)
    })
    .await
}

/// Decides, with one decision for each person, or one for a body; where help is granted, with their awards.
async fn decide(
    acting: &Acting,
    id: InterventionId,
    act: &'static str,
    step: impl FnOnce(&mut ImmediateIntervention) -> Result<(), InterventionError>,
) -> Outcome<Saved<ImmediateIntervention>> {
    let Versioned { mut value, version, .. } = immediate::get(acting, id).await?;
    acting.check_version(version)?;
    step(&mut value)?;
    let decision = HelpDecision::of(&value).ok_or_else(|| Refusal::internal("a step that decides left no decision"))?;
    let (record, digest) = decision.to_canonical().map_err(Refusal::internal)?;
    let recipients = recipients(acting, &value).await?;
    let mut tx = acting.begin(act).await?;
    tx.update_network(&value, version).await?;
    for person_id in &recipients {
        let made = (decision.answer.granted, record.as_slice(), digest);
        grant(acting, &mut tx, &value, *person_id, made).await?;
    }
    let details = json!({ "state": value.state.name(), "decisions": recipients.len(), "digest": digest });
    tx.journal(entry(act, "intervention", id.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Whose keys seal what is decided: everybody who is helped and was not erased meanwhile; for a body, a key of its own.
async fn recipients(acting: &Acting, help: &ImmediateIntervention) -> Outcome<Vec<PersonId>> {
    match &help.to {
        HelpTo::Body { .. } => {
            let key = acting.app.new_id(PersonId::new);
            acting.scope.new_people(&[key], acting.now).await?;
            Ok(vec![key])
        }
        HelpTo::People { people } => {
            let mut known = Vec::new();
            for person in people {
                let data = acting.scope.person_for_machine::<ReferralData>(help.id.uuid(), *person);
                if matches!(data.await?, Some(Readable::Data(_))) {
                    known.push(*person);
                }
            }
            Ok(known)
        }
    }
}

async fn grant(
    acting: &Acting,
    tx: &mut Tx,
    help: &ImmediateIntervention,
    person_id: PersonId,
    (granted, record, digest): (bool, &[u8], Digest),
) -> Outcome<()> {
    let decision = NewHelpDecision {
        id: acting.app.new_id(DecisionId::new),
        intervention_id: help.id,
        person_id,
        outcome: if granted {
            AssessmentOutcome::Eligible
        } else {
            AssessmentOutcome::NotEligible
        },
        units: help.to.units(),
        digest,
        record,
    };
    tx.insert_help_decision(&decision).await?;
    if granted {
        let award = Award {
            id: acting.app.new_id(AwardId::new),
            action_id: None,
            person_id,
            basis: AwardBasis::Immediate {
                intervention_id: help.id,
                decision_id: decision.id,
            },
            awarded_at: acting.now,
            state: AwardState::Active,
        };
        tx.insert_award(&award).await?;
    }
    Ok(())
}

/// It is taken back, as long as nothing was given; the awards go with it.
pub async fn cancel(acting: &Acting, id: InterventionId) -> Outcome<Saved<ImmediateIntervention>> {
    acting.require(Right::HelpAtOnce)?;
    let Versioned { mut value, version, .. } = immediate::get(acting, id).await?;
    acting.check_version(version)?;
    if !value.given.is_empty() {
        return Err(Refusal::conflict("immediate.given"));
    }
    value.state = value.state.apply(&InterventionEvent::Cancel { at: acting.now })?;
    let mut tx = acting.begin("intervention.cancel").await?;
    tx.update_network(&value, version).await?;
    move_awards(acting, &mut tx, id, AwardEvent::Withdraw { at: acting.now }).await?;
    finish(acting, tx, "intervention.cancel", value, version).await
}

/// Something was given: a delivery of the person's award, and its expense where an operation pays.
pub async fn give(acting: &Acting, id: InterventionId, given: Given) -> Outcome<Saved<ImmediateIntervention>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let Versioned { mut value, version, .. } = immediate::get(acting, id).await?;
    acting.check_version(version)?;
    let awards = acting.scope.awards_of_help(id).await?;
    let award = awards
        .iter()
        .find(|award| given.person_id.is_none_or(|person| award.value.person_id == person));
    let delivery = match award {
        Some(award) => Some(delivered(acting, by, &value, award.value.id, &given).await?),
        None => None,
    };
    let one = HelpGiven {
        person_id: given.person_id,
        on: given.on,
        by,
        cost: given.cost,
        delivery_id: delivery.as_ref().map(|delivery| delivery.id),
    };
    value.give(one, acting.zone().day(acting.now))?;
    let expense = match (&value.payer, &delivery) {
        (Some(payer), Some(delivery)) if given.cost.is_positive() => {
            Some(expense(acting, by, &value, payer, delivery.id, &given).await?)
        }
        _ => None,
    };
    if given.last {
        value.state = value.state.apply(&InterventionEvent::Deliver { at: acting.now })?;
    }
    let mut tx = acting.begin("intervention.give").await?;
    tx.update_network(&value, version).await?;
    if let Some(delivery) = &delivery {
        tx.insert_delivery(delivery).await?;
    }
    if let Some(expense) = &expense {
        expenses::insert_prepared(acting, &mut tx, expense).await?;
    }
    if given.last {
        move_awards(acting, &mut tx, id, AwardEvent::Fulfil { at: acting.now }).await?;
    }
    finish(acting, tx, "intervention.give", value, version).await
}

async fn finish(
    acting: &Acting,
    mut tx: Tx,
    act: &'static str,
    value: ImmediateIntervention,
    version: i64,
) -> Outcome<Saved<ImmediateIntervention>> {
    let details = json!({ "state": value.state.name() });
    tx.journal(entry(act, "intervention", value.id.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

async fn move_awards(acting: &Acting, tx: &mut Tx, id: InterventionId, event: AwardEvent) -> Outcome<()> {
    for award in acting.scope.awards_of_help(id).await? {
        let mut value = award.value;
        value.state = value.state.apply(&event)?;
        tx.update_award(&value, award.version).await?;
    }
    Ok(())
}

/// What was given, as a delivery that arrived. No plan set its day.
async fn delivered(
    acting: &Acting,
    by: AccountId,
    help: &ImmediateIntervention,
    award_id: AwardId,
    given: &Given,
) -> Outcome<Delivery> {
    let before = acting.scope.deliveries_of(award_id).await?.len();
    Ok(Delivery {
        id: acting.app.new_id(DeliveryId::new),
        award_id,
        instalment: u16::try_from(before + 1).unwrap_or(u16::MAX),
        planned_for: given.on,
        plan_version: 0,
        items: vec![DeliveryItem {
            claim: 0,
            supply: help.entry.clone(),
            quantity: help.to.units(),
            cost: given.cost,
        }],
        waits: false,
        attempts: vec![Attempt::new(acting.now, by, AttemptResult::Delivered)],
        state: DeliveryState::Delivered { at: acting.now },
    })
}

/// The expense of one delivery, judged as every expense. Whoever gave it entered it; another person approves it.
async fn expense(
    acting: &Acting,
    by: AccountId,
    help: &ImmediateIntervention,
    payer: &HelpPayer,
    delivery_id: DeliveryId,
    given: &Given,
) -> Outcome<Prepared> {
    let number = given.paper.as_deref().map(str::trim).unwrap_or_default();
    if number.is_empty() {
        return Err(InterventionError::NoPaper.into());
    }
    let document = Document {
        kind: DocumentKind::Receipt,
        number: number.to_owned(),
        issued_on: given.on,
        net: given.cost,
        vat: Money::ZERO,
        gross: given.cost,
        currency: Money::CURRENCY.to_owned(),
    };
    let model = acting.scope.intervention_model(Some(help.model_version)).await?;
    let entry = model.and_then(|model| {
        let mut catalogue = model.catalogue.0.into_iter();
        catalogue.find(|entry| entry.code == help.entry)
    });
    let id = acting.app.new_id(ExpenseId::new);
    let mut expense = Expense::of(id, payer.operation_id, payer.category, document);
    expense.sub_project.clone_from(&payer.sub_project);
    expense.work_package.clone_from(&payer.work_package);
    expense.subject = entry.map_or_else(|| help.entry.clone(), |entry| entry.name.get("el").to_owned());
    expense.dates.delivered = Some(given.on);
    expense.allocations = vec![Allocation {
        share: Share::WHOLE,
        action_id: None,
        deliverable: None,
        delivery_id: Some(delivery_id),
        instalment: None,
    }];
    expenses::prepared_by(acting, by, expense).await
}

/// A decision on immediate help.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HelpDecided {
    /// The decision.
    #[schemars(with = "uuid::Uuid")]
    pub decision_id: DecisionId,
    /// Whom it is about; for a body, a key of its own.
    #[schemars(with = "uuid::Uuid")]
    pub person_id: PersonId,
    /// `eligible` where it was granted, `not-eligible` where it was refused.
    #[schemars(with = "String")]
    pub outcome: AssessmentOutcome,
    /// People whom it is about.
    pub people: u32,
    /// Digest of the frozen record.
    pub digest: String,
    /// When.
    pub decided_at: Instant,
}

/// Something that was given, with what paid for it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HelpDelivered {
    /// The delivery.
    #[schemars(with = "uuid::Uuid")]
    pub delivery_id: DeliveryId,
    /// Counted from 1 for each person.
    pub instalment: u16,
    /// When.
    pub on: NaiveDate,
    /// What it cost.
    #[schemars(with = "shapes::Money")]
    pub cost: Money,
    /// The expenses that paid for it, for whoever may see money.
    pub expenses: Vec<PaidBy>,
}

/// The right of one person, or of a body, with what was given.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HelpAwarded {
    /// The award.
    #[schemars(with = "uuid::Uuid")]
    pub award_id: AwardId,
    /// Whose.
    #[schemars(with = "uuid::Uuid")]
    pub person_id: PersonId,
    /// The decision that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub decision_id: Option<DecisionId>,
    /// `active`, `withdrawn`, `fulfilled`.
    pub state: &'static str,
    /// What was given, oldest first.
    pub deliveries: Vec<HelpDelivered>,
}

/// What stands of immediate help in the tables that a call uses.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HelpRecord {
    /// Decisions.
    pub decisions: Vec<HelpDecided>,
    /// Awards with their deliveries.
    pub awards: Vec<HelpAwarded>,
}

/// From immediate help to its decisions, awards, deliveries and expenses; nobody is named.
pub async fn record(acting: &Acting, id: InterventionId) -> Outcome<HelpRecord> {
    immediate::get(acting, id).await?;
    let decisions = acting.scope.decisions_on_help(id).await?;
    let mut awards = Vec::new();
    for award in acting.scope.awards_of_help(id).await? {
        awards.push(awarded(acting, award.value).await?);
    }
    Ok(HelpRecord {
        decisions: decisions
            .into_iter()
            .map(|row| HelpDecided {
                decision_id: row.id,
                person_id: row.person_id,
                outcome: row.outcome,
                people: row.units,
                digest: row.digest.to_string(),
                decided_at: row.at,
            })
            .collect(),
        awards,
    })
}

async fn awarded(acting: &Acting, award: Award) -> Outcome<HelpAwarded> {
    let mut deliveries = Vec::new();
    for delivery in acting.scope.deliveries_of(award.id).await? {
        let delivery = delivery.value;
        let expenses = if acting.actor.may(Right::SeeMoney) {
            trace::of_delivery(acting, delivery.id).await?
        } else {
            Vec::new()
        };
        deliveries.push(HelpDelivered {
            delivery_id: delivery.id,
            instalment: delivery.instalment,
            on: delivery.planned_for,
            cost: Money::checked_sum(delivery.items.iter().map(|item| item.cost))?,
            expenses,
        });
    }
    Ok(HelpAwarded {
        award_id: award.id,
        person_id: award.person_id,
        decision_id: match award.basis {
            AwardBasis::Immediate { decision_id, .. } => Some(decision_id),
            AwardBasis::Selection { .. } | AwardBasis::Promotion { .. } => None,
        },
        state: award.state.name(),
        deliveries,
    })
}

/// Whether help is in force or was given: then its certificate must follow.
pub(crate) fn counts(help: &ImmediateIntervention) -> bool {
    matches!(
        help.state,
        InterventionState::Approved { .. } | InterventionState::Delivered { .. }
    )
}
