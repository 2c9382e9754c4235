//! What is done once a day: referrals that nobody answered end, certificates that should have followed immediate help are
//! asked for, certified needs are looked at again against the mapping of today, and who owns a request is told when the network
//! would cover it by now: the body that asked, and the officer who answers for it.

use osn_core::coverage::{Confirmation, confirm};
use osn_core::id::{AccountId, JobId, MessageId, OrganizationId, RequestId};
use osn_core::referral::{Referral, ReferralEvent};
use osn_core::request::{RequestState, SupportRequest};
use osn_core::state::Machine as _;
use osn_store::{Job, Message, NetworkFilter, OutboxMessage, PageQuery, Recheck, Versioned};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Later, following, number};
use crate::acts::upkeep::reminders::{CHANNEL, base};
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::jobs::Progress;
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};

/// The kind of the job.
pub(crate) const JOB: &str = "network.daily";
/// The text of the message.
pub(crate) const TEMPLATE: &str = "need-covered";
/// Requests read at once.
const AT_ONCE: u32 = 200;

/// Plans the look of the day; whoever looks first plans it for every server.
pub(crate) async fn plan_day(acting: &Acting) -> Outcome<()> {
    let day = acting.zone().day(acting.now).to_string();
    if acting.scope.job_with_key(&format!("{JOB}/{day}")).await?.is_none() {
        enqueue(acting, &day).await?;
    }
    Ok(())
}

async fn enqueue(acting: &Acting, unique: &str) -> Outcome<JobId> {
    let job = Job {
        id: acting.app.new_id(JobId::new),
        kind: JOB.to_owned(),
        payload: json!({}),
        dedupe_key: Some(format!("{JOB}/{unique}")),
        run_at: acting.now,
    };
    let mut tx = acting.begin("job.ask").await?;
    let id = tx.enqueue(&job).await?;
    tx.commit().await?;
    Ok(id)
}

/// Asks for the look now.
pub async fn ask(acting: &Acting) -> Outcome<Later> {
    acting.require(Right::ExamineNeeds)?;
    let job = enqueue(acting, &acting.now.to_rfc3339()).await?;
    Ok(Later { job })
}

/// Does it. Done again, it finds what it did and changes nothing.
pub(crate) async fn work(acting: &Acting, progress: &Progress<'_>) -> Outcome<Value> {
    let expired = expire(acting).await?;
    let late = following::remind(acting).await?;
    let (looked_at, told) = recheck(acting, progress).await?;
    Ok(json!({ "expired": expired, "late": late, "looked_at": looked_at, "told": told }))
}

/// Ends referrals whose day of the answer has passed.
async fn expire(acting: &Acting) -> Outcome<u64> {
    let today = acting.zone().day(acting.now);
    let sent = NetworkFilter {
        state: Some("sent"),
        ..NetworkFilter::default()
    };
    let mut ended = 0;
    for read in acting.scope.all_network_records::<Referral>(sent).await? {
        let mut referral = read.value;
        if referral.answer_by >= today && referral.consent.holds_on(today) {
            continue;
        }
        referral.state = referral.state.apply(&ReferralEvent::Expire { at: acting.now })?;
        let mut tx = acting.begin("referral.expire").await?;
        tx.update_network(&referral, read.version).await?;
        tx.journal(entry("referral.expire", "referral", referral.id.uuid(), json!({})));
        tx.commit().await?;
        ended += 1;
    }
    Ok(ended)
}

/// Looks at every confirmed need again: how many, and how many owners are told.
async fn recheck(acting: &Acting, progress: &Progress<'_>) -> Outcome<(u64, u64)> {
    let mapped = acting.mapping().await?;
    let before = acting.scope.need_rechecks().await?;
    let on = acting.zone().day(acting.now);
    let (mut looked_at, mut told) = (0, 0);
    let mut query = PageQuery {
        limit: AT_ONCE,
        after: None,
    };
    loop {
        let page = acting.scope.requests(Some("confirmed"), query).await?;
        let total = page.total;
        let mut tx = acting.begin("need.recheck").await?;
        let mut tell = Vec::new();
        for Versioned { value: request, .. } in page.items {
            let today = today(&mapped.directory, &request, acting, on).await?;
            let Some(today) = today else { continue };
            let last = before.get(&request.id);
            let told_at = last.and_then(|last| last.told_at);
            let covered = today.outcome.residual() == 0 && today.open == 0;
            // Told once; when the network falls behind again, the next time is news again.
            let told_at = match (covered, told_at) {
                (true, Some(at)) => Some(at),
                (true, None) => {
                    tell.push((request.id, request.organization_id, request.owner));
                    Some(acting.now)
                }
                (false, _) => None,
            };
            tx.put_need_recheck(&Recheck {
                request: request.id,
                residual: today.outcome.residual(),
                open: today.open,
                recorded_at: mapped.directory.recorded_at(),
                told_at,
            })
            .await?;
            looked_at += 1;
        }
        for (request, body, owner) in tell {
            tx.outbox(&message(acting, request, body, None)).await?;
            if owner.is_some() {
                tx.outbox(&message(acting, request, body, owner)).await?;
            }
            tx.journal(entry(
                "need.covered-since",
                "request",
                request.uuid(),
                json!({ "body": body }),
            ));
            told += 1;
        }
        tx.commit().await?;
        progress.at(looked_at, total).await?;
        match page.next {
            Some(after) => {
                query = PageQuery {
                    limit: AT_ONCE,
                    after: Some(after),
                }
            }
            None => return Ok((looked_at, told)),
        }
    }
}

/// The need against the mapping of today; what people decided about services of which the record still does not say holds.
async fn today(
    directory: &osn_core::directory::Directory,
    request: &SupportRequest,
    acting: &Acting,
    on: chrono::NaiveDate,
) -> Outcome<Option<Confirmation>> {
    if !matches!(request.state, RequestState::Confirmed { .. }) {
        return Ok(None);
    }
    let Some(examined) = acting.scope.confirmation(request.id).await? else {
        return Ok(None);
    };
    let policy = examined.value.policy;
    let first = confirm(directory, &request.need, policy, on, &[]).map_err(Refusal::internal)?;
    let still = |decision: &&osn_core::coverage::UnknownDecision| {
        first
            .examined
            .iter()
            .any(|service| service.service_id == decision.service_id && service.is_open())
    };
    let decisions: Vec<_> = request.decisions.iter().filter(still).cloned().collect();
    if decisions.is_empty() {
        return Ok(Some(first));
    }
    confirm(directory, &request.need, policy, on, &decisions)
        .map(Some)
        .map_err(Refusal::internal)
}

/// To the body that asked, or to the officer who answers for it.
fn message(acting: &Acting, request: RequestId, body: OrganizationId, officer: Option<AccountId>) -> Message {
    let day = acting.zone().day(acting.now);
    let to = if officer.is_some() { "/owner" } else { "" };
    Message {
        id: acting.app.new_id(MessageId::new),
        recipient_person: None,
        channel: CHANNEL,
        template_key: TEMPLATE.to_owned(),
        params: json!({ "organization": body, "request": request, "account": officer }),
        dedupe_key: Some(format!("{TEMPLATE}/{request}/{day}{to}")),
    }
}

#[derive(Deserialize)]
struct Params {
    organization: OrganizationId,
    request: RequestId,
    /// The officer who is told; absent: the body is.
    #[serde(default)]
    account: Option<AccountId>,
}

/// To whom the message goes.
pub(crate) enum Told {
    /// The body that asked.
    Body(OrganizationId),
    /// The address of the officer who answers for the request.
    Officer(String),
}

/// To whom the message goes and its words, Greek first. `None`: the request or the officer is gone.
pub(crate) async fn words(acting: &Acting, message: &OutboxMessage) -> Outcome<Option<(Told, String)>> {
    let params: Params = serde_json::from_value(message.params.clone()).map_err(Refusal::internal)?;
    let Some(request) = acting.scope.request(params.request).await? else {
        return Ok(None);
    };
    let told = match params.account {
        None => Told::Body(params.organization),
        Some(officer) => match following::address(acting, officer).await? {
            Some(address) => Told::Officer(address),
            None => return Ok(None),
        },
    };
    let mut text = String::new();
    for lang in Lang::ALL {
        let prefix = if lang == Lang::El { "" } else { "/en" };
        let link = format!("{}{prefix}/staff/requests/{}", base(acting), params.request);
        let people = number(request.value.need.people.count);
        let args = [
            ("municipality", acting.municipality().name.get(lang.tag())),
            ("title", request.value.title.get(lang.tag())),
            ("people", people.as_str()),
            ("link", link.as_str()),
        ];
        text.push_str(&acting.app.texts().get(lang, &format!("message-{TEMPLATE}"), &args));
        text.push_str("\r\n\r\n");
    }
    Ok(Some((told, text)))
}
