//! Who delivers an action: the bodies that its coordinator named, for all of it or for one of its places. Whoever works for a
//! body opens the lists of a day and records what arrived where it delivers, and nowhere else; the team does so everywhere.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::action::{Action, Deliverer};
use osn_core::delivery::Delivery;
use osn_core::id::{ActionId, OrganizationId};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::written::Ground;
use crate::acts::{Acting, Saved, actions};
use crate::auth::{Officer, Right};
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::shapes;

/// Most bodies of one action.
const MOST: usize = 200;

/// Everybody who delivers an action, beside the team.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeliverers {
    /// The bodies; who is not in it delivers no more.
    #[schemars(with = "Vec<shapes::Deliverer>")]
    pub deliverers: Vec<Deliverer>,
}

/// Names who delivers an action, in place of whoever was named before.
pub async fn name(acting: &Acting, id: ActionId, new: NewDeliverers) -> Outcome<Saved<Action>> {
    acting.require(Right::PlanDeliveries)?;
    let mut errors = bodies(acting, &new.deliverers, "/deliverers").await?;
    let ground = Ground::of(acting, id).await?;
    let known = places(&ground);
    for (index, one) in new.deliverers.iter().enumerate() {
        if one.place.as_ref().is_some_and(|place| !known.contains(place)) {
            errors.push(FieldError::new(format!("/deliverers/{index}/place"), "unknown-option"));
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let wanted: BTreeSet<Deliverer> = new.deliverers.into_iter().collect();
    actions::change(acting, id, "action.deliverers", |action| {
        action.deliverers = wanted.into_iter().collect();
        Ok(())
    })
    .await
}

/// The places of an action's program, under its parameters.
pub(crate) fn places(ground: &Ground) -> Vec<String> {
    let question = ground.about.delivery.places_of.as_deref();
    let field = question.and_then(|question| ground.about.field(question));
    field.map(|field| field.options.clone()).unwrap_or_default()
}

/// What is wrong with the bodies themselves.
pub(super) async fn bodies(acting: &Acting, named: &[Deliverer], at: &str) -> Outcome<Vec<FieldError>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let mapped = acting.mapping().await?;
    let mut errors = Vec::new();
    if named.len() > MOST {
        let error = FieldError::new(at, "wrong-count").with("least", 0).with("most", MOST);
        errors.push(error);
    }
    for (index, one) in named.iter().enumerate() {
        if mapped.directory.organization(one.organization_id).is_none() {
            let place = format!("{at}/{index}/organization_id");
            errors.push(FieldError::new(place, "unknown-record"));
        }
    }
    Ok(errors)
}

/// How far somebody's hand reaches at an action's deliveries.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    /// The body of whoever works for one only.
    body: Option<OrganizationId>,
    is_bound: bool,
    action: Action,
    /// Where each instalment takes place, by the plan in force.
    places: BTreeMap<u16, String>,
}

impl Reach {
    /// The officer's, at an action.
    pub(crate) async fn of(acting: &Acting, officer: &Officer, action: ActionId) -> Outcome<Self> {
        let action = actions::read(acting, action).await?.value;
        let plan = acting.scope.delivery_plans(action.id).await?.pop();
        let slots = plan.map(|plan| plan.slots).unwrap_or_default();
        let places = slots
            .into_iter()
            .filter_map(|slot| Some((slot.instalment, slot.occasion?.place?)));
        Ok(Self {
            body: officer.organization,
            is_bound: officer.is_bound(),
            places: places.collect(),
            action,
        })
    }

    /// Whether it reaches a place, or what has none.
    pub(crate) fn covers(&self, place: Option<&str>) -> bool {
        !self.is_bound || self.body.is_some_and(|body| self.action.is_delivered_by(body, place))
    }

    /// Whether it reaches a delivery.
    pub(crate) fn covers_delivery(&self, delivery: &Delivery) -> bool {
        self.covers(self.places.get(&delivery.instalment).map(String::as_str))
    }

    /// Whether it reaches anything of the action.
    pub(crate) fn is_anywhere(&self) -> bool {
        let mut own = self.action.deliverers.iter();
        !self.is_bound || own.any(|one| Some(one.organization_id) == self.body)
    }
}

/// The refusal of a hand that does not reach: another body delivers there.
pub(crate) fn elsewhere() -> Refusal {
    Refusal::new(Kind::Forbidden, "delivery.other-body")
}
