//! Calls: written under an action, published with frozen parameters, open by themselves.

use osn_core::action::ActionState;
use osn_core::call::{Call, CallError, CallEvent, CallState, Intake, OnePer, TieBreak};
use osn_core::id::{ActionId, CallId};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_core::time::{Instant, to_micros};
use osn_programs::about::{About, Counted};
use osn_programs::texts::Texts;
use osn_programs::{form, parameters};
use osn_store::{CallFilter, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::acts::{Acting, Saved, actions, draw, entry, selection};
use crate::auth::Right;
use crate::programs::{Installed, blocking, resolve};
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// What decides between equals, as a coordinator chooses it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// Who applied first, then the protocol number.
    #[default]
    SubmissionTime,
    /// A draw whose seed is committed to before the call opens, and disclosed with the list.
    Draw,
}

/// A call to write.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCall {
    /// Title.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// First moment at which it takes applications.
    pub opens_at: Instant,
    /// Last moment, included.
    pub closes_at: Instant,
    /// Places to fill.
    pub capacity: u32,
    /// One application for each …
    #[schemars(with = "shapes::OnePer")]
    pub one_per: OnePer,
    /// What decides between equals.
    #[serde(default)]
    pub tie_break: Tie,
}

/// Writes a call under an approved action.
pub async fn create(acting: &Acting, action_id: ActionId, new: NewCall) -> Outcome<Saved<Call>> {
    let officer = acting.require(Right::PlanActions)?;
    let action = actions::get(acting, action_id).await?.value;
    if !matches!(action.state, ActionState::Approved { .. }) {
        return Err(Refusal::conflict("call.action-not-approved"));
    }
    let id = acting.app.new_id(CallId::new);
    let tie_break = match new.tie_break {
        Tie::SubmissionTime => TieBreak::SubmissionTime,
        Tie::Draw => TieBreak::Draw {
            commitment: draw::commitment(acting, id).await?,
        },
    };
    let installed = program_of(acting, &action).await?;
    let general = installed.program.about(None)?;
    let intake = intake(&general);
    let call = Call {
        id,
        action_id,
        title: new.title,
        opens_at: to_micros(new.opens_at),
        closes_at: to_micros(new.closes_at),
        capacity: new.capacity,
        one_per: new.one_per,
        intake,
        tie_break,
        parameters: String::new(),
        code_digest: action.program.code_digest.clone(),
        created_by: officer.id,
        state: CallState::Draft,
    };
    let mut errors: Vec<FieldError> = call
        .problems(action.places_in_force().map_or(0, |places| places.places))
        .iter()
        .map(field)
        .collect();
    if call.title.get("el").trim().is_empty() {
        errors.push(FieldError::new("/title", "required"));
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("call.invalid", errors));
    }
    let mut tx = acting.begin("call.create").await?;
    tx.insert_call(&call).await?;
    let details = serde_json::json!({ "action": action_id, "capacity": call.capacity, "opens_at": call.opens_at, "closes_at": call.closes_at });
    tx.journal(entry("call.create", "call", call.id.uuid(), details));
    let saved = Saved {
        value: call,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

fn field(error: &CallError) -> FieldError {
    match error {
        CallError::BackwardsWindow => FieldError::new("/closes_at", "backwards-period"),
        CallError::NoCapacity => FieldError::new("/capacity", "out-of-range").with("min", 1),
        CallError::DrawnRolling => FieldError::new("/tie_break", "drawn-rolling"),
        CallError::OverPlaces { capacity, places } => FieldError::new("/capacity", "over-places")
            .with("capacity", capacity)
            .with("places", places),
    }
}

/// Publishes a call: the parameters are completed with the law of its opening day, and frozen with the code for all of it.
pub async fn publish(acting: &Acting, id: CallId) -> Outcome<Saved<Call>> {
    acting.require(Right::PlanActions)?;
    let Versioned {
        value: mut call,
        version,
        ..
    } = read(acting, id).await?;
    acting.check_version(version)?;
    let action = actions::get(acting, call.action_id).await?.value;
    let installed = program_of(acting, &action).await?;
    let on = acting.zone().day(call.opens_at);
    let (program, given) = (Arc::clone(&installed.program), action.parameters.clone());
    let frozen = blocking(move || {
        let about = program.about(None)?;
        let frozen = parameters::freeze(&about.parameters, &given, &resolve(on)).map_err(refused)?;
        let problems = program.check_parameters(&frozen)?;
        if problems.is_empty() {
            Ok(frozen)
        } else {
            Err(refused(problems))
        }
    })
    .await?;
    let governed = installed.program.about(Some(&frozen))?;
    call.intake = intake(&governed);
    if call.problems(u32::MAX).contains(&CallError::DrawnRolling) {
        return Err(Refusal::invalid("call.invalid", vec![field(&CallError::DrawnRolling)]));
    }
    call.parameters = frozen;
    call.code_digest = action.program.code_digest;
    call.state = call.state.apply(&CallEvent::Publish { at: acting.now })?;
    let mut tx = acting.begin("call.publish").await?;
    tx.update_call(&call, version).await?;
    let details = serde_json::json!({
        "code": call.code_digest, "parameters": osn_core::canonical::digest("call-parameters:1", call.parameters.as_bytes()),
        "tie": call.tie_break,
    });
    tx.journal(entry("call.publish", "call", id.uuid(), details));
    let saved = Saved {
        value: call,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

fn refused(problems: Vec<osn_programs::problem::Problem>) -> Refusal {
    let under = |problem: osn_programs::problem::Problem| FieldError {
        path: format!("/parameters{}", problem.path),
        ..FieldError::from(problem)
    };
    Refusal::invalid("action.parameters", problems.into_iter().map(under).collect())
}

/// Whether a call takes applications now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Not published.
    Draft,
    /// Published; opens later.
    NotYet,
    /// Takes applications.
    Open,
    /// No longer takes applications.
    Closed,
    /// Given up.
    Cancelled,
}

/// A call as everybody may see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CallView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: CallId,
    /// Title.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// What the action offers.
    #[schemars(with = "shapes::LocalText")]
    pub description: LocalText,
    /// The action.
    #[schemars(with = "uuid::Uuid")]
    pub action_id: ActionId,
    /// The action's name.
    #[schemars(with = "shapes::LocalText")]
    pub action: LocalText,
    /// First moment.
    pub opens_at: Instant,
    /// Last moment, included.
    pub closes_at: Instant,
    /// Whether it takes applications now.
    pub window: Window,
    /// Its step: draft, published, assessed, proposed, final, cancelled.
    pub state: &'static str,
    /// Places.
    pub capacity: u32,
    /// One application for each …
    #[schemars(with = "shapes::OnePer")]
    pub one_per: OnePer,
    /// `deadline`: one list after the last day. `rolling`: a list whenever somebody waits, while the call is open.
    #[schemars(with = "shapes::Intake")]
    pub intake: Intake,
    /// How far a rolling intake has come; left out in lists of calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What decides between equals; of a draw, what it is committed to.
    pub tie_break: TieView,
    /// Deliveries of each award.
    pub instalments: u16,
    /// The criteria, in the reader's language.
    pub criteria: Vec<CriterionView>,
    /// Keys of the ranked list, in the reader's language.
    pub ranking: Vec<RankingView>,
    /// Version, for staff.
    pub version: i64,
}

impl CallView {
    /// Whether it takes applications now while lists are made.
    pub fn is_rolling_now(&self) -> bool {
        self.intake.is_rolling() && self.window == Window::Open
    }
}

/// How far a rolling intake has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Progress {
    /// Places that are given so far.
    pub given: u32,
    /// Places that are left.
    pub left: u32,
    /// How many the action works towards: at least so many. Absent where the program names no target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<i64>,
    /// Lists that are final.
    pub rounds: usize,
}

/// What decides between equals, as everybody may see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TieView {
    /// `submission-time` or `draw`.
    pub by: &'static str,
    /// Of a draw: SHA-256 over `osn:draw-seed:1`, a newline and the seed, which is disclosed with the results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
}

impl From<&TieBreak> for TieView {
    fn from(tie: &TieBreak) -> Self {
        match tie {
            TieBreak::SubmissionTime => Self {
                by: "submission-time",
                commitment: None,
            },
            TieBreak::Draw { commitment } => Self {
                by: "draw",
                commitment: Some(commitment.to_string()),
            },
        }
    }
}

/// A criterion as everybody may see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CriterionView {
    /// Key.
    pub key: String,
    /// What it asks.
    pub title: String,
    /// The value wanted, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// The rule that asks for it.
    pub legal_basis: String,
}

/// A ranking key as everybody may see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RankingView {
    /// Key.
    pub key: String,
    /// What it is.
    pub title: String,
    /// Larger first.
    pub descending: bool,
}

/// A call with the program that judges it.
#[derive(Debug, Clone)]
pub struct OpenCall {
    /// The call.
    pub call: Versioned<Call>,
    /// Its action.
    pub action: osn_core::action::Action,
    /// The program, by the package that the action pinned.
    pub installed: Installed,
    /// The description under the call's parameters.
    pub about: Arc<About>,
    /// The program's texts under them.
    pub texts: Arc<Texts>,
}

/// A call with its program; drafts are for staff only.
pub async fn open(acting: &Acting, id: CallId) -> Outcome<OpenCall> {
    let call = read(acting, id).await?;
    if matches!(call.value.state, CallState::Draft) && !acting.actor.may(Right::SeeWork) {
        return Err(Refusal::not_found("call.unknown"));
    }
    let action = actions::read(acting, call.value.action_id).await?.value;
    with_program(acting, call, action).await
}

/// A call with its program, which is in memory once it was used.
async fn with_program(acting: &Acting, call: Versioned<Call>, action: osn_core::action::Action) -> Outcome<OpenCall> {
    let installed = program_of(acting, &action).await?;
    let about = about(&installed, &call.value)?;
    let texts = installed.program.texts_under(parameters_of(&call.value))?;
    Ok(OpenCall {
        call,
        action,
        installed,
        about,
        texts,
    })
}

async fn program_of(acting: &Acting, action: &osn_core::action::Action) -> Outcome<Installed> {
    let digest = &action.program.package_digest;
    acting.app.programs().get(&acting.scope, digest).await
}

/// How a program takes applications in, in the words of a call.
fn intake(about: &About) -> Intake {
    match about.intake {
        osn_programs::about::Intake::Deadline => Intake::Deadline,
        osn_programs::about::Intake::Rolling => Intake::Rolling,
    }
}

fn about(installed: &Installed, call: &Call) -> Outcome<Arc<About>> {
    Ok(installed.program.about(parameters_of(call))?)
}

/// The frozen parameters of a call; `None` before it is published.
fn parameters_of(call: &Call) -> Option<&str> {
    Some(call.parameters.as_str()).filter(|parameters| !parameters.is_empty())
}

pub(crate) async fn read(acting: &Acting, id: CallId) -> Outcome<Versioned<Call>> {
    acting
        .scope
        .call(id)
        .await?
        .ok_or_else(|| Refusal::not_found("call.unknown"))
}

/// One call, as everybody may see it.
pub async fn get(acting: &Acting, id: CallId) -> Outcome<CallView> {
    let open = open(acting, id).await?;
    let progress = progress(acting, &open).await?;
    Ok(CallView {
        progress,
        ..view(acting, &open)
    })
}

/// How far a rolling intake has come; nothing for a call with a deadline.
pub(crate) async fn progress(acting: &Acting, open: &OpenCall) -> Outcome<Option<Progress>> {
    let call = &open.call.value;
    if !call.intake.is_rolling() {
        return Ok(None);
    }
    let given = acting.scope.places_taken(call.id).await?;
    let counts_people = |counts| matches!(counts, Counted::Awards | Counted::Recipients | Counted::Households);
    let mut towards = open.about.indicators.iter().filter(|one| counts_people(one.counts));
    Ok(Some(Progress {
        given,
        left: call.capacity.saturating_sub(given),
        target: towards.find_map(|indicator| indicator.target),
        rounds: selection::finals(acting, call.id).await?.len(),
    }))
}

/// Calls: everybody sees those that were published, staff see drafts too.
pub async fn list(acting: &Acting, action: Option<ActionId>, query: PageQuery) -> Outcome<Page<CallView>> {
    let states = if acting.actor.may(Right::SeeWork) {
        Vec::new()
    } else {
        ["published", "assessed", "proposed", "final"]
            .map(str::to_owned)
            .to_vec()
    };
    let page = acting.scope.calls(CallFilter { action, states }, query).await?;
    let actions = acting
        .scope
        .actions_by_id(page.items.iter().map(|call| call.value.action_id))
        .await?;
    let mut items = Vec::with_capacity(page.items.len());
    for call in page.items {
        let action = actions
            .get(&call.value.action_id)
            .ok_or_else(|| Refusal::not_found("action.unknown"))?;
        items.push(view(acting, &with_program(acting, call, action.value.clone()).await?));
    }
    Ok(Page {
        items,
        total: page.total,
        next: page.next,
    })
}

/// The form of a call as JSON Schema, with titles in the reader's language.
pub async fn form_schema(acting: &Acting, id: CallId) -> Outcome<serde_json::Value> {
    let open = open(acting, id).await?;
    Ok(form::application_schema(&open.about, &open.texts, acting.lang.tag()))
}

/// Whether a call takes applications at an instant.
pub fn window(call: &Call, at: Instant) -> Window {
    match call.state {
        CallState::Draft => Window::Draft,
        CallState::Cancelled { .. } => Window::Cancelled,
        _ if call.is_taking_in() && at < call.opens_at => Window::NotYet,
        _ if call.is_taking_in() && at <= call.closes_at => Window::Open,
        CallState::Published { .. }
        | CallState::Assessed { .. }
        | CallState::Proposed { .. }
        | CallState::Final { .. } => Window::Closed,
    }
}

fn view(acting: &Acting, open: &OpenCall) -> CallView {
    let OpenCall {
        call,
        action,
        about,
        texts,
        installed: _,
    } = open;
    let lang = acting.lang.tag();
    let text = |key: String| texts.text(lang, &key, &[]).unwrap_or_default();
    let criteria = about
        .criteria
        .iter()
        .enumerate()
        .map(|(index, criterion)| CriterionView {
            key: criterion.key.clone(),
            title: text(format!("criterion-{}", criterion.key)),
            wanted: criterion.wanted.map(|wanted| texts.value(lang, about, index, wanted)),
            legal_basis: text(format!("basis-{}", criterion.legal_basis)),
        });
    let ranking = about.ranking.iter().map(|key| RankingView {
        key: key.key.clone(),
        title: text(format!("rank-{}", key.key)),
        descending: key.descending,
    });
    CallView {
        id: call.value.id,
        title: call.value.title.clone(),
        description: action.description.clone(),
        action_id: action.id,
        action: action.name.clone(),
        opens_at: call.value.opens_at,
        closes_at: call.value.closes_at,
        window: window(&call.value, acting.now),
        state: call.value.state.name(),
        capacity: call.value.capacity,
        one_per: call.value.one_per,
        intake: call.value.intake,
        progress: None,
        tie_break: TieView::from(&call.value.tie_break),
        instalments: action.instalments,
        criteria: criteria.collect(),
        ranking: ranking.collect(),
        version: call.version,
    }
}
