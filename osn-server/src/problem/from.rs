//! Every error of the rules, the store and the plugin host as a refusal. Where the other crate's list is closed, the match
//! is exhaustive, so that a new error breaks the build and not a person's day.

use osn_core::state::InvalidTransition;
use osn_programs::cases::Failed;
use osn_programs::compile::CompileError;
use osn_programs::fault::{Fault, FaultKind, Whose};
use osn_programs::host::LoadError;
use osn_programs::package::PackageError;
use osn_programs::record::RecordError;
use osn_programs::steady::{Unsteady, What};
use osn_store::{SealFault, StoreError};

use crate::refusal::{FieldError, Kind, Refusal};

impl From<InvalidTransition> for Refusal {
    fn from(error: InvalidTransition) -> Self {
        Self::conflict("state.not-possible")
            .with("machine", error.machine)
            .with("from", error.from)
            .with("event", error.event)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale { .. } => Self::new(Kind::Stale, "record.stale"),
            StoreError::Conflict(ref name) if name == "serialization" => {
                Self::new(Kind::Busy, "store.busy").with("seconds", 1)
            }
            StoreError::Conflict(ref name) if name.starts_with("remembered") => {
                Self::conflict("idempotency.in-progress")
            }
            StoreError::Conflict(ref name) if name.ends_with("_key") && name != "foreign_key" => {
                Self::conflict("record.exists").caused_by(error)
            }
            StoreError::Locked => Self::new(Kind::Busy, "store.busy").with("seconds", 1).caused_by(error),
            StoreError::Unavailable(_) => Self::new(Kind::Busy, "store.unavailable")
                .with("seconds", 5)
                .caused_by(error),
            StoreError::OutOfRange("after") => Self::field("/after", "wrong-type"),
            StoreError::Sealed(SealFault::Erased) => Self::not_found("application.erased"),
            StoreError::Conflict(_)
            | StoreError::Inconsistent { .. }
            | StoreError::Sealed(SealFault::KeyMissing | SealFault::Tampered | SealFault::WrongKek)
            | StoreError::NotCanonical(_)
            | StoreError::OutOfRange(_)
            | StoreError::Schema(_)
            | StoreError::File { .. }
            | StoreError::Entropy
            | StoreError::Database(_) => Self::internal(error),
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match (fault.whose(), fault.kind) {
            (_, FaultKind::RefusedParameters { problems }) => {
                let under = |problem: osn_programs::problem::Problem| FieldError {
                    path: format!("/parameters{}", problem.path),
                    ..FieldError::from(problem)
                };
                Self::invalid("action.parameters", problems.into_iter().map(under).collect())
            }
            (Whose::Program, kind) => Self::new(Kind::Invalid, "program.fault")
                .with("fault", kind.code())
                .with("reason", &kind),
            (Whose::Input, kind) => Self::new(Kind::Invalid, "program.input")
                .with("fault", kind.code())
                .with("reason", &kind),
            (Whose::Host, FaultKind::Busy { .. }) => Self::new(Kind::Busy, "program.busy").with("seconds", 1),
            (Whose::Host, kind) => Self::internal(kind),
        }
    }
}

impl From<PackageError> for Refusal {
    fn from(error: PackageError) -> Self {
        let code = match &error {
            PackageError::TooLarge { .. } => "program.too-large",
            PackageError::NotAComponent { .. } | PackageError::CoreModule | PackageError::MachineCode => {
                "program.not-a-component"
            }
            PackageError::ForbiddenFeature { .. } => "program.forbidden-feature",
            PackageError::Imports { .. } => "program.imports",
            PackageError::WrongContract { .. } => "program.wrong-contract",
            PackageError::MissingExports { .. } => "program.missing-exports",
            PackageError::TooMuchDeclared { .. } => "program.too-much-declared",
            PackageError::Manifest { .. } | PackageError::Section { .. } => "program.manifest",
            PackageError::NotSigned => "program.not-signed",
            PackageError::BadSignature | PackageError::NotASignature => "program.signature",
            _ => "program.refused",
        };
        let refusal = Self::new(Kind::Invalid, code);
        let refusal = match &error {
            PackageError::TooLarge { size, limit } => refusal.with("size", size).with("limit", limit),
            PackageError::Imports { names } | PackageError::MissingExports { names } => {
                refusal.with("names", names.join(", "))
            }
            PackageError::WrongContract { needs, host } => {
                refusal.with("needs", needs).with("host", host.replace(" and ", ", "))
            }
            _ => refusal,
        };
        refusal.with("reason", error)
    }
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Package(error) => error.into(),
            LoadError::Describe(fault) => fault.into(),
            LoadError::Compile(error @ CompileError::Io { .. }) => Self::internal(error),
            LoadError::Compile(error @ CompileError::Refused { .. }) => {
                Self::new(Kind::Invalid, "program.not-a-component").with("reason", error)
            }
            LoadError::Compile(error) => Self::new(Kind::Invalid, "program.compile-limit").with("reason", error),
            error @ LoadError::WrongTypes { .. } => {
                Self::new(Kind::Invalid, "program.wrong-types").with("reason", error)
            }
            error @ (LoadError::OtherProgram { .. } | LoadError::Texts { .. }) => {
                Self::new(Kind::Invalid, "program.manifest").with("reason", error)
            }
            error => Self::new(Kind::Invalid, "program.refused").with("reason", error),
        }
    }
}

impl From<Failed> for Refusal {
    fn from(failed: Failed) -> Self {
        let field = |failure: &osn_programs::cases::Failure| {
            FieldError::new(format!("/cases/{}", failure.file), "case-failed")
                .with("name", &failure.name)
                .with("lines", failure.lines.join("; "))
        };
        let mut errors: Vec<FieldError> = failed.failures.iter().map(field).collect();
        let code = if errors.is_empty() {
            "program.unsteady"
        } else {
            "program.case-failed"
        };
        errors.extend(failed.unsteady.iter().map(unsteady));
        Self::invalid(code, errors)
            .with("failed", failed.failures.len())
            .with("passed", failed.passed)
    }
}

/// An answer that was not the same, beside the golden cases that show it.
fn unsteady(found: &Unsteady) -> FieldError {
    let error = |code: &str| FieldError::new("/cases", code).with("application", found.application.unwrap_or_default());
    match &found.what {
        What::Fault(fault) => error("together").with("fault", fault.kind.code()),
        What::Description | What::SecondRun | What::Order | What::Company => error(found.code()),
    }
}

impl From<RecordError> for Refusal {
    fn from(error: RecordError) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn store_errors_keep_their_meaning_and_hide_their_cause() {
        let errors = [
            StoreError::Conflict("account_login_key".into()),
            StoreError::Conflict("serialization".into()),
            StoreError::Conflict("foreign_key".into()),
            StoreError::Stale { expected: 3 },
            StoreError::Inconsistent {
                table: "call",
                column: "body",
                id: "?".into(),
            },
            StoreError::Locked,
            StoreError::Unavailable("the disk is full"),
            StoreError::Sealed(SealFault::Tampered),
            StoreError::Sealed(SealFault::Erased),
            StoreError::OutOfRange("after"),
        ];
        let mut table = String::new();
        for error in errors {
            let refusal = Refusal::from(error);
            writeln!(
                table,
                "{} {}",
                crate::problem::status(refusal.kind()).as_u16(),
                refusal.code()
            )
            .unwrap();
        }
        let wanted = "409 record.exists\n503 store.busy\n500 internal\n412 record.stale\n500 internal\n503 store.busy\n\
                      503 store.unavailable\n500 internal\n404 application.erased\n422 request.invalid\n";
        assert_eq!(table, wanted);
    }

    #[test]
    fn a_fault_says_whose_it_is() {
        for (kind, status, code) in [
            (FaultKind::OutOfFuel { limit: 1 }, 422, "program.fault"),
            (FaultKind::MalformedAnswer, 422, "program.fault"),
            (
                FaultKind::RefusedInput {
                    reason: "x".into(),
                    row: None,
                },
                422,
                "program.input",
            ),
            (
                FaultKind::RefusedParameters { problems: Vec::new() },
                422,
                "action.parameters",
            ),
            (FaultKind::Busy { limit: 1 }, 503, "program.busy"),
            (FaultKind::Host { reason: "x".into() }, 500, "internal"),
        ] {
            let refusal = Refusal::from(Fault::from(kind));
            assert_eq!(
                (crate::problem::status(refusal.kind()).as_u16(), refusal.code()),
                (status, code)
            );
        }
    }
}
