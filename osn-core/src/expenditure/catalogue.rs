//! The words of the rules: titles, articles, reasons and remedies in Greek and English, beside the rules and not in them.
//!
//! A corrected word never changes what was judged: the version of the rule set is over numbers and code alone.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fault::Fault;
use super::finding::{Finding, Value};
use super::parameters::Marking;
use crate::lang::LocalText;
use crate::parameter::{self, DataError};

const FILE: &str = "expenditure-rules.toml";
const TEXT: &str = include_str!("../../data/expenditure-rules.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    word: BTreeMap<String, LocalText>,
    rule: Vec<Words>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    title: LocalText,
    remedy: LocalText,
    code: Vec<Code>,
    #[serde(default)]
    reason: BTreeMap<String, LocalText>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    #[serde(rename = "code")]
    name: String,
    /// Where it asks something else than the others that share its words.
    #[serde(default)]
    title: Option<LocalText>,
    article: LocalText,
    marking: Marking,
    /// Numbers of earlier law that are from memory, though the rule itself is sourced: the name of a finding's value, and
    /// the value as it is written in the data.
    #[serde(default)]
    from_memory: BTreeMap<String, String>,
}

/// The words of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleWords {
    /// What it asks.
    pub title: LocalText,
    /// The article.
    pub article: LocalText,
    /// What to do when it speaks against an expense.
    pub remedy: LocalText,
    /// How far it is known: a person is told to verify what is from memory.
    pub marking: Marking,
    /// Values of a finding that are from memory although the rule is sourced, by their names.
    pub from_memory: BTreeMap<String, String>,
    /// Reasons by their keys.
    pub reasons: BTreeMap<String, LocalText>,
}

/// A finding in a reader's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What the rule asks.
    pub title: String,
    /// Its article.
    pub article: String,
    /// Why it answers so; the title where nothing is to be said.
    pub reason: String,
    /// What to do; empty when nothing is.
    pub remedy: String,
    /// Whether the rule is to be verified with the managing authority.
    pub verify: bool,
}

/// All words.
#[derive(Clone, Debug)]
pub struct Catalogue {
    words: BTreeMap<String, LocalText>,
    rules: BTreeMap<String, RuleWords>,
}

impl Catalogue {
    /// Reads the crate's catalogue.
    ///
    /// # Errors
    /// When the data file is wrong; the tests find that.
    pub fn load() -> Result<Self, DataError> {
        Self::read(TEXT)
    }

    /// Reads words written as the crate's own are: those of a national set.
    ///
    /// # Errors
    /// When they are no such file, or a code stands twice.
    pub fn read(text: &str) -> Result<Self, DataError> {
        let file: File = parameter::read(FILE, text)?;
        let mut rules = BTreeMap::new();
        for words in file.rule {
            for code in &words.code {
                let rule = RuleWords {
                    title: code.title.as_ref().unwrap_or(&words.title).clone(),
                    article: code.article.clone(),
                    remedy: words.remedy.clone(),
                    marking: code.marking,
                    from_memory: code.from_memory.clone(),
                    reasons: words.reason.clone(),
                };
                if rules.insert(code.name.clone(), rule).is_some() {
                    return Err(DataError {
                        file: FILE,
                        reason: format!("{} stands twice", code.name),
                    });
                }
            }
        }
        Ok(Self {
            words: file.word,
            rules,
        })
    }

    /// The words of a rule.
    pub fn rule(&self, code: &str) -> Option<&RuleWords> {
        self.rules.get(code)
    }

    /// Every code with its words, in the order of the codes.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &RuleWords)> {
        self.rules.iter().map(|(code, words)| (code.as_str(), words))
    }

    /// The word for a code that reasons speak of, or the code itself.
    pub fn word<'a>(&'a self, code: &'a str, lang: &str) -> &'a str {
        self.words.get(code).map_or(code, |word| word.get(lang))
    }

    /// A finding in a language.
    pub fn say(&self, finding: &Finding, lang: &str) -> Said {
        let values = finding.values.iter().map(|(name, value)| (name.as_ref(), value));
        let mut said = self.said(&finding.rule, &finding.reason, values, lang);
        if finding.verdict == super::finding::Verdict::Ok {
            said.remedy.clear();
        }
        said
    }

    /// A fault in a language: the reason, the article, and what to do.
    pub fn say_fault(&self, fault: &Fault, lang: &str) -> String {
        let values = fault.values.iter().map(|(name, value)| (name.as_ref(), value));
        let said = self.said(fault.rule, fault.reason, values, lang);
        format!("{} ({}). {}", said.reason, said.article, said.remedy)
    }

    fn said<'a>(
        &self,
        rule: &str,
        reason: &str,
        values: impl Iterator<Item = (&'a str, &'a Value)>,
        lang: &str,
    ) -> Said {
        let Some(words) = self.rules.get(rule) else {
            return Said {
                title: rule.to_owned(),
                article: String::new(),
                reason: reason.to_owned(),
                remedy: String::new(),
                verify: true,
            };
        };
        let mut text = words
            .reasons
            .get(reason)
            .map_or_else(|| words.title.get(lang), |reason| reason.get(lang))
            .to_owned();
        let mut verify = words.marking == Marking::Verify;
        for (name, value) in values {
            let from_memory = words.from_memory.get(name);
            verify |= from_memory.is_some_and(|known| match value {
                Value::Money(amount) => amount.to_string() == *known,
                Value::Share(share) => share.to_string() == *known,
                _ => false,
            });
            let shown = match value {
                Value::Text(code) => self.word(code, lang).to_owned(),
                other => other.shown(lang),
            };
            text = text.replace(&format!("{{{name}}}"), &shown);
        }
        Said {
            title: words.title.get(lang).to_owned(),
            article: words.article.get(lang).to_owned(),
            reason: text,
            remedy: words.remedy.get(lang).to_owned(),
            verify,
        }
    }
}
