//! What waits for this person in the network: reports to be looked at, proposals, referrals, what a meeting asked for.

use osn_core::meeting::MeetingState;
use osn_store::PageQuery;

use super::dashboard::Task;
use crate::acts::Acting;
use crate::acts::network::{Listed, board, gaps, meetings, proposals, referrals};
use crate::auth::Right;
use crate::pages::chrome::Page;
use crate::pages::part::{Tag, Tone};
use crate::pages::shown;
use crate::refusal::Outcome;

fn in_state(state: &str) -> Listed {
    Listed {
        state: Some(state.to_owned()),
    }
}

fn first() -> PageQuery {
    PageQuery {
        limit: 100,
        after: None,
    }
}

/// All of it.
pub(super) async fn waiting(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let mut tasks = Vec::new();
    if acting.actor.may(Right::ExamineNeeds) {
        for read in gaps::list(acting, &in_state("reported"), first()).await?.items {
            let gap = read.value;
            tasks.push(Task {
                what: p.text(&gap.title),
                href: p.url(&format!("/staff/gaps/{}", gap.id)),
                why: Tag::new(Tone::Plain, p.t("task-look-at-gap")),
                note: p.tc("people-count", gap.people.into()),
            });
        }
    }
    if acting.actor.may(Right::PlanActions) {
        tasks.extend(unanswered(acting, p).await?);
        tasks.extend(proposed(acting, p).await?);
    }
    if acting.actor.may(Right::TakeReferrals) {
        tasks.extend(referred(acting, p).await?);
    }
    tasks.extend(asked_for(acting, p).await?);
    Ok(tasks)
}

/// Certified gaps for which nobody planned anything: the first step is a proposal.
async fn unanswered(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let mapped = acting.mapping().await?;
    let gaps = board::unanswered(acting).await?;
    let task = |gap: board::Unanswered| Task {
        what: shown::term(p, &mapped.directory, &gap.category),
        href: p.url(&format!("/staff/certificates/{}", gap.certificate)),
        why: Tag::new(Tone::Warn, p.t("task-certified-gap")),
        note: match gap.until {
            Some(until) => format!("{} · {}", p.tc("people-count", gap.residual.into()), p.day(until)),
            None => p.tc("people-count", gap.residual.into()),
        },
    };
    Ok(gaps.into_iter().map(task).collect())
}

async fn proposed(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let me = acting.actor.account();
    let mut tasks = Vec::new();
    for (state, key) in [("proposed", "task-approve"), ("approved", "task-plan-action")] {
        for read in proposals::list(acting, &in_state(state), first()).await?.items {
            let proposal = read.value;
            let mine = state == "proposed" && me == Some(proposal.proposed_by);
            tasks.push(Task {
                what: p.text(&proposal.name),
                href: p.url(&format!("/staff/proposals/{}", proposal.id)),
                why: Tag::new(Tone::Warn, p.t(if mine { "task-approve-other" } else { key })),
                note: p.t("menu-proposals"),
            });
        }
    }
    Ok(tasks)
}

/// Referrals that the person's own body has not answered.
async fn referred(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let Some(body) = acting.actor.officer().and_then(|officer| officer.organization) else {
        return Ok(Vec::new());
    };
    let mapped = acting.mapping().await?;
    let today = acting.zone().day(acting.now);
    let mut tasks = Vec::new();
    for read in referrals::list(acting, &in_state("sent"), first()).await?.items {
        let referral = read.value;
        if referral.organization_id != body {
            continue;
        }
        let late = referral.answer_by < today;
        tasks.push(Task {
            what: shown::term(p, &mapped.directory, &referral.category),
            href: p.url(&format!("/staff/referrals/{}", referral.id)),
            why: Tag::new(if late { Tone::Bad } else { Tone::Warn }, p.t("task-answer-referral")),
            note: p.day(referral.answer_by),
        });
    }
    Ok(tasks)
}

/// What a meeting asked of the person's own body.
async fn asked_for(acting: &Acting, p: &Page) -> Outcome<Vec<Task>> {
    let Some(body) = acting.actor.officer().and_then(|officer| officer.organization) else {
        return Ok(Vec::new());
    };
    let today = acting.zone().day(acting.now);
    let mut tasks = Vec::new();
    for read in meetings::list(acting, &in_state("held"), first()).await?.items {
        let meeting = read.value;
        if !matches!(meeting.state, MeetingState::Held { .. }) {
            continue;
        }
        let open = meeting
            .follow_ups
            .iter()
            .filter(|one| one.owner == body && one.done_on.is_none());
        tasks.extend(open.map(|follow_up| Task {
            what: p.text(&follow_up.what),
            href: p.url(&format!("/staff/meetings/{}", meeting.id)),
            why: Tag::new(
                if follow_up.due < today { Tone::Bad } else { Tone::Plain },
                p.t("task-follow-up"),
            ),
            note: format!("{} · {}", p.text(&meeting.title), p.day(follow_up.due)),
        }));
    }
    Ok(tasks)
}
