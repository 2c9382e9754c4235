//! A loaded program: describes itself, assesses applications, plans deliveries. Every answer is checked.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use osn_core::canonical::Digest;

use crate::about::About;
use crate::adapt::{Pre, Refusal};
use crate::batch::{Batch, Context};
use crate::check;
use crate::fault::{Fault, FaultKind};
use crate::host::{LoadError, Shared};
use crate::input::{GroupInput, encode};
use crate::package::{Manifest, Package};
use crate::problem::Problem;
use crate::texts::Texts;
use crate::verdict::{GroupVerdict, Verdicts};

/// Descriptions kept, one for each set of parameters in use.
const DESCRIPTIONS: usize = 64;
/// Stack of the threads that assess large work; the engine needs four times its own limit.
const THREAD_STACK: usize = 4 << 20;

/// Applications judged, and what that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// A verdict for each application, in their order.
    pub verdicts: Vec<GroupVerdict>,
    /// Fuel of all batches, those of a search for a fault included.
    pub fuel_used: u64,
}

/// A compiled and linked program. Cheap to share; old versions stay usable for the decisions made with them.
pub struct Program {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pre: Pre,
    code_digest: Digest,
    package_digest: Option<Digest>,
    manifest: Option<Manifest>,
    locales: BTreeMap<String, String>,
    described: Mutex<BTreeMap<String, Described>>,
    default: Described,
}

/// A description with its texts.
#[derive(Clone)]
struct Described {
    about: Arc<About>,
    texts: Arc<Texts>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("key", &self.default.about.program)
            .field("code_digest", &self.code_digest)
            .finish_non_exhaustive()
    }
}

impl Program {
    pub(crate) fn load(
        shared: Arc<Shared>,
        code: &[u8],
        code_digest: Digest,
        package: Option<&Package>,
    ) -> Result<Self, LoadError> {
        let compiled = crate::compile::component(&shared, code, code_digest)?;
        let pre = shared.link(&compiled.component)?;
        let undescribed = |kind: FaultKind| LoadError::Describe(kind.into());
        let about = match &compiled.description {
            Some(json) => understood(&pre, json).map_err(undescribed)?,
            None => {
                let json = ask(&shared, &pre, None).map_err(undescribed)?;
                let about = understood(&pre, &json).map_err(undescribed)?;
                crate::compile::keep(&shared, code_digest, &compiled, &json);
                about
            }
        };
        let locales = match package {
            Some(package) if package.manifest().key != about.program => {
                return Err(LoadError::OtherProgram {
                    manifest: package.manifest().key.clone(),
                    description: about.program.clone(),
                });
            }
            Some(package) => package.locales().clone(),
            None => BTreeMap::new(),
        };
        let manifest = package.map(|package| package.manifest().clone());
        let texts = texts(&about, &locales, manifest.as_ref()).map_err(|problems| LoadError::Texts { problems })?;
        Ok(Self {
            shared,
            pre,
            code_digest,
            package_digest: package.map(Package::package_digest),
            manifest,
            locales,
            described: Mutex::default(),
            default: Described {
                about: Arc::new(about),
                texts: Arc::new(texts),
            },
        })
    }

    /// SHA-256 of the code without its custom sections: what decided.
    pub const fn code_digest(&self) -> Digest {
        self.code_digest
    }

    /// SHA-256 of the whole package; `None` for bare code.
    pub const fn package_digest(&self) -> Option<Digest> {
        self.package_digest
    }

    /// The manifest; `None` for bare code.
    pub const fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// The program's texts under its defaults.
    pub fn texts(&self) -> &Texts {
        &self.default.texts
    }

    /// The program's texts under these parameters: those of the package, and those that the description brings.
    ///
    /// # Errors
    /// As [`Program::about`].
    pub fn texts_under(&self, parameters: Option<&str>) -> Result<Arc<Texts>, Fault> {
        Ok(self.described(parameters)?.texts)
    }

    /// The contract version that the program speaks.
    pub const fn contract(&self) -> &'static str {
        self.pre.contract()
    }

    /// Fuel that every batch is given; part of a decision's record.
    pub fn fuel_limit(&self) -> u64 {
        self.shared.limits.batch_fuel
    }

    /// The description under these parameters, or under the defaults. Asked once, then kept.
    ///
    /// # Errors
    /// The program's fault: it cannot describe itself, or its description or its texts under these parameters cannot be used.
    pub fn about(&self, parameters: Option<&str>) -> Result<Arc<About>, Fault> {
        Ok(self.described(parameters)?.about)
    }

    /// Whether the description is the same when it is asked for again, in a new instance.
    ///
    /// # Errors
    /// As [`Program::about`].
    pub fn describes_itself_again(&self, parameters: Option<&str>) -> Result<bool, Fault> {
        Ok(describe(&self.shared, &self.pre, parameters)? == *self.about(parameters)?)
    }

    fn described(&self, parameters: Option<&str>) -> Result<Described, Fault> {
        let Some(parameters) = parameters else {
            return Ok(self.default.clone());
        };
        let kept = || self.described.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(described) = kept().get(parameters) {
            return Ok(described.clone());
        }
        let about = describe(&self.shared, &self.pre, Some(parameters))?;
        let texts = if about.texts == self.default.about.texts {
            Arc::clone(&self.default.texts)
        } else {
            let texts = texts(&about, &self.locales, self.manifest.as_ref());
            Arc::new(texts.map_err(|problems| FaultKind::BadDescription { problems })?)
        };
        let described = Described {
            about: Arc::new(about),
            texts,
        };
        let mut all = kept();
        if all.len() >= DESCRIPTIONS {
            all.clear();
        }
        all.insert(parameters.to_owned(), described.clone());
        Ok(described)
    }

    /// What the program finds wrong with frozen parameters (see [`crate::parameters::freeze`]); empty when a call may use them.
    pub fn check_parameters(&self, parameters: &str) -> Result<Vec<Problem>, Fault> {
        let limits = &self.shared.limits;
        Ok(self
            .shared
            .run(limits.describe_fuel, limits.description_bytes, |store| {
                self.pre.check_parameters(store, parameters)
            })?)
    }

    /// Assesses one batch in one fresh instance.
    pub fn assess(&self, context: &Context, batch: &Batch) -> Result<Verdicts, Fault> {
        let about = self.about(Some(&context.parameters))?;
        Ok(self.assess_with(&about, context, batch, self.fuel_limit(), &AtomicU64::new(0))?)
    }

    pub(crate) fn assess_with(
        &self,
        about: &About,
        context: &Context,
        batch: &Batch,
        fuel: u64,
        used: &AtomicU64,
    ) -> Result<Verdicts, FaultKind> {
        let limits = &self.shared.limits;
        let rows = batch.rows as usize;
        if rows > limits.batch_rows {
            return Err(FaultKind::TooManyRows {
                rows,
                limit: limits.batch_rows,
            });
        }
        check::batch(about, batch)?;
        let shape = (about.criteria.len(), about.ranking.len());
        let verdicts = self
            .shared
            .run_metered(fuel, limits.answer_limit(rows), used, |store| {
                self.pre.assess(store, context, batch, shape)
            })?
            .map_err(|refusal| refused(about, &refusal, rows))?;
        check::verdicts(about, context.as_of.to_epoch_days(), batch, &verdicts)?;
        Ok(verdicts)
    }

    /// Assesses any number of applications: in batches that split no application, on all cores.
    ///
    /// Where a batch fails by the program's fault, the application behind it is searched by halving; the search takes the same
    /// steps on every machine. Batches that only failed together (their fuel did not suffice) give their verdicts.
    pub fn assess_groups(&self, context: &Context, groups: &[GroupInput]) -> Result<Vec<GroupVerdict>, Fault> {
        Ok(self.assess_metered(context, groups)?.verdicts)
    }

    /// The same, with the fuel that all batches took together: a fact to be shown, never compared.
    pub fn assess_metered(&self, context: &Context, groups: &[GroupInput]) -> Result<Assessed, Fault> {
        let used = AtomicU64::new(0);
        let verdicts = self.assess_all(context, groups, &used)?;
        Ok(Assessed {
            verdicts,
            fuel_used: used.into_inner(),
        })
    }

    fn assess_all(
        &self,
        context: &Context,
        groups: &[GroupInput],
        used: &AtomicU64,
    ) -> Result<Vec<GroupVerdict>, Fault> {
        let about = self.about(Some(&context.parameters))?;
        let chunks = chunks(groups, self.shared.limits.batch_rows);
        let one = |chunk: &Range<usize>| {
            let groups = groups.get(chunk.clone()).unwrap_or_default();
            let mut search = Search {
                program: self,
                about: &about,
                context,
                runs: self.shared.limits.search_runs,
                used,
            };
            search.verdicts(groups, chunk.start)
        };
        let threads = self.shared.threads.min(chunks.len());
        if threads <= 1 {
            return Ok(chunks.iter().map(one).collect::<Result<Vec<_>, _>>()?.concat());
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let answer = one(chunk);
                let failed = answer.is_err();
                done.push((chunk.start, answer));
                if failed {
                    // The others finish what they have begun; the first failing batch in order is reported.
                    next.store(chunks.len(), Ordering::Relaxed);
                }
            }
            done
        };
        let mut done: Vec<(usize, Result<Vec<GroupVerdict>, Fault>)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    std::thread::Builder::new()
                        .stack_size(THREAD_STACK)
                        .spawn_scoped(scope, work)
                })
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| match worker.map(std::thread::ScopedJoinHandle::join) {
                    Ok(Ok(done)) => done,
                    Ok(Err(_)) | Err(_) => vec![(
                        usize::MAX,
                        Err(FaultKind::Host {
                            reason: "a thread could not assess".to_owned(),
                        }
                        .into()),
                    )],
                })
                .collect()
        });
        done.sort_by_key(|(start, _)| *start);
        let verdicts = done
            .into_iter()
            .map(|(_, answer)| answer)
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        if verdicts.len() == groups.len() {
            Ok(verdicts)
        } else {
            Err(FaultKind::Host {
                reason: "a batch was left out".to_owned(),
            }
            .into())
        }
    }

    /// Instantiates once and does nothing else: what the bench measures.
    pub fn instantiate_only(&self) -> Result<(), Fault> {
        let limits = &self.shared.limits;
        Ok(self.shared.run(limits.describe_fuel, limits.answer_bytes, |store| {
            self.pre.instantiate(store)
        })?)
    }
}

/// One batch under way, and what may still be spent on finding the application behind a fault.
struct Search<'a> {
    program: &'a Program,
    about: &'a About,
    context: &'a Context,
    runs: usize,
    used: &'a AtomicU64,
}

impl Search<'_> {
    /// One batch; halves it on a deterministic fault of the program until the application behind it stands alone.
    fn verdicts(&mut self, groups: &[GroupInput], first: usize) -> Result<Vec<GroupVerdict>, Fault> {
        let fault = match self.batch(groups, first) {
            Ok(verdicts) => return Ok(verdicts),
            Err(fault) => fault,
        };
        if groups.len() == 1 && fault.group.is_none() && fault.kind.is_deterministic() {
            return Err(Fault {
                group: Some(first),
                ..fault
            });
        }
        if fault.group.is_some() || !fault.kind.is_deterministic() || self.runs == 0 || groups.len() < 2 {
            return Err(fault);
        }
        self.runs -= 1;
        let (left, right) = groups.split_at(groups.len() / 2);
        let mut verdicts = self.verdicts(left, first)?;
        verdicts.extend(self.verdicts(right, first + left.len())?);
        // Each half is fine alone: only fuel can explain that. Anything else depends on the company, which is a lie.
        match fault.kind {
            FaultKind::OutOfFuel { .. } | FaultKind::MemoryLimit { .. } | FaultKind::AnswerTooLarge { .. } => {
                Ok(verdicts)
            }
            _ => Err(fault),
        }
    }

    fn batch(&self, groups: &[GroupInput], first: usize) -> Result<Vec<GroupVerdict>, Fault> {
        let encoded = encode(self.about, groups, first).map_err(FaultKind::Input)?;
        let fuel = self.program.fuel_limit();
        let verdicts = self
            .program
            .assess_with(self.about, self.context, &encoded.batch, fuel, self.used)
            .map_err(|kind| {
                // A lie or a refusal that names its row names its application.
                let row = match &kind {
                    FaultKind::LyingAnswer { row, .. } => *row,
                    FaultKind::RefusedInput { row, .. } => row.map(|row| row as usize),
                    _ => None,
                };
                let group = row
                    .and_then(|row| encoded.batch.group.get(row))
                    .map(|group| first + *group as usize);
                Fault { kind, group }
            })?;
        encoded
            .rows
            .into_iter()
            .enumerate()
            .map(|(group, rows)| verdicts.group(&self.about.reasons, group, rows))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| {
                FaultKind::Host {
                    reason: "a checked answer could not be read".to_owned(),
                }
                .into()
            })
    }
}

/// Ranges of applications, each of at most `limit` rows (an application alone may not exceed it: see the description's limits).
fn chunks(groups: &[GroupInput], limit: usize) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut start, mut rows) = (0, 0);
    for (index, group) in groups.iter().enumerate() {
        if rows > 0 && rows + group.rows() > limit {
            chunks.push(start..index);
            (start, rows) = (index, 0);
        }
        rows += group.rows();
    }
    if start < groups.len() {
        chunks.push(start..groups.len());
    }
    chunks
}

pub(crate) fn refused(about: &About, refusal: &Refusal, rows: usize) -> FaultKind {
    let known_row = refusal.row.is_none_or(|row| (row as usize) < rows);
    match about.reasons.get(usize::from(refusal.code)) {
        Some(reason) if known_row => FaultKind::RefusedInput {
            reason: reason.clone(),
            row: refusal.row,
        },
        Some(_) => check::lie(crate::fault::Lie::UnknownPosition { table: "rows" }, None),
        None => check::lie(crate::fault::Lie::UnknownSymbol { table: "reasons" }, None),
    }
}

/// The texts of a description: complete in every language of the manifest, where there is one.
fn texts(
    about: &About,
    locales: &BTreeMap<String, String>,
    manifest: Option<&Manifest>,
) -> Result<Texts, Vec<Problem>> {
    let texts = Texts::new(locales.iter().chain(&about.texts))?;
    let problems = manifest.map_or_else(Vec::new, |manifest| texts.check(about, &manifest.languages));
    if problems.is_empty() { Ok(texts) } else { Err(problems) }
}

fn describe(shared: &Shared, pre: &Pre, parameters: Option<&str>) -> Result<About, FaultKind> {
    understood(pre, &ask(shared, pre, parameters)?)
}

/// What the program says of itself.
fn ask(shared: &Shared, pre: &Pre, parameters: Option<&str>) -> Result<String, FaultKind> {
    let limits = &shared.limits;
    shared
        .run(limits.describe_fuel, limits.description_bytes, |store| {
            pre.describe(store, parameters)
        })?
        .map_err(|problems| FaultKind::RefusedParameters { problems })
}

fn understood(pre: &Pre, json: &str) -> Result<About, FaultKind> {
    let about: About = serde_json::from_str(json).map_err(|error| FaultKind::BadDescription {
        problems: vec![Problem::new("", "not-readable").with("reason", error)],
    })?;
    let mut problems = about.validate();
    let wanted = crate::about::schema_of(pre.contract());
    if problems.is_empty() && about.schema != wanted {
        problems.push(Problem::new("/schema", "other-contract").with("wanted", wanted));
    }
    if problems.is_empty() {
        Ok(about)
    } else {
        Err(FaultKind::BadDescription { problems })
    }
}
