//! `osn export --decisions`: bundles that `osn replay FILE` runs without a database.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use osn_core::canonical::Digest;
use osn_programs::bundle::BundleWriter;
use osn_programs::package::Package;
use osn_programs::plan_record::PlanRecord;
use osn_programs::record::DecisionRecord;
use osn_store::{DecisionOn, JournalDraft, Readable};
use serde::Serialize;

use super::plans::{self, Cited};
use super::{Answer, Out};
use crate::acts::Acting;
use crate::lang::Lang;

/// Decisions read at once.
const CHUNK: u32 = 500;
/// The bundle of immediate help.
const HELP: &str = "immediate-help.jsonl";

/// What was written, and what was not.
#[derive(Debug, Default, Serialize)]
struct Written {
    files: Vec<String>,
    /// Decisions of programs.
    decisions: u64,
    /// Decisions on immediate help.
    immediate_help: u64,
    /// Plans, each with the decisions on which it stands.
    plans: u64,
    /// Decisions, and plans that stand on such, of which somebody was erased.
    erased: u64,
}

type Writer = BundleWriter<BufWriter<File>>;

/// The bundles that are being written.
struct Bundles<'a> {
    acting: &'a Acting,
    folder: &'a Path,
    /// By the digest of the program's code.
    of_programs: HashMap<String, Writer>,
    of_help: Option<Writer>,
    written: Written,
}

/// Writes every decision and every plan of a municipality into bundles.
///
/// # Errors
/// When the folder cannot be written to, or a record or a program cannot be read.
pub(super) async fn export(acting: &Acting, folder: &Path, lang: Lang, out: &Out) -> anyhow::Result<Answer> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut bundles = Bundles {
        acting,
        folder,
        of_programs: HashMap::new(),
        of_help: None,
        written: Written::default(),
    };
    bundles.decisions().await?;
    bundles.plans().await?;
    let written = bundles.finish()?;
    let mut tx = acting.begin("decisions.export").await?;
    tx.journal(JournalDraft::new("decisions.export").with(serde_json::json!({
        "decisions": written.decisions, "immediate_help": written.immediate_help, "plans": written.plans,
        "erased": written.erased,
    })));
    tx.commit().await?;
    let count = |count: u64| count.to_string();
    let said = acting.app.texts().get(
        lang,
        "export-decisions-done",
        &[
            ("count", &count(written.decisions)),
            ("help", &count(written.immediate_help)),
            ("plans", &count(written.plans)),
            ("files", &written.files.join(", ")),
        ],
    );
    out.answer(&written, &said);
    Ok(Answer::Yes)
}

impl Bundles<'_> {
    async fn decisions(&mut self) -> anyhow::Result<()> {
        let mut after = None;
        loop {
            let chunk = self.acting.scope.all_decisions(after, CHUNK).await?;
            let Some((last, _)) = chunk.last() else { return Ok(()) };
            let before = after.replace(*last);
            let rows = self.acting.scope.every_decision(before, CHUNK).await?;
            for ((_, record), row) in chunk.into_iter().zip(rows) {
                let Readable::Data(bytes) = record else {
                    self.written.erased += 1;
                    continue;
                };
                if let DecisionOn::Help(_) = row.on {
                    self.help(&bytes, row.digest)?;
                    self.written.immediate_help += 1;
                } else {
                    let code = DecisionRecord::from_canonical(&bytes)?.code_digest.to_string();
                    self.of(&code).await?.add(&bytes, row.digest)?;
                    self.written.decisions += 1;
                }
            }
        }
    }

    async fn plans(&mut self) -> anyhow::Result<()> {
        let mut after = None;
        loop {
            let chunk = self.acting.scope.plan_records(after, CHUNK).await?;
            let Some(last) = chunk.last() else { return Ok(()) };
            after = Some(last.id);
            for kept in chunk {
                let record = PlanRecord::from_canonical(kept.body.as_bytes())?;
                match plans::cited(self.acting, &record).await? {
                    Cited::Records(decisions) => {
                        let code = record.code_digest.to_string();
                        let bundle = self.of(&code).await?;
                        bundle.add_plan(kept.body.as_bytes(), kept.digest, &decisions)?;
                        self.written.plans += 1;
                    }
                    Cited::Erased => self.written.erased += 1,
                    Cited::Gone(id) => anyhow::bail!("decision {id}, on which a plan stands, is gone"),
                }
            }
        }
    }

    /// The bundle of a program, begun with its component.
    async fn of(&mut self, code: &str) -> anyhow::Result<&mut Writer> {
        if !self.of_programs.contains_key(code) {
            let package = self.acting.scope.program_package(code).await?;
            let package = package.context("a decision's program is not stored")?;
            let package = Package::read(&package, self.acting.app.programs().host().limits())?;
            let file = self.file(&format!("decisions-{}.jsonl", code.get(..12).unwrap_or(code)))?;
            let writer = BundleWriter::new(file, package.code())?;
            self.of_programs.insert(code.to_owned(), writer);
        }
        self.of_programs.get_mut(code).context("a bundle")
    }

    /// No program judged immediate help: what people decided has a bundle of its own.
    fn help(&mut self, bytes: &[u8], digest: Digest) -> anyhow::Result<()> {
        let mut writer = match self.of_help.take() {
            Some(writer) => writer,
            None => BundleWriter::of_help(self.file(HELP)?)?,
        };
        writer.add(bytes, digest)?;
        self.of_help = Some(writer);
        Ok(())
    }

    fn file(&mut self, name: &str) -> anyhow::Result<BufWriter<File>> {
        let path: PathBuf = self.folder.join(name);
        let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        self.written.files.push(path.display().to_string());
        Ok(BufWriter::new(file))
    }

    fn finish(self) -> anyhow::Result<Written> {
        for writer in self.of_programs.into_values().chain(self.of_help) {
            writer.finish()?;
        }
        Ok(self.written)
    }
}
