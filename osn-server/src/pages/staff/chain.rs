//! The chain on every page of it: request, certificate, action, call, list, deliveries.

use osn_core::action::Action;
use osn_core::certificate::SignedCertificate;
use osn_core::coverage::NeedOutcome;
use osn_core::id::{ActionId, CertificateId};
use osn_core::request::{RequestState, SupportRequest};
use osn_store::PageQuery;

use crate::acts::calls::CallView;
use crate::acts::{Acting, actions, calls};
use crate::auth::Right;
use crate::pages::chrome::Page;
use crate::pages::part::Link;
use crate::refusal::Outcome;

/// Where on the chain a page stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Request,
    Certificate,
    Action,
    Call,
    List,
    Deliveries,
}

pub(super) async fn of_request(acting: &Acting, p: &Page, request: &SupportRequest) -> Outcome<Vec<Link>> {
    let certificate = match &request.state {
        RequestState::Confirmed { certificate, .. } | RequestState::Covered { certificate, .. } => Some(*certificate),
        RequestState::Draft
        | RequestState::Submitted { .. }
        | RequestState::Examined { .. }
        | RequestState::Withdrawn { .. } => None,
    };
    match certificate {
        Some(id) => of_certificate_id(acting, p, id, At::Request).await,
        None => Ok(vec![
            link(p, "chain-request", String::new(), None, true),
            link(p, "chain-certificate", String::new(), None, false),
        ]),
    }
}

async fn of_certificate_id(acting: &Acting, p: &Page, id: CertificateId, at: At) -> Outcome<Vec<Link>> {
    match acting.scope.certificate(id).await? {
        Some(signed) => of_certificate(acting, p, &signed, at).await,
        None => Ok(Vec::new()),
    }
}

pub(super) async fn of_certificate(
    acting: &Acting,
    p: &Page,
    signed: &SignedCertificate,
    at: At,
) -> Outcome<Vec<Link>> {
    let id = signed.certificate.id;
    let found = actions::list(
        acting,
        PageQuery {
            limit: 200,
            after: None,
        },
    )
    .await?;
    let action = found
        .items
        .into_iter()
        .map(|action| action.value)
        .find(|action| action.certificates().any(|certificate| certificate == id));
    links(acting, p, signed, action.as_ref(), at).await
}

pub(super) async fn of_action(acting: &Acting, p: &Page, action: ActionId, at: At) -> Outcome<Vec<Link>> {
    let action = actions::get(acting, action).await?.value;
    match acting.scope.certificate(action.certificate_id).await? {
        Some(signed) => links(acting, p, &signed, Some(&action), at).await,
        None => Ok(Vec::new()),
    }
}

fn link(p: &Page, key: &str, note: String, href: Option<String>, current: bool) -> Link {
    Link {
        text: p.t(key),
        note,
        href,
        current,
    }
}

async fn links(
    acting: &Acting,
    p: &Page,
    signed: &SignedCertificate,
    action: Option<&Action>,
    at: At,
) -> Outcome<Vec<Link>> {
    let certificate = &signed.certificate;
    let outcome = certificate.confirmation.outcome;
    let noted = p.t(&format!("outcome-{}-short", outcome.name()));
    let mut chain = vec![
        link(
            p,
            "chain-request",
            String::new(),
            Some(p.url(&format!("/staff/requests/{}", certificate.request_id))),
            at == At::Request,
        ),
        link(
            p,
            "chain-certificate",
            noted,
            Some(p.url(&format!("/staff/certificates/{}", certificate.id))),
            at == At::Certificate,
        ),
    ];
    if outcome == NeedOutcome::Covered {
        return Ok(chain);
    }
    let places = action
        .and_then(Action::places_in_force)
        .map(|places| p.tc("places-count", places.places.into()))
        .unwrap_or_default();
    chain.push(link(
        p,
        "chain-action",
        places,
        action.map(|action| p.url(&format!("/staff/actions/{}", action.id))),
        at == At::Action,
    ));
    let call = match action {
        Some(action) => newest(acting, action.id).await?,
        None => None,
    };
    let noted = call
        .as_ref()
        .map(|call| p.t(&format!("state-call-{}", call.state)))
        .unwrap_or_default();
    chain.push(link(
        p,
        "chain-call",
        noted,
        call.as_ref().map(|call| p.url(&format!("/staff/calls/{}", call.id))),
        at == At::Call,
    ));
    let may_see = acting.actor.may(Right::SeeApplications);
    let listed = call
        .as_ref()
        .filter(|call| may_see && matches!(call.state, "proposed" | "final"));
    chain.push(link(
        p,
        "chain-list",
        String::new(),
        listed.map(|call| p.url(&format!("/staff/calls/{}/list", call.id))),
        at == At::List,
    ));
    let delivering = action.filter(|_| call.as_ref().is_some_and(|call| call.state == "final"));
    let href = delivering.map(|action| p.url(&format!("/staff/actions/{}/deliveries", action.id)));
    chain.push(link(p, "chain-deliveries", String::new(), href, at == At::Deliveries));
    Ok(chain)
}

/// The call that the chain shows: the newest that got further than another, so that a fresh one does not hide a final list.
async fn newest(acting: &Acting, action: ActionId) -> Outcome<Option<CallView>> {
    let found = calls::list(acting, Some(action), PageQuery { limit: 50, after: None }).await?;
    let far = |call: &CallView| match call.state {
        "final" => 4,
        "proposed" => 3,
        "assessed" => 2,
        "published" => 1,
        _ => 0,
    };
    Ok(found.items.into_iter().max_by_key(far))
}
