//! The checklist of a claim, paper by paper: what is missing at entry is on the list, what is missing at the claim rejects.

use chrono::NaiveDate;

use super::Case;
use crate::expenditure::contract::SupplierKind;
use crate::expenditure::facts::Stage;
use crate::expenditure::finding::{Out, Value};
use crate::expenditure::kinds::PaperKind;
use crate::expenditure::ledger::is_work;
use crate::expenditure::terms::StateAid;

/// Before money is spent there are no papers to miss.
fn is_early(case: &Case<'_>) -> bool {
    case.facts.stage == Stage::WhatIf
}

/// Whether this expense is proved by papers of money at all: simplified costs are settled by conditions only.
fn by_papers(case: &Case<'_>) -> bool {
    !case.facts.expense.form.is_simplified() && !case.facts.expense.is_credit()
}

fn want(case: &Case<'_>, out: &mut Out<'_>, kinds: &[PaperKind]) {
    if is_early(case) {
        return;
    }
    let mut fine = true;
    for kind in kinds.iter().filter(|kind| !case.facts.expense.has(**kind)) {
        fine = false;
        out.missing("missing", &[("paper", kind.name().into())]);
    }
    if fine {
        out.ok();
    }
}

/// Checklist 1: the invoice or receipt. Its arithmetic and the tax number are refused at the door.
pub(super) fn document(case: &Case<'_>, out: &mut Out<'_>) {
    if by_papers(case) {
        want(case, out, &[PaperKind::Document]);
    }
}

/// Checklist 2: proof of payment, to whoever issued the paper.
pub(super) fn payment(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if !by_papers(case) || expense.in_kind.is_some() || expense.depreciation.is_some() {
        return;
    }
    if expense.paid_to_issuer == Some(false) {
        return out.reject("other-payee", &[]);
    }
    want(case, out, &[PaperKind::Payment]);
    if expense.paid_to_issuer.is_none() && expense.dates.paid.is_some() && !is_early(case) {
        out.missing("payee-unknown", &[]);
    }
}

/// Checklist 3: the payment order and the levies that were paid.
pub(super) fn warrant(case: &Case<'_>, out: &mut Out<'_>) {
    if by_papers(case) && case.facts.expense.is_purchase() {
        want(case, out, &[PaperKind::Warrant]);
    }
}

/// Checklist 4: the commitment with its number.
pub(super) fn commitment_paper(case: &Case<'_>, out: &mut Out<'_>) {
    if by_papers(case) && case.facts.expense.is_purchase() {
        want(case, out, &[PaperKind::Commitment]);
    }
}

/// Checklist 5: award, contract and request with their numbers.
pub(super) fn award(case: &Case<'_>, out: &mut Out<'_>) {
    if !by_papers(case) || !case.facts.expense.is_purchase() || is_early(case) {
        return;
    }
    want(case, out, &[PaperKind::Award]);
    if let Some(contract) = &case.facts.contract {
        if contract.request_adam.is_none() {
            out.missing("no-request-number", &[]);
        }
        if contract.signed_on.is_some() && contract.contract_adam.is_none() {
            out.missing("no-contract-number", &[]);
        }
    }
}

/// Checklist 6: the protocol of acceptance.
pub(super) fn acceptance(case: &Case<'_>, out: &mut Out<'_>) {
    if by_papers(case) && case.facts.expense.is_purchase() {
        want(case, out, &[PaperKind::Acceptance]);
    }
}

/// Checklist 7: tax and social insurance clearance above the limit.
pub(super) fn clearance(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let limit = case.p.national.clearance_above.on(expense.incurred_on());
    if by_papers(case) && expense.is_purchase() && limit.is_some_and(|limit| expense.document.gross > limit.0) {
        want(case, out, &[PaperKind::Clearance]);
    }
}

/// Checklist 8: own staff.
pub(super) fn staff(case: &Case<'_>, out: &mut Out<'_>) {
    if by_papers(case) && case.facts.expense.payroll.is_some() {
        let papers = [
            PaperKind::Assignment,
            PaperKind::Payslip,
            PaperKind::Insurance,
            PaperKind::Activity,
        ];
        want(case, out, &papers);
    }
}

/// Checklist 9: what shows that it happened, where something was done for people.
pub(super) fn physical(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    let for_people = expense
        .allocations
        .iter()
        .any(|part| part.action_id.is_some() || part.delivery_id.is_some());
    let volunteers = expense.in_kind.as_ref().is_some_and(is_work);
    if for_people || volunteers {
        want(case, out, &[PaperKind::Physical]);
    }
}

/// Checklist 10: a separate accounting code.
pub(super) fn account(case: &Case<'_>, out: &mut Out<'_>) {
    if !by_papers(case) || is_early(case) {
        return;
    }
    if case.facts.expense.account.trim().is_empty() {
        out.missing("no-code", &[]);
    } else {
        out.ok();
    }
}

/// Checklist 11: evidence of publicity.
pub(super) fn publicity_paper(case: &Case<'_>, out: &mut Out<'_>) {
    if !case.facts.expense.is_credit() {
        want(case, out, &[PaperKind::Publicity]);
    }
}

/// CPR Annex XII 2.2: emblem, fund and logo on what is made public: a person looks at it where publicity is what is paid.
pub(super) fn publicity(case: &Case<'_>, out: &mut Out<'_>) {
    let pays_publicity = case.facts.expense.category == crate::expenditure::kinds::Category::A8;
    if pays_publicity && !is_early(case) {
        let papers = case.facts.expense.papers.iter();
        let mut evidence = papers.filter(|paper| paper.kind == PaperKind::Publicity).peekable();
        if evidence.peek().is_none() {
            out.missing("no-emblem", &[]);
        } else if evidence.any(|paper| paper.sound == Some(false)) {
            out.warn("no-logo", &[]);
        } else {
            out.ok();
        }
    }
}

/// L. 4914/2022 art. 39: payment and a separate accounting code are verified; of simplified costs, the conditions only.
pub(super) fn law_4914_39(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if is_early(case) || expense.is_credit() || expense.form.is_simplified() {
        return;
    }
    let mut fine = true;
    if expense.account.trim().is_empty() {
        fine = false;
        out.missing("no-code", &[]);
    }
    let is_paid = expense.in_kind.is_none() && expense.depreciation.is_none();
    if is_paid && expense.dates.paid.is_none() {
        fine = false;
        out.missing("unpaid", &[]);
    }
    if fine {
        out.ok();
    }
}

/// The day on which something was ordered: its award, its contract, else its paper.
fn ordered_on(case: &Case<'_>) -> NaiveDate {
    let expense = &case.facts.expense;
    let ordered = expense.dates.awarded.or(expense.dates.contracted);
    ordered.unwrap_or(expense.document.issued_on)
}

/// L. 4270/2014, P.D. 80/2016: the commitment comes before the spending, and covers it.
pub(super) fn commitment(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if !by_papers(case) || !expense.is_purchase() {
        return;
    }
    let ordered = ordered_on(case);
    match expense.dates.committed {
        Some(committed) if committed > ordered => {
            out.reject("late", &[("committed", committed.into()), ("ordered", ordered.into())]);
        }
        Some(_) => match case.facts.ledger.commitment_left {
            Some(left) if case.declared > left => {
                let over = case.declared.checked_sub(left).unwrap_or_default();
                out.reject("beyond", &[("left", left.into()), ("over", over.into())]);
            }
            Some(_) | None => out.ok(),
        },
        None if is_early(case) => out.warn("none", &[]),
        None => out.missing("none", &[]),
    }
}

/// L. 4727/2020 art. 78(2): an act is in force from its posting, and no more once it is revoked. The commitment carries its number.
pub(super) fn posted(case: &Case<'_>, out: &mut Out<'_>) {
    let papers = case.facts.expense.papers.iter();
    let mut acts = papers.filter(|paper| paper.kind == PaperKind::Commitment).peekable();
    if acts.peek().is_none() {
        return;
    }
    let (used, mut fine) = (ordered_on(case), true);
    for paper in acts {
        let named = ("paper", Value::from(paper.kind.name()));
        if paper.number.trim().is_empty() {
            fine = false;
            out.missing("no-number", &[named]);
        } else if let Some(revoked) = paper.revoked_on {
            fine = false;
            out.reject("revoked", &[named, ("revoked", revoked.into())]);
        } else if let Some(posted) = paper.posted_on.filter(|posted| *posted > used) {
            fine = false;
            out.reject(
                "not-yet-posted",
                &[named, ("posted", posted.into()), ("used", used.into())],
            );
        }
    }
    if fine {
        out.ok();
    }
}

/// L. 4727/2020 art. 77(6): what stands in the procurement registry need not be posted again.
pub(super) fn pulled_from_registry(case: &Case<'_>, out: &mut Out<'_>) {
    let papers = case.facts.expense.papers.iter();
    let mut acts = papers
        .filter(|paper| matches!(paper.kind, PaperKind::Award | PaperKind::Contract))
        .peekable();
    if let Some(contract) = case.facts.contract.as_ref().filter(|_| acts.peek().is_some()) {
        let registered = contract.award_adam.is_some() || contract.contract_adam.is_some();
        if registered || acts.all(|paper| !paper.number.trim().is_empty()) {
            out.ok();
        } else {
            out.missing("no-number", &[]);
        }
    }
}

/// The final recipients are natural persons: de minimis does not arise; where it was flagged, a person looks.
pub(super) fn de_minimis(case: &Case<'_>, out: &mut Out<'_>) {
    if case.facts.operation.terms.state_aid == StateAid::DeMinimis {
        out.warn("flagged", &[]);
    }
    if case
        .facts
        .supplier
        .is_some_and(|supplier| supplier.kind == SupplierKind::Staff)
        && case.facts.expense.payroll.is_none()
    {
        out.warn("staff-without-payroll", &[]);
    }
}

/// Checklist 12: credit notes reduce what they name.
pub(super) fn credit_notes(case: &Case<'_>, out: &mut Out<'_>) {
    let expense = &case.facts.expense;
    if expense.is_credit() {
        return out.require(expense.credits.is_some(), "names-nothing");
    }
    let credited = case.facts.ledger.credited;
    if credited.is_positive() {
        out.cut(
            "credited",
            credited.min(case.declared),
            &[("credited", credited.into())],
        );
    }
}

/// Checklist 12: not in another claim.
pub(super) fn in_another_claim(case: &Case<'_>, out: &mut Out<'_>) {
    if let Some(claim) = case.facts.ledger.other_claim {
        out.reject("claimed", &[("claim", claim.to_string().as_str().into())]);
    }
}

/// The budget line has room; beyond it a reallocation is needed first.
pub(super) fn budget_line(case: &Case<'_>, out: &mut Out<'_>) {
    if case.facts.expense.is_credit() {
        return;
    }
    match case.facts.ledger.line_left {
        Some(left) if case.declared > left => {
            let over = case.declared.checked_sub(left).unwrap_or_default();
            out.warn("beyond", &[("left", left.into()), ("over", over.into())]);
        }
        Some(_) => out.ok(),
        None => out.missing("no-line", &[]),
    }
}
