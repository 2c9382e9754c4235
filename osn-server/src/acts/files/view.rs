//! Imports as people and machines read them: where each stands, what is wrong at which cell, which records it touches.

use std::collections::BTreeMap;

use osn_core::directory::{Directory, WHEREABOUTS};
use osn_core::id::{AccountId, ImportId, LocationId};
use osn_core::import::{FileImport, ImportPart, ImportState};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_file::{Fault, FieldChange};
use osn_store::{Page, PageQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bring::Looked;
use super::read;
use crate::acts::{Acting, Saved};
use crate::auth::Right;
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// An import.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImportView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: ImportId,
    /// `refused`: something in the file keeps it out; `planned`: nothing was written yet; `done`; `undone`.
    pub state: &'static str,
    /// The file's name.
    pub file: String,
    /// Its length in bytes.
    pub size: u64,
    /// Digest of its bytes.
    pub digest: String,
    /// The file is all there is: records of its tables that it does not have are removed.
    pub complete: bool,
    /// Rows that point at nothing were left out, each with a note.
    pub lenient_references: bool,
    /// New records.
    pub added: u64,
    /// Records that say something else.
    pub changed: u64,
    /// Records that are removed.
    pub removed: u64,
    /// Records of the file that say the same.
    pub untouched: u64,
    /// What keeps the file out.
    pub faults: u64,
    /// What a person should look at.
    pub notes: u64,
    /// When it came.
    pub at: Instant,
    /// Who brought it; absent for whoever runs the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was done, or undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<String>,
}

/// What is wrong with a file, or should be looked at: where, and what to do about it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FaultView {
    /// Where it stands, e.g. `service!F12`.
    pub place: String,
    /// The sheet or file.
    pub sheet: String,
    /// The row, from 1, as the program that shows the file counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The column, A, B, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The header of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and the remedy, in the reader's language.
    pub message: String,
}

/// A record that an import touches.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TouchedView {
    /// `taxonomy`, `taxonomy-term`, `organization`, `location`, `service`.
    pub kind: String,
    /// The record.
    pub id: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
    /// What differs.
    pub fields: Vec<FieldView>,
}

/// One field that says something else.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FieldView {
    /// The field of the record; the English text of `name` is `name@en`.
    pub field: String,
    /// What it said; short. Absent where it would tell where a protected place is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it says in the file; short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl FaultView {
    /// In a reader's language.
    pub fn of(fault: &Fault, lang: Lang) -> Self {
        Self {
            place: fault.place(),
            sheet: fault.sheet.clone(),
            row: fault.row,
            column: fault.column.clone(),
            header: fault.header.clone(),
            code: fault.code.name(),
            message: fault.message(lang.tag()),
        }
    }
}

/// An import as it is shown.
pub(super) async fn view(acting: &Acting, import: &FileImport) -> Outcome<ImportView> {
    let (settled_at, settled_by) = match import.state {
        ImportState::Done { by, at, .. } | ImportState::Undone { by, at } => (Some(at), by),
        ImportState::Refused | ImportState::Planned => (None, None),
    };
    Ok(ImportView {
        id: import.id,
        state: import.state.name(),
        file: import.file.clone(),
        size: import.size,
        digest: import.digest.to_string(),
        complete: import.options.complete,
        lenient_references: import.options.lenient_references,
        added: import.counts.added,
        changed: import.counts.changed,
        removed: import.counts.removed,
        untouched: import.counts.untouched,
        faults: import.counts.faults,
        notes: import.counts.notes,
        at: import.at,
        by: person(acting, import.by).await?,
        settled_at,
        settled_by: person(acting, settled_by).await?,
    })
}

async fn person(acting: &Acting, account: Option<AccountId>) -> Outcome<Option<String>> {
    let Some(id) = account else { return Ok(None) };
    Ok(acting.scope.account(id).await?.map(|account| account.value.name))
}

/// One import.
pub async fn get(acting: &Acting, id: ImportId) -> Outcome<Saved<ImportView>> {
    acting.permit(Right::MaintainDirectory)?;
    let found = read(acting, id).await?;
    Ok(Saved {
        value: view(acting, &found.value).await?,
        version: found.version,
    })
}

/// Imports, newest first.
pub async fn list(acting: &Acting, query: PageQuery) -> Outcome<Page<Saved<ImportView>>> {
    acting.permit(Right::MaintainDirectory)?;
    let page = acting.scope.imports(query).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for found in &page.items {
        items.push(Saved {
            value: view(acting, &found.value).await?,
            version: found.version,
        });
    }
    Ok(Page {
        items,
        total: page.total,
        next: page.next,
    })
}

/// What is told of a record that an import writes: not what it will say.
#[derive(Debug, Deserialize)]
struct Told {
    kind: String,
    id: Uuid,
    name: LocalText,
    #[serde(default)]
    fields: Vec<FieldChange>,
}

/// What keeps a file out, or should be looked at, in the order of the file.
pub async fn faults(acting: &Acting, id: ImportId, of: ImportPart, query: &PageQuery) -> Outcome<Page<FaultView>> {
    acting.permit(Right::MaintainDirectory)?;
    read(acting, id).await?;
    let page = acting.scope.import_lines::<Fault>(id, of, query).await?;
    Ok(page.map(|fault| FaultView::of(&fault, acting.lang)))
}

/// The records that an import touches, in the order of the file.
pub async fn touched(acting: &Acting, id: ImportId, of: ImportPart, query: &PageQuery) -> Outcome<Page<TouchedView>> {
    acting.permit(Right::MaintainDirectory)?;
    read(acting, id).await?;
    let page = acting.scope.import_lines::<Told>(id, of, query).await?;
    let mapped = acting.mapping().await?;
    Ok(page.map(|line| shown(line, &mapped.directory)))
}

/// The records that a file would touch, before anything is kept: the first `most` of each part.
pub async fn touched_by(acting: &Acting, looked: &Looked, most: usize) -> Outcome<Vec<(ImportPart, TouchedView)>> {
    let mapped = acting.mapping().await?;
    let mut counts: BTreeMap<ImportPart, usize> = BTreeMap::new();
    let mut touched = Vec::new();
    for line in looked.lines()? {
        let (part, body) = line?;
        let count = counts.entry(part).or_default();
        if *count < most {
            *count = count.saturating_add(1);
            let told: Told = serde_json::from_str(&body).map_err(Refusal::internal)?;
            touched.push((part, shown(told, &mapped.directory)));
        }
    }
    Ok(touched)
}

/// A line without what would tell where a protected place is, or was.
fn shown(line: Told, directory: &Directory) -> TouchedView {
    let is_open = |id| {
        directory
            .location(LocationId::new(id))
            .is_some_and(|place| !place.protected)
    };
    let hidden = line.kind == "location" && !is_open(line.id);
    let fields = line.fields.into_iter().map(|change| {
        let field = change.field.split('@').next().unwrap_or_default();
        let told = !(hidden && WHEREABOUTS.contains(&field));
        FieldView {
            before: Some(change.before).filter(|_| told),
            after: Some(change.after).filter(|_| told),
            field: change.field,
        }
    });
    TouchedView {
        kind: line.kind,
        id: line.id,
        name: line.name,
        fields: fields.collect(),
    }
}
