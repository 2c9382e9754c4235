//! Claims and their frozen lines.

use osn_core::expenditure::{Claim, ClaimLine, LineKind};
use osn_core::id::{ClaimId, JudgementId, OperationId};
use osn_core::money::Money;
use osn_core::state::Machine as _;

use crate::db::{Bulk, Sql, sql};
use crate::error::Result;
use crate::page::{Page, PageQuery, Pages, Versioned, document, pages, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// A line to freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrozenLine<'a> {
    /// The line.
    pub line: &'a ClaimLine,
    /// The judgement that it was frozen with.
    pub judgement_id: Option<JudgementId>,
}

/// A line as it was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimLineRow {
    /// Number within the claim, from 1.
    pub number: u32,
    /// The line.
    pub line: ClaimLine,
    /// The judgement that it was frozen with.
    pub judgement_id: Option<JudgementId>,
}

const ONE: Sql = document!("claim");
const PAGE: Pages = pages!(
    "claim",
    "id, body, version, updated_at",
    "and (operation_id = $2 or $2 is null)",
    "$3",
    "$4"
);
const OF_OPERATION: Sql = sql(
    "claim",
    "select id, body, version, updated_at from claim where municipality_id = $1 and operation_id = $2 order by number",
);
const INSERT: Sql = sql(
    "claim",
    "insert into claim (municipality_id, id, operation_id, number, state, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, 1, $7, $7)",
);
const UPDATE: Sql = update!("claim");
const INSERT_LINES: Bulk = Bulk {
    table: "claim_line",
    fixed: 0,
    head: "insert into claim_line (municipality_id, claim_id, number, kind, expense_id, judgement_id, declared_cents,
        eligible_cents) values",
    row: "(?, ?, ?, ?, ?, ?, ?, ?)",
    tail: "",
};
const LINES: Sql = sql(
    "claim_line",
    "select claim_id as id, number, kind, expense_id, judgement_id, declared_cents, eligible_cents from claim_line
     where municipality_id = $1 and claim_id = $2 order by number",
);

const fn kind(line: &ClaimLine) -> &'static str {
    match line.kind {
        LineKind::Expense => "expense",
        LineKind::Correction => "correction",
    }
}

fn line(row: &Row) -> Result<ClaimLineRow> {
    let kind = match row.text("kind")?.as_str() {
        "expense" => LineKind::Expense,
        "correction" => LineKind::Correction,
        _ => return Err(row.inconsistent("kind")),
    };
    Ok(ClaimLineRow {
        number: row.number("number")?,
        line: ClaimLine {
            kind,
            expense_id: row.id("expense_id")?,
            declared: Money::from_cents(row.int("declared_cents")?),
            eligible: Money::from_cents(row.int("eligible_cents")?),
        },
        judgement_id: row.opt_id("judgement_id")?,
    })
}

impl Scope {
    /// A claim.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn claim(&self, id: ClaimId) -> Result<Option<Versioned<Claim>>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Claims, of one operation or all.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn claims(&self, of: Option<OperationId>, query: PageQuery) -> Result<Page<Versioned<Claim>>> {
        PAGE.read(self.db(), args![self.municipality, of], &query, versioned)
            .await
    }

    /// Every claim of an operation, by number.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn operation_claims(&self, operation: OperationId) -> Result<Vec<Versioned<Claim>>> {
        let rows = self
            .db()
            .all(&OF_OPERATION, args![self.municipality, operation])
            .await?;
        rows.iter().map(versioned).collect()
    }

    /// The frozen lines of a claim.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn claim_lines(&self, claim: ClaimId) -> Result<Vec<ClaimLineRow>> {
        let rows = self.db().all(&LINES, args![self.municipality, claim]).await?;
        rows.iter().map(line).collect()
    }
}

impl Tx {
    /// A new claim.
    ///
    /// # Errors
    /// `Conflict` when the operation has a claim with this number.
    pub async fn insert_claim(&mut self, claim: &Claim) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            claim.id.into(),
            claim.operation_id.into(),
            claim.number.into(),
            claim.state.name().into(),
            Arg::json(claim)?,
            self.now.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// The claim after a step.
    ///
    /// # Errors
    /// `Stale` when it moved on.
    pub async fn update_claim(&mut self, claim: &Claim, version: i64) -> Result<()> {
        self.update(&UPDATE, claim.id.uuid(), version, claim.state.name(), claim)
            .await
    }

    /// Freezes lines; they never change again.
    ///
    /// # Errors
    /// When the claim has lines already.
    pub async fn freeze_lines(&mut self, claim: ClaimId, lines: &[FrozenLine<'_>]) -> Result<()> {
        let municipality = self.municipality();
        let rows = lines
            .iter()
            .zip(1_i64..)
            .map(|(frozen, number)| {
                args![
                    municipality,
                    claim,
                    number,
                    kind(frozen.line),
                    frozen.line.expense_id,
                    frozen.judgement_id,
                    frozen.line.declared.cents(),
                    frozen.line.eligible.cents()
                ]
            })
            .collect();
        self.inner.bulk(&INSERT_LINES, Vec::new(), rows).await.map(|_| ())
    }
}
