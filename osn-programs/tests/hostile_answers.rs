//! The clock, the memory that is asked for on the way in, and the answers on the way out: every export by itself, through a guest.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod exports;

use std::time::{Duration, Instant};

use exports::{BOUND, Export, call, called, context, groups, limits, request, serves};
use osn_programs::fault::{Fault, FaultKind, Lie, TrapKind, Whose};
use osn_programs::host::{Host, HostConfig};
use osn_programs::limits::Limits;
use osn_programs::plan::PlanRequest;
use osn_programs::program::Program;
use osn_test_guest::Guest;

const LOOP: &str = "(loop $l (br $l))";

fn host(limits: Limits) -> Host {
    Host::new(HostConfig {
        limits,
        threads: 1,
        ..HostConfig::default()
    })
    .unwrap()
}

/// A guest that does this wherever the host asks it for memory to put the export's arguments in.
///
/// Every call with parameters asks for the description first, and the program is given the same two bytes for both. Assessing
/// and planning lower numbers besides, which are aligned: only there the guest is hostile, and the description is honest.
/// An estimate is given nothing that its description is not, so its guest is stopped at the description before it.
fn asked_for_memory(export: Export, code: &str) -> Guest {
    let realloc = match export {
        Export::Assess | Export::Plan => format!("(if (i32.gt_u (local.get 2) (i32.const 1)) (then {code}))"),
        Export::Describe | Export::CheckParameters | Export::Estimate => code.to_owned(),
    };
    Guest {
        realloc,
        ..Guest::default()
    }
}

/// The fault of one call of a guest that loads, in time; a good program is served before and after.
fn fault_of(host: &Host, export: Export, guest: &Guest, what: &str) -> Fault {
    let good = host.load_code(&Guest::default().build()).unwrap();
    serves(&good);
    let began = Instant::now();
    let fault = called(host, export, guest).unwrap_or_else(|| panic!("{export:?} {what}: it answered"));
    assert!(began.elapsed() < BOUND, "{export:?} {what}: {:?}", began.elapsed());
    assert_eq!(fault.whose(), Whose::Program, "{export:?} {what}: {fault}");
    serves(&good);
    fault
}

#[test]
fn the_clock_stops_every_export_where_fuel_does_not() {
    let limits = Limits {
        batch_fuel: u64::MAX / 2,
        plan_fuel: u64::MAX / 2,
        describe_fuel: u64::MAX / 2,
        deadline_ticks: 25,
        ..Limits::default()
    };
    let host = host(limits);
    for export in Export::ALL {
        for (what, guest) in [
            ("loops", export.doing(LOOP, "")),
            ("loops when asked for memory", asked_for_memory(export, LOOP)),
        ] {
            let began = Instant::now();
            let fault = fault_of(&host, export, &guest, what);
            assert_eq!(fault.kind, FaultKind::TimedOut { limit_ms: 250 }, "{export:?} {what}");
            // It did run until then: nothing else stopped it.
            assert!(began.elapsed() >= Duration::from_millis(230), "{export:?} {what}");
        }
    }
}

#[test]
fn memory_from_nowhere_is_refused_whatever_it_is_for() {
    let limits = limits();
    let host = host(limits);
    let wild = FaultKind::MalformedAnswer;
    for export in Export::ALL {
        let fuel = FaultKind::OutOfFuel {
            limit: export.fuel(&limits),
        };
        let trap = TrapKind::Unreachable;
        for (what, code, kind) in [
            ("loops", LOOP, fuel),
            ("points outside memory", "(return (i32.const -16))", wild.clone()),
            ("points at the last byte", "(return (i32.const 0x3fffff))", wild.clone()),
            ("panics", "unreachable", FaultKind::Trapped { trap }),
        ] {
            let guest = asked_for_memory(export, code);
            assert_eq!(fault_of(&host, export, &guest, what).kind, kind, "{export:?} {what}");
            let program = host.load_code(&guest.build()).unwrap();
            let own = matches!(export, Export::Assess | Export::Plan);
            assert_eq!(
                program.about(Some("{}")).is_ok(),
                own,
                "{export:?} {what}: whose memory it was"
            );
        }
        if matches!(export, Export::Assess | Export::Plan) {
            let askew = asked_for_memory(export, "(return (i32.const 0x80001))");
            assert_eq!(fault_of(&host, export, &askew, "not aligned").kind, wild, "{export:?}");
        }
    }
}

/// Where an export's answer stands: the pointer and the length of its first list, and of its discriminant, if it has one.
const fn place_of(export: Export) -> (u32, Option<u32>) {
    match export {
        Export::Describe => (20, Some(16)),
        Export::CheckParameters => (32, None),
        Export::Assess => (84, Some(64)),
        Export::Plan | Export::Estimate => (516, Some(512)),
    }
}

/// A guest that does this to its finished answer.
fn answering(export: Export, code: &str) -> Guest {
    if export == Export::Assess {
        return Guest::lying(code);
    }
    export.doing(code, "")
}

/// A list of this many elements at an address, as the export's answer.
fn list(export: Export, at: u32, count: i64) -> String {
    let (place, _) = place_of(export);
    format!(
        "(i32.store (i32.const {place}) (i32.const {at})) (i32.store (i32.const {}) (i32.const {count}))",
        place + 4
    )
}

#[test]
fn an_answer_of_any_export_that_is_too_long_or_breaks_the_convention_is_refused() {
    let limits = limits();
    let host = host(limits);
    for export in Export::ALL {
        let (_, discriminant) = place_of(export);
        // All within the guest's four MiB: records take 24 bytes each, texts and states one.
        let (count, limit) = match export {
            Export::Describe => (0x10_0000, limits.description_bytes),
            Export::CheckParameters => (0x1_8000, limits.description_bytes),
            Export::Assess => (0x20_0000, limits.answer_limit(1)),
            Export::Plan => (0x1_8000, limits.answer_limit(1)),
            Export::Estimate => (0x1_8000, limits.answer_bytes),
        };
        let mut answers = vec![
            (
                "more than is copied",
                list(export, 0x10_0000, count),
                FaultKind::AnswerTooLarge { limit },
            ),
            ("four billion", list(export, 0x10_0000, -1), FaultKind::MalformedAnswer),
            (
                "outside memory",
                list(export, 0x7fff_ff00, 1),
                FaultKind::MalformedAnswer,
            ),
        ];
        if let Some(at) = discriminant {
            let neither = format!("(i32.store8 (i32.const {at}) (i32.const 7))");
            answers.push(("neither answer nor fault", neither, FaultKind::MalformedAnswer));
        }
        for (what, code, kind) in answers {
            let fault = fault_of(&host, export, &answering(export, &code), what);
            assert_eq!(fault.kind, kind, "{export:?} {what}: {fault}");
        }
    }
}

/// Only descriptions and problems bring text; the answers of the other exports are numbers.
#[test]
fn text_that_is_not_text_is_refused_wherever_an_answer_brings_it() {
    let host = host(limits());
    let describe = answering(Export::Describe, "(i32.store8 (i32.const 1024) (i32.const 0xff))");
    let fault = fault_of(&host, Export::Describe, &describe, "a description");
    assert_eq!(fault.kind, FaultKind::MalformedAnswer);
    // One problem, of `path`, `code` and `args`; half of a Greek letter in one of the first two.
    for (what, at) in [("a path", 0x18_0000), ("a code", 0x18_0008)] {
        let half = format!(
            "(i32.store8 (i32.const 0x90000) (i32.const 0xce)) (i32.store (i32.const {at}) (i32.const 0x90000))
             (i32.store (i32.const {}) (i32.const 1))",
            at + 4
        );
        for (export, refuses) in [
            (Export::CheckParameters, ""),
            (Export::Describe, "(i32.store8 (i32.const 16) (i32.const 1))"),
        ] {
            let code = format!("{half} {refuses} {}", list(export, 0x18_0000, 1));
            let fault = fault_of(&host, export, &answering(export, &code), what);
            assert_eq!(fault.kind, FaultKind::MalformedAnswer, "{export:?} {what}");
        }
    }
}

/// A record of 24 bytes, as deliveries and budget lines are, at an address: its fields as (offset, type, value).
fn record(at: u32, fields: &[(u32, &str, i64)]) -> String {
    let store = |(offset, kind, value): &(u32, &str, i64)| {
        let (store, of) = match *kind {
            "u16" => ("i32.store16", "i32"),
            "u32" => ("i32.store", "i32"),
            _ => ("i64.store", "i64"),
        };
        format!("({store} (i32.const {}) ({of}.const {value}))", at + offset)
    };
    fields.iter().map(store).collect::<Vec<_>>().join(" ")
}

fn loaded(host: &Host, export: Export, code: &str) -> std::sync::Arc<Program> {
    host.load_code(&answering(export, code).build()).unwrap()
}

#[test]
fn an_estimate_that_cannot_be_true_is_refused() {
    let host = host(limits());
    let line = |category, amount, quantity| {
        let fields = [(0, "u16", category), (8, "s64", amount), (16, "u32", quantity)];
        let code = format!(
            "{} {}",
            record(0x18_0000, &fields),
            list(Export::Estimate, 0x18_0000, 1)
        );
        loaded(&host, Export::Estimate, &code).estimate(&context(), 3, 2, 1)
    };
    let honest = line(0, 700, 2).unwrap();
    assert_eq!(
        (
            honest[0].category.as_str(),
            honest[0].amount_cents,
            honest[0].quantity,
            honest.len()
        ),
        ("things", 700, 2, 1)
    );
    let most = (1 << 53) - 1;
    assert_eq!(line(0, most, 1).unwrap()[0].amount_cents, most);
    let table = "expense_categories";
    let range = Lie::NumberOutOfRange { matrix: "amount" };
    for (category, amount, what) in [
        (1, 700, Lie::UnknownSymbol { table }),
        (0xffff, 700, Lie::UnknownSymbol { table }),
        (0, -1, range),
        (0, most + 1, range),
    ] {
        let fault = line(category, amount, 2).unwrap_err();
        assert_eq!(
            fault.kind,
            FaultKind::LyingAnswer { what, row: None },
            "{category} {amount}"
        );
        assert_eq!(fault.whose(), Whose::Program);
    }
    // No money for nothing is no lie, and a refusal with a reason that does not exist is one.
    assert_eq!(call(&loaded(&host, Export::Estimate, ""), Export::Estimate), Ok(()));
    let refusing = "(i32.store8 (i32.const 512) (i32.const 1)) (i32.store16 (i32.const 516) (i32.const 9))";
    let fault = call(&loaded(&host, Export::Estimate, refusing), Export::Estimate).unwrap_err();
    let what = Lie::UnknownSymbol { table: "reasons" };
    assert_eq!(fault.kind, FaultKind::LyingAnswer { what, row: None });
}

#[test]
fn a_plan_that_cannot_be_true_is_refused() {
    let host = host(limits());
    let delivery = |row, slot, supply, quantity, cost| {
        let fields = [
            (0, "u32", row),
            (4, "u32", slot),
            (8, "u16", supply),
            (12, "u32", quantity),
            (16, "s64", cost),
        ];
        format!("{} {}", record(0x18_0000, &fields), list(Export::Plan, 0x18_0000, 1))
    };
    let plan = |code: &str, request: &PlanRequest| {
        let program = loaded(&host, Export::Plan, code);
        let answer = program.plan(&context(), &groups(), request);
        answer.map_err(|fault| match fault.kind {
            FaultKind::LyingAnswer { what, row } => (what, row),
            other => panic!("{other}"),
        })
    };
    let asked = request();
    let honest = plan(&delivery(0, 0, 0, 1, 100), &asked).unwrap();
    let kept = honest.deliveries.clone();
    assert_eq!(
        (kept.len(), kept[0].supply.as_str(), kept[0].cost_cents),
        (1, "thing", 100)
    );
    let unplaced = |row, why| {
        let short = record(0x18_0000, &[(0, "u32", row), (8, "u16", why)]);
        let lists = [(524, 0x18_0000), (532, 0x18_0008)].map(|(place, at)| {
            let count = place + 4;
            format!("(i32.store (i32.const {place}) (i32.const {at})) (i32.store (i32.const {count}) (i32.const 1))")
        });
        format!("{short} {}", lists.concat())
    };
    assert_eq!(plan(&unplaced(0, 0), &asked).unwrap().unplaced[0].reason, "not-now");
    let place = |table| Lie::UnknownPosition { table };
    let symbol = |table| Lie::UnknownSymbol { table };
    let range = Lie::NumberOutOfRange { matrix: "deliveries" };
    for (code, lie, row) in [
        (delivery(0, 0, 0, 1, 101), Lie::OverBudget, None),
        (delivery(1, 0, 0, 1, 1), place("deliveries"), None),
        (delivery(0, 1, 0, 1, 1), place("deliveries"), None),
        (delivery(0, 0, 1, 1, 1), symbol("supplies"), Some(0)),
        (delivery(0, 0, 0, 0, 1), range, Some(0)),
        (delivery(0, 0, 0, 1, -1), range, Some(0)),
        (unplaced(1, 0), place("unplaced"), None),
        (unplaced(0, 1), symbol("reasons"), Some(0)),
    ] {
        assert_eq!(plan(&code, &asked), Err((lie, row)), "{code}");
    }
    let with_kept = PlanRequest { kept, ..asked };
    assert_eq!(plan("", &with_kept), Err((Lie::DroppedKept, Some(0))));
}
