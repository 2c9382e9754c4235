//! The only place that knows types generated from the WIT contract. One module a contract version, side by side.

pub(crate) mod v0_1;
