//! Telephone numbers and postal codes.

use serde::{Deserialize, Serialize};

use super::{all_digits, personal, public, reasons, without_separators};

reasons! {
    /// Why a text is not a telephone number.
    PhoneError {
        /// Something other than digits, separators and a leading plus.
        Format: "phone.format", "a telephone number has digits, and a plus before a country code",
            "Το τηλέφωνο έχει ψηφία, και συν πριν από τον κωδικό χώρας";
        /// A Greek number that is not ten digits, or a foreign one that is not 8 to 15.
        Length: "phone.length", "a Greek telephone number has 10 digits; write others with + and the country code",
            "Το ελληνικό τηλέφωνο έχει 10 ψηφία· τα άλλα γράφονται με + και τον κωδικό χώρας";
        /// Ten digits that start with neither 2 nor 69.
        Prefix: "phone.prefix", "a Greek telephone number starts with 2 (fixed) or 69 (mobile)",
            "Το ελληνικό τηλέφωνο αρχίζει από 2 (σταθερό) ή 69 (κινητό)";
    }
}

personal! {
    /// A person's telephone number in E.164 form: `+306912345678`.
    Phone, PhoneError
}

/// What kind of line a number is, as far as its digits tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneKind {
    /// A Greek fixed line.
    Fixed,
    /// A Greek mobile, which takes text messages.
    Mobile,
    /// A number of another country.
    Foreign,
}

impl Phone {
    /// Reads a Greek number (`6912345678`, `210 5277000`, `+30 …`, `0030 …`) or a foreign one with its country code.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let written = without_separators(text);
        let international = written.strip_prefix('+').or_else(|| written.strip_prefix("00"));
        let number = international.unwrap_or(&written);
        if !all_digits(number) {
            return Err(PhoneError::Format);
        }
        let national = match international {
            None => number,
            Some(international) => match international.strip_prefix("30") {
                Some(national) => national,
                // E.164: at most 15 digits, and a country code never starts with zero.
                None if (8..=15).contains(&number.len()) && !number.starts_with('0') => {
                    return Ok(Self(format!("+{number}")));
                }
                None => return Err(PhoneError::Length),
            },
        };
        if national.len() != 10 {
            return Err(PhoneError::Length);
        }
        if !national.starts_with('2') && !national.starts_with("69") {
            return Err(PhoneError::Prefix);
        }
        Ok(Self(format!("+30{national}")))
    }

    /// What kind of line it is.
    pub fn kind(&self) -> PhoneKind {
        match self.0.strip_prefix("+30") {
            Some(national) if national.starts_with("69") => PhoneKind::Mobile,
            Some(_) => PhoneKind::Fixed,
            None => PhoneKind::Foreign,
        }
    }
}

reasons! {
    /// Why a text is not a postal code.
    PostcodeError {
        /// Not five digits.
        Format: "postcode.format", "a postal code has 5 digits", "Ο ταχυδρομικός κώδικας έχει 5 ψηφία";
    }
}

public! {
    /// A Greek postal code: five digits. Which municipality it belongs to is that municipality's data.
    Postcode, PostcodeError
}

impl Postcode {
    /// Reads a postal code; `104 31` is `10431`.
    pub fn parse(text: &str) -> Result<Self, PostcodeError> {
        let code: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if code.len() == 5 && all_digits(&code) {
            Ok(Self(code))
        } else {
            Err(PostcodeError::Format)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        for (text, normal, kind) in [
            ("6912345678", "+306912345678", PhoneKind::Mobile),
            ("691 234-5678", "+306912345678", PhoneKind::Mobile),
            ("2105277000", "+302105277000", PhoneKind::Fixed),
            ("(210) 52 77 000", "+302105277000", PhoneKind::Fixed),
            ("+30 210 5277000", "+302105277000", PhoneKind::Fixed),
            ("0030 6912345678", "+306912345678", PhoneKind::Mobile),
            ("+44 20 7946 0018", "+442079460018", PhoneKind::Foreign),
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.expose(), phone.kind()), (normal, kind), "{text}");
        }
        for (text, reason) in [
            ("7912345678", PhoneError::Prefix),
            ("+307912345678", PhoneError::Prefix),
            ("691234567", PhoneError::Length),
            ("69123456789", PhoneError::Length),
            ("+0123456789", PhoneError::Length),
            ("+1234567", PhoneError::Length),
            ("691234567x", PhoneError::Format),
            ("", PhoneError::Format),
            ("+", PhoneError::Format),
        ] {
            assert_eq!(Phone::parse(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn postcodes_are_checked_for_their_shape_only() {
        for text in ["10431", "11855", "11146", "15231", "104 31"] {
            assert_eq!(Postcode::parse(text).unwrap().as_str().len(), 5, "{text}");
        }
        for text in ["1043", "104310", "1043A", "", "١٠٤٣١"] {
            assert_eq!(Postcode::parse(text), Err(PostcodeError::Format), "{text}");
        }
        let code: Postcode = serde_json::from_str("\"104 31\"").unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"10431\"");
    }
}
