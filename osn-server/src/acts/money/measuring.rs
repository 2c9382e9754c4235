//! The indicators of an operation: defined as its decision says, counted from what arrived in its actions, settled from by unit
//! costs and lump sums.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use osn_core::action::Action;
use osn_core::expenditure::{CostForm, Indicator, IndicatorKind, IndicatorUnit, Measured, measure};
use osn_core::id::{ActionId, OperationId};
use osn_core::lang::LocalText;
use osn_core::operation::Operation;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operation;
use crate::acts::{Acting, model};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// What one action has of an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionMeasured {
    /// The action.
    #[schemars(with = "uuid::Uuid")]
    pub action_id: ActionId,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// Units, by itself: who is in two actions stands in both.
    pub value: u64,
}

/// An indicator of an operation with what it has reached, and where that comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndicatorMeasured {
    /// Its code.
    pub code: String,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// `output`, `result`.
    #[schemars(with = "String")]
    pub kind: IndicatorKind,
    /// `persons`, `households`, `deliveries`.
    #[schemars(with = "String")]
    pub unit: IndicatorUnit,
    /// Where its definition stands.
    pub source: String,
    /// What is to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<u64>,
    /// When it was counted.
    pub on: NaiveDate,
    /// What is reached; whoever is a unit counts once.
    pub value: u64,
    /// Units that expenses declare of it.
    pub declared: u64,
    /// The same by action.
    pub actions: Vec<ActionMeasured>,
}

/// An indicator as somebody defines it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIndicator {
    /// Name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// `output`: what was done; `result`: what came of it.
    #[schemars(with = "String")]
    pub kind: IndicatorKind,
    /// `persons`: people of households, each once; `households`: each once; `deliveries`: parcels, sessions, appointments, each time.
    #[schemars(with = "String")]
    pub unit: IndicatorUnit,
    /// What is to be reached; without one no lump sum is ever due.
    #[serde(default)]
    pub target: Option<u64>,
    /// The actions that it counts; left out, all that the operation pays.
    #[serde(default)]
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub actions: Vec<ActionId>,
    /// Where its definition stands: the decision of inclusion, the programme's list.
    pub source: String,
}

/// What every indicator of an operation has reached today, by its code.
pub(super) async fn measured(acting: &Acting, of: &Operation) -> Outcome<BTreeMap<String, Measured>> {
    if of.indicators.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut arrived = Vec::new();
    for action in acting.scope.operation_actions(of.id).await? {
        arrived.extend(acting.scope.arrived(action.value.id).await?);
    }
    let on = acting.zone().day(acting.now);
    let each = |indicator: &Indicator| (indicator.code.clone(), measure(indicator, on, &arrived));
    Ok(of.indicators.iter().map(each).collect())
}

/// People to whom something arrived in any of these actions, each once; and the same of each action by itself.
pub(super) async fn people(acting: &Acting, of: &[ActionId]) -> Outcome<Measured> {
    let indicator = Indicator {
        code: String::new(),
        name: LocalText::NONE,
        kind: IndicatorKind::Output,
        unit: IndicatorUnit::Persons,
        target: None,
        actions: Vec::new(),
        source: String::new(),
    };
    let mut arrived = Vec::new();
    for action in of {
        arrived.extend(acting.scope.arrived(*action).await?);
    }
    Ok(measure(&indicator, acting.zone().day(acting.now), &arrived))
}

/// The actions that an operation pays.
pub async fn actions(acting: &Acting, of: OperationId) -> Outcome<Vec<Versioned<Action>>> {
    acting.require(Right::SeeMoney)?;
    Ok(acting.scope.operation_actions(of).await?)
}

/// The indicators of an operation with what they have reached.
pub async fn list(acting: &Acting, of: OperationId) -> Outcome<Vec<IndicatorMeasured>> {
    acting.require(Right::SeeMoney)?;
    let operation = operation(acting, of).await?.value;
    let mut measured = measured(acting, &operation).await?;
    let mut declared: BTreeMap<String, u64> = BTreeMap::new();
    for row in acting.scope.operation_expenses(of).await? {
        if let (Some(code), CostForm::Unit { quantity, .. }) = (&row.value.expense.indicator, &row.value.expense.form) {
            let sum = declared.entry(code.clone()).or_default();
            *sum = sum.saturating_add(u64::from(*quantity));
        }
    }
    let ids = measured
        .values()
        .flat_map(|each| each.actions.iter().map(|part| part.action_id));
    let ids: BTreeSet<ActionId> = ids.collect();
    let names = acting.scope.actions_by_id(ids).await?;
    let view = |indicator: Indicator| {
        let found = measured.remove(&indicator.code)?;
        let part = |part: &osn_core::expenditure::MeasuredAction| ActionMeasured {
            action_id: part.action_id,
            name: names
                .get(&part.action_id)
                .map(|read| read.value.name.clone())
                .unwrap_or_default(),
            value: part.value,
        };
        Some(IndicatorMeasured {
            declared: declared.get(&indicator.code).copied().unwrap_or_default(),
            code: indicator.code,
            name: indicator.name,
            kind: indicator.kind,
            unit: indicator.unit,
            source: indicator.source,
            target: indicator.target,
            on: found.on,
            value: found.value,
            actions: found.actions.iter().map(part).collect(),
        })
    };
    Ok(operation.indicators.into_iter().filter_map(view).collect())
}

/// Defines an indicator, or changes it. What it counts stays once expenses were declared from it.
pub async fn put(acting: &Acting, of: OperationId, code: &str, new: NewIndicator) -> Outcome<IndicatorMeasured> {
    acting.require(Right::MaintainDirectory)?;
    let mut operation = operation(acting, of).await?.value;
    let indicator = Indicator {
        code: code.trim().to_owned(),
        name: new.name,
        kind: new.kind,
        unit: new.unit,
        target: new.target,
        actions: new.actions,
        source: new.source.trim().to_owned(),
    };
    check(acting, of, &indicator).await?;
    match operation
        .indicators
        .iter_mut()
        .find(|known| known.code == indicator.code)
    {
        Some(known) => {
            let counts_otherwise = known.unit != indicator.unit || known.actions != indicator.actions;
            if counts_otherwise && is_used(acting, of, &indicator.code).await? {
                return Err(Refusal::conflict("indicator.used"));
            }
            *known = indicator;
        }
        None => operation.indicators.push(indicator),
    }
    operation.indicators.sort_by(|left, right| left.code.cmp(&right.code));
    model::keep(acting, operation, "operation.indicator").await?;
    let all = list(acting, of).await?;
    let kept = all.into_iter().find(|each| each.code == code.trim());
    kept.ok_or_else(|| Refusal::not_found("indicator.unknown"))
}

async fn check(acting: &Acting, of: OperationId, indicator: &Indicator) -> Outcome<()> {
    let mut errors = Vec::new();
    if indicator.code.is_empty() {
        errors.push(FieldError::new("/code", "required"));
    }
    if indicator.name.get("el").trim().is_empty() {
        errors.push(FieldError::new("/name/el", "required"));
    }
    if indicator.source.is_empty() {
        errors.push(FieldError::new("/source", "required"));
    }
    if indicator.target == Some(0) {
        errors.push(FieldError::new("/target", "out-of-range"));
    }
    // Only what the operation itself pays: no two operations count the same people.
    let own = acting.scope.operation_actions(of).await?;
    let own: BTreeSet<ActionId> = own.iter().map(|read| read.value.id).collect();
    for (at, action) in indicator.actions.iter().enumerate() {
        if !own.contains(action) {
            errors.push(FieldError::new(format!("/actions/{at}"), "indicator-other-action"));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

async fn is_used(acting: &Acting, of: OperationId, code: &str) -> Outcome<bool> {
    let expenses = acting.scope.operation_expenses(of).await?;
    Ok(expenses
        .iter()
        .any(|row| row.value.expense.indicator.as_deref() == Some(code)))
}
