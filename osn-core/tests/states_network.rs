//! The state machines of need and network, printed as their full tables: state x event.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::DateTime;
use expect_test::{Expect, expect};
use osn_core::gap::{
    Closure, ContributionEvent, ContributionState, ExtensionEvent, ExtensionState, GapEvent, GapState,
};
use osn_core::id::{AccountId, ActionId, GapId};
use osn_core::immediate::{
    CeilingEvent, CeilingState, EmergencyEvent, EmergencyState, InterventionEvent, InterventionState,
};
use osn_core::lang::LocalText;
use osn_core::meeting::{MeetingEvent, MeetingState};
use osn_core::network::{MemberEvent, MemberState};
use osn_core::overruling::{OverrulingEvent, OverrulingState};
use osn_core::proposal::{ProposalEvent, ProposalState};
use osn_core::referral::{ReferralEvent, ReferralOutcome, ReferralState, RefusalReason};
use osn_core::state::{Machine, table};
use uuid::Uuid;

fn check<M: Machine>(states: &[M], events: &[M::Event], expected: &Expect) {
    expected.assert_eq(&table(states, events));
}

fn at() -> osn_core::time::Instant {
    DateTime::from_timestamp(1_657_836_000, 0).unwrap()
}

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn words(text: &str) -> LocalText {
    LocalText::new(text, text)
}

#[test]
fn gap() {
    let (by, into) = (account(1), GapId::new(Uuid::nil()));
    let closure = Closure::Action {
        action: ActionId::new(Uuid::nil()),
    };
    let dismiss = |reason| GapEvent::Dismiss { by, at: at(), reason };
    check(
        &[
            GapState::Reported,
            GapState::Accepted { by, at: at() },
            GapState::Closed {
                by,
                at: at(),
                closure: closure.clone(),
            },
            GapState::Joined { by, at: at(), into },
            GapState::Dismissed {
                by,
                at: at(),
                reason: words("Υπάρχει"),
            },
        ],
        &[
            GapEvent::Accept { by, at: at() },
            GapEvent::Close { by, at: at(), closure },
            GapEvent::Join { by, at: at(), into },
            dismiss(words("Υπάρχει")),
            dismiss(LocalText::default()),
            GapEvent::Reopen { by, at: at() },
        ],
        // The two `dismiss` columns: with a reason, and without one, which is no decision.
        &expect![[r"
            reported: accept=accepted close=- join=joined dismiss=dismissed dismiss=- reopen=-
            accepted: accept=- close=closed join=joined dismiss=dismissed dismiss=- reopen=-
            closed: accept=- close=- join=- dismiss=- dismiss=- reopen=accepted
            joined: accept=- close=- join=- dismiss=- dismiss=- reopen=-
            dismissed: accept=- close=- join=- dismiss=- dismiss=- reopen=accepted
        "]],
    );
}

#[test]
fn contribution_and_extension() {
    let by = account(1);
    check(
        &[
            ContributionState::Offered,
            ContributionState::Accepted { by, at: at() },
            ContributionState::Declined {
                by,
                at: at(),
                reason: words("Αργά"),
            },
            ContributionState::Withdrawn { at: at() },
        ],
        &[
            ContributionEvent::Accept { by, at: at() },
            ContributionEvent::Decline {
                by,
                at: at(),
                reason: words("Αργά"),
            },
            ContributionEvent::Withdraw { at: at() },
        ],
        &expect![[r"
            offered: accept=accepted decline=declined withdraw=withdrawn
            accepted: accept=- decline=- withdraw=withdrawn
            declined: accept=- decline=- withdraw=-
            withdrawn: accept=- decline=- withdraw=-
        "]],
    );
    let applied = ExtensionState::Applied {
        at: at(),
        before: Some(10),
        after: 15,
    };
    check(
        &[
            ExtensionState::Planned,
            applied,
            ExtensionState::Cancelled { by, at: at() },
            ExtensionState::Failed { at: at() },
        ],
        &[
            ExtensionEvent::Apply {
                at: at(),
                before: Some(10),
                after: 15,
            },
            ExtensionEvent::Cancel { by, at: at() },
            ExtensionEvent::Fail { at: at() },
        ],
        &expect![[r"
            planned: apply=applied cancel=cancelled fail=failed
            applied: apply=- cancel=- fail=-
            cancelled: apply=- cancel=- fail=-
            failed: apply=- cancel=- fail=-
        "]],
    );
}

#[test]
fn referral() {
    let by = account(1);
    let (reason, outcome) = (RefusalReason::NoPlaces, ReferralOutcome::Served);
    check(
        &[
            ReferralState::Sent,
            ReferralState::Accepted { by, at: at() },
            ReferralState::Refused { by, at: at(), reason },
            ReferralState::Expired { at: at() },
            ReferralState::Withdrawn { at: at() },
            ReferralState::Concluded { by, at: at(), outcome },
        ],
        &[
            ReferralEvent::Accept { by, at: at() },
            ReferralEvent::Refuse { by, at: at(), reason },
            ReferralEvent::Expire { at: at() },
            ReferralEvent::Withdraw { at: at() },
            ReferralEvent::Conclude { by, at: at(), outcome },
        ],
        &expect![[r"
            sent: accept=accepted refuse=refused expire=expired withdraw=withdrawn conclude=-
            accepted: accept=- refuse=- expire=- withdraw=withdrawn conclude=concluded
            refused: accept=- refuse=- expire=- withdraw=- conclude=-
            expired: accept=- refuse=- expire=- withdraw=- conclude=-
            withdrawn: accept=- refuse=- expire=- withdraw=- conclude=-
            concluded: accept=- refuse=- expire=- withdraw=- conclude=-
        "]],
    );
}

#[test]
fn meeting_and_member() {
    check(
        &[
            MeetingState::Planned,
            MeetingState::Invited { at: at() },
            MeetingState::Held { at: at() },
            MeetingState::Cancelled { at: at() },
        ],
        &[
            MeetingEvent::Invite { at: at() },
            MeetingEvent::Hold { at: at() },
            MeetingEvent::Cancel { at: at() },
        ],
        &expect![[r"
            planned: invite=invited hold=held cancel=cancelled
            invited: invite=invited hold=held cancel=cancelled
            held: invite=- hold=held cancel=-
            cancelled: invite=- hold=- cancel=-
        "]],
    );
    check(
        &[
            MemberState::Invited { at: at() },
            MemberState::Active { at: at() },
            MemberState::Ended { at: at() },
        ],
        &[
            MemberEvent::Join { at: at() },
            MemberEvent::End { at: at() },
            MemberEvent::Invite { at: at() },
        ],
        &expect![[r"
            invited: join=active end=ended invite=-
            active: join=- end=ended invite=-
            ended: join=- end=- invite=invited
        "]],
    );
}

#[test]
fn overruling_and_proposal() {
    let by = account(1);
    let reason = words("Κλήθηκε ο φορέας");
    check(
        &[
            OverrulingState::Proposed,
            OverrulingState::Approved { by, at: at() },
            OverrulingState::Rejected {
                by,
                at: at(),
                reason: reason.clone(),
            },
            OverrulingState::Lapsed { at: at() },
        ],
        &[
            OverrulingEvent::Approve { by, at: at() },
            OverrulingEvent::Reject {
                by,
                at: at(),
                reason: reason.clone(),
            },
            OverrulingEvent::Lapse { at: at() },
        ],
        &expect![[r"
            proposed: approve=approved reject=rejected lapse=lapsed
            approved: approve=- reject=- lapse=-
            rejected: approve=- reject=- lapse=-
            lapsed: approve=- reject=- lapse=-
        "]],
    );
    let action = ActionId::new(Uuid::nil());
    check(
        &[
            ProposalState::Proposed,
            ProposalState::Approved { by, at: at() },
            ProposalState::Rejected {
                by,
                at: at(),
                reason: reason.clone(),
            },
            ProposalState::Planned { action, at: at() },
            ProposalState::Withdrawn { at: at() },
        ],
        &[
            ProposalEvent::Approve { by, at: at() },
            ProposalEvent::Reject { by, at: at(), reason },
            ProposalEvent::Plan { action, at: at() },
            ProposalEvent::Withdraw { at: at() },
        ],
        &expect![[r"
            proposed: approve=approved reject=rejected plan=- withdraw=withdrawn
            approved: approve=- reject=- plan=planned withdraw=withdrawn
            rejected: approve=- reject=- plan=- withdraw=-
            planned: approve=- reject=- plan=- withdraw=-
            withdrawn: approve=- reject=- plan=- withdraw=-
        "]],
    );
}

#[test]
fn immediate_help_and_emergency() {
    let by = account(1);
    let reason = words("Δεν είναι άμεσο");
    check(
        &[
            InterventionState::Proposed,
            InterventionState::Approved { by, at: at() },
            InterventionState::Refused {
                by,
                at: at(),
                reason: reason.clone(),
            },
            InterventionState::Delivered { at: at() },
            InterventionState::Cancelled { at: at() },
        ],
        &[
            InterventionEvent::Approve { by, at: at() },
            InterventionEvent::Refuse { by, at: at(), reason },
            InterventionEvent::Deliver { at: at() },
            InterventionEvent::Cancel { at: at() },
        ],
        &expect![[r"
            proposed: approve=approved refuse=refused deliver=- cancel=cancelled
            approved: approve=- refuse=- deliver=delivered cancel=cancelled
            refused: approve=- refuse=- deliver=- cancel=-
            delivered: approve=- refuse=- deliver=- cancel=-
            cancelled: approve=- refuse=- deliver=- cancel=-
        "]],
    );
    check(
        &[
            EmergencyState::Proposed,
            EmergencyState::Declared { by, at: at() },
            EmergencyState::Ended { by, at: at() },
        ],
        &[
            EmergencyEvent::Declare { by, at: at() },
            EmergencyEvent::End { by, at: at() },
        ],
        &expect![[r"
            proposed: declare=declared end=ended
            declared: declare=- end=ended
            ended: declare=- end=-
        "]],
    );
    check(
        &[
            CeilingState::Proposed,
            CeilingState::Approved { by, at: at() },
            CeilingState::Refused { by, at: at() },
        ],
        &[
            CeilingEvent::Approve { by, at: at() },
            CeilingEvent::Refuse { by, at: at() },
        ],
        &expect![[r"
            proposed: approve=approved refuse=refused
            approved: approve=- refuse=-
            refused: approve=- refuse=-
        "]],
    );
}
