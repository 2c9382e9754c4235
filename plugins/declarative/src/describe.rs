//! The description of an action that its parameters define: questions, criteria, keys and texts.

use osn_program_sdk::about::About;
use osn_program_sdk::json::{Value, json};
use osn_program_sdk::{label, rows, shape};

use crate::definition::{Condition, Definition, Kind, Label, Of, Question, Recorded, Role, Rule};

/// Most participants of one application.
const PARTICIPANTS: u32 = 8;

/// The fields of the definition, as a form for the page that sets it up: lists of rows, texts in both languages, choices.
pub(crate) fn schema() -> Value {
    let one_of = |name, options: &[&str]| (name, json!({"type": "string", "enum": options}));
    let plain = |name, unit: &str| (name, json!({"type": "string", "x-osn-unit": unit}));
    let flag = |name| (name, json!({"type": "boolean"}));
    let list = |name, row: Value| (name, rows(24, row));
    let name = || ("label", label());
    let number = || ("question", json!({"type": "integer", "minimum": 1, "maximum": 24}));
    let question = shape([
        name(),
        one_of("kind", &["yes-no", "number", "amount", "percent", "date", "choice"]),
        one_of("of", &["application", "participant"]),
        list("options", shape([name()])),
        ("proof", label()),
        flag("required"),
        flag("special"),
    ]);
    let rule = one_of(
        "rule",
        &["yes", "at-least", "at-most", "equal", "age-at-least", "age-at-most"],
    );
    let role = one_of("role", &["remark", "lot", "use-by", "presence", "collected-by"]);
    shape([
        one_of("unit", &["household", "person"]),
        list("questions", question),
        list(
            "conditions",
            shape([name(), number(), rule, ("value", json!({"type": "string"}))]),
        ),
        list("order", shape([name(), number(), one_of("first", &["low", "high"])])),
        ("given", shape([name(), plain("price", "cents")])),
        list("recorded", shape([name(), role, flag("required")])),
        list("calendar", shape([plain("from", "date"), plain("to", "date")])),
    ])
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::YesNo => "flag",
        Kind::Number => "int",
        Kind::Amount => "cents",
        Kind::Percent => "fixed",
        Kind::Date => "day",
        Kind::Choice => "choice",
    }
}

/// The unit in which a value of a kind is shown.
const fn unit(kind: Kind) -> &'static str {
    match kind {
        Kind::YesNo => "flag",
        Kind::Number => "count",
        Kind::Amount => "cents",
        Kind::Percent => "percent",
        Kind::Date => "date",
        Kind::Choice => "choice",
    }
}

fn asked(question: &Question) -> Value {
    let mut asked = json!({
        "key": question.key,
        "kind": kind(question.kind),
        "unit": unit(question.kind),
        "purpose": "eligibility",
        "legal_basis": if question.special { "social-protection" } else { "public-task" },
        "required": question.required,
    });
    if let Some(asked) = asked.as_object_mut() {
        if question.special {
            asked.insert("sensitivity".to_owned(), json!("special"));
        }
        if question.proof.is_some() {
            asked.insert(
                "evidence".to_owned(),
                json!({"kind": format!("{}-proof", question.key)}),
            );
        }
        if question.kind == Kind::Choice {
            let options: Vec<String> = (1..=question.options.len())
                .map(|number| format!("option-{number}"))
                .collect();
            asked.insert("options".to_owned(), json!(options));
        }
        if matches!(question.kind, Kind::Number | Kind::Amount) {
            asked.insert("min".to_owned(), json!(0));
        }
        if question.kind == Kind::Percent {
            asked.insert("min".to_owned(), json!(0));
            asked.insert("max".to_owned(), json!(1_000_000));
        }
    }
    asked
}

/// Key of the question who may take it in somebody's place; asked where it is written down who took it.
const COLLECTOR: &str = "collector";

fn collects(definition: &Definition) -> bool {
    definition.recorded.iter().any(|one| one.role == Role::CollectedBy)
}

/// What is written down, with what the host does with it.
fn written(number: usize, one: &Recorded) -> Value {
    let mut field = json!({
        "key": format!("recorded-{number}"),
        "kind": match one.role {
            Role::Remark | Role::Presence => "flag",
            Role::UseBy => "day",
            Role::Lot | Role::CollectedBy => "text",
        },
        "purpose": "delivery",
        "legal_basis": "public-task",
        "required": one.required || one.role == Role::Presence,
    });
    let more = match one.role {
        Role::Remark => json!({}),
        Role::Lot => json!({"role": "lot", "sensitivity": "none", "min": 1, "max": 40}),
        Role::UseBy => json!({"role": "use-by", "sensitivity": "none"}),
        Role::Presence => json!({"role": "presence", "each": true}),
        Role::CollectedBy => json!({"role": "collected-by", "max": 200, "among": format!("application.{COLLECTOR}")}),
    };
    if let (Some(field), Value::Object(more)) = (field.as_object_mut(), more) {
        field.extend(more);
    }
    field
}

/// The criteria, in order.
pub(crate) fn criteria(definition: &Definition) -> Vec<Value> {
    let criterion = |condition: &Condition| {
        let question = definition.questions.get(condition.question)?;
        let subject = match question.of {
            Of::Application => "application",
            Of::Participant => "claim",
        };
        let (comparison, unit) = match condition.rule {
            Rule::Yes => ("holds", "flag"),
            Rule::AtLeast => ("at-least", unit(question.kind)),
            Rule::AtMost => ("at-most", unit(question.kind)),
            Rule::Equal => ("equal", unit(question.kind)),
            Rule::AgeAtLeast => ("at-least", "years"),
            Rule::AgeAtMost => ("at-most", "years"),
        };
        let mut criterion = json!({
            "key": condition.key,
            "legal_basis": "call-terms",
            "field": format!("{subject}.{}", question.key),
            "comparison": comparison,
            "unit": unit,
        });
        if let (Some(value), Some(criterion)) = (condition.value, criterion.as_object_mut()) {
            criterion.insert("wanted".to_owned(), json!(value));
        }
        Some(criterion)
    };
    definition.conditions.iter().filter_map(criterion).collect()
}

/// The keys of the list, in order.
pub(crate) fn ranking(definition: &Definition) -> Vec<Value> {
    let keys = (1..).zip(&definition.order);
    keys.filter_map(|(number, key): (usize, _)| {
        let question = definition.questions.get(key.question)?;
        Some(json!({"key": format!("key-{number}"), "unit": unit(question.kind), "descending": key.descending}))
    })
    .collect()
}

/// Everything else.
pub(crate) fn about(definition: &Definition) -> About {
    let about = if definition.people {
        About::of_people("declarative", PARTICIPANTS)
    } else {
        About::of_households("declarative")
    };
    let about = about
        .delivered_by("pickup")
        .supply("given", "given")
        .expense_category("given")
        .failure("not-fetched", true)
        .failure("refused", false)
        .reason("outside-calendar")
        .reason("wrong-shape")
        .reason("bad-key")
        .reason("bad-text")
        .reason("options-missing")
        .reason("no-participants")
        .reason("no-such-question")
        .reason("rule-does-not-fit")
        .reason("value-does-not-fit")
        .reason("role-twice")
        .indicator("recipients", "people", "recipients")
        .indicator("given", "count", "deliveries")
        .texts("el", &texts(definition, "el"))
        .texts("en", &texts(definition, "en"));
    let about = (1..)
        .zip(&definition.recorded)
        .fold(about, |about, (number, one)| about.records(written(number, one)));
    let about = if collects(definition) {
        about.host_asks(json!({
            "key": COLLECTOR, "kind": "text", "purpose": "delivery", "legal_basis": "public-task", "max": 200, "host_only": true,
        }))
    } else {
        about
    };
    definition.questions.iter().fold(about, |about, question| {
        let subject = match question.of {
            Of::Application => "application",
            Of::Participant => "claim",
        };
        about.asks(subject, asked(question))
    })
}

/// The texts of its own, as Fluent.
fn texts(definition: &Definition, language: &str) -> String {
    let is_greek = language == "el";
    let said = |label: &Label| if is_greek { label.el.clone() } else { label.en.clone() };
    let mut lines = vec![format!("supply-given = {}", said(&definition.given))];
    let mut bases = vec![false; 2];
    for question in &definition.questions {
        let key = &question.key;
        lines.push(format!("field-{key} = {}", said(&question.label)));
        for (number, option) in (1..).zip(&question.options) {
            let number: usize = number;
            lines.push(format!("option-{key}-option-{number} = {}", said(option)));
        }
        lines.extend(
            question
                .proof
                .iter()
                .map(|proof| format!("evidence-{key}-proof = {}", said(proof))),
        );
        if let Some(basis) = bases.get_mut(usize::from(question.special)) {
            *basis = true;
        }
    }
    for (number, one) in (1..).zip(&definition.recorded) {
        let number: usize = number;
        lines.push(format!("field-recorded-{number} = {}", said(&one.label)));
    }
    if collects(definition) {
        let [greek, english] = COLLECTS;
        let [label, purpose] = if is_greek { greek } else { english };
        lines.push(format!("field-{COLLECTOR} = {label}\n    .purpose = {purpose}"));
    }
    let ordinary = bases.first_mut();
    if let Some(ordinary) = ordinary.filter(|_| !definition.recorded.is_empty()) {
        *ordinary = true;
    }
    for (used, text) in bases.into_iter().zip(BASES) {
        let (key, el, en) = text;
        lines.extend(used.then(|| format!("basis-{key} = {}", if is_greek { el } else { en })));
    }
    for condition in &definition.conditions {
        let label = said(&condition.label);
        let [met, not_met, unknown] = sentences(condition.rule, is_greek);
        lines.push(format!("criterion-{} = {label}", condition.key));
        lines.push(format!("    .met = {label}: {met}"));
        lines.push(format!("    .not-met = {label}: {not_met}"));
        lines.push(format!("    .unknown = {label}: {unknown}"));
    }
    for (number, key) in (1..).zip(&definition.order) {
        let number: usize = number;
        lines.push(format!("rank-key-{number} = {}", said(&key.label)));
    }
    lines.join("\n") + "\n"
}

/// The question who may take it, and its purpose, in Greek and in English.
const COLLECTS: [[&str; 2]; 2] = [
    [
        "Ποιος μπορεί να παραλάβει αντί για εσάς",
        "Χρειάζεται ώστε να το πάρει κάποιος που εμπιστεύεστε.",
    ],
    [
        "Who may receive it in your place",
        "Needed so that it goes to somebody whom you trust.",
    ],
];

/// Legal bases of questions: of ordinary data, of special categories.
const BASES: [(&str, &str, &str); 2] = [
    (
        "public-task",
        "ΓΚΠΔ, άρθρο 6 παρ. 1 ε) (καθήκον προς το δημόσιο συμφέρον)",
        "GDPR, Article 6(1)(e) (task in the public interest)",
    ),
    (
        "social-protection",
        "ΓΚΠΔ, άρθρα 6 παρ. 1 ε) και 9 παρ. 2 β) (κοινωνική προστασία)",
        "GDPR, Article 6(1)(e) and Article 9(2)(b) (social protection)",
    ),
];

/// What is said when a condition is met, is not, or is not known yet.
const fn sentences(rule: Rule, is_greek: bool) -> [&'static str; 3] {
    match (rule, is_greek) {
        (Rule::Yes, true) => [
            "ισχύει.",
            "δεν ισχύει, ή δεν έγινε δεκτό.",
            "λείπει, ή δεν έχει ελεγχθεί ακόμη.",
        ],
        (Rule::Yes, false) => ["yes.", "no, or it was not accepted.", "missing, or not checked yet."],
        (Rule::AtLeast | Rule::AgeAtLeast, true) => [
            "{ $seen }, τουλάχιστον { $wanted }.",
            "{ $seen }, χρειάζεται τουλάχιστον { $wanted }.",
            "χρειάζεται τουλάχιστον { $wanted }· λείπει, ή δεν έχει ελεγχθεί ακόμη.",
        ],
        (Rule::AtLeast | Rule::AgeAtLeast, false) => [
            "{ $seen }, at least { $wanted }.",
            "{ $seen }, at least { $wanted } is needed.",
            "at least { $wanted } is needed; missing, or not checked yet.",
        ],
        (Rule::AtMost | Rule::AgeAtMost, true) => [
            "{ $seen }, το πολύ { $wanted }.",
            "{ $seen }, επιτρέπεται το πολύ { $wanted }.",
            "επιτρέπεται το πολύ { $wanted }· λείπει, ή δεν έχει ελεγχθεί ακόμη.",
        ],
        (Rule::AtMost | Rule::AgeAtMost, false) => [
            "{ $seen }, at most { $wanted }.",
            "{ $seen }, at most { $wanted } is allowed.",
            "at most { $wanted } is allowed; missing, or not checked yet.",
        ],
        (Rule::Equal, true) => [
            "{ $seen }.",
            "{ $seen }, χρειάζεται { $wanted }.",
            "χρειάζεται { $wanted }· λείπει, ή δεν έχει ελεγχθεί ακόμη.",
        ],
        (Rule::Equal, false) => [
            "{ $seen }.",
            "{ $seen }, { $wanted } is needed.",
            "{ $wanted } is needed; missing, or not checked yet.",
        ],
    }
}
