//! What one person reached cost, by program: every euro that an operation's expenses name for an action, over the people to whom
//! something arrived.

use std::collections::BTreeMap;

use osn_core::action::Action;
use osn_core::id::{ActionId, OperationId};
use osn_core::lang::LocalText;
use osn_core::money::{Money, Rounding};
use schemars::JsonSchema;
use serde::Serialize;

use super::{measuring, operation};
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
    /// People to whom something arrived, each once.
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
    /// People to whom something arrived in any of its actions, each once.
    pub reached: u64,
    /// What one of them cost.
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
    let mut programs: BTreeMap<String, Vec<(Action, Money)>> = BTreeMap::new();
    for (id, spent) in sums {
        let action = crate::acts::actions::read(acting, id).await?.value;
        programs
            .entry(action.program.name.clone())
            .or_default()
            .push((action, spent));
    }
    let mut costs = Vec::new();
    for (program, actions) in programs {
        costs.push(of_program(acting, program, actions).await?);
    }
    Ok(costs)
}

async fn of_program(acting: &Acting, program: String, actions: Vec<(Action, Money)>) -> Outcome<ProgramCost> {
    let ids: Vec<ActionId> = actions.iter().map(|(action, _)| action.id).collect();
    let people = measuring::people(acting, &ids).await?;
    let spent = Money::checked_sum(actions.iter().map(|(_, spent)| *spent))?;
    let cost = |(action, spent): (Action, Money)| {
        let own = people.actions.iter().find(|part| part.action_id == action.id);
        let reached = own.map_or(0, |part| part.value);
        Ok(ActionCost {
            action_id: action.id,
            name: action.name,
            spent,
            reached,
            per_person: each(spent, reached)?,
        })
    };
    Ok(ProgramCost {
        program,
        spent,
        reached: people.value,
        per_person: each(spent, people.value)?,
        actions: actions.into_iter().map(cost).collect::<Outcome<_>>()?,
    })
}

/// What one of so many cost, rounded once; nothing where there is nobody.
fn each(spent: Money, reached: u64) -> Outcome<Option<Money>> {
    let count = u32::try_from(reached).unwrap_or(u32::MAX);
    let each = (count > 0).then(|| spent.divide_by(count.into(), Rounding::HalfUp));
    Ok(each.transpose()?)
}
