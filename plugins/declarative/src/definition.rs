//! A simple action as its parameters describe it: read, and checked as a whole.

use std::collections::BTreeSet;

use osn_program_sdk::json::Value;
use osn_program_sdk::{Content, Day, Problem, problem};

/// Stands until an action describes itself.
pub(crate) const DEFAULT: &str = r#"{
    "unit": "household",
    "questions": [
        {"of": "application", "kind": "yes-no", "label": {"el": "Κατοικώ στον δήμο", "en": "I live in the municipality"},
         "proof": {"el": "Αποδεικτικό κατοικίας", "en": "Proof of residence"}, "required": true}
    ],
    "conditions": [
        {"question": 1, "rule": "yes", "label": {"el": "Κατοικία στον δήμο", "en": "Residence in the municipality"}}
    ],
    "order": [],
    "given": {"label": {"el": "Παροχή", "en": "Benefit"}, "price": "0"},
    "recorded": [],
    "calendar": []
}"#;

/// Most questions, conditions or keys.
const MOST: usize = 24;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Greek.
    pub el: String,
    /// English.
    pub en: String,
}

/// Who a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The application.
    Application,
    /// Each participant.
    Participant,
}

/// What kind of value answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    YesNo,
    /// A whole number.
    Number,
    /// Euro.
    Amount,
    /// Per cent.
    Percent,
    /// A day.
    Date,
    /// One of the options.
    Choice,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who it is about.
    pub of: Of,
    /// Its key: its own, or `question-<number>`.
    pub key: String,
    /// Its kind.
    pub kind: Kind,
    /// What is asked.
    pub label: Label,
    /// Options of a choice.
    pub options: Vec<Label>,
    /// The document that proves it.
    pub proof: Option<Label>,
    /// Nobody applies without an answer.
    pub required: bool,
    /// A special category of data.
    pub special: bool,
}

/// How an answer is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The answer is yes.
    Yes,
    /// At least the value.
    AtLeast,
    /// At most the value.
    AtMost,
    /// Exactly the value (the number of an option, counted from 1).
    Equal,
    /// Full years since the date, at least.
    AgeAtLeast,
    /// Full years since the date, at most.
    AgeAtMost,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its key: its own, or `condition-<number>`.
    pub key: String,
    /// Position of its question.
    pub question: usize,
    /// Its rule.
    pub rule: Rule,
    /// What is wanted, in the scale of the question's kind.
    pub value: Option<i64>,
    /// What it is called.
    pub label: Label,
}

/// A key of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Position of its question.
    pub question: usize,
    /// Larger values first.
    pub descending: bool,
    /// What it is called.
    pub label: Label,
}

/// What something that is written down at a delivery is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A remark, yes or no.
    Remark,
    /// The lot: found again, and called back.
    Lot,
    /// The last day of use: nothing is given after it.
    UseBy,
    /// Whether a participant was there.
    Presence,
    /// Who took it, of those whom the application names.
    CollectedBy,
}

/// What is written down when something is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What it is for.
    pub role: Role,
    /// What it is called.
    pub label: Label,
    /// Nothing is given without it.
    pub required: bool,
}

/// A simple action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Places are counted in people; an application may name several.
    pub people: bool,
    /// Questions, in order.
    pub questions: Vec<Question>,
    /// Conditions, in order.
    pub conditions: Vec<Condition>,
    /// Keys of the list, most important first.
    pub order: Vec<Key>,
    /// What is given.
    pub given: Label,
    /// What one piece costs, in cents.
    pub price: i64,
    /// What is written down when it is given, in order.
    pub recorded: Vec<Recorded>,
    /// Periods in which it is given; none = any day.
    pub calendar: Vec<(Day, Day)>,
}

impl Default for Definition {
    fn default() -> Self {
        let empty = Self {
            people: false,
            questions: Vec::new(),
            conditions: Vec::new(),
            order: Vec::new(),
            given: Label {
                el: String::new(),
                en: String::new(),
            },
            price: 0,
            recorded: Vec::new(),
            calendar: Vec::new(),
        };
        DEFAULT.parse().ok().as_ref().and_then(Self::read).unwrap_or(empty)
    }
}

fn list(json: &Value, key: &str) -> Option<Vec<Value>> {
    match json.get(key) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(list) => list.as_array().cloned(),
    }
}

fn label(json: &Value, key: &str) -> Option<Label> {
    let text = |language| json.get(key)?.get(language)?.as_str().map(str::to_owned);
    Some(Label {
        el: text("el")?,
        en: text("en")?,
    })
}

fn flag(json: &Value, key: &str) -> bool {
    json.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn key(json: &Value, otherwise: &str, index: usize) -> String {
    let own = json.get("key").and_then(Value::as_str);
    own.map_or_else(|| format!("{otherwise}-{}", index + 1), str::to_owned)
}

/// A decimal such as `12.50` in whole steps of ten to the minus `decimals`.
fn decimal(text: &str, decimals: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = !whole.trim_start_matches('-').is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || part.len() > decimals || whole.len() > 13 {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

impl Kind {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "yes-no" => Self::YesNo,
            "number" => Self::Number,
            "amount" => Self::Amount,
            "percent" => Self::Percent,
            "date" => Self::Date,
            "choice" => Self::Choice,
            _ => return None,
        })
    }

    /// A value as people write it, in this kind's scale.
    fn value(self, text: &str) -> Option<i64> {
        match self {
            Self::YesNo => None,
            Self::Number => decimal(text, 0),
            Self::Amount => decimal(text, 2),
            Self::Percent => decimal(text, 4),
            Self::Date => Day::parse(text).map(|day| i64::from(day.0)),
            Self::Choice => decimal(text, 0).map(|number| number - 1),
        }
    }
}

impl Rule {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "yes" => Self::Yes,
            "at-least" => Self::AtLeast,
            "at-most" => Self::AtMost,
            "equal" => Self::Equal,
            "age-at-least" => Self::AgeAtLeast,
            "age-at-most" => Self::AgeAtMost,
            _ => return None,
        })
    }

    /// Whether this rule can judge answers of a kind.
    const fn judges(self, kind: Kind) -> bool {
        match self {
            Self::Yes => matches!(kind, Kind::YesNo),
            Self::AtLeast | Self::AtMost => matches!(kind, Kind::Number | Kind::Amount | Kind::Percent | Kind::Date),
            Self::Equal => matches!(kind, Kind::Number | Kind::Choice),
            Self::AgeAtLeast | Self::AgeAtMost => matches!(kind, Kind::Date),
        }
    }
}

fn question((index, json): (usize, &Value)) -> Option<Question> {
    let text = |key| json.get(key).and_then(Value::as_str);
    Some(Question {
        of: match text("of") {
            None | Some("application") => Of::Application,
            Some("participant") => Of::Participant,
            Some(_) => return None,
        },
        key: key(json, "question", index),
        kind: Kind::read(text("kind")?)?,
        label: label(json, "label")?,
        options: list(json, "options")?
            .iter()
            .map(|option| label(option, "label"))
            .collect::<Option<_>>()?,
        proof: match json.get("proof") {
            None | Some(Value::Null) => None,
            Some(_) => Some(label(json, "proof")?),
        },
        required: flag(json, "required"),
        special: flag(json, "special"),
    })
}

/// Questions are named by their number, counted from 1; 0 or a number too large is told by [`check`].
fn position(json: &Value) -> Option<usize> {
    let number = usize::try_from(json.get("question")?.as_u64()?).ok()?;
    Some(number.wrapping_sub(1))
}

fn condition((index, json): (usize, &Value), questions: &[Question]) -> Option<Condition> {
    let question = position(json)?;
    let rule = Rule::read(json.get("rule")?.as_str()?)?;
    let kind = questions.get(question).map(|question| question.kind);
    let value = json
        .get("value")
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty());
    let scaled = |text: &str| match rule {
        Rule::AgeAtLeast | Rule::AgeAtMost => decimal(text, 0),
        Rule::Yes => None,
        Rule::AtLeast | Rule::AtMost | Rule::Equal => kind?.value(text),
    };
    Some(Condition {
        key: key(json, "condition", index),
        question,
        rule,
        value: value.and_then(scaled),
        label: label(json, "label")?,
    })
}

impl Role {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "remark" => Self::Remark,
            "lot" => Self::Lot,
            "use-by" => Self::UseBy,
            "presence" => Self::Presence,
            "collected-by" => Self::CollectedBy,
            _ => return None,
        })
    }
}

fn recorded(json: &Value) -> Option<Recorded> {
    Some(Recorded {
        role: Role::read(json.get("role")?.as_str()?)?,
        label: label(json, "label")?,
        required: flag(json, "required"),
    })
}

impl Content for Definition {
    fn read(json: &Value) -> Option<Self> {
        let given = json.get("given")?;
        let questions: Vec<Question> = list(json, "questions")?
            .iter()
            .enumerate()
            .map(question)
            .collect::<Option<_>>()?;
        let conditions = list(json, "conditions")?;
        let day = |json: &Value, key: &str| Day::parse(json.get(key)?.as_str()?);
        Some(Self {
            people: match json.get("unit")?.as_str()? {
                "person" => true,
                "household" => false,
                _ => return None,
            },
            conditions: conditions
                .iter()
                .enumerate()
                .map(|one| condition(one, &questions))
                .collect::<Option<_>>()?,
            order: list(json, "order")?
                .iter()
                .map(|json| {
                    let descending = match json.get("first").and_then(Value::as_str)? {
                        "high" => true,
                        "low" => false,
                        _ => return None,
                    };
                    Some(Key {
                        question: position(json)?,
                        descending,
                        label: label(json, "label")?,
                    })
                })
                .collect::<Option<_>>()?,
            given: label(given, "label")?,
            price: decimal(given.get("price")?.as_str()?, 2)?,
            recorded: list(json, "recorded")?.iter().map(recorded).collect::<Option<_>>()?,
            calendar: list(json, "calendar")?
                .iter()
                .map(|one| Some((day(one, "from")?, day(one, "to")?)))
                .collect::<Option<_>>()?,
            questions,
        })
    }
}

/// Lower-case kebab-case, as keys are.
fn is_key(key: &str) -> bool {
    let symbols = key
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    symbols && key.starts_with(|first: char| first.is_ascii_lowercase()) && key.len() <= 40
}

impl Label {
    /// One line of plain text in both languages.
    fn is_fine(&self) -> bool {
        [&self.el, &self.en]
            .into_iter()
            .all(|text| !text.trim().is_empty() && text.len() <= 600 && !text.contains(['{', '}', '\n', '\r']))
    }
}

/// Everything that stops this definition from governing a call.
pub(crate) fn check(definition: Option<&Definition>) -> Vec<Problem> {
    let Some(definition) = definition else {
        return vec![problem("/definition", "wrong-shape")];
    };
    let mut found = Found {
        problems: Vec::new(),
        keys: BTreeSet::new(),
    };
    let Definition {
        questions,
        conditions,
        order,
        ..
    } = definition;
    for (name, count, least) in [
        ("questions", questions.len(), 1),
        ("conditions", conditions.len(), 1),
        ("order", order.len(), 0),
        ("recorded", definition.recorded.len(), 0),
    ] {
        found.refuse_if(count < least || count > MOST, &format!("/{name}"), "wrong-count");
    }
    for (index, question) in questions.iter().enumerate() {
        found.question(&format!("/questions/{index}"), question, definition.people);
    }
    for (index, condition) in conditions.iter().enumerate() {
        found.condition(&format!("/conditions/{index}"), condition, questions);
    }
    for (index, key) in order.iter().enumerate() {
        let missing = questions.get(key.question).is_none();
        found.refuse_if(missing, &format!("/order/{index}/question"), "no-such-question");
        found.refuse_if(!key.label.is_fine(), &format!("/order/{index}/label"), "bad-text");
    }
    for (index, one) in definition.recorded.iter().enumerate() {
        let at = format!("/recorded/{index}");
        found.refuse_if(!one.label.is_fine(), &format!("{at}/label"), "bad-text");
        let mut before = definition.recorded.iter().take(index);
        let again = one.role != Role::Remark && before.any(|other| other.role == one.role);
        found.refuse_if(again, &format!("{at}/role"), "role-twice");
        let nobody = one.role == Role::Presence && !definition.people;
        found.refuse_if(nobody, &format!("{at}/role"), "no-participants");
    }
    found.refuse_if(!definition.given.is_fine(), "/given/label", "bad-text");
    let price = (0..=100_000_000).contains(&definition.price);
    found.refuse_if(!price, "/given/price", "value-does-not-fit");
    let backwards = definition.calendar.iter().any(|(from, to)| from > to);
    found.refuse_if(backwards, "/calendar", "value-does-not-fit");
    found.problems
}

/// What was found so far.
struct Found {
    problems: Vec<Problem>,
    keys: BTreeSet<String>,
}

impl Found {
    fn refuse_if(&mut self, wrong: bool, path: &str, code: &str) {
        if wrong {
            self.problems.push(problem(format!("/definition{path}"), code));
        }
    }

    fn key(&mut self, at: &str, key: &str) {
        let fine = is_key(key) && self.keys.insert(key.to_owned());
        self.refuse_if(!fine, &format!("{at}/key"), "bad-key");
    }

    fn question(&mut self, at: &str, question: &Question, people: bool) {
        self.key(at, &question.key);
        let mut texts = question.options.iter().chain(&question.proof).chain([&question.label]);
        self.refuse_if(!texts.all(Label::is_fine), &format!("{at}/label"), "bad-text");
        let options = question.options.len();
        let fine = (question.kind == Kind::Choice) != (options == 0) && options <= MOST;
        self.refuse_if(!fine, &format!("{at}/options"), "options-missing");
        let nobody = question.of == Of::Participant && !people;
        self.refuse_if(nobody, &format!("{at}/of"), "no-participants");
    }

    fn condition(&mut self, at: &str, condition: &Condition, questions: &[Question]) {
        self.key(at, &condition.key);
        self.refuse_if(!condition.label.is_fine(), &format!("{at}/label"), "bad-text");
        let Some(question) = questions.get(condition.question) else {
            return self.refuse_if(true, &format!("{at}/question"), "no-such-question");
        };
        if !condition.rule.judges(question.kind) {
            return self.refuse_if(true, &format!("{at}/rule"), "rule-does-not-fit");
        }
        let options = i64::try_from(question.options.len()).unwrap_or(0);
        let known = |value: &i64| question.kind != Kind::Choice || (0..options).contains(value);
        let fine = (condition.rule == Rule::Yes) == condition.value.is_none() && condition.value.iter().all(known);
        self.refuse_if(!fine, &format!("{at}/value"), "value-does-not-fit");
    }
}
