//! Running actions as services: what the municipality adds to the network now, marked as such and counted nowhere.

use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveTime;
use osn_core::action::{Action, ActionState};
use osn_core::call::{Call, CallState};
use osn_core::directory::{
    Attribute, Directory, DirectoryRecord, Schedule, Service, ServiceCapacity, ServiceStatus, Unit, Updated, derived_id,
};
use osn_core::id::{ActionId, CallId, MunicipalityId, OrganizationId, ServiceId};
use osn_core::lang::LocalText;
use osn_core::need::Need;
use osn_core::time::Instant;
use osn_core::upkeep::RecordKind;
use osn_store::{CallFilter, Versioned};

use crate::acts::calls::{Window, window};
use crate::acts::{Acting, every};
use crate::directory::Mapped;
use crate::fresh::Fresh;
use crate::refusal::Outcome;

/// Calls that everybody may see, or might see until they were given up.
const SHOWN: [&str; 5] = ["published", "assessed", "proposed", "final", "cancelled"];

/// Running actions as they were a moment ago: asking for them takes as many statements as there are.
#[derive(Debug, Default)]
pub(crate) struct KnownRunning(Mutex<HashMap<MunicipalityId, (Fresh, Arc<Running>)>>);

/// The running actions of a municipality.
#[derive(Debug)]
pub(crate) struct Running {
    /// As services, among the municipality's terms and their own bodies: they are in no mapping, so that no certificate counts
    /// them.
    pub(crate) mapped: Mapped,
    /// The call of each that people apply to, or applied to last.
    calls: HashMap<ServiceId, CallId>,
    /// Those that ran and do not run any more, with the moment at which they ended.
    pub(crate) ended: Vec<(ServiceId, Instant)>,
    /// Another number when anything of this is another.
    pub(crate) state: u64,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            mapped: Mapped::new(Directory::new(Instant::default(), []), 0, None),
            calls: HashMap::new(),
            ended: Vec::new(),
            state: 0,
        }
    }
}

impl Running {
    /// The actions as services, by name.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Service> {
        self.mapped.directory.services()
    }

    /// The call of an action that people apply to, or applied to last.
    pub(crate) fn call(&self, service: ServiceId) -> Option<CallId> {
        self.calls.get(&service).copied()
    }
}

/// The running actions of now, or of a moment ago; none where an older mapping is read, because what ran then is not looked up.
pub(crate) async fn running(acting: &Acting) -> Outcome<Arc<Running>> {
    if acting.as_of.is_some() {
        return Ok(Arc::default());
    }
    let known = &acting.app.known_running().0;
    let id = acting.municipality().id;
    let before = {
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).map(|(fresh, running)| (*fresh, Arc::clone(running)))
    };
    if let Some((fresh, running)) = &before
        && fresh.holds(&acting.app)
    {
        return Ok(Arc::clone(running));
    }
    let fresh = Fresh::now(&acting.app);
    let found = find(acting).await?;
    let running = match before {
        // Indexed once, as long as they say the same.
        Some((_, running)) if running.state == found.state() => running,
        _ => Arc::new(found.indexed(acting).await?),
    };
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.insert(id, (fresh, Arc::clone(&running)));
    Ok(running)
}

/// What the database says of actions that run, and of those that ended.
#[derive(Debug, Default)]
struct Told {
    /// The revision of the mapping whose terms and bodies they name.
    revision: i64,
    services: Vec<Service>,
    calls: Vec<(ServiceId, CallId)>,
    changed: Vec<(ServiceId, Instant)>,
    ended: Vec<(ServiceId, Instant)>,
}

impl Told {
    fn state(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        format!("{self:?}").hash(&mut hasher);
        hasher.finish()
    }

    async fn indexed(self, acting: &Acting) -> Outcome<Running> {
        let state = self.state();
        let mapped = acting.mapping().await?;
        let directory = &mapped.directory;
        let bodies = self
            .services
            .iter()
            .filter_map(|service| directory.organization(service.organization_id))
            .cloned()
            .map(DirectoryRecord::Organization);
        let records = directory.all_terms().cloned().map(DirectoryRecord::TaxonomyTerm);
        let own = self.services.iter().cloned().map(DirectoryRecord::Service);
        let changed = self.changed.iter().map(|(id, at)| (id.uuid(), *at));
        let own = Directory::new(directory.recorded_at(), records.chain(bodies).chain(own)).with_changes(changed);
        Ok(Running {
            mapped: Mapped::new(own, self.revision, Some(acting.municipality())),
            calls: self.calls.into_iter().collect(),
            ended: self.ended,
            state,
        })
    }
}

/// The approved actions with a public call, while they run, and those that once did.
async fn find(acting: &Acting) -> Outcome<Told> {
    let mut calls: BTreeMap<ActionId, Vec<Versioned<Call>>> = BTreeMap::new();
    let shown = CallFilter {
        action: None,
        states: SHOWN.map(str::to_owned).to_vec(),
    };
    let found = every(|query| acting.scope.calls(shown.clone(), query)).await?;
    for call in found.into_iter().filter(|call| call.value.was_published()) {
        calls.entry(call.value.action_id).or_default().push(call);
    }
    let mapped = acting.mapping().await?;
    let mut told = Told {
        revision: mapped.revision,
        ..Told::default()
    };
    let actions = acting.scope.actions_by_id(calls.keys().copied()).await?;
    for (id, calls) in &calls {
        let Some(action) = actions.get(id) else { continue };
        if let Some(at) = end(acting, &action.value, calls) {
            if at <= acting.now {
                told.ended.push((service_id(*id), at));
            }
            continue;
        }
        let action_calls: Vec<&Versioned<Call>> = calls.iter().filter(|call| !is_given_up(&call.value)).collect();
        add(acting, &mapped.directory, &mut told, (action, &action_calls)).await?;
    }
    Ok(told)
}

/// Adds an action that runs, when the body that answers for it is in the mapping.
async fn add(
    acting: &Acting,
    directory: &Directory,
    told: &mut Told,
    (action, calls): (&Versioned<Action>, &[&Versioned<Call>]),
) -> Outcome<()> {
    let (updated, action) = (action.updated_at, &action.value);
    let Some(signed) = acting.scope.certificate(action.certificate_id).await? else {
        return Ok(());
    };
    let Some(request) = acting.scope.request(signed.certificate.request_id).await? else {
        return Ok(());
    };
    let Some(body) = body(acting, directory, request.value.organization_id).await? else {
        return Ok(());
    };
    let need = needs(acting, action, &signed.certificate.confirmation.need).await?;
    let service = service(acting.now, action, calls, &need, body);
    let last = calls.iter().map(|call| changed(acting.now, call)).max();
    told.changed
        .push((service.id, last.map_or(updated, |last| last.max(updated))));
    let newest = calls.iter().max_by_key(|call| {
        let is_open = window(&call.value, acting.now) == Window::Open;
        (is_open, call.value.opens_at, call.value.id)
    });
    told.calls.extend(newest.map(|call| (service.id, call.value.id)));
    told.services.push(service);
    Ok(())
}

/// The body that answers for an action: the one that asked, or the one that it was merged into since.
async fn body(acting: &Acting, directory: &Directory, asked: OrganizationId) -> Outcome<Option<OrganizationId>> {
    if directory.organization(asked).is_some() {
        return Ok(Some(asked));
    }
    let into = acting.scope.merged_into(RecordKind::Organization, asked.uuid()).await?;
    Ok(into
        .map(OrganizationId::new)
        .filter(|body| directory.organization(*body).is_some()))
}

fn is_given_up(call: &Call) -> bool {
    matches!(call.state, CallState::Cancelled { .. })
}

/// When an action that once was shown stopped to be: its period passed, it was completed or given up, or all of its calls were
/// given up, whichever came first. `None` of one that runs.
fn end(acting: &Acting, action: &Action, calls: &[Versioned<Call>]) -> Option<Instant> {
    let zone = acting.zone();
    let passed = action.period.to.filter(|to| *to < zone.day(acting.now));
    let passed = passed.and_then(|to| zone.instant_from(to.succ_opt()?.and_time(NaiveTime::MIN)));
    let closed = match action.state {
        ActionState::Approved { .. } | ActionState::Draft => None,
        ActionState::Completed { at } | ActionState::Cancelled { at } => Some(at),
    };
    let given_up = calls.iter().map(|call| match call.value.state {
        CallState::Cancelled { at } => Some(at),
        _ => None,
    });
    let given_up = given_up.collect::<Option<Vec<_>>>();
    let given_up = given_up.and_then(|all| all.into_iter().max());
    [passed, closed, given_up].into_iter().flatten().min()
}

/// The identifier of an action as a service.
fn service_id(action: ActionId) -> ServiceId {
    ServiceId::new(derived_id(action.uuid(), "service", "action"))
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

fn service(now: Instant, action: &Action, calls: &[&Versioned<Call>], need: &Need, body: OrganizationId) -> Service {
    let id = service_id(action.id);
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
        capacities: vec![places(now, calls, own("service_capacity", "places"))],
        schedules: vec![running],
        attributes: vec![mark],
        ..Service::new(id, body, action.name.clone(), ServiceStatus::Active)
    }
}

/// When a call last came to say something else: when somebody changed it, or when it closed by itself and its places were not
/// free any more.
fn changed(now: Instant, call: &Versioned<Call>) -> Instant {
    let closes_at = call.value.closes_at;
    if closes_at < now {
        call.updated_at.max(closes_at)
    } else {
        call.updated_at
    }
}

/// The places of the public calls; those of a call that people may still apply to are free.
fn places(now: Instant, calls: &[&Versioned<Call>], id: uuid::Uuid) -> ServiceCapacity {
    let sum = |calls: &mut dyn Iterator<Item = &&Versioned<Call>>| {
        calls.fold(0_u32, |sum, call| sum.saturating_add(call.value.capacity))
    };
    let is_open = |call: &&&Versioned<Call>| matches!(window(&call.value, now), Window::Open | Window::NotYet);
    let updated: Instant = calls.iter().map(|call| changed(now, call)).max().unwrap_or_default();
    ServiceCapacity {
        maximum: Some(sum(&mut calls.iter())),
        ..ServiceCapacity::new(
            id,
            sum(&mut calls.iter().filter(is_open)),
            Unit::named(LocalText::new("θέσεις", "places")),
            Updated::Moment(updated.fixed_offset()),
        )
    }
}
