//! Forms that work without script: fields named by JSON Pointer, so that what was typed becomes the API's body and an
//! error of the API finds its field again. Nothing that was typed is lost.

mod field;

use askama::Template;
use serde_json::{Map, Value as Json};

use super::chrome::Page;
use crate::refusal::{FieldError, Outcome, Refusal};

pub use field::{Choice, Control, Field, Read};

/// What was posted: names with values, in the order of the form.
#[derive(Clone, Default)]
pub struct Posted(Vec<(String, String)>);

impl std::fmt::Debug for Posted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Posted({} fields)", self.0.len())
    }
}

impl FromIterator<(String, String)> for Posted {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Posted {
    /// Reads an `application/x-www-form-urlencoded` body; what cannot be read is empty.
    pub fn read(body: &[u8]) -> Self {
        Self(serde_urlencoded::from_bytes(body).unwrap_or_default())
    }

    /// The first value of a name, trimmed; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.trim())
    }

    /// Everything, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The same with a value of its own under this name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// Forgets every field whose name begins so.
    pub fn forget(&mut self, prefix: &str) {
        self.0.retain(|(key, _)| !key.starts_with(prefix));
    }
}

/// Questions that belong together.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Title; none when the form is one group.
    pub title: String,
    /// Words below it.
    pub intro: String,
    /// The questions.
    pub fields: Vec<Field>,
    /// Buttons of this group alone: value of `op`, words.
    pub buttons: Vec<(String, String)>,
    /// Why each question is asked: question, purpose, legal basis.
    pub why: Vec<(String, String, String)>,
    /// It is folded away behind its title until something is typed there: one more row that need not be filled.
    pub folds: bool,
}

impl Group {
    /// Whether a folded group stands open: something was typed there, or is wrong there.
    pub fn is_open(&self) -> bool {
        let is_used = |field: &Field| field.error.is_some() || !field.value().is_empty();
        self.fields.iter().any(is_used)
    }
}

/// A form.
#[derive(Debug, Clone, Default)]
pub struct FormView {
    /// Where it posts.
    pub action: String,
    /// The questions.
    pub groups: Vec<Group>,
    /// Hidden fields.
    pub hidden: Vec<(String, String)>,
    /// Words on the button.
    pub button: String,
    /// Words on a second button that keeps what was typed as a draft: `op` is `draft`.
    pub draft: Option<String>,
    /// Where one goes without sending it: words, address.
    pub cancel: Option<(String, String)>,
    /// Whether it carries a file.
    pub multipart: bool,
    /// Whether leaving it after typing asks first.
    pub guard: bool,
    /// Whether the button is a second choice.
    pub secondary: bool,
}

/// A form with the page whose texts it needs.
#[derive(Debug, Template)]
#[template(path = "parts/form.html")]
struct FormTemplate<'a> {
    p: &'a Page,
    f: &'a FormView,
}

impl FormView {
    /// A form of one group.
    pub fn new(action: impl Into<String>, fields: Vec<Field>, button: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            groups: vec![Group {
                fields,
                ..Group::default()
            }],
            button: button.into(),
            ..Self::default()
        }
    }

    /// The same with a hidden field.
    #[must_use]
    pub fn hidden(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }

    /// The same as a second form of its page: its ids begin with `scope`.
    #[must_use]
    pub fn scoped(mut self, scope: &'static str) -> Self {
        self.fields_mut().for_each(|field| field.scope = scope);
        self
    }

    /// The finished HTML.
    pub fn html(&self, p: &Page) -> String {
        super::part::html(&FormTemplate { p, f: self })
    }

    /// Every question.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.groups.iter().flat_map(|group| &group.fields)
    }

    fn fields_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        self.groups.iter_mut().flat_map(|group| &mut group.fields)
    }

    /// Puts back what was typed.
    pub fn fill(&mut self, posted: &Posted) {
        self.fields_mut().for_each(|field| field.fill(posted));
    }

    /// The form speaks again of the version that was posted: whoever mends it has not seen what others wrote meanwhile.
    pub fn of_posted_version(&mut self, posted: &Posted) {
        let versions = self.hidden.iter_mut().filter(|(name, _)| name == "version");
        versions.for_each(|(_, version)| posted.get("version").clone_into(version));
    }

    /// Puts in what a record of the API holds, as people write it.
    pub fn show(&mut self, p: &Page, record: &Json) {
        for field in self.fields_mut() {
            if let Some(value) = record.pointer(&field.name) {
                field.show(p, value);
            }
        }
    }

    /// The body that the API would get, or what cannot be read.
    ///
    /// # Errors
    /// `request.invalid`, with an error for each field that is not what it asks for, or that is empty and may not be.
    pub fn body(&self, p: &Page) -> Outcome<Json> {
        let (body, mut errors) = self.draft(p);
        let empty =
            |field: &&Field| !field.optional && field.read != Read::Nothing && matches!(field.json(p), Ok(None));
        errors.extend(
            self.fields()
                .filter(empty)
                .map(|field| FieldError::new(&field.name, "required")),
        );
        if errors.is_empty() {
            Ok(body)
        } else {
            Err(Refusal::invalid("request.invalid", errors))
        }
    }

    /// What could be read, with what could not; who reads it next says what is missing.
    pub fn draft(&self, p: &Page) -> (Json, Vec<FieldError>) {
        let mut body = Json::Object(Map::new());
        let mut errors = Vec::new();
        for field in self.fields().filter(|field| field.read != Read::Nothing) {
            match field.json(p) {
                Ok(Some(value)) => put(&mut body, &field.name, value),
                Ok(None) => {}
                Err(code) => errors.push(FieldError::new(&field.name, code)),
            }
        }
        close_up(&mut body);
        (body, errors)
    }

    /// Writes each error beside its field and into the page's summary; what has no field here stands in the summary alone.
    pub fn blame(&mut self, p: &mut Page, errors: &[FieldError]) {
        // In the order of the form, as one meets them; what has no field here comes last.
        let place = |error: &&FieldError| {
            self.fields()
                .position(|field| field.name == error.path || covers(&field.name, &error.path))
                .unwrap_or(usize::MAX)
        };
        let mut errors: Vec<&FieldError> = errors.iter().collect();
        errors.sort_by_key(place);
        for error in errors {
            let said = super::said(p, error);
            let exact = self.fields().position(|field| field.name == error.path);
            let near = || self.fields().position(|field| covers(&field.name, &error.path));
            let place = exact.or_else(near).and_then(|index| self.fields_mut().nth(index));
            match place {
                Some(field) => {
                    let colon = if field.label.ends_with([';', '?', ':']) {
                        ""
                    } else {
                        ":"
                    };
                    let lead = if said.starts_with(&field.label) {
                        said.clone()
                    } else {
                        format!("{}{colon} {said}", field.label)
                    };
                    p.errors.push((Some(field.target()), lead));
                    field.error.get_or_insert(said);
                }
                None => p.errors.push((None, said)),
            }
        }
    }
}

/// Whether an error at `path` belongs to the field: below it, or directly above it (a whole record that lacks a part).
fn covers(field: &str, path: &str) -> bool {
    let below = path.strip_prefix(field).is_some_and(|rest| rest.starts_with('/'));
    let above = !path.is_empty()
        && field
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('/') && rest.matches('/').count() == 1);
    below || above
}

/// Puts a value where a JSON Pointer points, making objects and lists on the way; a list is filled without gaps.
fn put(body: &mut Json, pointer: &str, value: Json) {
    let mut place = body;
    for key in pointer.trim_start_matches('/').split('/') {
        let index = key.parse::<usize>().ok();
        if place.is_null() {
            *place = if index.is_some() {
                Json::Array(Vec::new())
            } else {
                Json::Object(Map::new())
            };
        }
        let next = match (place, index) {
            (Json::Array(items), Some(index)) => {
                // Rows before this one that stay empty are closed up in the end; a form has a few dozen at most.
                while items.len() <= index && index < 1_000 {
                    items.push(Json::Null);
                }
                items.get_mut(index)
            }
            (Json::Object(map), _) => Some(
                map.entry(key.replace("~1", "/").replace("~0", "~"))
                    .or_insert(Json::Null),
            ),
            _ => None,
        };
        let Some(next) = next else { return };
        place = next;
    }
    *place = value;
}

/// Rows in which nothing was typed leave their lists.
fn close_up(value: &mut Json) {
    match value {
        Json::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(close_up);
        }
        Json::Object(map) => map.values_mut().for_each(close_up),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::field::amount;
    use super::*;
    use crate::lang::Lang;
    use crate::zone::Zone;

    fn page() -> Page {
        Page::plain(Lang::El, Zone::named("Europe/Athens").unwrap(), "/")
    }

    fn form(p: &Page) -> FormView {
        FormView::new(
            "/x",
            vec![
                Field::line("/title/el", "Τίτλος"),
                Field::int("/need/people/count", "Άτομα"),
                Field::money("/budget", "Ποσό").optional(),
                Field::decimal("/percent", "Ποσοστό").optional(),
                Field::day("/from", "Από").optional(),
                Field::moment("/opens_at", "Άνοιγμα").optional(),
                Field::flag(p, "/home", "Στο σπίτι").optional(),
                Field::checks("/areas", "Περιοχές", vec![]).optional(),
                Field::line("/members/0/answers/age", "Ηλικία").optional(),
            ],
            "Αποστολή",
        )
    }

    fn check(typed: &str, wanted: &str) {
        let p = page();
        let mut form = form(&p);
        form.fill(&Posted::read(typed.as_bytes()));
        let got = match form.body(&p) {
            Ok(body) => body.to_string(),
            Err(refusal) => refusal
                .errors()
                .iter()
                .map(|e| format!("{} {}", e.path, e.code))
                .collect::<Vec<_>>()
                .join(", "),
        };
        assert_eq!(got, wanted, "{typed}");
    }

    #[test]
    fn what_is_typed_becomes_the_body_of_the_api() {
        let base = "%2Ftitle%2Fel=A&%2Fneed%2Fpeople%2Fcount=1.200";
        let body = |rest: &str| format!("{{{rest}\"need\":{{\"people\":{{\"count\":1200}}}},");
        check(
            base,
            "{\"need\":{\"people\":{\"count\":1200}},\"title\":{\"el\":\"A\"}}",
        );
        check(
            &format!("{base}&%2Fbudget=45.000%2C5+%E2%82%AC&%2Fpercent=67%2C00"),
            "{\"budget\":\"45000.50\",\"need\":{\"people\":{\"count\":1200}},\"percent\":\"67\",\"title\":{\"el\":\"A\"}}",
        );
        check(
            &format!("{base}&%2Ffrom-day=9&%2Ffrom-month=8&%2Ffrom-year=2022&%2Fareas=a&%2Fareas=b&%2Fhome=yes"),
            &format!(
                "{}\"title\":{{\"el\":\"A\"}}}}",
                body("\"areas\":[\"a\",\"b\"],\"from\":\"2022-08-09\",\"home\":true,")
            ),
        );
        check(
            &format!("{base}&%2Fopens_at-day=19&%2Fopens_at-month=8&%2Fopens_at-year=2022&%2Fopens_at-time=17:00"),
            &format!(
                "{}\"opens_at\":\"2022-08-19T14:00:00Z\",\"title\":{{\"el\":\"A\"}}}}",
                body("")
            ),
        );
        check(
            &format!("{base}&%2Fmembers%2F0%2Fanswers%2Fage=7"),
            &format!(
                "{{\"members\":[{{\"answers\":{{\"age\":\"7\"}}}}],{}\"title\":{{\"el\":\"A\"}}}}",
                &body("")[1..]
            ),
        );
    }

    #[test]
    fn what_cannot_be_read_names_its_field() {
        check("", "/title/el required, /need/people/count required");
        let base = "%2Ftitle%2Fel=A&%2Fneed%2Fpeople%2Fcount=";
        check(&format!("{base}many"), "/need/people/count typed-whole-number");
        check(&format!("{base}1&%2Fbudget=1%2C234.5"), "/budget typed-amount");
        check(
            &format!("{base}1&%2Ffrom-day=31&%2Ffrom-month=2&%2Ffrom-year=2022"),
            "/from typed-date",
        );
        check(&format!("{base}1&%2Ffrom-day=31&%2Ffrom-year=22"), "/from typed-date");
        check(
            &format!("{base}1&%2Fopens_at-day=1&%2Fopens_at-month=2&%2Fopens_at-year=2022&%2Fopens_at-time=25:00"),
            "/opens_at typed-time",
        );
    }

    #[test]
    fn an_error_of_the_api_finds_its_field_and_keeps_what_was_typed() {
        let mut p = page();
        let mut form = form(&p);
        form.fill(&Posted::read("%2Fneed%2Fpeople%2Fcount=0".as_bytes()));
        form.blame(
            &mut p,
            &[
                FieldError::new("/need/people/count", "need.no-people"),
                FieldError::new("/nowhere", "request.invalid"),
            ],
        );
        let html = form.html(&p);
        assert!(
            html.contains("id=\"need-people-count-error\"") && html.contains("value=\"0\""),
            "{html}"
        );
        assert_eq!(p.errors.len(), 2);
        assert_eq!(p.errors[0].0.as_deref(), Some("need-people-count"));
        assert_eq!(p.errors[1].0, None);
    }

    #[test]
    fn english_pages_read_english_numbers() {
        let p = Page::plain(Lang::En, Zone::named("Europe/Athens").unwrap(), "/");
        assert_eq!(amount(&p, "€1,234.5").as_deref(), Some("1234.50"));
        assert_eq!(amount(&page(), "1.234,5 €").as_deref(), Some("1234.50"));
        assert_eq!(amount(&p, "1.234,5"), None);
    }
}
