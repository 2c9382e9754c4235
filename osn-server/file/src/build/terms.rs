//! Terms of a file: their taxonomy, their code, what stands above them, and services from elsewhere that name them.

use osn_core::id::{TaxonomyId, TermId};
use serde_json::Value;
use uuid::Uuid;

use super::Builder;
use crate::book::Sheet;
use crate::fault::Code;
use crate::flat::Object;

impl Builder<'_> {
    /// The taxonomy of a description or a term, the term's code and what stands above it. `false` where the term stays out.
    pub(super) fn taxonomy(&mut self, sheet: &Sheet, row: usize, at: usize, id: Uuid, object: &mut Object) -> bool {
        let named = if at == 0 { "osn_taxonomy" } else { "taxonomy" };
        let ruled = ruled(&sheet.said(row, named));
        if let Some(name) = ruled {
            object.insert("taxonomy".to_owned(), Value::from(name));
        } else if at == 0 {
            if sheet.speaks(row, named) {
                object.insert("taxonomy".to_owned(), serde_json::json!({ "other": id.to_string() }));
            }
            return true;
        } else if let Some(taxonomy) = self.ids.pointed(0, &sheet.said(row, "taxonomy_id")) {
            if !self.ids.exists(0, taxonomy) {
                self.dangling(sheet, row, sheet.find("taxonomy_id"), &taxonomy.to_string());
                return false;
            }
            let described = self.described(taxonomy);
            object.insert("taxonomy".to_owned(), described);
        } else if !object.contains_key("taxonomy") {
            self.faults
                .push(sheet.wrong_in(row, "taxonomy_id", Code::Missing, "taxonomy_id"));
        }
        if at == 0 {
            return true;
        }
        object.entry("code").or_insert_with(|| Value::from(id.to_string()));
        let above = match (
            sheet.speaks(row, "osn_parent"),
            sheet.said(row, "osn_parent").as_str(),
            sheet.said(row, "parent_id").as_str(),
        ) {
            (true, "", _) => None,
            (true, code, _) => Some(code.to_owned()),
            (false, _, "") if sheet.speaks(row, "parent_id") => None,
            (false, _, "") => return true,
            (false, _, id) => {
                let code = self.ids.pointed(1, id).and_then(|id| self.code_of(id));
                if code.is_none() {
                    if self.options.lenient_references {
                        self.notes
                            .push(sheet.wrong_in(row, "parent_id", Code::ReferenceDropped, id));
                    } else {
                        self.faults
                            .push(sheet.wrong_in(row, "parent_id", Code::UnknownReference, id));
                    }
                }
                code
            }
        };
        match above {
            Some(code) => object.insert("parent".to_owned(), Value::from(code)),
            None => object.remove("parent"),
        };
        true
    }

    /// What a taxonomy is for the core: its part in the rules, or itself.
    fn described(&self, id: Uuid) -> Value {
        let in_file = self.book.sheet(0).and_then(|sheet| {
            let row = self.ids.row_of(0, id)?;
            ruled(&sheet.said(row, "osn_taxonomy"))
        });
        let known = || {
            self.existing
                .taxonomy(TaxonomyId::new(id))
                .and_then(|known| known.taxonomy.name())
        };
        match in_file.or_else(known) {
            Some(name) => Value::from(name),
            None => serde_json::json!({ "other": id.to_string() }),
        }
    }

    fn code_of(&self, id: Uuid) -> Option<String> {
        let in_file = self.book.sheet(1).and_then(|sheet| {
            let row = self.ids.row_of(1, id)?;
            let code = sheet.said(row, "code");
            Some(if code.is_empty() { id.to_string() } else { code })
        });
        in_file.or_else(|| Some(self.existing.term_by_id(TermId::new(id))?.code.as_str().to_owned()))
    }

    /// The taxonomy and the code of a term, where the rules read it.
    fn ruled_term(&self, id: Uuid) -> Option<(&'static str, String)> {
        let in_file = self.book.sheet(1).and_then(|sheet| {
            let row = self.ids.row_of(1, id)?;
            let named = ruled(&sheet.said(row, "taxonomy"));
            named.or_else(
                || match self.described(self.ids.pointed(0, &sheet.said(row, "taxonomy_id"))?) {
                    Value::String(name) => ruled(&name),
                    _ => None,
                },
            )
        });
        let known = || self.existing.term_by_id(TermId::new(id))?.taxonomy.name();
        Some((in_file.or_else(known)?, self.code_of(id)?))
    }

    /// Whether a service comes from elsewhere: its row has no word for what the rules read.
    pub(super) fn is_foreign(&self, sheet: &Sheet, row: usize) -> bool {
        (self.book.elsewhere || !self.book.silent_lists) && !sheet.speaks(row, "osn_categories")
    }

    /// A service from elsewhere: its attributes with terms that the rules read become categories, groups and areas, its
    /// languages become codes.
    pub(super) fn foreign(&self, service: &mut Object) {
        let mut found: Vec<(&str, String)> = Vec::new();
        if let Some(Value::Array(attributes)) = service.get_mut("attributes") {
            attributes.retain(|attribute| {
                let term = attribute.get("taxonomy_term_id").and_then(Value::as_str);
                let ruled = term
                    .and_then(|term| Uuid::parse_str(term).ok())
                    .and_then(|term| self.ruled_term(term));
                let kept = ruled.is_none() || attribute.get("value").is_some();
                found.extend(ruled);
                kept
            });
        }
        let named = |code: &Value| code.get("code").and_then(Value::as_str).map(str::to_owned);
        let languages = service.get("language_notes").and_then(Value::as_array);
        let is_code =
            |code: &String| (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        let codes: Vec<String> = languages
            .into_iter()
            .flatten()
            .filter_map(named)
            .filter(is_code)
            .collect();
        let mut add = |field: &str, code: String| {
            let list = service.entry(field).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list
                && !list.contains(&Value::from(code.clone()))
            {
                list.push(Value::from(code));
            }
        };
        for (taxonomy, code) in found {
            match taxonomy {
                "category" => add("categories", code),
                "beneficiary-group" => add("groups", code),
                _ => add("areas", code),
            }
        }
        for code in codes {
            add("languages", code);
        }
        for field in ["attributes", "language_notes"] {
            if service.get(field).and_then(Value::as_array).is_some_and(Vec::is_empty) {
                service.remove(field);
            }
        }
    }
}

/// The name of a taxonomy that the rules read, as files write it.
fn ruled(text: &str) -> Option<&'static str> {
    match osn_core::text::fold(text).as_str() {
        "category" | "κατηγορια" | "κατηγοριεσ" => Some("category"),
        "beneficiary group" | "beneficiary-group" | "ομαδα ωφελουμενων" | "ομαδεσ ωφελουμενων" => {
            Some("beneficiary-group")
        }
        "area" | "περιοχη" | "περιοχεσ" => Some("area"),
        _ => None,
    }
}
