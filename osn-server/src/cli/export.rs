//! `osn export --decisions`: bundles that `osn replay FILE` runs without a database.

use std::collections::HashMap;
use std::io::BufWriter;
use std::path::PathBuf;

use anyhow::Context as _;
use osn_programs::package::Package;
use osn_programs::record::{BundleWriter, DecisionRecord};
use osn_store::{DecisionQuery, JournalDraft, Readable};
use serde_json::json;

use super::place::PlaceArgs;
use super::{Answer, Out};

/// Decisions read at once.
const CHUNK: u32 = 500;

/// Write decisions to files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to write to: one bundle for each program's code. The bundles hold personal data in clear
    #[arg(long, value_name = "DIR", required = true)]
    decisions: PathBuf,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    let acting = args.place.acting(args.municipality.as_deref()).await?;
    std::fs::create_dir_all(&args.decisions).with_context(|| format!("{} cannot be made", args.decisions.display()))?;
    let mut bundles: HashMap<String, (PathBuf, BundleWriter<BufWriter<std::fs::File>>)> = HashMap::new();
    let (mut written, mut erased, mut after) = (0_u64, 0_u64, None);
    loop {
        let chunk = acting.scope.all_decisions(after, CHUNK).await?;
        let Some((last, _)) = chunk.last() else { break };
        let before = after.replace(*last);
        let rows = acting
            .scope
            .decisions_for_machine(DecisionQuery::All, before, CHUNK)
            .await?;
        for ((_, record), row) in chunk.into_iter().zip(rows) {
            let Readable::Data(bytes) = record else {
                erased += 1;
                continue;
            };
            let code = DecisionRecord::from_canonical(&bytes)?.code_digest.to_string();
            if !bundles.contains_key(&code) {
                let package = acting
                    .scope
                    .program_package(&code)
                    .await?
                    .context("a decision's program is not stored")?;
                let package = Package::read(&package, acting.app.programs().host().limits())?;
                let file = args
                    .decisions
                    .join(format!("decisions-{}.jsonl", code.get(..12).unwrap_or(&code)));
                let writer = BundleWriter::new(BufWriter::new(std::fs::File::create(&file)?), package.code())?;
                bundles.insert(code.clone(), (file, writer));
            }
            if let Some((_, writer)) = bundles.get_mut(&code) {
                writer.add(&bytes, row.digest)?;
                written += 1;
            }
        }
    }
    let mut files = Vec::new();
    for (_, (file, writer)) in bundles {
        writer.finish()?;
        files.push(file.display().to_string());
    }
    let mut tx = acting.begin("decisions.export").await?;
    tx.journal(JournalDraft::new("decisions.export").with(json!({ "decisions": written, "erased": erased })));
    tx.commit().await?;
    out.answer(
        &json!({ "files": files, "decisions": written, "erased": erased }),
        &format!("{written} decisions written to {}", files.join(", ")),
    );
    Ok(Answer::Yes)
}
