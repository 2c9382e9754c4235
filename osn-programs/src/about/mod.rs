//! What a program says about itself: the document `osn-program-about-0.2`, and 0.1, which is the same without [`Fact::find`].
//!
//! It is data, so that the form, the explanation of a refusal, the published schema and "can I apply?" need no word of any
//! program in the server. Texts are keys of the package's locale files (see [`crate::texts`] for how keys are made).

mod lookup;
mod validate;

pub use lookup::{GroupsOf, Lookup};
pub(crate) use validate::is_key;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::input::Value;

/// The name of this document's schema for programs of a contract.
pub fn schema_of(contract: &str) -> String {
    format!("osn-program-about-{contract}")
}

/// The description of a program, as resolved for one set of parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The schema of the program's contract: see [`schema_of`].
    pub schema: String,
    /// The program's key, the same as in its manifest.
    pub program: String,
    /// How applications are taken in.
    pub intake: Intake,
    /// What a place is counted in, and with it what a claim is.
    pub capacity_unit: CapacityUnit,
    /// The questions.
    pub form: Form,
    /// Further facts that the host is asked for by name.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// The criteria, in the order of the verdict's columns.
    pub criteria: Vec<Criterion>,
    /// Keys of the ranked list, most important first. After them: submission time or a draw, then the protocol number.
    #[serde(default)]
    pub ranking: Vec<RankingKey>,
    /// Codes that the program's faults and unplaced deliveries point into.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// JSON Schema (2020-12, the subset of [`crate::parameters`]) of the parameters, with a default for each.
    pub parameters: serde_json::Value,
    /// What an award leads to.
    pub delivery: Delivery,
    /// What the program can be measured by.
    #[serde(default)]
    pub indicators: Vec<Indicator>,
    /// Kinds of cost, in the order of the estimate's symbols.
    #[serde(default)]
    pub expense_categories: Vec<ExpenseCategory>,
    /// Texts that belong to these parameters: language -> Fluent source, beside the package's locale files.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
}

/// How applications are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intake {
    /// All applications are ranked together and cut to capacity at a deadline.
    Deadline,
    /// Each application is decided as it comes; whoever reaches the floor is taken while places last.
    Rolling,
}

/// What a place is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CapacityUnit {
    /// A claim is one participant; an application may hold several.
    Person,
    /// A claim is the household; an application holds exactly one.
    Household,
}

/// The questions of a call, by whom they are about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Asked once for the application.
    #[serde(default)]
    pub application: Vec<FormField>,
    /// Asked for each claim (participant).
    #[serde(default)]
    pub claim: Vec<FormField>,
    /// Asked for each member of the household.
    #[serde(default)]
    pub member: Vec<FormField>,
    /// Most claims in one application; 1 where the capacity unit is the household.
    #[serde(default = "one")]
    pub max_claims: u32,
    /// Most household members in one application; 0 where the form does not ask about members.
    #[serde(default)]
    pub max_members: u32,
}

const fn one() -> u32 {
    1
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// Key in kebab-case, unique in its list. Text: `field-<key>`, with `.hint` and `.purpose`.
    pub key: String,
    /// What kind of value answers it.
    pub kind: Kind,
    /// The unit in which the value is shown; derived from the kind where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Smallest value, in the kind's own scale (cents, ten-thousandths, days since 1970); shortest length of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest value, likewise; longest length of a text; most options of `choices` and `order`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Options of a choice, in the order of their symbols. Text: `option-<field>-<option>`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The application cannot be submitted without it.
    #[serde(default)]
    pub required: bool,
    /// How much protection the answer needs.
    #[serde(default)]
    pub sensitivity: Sensitivity,
    /// Why it is asked (GDPR, Article 5(1)(b)).
    pub purpose: Purpose,
    /// Key of the legal basis (GDPR, Articles 6 and 9). Text: `basis-<key>`.
    pub legal_basis: String,
    /// The document that proves the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceNeed>,
    /// Asked only where another answer of the same list has this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_when: Option<Condition>,
    /// Asked and kept by the host, never sent to the program.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub host_only: bool,
    /// What a field of a delivery means to the host (contract 0.2); only in [`Delivery::fields`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Written down for each participant of the delivery (contract 0.2); only in [`Delivery::fields`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub each: bool,
    /// Of [`Role::CollectedBy`]: the question (`application.<key>`, `claim.<key>`) whose answer names those who may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<String>,
}

/// What the host does with a field of a delivery, beyond keeping it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The lot that was handed over: everybody who received it is found and told when it is called back. A text, impersonal.
    Lot,
    /// The last day of use: nothing is handed over after it. A day, impersonal.
    UseBy,
    /// Whether a participant was there: the roll. Yes or no, of each participant.
    Presence,
    /// Who took it, or whom, instead of the recipient: one of those whom the application names. A text.
    CollectedBy,
}

impl Role {
    /// The kind of its field.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Lot | Self::CollectedBy => Kind::Text,
            Self::UseBy => Kind::Day,
            Self::Presence => Kind::Flag,
        }
    }

    /// Whether its field says nothing about a person.
    pub const fn is_impersonal(self) -> bool {
        matches!(self, Self::Lot | Self::UseBy)
    }
}

/// What kind of value answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// A whole number.
    Int,
    /// A number with four decimals.
    Fixed,
    /// An amount of euro.
    Cents,
    /// A day.
    Day,
    /// One of the options.
    Choice,
    /// Any number of the options.
    Choices,
    /// Options in the order of preference.
    Order,
    /// Free text.
    Text,
}

/// The unit in which a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A bare whole number.
    Count,
    /// People.
    People,
    /// Years.
    Years,
    /// Months.
    Months,
    /// Days.
    Days,
    /// Minutes.
    Minutes,
    /// Per cent, four decimals.
    Percent,
    /// A bare number with four decimals.
    Ratio,
    /// Euro cents.
    Cents,
    /// Days since 1970-01-01, shown as a date; 2147483647 is "without end".
    Date,
    /// 1 yes, 0 no.
    Flag,
    /// The symbol of an option of the criterion's field.
    Choice,
}

/// How much protection an answer needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensitivity {
    /// Says nothing about a person, and is kept in the clear; only in [`Delivery::fields`].
    None,
    /// Personal data.
    #[default]
    Personal,
    /// A special category (GDPR, Article 9): health, origin, belief and so on.
    Special,
    /// Criminal convictions (GDPR, Article 10).
    Criminal,
}

/// Why a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A criterion needs it.
    Eligibility,
    /// The order of the list needs it.
    Ranking,
    /// The delivery needs it.
    Delivery,
    /// Published figures need it, as sums.
    Statistics,
}

/// The document that proves an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceNeed {
    /// Kind of the document. Text: `evidence-<kind>`, with `.hint`.
    pub kind: String,
    /// It has a last day (or says that it holds without end), and the form asks for it.
    #[serde(default)]
    pub expires: bool,
}

/// When a question is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Key of an earlier question of the same list.
    pub field: String,
    /// The answer that makes this one asked.
    pub is: Value,
}

/// A fact that the host finds out by itself (distance, coverage of the mapping nearby).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The fact's name in the host's catalogue of facts.
    pub key: String,
    /// Its kind; facts are never text.
    pub kind: Kind,
    /// What it is about.
    #[serde(default)]
    pub of: FactOf,
    /// Options of a choice, in the order of their symbols.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// How the host finds it out (contract 0.2). Without it nobody does, and the fact is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub find: Option<Lookup>,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactOf {
    /// The application, the same for all its claims.
    #[default]
    Application,
    /// One claim.
    Claim,
}

/// One criterion. Texts: `criterion-<key>`, with `.met`, `.not-met` and `.unknown`, which may use `$seen` and `$wanted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Key in kebab-case, unique.
    pub key: String,
    /// Key of the rule that asks for it. Text: `basis-<key>`.
    pub legal_basis: String,
    /// The answer that it looks at, as `application.<key>`, `claim.<key>`, `member.<key>` or `fact.<key>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The unit of the values seen and wanted.
    pub unit: Unit,
    /// How the value seen is compared with the value wanted.
    pub comparison: Comparison,
    /// The value wanted under the parameters of this description, in the unit's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<i64>,
    /// Criteria with the same name here count as one: it is enough to meet any of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<String>,
}

/// How a value seen is compared with the value wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// seen >= wanted.
    AtLeast,
    /// seen <= wanted.
    AtMost,
    /// seen = wanted.
    Equal,
    /// The answer is yes, or the document is there.
    Holds,
    /// The last day is on or after the as-of date.
    ValidOn,
    /// The option seen is among those that the rule accepts.
    OneOf,
}

/// One key of the ranked list. Text: `rank-<key>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingKey {
    /// Key in kebab-case, unique.
    pub key: String,
    /// Larger values first. Rows without a value come last either way.
    #[serde(default)]
    pub descending: bool,
    /// The unit of the value.
    pub unit: Unit,
    /// Smallest value that the program may answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest value that the program may answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

/// What an award leads to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Kind of the delivery.
    pub kind: DeliveryKind,
    /// What is written down at a delivery. Read by [`crate::recorded`].
    #[serde(default)]
    pub fields: Vec<FormField>,
    /// Why a delivery can fail.
    pub failures: Vec<FailureKind>,
    /// What is handed over or given, in the order of the plan's symbols. Text: `supply-<key>`.
    pub supplies: Vec<Supply>,
    /// The places of a plan's occasions are the options of this question (`claim.wishes`); without it a place is a bare number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places_of: Option<String>,
    /// The series of a plan's occasions are the options of this question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series_of: Option<String>,
    /// The features of a plan's occasions are the options of this question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features_of: Option<String>,
    /// Where in the parameters of a plan (JSON Pointer) the host writes what there is of each instalment, as a list of
    /// `{"instalment", "pieces", "supply"}`; instalments are counted from 1, by the series of the rounds. Without it a program is
    /// told by supply only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock_in: Option<String>,
}

/// Kind of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryKind {
    /// Goods brought home.
    HomeDelivery,
    /// Goods fetched from a place.
    Pickup,
    /// A group session at a place and time.
    Session,
    /// An appointment of one person.
    Appointment,
    /// A stay or an enrolment for a period.
    Enrolment,
}

impl DeliveryKind {
    /// Whether things are handed over that arrive, are counted and run out: they have a stock. A session or an appointment has
    /// places.
    pub const fn is_goods(self) -> bool {
        matches!(self, Self::HomeDelivery | Self::Pickup)
    }
}

/// Why a delivery can fail. Text: `failure-<key>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureKind {
    /// Key in kebab-case, unique.
    pub key: String,
    /// The delivery is tried again.
    #[serde(default)]
    pub repeat: bool,
}

/// Something that is handed over or given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supply {
    /// Key in kebab-case, unique.
    pub key: String,
    /// Key of the expense category that pays for it.
    pub category: String,
}

/// What the program can be measured by. Text: `indicator-<key>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Key in kebab-case, unique.
    pub key: String,
    /// Its unit.
    pub unit: Unit,
    /// What is counted.
    pub counts: Counted,
    /// The number that the action works towards: a floor, not a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<i64>,
}

/// What an indicator counts; the host has all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// Applications received.
    Applications,
    /// Awards in force.
    Awards,
    /// Different people that received at least one delivery.
    Recipients,
    /// Different households that received at least one delivery.
    Households,
    /// Deliveries made.
    Deliveries,
    /// Attempts that failed.
    Failures,
    /// Money spent on deliveries.
    Spending,
}

/// A kind of cost. Text: `category-<key>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpenseCategory {
    /// Key in kebab-case, unique.
    pub key: String,
}

/// Who a list of questions is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The application as a whole.
    Application,
    /// One claim.
    Claim,
    /// One member of the household.
    Member,
}

impl Subject {
    /// The name used in references such as `application.residence`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Claim => "claim",
            Self::Member => "member",
        }
    }
}

impl Form {
    /// The questions about one subject.
    pub fn of(&self, subject: Subject) -> &[FormField] {
        match subject {
            Subject::Application => &self.application,
            Subject::Claim => &self.claim,
            Subject::Member => &self.member,
        }
    }
}

impl FormField {
    /// The unit in which the value is shown.
    pub fn shown_in(&self) -> Unit {
        self.unit.unwrap_or(match self.kind {
            Kind::Flag => Unit::Flag,
            Kind::Fixed => Unit::Ratio,
            Kind::Cents => Unit::Cents,
            Kind::Day => Unit::Date,
            Kind::Choice => Unit::Choice,
            Kind::Int | Kind::Choices | Kind::Order | Kind::Text => Unit::Count,
        })
    }
}

impl About {
    /// Position of a criterion in the verdict.
    pub fn criterion_index(&self, key: &str) -> Option<usize> {
        self.criteria.iter().position(|criterion| criterion.key == key)
    }

    /// The question that a reference such as `application.residence` names.
    pub fn field(&self, reference: &str) -> Option<&FormField> {
        let (subject, key) = reference.split_once('.')?;
        let list = [Subject::Application, Subject::Claim, Subject::Member]
            .into_iter()
            .find(|one| one.name() == subject)?;
        self.form.of(list).iter().find(|field| field.key == key)
    }

    /// The field of a delivery with this role.
    pub fn recorded(&self, role: Role) -> Option<&FormField> {
        self.delivery.fields.iter().find(|field| field.role == Some(role))
    }

    /// Everything that is wrong with this description; empty when it can be used.
    pub fn validate(&self) -> Vec<crate::problem::Problem> {
        validate::all(self)
    }
}
