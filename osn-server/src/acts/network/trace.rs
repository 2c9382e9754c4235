//! The trace: meeting, reported gap, immediate help, request, certificate, proposal, action; walkable from any of them, both
//! ways.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::gap::{Closure, GapState, ReportedGap};
use osn_core::id::GapId;
use osn_core::immediate::ImmediateIntervention;
use osn_core::lang::LocalText;
use osn_core::meeting::Meeting;
use osn_core::proposal::{ActionProposal, ProposalState};
use osn_core::request::SupportRequest;
use osn_core::state::Machine as _;
use osn_store::{NetworkFilter, PageQuery};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::board;
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// What stands on the way from a meeting to an action, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// A meeting of the network.
    Meeting,
    /// A reported gap.
    Gap,
    /// Immediate help, which its request follows.
    Intervention,
    /// A request for support.
    Request,
    /// A certificate of need.
    Certificate,
    /// A proposal of an action.
    Proposal,
    /// An action.
    Action,
}

impl StepKind {
    const ALL: [Self; 7] = [
        Self::Meeting,
        Self::Gap,
        Self::Intervention,
        Self::Request,
        Self::Certificate,
        Self::Proposal,
        Self::Action,
    ];

    /// Stable name, as addresses have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::Gap => "gap",
            Self::Intervention => "intervention",
            Self::Request => "request",
            Self::Certificate => "certificate",
            Self::Proposal => "proposal",
            Self::Action => "action",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One step of the way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TraceStep {
    /// What it is.
    pub kind: StepKind,
    /// Identifier.
    pub id: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// Where it stands.
    pub state: String,
    /// The steps that it follows from.
    pub before: Vec<Uuid>,
    /// The steps that follow from it.
    pub after: Vec<Uuid>,
}

/// The way through a record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Trace {
    /// Where one asked from.
    pub from: Uuid,
    /// Every step that is reached from there in either direction, in the order of the way.
    pub steps: Vec<TraceStep>,
}

#[derive(Default)]
struct Graph {
    steps: BTreeMap<Uuid, TraceStep>,
    links: BTreeSet<(Uuid, Uuid)>,
}

impl Graph {
    fn add(&mut self, kind: StepKind, id: Uuid, name: LocalText, state: &str) {
        let step = TraceStep {
            kind,
            id,
            name,
            state: state.to_owned(),
            before: Vec::new(),
            after: Vec::new(),
        };
        self.steps.insert(id, step);
    }

    fn link(&mut self, before: Uuid, after: Uuid) {
        self.links.insert((before, after));
    }

    /// Everything before `from`, and everything after it: what only shares a step with it is another's way.
    fn through(mut self, from: Uuid) -> Trace {
        let mut kept = BTreeSet::from([from]);
        for forward in [true, false] {
            let mut open = vec![from];
            while let Some(at) = open.pop() {
                for (before, after) in &self.links {
                    let (here, there) = if forward { (before, after) } else { (after, before) };
                    if *here == at && self.steps.contains_key(there) && kept.insert(*there) {
                        open.push(*there);
                    }
                }
            }
        }
        for (before, after) in &self.links {
            if kept.contains(before) && kept.contains(after) {
                if let Some(step) = self.steps.get_mut(before) {
                    step.after.push(*after);
                }
                if let Some(step) = self.steps.get_mut(after) {
                    step.before.push(*before);
                }
            }
        }
        let mut steps: Vec<TraceStep> = self
            .steps
            .into_values()
            .filter(|step| kept.contains(&step.id))
            .collect();
        steps.sort_by_key(|step| (step.kind, step.id));
        Trace { from, steps }
    }
}

/// The way through a record, both ways. A partner sees requests of its own body only, and the way stops at another's.
pub async fn through(acting: &Acting, kind: &str, id: Uuid) -> Outcome<Trace> {
    let officer = acting.require(Right::SeeWork)?;
    let kind = StepKind::named(kind).ok_or_else(|| Refusal::not_found("trace.unknown"))?;
    let mut graph = Graph::default();
    let all = NetworkFilter::default();
    for read in acting.scope.all_network_records::<Meeting>(all).await? {
        let meeting = read.value;
        graph.add(
            StepKind::Meeting,
            meeting.id.uuid(),
            meeting.title,
            meeting.state.name(),
        );
        for gap in meeting.gaps {
            graph.link(meeting.id.uuid(), gap.uuid());
        }
    }
    for read in acting.scope.all_network_records::<ReportedGap>(all).await? {
        gap(&mut graph, read.value);
    }
    if acting.actor.may(Right::SeeApplications) {
        interventions(acting, &mut graph).await?;
    }
    for request in requests(acting).await? {
        if officer.is_bound() && officer.organization != Some(request.organization_id) {
            continue;
        }
        graph.add(
            StepKind::Request,
            request.id.uuid(),
            request.title,
            request.state.name(),
        );
        for gap in &request.gaps {
            graph.link(GapId::uuid(*gap), request.id.uuid());
        }
        if let Some(from) = &request.from_profile {
            graph.link(from.meeting.uuid(), request.id.uuid());
        }
    }
    for signed in board::certificates(acting).await? {
        let certificate = signed.certificate;
        let name = LocalText::new(certificate.reference.clone(), certificate.reference);
        let outcome = certificate.confirmation.outcome.name();
        graph.add(StepKind::Certificate, certificate.id.uuid(), name, outcome);
        graph.link(certificate.request_id.uuid(), certificate.id.uuid());
    }
    for read in acting.scope.all_network_records::<ActionProposal>(all).await? {
        proposal(&mut graph, read.value);
    }
    for action in board::actions(acting).await? {
        graph.add(
            StepKind::Action,
            action.id.uuid(),
            action.name.clone(),
            action.state.name(),
        );
        for certificate in action.certificates() {
            graph.link(certificate.uuid(), action.id.uuid());
        }
    }
    match graph.steps.get(&id) {
        Some(step) if step.kind == kind => Ok(graph.through(id)),
        Some(_) | None => Err(Refusal::not_found("trace.unknown")),
    }
}

/// Immediate help under the name of its entry; who is helped stands nowhere on the way.
async fn interventions(acting: &Acting, graph: &mut Graph) -> Outcome<()> {
    let catalogue = acting.scope.intervention_model(None).await?;
    let catalogue = catalogue.map(|model| model.catalogue.0).unwrap_or_default();
    let all = NetworkFilter::default();
    for read in acting.scope.all_network_records::<ImmediateIntervention>(all).await? {
        let help = read.value;
        let entry = catalogue.iter().find(|entry| entry.code == help.entry);
        let name = entry.map_or_else(
            || LocalText::new(help.entry.clone(), help.entry.clone()),
            |entry| entry.name.clone(),
        );
        graph.add(StepKind::Intervention, help.id.uuid(), name, help.state.name());
        if let Some(request) = help.request_id {
            graph.link(help.id.uuid(), request.uuid());
        }
    }
    Ok(())
}

fn gap(graph: &mut Graph, gap: ReportedGap) {
    let id = gap.id.uuid();
    match &gap.state {
        GapState::Joined { into, .. } => graph.link(id, into.uuid()),
        GapState::Closed {
            closure: Closure::Action { action },
            ..
        } => graph.link(id, action.uuid()),
        GapState::Closed { .. } | GapState::Reported | GapState::Accepted { .. } | GapState::Dismissed { .. } => {}
    }
    let state = gap.state.name();
    graph.add(StepKind::Gap, id, gap.title, state);
}

fn proposal(graph: &mut Graph, proposal: ActionProposal) {
    let id = proposal.id.uuid();
    for certificate in &proposal.certificates {
        graph.link(certificate.uuid(), id);
    }
    if let ProposalState::Planned { action, .. } = proposal.state {
        graph.link(id, action.uuid());
    }
    let state = proposal.state.name();
    graph.add(StepKind::Proposal, id, proposal.name, state);
}

async fn requests(acting: &Acting) -> Outcome<Vec<SupportRequest>> {
    let (mut all, mut query) = (Vec::new(), PageQuery::first());
    loop {
        let page = acting.scope.requests(None, query).await?;
        all.extend(page.items.into_iter().map(|read| read.value));
        match page.next {
            Some(after) => {
                query = PageQuery {
                    after: Some(after),
                    ..PageQuery::first()
                }
            }
            None => return Ok(all),
        }
    }
}
