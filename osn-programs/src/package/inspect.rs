//! Looks into a component without running or compiling it, and refuses in words.

use wasmparser::component_types::{ComponentEntityType, ComponentInstanceTypeId};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use super::PackageError;
use crate::CONTRACTS;
use crate::limits::Limits;

/// What a component must be: a program, or a national set of rules on expenditure.
pub(crate) struct World {
    /// What the names of its interfaces begin with.
    package: &'static str,
    /// Interfaces that it must export.
    interfaces: &'static [&'static str],
    /// Versions of the contract that this host speaks, the newest last.
    versions: &'static [&'static str],
}

pub(crate) const PROGRAM: World = World {
    package: "osn:program/",
    interfaces: &["description", "assessor", "planner"],
    versions: &CONTRACTS,
};
pub(crate) const RULE_SET: World = World {
    package: "osn:expenditure/",
    interfaces: &["rules"],
    versions: &["0.1"],
};

/// Core instances, with room for the encoder's own.
const MAX_CORE_INSTANCES: u64 = 4;
const PAGE: u64 = 65_536;

pub(super) fn component(bytes: &[u8], limits: &Limits, world: &World) -> Result<(), PackageError> {
    let not = |reason: String| PackageError::NotAComponent { reason };
    if bytes.starts_with(b"\x7fELF") || bytes.starts_with(b"OSNCWA1\n") {
        return Err(PackageError::MachineCode);
    }
    if Parser::is_core_wasm(bytes) {
        return Err(PackageError::CoreModule);
    }
    if !Parser::is_component(bytes) {
        return Err(not("it does not begin like one".to_owned()));
    }
    // The outermost imports are named even where the component cannot be valid for another reason.
    let types = match Validator::new_with_features(allowed()).validate_all(bytes) {
        Ok(types) => types,
        Err(narrow) => {
            return Err(
                match Validator::new_with_features(WasmFeatures::all()).validate_all(bytes) {
                    Ok(_) => PackageError::ForbiddenFeature {
                        reason: narrow.message().to_owned(),
                    },
                    Err(broken) => not(broken.message().to_owned()),
                },
            );
        }
    };
    let types = types.as_ref();
    let only_types = |id: ComponentInstanceTypeId| {
        types.get(id).is_some_and(|instance| {
            instance
                .exports
                .values()
                .all(|item| matches!(item.ty, ComponentEntityType::Type { .. }))
        })
    };
    let (imports, exports) = outer_names(bytes).map_err(not)?;
    let names: Vec<String> = imports
        .into_iter()
        .filter(|name| {
            let ty = types.component_item_for_import(name).map(|item| item.ty);
            // Type-only interfaces of a contract carry nothing at run time; everything else is an import.
            !(name.starts_with("osn:") && matches!(ty, Some(ComponentEntityType::Instance(id)) if only_types(id)))
        })
        .collect();
    if !names.is_empty() {
        return Err(PackageError::Imports { names });
    }
    contract(&exports, world)?;
    declared(bytes, limits)
}

/// What programs may use: the engine's own default of a plain module, without anything that [`crate::host::forbidden`] names.
fn allowed() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::GC_TYPES
}

type Names = (Vec<String>, Vec<String>);

/// Names of the outermost component's imports and exports.
fn outer_names(bytes: &[u8]) -> Result<Names, String> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| error.message().to_owned())? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import.map_err(|error| error.message().to_owned())?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export.map_err(|error| error.message().to_owned())?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

/// All interfaces are there, in one version of the contract that this host speaks.
fn contract(exports: &[String], world: &World) -> Result<(), PackageError> {
    let ours: Vec<(&str, &str)> = exports
        .iter()
        .filter_map(|name| name.strip_prefix(world.package))
        .filter_map(|name| name.split_once('@'))
        .collect();
    for (_, version) in &ours {
        let numbers: Vec<&str> = version.split('.').take(2).collect();
        let needs = numbers.join(".");
        if !world.versions.contains(&needs.as_str()) {
            return Err(PackageError::WrongContract {
                needs,
                host: world.versions.join(" and "),
            });
        }
    }
    let newest = world.versions.last().copied().unwrap_or_default();
    let version = ours
        .first()
        .map_or_else(|| format!("{newest}.0"), |(_, version)| (*version).to_owned());
    let names: Vec<String> = world
        .interfaces
        .iter()
        .filter(|wanted| !ours.contains(&(**wanted, version.as_str())))
        .map(|wanted| format!("{}{wanted}@{version}", world.package))
        .collect();
    if names.is_empty() {
        Ok(())
    } else {
        Err(PackageError::MissingExports { names })
    }
}

/// Memories, tables and instances that are declared, before any is made.
fn declared(bytes: &[u8], limits: &Limits) -> Result<(), PackageError> {
    let wrong = |error: wasmparser::BinaryReaderError| PackageError::NotAComponent {
        reason: error.message().to_owned(),
    };
    let too_much = |what, found: u64, limit: u64| {
        if found > limit {
            Err(PackageError::TooMuchDeclared { what, found, limit })
        } else {
            Ok(())
        }
    };
    let mut instances = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(wrong)? {
            Payload::MemorySection(section) => {
                for memory in section {
                    too_much(
                        "bytes of memory",
                        memory.map_err(wrong)?.initial.saturating_mul(PAGE),
                        limits.memory_bytes as u64,
                    )?;
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    too_much(
                        "elements of a table",
                        table.map_err(wrong)?.ty.initial,
                        limits.table_elements as u64,
                    )?;
                }
            }
            Payload::InstanceSection(section) => {
                instances += u64::from(section.count());
                too_much("core instances", instances, MAX_CORE_INSTANCES)?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Allocation, engine};

    /// Every proposal that programs must not use. Run after each upgrade of the engine: both walls must hold by themselves.
    const FORBIDDEN: [(&str, &str); 13] = [
        ("memory64", "(memory i64 1)"),
        ("threads", "(memory 1 1 shared)"),
        ("several memories", "(memory 1) (memory 1)"),
        ("tail calls", "(func return_call 0)"),
        (
            "relaxed SIMD",
            "(func (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))",
        ),
        ("custom page sizes", "(memory 1 (pagesize 1))"),
        (
            "wide arithmetic",
            "(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))",
        ),
        (
            "function references",
            "(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))",
        ),
        ("garbage collection", "(type (struct (field i32)))"),
        ("exceptions", "(tag)"),
        ("legacy exceptions", "(func try catch_all end)"),
        ("stack switching", "(type $f (func)) (type (cont $f))"),
        ("shared-everything threads", "(global (shared i32) (i32.const 0))"),
    ];

    #[test]
    fn forbidden_proposals_are_refused_by_the_reader_and_by_the_engine() {
        let limits = Limits::default();
        let engine = engine(&limits, Allocation::OnDemand).unwrap();
        for (what, text) in FORBIDDEN {
            let bytes = wat::parse_str(format!("(component (core module {text}))"))
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            let error = component(&bytes, &limits, &PROGRAM).unwrap_err();
            assert!(
                matches!(
                    error,
                    PackageError::ForbiddenFeature { .. } | PackageError::NotAComponent { .. }
                ),
                "{what}: {error}"
            );
            assert!(
                engine.precompile_component(&bytes).is_err(),
                "the engine compiles {what}"
            );
        }
        // The same module without any of them passes both.
        let plain = wat::parse_str("(component (core module (memory 1) (func (result i32) (i32.const 1))))").unwrap();
        assert!(matches!(
            component(&plain, &limits, &PROGRAM),
            Err(PackageError::MissingExports { .. })
        ));
        assert!(engine.precompile_component(&plain).is_ok());
    }
}
