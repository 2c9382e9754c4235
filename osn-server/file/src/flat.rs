//! Records as rows: each entity in its table, what hangs on it with the identifier of its owner.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use osn_core::directory::{Directory, DirectoryRecord, Taxonomy, derived_id};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::cell;
use crate::tables::{Column, Kind, TABLES, position, table};

/// An object of JSON.
pub(crate) type Object = Map<String, Value>;

/// A column of a written table: the text of a language has one of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laid {
    /// Position among the table's columns.
    pub column: usize,
    /// The language, beside the Greek.
    pub lang: Option<String>,
}

/// The columns of every table, for the languages that the mapping speaks.
#[derive(Clone, Debug)]
pub struct Layout {
    tables: Vec<Vec<Laid>>,
}

impl Layout {
    /// For texts in these languages; Greek is always there.
    pub fn new<'l>(langs: impl IntoIterator<Item = &'l str>) -> Self {
        let langs: BTreeSet<&str> = langs.into_iter().filter(|lang| *lang != "el").collect();
        let laid = |at: usize, column: &Column| {
            let plain = Laid { column: at, lang: None };
            let more = langs.iter().filter(|_| matches!(column.kind, Kind::Text));
            let more = more.map(|lang| Laid {
                column: at,
                lang: Some((*lang).to_owned()),
            });
            [plain].into_iter().chain(more).collect::<Vec<_>>()
        };
        let columns = |columns: &'static [Column]| columns.iter().enumerate().flat_map(|(at, column)| laid(at, column));
        Self {
            tables: TABLES.iter().map(|table| columns(table.columns).collect()).collect(),
        }
    }

    /// The columns of a table.
    pub fn columns(&self, table: usize) -> &[Laid] {
        self.tables.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// The header of a table, as HSDS names it.
    pub fn header(&self, at: usize) -> Vec<String> {
        let Some(table) = table(at) else { return Vec::new() };
        let named = self.columns(at).iter().filter_map(|laid| {
            let name = table.columns.get(laid.column)?.name;
            Some(match &laid.lang {
                None => name.to_owned(),
                Some(lang) => format!("{name}@{lang}"),
            })
        });
        named.collect()
    }
}

/// The languages that records speak.
pub fn languages(records: impl IntoIterator<Item = DirectoryRecord>) -> BTreeSet<String> {
    let mut found = BTreeSet::from(["el".to_owned(), "en".to_owned()]);
    for record in records {
        let Ok(Value::Object(object)) = serde_json::to_value(&record) else {
            continue;
        };
        if let Some(at) = position_of(&record) {
            speaks(at, &object, &mut found);
        }
    }
    found
}

fn speaks(at: usize, object: &Object, found: &mut BTreeSet<String>) {
    let Some(table) = table(at) else { return };
    for column in table.columns {
        match (column.kind, object.get(column.field)) {
            (Kind::Text, Some(Value::Object(texts))) => {
                for lang in texts
                    .keys()
                    .filter(|lang| !found.contains(lang.as_str()))
                    .cloned()
                    .collect::<Vec<_>>()
                {
                    found.insert(lang);
                }
            }
            (Kind::Part(part), _) => {
                if let (Some(at), Some(Value::Object(inner))) = (position(part), object.get(part)) {
                    speaks(at, inner, found);
                }
            }
            _ => {}
        }
    }
    for (child, field) in children(at) {
        for inner in object.get(field).and_then(Value::as_array).into_iter().flatten() {
            if let Value::Object(inner) = inner {
                speaks(child, inner, found);
            }
        }
    }
}

/// The table of a record.
pub(crate) fn position_of(record: &DirectoryRecord) -> Option<usize> {
    position(&record.kind().replace('-', "_"))
}

/// What hangs on rows of a table: the tables of the parts, with the list that holds them.
pub(crate) fn children(owner: usize) -> impl Iterator<Item = (usize, &'static str)> {
    let name = table(owner).map(|table| table.name).unwrap_or_default();
    TABLES.iter().enumerate().flat_map(move |(at, child)| {
        child.columns.iter().filter_map(move |column| match column.kind {
            Kind::Link { parent, field } if parent == name => Some((at, field)),
            Kind::Owner(field) if owns(name, child.name) => Some((at, field)),
            _ => None,
        })
    })
}

/// Whether rows of a table may have attributes or metadata.
fn owns(owner: &str, child: &str) -> bool {
    match owner {
        "metadata" | "meta_table_description" => false,
        "attribute" | "taxonomy" | "taxonomy_term" => child == "metadata",
        _ => true,
    }
}

/// What rows need to know of the terms: codes stand for identifiers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    ids: HashMap<(String, String), Uuid>,
    names: HashMap<String, Value>,
    taxonomies: BTreeMap<&'static str, Uuid>,
}

fn taxonomy_key(taxonomy: Taxonomy) -> String {
    match taxonomy {
        Taxonomy::Other(id) => id.to_string(),
        ruled => ruled.name().unwrap_or_default().to_owned(),
    }
}

impl Terms {
    pub(crate) fn of(directory: &Directory) -> Self {
        let mut terms = Self::default();
        for term in directory.all_terms() {
            let key = (taxonomy_key(term.taxonomy), term.code.as_str().to_owned());
            terms.ids.insert(key, term.id.uuid());
            if term.taxonomy.name().is_some()
                && let Ok(name) = serde_json::to_value(&term.name)
            {
                terms.names.insert(term.code.as_str().to_owned(), name);
            }
        }
        for taxonomy in directory.taxonomies() {
            if let Some(name) = taxonomy.taxonomy.name() {
                terms.taxonomies.insert(name, taxonomy.id.uuid());
            }
        }
        terms
    }

    /// The identifier of the taxonomy that a key stands for.
    pub(crate) fn taxonomy(&self, key: &str) -> Option<String> {
        let ruled = self.taxonomies.get(key).map(Uuid::to_string);
        ruled.or_else(|| Uuid::parse_str(key).is_ok().then(|| key.to_owned()))
    }

    /// The identifier of the term above a term.
    pub(crate) fn parent(&self, term: &Object) -> Option<String> {
        let parent = term.get("parent").and_then(Value::as_str)?;
        self.id(&taxonomy_of(term), parent).map(|id| id.to_string())
    }

    fn id(&self, taxonomy: &str, code: &str) -> Option<Uuid> {
        self.ids.get(&(taxonomy.to_owned(), code.to_owned())).copied()
    }
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlatRow {
    /// Position of the table.
    pub table: usize,
    /// A cell for each column of the layout.
    pub cells: Vec<String>,
}

/// Makes rows of records, one record after the other.
#[derive(Debug)]
pub struct Flattener<'l> {
    layout: &'l Layout,
    terms: Terms,
    /// Units that were written, with what they said.
    units: HashMap<Uuid, Value>,
    /// Rows that clients of HSDS look for and that follow from columns of ours are written too.
    derived: bool,
    rows: Vec<FlatRow>,
}

impl<'l> Flattener<'l> {
    /// For the records of a mapping. `derived`: also the attributes, languages and areas that follow from our own columns.
    pub fn new(directory: &Directory, layout: &'l Layout, derived: bool) -> Self {
        Self {
            layout,
            terms: Terms::of(directory),
            units: HashMap::new(),
            derived,
            rows: Vec::new(),
        }
    }

    /// The rows of a record; the record's own first.
    ///
    /// # Errors
    /// Only where a record cannot be written as JSON.
    pub fn rows(&mut self, record: &DirectoryRecord) -> Result<Vec<FlatRow>, serde_json::Error> {
        let value = serde_json::to_value(record)?;
        if let (Some(at), Value::Object(object)) = (position_of(record), value) {
            self.entity(at, &object, None);
            if self.derived
                && let DirectoryRecord::Service(_) = record
            {
                self.derive(&object);
            }
        }
        Ok(std::mem::take(&mut self.rows))
    }

    fn entity(&mut self, at: usize, object: &Object, owner: Option<(usize, &str)>) {
        let Some(table) = table(at) else { return };
        let cells = self.layout.columns(at).iter().map(|laid| {
            let column = table.columns.get(laid.column)?;
            Some(self.cell(column, laid.lang.as_deref(), object, owner))
        });
        let mut cells: Vec<String> = cells.map(Option::unwrap_or_default).collect();
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
        if table.name == "service_capacity" {
            self.unit(object, &mut cells);
        }
        self.rows.push(FlatRow { table: at, cells });
        for (child, field) in children(at) {
            for inner in object.get(field).and_then(Value::as_array).into_iter().flatten() {
                if let Value::Object(inner) = inner {
                    self.entity(child, inner, Some((at, id)));
                }
            }
        }
    }

    /// The unit of a capacity stands in its own table, once; where two units with one identifier differ, the second stands
    /// beside its capacity.
    fn unit(&mut self, object: &Object, cells: &mut [String]) {
        let (Some(at), Some(unit @ Value::Object(inner))) = (position("unit"), object.get("unit")) else {
            return;
        };
        let id = inner
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| Uuid::parse_str(id).ok());
        let Some(id) = id else { return };
        match self.units.get(&id) {
            Some(known) if known == unit => {}
            Some(_) => {
                if let Some(last) = cells.last_mut() {
                    *last = unit.to_string();
                }
            }
            None => {
                self.units.insert(id, unit.clone());
                self.entity(at, inner, None);
            }
        }
    }

    fn cell(&self, column: &Column, lang: Option<&str>, object: &Object, owner: Option<(usize, &str)>) -> String {
        let value = object.get(column.field);
        let owner_name = owner.and_then(|(at, _)| table(at)).map(|table| table.name);
        let owner_id = owner.map(|(_, id)| id.to_owned()).unwrap_or_default();
        match (column.kind, value) {
            (Kind::Text, Some(Value::Object(texts))) => match lang {
                None => cell::main_text(texts, column.required),
                Some(lang) => texts.get(lang).and_then(Value::as_str).unwrap_or_default().to_owned(),
            },
            (Kind::Link { parent, .. }, _) if owner_name == Some(parent) => owner_id,
            (Kind::Owner(_), _) => owner_id,
            (Kind::OwnerKind, _) => owner_name.unwrap_or_default().to_owned(),
            (Kind::Part(part), _) => {
                let id = object.get(part).and_then(|part| part.get("id"));
                id.and_then(Value::as_str).unwrap_or_default().to_owned()
            }
            (Kind::TaxonomyName, Some(Value::String(name))) => name.clone(),
            (Kind::TaxonomyId, _) => self.terms.taxonomy(&taxonomy_of(object)).unwrap_or_default(),
            (Kind::ParentTerm, _) => self.terms.parent(object).unwrap_or_default(),
            (Kind::Choice(_), None) if column.name == "address_type" => "physical".to_owned(),
            (Kind::Derived, _) if column.name == "osn_untyped" && !object.contains_key("address_type") => {
                "true".to_owned()
            }
            (Kind::Link { .. } | Kind::Derived | Kind::Unused | Kind::Json | Kind::TaxonomyName | Kind::Text, _) => {
                String::new()
            }
            (_, None) => String::new(),
            (kind, Some(value)) => cell::write(kind, value),
        }
    }

    /// What clients of HSDS look for: attributes for categories and groups, languages and areas by name.
    fn derive(&mut self, service: &Object) {
        let id = service.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Ok(uuid) = Uuid::parse_str(&id) else { return };
        let list = |field: &str| -> Vec<String> {
            let list = service.get(field).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        for (field, taxonomy, link_type) in [
            ("categories", "category", "service_type"),
            ("groups", "beneficiary-group", "eligibility"),
        ] {
            for code in list(field) {
                let Some(term) = self.terms.id(taxonomy, &code) else {
                    continue;
                };
                let made = derived_id(uuid, &format!("osn/{link_type}"), &term.to_string());
                let label = self.terms.names.get(&code).cloned().unwrap_or(Value::Null);
                let cells = [
                    ("taxonomy_term_id", Value::from(term.to_string())),
                    ("link_type", Value::from(link_type)),
                    ("label", label),
                ];
                self.made("attribute", made, cells, &id);
            }
        }
        for code in list("languages") {
            let made = derived_id(uuid, "osn/language", &code);
            self.made("language", made, [("code", Value::from(code))], &id);
        }
        for code in list("areas") {
            let made = derived_id(uuid, "osn/service_area", &code);
            let name = self.terms.names.get(&code).cloned().unwrap_or(Value::Null);
            self.made("service_area", made, [("name", name)], &id);
        }
    }

    fn made<const N: usize>(&mut self, name: &str, id: Uuid, cells: [(&str, Value); N], owner: &str) {
        let (Some(at), Some(service)) = (position(name), position("service")) else {
            return;
        };
        let mut object: Object = cells.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        object.insert("id".to_owned(), Value::from(id.to_string()));
        self.entity(at, &object, Some((service, owner)));
        let mark = self.layout.columns(at).iter().position(|laid| {
            let column = table(at).and_then(|table| table.columns.get(laid.column));
            column.is_some_and(|column| column.name == "osn_derived")
        });
        if let (Some(row), Some(mark)) = (self.rows.last_mut(), mark)
            && let Some(cell) = row.cells.get_mut(mark)
        {
            "true".clone_into(cell);
        }
    }
}

/// The taxonomy of a term or a description as a key: its part in the rules, or its identifier.
pub(crate) fn taxonomy_of(object: &Object) -> String {
    match object.get("taxonomy") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Object(other)) => other
            .get("other")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        _ => String::new(),
    }
}
