//! Write an Open Social Net program as a plain function over one typed row.
//!
//! A program declares once what it asks ([`form!`]), what it checks ([`criteria!`]), what it ranks by ([`ranking!`]) and what a
//! call may set ([`parameters!`]); then it implements [`Program`]. Columns, symbols and the contract stay inside this crate.
//! Everything is ordinary Rust that also runs natively, so `cargo test` and a debugger work.
//!
//! Invariant: this crate depends on nothing of the host, contains no word of any program, and touches no clock, no random
//! source, no file and no network.

pub mod about;
mod answer;
pub mod choices;
mod day;
mod form;
pub mod goods;
mod household;
pub mod json;
mod judge;
mod lookup;
mod parameters;
mod plan;
pub mod prelude;
mod program;
pub mod rounds;
pub mod run;

pub mod bindings {
    //! The contract's types, generated from `osn-programs/wit/0.2`.
    #![expect(missing_docs, clippy::pedantic, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../osn-programs/wit/0.2",
        world: "program",
        pub_export_macro: true,
        export_macro_name: "export_bindings",
        default_bindings_module: "osn_program_sdk::bindings",
    });
}

pub use answer::{
    Answer, Cents, Date, Evidence, Fixed, Flag, Int, Kind, OneOf, Options, Ranked, RankedSymbols, Several, Symbol,
    Symbols, Text, ValidTo,
};
pub use bindings::osn::program::request::{Batch, Column, Context, Field};
pub use bindings::osn::program::types::Problem;
pub use day::Day;
pub use form::{Ask, Form, Nothing, Purpose, ask, fact};
pub use household::Scale;
pub use judge::{Finding, Findings, Key, RankingKeys, Rule, State, ascending, criterion, descending};
pub use lookup::Lookup;
pub use parameters::{Content, Document, Parameter, ParameterKind, Parameters, label, parameter, problem, rows, shape};
pub use plan::{Delivery, Group, Left, NO_BUDGET, NO_CAPACITY, NO_STOCK, Plan, Schedule, Slot, Stock, priced};
pub use program::{BudgetLine, Case, Program, Refusal};
