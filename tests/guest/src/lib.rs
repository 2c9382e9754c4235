//! Programs in WebAssembly text: one honest guest, and every way to be hostile as a change of it.
#![forbid(unsafe_code)]
#![expect(
    clippy::panic,
    reason = "a guest that cannot be made is a mistake of the test that wrote it"
)]

use osn_programs::package::{componentise, pack_dir};

/// A program that finds every application eligible, and where it goes wrong.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Further definitions of the module.
    pub extra: String,
    /// What `cabi_realloc` does first.
    pub realloc: String,
    /// What `describe` does first.
    pub describe: String,
    /// What `check-parameters` does first.
    pub check: String,
    /// What `plan` does first.
    pub plan: String,
    /// What `estimate` does first.
    pub estimate: String,
    /// What `assess` does first; `$args`, `$rows` and `$groups` are set.
    pub assess: String,
    /// What `assess` does to its finished answer at address 64.
    pub lie: String,
    /// Pages of memory.
    pub pages: u32,
    /// The description.
    pub about: String,
}

impl Default for Guest {
    fn default() -> Self {
        let about = serde_json::json!({
            "schema": "osn-program-about-0.1", "program": "guest", "intake": "rolling", "capacity_unit": "household",
            "form": {"application": [{"key": "number", "kind": "int", "purpose": "eligibility", "legal_basis": "law"}]},
            "criteria": [{"key": "number", "legal_basis": "law", "unit": "count", "comparison": "at-least"}],
            "ranking": [{"key": "number", "unit": "count", "min": 0, "max": 10}],
            "reasons": ["not-now"],
            "parameters": {"type": "object", "properties": {}},
            "delivery": {"kind": "pickup", "failures": [], "supplies": [{"key": "thing", "category": "things"}]},
            "expense_categories": [{"key": "things"}],
        });
        let none = String::new;
        Self {
            extra: none(),
            realloc: none(),
            describe: none(),
            check: none(),
            plan: none(),
            estimate: none(),
            assess: none(),
            lie: none(),
            pages: 64,
            about: about.to_string(),
        }
    }
}

/// Zeros that every honest list points at.
const ZEROS: u32 = 0x4_0000;

impl Guest {
    /// A guest whose `assess` does this first.
    pub fn assessing(code: &str) -> Self {
        Self {
            assess: code.to_owned(),
            ..Self::default()
        }
    }

    /// A guest that does this to its finished answer.
    pub fn lying(code: &str) -> Self {
        Self {
            lie: code.to_owned(),
            ..Self::default()
        }
    }

    /// The same guest, hostile only where an application's number is this one: it passes its golden case, and every call
    /// in which nobody gives the number.
    #[must_use]
    pub fn only_for(self, number: i64) -> Self {
        let only = |code: &str| match code {
            "" => String::new(),
            code => format!("(if (global.get $met) (then {code}))"),
        };
        // The first column of the applications, row by row.
        let look = format!(
            "(block $looked (loop $look (br_if $looked (i32.ge_u (local.get $i) (local.get $groups)))
               (if (i64.eq (i64.load (i32.add (i32.load offset=28 (i32.load offset=28 (local.get $args)))
                                              (i32.mul (local.get $i) (i32.const 8)))) (i64.const {number}))
                 (then (global.set $met (i32.const 1))))
               (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $look)))"
        );
        Self {
            extra: format!("{} (global $met (mut i32) (i32.const 0))", self.extra),
            assess: format!("{look} {}", only(&self.assess)),
            lie: only(&self.lie),
            ..self
        }
    }

    /// The component.
    ///
    /// # Panics
    /// Where the text is not WebAssembly.
    pub fn build(&self) -> Vec<u8> {
        componentise(&component(&self.text())).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A package of this version, with its texts and one golden case: number 1 is eligible. It can be installed.
    ///
    /// # Panics
    /// Where no package can be made of the guest.
    pub fn package(&self, version: &str) -> Vec<u8> {
        self.packed(&manifest(version, "0.1"), CASES)
    }

    /// The same with a manifest and golden cases (TOML) of one's own.
    ///
    /// # Panics
    /// As [`Guest::package`].
    pub fn packed(&self, manifest: &str, cases: &str) -> Vec<u8> {
        let packed = || -> Result<Vec<u8>, Box<dyn std::error::Error>> {
            let folder = tempfile::tempdir()?;
            let write = |name: &str, text: &[u8]| {
                let path = folder.path().join(name);
                path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                std::fs::write(&path, text).map(|()| path)
            };
            let code = write("code.wasm", &self.build())?;
            write("program.toml", manifest.as_bytes())?;
            write("cases/criteria.toml", cases.as_bytes())?;
            for language in ["el", "en"] {
                write(&format!("locales/{language}.ftl"), TEXTS.as_bytes())?;
            }
            Ok(pack_dir(&code, folder.path())?)
        };
        packed().unwrap_or_else(|error| panic!("{error}"))
    }

    fn text(&self) -> String {
        let Self {
            extra,
            realloc,
            describe,
            check,
            plan,
            estimate,
            assess,
            lie,
            pages,
            about,
        } = self;
        let (length, data) = (about.len(), about.replace('"', "\\\""));
        let list = |at: u32, count: &str| {
            format!(
                "(i32.store (i32.const {at}) (i32.const {ZEROS})) (i32.store (i32.const {}) {count})",
                at + 4
            )
        };
        let rows = "(local.get $rows)";
        let lists = [
            (68, rows),
            (76, "(local.get $groups)"),
            (84, rows),
            (92, rows),
            (100, rows),
            (108, rows),
        ];
        let lists = lists.map(|(at, count)| list(at, count)).concat();
        format!(
            r#"(module
  (memory (export "memory") {pages})
  (global $next (mut i32) (i32.const 0x80000))
  (data (i32.const 1024) "{data}")
  {extra}
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    {realloc}
    (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get 3))))
  (func (export "osn:program/description@0.1.0#describe") (param i32 i32 i32) (result i32) (local $i i32)
    (i32.store (i32.const 20) (i32.const 1024)) (i32.store (i32.const 24) (i32.const {length}))
    {describe}
    (i32.const 16))
  (func (export "osn:program/description@0.1.0#check-parameters") (param i32 i32) (result i32) (local $i i32)
    {check}
    (i32.const 32))
  (func (export "osn:program/assessor@0.1.0#assess") (param $args i32) (result i32)
    (local $rows i32) (local $groups i32) (local $i i32)
    (local.set $rows (i32.load offset=12 (local.get $args)))
    (local.set $groups (i32.load offset=16 (local.get $args)))
    {assess}
    {lists}
    {lie}
    (i32.const 64))
  (func (export "osn:program/planner@0.1.0#plan") (param i32) (result i32)
    {plan}
    (i32.const 512))
  (func (export "osn:program/planner@0.1.0#estimate") (param i32 i32 i32 i32 i32 i32) (result i32)
    {estimate}
    (i32.const 512)))"#
        )
    }
}

/// A module or component from its text.
///
/// # Panics
/// Where the text is not WebAssembly.
pub fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The guest's manifest.
pub fn manifest(version: &str, contract: &str) -> String {
    format!(
        "key = \"guest\"\nversion = \"{version}\"\ncontract = \"{contract}\"\nlicence = \"EUPL-1.2\"\nlanguages = [\"el\", \"en\"]\n"
    )
}

/// The golden case of every guest.
pub const CASES: &str = "title = \"Number\"\nas-of = 2022-08-19\n[[case]]\nname = \"one\"\napplication.number = 1\nexpect.outcome = \"eligible\"\n";

/// The guest's texts: no language at all, in both.
const TEXTS: &str = "\
name = Guest
summary = A guest of a test.
field-number = Number
basis-law = Law
criterion-number = Number
    .met = Met.
    .not-met = Not met.
    .unknown = Unknown.
rank-number = Number
reason-not-now = Not now
supply-thing = Thing
category-things = Things
";
