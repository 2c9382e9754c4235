//! A generated city brought in, given out, brought in again and undone, through the acts and both databases: rates and peak
//! memory, as a table.
//!
//! `cargo bench -p osn-tests --bench import -- 100000` says how many services; the default is 100,000.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "../../osn-server/file/benches/city/mod.rs"]
mod city;

use std::io::Cursor;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use osn_core::import::ImportOptions;
use osn_file::{Format, Limits};
use osn_server::acts::Acting;
use osn_server::acts::files::bring::{self, Handed};
use osn_server::acts::files::give::{Form, give};
use osn_server::acts::files::undo::{self, Undo};
use osn_server::lang::Lang;
use osn_tests::app::{Backend, Ground};

#[tokio::main]
async fn main() -> Result<()> {
    let asked = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u128>().ok());
    let count = asked.unwrap_or(100_000);
    let city = city::city(count);
    let records = city.records().count();
    let mut file = Cursor::new(Vec::new());
    osn_file::write(Format::Json, &city, None, &mut file, |_| ())?;
    drop(city);
    let file = file.into_inner();
    println!(
        "{records} records, {count} services, {} MiB of JSON; {} MiB before the first database",
        file.len() >> 20,
        city::peak()
    );
    println!("| database | step | time | records/s | peak memory |");
    println!("|---|---|---|---|---|");
    for (backend, name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
        measure(backend, name, &file, records)
            .await
            .with_context(|| format!("on {name}"))?;
    }
    Ok(())
}

#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a printed rate")]
fn told(name: &str, step: &str, time: Duration, records: usize) {
    let rate = records as f64 / time.as_secs_f64();
    println!(
        "| {name} | {step} | {:.2} s | {rate:.0} | {} MiB |",
        time.as_secs_f64(),
        city::peak()
    );
}

fn handed(name: &str, bytes: &[u8]) -> Handed {
    Handed {
        name: name.to_owned(),
        parts: vec![(name.to_owned(), bytes.to_vec())],
        options: ImportOptions::default(),
        limits: Limits::default(),
    }
}

async fn measure(backend: Backend, name: &str, file: &[u8], records: usize) -> Result<()> {
    let ground = Ground::new(backend)?;
    let app = ground.with_an_empty_city("city.example").await?;
    let hosted = app.hosted().await.into_iter().next().context("no municipality")?;
    let acting = || Acting::operator(&app, &hosted, Lang::En);
    let mut start = Instant::now();
    let mut lap = |step: &str| {
        told(name, step, start.elapsed(), records);
        start = Instant::now();
    };
    let looked = bring::look(&acting(), handed("city.json", file)).await?;
    ensure!(looked.faults().is_empty(), "{:?}", looked.faults().first());
    lap("look at a new city");
    let kept = bring::keep(&acting(), looked).await?;
    lap("keep what it would do");
    let done = bring::confirm(&acting(), kept.value.id).await?;
    lap("confirm: write all of it");
    acting().mapping().await?;
    lap("read and index the mapping");
    for (form, what) in [
        (Format::Json, "give out JSON"),
        (Format::Csv, "give out CSV"),
        (Format::Xlsx, "give out a workbook"),
    ] {
        let given = give(&acting(), Form::Mapping(form)).await?;
        lap(what);
        let mut bytes = Vec::new();
        for piece in given.pieces()? {
            bytes.extend(piece?);
        }
        let again = bring::look(&acting(), handed(&given.name, &bytes)).await?;
        ensure!(
            again.plan().is_empty() && again.faults().is_empty(),
            "not the same city"
        );
        lap("look at it again: nothing changes");
    }
    undo::undo(&acting(), done.value.id, Undo::default()).await?;
    lap("undo all of it");
    Ok(())
}
