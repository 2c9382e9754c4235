//! Running actions as services: what the municipality adds to the network now, marked as such and counted nowhere.

use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use osn_core::action::{Action, ActionState};
use osn_core::call::{Call, CallState};
use osn_core::directory::{
    Attribute, Directory, Schedule, Service, ServiceCapacity, ServiceStatus, Unit, Updated, derived_id,
};
use osn_core::id::{ActionId, MunicipalityId, OrganizationId, ServiceId};
use osn_core::lang::LocalText;
use osn_core::need::Need;
use osn_core::time::Instant;
use osn_store::{CallFilter, PageQuery, Versioned};

use crate::acts::Acting;
use crate::fresh::Fresh;
use crate::refusal::Outcome;

/// Calls that everybody may see.
const PUBLIC: [&str; 4] = ["published", "assessed", "proposed", "final"];

/// Running actions as they were a moment ago: asking for them takes as many statements as there are.
#[derive(Debug, Default)]
pub(super) struct Own(Mutex<HashMap<MunicipalityId, (Fresh, Arc<Running>)>>);

/// Running actions as services, with a number that changes with them.
#[derive(Debug, Default)]
pub(super) struct Running {
    pub(super) services: Vec<Service>,
    pub(super) state: u64,
}

impl Own {
    /// The running actions of now, or of a moment ago.
    pub(super) async fn running(&self, acting: &Acting, directory: &Directory) -> Outcome<Arc<Running>> {
        let id = acting.municipality().id;
        let known = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(&id).map(|(fresh, running)| (*fresh, Arc::clone(running)))
        };
        if let Some((fresh, running)) = known
            && fresh.holds(&acting.app)
        {
            return Ok(running);
        }
        let fresh = Fresh::now(&acting.app);
        let services = services(acting, directory).await?;
        let mut hasher = std::hash::DefaultHasher::new();
        format!("{services:?}").hash(&mut hasher);
        let running = Arc::new(Running {
            services,
            state: hasher.finish(),
        });
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(id, (fresh, Arc::clone(&running)));
        Ok(running)
    }
}

/// The approved actions with a public call, while they run, by name.
pub(crate) async fn services(acting: &Acting, directory: &Directory) -> Outcome<Vec<Service>> {
    let mut calls: BTreeMap<ActionId, Vec<Versioned<Call>>> = BTreeMap::new();
    let mut query = PageQuery::first();
    loop {
        let states = PUBLIC.map(str::to_owned).to_vec();
        let page = acting
            .scope
            .calls(CallFilter { action: None, states }, query.clone())
            .await?;
        for call in page.items {
            calls.entry(call.value.action_id).or_default().push(call);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let today = acting.zone().day(acting.now);
    let mut services = Vec::new();
    for (id, calls) in calls {
        let Some(action) = acting.scope.action(id).await?.map(|action| action.value) else {
            continue;
        };
        let runs = action.period.to.is_none_or(|to| to >= today);
        if !runs || !matches!(action.state, ActionState::Approved { .. }) {
            continue;
        }
        let Some(signed) = acting.scope.certificate(action.certificate_id).await? else {
            continue;
        };
        let Some(request) = acting.scope.request(signed.certificate.request_id).await? else {
            continue;
        };
        let body = request.value.organization_id;
        let need = needs(acting, &action, &signed.certificate.confirmation.need).await?;
        if directory.organization(body).is_some() {
            services.push(service(&action, &calls, &need, body));
        }
    }
    services.sort_by_cached_key(|service| (osn_core::text::sort_key(service.name.get("el")), service.id));
    Ok(services)
}

/// The need that an action answers: of several certificates with the groups and areas of all.
async fn needs(acting: &Acting, action: &Action, first: &Need) -> Outcome<Need> {
    let mut need = first.clone();
    for id in &action.further_certificates {
        let Some(signed) = acting.scope.certificate(*id).await? else {
            continue;
        };
        let further = signed.certificate.confirmation.need;
        for (all, more) in [(&mut need.groups, further.groups), (&mut need.areas, further.areas)] {
            all.extend(more);
            let mut seen = std::collections::BTreeSet::new();
            all.retain(|code| seen.insert(code.clone()));
        }
    }
    Ok(need)
}

fn service(action: &Action, calls: &[Versioned<Call>], need: &Need, body: OrganizationId) -> Service {
    let id = ServiceId::new(derived_id(action.id.uuid(), "service", "action"));
    let own = |entity: &str, key: &str| derived_id(id.uuid(), entity, key);
    let mark = Attribute {
        link_type: Some("provided_through".to_owned()),
        value: LocalText::only("en", "municipal-action"),
        label: LocalText::new(
            "Δράση του δήμου, πέρα από το υπάρχον δίκτυο",
            "An action of the municipality, beyond the existing network",
        ),
        ..Attribute::new(own("provided_through", "municipal-action"))
    };
    let running = Schedule {
        valid_from: Some(action.period.from),
        valid_to: action.period.to,
        ..Schedule::new(own("schedule", "period"))
    };
    Service {
        description: action.description.clone(),
        categories: vec![need.category.clone()],
        groups: Some(need.groups.clone()),
        areas: Some(need.areas.clone()),
        modes: Some(vec![need.mode]),
        minimum_age: need.people.age_from,
        maximum_age: need.people.age_to,
        free_of_charge: Some(true),
        capacities: vec![places(calls, own("service_capacity", "places"))],
        schedules: vec![running],
        attributes: vec![mark],
        ..Service::new(id, body, action.name.clone(), ServiceStatus::Active)
    }
}

/// The places of the public calls; those of a call whose list is not final are free.
fn places(calls: &[Versioned<Call>], id: uuid::Uuid) -> ServiceCapacity {
    let sum = |calls: &mut dyn Iterator<Item = &Versioned<Call>>| {
        calls.fold(0_u32, |sum, call| sum.saturating_add(call.value.capacity))
    };
    let is_final = |call: &&Versioned<Call>| matches!(call.value.state, CallState::Final { .. });
    let updated: Instant = calls.iter().map(|call| call.updated_at).max().unwrap_or_default();
    ServiceCapacity {
        maximum: Some(sum(&mut calls.iter())),
        ..ServiceCapacity::new(
            id,
            sum(&mut calls.iter().filter(|call| !is_final(call))),
            Unit::named(LocalText::new("θέσεις", "places")),
            Updated::Moment(updated.fixed_offset()),
        )
    }
}
