//! What one person reached cost, by program: every euro that an operation's expenses name for an action, over its awards.

use std::collections::BTreeMap;

use osn_core::id::{ActionId, OperationId};
use osn_core::lang::LocalText;
use osn_core::money::{Money, Rounding};
use osn_store::PageQuery;
use schemars::JsonSchema;
use serde::Serialize;

use super::operation;
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::Outcome;
use crate::shapes;

/// An action with what it cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionCost {
    /// The action.
    #[schemars(with = "uuid::Uuid")]
    pub action_id: ActionId,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// What this operation's expenses name for it.
    #[schemars(with = "shapes::Money")]
    pub spent: Money,
    /// People or households with an award.
    pub reached: u64,
    /// What one of them cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub per_person: Option<Money>,
}

/// A program with what its actions cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProgramCost {
    /// Key of the program.
    pub program: String,
    /// What this operation's expenses name for its actions.
    #[schemars(with = "shapes::Money")]
    pub spent: Money,
    /// Awards of its actions, added up: who is in two actions counts twice.
    pub reached: u64,
    /// What one award cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<shapes::Money>")]
    pub per_person: Option<Money>,
    /// Its actions.
    pub actions: Vec<ActionCost>,
}

/// The cost by program, in the order of their keys.
pub async fn list(acting: &Acting, of: OperationId) -> Outcome<Vec<ProgramCost>> {
    acting.require(Right::SeeMoney)?;
    operation(acting, of).await?;
    let mut sums: BTreeMap<ActionId, Money> = BTreeMap::new();
    for row in acting.scope.operation_expenses(of).await? {
        let expense = row.value.expense;
        let declared = expense.declared()?;
        for part in &expense.allocations {
            if let Some(action) = part.action_id {
                let sum = sums.entry(action).or_default();
                *sum = sum.checked_add(part.share.of(declared)?)?;
            }
        }
    }
    let mut programs: BTreeMap<String, Vec<ActionCost>> = BTreeMap::new();
    for (id, spent) in sums {
        let action = crate::acts::actions::read(acting, id).await?.value;
        let one = PageQuery { limit: 1, after: None };
        let reached = acting.scope.awards(id, one).await?.total;
        programs.entry(action.program.name).or_default().push(ActionCost {
            action_id: id,
            name: action.name,
            spent,
            reached,
            per_person: each(spent, reached)?,
        });
    }
    let program = |(program, actions): (String, Vec<ActionCost>)| {
        let spent = Money::checked_sum(actions.iter().map(|action| action.spent))?;
        let reached = actions.iter().map(|action| action.reached).sum();
        Ok(ProgramCost {
            program,
            spent,
            reached,
            per_person: each(spent, reached)?,
            actions,
        })
    };
    programs.into_iter().map(program).collect()
}

/// What one of so many cost, rounded once; nothing where there is nobody.
fn each(spent: Money, reached: u64) -> Outcome<Option<Money>> {
    let count = u32::try_from(reached).unwrap_or(u32::MAX);
    let each = (count > 0).then(|| spent.divide_by(count.into(), Rounding::HalfUp));
    Ok(each.transpose()?)
}
