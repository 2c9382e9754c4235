//! Programs whose answers change: with the order of the rows, with the rows beside, with how often they were asked. None is
//! installed, whatever its golden cases say.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use osn_programs::cases::{self, Failed};
use osn_programs::host::{Host, HostConfig};
use osn_programs::limits::Limits;
use osn_programs::package::Package;
use osn_programs::steady::Unsteady;
use osn_test_guest::{CASES, Guest, manifest};

/// Two more cases of the same day, so that there is an order to change.
const MORE: &str = "[[case]]\nname = \"two\"\napplication.number = 2\nexpect.outcome = \"eligible\"\n\
                    [[case]]\nname = \"three\"\napplication.number = 3\nexpect.outcome = \"eligible\"\n";

fn run(guest: &Guest, cases: &str) -> Result<usize, Failed> {
    let host = Host::new(HostConfig::default()).unwrap();
    let package = Package::read(&guest.packed(&manifest("1.0.0", "0.1"), cases), &Limits::default()).unwrap();
    let program = host.load(&package).unwrap();
    cases::run(&program, &package).map(|report| report.passed)
}

/// A guest that gives the application at this position (a WebAssembly expression) another ranking key than the rest.
fn favouring(position: &str) -> Guest {
    // The keys stand at 108; every other one is zero.
    Guest::lying(&format!(
        "(i64.store (i32.add (i32.const 0x30000) (i32.mul {position} (i32.const 8))) (i64.const 5))
         (i32.store (i32.const 108) (i32.const 0x30000))"
    ))
}

#[test]
fn an_answer_that_depends_on_what_stands_beside_it_is_found() {
    let last = "(i32.sub (local.get $rows) (i32.const 1))";
    // Both pass every golden case alone: the outcome is the one that was expected.
    for (what, position) in [("the first of a batch", "(i32.const 0)"), ("the last of a batch", last)] {
        for (cases, count) in [(CASES.to_owned(), 1), (format!("{CASES}{MORE}"), 3)] {
            let failed = run(&favouring(position), &cases).unwrap_err();
            assert_eq!((failed.failures.len(), failed.passed), (0, count), "{what}: {failed}");
            let codes: Vec<_> = failed.unsteady.iter().map(Unsteady::code).collect();
            assert!(codes.contains(&"depends-on-company"), "{what}: {codes:?}");
            // Where every application is the same one, no order can be told from another.
            let ordered = codes.contains(&"depends-on-order");
            assert!(ordered || count == 1, "{what}: {codes:?}");
            assert!(!codes.contains(&"not-deterministic"), "{what}: {codes:?}");
        }
    }
}

#[test]
fn what_cannot_judge_together_is_found() {
    let guest = Guest::assessing("(if (i32.gt_u (local.get $groups) (i32.const 1)) (then unreachable))");
    let failed = run(&guest, CASES).unwrap_err();
    let codes: Vec<_> = failed.unsteady.iter().map(Unsteady::code).collect();
    assert_eq!((failed.passed, codes), (1, vec!["trapped"]), "{failed}");
}

#[test]
fn nothing_is_remembered_from_one_call_to_the_next() {
    // Would describe itself otherwise the second time, and rank everybody otherwise: if anything were left from the first.
    let forgetful = "(global $calls (mut i32) (i32.const 0))";
    let count = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                 (i32.store (i32.const 0x3fff0) (i32.add (i32.load (i32.const 0x3fff0)) (i32.const 1)))
                 (if (i32.or (i32.gt_u (global.get $calls) (i32.const 1)) (i32.gt_u (i32.load (i32.const 0x3fff0)) (i32.const 1)))
                   (then unreachable))";
    let guest = Guest {
        extra: forgetful.to_owned(),
        describe: count.to_owned(),
        ..Guest::assessing(count)
    };
    assert_eq!(
        run(&guest, &format!("{CASES}{MORE}")).unwrap(),
        3,
        "every call is the first one"
    );
}

#[test]
fn a_description_under_parameters_is_asked_for_twice_too() {
    let host = Host::new(HostConfig::default()).unwrap();
    let program = host.load_code(&Guest::default().build()).unwrap();
    assert!(program.describes_itself_again(None).unwrap());
    assert!(program.describes_itself_again(Some("{}")).unwrap());
}
