//! The state machines of the chain and of the mapping, printed as their full tables: state x event. Those of need and network and
//! of money stand in `states_network.rs` and `states_money.rs`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::DateTime;
use expect_test::{Expect, expect};
use osn_core::action::{ActionEvent, ActionState};
use osn_core::application::{ApplicationEvent, ApplicationState, AssessmentOutcome};
use osn_core::call::{CallEvent, CallState};
use osn_core::coverage::NeedOutcome;
use osn_core::delivery::{AwardEvent, AwardState, DeliveryEvent, DeliveryState};
use osn_core::evaluation::{EvaluationEvent, EvaluationState};
use osn_core::id::{AccountId, CertificateId, DecisionId, SelectionId};
use osn_core::import::{ImportEvent, ImportState};
use osn_core::lang::LocalText;
use osn_core::program_use::{ProgramEvent, ProgramUse};
use osn_core::request::{RequestEvent, RequestState};
use osn_core::selection::{SelectionEvent, SelectionState};
use osn_core::state::{Machine, table};
use osn_core::upkeep::{ReminderEvent, ReminderState, SuggestionEvent, SuggestionState};
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

#[test]
fn request() {
    let certificate = CertificateId::new(Uuid::nil());
    let gap = NeedOutcome::Gap { residual: 150 };
    let certify = |outcome| RequestEvent::Certify {
        certificate,
        outcome,
        refer_to: Vec::new(),
    };
    check(
        &[
            RequestState::Draft,
            RequestState::Submitted { at: at() },
            RequestState::Examined { at: at() },
            RequestState::Confirmed {
                certificate,
                outcome: gap,
            },
            RequestState::Covered {
                certificate,
                refer_to: Vec::new(),
            },
            RequestState::Withdrawn { at: at() },
        ],
        &[
            RequestEvent::Submit { at: at() },
            RequestEvent::Examine { at: at() },
            certify(gap),
            certify(NeedOutcome::Covered),
            RequestEvent::Withdraw { at: at() },
        ],
        &expect![[r"
            draft: submit=submitted examine=- certify=- certify=- withdraw=withdrawn
            submitted: submit=- examine=examined certify=- certify=- withdraw=withdrawn
            examined: submit=- examine=examined certify=confirmed certify=covered withdraw=withdrawn
            confirmed: submit=- examine=- certify=- certify=- withdraw=-
            covered: submit=- examine=- certify=- certify=- withdraw=-
            withdrawn: submit=- examine=- certify=- certify=- withdraw=-
        "]],
    );
}

#[test]
fn action() {
    check(
        &[
            ActionState::Draft,
            ActionState::Approved {
                by: account(1),
                at: at(),
            },
            ActionState::Completed { at: at() },
            ActionState::Cancelled { at: at() },
        ],
        &[
            ActionEvent::SetPlaces,
            ActionEvent::Approve {
                by: account(1),
                at: at(),
            },
            ActionEvent::Complete { at: at() },
            ActionEvent::Cancel { at: at() },
        ],
        &expect![[r"
            draft: set-places=draft approve=approved complete=- cancel=cancelled
            approved: set-places=approved approve=- complete=completed cancel=cancelled
            completed: set-places=- approve=- complete=- cancel=-
            cancelled: set-places=- approve=- complete=- cancel=-
        "]],
    );
}

#[test]
fn call() {
    let selection = SelectionId::new(Uuid::nil());
    check(
        &[
            CallState::Draft,
            CallState::Published { at: at() },
            CallState::Assessed { at: at() },
            CallState::Proposed {
                selection,
                by: account(1),
            },
            CallState::Final { selection, at: at() },
            CallState::Cancelled { at: at() },
        ],
        &[
            CallEvent::Publish { at: at() },
            CallEvent::Assess { at: at() },
            CallEvent::Propose {
                selection,
                by: account(1),
            },
            CallEvent::Approve {
                by: account(1),
                at: at(),
            },
            CallEvent::Approve {
                by: account(2),
                at: at(),
            },
            CallEvent::ApproveRound {
                by: account(1),
                at: at(),
            },
            CallEvent::ApproveRound {
                by: account(2),
                at: at(),
            },
            CallEvent::Reject {
                by: account(2),
                at: at(),
            },
            CallEvent::Cancel { at: at() },
        ],
        // The two columns of each `approve`: the proposer, who is refused, and another person.
        &expect![[r"
            draft: publish=published assess=- propose=- approve=- approve=- approve-round=- approve-round=- reject=- cancel=cancelled
            published: publish=- assess=assessed propose=- approve=- approve=- approve-round=- approve-round=- reject=- cancel=cancelled
            assessed: publish=- assess=assessed propose=proposed approve=- approve=- approve-round=- approve-round=- reject=- cancel=cancelled
            proposed: publish=- assess=- propose=- approve=- approve=final approve-round=- approve-round=published reject=assessed cancel=cancelled
            final: publish=- assess=- propose=- approve=- approve=- approve-round=- approve-round=- reject=- cancel=-
            cancelled: publish=- assess=- propose=- approve=- approve=- approve-round=- approve-round=- reject=- cancel=-
        "]],
    );
}

#[test]
fn application() {
    let decision = DecisionId::new(Uuid::nil());
    let assessed = |outcome| ApplicationState::Assessed { decision, outcome };
    let assess = ApplicationEvent::Assess {
        decision,
        outcome: AssessmentOutcome::Eligible,
    };
    check(
        &[
            ApplicationState::Received,
            assessed(AssessmentOutcome::Eligible),
            assessed(AssessmentOutcome::NotEligible),
            ApplicationState::Selected,
            ApplicationState::Reserve { position: 1 },
            ApplicationState::NotSelected,
            ApplicationState::Withdrawn { at: at() },
        ],
        &[
            assess,
            ApplicationEvent::Select,
            ApplicationEvent::PutOnReserve { position: 1 },
            ApplicationEvent::NotSelect,
            ApplicationEvent::Promote,
            ApplicationEvent::Withdraw { at: at() },
        ],
        // The two `assessed` rows: eligible, and not eligible (which can never be selected).
        &expect![[r"
            received: assess=assessed select=- put-on-reserve=- not-select=- promote=- withdraw=withdrawn
            assessed: assess=assessed select=selected put-on-reserve=reserve not-select=not-selected promote=- withdraw=withdrawn
            assessed: assess=assessed select=- put-on-reserve=- not-select=not-selected promote=- withdraw=withdrawn
            selected: assess=- select=- put-on-reserve=- not-select=- promote=- withdraw=withdrawn
            reserve: assess=- select=- put-on-reserve=- not-select=- promote=selected withdraw=withdrawn
            not-selected: assess=- select=- put-on-reserve=- not-select=- promote=- withdraw=-
            withdrawn: assess=- select=- put-on-reserve=- not-select=- promote=- withdraw=-
        "]],
    );
}

#[test]
fn selection() {
    check(
        &[
            SelectionState::Proposed,
            SelectionState::Approved {
                by: account(1),
                at: at(),
            },
            SelectionState::Rejected {
                by: account(1),
                at: at(),
            },
        ],
        &[
            SelectionEvent::Approve {
                by: account(1),
                at: at(),
            },
            SelectionEvent::Reject {
                by: account(1),
                at: at(),
            },
        ],
        &expect![[r"
            proposed: approve=approved reject=rejected
            approved: approve=- reject=-
            rejected: approve=- reject=-
        "]],
    );
}

#[test]
fn evaluation() {
    let by = account(1);
    let refused = |reason| EvaluationEvent::Reject { by, at: at(), reason };
    let why = LocalText::new("Λείπει το κόστος", "The cost is missing");
    check(
        &[
            EvaluationState::Proposed,
            EvaluationState::Approved { by, at: at() },
            EvaluationState::Rejected {
                by,
                at: at(),
                reason: why.clone(),
            },
        ],
        // The same again without a reason, which is no decision.
        &[
            EvaluationEvent::Approve { by, at: at() },
            refused(why),
            refused(LocalText::default()),
        ],
        &expect![[r"
            proposed: approve=approved reject=rejected reject=-
            approved: approve=- reject=- reject=-
            rejected: approve=- reject=- reject=-
        "]],
    );
}

#[test]
fn award() {
    check(
        &[
            AwardState::Active,
            AwardState::Withdrawn { at: at() },
            AwardState::Fulfilled { at: at() },
        ],
        &[AwardEvent::Withdraw { at: at() }, AwardEvent::Fulfil { at: at() }],
        &expect![[r"
            active: withdraw=withdrawn fulfil=fulfilled
            withdrawn: withdraw=- fulfil=-
            fulfilled: withdraw=- fulfil=-
        "]],
    );
}

#[test]
fn delivery() {
    check(
        &[
            DeliveryState::Planned,
            DeliveryState::Failed,
            DeliveryState::Delivered { at: at() },
            DeliveryState::Cancelled { at: at() },
        ],
        &[
            DeliveryEvent::Deliver { at: at() },
            DeliveryEvent::Fail,
            DeliveryEvent::Cancel { at: at() },
        ],
        &expect![[r"
            planned: deliver=delivered fail=failed cancel=cancelled
            failed: deliver=delivered fail=failed cancel=cancelled
            delivered: deliver=- fail=- cancel=-
            cancelled: deliver=- fail=- cancel=-
        "]],
    );
}

#[test]
fn reminder() {
    check(
        &[
            ReminderState::Sent,
            ReminderState::Used { at: at() },
            ReminderState::Replaced { at: at() },
        ],
        &[ReminderEvent::Use { at: at() }, ReminderEvent::Replace { at: at() }],
        &expect![[r"
            sent: use=used replace=replaced
            used: use=- replace=-
            replaced: use=- replace=-
        "]],
    );
}

#[test]
fn suggestion() {
    let refuse = |reason: &str| SuggestionEvent::Refuse {
        by: account(1),
        at: at(),
        reason: reason.to_owned(),
    };
    check(
        &[
            SuggestionState::Open,
            SuggestionState::Accepted {
                by: account(1),
                at: at(),
            },
            SuggestionState::Refused {
                by: account(1),
                at: at(),
                reason: "Ισχύει".to_owned(),
            },
        ],
        &[
            SuggestionEvent::Accept {
                by: account(1),
                at: at(),
            },
            refuse("Ισχύει"),
            refuse("  "),
        ],
        // The two `refuse` columns: with a reason, and without one, which is no refusal.
        &expect![[r"
            open: accept=accepted refuse=refused refuse=-
            accepted: accept=- refuse=- refuse=-
            refused: accept=- refuse=- refuse=-
        "]],
    );
}

#[test]
fn import() {
    check(
        &[
            ImportState::Refused,
            ImportState::Planned,
            ImportState::Done {
                by: None,
                at: at(),
                first: 1,
                last: 2,
            },
            ImportState::Undone { by: None, at: at() },
        ],
        &[
            ImportEvent::Confirm {
                by: None,
                at: at(),
                first: 1,
                last: 2,
            },
            ImportEvent::Undo { by: None, at: at() },
        ],
        &expect![[r"
            refused: confirm=- undo=-
            planned: confirm=done undo=-
            done: confirm=- undo=undone
            undone: confirm=- undo=-
        "]],
    );
}

#[test]
fn program() {
    let package = |digest: &str| ProgramEvent::Enable {
        package: digest.to_owned(),
        at: at(),
    };
    let installed = ProgramUse::installed("example");
    let first = installed.apply(&package("one")).unwrap();
    let second = first.apply(&package("two")).unwrap();
    let disabled = second.apply(&ProgramEvent::Disable { at: at() }).unwrap();
    let retired = disabled.apply(&ProgramEvent::Retire { at: at() }).unwrap();
    check(
        &[installed, first, second, disabled, retired],
        &[
            package("three"),
            ProgramEvent::RollBack { at: at() },
            ProgramEvent::Disable { at: at() },
            ProgramEvent::Retire { at: at() },
        ],
        &expect![[r"
            installed: enable=enabled roll-back=- disable=- retire=retired
            enabled: enable=enabled roll-back=- disable=disabled retire=-
            enabled: enable=enabled roll-back=enabled disable=disabled retire=-
            disabled: enable=enabled roll-back=- disable=- retire=retired
            retired: enable=- roll-back=- disable=- retire=-
        "]],
    );
}
