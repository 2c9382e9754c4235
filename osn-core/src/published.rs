//! A final list as it is published, and what anybody can check about it without trusting who published it.
//!
//! The document names people by their references only. Where the ranking keys would disclose too much, a municipality
//! leaves them out; then draw, cut and commitments can be checked, and the order by keys cannot.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::{ProtocolNumber, Reference};
use crate::canonical::{self, CanonicalError, Digest};
use crate::id::{ApplicationId, CallId};
use crate::merkle::MerkleBuilder;
use crate::selection::{Candidate, Place, RankingKey, TieOrder, commit_to_seed, draw_key, frozen_digest, rank};
use crate::time::Instant;

/// Name of the document's schema.
pub const SCHEMA: &str = "osn-published-list-0.1";
/// Kind and version in the prefix of the document's digest.
const KIND: &str = "published-list:1";
/// Kind and version in the prefix of a line's commitment.
const COMMITMENT: &str = "published-record:1";
/// Beyond every value that a program may answer: how the ranking writes that there is none.
const BEYOND: i64 = 1 << 53;

/// How equals are ordered, as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", deny_unknown_fields)]
pub enum PublishedTie {
    /// Earlier first.
    SubmissionTime,
    /// A draw.
    Draw {
        /// What was published with the call.
        commitment: Digest,
        /// The seed, hexadecimal.
        seed: String,
    },
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedLine {
    /// Rank, counted from 1.
    pub rank: u32,
    /// The reference, which only its applicant can tie to a person.
    pub reference: Reference,
    /// Where the cut put it: nothing = a place, else the position on the reserve list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<u32>,
    /// Places that it takes.
    pub units: u32,
    /// Whether a draw put it behind the line before it.
    #[serde(default)]
    pub drawn: bool,
    /// What its order follows from; left out where it would disclose too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<PublishedOrder>,
    /// What the decision on it is committed to: see [`commit_to_record`].
    pub record: Digest,
}

/// What the order of a line follows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedOrder {
    /// Values of the ranking keys, in the declared order; whoever has none comes last by that key.
    pub keys: Vec<Option<i64>>,
    /// When it was received; published only where the time decides between equals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Instant>,
    /// Its protocol number; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<ProtocolNumber>,
}

/// A published list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedList {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The call.
    pub call_id: CallId,
    /// When the list became final.
    pub final_at: Instant,
    /// Places.
    pub capacity: u32,
    /// Keys in their order.
    pub keys: Vec<RankingKey>,
    /// How equals are ordered.
    pub tie: PublishedTie,
    /// Digest of the references on the list.
    pub frozen: Digest,
    /// Merkle root of the lines' commitments, in their order.
    pub records: Digest,
    /// The lines, best first.
    pub lines: Vec<PublishedLine>,
}

/// A published list with the municipality's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedList {
    /// The list.
    pub list: PublishedList,
    /// Digest of its canonical form.
    pub digest: Digest,
    /// ed25519 signature over the digest's 32 bytes, hexadecimal.
    pub signature: String,
    /// The municipality's public key, hexadecimal.
    pub public_key: String,
}

/// One question about a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// The digest is of this document.
    Digest,
    /// Ranks count from 1, and nobody stands twice.
    Lines,
    /// The references are those that the draw is bound to.
    References,
    /// Every line stands where keys and tie rule put it.
    Order,
    /// The seed is the one that was committed to, and equals stand in the order of their draw.
    Draw,
    /// Places are given from the top until one does not fit.
    Cut,
    /// The commitments are those of the root.
    Records,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It holds.
    Holds,
    /// It does not.
    Broken,
    /// The list does not say enough, or there is nothing to ask.
    NotAsked,
}

/// A question with its answer, and the first line where it is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Checked {
    /// The question.
    pub question: Question,
    /// The answer.
    pub answer: Answer,
    /// Rank of the first line that breaks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
}

/// The commitment to a decision's record: it hides the record from whoever lacks `salt`, and binds whoever published it.
/// The record's own digest is not published, because few enough records are possible to try them all.
pub fn commit_to_record(salt: &Digest, record: &Digest) -> Digest {
    canonical::digest(COMMITMENT, &[*salt.as_bytes(), *record.as_bytes()].concat())
}

impl PublishedList {
    /// The digest that is signed.
    ///
    /// # Errors
    /// When a value cannot be expressed canonically; this would be a fault of ours.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Ok(canonical::digest(KIND, &canonical::to_canonical(self)?))
    }

    /// The Merkle root of the commitments.
    pub fn root(&self) -> Digest {
        let mut tree = MerkleBuilder::new();
        tree.extend(self.lines.iter().map(|line| line.record));
        tree.root()
    }

    /// Asks every question but those about digest and signature.
    pub fn check(&self) -> Vec<Checked> {
        vec![
            asked(Question::Lines, Some(self.lines())),
            asked(Question::References, Some(self.references())),
            asked(Question::Order, self.order()),
            asked(Question::Draw, self.draw()),
            asked(Question::Cut, Some(self.cut())),
            asked(Question::Records, Some(holds(self.root() == self.records))),
        ]
    }

    fn lines(&self) -> Held {
        let mut seen = BTreeSet::new();
        let wrong = self
            .lines
            .iter()
            .zip(1_u32..)
            .find(|(line, rank)| line.rank != *rank || !seen.insert(line.reference.as_str()));
        wrong.map_or(Ok(()), |(_, rank)| Err(Some(rank)))
    }

    fn references(&self) -> Held {
        let frozen = frozen_digest(self.lines.iter().map(|line| &line.reference));
        holds(self.schema == SCHEMA && frozen == self.frozen)
    }

    fn seed(&self) -> Option<Vec<u8>> {
        match &self.tie {
            PublishedTie::SubmissionTime => None,
            PublishedTie::Draw { seed, .. } => bytes(seed),
        }
    }

    /// Ranks again, where every line says what its order follows from.
    fn order(&self) -> Found {
        let tie = match &self.tie {
            PublishedTie::SubmissionTime => TieOrder::SubmissionTime,
            PublishedTie::Draw { .. } => TieOrder::Draw { seed: self.seed()? },
        };
        let timed = matches!(tie, TieOrder::SubmissionTime);
        let mut candidates = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let order = line.order.as_ref()?;
            if timed && order.submitted_at.is_none() {
                return None;
            }
            candidates.push(Candidate {
                // The list names nobody: a position stands for the application.
                application_id: ApplicationId::new(Uuid::from_u128(line.rank.into())),
                reference: line.reference.clone(),
                keys: self.last(&order.keys),
                submitted_at: order.submitted_at.unwrap_or_default(),
                protocol: order.protocol,
                units: line.units,
            });
        }
        let Ok(ranked) = rank(self.call_id, &self.keys, tie, self.capacity, candidates) else {
            return Some(Err(None));
        };
        let moved = self
            .lines
            .iter()
            .zip(&ranked.lines)
            .find(|(line, ranked)| line.reference != ranked.candidate.reference);
        Some(moved.map_or(Ok(()), |(line, _)| Err(Some(line.rank))))
    }

    /// Keys as the ranking takes them: a missing value lies beyond every other.
    fn last(&self, keys: &[Option<i64>]) -> Vec<i64> {
        let worst = |at: usize| match self.keys.get(at) {
            Some(key) if key.descending => -BEYOND,
            _ => BEYOND,
        };
        let values = keys.iter().enumerate();
        values.map(|(at, value)| value.unwrap_or_else(|| worst(at))).collect()
    }

    fn draw(&self) -> Found {
        let PublishedTie::Draw { commitment, .. } = &self.tie else {
            return None;
        };
        let Some(seed) = self.seed() else {
            return Some(Err(None));
        };
        if commit_to_seed(&seed) != *commitment {
            return Some(Err(None));
        }
        let key = |line: &PublishedLine| draw_key(&seed, self.call_id, &self.frozen, &line.reference).into_bytes();
        let wrong = self.lines.windows(2).find_map(|pair| match pair {
            [before, this] if this.drawn && key(before) > key(this) => Some(this.rank),
            _ => None,
        });
        Some(wrong.map_or(Ok(()), |rank| Err(Some(rank))))
    }

    /// Nobody is overtaken: the first who needs more than is left opens the reserve list.
    fn cut(&self) -> Held {
        let mut left = Some(self.capacity);
        let mut reserve = 0_u32;
        for line in &self.lines {
            left = left.and_then(|left| left.checked_sub(line.units));
            let wanted = if left.is_some() {
                None
            } else {
                reserve = reserve.saturating_add(1);
                Some(reserve)
            };
            if line.reserve != wanted {
                return Err(Some(line.rank));
            }
        }
        Ok(())
    }
}

impl SignedList {
    /// Asks every question but the one about the signature, which needs a library of its own.
    pub fn check(&self) -> Vec<Checked> {
        let digest = holds(self.list.digest().is_ok_and(|digest| digest == self.digest));
        let mut checked = vec![asked(Question::Digest, Some(digest))];
        checked.extend(self.list.check());
        checked
    }
}

/// A ranked value as it is published: none where it only says that there is none.
pub const fn published_key(value: i64) -> Option<i64> {
    if value.unsigned_abs() >= BEYOND.unsigned_abs() {
        None
    } else {
        Some(value)
    }
}

/// Where a cut put a line, as it is published.
pub const fn reserve_of(place: &Place) -> Option<u32> {
    match place {
        Place::Selected => None,
        Place::Reserve { position } => Some(*position),
    }
}

/// `Err`: broken, at this rank if it is known.
type Held = Result<(), Option<u32>>;
/// `None`: not asked.
type Found = Option<Held>;

const fn holds(holds: bool) -> Held {
    if holds { Ok(()) } else { Err(None) }
}

fn asked(question: Question, found: Found) -> Checked {
    let (answer, rank) = match found {
        None => (Answer::NotAsked, None),
        Some(Ok(())) => (Answer::Holds, None),
        Some(Err(rank)) => (Answer::Broken, rank),
    };
    Checked { question, answer, rank }
}

/// Hexadecimal to bytes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn digest(number: u8) -> Digest {
        Digest::from_bytes([number; 32])
    }

    /// Six applications, equal in pairs, three places; the last two need two places each.
    fn list(tie: TieOrder) -> PublishedList {
        let call_id = CallId::new(Uuid::from_u128(7));
        let keys = vec![RankingKey {
            key: "income".to_owned(),
            descending: false,
        }];
        let candidates = (0_u8..6).map(|number| Candidate {
            application_id: ApplicationId::new(Uuid::from_u128(number.into())),
            reference: Reference::from_random([number, 1, 2, 3, 4, 5, 6, 7, 8]),
            keys: vec![i64::from(number / 2) * 100],
            submitted_at: chrono::DateTime::from_timestamp(1_657_836_000 + i64::from(number), 0).unwrap(),
            protocol: Some(ProtocolNumber {
                year: 2022,
                number: u32::from(number) + 1,
            }),
            units: if number < 2 { 1 } else { 2 },
        });
        let published = match &tie {
            TieOrder::SubmissionTime => PublishedTie::SubmissionTime,
            TieOrder::Draw { seed } => PublishedTie::Draw {
                commitment: commit_to_seed(seed),
                seed: "05".repeat(seed.len()),
            },
        };
        let timed = tie == TieOrder::SubmissionTime;
        let ranked = rank(call_id, &keys, tie, 3, candidates.collect()).unwrap();
        let lines = ranked.lines.iter().map(|line| PublishedLine {
            rank: line.rank,
            reference: line.candidate.reference.clone(),
            reserve: reserve_of(&line.place),
            units: line.candidate.units,
            drawn: line.decided_by == crate::selection::DecidedBy::Draw,
            order: Some(PublishedOrder {
                keys: line.candidate.keys.iter().copied().map(published_key).collect(),
                submitted_at: timed.then_some(line.candidate.submitted_at),
                protocol: line.candidate.protocol.filter(|_| timed),
            }),
            record: commit_to_record(&digest(9), &digest(u8::try_from(line.rank).unwrap())),
        });
        let mut list = PublishedList {
            schema: SCHEMA.to_owned(),
            call_id,
            final_at: chrono::DateTime::from_timestamp(1_657_999_000, 0).unwrap(),
            capacity: 3,
            keys,
            tie: published,
            frozen: ranked.head.frozen,
            records: digest(0),
            lines: lines.collect(),
        };
        list.records = list.root();
        list
    }

    fn drawn() -> PublishedList {
        list(TieOrder::Draw { seed: vec![5; 32] })
    }

    /// The questions that are broken, each with its rank, and those that were not asked.
    fn said(list: &PublishedList) -> String {
        let checked = list.check();
        let words = checked.iter().filter(|one| one.answer != Answer::Holds);
        words
            .map(|one| format!("{:?} {:?} {:?}", one.question, one.answer, one.rank))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn an_honest_list_holds_and_says_what_was_not_asked() {
        assert_eq!(said(&drawn()), "");
        assert_eq!(said(&list(TieOrder::SubmissionTime)), "Draw NotAsked None");
        let mut without_keys = drawn();
        without_keys.lines.iter_mut().for_each(|line| line.order = None);
        assert_eq!(said(&without_keys), "Order NotAsked None");
    }

    #[test]
    fn every_alteration_is_found() {
        type Change = fn(&mut PublishedList);
        let swap: Change = |list| {
            list.lines.swap(2, 4);
            let at = [list.lines[2].rank, list.lines[4].rank];
            (list.lines[2].rank, list.lines[4].rank) = (at[1], at[0]);
            list.records = list.root();
        };
        let changes: [(&str, Change, &str); 8] = [
            ("somebody moved up", swap, "Order Broken Some(3)"),
            (
                "somebody was given a place",
                |list| list.lines[2].reserve = None,
                "Cut Broken Some(3)",
            ),
            ("one more place", |list| list.capacity = 4, "Cut Broken Some(3)"),
            (
                "another seed",
                |list| {
                    list.tie = PublishedTie::Draw {
                        commitment: digest(1),
                        seed: "05".repeat(32),
                    };
                },
                "Draw Broken None",
            ),
            (
                "another decision",
                |list| list.lines[5].record = digest(3),
                "Records Broken None",
            ),
            (
                "somebody else",
                |list| {
                    list.lines[5].reference = Reference::from_random([9; 9]);
                },
                "References Broken None",
            ),
            (
                "twice",
                |list| list.lines[5].reference = list.lines[4].reference.clone(),
                "Lines Broken Some(6)",
            ),
            (
                "better keys",
                |list| {
                    if let Some(order) = &mut list.lines[5].order {
                        order.keys = vec![Some(-1)];
                    }
                },
                "Order Broken Some(1)",
            ),
        ];
        for (what, change, found) in changes {
            let mut list = drawn();
            change(&mut list);
            assert!(said(&list).contains(found), "{what}: {}", said(&list));
        }
    }

    #[test]
    fn without_keys_an_unfair_draw_is_found_still() {
        let mut list = drawn();
        list.lines.iter_mut().for_each(|line| line.order = None);
        let at = list.lines.iter().position(|line| line.drawn).unwrap();
        let (before, this) = (list.lines[at - 1].reference.clone(), list.lines[at].reference.clone());
        (list.lines[at - 1].reference, list.lines[at].reference) = (this, before);
        assert!(said(&list).contains("Draw Broken"), "{}", said(&list));
    }
}
