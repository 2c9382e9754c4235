//! Text in several languages, Greek first.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text in one or more languages, by primary language subtag (BCP 47), for example `el` and `en`. JSON: an object.
///
/// A missing language falls back to Greek, then English, then whatever there is, so that a reader always sees something.
///
/// Held as a short list in the order of the tags: a city's mapping has hundreds of thousands of texts, nearly all of them
/// in one or two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalText(Vec<(Cow<'static, str>, String)>);

impl LocalText {
    /// No text in any language.
    pub const NONE: Self = Self(Vec::new());

    /// A text in one language.
    pub fn only(lang: impl AsRef<str>, text: impl Into<String>) -> Self {
        [(lang, text)].into_iter().collect()
    }

    /// Says it in one language more, or differently; an empty text takes the language away.
    pub fn set(&mut self, lang: impl AsRef<str>, text: impl Into<String>) {
        let (lang, text) = (lang.as_ref(), text.into());
        self.0.retain(|(known, _)| known != lang);
        if !text.is_empty() {
            let at = self.0.partition_point(|(known, _)| known.as_ref() < lang);
            self.0.insert(at, (tag(lang), text));
        }
    }

    /// A text in Greek and English.
    pub fn new(el: impl Into<String>, en: impl Into<String>) -> Self {
        Self(vec![(tag("el"), el.into()), (tag("en"), en.into())])
    }

    /// The text in `lang`, or its fallback; empty only when there is no text at all.
    pub fn get(&self, lang: &str) -> &str {
        self.in_language(lang)
            .or_else(|| self.in_language("el"))
            .or_else(|| self.in_language("en"))
            .or_else(|| self.0.first().map(|(_, text)| text.as_str()))
            .unwrap_or_default()
    }

    /// Whether `lang` itself is there, without fallback.
    pub fn has(&self, lang: &str) -> bool {
        self.in_language(lang).is_some()
    }

    /// Whether no language has a text.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, text)| text.trim().is_empty())
    }

    /// Every language with its text, in the order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(lang, text)| (lang.as_ref(), text.as_str()))
    }

    fn in_language(&self, lang: &str) -> Option<&str> {
        self.iter().find_map(|(known, text)| (known == lang).then_some(text))
    }
}

impl<L: AsRef<str>, T: Into<String>> FromIterator<(L, T)> for LocalText {
    /// Texts by language; of two in one language, the later counts.
    fn from_iter<I: IntoIterator<Item = (L, T)>>(texts: I) -> Self {
        let texts: BTreeMap<Cow<'static, str>, String> = texts
            .into_iter()
            .map(|(lang, text)| (tag(lang.as_ref()), text.into()))
            .collect();
        Self(texts.into_iter().collect())
    }
}

impl Serialize for LocalText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for LocalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::<String, String>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}

/// The tags that nearly every text carries are not allocated each time.
fn tag(lang: &str) -> Cow<'static, str> {
    match lang {
        "el" => Cow::Borrowed("el"),
        "en" => Cow::Borrowed("en"),
        other => Cow::Owned(other.to_owned()),
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

    #[test]
    fn the_order_in_which_languages_come_does_not_matter() {
        let text: LocalText = [("en", "Meals"), ("ar", "وجبات"), ("el", "Σίτιση"), ("en", "Food")]
            .into_iter()
            .collect();
        let json = serde_json::to_string(&text).expect("texts are JSON");
        assert_eq!(json, r#"{"ar":"وجبات","el":"Σίτιση","en":"Food"}"#);
        assert_eq!(serde_json::from_str::<LocalText>(&json).expect("its own JSON"), text);
    }
}
