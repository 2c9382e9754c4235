//! ΑΜΚΑ, the social security number: birth date, serial that tells the sex, check digit.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{all_digits, digits, personal, reasons, without_separators};

reasons! {
    /// Why a text is not an AMKA.
    AmkaError {
        /// Something other than digits.
        Format: "amka.format", "an AMKA has digits only", "Ο ΑΜΚΑ έχει μόνο ψηφία";
        /// Not eleven digits.
        Length: "amka.length", "an AMKA has 11 digits", "Ο ΑΜΚΑ έχει 11 ψηφία";
        /// The first six digits are no date.
        Date: "amka.date", "the first six digits of an AMKA are a birth date (ddmmyy)",
            "Τα έξι πρώτα ψηφία του ΑΜΚΑ είναι ημερομηνία γέννησης (ηημμεε)";
        /// The last digit does not fit the others.
        CheckDigit: "amka.check_digit", "the check digit of the AMKA is wrong: a digit was mistyped",
            "Το ψηφίο ελέγχου του ΑΜΚΑ είναι λάθος: κάποιο ψηφίο δεν γράφτηκε σωστά";
    }
}

reasons! {
    /// Why no synthetic AMKA was made.
    SyntheticAmkaError {
        /// Serials below 9990 may belong to real people.
        Serial: "amka.synthetic_serial", "synthetic AMKAs have serials 9990 to 9999 only",
            "Οι συνθετικοί ΑΜΚΑ έχουν αύξοντα αριθμό από 9990 έως 9999";
        /// The century would be lost.
        BirthDate: "amka.synthetic_birth_date", "synthetic AMKAs are for births from 1900 to 2099",
            "Οι συνθετικοί ΑΜΚΑ αφορούν γεννήσεις από το 1900 έως το 2099";
    }
}

/// Sex as the tenth digit of the AMKA tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// An even digit.
    Female,
    /// An odd digit.
    Male,
}

personal! {
    /// ΑΜΚΑ: eleven digits, ddmmyy, a serial of four and a check digit (Luhn over all eleven).
    ///
    /// The century is not written in it: the declared birth date tells it ([`Amka::birth_date_matches`]).
    Amka, AmkaError
}

/// Serials kept for invented people; the demo uses no others.
const SYNTHETIC_SERIALS: std::ops::RangeInclusive<u16> = 9990..=9999;

impl Amka {
    /// Reads an AMKA, with or without spaces and hyphens.
    pub fn parse(text: &str) -> Result<Self, AmkaError> {
        let number = without_separators(text);
        if !all_digits(&number) {
            return Err(AmkaError::Format);
        }
        if number.len() != 11 {
            return Err(AmkaError::Length);
        }
        let amka = Self(number);
        if amka.possible_birth_dates().next().is_none() {
            return Err(AmkaError::Date);
        }
        if !luhn_sum(&amka.0).is_multiple_of(10) {
            return Err(AmkaError::CheckDigit);
        }
        Ok(amka)
    }

    /// Makes the AMKA of an invented person. `serial` is 9990 to 9999; an odd one is a man's, an even one a woman's.
    pub fn synthetic(birth_date: NaiveDate, serial: u16) -> Result<Self, SyntheticAmkaError> {
        if !SYNTHETIC_SERIALS.contains(&serial) {
            return Err(SyntheticAmkaError::Serial);
        }
        if !(1900..=2099).contains(&birth_date.year()) {
            return Err(SyntheticAmkaError::BirthDate);
        }
        let body = format!("{}{serial}", birth_date.format("%d%m%y"));
        let check = 10_u32.saturating_sub(luhn_sum(&format!("{body}0")) % 10) % 10;
        Ok(Self(format!("{body}{check}")))
    }

    /// Whether the serial is one of those kept for invented people.
    pub fn is_synthetic(&self) -> bool {
        self.part(6..10)
            .is_some_and(|serial| SYNTHETIC_SERIALS.contains(&serial))
    }

    /// Whether a declared birth date agrees with the first six digits.
    ///
    /// A difference is a warning and never a refusal: some people were given an AMKA with a wrong or unknown date.
    pub fn birth_date_matches(&self, birth_date: NaiveDate) -> bool {
        self.possible_birth_dates()
            .any(|possible| (possible.day(), possible.month()) == (birth_date.day(), birth_date.month()))
            && self.part(4..6) == u16::try_from(birth_date.year().rem_euclid(100)).ok()
    }

    /// The sex that the tenth digit tells.
    pub fn sex(&self) -> Sex {
        match self.part(9..10) {
            Some(digit) if digit % 2 == 1 => Sex::Male,
            _ => Sex::Female,
        }
    }

    /// The dates of the twentieth and the twenty-first century that the first six digits may mean.
    fn possible_birth_dates(&self) -> impl Iterator<Item = NaiveDate> {
        let parts = (self.part(0..2), self.part(2..4), self.part(4..6));
        [1900_u16, 2000].into_iter().filter_map(move |century| {
            let (Some(day), Some(month), Some(year)) = parts else {
                return None;
            };
            NaiveDate::from_ymd_opt(
                i32::from(century.saturating_add(year)),
                u32::from(month),
                u32::from(day),
            )
        })
    }

    fn part(&self, range: std::ops::Range<usize>) -> Option<u16> {
        self.0.get(range)?.parse().ok()
    }
}

/// Sum of Luhn's rule: every second digit from the right is doubled, and its digits are added.
fn luhn_sum(number: &str) -> u32 {
    digits(number)
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2 == 1, digit) {
            (false, digit) => digit,
            (true, digit @ 0..=4) => digit.saturating_mul(2),
            (true, digit) => digit.saturating_mul(2).saturating_sub(9),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn vectors() {
        let cases: [(&str, Result<Sex, AmkaError>); 13] = [
            ("01013099997", Ok(Sex::Male)),
            ("010130-9999 7", Ok(Sex::Male)),
            ("29020099981", Ok(Sex::Female)),
            ("01013099999", Err(AmkaError::CheckDigit)),
            ("29020199989", Err(AmkaError::Date)),
            ("31025099990", Err(AmkaError::Date)),
            ("00000099994", Err(AmkaError::Date)),
            ("0101309999", Err(AmkaError::Length)),
            ("010130999970", Err(AmkaError::Length)),
            ("0101309999A", Err(AmkaError::Format)),
            ("", Err(AmkaError::Format)),
            ("٠١٠١٣٠٩٩٩٩٧", Err(AmkaError::Format)),
            ("+1013099997", Err(AmkaError::Format)),
        ];
        for (text, expected) in cases {
            assert_eq!(Amka::parse(text).map(|amka| amka.sex()), expected, "{text}");
        }
    }

    #[test]
    fn the_declaration_tells_the_century() {
        let amka = Amka::synthetic(day("1989-05-15"), 9990).unwrap();
        assert!(amka.birth_date_matches(day("1989-05-15")));
        assert!(!amka.birth_date_matches(day("1989-05-16")));
        assert!(!amka.birth_date_matches(day("1988-05-15")));
        let child = Amka::synthetic(day("2018-07-01"), 9991).unwrap();
        assert!(child.birth_date_matches(day("2018-07-01")));
        assert!(child.expose().starts_with("010718"));
        let leap = Amka::parse("29020099981").unwrap();
        assert!(leap.birth_date_matches(day("2000-02-29")));
    }

    #[test]
    fn synthetic_serials_only() {
        assert_eq!(
            Amka::synthetic(day("1989-05-15"), 9989),
            Err(SyntheticAmkaError::Serial)
        );
        assert_eq!(
            Amka::synthetic(day("1899-05-15"), 9990),
            Err(SyntheticAmkaError::BirthDate)
        );
        assert!(!Amka::parse("01013000004").is_ok_and(|amka| amka.is_synthetic()));
    }

    proptest! {
        #[test]
        fn synthetic_numbers_are_valid(days in 0_u64..73_000, serial in 9990_u16..=9999) {
            let born = day("1900-01-01").checked_add_days(chrono::Days::new(days)).unwrap();
            let amka = Amka::synthetic(born, serial).unwrap();
            prop_assert_eq!(Amka::parse(amka.expose()), Ok(amka.clone()));
            prop_assert!(amka.birth_date_matches(born) && amka.is_synthetic());
            prop_assert_eq!(amka.sex() == Sex::Male, serial % 2 == 1);
        }

        #[test]
        fn one_wrong_digit_is_found(days in 0_u64..73_000, place in 0_usize..11, shift in 1_u32..10) {
            let born = day("1900-01-01").checked_add_days(chrono::Days::new(days)).unwrap();
            let amka = Amka::synthetic(born, 9995).unwrap();
            let wrong: String = amka.expose().chars().enumerate().map(|(index, c)| {
                let digit = c.to_digit(10).unwrap();
                char::from_digit(if index == place { digit.wrapping_add(shift) % 10 } else { digit }, 10).unwrap()
            }).collect();
            prop_assert!(Amka::parse(&wrong).is_err(), "{}", wrong);
        }
    }
}
