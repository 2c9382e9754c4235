//! The state machines of money, printed as their full tables: state x event.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::DateTime;
use expect_test::{Expect, expect};
use osn_core::canonical::{Digest, digest};
use osn_core::expenditure::{
    ClaimEvent, ClaimState, ExpenseEvent, ExpenseState, IrregularityEvent, IrregularityState, ReallocationEvent,
    ReallocationState,
};
use osn_core::id::{AccountId, ClaimId};
use osn_core::money::Money;
use osn_core::state::{Machine, table};
use osn_core::time::Instant;
use uuid::Uuid;

fn check<M: Machine>(states: &[M], events: &[M::Event], expected: &Expect) {
    expected.assert_eq(&table(states, events));
}

fn at() -> Instant {
    DateTime::from_timestamp(1_657_836_000, 0).unwrap()
}

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn claim_id() -> ClaimId {
    ClaimId::new(Uuid::from_u128(9))
}

fn manifest() -> Digest {
    digest("claim-manifest:1", b"")
}

#[test]
fn expense() {
    let withdraw = |reason: &str| ExpenseEvent::Withdraw {
        by: account(1),
        at: at(),
        reason: reason.to_owned(),
    };
    check(
        &[
            ExpenseState::Entered { by: account(1) },
            ExpenseState::Approved {
                entered_by: account(1),
                by: account(2),
                at: at(),
            },
            ExpenseState::Claimed {
                claim_id: claim_id(),
                entered_by: account(1),
                approved_by: account(2),
            },
            ExpenseState::Certified { claim_id: claim_id() },
            ExpenseState::Withdrawn {
                by: account(1),
                at: at(),
                reason: "Διπλή εγγραφή".to_owned(),
            },
        ],
        &[
            ExpenseEvent::Change { by: account(1) },
            ExpenseEvent::Approve {
                by: account(1),
                at: at(),
            },
            ExpenseEvent::Approve {
                by: account(2),
                at: at(),
            },
            ExpenseEvent::Claim { claim_id: claim_id() },
            ExpenseEvent::Release { at: at() },
            ExpenseEvent::Certify,
            withdraw("Διπλή εγγραφή"),
            withdraw(" "),
        ],
        // The two `approve` columns: whoever entered it, who is refused, and another person. The two `withdraw`: with a reason and without.
        &expect![[r"
            entered: change=entered approve=- approve=approved claim=- release=- certify=- withdraw=withdrawn withdraw=-
            approved: change=entered approve=- approve=- claim=claimed release=- certify=- withdraw=withdrawn withdraw=-
            claimed: change=- approve=- approve=- claim=- release=approved certify=certified withdraw=- withdraw=-
            certified: change=- approve=- approve=- claim=- release=- certify=- withdraw=- withdraw=-
            withdrawn: change=- approve=- approve=- claim=- release=- certify=- withdraw=- withdraw=-
        "]],
    );
}

#[test]
fn claim() {
    let digest = manifest();
    check(
        &[
            ClaimState::Draft,
            ClaimState::Frozen {
                by: account(1),
                at: at(),
                digest,
            },
            ClaimState::Submitted {
                by: account(2),
                at: at(),
                digest,
            },
            ClaimState::Certified {
                by: account(2),
                at: at(),
                digest,
                amount: Money::ZERO,
            },
            ClaimState::Withdrawn {
                by: account(1),
                at: at(),
                reason: "Λάθος".to_owned(),
            },
        ],
        &[
            ClaimEvent::Freeze {
                by: account(1),
                at: at(),
                digest,
            },
            ClaimEvent::Submit {
                by: account(1),
                at: at(),
            },
            ClaimEvent::Submit {
                by: account(2),
                at: at(),
            },
            ClaimEvent::Certify {
                by: account(1),
                at: at(),
                amount: Money::ZERO,
            },
            ClaimEvent::Withdraw {
                by: account(1),
                at: at(),
                reason: "Λάθος".to_owned(),
            },
        ],
        // The two `submit` columns: whoever froze it, who is refused, and another person.
        &expect![[r"
            draft: freeze=frozen submit=- submit=- certify=- withdraw=withdrawn
            frozen: freeze=- submit=- submit=submitted certify=- withdraw=withdrawn
            submitted: freeze=- submit=- submit=- certify=certified withdraw=withdrawn
            certified: freeze=- submit=- submit=- certify=- withdraw=-
            withdrawn: freeze=- submit=- submit=- certify=- withdraw=-
        "]],
    );
}

#[test]
fn reallocation() {
    let by = account(1);
    check(
        &[
            ReallocationState::Proposed { by },
            ReallocationState::Approved {
                by: account(2),
                at: at(),
            },
            ReallocationState::Rejected {
                by: account(2),
                at: at(),
            },
        ],
        &[
            ReallocationEvent::Approve { by, at: at() },
            ReallocationEvent::Approve {
                by: account(2),
                at: at(),
            },
            ReallocationEvent::Reject { by, at: at() },
            ReallocationEvent::Reject {
                by: account(2),
                at: at(),
            },
        ],
        // Whoever proposed it does neither.
        &expect![[r"
            proposed: approve=- approve=approved reject=- reject=rejected
            approved: approve=- approve=- reject=- reject=-
            rejected: approve=- approve=- reject=- reject=-
        "]],
    );
}

#[test]
fn irregularity() {
    let dismiss = |by: u128, reason: &str| IrregularityEvent::Dismiss {
        by: account(by),
        at: at(),
        reason: reason.to_owned(),
    };
    let confirm = |by: u128| IrregularityEvent::Confirm {
        by: account(by),
        at: at(),
    };
    check(
        &[
            IrregularityState::Suspected { by: account(1) },
            IrregularityState::Confirmed {
                recorded_by: account(1),
                by: account(2),
                at: at(),
            },
            IrregularityState::Corrected {
                recorded_by: account(1),
                confirmed_by: account(2),
                at: at(),
                claim_id: claim_id(),
            },
            IrregularityState::Dismissed {
                by: account(2),
                at: at(),
                reason: "Δεν ισχύει".to_owned(),
            },
        ],
        &[
            confirm(1),
            confirm(2),
            dismiss(1, "Δεν ισχύει"),
            dismiss(2, "Δεν ισχύει"),
            dismiss(2, " "),
            IrregularityEvent::Correct { claim_id: claim_id() },
            IrregularityEvent::Reopen,
        ],
        // The columns of `confirm` and `dismiss`: whoever recorded it, who is refused, and another person; the last `dismiss` is silent.
        &expect![[r"
            suspected: confirm=- confirm=confirmed dismiss=- dismiss=dismissed dismiss=- correct=- reopen=-
            confirmed: confirm=- confirm=- dismiss=- dismiss=- dismiss=- correct=corrected reopen=-
            corrected: confirm=- confirm=- dismiss=- dismiss=- dismiss=- correct=- reopen=confirmed
            dismissed: confirm=- confirm=- dismiss=- dismiss=- dismiss=- correct=- reopen=-
        "]],
    );
}
