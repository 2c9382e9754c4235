//! From a component to machine code: once, in a child process under resource limits, kept in a checked cache.
//!
//! Compile-time bombs are not the engine's promise, so the compiler never runs inside a server. Machine code is loaded only
//! if this server wrote it: the file carries a message authentication code over code digest, engine and content.

use std::ffi::OsString;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use osn_core::canonical::Digest;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::host::{Allocation, Cache, Shared, engine};
use crate::limits::Limits;

/// Who compiles.
#[derive(Debug, Clone, Default)]
pub enum Compiler {
    /// This process: for tests and benches, and for code that is already trusted.
    #[default]
    InProcess,
    /// A child: `exe args… INPUT OUTPUT`, which must call [`compile_child_main`].
    Child {
        /// The executable, usually the server's own.
        exe: PathBuf,
        /// Arguments before the two paths.
        args: Vec<OsString>,
    },
}

/// Why there is no machine code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The compiler refused the component.
    #[error("the program cannot be compiled: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// The compiler's child died of a resource limit.
    #[error("compiling the program went beyond {cpu_seconds} s of processor time or {address_space} bytes of memory")]
    Killed {
        /// Processor time allowed.
        cpu_seconds: u64,
        /// Address space allowed.
        address_space: u64,
    },
    /// The compiler's child did not end.
    #[error("compiling the program took longer than {limit:?}")]
    TimedOut {
        /// Time allowed.
        limit: Duration,
    },
    /// The machine code is too large.
    #[error("the compiled program is larger than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// Files or processes failed: this server's own trouble.
    #[error("the compiler cannot be run ({what})")]
    Io {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}

/// Exit code of a child that refused the component.
const REFUSED: u8 = 1;
/// Exit code of a child that could not read or write its files, or limit itself.
const UNABLE: u8 = 3;
/// Variables by which a host that allows less than the defaults tells its child.
const CPU_SECONDS: &str = "OSN_COMPILE_CPU_SECONDS";
const ADDRESS_SPACE: &str = "OSN_COMPILE_ADDRESS_SPACE";
/// First bytes of a cached file.
const MAGIC: &[u8; 8] = b"OSNCWA3\n";
/// Length of the authentication code behind the magic.
const MAC_BYTES: usize = 32;
/// What stands before the content of a cached file: length of the description, description, machine code.
const HEAD_BYTES: usize = MAGIC.len() + MAC_BYTES;

/// A program's machine code, loaded, and what is known of it already.
pub(crate) struct Compiled {
    pub(crate) component: Component,
    /// What the program says of itself under its defaults, from the cache; `None` where it was compiled just now.
    pub(crate) description: Option<String>,
    /// To be kept by [`keep`], once the program was asked.
    machine: Option<Vec<u8>>,
}

/// Machine code for `code`, from the cache where it is there and sound.
pub(crate) fn component(shared: &Shared, code: &[u8], digest: Digest) -> Result<Compiled, CompileError> {
    if let Some(cache) = &shared.cache
        && let Some(file) = read_cached(cache, shared.fingerprint, digest, shared.limits.compiled_bytes)
        && let Some((description, machine)) = parts(&file)
    {
        match load(&shared.engine, machine) {
            Ok(component) => {
                return Ok(Compiled {
                    component,
                    description: Some(description.to_owned()),
                    machine: None,
                });
            }
            Err(error) => tracing::warn!(%digest, %error, "compiled program does not fit the engine: compiling again"),
        }
    }
    let machine = compile(shared, code, digest)?;
    Ok(Compiled {
        component: load(&shared.engine, &machine)?,
        description: None,
        machine: Some(machine),
    })
}

/// Keeps what was compiled just now, with what the program said of itself: at the next start neither has to be made again.
pub(crate) fn keep(shared: &Shared, digest: Digest, compiled: &Compiled, description: &str) {
    let (Some(cache), Some(machine)) = (&shared.cache, &compiled.machine) else {
        return;
    };
    if let Err(error) = write_cached(cache, shared.fingerprint, digest, description, machine) {
        tracing::warn!(%digest, %error, "compiled program could not be kept");
    }
}

/// Loads machine code that this process compiled or authenticated.
fn load(engine: &Engine, machine: &[u8]) -> Result<Component, CompileError> {
    #[expect(
        unsafe_code,
        reason = "the bytes come from our own compiler, or carry our own authentication code"
    )]
    // SAFETY: `deserialize` runs whatever machine code it is given. `machine` was either produced by `compile` in this call or
    // read by `read_cached`, which lets through only bytes under a MAC whose key never leaves this server.
    let component = unsafe { Component::deserialize(engine, machine) };
    component.map_err(|error| CompileError::Refused {
        reason: format!("{error:#}"),
    })
}

fn compile(shared: &Shared, code: &[u8], digest: Digest) -> Result<Vec<u8>, CompileError> {
    match &shared.compiler {
        Compiler::InProcess => shared
            .engine
            .precompile_component(code)
            .map_err(|error| CompileError::Refused {
                reason: format!("{error:#}"),
            }),
        Compiler::Child { exe, args } => {
            compile_in_child(&shared.limits, exe, args, code, digest, shared.cache.as_ref())
        }
    }
}

fn compile_in_child(
    limits: &Limits,
    exe: &Path,
    args: &[OsString],
    code: &[u8],
    digest: Digest,
    cache: Option<&Cache>,
) -> Result<Vec<u8>, CompileError> {
    let io = |what| move |source| CompileError::Io { what, source };
    let parent = cache.map_or_else(std::env::temp_dir, |cache| cache.dir.clone());
    let work = Work::new(&parent, digest).map_err(io("work directory"))?;
    let (input, output) = (work.0.join("in.wasm"), work.0.join("out.cwasm"));
    fs::write(&input, code).map_err(io("input"))?;
    let mut child = Command::new(exe)
        .args(args)
        .arg(&input)
        .arg(&output)
        .env_clear()
        .env(CPU_SECONDS, limits.compile_cpu_seconds.to_string())
        .env(ADDRESS_SPACE, limits.compile_address_space.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(io("start"))?;
    let status = wait(&mut child, limits.compile_wall)?;
    if status.success() {
        let size = fs::metadata(&output).map_err(io("output"))?.len();
        if size > limits.compiled_bytes {
            return Err(CompileError::TooLarge {
                limit: limits.compiled_bytes,
            });
        }
        return fs::read(&output).map_err(io("output"));
    }
    let mut said = String::new();
    if let Some(stderr) = child.stderr.take() {
        let _ = stderr.take(4_096).read_to_string(&mut said);
    }
    match status.code() {
        Some(code) if code == i32::from(REFUSED) => Err(CompileError::Refused {
            reason: said.trim().to_owned(),
        }),
        Some(code) if code == i32::from(UNABLE) => Err(CompileError::Io {
            what: "child",
            source: std::io::Error::other(said.trim().to_owned()),
        }),
        // A signal (SIGXCPU, SIGABRT when memory ran out) or an abort code.
        _ => Err(CompileError::Killed {
            cpu_seconds: limits.compile_cpu_seconds,
            address_space: limits.compile_address_space,
        }),
    }
}

/// A directory that goes when the work is done.
struct Work(PathBuf);

impl Work {
    fn new(parent: &Path, digest: Digest) -> std::io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "compile-{digest}-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let dir = parent.join(name);
        // A directory of the same name can only be left over from a process that is gone.
        let _ = fs::remove_dir_all(&dir);
        fs::DirBuilder::new().mode(0o700).create(&dir)?;
        Ok(Self(dir))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits for a child, and kills it when its time is over.
fn wait(child: &mut Child, limit: Duration) -> Result<std::process::ExitStatus, CompileError> {
    let pause = Duration::from_millis(2);
    let mut waited = Duration::ZERO;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if waited >= limit => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(CompileError::TimedOut { limit });
            }
            Ok(None) => {
                std::thread::sleep(pause);
                waited += pause;
            }
            Err(source) => return Err(CompileError::Io { what: "wait", source }),
        }
    }
}

/// What the compiler's child runs: limits itself first, then reads INPUT and writes OUTPUT. Says why on standard error.
pub fn compile_child_main(input: &Path, output: &Path) -> ExitCode {
    let defaults = Limits::default();
    let told = |name: &str, default: u64| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let limits = Limits {
        compile_cpu_seconds: told(CPU_SECONDS, defaults.compile_cpu_seconds),
        compile_address_space: told(ADDRESS_SPACE, defaults.compile_address_space),
        ..defaults
    };
    match compile_child(input, output, &limits) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, reason)) => {
            #[expect(
                clippy::print_stderr,
                reason = "the parent reads the reason from this child's standard error"
            )]
            {
                eprintln!("{reason}");
            }
            ExitCode::from(code)
        }
    }
}

fn compile_child(input: &Path, output: &Path, limits: &Limits) -> Result<(), (u8, String)> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let unable = |what: &str| {
        let what = what.to_owned();
        move |error: String| (UNABLE, format!("{what}: {error}"))
    };
    let fixed = |value: u64| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    for (resource, value) in [
        (Resource::Cpu, limits.compile_cpu_seconds),
        (Resource::As, limits.compile_address_space),
        (Resource::Core, 0),
        (Resource::Fsize, limits.compiled_bytes),
    ] {
        setrlimit(resource, fixed(value)).map_err(|error| unable("limits")(error.to_string()))?;
    }
    let code = fs::read(input).map_err(|error| unable("input")(error.to_string()))?;
    let engine = engine(limits, Allocation::OnDemand).map_err(|error| unable("engine")(error.to_string()))?;
    let machine = engine
        .precompile_component(&code)
        .map_err(|error| (REFUSED, format!("{error:#}")))?;
    fs::write(output, machine).map_err(|error| unable("output")(error.to_string()))
}

/// What tells machine code of one engine, with its settings, from that of another. Takes a while: made once a host.
pub(crate) fn fingerprint(engine: &Engine) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.finish()
}

fn cached_path(cache: &Cache, fingerprint: u64, digest: Digest) -> PathBuf {
    cache.dir.join(format!("{digest}-{fingerprint:016x}.cwasm"))
}

/// Keyed BLAKE3 over everything that the machine code depends on: half a megabyte is authenticated at each start.
fn authenticate(cache: &Cache, fingerprint: u64, digest: Digest, content: &[u8]) -> blake3::Hash {
    let mut mac = blake3::Hasher::new_keyed(&cache.key);
    mac.update(MAGIC);
    mac.update(digest.as_bytes());
    mac.update(&fingerprint.to_le_bytes());
    mac.update(content);
    mac.finalize()
}

/// Description and machine code of a cached file that was found sound.
fn parts(file: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = file.get(HEAD_BYTES..)?.split_first_chunk::<4>()?;
    let (description, machine) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((std::str::from_utf8(description).ok()?, machine))
}

/// A cached file; `None` where there is none that this server wrote for this engine.
fn read_cached(cache: &Cache, fingerprint: u64, digest: Digest, limit: u64) -> Option<Vec<u8>> {
    let path = cached_path(cache, fingerprint, digest);
    let size = fs::metadata(&path).ok()?.len();
    if size > limit.saturating_mul(2) {
        return None;
    }
    let bytes = fs::read(&path).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (code, content) = rest.split_first_chunk::<MAC_BYTES>()?;
    // Compared in constant time.
    if authenticate(cache, fingerprint, digest, content) != *code {
        tracing::warn!(%digest, "cached program was changed since it was written: compiling again");
        return None;
    }
    Some(bytes)
}

fn write_cached(
    cache: &Cache,
    fingerprint: u64,
    digest: Digest,
    description: &str,
    machine: &[u8],
) -> std::io::Result<()> {
    let length = u32::try_from(description.len()).map_err(std::io::Error::other)?;
    let content = [&length.to_le_bytes(), description.as_bytes(), machine].concat();
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(authenticate(cache, fingerprint, digest, &content).as_bytes());
    bytes.extend_from_slice(&content);
    // Written beside and moved into place, so that a reader never sees half a file.
    let path = cached_path(cache, fingerprint, digest);
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}
