//! A program's texts: Fluent messages in several languages, with keys made from the description.
//!
//! Keys: `name`, `summary`, `field-<key>` (`.hint`, `.purpose`), `option-<field>-<option>`, `evidence-<kind>` (`.hint`),
//! `criterion-<key>` (`.met`, `.not-met`, `.unknown`, `.not-applicable`, with `$seen` and `$wanted`), `basis-<key>`,
//! `rank-<key>`, `reason-<key>`, `parameter-<key>` (`.hint`), `parameter-<key>-<option>`, `supply-<key>`, `failure-<key>`, `indicator-<key>`,
//! `category-<key>`.

mod keys;
mod show;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::about::About;
use crate::problem::Problem;
use crate::verdict::{CriterionVerdict, State};

pub use show::show;

/// Texts of one program in all its languages.
#[derive(Default)]
pub struct Texts {
    bundles: BTreeMap<String, FluentBundle<FluentResource>>,
    keys: BTreeMap<String, BTreeSet<String>>,
}

/// An argument of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Text, shown as it is.
    Text(String),
    /// A whole number, which also chooses plural forms.
    Number(i64),
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts")
            .field("languages", &self.bundles.keys())
            .finish_non_exhaustive()
    }
}

impl Texts {
    /// Reads Fluent sources by language. Several sources of one language are one set.
    pub fn new<'a>(sources: impl Iterator<Item = (&'a String, &'a String)>) -> Result<Self, Vec<Problem>> {
        let mut texts = Self::default();
        let mut problems = Vec::new();
        for (language, source) in sources {
            let Ok(tag) = language.parse::<LanguageIdentifier>() else {
                problems.push(Problem::new(format!("/{language}"), "unknown-language"));
                continue;
            };
            let resource = FluentResource::try_new(source.clone()).unwrap_or_else(|(resource, errors)| {
                problems.extend(errors.iter().map(|error| {
                    Problem::new(format!("/{language}"), "bad-text")
                        .with("reason", error)
                        .with("at", error.pos.start)
                }));
                resource
            });
            texts
                .keys
                .entry(language.clone())
                .or_default()
                .extend(keys::of(&resource));
            let bundle = texts.bundles.entry(language.clone()).or_insert_with(|| {
                let mut bundle = FluentBundle::new_concurrent(vec![tag]);
                bundle.set_use_isolating(false);
                bundle
            });
            if let Err(errors) = bundle.add_resource(resource) {
                problems.extend(
                    errors
                        .iter()
                        .map(|error| Problem::new(format!("/{language}"), "duplicate-text").with("reason", error)),
                );
            }
        }
        if problems.is_empty() { Ok(texts) } else { Err(problems) }
    }

    /// Languages that there are texts in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.bundles.keys().map(String::as_str)
    }

    /// The text of a key (`field-residence`, `criterion-disability.not-met`). `None` where the language has no such text.
    pub fn text(&self, language: &str, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let bundle = self.bundles.get(language)?;
        let (id, attribute) = match key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (key, None),
        };
        let message = bundle.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let mut fluent = FluentArgs::new();
        for (name, arg) in args {
            fluent.set(
                *name,
                match arg {
                    Arg::Text(text) => FluentValue::from(text.as_str()),
                    Arg::Number(number) => FluentValue::from(*number),
                },
            );
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&fluent), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }

    /// The same, with the key itself where there is no text, so that a page never breaks.
    pub fn text_or_key(&self, language: &str, key: &str) -> String {
        self.text(language, key, &[]).unwrap_or_else(|| key.to_owned())
    }

    /// A value as it is shown: `67,00 %`, `4.200,00 €`, `31/7/2022`, the text of an option.
    pub fn value(&self, language: &str, about: &About, criterion: usize, value: i64) -> String {
        let Some(criterion) = about.criteria.get(criterion) else {
            return value.to_string();
        };
        if criterion.unit == crate::about::Unit::Choice
            && let Some(field) = criterion.field.as_deref().and_then(|reference| about.field(reference))
            && let Some(option) = usize::try_from(value).ok().and_then(|symbol| field.options.get(symbol))
        {
            return self.text_or_key(language, &format!("option-{}-{option}", field.key));
        }
        show(language, criterion.unit, value)
    }

    /// A criterion's verdict as one sentence, with the value seen and the value wanted; after it the program's reason, if it gave one.
    pub fn criterion(&self, language: &str, about: &About, criterion: usize, verdict: &CriterionVerdict) -> String {
        let Some(declared) = about.criteria.get(criterion) else {
            return String::new();
        };
        let value = |value: Option<i64>| {
            Arg::Text(value.map_or_else(
                || show::nothing(language).to_owned(),
                |value| self.value(language, about, criterion, value),
            ))
        };
        let id = format!("criterion-{}", declared.key);
        let args = [("seen", value(verdict.seen)), ("wanted", value(verdict.wanted))];
        let said = self
            .text(language, &format!("{id}.{}", verdict.state.name()), &args)
            .or_else(|| self.text(language, &id, &args))
            .unwrap_or(id);
        match &verdict.why {
            None => said,
            Some(why) => format!("{said} {}", self.text_or_key(language, &format!("reason-{why}"))),
        }
    }

    /// What is missing: every key of the description in every language, the same keys everywhere, nothing unused.
    pub fn check(&self, about: &About, languages: &[String]) -> Vec<Problem> {
        let wanted = keys::wanted(about);
        let optional = keys::optional(about);
        let mut problems = Vec::new();
        let nothing = BTreeSet::new();
        for language in languages {
            let have = self.keys.get(language).unwrap_or(&nothing);
            problems.extend(
                wanted
                    .difference(have)
                    .map(|key| Problem::new(format!("/{language}/{key}"), "text-missing")),
            );
            let unused = have.difference(&wanted).filter(|key| !optional.contains(*key));
            problems.extend(unused.map(|key| Problem::new(format!("/{language}/{key}"), "text-not-used")));
        }
        let all: BTreeSet<&String> = languages
            .iter()
            .filter_map(|language| self.keys.get(language))
            .flatten()
            .collect();
        for language in languages {
            let have = self.keys.get(language).unwrap_or(&nothing);
            let missing = all
                .iter()
                .filter(|key| optional.contains(**key) && !have.contains(**key));
            problems.extend(missing.map(|key| Problem::new(format!("/{language}/{key}"), "text-missing")));
        }
        problems
    }

    /// What would stop a state from being explained: used by tests of programs.
    pub fn explains(&self, language: &str, criterion: &str, state: State) -> bool {
        self.keys
            .get(language)
            .is_some_and(|keys| keys.contains(&format!("criterion-{criterion}.{}", state.name())))
    }
}
