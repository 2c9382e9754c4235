//! Identifiers: `UUIDv7` from the injected clock and entropy, in the order in which they are made.

use std::sync::{Mutex, PoisonError};

use osn_core::time::Instant;
use uuid::Uuid;

use crate::entropy::{Entropy, draw};

/// Greatest number of the counter: twelve bits.
const MOST: u16 = 0x0fff;

/// Makes the identifiers of one server. Ceilings and last judgements go by the order of identifiers, so two of one millisecond
/// are ordered too: twelve bits count (RFC 9562, 6.2, method 1), 62 stay random, so that nobody guesses a neighbour.
#[derive(Debug, Default)]
pub struct Ids {
    /// Millisecond and counter of the last one.
    last: Mutex<(u64, u16)>,
}

impl Ids {
    /// An identifier after every other one that was made here, however the clock stands.
    pub fn next(&self, now: Instant, entropy: &dyn Entropy) -> Uuid {
        let mut bytes: [u8; 10] = draw(entropy);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        // Begins in the lower half, so that there is room to count.
        let [high, low, ..] = bytes;
        let drawn = u16::from_be_bytes([high, low]) & (MOST >> 1);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (before, _) if millis > before => (millis, drawn),
            (before, counter) if counter < MOST => (before, counter + 1),
            (before, _) => (before + 1, drawn),
        };
        let (millis, counter) = *last;
        let [high, low] = counter.to_be_bytes();
        let [first, second, ..] = &mut bytes;
        (*first, *second) = (high, low);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn identifiers_sort_in_the_order_in_which_they_are_made() {
        let ids = Ids::default();
        let at = |second: i64| chrono::DateTime::from_timestamp(1_657_836_000 + second, 0).unwrap();
        // More than the counter holds, at one moment; then later; then a clock that was set back.
        let moments = std::iter::repeat_n(at(0), 10_000).chain([at(10), at(10), at(5)]);
        let made: Vec<Uuid> = moments.map(|at| ids.next(at, &SystemEntropy)).collect();
        assert_eq!(made[0].get_version_num(), 7);
        assert!(made.is_sorted_by(|before, after| before < after));
    }
}
