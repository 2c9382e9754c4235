//! IBAN, the number of a bank account.

use super::{all_digits, personal, reasons, without_separators};

reasons! {
    /// Why a text is not an IBAN.
    IbanError {
        /// Not a country, two check digits and letters or digits.
        Format: "iban.format", "an IBAN starts with a country and two digits, such as GR16, and has Latin letters and digits",
            "Το IBAN αρχίζει με χώρα και δύο ψηφία, όπως GR16, και έχει λατινικά γράμματα και ψηφία";
        /// A Greek account has 27 characters; others have 15 to 34.
        Length: "iban.length", "a Greek IBAN has 27 characters", "Το ελληνικό IBAN έχει 27 χαρακτήρες";
        /// The check digits do not fit.
        CheckDigits: "iban.check_digits", "the check digits of the IBAN are wrong: a character was mistyped",
            "Τα ψηφία ελέγχου του IBAN είναι λάθος: κάποιος χαρακτήρας δεν γράφτηκε σωστά";
    }
}

personal! {
    /// IBAN (ISO 13616), in upper case without spaces. Greek accounts are checked for their structure, foreign ones for
    /// their check digits only.
    Iban, IbanError
}

impl Iban {
    /// Reads an IBAN, with or without spaces.
    pub fn parse(text: &str) -> Result<Self, IbanError> {
        let number = without_separators(text).to_ascii_uppercase();
        let (Some(country), Some(check), Some(account)) = (number.get(..2), number.get(2..4), number.get(4..)) else {
            return Err(IbanError::Format);
        };
        if !country.bytes().all(|byte| byte.is_ascii_uppercase())
            || !all_digits(check)
            || !account.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return Err(IbanError::Format);
        }
        let right_length = if country == "GR" {
            number.len() == 27
        } else {
            (15..=34).contains(&number.len())
        };
        if !right_length {
            return Err(IbanError::Length);
        }
        // Bank (3 digits) and branch (4 digits) of a Greek account.
        if country == "GR" && !account.get(..7).is_some_and(all_digits) {
            return Err(IbanError::Format);
        }
        if remainder_97(&[account, country, check].concat()) != 1 {
            return Err(IbanError::CheckDigits);
        }
        Ok(Self(number))
    }

    /// Whether the account is held in Greece. A foreign account is a warning: the municipality may not be able to pay it.
    pub fn is_greek(&self) -> bool {
        self.0.starts_with("GR")
    }
}

/// ISO 7064 MOD 97-10: letters count as 10 to 35, and the whole is read as one decimal number.
fn remainder_97(text: &str) -> u32 {
    text.chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0_u32, |remainder, value| {
            let shift = if value < 10 { 10 } else { 100 };
            remainder.saturating_mul(shift).saturating_add(value) % 97
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        for (text, greek) in [
            ("GR1601101250000000012300695", true),
            ("GR16 0110 1250 0000 0001 2300 695", true),
            ("gr16 0110 1250 0000 0001 2300 695", true),
            ("DE89370400440532013000", false),
        ] {
            let iban = Iban::parse(text).unwrap();
            assert_eq!(iban.is_greek(), greek, "{text}");
            assert!(!iban.expose().contains(' '));
        }
        for (text, reason) in [
            ("GR1601101250000000012300696", IbanError::CheckDigits),
            ("GR160110125000000001230069", IbanError::Length),
            ("GR16011012500000000123006950", IbanError::Length),
            ("DE893704004405", IbanError::Length),
            ("GR16A1101250000000012300695", IbanError::Format),
            ("1601101250000000012300695", IbanError::Format),
            ("ΓΡ1601101250000000012300695", IbanError::Format),
            ("", IbanError::Format),
            ("G", IbanError::Format),
        ] {
            assert_eq!(Iban::parse(text), Err(reason), "{text}");
        }
    }
}
