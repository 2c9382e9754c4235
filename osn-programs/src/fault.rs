//! What went wrong with a run, whose fault it was, and which limit was hit.

use crate::input::InputError;
use crate::problem::Problem;

/// A run that gave no verdicts. Nothing of it may be stored as a decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}", .group.map(|group| format!(" (application {group})")).unwrap_or_default())]
pub struct Fault {
    /// What happened.
    pub kind: FaultKind,
    /// Position of the application on which it happens, where it could be found.
    pub group: Option<usize>,
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The program is broken or hostile: its author.
    Program,
    /// The data or parameters handed over: whoever prepared the call.
    Input,
    /// This server: its operator.
    Host,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The fuel of a batch was used up: the same on every machine.
    #[error("the program used up its fuel of {limit}")]
    OutOfFuel {
        /// Fuel given to the batch.
        limit: u64,
    },
    /// The wall clock's backstop.
    #[error("the program ran longer than {limit_ms} ms")]
    TimedOut {
        /// Milliseconds given to the batch.
        limit_ms: u64,
    },
    /// Linear memory would have grown beyond its limit.
    #[error("the program asked for more than {limit} bytes of memory")]
    MemoryLimit {
        /// Bytes allowed.
        limit: usize,
    },
    /// A table would have grown beyond its limit.
    #[error("the program asked for a table of more than {limit} elements")]
    TableLimit {
        /// Elements allowed.
        limit: usize,
    },
    /// Endless recursion.
    #[error("the program used up its stack")]
    StackOverflow,
    /// A panic, a division by zero, a wild pointer.
    #[error("the program trapped: {trap:?}")]
    Trapped {
        /// What kind of trap.
        trap: TrapKind,
    },
    /// The answer is larger than the host is willing to copy.
    #[error("the program's answer is larger than {limit} bytes")]
    AnswerTooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The answer breaks the calling convention: pointers outside memory, invalid UTF-8, a discriminant that does not exist.
    #[error("the program's answer is malformed")]
    MalformedAnswer,
    /// The answer is well formed and cannot be true.
    #[error("the program's answer cannot be true: {what}{}", .row.map(|row| format!(" (row {row})")).unwrap_or_default())]
    LyingAnswer {
        /// What does not fit.
        what: Lie,
        /// The row on which it was seen, counted within the batch.
        row: Option<usize>,
    },
    /// The description is not usable.
    #[error("the program's description is not usable: {}", list(.problems))]
    BadDescription {
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// The program refused the batch with a reason of its catalogue.
    #[error("the program refused the input: {reason}{}", .row.map(|row| format!(" (row {row})")).unwrap_or_default())]
    RefusedInput {
        /// Key of the reason.
        reason: String,
        /// The row, counted within the batch.
        row: Option<u32>,
    },
    /// The program refused the parameters.
    #[error("the program refused the parameters: {}", list(.problems))]
    RefusedParameters {
        /// Everything that is wrong with them.
        problems: Vec<Problem>,
    },
    /// An application cannot be turned into columns.
    #[error(transparent)]
    Input(#[from] InputError),
    /// More rows than one batch may hold.
    #[error("{rows} rows in one batch, at most {limit}")]
    TooManyRows {
        /// Rows handed over.
        rows: usize,
        /// Rows allowed.
        limit: usize,
    },
    /// A batch whose columns do not fit each other or the description.
    #[error("the batch does not fit the description: {what}")]
    WrongShape {
        /// The column.
        what: String,
    },
    /// All places of the pool are in use.
    #[error("all {limit} places for running programs are in use")]
    Busy {
        /// Places of the pool.
        limit: u32,
    },
    /// Anything else that is this server's own trouble.
    #[error("the host could not run the program: {reason}")]
    Host {
        /// What the engine said. Contains no input.
        reason: String,
    },
}

/// What kind of trap ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrapKind {
    /// A panic or another `unreachable`.
    Unreachable,
    /// A division by zero.
    DivisionByZero,
    /// An arithmetic overflow that traps.
    Overflow,
    /// Memory outside its bounds.
    OutOfBounds,
    /// A wrong indirect call.
    IndirectCall,
    /// Anything else.
    Other,
}

/// What does not fit in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Lie {
    /// A matrix has another number of cells.
    #[error("`{matrix}` has {found} cells instead of {wanted}")]
    Length {
        /// Name of the matrix.
        matrix: &'static str,
        /// Cells that there should be.
        wanted: usize,
        /// Cells that there are.
        found: usize,
    },
    /// A state that does not exist.
    #[error("a state that does not exist")]
    UnknownState,
    /// An outcome that does not exist.
    #[error("an outcome that does not exist")]
    UnknownOutcome,
    /// The outcome of a claim does not follow from its criteria.
    #[error("the outcome does not follow from the criteria")]
    OutcomeAgainstCriteria,
    /// The outcome of an application does not follow from its claims.
    #[error("the application's outcome does not follow from its claims")]
    GroupAgainstClaims,
    /// "Met" with a value that fails the declared comparison, or the other way round.
    #[error("criterion {criterion}: the state contradicts the values seen and wanted")]
    StateAgainstValues {
        /// Position of the criterion.
        criterion: usize,
    },
    /// A number outside ±(2^53 - 1), the bounds declared, or the options.
    #[error("`{matrix}` holds a number out of range")]
    NumberOutOfRange {
        /// Name of the matrix.
        matrix: &'static str,
    },
    /// A symbol that points at nothing.
    #[error("`{table}` has no such symbol")]
    UnknownSymbol {
        /// Name of the table.
        table: &'static str,
    },
    /// A finding of a rule that the set does not have.
    #[error("a finding of a rule that does not exist")]
    UnknownRule,
    /// A reason for which the rule has no words.
    #[error("a reason for which the rule has no words")]
    UnknownReason,
    /// A value that cannot be: a cut of nothing, a day that does not exist, a text without end.
    #[error("a value that cannot be")]
    Value,
    /// A row, occasion or group that does not exist.
    #[error("`{table}` has no such position")]
    UnknownPosition {
        /// Name of the table.
        table: &'static str,
    },
    /// More money than the budget holds.
    #[error("the plan costs more than the budget")]
    OverBudget,
    /// More deliveries than an occasion holds.
    #[error("the plan overfills an occasion")]
    OverCapacity,
    /// More of a supply than there is.
    #[error("the plan gives more than there is")]
    OverStock,
    /// A delivery that had to stay is missing.
    #[error("the plan dropped a delivery that had to stay")]
    DroppedKept,
    /// A row is given the same supply twice on one occasion.
    #[error("the plan contradicts itself")]
    Contradiction,
    /// Two answers to the same question.
    #[error("two different answers to the same input")]
    NotDeterministic,
}

impl FaultKind {
    /// Who has to act.
    pub const fn whose(&self) -> Whose {
        match self {
            Self::OutOfFuel { .. }
            | Self::TimedOut { .. }
            | Self::MemoryLimit { .. }
            | Self::TableLimit { .. }
            | Self::StackOverflow
            | Self::Trapped { .. }
            | Self::AnswerTooLarge { .. }
            | Self::MalformedAnswer
            | Self::LyingAnswer { .. }
            | Self::BadDescription { .. } => Whose::Program,
            Self::RefusedInput { .. }
            | Self::RefusedParameters { .. }
            | Self::Input(_)
            | Self::TooManyRows { .. }
            | Self::WrongShape { .. } => Whose::Input,
            Self::Busy { .. } | Self::Host { .. } => Whose::Host,
        }
    }

    /// Stable code in kebab-case, the key of the message.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OutOfFuel { .. } => "out-of-fuel",
            Self::TimedOut { .. } => "timed-out",
            Self::MemoryLimit { .. } => "memory-limit",
            Self::TableLimit { .. } => "table-limit",
            Self::StackOverflow => "stack-overflow",
            Self::Trapped { .. } => "trapped",
            Self::AnswerTooLarge { .. } => "answer-too-large",
            Self::MalformedAnswer => "malformed-answer",
            Self::LyingAnswer { .. } => "lying-answer",
            Self::BadDescription { .. } => "bad-description",
            Self::RefusedInput { .. } => "refused-input",
            Self::RefusedParameters { .. } => "refused-parameters",
            Self::Input(_) => "wrong-input",
            Self::TooManyRows { .. } => "too-many-rows",
            Self::WrongShape { .. } => "wrong-shape",
            Self::Busy { .. } => "busy",
            Self::Host { .. } => "host",
        }
    }

    /// Whether the same input gives the same fault on every machine, so that the application behind it can be found.
    pub const fn is_deterministic(&self) -> bool {
        matches!(self.whose(), Whose::Program) && !matches!(self, Self::TimedOut { .. })
    }
}

impl Fault {
    /// Who has to act.
    pub const fn whose(&self) -> Whose {
        self.kind.whose()
    }
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Self {
        Self { kind, group: None }
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
