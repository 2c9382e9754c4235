//! A program is replaced again and again while people read its call: requests served, the slowest answer and the longest wait for
//! the slowest of a hundred, beside the same load with nothing replaced; on both databases.
//!
//! `cargo bench -p osn-tests --bench replace -- 12` says how often it is replaced; the default is 8. The packed programs must have
//! been built (`cargo xtask plugins`).
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use axum::http::Method;
use osn_programs::package::{Policy, Trust};
use osn_server::programs::ProgramsConfig;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::Client;
use osn_tests::maker::version_of;
use serde_json::json;

/// Any program of the house would do.
const PROGRAM: &str = "food-parcel";
const PUBLISHED: &str = "food-parcel-2022/call-publish/home-food-2022";
/// Readers at once.
const READERS: usize = 4;
/// How long the load lasts with nothing replaced.
const QUIET: Duration = Duration::from_secs(3);

/// Readers that ask for the call, its form's schema and its page, until they are stopped.
struct Load {
    stop: Arc<AtomicBool>,
    readers: Vec<tokio::task::JoinHandle<Result<Vec<Duration>>>>,
    since: Instant,
}

impl Load {
    fn begin(house: &TestApp, call: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let reader = |_| {
            let (reader, stop) = (house.visitor(), Arc::clone(&stop));
            let paths = [
                format!("/api/v1/calls/{call}"),
                format!("/api/v1/calls/{call}/form.schema.json"),
                format!("/calls/{call}"),
            ];
            tokio::spawn(async move {
                let mut times = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    for path in &paths {
                        let began = Instant::now();
                        let reply = reader.get(path).await?;
                        ensure!(reply.status.is_success(), "{path}: {} {}", reply.status, reply.text);
                        times.push(began.elapsed());
                    }
                }
                Ok(times)
            })
        };
        Self {
            readers: (0..READERS).map(reader).collect(),
            since: Instant::now(),
            stop,
        }
    }

    /// Stops, and prints a line of the table. A request that failed fails the bench.
    async fn end(self, name: &str, replaced: &[Duration]) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        let lasted = self.since.elapsed();
        let mut times = Vec::new();
        for reader in self.readers {
            times.extend(reader.await??);
        }
        times.sort_unstable();
        let nth = |hundredths: usize| times.get((times.len() * hundredths / 100).min(times.len().saturating_sub(1)));
        let shown = |time: Option<&Duration>| time.map_or(0, Duration::as_micros);
        let slowest = replaced.iter().max().map_or(0, Duration::as_millis);
        println!(
            "| {name} | {} | {} | 0 | {} | {} | {} | {} | {slowest} |",
            replaced.len(),
            times.len(),
            u128::try_from(times.len())? * 1_000 / lasted.as_millis().max(1),
            shown(nth(50)),
            shown(nth(99)),
            shown(times.last()),
        );
        Ok(())
    }
}

/// Replaces the program so often; how long each took, with its golden cases.
async fn replace(house: &TestApp, host: &Client, packages: &[Vec<u8>]) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    for (package, minute) in packages.iter().zip(1_u32..) {
        let at = format!("2022-07-20T09:{minute:02}:00Z");
        house.played.clock.set(at.parse()?);
        let began = Instant::now();
        let media = Some("application/wasm");
        let installed = host
            .send(Method::POST, "/api/v1/programs", media, package.clone(), &[])
            .await?;
        ensure!(installed.status.is_success(), "{}", installed.text);
        let enabled = host
            .post(&format!("/api/v1/programs/{PROGRAM}/enable"), &json!({}))
            .await?;
        ensure!(enabled.status.is_success(), "{}", enabled.text);
        took.push(began.elapsed());
    }
    Ok(took)
}

async fn measure(backend: Backend, packages: &[Vec<u8>]) -> Result<()> {
    let nobody: [&str; 0] = [];
    let programs = ProgramsConfig {
        trust: Trust::from_keys(nobody, Policy::AllowUnsigned)?,
        ..ProgramsConfig::default()
    };
    let house = TestApp::begun_with(backend, PUBLISHED, programs).await?;
    // Inside the window of the call.
    house.played.clock.set("2022-07-20T08:00:00Z".parse()?);
    let (call, host) = (house.id("call/home-food-2022")?, house.staff("host").await?);
    let quiet = Load::begin(&house, &call);
    tokio::time::sleep(QUIET).await;
    quiet.end(&format!("{backend:?}, quiet"), &[]).await?;
    let load = Load::begin(&house, &call);
    let took = replace(&house, &host, packages).await?;
    load.end(&format!("{backend:?}, replaced"), &took).await
}

#[tokio::main]
async fn main() -> Result<()> {
    let given = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u32>().ok());
    let times = given.unwrap_or(8).clamp(1, 50);
    let packages: Vec<Vec<u8>> = (1..=times)
        .map(|number| version_of(PROGRAM, &format!("9.{number}.0")))
        .collect::<Result<_>>()?;
    println!(
        "| database | replaced | requests | failed | a second | median µs | 99 % µs | slowest µs | slowest replacement ms |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for backend in Backend::ALL {
        measure(backend, &packages).await?;
    }
    Ok(())
}
