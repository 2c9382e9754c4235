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
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use osn_programs::batch::{Batch, Context};
use osn_programs::cases::{self, Decided};
use osn_programs::host::{Host, HostConfig};
use osn_programs::input::{Answer, ClaimInput, Evidence, GroupInput, Value, encode};
use osn_programs::package::{Package, pack_dir};
use osn_programs::parameters::{freeze, no_resolver};
use osn_programs::program::Program;
use osn_programs::record::{DecisionRecord, Replayed, replay};
use osn_programs::verdict::Outcome;

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

/// The program that is written in C.
const IN_C: &str = "creative-activities";

/// A family of one child by arithmetic: the same that `c/native.c` makes.
fn family(number: i64) -> GroupInput {
    let on = |day: i64| Value::Day(NaiveDate::from_epoch_days(i32::try_from(day).unwrap()).unwrap());
    let accepted = |value: Value| Answer::from(value).proven(Evidence::Accepted, None);
    let member = |nth: i64| {
        [(
            "birth-date".to_owned(),
            on(8_000 + (number * 53 + nth * 97) % 10_000).into(),
        )]
        .into()
    };
    GroupInput {
        application: [
            (
                "annual-income".to_owned(),
                accepted(Value::Cents(number * 7_919 % 2_000_000)),
            ),
            ("resident".to_owned(), accepted(Value::Flag(number % 7 != 0))),
        ]
        .into(),
        claims: vec![ClaimInput {
            answers: [("birth-date".to_owned(), accepted(on(14_000 + number * 37 % 5_000)))].into(),
            ..ClaimInput::default()
        }],
        members: (0..number % 3).map(member).collect(),
        ..GroupInput::default()
    }
}

/// What the wall costs a program in C: the same rules on the same families, compiled for this machine, and in the sandbox.
fn wall_of_c(host: &Host, (claims, rounds): (usize, usize)) {
    let root = support::root();
    let folder = tempfile::tempdir().unwrap();
    let native = folder.path().join("native");
    let built = Command::new(std::env::var_os("CLANG").unwrap_or_else(|| "clang".into()))
        .args(["-O2", "-std=c11", "-I"])
        .arg(root.join("plugins/sdk-c"))
        .arg(root.join("osn-programs/benches/c/native.c"))
        .arg(root.join("plugins").join(IN_C).join("src/program.c"))
        .arg(root.join("plugins/sdk-c/osn_rules.c"))
        .arg("-o")
        .arg(&native)
        .status();
    if !built.is_ok_and(|status| status.success()) {
        println!(
            "C natively: not measured, because clang with the system's headers is missing (apt-get install clang libc6-dev)"
        );
        return;
    }
    let answered = Command::new(&native).arg(claims.to_string()).output().unwrap();
    let answered = String::from_utf8(answered.stdout).unwrap();
    let (native_ns, native_met) = answered.trim().split_once(' ').unwrap();
    let (native_ns, native_met): (f64, usize) = (native_ns.parse().unwrap(), native_met.parse().unwrap());
    let bytes = pack_dir(&support::core_of(IN_C), &root.join("plugins").join(IN_C)).unwrap();
    let program = host.load(&Package::read(&bytes, host.limits()).unwrap()).unwrap();
    let about = program.about(None).unwrap();
    let parameters = freeze(&about.parameters, &serde_json::json!({}), &no_resolver).unwrap();
    let context = Context {
        as_of: NaiveDate::from_epoch_days(19_265).unwrap(),
        parameters,
    };
    let families: Vec<GroupInput> = (0..i64::try_from(claims).unwrap()).map(family).collect();
    let verdicts = program.assess_groups(&context, &families).unwrap();
    let eligible = verdicts.iter().filter(|one| one.outcome == Outcome::Eligible).count();
    assert_eq!(eligible, native_met, "both decide the same");
    let whole = best(rounds, || {
        black_box(program.assess_groups(&context, &families).unwrap());
    });
    let rows = host.limits().batch_rows;
    let encoded = |families| encode(&about, families, 0).unwrap().batch;
    let batches: Vec<Batch> = families.chunks(rows).map(encoded).collect();
    let inside = best(rounds, || {
        for batch in &batches {
            black_box(program.assess(&context, batch).unwrap());
        }
    });
    println!(
        "the same rules in C on {claims} families ({eligible} eligible): {native_ns:.0} ns a claim natively, {:.0} behind the wall \
         with its columns, {:.0} with everything that the host does (encoding, checking every answer)",
        each(inside, claims),
        each(whole, claims),
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
    wall_of_c(&host, size);
    println!(
        "wanted: at most {} ns a claim (a batch has a second), {} fuel a batch, 10 us an instance; creative-activities is C, the others Rust",
        1_000_000_000 / host.limits().batch_rows,
        host.limits().batch_fuel
    );
}
