//! Checks a description as a whole and reports every problem, not only the first.

use std::collections::{BTreeMap, BTreeSet};

use super::{About, CapacityUnit, FormField, Kind, Lookup, Role, Sensitivity, Subject, schema_of};
use crate::problem::Problem;

/// Most questions about one subject.
const MAX_FIELDS: usize = 200;
/// Most criteria; they are columns of every verdict.
const MAX_CRITERIA: usize = 64;
/// Most ranking keys.
const MAX_RANKING: usize = 16;
/// Most options of one question.
const MAX_OPTIONS: usize = 1_000;
/// Longest key.
const MAX_KEY: usize = 64;
/// Most claims or members of one application; an application is never split over batches.
const MAX_PEOPLE: u32 = 64;

pub(super) fn all(about: &About) -> Vec<Problem> {
    let mut found = Found::default();
    let schemas = crate::CONTRACTS.map(schema_of);
    if !schemas.contains(&about.schema) {
        found.add(Problem::new("/schema", "unknown-schema").with("wanted", schemas.join(" or ")));
    }
    found.key("/program", &about.program);
    form(&mut found, about);
    facts(&mut found, about);
    criteria(&mut found, about);
    ranking(&mut found, about);
    found.keys("/reasons", about.reasons.iter().map(String::as_str));
    found
        .problems
        .extend(crate::parameters::check_schema(&about.parameters));
    delivery(&mut found, about);
    found.keys("/indicators", about.indicators.iter().map(|one| one.key.as_str()));
    found.keys(
        "/expense_categories",
        about.expense_categories.iter().map(|one| one.key.as_str()),
    );
    found.problems
}

#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
}

impl Found {
    fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn key(&mut self, path: &str, key: &str) {
        if !is_key(key) {
            self.add(Problem::new(path, "bad-key").with("key", key.chars().take(MAX_KEY).collect::<String>()));
        }
    }

    /// Keys of a list: well formed and different.
    fn keys<'a>(&mut self, path: &str, keys: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (index, key) in keys.enumerate() {
            let place = format!("{path}/{index}/key");
            self.key(&place, key);
            if !seen.insert(key) {
                self.add(Problem::new(place, "duplicate-key").with("key", key));
            }
        }
    }

    fn at_most(&mut self, path: &str, count: usize, limit: usize) {
        if count > limit {
            self.add(Problem::new(path, "too-many").with("count", count).with("limit", limit));
        }
    }
}

/// Lower-case kebab-case that is also a Fluent identifier.
pub(crate) fn is_key(key: &str) -> bool {
    key.len() <= MAX_KEY
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn form(found: &mut Found, about: &About) {
    for subject in [Subject::Application, Subject::Claim, Subject::Member] {
        let (path, asked) = (format!("/form/{}", subject.name()), about.form.of(subject));
        fields(found, &path, asked);
        for (index, field) in asked.iter().enumerate() {
            let of_deliveries = field.role.is_some() || field.each || field.among.is_some();
            if of_deliveries || field.sensitivity == Sensitivity::None {
                found.add(Problem::new(format!("{path}/{index}"), "only-at-deliveries").with("field", &field.key));
            }
        }
    }
    let form = &about.form;
    let claims_fit = match about.capacity_unit {
        CapacityUnit::Household => form.max_claims == 1,
        CapacityUnit::Person => (1..=MAX_PEOPLE).contains(&form.max_claims),
    };
    if !claims_fit {
        found.add(
            Problem::new("/form/max_claims", "out-of-range")
                .with("value", form.max_claims)
                .with("limit", MAX_PEOPLE),
        );
    }
    if form.max_members > MAX_PEOPLE || (form.max_members == 0) != form.member.is_empty() {
        found.add(
            Problem::new("/form/max_members", "out-of-range")
                .with("value", form.max_members)
                .with("limit", MAX_PEOPLE),
        );
    }
}

fn fields(found: &mut Found, path: &str, fields: &[FormField]) {
    found.at_most(path, fields.len(), MAX_FIELDS);
    found.keys(path, fields.iter().map(|field| field.key.as_str()));
    for (index, field) in fields.iter().enumerate() {
        let place = format!("{path}/{index}");
        if let (Some(min), Some(max)) = (field.min, field.max)
            && min > max
        {
            found.add(
                Problem::new(format!("{place}/min"), "min-above-max")
                    .with("min", min)
                    .with("max", max),
            );
        }
        if matches!(field.kind, Kind::Flag | Kind::Choice) && (field.min.is_some() || field.max.is_some()) {
            found.add(Problem::new(format!("{place}/min"), "bounds-without-meaning"));
        }
        options(found, &place, field.kind, &field.options);
        found.key(&format!("{place}/legal_basis"), &field.legal_basis);
        if let Some(evidence) = &field.evidence {
            found.key(&format!("{place}/evidence/kind"), &evidence.kind);
        }
        if let Some(condition) = &field.asked_when {
            let earlier = fields.iter().take(index).find(|one| one.key == condition.field);
            match earlier {
                None => found.add(
                    Problem::new(format!("{place}/asked_when/field"), "not-an-earlier-field")
                        .with("field", &condition.field),
                ),
                Some(other) if condition.is.kind() != other.kind => {
                    found.add(
                        Problem::new(format!("{place}/asked_when/is"), "other-kind").with("field", &condition.field),
                    );
                }
                Some(_) => {}
            }
        }
    }
}

fn options(found: &mut Found, place: &str, kind: Kind, options: &[String]) {
    let wanted = matches!(kind, Kind::Choice | Kind::Choices | Kind::Order);
    if wanted == options.is_empty() {
        let code = if wanted {
            "options-missing"
        } else {
            "options-without-meaning"
        };
        found.add(Problem::new(format!("{place}/options"), code));
    }
    found.at_most(&format!("{place}/options"), options.len(), MAX_OPTIONS);
    found.keys(&format!("{place}/options"), options.iter().map(String::as_str));
}

fn facts(found: &mut Found, about: &About) {
    let facts = &about.facts;
    let finds = about.schema != schema_of("0.1");
    found.at_most("/facts", facts.len(), MAX_FIELDS);
    found.keys("/facts", facts.iter().map(|fact| fact.key.as_str()));
    for (index, fact) in facts.iter().enumerate() {
        let place = format!("/facts/{index}");
        if fact.kind == Kind::Text {
            found.add(Problem::new(format!("{place}/kind"), "fact-is-text"));
        }
        options(found, &place, fact.kind, &fact.options);
        if let Some(find) = &fact.find {
            let place = format!("{place}/find");
            if !finds {
                found.add(Problem::new(&place, "needs-contract").with("contract", "0.2"));
            }
            if fact.kind != find.kind() {
                found.add(Problem::new(&place, "other-kind"));
            }
            lookup(found, &place, about, find);
        }
    }
}

/// The question that says which groups somebody belongs to is one with options, and the options are its own.
fn lookup(found: &mut Found, place: &str, about: &About, find: &Lookup) {
    if let Lookup::Distance { to } = find
        && !to.starts_with('/')
    {
        found.add(Problem::new(format!("{place}/to"), "not-a-pointer"));
    }
    let Some(groups) = find.groups() else { return };
    let place = format!("{place}/groups");
    let field = groups.field.as_deref().map(|reference| about.field(reference));
    let options = match field {
        None if groups.of.is_empty() => return,
        Some(Some(field)) if field.kind == Kind::Choice && !field.host_only => &field.options,
        _ => return found.add(Problem::new(format!("{place}/field"), "unknown-field")),
    };
    if groups.of.keys().any(|option| !options.contains(option)) {
        found.add(Problem::new(format!("{place}/of"), "unknown-option"));
    }
}

fn criteria(found: &mut Found, about: &About) {
    if about.criteria.is_empty() {
        found.add(Problem::new("/criteria", "empty"));
    }
    found.at_most("/criteria", about.criteria.len(), MAX_CRITERIA);
    found.keys("/criteria", about.criteria.iter().map(|one| one.key.as_str()));
    let mut alternatives: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, criterion) in about.criteria.iter().enumerate() {
        let place = format!("/criteria/{index}");
        found.key(&format!("{place}/legal_basis"), &criterion.legal_basis);
        if let Some(name) = &criterion.alternatives {
            found.key(&format!("{place}/alternatives"), name);
            *alternatives.entry(name).or_default() += 1;
        }
        let Some(reference) = &criterion.field else { continue };
        let is_fact = reference
            .strip_prefix("fact.")
            .is_some_and(|key| about.facts.iter().any(|fact| fact.key == key));
        match about.field(reference) {
            None if is_fact => {}
            None => found.add(Problem::new(format!("{place}/field"), "unknown-field").with("field", reference)),
            Some(field) if field.host_only => {
                found.add(Problem::new(format!("{place}/field"), "field-stays-with-host").with("field", reference));
            }
            Some(_) => {}
        }
    }
    for (name, count) in alternatives {
        if count < 2 {
            found.add(Problem::new("/criteria", "alternative-of-nothing").with("alternatives", name));
        }
    }
}

fn ranking(found: &mut Found, about: &About) {
    found.at_most("/ranking", about.ranking.len(), MAX_RANKING);
    found.keys("/ranking", about.ranking.iter().map(|one| one.key.as_str()));
    for (index, key) in about.ranking.iter().enumerate() {
        if let (Some(min), Some(max)) = (key.min, key.max)
            && min > max
        {
            found.add(
                Problem::new(format!("/ranking/{index}/min"), "min-above-max")
                    .with("min", min)
                    .with("max", max),
            );
        }
    }
}

/// What is written down at a delivery: no document belongs to it, and a role has its kind.
fn recorded(found: &mut Found, about: &About) {
    let asked = &about.delivery.fields;
    fields(found, "/delivery/fields", asked);
    let mut roles = BTreeSet::new();
    for (index, field) in asked.iter().enumerate() {
        let place = format!("/delivery/fields/{index}");
        let mut wrong = |part: &str, code: &str| {
            let problem = Problem::new(format!("{place}{part}"), code);
            found.add(problem.with("field", &field.key));
        };
        if field.evidence.is_some() || field.host_only {
            wrong("", "only-in-forms");
        }
        let is_new = field.role.is_some() || field.each || field.sensitivity == Sensitivity::None;
        if is_new && about.schema == schema_of("0.1") {
            wrong("", "needs-contract");
        }
        if field.each && about.capacity_unit == CapacityUnit::Household {
            wrong("/each", "each-without-participants");
        }
        if field.each && field.sensitivity == Sensitivity::None {
            wrong("/sensitivity", "each-is-personal");
        }
        let other_list = field.asked_when.as_ref().is_some_and(|condition| {
            let earlier = asked.iter().find(|earlier| earlier.key == condition.field);
            earlier.is_some_and(|earlier| earlier.each != field.each)
        });
        if other_list {
            wrong("/asked_when/field", "not-an-earlier-field");
        }
        let names = field.among.as_deref().map(|reference| about.field(reference));
        let is_named = names.is_none_or(|asked| asked.is_some_and(|asked| asked.kind == Kind::Text));
        if !is_named || (field.among.is_some() && field.role != Some(Role::CollectedBy)) {
            wrong("/among", "unknown-field");
        }
        let Some(role) = field.role else { continue };
        if field.kind != role.kind() {
            wrong("/kind", "role-of-other-kind");
        }
        if role.is_impersonal() != (field.sensitivity == Sensitivity::None) {
            wrong("/sensitivity", "role-of-other-sensitivity");
        }
        if (role == Role::Presence) != field.each && role != Role::CollectedBy {
            wrong("/each", "role-of-other-subject");
        }
        if !roles.insert(role) {
            wrong("/role", "role-twice");
        }
    }
}

fn delivery(found: &mut Found, about: &About) {
    let delivery = &about.delivery;
    recorded(found, about);
    found.keys(
        "/delivery/failures",
        delivery.failures.iter().map(|one| one.key.as_str()),
    );
    found.keys(
        "/delivery/supplies",
        delivery.supplies.iter().map(|one| one.key.as_str()),
    );
    for (name, reference) in [
        ("places_of", &delivery.places_of),
        ("series_of", &delivery.series_of),
        ("features_of", &delivery.features_of),
    ] {
        let Some(reference) = reference else { continue };
        if about.field(reference).is_none_or(|field| field.options.is_empty()) {
            found.add(Problem::new(format!("/delivery/{name}"), "unknown-field").with("field", reference));
        }
    }
    if let Some(pointer) = &delivery.stock_in {
        let name = pointer.strip_prefix('/').and_then(|rest| rest.split('/').next());
        let declared = name.and_then(|name| about.parameters.get("properties")?.get(name));
        if declared.is_none_or(|parameter| parameter.get("type") != Some(&serde_json::json!("object"))) {
            found.add(Problem::new("/delivery/stock_in", "unknown-parameter").with("parameter", pointer));
        }
    }
    if delivery.supplies.is_empty() {
        found.add(Problem::new("/delivery/supplies", "empty"));
    }
    for (index, supply) in delivery.supplies.iter().enumerate() {
        if !about
            .expense_categories
            .iter()
            .any(|category| category.key == supply.category)
        {
            found.add(
                Problem::new(format!("/delivery/supplies/{index}/category"), "unknown-category")
                    .with("category", &supply.category),
            );
        }
    }
}
