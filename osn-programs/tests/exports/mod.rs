//! What a program exports, and one call of each: shared by the tests that are hostile against every export.

#![allow(clippy::allow_attributes, dead_code, reason = "each test file uses its own part")]

use std::time::Duration;

use chrono::NaiveDate;
use osn_programs::batch::Context;
use osn_programs::fault::Fault;
use osn_programs::host::{Host, LoadError};
use osn_programs::input::{ClaimInput, GroupInput, Value};
use osn_programs::limits::Limits;
use osn_programs::plan::{PlanRequest, Slot};
use osn_programs::program::Program;
use osn_programs::verdict::Outcome;
use osn_test_guest::Guest;

/// Nothing hostile may take longer, on a slow machine and unoptimised.
pub(crate) const BOUND: Duration = Duration::from_secs(3);

/// What a program exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Export {
    Describe,
    CheckParameters,
    Assess,
    Plan,
    Estimate,
}

impl Export {
    pub(crate) const ALL: [Self; 5] = [
        Self::Describe,
        Self::CheckParameters,
        Self::Assess,
        Self::Plan,
        Self::Estimate,
    ];

    /// A guest whose export does this first.
    pub(crate) fn doing(self, code: &str, extra: &str) -> Guest {
        let mut guest = Guest {
            extra: extra.to_owned(),
            ..Guest::default()
        };
        if self == Self::Assess {
            return Guest {
                extra: extra.to_owned(),
                ..Guest::assessing(code)
            };
        }
        let place = match self {
            Self::Describe => &mut guest.describe,
            Self::CheckParameters => &mut guest.check,
            Self::Assess => &mut guest.assess,
            Self::Plan => &mut guest.plan,
            Self::Estimate => &mut guest.estimate,
        };
        code.clone_into(place);
        guest
    }

    /// Fuel that a call of it is given.
    pub(crate) const fn fuel(self, limits: &Limits) -> u64 {
        match self {
            Self::Describe | Self::CheckParameters | Self::Estimate => limits.describe_fuel,
            Self::Assess => limits.batch_fuel,
            Self::Plan => limits.plan_fuel,
        }
    }
}

/// Fuel runs out before the clock does, on a slow machine too.
pub(crate) fn limits() -> Limits {
    Limits {
        batch_fuel: 20_000_000,
        plan_fuel: 30_000_000,
        describe_fuel: 10_000_000,
        ..Limits::default()
    }
}

pub(crate) fn context() -> Context {
    Context {
        as_of: NaiveDate::from_ymd_opt(2022, 8, 19).unwrap(),
        parameters: "{}".to_owned(),
    }
}

pub(crate) fn groups() -> Vec<GroupInput> {
    vec![GroupInput {
        application: [("number".to_owned(), Value::Int(1).into())].into(),
        claims: vec![ClaimInput::default()],
        ..GroupInput::default()
    }]
}

/// Calls one export of a guest; `None` when it answered.
pub(crate) fn called(host: &Host, export: Export, guest: &Guest) -> Option<Fault> {
    let program = match host.load_code(&guest.build()) {
        Ok(program) => program,
        Err(LoadError::Describe(fault)) => return Some(fault),
        Err(other) => panic!("{export:?}: {other}"),
    };
    call(&program, export).err()
}

/// One occasion, and one euro.
pub(crate) fn request() -> PlanRequest {
    PlanRequest {
        slots: vec![Slot::default()],
        budget_cents: 100,
        ..PlanRequest::default()
    }
}

/// Calls one export of a loaded program.
pub(crate) fn call(program: &Program, export: Export) -> Result<(), Fault> {
    match export {
        Export::Describe => program.about(Some("{}")).map(drop),
        Export::CheckParameters => program.check_parameters("{}").map(drop),
        Export::Assess => program.assess_groups(&context(), &groups()).map(drop),
        Export::Plan => program.plan(&context(), &groups(), &request()).map(drop),
        Export::Estimate => program.estimate(&context(), 1, 1, 1).map(drop),
    }
}

/// Everything an honest program is asked.
pub(crate) fn serves(program: &Program) {
    for export in Export::ALL {
        call(program, export).unwrap_or_else(|fault| panic!("{export:?}: {fault}"));
    }
    let verdicts = program.assess_groups(&context(), &groups()).unwrap();
    assert_eq!(verdicts[0].outcome, Outcome::Eligible);
}
