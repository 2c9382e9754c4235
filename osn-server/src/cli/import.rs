//! `osn import`: what a file would do to the mapping; with `--yes`, doing it, or undoing it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use osn_core::id::ImportId;
use osn_core::import::{ImportOptions, ImportPart};
use osn_file::{Fault, Limits, Part};
use osn_store::PageQuery;
use serde_json::{Value, json};

use super::place::PlaceArgs;
use super::{Answer, Out, words};
use crate::acts::Acting;
use crate::acts::files::bring::{self, Handed, Looked};
use crate::acts::files::undo::{self, Undo};
use crate::acts::files::view::{self, FaultView, ImportView, TouchedView};
use crate::lang::Lang;
use crate::refusal::Refusal;

/// Lines of each part that are shown to a person; `--json` shows all.
const SHOWN: usize = 100;

/// Bring a file into the mapping: see what it would do; with --yes, do it.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// Workbook, table, zip of tables, HSDS JSON, or a folder of tables
    #[arg(value_name = "FILE", required_unless_present_any = ["undo", "list"])]
    files: Vec<PathBuf>,
    /// Do it; without this nothing is written
    #[arg(long)]
    yes: bool,
    /// The file is all there is: remove the records of its tables that it does not have
    #[arg(long)]
    complete: bool,
    /// Leave rows out that point at nothing, and list them, instead of keeping the whole file out
    #[arg(long)]
    lenient_references: bool,
    /// Undo the import with this identifier
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    undo: Option<uuid::Uuid>,
    /// When undoing: records that somebody changed since keep what they say now
    #[arg(long, requires = "undo")]
    keep_newer: bool,
    /// List the imports
    #[arg(long, conflicts_with_all = ["files", "undo"])]
    list: bool,
    #[command(flatten)]
    speech: words::SpeechArgs,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    let writes = args.yes;
    let (_held, acting) = args
        .place
        .operating(args.municipality.as_deref(), args.speech.lang(), writes)
        .await?;
    let done = match args.undo {
        Some(id) => undo_one(&acting, ImportId::new(id), &args, *out).await,
        None if args.list => list(&acting, *out).await,
        None => bring_in(&acting, &args, *out).await,
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(Stop::Refused(refusal)) => words::refused(&acting, &refusal, out),
        Err(Stop::Broken(error)) => Err(error),
    }
}

/// Why a command stops: the answer is no, or it could not be done.
enum Stop {
    Refused(Refusal),
    Broken(anyhow::Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

async fn bring_in(acting: &Acting, args: &Args, out: Out) -> Result<Answer, Stop> {
    let handed = read(acting, args, out)?;
    out.note(&words::say(acting, "import-comparing", &[]));
    let looked = bring::look(acting, handed).await?;
    // Machines are told everything; of a large city that is much.
    let most = if out.is_json() { usize::MAX } else { SHOWN };
    let touched = view::touched_by(acting, &looked, most).await?;
    let counts = looked.import().counts;
    let mut document = document(acting, &looked, &touched);
    let mut text = difference(acting, &looked, &touched);
    if counts.faults > 0 {
        let count = counts.faults.to_string();
        text.push(words::say(acting, "import-keeps-out", &[("count", &count)]));
        out.answer(&document, &text.join("\n"));
        return Ok(Answer::No);
    }
    if counts.written() == 0 {
        text.push(words::say(acting, "import-same", &[]));
    } else if args.yes {
        let count = counts.written().to_string();
        out.note(&words::say(acting, "import-writing", &[("count", &count)]));
        let kept = bring::keep(acting, looked).await?;
        let done = bring::confirm(acting, kept.value.id).await?;
        let id = done.value.id.to_string();
        text.push(words::say(acting, "import-did", &[("id", &id)]));
        if let Value::Object(fields) = &mut document {
            fields.insert("id".to_owned(), json!(done.value.id));
            fields.insert("written".to_owned(), json!(true));
        }
    } else {
        text.push(words::say(acting, "import-dry", &[]));
    }
    out.answer(&document, &text.join("\n"));
    Ok(Answer::Yes)
}

/// The files of the command line as one; of a folder, its tables.
fn read(acting: &Acting, args: &Args, out: Out) -> anyhow::Result<Handed> {
    let mut paths = Vec::new();
    for path in &args.files {
        if path.is_dir() {
            let found = std::fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))?;
            let tables = found.filter_map(Result::ok).map(|entry| entry.path());
            let mut tables: Vec<PathBuf> = tables.filter(|path| is_table(path)).collect();
            tables.sort();
            if tables.is_empty() {
                bail!("{} holds no table (.csv)", path.display());
            }
            paths.append(&mut tables);
        } else {
            paths.push(path.clone());
        }
    }
    let name = |path: &Path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    };
    let mut parts = Vec::new();
    for path in &paths {
        let file = path.display().to_string();
        out.note(&words::say(acting, "import-reading", &[("file", &file)]));
        let opened = std::fs::File::open(path).with_context(|| format!("{file} cannot be read"))?;
        parts.push(Part::file(name(path), opened));
    }
    Ok(Handed {
        name: args.files.first().map(|path| name(path)).unwrap_or_default(),
        parts,
        options: ImportOptions {
            complete: args.complete,
            lenient_references: args.lenient_references,
        },
        limits: Limits::default(),
    })
}

fn is_table(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

type Touched = Vec<(ImportPart, TouchedView)>;

/// Everything that is known, for machines.
fn document(acting: &Acting, looked: &Looked, touched: &Touched) -> Value {
    let of = |part: ImportPart| {
        let lines = touched.iter().filter(|(of, _)| *of == part);
        lines.map(|(_, view)| view).collect::<Vec<_>>()
    };
    let faults = |faults: &[Fault]| {
        let views = faults.iter().map(|fault| FaultView::of(fault, acting.lang));
        views.collect::<Vec<_>>()
    };
    let import = looked.import();
    json!({
        "written": false,
        "file": import.file,
        "digest": import.digest,
        "counts": import.counts,
        "faults": faults(looked.faults()),
        "notes": faults(looked.notes()),
        "added": of(ImportPart::Added),
        "changed": of(ImportPart::Changed),
        "removed": of(ImportPart::Removed),
    })
}

/// The same for a person: what is wrong first, then the difference.
fn difference(acting: &Acting, looked: &Looked, touched: &Touched) -> Vec<String> {
    let mut text = Vec::new();
    for (key, faults) in [("import-faults", looked.faults()), ("import-notes", looked.notes())] {
        if faults.is_empty() {
            continue;
        }
        text.push(words::say(acting, key, &[("count", &faults.len().to_string())]));
        let lines = faults.iter().take(SHOWN).map(|fault| {
            let message = fault.message(acting.lang.tag());
            format!("  {}: {message}", fault.place())
        });
        text.extend(lines);
        text.extend(more(acting, faults.len()));
    }
    let counts = looked.import().counts;
    for (part, sign, count) in [
        (ImportPart::Added, '+', counts.added),
        (ImportPart::Changed, '~', counts.changed),
        (ImportPart::Removed, '-', counts.removed),
    ] {
        let lines: Vec<&TouchedView> = touched
            .iter()
            .filter(|(of, _)| *of == part)
            .map(|(_, view)| view)
            .collect();
        for view in lines.iter().take(SHOWN) {
            text.push(format!(
                "{sign} {} «{}» {}",
                view.kind,
                name(view, acting.lang),
                view.id
            ));
            text.extend(view.fields.iter().map(|field| {
                let (before, after) = (field.before.as_deref(), field.after.as_deref());
                match before.zip(after) {
                    Some((before, after)) => format!("    {}: «{before}» → «{after}»", field.field),
                    None => format!("    {}: …", field.field),
                }
            }));
        }
        text.extend(more(acting, usize::try_from(count).unwrap_or(usize::MAX)));
    }
    let [added, changed, removed, untouched] =
        [counts.added, counts.changed, counts.removed, counts.untouched].map(|count| count.to_string());
    text.push(words::say(
        acting,
        "import-counts",
        &[
            ("added", &added),
            ("changed", &changed),
            ("removed", &removed),
            ("untouched", &untouched),
        ],
    ));
    text
}

fn name(view: &TouchedView, lang: Lang) -> &str {
    view.name.get(lang.tag())
}

fn more(acting: &Acting, count: usize) -> Option<String> {
    let rest = count.checked_sub(SHOWN).filter(|rest| *rest > 0)?;
    Some(words::say(acting, "import-more", &[("count", &rest.to_string())]))
}

async fn undo_one(acting: &Acting, id: ImportId, args: &Args, out: Out) -> Result<Answer, Stop> {
    let found = view::get(acting, id).await?;
    if !args.yes {
        let text = [one(&found.value), words::say(acting, "import-undo-dry", &[])];
        out.answer(&found, &text.join("\n"));
        return Ok(Answer::Yes);
    }
    let how = Undo {
        keep_newer: args.keep_newer,
    };
    let undone = undo::undo(acting, id, how).await?;
    let text = [one(&undone.value), words::say(acting, "import-undid", &[])];
    out.answer(&undone, &text.join("\n"));
    Ok(Answer::Yes)
}

async fn list(acting: &Acting, out: Out) -> Result<Answer, Stop> {
    let mut all = Vec::new();
    let mut query = PageQuery::first();
    loop {
        let page = view::list(acting, query).await?;
        all.extend(page.items);
        match page.next {
            None => break,
            next => {
                query = PageQuery {
                    after: next,
                    ..PageQuery::first()
                }
            }
        }
    }
    let text: Vec<String> = all.iter().map(|saved| one(&saved.value)).collect();
    out.answer(&all, &text.join("\n"));
    Ok(Answer::Yes)
}

/// An import on one line.
fn one(view: &ImportView) -> String {
    format!(
        "{}  {}  {}  +{} ~{} -{}  {}",
        view.id,
        view.at.format("%Y-%m-%d %H:%M"),
        view.state,
        view.added,
        view.changed,
        view.removed,
        view.file
    )
}
