//! What people write for a term or a language, and its code.

use std::collections::{HashMap, HashSet};

use osn_core::directory::{Directory, Taxonomy};
use osn_core::text::fold;

use super::sheet::Row;
use crate::fault::{Code, Faults};

/// Terms by what people call them.
pub(super) struct Words(HashMap<(Taxonomy, String), Vec<String>>);

impl Words {
    pub(super) fn of(directory: &Directory) -> Self {
        let mut words: HashMap<(Taxonomy, String), Vec<String>> = HashMap::new();
        for taxonomy in Taxonomy::RULED {
            for term in directory.terms(taxonomy) {
                let names = term
                    .name
                    .iter()
                    .map(|(_, name)| name)
                    .chain(term.aliases.iter().map(String::as_str));
                for name in names.chain([term.code.as_str()]) {
                    let known = words.entry((taxonomy, fold(name))).or_default();
                    if !known.iter().any(|code| code == term.code.as_str()) {
                        known.push(term.code.as_str().to_owned());
                    }
                }
            }
        }
        Self(words)
    }

    /// Codes of the terms in a cell.
    pub(super) fn codes(&self, row: &Row<'_>, key: &str, taxonomy: Taxonomy, faults: &mut Faults) -> Vec<String> {
        let mut codes = Vec::new();
        for word in crate::cell::codes(row.said(key)) {
            match self.code(taxonomy, &word) {
                Ok(code) if codes.contains(&code) => {}
                Ok(code) => codes.push(code),
                Err(code) => faults.push(row.wrong(key, code, &word)),
            }
        }
        codes
    }

    /// The code of a term by what it is called.
    pub(super) fn code(&self, taxonomy: Taxonomy, word: &str) -> Result<String, Code> {
        let word = fold(word);
        match self.0.get(&(taxonomy, word.clone())).map(Vec::as_slice) {
            Some([code]) => Ok(code.clone()),
            Some(_) => Err(Code::ManyOwners),
            None => self.named_inside(taxonomy, &word).ok_or(Code::UnknownTerm),
        }
    }

    /// The one area whose name stands inside what was written, as whole words: registers write `Council of the 7th Municipal
    /// Community` where the list says `7th Municipal Community`. Names of one word say too little to be looked for so.
    fn named_inside(&self, taxonomy: Taxonomy, written: &str) -> Option<String> {
        if taxonomy != Taxonomy::Area {
            return None;
        }
        let written = format!(" {written} ");
        let found = self
            .0
            .iter()
            .filter(|((of, name), _)| *of == taxonomy && name.contains(' ') && written.contains(&format!(" {name} ")));
        let found: HashSet<&String> = found.flat_map(|(_, codes)| codes).collect();
        match found.into_iter().collect::<Vec<_>>().as_slice() {
            [code] => Some((*code).clone()),
            _ => None,
        }
    }
}

/// Codes of languages by their names.
pub(super) fn languages(text: &str) -> Result<Vec<String>, String> {
    const NAMES: [(&str, &[&str]); 16] = [
        ("el", &["ελληνικα", "greek"]),
        ("en", &["αγγλικα", "english"]),
        ("fr", &["γαλλικα", "french"]),
        ("ar", &["αραβικα", "arabic"]),
        ("fa", &["φαρσι", "περσικα", "farsi", "persian"]),
        ("ur", &["ουρντου", "urdu"]),
        ("uk", &["ουκρανικα", "ukrainian"]),
        ("ru", &["ρωσικα", "russian"]),
        ("sq", &["αλβανικα", "albanian"]),
        ("ro", &["ρουμανικα", "romanian"]),
        ("bg", &["βουλγαρικα", "bulgarian"]),
        ("de", &["γερμανικα", "german"]),
        ("es", &["ισπανικα", "spanish"]),
        ("it", &["ιταλικα", "italian"]),
        ("tr", &["τουρκικα", "turkish"]),
        ("gss", &["νοηματικη", "ελληνικη νοηματικη γλωσσα", "sign language"]),
    ];
    let words = text
        .split([';', ',', '\n'])
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            let folded = fold(word);
            let known = NAMES
                .iter()
                .find(|(code, names)| *code == word.to_lowercase() || names.contains(&folded.as_str()));
            let is_code = (2..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
            known
                .map(|(code, _)| (*code).to_owned())
                .or_else(|| is_code.then(|| word.to_owned()))
                .ok_or_else(|| word.to_owned())
        })
        .collect()
}
