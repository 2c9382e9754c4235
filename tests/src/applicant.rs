//! People who apply to the city's call, by number: the same number is the same person.

use chrono::NaiveDate;
use osn_core::identifier::Amka;
use serde_json::{Value, json};

/// The number and the day of birth of a person.
pub fn amka(number: u16) -> (String, NaiveDate) {
    let born = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap_or_default() + chrono::Days::new(number.into());
    let amka = Amka::synthetic(born, 9990).map(|amka| amka.expose().to_owned());
    (amka.unwrap_or_default(), born)
}

/// An application that is in order.
pub fn application(number: u16) -> Value {
    let (amka, born) = amka(number);
    json!({
        "applicant": {
            "amka": amka, "given_name": "Ελένη", "family_name": "Δοκιμαστικού", "birth_date": born,
            "phone": "+302100099001", "street": "Πατησίων 1", "postal_code": "10434", "area": "athens.6",
        },
        "answers": { "disability-percent": "80.00", "annual-income": "4200.00", "resident": true },
        "evidence": {
            "disability-percent": { "state": "declared", "valid_to": "indefinite" },
            "annual-income": { "state": "declared" },
            "resident": { "state": "declared" },
        },
    })
}
