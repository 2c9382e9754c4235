//! Money: suppliers, contracts, budget, commitments, expenses with their judgements, claims.

mod budget;
mod claims;
mod expenses;
mod papers;
mod suppliers;

pub use claims::{ClaimLineRow, FrozenLine};
pub use expenses::{ExpenseFilter, ExpenseRow, JudgementRow, NewJudgement, Part};
pub use suppliers::Supplier;
