//! Requests for support: written by a body of the network, handed in, taken back.

use osn_core::directory::{Taxonomy, TermCode};
use osn_core::gap::ReportedGap;
use osn_core::id::{AccountId, GapId, NoteId, OrganizationId, RequestId};
use osn_core::lang::LocalText;
use osn_core::meeting::FromProfile;
use osn_core::need::Need;
use osn_core::request::{DuePolicy, RequestEvent, RequestOrigin, RequestState, SupportRequest};
use osn_core::state::Machine as _;
use osn_store::{Page, PageQuery, RequestNote, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::network::profiles;
use crate::acts::{Acting, Saved, entry};
use crate::auth::{Officer, Right};
use crate::directory::Mapped;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A request to write.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// Short title.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// The situation in words; no personal data.
    #[schemars(with = "shapes::LocalText")]
    pub description: LocalText,
    /// The body that asks; left out by a partner, who asks for its own.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// Who asks: `body`, `team`, or `counter`, a citizen who is not named; left out: the body.
    #[serde(default)]
    #[schemars(with = "Option<shapes::RequestOrigin>")]
    pub origin: RequestOrigin,
    /// What is needed.
    #[schemars(with = "shapes::Need")]
    pub need: Need,
    /// The reported gaps that it grows out of.
    #[serde(default)]
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub gaps: Vec<GapId>,
    /// The described group of a meeting that its number of people comes from; its ages and areas are the need's.
    #[serde(default)]
    #[schemars(with = "Option<shapes::FromProfile>")]
    pub from_profile: Option<FromProfile>,
    /// Hand it in at once.
    #[serde(default)]
    pub submit: bool,
}

/// Who answers for a request, and until when.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The officer.
    #[schemars(with = "uuid::Uuid")]
    pub account_id: AccountId,
    /// The last day for the answer; left out: as it is.
    #[serde(default)]
    pub due: Option<chrono::NaiveDate>,
}

/// A line of the conversation.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// In words; sealed.
    pub words: String,
}

impl std::fmt::Debug for NewNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewNote").finish_non_exhaustive()
    }
}

/// A line of the conversation, as it is read.
#[derive(Clone, serde::Serialize, JsonSchema)]
pub struct NoteView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: NoteId,
    /// Who wrote it.
    #[schemars(with = "uuid::Uuid")]
    pub by: AccountId,
    /// In words.
    pub words: String,
    /// When.
    pub at: osn_core::time::Instant,
}

impl std::fmt::Debug for NoteView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteView").field("id", &self.id).finish_non_exhaustive()
    }
}

impl From<RequestNote> for NoteView {
    fn from(note: RequestNote) -> Self {
        Self {
            id: note.id,
            by: note.by,
            words: note.words,
            at: note.at,
        }
    }
}

/// The longest line of a conversation, in characters.
const LONGEST_NOTE: usize = 4000;

/// Writes a request.
pub async fn write(acting: &Acting, new: NewRequest) -> Outcome<Saved<SupportRequest>> {
    let officer = acting.require(Right::WriteRequests)?;
    let body = officer.body(new.organization_id)?;
    let mapped = acting.mapping().await?;
    let mut errors = problems(&new, body, &mapped);
    foreign_origin(officer, new.origin, &mut errors);
    unknown_gaps(acting, &new.gaps, &mut errors).await?;
    let from_profile = of_need(new.from_profile, &new.need);
    let meeting = profiles::named(acting, from_profile.as_ref(), &mut errors).await?;
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let mut request = SupportRequest {
        id: acting.app.new_id(RequestId::new),
        organization_id: body,
        origin: new.origin,
        created_by: officer.id,
        title: new.title,
        description: new.description,
        need: new.need,
        decisions: Vec::new(),
        gaps: new.gaps,
        from_profile,
        owner: None,
        due: None,
        state: RequestState::Draft,
    };
    if new.submit {
        request.state = request.state.apply(&RequestEvent::Submit { at: acting.now })?;
        request.due = Some(due(acting, &request));
    }
    let mut tx = acting.begin("request.write").await?;
    tx.insert_request(&request).await?;
    // The meeting keeps what came of it.
    if let Some(mut meeting) = meeting {
        meeting.value.requests.push(request.id);
        tx.update_network(&meeting.value, meeting.version).await?;
    }
    tx.journal(entry(
        "request.write",
        "request",
        request.id.uuid(),
        serde_json::json!({ "state": request.state.name() }),
    ));
    let saved = Saved {
        version: 1,
        value: request,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// The described group with the ages and the areas of the need itself.
fn of_need(from: Option<FromProfile>, need: &Need) -> Option<FromProfile> {
    from.map(|from| FromProfile {
        part: from.part.of_need(need),
        ..from
    })
}

/// The last day for the answer to a request that is handed in now.
fn due(acting: &Acting, request: &SupportRequest) -> chrono::NaiveDate {
    let settings = acting.municipality().settings.get("requests");
    let policy: DuePolicy = settings
        .and_then(|settings| serde_json::from_value(settings.get("due_days")?.clone()).ok())
        .unwrap_or_default();
    policy.due(request.need.urgency, acting.zone().day(acting.now))
}

/// Nobody of a body speaks for the team.
fn foreign_origin(officer: &Officer, origin: RequestOrigin, errors: &mut Vec<FieldError>) {
    if officer.is_bound() && origin == RequestOrigin::Team {
        errors.push(FieldError::new("/origin", "origin-not-yours"));
    }
}

async fn unknown_gaps(acting: &Acting, gaps: &[GapId], errors: &mut Vec<FieldError>) -> Outcome<()> {
    for (index, gap) in gaps.iter().enumerate() {
        if acting.scope.network_record::<ReportedGap>(gap.uuid()).await?.is_none() {
            errors.push(FieldError::new(format!("/gaps/{index}"), "unknown-record"));
        }
    }
    Ok(())
}

/// Writes a draft anew; what was handed in stays as it was.
pub async fn rewrite(acting: &Acting, id: RequestId, new: NewRequest) -> Outcome<Saved<SupportRequest>> {
    let officer = acting.require(Right::WriteRequests)?;
    let Versioned {
        value: mut request,
        version,
        ..
    } = get(acting, id).await?;
    officer.acts_for(request.organization_id)?;
    acting.check_version(version)?;
    if request.state != RequestState::Draft {
        return Err(Refusal::conflict("request.not-a-draft"));
    }
    let body = new.organization_id.unwrap_or(request.organization_id);
    officer.acts_for(body)?;
    let mapped = acting.mapping().await?;
    let mut errors = problems(&new, body, &mapped);
    foreign_origin(officer, new.origin, &mut errors);
    unknown_gaps(acting, &new.gaps, &mut errors).await?;
    // The meeting keeps the request, so a draft stays with its group; whom of the group it means may change.
    let place = |from: &FromProfile| (from.meeting, from.number);
    if new.from_profile.is_some() && new.from_profile.as_ref().map(place) != request.from_profile.as_ref().map(place) {
        errors.push(FieldError::new("/from_profile", "profile-other-meeting"));
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    request.from_profile = of_need(new.from_profile.or(request.from_profile), &new.need);
    request.organization_id = body;
    request.origin = new.origin;
    request.title = new.title;
    request.description = new.description;
    request.need = new.need;
    request.gaps = new.gaps;
    if new.submit {
        request.state = request.state.apply(&RequestEvent::Submit { at: acting.now })?;
        request.due = Some(due(acting, &request));
    }
    save(acting, "request.rewrite", request, version).await
}

/// Says who answers for a request, and until when.
pub async fn assign(acting: &Acting, id: RequestId, to: Assignment) -> Outcome<Saved<SupportRequest>> {
    acting.require(Right::ExamineNeeds)?;
    let Versioned {
        value: mut request,
        version,
        ..
    } = get(acting, id).await?;
    acting.check_version(version)?;
    let account = acting
        .scope
        .account(to.account_id)
        .await?
        .filter(|account| !account.value.disabled)
        .ok_or_else(|| Refusal::field("/account_id", "unknown-record"))?;
    request.owner = Some(account.value.id);
    request.due = to.due.or(request.due);
    save(acting, "request.assign", request, version).await
}

/// The conversation about a request, oldest first: between its body and the team.
pub async fn notes(acting: &Acting, id: RequestId, query: PageQuery) -> Outcome<Page<NoteView>> {
    acting.require(Right::WriteRequests)?;
    get(acting, id).await?;
    Ok(acting.scope.request_notes(id, query).await?.map(NoteView::from))
}

/// Writes a line of the conversation.
pub async fn note(acting: &Acting, id: RequestId, new: NewNote) -> Outcome<NoteView> {
    let by = acting.require(Right::WriteRequests)?.id;
    get(acting, id).await?;
    let words = new.words.trim();
    match words.chars().count() {
        0 => return Err(Refusal::field("/words", "required")),
        count if count > LONGEST_NOTE => return Err(Refusal::field("/words", "words-too-long")),
        _ => {}
    }
    let note = RequestNote {
        id: acting.app.new_id(NoteId::new),
        request: id,
        by,
        words: words.to_owned(),
        at: acting.now,
    };
    let mut tx = acting.begin("request.note").await?;
    tx.insert_request_note(&note).await?;
    tx.journal(entry("request.note", "request", id.uuid(), serde_json::json!({})));
    let view = NoteView::from(note);
    acting.commit(tx, &view).await?;
    Ok(view)
}

async fn save(
    acting: &Acting,
    act: &'static str,
    request: SupportRequest,
    version: i64,
) -> Outcome<Saved<SupportRequest>> {
    let mut tx = acting.begin(act).await?;
    tx.update_request(&request, version).await?;
    let details = serde_json::json!({ "state": request.state.name() });
    tx.journal(entry(act, "request", request.id.uuid(), details));
    let saved = Saved {
        value: request,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

fn problems(new: &NewRequest, body: OrganizationId, mapped: &Mapped) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = new
        .need
        .problems()
        .iter()
        .map(|problem| FieldError::new(problem.path(), problem.code()))
        .collect();
    if new.title.get("el").trim().is_empty() {
        errors.push(FieldError::new("/title", "required"));
    }
    if mapped.directory.organization(body).is_none() {
        errors.push(FieldError::new("/organization_id", "unknown-record"));
    }
    let mut want = |path: String, taxonomy: Taxonomy, code: &TermCode| {
        if mapped.directory.term(code).is_none_or(|term| term.taxonomy != taxonomy) {
            errors.push(FieldError::new(path, "unknown-term"));
        }
    };
    want("/need/category".into(), Taxonomy::Category, &new.need.category);
    for (index, code) in new.need.groups.iter().enumerate() {
        want(format!("/need/groups/{index}"), Taxonomy::BeneficiaryGroup, code);
    }
    for (index, code) in new.need.areas.iter().enumerate() {
        want(format!("/need/areas/{index}"), Taxonomy::Area, code);
    }
    errors
}

/// One request; a partner sees its own body's only.
pub async fn get(acting: &Acting, id: RequestId) -> Outcome<Versioned<SupportRequest>> {
    let officer = acting.require(Right::SeeWork)?;
    let request = acting
        .scope
        .request(id)
        .await?
        .ok_or_else(|| Refusal::not_found("request.unknown"))?;
    officer
        .acts_for(request.value.organization_id)
        .map_err(|_| Refusal::not_found("request.unknown"))?;
    Ok(request)
}

/// Requests, in the order in which they were written; a partner sees its own body's only.
pub async fn list(acting: &Acting, state: Option<&str>, query: PageQuery) -> Outcome<Page<Versioned<SupportRequest>>> {
    let officer = acting.require(Right::SeeWork)?;
    if !officer.is_bound() {
        return Ok(acting.scope.requests(state, query).await?);
    }
    // A body has few requests: its own are picked from all, so that the total is true.
    let (mut own, mut next) = (Vec::new(), PageQuery::first());
    loop {
        let page = acting.scope.requests(state, next).await?;
        own.extend(
            page.items
                .into_iter()
                .filter(|request| Some(request.value.organization_id) == officer.organization),
        );
        match page.next {
            Some(after) => {
                next = PageQuery {
                    after: Some(after),
                    ..PageQuery::first()
                }
            }
            None => break,
        }
    }
    let total = u64::try_from(own.len()).unwrap_or(u64::MAX);
    let after = query
        .after
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Refusal::field("/after", "wrong-type"))?;
    own.retain(|request| after.is_none_or(|after: RequestId| request.value.id > after));
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let more = own.len() > limit;
    own.truncate(limit);
    let next = own.last().filter(|_| more).map(|request| request.value.id.to_string());
    Ok(Page {
        items: own,
        total,
        next,
    })
}

/// Requests whose answer is late, the longest first; a partner sees its own body's only.
pub async fn late(acting: &Acting) -> Outcome<Vec<SupportRequest>> {
    let today = acting.zone().day(acting.now);
    let mut late = Vec::new();
    for state in ["submitted", "examined"] {
        let mut query = PageQuery::first();
        loop {
            let page = list(acting, Some(state), query).await?;
            late.extend(
                page.items
                    .into_iter()
                    .map(|read| read.value)
                    .filter(|one| one.is_late(today)),
            );
            match page.next {
                Some(after) => {
                    query = PageQuery {
                        after: Some(after),
                        ..PageQuery::first()
                    }
                }
                None => break,
            }
        }
    }
    late.sort_by_key(|request| (request.due, request.id));
    Ok(late)
}

/// Hands a request in.
pub async fn submit(acting: &Acting, id: RequestId) -> Outcome<Saved<SupportRequest>> {
    step(acting, id, "request.submit", &RequestEvent::Submit { at: acting.now }).await
}

/// Takes a request back.
pub async fn withdraw(acting: &Acting, id: RequestId) -> Outcome<Saved<SupportRequest>> {
    step(
        acting,
        id,
        "request.withdraw",
        &RequestEvent::Withdraw { at: acting.now },
    )
    .await
}

async fn step(
    acting: &Acting,
    id: RequestId,
    act: &'static str,
    event: &RequestEvent,
) -> Outcome<Saved<SupportRequest>> {
    let officer = acting.require(Right::WriteRequests)?;
    let Versioned {
        value: mut request,
        version,
        ..
    } = get(acting, id).await?;
    officer.acts_for(request.organization_id)?;
    acting.check_version(version)?;
    request.state = request.state.apply(event)?;
    if matches!(event, RequestEvent::Submit { .. }) {
        request.due = Some(due(acting, &request));
    }
    save(acting, act, request, version).await
}
