//! Actions: planned from a certificate, with a program, within what the certificate leaves uncovered.

use osn_core::action::{
    Action, ActionError, ActionEvent, ActionState, Deliverer, PlacesVersion, ProgramRef, SecondPerson,
};
use osn_core::certificate::{NeedCertificate, SignedCertificate};
use osn_core::coverage::NeedOutcome;
use osn_core::id::{AccountId, ActionId, CertificateId, OperationId};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::proposal::{ProposalError, joined_needs};
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_programs::parameters;
use osn_store::{Page, PageQuery, Tx, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::network::board;
use crate::acts::{Acting, Saved, certificate, delivering, entry, evaluation, programs};
use crate::auth::Right;
use crate::programs::{Installed, blocking, resolve};
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::shapes;

/// Places with their reason.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlaces {
    /// Places, in the program's capacity unit.
    pub places: u32,
    /// Why this number.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
}

/// An action to plan.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAction {
    /// Name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// What it offers, in plain words.
    #[schemars(with = "shapes::LocalText")]
    pub description: LocalText,
    /// Key of an installed program.
    pub program: String,
    /// The program's parameters; what is left out takes the program's default.
    #[serde(default = "nothing")]
    pub parameters: serde_json::Value,
    /// The certificate that justifies it.
    #[schemars(with = "uuid::Uuid")]
    pub certificate_id: CertificateId,
    /// Further certificates of the same category that it answers: their people are added up.
    #[serde(default)]
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub further_certificates: Vec<CertificateId>,
    /// Code of the entry of the intervention model that it cites.
    pub model_entry: String,
    /// When it runs.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// Deliveries of each award.
    pub instalments: u16,
    /// Money set aside.
    #[schemars(with = "shapes::Money")]
    pub budget: Money,
    /// The operation that pays.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub operation_id: Option<OperationId>,
    /// Whether it is tried out: then it is not completed without an evaluation.
    #[serde(default)]
    pub pilot: bool,
    /// The bodies that deliver it, beside the team; `deliverers` changes them later.
    #[serde(default)]
    #[schemars(with = "Vec<shapes::Deliverer>")]
    pub deliverers: Vec<Deliverer>,
    /// Places.
    pub places: NewPlaces,
}

fn nothing() -> serde_json::Value {
    serde_json::json!({})
}

/// Plans an action. Places beyond what its certificates leave uncovered wait for a second person.
pub async fn create(acting: &Acting, new: NewAction) -> Outcome<Saved<Action>> {
    let officer = acting.require(Right::PlanActions)?;
    let signed = certificate::get(acting, new.certificate_id)
        .await
        .map_err(|refusal| match refusal.kind() {
            Kind::NotFound => Refusal::field("/certificate_id", "unknown-record"),
            _ => refusal,
        })?;
    let residual = residual(acting, &signed, &new.further_certificates).await?;
    let (row, installed) = programs::enabled(acting, &new.program).await?;
    let mut errors = problems(acting, &new).await?;
    let of_parameters = parameter_errors(acting, &installed, &new.parameters).await?;
    let code = if errors.is_empty() {
        "action.parameters"
    } else {
        "action.invalid"
    };
    errors.extend(of_parameters);
    if !errors.is_empty() {
        return Err(Refusal::invalid(code, errors));
    }
    let mut action = Action {
        id: acting.app.new_id(ActionId::new),
        name: new.name,
        description: new.description,
        program: ProgramRef {
            name: row.name,
            code_digest: row.code_digest,
            package_digest: row.package_digest,
        },
        parameters: new.parameters,
        certificate_id: new.certificate_id,
        further_certificates: new.further_certificates,
        certified_residual: residual,
        model_entry: new.model_entry,
        period: new.period,
        instalments: new.instalments,
        budget: new.budget,
        operation_id: new.operation_id,
        places: Vec::new(),
        asked_places: None,
        pilot: new.pilot,
        deliverers: new.deliverers,
        created_by: officer.id,
        state: ActionState::Draft,
    };
    let wanted = version(acting, officer.id, new.places);
    let mut tx = acting.begin("action.create").await?;
    set_within(&mut tx, &mut action, wanted).await?;
    tx.insert_action(&action).await?;
    let details = serde_json::json!({ "program": action.program, "certificate": action.certificate_id, "further": action.further_certificates, "places": places(&action), "asked": asked(&action) });
    tx.journal(entry("action.create", "action", action.id.uuid(), details));
    let saved = Saved {
        value: action,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// People whom the certificates leave without service, together.
async fn residual(acting: &Acting, first: &SignedCertificate, further: &[CertificateId]) -> Outcome<u32> {
    if first.certificate.confirmation.outcome == NeedOutcome::Covered {
        return Err(Refusal::conflict("action.covered-need"));
    }
    let mut certificates = vec![first.certificate.clone()];
    for (index, id) in further.iter().enumerate() {
        let found = acting.scope.certificate(*id).await?;
        let unknown = || Refusal::field(&format!("/further_certificates/{index}"), "unknown-record");
        certificates.push(found.ok_or_else(unknown)?.certificate);
    }
    let together: Vec<&NeedCertificate> = certificates.iter().collect();
    joined_needs(&together)
        .map(|needs| needs.residual)
        .map_err(|error| match error {
            ProposalError::Twice(_) => Refusal::field("/further_certificates", "certificate-twice"),
            ProposalError::Covered(_) => Refusal::field("/further_certificates", "certificate-covered"),
            ProposalError::OtherCategory(_) => Refusal::field("/further_certificates", "certificate-other-category"),
            error => error.into(),
        })
}

/// People of the action's certificates whom neither the network nor another action serves, as of now.
pub(crate) async fn open_places(acting: &Acting, action: &Action) -> Outcome<u32> {
    Ok(action.open_places(&board::actions(acting).await?))
}

/// Sets the places within what is open. The certificates are held until the act ends, so that of two who plan at the same moment
/// the second one counts the first one's places.
async fn set_within(tx: &mut Tx, action: &mut Action, wanted: PlacesVersion) -> Outcome<()> {
    let others = tx.hold_certificates(&action.certificates().collect()).await?;
    let open = action.open_places(&others);
    Ok(action.set_places(wanted, open)?)
}

fn version(acting: &Acting, by: AccountId, places: NewPlaces) -> PlacesVersion {
    PlacesVersion {
        version: 0,
        places: places.places,
        reason: places.reason,
        by,
        at: acting.now,
        second: None,
    }
}

/// Places that wait for a second person.
fn asked(action: &Action) -> Option<u32> {
    action.asked_places.as_ref().map(|asked| asked.places)
}

fn places(action: &Action) -> u32 {
    action.places_in_force().map_or(0, |version| version.places)
}

async fn problems(acting: &Acting, new: &NewAction) -> Outcome<Vec<FieldError>> {
    let mut errors = Vec::new();
    if new.name.get("el").trim().is_empty() {
        errors.push(FieldError::new("/name", "required"));
    }
    if new.instalments == 0 {
        errors.push(FieldError::new("/instalments", "out-of-range").with("min", 1));
    }
    if !new.budget.is_positive() {
        errors.push(FieldError::new("/budget", "not-positive"));
    }
    if new.period.to.is_some_and(|to| to < new.period.from) {
        errors.push(FieldError::new("/period/to", "backwards-period"));
    }
    if !acting
        .scope
        .intervention_model(None)
        .await?
        .is_some_and(|model| model.has(&new.model_entry))
    {
        errors.push(FieldError::new("/model_entry", "unknown-model-entry"));
    }
    if let Some(operation) = new.operation_id
        && acting.scope.operation(operation).await?.is_none()
    {
        errors.push(FieldError::new("/operation_id", "unknown-record"));
    }
    errors.extend(delivering::bodies(acting, &new.deliverers, "/deliverers").await?);
    Ok(errors)
}

/// What the program says about parameters, after its schema: each under `/parameters`.
async fn parameter_errors(
    acting: &Acting,
    installed: &Installed,
    given: &serde_json::Value,
) -> Outcome<Vec<FieldError>> {
    let on = acting.zone().day(acting.now);
    let (program, given) = (installed.program.clone(), given.clone());
    let problems = blocking(move || {
        let about = program.about(None)?;
        match parameters::freeze(&about.parameters, &given, &resolve(on)) {
            Err(problems) => Ok(problems),
            Ok(frozen) => Ok(program.check_parameters(&frozen)?),
        }
    })
    .await?;
    let texts = installed.program.texts();
    Ok(problems
        .into_iter()
        .map(|problem| {
            let under = FieldError {
                path: format!("/parameters{}", problem.path),
                ..FieldError::from(problem)
            };
            // A reason of the program's own catalogue brings its own words.
            let words = |lang: &str| texts.text(lang, &format!("reason-{}", under.code), &[]);
            match (words("el"), words("en")) {
                (Some(el), Some(en)) => under.clone().saying(LocalText::new(el, en)),
                _ => under,
            }
        })
        .collect())
}

/// One action.
pub async fn get(acting: &Acting, id: ActionId) -> Outcome<Versioned<Action>> {
    acting.require(Right::SeeWork)?;
    read(acting, id).await
}

pub(crate) async fn read(acting: &Acting, id: ActionId) -> Outcome<Versioned<Action>> {
    acting
        .scope
        .action(id)
        .await?
        .ok_or_else(|| Refusal::not_found("action.unknown"))
}

/// Every action.
pub async fn list(acting: &Acting, query: PageQuery) -> Outcome<Page<Versioned<Action>>> {
    acting.require(Right::SeeWork)?;
    Ok(acting.scope.actions(query).await?)
}

/// Sets a new version of the places. More than the certificates leave open are asked for, and wait for a second person.
pub async fn set_places(acting: &Acting, id: ActionId, new: NewPlaces) -> Outcome<Saved<Action>> {
    let by = acting.require(Right::PlanActions)?.id;
    let Versioned {
        mut value,
        version: read,
        ..
    } = get(acting, id).await?;
    acting.check_version(read)?;
    let mut tx = acting.begin("action.places").await?;
    set_within(&mut tx, &mut value, version(acting, by, new)).await?;
    save(acting, tx, "action.places", value, read).await
}

/// A second person's agreement to the places that were asked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondPlaces {
    /// The places that were asked for: whoever agrees has read this number.
    pub places: u32,
    /// Why.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
}

/// The second person, who signs in, lets the places exceed the residual, with a reason.
pub async fn agree_to_places(acting: &Acting, id: ActionId, agreed: SecondPlaces) -> Outcome<Saved<Action>> {
    let by = acting.require(Right::PlanActions)?.id;
    if agreed.reason.is_empty() {
        return Err(Refusal::field("/reason", "required"));
    }
    let second = SecondPerson {
        by,
        at: acting.now,
        reason: agreed.reason,
    };
    change(acting, id, "action.places-beyond", |action| {
        Ok(action.agree_to_places(agreed.places, second)?)
    })
    .await
}

/// Approves an action; whoever created it cannot.
pub async fn approve(acting: &Acting, id: ActionId) -> Outcome<Saved<Action>> {
    let by = acting.require(Right::PlanActions)?.id;
    change(acting, id, "action.approve", |action| {
        Ok(action.approve(by, acting.now)?)
    })
    .await
}

/// Everything was delivered. A pilot ends with an evaluation that two people agree on.
pub async fn complete(acting: &Acting, id: ActionId) -> Outcome<Saved<Action>> {
    acting.require(Right::PlanActions)?;
    if read(acting, id).await?.value.pilot && !evaluation::is_evaluated(acting, id).await? {
        return Err(Refusal::conflict("action.pilot-not-evaluated"));
    }
    change(acting, id, "action.complete", |action| {
        action.state = action.state.apply(&ActionEvent::Complete { at: acting.now })?;
        Ok(())
    })
    .await
}

pub(crate) async fn change(
    acting: &Acting,
    id: ActionId,
    act: &'static str,
    step: impl FnOnce(&mut Action) -> Outcome<()>,
) -> Outcome<Saved<Action>> {
    let Versioned {
        value: mut action,
        version,
        ..
    } = get(acting, id).await?;
    acting.check_version(version)?;
    step(&mut action)?;
    let tx = acting.begin(act).await?;
    save(acting, tx, act, action, version).await
}

/// Writes a changed action with its line in the journal.
async fn save(acting: &Acting, mut tx: Tx, act: &'static str, action: Action, version: i64) -> Outcome<Saved<Action>> {
    tx.update_action(&action, version).await?;
    let details =
        serde_json::json!({ "state": action.state.name(), "places": places(&action), "asked": asked(&action) });
    tx.journal(entry(act, "action", action.id.uuid(), details));
    let saved = Saved {
        value: action,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::NotAsked { places } => Self::conflict("action.not-asked").with("places", places),
            ActionError::SamePerson => Self::conflict("action.same-person"),
            ActionError::PlacesWait => Self::conflict("action.places-wait"),
            ActionError::NoPlaces => Self::field("/places", "out-of-range"),
            ActionError::Transition(error) => error.into(),
        }
    }
}
