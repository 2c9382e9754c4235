//! Figures: assessing columns in the sandbox, natively, and behind JSON; instantiating; loading from the compiled cache.
//!
//! One run, one machine, the same batches and engine settings on both sides of every ratio. The sides take turns and the best of
//! seven rounds counts, because other work on the machine only ever makes a round slower.

#![expect(
    clippy::unwrap_used,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a bench prints figures"
)]

#[path = "extism/mod.rs"]
mod extism;
#[path = "openfisca/mod.rs"]
mod openfisca;
#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use food_parcel::FoodParcel;
use osn_program_sdk as sdk;
use osn_programs::batch::{Batch, Column, Context, Field, Ragged, WITHOUT_END};
use osn_programs::host::{Cache, Host, HostConfig, TextGuest};
use osn_programs::package::componentise;
use osn_programs::program::Program;
use osn_programs::verdict::Verdicts;
use serde_json::{Value, json};

const ROWS: usize = 1_000;
const ROUNDS: usize = 7;
/// Names a Python that has the peers; `cargo xtask bench` makes one.
const PYTHON: &str = "OSN_PEERS_PYTHON";

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn signed(&mut self, below: u64) -> i64 {
        i64::try_from(self.roll(below)).unwrap()
    }
}

/// One thousand households as columns: one in ten papers is not accepted, two members each on average.
fn batch(dice: &mut Dice) -> Batch {
    let rows = u32::try_from(ROWS).unwrap();
    let mut members_at = vec![0];
    let mut births = Vec::new();
    for _ in 0..ROWS {
        births.extend((0..dice.roll(5)).map(|_| i32::try_from(dice.roll(25_000)).unwrap() - 6_000));
        members_at.push(u32::try_from(births.len()).unwrap());
    }
    let mut papers = || {
        (0..ROWS)
            .map(|_| if dice.roll(10) == 0 { 1 } else { 3 })
            .collect::<Vec<u8>>()
    };
    let (paper_1, paper_2, paper_3) = (papers(), papers(), papers());
    let field = |data, evidence, valid_to| Field {
        present: Vec::new(),
        evidence,
        valid_to,
        data,
    };
    let days: Vec<i32> = (0..ROWS)
        .map(|_| {
            if dice.roll(3) == 0 {
                WITHOUT_END
            } else {
                19_000 + i32::try_from(dice.roll(2_000)).unwrap()
            }
        })
        .collect();
    let percents = (0..ROWS).map(|_| 500_000 + dice.signed(50) * 10_000).collect();
    let incomes = (0..ROWS).map(|_| dice.signed(2_000_000)).collect();
    let nothing = Ragged {
        at: vec![0; ROWS + 1],
        vals: Vec::new(),
    };
    let residents = (0..ROWS).map(|_| u8::from(dice.roll(20) > 0)).collect();
    Batch {
        rows,
        groups: rows,
        group: (0..rows).collect(),
        application: vec![
            field(Column::Fixed(percents), paper_1, days),
            field(Column::Cents(incomes), paper_2, Vec::new()),
            field(Column::Flag(residents), paper_3, Vec::new()),
            Field {
                present: vec![0; ROWS],
                ..field(Column::Choices(nothing), Vec::new(), Vec::new())
            },
        ],
        claim: Vec::new(),
        members_at,
        members: vec![field(Column::Day(births), Vec::new(), Vec::new())],
        facts: Vec::new(),
    }
}

/// The same columns in the types of the SDK.
fn native(batch: &Batch) -> sdk::Batch {
    let field = |field: &Field| sdk::Field {
        present: field.present.clone(),
        evidence: field.evidence.clone(),
        valid_to: field.valid_to.clone(),
        data: match &field.data {
            Column::Flag(data) => sdk::Column::Flag(data.clone()),
            Column::Fixed(data) => sdk::Column::Fixed(data.clone()),
            Column::Cents(data) => sdk::Column::Cents(data.clone()),
            Column::Day(data) => sdk::Column::Day(data.clone()),
            Column::Choices(data) => sdk::Column::Choices(sdk::bindings::osn::program::types::Ragged {
                at: data.at.clone(),
                vals: data.vals.clone(),
            }),
            other => unreachable!("{other:?} is not asked for"),
        },
    };
    let fields = |fields: &[Field]| fields.iter().map(field).collect::<Vec<_>>();
    sdk::Batch {
        rows: batch.rows,
        groups: batch.groups,
        group: batch.group.clone(),
        application: fields(&batch.application),
        claim: Vec::new(),
        members_at: batch.members_at.clone(),
        members: fields(&batch.members),
        facts: Vec::new(),
    }
}

/// The same people as JSON.
fn text(context: &Context, batch: &Batch) -> String {
    let states = ["none", "declared", "bringing", "accepted", "refused", "expired"];
    let proven = |column: usize, row: usize| {
        let field = &batch.application[column];
        let value = match &field.data {
            Column::Flag(data) => Value::from(data[row] != 0),
            Column::Fixed(data) | Column::Cents(data) => Value::from(data[row]),
            other => unreachable!("{other:?} is not asked for"),
        };
        json!({"value": value, "evidence": states[usize::from(field.evidence[row])], "valid_to": field.valid_to.get(row)})
    };
    let Column::Day(births) = &batch.members[0].data else {
        unreachable!("birth dates are days")
    };
    let application = |row: usize| {
        let members = batch.members_at[row] as usize..batch.members_at[row + 1] as usize;
        json!({
            "disability-percent": proven(0, row), "annual-income": proven(1, row), "resident": proven(2, row),
            "members": births[members].iter().map(|day| json!({"birth-date": day})).collect::<Vec<_>>(),
        })
    };
    let parameters: Value = serde_json::from_str(&context.parameters).unwrap();
    let applications: Vec<Value> = (0..ROWS).map(application).collect();
    json!({"as_of": context.as_of.to_epoch_days(), "parameters": parameters, "applications": applications}).to_string()
}

/// Best of some rounds.
fn best(mut round: impl FnMut() -> Duration) -> Duration {
    (0..ROUNDS).map(|_| round()).min().unwrap()
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let began = Instant::now();
    let done = work();
    (began.elapsed(), done)
}

fn sandboxed(program: &Program, context: &Context, batches: &[Batch]) -> Duration {
    let began = Instant::now();
    for batch in batches {
        black_box(program.assess(context, batch).unwrap());
    }
    began.elapsed()
}

fn on_all_cores(program: &Program, context: &Context, batches: &[Batch]) -> Duration {
    let cores = std::thread::available_parallelism().unwrap().get();
    let share = batches.len().div_ceil(cores);
    let run = || {
        std::thread::scope(|scope| {
            for share in batches.chunks(share) {
                scope.spawn(move || sandboxed(program, context, share));
            }
        });
    };
    timed(run).0
}

fn native_run(context: &sdk::Context, batches: &[sdk::Batch]) -> Duration {
    let began = Instant::now();
    for batch in batches {
        black_box(sdk::run::assess::<FoodParcel>(context, batch).unwrap());
    }
    began.elapsed()
}

/// The texts are made outside the measurement; reading the answer into values is inside, as it is for columns.
fn as_json(guest: &TextGuest, context: &Context, batches: &[Batch]) -> Duration {
    let mut total = Duration::ZERO;
    for batch in batches {
        let request = text(context, batch);
        let work = || {
            let answer = guest.assess(&request, ROWS).unwrap();
            serde_json::from_str::<Vec<bench_json::Verdict>>(&answer).unwrap().len()
        };
        let (took, count) = timed(work);
        assert_eq!(count, ROWS);
        total += took;
    }
    total
}

fn each(total: Duration, claims: usize) -> f64 {
    total.as_secs_f64() * 1e9 / claims as f64
}

/// All three sides answer the same.
fn same(program: &Program, guest: &TextGuest, context: &Context, plain: &sdk::Context, batch: &Batch) {
    let Verdicts {
        outcome,
        state,
        seen,
        keys,
        ..
    } = program.assess(context, batch).unwrap();
    let natively = sdk::run::assess::<FoodParcel>(plain, &native(batch)).unwrap();
    assert!(outcome == natively.outcome && state == natively.state && seen == natively.seen && keys == natively.keys);
    let answer = guest.assess(&text(context, batch), ROWS).unwrap();
    let verdicts: Vec<bench_json::Verdict> = serde_json::from_str(&answer).unwrap();
    let names = ["eligible", "not-eligible", "missing-evidence"];
    assert!(
        verdicts
            .iter()
            .zip(&outcome)
            .all(|(verdict, code)| verdict.outcome == names[usize::from(*code)])
    );
    assert!(
        verdicts
            .iter()
            .flat_map(|one| &one.keys)
            .zip(&keys)
            .all(|(a, b)| a.unwrap_or(i64::MIN) == *b)
    );
}

fn loading(package: &osn_programs::package::Package, dir: &Path) {
    let cached = || {
        let cache = Some(Cache {
            dir: dir.to_owned(),
            key: [7; 32],
        });
        Host::new(HostConfig {
            cache,
            ..HostConfig::default()
        })
        .unwrap()
    };
    let (first, _) = timed(|| cached().load(package).unwrap());
    let host = cached();
    let again = best(|| timed(|| host.load(package).unwrap()).0);
    let program = host.load(package).unwrap();
    let count = 2_000;
    let instantiate = best(|| timed(|| (0..count).for_each(|_| program.instantiate_only().unwrap())).0);
    println!(
        "\nfirst compile and load               {:>9.1} ms   (at most 500)",
        first.as_secs_f64() * 1e3
    );
    println!(
        "load from the compiled cache         {:>9.3} ms   (at most 1)",
        again.as_secs_f64() * 1e3
    );
    println!(
        "instantiate, warm                    {:>9.2} us   (at most 10)",
        each(instantiate, count) / 1e3
    );
}

fn main() {
    // `cargo test --benches` runs this file too: then one small round shows that it works.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let dir = tempfile::tempdir().unwrap();
    let host = Host::new(HostConfig::default()).unwrap();
    let program = support::loaded(&host);
    let context = support::context(&program, &json!({"income-limit": 1_500_000}));
    let plain = sdk::Context {
        as_of: context.as_of.to_epoch_days(),
        parameters: context.parameters.clone(),
    };
    let json_core = std::fs::read(support::core_module("bench-json")).unwrap();
    let guest = TextGuest::new(&host, &componentise(&json_core).unwrap()).unwrap();
    same(&program, &guest, &context, &plain, &batch(&mut Dice(1)));
    if std::env::args().any(|argument| argument == "sandbox") {
        return for_a_profiler(&program, &context);
    }

    println!(
        "assessing columns, batches of {ROWS}, a fresh instance a batch, fuel and epoch on (ns a claim; one thread unless said)"
    );
    println!(
        "{:>10} {:>10} {:>10} {:>10} {:>12} {:>14} {:>12}",
        "claims", "sandbox", "native", "JSON", "x native", "JSON / sandbox", "all cores"
    );
    let sizes: &[usize] = if quick { &[2_000] } else { &[10_000, 100_000, 1_000_000] };
    for claims in sizes {
        let mut dice = Dice(42);
        let batches: Vec<Batch> = (0..claims / ROWS).map(|_| batch(&mut dice)).collect();
        let columns: Vec<sdk::Batch> = batches.iter().map(native).collect();
        // JSON is slow enough for at most 20,000 a round.
        let texts = &batches[..batches.len().min(20)];
        let [mut sandbox, mut natively, mut json, mut cores] = [Duration::MAX; 4];
        for _ in 0..ROUNDS {
            sandbox = sandbox.min(sandboxed(&program, &context, &batches));
            natively = natively.min(native_run(&plain, &columns));
            json = json.min(as_json(&guest, &context, texts));
            cores = cores.min(on_all_cores(&program, &context, &batches));
        }
        let json = each(json, texts.len() * ROWS);
        let [sandbox, natively, cores] = [sandbox, natively, cores].map(|total| each(total, *claims));
        println!(
            "{claims:>10} {sandbox:>10.0} {natively:>10.0} {json:>10.0} {:>12.2} {:>14.1} {cores:>12.0}",
            sandbox / natively,
            json / sandbox
        );
    }
    println!("wanted: at most 2.5 x native, JSON at least 20 times as slow as the sandbox");
    peers(&program, &guest, &context, if quick { 2_000 } else { 1_000_000 });
    every_program(&host, quick);
    loading(support::food_parcel(), dir.path());
}

/// `cargo bench -p osn-programs --bench assess -- sandbox`: the sandbox and nothing else.
fn for_a_profiler(program: &Program, context: &Context) {
    let mut dice = Dice(42);
    let batches: Vec<Batch> = (0..1_000).map(|_| batch(&mut dice)).collect();
    let took = best(|| sandboxed(program, context, &batches));
    println!("{:.0} ns a claim", each(took, batches.len() * ROWS));
}

/// The same people and rules in OpenFisca-core and in Extism's host, where a Python that has them is named.
fn peers(program: &Program, guest: &TextGuest, context: &Context, claims: usize) {
    let Ok(python) = std::env::var(PYTHON) else {
        println!("\nOpenFisca-core and Extism: not compared, {PYTHON} names no Python that has them");
        return;
    };
    let mut dice = Dice(42);
    let batches: Vec<Batch> = (0..claims / ROWS).map(|_| batch(&mut dice)).collect();
    let verdicts: Vec<Verdicts> = batches
        .iter()
        .map(|batch| program.assess(context, batch).unwrap())
        .collect();
    let peer = openfisca::judged(&python, context, &batches, &verdicts);
    drop(verdicts);
    let ours = each(best(|| sandboxed(program, context, &batches)), claims);
    let [people, rules] = [peer.people, peer.rules].map(|seconds| seconds * 1e9 / claims as f64);
    println!(
        "\nOpenFisca-core, {claims} claims from arrays, same outcomes and keys, no reasons (ns a claim): people {people:.0}, rules \
         {rules:.0}; sandbox {ours:.0}, {:.1} times as fast (at least 3), {:.2} times against the rules alone",
        (people + rules) / ours,
        rules / ours
    );
    let batches = &batches[..batches.len().min(20)];
    let texts: Vec<String> = batches.iter().map(|batch| text(context, batch)).collect();
    let (seconds, answer) = extism::called(&python, &texts);
    assert_eq!(answer, guest.assess(&texts[0], ROWS).unwrap());
    let host = each(best(|| as_json(guest, context, batches)), texts.len() * ROWS);
    let extism = seconds * 1e9 / (texts.len() * ROWS) as f64;
    println!(
        "Extism, the JSON design, same answers (ns a claim, the answer left as text): {extism:.0}; the JSON design in this host, the \
         answer read {host:.0}; sandbox {ours:.0}, {:.1} times as fast as Extism",
        extism / ours
    );
}

/// One plain application for each program, as its form writes it.
fn plain(program: &str) -> Value {
    let yes = json!({"value": true, "evidence": "accepted"});
    let income = json!({"value": "6000.00", "evidence": "accepted"});
    let child = json!({"birth-date": {"value": "2014-03-02", "evidence": "accepted"}});
    match program {
        "camp" => json!({
            "application": {
                "single-parent-status": {"value": "widowed", "evidence": "accepted"}, "no-support": yes, "resident": yes, "annual-income": income,
                "family-status-issued": {"value": "2022-08-01", "evidence": "accepted"},
            },
            "claims": [child.clone(), child],
        }),
        "counselling" => json!({
            "application": {
                "stay": "permit", "lives-in-greece": true, "topics": ["residence", "citizenship"], "language": "arabic",
                "permit-expires": "2022-12-31", "legal-stay-since": "2012-01-15", "birth-date": "1980-05-05",
            },
            "claims": [{}],
        }),
        "creative-activities" => {
            json!({"application": {"annual-income": income, "resident": yes}, "claims": [child.clone(), child]})
        }
        "declarative" => json!({"application": {"question-1": yes}}),
        _ => {
            json!({"application": {"disability-percent": {"value": "80", "evidence": "accepted", "valid_to": "indefinite"}, "annual-income": income, "resident": yes}})
        }
    }
}

/// Each program of `plugins/`: size, fuel and time a claim, in batches of a thousand rows, a fresh instance a batch.
fn every_program(host: &Host, quick: bool) {
    println!(
        "\n{:<22} {:>10} {:>12} {:>12}",
        "program", "bytes", "ns a claim", "fuel a claim"
    );
    for name in [
        "camp",
        "counselling",
        "creative-activities",
        "declarative",
        "food-parcel",
    ] {
        let folder = support::root().join("plugins").join(name);
        let bytes = osn_programs::package::pack_dir(&support::core_of(name), &folder).unwrap();
        let package = osn_programs::package::Package::read(&bytes, host.limits()).unwrap();
        let program = host.load(&package).unwrap();
        let context = support::context(&program, &json!({}));
        let about = program.about(Some(&context.parameters)).unwrap();
        let group = osn_programs::input::from_plain(&about, &plain(name), false).unwrap();
        let rows = group.rows();
        let groups = vec![group; ROWS / rows];
        let fuel = program.assess_metered(&context, &groups).unwrap().fuel_used;
        let batch = osn_programs::input::encode(&about, &groups, 0).unwrap().batch;
        let batches = vec![batch; if quick { 1 } else { 100 }];
        let took = best(|| sandboxed(&program, &context, &batches));
        let claims = batches.len() * (ROWS / rows) * rows;
        println!(
            "{name:<22} {:>10} {:>12.0} {:>12}",
            bytes.len(),
            each(took, claims),
            fuel / u64::try_from(ROWS / rows * rows).unwrap()
        );
    }
}
