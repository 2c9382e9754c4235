//! What a client of the HSDS API asks for: every parameter of the contract and ours, read strictly.

use std::collections::BTreeMap;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{Method, header};
use chrono::{DateTime, NaiveDate, NaiveTime};
use osn_core::time::Instant;
use uuid::Uuid;

use crate::app::App;
use crate::http::BODY_LIMIT;
use crate::refusal::{FieldError, Kind, Outcome, Refusal};
use crate::zone::Zone;

/// Items of a page where nobody says otherwise.
const PER_PAGE: usize = 50;
/// The most items of one page; `format=ndjson` gives all of them.
const MOST_PER_PAGE: usize = 1_000;

/// The parameters of one request, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ask(BTreeMap<String, Vec<String>>);

impl FromRequest<App> for Ask {
    type Rejection = Refusal;

    /// From the query, and from a form or a JSON object where it is posted; both count together.
    async fn from_request(request: Request, _app: &App) -> Outcome<Self> {
        let mut ask = Self::default();
        ask.form(request.uri().query().unwrap_or_default())?;
        if request.method() != Method::POST {
            return Ok(ask);
        }
        let media = request.headers().get(header::CONTENT_TYPE);
        let media = media
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = to_bytes(request.into_body(), BODY_LIMIT)
            .await
            .map_err(|_| Refusal::new(Kind::TooLarge, "request.too-large"))?;
        if bytes.is_empty() {
            return Ok(ask);
        }
        let malformed = || Refusal::new(Kind::Malformed, "request.query");
        if media.starts_with("application/json") {
            ask.json(serde_json::from_slice(&bytes).map_err(|_| malformed())?)?;
        } else {
            ask.form(std::str::from_utf8(&bytes).map_err(|_| malformed())?)?;
        }
        Ok(ask)
    }
}

impl Ask {
    fn form(&mut self, text: &str) -> Outcome<()> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(text).map_err(|_| Refusal::new(Kind::Malformed, "request.query"))?;
        for (name, value) in pairs {
            self.add(name, value);
        }
        Ok(())
    }

    fn json(&mut self, document: serde_json::Value) -> Outcome<()> {
        let serde_json::Value::Object(fields) = document else {
            return Err(Refusal::new(Kind::Malformed, "request.query"));
        };
        for (name, value) in fields {
            match value {
                serde_json::Value::Null => {}
                serde_json::Value::String(text) => self.add(name, text),
                serde_json::Value::Bool(_) | serde_json::Value::Number(_) => self.add(name, value.to_string()),
                serde_json::Value::Array(_) | serde_json::Value::Object(_) => return Err(wrong(&name, "wrong-type")),
            }
        }
        Ok(())
    }

    fn add(&mut self, name: String, value: String) {
        // An empty parameter is what an empty field of a form sends: it asks for nothing.
        if !value.trim().is_empty() {
            self.0.entry(name).or_default().push(value);
        }
    }

    /// The parameters as one text: the same for the same question.
    pub(super) fn key(&self) -> String {
        format!("{:?}", self.0)
    }

    /// The same of the question without its page: the same for every page of a list.
    pub(super) fn key_of_all_pages(&self) -> String {
        let parameters = self.0.iter();
        let asked: BTreeMap<_, _> = parameters
            .filter(|(name, _)| !["page", "per_page", "format"].contains(&name.as_str()))
            .collect();
        format!("{asked:?}")
    }

    /// The last value of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.last().map(|value| value.trim())
    }

    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Outcome<Option<T>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        parse(text).map(Some).ok_or_else(|| wrong(name, "wrong-type"))
    }

    /// A switch.
    pub(super) fn flag(&self, name: &str) -> Outcome<bool> {
        let read = self.parsed(name, |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })?;
        Ok(read.unwrap_or_default())
    }

    /// A whole number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Outcome<Option<T>> {
        self.parsed(name, |text| text.parse().ok())
    }

    /// Identifiers: the parameter may stand several times, and each may list several. All of them count.
    pub(super) fn ids(&self, name: &str) -> Outcome<Vec<Uuid>> {
        let texts = self
            .0
            .get(name)
            .into_iter()
            .flatten()
            .flat_map(|value| value.split(','));
        texts
            .map(|text| Uuid::parse_str(text.trim()).map_err(|_| wrong(name, "wrong-type")))
            .collect()
    }

    /// A moment, or a day, whose first moment it is.
    pub(super) fn moment(&self, name: &str, zone: Zone) -> Outcome<Option<Instant>> {
        self.parsed(name, |text| moment(text, zone, false))
    }

    /// The moment as of which the directory is read: of a day, its last.
    pub(super) fn as_of(&self, zone: Zone) -> Outcome<Option<Instant>> {
        self.parsed("as_of", |text| moment(text, zone, true))
    }

    /// Number and size of the page.
    pub(super) fn page(&self) -> Outcome<(usize, usize)> {
        let page: usize = self.number("page")?.unwrap_or(1);
        let per_page: usize = self.number("per_page")?.unwrap_or(PER_PAGE);
        if page == 0 {
            return Err(wrong("page", "out-of-range"));
        }
        if !(1..=MOST_PER_PAGE).contains(&per_page) {
            return Err(wrong("per_page", "out-of-range"));
        }
        Ok((page, per_page))
    }

    /// Whether all items are wanted, one on each line.
    pub(super) fn ndjson(&self) -> Outcome<bool> {
        let read = self.parsed("format", |text| match text {
            "json" => Some(false),
            "ndjson" => Some(true),
            _ => None,
        })?;
        Ok(read.unwrap_or_default())
    }

    /// The language of the texts: any tag of BCP 47, of which the first part counts.
    pub(super) fn lang(&self, otherwise: &str) -> Outcome<String> {
        let read = self.parsed("lang", |text| {
            let primary = text.split(['-', '_']).next()?.to_ascii_lowercase();
            let fits = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
            fits.then_some(primary)
        })?;
        Ok(read.unwrap_or_else(|| otherwise.to_owned()))
    }
}

fn moment(text: &str, zone: Zone, last: bool) -> Option<Instant> {
    // A plus sign in a query is a space to those who decode it as a form.
    if let Ok(at) = DateTime::parse_from_rfc3339(&text.replace(' ', "+")) {
        return Some(at.to_utc());
    }
    let day: NaiveDate = text.parse().ok()?;
    if !last {
        return zone.instant(day.and_time(NaiveTime::MIN));
    }
    let next = zone.instant(day.succ_opt()?.and_time(NaiveTime::MIN))?;
    next.checked_sub_signed(chrono::Duration::microseconds(1))
}

/// A parameter that cannot be read.
pub(super) fn wrong(name: &str, code: &str) -> Refusal {
    Refusal::new(Kind::Malformed, "request.query").at(FieldError::new(format!("/{name}"), code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Ask {
        let mut ask = Ask::default();
        ask.form(query).unwrap();
        ask
    }

    #[test]
    fn days_and_moments_are_read_where_the_municipality_is() {
        let zone = Zone::named("Europe/Athens").unwrap();
        let at = |text: &str| Some(text.parse::<Instant>().unwrap());
        assert_eq!(
            ask("t=2022-06-01").moment("t", zone).unwrap(),
            at("2022-05-31T21:00:00Z")
        );
        assert_eq!(
            ask("as_of=2022-06-01").as_of(zone).unwrap(),
            at("2022-06-01T20:59:59.999999Z")
        );
        assert_eq!(
            ask("t=2022-06-01T00:00:00+03:00").moment("t", zone).unwrap(),
            at("2022-05-31T21:00:00Z")
        );
        assert!(ask("t=yesterday").moment("t", zone).is_err());
        assert_eq!(ask("t=").moment("t", zone).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert_eq!(ask("").page().unwrap(), (1, PER_PAGE));
        for query in ["page=0", "page=-1", "page=a", "per_page=0", "per_page=1001"] {
            assert!(ask(query).page().is_err(), "{query}");
        }
        assert!(ask("full=yes").flag("full").is_err());
        assert!(ask("id=1").ids("id").is_err());
        assert!(ask("format=xml").ndjson().is_err());
        assert!(ask("lang=ελ").lang("el").is_err());
        assert_eq!(ask("lang=en-GB").lang("el").unwrap(), "en");
    }
}
