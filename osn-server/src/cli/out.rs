//! The only place that writes to standard output and standard error.

use serde::Serialize;

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    json: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a machine reads the answer.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// The answer: the document with `--json`, else the words.
    #[expect(clippy::print_stdout, reason = "this is the command's standard output")]
    pub(crate) fn answer<T: Serialize>(self, document: &T, words: &str) {
        if self.json {
            println!("{}", serde_json::to_string(document).unwrap_or_default());
        } else {
            println!("{}", words.trim_end());
        }
    }

    /// Something on the way.
    #[expect(clippy::print_stderr, reason = "this is the command's standard error")]
    pub(crate) fn note(self, words: &str) {
        eprintln!("{}", words.trim_end());
    }

    /// Why it could not be done.
    #[expect(clippy::print_stderr, reason = "this is the command's standard error")]
    pub(crate) fn trouble(self, words: &str) {
        eprintln!("osn: {words}");
    }
}
