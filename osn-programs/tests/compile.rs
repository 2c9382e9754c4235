//! The compiled cache and the compiler's child.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use osn_programs::compile::{CompileError, Compiler};
use osn_programs::host::{Cache, Host, HostConfig, LoadError};
use osn_programs::limits::Limits;
use osn_test_guest::Guest;

fn child() -> Compiler {
    Compiler::Child {
        exe: PathBuf::from(env!("CARGO_BIN_EXE_osn-pack")),
        args: vec!["compile-program".into()],
    }
}

fn host(dir: &Path, key: u8, compiler: Compiler, limits: Limits) -> Host {
    let cache = Some(Cache {
        dir: dir.to_owned(),
        key: [key; 32],
    });
    Host::new(HostConfig {
        limits,
        cache,
        compiler,
        threads: 1,
    })
    .unwrap()
}

fn cached(dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

#[test]
fn a_child_compiles_once_and_the_cache_is_used_only_where_it_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let dir = &dir.path().join("cache");
    let code = Guest::default().build();
    let load = |key, compiler| host(dir, key, compiler, Limits::default()).load_code(&code).map(drop);
    load(1, child()).unwrap();
    let files = cached(dir);
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let sound = std::fs::read(file).unwrap();

    // From the cache: a compiler that cannot run is not needed.
    let broken = Compiler::Child {
        exe: PathBuf::from("/does/not/exist"),
        args: Vec::new(),
    };
    load(1, broken.clone()).unwrap();
    // Not another server's file, not a changed one, not half of one: each is compiled again and replaced.
    assert!(matches!(
        load(2, broken.clone()),
        Err(LoadError::Compile(CompileError::Io { .. }))
    ));
    // The magic, the authentication code, the description's length, the description, the machine code.
    for position in [0, 20, 41, 60, sound.len() / 2, sound.len() - 1] {
        let mut changed = sound.clone();
        changed[position] ^= 1;
        std::fs::write(file, changed).unwrap();
        assert!(load(1, broken.clone()).is_err(), "{position}");
    }
    std::fs::write(file, &sound[..sound.len() / 2]).unwrap();
    assert!(load(1, broken.clone()).is_err());
    load(1, child()).unwrap();
    load(1, broken).unwrap();
    // What the program says of itself comes from the file, and is what it says when asked.
    let about = |compiler| {
        host(dir, 1, compiler, Limits::default())
            .load_code(&code)
            .unwrap()
            .about(None)
            .unwrap()
    };
    let kept = about(Compiler::InProcess);
    std::fs::remove_file(file).unwrap();
    assert_eq!(about(Compiler::InProcess), kept);
    // What one process compiled in itself, the child would have compiled too.
    std::fs::remove_file(file).unwrap();
    load(1, Compiler::InProcess).unwrap();
    assert_eq!(cached(dir), std::slice::from_ref(file));
    assert_eq!(std::fs::metadata(dir).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_compile_bomb_dies_in_the_child() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits {
        compile_cpu_seconds: 1,
        ..Limits::default()
    };
    let host = host(dir.path(), 1, child(), limits);
    // One function of many values that are all alive at once: the register allocator's nightmare.
    let mut sum = String::new();
    for n in 0..9_000 {
        let from = (n * 7 + 1) % 9_000;
        write!(sum, "(local.set {n} (i64.mul (local.get {from}) (i64.const {n})))").unwrap();
    }
    let locals = "(local i64)".repeat(9_000);
    let functions = format!("(func {locals} (loop $l {sum} (br_if $l (i64.eqz (local.get 5)))))").repeat(6);
    let bomb = Guest {
        extra: functions,
        ..Guest::default()
    }
    .build();
    assert!(bomb.len() < limits.package_bytes, "{}", bomb.len());
    let began = Instant::now();
    match host.load_code(&bomb) {
        Err(LoadError::Compile(CompileError::Killed { cpu_seconds: 1, .. })) => {}
        other => panic!("{other:?} after {:?}", began.elapsed()),
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    // The server is unharmed, and nothing is left behind.
    host.load_code(&Guest::default().build()).unwrap();
    assert_eq!(cached(dir.path()).len(), 1);
}

#[test]
fn a_child_without_memory_is_told_by_type() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits {
        compile_address_space: 24 << 20,
        ..Limits::default()
    };
    let error = host(dir.path(), 1, child(), limits)
        .load_code(&Guest::default().build())
        .unwrap_err();
    assert!(
        matches!(
            error,
            LoadError::Compile(CompileError::Killed { .. } | CompileError::Refused { .. } | CompileError::Io { .. })
        ),
        "{error}"
    );
}
