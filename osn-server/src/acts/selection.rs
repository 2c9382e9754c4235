//! Selection: the eligible ranked and cut, proposed by one person and approved by another; awards follow.

use osn_core::application::{Application, ApplicationEvent, ApplicationState, AssessmentOutcome};
use osn_core::call::{Call, CallEvent, CallState};
use osn_core::id::{ApplicationId, CallId, SelectionId};
use osn_core::selection::{
    Candidate, DecidedBy, ListHead, Place, Ranked, Ranking, RankingKey, Selection, SelectionError, SelectionEvent,
    SelectionState, TieOrder, draw_key,
};
use osn_core::state::Machine as _;
use osn_programs::about::About;
use osn_store::{AssessmentRun, Page, PageQuery, Readable, RunState, StoreError, Tx, Versioned};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::{Acting, Saved, assessment, awards, calls, draw, entry};
use crate::auth::Right;
use crate::programs::blocking;
use crate::refusal::{Outcome, Refusal};

/// Decisions, lines or applications in memory at once.
const CHUNK: u32 = 2_048;

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
    let tie = draw::order(acting, &call).await?;
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
    let run = acting
        .scope
        .last_finished_run(call.id)
        .await?
        .ok_or_else(|| Refusal::conflict("selection.not-assessed"))?;
    let ranking = ranking(acting, &call, &run, &keys, tie, &open.about).await?;
    // A hundred thousand are sorted in a tenth of a second: not on a thread that answers others.
    let lines = blocking(move || ranking.finish().map_err(Refusal::internal)).await?;
    let selection = Selection {
        id: acting.app.new_id(SelectionId::new),
        list: lines.head().clone(),
        run_id: Some(run.id),
        proposed_by: officer.id,
        proposed_at: acting.now,
        state: SelectionState::Proposed,
    };
    call.state = call.state.apply(&CallEvent::Propose {
        selection: selection.id,
        by: officer.id,
    })?;
    let mut tx = acting.begin("selection.propose").await?;
    tx.insert_selection(&selection, lines).await?;
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
        "selection": selection.id, "selected": list.selected, "reserve": list.reserve, "capacity": list.capacity,
        "frozen": list.frozen, "draw": draw::disclosed(list),
    })
}

/// Places that a new list may give: with a rolling intake those that no earlier list gave, and none while somebody of an
/// earlier list is on reserve, so that nobody is overtaken.
async fn places_left(acting: &Acting, call: &Call) -> Outcome<u32> {
    if !call.intake.is_rolling() {
        return Ok(call.capacity);
    }
    let counts = acting.scope.application_counts(call.id).await?;
    if counts.get("reserve").is_some_and(|waiting| *waiting > 0) {
        return Ok(0);
    }
    Ok(call.capacity.saturating_sub(acting.scope.places_taken(call.id).await?))
}

/// Whoever was judged eligible by a run and did not withdraw, in any order, a chunk in memory at a time.
async fn ranking(
    acting: &Acting,
    call: &Call,
    run: &AssessmentRun,
    keys: &[RankingKey],
    tie: TieOrder,
    about: &About,
) -> Outcome<Ranking> {
    let expected = match run.state {
        RunState::Finished { eligible, .. } => usize::try_from(eligible).unwrap_or_default(),
        RunState::Running | RunState::Failed { .. } => 0,
    };
    let mut ranking = Ranking::new(call.id, keys, tie, places_left(acting, call).await?, expected);
    let mut sealed = acting.scope.eligible_for_machine(run.id, None, CHUNK).await?;
    while let Some(chunk) = sealed {
        let last = chunk.last();
        // The next chunk is read while this one is opened.
        let (next, rows) = tokio::try_join!(
            async { Ok(acting.scope.eligible_for_machine(run.id, Some(last), CHUNK).await?) },
            blocking(move || Ok(chunk.open()?)),
        )?;
        sealed = next;
        for row in rows {
            let Readable::Data(keys) = row.keys else { continue };
            let candidate = Candidate {
                application_id: row.application_id,
                reference: row.reference,
                keys: assessment::ranked(about, &keys),
                submitted_at: row.submitted_at,
                protocol: row.protocol,
                units: row.units,
            };
            ranking.push(&candidate).map_err(Refusal::internal)?;
        }
    }
    Ok(ranking)
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

/// Lines of a list, best first, after the first `skip`.
pub async fn lines(acting: &Acting, id: SelectionId, skip: u32, limit: u32) -> Outcome<Vec<Ranked>> {
    acting.require(Right::SeeApplications)?;
    Ok(acting.scope.selection_lines(id, skip, limit).await?)
}

/// A page of a list's lines; the cursor is the last rank of the page before.
pub async fn page(acting: &Acting, id: SelectionId, query: PageQuery) -> Outcome<Page<Ranked>> {
    let head = get(acting, id).await?.value.list;
    let skip = match &query.after {
        None => 0,
        Some(after) => after.parse().map_err(|_| StoreError::OutOfRange("after"))?,
    };
    let items = lines(acting, id, skip, query.limit.clamp(1, 200)).await?;
    let next = items.last().map(|line| line.rank).filter(|rank| *rank < head.lines());
    Ok(Page {
        items,
        total: head.lines().into(),
        next: next.map(|rank| rank.to_string()),
    })
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
    let (by, at) = (officer.id, acting.now);
    let round = is_round(acting, &call, &selection).await?;
    call.state = call.state.apply(&if round {
        CallEvent::ApproveRound { by, at }
    } else {
        CallEvent::Approve { by, at }
    })?;
    let places = places(acting, &selection).await?;
    let mut tx = acting.begin("selection.approve").await?;
    tx.update_selection(&selection, version).await?;
    tx.update_call(&call, call_version).await?;
    give_places(acting, &mut tx, &call, id, &places, round).await?;
    tx.journal(entry("selection.approve", "call", call.id.uuid(), summary(&selection)));
    let saved = Saved {
        value: selection,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Whether a list is not the last of its call: the assessment behind it was made while a rolling intake was open.
async fn is_round(acting: &Acting, call: &Call, selection: &Selection) -> Outcome<bool> {
    let run = match selection.run_id {
        Some(run) => acting.scope.assessment_run(run).await?,
        None => None,
    };
    Ok(call.intake.is_rolling() && run.is_some_and(|run| run.value.started_at <= call.closes_at))
}

/// The lists of a call that are final, oldest first, and since when: one, or with a rolling intake one for each round.
pub(crate) async fn finals(acting: &Acting, call: CallId) -> Outcome<Vec<(Selection, osn_core::time::Instant)>> {
    let lists = acting.scope.selections(call).await?;
    let approved = lists.into_iter().filter_map(|list| match list.value.state {
        SelectionState::Approved { at, .. } => Some((list.value, at)),
        SelectionState::Proposed | SelectionState::Rejected { .. } => None,
    });
    Ok(approved.collect())
}

/// A final list of a call, counted from 1, with the number of all; the last one where none is named.
pub(crate) async fn final_list(
    acting: &Acting,
    call: CallId,
    round: Option<usize>,
) -> Outcome<(Selection, osn_core::time::Instant, Rounds)> {
    let mut lists = finals(acting, call).await?;
    let rounds = Rounds {
        round: round.unwrap_or(lists.len()),
        rounds: lists.len(),
    };
    let at = rounds.round.checked_sub(1).filter(|at| *at < lists.len());
    let (list, at) = lists.swap_remove(at.ok_or_else(|| Refusal::not_found("results.not-final"))?);
    Ok((list, at, rounds))
}

/// Which of a call's final lists, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rounds {
    /// This one.
    pub round: usize,
    /// How many there are; more than one only with a rolling intake.
    pub rounds: usize,
}

/// Who stands where on a list: by application, 24 bytes each. Positions on reserve go on after those of earlier lists.
async fn places(acting: &Acting, selection: &Selection) -> Outcome<Vec<(ApplicationId, u32)>> {
    let head = &selection.list;
    let earlier = finals(acting, head.call_id).await?;
    let before = earlier
        .iter()
        .fold(0_u32, |sum, (list, _)| sum.saturating_add(list.list.reserve));
    let mut places = Vec::with_capacity(usize::try_from(head.lines()).unwrap_or_default());
    loop {
        let skip = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let chunk = acting.scope.selection_lines(selection.id, skip, CHUNK).await?;
        if chunk.is_empty() {
            break;
        }
        places.extend(chunk.iter().map(|line| match line.place {
            Place::Selected => (line.candidate.application_id, 0),
            Place::Reserve { position } => (line.candidate.application_id, position.saturating_add(before)),
        }));
    }
    places.sort_unstable();
    Ok(places)
}

/// States and awards of everybody who was assessed, a chunk in memory at a time. After a round of a rolling intake, whoever
/// still misses a paper goes on waiting.
async fn give_places(
    acting: &Acting,
    tx: &mut Tx,
    call: &Call,
    id: SelectionId,
    places: &[(ApplicationId, u32)],
    round: bool,
) -> Outcome<()> {
    let granting = awards::Granting::of(acting, call).await?;
    let (mut after, mut found) = (None, 0_usize);
    loop {
        let mut waiting = acting
            .scope
            .applications_in_state(call.id, "assessed", after, CHUNK)
            .await?;
        let Some(last) = waiting.last() else { break };
        after = Some(last.value.id);
        let place = |application: &Application| {
            let at = places.binary_search_by_key(&application.id, |(id, _)| *id);
            places.get(at.ok()?).map(|(_, place)| *place)
        };
        if round {
            waiting.retain(|one| place(&one.value).is_some() || is_refused(&one.value.state));
        }
        for application in &mut waiting {
            let place = place(&application.value);
            let event = match place {
                Some(0) => ApplicationEvent::Select,
                Some(position) => ApplicationEvent::PutOnReserve { position },
                None => ApplicationEvent::NotSelect,
            };
            found += usize::from(place.is_some());
            application.value.state = application.value.state.apply(&event)?;
        }
        tx.update_applications(&waiting).await?;
        let selected: Vec<&Application> = waiting
            .iter()
            .map(|application| &application.value)
            .filter(|application| application.state == ApplicationState::Selected)
            .collect();
        granting.to(acting, id, &selected).save(tx).await?;
    }
    // Whoever withdrew after the list was made holds no place any more: the list must be made again.
    if found < places.len() {
        return Err(Refusal::conflict("selection.moved"));
    }
    Ok(())
}

const fn is_refused(state: &ApplicationState) -> bool {
    let ApplicationState::Assessed { outcome, .. } = state else {
        return false;
    };
    matches!(outcome, AssessmentOutcome::NotEligible)
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
    /// Which of the call's lists.
    #[serde(flatten)]
    pub rounds: Rounds,
    /// When the list became final.
    pub final_at: osn_core::time::Instant,
    /// Places.
    pub capacity: u32,
    /// Applications received, withdrawn ones included.
    pub received: u64,
    /// How equals were drawn, where a draw decides between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<draw::Disclosed>,
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
    /// Of a draw only: the line's key, hexadecimal; among equals the smaller comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw_key: Option<String>,
    /// Of a draw only: whether this line equals the one before it in every ranking key, so that the draw decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn: Option<bool>,
}

/// The published results of a call, once they are final: those of one of its lists, or of the last.
pub async fn results(acting: &Acting, call_id: CallId, round: Option<usize>) -> Outcome<Results> {
    calls::read(acting, call_id).await?;
    let (selection, final_at, rounds) = final_list(acting, call_id, round).await?;
    let received = acting.scope.application_counts(call_id).await?.values().sum();
    Ok(Results {
        call_id,
        rounds,
        final_at,
        capacity: selection.list.capacity,
        received,
        draw: draw::disclosed(&selection.list),
        lines: published(acting, selection.id, &selection.list).await?,
    })
}

async fn published(acting: &Acting, id: SelectionId, list: &ListHead) -> Outcome<Vec<ResultLine>> {
    let mut lines = Vec::with_capacity(usize::try_from(list.lines()).unwrap_or_default());
    loop {
        let skip = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let chunk = acting.scope.selection_lines(id, skip, CHUNK).await?;
        if chunk.is_empty() {
            return Ok(lines);
        }
        lines.extend(chunk.iter().map(|line| published_line(list, line)));
    }
}

fn published_line(list: &ListHead, line: &Ranked) -> ResultLine {
    let (place, reserve_position) = match line.place {
        Place::Selected => ("selected", None),
        Place::Reserve { position } => ("reserve", Some(position)),
    };
    let key = match &list.tie {
        TieOrder::Draw { seed } => Some(draw_key(seed, list.call_id, &list.frozen, &line.candidate.reference)),
        TieOrder::SubmissionTime => None,
    };
    ResultLine {
        rank: line.rank,
        reference: line.candidate.reference.to_string(),
        place,
        reserve_position,
        drawn: key.map(|_| line.decided_by == DecidedBy::Draw),
        draw_key: key.map(|key| key.to_string()),
    }
}
