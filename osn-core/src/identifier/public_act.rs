//! Numbers of public acts: ΑΔΑ (Diavgeia) and ΑΔΑΜ (the public procurement registry).

use serde::{Deserialize, Serialize};

use super::{all_digits, public, reasons};
use crate::text::fold::greek_capital;

reasons! {
    /// Why a text is not an ADA.
    AdaError {
        /// Not 4 to 10 letters or digits, a hyphen, and 1 to 3 more.
        Format: "ada.format", "an ADA has 4 to 10 Greek capitals or digits, a hyphen and up to 3 more, such as Ψ11446ΜΓΨ7-ΠΚΛ",
            "Ο ΑΔΑ έχει 4 έως 10 ελληνικά κεφαλαία ή ψηφία, παύλα και έως 3 ακόμη, όπως Ψ11446ΜΓΨ7-ΠΚΛ";
    }
}

public! {
    /// ΑΔΑ: the number under which an act was posted on Diavgeia. Latin look-alikes are brought to Greek capitals.
    Ada, AdaError
}

impl Ada {
    /// Reads an ADA; lower case and Latin letters that look Greek are accepted.
    pub fn parse(text: &str) -> Result<Self, AdaError> {
        let normal: String = text.trim().to_uppercase().chars().map(greek_capital).collect();
        let (head, tail) = normal.split_once('-').ok_or(AdaError::Format)?;
        let letters = |part: &str| {
            part.chars()
                .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || ('Α'..='Ω').contains(&c))
        };
        if !(4..=10).contains(&head.chars().count())
            || !(1..=3).contains(&tail.chars().count())
            || !letters(head)
            || !letters(tail)
        {
            return Err(AdaError::Format);
        }
        Ok(Self(normal))
    }
}

reasons! {
    /// Why a text is not an ADAM.
    AdamError {
        /// Not a year, a stage and nine digits.
        Format: "adam.format", "an ADAM has two digits of the year, a stage (REQ, PROC, AWRD, SYMV, PAY) and 9 digits",
            "Ο ΑΔΑΜ έχει δύο ψηφία του έτους, στάδιο (REQ, PROC, AWRD, SYMV, PAY) και 9 ψηφία";
    }
}

public! {
    /// ΑΔΑΜ: the number under which a step of a procurement was posted.
    Adam, AdamError
}

/// The step of a procurement that an ADAM belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdamStage {
    /// `REQ`: πρωτογενές αίτημα.
    Request,
    /// `PROC`: προκήρυξη, διακήρυξη.
    Notice,
    /// `AWRD`: ανάθεση.
    Award,
    /// `SYMV`: σύμβαση.
    Contract,
    /// `PAY`: εντολή πληρωμής.
    Payment,
}

const STAGES: [(&str, AdamStage); 5] = [
    ("REQ", AdamStage::Request),
    ("PROC", AdamStage::Notice),
    ("AWRD", AdamStage::Award),
    ("SYMV", AdamStage::Contract),
    ("PAY", AdamStage::Payment),
];

impl Adam {
    /// Reads an ADAM, in any case.
    pub fn parse(text: &str) -> Result<Self, AdamError> {
        let number = text.trim().to_ascii_uppercase();
        match split_adam(&number) {
            Some(_) => Ok(Self(number)),
            None => Err(AdamError::Format),
        }
    }

    /// The step it belongs to.
    pub fn stage(&self) -> Option<AdamStage> {
        split_adam(&self.0).map(|(_, stage)| stage)
    }

    /// The year in which the step was posted.
    pub fn year(&self) -> Option<i32> {
        split_adam(&self.0).map(|(year, _)| year)
    }
}

fn split_adam(number: &str) -> Option<(i32, AdamStage)> {
    let year = number.get(..2).filter(|year| all_digits(year))?;
    let rest = number.get(2..)?;
    let (_, stage) = STAGES.iter().find(|(name, _)| {
        rest.strip_prefix(name)
            .is_some_and(|serial| serial.len() == 9 && all_digits(serial))
    })?;
    let year: i32 = year.parse().ok()?;
    Some((year.saturating_add(2000), *stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ada() {
        for (text, normal) in [
            ("Ψ11446ΜΓΨ7-ΠΚΛ", "Ψ11446ΜΓΨ7-ΠΚΛ"),
            ("ΨΡΗ4Η-354", "ΨΡΗ4Η-354"),
            ("4AΓΤΛ-8", "4ΑΓΤΛ-8"),
            (" ψ11446μγψ7-πκλ ", "Ψ11446ΜΓΨ7-ΠΚΛ"),
            ("9Ε2Π46ΜΔΨΟ-Δ39", "9Ε2Π46ΜΔΨΟ-Δ39"),
        ] {
            assert_eq!(Ada::parse(text).unwrap().to_string(), normal, "{text}");
        }
        for text in [
            "Ψ11446ΜΓΨ7",
            "ΨΡΗ-354",
            "ΨΡΗ4Η-",
            "ΨΡΗ4Η-3544",
            "ΨΡΗ4Η-3-4",
            "ΨΡΗ4 Η-3",
            "Ψ1144667ΜΓΨ7-Π",
            "",
        ] {
            assert_eq!(Ada::parse(text), Err(AdaError::Format), "{text}");
        }
    }

    #[test]
    fn adam() {
        let contract = Adam::parse("26SYMV019210768").unwrap();
        assert_eq!(
            (contract.stage(), contract.year()),
            (Some(AdamStage::Contract), Some(2026))
        );
        for (text, stage) in [
            ("24REQ012345678", AdamStage::Request),
            ("24PROC012345678", AdamStage::Notice),
            ("24awrd012345678", AdamStage::Award),
            ("24PAY012345678", AdamStage::Payment),
        ] {
            assert_eq!(Adam::parse(text).unwrap().stage(), Some(stage), "{text}");
        }
        for text in [
            "26SYMB019210768",
            "26SYMV19210768",
            "6SYMV019210768",
            "26SYMV0192107681",
            "26019210768",
            "",
        ] {
            assert_eq!(Adam::parse(text), Err(AdamError::Format), "{text}");
        }
    }
}
