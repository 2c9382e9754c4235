//! The frozen input of a judgement, gathered: the operation, its other expenses, the paper's other expenses, the contract.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use osn_core::canonical::{Digest, to_canonical};
use osn_core::expenditure::{
    Aim, Book, CommitmentState, Contract, CostForm, Entry, Expense, Facts, Judgement, Ledger, Measured, PaperKind,
    Stage, SupplierFacts, Verdict, faults, fingerprint, settled,
};
use osn_core::id::{BudgetLineId, ContractId, ExpenseId, OperationId, SupplierId};
use osn_core::identifier::Ada;
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::operation::Operation;
use osn_programs::national::NationalSet;
use osn_store::{ExpenseRow, Versioned};

use super::national::{self, Words};
use super::units::{Place, Units};
use super::{FindingView, irregularities, measuring, refused, rules};
use crate::acts::Acting;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Expenses whose frozen inputs are held at once, before they are judged.
const AT_ONCE: usize = 1_000;

/// A budget line with what all expenses declare on it.
struct Line {
    form: String,
    amount: Money,
    declared: Money,
    deliverable: Option<String>,
    indicator: Option<String>,
}

/// A commitment by its number, with what expenses that name it declare.
struct Committed {
    amount: Money,
    declared: Money,
}

/// What was asked of the database for one expense and serves the next ones too.
#[derive(Default)]
pub(super) struct Known {
    suppliers: BTreeMap<SupplierId, SupplierFacts>,
    /// With what similar contracts were worth.
    contracts: BTreeMap<ContractId, (Contract, Money)>,
    pub(super) arrived: BTreeMap<Place, u64>,
    /// Units that all expenses declare of these places.
    pub(super) units: BTreeMap<Vec<Place>, u64>,
}

/// What is read and added up once for many judgements of one operation: each takes the same time, however many there are.
pub(super) struct Ground {
    pub(super) operation: Operation,
    pub(super) expenses: BTreeMap<ExpenseId, Versioned<ExpenseRow>>,
    book: Book<'static>,
    elsewhere: BTreeMap<Digest, Vec<Entry>>,
    /// Papers of which `elsewhere` says everything.
    prints: BTreeSet<Digest>,
    lines: BTreeMap<BudgetLineId, Line>,
    codes: BTreeMap<String, BudgetLineId>,
    pub(super) units: Vec<Units>,
    /// What each indicator has reached, with the units that expenses declare of it.
    pub(super) measured: BTreeMap<String, (Measured, u64)>,
    committed: BTreeMap<String, Committed>,
    irregular: BTreeMap<ExpenseId, Money>,
    national: Option<Arc<NationalSet>>,
    known: Mutex<Known>,
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
        let mut elsewhere: BTreeMap<Digest, Vec<Entry>> = BTreeMap::new();
        for row in acting.scope.same_papers_elsewhere(operation.id).await? {
            if let Some(print) = row.value.fingerprint {
                elsewhere.entry(print).or_default().push(row.value.entry());
            }
        }
        let budget = acting.scope.budget(operation.id).await?;
        let codes = budget.iter().map(|line| (line.value.code.clone(), line.value.id));
        let codes = codes.collect();
        let line = |line: osn_core::expenditure::BudgetLine| Line {
            form: line.form,
            amount: line.amount,
            declared: Money::ZERO,
            deliverable: line.deliverable,
            indicator: line.indicator,
        };
        let irregular = irregularities::taken(&acting.scope.irregularities(operation.id).await?)?;
        let operation_id = operation.id;
        let measured = measuring::measured(acting, &operation).await?.into_iter();
        let mut ground = Self {
            book: Book::new(rules()?.parameters(operation.regime)),
            lines: budget
                .into_iter()
                .map(|read| (read.value.id, line(read.value)))
                .collect(),
            operation,
            expenses: BTreeMap::new(),
            elsewhere,
            prints: BTreeSet::new(),
            codes,
            units: Vec::new(),
            measured: measured.map(|(code, found)| (code, (found, 0))).collect(),
            committed: committed(acting, operation_id).await?,
            irregular,
            national: national::enabled(acting).await?,
            known: Mutex::default(),
        };
        for row in expenses {
            ground.prints.extend(row.value.fingerprint);
            ground.put(row)?;
        }
        Ok(ground)
    }

    /// One more expense of the operation, that the next ones are judged beside.
    pub(super) fn add(&mut self, row: ExpenseRow, at: osn_core::time::Instant) -> Outcome<()> {
        self.put(Versioned {
            value: row,
            version: 1,
            updated_at: at,
        })
    }

    fn put(&mut self, row: Versioned<ExpenseRow>) -> Outcome<()> {
        let expense = &row.value.expense;
        let entry = self.counted(&row.value, row.value.eligible)?;
        self.book.add(entry);
        if let Some(line) = expense.budget_line_id.and_then(|line| self.lines.get_mut(&line)) {
            line.declared = line.declared.checked_add(expense.declared()?)?;
        }
        if let Some(committed) = named(expense).and_then(|number| self.committed.get_mut(&number)) {
            committed.declared = committed.declared.checked_add(expense.declared()?)?;
        }
        self.count_units(&row.value.expense);
        self.expenses.insert(row.value.expense.id, row);
        Ok(())
    }

    /// An expense as ceilings and bases count it, of which this much is eligible: what is irregular counts for none.
    fn counted(&self, row: &ExpenseRow, eligible: Money) -> Outcome<Entry> {
        let mut entry = row.entry();
        let irregular = self.irregular.get(&row.expense.id).copied().unwrap_or_default();
        entry.eligible = eligible.checked_sub(irregular)?.max(Money::ZERO);
        Ok(entry)
    }

    /// Counts every expense anew, with what is eligible of each by `eligible`: a flat rate is computed on its base as it was
    /// judged last.
    pub(super) fn count(&mut self, eligible: impl Fn(&ExpenseRow) -> Money) -> Outcome<()> {
        let mut book = Book::new(rules()?.parameters(self.operation.regime));
        for row in self.expenses.values() {
            book.add(self.counted(&row.value, eligible(&row.value))?);
        }
        self.book = book;
        Ok(())
    }

    /// An expense with its form of cost as the records settle it: a lump sum is achieved once its deliverable is accepted, or
    /// the target of its indicator is reached.
    pub(super) fn settled(&self, acting: &Acting, expense: &Expense) -> Expense {
        let line = expense.budget_line_id.and_then(|id| self.lines.get(&id));
        let named = expense.deliverable.as_ref();
        let named = named.or_else(|| line.and_then(|line| line.deliverable.as_ref()));
        let mut deliverables = self.operation.deliverables.iter();
        let deliverable = named.and_then(|code| deliverables.find(|deliverable| deliverable.code == *code));
        let on = acting.zone().day(acting.now);
        let indicator = expense.indicator.as_ref();
        let indicator = indicator.or_else(|| line.and_then(|line| line.indicator.as_ref()));
        let measured = indicator.and_then(|code| self.measured.get(code));
        let aim = match measured {
            Some((measured, _)) => Some(Aim::Indicator(measured)),
            None => deliverable.map(Aim::Deliverable),
        };
        let counts = matches!(expense.form, CostForm::Unit { .. } | CostForm::Lump { .. });
        Expense {
            form: settled(expense.form.clone(), aim, on),
            indicator: indicator.filter(|_| counts).cloned(),
            ..expense.clone()
        }
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line with this code.
    pub(super) fn line(&self, code: &str) -> Option<BudgetLineId> {
        self.codes.get(code).copied()
    }

    /// What a line has left: what expenses declare on it is used up.
    pub(super) fn left_of(&self, line: BudgetLineId) -> Outcome<Money> {
        match self.lines.get(&line) {
            Some(line) => Ok(line.amount.checked_sub(line.declared)?),
            None => Ok(Money::ZERO),
        }
    }

    /// The sums and neighbours of an expense of which only the form is known.
    pub(super) fn sums(&self, expense: &Expense) -> Ledger {
        self.book.ledger(expense, None, &[])
    }

    /// What a line has left before this expense: what others declare on it is used up.
    fn line_left(&self, expense: &Expense) -> Outcome<Option<(String, Money)>> {
        let Some((id, line)) = expense.budget_line_id.and_then(|id| Some((id, self.lines.get(&id)?))) else {
            return Ok(None);
        };
        let own = self.expenses.get(&expense.id).map(|row| &row.value.expense);
        let own = match own.filter(|own| own.budget_line_id == Some(id)) {
            Some(own) => own.declared()?,
            None => Money::ZERO,
        };
        let others = line.declared.checked_sub(own)?;
        Ok(Some((line.form.clone(), line.amount.checked_sub(others)?)))
    }

    /// What the commitment that an expense names has left before it; nothing where no such commitment is on record.
    fn commitment_left(&self, expense: &Expense) -> Outcome<Option<Money>> {
        let Some((number, committed)) = named(expense).and_then(|number| {
            let committed = self.committed.get(&number)?;
            Some((number, committed))
        }) else {
            return Ok(None);
        };
        let own = self.expenses.get(&expense.id).map(|row| &row.value.expense);
        let own = match own.filter(|own| named(own).as_ref() == Some(&number)) {
            Some(own) => own.declared()?,
            None => Money::ZERO,
        };
        let others = committed.declared.checked_sub(own)?;
        Ok(Some(committed.amount.checked_sub(others)?))
    }

    /// The ledger of an expense; of an expense that is not recorded yet the database is asked for its paper.
    async fn ledger(&self, acting: &Acting, expense: &Expense, print: Option<Digest>) -> Outcome<Ledger> {
        let mut ledger = match print {
            Some(print) if !self.prints.contains(&print) => {
                let rows = acting.scope.paper_expenses(print).await?;
                let others = rows.iter().map(|row| &row.value);
                let others = others.filter(|row| row.expense.operation_id != expense.operation_id);
                let entries: Vec<Entry> = others.map(ExpenseRow::entry).collect();
                self.book.ledger(expense, Some(print), &entries)
            }
            Some(print) => {
                let entries = self.elsewhere.get(&print).map_or(&[][..], Vec::as_slice);
                self.book.ledger(expense, Some(print), entries)
            }
            None => self.book.ledger(expense, None, &[]),
        };
        if let Some((form, left)) = self.line_left(expense)? {
            ledger.line_form = Some(form);
            ledger.line_left = Some(left);
        }
        ledger.commitment_left = self.commitment_left(expense)?;
        match (self.counted_for(expense), &expense.form) {
            (Some((measured, left)), form) => {
                ledger.units_left = matches!(form, CostForm::Unit { .. }).then_some(left);
                ledger.measured = Some(measured);
            }
            (None, CostForm::Unit { .. }) if expense.indicator.is_none() => {
                ledger.units_left = self.units_left(acting, expense).await?;
            }
            _ => {}
        }
        Ok(ledger)
    }

    async fn supplier(&self, acting: &Acting, id: SupplierId) -> Outcome<SupplierFacts> {
        if let Some(facts) = self.known().suppliers.get(&id) {
            return Ok(*facts);
        }
        let read = acting.scope.supplier(id).await?;
        let facts = read
            .ok_or_else(|| Refusal::field("/supplier_id", "unknown-record"))?
            .value
            .facts();
        self.known().suppliers.insert(id, facts);
        Ok(facts)
    }

    /// A contract that is on no record: judgements of this ground take it as if it were.
    pub(super) fn assume(&self, contract: Contract) -> ContractId {
        let id = contract.id;
        self.known().contracts.insert(id, (contract, Money::ZERO));
        id
    }

    /// A contract, with what similar contracts of the same contractor were worth in its year.
    async fn contract(&self, acting: &Acting, id: ContractId) -> Outcome<(Contract, Money)> {
        if let Some(known) = self.known().contracts.get(&id) {
            return Ok(known.clone());
        }
        let read = acting.scope.contract(id).await?;
        let contract = read
            .ok_or_else(|| Refusal::field("/contract_id", "unknown-record"))?
            .value;
        let others = acting.scope.contracts_with(contract.supplier_id).await?;
        let similar = Ledger::similar(&contract, &others);
        let known = (contract, similar);
        self.known().contracts.insert(id, known.clone());
        Ok(known)
    }

    /// Judges an expense as it is now.
    pub(super) async fn judge(&self, acting: &Acting, expense: &Expense, stage: Stage) -> Outcome<Judged> {
        let (facts, print) = self.facts(acting, expense, stage).await?;
        let input = to_canonical(&facts).map_err(Refusal::internal)?;
        Ok(Judged {
            judgement: judged(self.national.as_ref(), &facts, &input).await?,
            input,
            fingerprint: print,
        })
    }

    /// Judges many expenses as they are now, each for itself: a national set is asked about all of them at once.
    pub(super) async fn judge_all(&self, acting: &Acting, expenses: &[&Expense], stage: Stage) -> Outcome<Vec<Judged>> {
        let (rules, mut all) = (rules()?, Vec::with_capacity(expenses.len()));
        for expenses in expenses.chunks(AT_ONCE) {
            let (mut given, mut inputs) = (Vec::new(), Vec::new());
            for expense in expenses {
                let (facts, print) = self.facts(acting, expense, stage).await?;
                inputs.push(to_canonical(&facts).map_err(Refusal::internal)?);
                given.push((facts, print));
            }
            let mut national = match &self.national {
                Some(set) => Some((set, national::findings(set, &inputs).await?.into_iter())),
                None => None,
            };
            for ((facts, fingerprint), input) in given.into_iter().zip(inputs) {
                let judgement = match &mut national {
                    None => rules.judge(&facts),
                    Some((set, findings)) => {
                        let said = findings.next().unwrap_or_default();
                        rules.judge_abroad(&facts, set.identity().clone(), said)
                    }
                };
                all.push(Judged {
                    input,
                    fingerprint,
                    judgement,
                });
            }
        }
        Ok(all)
    }

    /// What a judgement of an expense reads, with the fingerprint of its paper.
    async fn facts(&self, acting: &Acting, expense: &Expense, stage: Stage) -> Outcome<(Facts, Option<Digest>)> {
        let expense = &self.settled(acting, expense);
        let supplier = match expense.supplier_id {
            Some(id) => Some(self.supplier(acting, id).await?),
            None => None,
        };
        let contract = match expense.contract_id {
            Some(id) => Some(self.contract(acting, id).await?),
            None => None,
        };
        let print = match (expense.supplier_id, expense.form.is_simplified()) {
            // A supplier stands for exactly one tax number: the index of the store sees to it.
            (Some(supplier), false) => Some(fingerprint(&supplier.to_string(), expense).map_err(Refusal::internal)?),
            _ => None,
        };
        let mut ledger = self.ledger(acting, expense, print).await?;
        if let Some((_, similar)) = &contract {
            ledger.similar_awards = *similar;
        }
        let facts = Facts {
            stage,
            on: acting.zone().day(acting.now),
            operation: self.operation.facts(&expense.sub_project),
            expense: expense.clone(),
            supplier,
            contract: contract.map(|(contract, _)| contract),
            ledger,
        };
        Ok((facts, print))
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
        if let Some(indicator) = &expense.indicator
            && !self.measured.contains_key(indicator)
        {
            errors.push(FieldError::new("/indicator", "unknown-record"));
        }
        if let Some(line) = expense.budget_line_id
            && !self.lines.contains_key(&line)
        {
            errors.push(FieldError::new("/budget_line_id", "unknown-record"));
        }
        if let Some(credited) = expense.credits
            && !self.expenses.contains_key(&credited)
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

/// The judgement of frozen facts: under the law of Greece, or under the national set of the municipality.
pub(super) async fn judged(national: Option<&Arc<NationalSet>>, facts: &Facts, input: &[u8]) -> Outcome<Judgement> {
    let rules = rules()?;
    match national {
        None => Ok(rules.judge(facts)),
        Some(set) => {
            let said = national::findings(set, &[input.to_vec()]).await?.pop();
            Ok(rules.judge_abroad(facts, set.identity().clone(), said.unwrap_or_default()))
        }
    }
}

/// One paper twice is refused when it is entered, with the article: it is a mistake of entry, not an expense.
pub(super) async fn refuse_double(acting: &Acting, judged: &Judged) -> Outcome<()> {
    let double = judged
        .judgement
        .findings
        .iter()
        .find(|finding| finding.rule.ends_with("-DOUBLE") && finding.verdict == Verdict::Reject);
    match double {
        Some(finding) => {
            let view = FindingView::of(&Words::of(acting).await?, None, finding);
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

/// The commitments of an operation that are not released, by their numbers.
async fn committed(acting: &Acting, of: OperationId) -> Outcome<BTreeMap<String, Committed>> {
    let mut all: BTreeMap<String, Committed> = BTreeMap::new();
    for read in acting.scope.commitments(of).await? {
        let commitment = read.value;
        if commitment.state == CommitmentState::Active {
            let number = commitment.ada.as_str().to_owned();
            let known = all.entry(number).or_insert(Committed {
                amount: Money::ZERO,
                declared: Money::ZERO,
            });
            known.amount = known.amount.checked_add(commitment.amount)?;
        }
    }
    Ok(all)
}

/// The number of the commitment that an expense names, as it is posted.
fn named(expense: &Expense) -> Option<String> {
    let mut papers = expense.papers.iter();
    let paper = papers.find(|paper| paper.kind == PaperKind::Commitment)?;
    Ada::parse(&paper.number).ok().map(|ada| ada.as_str().to_owned())
}
