//! Selection: rank by declared keys, break ties by rule, cut to capacity, keep a reserve, promote from it.

mod ranking;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::application::{ProtocolNumber, Reference};
use crate::canonical::{self, Digest};
use crate::id::{AccountId, ApplicationId, AssessmentRunId, CallId, SelectionId};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

use ranking::FROZEN;
pub use ranking::{RankedLines, Ranking};

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

/// A ranked and cut list without its lines: how it was made, and how many it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListHead {
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
    /// Lines with a place; they come first.
    pub selected: u32,
    /// Lines on the reserve list, after them.
    pub reserve: u32,
}

impl ListHead {
    /// How many lines the list has.
    pub const fn lines(&self) -> u32 {
        self.selected.saturating_add(self.reserve)
    }
}

/// The ranked and cut list with every line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankedList {
    /// How it was made.
    pub head: ListHead,
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
    /// The list. Its lines are kept beside it, in pieces.
    pub list: ListHead,
    /// The assessment that it was made from; lists of the first days do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<AssessmentRunId>,
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
    /// More candidates than ranks.
    #[error("a list has at most 4294967295 lines")]
    TooMany,
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

/// The draw's key of one reference: SHA-256 over the seed, the call's 16 bytes, the 32 bytes of the frozen list's digest and
/// the reference's ten symbols. Among equals the smaller key comes first. Whoever has the published values computes it again.
pub fn draw_key(seed: &[u8], call: CallId, frozen: &Digest, reference: &Reference) -> Digest {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(call.uuid().as_bytes());
    hash.update(frozen.as_bytes());
    hash.update(reference.as_str().as_bytes());
    Digest::from_bytes(hash.finalize().into())
}

/// The digest that a draw is bound to: of the references on the list, sorted, one on each line.
pub fn frozen_digest<'r>(references: impl IntoIterator<Item = &'r Reference>) -> Digest {
    let mut references: Vec<&str> = references.into_iter().map(Reference::as_str).collect();
    references.sort_unstable();
    canonical::digest(FROZEN, references.join("\n").as_bytes())
}

/// Ranks the candidates and cuts to capacity.
///
/// Order: the declared keys, then the tie rule, then the protocol number, then the reference, so that no two candidates
/// are ever equal and the input's order never matters. A candidate that needs more units than are left goes to the
/// reserve, and so does everybody after it: nobody is overtaken. Times count to the microsecond. [`Ranking`] does the same
/// for many thousands, one candidate at a time.
///
/// # Errors
/// When a candidate has a wrong number of keys or stands twice.
pub fn rank(
    call_id: CallId,
    keys: &[RankingKey],
    tie: TieOrder,
    capacity: u32,
    candidates: Vec<Candidate>,
) -> Result<RankedList, SelectionError> {
    let mut ranking = Ranking::new(call_id, keys, tie, capacity, candidates.len());
    for candidate in candidates {
        ranking.push(&candidate)?;
    }
    let lines = ranking.finish()?;
    Ok(RankedList {
        head: lines.head().clone(),
        lines: lines.collect(),
    })
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
                // Some incomes need a wide column.
                let income = |level: i64| level * 3_000_000_000;
                numbered
                    .map(|((level, disability, minute), number)| {
                        candidate(number, vec![income(level), disability], minute)
                    })
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
            let candidates_given = candidates.clone();
            let list = rank_all(candidates, tie.clone());
            let mut kept: Vec<Candidate> = list.lines.iter().map(|line| line.candidate.clone()).collect();
            kept.sort_by_key(|candidate| candidate.application_id);
            let mut given = candidates_given;
            given.sort_by_key(|candidate| candidate.application_id);
            prop_assert_eq!(kept, given, "what was packed comes back");
            prop_assert_eq!(&list, &rank_all(shuffled, tie));
            prop_assert_eq!(list.selected().count(), list.lines.len().min(2));
            prop_assert_eq!(usize::try_from(list.head.selected).unwrap(), list.selected().count());
            prop_assert_eq!(usize::try_from(list.head.reserve).unwrap(), list.reserve().count());
            for pair in list.lines.windows(2) {
                let directed = |line: &Ranked| [line.candidate.keys[0], -line.candidate.keys[1]];
                prop_assert!(directed(&pair[0]) <= directed(&pair[1]));
            }
        }
    }
}
