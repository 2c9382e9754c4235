//! The final list as a document that anybody can check without trusting us.

use std::collections::BTreeMap;

use osn_core::call::TieBreak;
use osn_core::canonical::{self, Digest};
use osn_core::id::{ApplicationId, CallId, DecisionId};
use osn_core::published::{
    PublishedLine, PublishedList, PublishedOrder, PublishedTie, SCHEMA, SignedList, commit_to_record, published_key,
    reserve_of,
};
use osn_core::selection::{DecidedBy, Ranked, Selection, TieOrder};

use crate::acts::{Acting, calls, selection};
use crate::entropy::hex;
use crate::refusal::{Outcome, Refusal};

/// Lines in memory at once.
const CHUNK: u32 = 2_048;
/// The setting of a municipality that leaves the ranking keys out of its published lists.
const LEAVE_OUT: &str = "/results/ranking_keys";

/// A published list of a call with the municipality's signature: one of its final lists, or the last.
pub async fn list(acting: &Acting, call_id: CallId, round: Option<usize>) -> Outcome<SignedList> {
    let call = calls::read(acting, call_id).await?.value;
    let (selection, final_at, _) = selection::final_list(acting, call_id, round).await?;
    let head = &selection.list;
    let tie = match (&head.tie, &call.tie_break) {
        (TieOrder::Draw { seed }, TieBreak::Draw { commitment }) => PublishedTie::Draw {
            commitment: *commitment,
            seed: hex(seed),
        },
        _ => PublishedTie::SubmissionTime,
    };
    let mut list = PublishedList {
        schema: SCHEMA.to_owned(),
        call_id,
        final_at,
        capacity: head.capacity,
        keys: head.keys.clone(),
        tie,
        frozen: head.frozen,
        records: head.frozen,
        lines: lines(acting, &selection).await?,
    };
    list.records = list.root();
    let digest = list.digest().map_err(Refusal::internal)?;
    let signed = acting.scope.sign(&digest).await?;
    Ok(SignedList {
        list,
        digest,
        signature: signed.signature,
        public_key: signed.public_key,
    })
}

/// Whether the municipality publishes the ranking keys; it does unless its settings say `false`.
fn shows_keys(acting: &Acting) -> bool {
    let setting = acting.municipality().settings.pointer(LEAVE_OUT);
    setting.and_then(serde_json::Value::as_bool).unwrap_or(true)
}

async fn lines(acting: &Acting, selection: &Selection) -> Outcome<Vec<PublishedLine>> {
    let head = &selection.list;
    let records = records(acting, selection).await?;
    let salt = salt(acting, head.call_id).await?;
    let with_keys = shows_keys(acting);
    let timed = matches!(head.tie, TieOrder::SubmissionTime);
    let mut lines = Vec::with_capacity(usize::try_from(head.lines()).unwrap_or_default());
    loop {
        let skip = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let chunk = acting.scope.selection_lines(selection.id, skip, CHUNK).await?;
        if chunk.is_empty() {
            return Ok(lines);
        }
        for line in &chunk {
            let (decision, record) = records
                .get(&line.candidate.application_id)
                .ok_or_else(|| Refusal::internal("a line of a final list has no decision"))?;
            let order = with_keys.then(|| order(line, timed));
            lines.push(published(
                line,
                order,
                commit_to_record(&of_decision(&salt, *decision), record),
            ));
        }
    }
}

fn order(line: &Ranked, timed: bool) -> PublishedOrder {
    PublishedOrder {
        keys: line.candidate.keys.iter().copied().map(published_key).collect(),
        submitted_at: timed.then_some(line.candidate.submitted_at),
        protocol: line.candidate.protocol.filter(|_| timed),
    }
}

fn published(line: &Ranked, order: Option<PublishedOrder>, record: Digest) -> PublishedLine {
    PublishedLine {
        rank: line.rank,
        reference: line.candidate.reference.clone(),
        reserve: reserve_of(&line.place),
        units: line.candidate.units,
        drawn: line.decided_by == DecidedBy::Draw,
        order,
        record,
    }
}

/// The decision on each application in the run that the list was made from, with the digest of its record.
async fn records(acting: &Acting, list: &Selection) -> Outcome<BTreeMap<ApplicationId, (DecisionId, Digest)>> {
    let run = match list.run_id {
        Some(run) => Some(run),
        // A list that does not name its run is the only one of its call.
        None => acting
            .scope
            .last_finished_run(list.list.call_id)
            .await?
            .map(|run| run.id),
    };
    let run = run.ok_or_else(|| Refusal::not_found("results.not-final"))?;
    let last = ApplicationId::new(uuid::Uuid::max());
    let decided = acting.scope.decided_between(run, None, last).await?;
    Ok(decided
        .into_iter()
        .map(|one| (one.application_id, (one.id, one.digest)))
        .collect())
}

/// The secret of a call's commitments: the municipality's signature over the call, as with the seed of a draw. Whoever has it
/// can open a commitment; nobody else can try records until one fits.
async fn salt(acting: &Acting, call: CallId) -> Outcome<Digest> {
    let source = canonical::digest("record-salt-source:1", call.uuid().as_bytes());
    let signed = acting.scope.sign(&source).await?;
    Ok(canonical::digest("record-salt-value:1", signed.signature.as_bytes()))
}

fn of_decision(salt: &Digest, decision: DecisionId) -> Digest {
    let bytes = [&salt.as_bytes()[..], decision.uuid().as_bytes()].concat();
    canonical::digest("record-salt:1", &bytes)
}
