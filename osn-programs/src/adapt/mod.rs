//! The only place that knows types generated from the WIT contracts. One module a contract version, side by side.

pub(crate) mod expenditure_v0_1;
pub(crate) mod v0_1;
