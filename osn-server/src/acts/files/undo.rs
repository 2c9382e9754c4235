//! Undoing an import: what was there before is there again, as new versions, all of it in one piece or nothing.

use std::sync::Arc;

use osn_core::directory::{Directory, Successor};
use osn_core::id::{ImportId, LocationId};
use osn_core::import::{FileImport, ImportEvent, ImportState};
use osn_core::state::Machine as _;
use osn_store::{DirectoryWrite, Pieces, WrittenRecord};
use schemars::JsonSchema;
use serde::Deserialize;

use super::bring::held;
use super::view::{ImportView, view};
use super::{Ground, MENTIONED, look_at, read, sound, write};
use crate::acts::upkeep::{is_protected, keeping, name};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::directory::Mapped;
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
    let mapped = acting.mapping().await?;
    // After the mapping was read: whoever writes later is met by the hold.
    if !how.keep_newer {
        refuse_newer(acting, first, last).await?;
    }
    let mut after = ground(acting, (first, last), &mapped).await?;
    let mut tx = acting.begin("import.undo").await?;
    held(acting, &mut tx, mapped.revision).await?;
    let (mut pieces, mut records, mut next) = (Pieces::default(), 0_usize, Some(first));
    while let Some(from) = next {
        let (written, go_on) = acting.scope.written_between(from, last).await?;
        let shared = Arc::clone(&mapped);
        let (writes, judged) = blocking(move || {
            let writes = back(written, &shared.directory);
            look_at(&mut after, &shared.directory, &writes);
            Ok((writes, after))
        })
        .await?;
        (after, next) = (judged, go_on);
        records = records.saturating_add(writes.len());
        tx.write_piece(&mut pieces, &writes).await?;
    }
    // Where the mapping would contradict itself, nothing of it happened: the transaction ends with this act.
    sound(after, &mapped.directory)?;
    tx.record_pieces_at(&pieces, acting.app.now()).await?;
    tx.update_import(&undone, found.version).await?;
    let details = serde_json::json!({ "records": records, "keep_newer": how.keep_newer });
    tx.journal(entry("import.undo", "import", id.uuid(), details));
    let saved = Saved {
        value: view(acting, &undone).await?,
        version: found.version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Refuses to undo what somebody wrote again since.
async fn refuse_newer(acting: &Acting, first: i64, last: i64) -> Outcome<()> {
    let (count, moved) = acting.scope.moved_between(first, last, MENTIONED.into()).await?;
    if count == 0 {
        return Ok(());
    }
    let refusal = Refusal::conflict("import.changed-since").with("count", count);
    Err(moved.iter().fold(refusal, |refusal, record| {
        let path = format!("/{}/{}", record.kind(), record.uuid());
        refusal.at(FieldError::new(path, "import-record-moved").with("name", name(record).get("el")))
    }))
}

/// The mapping as it would be, services aside.
async fn ground(acting: &Acting, (first, last): (i64, i64), mapped: &Arc<Mapped>) -> Outcome<Successor> {
    let (mut ground, mut next) = (Ground::default(), Some(first));
    while let Some(from) = next {
        let (written, go_on) = acting.scope.written_between(from, last).await?;
        ground.add(back(written, &mapped.directory));
        next = go_on;
    }
    let shared = Arc::clone(mapped);
    blocking(move || Ok(ground.successor(&shared.directory))).await
}

/// The records as they were before; those that moved on since stay as they are.
fn back(written: Vec<WrittenRecord>, directory: &Directory) -> Vec<DirectoryWrite> {
    let one = |one: WrittenRecord| match one.before {
        _ if !one.in_force => None,
        // A place that is protected by now stays so: where it was does not come back with the rest.
        Some(before) if is_protected(&one.record) => {
            let streets = directory.streets_of(LocationId::new(before.uuid()));
            Some(write(keeping::kept_protected(before, &streets), false))
        }
        Some(before) => Some(write(before, false)),
        None if one.retired => None,
        None => directory
            .record(one.record.kind(), one.record.uuid())
            .map(|record| write(record, true)),
    };
    written.into_iter().filter_map(one).collect()
}
