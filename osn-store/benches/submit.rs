//! How many applications a second become durable from 64 clients, and how long a hundred thousand take to read, unseal
//! and decide on; the time of an fsync beside. `cargo bench -p osn-store -- [submissions] [applications]`.
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use anyhow::{Context as _, Result};
use osn_core::application::AssessmentOutcome;
use osn_core::id::{ApplicationId, CallId, DecisionId};
use osn_core::time::Instant;
use osn_store::{Kek, NewDecision, OpenOptions, Place, Scope, Store};
use osn_test_postgres::{Cluster, Durability, fresh_database_on};
use tokio::task::JoinSet;

#[path = "../tests/conformance/sample.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "shared with the conformance suite, which uses all of it"
)]
mod sample;

/// What the shared samples expect of their crate.
mod ground {
    use super::Instant;
    use osn_core::id::MunicipalityId;
    use uuid::Uuid;

    pub(crate) fn at(seconds: i64) -> Instant {
        Instant::from_timestamp(1_657_843_200_i64.saturating_add(seconds), 0).unwrap_or_default()
    }

    pub(crate) fn id(number: u128) -> Uuid {
        Uuid::from_u128(0x0180_0000_0000_7000_8000_0000_0000_0000_u128.wrapping_add(number))
    }

    pub(crate) fn city() -> MunicipalityId {
        MunicipalityId::new(id(1))
    }
}

/// Concurrent clients.
const CLIENTS: u128 = 64;
/// Applications read, and decisions written, at a time.
const CHUNK: u32 = 1_000;

struct Line {
    place: &'static str,
    what: &'static str,
    count: u128,
    took: Duration,
    /// Half and all but one in a hundred were answered within these.
    answered: Option<(Duration, Duration)>,
}

/// A file that is written and synced, as a commit is: the median of fifty.
fn fsync(dir: &Path) -> Result<Duration> {
    use std::os::unix::fs::FileExt as _;
    let file = std::fs::File::create(dir.join("fsync"))?;
    let mut times = Vec::new();
    for page in 0..50_u64 {
        let start = Clock::now();
        file.write_all_at(&[7; 4_096], page.wrapping_mul(4_096))?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(25).copied().unwrap_or_default())
}

async fn open(place: Place) -> Result<Store> {
    let store = Store::open(OpenOptions::new(place, Kek::new([7; 32]))).await?;
    let city = osn_store::NewMunicipality {
        id: ground::city(),
        slug: "city".to_owned(),
        name: osn_core::lang::LocalText::new("Δήμος", "City"),
        time_zone: "Europe/Athens".to_owned(),
        hosts: Vec::new(),
        settings: serde_json::json!({}),
    };
    store.create_municipality(city, ground::at(0)).await?;
    sample::open_call(&store.for_municipality(ground::city())).await;
    Ok(store)
}

/// Every client submits its share, one after the other.
async fn submit(scope: &Scope, from: u128, count: u128) -> Result<(Duration, Vec<Duration>)> {
    let start = Clock::now();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let scope = scope.clone();
        clients.spawn(async move {
            let mut times = Vec::new();
            let mut number = from.wrapping_add(client);
            while number < from.wrapping_add(count) {
                let new = sample::application(number, &format!("amka-{number}"));
                let asked = Clock::now();
                scope.submit_application(new, ground::at(1)).await?;
                times.push(asked.elapsed());
                number = number.wrapping_add(CLIENTS);
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = clients.join_next().await {
        times.extend(done??);
    }
    let took = start.elapsed();
    times.sort_unstable();
    Ok((took, times))
}

/// Reads and unseals every application and keeps a sealed decision of about the size of a real record for each.
async fn decide(scope: &Scope) -> Result<(u128, Duration)> {
    let mut tx = scope
        .begin(osn_store::Actor::nobody("run.start"), ground::at(5))
        .await?;
    tx.insert_run(&sample::run()).await?;
    tx.commit().await?;
    let start = Clock::now();
    let mut after: Option<ApplicationId> = None;
    let mut count = 0_u128;
    loop {
        let chunk = scope
            .applications_for_machine(
                CallId::new(ground::id(400)),
                osn_store::ForMachine::Waiting,
                after,
                CHUNK,
            )
            .await?;
        let Some((last, _)) = chunk.last() else { break };
        after = Some(last.value.id);
        let decisions = chunk
            .into_iter()
            .map(|(application, data)| {
                let record = format!("{}{}", data.applicant.postal_code, "x".repeat(1_200)).into_bytes();
                NewDecision {
                    id: DecisionId::new(uuid::Uuid::from_u128(
                        application.value.id.uuid().as_u128().wrapping_add(1 << 40),
                    )),
                    application_id: application.value.id,
                    person_id: application.value.person_id,
                    outcome: AssessmentOutcome::Eligible,
                    keys: vec![Some(420_000), Some(6_700), Some(2)],
                    units: 1,
                    digest: osn_core::canonical::digest("bench-record:1", &record),
                    record,
                }
            })
            .collect::<Vec<_>>();
        count = count.wrapping_add(u128::try_from(decisions.len())?);
        let sealed = scope
            .seal_decisions(sample::run().id, &decisions, ground::at(6))
            .await?;
        let mut tx = scope
            .begin(osn_store::Actor::nobody("run.chunk"), ground::at(6))
            .await?;
        tx.insert_decisions(sealed, 0).await?;
        tx.commit().await?;
    }
    Ok((count, start.elapsed()))
}

async fn measure(name: &'static str, place: Place, submissions: u128, applications: u128) -> Result<Vec<Line>> {
    let store = open(place).await?;
    let scope = store.for_municipality(ground::city());
    submit(&scope, 0, 512).await?;
    let (took, times) = submit(&scope, 512, submissions).await?;
    let at = |share: usize| {
        let place = times.len().saturating_mul(share).checked_div(100).unwrap_or(0);
        times.get(place).copied().unwrap_or_default()
    };
    let answered = Some((at(50), at(99)));
    let mut lines = vec![Line {
        place: name,
        what: "submissions, 64 clients",
        count: submissions,
        took,
        answered,
    }];
    let done = submissions.wrapping_add(512);
    submit(&scope, done, applications.saturating_sub(done)).await?;
    let (count, took) = decide(&scope).await?;
    lines.push(Line {
        place: name,
        what: "read, unseal, decide, save sealed",
        count,
        took,
        answered: None,
    });
    let start = Clock::now();
    let sealed = scope.seal(ground::at(9)).await?;
    let count = u128::from(sealed.entries);
    lines.push(Line {
        place: name,
        what: "journal entries chained",
        count,
        took: start.elapsed(),
        answered: None,
    });
    store.close().await;
    Ok(lines)
}

fn print(fsync: Duration, lines: &[Line]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "one 4 KiB fdatasync: {} µs (median of 50)", fsync.as_micros())?;
    writeln!(
        out,
        "{:<11} {:<34} {:>8} {:>8} {:>9} {:>8} {:>8}",
        "database", "what", "count", "ms", "per s", "p50 ms", "p99 ms"
    )?;
    for line in lines {
        let micros = line.took.as_micros().max(1);
        let rate = line.count.saturating_mul(1_000_000).checked_div(micros).unwrap_or(0);
        let (half, most) = line.answered.map_or((String::new(), String::new()), |(half, most)| {
            (half.as_millis().to_string(), most.as_millis().to_string())
        });
        writeln!(
            out,
            "{:<11} {:<34} {:>8} {:>8} {rate:>9} {half:>8} {most:>8}",
            line.place,
            line.what,
            line.count,
            line.took.as_millis()
        )?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let numbers: Vec<u128> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let submissions = numbers.first().copied().unwrap_or(6_400);
    let applications = numbers.get(1).copied().unwrap_or(20_000);
    // Not in a temporary file system of memory: an fsync must mean something.
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).context("a directory on the disk")?;
    let synced = fsync(dir.path())?;
    let mut lines = measure(
        "SQLite",
        Place::Sqlite {
            dir: dir.path().join("data"),
        },
        submissions,
        applications,
    )
    .await?;
    let cluster = Cluster::start_with(Durability::Full)?;
    let (data, keys) = (fresh_database_on(&cluster.url())?, fresh_database_on(&cluster.url())?);
    let place = Place::Postgres {
        url: data.url(),
        keys_url: keys.url(),
    };
    lines.extend(measure("PostgreSQL", place, submissions, applications).await?);
    print(synced, &lines)
}
