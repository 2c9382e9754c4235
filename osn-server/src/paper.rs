//! Documents on paper: the command `osn-pdf`, where it lies beside `osn`, turns a document into a PDF.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use chrono::{Datelike as _, Timelike as _};
use osn_core::time::Instant;
use osn_paper::{Document, Order};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::refusal::{Kind, Outcome, Refusal};

/// Documents that are set at once; further ones wait.
const AT_ONCE: usize = 2;
/// A document that takes longer is given up.
const LONGEST: Duration = Duration::from_mins(1);
/// Largest answer that is taken.
const MOST: u64 = 64 * 1024 * 1024;

/// Where documents are set.
#[derive(Debug)]
pub(crate) struct Press {
    command: Option<PathBuf>,
    places: Semaphore,
}

impl Press {
    /// The press beside this `osn` executable; none where it was not built.
    pub(crate) fn beside(executable: Option<&Path>) -> Self {
        let name = format!("osn-pdf{}", std::env::consts::EXE_SUFFIX);
        Self {
            command: executable
                .map(|executable| executable.with_file_name(name))
                .filter(|command| command.is_file()),
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// Whether this installation sets documents.
    pub(crate) const fn stands(&self) -> bool {
        self.command.is_some()
    }

    /// Sets a document in a process of its own. The same document and time give the same bytes.
    pub(crate) async fn set(&self, document: Document, made_at: Instant) -> Outcome<Vec<u8>> {
        let Some(command) = &self.command else {
            return Err(Refusal::not_found("paper.no-press"));
        };
        let _place = self.places.acquire().await.map_err(Refusal::internal)?;
        tokio::time::timeout(LONGEST, run(command, &order(document, made_at)?))
            .await
            .map_err(|_| Refusal::new(Kind::Busy, "paper.too-long"))?
    }
}

fn order(document: Document, at: Instant) -> Outcome<Vec<u8>> {
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let made_at = (
        at.year(),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    );
    serde_json::to_vec(&Order { made_at, document }).map_err(Refusal::internal)
}

async fn run(command: &Path, order: &[u8]) -> Outcome<Vec<u8>> {
    let mut child = Command::new(command)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(Refusal::internal)?;
    let (Some(mut input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(Refusal::internal("osn-pdf has no streams"));
    };
    let (mut pdf, mut said) = (Vec::new(), String::new());
    let (mut output, mut errors) = (output.take(MOST), errors.take(4_096));
    let write = async move {
        // A press that ended early says why on its error output.
        let _ = input.write_all(order).await;
    };
    let ((), read, heard) = tokio::join!(write, output.read_to_end(&mut pdf), errors.read_to_string(&mut said));
    let ended = child.wait().await.map_err(Refusal::internal)?;
    read.and(heard).map_err(Refusal::internal)?;
    if ended.success() {
        Ok(pdf)
    } else {
        Err(Refusal::internal(said.trim()))
    }
}
