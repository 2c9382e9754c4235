//! The frozen input of a judgement: what was known, and nothing else decides.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::contract::{Contract, SupplierFacts};
use super::expense::Expense;
use super::ledger::Ledger;
use super::terms::OperationFacts;

/// When a judgement is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Before money is spent: would this be eligible?
    WhatIf,
    /// When it is recorded.
    Entry,
    /// When it is claimed: what was still missing rejects now.
    Claim,
}

impl Stage {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WhatIf => "what-if",
            Self::Entry => "entry",
            Self::Claim => "claim",
        }
    }
}

/// Everything that a judgement of one expense reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Stage.
    pub stage: Stage,
    /// The day of the judgement.
    pub on: NaiveDate,
    /// The operation.
    pub operation: OperationFacts,
    /// The expense.
    pub expense: Expense,
    /// Who is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<SupplierFacts>,
    /// Under which contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Contract>,
    /// What else was declared.
    #[serde(default)]
    pub ledger: Ledger,
}

/// Everything that a judgement of a whole operation reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WholeFacts {
    /// The day of the judgement.
    pub on: NaiveDate,
    /// The operation.
    pub operation: OperationFacts,
    /// Its sums; `total_eligible` is of every expense.
    #[serde(default)]
    pub ledger: Ledger,
}
