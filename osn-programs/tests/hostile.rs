//! Hostile and broken programs: each is refused by type, in time, and the next call of a good program works.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use osn_programs::batch::Context;
use osn_programs::fault::{Fault, FaultKind, Lie, TrapKind, Whose};
use osn_programs::host::{Host, HostConfig, LoadError};
use osn_programs::input::{ClaimInput, GroupInput, Value};
use osn_programs::limits::Limits;
use osn_programs::package::PackageError;
use osn_programs::program::Program;
use osn_programs::verdict::Outcome;
use osn_test_guest::Guest;

/// Nothing hostile may take longer, on a slow machine and unoptimised.
const BOUND: Duration = Duration::from_secs(3);

fn host(limits: Limits) -> Host {
    Host::new(HostConfig {
        limits,
        threads: 1,
        ..HostConfig::default()
    })
    .unwrap()
}

fn context() -> Context {
    Context {
        as_of: NaiveDate::from_ymd_opt(2022, 8, 19).unwrap(),
        parameters: "{}".to_owned(),
    }
}

fn groups(numbers: impl IntoIterator<Item = i64>) -> Vec<GroupInput> {
    let one = |number| GroupInput {
        application: [("number".to_owned(), Value::Int(number).into())].into(),
        claims: vec![ClaimInput::default()],
        ..GroupInput::default()
    };
    numbers.into_iter().map(one).collect()
}

fn assess(program: &Program, numbers: impl IntoIterator<Item = i64>) -> Result<Vec<Outcome>, Fault> {
    let verdicts = program.assess_groups(&context(), &groups(numbers))?;
    Ok(verdicts.into_iter().map(|verdict| verdict.outcome).collect())
}

fn good(host: &Host) -> Arc<Program> {
    host.load_code(&Guest::default().build()).unwrap()
}

/// The hostile guest's fault on one application; a good program works before and after, on the same host.
fn fault_of(guest: &Guest, limits: Limits) -> Fault {
    let host = host(limits);
    let good = good(&host);
    let hostile = host.load_code(&guest.build()).unwrap();
    let began = Instant::now();
    let fault = assess(&hostile, [1]).unwrap_err();
    assert!(began.elapsed() < BOUND, "{fault} took {:?}", began.elapsed());
    assert_eq!(assess(&good, 0..3).unwrap(), [Outcome::Eligible; 3]);
    // The hostile one is no worse and no better the second time.
    let again = assess(&hostile, [1]).unwrap_err();
    assert_eq!(again.kind, fault.kind);
    fault
}

#[test]
fn an_honest_guest_is_believed() {
    let host = host(Limits::default());
    assert_eq!(assess(&good(&host), 0..2_500).unwrap().len(), 2_500);
    assert_eq!(assess(&good(&host), []).unwrap(), []);
}

#[test]
fn running_without_end_is_stopped_by_type() {
    let limits = Limits::default();
    let loops = "(loop $l (br $l))";
    let recursion = Guest {
        extra: "(func $f (param i64) (result i64) (i64.add (call $f (local.get 0)) (i64.const 1)))".to_owned(),
        ..Guest::assessing("(drop (call $f (i64.const 1)))")
    };
    let fuel = FaultKind::OutOfFuel {
        limit: limits.batch_fuel,
    };
    for (what, guest, kind) in [
        ("a loop", Guest::assessing(loops), fuel.clone()),
        (
            "filling memory",
            Guest::assessing("(loop $l (memory.fill (i32.const 0x80000) (i32.const 0) (i32.const 0x300000)) (br $l))"),
            fuel,
        ),
        (
            "growing memory",
            Guest::assessing("(loop $l (drop (memory.grow (i32.const 16))) (br $l))"),
            FaultKind::MemoryLimit {
                limit: limits.memory_bytes,
            },
        ),
        (
            "growing a table",
            Guest {
                extra: "(table $t 1 funcref)".to_owned(),
                ..Guest::assessing("(loop $l (drop (table.grow $t (ref.null func) (i32.const 1000))) (br $l))")
            },
            FaultKind::TableLimit {
                limit: limits.table_elements,
            },
        ),
        ("recursion", recursion, FaultKind::StackOverflow),
        (
            "a panic",
            Guest::assessing("unreachable"),
            FaultKind::Trapped {
                trap: TrapKind::Unreachable,
            },
        ),
        (
            "division by zero",
            Guest::assessing("(drop (i32.div_u (i32.const 1) (i32.const 0)))"),
            FaultKind::Trapped {
                trap: TrapKind::DivisionByZero,
            },
        ),
        (
            "a wild pointer",
            Guest::assessing("(drop (i32.load (i32.const -8)))"),
            FaultKind::Trapped {
                trap: TrapKind::OutOfBounds,
            },
        ),
    ] {
        let fault = fault_of(&guest, limits);
        assert_eq!(
            (fault.kind.clone(), fault.whose(), fault.group),
            (kind, Whose::Program, Some(0)),
            "{what}: {fault}"
        );
    }
}

#[test]
fn the_clock_stops_what_fuel_does_not() {
    let limits = Limits {
        batch_fuel: u64::MAX / 2,
        deadline_ticks: 10,
        ..Limits::default()
    };
    let began = Instant::now();
    let fault = fault_of(&Guest::assessing("(loop $l (br $l))"), limits);
    assert_eq!(fault.kind, FaultKind::TimedOut { limit_ms: 100 });
    assert!(began.elapsed() >= Duration::from_millis(90));
}

#[test]
fn loops_outside_assess_are_stopped_too() {
    let limits = Limits::default();
    let host = host(limits);
    let good = good(&host);
    let loops = "(loop $l (br $l))".to_owned();
    let at_start = Guest {
        extra: format!("(func $s {loops}) (start $s)"),
        ..Guest::default()
    };
    let in_describe = Guest {
        describe: loops.clone(),
        ..Guest::default()
    };
    for guest in [at_start, in_describe] {
        let began = Instant::now();
        match host.load_code(&guest.build()) {
            Err(LoadError::Describe(Fault {
                kind: FaultKind::OutOfFuel { limit },
                ..
            })) => assert_eq!(limit, limits.describe_fuel),
            other => panic!("{other:?}"),
        }
        assert!(began.elapsed() < BOUND);
        assert_eq!(assess(&good, [1]).unwrap(), [Outcome::Eligible]);
    }
    // `describe` without parameters needs no memory of the guest: only the next call meets this loop.
    let in_realloc = host
        .load_code(
            &Guest {
                realloc: loops,
                ..Guest::default()
            }
            .build(),
        )
        .unwrap();
    assert_eq!(
        assess(&in_realloc, [1]).unwrap_err().kind,
        FaultKind::OutOfFuel {
            limit: limits.describe_fuel
        }
    );
    assert_eq!(assess(&good, [1]).unwrap(), [Outcome::Eligible]);
}

#[test]
fn answers_that_break_the_calling_convention_are_refused() {
    let limits = Limits::default();
    let large = FaultKind::AnswerTooLarge {
        limit: limits.answer_limit(1),
    };
    let wide = |lie: &str| Guest {
        pages: 400,
        ..Guest::lying(lie)
    };
    for (what, guest, kind) in [
        (
            "16 MiB of states",
            wide("(i32.store (i32.const 88) (i32.const 0x1000000))"),
            large.clone(),
        ),
        (
            "2 MiB of keys",
            wide("(i32.store (i32.const 112) (i32.const 0x40000))"),
            large,
        ),
        (
            "four billion states",
            Guest::lying("(i32.store (i32.const 88) (i32.const -1))"),
            FaultKind::MalformedAnswer,
        ),
        (
            "states outside memory",
            Guest::lying("(i32.store (i32.const 84) (i32.const 0x7fffff00))"),
            FaultKind::MalformedAnswer,
        ),
        (
            "neither answer nor fault",
            Guest::lying("(i32.store8 (i32.const 64) (i32.const 7))"),
            FaultKind::MalformedAnswer,
        ),
        (
            "numbers that are not aligned",
            Guest::lying("(i32.store (i32.const 92) (i32.const 0x40001))"),
            FaultKind::MalformedAnswer,
        ),
        (
            "memory from nowhere",
            Guest {
                realloc: "(return (i32.const -16))".to_owned(),
                ..Guest::default()
            },
            FaultKind::MalformedAnswer,
        ),
    ] {
        let fault = fault_of(&guest, limits);
        assert_eq!(
            (fault.kind.clone(), fault.whose()),
            (kind, Whose::Program),
            "{what}: {fault}"
        );
    }
    let not_text = Guest {
        describe: "(i32.store8 (i32.const 1024) (i32.const 0xff))".to_owned(),
        ..Guest::default()
    };
    match host(limits).load_code(&not_text.build()) {
        Err(LoadError::Describe(fault)) => assert_eq!(fault.kind, FaultKind::MalformedAnswer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_lie_is_found() {
    // Lists stand at 68 outcome, 76 group-outcome, 84 state, 92 seen, 100 wanted, 108 keys: address, then count.
    let point = |at: u32, kind: &str, value: &str| {
        format!(
            "({kind}.store (i32.const 0x30000) ({kind}.const {value})) (i32.store (i32.const {at}) (i32.const 0x30000))"
        )
    };
    let length = |matrix, found| Lie::Length {
        matrix,
        wanted: 1,
        found,
    };
    for (what, lie, row) in [
        ("(i32.store (i32.const 72) (i32.const 0))".to_owned(), length("outcome", 0), None),
        ("(i32.store (i32.const 80) (i32.const 2))".to_owned(), length("group-outcome", 2), None),
        ("(i32.store (i32.const 88) (i32.const 2))".to_owned(), length("state", 2), None),
        ("(i32.store (i32.const 112) (i32.const 0))".to_owned(), length("keys", 0), None),
        (point(84, "i32", "4"), Lie::UnknownState, Some(0)),
        (point(68, "i32", "3"), Lie::UnknownOutcome, Some(0)),
        (point(68, "i32", "1"), Lie::OutcomeAgainstCriteria, Some(0)),
        (point(84, "i32", "2"), Lie::OutcomeAgainstCriteria, Some(0)),
        (point(76, "i32", "2"), Lie::GroupAgainstClaims, Some(0)),
        (point(76, "i32", "9"), Lie::UnknownOutcome, Some(0)),
        (point(92, "i64", "-1"), Lie::StateAgainstValues { criterion: 0 }, Some(0)),
        (point(84, "i32", "1"), Lie::StateAgainstValues { criterion: 0 }, Some(0)),
        (point(100, "i64", "9007199254740992"), Lie::NumberOutOfRange { matrix: "wanted" }, Some(0)),
        (point(108, "i64", "11"), Lie::NumberOutOfRange { matrix: "keys" }, Some(0)),
        ("(i32.store8 (i32.const 64) (i32.const 1)) (i32.store16 (i32.const 68) (i32.const 1))".to_owned(), Lie::UnknownSymbol { table: "reasons" }, None),
        ("(i32.store8 (i32.const 64) (i32.const 1)) (i32.store16 (i32.const 68) (i32.const 0)) (i32.store8 (i32.const 72) (i32.const 1)) (i32.store (i32.const 76) (i32.const 5))".to_owned(), Lie::UnknownPosition { table: "rows" }, None),
    ] {
        let fault = fault_of(&Guest::lying(&what), Limits::default());
        assert_eq!((fault.kind.clone(), fault.group), (FaultKind::LyingAnswer { what: lie, row }, Some(0)), "{what}: {fault}");
    }
    // A refusal with a reason of the catalogue is no lie: the input is to blame.
    let refusal = "(i32.store8 (i32.const 64) (i32.const 1)) (i32.store16 (i32.const 68) (i32.const 0)) (i32.store8 (i32.const 72) (i32.const 0))";
    let fault = fault_of(&Guest::lying(refusal), Limits::default());
    assert_eq!(
        (fault.kind.clone(), fault.whose()),
        (
            FaultKind::RefusedInput {
                reason: "not-now".to_owned(),
                row: None
            },
            Whose::Input
        )
    );
}

#[test]
fn the_application_behind_a_fault_is_found_by_halving() {
    let host = host(Limits::default());
    let program = host
        .load_code(&Guest::assessing("unreachable").only_for(1_777).build())
        .unwrap();
    let fault = assess(&program, 0..2_500).unwrap_err();
    assert_eq!(
        (fault.kind, fault.group),
        (
            FaultKind::Trapped {
                trap: TrapKind::Unreachable
            },
            Some(1_777)
        )
    );
    assert_eq!(assess(&program, 0..1_777).unwrap().len(), 1_777);
}

#[test]
fn a_verdict_does_not_depend_on_the_fuel_of_its_company() {
    // Every application takes some 60 % of the fuel: two never fit together, each fits alone.
    let burn = "(local.set $i (i32.mul (local.get $groups) (i32.const 100000))) (loop $l (local.set $i (i32.sub (local.get $i) (i32.const 1))) (br_if $l (local.get $i)))";
    let program = host(Limits {
        batch_fuel: 1_000_000,
        ..Limits::default()
    })
    .load_code(&Guest::assessing(burn).build())
    .unwrap();
    assert_eq!(assess(&program, 0..8).unwrap(), [Outcome::Eligible; 8]);
}

#[test]
fn one_programs_endless_loop_does_not_touch_anothers_run() {
    let host = host(Limits {
        batch_fuel: u64::MAX / 2,
        deadline_ticks: 40,
        ..Limits::default()
    });
    let good = good(&host);
    let hostile = host.load_code(&Guest::assessing("(loop $l (br $l))").build()).unwrap();
    std::thread::scope(|scope| {
        let looping = scope.spawn(|| assess(&hostile, [1]).unwrap_err().kind);
        let mut runs = 0;
        while !looping.is_finished() {
            assert_eq!(assess(&good, 0..5).unwrap(), [Outcome::Eligible; 5]);
            runs += 1;
        }
        assert!(runs > 10, "{runs}");
        assert_eq!(looping.join().unwrap(), FaultKind::TimedOut { limit_ms: 400 });
    });
}

#[test]
fn garbage_is_refused_with_a_reason() {
    let host = host(Limits::default());
    let whole = Guest::default().build();
    let core = wat::parse_str("(module)").unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let large = vec![0; (1 << 20) + 1];
    for (what, bytes, expected) in [
        ("nothing", Vec::new(), "does not begin like one"),
        ("text", b"hello".to_vec(), "does not begin like one"),
        ("an executable", b"\x7fELF\x02\x01\x01".to_vec(), "compiled program"),
        ("a core module", core, "core module"),
        (
            "cut short",
            whole[..whole.len() / 2].to_vec(),
            "not a WebAssembly component",
        ),
        ("a flipped byte", flipped, "not a WebAssembly component"),
        ("too large", large, "at most 1048576 are allowed"),
    ] {
        let began = Instant::now();
        let error = host.load_code(&bytes).unwrap_err();
        assert!(matches!(error, LoadError::Package(_)), "{what}: {error}");
        assert!(error.to_string().contains(expected), "{what}: {error}");
        assert!(began.elapsed() < BOUND, "{what}");
    }
}

#[test]
fn imports_versions_and_missing_exports_are_named() {
    let host = host(Limits::default());
    let refused = |text: &str| match host.load_code(&wat::parse_str(text).unwrap()) {
        Err(LoadError::Package(error)) => error,
        other => panic!("{text}: {other:?}"),
    };
    let wasi = "wasi:cli/environment@0.2.6";
    let error = refused(&format!(
        r#"(component (import "{wasi}" (instance (export "get" (func)))))"#
    ));
    assert_eq!(
        error,
        PackageError::Imports {
            names: vec![wasi.to_owned()]
        }
    );
    assert!(error.to_string().contains("wasm32-unknown-unknown"), "{error}");
    let own =
        refused(r#"(component (import "osn:program/clock@0.1.0" (instance (export "now" (func (result u64))))))"#);
    assert_eq!(
        own,
        PackageError::Imports {
            names: vec!["osn:program/clock@0.1.0".to_owned()]
        }
    );
    let error = refused(r#"(component (import "log" (func (param "text" string))))"#);
    assert_eq!(error.to_string(), "the program imports `log`: programs import nothing");

    let version = refused(r#"(component (instance $i) (export "osn:program/assessor@1.1.0" (instance $i)))"#);
    assert_eq!(
        version.to_string(),
        "the program needs contract 1.1, this host speaks 0.1 and 0.2"
    );
    let missing = refused(r#"(component (instance $i) (export "osn:program/assessor@0.1.0" (instance $i)))"#);
    let names = ["osn:program/description@0.1.0", "osn:program/planner@0.1.0"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(missing, PackageError::MissingExports { names });
    // The right names with the wrong types pass the reading and fail the linking.
    let hollow = ["description", "assessor", "planner"]
        .map(|name| format!(r#"(export "osn:program/{name}@0.1.0" (instance $i))"#))
        .concat();
    let error = host
        .load_code(&wat::parse_str(format!("(component (instance $i) {hollow})")).unwrap())
        .unwrap_err();
    assert!(matches!(error, LoadError::WrongTypes { .. }), "{error}");
}

#[test]
fn too_much_memory_tables_or_instances_are_refused_before_anything_runs() {
    let host = host(Limits::default());
    let refused = |guest: &Guest| match host.load_code(&guest.build()) {
        Err(LoadError::Package(PackageError::TooMuchDeclared { what, .. })) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(&Guest {
            pages: 640,
            ..Guest::default()
        }),
        "bytes of memory"
    );
    assert_eq!(
        refused(&Guest {
            pages: 16_384,
            ..Guest::default()
        }),
        "bytes of memory"
    );
    let table = Guest {
        extra: "(table 10000000 funcref)".to_owned(),
        ..Guest::default()
    };
    assert_eq!(refused(&table), "elements of a table");
    let instances = "(core instance (instantiate $m))".repeat(2_000);
    let exports = ["description", "assessor", "planner"]
        .map(|name| format!(r#"(instance ${name}) (export "osn:program/{name}@0.1.0" (instance ${name}))"#))
        .concat();
    let many = format!("(component (core module $m) {instances} {exports})");
    match host.load_code(&wat::parse_str(many).unwrap()) {
        Err(LoadError::Package(PackageError::TooMuchDeclared { what, limit, .. })) => {
            assert_eq!((what, limit), ("core instances", 4));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_description_that_is_not_usable_is_refused_with_every_problem() {
    let host = host(Limits::default());
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut about: serde_json::Value = serde_json::from_str(&Guest::default().about).unwrap();
        change(&mut about);
        match host.load_code(
            &Guest {
                about: about.to_string(),
                ..Guest::default()
            }
            .build(),
        ) {
            Err(LoadError::Describe(Fault {
                kind: FaultKind::BadDescription { problems },
                ..
            })) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            other => panic!("{other:?}"),
        }
    };
    assert!(with(&|about| about["surprise"] = true.into()).starts_with("/: not-readable"));
    assert_eq!(
        with(&|about| about["schema"] = "osn-program-about-9".into()),
        "/schema: unknown-schema (wanted: osn-program-about-0.1 or osn-program-about-0.2)"
    );
    let several = with(&|about| {
        about["criteria"][0]["field"] = "application.nothing".into();
        about["criteria"][0]["key"] = "Not A Key".into();
        about["form"]["application"][0]["min"] = 5.into();
        about["form"]["application"][0]["max"] = 4.into();
        about["form"]["application"][0]["asked_when"] = serde_json::json!({"field": "later", "is": {"flag": true}});
        about["delivery"]["supplies"][0]["category"] = "nothing".into();
    });
    for line in [
        "/form/application/0/min: min-above-max (max: 4, min: 5)",
        "/form/application/0/asked_when/field: not-an-earlier-field (field: later)",
        "/criteria/0/key: bad-key (key: Not A Key)",
        "/criteria/0/field: unknown-field (field: application.nothing)",
        "/delivery/supplies/0/category: unknown-category (category: nothing)",
    ] {
        assert!(several.lines().any(|found| found == line), "{line} not in\n{several}");
    }
}

#[test]
fn a_full_pool_is_the_hosts_trouble_not_the_programs() {
    let limits = Limits {
        instances: 1,
        batch_fuel: u64::MAX / 2,
        deadline_ticks: 60,
        ..Limits::default()
    };
    let host = host(limits);
    if !host.is_pooled() {
        return; // Without a pool there are no places to run out of.
    }
    let good = good(&host);
    let hostile = host.load_code(&Guest::assessing("(loop $l (br $l))").build()).unwrap();
    good.about(Some("{}")).unwrap();
    hostile.about(Some("{}")).unwrap();
    std::thread::scope(|scope| {
        let looping = scope.spawn(|| assess(&hostile, [1]).unwrap_err().kind);
        std::thread::sleep(Duration::from_millis(200));
        let fault = assess(&good, [1]).unwrap_err();
        assert_eq!(
            (fault.kind.clone(), fault.whose()),
            (FaultKind::Busy { limit: 1 }, Whose::Host),
            "{fault}"
        );
        assert_eq!(looping.join().unwrap(), FaultKind::TimedOut { limit_ms: 600 });
    });
    assert_eq!(assess(&good, [1]).unwrap(), [Outcome::Eligible]);
}
