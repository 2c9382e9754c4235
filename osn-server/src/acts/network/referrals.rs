//! Referrals: a person is handed to a body, with consent and the least of their data; the body answers, a refusal reports
//! a gap, and a body sees what was referred to it and nothing else.

use chrono::NaiveDate;
use osn_core::directory::{Service, ServiceStatus, Taxonomy, TermCode};
use osn_core::gap::{GapSource, GapState, ReportedGap};
use osn_core::id::{GapId, OrganizationId, PersonId, ReferralId, RequestId, ServiceId};
use osn_core::lang::LocalText;
use osn_core::referral::{
    Consent, Referral, ReferralData, ReferralError, ReferralEvent, ReferralOutcome, ReferralState, RefusalReason,
};
use osn_core::state::Machine as _;
use osn_core::upkeep::Freshness;
use osn_store::{Access, NetworkFilter, Page, PageQuery, PersonIn, Readable, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Listed, change, gaps, sound, unknown_body, unknown_category, unknown_terms};
use crate::acts::{Acting, Saved, entry, upkeep};
use crate::auth::Right;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::shapes;

/// A person to refer.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReferral {
    /// The body that is asked.
    #[schemars(with = "uuid::Uuid")]
    pub organization_id: OrganizationId,
    /// The service that it is asked for.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub service_id: Option<ServiceId>,
    /// What is needed.
    #[schemars(with = "String")]
    pub category: TermCode,
    /// Where.
    #[schemars(with = "Vec<String>")]
    pub areas: Vec<TermCode>,
    /// For whom, as far as it matters for being served.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub groups: Vec<TermCode>,
    /// What the person agreed to.
    #[schemars(with = "shapes::Consent")]
    pub consent: Consent,
    /// The person's data: nothing that the consent does not name. Sealed under a key of their own.
    #[schemars(with = "shapes::ReferralData")]
    pub data: ReferralData,
    /// The last day on which the body can answer.
    pub answer_by: NaiveDate,
    /// The request behind it.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub request_id: Option<RequestId>,
    /// Remarks without personal data.
    #[serde(default)]
    #[schemars(with = "Option<shapes::LocalText>")]
    pub note: LocalText,
}

impl std::fmt::Debug for NewReferral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewReferral")
            .field("organization_id", &self.organization_id)
            .finish_non_exhaustive()
    }
}

/// Why the data are read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenReferral {
    /// Why; no personal data. It stands in the journal.
    pub reason: String,
}

impl OpenReferral {
    /// The reason; refused where there is none.
    pub(super) fn given(self) -> Outcome<String> {
        let reason = self.reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Refusal::field("/reason", "required"));
        }
        Ok(reason)
    }
}

/// Why a person is not taken.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseReferral {
    /// Why.
    #[schemars(with = "shapes::RefusalReason")]
    pub reason: RefusalReason,
}

/// What became of a person.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeReferral {
    /// What.
    #[schemars(with = "shapes::ReferralOutcome")]
    pub outcome: ReferralOutcome,
    /// In words; sealed with the person's data.
    #[serde(default)]
    pub words: Option<String>,
}

impl std::fmt::Debug for ConcludeReferral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConcludeReferral")
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

fn wrong(error: &ReferralError) -> FieldError {
    FieldError::new(error.path(), error.code())
}

/// Refers a person to a body.
pub async fn refer(acting: &Acting, new: NewReferral) -> Outcome<Saved<Referral>> {
    let by = acting.require(Right::Refer)?.id;
    let person = acting.app.new_id(PersonId::new);
    let referral = Referral {
        id: acting.app.new_id(ReferralId::new),
        person_id: person,
        organization_id: new.organization_id,
        service_id: new.service_id,
        category: new.category,
        areas: new.areas,
        groups: new.groups,
        consent: new.consent,
        answer_by: new.answer_by,
        request_id: new.request_id,
        gap_id: None,
        referred_by: by,
        referred_at: acting.now,
        note: new.note,
        state: ReferralState::Sent,
    };
    let data = ReferralData {
        outcome: None,
        ..new.data
    };
    let today = acting.zone().day(acting.now);
    let mut errors: Vec<FieldError> = referral.problems(&data, today).iter().map(wrong).collect();
    directory_problems(acting, &referral, &mut errors).await?;
    sound(errors)?;
    acting.scope.new_people(&[person], acting.now).await?;
    let mut tx = acting.begin("referral.send").await?;
    tx.insert_network(&referral).await?;
    tx.insert_person(PersonIn::Referral, referral.id.uuid(), person, &data)
        .await?;
    let details = serde_json::json!({
        "body": referral.organization_id, "pieces": data.given().len(), "answer_by": referral.answer_by,
    });
    tx.journal(entry("referral.send", "referral", referral.id.uuid(), details));
    let saved = Saved {
        value: referral,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

async fn directory_problems(acting: &Acting, referral: &Referral, errors: &mut Vec<FieldError>) -> Outcome<()> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    unknown_body(directory, "/organization_id", referral.organization_id, errors);
    unknown_category(directory, "/category", &referral.category, errors);
    unknown_terms(directory, Taxonomy::Area, "/areas", &referral.areas, errors);
    unknown_terms(
        directory,
        Taxonomy::BeneficiaryGroup,
        "/groups",
        &referral.groups,
        errors,
    );
    if let Some(id) = referral.service_id {
        let found = directory.service(id);
        match found.filter(|service| service.organization_id == referral.organization_id) {
            None => errors.push(FieldError::new("/service_id", "unknown-record")),
            Some(service) if !may_be_referred_to(acting, service) => {
                errors.push(FieldError::new("/service_id", "service-not-referable"));
            }
            Some(_) => {}
        }
    }
    if let Some(request) = referral.request_id
        && acting.scope.request(request).await?.is_none()
    {
        errors.push(FieldError::new("/request_id", "unknown-record"));
    }
    Ok(())
}

/// Whether people are still referred to a service: it runs, and its record is not older than the municipality allows.
fn may_be_referred_to(acting: &Acting, service: &Service) -> bool {
    let (policy, today) = (upkeep::policy(acting).freshness, acting.zone().day(acting.now));
    let freshness = Freshness::of(service.assured_date, policy, today);
    service.status == ServiceStatus::Active && freshness.may_be_referred_to()
}

/// One referral, without the person's data; a body sees those to itself only.
pub async fn get(acting: &Acting, id: ReferralId) -> Outcome<Versioned<Referral>> {
    let officer = acting.require(Right::TakeReferrals)?;
    let found: Versioned<Referral> = super::read(acting, id.uuid(), "referral.unknown").await?;
    officer
        .acts_for(found.value.organization_id)
        .map_err(|_| Refusal::not_found("referral.unknown"))?;
    Ok(found)
}

/// Referrals, oldest first; a body sees those to itself only.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<Referral>>> {
    let officer = acting.require(Right::TakeReferrals)?;
    if officer.is_bound() && officer.organization.is_none() {
        return Err(Refusal::new(Kind::Forbidden, "access.other-body"));
    }
    let filter = NetworkFilter {
        body: officer.organization.filter(|_| officer.is_bound()),
        ..asked.filter()
    };
    super::page(acting, filter, query).await
}

/// The person's data: to the body while it is asked or has taken the person and the consent holds; each reading is an
/// entry of the journal.
pub async fn open(acting: &Acting, id: ReferralId, open: OpenReferral) -> Outcome<ReferralData> {
    let officer = acting.require(Right::TakeReferrals)?.id;
    let reason = open.given()?;
    let referral = get(acting, id).await?.value;
    referral
        .may_read(acting.zone().day(acting.now))
        .map_err(|_| Refusal::conflict("referral.closed"))?;
    let access = Access { actor: officer, reason };
    let whose = (PersonIn::Referral, id.uuid(), referral.person_id);
    match acting.scope.open_person(whose, &access, acting.now).await? {
        Some(Readable::Data(data)) => Ok(data),
        Some(Readable::Erased) | None => Err(Refusal::not_found("application.erased")),
    }
}

/// Whether somebody may still answer, and for this body.
async fn answerable(acting: &Acting, id: ReferralId) -> Outcome<Versioned<Referral>> {
    let referral = get(acting, id).await?;
    match referral.value.may_answer(acting.zone().day(acting.now)) {
        Ok(()) => Ok(referral),
        Err(ReferralError::TooLate(_)) => Err(Refusal::conflict("referral.too-late")),
        Err(_) => Err(Refusal::conflict("referral.consent-ended")),
    }
}

/// The body takes the person.
pub async fn accept(acting: &Acting, id: ReferralId) -> Outcome<Saved<Referral>> {
    let by = acting.require(Right::TakeReferrals)?.id;
    let referral = answerable(acting, id).await?;
    let event = ReferralEvent::Accept { by, at: acting.now };
    change(acting, referral, ("referral.accept", "referral"), |referral| {
        referral.state = referral.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// The body does not take the person: what is missing becomes a reported gap, which says nothing of the person.
pub async fn refuse(acting: &Acting, id: ReferralId, refused: RefuseReferral) -> Outcome<Saved<Referral>> {
    let by = acting.require(Right::TakeReferrals)?.id;
    let Versioned { mut value, version, .. } = answerable(acting, id).await?;
    acting.check_version(version)?;
    value.state = value.state.apply(&ReferralEvent::Refuse {
        by,
        at: acting.now,
        reason: refused.reason,
    })?;
    let gap = gap_of(acting, &value, refused.reason).await?;
    value.gap_id = gap.as_ref().map(|gap| gap.id);
    let mut tx = acting.begin("referral.refuse").await?;
    tx.update_network(&value, version).await?;
    let details = serde_json::json!({ "reason": refused.reason.name(), "gap": value.gap_id });
    tx.journal(entry("referral.refuse", "referral", id.uuid(), details));
    if let Some(gap) = &gap {
        gaps::insert(acting, &mut tx, gap).await?;
    }
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

async fn gap_of(acting: &Acting, referral: &Referral, reason: RefusalReason) -> Outcome<Option<ReportedGap>> {
    let Some(cause) = reason.gap_cause() else {
        return Ok(None);
    };
    let by = acting.require(Right::TakeReferrals)?.id;
    let mapped = acting.mapping().await?;
    let name = |lang: &str| {
        mapped
            .directory
            .term(&referral.category)
            .map(|term| term.name.get(lang).to_owned())
            .unwrap_or_default()
    };
    let why = |lang| {
        let key = format!("referral-refusal-{}", reason.name());
        acting.app.texts().get(lang, &key, &[])
    };
    let words = |key: &str| {
        let say = |lang: crate::lang::Lang| {
            let args = [("category", name(lang.tag())), ("why", why(lang))];
            let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
            acting.app.texts().get(lang, key, &args)
        };
        LocalText::new(say(crate::lang::Lang::El), say(crate::lang::Lang::En))
    };
    Ok(Some(ReportedGap {
        id: acting.app.new_id(GapId::new),
        reported_by: by,
        organization_id: Some(referral.organization_id),
        title: words("gap-of-referral-title"),
        category: referral.category.clone(),
        groups: referral.groups.clone(),
        areas: referral.areas.clone(),
        people: 1,
        cause,
        evidence: words("gap-of-referral-evidence"),
        source: GapSource::RefusedReferral { referral: referral.id },
        from_profile: None,
        reported_at: acting.now,
        proposals: Vec::new(),
        state: GapState::Reported,
    }))
}

/// The consent is taken back, or the referral: nobody reads the data any more.
pub async fn withdraw(acting: &Acting, id: ReferralId) -> Outcome<Saved<Referral>> {
    acting.require(Right::Refer)?;
    let referral = get(acting, id).await?;
    let event = ReferralEvent::Withdraw { at: acting.now };
    change(acting, referral, ("referral.withdraw", "referral"), |referral| {
        referral.state = referral.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// The body says what became of the person; its words are sealed with the person's data.
pub async fn conclude(acting: &Acting, id: ReferralId, concluded: ConcludeReferral) -> Outcome<Saved<Referral>> {
    let by = acting.require(Right::TakeReferrals)?.id;
    let Versioned { mut value, version, .. } = get(acting, id).await?;
    acting.check_version(version)?;
    value.state = value.state.apply(&ReferralEvent::Conclude {
        by,
        at: acting.now,
        outcome: concluded.outcome,
    })?;
    let words = concluded.words.filter(|words| !words.trim().is_empty());
    let data = match words {
        None => None,
        Some(words) => {
            let found = acting
                .scope
                .person_for_machine::<ReferralData>(id.uuid(), value.person_id)
                .await?;
            found.and_then(Readable::data).map(|data| ReferralData {
                outcome: Some(words),
                ..data
            })
        }
    };
    let mut tx = acting.begin("referral.conclude").await?;
    tx.update_network(&value, version).await?;
    if let Some(data) = &data {
        tx.update_person(id.uuid(), value.person_id, data).await?;
    }
    let details = serde_json::json!({ "outcome": concluded.outcome.name() });
    tx.journal(entry("referral.conclude", "referral", id.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}
