//! Expenses with their parts, and judgements with their frozen input.

use std::collections::BTreeMap;

use osn_core::canonical::{Digest, digest};
use osn_core::expenditure::{Entry, Expense, ExpenseState, Judgement, Verdict};
use osn_core::id::{
    ActionId, BudgetLineId, ClaimId, ContractId, DeliveryId, ExpenseId, JudgementId, MunicipalityId, OperationId,
    SupplierId,
};
use osn_core::money::Money;
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use uuid::Uuid;

use crate::db::{Bulk, Sql, sql};
use crate::error::{Result, StoreError};
use crate::page::{Page, PageQuery, Pages, Versioned, pages};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, Row, args};

/// An expense with where it stands and what was judged of it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenseRow {
    /// The expense.
    pub expense: Expense,
    /// Where it stands.
    pub state: ExpenseState,
    /// Fingerprint of its paper.
    pub fingerprint: Option<Digest>,
    /// Eligible by the last judgement.
    pub eligible: Money,
    /// Name of the last verdict.
    pub outcome: String,
    /// The claim that froze it.
    pub claim_id: Option<ClaimId>,
}

impl ExpenseRow {
    /// Its line in the ledger.
    pub fn entry(&self) -> Entry {
        Entry::of(&self.expense, self.eligible, self.fingerprint, self.claim_id)
    }
}

/// Which expenses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpenseFilter<'a> {
    /// Of one operation.
    pub operation: Option<OperationId>,
    /// In this state.
    pub state: Option<&'a str>,
    /// With this verdict.
    pub outcome: Option<&'a str>,
}

/// Part of an expense that was for an action, an instalment or a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The expense.
    pub expense_id: ExpenseId,
    /// The action.
    pub action_id: Option<ActionId>,
    /// The delivery.
    pub delivery_id: Option<DeliveryId>,
    /// Every delivery of this instalment.
    pub instalment: Option<u16>,
    /// How much.
    pub amount: Money,
}

/// A judgement to keep.
#[derive(Clone, Debug)]
pub struct NewJudgement<'a> {
    /// Identifier.
    pub id: JudgementId,
    /// The expense; none of an operation as a whole.
    pub expense_id: Option<ExpenseId>,
    /// The claim that asked.
    pub claim_id: Option<ClaimId>,
    /// Name of the stage.
    pub stage: &'static str,
    /// The frozen input, in canonical form.
    pub input: &'a [u8],
    /// What was judged.
    pub judgement: &'a Judgement,
}

/// A judgement as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgementRow {
    /// Identifier.
    pub id: JudgementId,
    /// The expense; none of an operation as a whole.
    pub expense_id: Option<ExpenseId>,
    /// The claim that asked.
    pub claim_id: Option<ClaimId>,
    /// Name of the stage.
    pub stage: String,
    /// Digest of the frozen input.
    pub input_digest: Digest,
    /// What was judged.
    pub judgement: Judgement,
    /// When.
    pub at: Instant,
}

macro_rules! columns {
    () => {
        "id, body, life, fingerprint, eligible_cents, outcome, claim_id, version, updated_at"
    };
}

const ONE: Sql = sql(
    "expense",
    concat!(
        "select ",
        columns!(),
        " from expense where municipality_id = $1 and id = $2"
    ),
);
const PAGE: Pages = pages!(
    "expense",
    columns!(),
    "and (operation_id = $2 or $2 is null) and (state = $3 or $3 is null) and (outcome = $4 or $4 is null)",
    "$5",
    "$6"
);
const OF_OPERATION: Sql = sql(
    "expense",
    concat!(
        "select ",
        columns!(),
        " from expense where municipality_id = $1 and operation_id = $2 and state <> 'withdrawn' order by id"
    ),
);
const OF_PAPER: Sql = sql(
    "expense",
    concat!(
        "select ",
        columns!(),
        " from expense where municipality_id = $1 and fingerprint = $2 and state <> 'withdrawn' order by id"
    ),
);
const OF_CLAIM: Sql = sql(
    "expense",
    concat!(
        "select ",
        columns!(),
        " from expense where municipality_id = $1 and id in
           (select expense_id from claim_line where municipality_id = $1 and claim_id = $2)"
    ),
);
const SAME_PAPERS_ELSEWHERE: Sql = sql(
    "expense",
    concat!(
        "select ",
        columns!(),
        " from expense where municipality_id = $1 and operation_id <> $2 and state <> 'withdrawn' and fingerprint in
           (select fingerprint from expense where municipality_id = $1 and operation_id = $2 and fingerprint is not null)
         order by id"
    ),
);
const INSERT: Sql = sql(
    "expense",
    "insert into expense (municipality_id, id, operation_id, budget_line_id, supplier_id, contract_id, claim_id, credits_id,
       fingerprint, state, category, paid_on, declared_cents, eligible_cents, outcome, life, body, version, created_at,
       updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18, $18)",
);
const UPDATE: Sql = sql(
    "expense",
    "update expense set operation_id = $4, budget_line_id = $5, supplier_id = $6, contract_id = $7, claim_id = $8,
       credits_id = $9, fingerprint = $10, state = $11, category = $12, paid_on = $13, declared_cents = $14,
       eligible_cents = $15, outcome = $16, life = $17, body = $18, version = version + 1, updated_at = $19
     where municipality_id = $1 and id = $2 and version = $3",
);
const DELETE_PARTS: Sql = sql(
    "expense_part",
    "delete from expense_part where municipality_id = $1 and expense_id = $2",
);
const INSERT_PARTS: Bulk = Bulk {
    table: "expense_part",
    fixed: 0,
    head: "insert into expense_part (municipality_id, expense_id, number, action_id, delivery_id, instalment, amount_cents)
        values",
    row: "(?, ?, ?, ?, ?, ?, ?)",
    tail: "",
};
const PARTS_OF_ACTION: Sql = sql(
    "expense_part",
    "select p.expense_id, p.action_id, p.delivery_id, p.instalment, p.amount_cents from expense_part p
     join expense e on e.municipality_id = p.municipality_id and e.id = p.expense_id
     where p.municipality_id = $1 and p.action_id = $2 and e.state <> 'withdrawn' order by p.expense_id, p.number",
);
const PARTS_OF_DELIVERY: Sql = sql(
    "expense_part",
    "select p.expense_id, p.action_id, p.delivery_id, p.instalment, p.amount_cents from expense_part p
     join expense e on e.municipality_id = p.municipality_id and e.id = p.expense_id
     where p.municipality_id = $1 and p.delivery_id = $2 and e.state <> 'withdrawn' order by p.expense_id, p.number",
);
const INSERT_JUDGEMENTS: Bulk = Bulk {
    table: "judgement",
    fixed: 0,
    head: "insert into judgement (municipality_id, id, expense_id, claim_id, stage, rule_set, outcome, eligible_cents,
        input_digest, sealed, body, judged_at) values",
    row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    tail: "",
};
macro_rules! judgement_columns {
    () => {
        "id, expense_id, claim_id, stage, input_digest, body, judged_at"
    };
}
const JUDGEMENTS: Sql = sql(
    "judgement",
    concat!(
        "select ",
        judgement_columns!(),
        " from judgement where municipality_id = $1 and expense_id = $2 order by id"
    ),
);
const CLAIM_JUDGEMENTS: Sql = sql(
    "judgement",
    concat!(
        "select ",
        judgement_columns!(),
        " from judgement where municipality_id = $1 and claim_id = $2 order by id"
    ),
);
const ALL_JUDGEMENTS: Pages = pages!("judgement", judgement_columns!(), "", "$2", "$3");
const INPUT: Sql = sql(
    "judgement",
    "select id, sealed, input_digest from judgement where municipality_id = $1 and id = $2",
);

/// Kind and version in the digest of a frozen input.
const INPUT_KIND: &str = "judgement-input:1";

fn bound(municipality: MunicipalityId, id: &Uuid) -> Bound<'_> {
    Bound {
        municipality,
        table: "judgement",
        column: "sealed",
        row: id.as_bytes(),
    }
}

fn expense(row: &Row) -> Result<Versioned<ExpenseRow>> {
    let fingerprint = row.get::<Option<Vec<u8>>>("fingerprint")?;
    let fingerprint = fingerprint.map(|bytes| {
        <[u8; 32]>::try_from(bytes)
            .map(Digest::from_bytes)
            .map_err(|_| row.inconsistent("fingerprint"))
    });
    Ok(Versioned {
        value: ExpenseRow {
            expense: row.json("body")?,
            state: row.json("life")?,
            fingerprint: fingerprint.transpose()?,
            eligible: Money::from_cents(row.int("eligible_cents")?),
            outcome: row.text("outcome")?,
            claim_id: row.opt_id("claim_id")?,
        },
        version: row.int("version")?,
        updated_at: row.at("updated_at")?,
    })
}

fn part(row: &Row) -> Result<Part> {
    let instalment = row.get::<Option<i64>>("instalment")?;
    Ok(Part {
        expense_id: row.id("expense_id")?,
        action_id: row.opt_id("action_id")?,
        delivery_id: row.opt_id("delivery_id")?,
        instalment: instalment.and_then(|number| u16::try_from(number).ok()),
        amount: Money::from_cents(row.int("amount_cents")?),
    })
}

fn judgement(row: &Row) -> Result<JudgementRow> {
    Ok(JudgementRow {
        id: row.id("id")?,
        expense_id: row.opt_id("expense_id")?,
        claim_id: row.opt_id("claim_id")?,
        stage: row.text("stage")?,
        input_digest: Digest::from_bytes(row.array("input_digest")?),
        judgement: row.json("body")?,
        at: row.at("judged_at")?,
    })
}

fn values(row: &ExpenseRow) -> Result<Vec<Arg>> {
    let expense = &row.expense;
    let declared = expense.declared().map_err(|_| StoreError::OutOfRange("declared"))?;
    let (line, supplier): (Option<BudgetLineId>, Option<SupplierId>) = (expense.budget_line_id, expense.supplier_id);
    let contract: Option<ContractId> = expense.contract_id;
    Ok(vec![
        expense.operation_id.into(),
        line.into(),
        supplier.into(),
        contract.into(),
        row.claim_id.into(),
        expense.credits.into(),
        row.fingerprint.map(Digest::into_bytes).into(),
        row.state.name().into(),
        expense.category.name().into(),
        expense.dates.paid.into(),
        declared.cents().into(),
        row.eligible.cents().into(),
        row.outcome.as_str().into(),
        Arg::json(&row.state)?,
        Arg::json(expense)?,
    ])
}

impl Scope {
    /// An expense.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn expense(&self, id: ExpenseId) -> Result<Option<Versioned<ExpenseRow>>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(expense).transpose()
    }

    /// Expenses in the order of their entry.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn expenses(&self, filter: ExpenseFilter<'_>, query: PageQuery) -> Result<Page<Versioned<ExpenseRow>>> {
        let args = args![self.municipality, filter.operation, filter.state, filter.outcome];
        PAGE.read(self.db(), args, &query, expense).await
    }

    /// Every live expense of an operation, in the order of entry: what ceilings are counted over.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn operation_expenses(&self, operation: OperationId) -> Result<Vec<Versioned<ExpenseRow>>> {
        let rows = self
            .db()
            .all(&OF_OPERATION, args![self.municipality, operation])
            .await?;
        rows.iter().map(expense).collect()
    }

    /// Every live expense of one paper, in whatever operation.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn paper_expenses(&self, fingerprint: Digest) -> Result<Vec<Versioned<ExpenseRow>>> {
        let args = args![self.municipality, fingerprint.into_bytes()];
        let rows = self.db().all(&OF_PAPER, args).await?;
        rows.iter().map(expense).collect()
    }

    /// Every live expense of other operations whose paper one of this operation's expenses names too.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn same_papers_elsewhere(&self, operation: OperationId) -> Result<Vec<Versioned<ExpenseRow>>> {
        let args = args![self.municipality, operation];
        let rows = self.db().all(&SAME_PAPERS_ELSEWHERE, args).await?;
        rows.iter().map(expense).collect()
    }

    /// Every expense that a line of a claim names, by its identifier.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn claim_expenses(&self, claim: ClaimId) -> Result<BTreeMap<ExpenseId, Versioned<ExpenseRow>>> {
        let rows = self.db().all(&OF_CLAIM, args![self.municipality, claim]).await?;
        let read = rows.iter().map(expense);
        read.map(|row| row.map(|row| (row.value.expense.id, row))).collect()
    }

    /// Every judgement that a claim asked for: of its expenses, and of the operation as a whole.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn claim_judgements(&self, claim: ClaimId) -> Result<Vec<JudgementRow>> {
        let rows = self
            .db()
            .all(&CLAIM_JUDGEMENTS, args![self.municipality, claim])
            .await?;
        rows.iter().map(judgement).collect()
    }

    /// What was spent on an action, part by part.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn parts_of_action(&self, action: ActionId) -> Result<Vec<Part>> {
        let rows = self
            .db()
            .all(&PARTS_OF_ACTION, args![self.municipality, action])
            .await?;
        rows.iter().map(part).collect()
    }

    /// What was spent on one delivery by name, of expenses that were not withdrawn.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn parts_of_delivery(&self, delivery: DeliveryId) -> Result<Vec<Part>> {
        let rows = self
            .db()
            .all(&PARTS_OF_DELIVERY, args![self.municipality, delivery])
            .await?;
        rows.iter().map(part).collect()
    }

    /// Every judgement of an expense, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn judgements(&self, of: ExpenseId) -> Result<Vec<JudgementRow>> {
        let rows = self.db().all(&JUDGEMENTS, args![self.municipality, of]).await?;
        rows.iter().map(judgement).collect()
    }

    /// Every judgement of the municipality.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn all_judgements(&self, query: PageQuery) -> Result<Page<JudgementRow>> {
        ALL_JUDGEMENTS
            .read(self.db(), args![self.municipality], &query, judgement)
            .await
    }

    /// The frozen input of a judgement, held to its digest.
    ///
    /// # Errors
    /// When a database fails or the sealed bytes were changed.
    pub async fn judgement_input(&self, id: JudgementId) -> Result<Option<Vec<u8>>> {
        let Some(row) = self.db().optional(&INPUT, args![self.municipality, id]).await? else {
            return Ok(None);
        };
        let keys = self.keys().await?;
        let plain = keys
            .seal
            .open(bound(self.municipality, &id.uuid()), &row.bytes("sealed")?)?;
        if digest(INPUT_KIND, &plain).into_bytes() != row.array("input_digest")? {
            return Err(row.inconsistent("input_digest"));
        }
        Ok(Some(plain.to_vec()))
    }
}

impl Tx {
    /// A new expense with its parts.
    ///
    /// # Errors
    /// When what it names is not there.
    pub async fn insert_expense(&mut self, row: &ExpenseRow, parts: &[Part]) -> Result<()> {
        let mut all = args![self.municipality(), row.expense.id];
        all.extend(values(row)?);
        all.push(self.now.into());
        self.run(&INSERT, all).await?;
        self.write_parts(parts).await
    }

    /// The expense as it is now, with its parts.
    ///
    /// # Errors
    /// `Stale` when it moved on.
    pub async fn update_expense(&mut self, row: &ExpenseRow, version: i64, parts: &[Part]) -> Result<()> {
        self.move_expense(row, version).await?;
        let gone = args![self.municipality(), row.expense.id];
        self.run(&DELETE_PARTS, gone).await?;
        self.write_parts(parts).await
    }

    /// The expense in another state or judged again; its parts stay.
    ///
    /// # Errors
    /// `Stale` when it moved on.
    pub async fn move_expense(&mut self, row: &ExpenseRow, version: i64) -> Result<()> {
        let mut all = args![self.municipality(), row.expense.id, version];
        all.extend(values(row)?);
        all.push(self.now.into());
        fresh(self.run(&UPDATE, all).await?, version)
    }

    async fn write_parts(&mut self, parts: &[Part]) -> Result<()> {
        let municipality = self.municipality();
        let rows = parts
            .iter()
            .zip(0_i64..)
            .map(|(part, number)| {
                args![
                    municipality,
                    part.expense_id,
                    number,
                    part.action_id,
                    part.delivery_id,
                    part.instalment,
                    part.amount.cents()
                ]
            })
            .collect();
        self.inner.bulk(&INSERT_PARTS, Vec::new(), rows).await.map(|_| ())
    }

    /// Keeps judgements; they never change again.
    ///
    /// # Errors
    /// When a database refuses.
    pub async fn insert_judgements(&mut self, new: &[NewJudgement<'_>]) -> Result<()> {
        let keys = self.scope.keys().await?;
        let municipality = self.municipality();
        let mut rows = Vec::with_capacity(new.len());
        for each in new {
            let id = each.id.uuid();
            let sealed = keys
                .seal
                .seal(self.scope.entropy(), bound(municipality, &id), each.input)?;
            rows.push(vec![
                municipality.into(),
                id.into(),
                each.expense_id.into(),
                each.claim_id.into(),
                each.stage.into(),
                each.judgement.rule_set.as_str().into(),
                Verdict::name(each.judgement.outcome).into(),
                each.judgement.eligible.cents().into(),
                digest(INPUT_KIND, each.input).into_bytes().into(),
                sealed.into(),
                Arg::json(each.judgement)?,
                self.now.into(),
            ]);
        }
        self.inner.bulk(&INSERT_JUDGEMENTS, Vec::new(), rows).await.map(|_| ())
    }
}
