//! Records to HSDS JSON, in one language.

use std::collections::BTreeMap;

use chrono::{FixedOffset, NaiveDate, NaiveTime, SecondsFormat};
use osn_core::directory::{Attribute, Directory, Metadata, Taxonomy, TaxonomyTerm, TermCode, derived_id};
use osn_core::id::{TaxonomyId, TermId};
use osn_core::lang::LocalText;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::field::Field;

/// How much of a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Identifier, moment of the last change, and what the schema requires beside them.
    Minimal,
    /// What stands in lists: every scalar and every one-to-one object, no arrays.
    List,
    /// Everything.
    Full,
}

/// The offset from UTC that a municipality's clocks show on a day.
type Offset<'d> = &'d (dyn Fn(NaiveDate) -> Option<FixedOffset> + Sync);

/// Writes records of one directory in one language.
#[derive(Clone, Copy)]
pub struct Writer<'d> {
    /// The directory in which pointers are followed.
    pub directory: &'d Directory,
    /// The language of the texts; a text that is not there in it falls back as [`LocalText::get`] says.
    pub lang: &'d str,
    /// The day on which the answer is given: the offset of opening hours is that day's.
    pub today: Option<NaiveDate>,
    offset: Option<Offset<'d>>,
    metadata: bool,
    beside: Option<&'d Directory>,
    pub(crate) form: Form,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

impl<'d> Writer<'d> {
    /// A writer that knows no offsets and leaves out who changed what.
    pub fn new(directory: &'d Directory, lang: &'d str) -> Self {
        Self {
            directory,
            lang,
            today: None,
            offset: None,
            metadata: false,
            beside: None,
            form: Form::Full,
        }
    }

    /// With local times that carry their offset.
    #[must_use]
    pub fn offset(mut self, today: NaiveDate, offset: Offset<'d>) -> Self {
        self.today = Some(today);
        self.offset = Some(offset);
        self
    }

    /// With HSDS `metadata`: for files that must lose nothing, never for the public.
    #[must_use]
    pub fn with_metadata(mut self) -> Self {
        self.metadata = true;
        self
    }

    /// With records that are in no mapping, as running actions are: when they changed is known there.
    #[must_use]
    pub fn beside(mut self, others: &'d Directory) -> Self {
        self.beside = Some(others);
        self
    }

    pub(crate) fn formed(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(crate) fn last_modified(&self, ids: impl IntoIterator<Item = Uuid>) -> Option<String> {
        let beside = |id| self.beside.and_then(|others| others.changed_at(id));
        let changed = |id| self.directory.changed_at(id).or_else(|| beside(id));
        // A record tells the names of its terms: it says something else when one of them does.
        let last = ids
            .into_iter()
            .filter_map(changed)
            .chain(self.directory.terms_changed_at())
            .max()?;
        // HSDS asks for milliseconds; rounded down, "on or after" this moment still finds the record.
        Some(last.to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    pub(crate) fn time(&self, time: NaiveTime) -> String {
        let local = time.format("%H:%M:%S").to_string();
        let offset = self.today.zip(self.offset).and_then(|(today, offset)| offset(today));
        offset.map_or_else(|| local.clone(), |offset| format!("{local}{offset}"))
    }

    pub(crate) fn object<E: Entity>(&self, entity: &E) -> Value {
        let mut out = Object::new(*self, entity.uuid());
        entity.write(&mut out);
        out.finish()
    }

    /// The identifier of a taxonomy, described or not.
    pub fn taxonomy_id(&self, taxonomy: Taxonomy) -> TaxonomyId {
        let described = self.directory.taxonomies().find(|known| known.taxonomy == taxonomy);
        described.map_or_else(|| taxonomy.undescribed_id(), |known| known.id)
    }
}

/// An entity of HSDS: listed once, written and read by that list.
pub(crate) trait Entity: Sized {
    /// Its identifier.
    fn uuid(&self) -> Uuid;
    /// Writes every field.
    fn write(&self, out: &mut Object<'_>);
    /// Reads every field.
    fn read(from: &mut crate::reader::Source<'_, '_>) -> Self;
}

/// One JSON object on its way out.
pub(crate) struct Object<'d> {
    pub(crate) writer: Writer<'d>,
    pub(crate) id: Uuid,
    map: Map<String, Value>,
    translations: BTreeMap<String, Map<String, Value>>,
    unsaid: Vec<&'static str>,
    osn: Map<String, Value>,
    attributes: Vec<Value>,
}

impl<'d> Object<'d> {
    pub(crate) fn new(writer: Writer<'d>, id: Uuid) -> Self {
        let mut map = Map::new();
        map.insert("id".into(), Value::String(id.to_string()));
        Self {
            writer,
            id,
            map,
            translations: BTreeMap::new(),
            unsaid: Vec::new(),
            osn: Map::new(),
            attributes: Vec::new(),
        }
    }

    pub(crate) fn put(&mut self, key: &str, value: Value) {
        self.map.insert(key.to_owned(), value);
    }

    pub(crate) fn field(&mut self, key: &'static str, value: &impl Field) {
        value.put(self, key);
    }

    /// A text in the language of the answer; in every language where there is more to say than that.
    pub(crate) fn text(&mut self, key: &'static str, text: &LocalText) {
        let lang = self.writer.lang;
        let shown = text.get(lang);
        if shown.is_empty() {
            return;
        }
        self.map.insert(key.to_owned(), Value::String(shown.to_owned()));
        if text.has(lang) && text.iter().count() == 1 {
            return;
        }
        for (lang, text) in text.iter() {
            let fields = self.translations.entry(lang.to_owned()).or_default();
            fields.insert(key.to_owned(), Value::String(text.to_owned()));
        }
    }

    /// What HSDS requires and the record does not say.
    pub(crate) fn unsaid(&mut self, key: &'static str, stand_in: impl Into<String>) {
        self.map.insert(key.to_owned(), Value::String(stand_in.into()));
        self.unsaid.push(key);
    }

    /// Says that a field says less than it seems to.
    pub(crate) fn less(&mut self, what: &'static str) {
        self.unsaid.push(what);
    }

    /// A text that HSDS requires: the name stands in for it.
    pub(crate) fn required_text(&mut self, key: &'static str, text: &LocalText, stand_in: &LocalText) {
        if text.is_empty() {
            self.unsaid(key, stand_in.get(self.writer.lang).to_owned());
        } else {
            self.text(key, text);
        }
    }

    /// A fact of ours that HSDS has no member for and that no attribute can carry.
    pub(crate) fn osn(&mut self, key: &str, value: Value) {
        self.osn.insert(key.to_owned(), value);
    }

    /// A typed fact as an attribute with a value.
    pub(crate) fn fact(&mut self, link_type: &'static str, value: &str) {
        let text = LocalText::only(self.writer.lang, value);
        self.derived(link_type, value, text, None);
    }

    /// A text as an attribute.
    pub(crate) fn told(&mut self, link_type: &'static str, text: &LocalText) {
        if !text.is_empty() {
            self.derived(link_type, "text", text.clone(), None);
        }
    }

    /// A typed term as an attribute.
    pub(crate) fn term(&mut self, link_type: &'static str, code: &TermCode) {
        match self.writer.directory.term(code).map(|term| term.id) {
            Some(id) => self.derived(link_type, &id.to_string(), LocalText::NONE, Some(id)),
            None => self.fact(link_type, code.as_str()),
        }
    }

    fn derived(&mut self, link_type: &str, key: &str, value: LocalText, term: Option<TermId>) {
        if self.writer.form != Form::Full {
            return;
        }
        let attribute = Attribute {
            link_type: Some(link_type.to_owned()),
            taxonomy_term_id: term,
            value,
            ..Attribute::new(derived_id(self.id, link_type, key))
        };
        self.attributes.push(self.writer.object(&attribute));
    }

    pub(crate) fn nested<E: Entity>(&mut self, key: &str, entity: &E) {
        let value = self.writer.object(entity);
        self.put(key, value);
    }

    pub(crate) fn term_object(&mut self, id: TermId) {
        match self.writer.directory.term_by_id(id) {
            Some(term) => self.nested::<TaxonomyTerm>("taxonomy_term", term),
            None => self.put("taxonomy_term_id", Value::String(id.to_string())),
        }
    }

    pub(crate) fn extras(&mut self, attributes: &[Attribute], metadata: &[Metadata]) {
        for attribute in attributes.iter().filter(|_| self.writer.form == Form::Full) {
            let value = self.writer.object(attribute);
            self.attributes.push(value);
        }
        self.changes(metadata);
    }

    pub(crate) fn changes(&mut self, metadata: &[Metadata]) {
        if self.writer.metadata && self.writer.form == Form::Full && !metadata.is_empty() {
            let changes = metadata.iter().map(|change| self.writer.object(change)).collect();
            self.put("metadata", Value::Array(changes));
        }
    }

    /// Adds rows to a list that may be there already.
    pub(crate) fn rows(&mut self, key: &str, rows: impl IntoIterator<Item = Value>) {
        let mut rows = rows.into_iter().peekable();
        if self.writer.form != Form::Full || rows.peek().is_none() {
            return;
        }
        let list = self.map.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.extend(rows);
        }
    }

    pub(crate) fn finish(mut self) -> Value {
        let attributes = std::mem::take(&mut self.attributes);
        self.rows("attributes", attributes);
        if !self.translations.is_empty() {
            let by_lang = self.translations.into_iter();
            let by_lang = by_lang.map(|(lang, fields)| (lang, Value::Object(fields))).collect();
            self.map.insert("translations".into(), Value::Object(by_lang));
        }
        if !self.unsaid.is_empty() {
            self.osn.insert("unsaid".into(), self.unsaid.into());
        }
        if !self.osn.is_empty() {
            self.map.insert("osn".into(), Value::Object(self.osn));
        }
        Value::Object(self.map)
    }
}
