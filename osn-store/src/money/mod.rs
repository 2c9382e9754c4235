//! Money: suppliers, contracts, budget, commitments, expenses with their judgements, claims; national rule sets,
//! irregularities, scientific opinions.

mod budget;
mod claims;
mod expenses;
mod irregularities;
mod opinions;
mod papers;
mod rule_sets;
mod suppliers;

pub use claims::{ClaimLineRow, FrozenLine};
pub use expenses::{ExpenseFilter, ExpenseRow, JudgementRow, NewJudgement, Part};
pub use rule_sets::{NewRuleSet, RuleSetRow};
pub use suppliers::Supplier;
