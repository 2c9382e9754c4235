//! From confirmed needs to a proposal of an action: which programs could serve it at which cost, which operation could pay
//! and why, which actions overlap; by maker and checker.

use std::collections::BTreeMap;

use osn_core::action::{Action, ActionState};
use osn_core::certificate::SignedCertificate;
use osn_core::directory::{Directory, TermCode};
use osn_core::id::{ActionId, CertificateId, OperationId, ProposalId};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::operation::Operation;
use osn_core::planned::{Occupied, PlannedAction};
use osn_core::proposal::{
    ActionProposal, FitQuestion, JoinedNeeds, OperationFit, OperationScope, ProposalError, ProposalEvent,
    ProposalState, joined_needs, operation_fit,
};
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_store::{Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Listed, Why, board, change, keep, options, planned, read, sound};
use crate::acts::{Acting, Saved, certificate, programs};
use crate::auth::Right;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::shapes;

/// An action to propose.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProposal {
    /// Name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// What it would offer.
    #[schemars(with = "shapes::LocalText")]
    pub description: LocalText,
    /// The certificates that it answers.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub certificates: Vec<CertificateId>,
    /// Key of the program that would run it.
    pub program: String,
    /// The entry of the intervention model that it cites.
    pub model_entry: String,
    /// When it would run.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// Places.
    pub places: u32,
    /// What it is estimated to cost.
    #[schemars(with = "shapes::Money")]
    pub budget: Money,
    /// The operation that would pay.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub operation_id: Option<OperationId>,
}

/// A program that could serve the needs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProgramOption {
    /// Key.
    pub program: String,
    /// What a place cost in the municipality's own actions; absent: it has run none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub place: Option<Money>,
    /// What the residual would cost at that price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub estimate: Option<Money>,
}

/// What certificates ask for together, and what could serve them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProposalOptions {
    /// Category of the needs.
    pub category: String,
    /// People whom they leave without service, together.
    pub residual: u32,
    /// From the first day of any to the last of any.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// Programs that new actions may use.
    pub programs: Vec<ProgramOption>,
    /// Actions of the same category and areas on the same days.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub overlaps: Vec<ActionId>,
    /// What bodies plan for the same people, there and then.
    #[schemars(with = "Vec<shapes::PlannedAction>")]
    pub planned_overlaps: Vec<PlannedAction>,
}

impl From<ProposalError> for Refusal {
    fn from(error: ProposalError) -> Self {
        match error {
            ProposalError::NoCertificate => Self::field("/certificates", "required"),
            ProposalError::Twice(_) => Self::field("/certificates", "certificate-twice"),
            ProposalError::Covered(_) => Self::field("/certificates", "certificate-covered"),
            ProposalError::OtherCategory(_) => Self::field("/certificates", "certificate-other-category"),
            ProposalError::OverResidual { places, residual } => Self::invalid(
                "request.invalid",
                vec![
                    FieldError::new("/places", "proposal-over-residual")
                        .with("places", places)
                        .with("residual", residual),
                ],
            ),
            ProposalError::NoPlaces => Self::field("/places", "out-of-range"),
            ProposalError::DoesNotFit => Self::field("/operation_id", "operation-does-not-fit"),
            ProposalError::SamePerson => Self::conflict("proposal.same-person"),
            ProposalError::NoReason => Self::field("/reason", "required"),
            ProposalError::Transition(error) => error.into(),
        }
    }
}

async fn signed(acting: &Acting, ids: &[CertificateId]) -> Outcome<Vec<SignedCertificate>> {
    let mut found = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let one = certificate::get(acting, *id)
            .await
            .map_err(|refusal| match refusal.kind() {
                Kind::NotFound => Refusal::invalid(
                    "request.invalid",
                    vec![FieldError::new(format!("/certificates/{index}"), "unknown-record")],
                ),
                _ => refusal,
            })?;
        found.push(one);
    }
    Ok(found)
}

async fn joined(acting: &Acting, ids: &[CertificateId]) -> Outcome<JoinedNeeds> {
    let signed = signed(acting, ids).await?;
    let certificates: Vec<_> = signed.iter().map(|signed| &signed.certificate).collect();
    Ok(joined_needs(&certificates)?)
}

/// What one certificate or several could become.
pub async fn options(acting: &Acting, ids: &[CertificateId]) -> Outcome<ProposalOptions> {
    acting.require(Right::PlanActions)?;
    let needs = joined(acting, ids).await?;
    let overlaps = overlaps(acting, &needs, needs.period).await?;
    let planned_overlaps = planned_overlaps(acting, &needs, needs.period).await?;
    let programs = options::prices(acting).await?;
    Ok(ProposalOptions {
        category: needs.category.to_string(),
        residual: needs.residual,
        period: needs.period,
        programs: programs
            .into_iter()
            .map(|price| ProgramOption {
                estimate: price.place.and_then(|place| {
                    place
                        .times(needs.residual.into(), osn_core::money::Rounding::HalfUp)
                        .ok()
                }),
                program: price.program,
                place: price.place,
            })
            .collect(),
        overlaps,
        planned_overlaps,
    })
}

/// Actions that stand, of the same category and areas, on some of the same days.
async fn overlaps(acting: &Acting, needs: &JoinedNeeds, period: Period) -> Outcome<Vec<ActionId>> {
    let mut certificates = BTreeMap::new();
    for signed in board::certificates(acting).await? {
        let need = signed.certificate.confirmation.need;
        certificates.insert(signed.certificate.id, (need.category, need.areas));
    }
    let stands = |action: &Action| match action.state {
        ActionState::Draft | ActionState::Approved { .. } => true,
        ActionState::Completed { .. } | ActionState::Cancelled { .. } => false,
    };
    let mut found = Vec::new();
    for action in board::actions(acting).await? {
        let same = action
            .certificates()
            .filter_map(|id| certificates.get(&id))
            .any(|(category, areas)| {
                *category == needs.category && areas.iter().any(|area| needs.areas.contains(area))
            });
        if stands(&action) && same && action.period.overlaps(period) {
            found.push(action.id);
        }
    }
    Ok(found)
}

/// What bodies plan by themselves for the same people, there and then.
async fn planned_overlaps(acting: &Acting, needs: &JoinedNeeds, period: Period) -> Outcome<Vec<PlannedAction>> {
    let occupied = Occupied {
        category: &needs.category,
        groups: &needs.groups,
        areas: &needs.areas,
        period,
    };
    planned::overlapping(acting, &acting.mapping().await?.directory, &occupied).await
}

/// What the municipality has said each operation is for (`settings.operation_scopes`, by the operation's code).
fn scope_of(acting: &Acting, operation: &Operation) -> OperationScope {
    let scopes = acting.municipality().settings.get("operation_scopes");
    let stated = scopes.and_then(|scopes| scopes.get(&operation.code)).cloned();
    stated
        .and_then(|stated| serde_json::from_value(stated).ok())
        .unwrap_or_default()
}

/// Whether each operation could pay, with every reason.
async fn fits(
    acting: &Acting,
    directory: &Directory,
    needs: &JoinedNeeds,
    new: &NewProposal,
) -> Outcome<Vec<OperationFit>> {
    let above = |codes: &[TermCode]| codes.iter().map(|code| directory.with_ancestors(code)).collect();
    let question = FitQuestion {
        model_entry: &new.model_entry,
        groups: above(&needs.groups),
        areas: above(&needs.areas),
        period: new.period,
        budget: new.budget,
    };
    let actions = board::actions(acting).await?;
    let operations = acting.scope.operations(PageQuery::first()).await?;
    let mut fits = Vec::new();
    for operation in operations.items.into_iter().map(|read| read.value) {
        let budgets = actions
            .iter()
            .filter(|action| action.operation_id == Some(operation.id))
            .filter(|action| !matches!(action.state, ActionState::Cancelled { .. }))
            .map(|action| action.budget);
        let taken = Money::checked_sum(budgets).map_err(Refusal::internal)?;
        fits.push(operation_fit(
            &question,
            &operation,
            &scope_of(acting, &operation),
            taken,
        ));
    }
    Ok(fits)
}

/// Proposes an action.
pub async fn propose(acting: &Acting, new: NewProposal) -> Outcome<Saved<ActionProposal>> {
    let by = acting.require(Right::PlanActions)?.id;
    let needs = joined(acting, &new.certificates).await?;
    programs::enabled(acting, &new.program).await?;
    let mut errors = Vec::new();
    if new.name.get("el").trim().is_empty() && new.name.get("en").trim().is_empty() {
        errors.push(FieldError::new("/name", "required"));
    }
    if !new.budget.is_positive() {
        errors.push(FieldError::new("/budget", "not-positive"));
    }
    if new.period.to.is_some_and(|to| to < new.period.from) {
        errors.push(FieldError::new("/period/to", "backwards-period"));
    }
    let model = acting.scope.intervention_model(None).await?;
    if !model.is_some_and(|model| model.has(&new.model_entry)) {
        errors.push(FieldError::new("/model_entry", "unknown-model-entry"));
    }
    let mapped = acting.mapping().await?;
    let fits = fits(acting, &mapped.directory, &needs, &new).await?;
    if let Some(operation) = new.operation_id
        && !fits.iter().any(|fit| fit.operation_id == operation)
    {
        errors.push(FieldError::new("/operation_id", "unknown-record"));
    }
    sound(errors)?;
    let proposal = ActionProposal {
        id: acting.app.new_id(ProposalId::new),
        name: new.name,
        description: new.description,
        certificates: new.certificates,
        residual: needs.residual,
        overlaps: overlaps(acting, &needs, new.period).await?,
        planned_overlaps: planned_overlaps(acting, &needs, new.period)
            .await?
            .iter()
            .map(|planned| planned.id)
            .collect(),
        category: needs.category,
        groups: needs.groups,
        areas: needs.areas,
        program: new.program,
        model_entry: new.model_entry,
        period: new.period,
        places: new.places,
        budget: new.budget,
        operation_id: new.operation_id,
        fits,
        proposed_by: by,
        proposed_at: acting.now,
        state: ProposalState::Proposed,
    };
    proposal.check()?;
    keep(acting, "proposal.propose", "proposal", proposal).await
}

/// One proposal.
pub async fn get(acting: &Acting, id: ProposalId) -> Outcome<Versioned<ActionProposal>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "proposal.unknown").await
}

/// Proposals, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<ActionProposal>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

async fn step(
    acting: &Acting,
    id: ProposalId,
    act: &'static str,
    step: impl FnOnce(&mut ActionProposal) -> Result<(), ProposalError>,
) -> Outcome<Saved<ActionProposal>> {
    let proposal = get(acting, id).await?;
    change(acting, proposal, (act, "proposal"), |proposal| Ok(step(proposal)?)).await
}

/// A second person approves it: it stands in the public register.
pub async fn approve(acting: &Acting, id: ProposalId) -> Outcome<Saved<ActionProposal>> {
    let by = acting.require(Right::PlanActions)?.id;
    step(acting, id, "proposal.approve", |proposal| {
        proposal.approve(by, acting.now)
    })
    .await
}

/// A second person refuses it, with a reason.
pub async fn reject(acting: &Acting, id: ProposalId, why: Why) -> Outcome<Saved<ActionProposal>> {
    let by = acting.require(Right::PlanActions)?.id;
    let reason = why.given()?;
    step(acting, id, "proposal.reject", |proposal| {
        proposal.reject(by, acting.now, reason)
    })
    .await
}

/// Taken back.
pub async fn withdraw(acting: &Acting, id: ProposalId) -> Outcome<Saved<ActionProposal>> {
    acting.require(Right::PlanActions)?;
    let event = ProposalEvent::Withdraw { at: acting.now };
    step(acting, id, "proposal.withdraw", |proposal| {
        proposal.state = proposal.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// The action that was planned from it.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The action.
    #[schemars(with = "uuid::Uuid")]
    pub action_id: ActionId,
}

/// The action is planned: it answers one of the proposal's certificates with its program, within its places.
pub async fn planned(acting: &Acting, id: ProposalId, planned: Planned) -> Outcome<Saved<ActionProposal>> {
    acting.require(Right::PlanActions)?;
    let action = acting
        .scope
        .action(planned.action_id)
        .await?
        .ok_or_else(|| Refusal::field("/action_id", "unknown-record"))?
        .value;
    let proposal = get(acting, id).await?.value;
    let places = action.places_in_force().map_or(0, |places| places.places);
    let fits = action
        .certificates()
        .all(|certificate| proposal.certificates.contains(&certificate))
        && action.program.name == proposal.program
        && places <= proposal.places;
    if !fits {
        return Err(Refusal::field("/action_id", "proposal-other-action"));
    }
    let event = ProposalEvent::Plan {
        action: action.id,
        at: acting.now,
    };
    step(acting, id, "proposal.plan", |proposal| {
        proposal.state = proposal.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// A line of the public register.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RegisterLine {
    /// Name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// What it offers.
    #[schemars(with = "shapes::LocalText")]
    pub description: LocalText,
    /// `planned`, `running`, `done`.
    pub stage: &'static str,
    /// When it runs.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// Places.
    pub places: u32,
    /// References of the certificates of need that it answers.
    pub certificates: Vec<String>,
}

/// The public register: approved proposals, actions that run, actions that are done. Drafts are nobody's business yet.
pub async fn register(acting: &Acting) -> Outcome<Vec<RegisterLine>> {
    let references: BTreeMap<CertificateId, String> = board::certificates(acting)
        .await?
        .into_iter()
        .map(|signed| (signed.certificate.id, signed.certificate.reference))
        .collect();
    let named = |ids: &[CertificateId]| ids.iter().filter_map(|id| references.get(id).cloned()).collect();
    let mut lines = Vec::new();
    let approved = Listed {
        state: Some("approved".to_owned()),
    };
    let proposals = acting
        .scope
        .all_network_records::<ActionProposal>(approved.filter())
        .await?;
    lines.extend(proposals.into_iter().map(|read| RegisterLine {
        certificates: named(&read.value.certificates),
        name: read.value.name,
        description: read.value.description,
        stage: "planned",
        period: read.value.period,
        places: read.value.places,
    }));
    let today = acting.zone().day(acting.now);
    for action in board::actions(acting).await? {
        let stage = match action.state {
            ActionState::Draft | ActionState::Cancelled { .. } => continue,
            ActionState::Approved { .. } if today < action.period.from => "planned",
            ActionState::Approved { .. } => "running",
            ActionState::Completed { .. } => "done",
        };
        lines.push(RegisterLine {
            places: action.places_in_force().map_or(0, |places| places.places),
            certificates: named(&action.certificates().collect::<Vec<_>>()),
            name: action.name,
            description: action.description,
            stage,
            period: action.period,
        });
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.period.from));
    Ok(lines)
}
