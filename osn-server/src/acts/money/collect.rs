//! What a claim would hold: expenses judged again, credit notes and irregularities of earlier claims as corrections.

use std::collections::BTreeMap;

use osn_core::canonical::to_canonical;
use osn_core::expenditure::{
    Claim, ClaimLine, CostForm, Irregularity, Judgement, LineKind, Stage, Verdict, WholeFacts,
};
use osn_core::id::{ExpenseId, JudgementId};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_store::{ExpenseRow, Versioned};

use super::judging::{Ground, Judged};
use super::{irregularities, operation, rules};
use crate::acts::Acting;
use crate::refusal::{Outcome, Refusal};

pub(super) struct Taken {
    pub(super) row: Versioned<ExpenseRow>,
    pub(super) line: ClaimLine,
    pub(super) judged: Option<Judged>,
}

pub(super) struct Collection {
    pub(super) taken: Vec<Taken>,
    /// Irregularities that it takes back.
    pub(super) corrected: Vec<Versioned<Irregularity>>,
    pub(super) left_out: Vec<(ExpenseRow, Judged)>,
    pub(super) not_approved: u32,
    pub(super) whole_input: Vec<u8>,
    pub(super) whole: Judgement,
}

/// Expenses that a claim judges: costs first, flat rates on them after.
struct Due {
    costs: Vec<Versioned<ExpenseRow>>,
    rates: Vec<Versioned<ExpenseRow>>,
    credits: Vec<Versioned<ExpenseRow>>,
    not_approved: u32,
}

impl Due {
    fn of(ground: &Ground, claim: &Claim) -> Self {
        let mut due = Self {
            costs: Vec::new(),
            rates: Vec::new(),
            credits: Vec::new(),
            not_approved: 0,
        };
        let own = ground.expenses.values().filter(|row| {
            let expense = &row.value.expense;
            let on = expense.dates.paid.unwrap_or(expense.document.issued_on);
            expense.sub_project == claim.sub_project && on <= claim.up_to
        });
        for row in own {
            match row.value.state.name() {
                "entered" => due.not_approved = due.not_approved.saturating_add(1),
                "approved" if row.value.expense.is_credit() => due.credits.push(row.clone()),
                "approved" if is_flat(&row.value) => due.rates.push(row.clone()),
                "approved" => due.costs.push(row.clone()),
                _ => {}
            }
        }
        due
    }
}

fn is_flat(row: &ExpenseRow) -> bool {
    matches!(row.expense.form, CostForm::Flat { .. })
}

/// What was judged for a claim: taken, or left out.
#[derive(Default)]
struct Sorted {
    taken: Vec<Taken>,
    left_out: Vec<(ExpenseRow, Judged)>,
    eligible: BTreeMap<ExpenseId, Money>,
}

impl Sorted {
    fn put(&mut self, row: Versioned<ExpenseRow>, judged: Judged) {
        let (id, judgement) = (row.value.expense.id, &judged.judgement);
        if judgement.outcome == Verdict::Reject || judgement.eligible.is_zero() {
            self.eligible.insert(id, Money::ZERO);
            self.left_out.push((row.value, judged));
            return;
        }
        self.eligible.insert(id, judgement.eligible);
        let line = ClaimLine {
            kind: LineKind::Expense,
            expense_id: id,
            declared: judgement.declared,
            eligible: judgement.eligible,
        };
        self.taken.push(Taken {
            line,
            row,
            judged: Some(judged),
        });
    }

    /// What an expense counts for a flat rate of this claim: what it takes of it, or what an earlier one took.
    fn counts(&self, row: &ExpenseRow) -> Money {
        let claimed = || row.claim_id.map_or(Money::ZERO, |_| row.eligible);
        let judged = self.eligible.get(&row.expense.id).copied();
        judged.unwrap_or_else(claimed)
    }
}

/// Judges what is due. A flat rate is computed on what its base came to in this claim and the earlier ones, and on nothing else.
async fn sorted(acting: &Acting, ground: &mut Ground, due: Due) -> Outcome<Sorted> {
    let mut sorted = Sorted::default();
    let costs: Vec<_> = due.costs.iter().map(|row| &row.value.expense).collect();
    let judged = ground.judge_all(acting, &costs, Stage::Claim).await?;
    for (row, judged) in due.costs.into_iter().zip(judged) {
        sorted.put(row, judged);
    }
    for row in due.rates {
        ground.count(|row| sorted.counts(row))?;
        let judged = ground.judge(acting, &row.value.expense, Stage::Claim).await?;
        sorted.put(row, judged);
    }
    Ok(sorted)
}

/// Collects and judges what a claim would hold now.
pub(super) async fn collect(acting: &Acting, claim: &Claim) -> Outcome<Collection> {
    let mut ground = Ground::of(acting, operation(acting, claim.operation_id).await?.value).await?;
    let mut due = Due::of(&ground, claim);
    let (credits, not_approved) = (std::mem::take(&mut due.credits), due.not_approved);
    let Sorted {
        mut taken, left_out, ..
    } = sorted(acting, &mut ground, due).await?;
    let here: BTreeMap<ExpenseId, Money> = taken
        .iter()
        .map(|each| (each.line.expense_id, each.line.eligible))
        .collect();
    for row in credits {
        taken.extend(correction(&ground, &here, row)?);
    }
    let open = irregularities::open(acting.scope.irregularities(claim.operation_id).await?);
    let (irregular, corrected) = taken_back(&ground, claim, &here, open)?;
    taken.extend(irregular);
    let eligible = taken.iter().map(|each| each.line.eligible);
    let mut ledger = osn_core::expenditure::Ledger {
        total_eligible: Money::checked_sum(eligible)?,
        ..Default::default()
    };
    let in_kind = taken.iter().filter(|each| each.row.value.expense.in_kind.is_some());
    ledger.in_kind = Money::checked_sum(in_kind.map(|each| each.line.eligible))?;
    let facts = WholeFacts {
        on: acting.zone().day(acting.now),
        operation: ground.operation.facts(&claim.sub_project),
        ledger,
    };
    Ok(Collection {
        taken,
        corrected,
        left_out,
        not_approved,
        whole: rules()?.judge_whole(&facts),
        whole_input: to_canonical(&facts).map_err(Refusal::internal)?,
    })
}

/// A credit note takes from what an earlier claim declared; in the claim of its own expense it is settled already.
fn correction(
    ground: &Ground,
    taken: &BTreeMap<ExpenseId, Money>,
    row: Versioned<ExpenseRow>,
) -> Outcome<Option<Taken>> {
    let Some(of) = row.value.expense.credits else {
        return Ok(None);
    };
    let declared = row.value.expense.declared()?;
    let before = ground.expenses.get(&of).filter(|other| other.value.claim_id.is_some());
    let eligible = match (taken.contains_key(&of), before) {
        (true, _) => Money::ZERO,
        // No more is taken back than was claimed.
        (false, Some(other)) => declared.max(other.value.eligible.checked_neg()?),
        (false, None) => return Ok(None),
    };
    Ok(Some(Taken::correction(row, eligible)))
}

impl Taken {
    /// The judgement that its line is frozen with; a correction has none.
    pub(super) fn judgement(&self, ids: &BTreeMap<ExpenseId, JudgementId>) -> Option<JudgementId> {
        self.judged.as_ref()?;
        ids.get(&self.line.expense_id).copied()
    }

    fn correction(row: Versioned<ExpenseRow>, eligible: Money) -> Self {
        Self {
            line: ClaimLine {
                kind: LineKind::Correction,
                expense_id: row.value.expense.id,
                declared: Money::ZERO,
                eligible,
            },
            row,
            judged: None,
        }
    }
}

/// Confirmed irregularities of what an earlier claim declared, or of what this one declares: one correction for each expense,
/// never more than was claimed of it.
fn taken_back(
    ground: &Ground,
    claim: &Claim,
    here: &BTreeMap<ExpenseId, Money>,
    open: BTreeMap<ExpenseId, Vec<Versioned<Irregularity>>>,
) -> Outcome<(Vec<Taken>, Vec<Versioned<Irregularity>>)> {
    let (mut lines, mut corrected) = (Vec::new(), Vec::new());
    for (id, irregular) in open {
        let Some(row) = ground.expenses.get(&id) else { continue };
        let claimed = match (here.get(&id), row.value.claim_id) {
            (Some(eligible), _) => *eligible,
            (None, Some(_)) => row.value.eligible,
            (None, None) => continue,
        };
        if row.value.expense.sub_project != claim.sub_project {
            continue;
        }
        let amount = Money::checked_sum(irregular.iter().map(|read| read.value.amount))?;
        let amount = amount.min(claimed);
        lines.push(Taken::correction(row.clone(), amount.checked_neg()?));
        corrected.extend(irregular);
    }
    Ok((lines, corrected))
}
