//! Undoing an import: what was there before is there again, as new versions, all of it in one piece or nothing.

use std::sync::Arc;

use osn_core::directory::Directory;
use osn_core::id::ImportId;
use osn_core::import::{FileImport, ImportEvent, ImportState};
use osn_core::state::Machine as _;
use osn_store::{DirectoryWrite, WrittenRecord};
use schemars::JsonSchema;
use serde::Deserialize;

use super::bring::held;
use super::view::{ImportView, view};
use super::{MENTIONED, check, read, write};
use crate::acts::upkeep::{is_protected, keeping, name};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::programs::blocking;
use crate::refusal::{FieldError, Outcome, Refusal};

/// How an import is undone.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Undo {
    /// Records that somebody changed since keep what they say now; without it they stop the undo.
    pub keep_newer: bool,
}

/// Undoes an import.
pub async fn undo(acting: &Acting, id: ImportId, how: Undo) -> Outcome<Saved<ImportView>> {
    acting.permit(Right::MaintainDirectory)?;
    let found = read(acting, id).await?;
    acting.check_version(found.version)?;
    let event = ImportEvent::Undo {
        by: acting.actor.account(),
        at: acting.now,
    };
    let undone = FileImport {
        state: found.value.state.apply(&event)?,
        ..found.value.clone()
    };
    let ImportState::Done { first, last, .. } = found.value.state else {
        return Err(Refusal::conflict("import.nothing"));
    };
    let written = acting.scope.written_between(first, last).await?;
    let mapped = acting.mapping().await?;
    let (shared, frame) = (Arc::clone(&mapped), acting.clone());
    let writes = blocking(move || {
        let writes = back(written, how, &shared.directory)?;
        check(&frame, &shared.directory, &writes)?;
        Ok(writes)
    })
    .await?;
    let mut tx = acting.begin("import.undo").await?;
    held(tx.hold_directory(mapped.revision).await)?;
    if !writes.is_empty() {
        tx.write_directory(&writes).await?;
    }
    tx.update_import(&undone, found.version).await?;
    let details = serde_json::json!({ "records": writes.len(), "keep_newer": how.keep_newer });
    tx.journal(entry("import.undo", "import", id.uuid(), details));
    let saved = Saved {
        value: view(acting, &undone).await?,
        version: found.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// The records as they were before, or those that moved on since.
fn back(written: Vec<WrittenRecord>, how: Undo, directory: &Directory) -> Outcome<Vec<DirectoryWrite>> {
    let (mut writes, mut moved) = (Vec::new(), Vec::new());
    for one in written {
        if !one.in_force {
            moved.push(one.record);
            continue;
        }
        writes.extend(match one.before {
            // A place that is protected by now stays so: where it was does not come back with the rest.
            Some(before) if is_protected(&one.record) => Some(write(keeping::kept_protected(before), false)),
            Some(before) => Some(write(before, false)),
            None if one.retired => None,
            None => directory
                .record(one.record.kind(), one.record.uuid())
                .map(|record| write(record, true)),
        });
    }
    if moved.is_empty() || how.keep_newer {
        return Ok(writes);
    }
    let refusal = Refusal::conflict("import.changed-since").with("count", moved.len());
    Err(moved.iter().take(MENTIONED).fold(refusal, |refusal, record| {
        let path = format!("/{}/{}", record.kind(), record.uuid());
        refusal.at(FieldError::new(path, "import-record-moved").with("name", name(record).get("el")))
    }))
}
