//! What a body has begun and not ended: it stands under the body's own name, and whoever acts for another body cannot end it.
//! And what is open about one service or place.

use osn_core::action::{Action, ActionState};
use osn_core::gap::{Contribution, GapState, ReportedGap, ServiceExtension};
use osn_core::id::{CertificateId, OrganizationId};
use osn_core::referral::Referral;
use osn_core::upkeep::RecordKind;
use osn_store::{NetworkFilter, NetworkRecord, PageQuery, SuggestionFilter};
use uuid::Uuid;

use crate::acts::{Acting, every};
use crate::refusal::{FieldError, Outcome, Refusal};

/// Where a request still waits for somebody.
const REQUEST: [&str; 3] = ["draft", "submitted", "examined"];

/// Refuses to merge a body that has anything open.
///
/// # Errors
/// `merge-open` at `/into`, with what is open and how much of it in the reader's language.
pub(super) async fn nothing_is_open(acting: &Acting, body: OrganizationId) -> Outcome<()> {
    let counts = open(acting, body).await?;
    if let Some(what) = said(acting, &counts) {
        let error = FieldError::new("/into", "merge-open").with("what", what);
        return Err(Refusal::invalid("request.invalid", vec![error]));
    }
    Ok(())
}

/// Refuses to withdraw a body that has anything open, or for which an action runs: it would vanish from the lists of services with
/// its body, and nobody would hear that it ended.
///
/// # Errors
/// `record.body-has-open`, with what is open and how much of it in the reader's language.
pub(super) async fn nothing_would_vanish(acting: &Acting, body: OrganizationId) -> Outcome<()> {
    let mut counts = open(acting, body).await?;
    counts.push(("merge-open-answers", answers(acting, body).await?));
    match said(acting, &counts) {
        Some(what) => Err(Refusal::conflict("record.body-has-open").with("what", what)),
        None => Ok(()),
    }
}

/// Refuses to merge a service or a place that something open is about: it would be about a record that nobody can write any
/// more.
///
/// # Errors
/// `merge-open-record` at `/into`, with what is open and how much of it in the reader's language.
pub(super) async fn nothing_is_about(acting: &Acting, kind: RecordKind, record: Uuid) -> Outcome<()> {
    let open = SuggestionFilter {
        state: Some("open"),
        owner: None,
        record: Some((kind, record)),
    };
    let suggestions = acting.scope.suggestions(open, PageQuery::first()).await?.total;
    let planned = NetworkFilter {
        state: Some("planned"),
        ..NetworkFilter::default()
    };
    let planned = acting.scope.all_network_records::<ServiceExtension>(planned).await?;
    let of_record = planned.iter().filter(|one| one.value.service_id.uuid() == record);
    let counts = [
        ("merge-open-suggestions", suggestions),
        ("merge-open-extensions", of_record.map(|_| 1).sum::<u64>()),
    ];
    if let Some(what) = said(acting, &counts) {
        let error = FieldError::new("/into", "merge-open-record").with("what", what);
        return Err(Refusal::invalid("request.invalid", vec![error]));
    }
    Ok(())
}

/// What is open, by the key of its name, and how much of it.
type Counts = Vec<(&'static str, u64)>;

/// What is open in the reader's language; `None` where nothing is.
fn said(acting: &Acting, counts: &[(&'static str, u64)]) -> Option<String> {
    let open = counts.iter().filter(|(_, count)| *count > 0);
    let open: Vec<String> = open
        .map(|(key, count)| format!("{}: {count}", acting.app.texts().get(acting.lang, key, &[])))
        .collect();
    (!open.is_empty()).then(|| open.join(", "))
}

async fn open(acting: &Acting, body: OrganizationId) -> Outcome<Counts> {
    Ok(vec![
        ("merge-open-requests", requests(acting, body).await?),
        ("merge-open-suggestions", suggestions(acting, body).await?),
        (
            "merge-open-gaps",
            records::<ReportedGap>(acting, body, &["reported", "accepted"]).await?,
        ),
        ("merge-open-offers", offers(acting, body).await?),
        (
            "merge-open-extensions",
            records::<ServiceExtension>(acting, body, &["planned"]).await?,
        ),
        (
            "merge-open-referrals",
            records::<Referral>(acting, body, &["sent", "accepted"]).await?,
        ),
        ("merge-open-actions", actions(acting, body).await?),
    ])
}

async fn requests(acting: &Acting, body: OrganizationId) -> Outcome<u64> {
    let mut count = 0;
    for state in REQUEST {
        let all = every(|query| acting.scope.requests(Some(state), query)).await?;
        let own = all.iter().filter(|one| one.value.organization_id == body);
        count += own.map(|_| 1).sum::<u64>();
    }
    Ok(count)
}

async fn suggestions(acting: &Acting, body: OrganizationId) -> Outcome<u64> {
    let open = SuggestionFilter {
        state: Some("open"),
        owner: Some(body),
        record: None,
    };
    Ok(acting.scope.suggestions(open, PageQuery::first()).await?.total)
}

async fn records<T: NetworkRecord>(acting: &Acting, body: OrganizationId, states: &[&str]) -> Outcome<u64> {
    let mut count = 0;
    for state in states {
        let filter = NetworkFilter {
            state: Some(state),
            body: Some(body),
            ..NetworkFilter::default()
        };
        count += acting
            .scope
            .network_records::<T>(filter, PageQuery::first())
            .await?
            .total;
    }
    Ok(count)
}

/// Offers that wait for an answer, and those that were taken for a gap that is not served yet.
async fn offers(acting: &Acting, body: OrganizationId) -> Outcome<u64> {
    let mut count = records::<Contribution>(acting, body, &["offered"]).await?;
    let taken = NetworkFilter {
        state: Some("accepted"),
        body: Some(body),
        ..NetworkFilter::default()
    };
    for offer in acting.scope.all_network_records::<Contribution>(taken).await? {
        let gap = acting
            .scope
            .network_record::<ReportedGap>(offer.value.gap_id.uuid())
            .await?;
        let is_open = |gap: &GapState| matches!(gap, GapState::Reported | GapState::Accepted { .. });
        count += u64::from(gap.is_some_and(|gap| is_open(&gap.value.state)));
    }
    Ok(count)
}

/// Actions that have not ended and name the body as one that delivers.
async fn actions(acting: &Acting, body: OrganizationId) -> Outcome<u64> {
    let all = every(|query| acting.scope.actions(query)).await?;
    let delivers = |action: &Action| action.deliverers.iter().any(|one| one.organization_id == body);
    let delivered = all.iter().map(|one| &one.value);
    let delivered = delivered.filter(|action| runs(&action.state) && delivers(action));
    Ok(delivered.map(|_| 1).sum())
}

fn runs(state: &ActionState) -> bool {
    matches!(state, ActionState::Draft | ActionState::Approved { .. })
}

/// Actions that have not ended and answer a request of the body.
async fn answers(acting: &Acting, body: OrganizationId) -> Outcome<u64> {
    let all = every(|query| acting.scope.actions(query)).await?;
    let running = all.iter().filter(|one| runs(&one.value.state));
    // The body of the first certificate is the one that a running action is shown with.
    let certificates: Vec<CertificateId> = running.map(|one| one.value.certificate_id).collect();
    let mut count = 0;
    for certificate in certificates {
        count += u64::from(asked(acting, certificate).await? == Some(body));
    }
    Ok(count)
}

/// The body on whose request a certificate was issued.
async fn asked(acting: &Acting, id: CertificateId) -> Outcome<Option<OrganizationId>> {
    let Some(signed) = acting.scope.certificate(id).await? else {
        return Ok(None);
    };
    let request = acting.scope.request(signed.certificate.request_id).await?;
    Ok(request.map(|request| request.value.organization_id))
}
