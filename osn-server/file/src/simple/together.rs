//! Rows that speak of one service or of one place, put together so that nothing of a later row is lost.

use std::collections::BTreeSet;

use osn_core::directory::Taxonomy;
use osn_core::text::fold;

use super::cost;
use super::sheet::Row;
use super::words::{Words, languages};
use crate::fault::{Code, Faults};
use crate::tables::Kind;

/// The cells that speak of a service, whatever place its row names.
pub(super) const OF_SERVICE: [&str; 15] = [
    "description",
    "category",
    "groups",
    "areas",
    "from",
    "to",
    "phone",
    "email",
    "website",
    "languages",
    "cost",
    "papers",
    "free",
    "places",
    "confirmed",
];

/// The cells that speak of a place, whatever service its row names.
pub(super) const OF_PLACE: [&str; 6] = ["structure", "address", "postal", "city", "area", "protected"];

/// The lists by which a service is counted in the coverage of the municipality.
const COUNTED: [(&str, Taxonomy); 3] = [
    ("category", Taxonomy::Category),
    ("groups", Taxonomy::BeneficiaryGroup),
    ("areas", Taxonomy::Area),
];

/// Stands in the list of groups for a service that is open to all.
const EVERYBODY: &str = "*";

/// Rows that speak of one service or of one place. Each cell is said by the first row that fills it; an empty cell of a later
/// row means “as above”, and a filled one that says otherwise is a fault. Lists of terms and languages are joined instead
/// ([`Lists`]), and so are hours.
pub(super) struct Together<'r> {
    first: Row<'r>,
    filled: Vec<(&'static str, Row<'r>)>,
}

impl<'r> Together<'r> {
    pub(super) fn of(
        keys: &[&'static str],
        rows: impl Iterator<Item = Row<'r>>,
        words: &Words,
        faults: &mut Faults,
    ) -> Option<Self> {
        let mut together: Option<Self> = None;
        for row in rows {
            let known = together.get_or_insert_with(|| Self {
                first: row.clone(),
                filled: Vec::new(),
            });
            for key in keys.iter().filter(|key| !row.said(key).is_empty()) {
                match known.filled.iter().find(|(filled, _)| filled == key) {
                    None => known.filled.push((key, row.clone())),
                    Some((_, before)) if !is_same(key, before.said(key), row.said(key), words) => {
                        faults.push(row.wrong(key, Code::SaidOtherwise, &before.seen_from(&row)));
                    }
                    Some(_) => {}
                }
            }
        }
        together
    }

    /// The first of the rows.
    pub(super) fn first(&self) -> &Row<'r> {
        &self.first
    }

    /// The row that says a cell; the first one where none does.
    pub(super) fn row(&self, key: &str) -> &Row<'r> {
        let filled = self.filled.iter().find(|(filled, _)| *filled == key);
        filled.map_or(&self.first, |(_, row)| row)
    }

    /// What the rows say; empty where none says anything.
    pub(super) fn said(&self, key: &str) -> &str {
        self.row(key).said(key)
    }
}

/// Whether two cells of a column say the same, however each is written.
fn is_same(key: &str, first: &str, second: &str, words: &Words) -> bool {
    if first == second {
        return true;
    }
    let parts = |text: &str, ends: &[char], read: fn(&str) -> String| -> BTreeSet<String> {
        let parts = text.split(ends).map(read);
        parts.filter(|part| !part.is_empty()).collect()
    };
    let are_same = |ends: &[char], read: fn(&str) -> String| parts(first, ends, read) == parts(second, ends, read);
    let kind = match key {
        "category" | "groups" | "areas" | "languages" => return true,
        "description" | "structure" | "address" | "city" => return are_same(&[], fold),
        "papers" => return are_same(&PAPERS, fold),
        "phone" => return are_same(&PHONES, digits),
        "postal" => return are_same(&[], digits),
        "area" => {
            let code = |text| words.code(Taxonomy::Area, text).ok();
            return code(first).is_some_and(|first| code(second) == Some(first));
        }
        "cost" => {
            return (cost::read(first), cost::read(second)) == (Some(true), Some(true)) || are_same(&[], spaced);
        }
        "from" | "to" | "free" | "places" => Kind::Count,
        "confirmed" => Kind::Date,
        "protected" => Kind::Flag,
        "website" => Kind::Uri,
        _ => Kind::Email,
    };
    match (crate::cell::read(kind, first), crate::cell::read(kind, second)) {
        (Ok(first), Ok(second)) => first == second,
        _ => false,
    }
}

/// What stands between telephones in one cell.
pub(super) const PHONES: [char; 3] = [';', '\n', '/'];
/// What stands between papers in one cell.
pub(super) const PAPERS: [char; 2] = [';', '\n'];

/// A number that people write with spaces, dots and dashes in it, without them.
pub(super) fn digits(text: &str) -> String {
    let kept = text.chars().filter(|letter| letter.is_alphanumeric() || *letter == '+');
    kept.collect()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The lists of a service, joined over its rows.
///
/// A service is counted for each of its groups in each of its communities. So a row may add to one of the lists that are
/// counted: «Άνεργοι» in the 6th community and «Άστεγοι» in the 6th make both groups in the 6th. A row that adds to one and
/// differs in another is a fault: «Άνεργοι» in the 6th and «Άστεγοι» in the 7th would, joined, claim the homeless of the 6th
/// for served. Open to all and a list of groups do not go together either. Languages are counted with nothing, and simply add.
pub(super) struct Lists {
    counted: [Vec<String>; 3],
    pub(super) languages: Vec<String>,
}

impl Lists {
    pub(super) fn of<'r>(
        rows: impl Iterator<Item = Row<'r>>,
        together: &Together<'_>,
        words: &Words,
        faults: &mut Faults,
    ) -> Self {
        let mut lists = Self {
            counted: Default::default(),
            languages: Vec::new(),
        };
        for row in rows {
            lists.count(&row, together, words, faults);
            match languages(row.said("languages")) {
                Ok(codes) => add(&mut lists.languages, codes),
                Err(word) => faults.push(row.wrong("languages", Code::InvalidCode, &word)),
            }
        }
        lists
    }

    /// Codes of one of the lists that are counted.
    pub(super) fn codes(&self, key: &str) -> Vec<String> {
        let found = COUNTED.iter().zip(&self.counted).find(|((known, _), _)| *known == key);
        let codes = found.map(|(_, codes)| codes.iter().filter(|code| *code != EVERYBODY).cloned());
        codes.into_iter().flatten().collect()
    }

    /// Whether the service is open to all.
    pub(super) fn is_for_everybody(&self) -> bool {
        self.counted.iter().flatten().any(|code| code == EVERYBODY)
    }

    fn count(&mut self, row: &Row<'_>, together: &Together<'_>, words: &Words, faults: &mut Faults) {
        let before = faults.len();
        let said = COUNTED.map(|(key, taxonomy)| {
            let is_all = ["ολοι", "για ολουσ", "all", "everybody"].contains(&fold(row.said(key)).as_str());
            if is_all && taxonomy == Taxonomy::BeneficiaryGroup {
                vec![EVERYBODY.to_owned()]
            } else {
                words.codes(row, key, taxonomy, faults)
            }
        });
        // Of a list that was not understood nobody knows whether it differs.
        if faults.len() > before {
            return;
        }
        let is_in = |few: &[String], many: &[String]| few.iter().all(|code| many.contains(code));
        let (mut differs, mut adds, mut torn) = (Vec::new(), false, false);
        for (((key, _), known), said) in COUNTED.iter().zip(&self.counted).zip(&said) {
            if said.is_empty() || (is_in(said, known) && is_in(known, said)) {
                continue;
            }
            differs.push((*key, known.is_empty()));
            adds |= !known.is_empty() && !is_in(said, known);
            torn |= !known.is_empty() && known.iter().chain(said).any(|code| code == EVERYBODY);
        }
        if torn || (adds && differs.len() > 1) {
            let wrong = differs
                .into_iter()
                .filter(|(key, is_new)| !is_new && (!torn || *key == "groups"));
            for (key, _) in wrong {
                faults.push(row.wrong(key, Code::SaidOtherwise, &together.row(key).seen_from(row)));
            }
            return;
        }
        for (known, said) in self.counted.iter_mut().zip(said) {
            add(known, said);
        }
    }
}

/// Adds what is not there yet.
fn add(known: &mut Vec<String>, said: Vec<String>) {
    for code in said {
        if !known.contains(&code) {
            known.push(code);
        }
    }
}
