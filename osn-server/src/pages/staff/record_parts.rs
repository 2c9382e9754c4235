//! A part of a record and the questions about it: made from the shape of the mapping's entities, so that none is forgotten.

use std::collections::BTreeSet;

use osn_core::directory::{Directory, FieldShape, Shape, Taxonomy};
use osn_core::id::TermId;
use osn_core::upkeep::RecordKind;
use serde_json::{Value, json};

use super::record_languages::language;
use super::record_read::{clock, set, texts};
use crate::acts::upkeep::terms::tree;
use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Control, Field, FormView};
use crate::pages::shown;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Where a row that does not exist yet stands in its list.
const NEW: &str = "new";
/// What no form writes: HSDS's own trail of changes comes with a file, and the day of the last confirmation follows from one.
const KEPT: [&str; 2] = ["metadata", "assured_date"];
/// Texts of one line; the others have room for several.
const NAMES: [&str; 12] = [
    "name",
    "alternate_name",
    "title",
    "department",
    "label",
    "value",
    "source",
    "document",
    "option",
    "legal_status",
    "attending_type",
    "amount_description",
];
/// What stands first in a form, in this order; the rest follows as the entity has it.
const FIRST: [&str; 12] = [
    "name",
    "freq",
    "byday",
    "bymonthday",
    "interval",
    "opens_at",
    "closes_at",
    "public_holidays",
    "description",
    "valid_from",
    "valid_to",
    "dtstart",
];
/// HSDS `phone.type`: the standard names these and lets no other in.
const PHONES: [&str; 7] = ["voice", "cell", "fax", "text", "textphone", "video", "pager"];

/// One step from a record into it: a list with the identifier of a row, or a single entity.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    name: &'static str,
    row: Option<String>,
}

/// A part of a record: the record itself, or an entity somewhere in it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    steps: Vec<Step>,
    fields: &'static [FieldShape],
}

impl Part {
    /// The part at a way like `contacts/<id>/phones/new`; the record itself at an empty one.
    pub(super) fn at(kind: RecordKind, way: &str) -> Option<Self> {
        let mut part = Self {
            steps: Vec::new(),
            fields: kind.fields(),
        };
        let mut names = way.split('/').filter(|name| !name.is_empty());
        while let Some(name) = names.next() {
            let field = part.fields.iter().find(|field| field.name == name && is_asked(field))?;
            let (fields, row) = match field.shape {
                Shape::Entities(fields) => (fields, Some(names.next()?.to_owned())),
                Shape::Entity(fields) => (fields, None),
                _ => return None,
            };
            part.steps.push(Step { name: field.name, row });
            part.fields = fields;
        }
        // A single entity is asked with what it stands in.
        part.steps.last().is_none_or(|step| step.row.is_some()).then_some(part)
    }

    /// Its way.
    pub(super) fn way(&self) -> String {
        let names = self
            .steps
            .iter()
            .flat_map(|step| [Some(step.name), step.row.as_deref()]);
        names.flatten().collect::<Vec<_>>().join("/")
    }

    /// The part that it stands in; the record stands in none.
    pub(super) fn parent(&self, kind: RecordKind) -> Option<Self> {
        let mut steps = self.steps.clone();
        steps.pop()?;
        while steps.last().is_some_and(|step| step.row.is_none()) {
            steps.pop();
        }
        let above = Self { steps, fields: &[] };
        Self::at(kind, &above.way())
    }

    /// The list in which it stands.
    pub(super) fn list(&self) -> Option<&'static str> {
        self.steps.last().map(|step| step.name)
    }

    /// Whether it does not exist yet.
    pub(super) fn is_new(&self) -> bool {
        self.steps.last().is_some_and(|step| step.row.as_deref() == Some(NEW))
    }

    /// Whether it is the record itself.
    pub(super) const fn is_whole(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether it is the link between a service and a place, which comes and goes with the choice of places.
    pub(super) fn is_link(&self) -> bool {
        self.list() == Some("service_at_locations")
    }

    /// What the record says there; nothing where there is no such row.
    pub(super) fn of<'v>(&self, record: &'v Value) -> Option<&'v Value> {
        self.steps.iter().try_fold(record, |value, step| {
            let value = value.get(step.name)?;
            let Some(row) = &step.row else { return Some(value) };
            value.as_array()?.iter().find(|item| has_id(item, row))
        })
    }

    /// The lists below it, each with the way to it from here.
    pub(super) fn lists(&self) -> Vec<(String, &'static str)> {
        let mut lists = Vec::new();
        collect_lists(self.fields, "", &mut lists);
        lists
    }

    /// The questions about it. `elsewhere` are the fields that another form of the page asks for: of these, only texts are
    /// asked again, in every language.
    pub(super) fn questions(
        &self,
        p: &Page,
        directory: &Directory,
        said: &Value,
        langs: &[String],
        elsewhere: &BTreeSet<&str>,
    ) -> Vec<Field> {
        let asking = Asking { p, directory, langs };
        let fields = self.fields.iter();
        let fields = fields.filter(|field| field.shape == Shape::Text || !elsewhere.contains(field.name));
        let fields: Vec<FieldShape> = fields.copied().collect();
        asking.of(&fields, self.list().unwrap_or_default(), "", said)
    }

    /// The record with what was typed about this part; `fresh` is the identifier of a new row.
    ///
    /// # Errors
    /// A part that is gone, an answer that cannot be read, a new row of which nothing was said.
    pub(super) fn laid_over(&self, record: &Value, form: &FormView, typed: &Value, fresh: &Value) -> Outcome<Value> {
        let mut out = record.clone();
        let mut item = if self.is_new() {
            json!({ "id": fresh })
        } else {
            self.of(record)
                .cloned()
                .ok_or_else(|| Refusal::not_found("record.unknown-part"))?
        };
        let before = item.clone();
        lay(&mut item, self.fields, form, typed, "")?;
        if self.is_new() && item == before {
            return Err(Refusal::field("", "typed-nothing"));
        }
        self.put(&mut out, Some(item))?;
        Ok(out)
    }

    /// The record without this part.
    ///
    /// # Errors
    /// A part that is gone.
    pub(super) fn without(&self, record: &Value) -> Outcome<Value> {
        let mut out = record.clone();
        self.of(record)
            .ok_or_else(|| Refusal::not_found("record.unknown-part"))?;
        self.put(&mut out, None)?;
        Ok(out)
    }

    /// Puts the part into the record, or takes it out.
    fn put(&self, record: &mut Value, item: Option<Value>) -> Outcome<()> {
        let gone = || Refusal::not_found("record.unknown-part");
        let Some((last, above)) = self.steps.split_last() else {
            *record = item.unwrap_or_default();
            return Ok(());
        };
        let mut place = record;
        for step in above {
            place = place.get_mut(step.name).ok_or_else(gone)?;
            if let Some(row) = &step.row {
                let mut items = place.as_array_mut().ok_or_else(gone)?.iter_mut();
                place = items.find(|item| has_id(item, row)).ok_or_else(gone)?;
            }
        }
        let Some(row) = &last.row else {
            set(place, last.name, item);
            return Ok(());
        };
        let mut items = place
            .get(last.name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let at = items.iter().position(|item| has_id(item, row));
        match (at, item) {
            (Some(at), Some(item)) => items.splice(at..=at, [item]).for_each(drop),
            (Some(at), None) => drop(items.remove(at)),
            (None, Some(item)) => items.push(item),
            (None, None) => {}
        }
        set(place, last.name, (!items.is_empty()).then_some(Value::Array(items)));
        Ok(())
    }

    /// The same errors at the questions about this part: what the record's rules say of a list they say of no row.
    pub(super) fn placed(&self, form: &FormView, errors: &[FieldError]) -> Vec<FieldError> {
        let placed = errors.iter().map(|error| {
            let names = error.path.split('/').filter(|name| !name.is_empty());
            let mut names = names.filter(|name| name.parse::<usize>().is_err()).peekable();
            for step in &self.steps {
                if names.next_if_eq(&step.name).is_none() {
                    return error.clone();
                }
            }
            let path = names.fold(String::new(), |path, name| path + "/" + name);
            in_words_of(form, error, path)
        });
        placed.collect()
    }
}

/// An error at a question, which it calls by its label and not by the way to the field in the record.
pub(super) fn in_words_of(form: &FormView, error: &FieldError, path: String) -> FieldError {
    let mut placed = FieldError { path, ..error.clone() };
    let last = error.path.rsplit('/').next().unwrap_or_default();
    let asked = form.fields().find(|field| field.name == placed.path);
    let asked = asked.filter(|field| field.name.split('/').any(|name| name == last));
    let way = error.path.trim_start_matches('/').replace('/', ".");
    if let (Some(field), Some(name)) = (asked, placed.args.get_mut("name"))
        && *name == way
    {
        name.clone_from(&field.label);
    }
    placed
}

fn has_id(item: &Value, row: &str) -> bool {
    item.get("id").and_then(Value::as_str) == Some(row)
}

fn is_asked(field: &FieldShape) -> bool {
    !KEPT.contains(&field.name)
}

fn collect_lists(fields: &'static [FieldShape], way: &str, lists: &mut Vec<(String, &'static str)>) {
    for field in fields.iter().filter(|field| is_asked(field)) {
        match field.shape {
            Shape::Entities(_) => lists.push((format!("{way}{}", field.name), field.name)),
            Shape::Entity(inner) => collect_lists(inner, &format!("{way}{}/", field.name), lists),
            _ => {}
        }
    }
}

/// What a field is called: in its list, else anywhere.
pub(super) fn label(p: &Page, list: &str, field: &str) -> Option<String> {
    let dashed = |name: &str| name.replace('_', "-");
    let own = (!list.is_empty()).then(|| format!("record-field-{}-{}", dashed(list), dashed(field)));
    own.and_then(|key| p.opt(&key))
        .or_else(|| p.opt(&format!("record-field-{}", dashed(field))))
}

/// The key of the words for one of several codes.
fn choice_key(field: &str, code: &str) -> String {
    let code = code.to_lowercase().replace(' ', "-");
    match field {
        "wkst" => format!("weekday-{code}"),
        field => format!("record-choice-{}-{code}", field.replace('_', "-")),
    }
}

/// How the questions are asked.
struct Asking<'a> {
    p: &'a Page,
    directory: &'a Directory,
    langs: &'a [String],
}

impl Asking<'_> {
    fn of(&self, fields: &[FieldShape], list: &str, prefix: &str, said: &Value) -> Vec<Field> {
        let mut fields: Vec<&FieldShape> = fields.iter().filter(|field| is_asked(field)).collect();
        let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
        fields.sort_by_key(|field| place(field.name));
        fields
            .into_iter()
            .flat_map(|field| self.one(field, list, prefix, said.get(field.name)))
            .collect()
    }

    fn one(&self, field: &FieldShape, list: &str, prefix: &str, said: Option<&Value>) -> Vec<Field> {
        let p = self.p;
        let name = format!("{prefix}/{}", field.name);
        let label = label(p, list, field.name).unwrap_or_else(|| field.name.to_owned());
        let dashed = field.name.replace('_', "-");
        let hint = p.opt(&format!("record-hint-{dashed}")).unwrap_or_default();
        let one = match field.shape {
            Shape::Text => return self.text(field, list, &name, &label, said),
            Shape::Entity(inner) => return self.of(inner, field.name, &name, said.unwrap_or(&Value::Null)),
            Shape::Reference | Shape::Values | Shape::Entities(_) => return Vec::new(),
            Shape::Line if field.name == "phone_type" => Field::select(&name, label, self.kinds_of_phone(said)),
            Shape::Line if field.name == "extent" => Field::area(&name, label),
            Shape::Line if field.name == "email" => Field::line(&name, label).wide("20", "email"),
            Shape::Line => Field::line(&name, label),
            Shape::Uri => Field::line(&name, label).wide("", "url"),
            Shape::Flag => Field::flag(p, &name, label),
            Shape::Whole => Field::int(&name, label),
            Shape::Number => Field::decimal(&name, label),
            Shape::Day | Shape::DayOrMoment => Field::day(&name, label),
            Shape::Time => Field::line(&name, label)
                .wide("5", "numeric")
                .hint(p.t("record-time-hint")),
            Shape::Choice(codes) => Field::select(&name, label, self.choices(field.name, codes)),
            Shape::Term => Field::select(&name, label, self.terms(said)),
        };
        let one = if hint.is_empty() { one } else { one.hint(hint) };
        let mut one = if field.required { one } else { one.optional() };
        if let Some(value) = said.and_then(|said| as_asked(field.shape, said)) {
            one.show(p, &value);
        }
        vec![one]
    }

    /// A text in every language that is asked for.
    fn text(&self, field: &FieldShape, list: &str, name: &str, label: &str, said: Option<&Value>) -> Vec<Field> {
        let is_said = |lang: &str| said.is_some_and(|said| said.get(lang).is_some());
        let in_lang = |lang: &String| {
            let words = format!("{label} ({})", language(self.p, lang));
            let mut one = Field::line(&format!("{name}/{lang}"), words).in_language(lang);
            if !NAMES.contains(&field.name) {
                one.control = Control::Area(3);
            }
            // A record says its name in Greek; of a part, one language will do.
            let elsewhere = !list.is_empty() && self.langs.iter().any(|other| other != "el" && is_said(other));
            if !field.required || lang != "el" || elsewhere {
                one = one.optional();
            }
            if let Some(value) = said.and_then(|said| said.get(lang)) {
                one.show(self.p, value);
            }
            one
        };
        self.langs.iter().map(in_lang).collect()
    }

    fn choices(&self, field: &str, codes: &[&str]) -> Vec<Choice> {
        let choice = |code: &&str| Choice::new(*code, self.p.t(&choice_key(field, code)));
        codes.iter().map(choice).collect()
    }

    /// The standard's kinds of telephone, and what a source wrote instead: what is not offered would be lost.
    fn kinds_of_phone(&self, said: Option<&Value>) -> Vec<Choice> {
        let mut choices = self.choices("phone_type", &PHONES);
        let other = said.and_then(Value::as_str).filter(|said| !PHONES.contains(said));
        choices.extend(other.map(|said| Choice::new(said, said)));
        choices
    }

    /// Terms of the municipality's own taxonomies, each below the name of its taxonomy, and the one that stands there.
    fn terms(&self, said: Option<&Value>) -> Vec<Choice> {
        let said = said.and_then(Value::as_str);
        let own = self.directory.taxonomies();
        let own = own.filter(|one| matches!(one.taxonomy, Taxonomy::Other(_)));
        let choices = own.flat_map(|one| {
            let name = self.p.text(&one.name);
            let terms = tree(self.directory, one.taxonomy, self.p.tag()).into_iter();
            terms.map(move |(depth, term)| {
                let term_name = shown::below(self.p, depth, term);
                Choice::new(term.id.to_string(), format!("{name}: {term_name}"))
            })
        });
        let mut choices: Vec<Choice> = choices.collect();
        let other = said.filter(|said| choices.iter().all(|choice| choice.value != *said));
        choices.extend(other.map(|said| {
            let term = said
                .parse()
                .ok()
                .and_then(|id| self.directory.term_by_id(TermId::new(id)));
            let name = term.map(|term| self.p.text(&term.name));
            Choice::new(said, name.unwrap_or_else(|| said.to_owned()))
        }));
        choices
    }
}

/// A value as the question about it shows it: hours without seconds, of a moment its day.
fn as_asked(shape: Shape, value: &Value) -> Option<Value> {
    let length = match shape {
        Shape::Time => 5,
        Shape::DayOrMoment => 10,
        _ => return Some(value.clone()),
    };
    Some(json!(value.as_str()?.get(..length)?))
}

/// Lays what was typed over an entity; what the form does not ask for stays.
fn lay(item: &mut Value, fields: &[FieldShape], form: &FormView, typed: &Value, prefix: &str) -> Outcome<()> {
    for field in fields.iter().filter(|field| is_asked(field)) {
        let name = format!("{prefix}/{}", field.name);
        let below = format!("{name}/");
        let given = typed.pointer(&name);
        if let Shape::Entity(inner) = field.shape {
            let mut own = item.get(field.name).cloned().unwrap_or_else(|| json!({}));
            lay(&mut own, inner, form, typed, &name)?;
            if own.get("id").is_none() && own != json!({}) {
                own_id(&mut own, item);
            }
            set(item, field.name, (own != json!({})).then_some(own));
            continue;
        }
        let asked = form
            .fields()
            .any(|asked| asked.name == name || asked.name.starts_with(&below));
        if !asked {
            continue;
        }
        let before = item.get(field.name).cloned();
        let value = match field.shape {
            Shape::Text => {
                let langs = form.fields().filter_map(|asked| asked.name.strip_prefix(&below));
                texts(before.as_ref(), given, &langs.collect::<Vec<_>>())
            }
            Shape::Time => match given.and_then(Value::as_str) {
                Some(text) => Some(clock(text).ok_or_else(|| Refusal::field(&name, "typed-time"))?),
                None => None,
            },
            // The moment stays while nobody changes its day.
            Shape::DayOrMoment => match before.filter(|before| as_asked(field.shape, before).as_ref() == given) {
                Some(before) => Some(before),
                None => given.cloned(),
            },
            _ => given.cloned(),
        };
        set(item, field.name, value);
    }
    Ok(())
}

/// A single entity that is new gets an identifier that follows from what it stands in.
fn own_id(own: &mut Value, above: &Value) {
    let above = above.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let id = osn_core::directory::derived_id(above.unwrap_or_default(), "part", "single");
    if let Some(own) = own.as_object_mut() {
        own.insert("id".to_owned(), json!(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::zone::Zone;

    /// Every field, choice and list of every entity has a name in both languages.
    #[test]
    fn every_field_has_a_name() {
        fn look(p: &Page, fields: &[FieldShape], list: &str, missing: &mut BTreeSet<String>) {
            for field in fields.iter().filter(|field| is_asked(field)) {
                if label(p, list, field.name).is_none() {
                    missing.insert(format!("{}: {list} {}", p.tag(), field.name));
                }
                let codes: &[&str] = match field.shape {
                    Shape::Choice(codes) => codes,
                    _ if field.name == "phone_type" => &PHONES,
                    Shape::Entity(inner) | Shape::Entities(inner) => {
                        look(p, inner, field.name, missing);
                        continue;
                    }
                    _ => continue,
                };
                // The record's own choices are asked by its usual form.
                for code in codes.iter().filter(|_| !list.is_empty()) {
                    let key = choice_key(field.name, code);
                    if p.opt(&key).is_none() {
                        missing.insert(format!("{}: {key}", p.tag()));
                    }
                }
            }
        }
        let mut missing = BTreeSet::new();
        for lang in [Lang::El, Lang::En] {
            let p = Page::plain(lang, Zone::named("Europe/Athens").unwrap(), "/");
            for kind in RecordKind::ALL {
                look(&p, kind.fields(), "", &mut missing);
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    /// What a record says is asked in its usual form, among its details, or in a list of parts.
    #[test]
    fn the_two_forms_of_a_record_ask_for_everything() {
        let p = Page::plain(Lang::El, Zone::named("Europe/Athens").unwrap(), "/");
        let directory = Directory::default();
        let langs = ["el".to_owned()];
        for kind in RecordKind::ALL {
            let record = super::super::record_form::blank(kind, uuid::Uuid::nil(), None);
            let usual = super::super::record_form::form(&p, &directory, kind, &record, false);
            let top = |field: &Field| {
                field
                    .name
                    .trim_start_matches('/')
                    .split('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            };
            let usual: BTreeSet<String> = usual.fields().map(top).collect();
            let elsewhere: BTreeSet<&str> = usual.iter().map(String::as_str).collect();
            let part = Part::at(kind, "").unwrap();
            let details = part.questions(&p, &directory, &record, &langs, &elsewhere);
            let details: BTreeSet<String> = details.iter().map(top).collect();
            for field in kind.fields().iter().filter(|field| is_asked(field)) {
                let is_list = matches!(field.shape, Shape::Entities(_));
                // A service is asked for its program where its body has any.
                let is_there = is_list || field.name == "program_id" || elsewhere.contains(field.name);
                assert!(is_there || details.contains(field.name), "{kind:?} {}", field.name);
            }
        }
    }

    #[test]
    fn a_way_leads_to_a_part_and_nowhere_else() {
        let way = |way: &str| Part::at(RecordKind::Service, way).map(|part| part.way());
        for known in [
            "",
            "phones/new",
            "capacities/a/unit/attributes/b",
            "service_at_locations/a/schedules/b",
        ] {
            assert_eq!(way(known).as_deref(), Some(known));
        }
        for unknown in [
            "phones",
            "capacities/a/unit",
            "metadata/a",
            "name/el",
            "phones/a/number",
            "nothing/a",
        ] {
            assert_eq!(way(unknown), None, "{unknown}");
        }
        let part = Part::at(RecordKind::Service, "capacities/a/unit/attributes/b").unwrap();
        assert_eq!(part.parent(RecordKind::Service).unwrap().way(), "capacities/a");
    }
}
