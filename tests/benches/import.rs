//! A generated city brought in, given out, brought in again and undone, through the acts and both databases: rates and peak
//! memory, as a table.
//!
//! `cargo bench -p osn-tests --bench import -- 100000` says how many services; the default is 100,000.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "../../osn-server/file/benches/city/mod.rs"]
mod city;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use osn_core::import::ImportOptions;
use osn_file::{Format, Limits, Part};
use osn_server::acts::Acting;
use osn_server::acts::files::bring::{self, Handed};
use osn_server::acts::files::give::{Form, give};
use osn_server::acts::files::undo::{self, Undo};
use osn_server::lang::Lang;
use osn_tests::app::{Backend, Ground};

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = arguments.iter().find_map(|argument| argument.parse::<u128>().ok());
    let count = asked.unwrap_or(100_000);
    if let Some(path) = arguments.iter().position(|argument| argument == MAKE) {
        let path = arguments.get(path + 1).context("a path")?;
        return make(count, Path::new(path));
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("city.json");
    // Another process makes the city: what that takes is not in the figures.
    let made = Command::new(std::env::current_exe()?)
        .arg(count.to_string())
        .arg(MAKE)
        .arg(&path)
        .status()?;
    ensure!(made.success(), "no city");
    let size = std::fs::metadata(&path)?.len();
    println!(
        "{count} services, {} MiB of JSON. Held: resident memory when a step begins; peak: at most during the step.\n",
        size >> 20
    );
    println!("| database | step | time | records/s | held | peak | grown by |");
    println!("|---|---|---|---|---|---|---|");
    for (backend, name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
        measure(backend, name, &path)
            .await
            .with_context(|| format!("on {name}"))?;
    }
    Ok(())
}

/// The argument of the process that makes the city.
const MAKE: &str = "make";

fn make(count: u128, path: &Path) -> Result<()> {
    let out = std::fs::File::create(path)?;
    osn_file::write(Format::Json, &city::city(count), None, out, |_| ())?;
    Ok(())
}

/// The time and the memory of one step.
struct Step {
    start: Instant,
    held: u64,
}

impl Step {
    fn begin() -> Self {
        city::forget_peak();
        Self {
            start: Instant::now(),
            held: city::resident(),
        }
    }

    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a printed rate")]
    fn end(self, name: &str, what: &str, records: u64) {
        let (time, peak) = (self.start.elapsed(), city::peak());
        let rate = records as f64 / time.as_secs_f64();
        println!(
            "| {name} | {what} | {:.2} s | {rate:.0} | {} MiB | {peak} MiB | {} MiB |",
            time.as_secs_f64(),
            self.held,
            peak.saturating_sub(self.held)
        );
    }
}

fn handed(name: &str, part: Part) -> Handed {
    Handed {
        name: name.to_owned(),
        parts: vec![part],
        options: ImportOptions::default(),
        limits: Limits::default(),
    }
}

async fn measure(backend: Backend, name: &str, path: &Path) -> Result<()> {
    let ground = Ground::new(backend)?;
    let app = ground.with_an_empty_city("city.example").await?;
    let hosted = app.hosted().await.into_iter().next().context("no municipality")?;
    let acting = || Acting::operator(&app, &hosted, Lang::En);
    let step = Step::begin();
    let looked = bring::look(
        &acting(),
        handed("city.json", Part::file("city.json", std::fs::File::open(path)?)),
    )
    .await?;
    ensure!(looked.faults().is_empty(), "{:?}", looked.faults().first());
    let records = looked.import().counts.added;
    step.end(name, "look at a new city", records);
    let step = Step::begin();
    let kept = bring::keep(&acting(), looked).await?;
    step.end(name, "keep what it would do", records);
    let step = Step::begin();
    let done = bring::confirm(&acting(), kept.value.id).await?;
    step.end(name, "confirm: write all of it", records);
    let step = Step::begin();
    acting().mapping().await?;
    step.end(name, "read and index the mapping", records);
    for (form, what) in [
        (Format::Json, "give out JSON"),
        (Format::Csv, "give out CSV"),
        (Format::Xlsx, "give out a workbook"),
    ] {
        let step = Step::begin();
        let given = give(&acting(), Form::Mapping(form)).await?;
        step.end(name, what, records);
        let step = Step::begin();
        let mut file = std::fs::File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(path.with_file_name(&given.name))?;
        for piece in given.pieces()? {
            file.write_all(&piece?)?;
        }
        let again = bring::look(&acting(), handed(&given.name, Part::file(&given.name, file))).await?;
        ensure!(
            again.import().counts.written() == 0 && again.faults().is_empty(),
            "not the same city"
        );
        step.end(name, "look at it again: nothing changes", records);
    }
    let step = Step::begin();
    undo::undo(&acting(), done.value.id, Undo::default()).await?;
    step.end(name, "undo all of it", records);
    Ok(())
}
