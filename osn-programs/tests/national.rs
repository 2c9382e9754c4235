//! National sets of rules: an honest one is believed, a hostile or broken one is refused by type, and costs nobody else anything.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use osn_core::expenditure::Verdict;
use osn_programs::cases::Failed;
use osn_programs::fault::{Fault, FaultKind, Lie};
use osn_programs::host::{Host, HostConfig, LoadError};
use osn_programs::limits::Limits;
use osn_programs::national::{NationalPackage, NationalSet, run};
use osn_programs::package::{PackError, PackageError, pack_dir};

/// Nothing hostile may take longer, on a slow machine and unoptimised.
const BOUND: Duration = Duration::from_secs(3);

const WORDS: &str = r#"
[[rule]]
title = { el = "Κανόνας", en = "Rule" }
remedy = { el = "Κάντε κάτι.", en = "Do something." }
code = [{ code = "X-A", article = { el = "Άρθρο 1", en = "Article 1" }, marking = "verify" }]
[rule.reason]
above = { el = "Πάνω από το όριο", en = "Above the limit" }
"#;

const CASES: &str = r#"
[ordinary]
stage = "claim"
on = 2022-12-31
operation = { regime = "1420", fund = "ESF" }
[ordinary.expense]
id = "00000000-0000-0000-0000-000000000010"
operation_id = "00000000-0000-0000-0000-000000000001"
sub_project = "SP1"
work_package = "WP2"
category = "A4"
subject = "Parcels"
vat_included = false
form = { form = "actual" }
document = { kind = "invoice", number = "17", issued_on = 2022-07-08, net = "1000.00", vat = "0.00", gross = "1000.00" }
[[case]]
name = "nothing to say"
rule = "X-A"
verdict = "SILENT"
"#;

/// A set in WebAssembly text: what its `judge` does, and the bytes of its answer.
struct Guest {
    judge: &'static str,
    data: &'static str,
    extra: &'static str,
    words: String,
    cases: String,
}

/// One text, one empty list of findings.
const SILENT: &str = r#"(data (i32.const 80) "\00\00\00\00\64\00\00\00\01\00\00\00")"#;

impl Default for Guest {
    fn default() -> Self {
        Self {
            judge: "(i32.const 80)",
            data: SILENT,
            extra: "",
            words: WORDS.to_owned(),
            cases: CASES.to_owned(),
        }
    }
}

impl Guest {
    fn module(&self) -> Vec<u8> {
        let text = format!(
            r#"(module
              (memory (export "memory") 2)
              (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
              (data (i32.const 16) "X-AX-B")
              (data (i32.const 32) "\10\00\00\00\03\00\00\00")
              (data (i32.const 48) "\20\00\00\00\01\00\00\00")
              {data} {extra}
              (func (export "osn:expenditure/rules@0.1.0#codes") (result i32) (i32.const 48))
              (func (export "osn:expenditure/rules@0.1.0#judge") (param i32 i32) (result i32) {judge}))"#,
            data = self.data,
            extra = self.extra,
            judge = self.judge,
        );
        wat::parse_str(text).unwrap()
    }

    fn pack(&self) -> Result<Vec<u8>, PackError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("core.wasm"), self.module()).unwrap();
        fs::write(path.join("words.toml"), &self.words).unwrap();
        fs::create_dir(path.join("cases")).unwrap();
        fs::write(path.join("cases/some.toml"), &self.cases).unwrap();
        let manifest = "key = \"some-state\"\nversion = \"1.0.0\"\ncontract = \"expenditure-0.1\"\nlicence = \"EUPL-1.2\"\n\
            languages = [\"el\", \"en\"]\n";
        fs::write(path.join("rule-set.toml"), manifest).unwrap();
        pack_dir(&path.join("core.wasm"), path)
    }

    fn package(&self) -> NationalPackage {
        NationalPackage::read(&self.pack().unwrap(), &Limits::default()).unwrap()
    }
}

fn host() -> Host {
    Host::new(HostConfig::default()).unwrap()
}

fn set(host: &Host, guest: &Guest) -> Arc<NationalSet> {
    host.load_national(&guest.package()).unwrap()
}

/// The fault of a hostile set; an honest one works before and after, on the same host.
fn fault_of(guest: &Guest) -> Fault {
    let host = host();
    let honest = set(&host, &Guest::default());
    let hostile = set(&host, guest);
    let began = Instant::now();
    let fault = hostile.judge(&["{}"]).unwrap_err();
    assert!(began.elapsed() < BOUND, "{fault} took {:?}", began.elapsed());
    assert_eq!(honest.judge(&["{}"]).unwrap(), [vec![]]);
    assert_eq!(hostile.judge(&["{}"]).unwrap_err().kind, fault.kind);
    fault
}

/// A finding at 120: rule, verdict, reason, no values; the list of the row points at it.
macro_rules! finding {
    ($rule:literal, $verdict:literal, $reason:literal) => {
        concat!(
            r#"(data (i32.const 80) "\00\00\00\00\64\00\00\00\01\00\00\00") (data (i32.const 100) "\78\00\00\00\01\00\00\00") "#,
            r#"(data (i32.const 120) ""#,
            $rule,
            $verdict,
            $reason,
            r#"\00\00\00\00\00\00\00\00")"#
        )
    };
}

const OWN: &str = finding!(
    r"\10\00\00\00\03\00\00\00",
    r"\03\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00",
    r"\00\00\00\00\00\00\00\00"
);

#[test]
fn an_honest_set_is_believed() {
    let guest = Guest {
        data: OWN,
        cases: CASES.replace("SILENT", "REJECT"),
        ..Guest::default()
    };
    let host = host();
    let package = guest.package();
    let set = host.load_national(&package).unwrap();
    assert_eq!(set.codes(), ["X-A"]);
    assert_eq!(run(&set, &package).unwrap(), 1);
    let findings = set.judge(&["{}"]).unwrap();
    assert_eq!(
        (findings[0][0].rule.as_ref(), findings[0][0].verdict),
        ("X-A", Verdict::Reject)
    );
    assert_eq!(set.identity().digest, package.code_digest());
    // A corrected word changes the package and not what judges.
    let corrected = Guest {
        words: WORDS.replace("Do something.", "Do something else."),
        ..guest
    };
    let corrected = corrected.package();
    assert_eq!(corrected.code_digest(), package.code_digest());
    assert_ne!(corrected.package_digest(), package.package_digest());
}

fn check(what: &str, guest: &Guest, kind: &FaultKind) {
    let fault = fault_of(guest);
    assert_eq!(&fault.kind, kind, "{what}");
    assert_eq!(fault.group, Some(0), "{what}");
}

#[test]
fn a_hostile_set_is_stopped_by_type() {
    let limits = Limits::default();
    let fuel = FaultKind::OutOfFuel {
        limit: limits.batch_fuel,
    };
    let memory = FaultKind::MemoryLimit {
        limit: limits.memory_bytes,
    };
    let recursion = "(func $f (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))";
    for (what, judge, extra, kind) in [
        ("a loop", "(loop $l (br $l)) (i32.const 80)", "", fuel),
        (
            "growing memory",
            "(loop $l (drop (memory.grow (i32.const 16))) (br $l)) (i32.const 80)",
            "",
            memory,
        ),
        (
            "recursion",
            "(call $f (i32.const 1))",
            recursion,
            FaultKind::StackOverflow,
        ),
        (
            "a wild pointer",
            "(i32.const 2147483000)",
            "",
            FaultKind::MalformedAnswer,
        ),
    ] {
        let guest = Guest {
            judge,
            extra,
            ..Guest::default()
        };
        check(what, &guest, &kind);
    }
}

#[test]
fn an_answer_that_cannot_be_true_is_a_lie() {
    let cut_of_nothing = finding!(
        r"\10\00\00\00\03\00\00\00",
        r"\02\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00",
        r"\00\00\00\00\00\00\00\00"
    );
    let foreign_rule = finding!(
        r"\13\00\00\00\03\00\00\00",
        r"\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00",
        r"\00\00\00\00\00\00\00\00"
    );
    let foreign_reason = finding!(
        r"\10\00\00\00\03\00\00\00",
        r"\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00",
        r"\10\00\00\00\03\00\00\00"
    );
    let two_rows = r#"(data (i32.const 80) "\00\00\00\00\64\00\00\00\02\00\00\00")"#;
    let length = Lie::Length {
        matrix: "findings",
        wanted: 1,
        found: 2,
    };
    for (what, data, lie, row) in [
        ("a rule of nobody", foreign_rule, Lie::UnknownRule, Some(0)),
        ("a reason of nobody", foreign_reason, Lie::UnknownReason, Some(0)),
        ("a cut of nothing", cut_of_nothing, Lie::Value, Some(0)),
        ("more rows than were asked", two_rows, length, None),
    ] {
        let guest = Guest {
            data,
            ..Guest::default()
        };
        check(what, &guest, &FaultKind::LyingAnswer { what: lie, row });
    }
}

#[test]
fn a_broken_package_is_refused_before_it_judges() {
    let importing = Guest {
        extra: "(import \"env\" \"clock\" (func $clock (result i64)))",
        ..Guest::default()
    };
    // An import stands before everything else in a module, so the text itself is refused, or the encoder refuses it.
    let refused = std::panic::catch_unwind(|| importing.pack().is_err());
    assert!(refused.unwrap_or(true), "an import");
    let silent = Guest {
        words: WORDS.replace("X-A", "X-C"),
        ..Guest::default()
    };
    let refused = host().load_national(&silent.package()).unwrap_err().to_string();
    assert_eq!(refused, "the texts are not complete: /X-A: no-words; /X-C: no-rule");
    let of_the_core = Guest {
        words: WORDS.replace("X-A", "G-WHT"),
        ..Guest::default()
    };
    assert!(host().load_national(&of_the_core.package()).is_err());
    let greek_only = Guest {
        words: WORDS.replace(", en = \"Rule\"", ""),
        ..Guest::default()
    };
    let refused = NationalPackage::read(&greek_only.pack().unwrap(), &Limits::default())
        .map_err(LoadError::from)
        .and_then(|package| host().load_national(&package).map(drop));
    assert!(refused.is_err(), "a text in one language");
    let wrong = Guest {
        cases: CASES.replace("SILENT", "REJECT"),
        ..Guest::default()
    };
    let package = wrong.package();
    let set = host().load_national(&package).unwrap();
    let Failed { failures, passed, .. } = run(&set, &package).unwrap_err();
    assert_eq!((failures.len(), passed), (1, 0));
    assert_eq!(failures[0].lines, ["expected REJECT, got SILENT"]);
    let untried = Guest {
        cases: CASES.replace(
            "[[case]]\nname = \"nothing to say\"\nrule = \"X-A\"\nverdict = \"SILENT\"\n",
            "case = []\n",
        ),
        ..Guest::default()
    };
    let package = untried.package();
    let set = host().load_national(&package).unwrap();
    assert!(run(&set, &package).is_err(), "no case tries the rule");
}

/// A program is no set of rules, and a set is no program.
#[test]
fn the_two_contracts_are_not_taken_for_each_other() {
    let bytes = Guest::default().pack().unwrap();
    assert!(matches!(
        osn_programs::package::Package::read(&bytes, &Limits::default()),
        Err(PackageError::MissingExports { .. })
    ));
}
