//! A large call end to end on both databases: submit, read and unseal, assess, save every decision with its reasons, rank.
//!
//! `cargo bench -p osn-tests --bench end_to_end -- 100000` says how many applications; the default is 100,000. `sqlite` or
//! `postgresql` after it runs one database alone: memory is told of one only where the process did nothing before.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use osn_tests::app::{Backend, TestApp};
use osn_tests::crowd::{self, settle};

/// The allocator of the `osn` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let count = asked
        .iter()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100_000);
    let databases = [(Backend::Sqlite, "SQLite", 10), (Backend::Postgres, "PostgreSQL", 15)];
    let named = |name: &str| asked.iter().any(|argument| argument.eq_ignore_ascii_case(name));
    let one = databases.iter().any(|(_, name, _)| named(name));
    println!(
        "| database | applications | submitted | assessed, decisions saved | ranked and cut | resident before | added while assessed | added while ranked | limit |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (backend, name, limit) in databases {
        if one && !named(name) {
            continue;
        }
        let row = measure(backend, count).await.with_context(|| format!("on {name}"))?;
        println!(
            "| {name} | {} | {:.1} s ({:.0}/s) | {:.1} s | {:.1} s | {} MiB | {} MiB | {} MiB | {limit} s for 100,000 |",
            row.total,
            row.submit.as_secs_f64(),
            per_second(count, row.submit),
            row.assess.as_secs_f64(),
            row.rank.as_secs_f64(),
            row.before,
            row.assessed.saturating_sub(row.before),
            row.ranked.saturating_sub(row.before),
        );
    }
    Ok(())
}

struct Row {
    total: u64,
    submit: Duration,
    assess: Duration,
    rank: Duration,
    /// MiB resident before the assessment: the played year, the clients and what the allocator keeps of the submissions.
    before: u64,
    /// The peak while assessed, MiB.
    assessed: u64,
    /// The peak while ranked, MiB.
    ranked: u64,
}

#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a printed rate")]
fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

async fn measure(backend: Backend, count: usize) -> Result<Row> {
    let house = TestApp::begun(backend, crowd::STEP).await?;
    let app = house.played.app.clone();
    let call = crowd::call(&house)?;

    let start = Instant::now();
    crowd::submit(&house, call, count).await?;
    let submit = start.elapsed();
    // The sealer gives the protocol numbers; it is no part of the assessment.
    settle(&app).await?;

    let evaluator = house.staff("coordinator").await?;
    forget_peak()?;
    let before = peak_mib()?;
    let start = Instant::now();
    let path = format!("/api/v1/calls/{call}/assessments");
    let accepted = evaluator.post(&path, &serde_json::json!({})).await?.ok();
    settle(&app).await?;
    let assess = start.elapsed();
    let assessed = peak_mib()?;
    forget_peak()?;
    let job = evaluator
        .get(accepted["location"].as_str().context("a location")?)
        .await?
        .ok();
    let total = job["result"]["assessed"]
        .as_u64()
        .with_context(|| format!("the job did not end well: {job}"))?;

    let start = Instant::now();
    evaluator
        .post(&format!("/api/v1/calls/{call}/selections"), &serde_json::json!({}))
        .await?
        .ok();
    let rank = start.elapsed();
    Ok(Row {
        total,
        submit,
        assess,
        rank,
        before,
        assessed,
        ranked: peak_mib()?,
    })
}

/// Forgets the peak of resident memory, so that the next reading tells the peak since now (Linux).
fn forget_peak() -> Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("resetting the peak of resident memory")
}

fn peak_mib() -> Result<u64> {
    let state = std::fs::read_to_string("/proc/self/status")?;
    let line = state
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .context("VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024)
}
