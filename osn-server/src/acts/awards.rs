//! Awards: made by a final list or a promotion; given back; the first on reserve moves up.

use osn_core::application::{Application, ApplicationEvent, ApplicationState};
use osn_core::call::Call;
use osn_core::delivery::{
    Award, AwardBasis, AwardEvent, AwardState, Delivery, DeliveryEvent, DeliveryPlan, DeliveryState, Slot,
};
use osn_core::id::{ActionId, ApplicationId, AwardId, DeliveryId, SelectionId};
use osn_core::selection::Selection;
use osn_core::state::Machine as _;
use osn_store::{Page, PageQuery, Tx, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{Acting, applications, calls, entry, selection};
use crate::auth::Right;
use crate::outbox;
use crate::refusal::{Outcome, Refusal};

/// Awards with their deliveries, ready to be saved with whatever granted them.
#[derive(Debug, Default)]
pub(crate) struct Granted {
    awards: Vec<Award>,
    deliveries: Vec<Delivery>,
    messages: Vec<osn_store::Message>,
}

impl Granted {
    pub(crate) async fn save(&self, tx: &mut Tx) -> Outcome<()> {
        tx.insert_awards(&self.awards).await?;
        tx.insert_deliveries(&self.deliveries).await?;
        Ok(tx.outbox_many(&self.messages).await?)
    }
}

/// What awards of a final list need to know: the call, and the plan that is in force.
pub(crate) struct Granting<'a> {
    call: &'a Call,
    plan: Option<DeliveryPlan>,
}

impl<'a> Granting<'a> {
    pub(crate) async fn of(acting: &Acting, call: &'a Call) -> Outcome<Self> {
        let plan = acting.scope.delivery_plans(call.action_id).await?.pop();
        Ok(Self { call, plan })
    }

    /// Awards for these, whom a final list gives a place.
    pub(crate) fn to(&self, acting: &Acting, selection_id: SelectionId, selected: &[&Application]) -> Granted {
        let mut granted = Granted::default();
        // Where people are assigned to rounds, the next version of the plan assigns those who came since.
        let plan = self.plan.as_ref().filter(|plan| !plan.is_assigned());
        // Whoever comes while deliveries are made gets those that are still to come.
        let today = acting.zone().day(acting.now);
        let to_come = |slot: &&Slot| !self.call.intake.is_rolling() || slot.date >= today;
        let slots: Vec<Slot> = plan
            .map(|plan| plan.slots.iter().filter(to_come).cloned().collect())
            .unwrap_or_default();
        let plan = plan.map(|plan| (plan, slots.as_slice()));
        for application in selected {
            let basis = AwardBasis::Selection {
                selection_id,
                application_id: application.id,
            };
            grant(acting, &mut granted, self.call, application, basis, plan);
        }
        granted
    }
}

fn grant(
    acting: &Acting,
    granted: &mut Granted,
    call: &Call,
    application: &Application,
    basis: AwardBasis,
    plan: Option<(&DeliveryPlan, &[Slot])>,
) {
    let award = Award {
        id: acting.app.new_id(AwardId::new),
        action_id: Some(call.action_id),
        person_id: application.person_id,
        basis,
        awarded_at: acting.now,
        state: AwardState::Active,
    };
    if let Some((plan, slots)) = plan {
        granted
            .deliveries
            .extend(slots.iter().map(|slot| planned(acting, award.id, plan.version, slot)));
    }
    let template = match basis {
        AwardBasis::Selection { .. } => "award-selected",
        AwardBasis::Promotion { .. } | AwardBasis::Immediate { .. } => "award-promoted",
    };
    granted.messages.push(outbox::to_applicant(
        acting,
        application.id,
        application.person_id,
        template,
        &award.id.to_string(),
        serde_json::json!({ "call": call.id }),
    ));
    granted.awards.push(award);
}

/// A delivery that stands in a plan.
pub(crate) fn planned(acting: &Acting, award_id: AwardId, plan_version: u32, slot: &Slot) -> Delivery {
    Delivery {
        id: acting.app.new_id(DeliveryId::new),
        award_id,
        instalment: slot.instalment,
        planned_for: slot.date,
        plan_version,
        items: Vec::new(),
        waits: false,
        attempts: Vec::new(),
        state: DeliveryState::Planned,
    }
}

/// The application that an award answers; immediate help answers none, and stands on no list of an action.
pub(crate) fn application_of(award: &Award) -> Outcome<ApplicationId> {
    award
        .basis
        .application()
        .ok_or_else(|| Refusal::not_found("application.unknown"))
}

/// The list on which an award's application stands.
fn list_of(award: &Award) -> Outcome<SelectionId> {
    match award.basis {
        AwardBasis::Selection { selection_id, .. } | AwardBasis::Promotion { selection_id, .. } => Ok(selection_id),
        AwardBasis::Immediate { .. } => Err(Refusal::not_found("application.unknown")),
    }
}

/// An award as staff see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AwardView {
    /// The award.
    #[serde(flatten)]
    #[schemars(with = "crate::shapes::Award")]
    pub award: Award,
    /// Reference of the application.
    pub reference: String,
    /// Version.
    pub version: i64,
}

/// Awards of an action.
pub async fn list(acting: &Acting, action: ActionId, query: PageQuery) -> Outcome<Page<AwardView>> {
    acting.require(Right::SeeDeliveries)?;
    let page = acting.scope.awards(action, query).await?;
    let ids = page.items.iter().filter_map(|award| award.value.basis.application());
    let read = acting.scope.applications_by_id(ids).await?;
    let view = |award: Versioned<Award>| {
        let application = read
            .get(&application_of(&award.value)?)
            .ok_or_else(|| Refusal::not_found("application.unknown"))?;
        Ok(viewed(award, &application.value))
    };
    let items = page.items.into_iter().map(view).collect::<Outcome<Vec<_>>>()?;
    Ok(Page {
        items,
        total: page.total,
        next: page.next,
    })
}

fn viewed(award: Versioned<Award>, application: &Application) -> AwardView {
    AwardView {
        reference: application.reference.to_string(),
        award: award.value,
        version: award.version,
    }
}

async fn view(acting: &Acting, award: Versioned<Award>) -> Outcome<AwardView> {
    let application = applications::read(acting, application_of(&award.value)?).await?.value;
    Ok(viewed(award, &application))
}

/// The award that an application led to, if it did.
pub(crate) async fn of_application(
    acting: &Acting,
    application: &Application,
    action: ActionId,
) -> Outcome<Option<Versioned<Award>>> {
    if !matches!(
        application.state,
        ApplicationState::Selected | ApplicationState::Withdrawn { .. }
    ) {
        return Ok(None);
    }
    let award = acting.scope.award_of(application.id).await?;
    Ok(award.filter(|award| award.value.action_id == Some(action)))
}

/// Why an award is given back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// A key such as `moved-away`; never free text about a person.
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]{2,39}$"))]
    pub reason: String,
}

fn is_key(reason: &str) -> bool {
    let symbols = reason
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    symbols && (3..=40).contains(&reason.len()) && reason.starts_with(|first: char| first.is_ascii_lowercase())
}

/// What a withdrawal led to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Withdrawn {
    /// The award that was given back.
    pub withdrawn: AwardView,
    /// The award of the first on reserve, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promoted: Option<AwardView>,
    /// Deliveries that are no longer due.
    pub cancelled: usize,
}

/// Takes an award back: its open deliveries are cancelled, and the first on reserve gets them.
pub async fn withdraw(acting: &Acting, id: AwardId, withdrawal: &Withdrawal) -> Outcome<Withdrawn> {
    acting.require(Right::PlanDeliveries)?;
    if !is_key(&withdrawal.reason) {
        return Err(Refusal::field("/reason", "not-a-key"));
    }
    let award = acting
        .scope
        .award(id)
        .await?
        .ok_or_else(|| Refusal::not_found("award.unknown"))?;
    acting.check_version(award.version)?;
    let application_id = application_of(&award.value)?;
    let application = applications::read(acting, application_id).await?;
    let details = serde_json::json!({ "reason": withdrawal.reason });
    let done = take_back(acting, application, Some(award), "award.withdraw", details).await?;
    done.ok_or_else(|| Refusal::internal("a withdrawn award is missing"))
}

/// Takes an application back, with its award where it has one.
pub(crate) async fn withdraw_application(
    acting: &Acting,
    application: Versioned<Application>,
    act: &'static str,
) -> Outcome<()> {
    let call = calls::read(acting, application.value.call_id).await?.value;
    let award = of_application(acting, &application.value, call.action_id).await?;
    take_back(acting, application, award, act, serde_json::json!({})).await?;
    Ok(())
}

async fn take_back(
    acting: &Acting,
    mut application: Versioned<Application>,
    award: Option<Versioned<Award>>,
    act: &'static str,
    details: serde_json::Value,
) -> Outcome<Option<Withdrawn>> {
    application.value.state = application
        .value
        .state
        .apply(&ApplicationEvent::Withdraw { at: acting.now })?;
    let Some(mut award) = award else {
        let mut tx = acting.begin(act).await?;
        tx.update_application(&application.value, application.version).await?;
        tx.journal(entry(act, "application", application.value.id.uuid(), details));
        tx.commit().await?;
        return Ok(None);
    };
    award.value.state = award.value.state.apply(&AwardEvent::Withdraw { at: acting.now })?;
    let mut open: Vec<Versioned<Delivery>> = acting.scope.deliveries_of(award.value.id).await?;
    open.retain(|delivery| matches!(delivery.value.state, DeliveryState::Planned | DeliveryState::Failed));
    let (next, granted) = promotion(acting, &application.value, &award.value, &open).await?;
    for delivery in &mut open {
        delivery.value.state = delivery.value.state.apply(&DeliveryEvent::Cancel { at: acting.now })?;
    }
    let mut tx = acting.begin(act).await?;
    tx.update_application(&application.value, application.version).await?;
    tx.update_award(&award.value, award.version).await?;
    tx.update_deliveries(&open).await?;
    if let Some(next) = &next {
        tx.update_application(&next.value, next.version).await?;
    }
    granted.save(&mut tx).await?;
    let promoted = granted.awards.first().map(|award| award.id);
    tx.journal(entry(
        act,
        "award",
        award.value.id.uuid(),
        serde_json::json!({ "why": details, "cancelled": open.len(), "promoted": promoted }),
    ));
    tx.commit().await?;
    award.version += 1;
    let promoted = match promoted {
        Some(id) => Some(
            view(
                acting,
                acting
                    .scope
                    .award(id)
                    .await?
                    .ok_or_else(|| Refusal::not_found("award.unknown"))?,
            )
            .await?,
        ),
        None => None,
    };
    Ok(Some(Withdrawn {
        withdrawn: view(acting, award).await?,
        promoted,
        cancelled: open.len(),
    }))
}

/// The first on reserve with an award of the instalments that are left of another.
async fn promotion(
    acting: &Acting,
    leaving: &Application,
    award: &Award,
    open: &[Versioned<Delivery>],
) -> Outcome<(Option<Versioned<Application>>, Granted)> {
    let call = calls::read(acting, leaving.call_id).await?.value;
    let mut granted = Granted::default();
    let Some(mut next) = next_on_reserve(acting, &call).await? else {
        return Ok((None, granted));
    };
    next.value.state = next.value.state.apply(&ApplicationEvent::Promote)?;
    let selection_id = list_of(award)?;
    let basis = AwardBasis::Promotion {
        selection_id,
        application_id: next.value.id,
        replaces: award.id,
    };
    let plan = acting.scope.delivery_plans(call.action_id).await?.pop();
    let plan = plan.filter(|plan| !plan.is_assigned());
    let is_open = |slot: &&Slot| open.iter().any(|delivery| delivery.value.instalment == slot.instalment);
    let left = |plan: &DeliveryPlan| plan.slots.iter().filter(is_open).cloned().collect::<Vec<_>>();
    let slots = plan.as_ref().map(left).unwrap_or_default();
    let plan = plan.as_ref().map(|plan| (plan, slots.as_slice()));
    grant(acting, &mut granted, &call, &next.value, basis, plan);
    for delivery in &mut granted.deliveries {
        let mut left = open.iter().map(|one| &one.value);
        delivery.waits = left.any(|one| one.waits && one.instalment == delivery.instalment);
    }
    Ok((Some(next), granted))
}

/// Lines of the reserve list read at once.
const ON_RESERVE: u32 = 256;

/// The first on reserve who still waits: of the earliest final list that has somebody.
async fn next_on_reserve(acting: &Acting, call: &Call) -> Outcome<Option<Versioned<Application>>> {
    for (list, _) in selection::finals(acting, call.id).await? {
        if let Some(first) = first_of_reserve(acting, &list).await? {
            return Ok(Some(first));
        }
    }
    Ok(None)
}

async fn first_of_reserve(acting: &Acting, list: &Selection) -> Outcome<Option<Versioned<Application>>> {
    let mut skip = list.list.selected;
    loop {
        let lines = acting.scope.selection_lines(list.id, skip, ON_RESERVE).await?;
        if lines.is_empty() {
            return Ok(None);
        }
        let ids = lines.iter().map(|line| line.candidate.application_id);
        let mut read = acting.scope.applications_by_id(ids).await?;
        let waits = |read: &Versioned<Application>| matches!(read.value.state, ApplicationState::Reserve { .. });
        let mut in_order = lines
            .iter()
            .filter_map(|line| read.remove(&line.candidate.application_id));
        if let Some(first) = in_order.find(waits) {
            return Ok(Some(first));
        }
        skip = skip.saturating_add(ON_RESERVE);
    }
}
