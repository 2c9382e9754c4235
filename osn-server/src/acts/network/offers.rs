//! Means that bodies offer towards a gap: places, rooms, people, goods.

use osn_core::gap::{Contribution, ContributionEvent, ContributionKind, ContributionState};
use osn_core::id::{ContributionId, GapId, MeetingId, OrganizationId};
use osn_core::lang::LocalText;
use osn_core::meeting::Meeting;
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_store::{Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Listed, Why, change, gaps, read, sound, unknown_body};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// Means to offer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContribution {
    /// The body; left out by a partner, who offers for its own.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// What.
    #[schemars(with = "shapes::ContributionKind")]
    pub kind: ContributionKind,
    /// How many or how much.
    pub quantity: u32,
    /// What is counted.
    #[schemars(with = "shapes::LocalText")]
    pub unit: LocalText,
    /// In words.
    #[schemars(with = "shapes::LocalText")]
    pub words: LocalText,
    /// When it is there.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// The meeting at which it was offered.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub meeting_id: Option<MeetingId>,
}

/// Offers means towards a gap that is open.
pub async fn offer(acting: &Acting, gap: GapId, new: NewContribution) -> Outcome<Saved<Contribution>> {
    let officer = acting.require(Right::WriteRequests)?;
    let body = officer.body(new.organization_id)?;
    let about = gaps::get(acting, gap).await?;
    if !about.value.is_open() {
        return Err(Refusal::conflict("gap.over"));
    }
    let mapped = acting.mapping().await?;
    let mut errors = Vec::new();
    unknown_body(&mapped.directory, "/organization_id", body, &mut errors);
    if new.quantity == 0 {
        errors.push(FieldError::new("/quantity", "out-of-range").with("min", 1));
    }
    for (path, words) in [("/unit", &new.unit), ("/words", &new.words)] {
        if words.get("el").trim().is_empty() && words.get("en").trim().is_empty() {
            errors.push(FieldError::new(path, "required"));
        }
    }
    if new.period.to.is_some_and(|to| to < new.period.from) {
        errors.push(FieldError::new("/period/to", "backwards-period"));
    }
    let meeting = match new.meeting_id {
        None => None,
        Some(id) => {
            let found = acting.scope.network_record::<Meeting>(id.uuid()).await?;
            if found.is_none() {
                errors.push(FieldError::new("/meeting_id", "unknown-record"));
            }
            found
        }
    };
    sound(errors)?;
    let offer = Contribution {
        id: acting.app.new_id(ContributionId::new),
        gap_id: gap,
        organization_id: body,
        offered_by: officer.id,
        kind: new.kind,
        quantity: new.quantity,
        unit: new.unit,
        words: new.words,
        period: new.period,
        at: acting.now,
        state: ContributionState::Offered,
    };
    let mut tx = acting.begin("contribution.offer").await?;
    tx.insert_network(&offer).await?;
    if let Some(mut meeting) = meeting {
        meeting.value.contributions.push(offer.id);
        tx.update_network(&meeting.value, meeting.version).await?;
    }
    let details = serde_json::json!({ "gap": gap, "kind": offer.kind.name(), "quantity": offer.quantity });
    tx.journal(entry("contribution.offer", "contribution", offer.id.uuid(), details));
    let saved = Saved {
        value: offer,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// What was offered towards a gap and the reports that were joined into it, oldest first.
pub async fn of_gap(acting: &Acting, gap: GapId, query: PageQuery) -> Outcome<Page<Versioned<Contribution>>> {
    gaps::get(acting, gap).await?;
    super::of_gaps(acting, gap, query).await
}

/// Everything that was offered, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<Contribution>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// One offer.
pub async fn get(acting: &Acting, id: ContributionId) -> Outcome<Versioned<Contribution>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "contribution.unknown").await
}

/// The team takes it.
pub async fn accept(acting: &Acting, id: ContributionId) -> Outcome<Saved<Contribution>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    step(
        acting,
        id,
        "contribution.accept",
        ContributionEvent::Accept { by, at: acting.now },
    )
    .await
}

/// The team does not take it, for a reason.
pub async fn decline(acting: &Acting, id: ContributionId, why: Why) -> Outcome<Saved<Contribution>> {
    let by = acting.require(Right::ExamineNeeds)?.id;
    let event = ContributionEvent::Decline {
        by,
        at: acting.now,
        reason: why.given()?,
    };
    step(acting, id, "contribution.decline", event).await
}

/// The body takes it back.
pub async fn withdraw(acting: &Acting, id: ContributionId) -> Outcome<Saved<Contribution>> {
    let officer = acting.require(Right::WriteRequests)?;
    let offer = get(acting, id).await?;
    officer.acts_for(offer.value.organization_id)?;
    step(
        acting,
        id,
        "contribution.withdraw",
        ContributionEvent::Withdraw { at: acting.now },
    )
    .await
}

async fn step(
    acting: &Acting,
    id: ContributionId,
    act: &'static str,
    event: ContributionEvent,
) -> Outcome<Saved<Contribution>> {
    let offer = get(acting, id).await?;
    change(acting, offer, (act, "contribution"), |offer| {
        offer.state = offer.state.apply(&event)?;
        Ok(())
    })
    .await
}
