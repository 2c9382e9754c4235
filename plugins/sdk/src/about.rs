//! The rest of the description: everything that is not a question, a criterion, a ranking key or a parameter.

use serde_json::{Map, Value, json};

use crate::form::Form;
use crate::judge::{Findings, RankingKeys};
use crate::parameters::Parameters;
use crate::program::Program;

/// Reasons that every program has, at the beginning of its catalogue.
pub(crate) const REASONS: [&str; 4] = ["parameters-not-readable", "no-budget", "no-capacity", "no-stock"];

/// Description of a program.
#[derive(Debug, Clone)]
pub struct About {
    map: Map<String, Value>,
    delivery: Map<String, Value>,
    reasons: Vec<String>,
    max_claims: u32,
    max_members: u32,
    host_only: Vec<Value>,
}

impl About {
    /// A program whose places are counted in households: one claim an application.
    pub fn of_households(program: &str) -> Self {
        Self::new(program, "household")
    }

    /// A program whose places are counted in people: up to `max_claims` participants an application.
    pub fn of_people(program: &str, max_claims: u32) -> Self {
        Self {
            max_claims,
            ..Self::new(program, "person")
        }
    }

    fn new(program: &str, unit: &str) -> Self {
        let mut map = Map::new();
        map.insert("program".to_owned(), json!(program));
        map.insert("capacity_unit".to_owned(), json!(unit));
        map.insert("intake".to_owned(), json!("deadline"));
        let mut delivery = Map::new();
        for list in ["failures", "supplies", "fields"] {
            delivery.insert(list.to_owned(), json!([]));
        }
        let reasons = REASONS.map(str::to_owned).into();
        Self {
            map,
            delivery,
            reasons,
            max_claims: 1,
            max_members: 0,
            host_only: Vec::new(),
        }
    }

    fn add(map: &mut Map<String, Value>, list: &str, value: Value) {
        if let Some(items) = map.entry(list.to_owned()).or_insert_with(|| json!([])).as_array_mut() {
            items.push(value);
        }
    }

    /// Applications are decided as they come, not cut at a deadline.
    #[must_use]
    pub fn rolling(mut self) -> Self {
        self.map.insert("intake".to_owned(), json!("rolling"));
        self
    }

    /// Most members of a household beside the applicant.
    #[must_use]
    pub fn max_members(mut self, count: u32) -> Self {
        self.max_members = count;
        self
    }

    /// What an award leads to: `home-delivery`, `pickup`, `session`, `appointment`, `enrolment`.
    #[must_use]
    pub fn delivered_by(mut self, kind: &str) -> Self {
        self.delivery.insert("kind".to_owned(), json!(kind));
        self
    }

    /// Something that is handed over, and the expense category that pays for it.
    #[must_use]
    pub fn supply(mut self, key: &str, category: &str) -> Self {
        Self::add(
            &mut self.delivery,
            "supplies",
            json!({"key": key, "category": category}),
        );
        self
    }

    /// A reason why a delivery can fail, and whether it is then tried again.
    #[must_use]
    pub fn failure(mut self, key: &str, repeat: bool) -> Self {
        Self::add(&mut self.delivery, "failures", json!({"key": key, "repeat": repeat}));
        self
    }

    /// What is written down at a delivery.
    #[must_use]
    pub fn recorded<F: Form>(mut self) -> Self {
        self.delivery.insert("fields".to_owned(), Value::Array(F::questions()));
        self
    }

    /// An indicator: its unit and what is counted.
    #[must_use]
    pub fn indicator(mut self, key: &str, unit: &str, counts: &str) -> Self {
        Self::add(
            &mut self.map,
            "indicators",
            json!({"key": key, "unit": unit, "counts": counts}),
        );
        self
    }

    /// A kind of cost.
    #[must_use]
    pub fn expense_category(mut self, key: &str) -> Self {
        Self::add(&mut self.map, "expense_categories", json!({"key": key}));
        self
    }

    /// A further reason; its symbol is [`About::own_reason`] of its position among the further ones.
    #[must_use]
    pub fn reason(mut self, key: &str) -> Self {
        self.reasons.push(key.to_owned());
        self
    }

    /// A question about the application that the host asks and keeps (see [`crate::Ask::for_host_only`]).
    #[must_use]
    pub fn host_asks(mut self, question: Value) -> Self {
        self.host_only.push(question);
        self
    }

    /// Symbol of the program's own reason number `index`.
    pub fn own_reason(index: u16) -> u16 {
        // Four standard reasons come first.
        index + 4
    }
}

/// The whole description as JSON.
pub(crate) fn document<P: Program>(parameters: &P::Parameters) -> Value {
    let About {
        mut map,
        delivery,
        reasons,
        max_claims,
        max_members,
        host_only,
    } = P::about();
    let mut application = P::Application::questions();
    application.extend(host_only);
    map.insert("schema".to_owned(), json!("osn-program-about-0.1"));
    map.insert(
        "form".to_owned(),
        json!({
            "application": application,
            "claim": P::Claim::questions(),
            "member": P::Member::questions(),
            "max_claims": max_claims,
            "max_members": max_members,
        }),
    );
    map.insert("facts".to_owned(), Value::Array(P::Facts::questions()));
    map.insert("criteria".to_owned(), Value::Array(P::Criteria::declared(parameters)));
    map.insert("ranking".to_owned(), Value::Array(P::Keys::declared()));
    map.insert("reasons".to_owned(), json!(reasons));
    map.insert(
        "parameters".to_owned(),
        json!({"type": "object", "properties": P::Parameters::properties()}),
    );
    map.insert("delivery".to_owned(), Value::Object(delivery));
    Value::Object(map)
}
