//! Faults of a program outside of assessments: what a plan or the trial of a change ended with is kept for its publisher.

use osn_core::id::CallId;
use osn_store::JournalEntry;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::using::{FaultStage, FaultView};
use crate::acts::{Acting, assessment, entry};
use crate::refusal::{Outcome, Refusal};

/// The act in the journal.
const FAULT: &str = "program.fault";

/// What the journal keeps of a fault: nothing about anybody.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    stage: FaultStage,
    fault: String,
    call: CallId,
    package: String,
}

/// The subject of a package's faults: everything about one version is found together.
fn subject(acting: &Acting, package: &str) -> Uuid {
    Uuid::new_v5(&acting.municipality().id.uuid(), format!("faults/{package}").as_bytes())
}

/// Hands on what was done; where the program itself was at fault, the journal keeps it first.
pub(crate) async fn kept<T>(
    acting: &Acting,
    (stage, call, package): (FaultStage, CallId, &str),
    done: Outcome<T>,
) -> Outcome<T> {
    if let Err(refusal) = &done
        && let Some(kept) = of_program(refusal, (stage, call, package))
    {
        let details = serde_json::to_value(kept).map_err(Refusal::internal)?;
        let mut tx = acting.begin(FAULT).await?;
        tx.journal(entry(FAULT, "program", subject(acting, package), details));
        tx.commit().await?;
    }
    done
}

fn of_program(refusal: &Refusal, (stage, call, package): (FaultStage, CallId, &str)) -> Option<Kept> {
    (refusal.code() == FAULT).then(|| Kept {
        stage,
        fault: refusal.args().get("fault").cloned().unwrap_or_default(),
        call,
        package: package.to_owned(),
    })
}

/// The faults of a package that were kept, newest first.
pub(super) async fn of_package(acting: &Acting, package: &str) -> Outcome<Vec<FaultView>> {
    let entries = acting.scope.journal_of(subject(acting, package)).await?;
    let shown = |entry: JournalEntry| {
        let kept: Kept = serde_json::from_value(entry.details).map_err(Refusal::internal)?;
        Ok(FaultView {
            stage: kept.stage,
            text: assessment::said(acting, &kept.fault),
            code: kept.fault,
            at: entry.at,
            call_id: kept.call,
        })
    };
    entries.into_iter().rev().map(shown).collect()
}
