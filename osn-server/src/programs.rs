//! Installed programs in memory: loaded once from their packages in the store, run on threads of their own.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use jsonschema::Validator;
use osn_core::canonical::Digest;
use osn_core::equivalence;
use osn_programs::about::About;
use osn_programs::compile::Compiler;
use osn_programs::host::{Cache, Host, HostConfig, HostError};
use osn_programs::national::{NationalPackage, NationalSet};
use osn_programs::package::{Package, Trust};
use osn_programs::program::Program;
use osn_store::Scope;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::refusal::{FieldError, Outcome, Refusal};

/// How programs run.
#[derive(Debug, Clone, Default)]
pub struct ProgramsConfig {
    /// This executable, which compiles programs in a child process; without it they are compiled in this one (tests).
    pub compiler: Option<PathBuf>,
    /// Keep compiled programs between starts.
    pub cache_key: Option<[u8; 32]>,
    /// Applications in memory at once in an assessment; without it, 2,048.
    pub applications_at_once: Option<u32>,
    /// Whose packages are taken. By default nobody's: every package needs a signature by a key that was named.
    pub trust: Trust,
    /// Packages that were built together with this server ([`own_build`]): taken without a signature. Filled by a
    /// demonstration only, which plays with what lies beside it.
    pub own_build: BTreeSet<Digest>,
}

/// What names a package of the same build: a digest of its bytes.
pub fn own_build(bytes: &[u8]) -> Digest {
    osn_core::canonical::digest("own-build:1", bytes)
}

/// A program with its package.
#[derive(Debug, Clone)]
pub struct Installed {
    /// Ready to run.
    pub program: Arc<Program>,
    /// The package it came from, with texts and cases.
    pub package: Arc<Package>,
}

/// The registry: by package digest, because texts belong to the package and decisions to the code inside.
#[derive(Debug)]
pub struct Programs {
    host: Arc<Host>,
    loaded: Mutex<HashMap<String, Installed>>,
    national: Mutex<HashMap<String, Arc<NationalSet>>>,
    forms: std::sync::Mutex<HashMap<String, Arc<Validator>>>,
}

/// Validators of forms kept; calls that take applications are few.
const FORMS: usize = 64;

impl Programs {
    /// A registry with nothing loaded.
    pub fn new(config: &ProgramsConfig, data_dir: &Path) -> Result<Self, HostError> {
        let compiler = match &config.compiler {
            Some(exe) => Compiler::Child {
                exe: exe.clone(),
                args: vec!["compile-program".into()],
            },
            None => Compiler::InProcess,
        };
        let cache = config.cache_key.map(|key| Cache {
            dir: data_dir.join("compiled"),
            key,
        });
        let host = Host::new(HostConfig {
            compiler,
            cache,
            ..HostConfig::default()
        })?;
        Ok(Self {
            host: Arc::new(host),
            loaded: Mutex::default(),
            national: Mutex::default(),
            forms: std::sync::Mutex::default(),
        })
    }

    /// The host itself, for packages that are not installed yet.
    pub fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// Reads and loads a package that somebody hands over. Takes long: compiled on a thread of its own.
    pub async fn open(&self, bytes: Vec<u8>) -> Outcome<Installed> {
        let host = Arc::clone(&self.host);
        blocking(move || {
            let package = Package::read(&bytes, host.limits())?;
            let program = host.load(&package)?;
            Ok(Installed {
                program,
                package: Arc::new(package),
            })
        })
        .await
    }

    /// The program of an installed package (or of a code digest: the newest package with that code).
    pub async fn get(&self, scope: &Scope, digest: &str) -> Outcome<Installed> {
        let mut loaded = self.loaded.lock().await;
        if let Some(installed) = loaded.get(digest) {
            return Ok(installed.clone());
        }
        let bytes = scope
            .program_package(digest)
            .await?
            .ok_or_else(|| Refusal::not_found("program.unknown"))?;
        let installed = self.open(bytes).await?;
        loaded.insert(digest.to_owned(), installed.clone());
        Ok(installed)
    }

    /// Reads and loads a national set of rules that somebody hands over.
    pub async fn open_national(&self, bytes: Vec<u8>) -> Outcome<(Arc<NationalSet>, Arc<NationalPackage>)> {
        let host = Arc::clone(&self.host);
        blocking(move || {
            let package = NationalPackage::read(&bytes, host.limits())?;
            let set = host.load_national(&package)?;
            Ok((set, Arc::new(package)))
        })
        .await
    }

    /// An installed national set, by the digest of its package or of its code.
    pub async fn national(&self, scope: &Scope, digest: &str) -> Outcome<Arc<NationalSet>> {
        let mut loaded = self.national.lock().await;
        if let Some(set) = loaded.get(digest) {
            return Ok(Arc::clone(set));
        }
        let bytes = scope
            .rule_set_package(digest)
            .await?
            .ok_or_else(|| Refusal::not_found("rule-set.unknown"))?;
        let (set, _) = self.open_national(bytes).await?;
        loaded.insert(digest.to_owned(), Arc::clone(&set));
        Ok(set)
    }

    /// Takes a program that was just installed into the registry.
    pub async fn put(&self, installed: &Installed) {
        let mut loaded = self.loaded.lock().await;
        for digest in [
            installed.package.package_digest().to_string(),
            installed.package.code_digest().to_string(),
        ] {
            loaded.insert(digest, installed.clone());
        }
    }
}

/// Completes a parameter that a person gives as a code from the dated data of the law, as it stands on a day.
pub fn resolve(on: chrono::NaiveDate) -> impl Fn(&str, &Value) -> Option<Value> {
    move |resolver, given| {
        let code = given.get("code")?.as_str()?;
        match resolver {
            "equivalence-scale" => {
                let scale = equivalence::Scale::by_code(code, on).ok()?;
                let mut resolved = serde_json::to_value(scale.weights_fixed4()).ok()?;
                resolved.as_object_mut()?.insert("code".to_owned(), code.into());
                Some(resolved)
            }
            _ => None,
        }
    }
}

/// Runs work that takes long, such as a program, off the async threads.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Refusal::internal("a program's thread was lost"))?
}

impl Programs {
    /// What the published form schema says against a document that was read: a second fence, and the schema's own proof.
    /// The schema of a call never changes, so its validator is made once.
    pub fn form_errors(&self, installed: &Installed, about: &About, call: &str, plain: &Value) -> Vec<FieldError> {
        let known = self
            .forms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(call)
            .cloned();
        let Some(validator) = known.or_else(|| self.form(installed, about, call)) else {
            return Vec::new();
        };
        let errors = validator.iter_errors(plain);
        errors
            .map(|error| FieldError::new(error.instance_path().to_string(), "form-schema"))
            .collect()
    }

    fn form(&self, installed: &Installed, about: &About, call: &str) -> Option<Arc<Validator>> {
        let schema = osn_programs::form::application_schema(about, installed.program.texts(), "el");
        let validator = match jsonschema::validator_for(&schema) {
            Ok(validator) => Arc::new(validator),
            Err(_) => {
                tracing::error!(program = about.program, "the form schema of a program cannot be used");
                return None;
            }
        };
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        if forms.len() >= FORMS {
            forms.clear();
        }
        forms.insert(call.to_owned(), Arc::clone(&validator));
        Some(validator)
    }
}
