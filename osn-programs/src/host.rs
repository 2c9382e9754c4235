//! The sandbox: one engine, one ticker, a pool of places, and a compiled cache.
//!
//! Invariant: every WebAssembly proposal is switched off by name, so that an upgrade of the engine cannot widen the sandbox.
//! Invariant: an instance serves one batch and is then dropped, whatever happened.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use wasmtime::component::Linker;
use wasmtime::{Config, Enabled, Engine, PoolingAllocationConfig, ResourceLimiter, Store, WasmFeatures};

use crate::adapt::Pre;
use crate::compile::{CompileError, Compiler};
use crate::fault::{Fault, FaultKind};
use crate::limits::Limits;
use crate::package::{Package, PackageError};
use crate::program::Program;

/// How a host is set up.
#[derive(Debug, Clone, Default)]
pub struct HostConfig {
    /// Limits on every program.
    pub limits: Limits,
    /// Where compiled programs are kept; `None` compiles again at every start.
    pub cache: Option<Cache>,
    /// Who compiles.
    pub compiler: Compiler,
    /// Threads that assess large work; 0 = as many as there are cores.
    pub threads: usize,
}

/// Where compiled programs are kept.
#[derive(Clone)]
pub struct Cache {
    /// A directory of the server's own; it is made with mode 0700.
    pub dir: PathBuf,
    /// Key of the integrity check: only files that this server wrote are loaded.
    pub key: [u8; 32],
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The engine refused its configuration.
    #[error("the sandbox cannot be set up: {reason}")]
    Engine {
        /// What the engine said.
        reason: String,
    },
    /// The ticker thread could not be started.
    #[error("the ticker thread cannot be started")]
    Ticker(#[source] std::io::Error),
    /// The cache directory cannot be used.
    #[error("the cache directory {dir} cannot be used")]
    Cache {
        /// The directory.
        dir: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Why a program could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The package is refused before anything is compiled.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// It could not be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The exports are there by name but not by type.
    #[error("the program does not fit its contract: {reason}")]
    WrongTypes {
        /// What the engine said.
        reason: String,
    },
    /// The description could not be had.
    #[error("the program cannot be described")]
    Describe(#[source] Fault),
    /// The description names another program than the manifest.
    #[error("the manifest is of `{manifest}`, the description of `{description}`")]
    OtherProgram {
        /// Key in the manifest.
        manifest: String,
        /// Key in the description.
        description: String,
    },
    /// Texts are missing or wrong.
    #[error("the texts are not complete: {}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Texts {
        /// What is missing.
        problems: Vec<crate::problem::Problem>,
    },
}

/// The sandbox of one server.
pub struct Host {
    pub(crate) shared: Arc<Shared>,
}

/// What programs keep of their host.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) limits: Limits,
    pub(crate) threads: usize,
    pub(crate) cache: Option<Cache>,
    pub(crate) compiler: Compiler,
    pub(crate) fingerprint: u64,
    pooled: bool,
    stop: Arc<AtomicBool>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("limits", &self.shared.limits)
            .field("pooled", &self.shared.pooled)
            .finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Host {
    /// Sets up the sandbox. Where the operating system does not grant the pool, places are made on demand.
    pub fn new(config: HostConfig) -> Result<Self, HostError> {
        let HostConfig {
            limits,
            cache,
            compiler,
            threads,
        } = config;
        if let Some(cache) = &cache {
            make_private(&cache.dir).map_err(|source| HostError::Cache {
                dir: cache.dir.clone(),
                source,
            })?;
        }
        let (engine, pooled) = match engine(&limits, Allocation::Pool) {
            Ok(engine) => (engine, true),
            Err(error) => {
                tracing::warn!(%error, "no pool for programs: places are made on demand");
                (
                    engine(&limits, Allocation::OnDemand).map_err(|error| HostError::Engine {
                        reason: error.to_string(),
                    })?,
                    false,
                )
            }
        };
        let stop = Arc::new(AtomicBool::new(false));
        start_ticker(&engine, &limits, &stop).map_err(HostError::Ticker)?;
        let threads = if threads == 0 {
            thread::available_parallelism().map_or(1, usize::from)
        } else {
            threads
        };
        Ok(Self {
            shared: Arc::new(Shared {
                fingerprint: crate::compile::fingerprint(&engine),
                engine,
                limits,
                threads,
                cache,
                compiler,
                pooled,
                stop,
            }),
        })
    }

    /// The limits that this host enforces.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Whether instances come from the pool.
    pub fn is_pooled(&self) -> bool {
        self.shared.pooled
    }

    /// Compiles (or takes from the cache), links and describes a program.
    pub fn load(&self, package: &Package) -> Result<Arc<Program>, LoadError> {
        Program::load(
            Arc::clone(&self.shared),
            package.code(),
            package.code_digest(),
            Some(package),
        )
        .map(Arc::new)
    }

    /// Loads bare code, as it travels in an exported bundle: no texts, no manifest.
    pub fn load_code(&self, component: &[u8]) -> Result<Arc<Program>, LoadError> {
        let code = crate::package::code_of(component, &self.shared.limits, &crate::package::PROGRAM)?;
        let digest = crate::package::plain_digest(&code);
        Program::load(Arc::clone(&self.shared), &code, digest, None).map(Arc::new)
    }
}

/// A component of another world, for the bench: text in, text out, under the same engine and limits.
#[doc(hidden)]
pub struct TextGuest {
    shared: Arc<Shared>,
    pre: wasmtime::component::InstancePre<Guard>,
}

impl fmt::Debug for TextGuest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextGuest").finish_non_exhaustive()
    }
}

impl TextGuest {
    /// Compiles a component that exports `assess: func(request: string) -> string`.
    #[doc(hidden)]
    pub fn new(host: &Host, component: &[u8]) -> Result<Self, LoadError> {
        let wrong = |error: wasmtime::Error| LoadError::WrongTypes {
            reason: format!("{error:#}"),
        };
        let component = wasmtime::component::Component::new(&host.shared.engine, component).map_err(wrong)?;
        let pre = host.shared.linker().instantiate_pre(&component).map_err(wrong)?;
        Ok(Self {
            shared: Arc::clone(&host.shared),
            pre,
        })
    }

    /// One call in a fresh instance.
    #[doc(hidden)]
    pub fn assess(&self, request: &str, rows: usize) -> Result<String, Fault> {
        let limits = &self.shared.limits;
        let answer = self.shared.run(limits.batch_fuel, limits.answer_limit(rows), |store| {
            let instance = self.pre.instantiate(&mut *store)?;
            let assess = instance.get_typed_func::<(&str,), (String,)>(&mut *store, "assess")?;
            assess.call(store, (request,)).map(|(answer,)| answer)
        });
        Ok(answer?)
    }
}

fn make_private(dir: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
}

/// One thread that advances the epoch; it holds the engine weakly and ends with it.
fn start_ticker(engine: &Engine, limits: &Limits, stop: &Arc<AtomicBool>) -> std::io::Result<()> {
    let (weak, tick, stop) = (engine.weak(), limits.tick, Arc::clone(stop));
    thread::Builder::new()
        .name("osn-programs-tick".to_owned())
        .spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(tick);
                match weak.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => break,
                }
            }
        })
        .map(drop)
}

/// Where instances live.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allocation {
    /// In places reserved beforehand: microseconds an instance.
    Pool,
    /// Made when needed: for the compiler's child, whose address space is limited.
    OnDemand,
}

/// Proposals that a program must not use.
pub(crate) fn forbidden() -> WasmFeatures {
    WasmFeatures::THREADS
        | WasmFeatures::SHARED_EVERYTHING_THREADS
        | WasmFeatures::MEMORY64
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::CUSTOM_PAGE_SIZES
        | WasmFeatures::WIDE_ARITHMETIC
        | WasmFeatures::FUNCTION_REFERENCES
        | WasmFeatures::GC
        | WasmFeatures::EXCEPTIONS
        | WasmFeatures::LEGACY_EXCEPTIONS
        | WasmFeatures::STACK_SWITCHING
}

/// An engine with everything pinned. Compiled programs of both allocations are interchangeable.
pub(crate) fn engine(limits: &Limits, allocation: Allocation) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_features(forbidden(), false)
        .concurrency_support(false)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        // Neither is ever shown, and both double what has to be read and authenticated at each start.
        .generate_address_map(false)
        .native_unwind_info(false)
        .max_wasm_stack(limits.stack_bytes)
        .memory_may_move(false)
        .memory_reservation(4 << 30)
        .memory_guard_size(32 << 20);
    if allocation == Allocation::Pool {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(limits.instances)
            .total_core_instances(limits.instances)
            .total_memories(limits.instances)
            .total_tables(limits.instances * 4)
            .max_memory_size(limits.memory_bytes)
            .max_memories_per_component(1)
            .max_tables_per_component(4)
            .max_core_instances_per_component(4)
            .max_memories_per_module(1)
            .max_tables_per_module(1)
            .table_elements(limits.table_elements)
            .max_component_instance_size(64 << 10)
            .max_core_instance_size(64 << 10)
            .linear_memory_keep_resident(limits.keep_resident)
            // Where the kernel can tell which pages were written (Linux 6.7), only those are cleared.
            .pagemap_scan(Enabled::Auto)
            .max_unused_warm_slots(16);
        config.allocation_strategy(pool);
    } else {
        config.allocation_strategy(wasmtime::InstanceAllocationStrategy::OnDemand);
    }
    Engine::new(&config)
}

/// What a store carries: the limits on growing, and which of them was hit.
pub(crate) struct Guard {
    memory: usize,
    table: usize,
    pub(crate) hit: Option<FaultKind>,
}

/// A run that stopped because it wanted to grow.
#[derive(Debug, thiserror::Error)]
#[error("a limit on growing was hit")]
struct LimitHit;

impl ResourceLimiter for Guard {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired <= self.memory {
            return Ok(true);
        }
        self.hit = Some(FaultKind::MemoryLimit { limit: self.memory });
        Err(wasmtime::Error::new(LimitHit))
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired <= self.table {
            return Ok(true);
        }
        self.hit = Some(FaultKind::TableLimit { limit: self.table });
        Err(wasmtime::Error::new(LimitHit))
    }

    fn instances(&self) -> usize {
        8
    }

    fn tables(&self) -> usize {
        4
    }

    fn memories(&self) -> usize {
        1
    }
}

impl Shared {
    pub(crate) fn linker(&self) -> Linker<Guard> {
        Linker::new(&self.engine)
    }

    /// A store with every limit set.
    pub(crate) fn store(&self, fuel: u64, answer_bytes: usize) -> wasmtime::Result<Store<Guard>> {
        let guard = Guard {
            memory: self.limits.memory_bytes,
            table: self.limits.table_elements,
            hit: None,
        };
        let mut store = Store::new(&self.engine, guard);
        store.limiter(|guard| guard);
        store.set_fuel(fuel)?;
        store.set_epoch_deadline(self.limits.deadline_ticks);
        store.set_hostcall_fuel(answer_bytes);
        store.set_max_component_handles(64);
        Ok(store)
    }

    /// One run in a fresh instance. The store, and with it the instance, is gone when this returns.
    pub(crate) fn run<T>(
        &self,
        fuel: u64,
        answer_bytes: usize,
        call: impl FnOnce(&mut Store<Guard>) -> wasmtime::Result<T>,
    ) -> Result<T, FaultKind> {
        self.run_metered(fuel, answer_bytes, &AtomicU64::new(0), call)
    }

    /// The same; the fuel that it took is added to `used`, whatever the end.
    pub(crate) fn run_metered<T>(
        &self,
        fuel: u64,
        answer_bytes: usize,
        used: &AtomicU64,
        call: impl FnOnce(&mut Store<Guard>) -> wasmtime::Result<T>,
    ) -> Result<T, FaultKind> {
        let own = |error: &wasmtime::Error| FaultKind::Host {
            reason: error.to_string(),
        };
        let mut store = self.store(fuel, answer_bytes).map_err(|error| own(&error))?;
        let answer = call(&mut store);
        let left = store.get_fuel().unwrap_or_default();
        used.fetch_add(fuel.saturating_sub(left), Ordering::Relaxed);
        answer.map_err(|error| {
            let hit = store.data_mut().hit.take();
            self.classify(&error, hit, fuel, answer_bytes)
        })
    }

    /// Which limit an error of the engine means.
    fn classify(&self, error: &wasmtime::Error, hit: Option<FaultKind>, fuel: u64, answer_bytes: usize) -> FaultKind {
        use crate::fault::TrapKind;
        use wasmtime::Trap;
        if let Some(hit) = hit {
            return hit;
        }
        if error.downcast_ref::<wasmtime::PoolConcurrencyLimitError>().is_some() {
            return FaultKind::Busy {
                limit: self.limits.instances,
            };
        }
        let Some(trap) = error.downcast_ref::<Trap>() else {
            // The engine has no public type for this one error (48.0.8); a hostile test holds the words.
            let too_large = error
                .chain()
                .any(|cause| cause.to_string().contains("fuel allocated for hostcalls"));
            return if too_large {
                FaultKind::AnswerTooLarge { limit: answer_bytes }
            } else {
                FaultKind::MalformedAnswer
            };
        };
        let trap = match trap {
            Trap::OutOfFuel => return FaultKind::OutOfFuel { limit: fuel },
            Trap::Interrupt => {
                return FaultKind::TimedOut {
                    limit_ms: self.limits.deadline_ms(),
                };
            }
            Trap::StackOverflow => return FaultKind::StackOverflow,
            Trap::UnreachableCodeReached => TrapKind::Unreachable,
            Trap::IntegerDivisionByZero => TrapKind::DivisionByZero,
            Trap::IntegerOverflow | Trap::BadConversionToInteger => TrapKind::Overflow,
            Trap::MemoryOutOfBounds | Trap::TableOutOfBounds => TrapKind::OutOfBounds,
            Trap::IndirectCallToNull | Trap::BadSignature => TrapKind::IndirectCall,
            _ => TrapKind::Other,
        };
        FaultKind::Trapped { trap }
    }

    pub(crate) fn link(&self, component: &wasmtime::component::Component) -> Result<Pre, LoadError> {
        Pre::new(&self.linker(), component).map_err(|error| LoadError::WrongTypes {
            reason: format!("{error:#}"),
        })
    }
}
