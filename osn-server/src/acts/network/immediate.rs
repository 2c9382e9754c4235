//! The urgent track: immediate help from the catalogue, by maker and checker, within a ceiling; and declared emergencies.

use chrono::NaiveDate;
use osn_core::directory::{Taxonomy, TermCode};
use osn_core::id::{CertificateId, EmergencyId, InterventionId, OrganizationId, PersonId, RequestId};
use osn_core::immediate::{
    Emergency, EmergencyEvent, EmergencyState, HelpGiven, HelpRecord, HelpTo, ImmediateIntervention, InterventionError,
    InterventionEvent, InterventionState, certificate_due,
};
use osn_core::intervention::{CatalogueEntry, Ceiling, InterventionModel};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::referral::ReferralData;
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_store::{Access, DecidedKind, DecidedRecord, Page, PageQuery, PersonIn, Readable, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::referrals::OpenReferral;
use super::{Listed, Why, change, keep, read, sound, unknown_body, unknown_terms};
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
}

impl std::fmt::Debug for NewIntervention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewIntervention")
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

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
    /// Whether this was the last of it.
    #[serde(default)]
    pub last: bool,
}

/// The request that certifies the need afterwards.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// The request.
    #[schemars(with = "uuid::Uuid")]
    pub request_id: RequestId,
}

/// An emergency to declare.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmergency {
    /// What happened.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// Where.
    #[schemars(with = "Vec<String>")]
    pub areas: Vec<TermCode>,
    /// From when until when.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// Codes of the catalogue's entries that it opens.
    pub entries: Vec<String>,
    /// The most that one intervention may take while it lasts: people, euro, days.
    #[schemars(with = "shapes::Ceiling")]
    pub ceiling: Ceiling,
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

async fn model(acting: &Acting) -> Outcome<InterventionModel> {
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
    let help = ImmediateIntervention {
        id: acting.app.new_id(InterventionId::new),
        entry: new.entry,
        model_version: model.version,
        to,
        areas: new.areas,
        period: new.period,
        cost: new.cost,
        reason: new.reason,
        emergency_id: new.emergency_id,
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

async fn step(
    acting: &Acting,
    id: InterventionId,
    act: &'static str,
    step: impl FnOnce(&mut ImmediateIntervention) -> Result<(), InterventionError>,
) -> Outcome<Saved<ImmediateIntervention>> {
    let help = get(acting, id).await?;
    change(acting, help, (act, "intervention"), |help| Ok(step(help)?)).await
}

/// A second person's decision, kept with its record, which can be judged again.
async fn decide(
    acting: &Acting,
    id: InterventionId,
    act: &'static str,
    step: impl FnOnce(&mut ImmediateIntervention) -> Result<(), InterventionError>,
) -> Outcome<Saved<ImmediateIntervention>> {
    let Versioned { mut value, version, .. } = get(acting, id).await?;
    acting.check_version(version)?;
    step(&mut value)?;
    let bytes = HelpRecord::of(&value).to_canonical().map_err(Refusal::internal)?;
    let digest = HelpRecord::digest_of(&bytes);
    let record = DecidedRecord {
        id: acting.app.new_id(|id| id),
        kind: DecidedKind::ImmediateHelp,
        subject_id: id.uuid(),
        number: 1,
        digest,
        body: String::from_utf8(bytes).map_err(Refusal::internal)?,
        recorded_at: acting.now,
    };
    let mut tx = acting.begin(act).await?;
    tx.update_network(&value, version).await?;
    tx.insert_decided(&record).await?;
    let details = json!({ "state": value.state.name(), "record": digest });
    tx.journal(entry(act, "intervention", id.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// A second person approves: the people hold the right to what is given.
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

/// It is taken back.
pub async fn cancel(acting: &Acting, id: InterventionId) -> Outcome<Saved<ImmediateIntervention>> {
    acting.require(Right::HelpAtOnce)?;
    let event = InterventionEvent::Cancel { at: acting.now };
    step(acting, id, "intervention.cancel", |help| {
        help.state = help.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// Something was given.
pub async fn give(acting: &Acting, id: InterventionId, given: Given) -> Outcome<Saved<ImmediateIntervention>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let today = acting.zone().day(acting.now);
    let now = acting.now;
    step(acting, id, "intervention.give", |help| {
        let one = HelpGiven {
            person_id: given.person_id,
            on: given.on,
            by,
            cost: given.cost,
        };
        help.give(one, today)?;
        if given.last {
            help.state = help.state.apply(&InterventionEvent::Deliver { at: now })?;
        }
        Ok(())
    })
    .await
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
    step(acting, id, "intervention.certificate", |help| {
        help.request_id = Some(follows.request_id);
        help.certificate_id = certificate;
        Ok(())
    })
    .await
}

/// Proposes an emergency; another person declares it.
pub async fn propose_emergency(acting: &Acting, new: NewEmergency) -> Outcome<Saved<Emergency>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let model = model(acting).await?;
    let mapped = acting.mapping().await?;
    let mut errors = Vec::new();
    if new.name.get("el").trim().is_empty() && new.name.get("en").trim().is_empty() {
        errors.push(FieldError::new("/name", "required"));
    }
    if new.areas.is_empty() {
        errors.push(FieldError::new("/areas", "need.no-area"));
    }
    unknown_terms(&mapped.directory, Taxonomy::Area, "/areas", &new.areas, &mut errors);
    if new.period.to.is_none_or(|to| to < new.period.from) {
        errors.push(FieldError::new("/period/to", "backwards-period"));
    }
    if new.entries.is_empty() {
        errors.push(FieldError::new("/entries", "required"));
    }
    for (index, code) in new.entries.iter().enumerate() {
        if !model.catalogue.0.iter().any(|entry| entry.code == *code) {
            errors.push(FieldError::new(format!("/entries/{index}"), "unknown-model-entry"));
        }
    }
    sound(errors)?;
    let emergency = Emergency {
        id: acting.app.new_id(EmergencyId::new),
        name: new.name,
        areas: new.areas,
        period: new.period,
        entries: new.entries,
        ceiling: new.ceiling,
        proposed_by: by,
        proposed_at: acting.now,
        state: EmergencyState::Proposed,
    };
    keep(acting, "emergency.propose", "emergency", emergency).await
}

/// One emergency.
pub async fn emergency(acting: &Acting, id: EmergencyId) -> Outcome<Versioned<Emergency>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "emergency.unknown").await
}

/// Emergencies, oldest first.
pub async fn emergencies(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<Emergency>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// A second person declares it: the track is open for many.
pub async fn declare(acting: &Acting, id: EmergencyId) -> Outcome<Saved<Emergency>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let found = emergency(acting, id).await?;
    change(acting, found, ("emergency.declare", "emergency"), |emergency| {
        Ok(emergency.declare(by, acting.now)?)
    })
    .await
}

/// It is over.
pub async fn end_emergency(acting: &Acting, id: EmergencyId) -> Outcome<Saved<Emergency>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let found = emergency(acting, id).await?;
    let event = EmergencyEvent::End { by, at: acting.now };
    change(acting, found, ("emergency.end", "emergency"), |emergency| {
        emergency.state = emergency.state.apply(&event)?;
        Ok(())
    })
    .await
}
