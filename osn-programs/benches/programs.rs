//! Figures for every program of `plugins/`: claims, instances and replays, with the limits that a host holds them to.
//!
//! The inputs are the golden cases of each package, repeated: whoever writes a program gets its figures without writing a bench. One
//! thread; the best of seven rounds counts, because other work on the machine only ever makes a round slower.

#![expect(
    clippy::unwrap_used,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a bench prints figures"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use osn_programs::batch::Context;
use osn_programs::cases::{self, Decided};
use osn_programs::host::{Host, HostConfig};
use osn_programs::input::GroupInput;
use osn_programs::package::{Package, pack_dir};
use osn_programs::program::Program;
use osn_programs::record::{DecisionRecord, Replayed, replay};

const ROUNDS: usize = 7;

fn best(rounds: usize, mut run: impl FnMut()) -> Duration {
    let timed = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..rounds).map(|_| timed(&mut run)).min().unwrap_or_default()
}

fn each(total: Duration, count: usize) -> f64 {
    total.as_secs_f64() * 1e9 / count as f64
}

/// The parameters under which most cases were decided, and their inputs repeated to at least so many applications.
fn repeated(decided: &[Decided], wanted: usize) -> (Context, Vec<GroupInput>) {
    let same = |one: &Decided| decided.iter().filter(|other| other.context == one.context).count();
    let most = decided.iter().max_by_key(|one| same(one)).unwrap();
    let inputs = decided
        .iter()
        .filter(|one| one.context == most.context)
        .map(|one| &one.input);
    let inputs: Vec<GroupInput> = inputs.cycle().take(wanted).cloned().collect();
    (most.context.clone(), inputs)
}

/// Decisions a second, each made again from its record alone.
fn replays(program: &Program, decided: &[Decided], rounds: usize) -> f64 {
    let record =
        |one: &Decided| DecisionRecord::new(program, &one.context, one.input.clone(), one.verdict.clone()).unwrap();
    let records: Vec<DecisionRecord> = decided.iter().map(record).collect();
    let time = best(rounds, || {
        for record in &records {
            assert_eq!(replay(program, record).unwrap(), Replayed::Identical);
        }
    });
    records.len() as f64 / time.as_secs_f64()
}

fn row(host: &Host, name: &str, folder: &Path, (claims, rounds): (usize, usize)) {
    let bytes = pack_dir(&support::core_of(name), folder).unwrap();
    let package = Package::read(&bytes, host.limits()).unwrap();
    let program = host.load(&package).unwrap();
    let examined = cases::examine(&program, &package);
    assert!(examined.failures.is_empty(), "{name}: {:?}", examined.failures);
    let (context, inputs) = repeated(&examined.decided, claims);
    let rows: usize = inputs.iter().map(|input| input.claims.len()).sum();
    let assess = best(rounds, || {
        black_box(program.assess_groups(&context, &inputs).unwrap());
    });
    let alone = program.assess_metered(&context, &inputs[..1]).unwrap();
    let instances = 500;
    let instance = best(rounds, || {
        (0..instances).for_each(|_| program.instantiate_only().unwrap());
    });
    println!(
        "{name:<22} {:>7} {:>10} {:>12.0} {:>14} {:>14.2} {:>12.0}",
        program.contract(),
        bytes.len(),
        each(assess, rows),
        alone.fuel_used,
        each(instance, instances) / 1e3,
        replays(&program, &examined.decided, rounds)
    );
}

fn main() {
    // `cargo test --benches` runs this file too: then one small round shows that it works.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let size = if quick { (50, 1) } else { (20_000, ROUNDS) };
    let host = Host::new(HostConfig {
        threads: 1,
        ..HostConfig::default()
    })
    .unwrap();
    println!(
        "every program on its golden cases, repeated to {} applications; one thread",
        size.0
    );
    println!(
        "{:<22} {:>7} {:>10} {:>12} {:>14} {:>14} {:>12}",
        "program", "speaks", "bytes", "ns a claim", "fuel, one", "us an instance", "replays/s"
    );
    let folders = std::fs::read_dir(support::root().join("plugins")).unwrap();
    let mut folders: Vec<_> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("program.toml").is_file());
    folders.sort();
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        row(&host, &name, &folder, size);
    }
    println!(
        "wanted: at most {} ns a claim (a batch has a second), {} fuel a batch, 10 us an instance; creative-activities is C, the others Rust",
        1_000_000_000 / host.limits().batch_rows,
        host.limits().batch_fuel
    );
}
