//! What a plain design would cost: the rules of food-parcel behind JSON in, JSON out. For the bench only.

use food_parcel::{FoodParcel, Household, Member, Parameters};
use osn_program_sdk::{
    Answer, Case, Day, Evidence, Finding, Findings, Nothing, Parameters as _, Program, RankingKeys, State, ValidTo,
};
use serde::{Deserialize, Serialize};

/// One call.
#[derive(Debug, Deserialize)]
pub struct Request {
    as_of: i32,
    parameters: serde_json::Value,
    applications: Vec<Application>,
}

/// One application.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Application {
    disability_percent: Proven<i64>,
    annual_income: Proven<i64>,
    resident: Proven<bool>,
    members: Vec<Person>,
}

/// An answer with its document.
#[derive(Debug, Deserialize)]
pub struct Proven<T> {
    value: Option<T>,
    evidence: Document,
    valid_to: Option<i32>,
}

/// The state of a document.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// Nothing was said about it.
    None,
    /// Declared.
    Declared,
    /// Will be brought.
    Bringing,
    /// Accepted.
    Accepted,
    /// Refused.
    Refused,
    /// Expired.
    Expired,
}

/// A member of the household.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Person {
    birth_date: i32,
}

/// One verdict.
#[derive(Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// Outcome of the application.
    pub outcome: String,
    /// One for each criterion.
    pub criteria: Vec<Criterion>,
    /// One for each ranking key.
    pub keys: Vec<Option<i64>>,
}

/// One criterion.
#[derive(Debug, Serialize, Deserialize)]
pub struct Criterion {
    /// Its state.
    pub state: String,
    /// The value seen.
    pub seen: Option<i64>,
    /// The value wanted.
    pub wanted: Option<i64>,
}

impl<T: Copy> Proven<T> {
    fn answer(&self) -> Answer<T> {
        let evidence = match self.evidence {
            Document::None => Evidence::None,
            Document::Declared => Evidence::Declared,
            Document::Bringing => Evidence::Bringing,
            Document::Accepted => Evidence::Accepted,
            Document::Refused => Evidence::Refused,
            Document::Expired => Evidence::Expired,
        };
        let valid_to = match self.valid_to {
            None => ValidTo::NotKnown,
            Some(i32::MAX) => ValidTo::Indefinite,
            Some(day) => ValidTo::Until(Day(day)),
        };
        Answer {
            value: self.value,
            evidence,
            valid_to,
        }
    }
}

fn state(finding: Finding) -> &'static str {
    match finding.state {
        State::Met => "met",
        State::NotMet => "not-met",
        State::Unknown => "unknown",
        State::NotApplicable => "not-applicable",
    }
}

fn judge(as_of: Day, parameters: &Parameters, application: &Application) -> Verdict {
    let household = Household {
        disability_percent: application.disability_percent.answer(),
        annual_income: application.annual_income.answer(),
        resident: application.resident.answer(),
        at_home: Answer::MISSING,
        area: Answer::MISSING,
    };
    let member = |person: &Person| Member {
        birth_date: Answer {
            value: Some(Day(person.birth_date)),
            evidence: Evidence::None,
            valid_to: ValidTo::NotKnown,
        },
    };
    let members: Vec<Member> = application.members.iter().map(member).collect();
    let (criteria, keys) = FoodParcel::assess(&Case {
        as_of,
        parameters,
        application: &household,
        claim: &Nothing,
        claims: &[Nothing],
        members: &members,
        facts: &Nothing,
    });
    let mut outcome = "eligible";
    let mut list = Vec::new();
    criteria.each(|finding| {
        match finding.state {
            State::NotMet => outcome = "not-eligible",
            State::Unknown if outcome == "eligible" => outcome = "missing-evidence",
            State::Met | State::Unknown | State::NotApplicable => {}
        }
        list.push(Criterion {
            state: state(finding).to_owned(),
            seen: finding.seen,
            wanted: finding.wanted,
        });
    });
    let mut ranked = Vec::new();
    keys.each(|key| ranked.push(key));
    Verdict {
        outcome: outcome.to_owned(),
        criteria: list,
        keys: ranked,
    }
}

/// Assesses one request; an empty text where it cannot be read.
pub fn assess(request: &str) -> String {
    let Ok(request) = serde_json::from_str::<Request>(request) else {
        return String::new();
    };
    let Ok(parameters) = Parameters::read(&request.parameters) else {
        return String::new();
    };
    let verdicts: Vec<Verdict> = request
        .applications
        .iter()
        .map(|one| judge(Day(request.as_of), &parameters, one))
        .collect();
    serde_json::to_string(&verdicts).unwrap_or_default()
}

#[cfg(all(target_arch = "wasm32", feature = "extism"))]
mod for_extism {
    //! The same function for Extism's host.
    use extism_pdk::{FnResult, plugin_fn};

    #[plugin_fn]
    pub fn assess(request: String) -> FnResult<String> {
        Ok(super::assess(&request))
    }
}

#[cfg(all(target_arch = "wasm32", not(feature = "extism")))]
mod exported {
    //! The world's only function.
    #![expect(unsafe_code, reason = "generated")]
    wit_bindgen::generate!({ path: "wit", world: "bench-json" });

    struct Exported;

    impl Guest for Exported {
        fn assess(request: String) -> String {
            super::assess(&request)
        }
    }

    export!(Exported);
}
