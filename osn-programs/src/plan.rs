//! Deliveries of a call: what the planner is given and what it answers, with names instead of symbols.

use serde::{Deserialize, Serialize};

/// One occasion of delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Which instalment or series it belongs to.
    pub series: u32,
    /// Minutes since 1970-01-01T00:00 in the municipality's time.
    pub starts_min: i64,
    /// Length in minutes; 0 = not measured.
    pub minutes: u32,
    /// Position of the place in the caller's own list.
    pub place: u32,
    /// Youngest age in years.
    pub age_min: u16,
    /// Oldest age in years; 0 = no limit.
    pub age_max: u16,
    /// Symbols of features that the caller and the program agreed on.
    pub features: Vec<u16>,
    /// Most deliveries; 0 = unlimited.
    pub capacity: u32,
}

/// How much there is of a supply. Supplies that are not listed are not limited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// Key of the supply in the description.
    pub supply: String,
    /// Pieces.
    pub quantity: u32,
}

/// One delivery: who, when, what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedDelivery {
    /// Position of the row: claims of all applications, in order.
    pub row: u32,
    /// Position of the occasion.
    pub slot: u32,
    /// Key of the supply in the description.
    pub supply: String,
    /// Pieces.
    pub quantity: u32,
    /// What it costs, in cents.
    pub cost_cents: i64,
}

/// What the planner is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRequest {
    /// Occasions, in the caller's order.
    pub slots: Vec<Slot>,
    /// Limited supplies.
    pub supplies: Vec<Stock>,
    /// Deliveries that must stay as they are.
    pub kept: Vec<PlannedDelivery>,
    /// Money for all deliveries, in cents, including those that are kept.
    pub budget_cents: i64,
}

/// The planner's answer, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Deliveries.
    pub deliveries: Vec<PlannedDelivery>,
    /// Rows that could not be given everything, with the key of the reason.
    pub unplaced: Vec<Unplaced>,
}

/// A row that could not be given everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplaced {
    /// Position of the row.
    pub row: u32,
    /// Key of the reason in the description.
    pub reason: String,
}

/// What one run is expected to cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetLine {
    /// Key of the expense category in the description.
    pub category: String,
    /// Cents.
    pub amount_cents: i64,
    /// Pieces.
    pub quantity: u32,
}
