//! The urgent track: immediate help from the catalogue is proposed, within a ceiling. A second person decides: `granting`.

use osn_core::directory::{Taxonomy, TermCode};
use osn_core::expenditure::Category;
use osn_core::id::{CertificateId, EmergencyId, InterventionId, OperationId, OrganizationId, PersonId, RequestId};
use osn_core::immediate::{
    Emergency, HelpPayer, HelpTo, ImmediateIntervention, InterventionError, InterventionState, certificate_due,
};
use osn_core::intervention::{CatalogueEntry, Ceiling, InterventionModel};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::referral::ReferralData;
use osn_core::time::Period;
use osn_store::{Access, Page, PageQuery, PersonIn, Readable, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::referrals::OpenReferral;
use super::{Listed, change, read, sound, unknown_body, unknown_terms};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// Days within which the certificate follows, where the municipality set none (`settings.immediate.certificate_within_days`).
const CERTIFICATE_WITHIN: u16 = 15;

/// Immediate help to propose: to named people, or to a body for people whom it knows.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntervention {
    /// Code of the catalogue's entry.
    pub entry: String,
    /// The people, each sealed under a key of their own.
    #[serde(default)]
    #[schemars(with = "Vec<shapes::ReferralData>")]
    pub people: Vec<ReferralData>,
    /// The body that is helped, in place of people.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// How many people the body helps with it.
    #[serde(default)]
    pub count: Option<u32>,
    /// Where.
    #[schemars(with = "Vec<String>")]
    pub areas: Vec<TermCode>,
    /// On which days.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// The most that it costs.
    #[schemars(with = "shapes::Money")]
    pub cost: Money,
    /// Why at once; no personal data.
    #[schemars(with = "shapes::LocalText")]
    pub reason: LocalText,
    /// The emergency that opens the track for many.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub emergency_id: Option<EmergencyId>,
    /// The operation that pays; left out: the municipality itself.
    #[serde(default)]
    pub payer: Option<NewPayer>,
}

/// Who pays for immediate help, and under what its expenses are declared.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayer {
    /// The operation.
    #[schemars(with = "uuid::Uuid")]
    pub operation_id: OperationId,
    /// Its sub-project; left out where it has one only.
    #[serde(default)]
    pub sub_project: Option<String>,
    /// Its work package; left out where it has one only, or none.
    #[serde(default)]
    pub work_package: Option<String>,
    /// Category of its budget, e.g. `A4`.
    #[schemars(with = "String")]
    pub category: Category,
}

impl std::fmt::Debug for NewIntervention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewIntervention")
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

/// The request that certifies the need afterwards.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// The request.
    #[schemars(with = "uuid::Uuid")]
    pub request_id: RequestId,
}

/// Somebody who is helped.
#[derive(Clone, Serialize, JsonSchema)]
pub struct HelpedPerson {
    /// The person.
    #[schemars(with = "uuid::Uuid")]
    pub person_id: PersonId,
    /// Who they are; absent: erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::ReferralData>")]
    pub data: Option<ReferralData>,
}

impl std::fmt::Debug for HelpedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HelpedPerson").finish_non_exhaustive()
    }
}

/// Everybody who is helped.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HelpedPeople {
    /// The people.
    pub people: Vec<HelpedPerson>,
}

impl From<InterventionError> for FieldError {
    fn from(error: InterventionError) -> Self {
        let field = Self::new(error.path(), error.code());
        match error {
            InterventionError::OverCeiling { asked, ceiling, .. } => {
                field.with("asked", asked).with("ceiling", ceiling)
            }
            InterventionError::NoCeiling(what) | InterventionError::OutsideEmergency(what) => field.with("what", what),
            InterventionError::MoreThanApproved { given, approved } => {
                field.with("given", given).with("approved", approved)
            }
            InterventionError::NoPeople
            | InterventionError::BackwardsPeriod
            | InterventionError::NoReason
            | InterventionError::NoCost
            | InterventionError::SamePerson
            | InterventionError::NotAmongThem
            | InterventionError::NoPaper
            | InterventionError::OutsideDays(_)
            | InterventionError::Transition(_) => field,
        }
    }
}

impl From<InterventionError> for Refusal {
    fn from(error: InterventionError) -> Self {
        match error {
            InterventionError::SamePerson => Self::conflict("immediate.same-person"),
            InterventionError::Transition(error) => error.into(),
            error => Self::invalid("request.invalid", vec![error.into()]),
        }
    }
}

pub(super) async fn model(acting: &Acting) -> Outcome<InterventionModel> {
    acting
        .scope
        .intervention_model(None)
        .await?
        .ok_or_else(|| Refusal::field("/entry", "unknown-model-entry"))
}

fn entry_of<'m>(model: &'m InterventionModel, code: &str) -> Outcome<&'m CatalogueEntry> {
    let found = model.catalogue.0.iter().find(|entry| entry.code == code);
    found.ok_or_else(|| Refusal::field("/entry", "unknown-model-entry"))
}

/// The ceiling that holds: the entry's own, or the emergency's.
async fn ceiling(acting: &Acting, new: &NewIntervention, entry: &CatalogueEntry) -> Outcome<Ceiling> {
    let Some(id) = new.emergency_id else {
        return Ok(entry.ceiling.clone());
    };
    let emergency = acting
        .scope
        .network_record::<Emergency>(id.uuid())
        .await?
        .ok_or_else(|| Refusal::field("/emergency_id", "unknown-record"))?
        .value;
    let mapped = acting.mapping().await?;
    let includes = |area: &TermCode| {
        mapped
            .directory
            .with_ancestors(area)
            .iter()
            .any(|above| emergency.areas.contains(above))
    };
    Ok(emergency.ceiling_of(entry, new.period, &new.areas, includes)?)
}

/// Proposes immediate help; another person approves it.
pub async fn propose(acting: &Acting, new: NewIntervention) -> Outcome<Saved<ImmediateIntervention>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let model = model(acting).await?;
    let entry_of_catalogue = entry_of(&model, &new.entry)?;
    let ceiling = ceiling(acting, &new, entry_of_catalogue).await?;
    let people: Vec<PersonId> = new.people.iter().map(|_| acting.app.new_id(PersonId::new)).collect();
    let mut errors = Vec::new();
    let to = match new.organization_id {
        Some(_) if !people.is_empty() => return Err(Refusal::field("/people", "immediate-both")),
        Some(organization_id) => HelpTo::Body {
            organization_id,
            people: new.count.unwrap_or(0),
        },
        None => HelpTo::People { people: people.clone() },
    };
    let today = acting.zone().day(acting.now);
    let mut help = ImmediateIntervention {
        id: acting.app.new_id(InterventionId::new),
        entry: new.entry,
        model_version: model.version,
        to,
        areas: new.areas,
        period: new.period,
        cost: new.cost,
        reason: new.reason,
        emergency_id: new.emergency_id,
        payer: None,
        ceiling,
        request_id: None,
        certificate_due: certificate_due(today, within(acting)),
        certificate_id: None,
        proposed_by: by,
        proposed_at: acting.now,
        given: Vec::new(),
        state: InterventionState::Proposed,
    };
    errors.extend(help.problems().into_iter().map(FieldError::from));
    help.payer = match new.payer {
        Some(payer) => self::payer(acting, payer, &mut errors).await?,
        None => None,
    };
    let mapped = acting.mapping().await?;
    unknown_terms(&mapped.directory, Taxonomy::Area, "/areas", &help.areas, &mut errors);
    if let Some(body) = new.organization_id {
        unknown_body(&mapped.directory, "/organization_id", body, &mut errors);
    }
    for (index, person) in new.people.iter().enumerate() {
        if person.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
            errors.push(FieldError::new(format!("/people/{index}/name"), "required"));
        }
    }
    sound(errors)?;
    acting.scope.new_people(&people, acting.now).await?;
    let mut tx = acting.begin("intervention.propose").await?;
    tx.insert_network(&help).await?;
    for (person, data) in people.iter().zip(&new.people) {
        tx.insert_person(PersonIn::Intervention, help.id.uuid(), *person, data)
            .await?;
    }
    let details = json!({ "entry": help.entry, "people": help.to.count(), "cost": help.cost });
    tx.journal(entry("intervention.propose", "intervention", help.id.uuid(), details));
    let saved = Saved {
        value: help,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// The payer with its only sub-project and work package, where none is named; an error for each that is not there.
async fn payer(acting: &Acting, new: NewPayer, errors: &mut Vec<FieldError>) -> Outcome<Option<HelpPayer>> {
    let Some(operation) = acting.scope.operation(new.operation_id).await? else {
        errors.push(FieldError::new("/payer/operation_id", "unknown-record"));
        return Ok(None);
    };
    let operation = operation.value;
    let sub_projects: Vec<&str> = operation.sub_projects.iter().map(|part| part.code.as_str()).collect();
    let packages: Vec<&str> = operation.work_packages.iter().map(|part| part.code.as_str()).collect();
    let mut chosen = |path: &str, named: Option<String>, known: &[&str]| match (named, known) {
        (Some(named), known) if known.contains(&named.as_str()) => named,
        (Some(_), _) => {
            errors.push(FieldError::new(path, "unknown-record"));
            String::new()
        }
        (None, [only]) => (*only).to_owned(),
        (None, []) => String::new(),
        (None, _) => {
            errors.push(FieldError::new(path, "required"));
            String::new()
        }
    };
    Ok(Some(HelpPayer {
        operation_id: operation.id,
        sub_project: chosen("/payer/sub_project", new.sub_project, &sub_projects),
        work_package: chosen("/payer/work_package", new.work_package, &packages),
        category: new.category,
    }))
}

/// Within how many days the certificate follows.
fn within(acting: &Acting) -> u16 {
    let settings = acting.municipality().settings.get("immediate");
    let days = settings.and_then(|settings| settings.get("certificate_within_days")?.as_u64());
    days.and_then(|days| u16::try_from(days).ok())
        .unwrap_or(CERTIFICATE_WITHIN)
}

/// One intervention, without who is helped.
pub async fn get(acting: &Acting, id: InterventionId) -> Outcome<Versioned<ImmediateIntervention>> {
    acting.require(Right::SeeApplications)?;
    read(acting, id.uuid(), "intervention.unknown").await
}

/// Interventions, oldest first.
pub async fn list(
    acting: &Acting,
    asked: &Listed,
    query: PageQuery,
) -> Outcome<Page<Versioned<ImmediateIntervention>>> {
    acting.require(Right::SeeApplications)?;
    super::page(acting, asked.filter(), query).await
}

/// Who is helped: each reading is an entry of the journal.
pub async fn open(acting: &Acting, id: InterventionId, why: OpenReferral) -> Outcome<HelpedPeople> {
    let actor = acting.require(Right::HelpAtOnce)?.id;
    let reason = why.given()?;
    let help = get(acting, id).await?.value;
    let mut people = Vec::new();
    if let HelpTo::People { people: ids } = &help.to {
        let access = Access { actor, reason };
        for person in ids {
            let whose = (PersonIn::Intervention, id.uuid(), *person);
            let data = acting.scope.open_person(whose, &access, acting.now).await?;
            people.push(HelpedPerson {
                person_id: *person,
                data: data.and_then(Readable::data),
            });
        }
    }
    Ok(HelpedPeople { people })
}

/// The request that certifies the need afterwards; with its certificate, where it has one.
pub async fn follows(acting: &Acting, id: InterventionId, follows: Follows) -> Outcome<Saved<ImmediateIntervention>> {
    acting.require(Right::HelpAtOnce)?;
    if acting.scope.request(follows.request_id).await?.is_none() {
        return Err(Refusal::field("/request_id", "unknown-record"));
    }
    let certificate: Option<CertificateId> = acting
        .scope
        .certificate_of(follows.request_id)
        .await?
        .map(|signed| signed.certificate.id);
    let help = get(acting, id).await?;
    change(acting, help, ("intervention.certificate", "intervention"), |help| {
        help.request_id = Some(follows.request_id);
        help.certificate_id = certificate;
        Ok(())
    })
    .await
}
