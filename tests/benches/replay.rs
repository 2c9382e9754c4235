//! Every decision of a large call made again by `osn replay --all`, in a process of its own: how long it takes, what it tells
//! while it works, and whether its memory stays flat.
//!
//! `cargo bench -p osn-tests --bench replay -- 1000000` says how many applications; the default is 100,000. A second number says on
//! how many of them the memory is read first. The packed programs must have been built (`cargo xtask plugins`).
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use osn_tests::app::{Backend, TestApp, executable};
use osn_tests::crowd::{self, settle, submit};
use serde_json::Value;

/// The allocator of the `osn` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// So many decisions are not made again in silence.
const TOLD: u64 = 20_000;
/// What replay may hold beyond what a tenth of the decisions takes it.
const SLACK_MIB: u64 = 32;

#[tokio::main]
async fn main() -> Result<()> {
    // `cargo test --benches` runs this file too: then a small one shows that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let count = numbers.next().unwrap_or(if is_bench { 100_000 } else { 200 });
    let tenth = numbers.next().unwrap_or(count / 10).max(1);
    println!("| decisions | identical | time | a second | lines of progress | peak memory |");
    println!("|---|---|---|---|---|---|");
    let small = decided_and_replayed(tenth).await?;
    let large = decided_and_replayed(count).await?;
    ensure!(
        large.peak_mib <= small.peak_mib + SLACK_MIB,
        "memory grows with the decisions: {} MiB, then {} MiB",
        small.peak_mib,
        large.peak_mib
    );
    Ok(())
}

/// A house of its own: so many applications, each decided, then all of it again. A call that was judged takes no more.
async fn decided_and_replayed(count: usize) -> Result<Replay> {
    let house = TestApp::begun(Backend::Sqlite, crowd::STEP).await?;
    let app = house.played.app.clone();
    let call = crowd::call(&house)?;
    submit(&house, call, count).await?;
    settle(&app).await?;
    let clerk = house.staff("coordinator").await?;
    let path = format!("/api/v1/calls/{call}/assessments");
    clerk.post(&path, &serde_json::json!({})).await?.ok();
    settle(&app).await?;
    replayed(&house)
}

struct Replay {
    peak_mib: u64,
}

/// Runs the command, reads what it tells while it works, and its memory until it ends.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a printed rate")]
fn replayed(house: &TestApp) -> Result<Replay> {
    let began = Instant::now();
    let mut child = Command::new(executable()?)
        .args(["--json", "replay", "--all", "--data-dir"])
        .arg(house.ground.dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting osn")?;
    let told = BufReader::new(child.stderr.take().context("its words")?);
    let told = std::thread::spawn(move || {
        told.lines()
            .map_while(Result::ok)
            .filter(|line| line.contains(" of "))
            .count()
    });
    let mut stdout = child.stdout.take().context("its answer")?;
    let answer = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    let mut peak_mib = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak_mib = peak_mib.max(resident(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(20));
    };
    let time = began.elapsed();
    let answer = answer
        .join()
        .map_err(|_| anyhow::anyhow!("its answer was not read"))??;
    let answer: Value = serde_json::from_str(&answer)?;
    ensure!(status.success(), "something differs: {answer}");
    let number = |name: &str| answer[name].as_u64().unwrap_or_default();
    let told = told.join().unwrap_or_default();
    println!(
        "| {} | {} | {:.1} s | {:.0} | {told} | {peak_mib} MiB |",
        number("total"),
        number("identical"),
        time.as_secs_f64(),
        number("total") as f64 / time.as_secs_f64(),
    );
    ensure!(
        told > 0 || number("total") < TOLD,
        "nothing was told while {} decisions were made again",
        number("total")
    );
    Ok(Replay { peak_mib })
}

/// The peak of a process's resident memory (Linux).
fn resident(process: u32) -> Option<u64> {
    let state = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = state.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .trim_end_matches("kB")
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kib| kib / 1024)
}
