//! Ceilings of the catalogue of immediate help: one person proposes one with the decision that sets it, another approves. Without
//! a ceiling nothing is given but in a declared emergency.

use osn_core::id::CeilingId;
use osn_core::immediate::{CeilingEvent, CeilingProposal, CeilingState};
use osn_core::intervention::{CatalogueEntry, Ceiling};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::{Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::immediate::model;
use super::{Listed, change, keep, read, sound};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A ceiling to propose: people, euro and days, all of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCeiling {
    /// Code of the catalogue's entry.
    pub entry: String,
    /// The most that one immediate help may take.
    #[schemars(with = "shapes::Ceiling")]
    pub ceiling: Ceiling,
    /// Number of the municipality's decision that sets it.
    pub decision: String,
}

/// Proposes a ceiling; another person approves it.
pub async fn propose(acting: &Acting, new: NewCeiling) -> Outcome<Saved<CeilingProposal>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let model = model(acting).await?;
    let mut errors = Vec::new();
    if !model.catalogue.0.iter().any(|known| known.code == new.entry) {
        errors.push(FieldError::new("/entry", "unknown-model-entry"));
    }
    let ceiling = &new.ceiling;
    let mut wanted = |path: &str, positive: Option<bool>| match positive {
        None => errors.push(FieldError::new(path, "required")),
        Some(false) => errors.push(FieldError::new(path, "not-positive")),
        Some(true) => {}
    };
    wanted("/ceiling/people", ceiling.people.map(|people| people > 0));
    wanted("/ceiling/cost", ceiling.cost.map(Money::is_positive));
    wanted("/ceiling/days", ceiling.days.map(|days| days > 0));
    if new.decision.trim().is_empty() {
        errors.push(FieldError::new("/decision", "required"));
    }
    sound(errors)?;
    let proposal = CeilingProposal {
        id: acting.app.new_id(CeilingId::new),
        entry: new.entry,
        ceiling: new.ceiling,
        decision: new.decision.trim().to_owned(),
        proposed_by: by,
        proposed_at: acting.now,
        state: CeilingState::Proposed,
    };
    keep(acting, "ceiling.propose", "ceiling", proposal).await
}

/// One proposed ceiling.
pub async fn get(acting: &Acting, id: CeilingId) -> Outcome<Versioned<CeilingProposal>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "ceiling.unknown").await
}

/// Proposed ceilings, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<CeilingProposal>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// A second person approves: a new version of the model holds the ceiling, for what is proposed from then on.
pub async fn approve(acting: &Acting, id: CeilingId) -> Outcome<Saved<CeilingProposal>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let Versioned { mut value, version, .. } = get(acting, id).await?;
    acting.check_version(version)?;
    value.approve(by, acting.now)?;
    let mut model = model(acting).await?;
    let found = model.catalogue.0.iter_mut().find(|known| known.code == value.entry);
    let found = found.ok_or_else(|| Refusal::conflict("ceiling.entry-gone"))?;
    found.ceiling = value.ceiling.clone();
    model.version = model.version.saturating_add(1);
    let mut tx = acting.begin("ceiling.approve").await?;
    tx.update_network(&value, version).await?;
    tx.put_intervention_model(&model).await?;
    let details = serde_json::json!({ "entry": value.entry, "decision": value.decision, "model": model.version });
    tx.journal(entry("ceiling.approve", "ceiling", id.uuid(), details));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// A second person refuses it, or who proposed it takes it back.
pub async fn refuse(acting: &Acting, id: CeilingId) -> Outcome<Saved<CeilingProposal>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let found = get(acting, id).await?;
    let event = CeilingEvent::Refuse { by, at: acting.now };
    change(acting, found, ("ceiling.refuse", "ceiling"), |proposal| {
        proposal.state = proposal.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// Whether nothing can be given of an entry outside an emergency, because a part of its ceiling is missing.
pub(crate) const fn is_unset(entry: &CatalogueEntry) -> bool {
    let ceiling = &entry.ceiling;
    ceiling.people.is_none() || ceiling.cost.is_none() || ceiling.days.is_none()
}
