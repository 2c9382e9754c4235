//! Records that stand above themselves: bodies and terms whose way up comes back to them.

use std::collections::{BTreeMap, BTreeSet};

/// The keys whose way up comes back to them, of a map from each key to the one above it. Each key is walked once, however long
/// the ways are: a file may hold one circle of everything.
pub(super) fn in_circles<K: Ord + Copy>(above: &BTreeMap<K, Option<K>>) -> BTreeSet<K> {
    let (mut walked, mut found) = (BTreeSet::new(), BTreeSet::new());
    for start in above.keys() {
        let (mut way, mut on_way) = (Vec::new(), BTreeSet::new());
        let mut next = Some(*start);
        while let Some(key) = next.filter(|key| !walked.contains(key)) {
            if !on_way.insert(key) {
                found.extend(way.iter().copied().skip_while(|known| *known != key));
                break;
            }
            way.push(key);
            next = above.get(&key).copied().flatten();
        }
        walked.extend(way);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_itself_is_found_and_what_leads_there_is_not() {
        let check = |ways: &[(u32, u32)], wanted: &[u32]| {
            let above: BTreeMap<u32, Option<u32>> = ways.iter().map(|(key, above)| (*key, Some(*above))).collect();
            assert_eq!(in_circles(&above), wanted.iter().copied().collect(), "{ways:?}");
        };
        check(&[(1, 2), (2, 3)], &[]);
        check(&[(1, 1)], &[1]);
        check(&[(1, 2), (2, 3), (3, 2), (4, 1)], &[2, 3]);
        check(&[(5, 4), (4, 3), (3, 5), (1, 9), (9, 8)], &[3, 4, 5]);
        // One circle of everything takes one walk.
        let all: BTreeMap<u32, Option<u32>> = (0..200_000).map(|key| (key, Some((key + 1) % 200_000))).collect();
        assert_eq!(in_circles(&all).len(), 200_000);
    }
}
