//! One question: how it is asked, what was typed, and how that becomes a value of the API.

use chrono::{NaiveDate, NaiveTime};
use osn_core::money::Money;
use osn_core::text::number;
use serde_json::Value as Json;

use super::Posted;
use crate::lang::Lang;
use crate::pages::chrome::Page;

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
    /// The language in which it is answered (BCP 47), where it is asked in several; empty otherwise.
    pub lang: String,
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
            lang: String::new(),
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

    /// The same, answered in a language of its own: the browser lets it run in its direction.
    #[must_use]
    pub fn in_language(mut self, lang: impl Into<String>) -> Self {
        self.lang = lang.into();
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

    /// The same with several proposals, for an answer of any of few.
    #[must_use]
    pub fn proposing<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values = values.into_iter().map(Into::into).collect();
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
                // Options below others are indented in their list, and stand alone here.
                let said = chosen.map(|choice| choice.text.trim_start_matches("– "));
                said.collect::<Vec<_>>().join(", ")
            }
            Control::Line(..) | Control::Area(_) => self.value().to_owned(),
            Control::Password | Control::File(_) => String::new(),
        }
    }

    pub(super) fn fill(&mut self, posted: &Posted) {
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

    /// Puts in a value of the API, as people write it.
    pub(in crate::pages) fn show(&mut self, p: &Page, value: &Json) {
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            Json::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
            Json::Array(items) => {
                self.values = items.iter().filter_map(Json::as_str).map(str::to_owned).collect();
                return;
            }
            Json::Null | Json::Object(_) => return,
        };
        match self.read {
            Read::Day => {
                if let Ok(day) = text.parse::<NaiveDate>() {
                    *self = self.clone().proposed_day(day, "");
                }
            }
            Read::Money | Read::Decimal => self.values = vec![typed_form(p, &text)],
            _ => self.values = vec![text],
        }
    }

    /// The value for the body: `Ok(None)` when nothing was typed.
    pub(super) fn json(&self, p: &Page) -> Result<Option<Json>, &'static str> {
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

/// A number of the API as somebody would type it into a page of this language.
fn typed_form(p: &Page, number: &str) -> String {
    match p.lang {
        Lang::El => number.replace('.', ","),
        Lang::En => number.to_owned(),
    }
}

pub(super) fn amount(p: &Page, text: &str) -> Option<String> {
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
