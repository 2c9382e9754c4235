//! Ranking in little memory: 48 bytes an application and, for each key, four bytes more, or eight where a value needs them.
//!
//! Candidates come one at a time in any order and are forgotten; lines leave one at a time, best first. Nothing is copied
//! to be sorted: one list of positions is.

use core::cmp::Ordering;

use super::{Candidate, DecidedBy, ListHead, Place, Ranked, RankingKey, SelectionError, TieOrder, draw_key};
use crate::application::{ProtocolNumber, Reference};
use crate::canonical::{Digest, DigestWriter};
use crate::id::{ApplicationId, CallId};
use crate::time::Instant;

/// The values of one key: narrow until one does not fit.
#[derive(Debug)]
enum Column {
    Narrow(Vec<i32>),
    Wide(Vec<i64>),
}

impl Column {
    fn push(&mut self, value: i64) {
        match self {
            Self::Wide(values) => values.push(value),
            Self::Narrow(values) => match i32::try_from(value) {
                Ok(value) => values.push(value),
                Err(_) => {
                    let mut wide = Vec::with_capacity(values.capacity().max(1));
                    wide.extend(values.iter().copied().map(i64::from));
                    wide.push(value);
                    *self = Self::Wide(wide);
                }
            },
        }
    }

    fn get(&self, at: u32) -> i64 {
        match self {
            Self::Narrow(values) => i64::from(pick(values, at)),
            Self::Wide(values) => pick(values, at),
        }
    }
}

/// A value that is there: positions come from the list that was filled beside it.
fn pick<T: Copy + Default>(values: &[T], at: u32) -> T {
    usize::try_from(at)
        .ok()
        .and_then(|at| values.get(at))
        .copied()
        .unwrap_or_default()
}

/// What enters a ranking, collected one by one.
#[derive(Debug)]
pub struct Ranking {
    head: ListHead,
    columns: Vec<Column>,
    applications: Vec<[u8; 16]>,
    references: Vec<u64>,
    /// Microseconds since 1970.
    submitted: Vec<i64>,
    /// Year and number, in their order; a number that is missing comes after every number.
    protocols: Vec<u64>,
    units: Vec<u32>,
    order: Vec<u32>,
}

impl Ranking {
    /// An empty ranking; `expected` candidates find their memory reserved.
    pub fn new(call_id: CallId, keys: &[RankingKey], tie: TieOrder, capacity: u32, expected: usize) -> Self {
        Self {
            head: ListHead {
                call_id,
                keys: keys.to_vec(),
                tie,
                capacity,
                frozen: DigestWriter::new(FROZEN).finish(),
                selected: 0,
                reserve: 0,
            },
            columns: keys
                .iter()
                .map(|_| Column::Narrow(Vec::with_capacity(expected)))
                .collect(),
            applications: Vec::with_capacity(expected),
            references: Vec::with_capacity(expected),
            submitted: Vec::with_capacity(expected),
            protocols: Vec::with_capacity(expected),
            units: Vec::with_capacity(expected),
            order: Vec::with_capacity(expected),
        }
    }

    /// Adds a candidate.
    ///
    /// # Errors
    /// When it has a wrong number of keys, or there are more than four thousand million of them.
    pub fn push(&mut self, candidate: &Candidate) -> Result<(), SelectionError> {
        if candidate.keys.len() != self.columns.len() {
            return Err(SelectionError::KeyCount(candidate.application_id));
        }
        let at = u32::try_from(self.order.len()).map_err(|_| SelectionError::TooMany)?;
        for (column, value) in self.columns.iter_mut().zip(&candidate.keys) {
            column.push(*value);
        }
        self.applications.push(*candidate.application_id.uuid().as_bytes());
        self.references.push(candidate.reference.packed());
        self.submitted.push(candidate.submitted_at.timestamp_micros());
        self.protocols.push(pack(candidate.protocol));
        self.units.push(candidate.units);
        self.order.push(at);
        Ok(())
    }

    /// Sorts and cuts.
    ///
    /// # Errors
    /// When an application stands twice.
    pub fn finish(mut self) -> Result<RankedLines, SelectionError> {
        let mut order = core::mem::take(&mut self.order);
        self.refuse_twice(&mut order)?;
        order.sort_unstable_by_key(|at| pick(&self.references, *at));
        self.head.frozen = self.frozen(&order);
        match &self.head.tie {
            TieOrder::SubmissionTime => order.sort_unstable_by(|a, b| {
                self.by_keys(*a, *b)
                    .0
                    .then_with(|| self.submitted_of(*a).cmp(&self.submitted_of(*b)))
                    .then_with(|| pick(&self.protocols, *a).cmp(&pick(&self.protocols, *b)))
                    .then_with(|| pick(&self.references, *a).cmp(&pick(&self.references, *b)))
            }),
            TieOrder::Draw { seed } => {
                order.sort_unstable_by(|a, b| self.by_keys(*a, *b).0);
                for equal in order.chunk_by_mut(|a, b| self.by_keys(*a, *b).0 == Ordering::Equal) {
                    equal.sort_by_cached_key(|at| {
                        let reference = pick(&self.references, *at);
                        let key = draw_key(
                            seed,
                            self.head.call_id,
                            &self.head.frozen,
                            &Reference::from_packed(reference),
                        );
                        (key.into_bytes(), reference)
                    });
                }
            }
        }
        self.order = order;
        let mut cut = Cut::of(self.head.capacity);
        for at in &self.order {
            match cut.place(pick(&self.units, *at)) {
                Place::Selected => self.head.selected = self.head.selected.saturating_add(1),
                Place::Reserve { position } => self.head.reserve = position,
            }
        }
        Ok(RankedLines {
            cut: Cut::of(self.head.capacity),
            next: 0,
            ranking: self,
        })
    }

    fn refuse_twice(&self, order: &mut [u32]) -> Result<(), SelectionError> {
        order.sort_unstable_by_key(|at| pick(&self.applications, *at));
        let twice = order
            .array_windows()
            .find(|[a, b]| pick(&self.applications, *a) == pick(&self.applications, *b));
        match twice {
            Some([at, _]) => Err(SelectionError::Twice(self.application(*at))),
            None => Ok(()),
        }
    }

    /// Digest of the references, sorted, a line each.
    fn frozen(&self, order: &[u32]) -> Digest {
        let mut writer = DigestWriter::new(FROZEN);
        for (index, at) in order.iter().enumerate() {
            if index > 0 {
                writer.update(b"\n");
            }
            writer.update(Reference::from_packed(pick(&self.references, *at)).as_str().as_bytes());
        }
        writer.finish()
    }

    /// The order by keys, and the key that decided.
    fn by_keys(&self, a: u32, b: u32) -> (Ordering, Option<&RankingKey>) {
        for (key, column) in self.head.keys.iter().zip(&self.columns) {
            let (left, right) = (column.get(a), column.get(b));
            let order = if key.descending {
                right.cmp(&left)
            } else {
                left.cmp(&right)
            };
            if order != Ordering::Equal {
                return (order, Some(key));
            }
        }
        (Ordering::Equal, None)
    }

    fn decided_by(&self, before: u32, this: u32) -> DecidedBy {
        if let Some(key) = self.by_keys(before, this).1 {
            return DecidedBy::Key(key.key.clone());
        }
        match self.head.tie {
            TieOrder::Draw { .. } => DecidedBy::Draw,
            TieOrder::SubmissionTime if self.submitted_of(before) != self.submitted_of(this) => {
                DecidedBy::SubmissionTime
            }
            TieOrder::SubmissionTime => DecidedBy::Protocol,
        }
    }

    fn submitted_of(&self, at: u32) -> Instant {
        Instant::from_timestamp_micros(pick(&self.submitted, at)).unwrap_or_default()
    }

    fn application(&self, at: u32) -> ApplicationId {
        ApplicationId::new(uuid::Uuid::from_bytes(pick(&self.applications, at)))
    }

    fn candidate(&self, at: u32) -> Candidate {
        Candidate {
            application_id: self.application(at),
            reference: Reference::from_packed(pick(&self.references, at)),
            keys: self.columns.iter().map(|column| column.get(at)).collect(),
            submitted_at: self.submitted_of(at),
            protocol: unpack(pick(&self.protocols, at)),
            units: pick(&self.units, at),
        }
    }
}

/// Kind and version of the digest of the frozen references.
pub(super) const FROZEN: &str = "frozen-references:1";

/// Year and number in one word that sorts as they do.
fn pack(protocol: Option<ProtocolNumber>) -> u64 {
    protocol.map_or(u64::MAX, |protocol| {
        // Turned at the sign bit, negative years come before positive ones.
        let year = protocol.year.cast_unsigned() ^ (1 << 31);
        (u64::from(year) << 32) | u64::from(protocol.number)
    })
}

fn unpack(packed: u64) -> Option<ProtocolNumber> {
    if packed == u64::MAX {
        return None;
    }
    let year = u32::try_from(packed >> 32).ok()? ^ (1 << 31);
    Some(ProtocolNumber {
        year: year.cast_signed(),
        number: u32::try_from(packed & u64::from(u32::MAX)).ok()?,
    })
}

/// The places that are left. Whoever needs more than are left goes to the reserve, and so does everybody after: nobody is
/// overtaken.
#[derive(Debug)]
struct Cut {
    left: Option<u32>,
    reserve: u32,
}

impl Cut {
    const fn of(capacity: u32) -> Self {
        Self {
            left: Some(capacity),
            reserve: 0,
        }
    }

    fn place(&mut self, units: u32) -> Place {
        self.left = self.left.and_then(|left| left.checked_sub(units));
        if self.left.is_some() {
            return Place::Selected;
        }
        self.reserve = self.reserve.saturating_add(1);
        Place::Reserve { position: self.reserve }
    }
}

/// The lines of a ranked list, best first, made as they are asked for.
#[derive(Debug)]
pub struct RankedLines {
    ranking: Ranking,
    cut: Cut,
    next: u32,
}

impl RankedLines {
    /// The list's head: keys, tie rule, places, how many were selected.
    pub const fn head(&self) -> &ListHead {
        &self.ranking.head
    }
}

impl Iterator for RankedLines {
    type Item = Ranked;

    fn next(&mut self) -> Option<Ranked> {
        let index = usize::try_from(self.next).ok()?;
        let at = *self.ranking.order.get(index)?;
        let before = index.checked_sub(1).and_then(|index| self.ranking.order.get(index));
        let decided_by = before.map_or(DecidedBy::First, |before| self.ranking.decided_by(*before, at));
        self.next = self.next.saturating_add(1);
        let candidate = self.ranking.candidate(at);
        Some(Ranked {
            rank: self.next,
            place: self.cut.place(candidate.units),
            candidate,
            decided_by,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_protocol_numbers_sort_as_they_do() {
        let of = |year, number| Some(ProtocolNumber { year, number });
        let sorted = [of(-1, 7), of(0, 1), of(2022, 9), of(2022, 10), of(2023, 1), None];
        assert!(sorted.map(pack).is_sorted_by(|a, b| a < b));
        assert_eq!(sorted.map(|one| unpack(pack(one))), sorted);
    }

    #[test]
    fn a_column_widens_without_a_loss() {
        let values = [5, i64::from(i32::MIN), i64::from(i32::MAX), i64::MIN, i64::MAX, -1];
        let mut column = Column::Narrow(Vec::new());
        for value in values {
            column.push(value);
        }
        assert!(matches!(column, Column::Wide(_)));
        let read: Vec<i64> = (0..6).map(|at| column.get(at)).collect();
        assert_eq!(read, values);
    }

    /// The figure to hold is 64 bytes an application.
    #[test]
    fn an_application_with_three_usual_keys_takes_sixty_bytes() {
        let fixed = size_of::<[u8; 16]>() + 3 * size_of::<u64>() + 2 * size_of::<u32>();
        assert_eq!(fixed + 3 * size_of::<i32>(), 60);
        let keys = [0, 1, 2].map(|number| RankingKey {
            key: format!("key-{number}"),
            descending: false,
        });
        let ranking = Ranking::new(
            CallId::new(uuid::Uuid::nil()),
            &keys,
            TieOrder::SubmissionTime,
            1,
            1_000,
        );
        let columns: usize = ranking
            .columns
            .iter()
            .map(|column| match column {
                Column::Narrow(values) => values.capacity() * size_of::<i32>(),
                Column::Wide(values) => values.capacity() * size_of::<i64>(),
            })
            .sum();
        let lists = ranking.applications.capacity() * 16
            + (ranking.references.capacity() + ranking.submitted.capacity() + ranking.protocols.capacity()) * 8
            + (ranking.units.capacity() + ranking.order.capacity()) * 4;
        assert_eq!(columns + lists, 60_000);
    }
}
