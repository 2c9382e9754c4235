//! Identity cards, passports and the Personal Number.

use super::{personal, reasons, without_separators};
use crate::text::fold::{greek_capital, latin_capital};

reasons! {
    /// Why a text is not the number of a Greek identity card.
    IdCardError {
        /// Not one or two letters and six to eight digits.
        Format: "id_card.format", "an identity card number has 1 or 2 letters and 6 digits, such as ΑΒ123456",
            "Ο αριθμός ταυτότητας έχει 1 ή 2 γράμματα και 6 ψηφία, όπως ΑΒ123456";
    }
}

personal! {
    /// The number of a Greek identity card: one or two Greek capitals and six digits.
    ///
    /// The cards issued since 25 September 2023 have another form that is not published exactly; letters and six to eight
    /// digits are accepted until it is. Latin letters that look Greek are brought to Greek, so that one card has one number.
    IdCard, IdCardError
}

impl IdCard {
    /// Reads an identity card number, with or without a space.
    pub fn parse(text: &str) -> Result<Self, IdCardError> {
        let number: String = without_separators(text)
            .to_uppercase()
            .chars()
            .map(greek_capital)
            .collect();
        let letters: String = number.chars().take_while(|c| !c.is_ascii_digit()).collect();
        let digits = number.strip_prefix(&letters).unwrap_or_default();
        let greek = letters.chars().all(|c| ('Α'..='Ω').contains(&c));
        let latin_allowed = digits.len() > 6;
        let known = greek
            || (latin_allowed
                && letters
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || ('Α'..='Ω').contains(&c)));
        if !known
            || !(1..=2).contains(&letters.chars().count())
            || !(6..=8).contains(&digits.len())
            || !super::all_digits(digits)
        {
            return Err(IdCardError::Format);
        }
        Ok(Self(number))
    }
}

reasons! {
    /// Why a text is not the number of a passport.
    PassportError {
        /// Something other than letters and digits, or none of them.
        Format: "passport.format", "a passport number has Latin letters and digits", "Ο αριθμός διαβατηρίου έχει λατινικά γράμματα και ψηφία";
        /// Fewer than 5 or more than 15.
        Length: "passport.length", "a passport number has 5 to 15 letters and digits", "Ο αριθμός διαβατηρίου έχει 5 έως 15 γράμματα και ψηφία";
    }
}

personal! {
    /// The number of a passport: two Latin capitals and seven digits when it is Greek, 5 to 15 letters and digits otherwise.
    Passport, PassportError
}

impl Passport {
    /// Reads a passport number; Greek letters that look Latin are brought to Latin.
    pub fn parse(text: &str) -> Result<Self, PassportError> {
        let number: String = without_separators(text)
            .to_uppercase()
            .chars()
            .map(latin_capital)
            .collect();
        if number.is_empty() || !number.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(PassportError::Format);
        }
        if !(5..=15).contains(&number.len()) {
            return Err(PassportError::Length);
        }
        Ok(Self(number))
    }

    /// Whether it has the form of a Greek passport. Another form is a warning where a Greek one is expected.
    pub fn has_greek_form(&self) -> bool {
        let (letters, digits) = self.0.split_at(2);
        self.0.len() == 9 && letters.bytes().all(|b| b.is_ascii_uppercase()) && super::all_digits(digits)
    }
}

reasons! {
    /// Why a text is not a Personal Number.
    PersonalNumberError {
        /// Something other than Latin letters and digits.
        Format: "personal_number.format", "a Personal Number has Latin letters and digits", "Ο Προσωπικός Αριθμός έχει λατινικά γράμματα και ψηφία";
        /// Not twelve characters.
        Length: "personal_number.length", "a Personal Number has 12 characters", "Ο Προσωπικός Αριθμός έχει 12 χαρακτήρες";
        /// Fewer than nine digits.
        Digits: "personal_number.digits", "a Personal Number has at least 9 digits", "Ο Προσωπικός Αριθμός έχει τουλάχιστον 9 ψηφία";
    }
}

personal! {
    /// Προσωπικός Αριθμός: twelve letters and digits, at least nine of them digits. Source: L. 4727/2020, art. 11.
    PersonalNumber, PersonalNumberError
}

impl PersonalNumber {
    /// Reads a Personal Number, with or without separators.
    pub fn parse(text: &str) -> Result<Self, PersonalNumberError> {
        let number: String = without_separators(text)
            .to_uppercase()
            .chars()
            .map(latin_capital)
            .collect();
        if number.is_empty() || !number.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(PersonalNumberError::Format);
        }
        if number.len() != 12 {
            return Err(PersonalNumberError::Length);
        }
        if number.bytes().filter(u8::is_ascii_digit).count() < 9 {
            return Err(PersonalNumberError::Digits);
        }
        Ok(Self(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_cards() {
        for (text, normal) in [
            ("ΑΒ 123456", "ΑΒ123456"),
            ("AB123456", "ΑΒ123456"),
            ("αβ-123456", "ΑΒ123456"),
            ("Χ123456", "Χ123456"),
            ("Σ123456", "Σ123456"),
            ("AB1234567", "ΑΒ1234567"),
            ("L12345678", "L12345678"),
        ] {
            assert_eq!(IdCard::parse(text).unwrap().expose(), normal, "{text}");
        }
        for text in [
            "ΑΒ12345",
            "123456",
            "ΑΒΓ123456",
            "ΑΒ123456789",
            "L123456",
            "ΑΒ12345Γ",
            "ΑΒ",
            "",
        ] {
            assert_eq!(IdCard::parse(text), Err(IdCardError::Format), "{text}");
        }
    }

    #[test]
    fn passports() {
        for (text, normal, greek) in [
            ("AK1234567", "AK1234567", true),
            ("ak1234567", "AK1234567", true),
            ("ΑΚ1234567", "AK1234567", true),
            ("A1234567", "A1234567", false),
            ("12345", "12345", false),
        ] {
            let passport = Passport::parse(text).unwrap();
            assert_eq!(
                (passport.expose(), passport.has_greek_form()),
                (normal, greek),
                "{text}"
            );
        }
        assert_eq!(Passport::parse("A123"), Err(PassportError::Length));
        assert_eq!(Passport::parse("A123456789012345"), Err(PassportError::Length));
        assert_eq!(Passport::parse("Ψ1234567"), Err(PassportError::Format));
        assert_eq!(Passport::parse(""), Err(PassportError::Format));
    }

    #[test]
    fn personal_numbers() {
        assert_eq!(PersonalNumber::parse("A1B123456783").unwrap().expose(), "A1B123456783");
        assert_eq!(PersonalNumber::parse("a1b 123456783").unwrap().expose(), "A1B123456783");
        for (text, reason) in [
            ("ABCD12345678", PersonalNumberError::Digits),
            ("A1B12345678", PersonalNumberError::Length),
            ("A1B1234567831", PersonalNumberError::Length),
            ("Ψ1B123456783", PersonalNumberError::Format),
            ("", PersonalNumberError::Format),
        ] {
            assert_eq!(PersonalNumber::parse(text), Err(reason), "{text}");
        }
    }
}
