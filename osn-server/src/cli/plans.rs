//! Plans made again, for `osn replay`.

use std::collections::HashMap;
use std::sync::Arc;

use osn_programs::input::GroupInput;
use osn_programs::plan_record::PlanRecord;
use osn_programs::program::Program;
use osn_programs::record::{DecisionRecord, Replayed};
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

fn different(what: impl std::fmt::Display) -> Again {
    Again::Different(what.to_string())
}

/// The decisions that a plan cites, read again, and the program that made it.
async fn plan(
    app: &App,
    acting: &Acting,
    kept: &KeptPlan,
    programs: &mut HashMap<String, Arc<Program>>,
) -> anyhow::Result<Again> {
    if PlanRecord::digest_of(kept.body.as_bytes()) != kept.digest {
        return Ok(different("the record is not what was written down"));
    }
    let Ok(record) = PlanRecord::from_canonical(kept.body.as_bytes()) else {
        return Ok(different("the record cannot be read"));
    };
    let mut people: Vec<GroupInput> = Vec::with_capacity(record.people.len());
    for cited in &record.people {
        let bytes = match acting.scope.decision_record(cited.decision).await? {
            Some(Readable::Data(bytes)) => bytes,
            Some(Readable::Erased) => return Ok(Again::Erased),
            None => return Ok(different(format_args!("decision {} is gone", cited.decision))),
        };
        if DecisionRecord::digest_of(&bytes) != cited.digest {
            return Ok(different(format_args!("decision {} was altered", cited.decision)));
        }
        let mut input = DecisionRecord::from_canonical(&bytes)?.input;
        let mut all: Vec<Option<_>> = std::mem::take(&mut input.claims).into_iter().map(Some).collect();
        let chosen = |claim: &u16| all.get_mut(usize::from(*claim)).and_then(Option::take);
        input.claims = cited.claims.iter().filter_map(chosen).collect();
        people.push(input);
    }
    let code = record.code_digest.to_string();
    let program = match programs.get(&code) {
        Some(program) => Arc::clone(program),
        None => {
            let loaded = app.programs().get(&acting.scope, &code).await?.program;
            programs.insert(code, Arc::clone(&loaded));
            loaded
        }
    };
    Ok(match blocking(move || Ok(record.replay(&program, &people)?)).await? {
        Replayed::Identical => Again::Identical,
        Replayed::Different { what } => different(what),
    })
}
