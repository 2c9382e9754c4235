//! Requests for support: written by a body of the network, handed in, taken back.

use osn_core::directory::{Taxonomy, TermCode};
use osn_core::id::{OrganizationId, RequestId};
use osn_core::lang::LocalText;
use osn_core::need::Need;
use osn_core::request::{RequestEvent, RequestState, SupportRequest};
use osn_core::state::Machine as _;
use osn_store::{Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
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
    /// What is needed.
    #[schemars(with = "shapes::Need")]
    pub need: Need,
    /// Hand it in at once.
    #[serde(default)]
    pub submit: bool,
}

/// Writes a request.
pub async fn write(acting: &Acting, new: NewRequest) -> Outcome<Saved<SupportRequest>> {
    let officer = acting.require(Right::WriteRequests)?;
    let body = officer.body(new.organization_id)?;
    let mapped = acting.mapping().await?;
    let errors = problems(&new, body, &mapped);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let mut request = SupportRequest {
        id: acting.app.new_id(RequestId::new),
        organization_id: body,
        created_by: officer.id,
        title: new.title,
        description: new.description,
        need: new.need,
        decisions: Vec::new(),
        state: RequestState::Draft,
    };
    if new.submit {
        request.state = request.state.apply(&RequestEvent::Submit { at: acting.now })?;
    }
    let mut tx = acting.begin("request.write").await?;
    tx.insert_request(&request).await?;
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
    let mut tx = acting.begin(act).await?;
    tx.update_request(&request, version).await?;
    tx.journal(entry(
        act,
        "request",
        id.uuid(),
        serde_json::json!({ "state": request.state.name() }),
    ));
    let saved = Saved {
        value: request,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}
