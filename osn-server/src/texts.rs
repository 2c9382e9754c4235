//! Texts of answers and pages in the languages of [`crate::lang`], from Fluent files.

use std::collections::BTreeMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use osn_core::money::Money;
use unic_langid::LanguageIdentifier;

use crate::lang::Lang;

/// The messages of refusals, which this crate's acts name by code.
const MESSAGES: [(Lang, &str); 2] = [
    (Lang::El, include_str!("../messages/el.ftl")),
    (Lang::En, include_str!("../messages/en.ftl")),
];

/// Every text, by language and key.
pub struct Texts {
    bundles: BTreeMap<Lang, FluentBundle<FluentResource>>,
}

/// A file of texts that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextsError {
    /// Not Fluent.
    #[error("a text file in `{lang}` is not valid Fluent: {what}")]
    Syntax {
        /// Its language.
        lang: &'static str,
        /// The parser's words.
        what: String,
    },
    /// One key twice.
    #[error("a text stands twice in `{lang}`: {what}")]
    Twice {
        /// Its language.
        lang: &'static str,
        /// The key.
        what: String,
    },
}

impl Texts {
    /// The texts of this server: messages of refusals, and what the pages bring.
    pub fn load() -> Result<Self, TextsError> {
        Self::from_sources(MESSAGES.into_iter().chain(crate::pages::LOCALES.iter().copied()))
    }

    /// Texts from Fluent sources.
    pub fn from_sources<'s>(sources: impl IntoIterator<Item = (Lang, &'s str)>) -> Result<Self, TextsError> {
        let mut bundles = BTreeMap::new();
        for lang in Lang::ALL {
            let tag: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // The isolating marks around arguments serve mixed directions; none of our languages is written right to left.
            bundle.set_use_isolating(false);
            // An argument is text: `EURO($left)` shows an amount as the language writes it, and leaves everything else alone.
            let named = bundle.add_function("EURO", move |given, _| match given.first() {
                Some(FluentValue::String(said)) => match said.parse::<Money>() {
                    Ok(amount) => crate::pages::money(lang, amount).into(),
                    Err(_) => said.clone().into(),
                },
                Some(other) => other.clone().into_owned(),
                None => FluentValue::Error,
            });
            named.map_err(|error: FluentError| TextsError::Twice {
                lang: lang.tag(),
                what: format!("{error:?}"),
            })?;
            bundles.insert(lang, bundle);
        }
        for (lang, source) in sources {
            let lang_tag = lang.tag();
            let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| TextsError::Syntax {
                lang: lang_tag,
                what: format!("{errors:?}"),
            })?;
            if let Some(bundle) = bundles.get_mut(&lang) {
                bundle.add_resource(resource).map_err(|errors| TextsError::Twice {
                    lang: lang_tag,
                    what: format!("{errors:?}"),
                })?;
            }
        }
        Ok(Self { bundles })
    }

    /// The text of a key (`key`, or `key.attribute`), with its arguments; `None` where there is no such text.
    pub fn find(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> Option<String> {
        let bundle = self.bundles.get(&lang)?;
        let (key, attribute) = key
            .split_once('.')
            .map_or((key, None), |(key, attribute)| (key, Some(attribute)));
        let message = bundle.get_message(key)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut values = FluentArgs::new();
        for (name, value) in args {
            // Whole numbers choose plural forms; everything else is text.
            match value.parse::<i32>() {
                Ok(number) => values.set(*name, number),
                Err(_) => values.set(*name, *value),
            }
        }
        let mut errors = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned())
    }

    /// The text of a key; the key itself where there is none, so that a gap is seen and not hidden.
    pub fn get(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
        self.find(lang, key, args).unwrap_or_else(|| key.to_owned())
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("languages", &self.bundles.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_choose_the_plural() {
        let source =
            "places = { $n ->\n    [one] μία θέση\n   *[other] { $n } θέσεις\n}\nname = Όνομα\n    .hint = { $who }\n";
        let texts = Texts::from_sources([(Lang::El, source)]).unwrap();
        assert_eq!(texts.get(Lang::El, "places", &[("n", "1")]), "μία θέση");
        assert_eq!(texts.get(Lang::El, "places", &[("n", "150")]), "150 θέσεις");
        assert_eq!(texts.get(Lang::El, "name.hint", &[("who", "Άννα")]), "Άννα");
        assert_eq!(texts.find(Lang::En, "name", &[]), None);
    }

    #[test]
    fn an_amount_is_written_as_the_language_writes_it() {
        let source = "left = { EURO($left) }";
        let texts = Texts::from_sources([(Lang::El, source), (Lang::En, source)]).unwrap();
        let said = |lang, left| texts.get(lang, "left", &[("left", left)]);
        assert_eq!(said(Lang::El, "1234.50"), "1.234,50 €");
        assert_eq!(said(Lang::En, "1234.50"), "€1,234.50");
        // A number of people, and a word.
        assert_eq!(
            (said(Lang::El, "12"), said(Lang::El, "κενό")),
            ("12".to_owned(), "κενό".to_owned())
        );
    }

    #[test]
    fn the_languages_have_the_same_keys() {
        let keys = |source: &str| -> Vec<String> {
            let lines = source
                .lines()
                .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
            lines
                .filter_map(|line| line.split_once(" ="))
                .map(|(key, _)| key.to_owned())
                .collect()
        };
        let [el, en] = MESSAGES.map(|(_, source)| keys(source));
        assert_eq!(el, en);
        Texts::load().unwrap();
    }
}
