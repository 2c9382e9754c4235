//! Reported gaps: reported, taken as real, joined, closed, dismissed; what bodies propose about them.

use std::collections::BTreeSet;

use osn_core::directory::{Taxonomy, TermCode};
use osn_core::gap::{
    Closure, ExtensionState, GapCause, GapEvent, GapProposal, GapSource, GapState, JoinError, ReportedGap,
    ServiceExtension,
};
use osn_core::id::{GapId, OrganizationId};
use osn_core::lang::LocalText;
use osn_core::meeting::{FromProfile, Meeting, Part};
use osn_core::referral::{Referral, ReferralState};
use osn_core::state::Machine as _;
use osn_core::upkeep::{RecordConfirmation, RecordKind};
use osn_store::{NetworkFilter, Page, PageQuery, Tx, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{Listed, Why, change, profiles, read, sound, unknown_body, unknown_category, unknown_terms};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::directory::Mapped;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A gap to report.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGap {
    /// Short title.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// The body that reports; left out by a partner, who reports for its own, and by the team for itself.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// Category of the service that is missing.
    #[schemars(with = "String")]
    pub category: TermCode,
    /// For whom.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub groups: Vec<TermCode>,
    /// Where.
    #[schemars(with = "Vec<String>")]
    pub areas: Vec<TermCode>,
    /// How many people, as an estimate.
    pub people: u32,
    /// Why they are not served.
    #[schemars(with = "shapes::GapCause")]
    pub cause: GapCause,
    /// What shows it; no personal data.
    #[schemars(with = "shapes::LocalText")]
    pub evidence: LocalText,
    /// Where the report comes from; left out: somebody saw it.
    #[serde(default)]
    #[schemars(with = "Option<shapes::GapSource>")]
    pub source: Option<GapSource>,
    /// The described group of a meeting that its number of people comes from; the meeting is then its source.
    #[serde(default)]
    #[schemars(with = "Option<shapes::FromProfile>")]
    pub from_profile: Option<FromProfile>,
}

/// What a body proposes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGapProposal {
    /// The body; left out by a partner and by the team.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// In words; no personal data.
    #[schemars(with = "shapes::LocalText")]
    pub words: LocalText,
}

/// The gap that is the same as another.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Same {
    /// The gap that is joined into this one.
    #[schemars(with = "uuid::Uuid")]
    pub gap_id: GapId,
}

/// How a gap is closed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// How.
    #[schemars(with = "shapes::Closure")]
    pub closure: Closure,
}

/// The body for which somebody speaks: a partner's own, the named one, or the team itself.
pub(super) fn speaks_for(acting: &Acting, named: Option<OrganizationId>) -> Outcome<Option<OrganizationId>> {
    let officer = acting.require(Right::WriteRequests)?;
    if named.is_none() && !officer.is_bound() {
        return Ok(None);
    }
    officer.body(named).map(Some)
}

/// Reports a gap.
pub async fn report(acting: &Acting, new: NewGap) -> Outcome<Saved<ReportedGap>> {
    let officer = acting.require(Right::WriteRequests)?.id;
    let organization_id = speaks_for(acting, new.organization_id)?;
    let mapped = acting.mapping().await?;
    let (source, from_profile) = provenance(&new);
    let gap = ReportedGap {
        id: acting.app.new_id(GapId::new),
        reported_by: officer,
        organization_id,
        title: new.title,
        category: new.category,
        groups: new.groups,
        areas: new.areas,
        people: new.people,
        cause: new.cause,
        evidence: new.evidence,
        source,
        from_profile,
        reported_at: acting.now,
        proposals: Vec::new(),
        state: GapState::Reported,
    };
    let mut errors = problems(&gap, &mapped);
    profiles::named(acting, gap.from_profile.as_ref(), &mut errors).await?;
    source_problems(acting, &gap, &mapped, &mut errors).await?;
    sound(errors)?;
    let mut tx = acting.begin("gap.report").await?;
    insert(acting, &mut tx, &gap).await?;
    let saved = Saved { value: gap, version: 1 };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Where a report comes from: a described group is of its meeting, and the areas that are meant are the report's.
fn provenance(new: &NewGap) -> (GapSource, Option<FromProfile>) {
    let from = new.from_profile.clone().map(|from| FromProfile {
        part: Part {
            areas: new.areas.clone(),
            ..from.part
        },
        ..from
    });
    let meeting = from.as_ref().map(|from| GapSource::Meeting { meeting: from.meeting });
    let source = new.source.clone().or(meeting).unwrap_or(GapSource::Observation);
    (source, from)
}

/// Writes a report with its line in the journal; a meeting keeps what came of it.
pub(super) async fn insert(acting: &Acting, tx: &mut Tx, gap: &ReportedGap) -> Outcome<()> {
    tx.insert_network(gap).await?;
    let details = serde_json::json!({
        "category": gap.category.as_str(), "people": gap.people, "cause": gap.cause.name(), "source": gap.source.name(),
    });
    tx.journal(entry("gap.report", "gap", gap.id.uuid(), details));
    if let Some(meeting) = gap.source.meeting() {
        let mut read = read::<Meeting>(acting, meeting.uuid(), "meeting.unknown").await?;
        read.value.gaps.push(gap.id);
        tx.update_network(&read.value, read.version).await?;
    }
    Ok(())
}

fn problems(gap: &ReportedGap, mapped: &Mapped) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = gap
        .problems()
        .iter()
        .map(|problem| FieldError::new(problem.path(), problem.code()))
        .collect();
    let directory = &mapped.directory;
    unknown_category(directory, "/category", &gap.category, &mut errors);
    unknown_terms(
        directory,
        Taxonomy::BeneficiaryGroup,
        "/groups",
        &gap.groups,
        &mut errors,
    );
    unknown_terms(directory, Taxonomy::Area, "/areas", &gap.areas, &mut errors);
    if let Some(body) = gap.organization_id {
        unknown_body(directory, "/organization_id", body, &mut errors);
    }
    let of_another = |from: &FromProfile| gap.source.meeting() != Some(from.meeting);
    if gap.from_profile.as_ref().is_some_and(of_another) {
        errors.push(FieldError::new("/from_profile/meeting", "profile-other-meeting"));
    }
    errors
}

/// What a report says of its source must be there: the meeting, the figures of the service, the searches.
async fn source_problems(
    acting: &Acting,
    gap: &ReportedGap,
    mapped: &Mapped,
    errors: &mut Vec<FieldError>,
) -> Outcome<()> {
    match &gap.source {
        GapSource::Observation => {}
        // A refused referral reports its gap itself, with the refusal.
        GapSource::RefusedReferral { .. } => errors.push(FieldError::new("/source/from", "gap-source-by-itself")),
        GapSource::Meeting { meeting } => {
            if acting.scope.network_record::<Meeting>(meeting.uuid()).await?.is_none() {
                errors.push(FieldError::new("/source/meeting", "unknown-record"));
            }
        }
        GapSource::TurnedAway {
            service,
            period,
            people,
        } => {
            if mapped.directory.service(*service).is_none() {
                errors.push(FieldError::new("/source/service", "unknown-record"));
                return Ok(());
            }
            let kept = counted(acting, service.uuid()).await?;
            let says = |figures: &osn_core::upkeep::PeriodFigures| {
                figures.period == *period && figures.turned_away == Some(*people)
            };
            if !kept.iter().filter_map(|each| each.figures.as_ref()).any(says) {
                errors.push(FieldError::new("/source/people", "gap-not-counted"));
            }
        }
        GapSource::EmptySearch { period, searches } => {
            let to = period.to.unwrap_or(period.from);
            let counted = acting.scope.empty_searches(period.from, to).await?;
            let about = counted.iter().filter(|line| line.category == gap.category.as_str());
            let all = about.fold(0_u32, |sum, line| sum.saturating_add(line.searches));
            if *searches > all {
                errors.push(FieldError::new("/source/searches", "gap-not-counted"));
            }
        }
    }
    Ok(())
}

/// Everything that was ever counted of a service, and of those that were merged into it.
async fn counted(acting: &Acting, service: Uuid) -> Outcome<Vec<RecordConfirmation>> {
    let merged = acting.scope.merged_records().await?.into_iter();
    let merged = merged.filter(|one| one.kind == RecordKind::Service && one.into == service);
    let mut kept = Vec::new();
    for id in merged.map(|one| one.record_id).chain([service]) {
        kept.extend(acting.scope.record_confirmations(RecordKind::Service, id).await?);
    }
    Ok(kept)
}

/// One gap.
pub async fn get(acting: &Acting, id: GapId) -> Outcome<Versioned<ReportedGap>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "gap.unknown").await
}

/// The gap with every report that was joined into it: what was offered for one of them is offered for all.
pub(super) async fn with_joined(acting: &Acting, id: GapId) -> Outcome<BTreeSet<GapId>> {
    let joined = NetworkFilter {
        state: Some("joined"),
        ..NetworkFilter::default()
    };
    let joined = acting.scope.all_network_records::<ReportedGap>(joined).await?;
    let mut known = BTreeSet::from([id]);
    loop {
        let before = known.len();
        known.extend(
            joined
                .iter()
                .filter_map(|read| match &read.value.state {
                    GapState::Joined { into, .. } if known.contains(into) => Some(read.value.id),
                    _ => None,
                })
                .collect::<Vec<_>>(),
        );
        if known.len() == before {
            return Ok(known);
        }
    }
}

/// Gaps, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<ReportedGap>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// The team takes a gap as real.
pub async fn accept(acting: &Acting, id: GapId) -> Outcome<Saved<ReportedGap>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    step(acting, id, "gap.accept", GapEvent::Accept { by, at: acting.now }).await
}

/// It is no gap, for a reason.
pub async fn dismiss(acting: &Acting, id: GapId, why: Why) -> Outcome<Saved<ReportedGap>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    let reason = why.given()?;
    let event = GapEvent::Dismiss {
        by,
        at: acting.now,
        reason,
    };
    step(acting, id, "gap.dismiss", event).await
}

/// What closed it did not last.
pub async fn reopen(acting: &Acting, id: GapId) -> Outcome<Saved<ReportedGap>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    step(acting, id, "gap.reopen", GapEvent::Reopen { by, at: acting.now }).await
}

/// Closes a gap: what closes it must be there.
pub async fn close(acting: &Acting, id: GapId, close: Close) -> Outcome<Saved<ReportedGap>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    closes(acting, &get(acting, id).await?.value, &close.closure).await?;
    let event = GapEvent::Close {
        by,
        at: acting.now,
        closure: close.closure,
    };
    step(acting, id, "gap.close", event).await
}

/// What closes a gap is there, done, and of the gap's category.
async fn closes(acting: &Acting, gap: &ReportedGap, closure: &Closure) -> Outcome<()> {
    let (path, fits) = match closure {
        Closure::Referral { referral } => {
            let found = acting.scope.network_record::<Referral>(referral.uuid()).await?;
            let taken = found.is_some_and(|read| {
                let taken = matches!(
                    read.value.state,
                    ReferralState::Accepted { .. } | ReferralState::Concluded { .. }
                );
                taken && read.value.category == gap.category
            });
            ("/closure/referral", taken)
        }
        Closure::Extension { extension } => {
            let found = acting
                .scope
                .network_record::<ServiceExtension>(extension.uuid())
                .await?;
            let applied = found.is_some_and(|read| {
                read.value.gap_id == gap.id && matches!(read.value.state, ExtensionState::Applied { .. })
            });
            ("/closure/extension", applied)
        }
        Closure::JointEffort { bodies, agreement } => {
            let mapped = acting.mapping().await?;
            let mut errors = Vec::new();
            for (index, body) in bodies.iter().enumerate() {
                unknown_body(
                    &mapped.directory,
                    &format!("/closure/bodies/{index}"),
                    *body,
                    &mut errors,
                );
            }
            if agreement.get("el").trim().is_empty() {
                errors.push(FieldError::new("/closure/agreement", "required"));
            }
            sound(errors)?;
            ("/closure/bodies", bodies.len() > 1)
        }
        Closure::Action { action } => {
            let found = acting.scope.action(*action).await?.map(|read| read.value);
            let stands = found.filter(|action| matches!(action.state.name(), "approved" | "completed"));
            let certificate = match &stands {
                Some(action) => acting.scope.certificate(action.certificate_id).await?,
                None => None,
            };
            let serves =
                certificate.is_some_and(|signed| signed.certificate.confirmation.need.category == gap.category);
            ("/closure/action", serves)
        }
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::field(path, "gap-does-not-close"))
    }
}

async fn step(acting: &Acting, id: GapId, act: &'static str, event: GapEvent) -> Outcome<Saved<ReportedGap>> {
    let gap = get(acting, id).await?;
    change(acting, gap, (act, "gap"), |gap| {
        gap.state = gap.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// Joins another report of the same gap into this one.
pub async fn join(acting: &Acting, id: GapId, same: Same) -> Outcome<Saved<ReportedGap>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    let Versioned { mut value, version, .. } = get(acting, id).await?;
    acting.check_version(version)?;
    let mut other: Versioned<ReportedGap> = read(acting, same.gap_id.uuid(), "gap.unknown").await?;
    let mapped = acting.mapping().await?;
    value.join(&mut other.value, &mapped.directory, (by, acting.now))?;
    let mut tx = acting.begin("gap.join").await?;
    tx.update_network(&value, version).await?;
    tx.update_network(&other.value, other.version).await?;
    let details = serde_json::json!({ "joined": other.value.id, "people": value.people });
    tx.journal(entry("gap.join", "gap", id.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

impl From<JoinError> for Refusal {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Itself => Self::field("/gap_id", "gap-itself"),
            JoinError::Different(field) => Self::invalid(
                "request.invalid",
                vec![FieldError::new("/gap_id", "gap-different").with("what", field)],
            ),
            JoinError::Transition(error) => error.into(),
        }
    }
}

/// A body, or the team, proposes what could be done.
pub async fn propose(acting: &Acting, id: GapId, new: NewGapProposal) -> Outcome<Saved<ReportedGap>> {
    let by = acting.require(Right::WriteRequests)?.id;
    let organization_id = speaks_for(acting, new.organization_id)?;
    if new.words.get("el").trim().is_empty() && new.words.get("en").trim().is_empty() {
        return Err(Refusal::field("/words", "required"));
    }
    let gap = get(acting, id).await?;
    if !gap.value.is_open() {
        return Err(Refusal::conflict("gap.over"));
    }
    let proposal = GapProposal {
        organization_id,
        by,
        at: acting.now,
        words: new.words,
    };
    change(acting, gap, ("gap.propose", "gap"), |gap| {
        gap.proposals.push(proposal);
        Ok(())
    })
    .await
}
