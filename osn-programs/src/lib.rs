//! The plugin host of Open Social Net: contract, package format, limits, decision records.
//!
//! A *program* (a kind of intervention) is one WebAssembly component that imports nothing. The host describes it
//! ([`about`]), encodes applications as columns ([`input`], [`batch`]), runs it under limits ([`limits`], [`host`]), checks
//! every answer ([`verdict`]) and keeps what is needed to run a decision again ([`record`]).
//!
//! Invariant: types generated from the WIT contract appear in [`adapt`](self) only, never in the public API.
//! Invariant: nothing here reads a clock, draws a random number or knows a word of any program.

pub mod about;
mod adapt;
pub mod author;
pub mod batch;
pub mod bundle;
pub mod cases;
mod check;
pub mod compile;
pub mod fault;
pub mod form;
pub mod host;
pub mod input;
pub mod limits;
pub mod national;
pub mod number;
pub mod package;
pub mod parameters;
pub mod plan;
pub mod plan_record;
mod plan_run;
pub mod problem;
pub mod program;
pub mod record;
pub mod recorded;
pub mod steady;
pub mod texts;
pub mod verdict;

/// The contract version that this host speaks.
pub const CONTRACT: &str = "0.2";

/// Every version that a host speaks, oldest first.
pub const CONTRACTS: [&str; 2] = ["0.1", "0.2"];
