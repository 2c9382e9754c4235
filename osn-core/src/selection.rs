//! Selection: rank by declared keys, break ties by rule, cut to capacity, keep a reserve, promote from it.

use core::cmp::Ordering;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::application::{ProtocolNumber, Reference};
use crate::canonical::{self, Digest};
use crate::id::{AccountId, ApplicationId, CallId, SelectionId};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// One ranking key as the program declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingKey {
    /// Its name.
    pub key: String,
    /// Whether a higher value ranks first.
    pub descending: bool,
}

/// What enters the ranking: an eligible application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// The application.
    pub application_id: ApplicationId,
    /// Its public reference.
    pub reference: Reference,
    /// Values of the ranking keys, in the declared order.
    pub keys: Vec<i64>,
    /// When it was received.
    pub submitted_at: Instant,
    /// Its protocol number; the sealer has given it by the time anything is ranked.
    pub protocol: Option<ProtocolNumber>,
    /// Places that it takes, in the program's capacity unit.
    pub units: u32,
}

/// The order among equal keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum TieOrder {
    /// Earlier first.
    SubmissionTime,
    /// A draw with a revealed seed.
    Draw {
        /// The seed, published after the deadline.
        seed: Vec<u8>,
    },
}

/// What put a candidate behind the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", content = "key")]
pub enum DecidedBy {
    /// The first of the list.
    First,
    /// A ranking key, by name.
    Key(String),
    /// The time of submission.
    SubmissionTime,
    /// The draw.
    Draw,
    /// The protocol number.
    Protocol,
}

/// Where the cut put a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "place", rename_all_fields = "snake_case")]
pub enum Place {
    /// Has a place.
    Selected,
    /// On the reserve list.
    Reserve {
        /// Counted from 1.
        position: u32,
    },
}

/// One line of the ranked list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranked {
    /// Rank, counted from 1.
    pub rank: u32,
    /// Who.
    pub candidate: Candidate,
    /// What decided against the one before.
    pub decided_by: DecidedBy,
    /// The cut.
    pub place: Place,
}

/// The ranked and cut list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankedList {
    /// The call.
    pub call_id: CallId,
    /// Keys in order.
    pub keys: Vec<RankingKey>,
    /// How ties were broken.
    pub tie: TieOrder,
    /// Places.
    pub capacity: u32,
    /// Digest of the frozen list of references (sorted), which the draw is bound to.
    pub frozen: Digest,
    /// The lines, best first.
    pub lines: Vec<Ranked>,
}

/// Where a proposed list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum SelectionState {
    /// Waits for the second person.
    Proposed,
    /// Final.
    Approved {
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// Sent back.
    Rejected {
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

/// What can happen to a proposed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionEvent {
    /// The second person approves.
    Approve {
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The second person sends it back.
    Reject {
        /// By whom.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

impl Machine for SelectionState {
    type Event = SelectionEvent;
    const NAME: &'static str = "selection";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
        }
    }

    fn event_name(event: &SelectionEvent) -> &'static str {
        match event {
            SelectionEvent::Approve { .. } => "approve",
            SelectionEvent::Reject { .. } => "reject",
        }
    }

    fn apply(&self, event: &SelectionEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed, SelectionEvent::Approve { by, at }) => Ok(Self::Approved { by: *by, at: *at }),
            (Self::Proposed, SelectionEvent::Reject { by, at }) => Ok(Self::Rejected { by: *by, at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// A list somebody proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Identifier.
    pub id: SelectionId,
    /// The list.
    pub list: RankedList,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Instant,
    /// Where it stands.
    pub state: SelectionState,
}

/// Why a selection is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A candidate without a value for each key.
    #[error("application {0} has a wrong number of ranking keys")]
    KeyCount(ApplicationId),
    /// The same application twice.
    #[error("application {0} stands twice in the list")]
    Twice(ApplicationId),
    /// The proposer cannot approve.
    #[error("whoever proposes a list cannot approve it")]
    SamePerson,
    /// The step is not possible.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

impl Selection {
    /// The second person approves.
    ///
    /// # Errors
    /// When it is the proposer, or the list is not waiting.
    pub fn approve(&mut self, by: AccountId, at: Instant) -> Result<(), SelectionError> {
        if by == self.proposed_by {
            return Err(SelectionError::SamePerson);
        }
        self.state = self.state.apply(&SelectionEvent::Approve { by, at })?;
        Ok(())
    }
}

/// The commitment to a draw's seed that is published with the call.
pub fn commit_to_seed(seed: &[u8]) -> Digest {
    canonical::digest("draw-seed:1", seed)
}

/// The draw's key of one reference: SHA-256(seed, call, digest of the frozen list, reference).
fn draw_key(seed: &[u8], call: CallId, frozen: &Digest, reference: &Reference) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(call.uuid().as_bytes());
    hash.update(frozen.as_bytes());
    hash.update(reference.as_str().as_bytes());
    hash.finalize().into()
}

/// Ranks the candidates and cuts to capacity.
///
/// Order: the declared keys, then the tie rule, then the protocol number, then the reference, so that no two candidates
/// are ever equal and the input's order never matters. A candidate that needs more units than are left goes to the
/// reserve, and so does everybody after it: nobody is overtaken.
///
/// # Errors
/// When a candidate has a wrong number of keys or stands twice.
pub fn rank(
    call_id: CallId,
    keys: &[RankingKey],
    tie: TieOrder,
    capacity: u32,
    mut candidates: Vec<Candidate>,
) -> Result<RankedList, SelectionError> {
    check(keys, &candidates)?;
    let frozen = frozen_digest(&candidates);
    match &tie {
        TieOrder::SubmissionTime => candidates.sort_by(|a, b| {
            by_keys(keys, a, b)
                .0
                .then_with(|| a.submitted_at.cmp(&b.submitted_at))
                .then_with(|| by_protocol(a, b))
        }),
        TieOrder::Draw { seed } => candidates.sort_by_cached_key(|candidate| DrawOrder {
            keys: directed(keys, candidate),
            draw: draw_key(seed, call_id, &frozen, &candidate.reference),
            reference: candidate.reference.clone(),
        }),
    }
    let mut lines: Vec<Ranked> = Vec::with_capacity(candidates.len());
    let mut left = Some(capacity);
    let mut reserve = 0_u32;
    for (candidate, rank) in candidates.into_iter().zip(1_u32..) {
        let decided_by = lines.last().map_or(DecidedBy::First, |before| {
            decided_by(keys, &tie, &before.candidate, &candidate)
        });
        left = left.and_then(|left| left.checked_sub(candidate.units));
        let place = if left.is_some() {
            Place::Selected
        } else {
            reserve = reserve.saturating_add(1);
            Place::Reserve { position: reserve }
        };
        lines.push(Ranked {
            rank,
            candidate,
            decided_by,
            place,
        });
    }
    Ok(RankedList {
        call_id,
        keys: keys.to_vec(),
        tie,
        capacity,
        frozen,
        lines,
    })
}

fn check(keys: &[RankingKey], candidates: &[Candidate]) -> Result<(), SelectionError> {
    let mut seen = std::collections::BTreeSet::new();
    for candidate in candidates {
        if candidate.keys.len() != keys.len() {
            return Err(SelectionError::KeyCount(candidate.application_id));
        }
        if !seen.insert(candidate.application_id) {
            return Err(SelectionError::Twice(candidate.application_id));
        }
    }
    Ok(())
}

fn frozen_digest(candidates: &[Candidate]) -> Digest {
    let mut references: Vec<&str> = candidates
        .iter()
        .map(|candidate| candidate.reference.as_str())
        .collect();
    references.sort_unstable();
    canonical::digest("frozen-references:1", references.join("\n").as_bytes())
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DrawOrder {
    keys: Vec<i128>,
    draw: [u8; 32],
    reference: Reference,
}

/// Keys turned so that smaller ranks first.
fn directed(keys: &[RankingKey], candidate: &Candidate) -> Vec<i128> {
    keys.iter()
        .zip(&candidate.keys)
        .map(|(key, value)| {
            if key.descending {
                i128::from(*value).saturating_neg()
            } else {
                i128::from(*value)
            }
        })
        .collect()
}

/// The order by keys, and the key that decided.
fn by_keys<'k>(keys: &'k [RankingKey], a: &Candidate, b: &Candidate) -> (Ordering, Option<&'k RankingKey>) {
    for (key, (left, right)) in keys.iter().zip(a.keys.iter().zip(&b.keys)) {
        let order = if key.descending {
            right.cmp(left)
        } else {
            left.cmp(right)
        };
        if order != Ordering::Equal {
            return (order, Some(key));
        }
    }
    (Ordering::Equal, None)
}

fn by_protocol(a: &Candidate, b: &Candidate) -> Ordering {
    // A number that is missing comes after every number; the reference decides what is left.
    (a.protocol.is_none(), a.protocol)
        .cmp(&(b.protocol.is_none(), b.protocol))
        .then_with(|| a.reference.cmp(&b.reference))
}

fn decided_by(keys: &[RankingKey], tie: &TieOrder, before: &Candidate, this: &Candidate) -> DecidedBy {
    if let Some(key) = by_keys(keys, before, this).1 {
        return DecidedBy::Key(key.key.clone());
    }
    match tie {
        TieOrder::Draw { .. } => DecidedBy::Draw,
        TieOrder::SubmissionTime if before.submitted_at != this.submitted_at => DecidedBy::SubmissionTime,
        TieOrder::SubmissionTime => DecidedBy::Protocol,
    }
}

impl RankedList {
    /// The lines with a place.
    pub fn selected(&self) -> impl Iterator<Item = &Ranked> {
        self.lines.iter().filter(|line| line.place == Place::Selected)
    }

    /// The reserve list, in order.
    pub fn reserve(&self) -> impl Iterator<Item = &Ranked> {
        self.lines
            .iter()
            .filter(|line| matches!(line.place, Place::Reserve { .. }))
    }

    /// The first on reserve that is still free to take a place: `taken` says who was promoted or withdrew.
    pub fn next_on_reserve(&self, taken: impl Fn(ApplicationId) -> bool) -> Option<&Ranked> {
        self.reserve().find(|line| !taken(line.candidate.application_id))
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn candidate(number: u32, keys: Vec<i64>, minute: i64) -> Candidate {
        let [a, b, c, d] = number.to_be_bytes();
        Candidate {
            application_id: ApplicationId::new(Uuid::from_u128(number.into())),
            reference: Reference::from_random([0, 1, a, b >> 5, b, c >> 5, c, d >> 5, d]),
            keys,
            submitted_at: chrono::DateTime::from_timestamp(1_657_836_000 + minute * 60, 0).unwrap(),
            protocol: Some(ProtocolNumber { year: 2022, number }),
            units: 1,
        }
    }

    fn keys() -> Vec<RankingKey> {
        vec![
            RankingKey {
                key: "income".into(),
                descending: false,
            },
            RankingKey {
                key: "disability".into(),
                descending: true,
            },
        ]
    }

    fn rank_all(candidates: Vec<Candidate>, tie: TieOrder) -> RankedList {
        rank(CallId::new(Uuid::nil()), &keys(), tie, 2, candidates).unwrap()
    }

    #[test]
    fn lower_income_first_then_disability_then_time_then_protocol() {
        let list = rank_all(
            vec![
                candidate(1, vec![500, 67], 9),
                candidate(2, vec![500, 80], 5),
                candidate(3, vec![400, 67], 7),
                candidate(4, vec![500, 67], 8),
                candidate(5, vec![500, 67], 8),
            ],
            TieOrder::SubmissionTime,
        );
        let shown: Vec<String> = list
            .lines
            .iter()
            .map(|line| {
                format!(
                    "{} {:?} {:?}",
                    line.candidate.protocol.unwrap(),
                    line.decided_by,
                    line.place
                )
            })
            .collect();
        expect_test::expect![[r#"
            3/2022 First Selected
            2/2022 Key("income") Selected
            4/2022 Key("disability") Reserve { position: 1 }
            5/2022 Protocol Reserve { position: 2 }
            1/2022 SubmissionTime Reserve { position: 3 }"#]]
        .assert_eq(&shown.join("\n"));
    }

    fn some_candidates() -> impl Strategy<Value = (Vec<Candidate>, Vec<Candidate>)> {
        prop::collection::vec((0_i64..4, 0_i64..3, 0_i64..3), 1..40)
            .prop_map(|values| {
                let numbered = values.into_iter().zip(1_u32..);
                numbered
                    .map(|((income, disability, minute), number)| candidate(number, vec![income, disability], minute))
                    .collect::<Vec<_>>()
            })
            .prop_flat_map(|candidates| (Just(candidates.clone()), Just(candidates).prop_shuffle()))
    }

    proptest! {
        #[test]
        fn the_order_of_the_input_never_matters(
            (candidates, shuffled) in some_candidates(),
            seed in prop::option::of(prop::collection::vec(any::<u8>(), 32)),
        ) {
            let tie = seed.map_or(TieOrder::SubmissionTime, |seed| TieOrder::Draw { seed });
            let list = rank_all(candidates, tie.clone());
            prop_assert_eq!(&list, &rank_all(shuffled, tie));
            prop_assert_eq!(list.selected().count(), list.lines.len().min(2));
            for pair in list.lines.windows(2) {
                let (order, _) = by_keys(&list.keys, &pair[0].candidate, &pair[1].candidate);
                prop_assert_ne!(order, Ordering::Greater);
            }
        }
    }
}
