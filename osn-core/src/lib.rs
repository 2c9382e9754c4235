//! The pure rules of a municipal social safety net: no I/O, no clock, no randomness, no async.
//!
//! Dates, instants and identifiers are arguments. The crate stands alone: a municipality may embed it in its own
//! software, and programs may compile it to WebAssembly. Read the modules in the order below; it is the order of the
//! chain: mapping, need, certificate, action, call, application, selection, award, delivery.
#![forbid(unsafe_code)]
#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::as_conversions)]

pub mod id;
pub mod lang;
pub mod state;
pub mod time;

pub mod calendar;
pub mod canonical;
pub mod equivalence;
pub mod hours;
pub mod identifier;
pub mod merkle;
pub mod minimum_income;
pub mod money;
pub mod parameter;
pub mod text;

pub mod action;
pub mod application;
pub mod call;
pub mod certificate;
pub mod coverage;
pub mod delivery;
pub mod directory;
pub mod duplicates;
pub mod eligibility;
pub mod evaluation;
pub mod expenditure;
pub mod gap;
pub mod immediate;
pub mod import;
pub mod intervention;
pub mod matrix;
pub mod meeting;
pub mod need;
pub mod network;
pub mod operation;
pub mod overruling;
pub mod planned;
pub mod program_use;
pub mod proposal;
pub mod published;
pub mod recall;
pub mod record_change;
pub mod referral;
pub mod request;
pub mod search;
pub mod selection;
pub mod stock;
pub mod upkeep;

/// The README's example is a test like any other.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
