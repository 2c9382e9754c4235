//! The frozen input of a judgement, gathered: the operation, its other expenses, the paper's other expenses, the contract.

use std::collections::BTreeMap;

use osn_core::canonical::{Digest, to_canonical};
use osn_core::expenditure::{CostForm, Entry, Expense, Facts, Judgement, Ledger, Stage, Verdict, faults, fingerprint};
use osn_core::id::{ActionId, BudgetLineId, ExpenseId};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::operation::Operation;
use osn_store::{DeliveryFilter, ExpenseRow, PageQuery, Versioned};

use super::{FindingView, refused, rules};
use crate::acts::Acting;
use crate::refusal::{FieldError, Outcome, Refusal};

/// What is read once for many judgements of one operation.
pub(super) struct Ground {
    pub(super) operation: Operation,
    pub(super) expenses: Vec<Versioned<ExpenseRow>>,
    entries: Vec<Entry>,
    lines: BTreeMap<BudgetLineId, (String, Money)>,
    codes: BTreeMap<String, BudgetLineId>,
}

/// A judgement with the input it was made from.
pub(super) struct Judged {
    pub(super) input: Vec<u8>,
    pub(super) fingerprint: Option<Digest>,
    pub(super) judgement: Judgement,
}

impl Ground {
    pub(super) async fn of(acting: &Acting, operation: Operation) -> Outcome<Self> {
        let expenses = acting.scope.operation_expenses(operation.id).await?;
        let entries = expenses.iter().map(|row| row.value.entry()).collect();
        let lines = acting.scope.budget(operation.id).await?;
        let codes = lines
            .iter()
            .map(|line| (line.value.code.clone(), line.value.id))
            .collect();
        let lines = lines
            .into_iter()
            .map(|line| (line.value.id, (line.value.form, line.value.amount)))
            .collect();
        Ok(Self {
            operation,
            expenses,
            entries,
            lines,
            codes,
        })
    }

    /// One more expense of the operation, that the next ones are judged beside.
    pub(super) fn add(&mut self, row: ExpenseRow, at: osn_core::time::Instant) {
        self.entries.push(row.entry());
        self.expenses.push(Versioned {
            value: row,
            version: 1,
            updated_at: at,
        });
    }

    /// The line with this code.
    pub(super) fn line(&self, code: &str) -> Option<BudgetLineId> {
        self.codes.get(code).copied()
    }

    /// What a line has left before this expense: what others declare on it is used up.
    fn line_left(&self, expense: &Expense) -> Option<(String, Money)> {
        let (form, amount) = self.lines.get(&expense.budget_line_id?)?;
        let others = self.expenses.iter().map(|row| &row.value.expense);
        let declared = others
            .filter(|other| other.id != expense.id && other.budget_line_id == expense.budget_line_id)
            .filter_map(|other| other.declared().ok());
        let used = Money::checked_sum(declared).ok()?;
        Some((form.clone(), amount.checked_sub(used).ok()?))
    }

    /// The part of the ledger that stands in the database only.
    async fn ledger(&self, acting: &Acting, expense: &Expense, print: Option<Digest>) -> Outcome<Ledger> {
        let mut entries = self.entries.clone();
        if let Some(print) = print {
            let elsewhere = acting.scope.paper_expenses(print).await?;
            let others = elsewhere
                .iter()
                .filter(|row| row.value.expense.operation_id != expense.operation_id);
            entries.extend(others.map(|row| row.value.entry()));
        }
        let parameters = rules()?.parameters(self.operation.regime);
        let mut ledger = Ledger::of(expense, print, &entries, parameters);
        if let Some((form, left)) = self.line_left(expense) {
            ledger.line_form = Some(form);
            ledger.line_left = Some(left);
        }
        if matches!(expense.form, CostForm::Unit { .. }) {
            ledger.units_left = self.units_left(acting, expense).await?;
        }
        Ok(ledger)
    }

    /// Deliveries that arrived for the actions and instalments of this expense, less the units that others declared of them.
    async fn units_left(&self, acting: &Acting, expense: &Expense) -> Outcome<Option<u32>> {
        let places = places(expense);
        if places.is_empty() {
            return Ok(None);
        }
        let mut arrived = 0_u64;
        for (action, instalment) in &places {
            let filter = DeliveryFilter {
                instalment: *instalment,
                state: Some("delivered".to_owned()),
            };
            let page = PageQuery { limit: 1, after: None };
            arrived = arrived.saturating_add(acting.scope.deliveries(*action, filter, page).await?.total);
        }
        let declared = self.expenses.iter().filter(|row| row.value.expense.id != expense.id);
        let declared = declared.filter_map(|row| match &row.value.expense.form {
            CostForm::Unit { quantity, .. } if overlaps(&places, &row.value.expense) => Some(u64::from(*quantity)),
            CostForm::Actual | CostForm::Unit { .. } | CostForm::Lump { .. } | CostForm::Flat { .. } => None,
        });
        let left = arrived.saturating_sub(declared.sum());
        Ok(Some(u32::try_from(left).unwrap_or(u32::MAX)))
    }

    /// Judges an expense as it is now.
    pub(super) async fn judge(&self, acting: &Acting, expense: &Expense, stage: Stage) -> Outcome<Judged> {
        let supplier = match expense.supplier_id {
            Some(id) => Some(
                acting
                    .scope
                    .supplier(id)
                    .await?
                    .ok_or_else(|| Refusal::field("/supplier_id", "unknown-record"))?
                    .value,
            ),
            None => None,
        };
        let contract = match expense.contract_id {
            Some(id) => Some(
                acting
                    .scope
                    .contract(id)
                    .await?
                    .ok_or_else(|| Refusal::field("/contract_id", "unknown-record"))?
                    .value,
            ),
            None => None,
        };
        let print = match (expense.supplier_id, expense.form.is_simplified()) {
            // A supplier stands for exactly one tax number: the index of the store sees to it.
            (Some(supplier), false) => Some(fingerprint(&supplier.to_string(), expense).map_err(Refusal::internal)?),
            _ => None,
        };
        let mut ledger = self.ledger(acting, expense, print).await?;
        if let Some(contract) = &contract {
            let others = acting.scope.contracts_with(contract.supplier_id).await?;
            ledger = ledger.with_awards(Some(contract), &others);
        }
        let facts = Facts {
            stage,
            on: acting.zone().day(acting.now),
            operation: self.operation.facts(&expense.sub_project),
            expense: expense.clone(),
            supplier: supplier.map(|supplier| supplier.facts()),
            contract,
            ledger,
        };
        let judgement = rules()?.judge(&facts);
        Ok(Judged {
            input: to_canonical(&facts).map_err(Refusal::internal)?,
            fingerprint: print,
            judgement,
        })
    }

    /// Every field of an expense that cannot be, or names what is not there.
    pub(super) fn check(&self, acting: &Acting, expense: &Expense) -> Outcome<()> {
        let on = acting.zone().day(acting.now);
        let mut errors = refused(&faults(expense, self.operation.regime, on))?;
        let operation = &self.operation;
        if !operation
            .sub_projects
            .iter()
            .any(|part| part.code == expense.sub_project)
        {
            errors.push(FieldError::new("/sub_project", "unknown-record"));
        }
        if !operation.work_packages.is_empty()
            && !operation
                .work_packages
                .iter()
                .any(|part| part.code == expense.work_package)
        {
            errors.push(FieldError::new("/work_package", "unknown-record"));
        }
        if let Some(deliverable) = &expense.deliverable
            && !operation.deliverables.iter().any(|part| part.code == *deliverable)
        {
            errors.push(FieldError::new("/deliverable", "unknown-record"));
        }
        if let Some(line) = expense.budget_line_id
            && !self.lines.contains_key(&line)
        {
            errors.push(FieldError::new("/budget_line_id", "unknown-record"));
        }
        let known = |id: ExpenseId| self.expenses.iter().any(|row| row.value.expense.id == id);
        if let Some(credited) = expense.credits
            && !known(credited)
        {
            errors.push(FieldError::new("/credits", "unknown-record"));
        }
        if expense.subject.trim().is_empty() {
            errors.push(FieldError::new("/subject", "required"));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Refusal::invalid("expense.invalid", errors))
        }
    }
}

/// One paper twice is refused when it is entered, with the article: it is a mistake of entry, not an expense.
pub(super) fn refuse_double(judged: &Judged) -> Outcome<()> {
    let rules = rules()?;
    let double = judged
        .judgement
        .findings
        .iter()
        .find(|finding| finding.rule.ends_with("-DOUBLE") && finding.verdict == Verdict::Reject);
    match double {
        Some(finding) => {
            let view = FindingView::of(rules, finding);
            let said = |lang: &str| {
                let words = [&view.reason, &view.article, &view.remedy].map(|text| text.get(lang).to_owned());
                let [reason, article, remedy] = words;
                format!("{reason} ({article}). {remedy}")
            };
            let text = LocalText::new(said("el"), said("en"));
            let error = FieldError::new("/document/number", format!("{}.{}", view.rule, finding.reason)).saying(text);
            Err(Refusal::invalid("expense.invalid", vec![error]))
        }
        None => Ok(()),
    }
}

fn places(expense: &Expense) -> Vec<(ActionId, Option<u16>)> {
    let parts = expense.allocations.iter();
    let mut places: Vec<_> = parts
        .filter_map(|part| part.action_id.map(|action| (action, part.instalment)))
        .collect();
    places.sort();
    places.dedup();
    places
}

fn overlaps(own: &[(ActionId, Option<u16>)], other: &Expense) -> bool {
    places(other).iter().any(|(action, instalment)| {
        own.iter()
            .any(|(own, mine)| own == action && (mine.is_none() || instalment.is_none() || mine == instalment))
    })
}
