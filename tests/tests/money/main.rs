//! Money: budgets, expenses, their eligibility, and claims.

mod claims;
mod further;
mod indicators;
mod input;
mod pages;
mod parts;
mod plan;
mod rule_set_command;
mod side_by_side;
mod table;
