//! What a body has begun and not ended: it stands under the body's own name, and whoever acts for another body cannot end it.

use osn_core::action::{Action, ActionState};
use osn_core::gap::{Contribution, GapState, ReportedGap, ServiceExtension};
use osn_core::id::OrganizationId;
use osn_core::referral::Referral;
use osn_store::{NetworkFilter, NetworkRecord, PageQuery, SuggestionFilter};

use crate::acts::{Acting, every};
use crate::refusal::{FieldError, Outcome, Refusal};

/// Where a request still waits for somebody.
const REQUEST: [&str; 3] = ["draft", "submitted", "examined"];

/// Refuses to merge a body that has anything open.
///
/// # Errors
/// `merge-open` at `/into`, with what is open and how much of it in the reader's language.
pub(super) async fn nothing_is_open(acting: &Acting, body: OrganizationId) -> Outcome<()> {
    let counts = [
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
    ];
    let open = counts.iter().filter(|(_, count)| *count > 0);
    let open: Vec<String> = open
        .map(|(key, count)| format!("{}: {count}", acting.app.texts().get(acting.lang, key, &[])))
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let error = FieldError::new("/into", "merge-open").with("what", open.join(", "));
    Err(Refusal::invalid("request.invalid", vec![error]))
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
    let runs = |state: &ActionState| matches!(state, ActionState::Draft | ActionState::Approved { .. });
    let delivers = |action: &Action| action.deliverers.iter().any(|one| one.organization_id == body);
    let delivered = all.iter().map(|one| &one.value);
    let delivered = delivered.filter(|action| runs(&action.state) && delivers(action));
    Ok(delivered.map(|_| 1).sum())
}
