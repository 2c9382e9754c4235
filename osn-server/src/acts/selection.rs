//! Selection: the eligible ranked and cut, proposed by one person and approved by another; awards follow.

use std::collections::BTreeMap;

use osn_core::application::{Application, ApplicationEvent};
use osn_core::call::{CallEvent, CallState, TieBreak};
use osn_core::id::{ApplicationId, CallId, DecisionId, SelectionId};
use osn_core::selection::{
    Candidate, Place, RankedList, RankingKey, Selection, SelectionError, SelectionEvent, SelectionState, TieOrder, rank,
};
use osn_core::state::Machine as _;
use osn_store::{DecisionQuery, PageQuery, Readable, Versioned};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::{Acting, Saved, assessment, awards, calls, entry};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// Decisions read at once.
const CHUNK: u32 = 2_000;

/// Ranks the eligible applications of an assessed call and proposes the list.
pub async fn propose(acting: &Acting, call_id: CallId) -> Outcome<Saved<Selection>> {
    let officer = acting.require(Right::Select)?;
    let open = calls::open(acting, call_id).await?;
    let Versioned {
        value: mut call,
        version,
        ..
    } = open.call;
    if !matches!(call.state, CallState::Assessed { .. }) {
        return Err(Refusal::conflict("selection.not-assessed"));
    }
    let tie = match &call.tie_break {
        TieBreak::SubmissionTime => TieOrder::SubmissionTime,
        TieBreak::Draw { .. } => return Err(Refusal::conflict("selection.draw-not-offered")),
    };
    // Ties end with the protocol number: the sealer gives those that are still missing.
    acting.scope.seal(acting.now).await?;
    let keys: Vec<RankingKey> = open
        .about
        .ranking
        .iter()
        .map(|key| RankingKey {
            key: key.key.clone(),
            descending: key.descending,
        })
        .collect();
    let candidates = candidates(acting, call_id, &open.about).await?;
    let list = rank(call_id, &keys, tie, call.capacity, candidates).map_err(Refusal::internal)?;
    let selection = Selection {
        id: acting.app.new_id(SelectionId::new),
        list,
        proposed_by: officer.id,
        proposed_at: acting.now,
        state: SelectionState::Proposed,
    };
    call.state = call.state.apply(&CallEvent::Propose {
        selection: selection.id,
        by: officer.id,
    })?;
    let mut tx = acting.begin("selection.propose").await?;
    tx.insert_selection(&selection).await?;
    tx.update_call(&call, version).await?;
    tx.journal(entry("selection.propose", "call", call_id.uuid(), summary(&selection)));
    let saved = Saved {
        value: selection,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

fn summary(selection: &Selection) -> serde_json::Value {
    let list = &selection.list;
    serde_json::json!({
        "selection": selection.id, "selected": list.selected().count(), "reserve": list.reserve().count(), "capacity": list.capacity,
        "frozen": list.frozen,
    })
}

/// Whoever was judged eligible by the last run and did not withdraw, in any order.
async fn candidates(acting: &Acting, call: CallId, about: &osn_programs::about::About) -> Outcome<Vec<Candidate>> {
    let waiting = all(acting, call, Some("assessed")).await?;
    let by_id: BTreeMap<ApplicationId, &Application> = waiting
        .iter()
        .map(|application| (application.value.id, &application.value))
        .collect();
    let mut candidates = Vec::new();
    let mut after: Option<DecisionId> = None;
    loop {
        let chunk = acting
            .scope
            .decisions_for_machine(DecisionQuery::Call(call), after, CHUNK)
            .await?;
        let Some(last) = chunk.last() else {
            return Ok(candidates);
        };
        after = Some(last.id);
        for row in chunk {
            let (Some(application), Readable::Data(keys)) = (by_id.get(&row.application_id), row.keys) else {
                continue;
            };
            if row.outcome != osn_core::application::AssessmentOutcome::Eligible {
                continue;
            }
            candidates.push(Candidate {
                application_id: application.id,
                reference: application.reference.clone(),
                keys: assessment::ranked(about, &keys),
                submitted_at: application.submitted_at,
                protocol: application.protocol,
                units: row.units,
            });
        }
    }
}

/// Every application of a call in one state, or in all.
pub(crate) async fn all(acting: &Acting, call: CallId, state: Option<&str>) -> Outcome<Vec<Versioned<Application>>> {
    let (mut found, mut query) = (Vec::new(), PageQuery::first());
    loop {
        let page = acting.scope.applications(call, state, query).await?;
        found.extend(page.items);
        match page.next {
            Some(after) => {
                query = PageQuery {
                    after: Some(after),
                    ..PageQuery::first()
                }
            }
            None => return Ok(found),
        }
    }
}

/// One list.
pub async fn get(acting: &Acting, id: SelectionId) -> Outcome<Versioned<Selection>> {
    acting.require(Right::SeeApplications)?;
    acting
        .scope
        .selection(id)
        .await?
        .ok_or_else(|| Refusal::not_found("selection.unknown"))
}

/// Another person makes the list final: states, awards and, where a plan exists, deliveries follow in the same transaction.
pub async fn approve(acting: &Acting, id: SelectionId) -> Outcome<Saved<Selection>> {
    let officer = acting.require(Right::Select)?;
    let Versioned {
        value: mut selection,
        version,
        ..
    } = get(acting, id).await?;
    acting.check_version(version)?;
    selection.approve(officer.id, acting.now)?;
    let Versioned {
        value: mut call,
        version: call_version,
        ..
    } = calls::read(acting, selection.list.call_id).await?;
    call.state = call.state.apply(&CallEvent::Approve {
        by: officer.id,
        at: acting.now,
    })?;
    let mut waiting = all(acting, call.id, Some("assessed")).await?;
    let places: BTreeMap<ApplicationId, Place> = selection
        .list
        .lines
        .iter()
        .map(|line| (line.candidate.application_id, line.place))
        .collect();
    for application in &mut waiting {
        let event = match places.get(&application.value.id) {
            Some(Place::Selected) => ApplicationEvent::Select,
            Some(Place::Reserve { position }) => ApplicationEvent::PutOnReserve { position: *position },
            None => ApplicationEvent::NotSelect,
        };
        application.value.state = application.value.state.apply(&event)?;
    }
    // Whoever withdrew after the list was made holds no place any more: the list must be made again.
    let still: std::collections::BTreeSet<ApplicationId> =
        waiting.iter().map(|application| application.value.id).collect();
    if places.keys().any(|id| !still.contains(id)) {
        return Err(Refusal::conflict("selection.moved"));
    }
    let selected: Vec<&Application> = waiting
        .iter()
        .map(|application| &application.value)
        .filter(|application| places.get(&application.id) == Some(&Place::Selected))
        .collect();
    let granted = awards::granted(acting, &call, id, &selected).await?;
    let mut tx = acting.begin("selection.approve").await?;
    tx.update_selection(&selection, version).await?;
    tx.update_call(&call, call_version).await?;
    tx.update_applications(&waiting).await?;
    granted.save(&mut tx).await?;
    tx.journal(entry("selection.approve", "call", call.id.uuid(), summary(&selection)));
    let saved = Saved {
        value: selection,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Another person sends the list back.
pub async fn reject(acting: &Acting, id: SelectionId) -> Outcome<Saved<Selection>> {
    let officer = acting.require(Right::Select)?;
    let Versioned {
        value: mut selection,
        version,
        ..
    } = get(acting, id).await?;
    acting.check_version(version)?;
    if officer.id == selection.proposed_by {
        return Err(SelectionError::SamePerson.into());
    }
    selection.state = selection.state.apply(&SelectionEvent::Reject {
        by: officer.id,
        at: acting.now,
    })?;
    let Versioned {
        value: mut call,
        version: call_version,
        ..
    } = calls::read(acting, selection.list.call_id).await?;
    call.state = call.state.apply(&CallEvent::Reject {
        by: officer.id,
        at: acting.now,
    })?;
    let mut tx = acting.begin("selection.reject").await?;
    tx.update_selection(&selection, version).await?;
    tx.update_call(&call, call_version).await?;
    tx.journal(entry(
        "selection.reject",
        "call",
        call.id.uuid(),
        serde_json::json!({ "selection": id }),
    ));
    let saved = Saved {
        value: selection,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

impl From<SelectionError> for Refusal {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::SamePerson => Self::conflict("selection.same-person"),
            SelectionError::Transition(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// The final list as it is published: references only, nothing that says why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Results {
    /// The call.
    #[schemars(with = "uuid::Uuid")]
    pub call_id: CallId,
    /// When the list became final.
    pub final_at: osn_core::time::Instant,
    /// Places.
    pub capacity: u32,
    /// Applications received, withdrawn ones included.
    pub received: u64,
    /// On the list, best first.
    pub lines: Vec<ResultLine>,
}

/// One published line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResultLine {
    /// Rank, counted from 1.
    pub rank: u32,
    /// The reference, which only its applicant can tie to a person.
    pub reference: String,
    /// `selected` or `reserve`.
    pub place: &'static str,
    /// Place on the reserve list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserve_position: Option<u32>,
}

/// The published results of a call, once they are final.
pub async fn results(acting: &Acting, call_id: CallId) -> Outcome<Results> {
    let call = calls::read(acting, call_id).await?.value;
    let CallState::Final { selection, at } = call.state else {
        return Err(Refusal::not_found("results.not-final"));
    };
    let selection = acting
        .scope
        .selection(selection)
        .await?
        .ok_or_else(|| Refusal::not_found("results.not-final"))?
        .value;
    let received = acting.scope.application_counts(call_id).await?.values().sum();
    Ok(Results {
        call_id,
        final_at: at,
        capacity: selection.list.capacity,
        received,
        lines: lines(&selection.list),
    })
}

fn lines(list: &RankedList) -> Vec<ResultLine> {
    let line = |line: &osn_core::selection::Ranked| {
        let (place, reserve_position) = match line.place {
            Place::Selected => ("selected", None),
            Place::Reserve { position } => ("reserve", Some(position)),
        };
        ResultLine {
            rank: line.rank,
            reference: line.candidate.reference.to_string(),
            place,
            reserve_position,
        }
    };
    list.lines.iter().map(line).collect()
}
