//! Why an act was not done: a kind, a stable code, arguments of the message, the fields that are wrong. No HTTP here.

use std::collections::BTreeMap;
use std::error::Error;

use osn_core::lang::LocalText;

/// What kind of answer a refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The message cannot be read at all.
    Malformed,
    /// Nobody is signed in, and somebody must be.
    NotSignedIn,
    /// Whoever is signed in may not do this.
    Forbidden,
    /// There is no such thing, or this person may not know that there is.
    NotFound,
    /// The state of things does not allow it now.
    Conflict,
    /// The record moved since it was read.
    Stale,
    /// What was sent is wrong; the fields say where.
    Invalid,
    /// More than is taken in one message.
    TooLarge,
    /// A body of a kind that is not read here.
    UnsupportedMedia,
    /// A method that this address does not have.
    MethodNotAllowed,
    /// Too many attempts.
    TooMany,
    /// Somebody else's turn: try again.
    Busy,
    /// Our own fault.
    Internal,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON Pointer to the field.
    pub path: String,
    /// Stable code, the key of the message.
    pub code: String,
    /// Arguments of the message; never personal data.
    pub args: BTreeMap<String, String>,
    /// The message itself, where whoever found the error brings it (identifiers, programs).
    pub text: Option<LocalText>,
}

impl FieldError {
    /// An error without arguments.
    pub fn new(path: impl Into<String>, code: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            code: code.into(),
            args: BTreeMap::new(),
            text: None,
        }
    }

    /// The same error with its own message.
    #[must_use]
    pub fn saying(mut self, text: LocalText) -> Self {
        self.text = Some(text);
        self
    }

    /// The same error with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<osn_programs::problem::Problem> for FieldError {
    fn from(problem: osn_programs::problem::Problem) -> Self {
        Self {
            path: problem.path,
            code: problem.code,
            args: problem.args,
            text: None,
        }
    }
}

/// A refusal, rendered by [`crate::problem`] for machines and by the pages for people.
///
/// Boxed inside, so that the happy path stays small.
#[derive(Debug)]
pub struct Refusal(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    code: &'static str,
    args: BTreeMap<String, String>,
    errors: Vec<FieldError>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Refusal {
    /// A refusal of this kind with its stable code, e.g. `application.late`.
    pub fn new(kind: Kind, code: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            code,
            args: BTreeMap::new(),
            errors: Vec::new(),
            cause: None,
        }))
    }

    /// There is no such thing.
    pub fn not_found(code: &'static str) -> Self {
        Self::new(Kind::NotFound, code)
    }

    /// The state of things does not allow it.
    pub fn conflict(code: &'static str) -> Self {
        Self::new(Kind::Conflict, code)
    }

    /// What was sent is wrong.
    pub fn invalid(code: &'static str, errors: Vec<FieldError>) -> Self {
        let mut refusal = Self::new(Kind::Invalid, code);
        refusal.0.errors = errors;
        refusal
    }

    /// One field is wrong.
    pub fn field(path: &str, code: &str) -> Self {
        Self::invalid("request.invalid", vec![FieldError::new(path, code)])
    }

    /// Our own fault: the cause goes to the log, never to the caller.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut refusal = Self::new(Kind::Internal, "internal");
        refusal.0.cause = Some(cause.into());
        refusal
    }

    /// The same refusal with one more argument of its message.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same refusal with one more field that is wrong.
    #[must_use]
    pub fn at(mut self, error: FieldError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// The same refusal with what lies behind it, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// What kind of answer it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Arguments of the message.
    pub fn args(&self) -> &BTreeMap<String, String> {
        &self.0.args
    }

    /// The fields that are wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// What lies behind it; for the log only.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.code)?;
        for error in &self.0.errors {
            write!(f, "; {}: {}", error.path, error.code)?;
        }
        match &self.0.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl Error for Refusal {}

/// What an act answers.
pub type Outcome<T> = Result<T, Refusal>;
