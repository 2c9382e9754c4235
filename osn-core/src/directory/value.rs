//! Values that the directory's entities share: URIs that are always ASCII, exact decimal numbers, days or moments.

use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// Schemes of addresses that people may be sent to, and of persistent identifiers. `javascript:` and its like are not.
const SCHEMES: [&str; 8] = ["https", "http", "mailto", "tel", "urn", "geo", "doi", "info"];
/// Decimal places of a coordinate, an amount or an offset: a tenth of a millimetre on the ground.
const PLACES: u32 = 9;

/// A URI as RFC 3986 writes it: what is not ASCII is percent-encoded when it comes in, so that nobody has to do it later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Uri(String);

impl Uri {
    /// Takes an address as people paste it: trimmed, spaces and letters outside ASCII percent-encoded.
    pub fn new(text: impl AsRef<str>) -> Self {
        let mut out = String::new();
        for byte in text.as_ref().trim().bytes() {
            if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push('%');
                for half in [byte >> 4, byte & 0x0f] {
                    out.extend(char::from_digit(half.into(), 16).map(|digit| digit.to_ascii_uppercase()));
                }
            }
        }
        Self(out)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has a scheme that may be published, something after it, and only whole percent signs.
    pub fn is_valid(&self) -> bool {
        let Some((scheme, rest)) = self.0.split_once(':') else {
            return false;
        };
        let known = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        let authority = rest.strip_prefix("//").unwrap_or(rest);
        let is_web = scheme.len() >= 4 && scheme.to_ascii_lowercase().starts_with("http");
        let has_host = !is_web || (rest.starts_with("//") && !authority.starts_with(['/', '?', '#', ':']));
        let whole = self.0.split('%').skip(1).all(|after| {
            let mut digits = after.bytes();
            let mut is_digit = || digits.next().is_some_and(|digit| digit.is_ascii_hexdigit());
            is_digit() && is_digit()
        });
        let one_fragment = self.0.matches('#').count() <= 1;
        let brackets = authority
            .split(['/', '?', '#'])
            .skip(1)
            .any(|part| part.contains(['[', ']']));
        known && !authority.is_empty() && has_host && whole && one_fragment && !brackets
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// An exact number with at most nine decimal places, without trailing zeros: `23.7330` and `23.733` are one.
///
/// In JSON a string, as money is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Number(Decimal);

impl Number {
    /// From a decimal, rounded to nine places.
    pub fn new(value: Decimal) -> Self {
        Self(value.round_dp(PLACES).normalize())
    }

    /// The value.
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number with a point")]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let parsed = Decimal::from_str(text.trim()).or_else(|_| Decimal::from_scientific(text.trim()));
        parsed.map(Self::new).map_err(|_| NotANumber)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Decimal as Deserialize>::deserialize(deserializer).map(Self::new)
    }
}

/// When figures were given: most sources know the day, some the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Updated {
    /// A day.
    Day(NaiveDate),
    /// A moment, with the offset of whoever gave it.
    Moment(DateTime<FixedOffset>),
}

impl Updated {
    /// The day, where it was given.
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Moment(moment) => moment.date_naive(),
        }
    }
}

impl From<NaiveDate> for Updated {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

/// The identifier of something inside a record that its source gives none: a `UUIDv5` in the record's name, so that a
/// second import gives the same one.
pub fn derived_id(record: Uuid, entity: &str, key: &str) -> Uuid {
    Uuid::new_v5(&record, format!("{entity}/{key}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_ascii_and_safe() {
        for (given, wanted, valid) in [
            (" https://a.gr/Σ ", "https://a.gr/%CE%A3", true),
            ("https://a.gr/%CE%A3?q=1#x", "https://a.gr/%CE%A3?q=1#x", true),
            ("http://δήμος.gr", "http://%CE%B4%CE%AE%CE%BC%CE%BF%CF%82.gr", true),
            ("urn:isbn:1", "urn:isbn:1", true),
            ("www.a.gr", "www.a.gr", false),
            ("https:a.gr", "https:a.gr", false),
            ("https://", "https://", false),
            ("https:///a", "https:///a", false),
            ("https://a.gr/%zz", "https://a.gr/%zz", false),
            ("https://a.gr/%", "https://a.gr/%", false),
            ("https://a.gr/[1]", "https://a.gr/[1]", false),
            ("javascript:alert(1)", "javascript:alert(1)", false),
            ("", "", false),
        ] {
            let uri = Uri::new(given);
            assert_eq!((uri.as_str(), uri.is_valid()), (wanted, valid), "{given}");
            assert_eq!(Uri::new(uri.as_str()), uri, "taking it twice changes nothing");
        }
    }

    #[test]
    fn numbers_are_exact_and_have_one_spelling() {
        for (given, wanted) in [
            ("23.7330", Some("23.733")),
            ("100", Some("100")),
            ("-0.50", Some("-0.5")),
            ("1e2", Some("100")),
            ("12,5", None),
            ("", None),
        ] {
            assert_eq!(
                given.parse::<Number>().ok().map(|number| number.to_string()).as_deref(),
                wanted,
                "{given}"
            );
        }
    }
}
