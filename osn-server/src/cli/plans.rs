//! Plans with the decisions on which they stand: made again for `osn replay`, and given out for a bundle.

use std::collections::HashMap;
use std::sync::Arc;

use osn_core::id::DecisionId;
use osn_programs::plan_record::PlanRecord;
use osn_programs::program::Program;
use osn_programs::record::Replayed;
use osn_store::{KeptPlan, Readable};
use uuid::Uuid;

use crate::acts::Acting;
use crate::app::App;
use crate::programs::blocking;

/// Records read at once.
const CHUNK: u32 = 100;

/// How one record came out.
pub(super) enum Again {
    /// As it was.
    Identical,
    /// Somebody of it was erased: what it was made from is gone.
    Erased,
    /// Not as it was.
    Different(String),
}

/// Makes every plan again, one after the other.
pub(super) async fn each(app: &App, acting: &Acting, mut seen: impl FnMut(&KeptPlan, Again)) -> anyhow::Result<()> {
    let mut programs: HashMap<String, Arc<Program>> = HashMap::new();
    let mut after: Option<Uuid> = None;
    loop {
        let chunk = acting.scope.plan_records(after, CHUNK).await?;
        let Some(last) = chunk.last() else { return Ok(()) };
        after = Some(last.id);
        for record in &chunk {
            let again = plan(app, acting, record, &mut programs).await?;
            seen(record, again);
        }
    }
}

/// Makes one again, by the program that made it.
async fn plan(
    app: &App,
    acting: &Acting,
    kept: &KeptPlan,
    programs: &mut HashMap<String, Arc<Program>>,
) -> anyhow::Result<Again> {
    let Ok(record) = PlanRecord::from_canonical(kept.body.as_bytes()) else {
        return Ok(Again::Different("the record cannot be read".to_owned()));
    };
    let decisions = match cited(acting, &record).await? {
        Cited::Records(decisions) => decisions,
        Cited::Erased => return Ok(Again::Erased),
        Cited::Gone(id) => return Ok(Again::Different(format!("decision {id} is gone"))),
    };
    let code = record.code_digest.to_string();
    let program = match programs.get(&code) {
        Some(program) => Arc::clone(program),
        None => {
            let loaded = app.programs().get(&acting.scope, &code).await?.program;
            programs.insert(code, Arc::clone(&loaded));
            loaded
        }
    };
    let (body, digest) = (kept.body.clone(), kept.digest);
    let again = blocking(move || {
        let decisions: Vec<&[u8]> = decisions.iter().map(Vec::as_slice).collect();
        Ok(PlanRecord::replay_bytes(&program, body.as_bytes(), digest, &decisions)?)
    });
    Ok(match again.await? {
        Replayed::Identical => Again::Identical,
        Replayed::Different { what } => Again::Different(what.to_string()),
    })
}

/// The records of the decisions that a plan cites, in its order.
pub(super) enum Cited {
    /// All of them.
    Records(Vec<Vec<u8>>),
    /// Somebody of it was erased.
    Erased,
    /// One that is not there.
    Gone(DecisionId),
}

/// Reads the decisions that a plan cites.
pub(super) async fn cited(acting: &Acting, record: &PlanRecord) -> anyhow::Result<Cited> {
    let mut records = Vec::with_capacity(record.people.len());
    for cited in &record.people {
        match acting.scope.decision_record(cited.decision).await? {
            Some(Readable::Data(bytes)) => records.push(bytes),
            Some(Readable::Erased) => return Ok(Cited::Erased),
            None => return Ok(Cited::Gone(cited.decision)),
        }
    }
    Ok(Cited::Records(records))
}
