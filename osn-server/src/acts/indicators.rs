//! What an action is measured by: the program's indicators, counted by the host.

use osn_core::id::ActionId;
use osn_programs::about::{Counted, Unit};
use osn_store::Reached;
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::{Acting, actions, preview};
use crate::auth::Right;
use crate::refusal::Outcome;

/// One indicator of an action.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IndicatorView {
    /// Key in the program's description.
    pub key: String,
    /// What it is, in the reader's language.
    pub title: String,
    /// What was reached so far; absent where the host cannot count it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
    /// At least so many are wanted; absent where the program names no target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<i64>,
}

/// The indicators of an action, with what was reached so far.
pub async fn of_action(acting: &Acting, id: ActionId) -> Outcome<Vec<IndicatorView>> {
    acting.require(Right::SeeWork)?;
    let action = actions::read(acting, id).await?.value;
    let on = acting.zone().day(acting.now);
    let governed = preview::governed(acting, &action, on).await?;
    let reached = acting.scope.reached(id).await?;
    let view = |indicator: &osn_programs::about::Indicator| IndicatorView {
        title: governed
            .texts
            .text_or_key(acting.lang.tag(), &format!("indicator-{}", indicator.key)),
        key: indicator.key.clone(),
        value: value(&reached, indicator.counts).filter(|_| indicator.unit != Unit::Cents),
        target: indicator.target,
    };
    Ok(governed.about.indicators.iter().map(view).collect())
}

/// What of the figures an indicator counts. Money is the budget's: expenses of an action stand there.
const fn value(reached: &Reached, counts: Counted) -> Option<u64> {
    match counts {
        Counted::Applications => Some(reached.applications),
        Counted::Awards => Some(reached.awards),
        Counted::Recipients => Some(reached.recipients),
        Counted::Households => Some(reached.households),
        Counted::Deliveries => Some(reached.deliveries),
        Counted::Failures => Some(reached.failures),
        Counted::Spending => None,
    }
}
