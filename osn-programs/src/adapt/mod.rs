//! The only place that knows types generated from the WIT contracts: one module for each version, side by side.

pub(crate) mod expenditure_v0_1;
mod speak;
mod v0_1;
mod v0_2;

use wasmtime::Store;
use wasmtime::component::{Component, Linker};

use crate::batch::{Batch, Context};
use crate::host::Guard;
use crate::plan::Slot;
use crate::problem::Problem;
use crate::verdict::Verdicts;

/// The program's refusal of an input: a symbol of its reasons, and a row.
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) row: Option<u32>,
}

/// What the planner answered, still in symbols.
pub(crate) struct RawSchedule {
    pub(crate) deliveries: Vec<RawDelivery>,
    pub(crate) unplaced: Vec<u32>,
    pub(crate) unplaced_why: Vec<u16>,
}

/// One delivery, still in symbols.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawDelivery {
    pub(crate) row: u32,
    pub(crate) slot: u32,
    pub(crate) supply: u16,
    pub(crate) quantity: u32,
    pub(crate) cost: i64,
}

/// What the planner is asked, in symbols.
pub(crate) struct RawPlan<'a> {
    pub(crate) slots: &'a [Slot],
    pub(crate) stock: &'a [(u16, u32)],
    pub(crate) kept: &'a [RawDelivery],
    pub(crate) budget: i64,
}

type Answer<T> = wasmtime::Result<Result<T, Refusal>>;

/// A compiled program behind the contract that it speaks.
pub(crate) enum Pre {
    /// 0.1.
    V0_1(v0_1::Pre),
    /// 0.2.
    V0_2(v0_2::Pre),
}

/// The same call, whatever the contract.
macro_rules! either {
    ($pre:expr, $one:ident => $call:expr) => {
        match $pre {
            Pre::V0_1($one) => $call,
            Pre::V0_2($one) => $call,
        }
    };
}

impl Pre {
    /// The adapter of the contract by which the component names its exports.
    pub(crate) fn new(linker: &Linker<Guard>, component: &Component) -> wasmtime::Result<Self> {
        let speaks_older = component.get_export_index(None, "osn:program/assessor@0.1.0").is_some();
        Ok(if speaks_older {
            Self::V0_1(v0_1::Pre::new(linker, component)?)
        } else {
            Self::V0_2(v0_2::Pre::new(linker, component)?)
        })
    }

    /// The version of the contract.
    pub(crate) const fn contract(&self) -> &'static str {
        match self {
            Self::V0_1(_) => "0.1",
            Self::V0_2(_) => "0.2",
        }
    }

    /// Makes ready for a batch and does nothing else: for the bench.
    pub(crate) fn instantiate(&self, store: &mut Store<Guard>) -> wasmtime::Result<()> {
        either!(self, pre => pre.instantiate(store))
    }

    pub(crate) fn describe(
        &self,
        store: &mut Store<Guard>,
        parameters: Option<&str>,
    ) -> wasmtime::Result<Result<String, Vec<Problem>>> {
        either!(self, pre => pre.describe(store, parameters))
    }

    pub(crate) fn check_parameters(
        &self,
        store: &mut Store<Guard>,
        parameters: &str,
    ) -> wasmtime::Result<Vec<Problem>> {
        either!(self, pre => pre.check_parameters(store, parameters))
    }

    pub(crate) fn assess(
        &self,
        store: &mut Store<Guard>,
        context: &Context,
        batch: &Batch,
        shape: (usize, usize),
    ) -> Answer<Verdicts> {
        either!(self, pre => pre.assess(store, context, batch, shape))
    }

    pub(crate) fn plan(
        &self,
        store: &mut Store<Guard>,
        context: &Context,
        batch: &Batch,
        plan: &RawPlan<'_>,
    ) -> Answer<RawSchedule> {
        either!(self, pre => pre.plan(store, context, batch, plan))
    }

    /// Category symbol, cents, pieces.
    pub(crate) fn estimate(
        &self,
        store: &mut Store<Guard>,
        context: &Context,
        people: u32,
        households: u32,
        occasions: u32,
    ) -> Answer<Vec<(u16, i64, u32)>> {
        either!(self, pre => pre.estimate(store, context, people, households, occasions))
    }
}
