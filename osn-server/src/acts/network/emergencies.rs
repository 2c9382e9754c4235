//! Declared emergencies: a heatwave, sudden arrivals. One opens the urgent track for many, with ceilings of its own.

use osn_core::directory::{Taxonomy, TermCode};
use osn_core::id::EmergencyId;
use osn_core::immediate::{Emergency, EmergencyEvent, EmergencyState};
use osn_core::intervention::Ceiling;
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_store::{Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::immediate::model;
use super::{Listed, change, keep, read, sound, unknown_terms};
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome};
use crate::shapes;

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

/// Proposes an emergency; another person declares it.
pub async fn propose(acting: &Acting, new: NewEmergency) -> Outcome<Saved<Emergency>> {
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
pub async fn get(acting: &Acting, id: EmergencyId) -> Outcome<Versioned<Emergency>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "emergency.unknown").await
}

/// Emergencies, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<Emergency>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// A second person declares it: the track is open for many.
pub async fn declare(acting: &Acting, id: EmergencyId) -> Outcome<Saved<Emergency>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let found = get(acting, id).await?;
    change(acting, found, ("emergency.declare", "emergency"), |emergency| {
        Ok(emergency.declare(by, acting.now)?)
    })
    .await
}

/// It is over.
pub async fn end(acting: &Acting, id: EmergencyId) -> Outcome<Saved<Emergency>> {
    let by = acting.require(Right::HelpAtOnce)?.id;
    let found = get(acting, id).await?;
    let event = EmergencyEvent::End { by, at: acting.now };
    change(acting, found, ("emergency.end", "emergency"), |emergency| {
        emergency.state = emergency.state.apply(&event)?;
        Ok(())
    })
    .await
}
