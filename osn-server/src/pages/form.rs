//! Forms that work without script: fields named by JSON Pointer, so that what was typed becomes the API's body and an
//! error of the API finds its field again. Nothing that was typed is lost.

use askama::Template;
use chrono::{NaiveDate, NaiveTime};
use osn_core::money::Money;
use osn_core::text::number;
use serde_json::{Map, Value as Json};

use super::chrome::Page;
use crate::lang::Lang;
use crate::refusal::FieldError;

/// What was posted: names with values, in the order of the form.
#[derive(Clone, Default)]
pub struct Posted(Vec<(String, String)>);

impl std::fmt::Debug for Posted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Posted({} fields)", self.0.len())
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

/// One of several answers.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// Words.
    pub text: String,
    /// Further words.
    pub hint: String,
}

impl Choice {
    /// An answer.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            text: text.into(),
            hint: String::new(),
        }
    }
}

/// How a question is asked.
#[derive(Debug, Clone)]
pub enum Control {
    /// One line; width class suffix (`2`, `4`, `5`, `10`, `20` or empty) and `inputmode`.
    Line(&'static str, &'static str),
    /// One line that is not shown.
    Password,
    /// Several lines.
    Area(u8),
    /// One of many, in a list that opens.
    Select(Vec<Choice>),
    /// One of few.
    Radios(Vec<Choice>),
    /// Any of few.
    Checks(Vec<Choice>),
    /// Day, month, year.
    Date,
    /// Day, month, year and hour.
    DateTime,
    /// A file.
    File(&'static str),
}

/// How what was typed becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Text; nothing when empty.
    Text,
    /// A whole number.
    Int,
    /// An amount, as a decimal string.
    Money,
    /// A number with decimals, as a decimal string.
    Decimal,
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// `yes` and `no`.
    Flag,
    /// Every value of the name, as a list.
    List,
    /// Not part of the body.
    Nothing,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Field {
    /// JSON Pointer in the body that the form makes; also the name.
    pub name: String,
    /// The question.
    pub label: String,
    /// Help below it.
    pub hint: String,
    /// What is wrong with the answer.
    pub error: Option<String>,
    /// How it is asked.
    pub control: Control,
    /// How it is read.
    pub read: Read,
    /// Whether it may stay empty.
    pub optional: bool,
    /// What a browser may fill in (`autocomplete`).
    pub autocomplete: &'static str,
    /// What was typed, or what is proposed.
    pub values: Vec<String>,
    /// Day, month, year, hour as typed.
    pub parts: [String; 4],
    /// Before the `id`, where two forms of one page ask for the same name.
    pub scope: &'static str,
}

impl Field {
    fn new(name: &str, label: impl Into<String>, control: Control, read: Read) -> Self {
        Self {
            name: name.to_owned(),
            label: label.into(),
            hint: String::new(),
            error: None,
            control,
            read,
            optional: false,
            autocomplete: "",
            values: Vec::new(),
            parts: Default::default(),
            scope: "",
        }
    }

    /// One line of text.
    pub fn line(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::Line("", ""), Read::Text)
    }

    /// Several lines of text.
    pub fn area(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::Area(4), Read::Text)
    }

    /// A password.
    pub fn password(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::Password, Read::Text).completed("current-password")
    }

    /// A whole number.
    pub fn int(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::Line("4", "numeric"), Read::Int)
    }

    /// An amount.
    pub fn money(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::Line("10", "decimal"), Read::Money)
    }

    /// A number with decimals.
    pub fn decimal(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::Line("5", "decimal"), Read::Decimal)
    }

    /// A day.
    pub fn day(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::Date, Read::Day)
    }

    /// A day and an hour.
    pub fn moment(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, Control::DateTime, Read::Moment)
    }

    /// Yes or no.
    pub fn flag(p: &Page, name: &str, label: impl Into<String>) -> Self {
        let choices = vec![Choice::new("yes", p.t("yes")), Choice::new("no", p.t("no"))];
        Self::new(name, label, Control::Radios(choices), Read::Flag)
    }

    /// One of many.
    pub fn select(name: &str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Control::Select(choices), Read::Text)
    }

    /// One of few.
    pub fn radios(name: &str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Control::Radios(choices), Read::Text)
    }

    /// Any of few.
    pub fn checks(name: &str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Control::Checks(choices), Read::List)
    }

    /// A file.
    pub fn file(name: &str, label: impl Into<String>, accept: &'static str) -> Self {
        Self::new(name, label, Control::File(accept), Read::Nothing)
    }

    /// The same with help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, and it may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The same with what a browser may fill in.
    #[must_use]
    pub fn completed(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// The same on a line of this width, with this keyboard.
    #[must_use]
    pub fn wide(mut self, width: &'static str, inputmode: &'static str) -> Self {
        self.control = Control::Line(width, inputmode);
        self
    }

    /// The same read differently.
    #[must_use]
    pub fn read_as(mut self, read: Read) -> Self {
        self.read = read;
        self
    }

    /// The same with a proposal.
    #[must_use]
    pub fn proposed(mut self, value: impl Into<String>) -> Self {
        self.values = vec![value.into()];
        self
    }

    /// The same with a proposed day.
    #[must_use]
    pub fn proposed_day(mut self, day: NaiveDate, hour: &str) -> Self {
        use chrono::Datelike;
        self.parts = [
            day.day().to_string(),
            day.month().to_string(),
            day.year().to_string(),
            hour.to_owned(),
        ];
        self
    }

    /// The `id` in the page.
    pub fn id(&self) -> String {
        format!("{}{}", self.scope, id_of(&self.name))
    }

    /// The only value, or the first.
    pub fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// Whether this answer was chosen.
    pub fn chosen(&self, choice: &Choice) -> bool {
        self.values.contains(&choice.value)
    }

    /// Where an error message leads: the first thing one can type into.
    pub fn target(&self) -> String {
        match &self.control {
            Control::Date | Control::DateTime => format!("{}-day", self.id()),
            Control::Radios(_) | Control::Checks(_) => format!("{}-1", self.id()),
            Control::Line(..) | Control::Password | Control::Area(_) | Control::Select(_) | Control::File(_) => {
                self.id()
            }
        }
    }

    /// Ids of hint and error, for `aria-describedby`.
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id()));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.id()));
        }
        ids.join(" ")
    }

    /// The answer in words, for looking it through; empty when there is none.
    pub fn said(&self) -> String {
        match &self.control {
            Control::Date => self.parts[..3].join("/").trim_matches('/').to_owned(),
            Control::DateTime => self.parts.join(" ").trim().to_owned(),
            Control::Radios(choices) | Control::Checks(choices) | Control::Select(choices) => {
                let chosen = choices
                    .iter()
                    .filter(|choice| self.chosen(choice) && !choice.value.is_empty());
                chosen.map(|choice| choice.text.clone()).collect::<Vec<_>>().join(", ")
            }
            Control::Line(..) | Control::Area(_) => self.value().to_owned(),
            Control::Password | Control::File(_) => String::new(),
        }
    }

    fn fill(&mut self, posted: &Posted) {
        let typed: Vec<String> = posted.all(&self.name).map(str::to_owned).collect();
        if let Control::Date | Control::DateTime = self.control {
            for (part, name) in self.parts.iter_mut().zip(["day", "month", "year", "time"]) {
                posted.get(&format!("{}-{name}", self.name)).clone_into(part);
            }
        } else if matches!(self.control, Control::Password | Control::File(_)) {
            self.values.clear();
        } else {
            self.values = typed;
        }
    }

    /// The value for the body: `Ok(None)` when nothing was typed.
    fn json(&self, p: &Page) -> Result<Option<Json>, &'static str> {
        let text = self.value();
        if self.read == Read::List {
            let chosen: Vec<Json> = self
                .values
                .iter()
                .filter(|v| !v.is_empty())
                .map(|v| Json::String(v.clone()))
                .collect();
            return Ok(if chosen.is_empty() && self.optional {
                None
            } else {
                Some(Json::Array(chosen))
            });
        }
        if let Read::Day | Read::Moment = self.read {
            return self.day_json(p);
        }
        if text.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.read {
            Read::Int => Json::from(whole(text).ok_or("typed-whole-number")?),
            Read::Money => Json::String(amount(p, text).ok_or("typed-amount")?),
            Read::Decimal => Json::String(decimal(p, text).ok_or("typed-number")?),
            Read::Flag => Json::Bool(text == "yes"),
            Read::Text | Read::List | Read::Day | Read::Moment | Read::Nothing => Json::String(text.to_owned()),
        }))
    }

    fn day_json(&self, p: &Page) -> Result<Option<Json>, &'static str> {
        let [day, month, year, time] = &self.parts;
        if [day, month, year].iter().all(|part| part.is_empty()) && (time.is_empty() || self.read == Read::Day) {
            return Ok(None);
        }
        let number = |text: &str| text.parse::<u32>().ok();
        let (Some(day), Some(month), Ok(year)) = (number(day), number(month), year.parse::<i32>()) else {
            return Err("typed-date");
        };
        // Two-digit years are people's shorthand and nobody can tell which century they mean.
        let day = NaiveDate::from_ymd_opt(year, month, day)
            .filter(|_| year >= 1000)
            .ok_or("typed-date")?;
        if self.read == Read::Day {
            return Ok(Some(Json::String(day.to_string())));
        }
        let time = NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| "typed-time")?;
        let at = p.zone.instant(day.and_time(time)).ok_or("typed-time")?;
        Ok(Some(Json::String(
            at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        )))
    }
}

fn whole(text: &str) -> Option<i64> {
    let plain: String = text.chars().filter(|c| *c != '.' && !c.is_whitespace()).collect();
    plain.parse().ok()
}

/// A number in Greek notation, from how people of the page's language write it.
fn greek_form(p: &Page, text: &str) -> String {
    let plain = text.trim_end_matches(['€', '%']).trim_start_matches('€').trim();
    match p.lang {
        Lang::El => plain.to_owned(),
        Lang::En => plain
            .chars()
            .map(|c| {
                if c == '.' {
                    ','
                } else if c == ',' {
                    '.'
                } else {
                    c
                }
            })
            .collect(),
    }
}

fn amount(p: &Page, text: &str) -> Option<String> {
    Money::parse_el(&greek_form(p, text))
        .ok()
        .map(|amount| amount.to_string())
}

fn decimal(p: &Page, text: &str) -> Option<String> {
    number::parse_el(&greek_form(p, text))
        .ok()
        .map(|number| number.normalize().to_string())
}

/// The `id` that belongs to a name.
fn id_of(name: &str) -> String {
    name.trim_start_matches('/').replace(['/', '~'], "-")
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

    /// The body that the API would get, or what cannot be read.
    ///
    /// # Errors
    /// One error for each field that is not what it asks for, or that is empty and may not be.
    pub fn body(&self, p: &Page) -> Result<Json, Vec<FieldError>> {
        let (body, mut errors) = self.draft(p);
        let empty =
            |field: &&Field| !field.optional && field.read != Read::Nothing && matches!(field.json(p), Ok(None));
        errors.extend(
            self.fields()
                .filter(empty)
                .map(|field| FieldError::new(&field.name, "required")),
        );
        if errors.is_empty() { Ok(body) } else { Err(errors) }
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
                    let lead = format!("{}{colon} {said}", field.label);
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
                let index = index.min(items.len());
                if index == items.len() {
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

#[cfg(test)]
mod tests {
    use super::*;
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
            Err(errors) => errors
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
