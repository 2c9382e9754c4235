//! Programs in WebAssembly text: one honest guest, and every way to be hostile as a change of it.

use osn_programs::package::componentise;

/// A program that finds every application eligible, and where it goes wrong.
#[derive(Clone)]
pub(crate) struct Guest {
    /// Further definitions of the module.
    pub(crate) extra: String,
    /// What `cabi_realloc` does first.
    pub(crate) realloc: String,
    /// What `describe` does first.
    pub(crate) describe: String,
    /// What `check-parameters` does first.
    pub(crate) check: String,
    /// What `plan` does first.
    pub(crate) plan: String,
    /// What `estimate` does first.
    pub(crate) estimate: String,
    /// What `assess` does first; `$args`, `$rows` and `$groups` are set.
    pub(crate) assess: String,
    /// What `assess` does to its finished answer at address 64.
    pub(crate) lie: String,
    /// Pages of memory.
    pub(crate) pages: u32,
    /// The description.
    pub(crate) about: String,
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
    pub(crate) fn assessing(code: &str) -> Self {
        Self {
            assess: code.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn lying(code: &str) -> Self {
        Self {
            lie: code.to_owned(),
            ..Self::default()
        }
    }

    /// The component.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut core = wat::parse_str(self.text()).unwrap_or_else(|error| panic!("{error}"));
        let mut resolve = wit_parser::Resolve::default();
        let contract = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("wit/0.1");
        let (package, _) = resolve.push_dir(contract).unwrap();
        let world = resolve.select_world(&[package], Some("program")).unwrap();
        wit_component::embed_component_metadata(&mut core, &resolve, world, wit_component::StringEncoding::UTF8, false)
            .unwrap();
        componentise(&core).unwrap_or_else(|error| panic!("{error}"))
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
  (func (export "osn:program/description@0.1.0#describe") (param i32 i32 i32) (result i32)
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
