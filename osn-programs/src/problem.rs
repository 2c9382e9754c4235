//! What is wrong with a document that a person or a program wrote: where, a stable code, and arguments of the message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One thing that has to be corrected. The reader's language renders `code` and `args`; the path is a JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// JSON Pointer (RFC 6901) to the wrong place; empty for the document as a whole.
    pub path: String,
    /// Stable code in kebab-case, the key of the message.
    pub code: String,
    /// Named arguments of the message. Never personal data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Problem {
    /// A problem without arguments.
    pub fn new(path: impl Into<String>, code: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            code: code.into(),
            args: BTreeMap::new(),
        }
    }

    /// The same problem with one more argument.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over numbers and texts as they have them"
    )]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        write!(f, "{path}: {}", self.code)?;
        for (index, (name, value)) in self.args.iter().enumerate() {
            let before = if index == 0 { " (" } else { ", " };
            write!(f, "{before}{name}: {value}")?;
        }
        if self.args.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}
