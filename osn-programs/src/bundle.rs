//! Decisions and plans on their way to another machine: a file that is run again with nothing but the command.
//!
//! A bundle of a program starts with its component; each further line is a decision, or a plan with the decisions on which
//! it stands. A bundle of immediate help has no program: people decided, and what bound them is computed again.

use std::io::{BufRead, Write};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use osn_core::canonical::Digest;
use osn_core::immediate::HelpDecision;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::host::{Host, LoadError};
use crate::plan_record::PlanRecord;
use crate::program::Program;
use crate::record::{Replayed, replay_bytes};

/// First line of a bundle of a program.
const PROGRAM: &str = "decision-bundle-0.1";
/// First line of a bundle of immediate help.
const HELP: &str = "help-bundle-0.1";

/// First line of a bundle.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    osn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code_digest: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    component: Option<String>,
}

/// Every further line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    digest: Digest,
    record: String,
    /// Of a plan, the records of the decisions that it cites, in its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decisions: Option<Vec<String>>,
}

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The file.
    #[error("the bundle cannot be read or written")]
    Io(#[from] std::io::Error),
    /// A line.
    #[error("line {line} of the bundle is not what it should be: {reason}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The component does not run here.
    #[error("the bundle's component does not run here")]
    Load(#[from] LoadError),
    /// This host's own trouble while replaying.
    #[error("the replay could not go on")]
    Fault(#[from] Fault),
}

fn wrong(line: usize, reason: impl std::fmt::Display) -> BundleError {
    BundleError::Line {
        line,
        reason: reason.to_string(),
    }
}

/// Writes a bundle as JSON lines.
#[derive(Debug)]
pub struct BundleWriter<W> {
    out: W,
}

impl<W: Write> BundleWriter<W> {
    /// Starts a bundle for one program's decisions. `code` is [`crate::package::Package::code`].
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W, code: &[u8]) -> Result<Self, BundleError> {
        let head = Head {
            osn: PROGRAM.to_owned(),
            code_digest: Some(crate::package::plain_digest(code)),
            component: Some(BASE64.encode(code)),
        };
        Self::starting(out, &head)
    }

    /// Starts a bundle for decisions on immediate help.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn of_help(out: W) -> Result<Self, BundleError> {
        let head = Head {
            osn: HELP.to_owned(),
            code_digest: None,
            component: None,
        };
        Self::starting(out, &head)
    }

    fn starting(mut out: W, head: &Head) -> Result<Self, BundleError> {
        line(&mut out, head)?;
        Ok(Self { out })
    }

    /// Adds a decision: its canonical bytes and the digest that was written down at the time.
    ///
    /// # Errors
    /// When it is not text, or cannot be written.
    pub fn add(&mut self, bytes: &[u8], written_down: Digest) -> Result<(), BundleError> {
        self.push(bytes, written_down, None)
    }

    /// Adds a plan: the same, with the records of the decisions that it cites, in its order.
    ///
    /// # Errors
    /// When one is not text, or cannot be written.
    pub fn add_plan(&mut self, bytes: &[u8], written_down: Digest, decisions: &[Vec<u8>]) -> Result<(), BundleError> {
        let decisions: Result<Vec<String>, BundleError> = decisions.iter().map(|bytes| text(bytes)).collect();
        self.push(bytes, written_down, Some(decisions?))
    }

    fn push(&mut self, bytes: &[u8], digest: Digest, decisions: Option<Vec<String>>) -> Result<(), BundleError> {
        let said = Line {
            digest,
            record: text(bytes)?,
            decisions,
        };
        line(&mut self.out, &said)
    }

    /// Ends the bundle.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<W, BundleError> {
        self.out.flush()?;
        Ok(self.out)
    }
}

fn text(bytes: &[u8]) -> Result<String, BundleError> {
    let text = std::str::from_utf8(bytes).map_err(|error| wrong(0, error))?;
    Ok(text.to_owned())
}

fn line<T: Serialize>(out: &mut impl Write, value: &T) -> Result<(), BundleError> {
    let text = serde_json::to_string(value).map_err(std::io::Error::other)?;
    writeln!(out, "{text}")?;
    Ok(())
}

/// What a bundle's replay gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleReport {
    /// Decisions in the bundle.
    pub total: usize,
    /// Decisions that came out the same, byte for byte.
    pub identical: usize,
    /// Plans in the bundle.
    pub plans: usize,
    /// Plans that came out the same.
    pub plans_identical: usize,
    /// The others: line of the bundle, and what differs.
    pub different: Vec<(usize, String)>,
}

/// Runs everything in a bundle again.
///
/// # Errors
/// When the file is no bundle, its component does not run here, or this host fails.
pub fn replay_bundle(host: &Host, input: impl BufRead) -> Result<BundleReport, BundleError> {
    let mut lines = input.lines();
    let head = lines.next().ok_or_else(|| wrong(1, "the bundle is empty"))??;
    let head: Head = serde_json::from_str(&head).map_err(|error| wrong(1, error))?;
    let program = match (head.osn.as_str(), head.code_digest, head.component) {
        (PROGRAM, Some(digest), Some(component)) => Some(loaded(host, digest, &component)?),
        (HELP, None, None) => None,
        (PROGRAM | HELP, ..) => {
            return Err(wrong(
                1,
                "a program has a component with its digest, and immediate help has neither",
            ));
        }
        (found, ..) => {
            let reason = format!("`{found}` is not known here, wanted `{PROGRAM}` or `{HELP}`");
            return Err(wrong(1, reason));
        }
    };
    let mut report = BundleReport::default();
    for (index, text) in lines.enumerate() {
        let number = index + 2;
        let line: Line = serde_json::from_str(&text?).map_err(|error| wrong(number, error))?;
        let (is_plan, different) = match (&program, &line.decisions) {
            (Some(program), None) => {
                let replayed = replay_bytes(program, line.record.as_bytes(), line.digest)?;
                (false, said(replayed))
            }
            (Some(program), Some(decisions)) => {
                let decisions: Vec<&[u8]> = decisions.iter().map(String::as_bytes).collect();
                let replayed = PlanRecord::replay_bytes(program, line.record.as_bytes(), line.digest, &decisions)?;
                (true, said(replayed))
            }
            (None, None) => (false, HelpDecision::replay(line.record.as_bytes(), line.digest)),
            (None, Some(_)) => return Err(wrong(number, "no program plans immediate help")),
        };
        let (total, identical) = if is_plan {
            (&mut report.plans, &mut report.plans_identical)
        } else {
            (&mut report.total, &mut report.identical)
        };
        *total += 1;
        match different {
            None => *identical += 1,
            Some(what) => report.different.push((number, what)),
        }
    }
    Ok(report)
}

/// What differs, in words.
fn said(replayed: Replayed) -> Option<String> {
    match replayed {
        Replayed::Identical => None,
        Replayed::Different { what } => Some(what.to_string()),
    }
}

/// The program of a bundle, once its bytes are those that the bundle says.
fn loaded(host: &Host, wanted: Digest, component: &str) -> Result<Arc<Program>, BundleError> {
    let code = BASE64.decode(component).map_err(|error| wrong(1, error))?;
    let found = crate::package::plain_digest(&code);
    if found != wanted {
        return Err(wrong(1, format!("the component is {found}, the bundle says {wanted}")));
    }
    Ok(host.load_code(&code)?)
}
