//! Text in several languages, Greek first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A text in one or more languages, by primary language subtag (BCP 47), for example `el` and `en`.
///
/// A missing language falls back to Greek, then English, then whatever there is, so that a reader always sees something.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalText(BTreeMap<String, String>);

impl LocalText {
    /// A text in Greek and English.
    pub fn new(el: impl Into<String>, en: impl Into<String>) -> Self {
        Self(BTreeMap::from([("el".into(), el.into()), ("en".into(), en.into())]))
    }

    /// The text in `lang`, or its fallback; empty only when there is no text at all.
    pub fn get(&self, lang: &str) -> &str {
        self.0
            .get(lang)
            .or_else(|| self.0.get("el"))
            .or_else(|| self.0.get("en"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// Whether `lang` itself is there, without fallback.
    pub fn has(&self, lang: &str) -> bool {
        self.0.contains_key(lang)
    }

    /// Whether no language has a text.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|text| text.trim().is_empty())
    }

    /// Every language with its text, in the order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(lang, text)| (lang.as_str(), text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::LocalText;

    #[test]
    fn a_missing_language_falls_back_to_greek() {
        let text = LocalText::new("Σίτιση", "Meals");
        assert_eq!((text.get("en"), text.get("ar")), ("Meals", "Σίτιση"));
    }
}
