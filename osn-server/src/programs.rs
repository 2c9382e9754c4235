//! Installed programs in memory: loaded once from their packages in the store, run on threads of their own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use osn_core::equivalence;
use osn_programs::compile::Compiler;
use osn_programs::host::{Cache, Host, HostConfig, HostError};
use osn_programs::package::Package;
use osn_programs::program::Program;
use osn_store::Scope;
use tokio::sync::Mutex;

use crate::refusal::{Outcome, Refusal};

/// How programs run.
#[derive(Debug, Clone, Default)]
pub struct ProgramsConfig {
    /// This executable, which compiles programs in a child process; without it they are compiled in this one (tests).
    pub compiler: Option<PathBuf>,
    /// Keep compiled programs between starts.
    pub cache_key: Option<[u8; 32]>,
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
}

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
pub fn resolve(on: chrono::NaiveDate) -> impl Fn(&str, &serde_json::Value) -> Option<serde_json::Value> {
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

impl Installed {
    /// What the published form schema says against a document that was read: a second fence, and the schema's own proof.
    pub fn form_errors(
        &self,
        about: &osn_programs::about::About,
        plain: &serde_json::Value,
    ) -> Vec<crate::refusal::FieldError> {
        let schema = osn_programs::form::application_schema(about, self.program.texts(), "el");
        let Ok(validator) = jsonschema::validator_for(&schema) else {
            tracing::error!(program = about.program, "the form schema of a program cannot be used");
            return Vec::new();
        };
        let errors = validator
            .iter_errors(plain)
            .map(|error| crate::refusal::FieldError::new(error.instance_path().to_string(), "form-schema"));
        errors.collect()
    }
}
