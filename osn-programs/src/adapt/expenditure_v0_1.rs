//! The contract `expenditure` 0.1: between the core's findings and the generated types.

use std::borrow::Cow;

use osn_core::expenditure::{Finding, Share, Value, Verdict};
use osn_core::money::Money;
use wasmtime::component::{Component, Linker};
use wasmtime::{AsContextMut, Store};

use crate::fault::Lie;
use crate::host::Guard;

mod generated {
    //! Generated from `wit/expenditure-0.1`.
    wasmtime::component::bindgen!({
        path: "wit/expenditure-0.1",
        world: "rule-set",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}

use generated::exports::osn::expenditure::rules as wit;

/// A compiled set, ready to be instantiated.
pub(crate) struct Pre(generated::RuleSetPre<Guard>);

/// The set's refusal of facts.
pub(crate) struct Refusal {
    pub(crate) row: u32,
    pub(crate) reason: String,
}

/// Findings of each text, not yet checked against the set's own words.
pub(crate) type Answer = Vec<Vec<wit::Finding>>;

impl Pre {
    pub(crate) fn new(linker: &Linker<Guard>, component: &Component) -> wasmtime::Result<Self> {
        generated::RuleSetPre::new(linker.instantiate_pre(component)?).map(Self)
    }

    pub(crate) fn codes(&self, store: &mut Store<Guard>) -> wasmtime::Result<Vec<String>> {
        let set = self.0.instantiate(store.as_context_mut())?;
        set.osn_expenditure_rules().call_codes(store)
    }

    pub(crate) fn judge(&self, store: &mut Store<Guard>, facts: &[&str]) -> wasmtime::Result<Result<Answer, Refusal>> {
        let set = self.0.instantiate(store.as_context_mut())?;
        let answer = set.osn_expenditure_rules().call_judge(store, facts)?;
        Ok(answer.map_err(|fault| Refusal {
            row: fault.row,
            reason: fault.reason,
        }))
    }
}

/// A finding of the core, or what cannot be true of it.
pub(crate) fn finding(given: wit::Finding) -> Result<Finding, Lie> {
    let verdict = match given.verdict {
        wit::Verdict::Ok => Verdict::Ok,
        wit::Verdict::Warn => Verdict::Warn,
        wit::Verdict::Reject => Verdict::Reject,
        wit::Verdict::Cut(cents) if cents > 0 => Verdict::Cut {
            amount: Money::from_cents(cents),
        },
        wit::Verdict::Cut(_) => return Err(Lie::Value),
    };
    let values = given.values.into_iter();
    Ok(Finding {
        rule: Cow::Owned(given.rule),
        verdict,
        reason: Cow::Owned(given.reason),
        values: values
            .map(|(name, given)| Ok((Cow::Owned(name), value(given)?)))
            .collect::<Result<_, Lie>>()?,
    })
}

fn value(given: wit::Value) -> Result<Value, Lie> {
    Ok(match given {
        wit::Value::Money(cents) => Value::Money(Money::from_cents(cents)),
        wit::Value::Day(day) => Value::Day(day.parse().map_err(|_| Lie::Value)?),
        wit::Value::Share(points) => Value::Share(Share::from_basis_points(points)),
        wit::Value::Number(number) => Value::Number(number.parse().map_err(|_| Lie::Value)?),
        wit::Value::Text(text) => Value::Text(text),
    })
}
