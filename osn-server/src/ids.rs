//! Identifiers: `UUIDv7` from the injected clock and entropy.

use osn_core::time::Instant;
use uuid::Uuid;

use crate::entropy::{Entropy, draw};

/// A `UUIDv7` of this moment: sortable by time, 74 random bits.
pub fn uuid_v7(now: Instant, entropy: &dyn Entropy) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &draw(entropy)).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn identifiers_sort_by_time() {
        let early = chrono::DateTime::from_timestamp(1_657_836_000, 0).unwrap();
        let late = chrono::DateTime::from_timestamp(1_657_836_001, 0).unwrap();
        let id = uuid_v7(early, &SystemEntropy);
        assert_eq!(id.get_version_num(), 7);
        assert!(id < uuid_v7(late, &SystemEntropy));
    }
}
