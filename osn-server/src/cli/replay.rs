//! `osn replay`: every stored decision again, or a bundle, with nothing kept from before.

use std::collections::{BTreeMap, HashMap};
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use osn_programs::host::{Host, HostConfig};
use osn_programs::program::Program;
use osn_programs::record::{DecisionRecord, Replayed, replay_bundle, replay_bytes};
use osn_store::Readable;
use serde::Serialize;

use super::place::{PlaceArgs, child_programs};
use super::{Answer, Out};
use crate::acts::Acting;
use crate::app::App;
use crate::programs::blocking;

/// Decisions read at once.
const CHUNK: u32 = 500;
/// Differences that are named; all are counted.
const NAMED: usize = 20;

/// Run stored decisions again and compare.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A bundle that `osn export --decisions` wrote; needs no installation
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    file: Option<PathBuf>,
    /// Every decision of the installation
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

/// What replay found.
#[derive(Debug, Default, Serialize)]
struct Found {
    total: u64,
    identical: u64,
    different: u64,
    erased: u64,
    /// Of each program by its key, where an installation was replayed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    programs: BTreeMap<String, OfProgram>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<String>,
}

/// Decisions of one program.
#[derive(Debug, Default, Serialize)]
struct OfProgram {
    total: u64,
    identical: u64,
}

impl Found {
    fn differs(&mut self, which: impl std::fmt::Display, what: impl std::fmt::Display) {
        self.different += 1;
        if self.differences.len() < NAMED {
            self.differences.push(format!("{which}: {what}"));
        }
    }
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    let found = match args.file {
        Some(file) => bundle(file).await?,
        None => all(&args.place).await?,
    };
    let Found {
        total,
        identical,
        different,
        erased,
        ..
    } = found;
    let mut words = format!("{total} decisions: {identical} identical, {different} different, {erased} erased");
    for difference in &found.differences {
        words.push_str(&format!("\n  {difference}"));
    }
    out.answer(&found, &words);
    Ok(if different == 0 { Answer::Yes } else { Answer::No })
}

async fn bundle(file: PathBuf) -> anyhow::Result<Found> {
    let input =
        BufReader::new(std::fs::File::open(&file).with_context(|| format!("{} cannot be read", file.display()))?);
    let report = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        let host = Host::new(HostConfig::default())?;
        Ok(replay_bundle(&host, input)?)
    });
    let report = report.await??;
    let mut found = Found {
        total: u64::try_from(report.total)?,
        identical: u64::try_from(report.identical)?,
        ..Found::default()
    };
    for (line, what) in report.different {
        found.differs(format!("line {line}"), what);
    }
    Ok(found)
}

async fn all(place: &PlaceArgs) -> anyhow::Result<Found> {
    place.must_exist()?;
    // No cache: every program is compiled anew from the package in the store.
    let app = place.open(false, child_programs()?).await?;
    let mut found = Found::default();
    for hosted in app.hosted().await {
        municipality(&app, &Acting::machine(&app, &hosted), &mut found).await?;
    }
    Ok(found)
}

async fn municipality(app: &App, acting: &Acting, found: &mut Found) -> anyhow::Result<()> {
    let mut programs: HashMap<String, Arc<Program>> = HashMap::new();
    let mut after = None;
    loop {
        let chunk = acting.scope.all_decisions(after, CHUNK).await?;
        let Some((last, _)) = chunk.last() else { return Ok(()) };
        let before = after.replace(*last);
        let rows = acting
            .scope
            .decisions_for_machine(osn_store::DecisionQuery::All, before, CHUNK)
            .await?;
        for ((id, record), row) in chunk.into_iter().zip(rows) {
            if id != row.id {
                bail!("the decisions changed while they were read");
            }
            found.total += 1;
            let Readable::Data(bytes) = record else {
                found.erased += 1;
                continue;
            };
            let Ok(code) = DecisionRecord::from_canonical(&bytes).map(|record| record.code_digest.to_string()) else {
                found.differs(id, "the record cannot be read");
                continue;
            };
            let program = match programs.get(&code) {
                Some(program) => Arc::clone(program),
                None => {
                    let loaded = app.programs().get(&acting.scope, &code).await?.program;
                    programs.insert(code, Arc::clone(&loaded));
                    loaded
                }
            };
            let digest = row.digest;
            let of_program = program.about(None)?.program.clone();
            found.programs.entry(of_program.clone()).or_default().total += 1;
            match blocking(move || Ok(replay_bytes(&program, &bytes, digest)?)).await? {
                Replayed::Identical => {
                    found.identical += 1;
                    found.programs.entry(of_program).or_default().identical += 1;
                }
                Replayed::Different { what } => found.differs(id, what),
            }
        }
    }
}
