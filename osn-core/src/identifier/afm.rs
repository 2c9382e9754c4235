//! ΑΦΜ, the tax number of people and bodies.

use super::{all_digits, digits, personal, reasons, without_separators};

reasons! {
    /// Why a text is not an AFM.
    AfmError {
        /// Something other than digits after the country prefix.
        Format: "afm.format", "an AFM has digits only", "Ο ΑΦΜ έχει μόνο ψηφία";
        /// Neither nine digits nor eight (an old number without its leading zero).
        Length: "afm.length", "an AFM has 9 digits", "Ο ΑΦΜ έχει 9 ψηφία";
        /// Nine zeros fit the formula and are nobody's.
        Zeros: "afm.zeros", "an AFM is not all zeros", "Ο ΑΦΜ δεν είναι όλο μηδενικά";
        /// The last digit does not fit the others.
        CheckDigit: "afm.check_digit", "the check digit of the AFM is wrong: a digit was mistyped",
            "Το ψηφίο ελέγχου του ΑΦΜ είναι λάθος: κάποιο ψηφίο δεν γράφτηκε σωστά";
    }
}

personal! {
    /// ΑΦΜ: nine digits, the last one a weighted sum of the others modulo 11.
    Afm, AfmError
}

impl Afm {
    /// Reads an AFM, with or without the prefix `EL` or `GR` and separators; an old number of eight digits gets its zero.
    pub fn parse(text: &str) -> Result<Self, AfmError> {
        let written = without_separators(text).to_uppercase();
        let number = ["EL", "GR", "ΕΛ"]
            .iter()
            .find_map(|prefix| written.strip_prefix(prefix))
            .unwrap_or(&written);
        if !all_digits(number) {
            return Err(AfmError::Format);
        }
        let number = match number.len() {
            9 => number.to_owned(),
            8 => format!("0{number}"),
            _ => return Err(AfmError::Length),
        };
        if digits(&number).all(|digit| digit == 0) {
            return Err(AfmError::Zeros);
        }
        let (body, check) = number.split_at(8);
        // Σ dᵢ·2^(9-i) for i = 1..8, by Horner's rule: each step doubles what came before.
        let sum = digits(body).fold(0_u32, |sum, digit| sum.saturating_add(digit).saturating_mul(2));
        if digits(check).next() != Some(sum % 11 % 10) {
            return Err(AfmError::CheckDigit);
        }
        Ok(Self(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        for (text, normal) in [
            ("094259216", "094259216"),
            ("EL094259216", "094259216"),
            ("gr 094 259 216", "094259216"),
            ("94259216", "094259216"),
            ("996887930", "996887930"),
            ("094019245", "094019245"),
            ("090000045", "090000045"),
            ("123456783", "123456783"),
            ("900000005", "900000005"),
            ("800000002", "800000002"),
            ("999999993", "999999993"),
        ] {
            assert_eq!(Afm::parse(text).unwrap().expose(), normal, "{text}");
        }
        for (text, reason) in [
            ("123456781", AfmError::CheckDigit),
            ("999999999", AfmError::CheckDigit),
            ("023456783", AfmError::CheckDigit),
            ("12345678X", AfmError::Format),
            ("DE123456783", AfmError::Format),
            ("EL", AfmError::Format),
            ("000000000", AfmError::Zeros),
            ("00000000", AfmError::Zeros),
            ("1234567", AfmError::Length),
            ("1234567831", AfmError::Length),
        ] {
            assert_eq!(Afm::parse(text), Err(reason), "{text}");
        }
    }
}
