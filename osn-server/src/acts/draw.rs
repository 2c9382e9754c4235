//! The draw between equals: its seed is fixed before anybody applies, and nobody can know or choose it before the deadline.
//!
//! The seed is the municipality's signature over the call's identifier. The signing key never leaves the key store, so the
//! seed is a secret that needs no place of its own, survives restarts and backups, and can be drawn once only: the same key
//! and call always give the same seed. The commitment stands in the call; the seed is disclosed with the ranked list.

use osn_core::call::{Call, TieBreak};
use osn_core::canonical::{self, Digest};
use osn_core::id::CallId;
use osn_core::selection::{ListHead, TieOrder, commit_to_seed};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::Acting;
use crate::entropy::hex;
use crate::refusal::{Outcome, Refusal};

/// How a published list was drawn: with these values anybody computes each line's key again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Disclosed {
    /// What was published with the call: SHA-256 over `osn:draw-seed:1`, a newline and the seed; hexadecimal.
    pub commitment: String,
    /// The seed, hexadecimal.
    pub seed: String,
    /// SHA-256 over `osn:frozen-references:1`, a newline and the list's references (no dashes, sorted, one on each line).
    pub frozen: String,
}

/// The seed of a call's draw.
async fn seed(acting: &Acting, call: CallId) -> Outcome<Vec<u8>> {
    let source = canonical::digest("draw-seed-source:1", call.uuid().as_bytes());
    let signed = acting.scope.sign(&source).await?;
    Ok(canonical::digest("draw-seed-value:1", signed.signature.as_bytes())
        .as_bytes()
        .to_vec())
}

/// What a new call commits to.
pub(super) async fn commitment(acting: &Acting, call: CallId) -> Outcome<Digest> {
    Ok(commit_to_seed(&seed(acting, call).await?))
}

/// The order among equals of a call whose deadline has passed.
pub(super) async fn order(acting: &Acting, call: &Call) -> Outcome<TieOrder> {
    let TieBreak::Draw { commitment } = &call.tie_break else {
        return Ok(TieOrder::SubmissionTime);
    };
    let seed = seed(acting, call.id).await?;
    if acting.now <= call.closes_at {
        return Err(Refusal::conflict("selection.not-assessed"));
    }
    if commit_to_seed(&seed) != *commitment {
        return Err(Refusal::conflict("selection.seed-lost"));
    }
    Ok(TieOrder::Draw { seed })
}

/// What is disclosed of a list that was drawn; nothing where no draw decided.
pub fn disclosed(list: &ListHead) -> Option<Disclosed> {
    let TieOrder::Draw { seed } = &list.tie else {
        return None;
    };
    Some(Disclosed {
        commitment: commit_to_seed(seed).to_string(),
        seed: hex(seed),
        frozen: list.frozen.to_string(),
    })
}
