//! The shared calendar: what each body means to do by itself, with days, groups and areas; what overlaps.

use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_core::id::{OrganizationId, PlannedActionId};
use osn_core::lang::LocalText;
use osn_core::planned::{Occupied, PlannedAction, PlannedEvent, PlannedState, icalendar};
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_store::{NetworkFilter, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Listed, change, keep, read, sound, unknown_body, unknown_category, unknown_terms};
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome};
use crate::shapes;

/// Something that a body means to do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlannedAction {
    /// The body; left out by a partner, who plans for its own.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// Short title.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// In words; no personal data.
    #[serde(default)]
    #[schemars(with = "shapes::LocalText")]
    pub words: LocalText,
    /// Category of the service.
    #[schemars(with = "String")]
    pub category: TermCode,
    /// For whom; empty: for everybody.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub groups: Vec<TermCode>,
    /// Where.
    #[schemars(with = "Vec<String>")]
    pub areas: Vec<TermCode>,
    /// On which days.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// How many people.
    #[serde(default)]
    pub people: Option<u32>,
}

fn problems(directory: &Directory, planned: &PlannedAction) -> Vec<FieldError> {
    let wrong = planned.problems().into_iter();
    let mut errors: Vec<FieldError> = wrong
        .map(|problem| FieldError::new(problem.path(), problem.code()))
        .collect();
    unknown_category(directory, "/category", &planned.category, &mut errors);
    let groups = Taxonomy::BeneficiaryGroup;
    unknown_terms(directory, groups, "/groups", &planned.groups, &mut errors);
    unknown_terms(directory, Taxonomy::Area, "/areas", &planned.areas, &mut errors);
    unknown_body(directory, "/organization_id", planned.organization_id, &mut errors);
    errors
}

/// Enters what a body means to do.
pub async fn plan(acting: &Acting, new: NewPlannedAction) -> Outcome<Saved<PlannedAction>> {
    let officer = acting.require(Right::WriteRequests)?;
    let planned = PlannedAction {
        id: acting.app.new_id(PlannedActionId::new),
        organization_id: officer.body(new.organization_id)?,
        by: officer.id,
        at: acting.now,
        title: new.title,
        words: new.words,
        category: new.category,
        groups: new.groups,
        areas: new.areas,
        period: new.period,
        people: new.people,
        state: PlannedState::Planned,
    };
    sound(problems(&acting.mapping().await?.directory, &planned))?;
    keep(acting, "planned.enter", "planned-action", planned).await
}

/// Writes it anew, as long as it stands; the body stays.
pub async fn rewrite(acting: &Acting, id: PlannedActionId, new: NewPlannedAction) -> Outcome<Saved<PlannedAction>> {
    let officer = acting.require(Right::WriteRequests)?;
    let found = get(acting, id).await?;
    officer.acts_for(found.value.organization_id)?;
    let mapped = acting.mapping().await?;
    change(acting, found, ("planned.change", "planned-action"), |planned| {
        // A step that is refused says what state it is in; this one changes none.
        if let PlannedState::Cancelled { by, at } = planned.state {
            planned.state.apply(&PlannedEvent::Cancel { by, at })?;
        }
        planned.title = new.title;
        planned.words = new.words;
        planned.category = new.category;
        planned.groups = new.groups;
        planned.areas = new.areas;
        planned.period = new.period;
        planned.people = new.people;
        sound(problems(&mapped.directory, planned))
    })
    .await
}

/// It does not take place.
pub async fn cancel(acting: &Acting, id: PlannedActionId) -> Outcome<Saved<PlannedAction>> {
    let officer = acting.require(Right::WriteRequests)?;
    let found = get(acting, id).await?;
    officer.acts_for(found.value.organization_id)?;
    let event = PlannedEvent::Cancel {
        by: officer.id,
        at: acting.now,
    };
    change(acting, found, ("planned.cancel", "planned-action"), |planned| {
        planned.state = planned.state.apply(&event)?;
        Ok(())
    })
    .await
}

/// One planned action: everybody of the network sees it.
pub async fn get(acting: &Acting, id: PlannedActionId) -> Outcome<Versioned<PlannedAction>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "planned.unknown").await
}

/// Planned actions, in the order in which they were entered.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<PlannedAction>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// Everything that stands, by its first day.
pub async fn standing(acting: &Acting) -> Outcome<Vec<PlannedAction>> {
    acting.require(Right::SeeWork)?;
    let planned = NetworkFilter {
        state: Some("planned"),
        ..NetworkFilter::default()
    };
    let found = acting.scope.all_network_records::<PlannedAction>(planned).await?;
    let mut found: Vec<PlannedAction> = found.into_iter().map(|read| read.value).collect();
    found.sort_by_key(|planned| (planned.period.from, planned.id));
    Ok(found)
}

/// What of everything that stands is about the same, for the same people, there and then.
pub async fn overlapping(
    acting: &Acting,
    directory: &Directory,
    occupied: &Occupied<'_>,
) -> Outcome<Vec<PlannedAction>> {
    let mut found = standing(acting).await?;
    found.retain(|planned| planned.overlaps(occupied, directory));
    Ok(found)
}

/// The calendar as a file that calendar programs read, in the reader's language.
pub async fn calendar(acting: &Acting) -> Outcome<String> {
    let found = standing(acting).await?;
    let mapped = acting.mapping().await?;
    let host = acting.municipality().hosts.first().map_or("localhost", String::as_str);
    let lang = acting.lang.tag();
    let body = |id: OrganizationId| {
        let body = mapped.directory.organization(id);
        body.map(|body| body.name.get(lang).to_owned()).unwrap_or_default()
    };
    Ok(icalendar(&found, host, lang, acting.now, body))
}
