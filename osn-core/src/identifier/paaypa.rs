//! ΠΑΑΥΠΑ, the temporary insurance and health care number of asylum seekers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{all_digits, personal, reasons, without_separators};

reasons! {
    /// Why a text is not a PAAYPA.
    PaaypaError {
        /// Something other than digits.
        Format: "paaypa.format", "a PAAYPA has digits only", "Ο ΠΑΑΥΠΑ έχει μόνο ψηφία";
        /// Not eleven digits.
        Length: "paaypa.length", "a PAAYPA has 11 digits", "Ο ΠΑΑΥΠΑ έχει 11 ψηφία";
    }
}

personal! {
    /// ΠΑΑΥΠΑ: eleven digits. Whether it carries a check digit is not published, so only its shape is checked.
    Paaypa, PaaypaError
}

impl Paaypa {
    /// Reads a PAAYPA, with or without spaces and hyphens.
    pub fn parse(text: &str) -> Result<Self, PaaypaError> {
        let number = without_separators(text);
        if !all_digits(&number) {
            return Err(PaaypaError::Format);
        }
        if number.len() != 11 {
            return Err(PaaypaError::Length);
        }
        Ok(Self(number))
    }
}

/// Whether the number gives access to care. Source: L. 4636/2019, art. 55(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaaypaState {
    /// The asylum claim is being examined.
    Active,
    /// The claim was rejected without suspensive effect.
    Deactivated {
        /// First day without access.
        from: NaiveDate,
    },
}

impl PaaypaState {
    /// Whether the number is active on this day. An inactive one is a warning: the person may have another number by now.
    pub fn is_active_on(self, day: NaiveDate) -> bool {
        match self {
            Self::Active => true,
            Self::Deactivated { from } => day < from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape() {
        assert_eq!(Paaypa::parse("1234 567 8901").unwrap().expose(), "12345678901");
        assert_eq!(Paaypa::parse("1234567890"), Err(PaaypaError::Length));
        assert_eq!(Paaypa::parse("1234567890A"), Err(PaaypaError::Format));
    }

    #[test]
    fn a_rejected_claim_ends_it() {
        let rejected: NaiveDate = "2022-01-10".parse().unwrap();
        let state = PaaypaState::Deactivated { from: rejected };
        assert!(state.is_active_on(rejected.pred_opt().unwrap()));
        assert!(!state.is_active_on(rejected));
        assert!(PaaypaState::Active.is_active_on(rejected));
    }
}
