//! A plan on disk while it is made: what a file would do to a large city is never held in memory.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use osn_core::import::ImportPart;
use osn_store::ImportLine;
use serde::Serialize;

use crate::refusal::{Outcome, Refusal};

/// Lines of a plan in a file without a name, which is gone with its last handle.
#[derive(Debug)]
pub(super) struct Spool(File);

/// A plan that is written.
#[derive(Debug)]
pub(super) struct Spooling {
    out: BufWriter<File>,
}

impl Spooling {
    pub(super) fn new() -> Outcome<Self> {
        let file = tempfile::tempfile().map_err(Refusal::internal)?;
        Ok(Self {
            out: BufWriter::new(file),
        })
    }

    /// Adds a line: its part, and its document, which has no line breaks of its own.
    pub(super) fn add(&mut self, part: ImportPart, said: &impl Serialize) -> Outcome<()> {
        write!(self.out, "{} ", part.name()).map_err(Refusal::internal)?;
        serde_json::to_writer(&mut self.out, said).map_err(Refusal::internal)?;
        self.out.write_all(b"\n").map_err(Refusal::internal)
    }

    pub(super) fn finish(self) -> Outcome<Spool> {
        let file = self
            .out
            .into_inner()
            .map_err(|error| Refusal::internal(error.into_error()))?;
        Ok(Spool(file))
    }
}

impl Spool {
    /// A plan of nothing.
    pub(super) fn empty() -> Outcome<Self> {
        Spooling::new()?.finish()
    }

    /// The lines in the order in which they came.
    pub(super) fn lines(&self) -> Outcome<impl Iterator<Item = Outcome<ImportLine>> + Send + use<>> {
        let mut file = self.0.try_clone().map_err(Refusal::internal)?;
        file.rewind().map_err(Refusal::internal)?;
        let lines = BufReader::new(file).lines();
        Ok(lines.map(|line| {
            let line = line.map_err(Refusal::internal)?;
            let part = line.split_once(' ').and_then(|(part, body)| {
                let part = ImportPart::named(part)?;
                Some((part, body.to_owned()))
            });
            part.ok_or_else(|| Refusal::internal("a line of a plan without its part"))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_as_they_were_and_as_often_as_wanted() {
        let mut spooling = Spooling::new().unwrap();
        for text in ["α\nβ", " ", ""] {
            spooling.add(ImportPart::Note, &text).unwrap();
        }
        let spool = spooling.finish().unwrap();
        for _ in 0..2 {
            let lines: Vec<ImportLine> = spool.lines().unwrap().map(Result::unwrap).collect();
            let wanted = ["\"α\\nβ\"", "\" \"", "\"\""].map(|text| (ImportPart::Note, text.to_owned()));
            assert_eq!(lines, wanted);
        }
        assert_eq!(Spool::empty().unwrap().lines().unwrap().count(), 0);
    }
}
