//! Every way to be hostile against every export: the type of the fault, the time that it takes, and that the next call works,
//! while another program is served on the same host.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod exports;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use exports::{BOUND, Export, called, context, groups, limits, serves};
use osn_programs::fault::{FaultKind, TrapKind, Whose};
use osn_programs::host::{Host, HostConfig, LoadError};
use osn_programs::limits::Limits;
use osn_programs::package::PackageError;
use osn_test_guest::Guest;

type Expected = fn(Export, &Limits) -> FaultKind;

/// What is done, the further definitions that it needs, and the fault.
const HOSTILE: [(&str, &str, &str, Expected); 9] = [
    ("runs without end", "(loop $l (br $l))", "", |export, limits| {
        FaultKind::OutOfFuel {
            limit: export.fuel(limits),
        }
    }),
    (
        "fills memory without end",
        "(loop $l (memory.fill (i32.const 0x80000) (i32.const 0) (i32.const 0x300000)) (br $l))",
        "",
        |export, limits| FaultKind::OutOfFuel {
            limit: export.fuel(limits),
        },
    ),
    (
        "grows memory without end",
        "(loop $l (drop (memory.grow (i32.const 16))) (br $l))",
        "",
        |_, limits| FaultKind::MemoryLimit {
            limit: limits.memory_bytes,
        },
    ),
    (
        "grows a table without end",
        "(loop $l (drop (table.grow $t (ref.null func) (i32.const 1000))) (br $l))",
        "(table $t 1 funcref)",
        |_, limits| FaultKind::TableLimit {
            limit: limits.table_elements,
        },
    ),
    (
        "calls itself without end",
        "(drop (call $f (i64.const 1)))",
        "(func $f (param i64) (result i64) (i64.add (call $f (local.get 0)) (i64.const 1)))",
        |_, _| FaultKind::StackOverflow,
    ),
    ("panics", "unreachable", "", |_, _| FaultKind::Trapped {
        trap: TrapKind::Unreachable,
    }),
    (
        "divides by zero",
        "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
        "",
        |_, _| FaultKind::Trapped {
            trap: TrapKind::DivisionByZero,
        },
    ),
    (
        "reads a wild pointer",
        "(drop (i32.load (i32.const -8)))",
        "",
        |_, _| FaultKind::Trapped {
            trap: TrapKind::OutOfBounds,
        },
    ),
    (
        "answers from outside its memory",
        "(return (i32.const 0x7ffffff0))",
        "",
        |_, _| FaultKind::MalformedAnswer,
    ),
];

#[test]
fn every_export_is_held_while_others_are_served() {
    let limits = limits();
    let host = Host::new(HostConfig {
        limits,
        threads: 1,
        ..HostConfig::default()
    })
    .unwrap();
    let good = host.load_code(&Guest::default().build()).unwrap();
    serves(&good);
    let stop = Arc::new(AtomicBool::new(false));
    let (slowest, served) = std::thread::scope(|scope| {
        let served = scope.spawn(|| {
            let (mut slowest, mut served) = (Duration::ZERO, 0_u64);
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                serves(&good);
                slowest = slowest.max(began.elapsed());
                served += 1;
            }
            (slowest, served)
        });
        for export in Export::ALL {
            for (what, code, extra, expected) in HOSTILE {
                let guest = export.doing(code, extra);
                let began = Instant::now();
                let fault = called(&host, export, &guest).unwrap_or_else(|| panic!("{export:?} {what}: it answered"));
                assert!(began.elapsed() < BOUND, "{export:?} {what}: {:?}", began.elapsed());
                assert_eq!(
                    (fault.kind.clone(), fault.whose()),
                    (expected(export, &limits), Whose::Program),
                    "{export:?} {what}: {fault}"
                );
                serves(&good);
            }
        }
        stop.store(true, Ordering::Relaxed);
        served.join().unwrap()
    });
    assert!(slowest < BOUND, "another program waited {slowest:?}");
    assert!(served > 45, "another program was served {served} times");
}

/// Only problems hold texts in a list, and only these two exports answer with problems.
#[test]
fn a_small_answer_that_unfolds_into_a_large_one_is_refused() {
    // A thousand problems, each with the same half megabyte as its path: 24 KB in the guest, 500 MB in the host.
    let unfolds = "(loop $l
            (i32.store (i32.add (i32.const 0x180004) (i32.mul (local.get $i) (i32.const 24))) (i32.const 0x80000))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (i32.const 1000))))";
    let host = Host::new(HostConfig::default()).unwrap();
    for (export, answer) in [
        (
            Export::CheckParameters,
            "(i32.store (i32.const 32) (i32.const 0x180000)) (i32.store (i32.const 36) (i32.const 1000))",
        ),
        (
            Export::Describe,
            "(i32.store8 (i32.const 16) (i32.const 1))
             (i32.store (i32.const 20) (i32.const 0x180000)) (i32.store (i32.const 24) (i32.const 1000))",
        ),
    ] {
        let guest = export.doing(&format!("{unfolds} {answer}"), "");
        let began = Instant::now();
        let fault = called(&host, export, &guest).unwrap();
        assert!(began.elapsed() < BOUND, "{export:?}");
        let limit = Limits::default().description_bytes;
        assert_eq!(fault.kind, FaultKind::AnswerTooLarge { limit }, "{export:?}");
        serves(&host.load_code(&Guest::default().build()).unwrap());
    }
}

#[test]
fn nothing_of_an_operating_system_can_be_asked_for() {
    let host = Host::new(HostConfig::default()).unwrap();
    for name in [
        "wasi:clocks/wall-clock@0.2.6",
        "wasi:clocks/monotonic-clock@0.2.6",
        "wasi:cli/environment@0.2.6",
        "wasi:filesystem/types@0.2.6",
        "wasi:sockets/tcp@0.2.6",
        "wasi:random/random@0.2.6",
        "wasi:logging/logging",
        "wasi:threads/spawn",
    ] {
        let text = format!(r#"(component (import "{name}" (instance (export "ask" (func)))))"#);
        match host.load_code(&wat::parse_str(text).unwrap()) {
            Err(LoadError::Package(PackageError::Imports { names })) => assert_eq!(names, [name]),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn not_a_number_has_the_same_bits_on_every_run() {
    // The sign and payload of a NaN differ between processors; the value seen is made of them.
    let nan = "(i64.store (i32.const 0x30000) (i64.and (i64.const 0xffffffffffff) (i64.reinterpret_f64
        (f64.div (f64.sub (f64.const inf) (f64.const inf)) (f64.neg (f64.sqrt (f64.const -1)))))))
        (i32.store (i32.const 92) (i32.const 0x30000))";
    let seen = || {
        let host = Host::new(HostConfig::default()).unwrap();
        let program = host.load_code(&Guest::lying(nan).build()).unwrap();
        let verdicts = program.assess_groups(&context(), &groups()).unwrap();
        verdicts[0].claims[0].criteria[0].seen
    };
    // The canonical NaN has no payload but its highest bit, which the mask takes away.
    assert_eq!((seen(), seen()), (Some(0), Some(0)));
}
