//! The rest of the description: everything that is not a question, a criterion, a ranking key or a parameter.

use serde_json::{Map, Value, json};

use crate::choices::Choices;
use crate::form::Form;
use crate::goods::Goods;
use crate::judge::Findings;
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
    host_only_of_claim: Vec<Value>,
    options: Vec<(String, Vec<String>)>,
    asked: [Vec<Value>; 3],
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
            host_only_of_claim: Vec::new(),
            options: Vec::new(),
            asked: Default::default(),
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

    /// One more thing that is written down at a delivery, where the parameters give it.
    #[must_use]
    pub fn records(mut self, field: Value) -> Self {
        Self::add(&mut self.delivery, "fields", field);
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

    /// An indicator with the number that the action works towards.
    #[must_use]
    pub fn indicator_towards(mut self, key: &str, unit: &str, counts: &str, target: i64) -> Self {
        Self::add(
            &mut self.map,
            "indicators",
            json!({"key": key, "unit": unit, "counts": counts, "target": target}),
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

    /// The same about each claim: who may fetch a child, what it must not eat.
    #[must_use]
    pub fn host_asks_of_claim(mut self, question: Value) -> Self {
        self.host_only_of_claim.push(question);
        self
    }

    /// A question that the parameters give, after the program's own; `subject` is `application`, `claim` or `member`.
    #[must_use]
    pub fn asks(mut self, subject: &str, question: Value) -> Self {
        let [application, claim, member] = &mut self.asked;
        let list = match subject {
            "claim" => claim,
            "member" => member,
            _ => application,
        };
        list.push(question);
        self
    }

    /// The options of a question that the parameters give, such as `claim.wishes`; in the order of their symbols. Where they give
    /// none, it is not asked: such a question is the last one of its form.
    #[must_use]
    pub fn options(mut self, question: &str, keys: impl IntoIterator<Item = String>) -> Self {
        self.options.push((question.to_owned(), keys.into_iter().collect()));
        self
    }

    /// Texts that the parameters give, as Fluent source of one language: of options, criteria or questions. More may be added.
    #[must_use]
    pub fn texts(mut self, language: &str, fluent: &str) -> Self {
        if let Some(texts) = self
            .map
            .entry("texts".to_owned())
            .or_insert_with(|| json!({}))
            .as_object_mut()
        {
            let before = texts.get(language).and_then(Value::as_str).unwrap_or_default();
            let all = format!("{before}{fluent}");
            texts.insert(language.to_owned(), json!(all));
        }
        self
    }

    /// A supply whose contents a call gives, with the expense category that pays for it and its name in Greek and English. It
    /// declares the further reasons `wrong-shape` and `bad-text`, which [`Goods::check`](crate::goods::Goods::check) gives.
    #[must_use]
    pub fn goods(self, supply: &str, category: &str, goods: Option<&Goods>, [el, en]: [&str; 2]) -> Self {
        let nothing = Goods::default();
        let goods = goods.unwrap_or(&nothing);
        self.supply(supply, category)
            .texts("el", &goods.text("el", supply, el))
            .texts("en", &goods.text("en", supply, en))
            .reason("wrong-shape")
            .reason("bad-text")
    }

    /// Areas that routes pass, as the options of a question and the places of the plan. Where a call names none, nobody is asked.
    /// `words` are the question and its purpose, in Greek and in English.
    #[must_use]
    pub fn areas_of(mut self, question: &str, areas: Option<&Choices>, words: [[&str; 2]; 2]) -> Self {
        let nowhere = Choices::default();
        let areas = areas.unwrap_or(&nowhere);
        let key = question.rsplit('.').next().unwrap_or(question);
        self = self.options(question, areas.keys());
        if areas.list.is_empty() {
            return self;
        }
        for (language, [label, purpose]) in ["el", "en"].into_iter().zip(words) {
            let asked = format!("field-{key} = {label}\n    .purpose = {purpose}\n");
            self = self
                .texts(language, &asked)
                .texts(language, &areas.texts(language, key));
        }
        self.places_of(question)
    }

    /// The places of the plan's occasions are the options of this question, such as `claim.wishes`.
    #[must_use]
    pub fn places_of(mut self, question: &str) -> Self {
        self.delivery.insert("places_of".to_owned(), json!(question));
        self
    }

    /// The series of the plan's occasions are the options of this question, such as `claim.weeks`.
    #[must_use]
    pub fn series_of(mut self, question: &str) -> Self {
        self.delivery.insert("series_of".to_owned(), json!(question));
        self
    }

    /// The features of the plan's occasions are the options of this question, such as `claim.access-needs`.
    #[must_use]
    pub fn features_of(mut self, question: &str) -> Self {
        self.delivery.insert("features_of".to_owned(), json!(question));
        self
    }

    /// Where in the parameters (JSON Pointer, such as `/contents/stock`) a plan reads what there is of each instalment: the host
    /// writes there what staff recorded, in place of what the call expected.
    #[must_use]
    pub fn stock_in(mut self, pointer: &str) -> Self {
        self.delivery.insert("stock_in".to_owned(), json!(pointer));
        self
    }

    /// Symbol of the program's own reason number `index`.
    pub fn own_reason(index: u16) -> u16 {
        // Four standard reasons come first.
        index + 4
    }
}

/// The question with this key.
fn find<'a>(questions: &'a mut [Value], key: &str) -> Option<&'a mut Map<String, Value>> {
    let mut questions = questions.iter_mut().filter_map(Value::as_object_mut);
    questions.find(|question| question.get("key").and_then(Value::as_str) == Some(key))
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
        host_only_of_claim,
        options,
        asked: [more_of_application, more_of_claim, more_of_member],
    } = P::about_under(parameters);
    let mut application = P::Application::questions();
    application.extend(more_of_application);
    application.extend(host_only);
    let mut claim = P::Claim::questions();
    claim.extend(more_of_claim);
    claim.extend(host_only_of_claim);
    let mut member = P::Member::questions();
    member.extend(more_of_member);
    for (question, keys) in options {
        let (questions, key) = match question.split_once('.') {
            Some(("application", key)) => (&mut application, key),
            Some(("claim", key)) => (&mut claim, key),
            _ => continue,
        };
        if keys.is_empty() {
            questions.retain(|question| question.get("key").and_then(Value::as_str) != Some(key));
        } else if let Some(asked) = find(questions, key) {
            asked.insert("options".to_owned(), json!(keys));
        }
    }
    map.insert("schema".to_owned(), json!("osn-program-about-0.2"));
    map.insert(
        "form".to_owned(),
        json!({
            "application": application,
            "claim": claim,
            "member": member,
            "max_claims": max_claims,
            "max_members": max_members,
        }),
    );
    map.insert("facts".to_owned(), Value::Array(P::Facts::questions()));
    map.insert("criteria".to_owned(), Value::Array(P::Criteria::declared(parameters)));
    map.insert("ranking".to_owned(), Value::Array(P::ranking(parameters)));
    map.insert("reasons".to_owned(), json!(reasons));
    map.insert(
        "parameters".to_owned(),
        json!({"type": "object", "properties": P::Parameters::properties(), crate::parameters::ORDER: P::Parameters::order()}),
    );
    map.insert("delivery".to_owned(), Value::Object(delivery));
    Value::Object(map)
}
