//! Which area of a municipality a postal code suggests: one reading for the form, the evaluator and the demonstration.

use serde::Deserialize;

use super::Postcode;
use crate::directory::TermCode;
use crate::lang::LocalText;

/// The postal codes of a municipality, as its settings say them (`postcodes`).
///
/// What they tell is a suggestion or a warning, never a reason to refuse a person: codes cross borders, and people move.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PostcodeAreas {
    /// First digits of the municipality's own codes.
    #[serde(default)]
    municipality_prefixes: Vec<String>,
    /// Codes of its areas.
    #[serde(default)]
    ranges: Vec<AreaCodes>,
    /// Codes with one of its own prefixes that belong to a neighbour.
    #[serde(default)]
    outside: Vec<NeighbourCodes>,
}

/// Codes of one area, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaCodes {
    from: Postcode,
    to: Postcode,
    area: TermCode,
    /// Shared with a neighbouring area or municipality.
    #[serde(default)]
    boundary: bool,
}

/// Codes of a neighbouring municipality, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct NeighbourCodes {
    from: Postcode,
    to: Postcode,
    name: LocalText,
}

/// Where a postal code lies, as far as the municipality's settings say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostcodePlace<'a> {
    /// In this area, and in no other.
    Area(&'a TermCode),
    /// In this area, shared with a neighbour.
    Shared(&'a TermCode),
    /// In the municipality; which area is not said.
    Inside,
    /// In a neighbouring municipality.
    Neighbour(&'a LocalText),
    /// In another municipality.
    Outside,
    /// The settings say nothing about postal codes.
    NotSaid,
}

impl PostcodeAreas {
    /// Where a code lies.
    pub fn place(&self, code: &Postcode) -> PostcodePlace<'_> {
        let neighbour = self
            .outside
            .iter()
            .find(|codes| (&codes.from..=&codes.to).contains(&code));
        if let Some(neighbour) = neighbour {
            return PostcodePlace::Neighbour(&neighbour.name);
        }
        match self
            .ranges
            .iter()
            .find(|codes| (&codes.from..=&codes.to).contains(&code))
        {
            Some(codes) if codes.boundary => PostcodePlace::Shared(&codes.area),
            Some(codes) => PostcodePlace::Area(&codes.area),
            None if self.municipality_prefixes.is_empty() => PostcodePlace::NotSaid,
            None if self
                .municipality_prefixes
                .iter()
                .any(|own| code.as_str().starts_with(own.as_str())) =>
            {
                PostcodePlace::Inside
            }
            None => PostcodePlace::Outside,
        }
    }

    /// Every code that lies in one area only, with it, in the order of the settings.
    pub fn undivided(&self) -> impl Iterator<Item = (Postcode, &TermCode)> {
        let own = self.ranges.iter().filter(|codes| !codes.boundary);
        own.flat_map(|codes| {
            let number = |code: &Postcode| code.as_str().parse::<u32>().unwrap_or_default();
            let all = (number(&codes.from)..=number(&codes.to))
                .filter_map(|code| Postcode::parse(&format!("{code:05}")).ok());
            all.map(|code| (code, &codes.area))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> PostcodeAreas {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_code_suggests_an_area_or_a_neighbour() {
        let areas = read(serde_json::json!({
            "format": "^[0-9]{5}$",
            "municipality_prefixes": ["10", "111"],
            "ranges": [
                {"from": "10431", "to": "10434", "area": "city.6"},
                {"from": "11100", "to": "11100", "area": "city.2", "boundary": true},
            ],
            "outside": [{"from": "11146", "to": "11147", "name": {"el": "Δίπλα", "en": "Next door"}}],
        }));
        let (six, two) = (TermCode::new("city.6"), TermCode::new("city.2"));
        let next_door = LocalText::new("Δίπλα", "Next door");
        for (code, place) in [
            ("10431", PostcodePlace::Area(&six)),
            ("10434", PostcodePlace::Area(&six)),
            ("10435", PostcodePlace::Inside),
            ("11100", PostcodePlace::Shared(&two)),
            ("11146", PostcodePlace::Neighbour(&next_door)),
            ("15231", PostcodePlace::Outside),
        ] {
            assert_eq!(areas.place(&Postcode::parse(code).unwrap()), place, "{code}");
        }
        let undivided: Vec<String> = areas.undivided().map(|(code, area)| format!("{code} {area}")).collect();
        assert_eq!(
            undivided,
            ["10431 city.6", "10432 city.6", "10433 city.6", "10434 city.6"]
        );
    }

    #[test]
    fn settings_without_codes_say_nothing() {
        let nothing = read(serde_json::json!({}));
        assert_eq!(
            nothing.place(&Postcode::parse("10431").unwrap()),
            PostcodePlace::NotSaid
        );
    }
}
