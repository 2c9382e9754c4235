//! Merkle trees over digests (RFC 6962, 2.1): one root for a whole run of decisions, and a short proof for each of them.
//!
//! A journal entry holds the root of a run's decisions. A person who was given a decision and its proof can check that it
//! belonged to the run without seeing anybody else's.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canonical::Digest;

/// Says "this is a leaf", so that a node can never be presented as one.
const LEAF: [u8; 1] = [0];
/// Says "this joins two nodes".
const NODE: [u8; 1] = [1];

fn leaf_hash(data: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(LEAF);
    hasher.update(data);
    Digest::from_bytes(hasher.finalize().into())
}

fn node_hash(left: Digest, right: Digest) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(NODE);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    Digest::from_bytes(hasher.finalize().into())
}

/// A root that is built while leaves arrive, in memory that grows with the logarithm of their number.
#[derive(Debug, Clone, Default)]
pub struct MerkleBuilder {
    /// Roots of complete subtrees from left to right; sizes are falling powers of two, the binary digits of `leaves`.
    complete: Vec<Digest>,
    leaves: u64,
}

impl MerkleBuilder {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next leaf. The order of leaves is part of the root.
    pub fn push(&mut self, leaf: Digest) {
        self.push_bytes(leaf.as_bytes());
    }

    fn push_bytes(&mut self, data: &[u8]) {
        let mut joined = leaf_hash(data);
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.complete.pop() {
                joined = node_hash(left, joined);
            }
        }
        self.complete.push(joined);
        self.leaves = self.leaves.saturating_add(1);
    }

    /// How many leaves were added.
    pub const fn leaves(&self) -> u64 {
        self.leaves
    }

    /// The root of the leaves so far; of no leaves, the SHA-256 of nothing.
    pub fn root(&self) -> Digest {
        self.complete
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(left, right))
            .unwrap_or_else(|| Digest::from_bytes(Sha256::digest([]).into()))
    }
}

impl Extend<Digest> for MerkleBuilder {
    fn extend<I: IntoIterator<Item = Digest>>(&mut self, leaves: I) {
        for leaf in leaves {
            self.push(leaf);
        }
    }
}

impl FromIterator<Digest> for MerkleBuilder {
    fn from_iter<I: IntoIterator<Item = Digest>>(leaves: I) -> Self {
        let mut builder = Self::new();
        builder.extend(leaves);
        builder
    }
}

/// The root over `leaves`, in their order.
pub fn root(leaves: &[Digest]) -> Digest {
    leaves.iter().copied().collect::<MerkleBuilder>().root()
}

/// What one needs besides a leaf to compute the root: an inclusion proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// The leaf's place, from zero.
    pub index: u64,
    /// How many leaves the tree has.
    pub leaves: u64,
    /// The neighbours on the way from the leaf to the root.
    pub path: Vec<Digest>,
}

impl InclusionProof {
    /// Whether `leaf` stands at this place of the tree with this `root` (RFC 9162, 2.1.3.2).
    pub fn verify(&self, leaf: Digest, root: Digest) -> bool {
        self.root_of(leaf.as_bytes()) == Some(root)
    }

    fn root_of(&self, data: &[u8]) -> Option<Digest> {
        if self.index >= self.leaves {
            return None;
        }
        let mut place = self.index;
        let mut last = self.leaves.checked_sub(1)?;
        let mut joined = leaf_hash(data);
        for neighbour in &self.path {
            if last == 0 {
                return None;
            }
            if place & 1 == 1 || place == last {
                joined = node_hash(*neighbour, joined);
                // A last node without a right neighbour rises until it has a left one.
                while place & 1 == 0 && place != 0 {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                joined = node_hash(joined, *neighbour);
            }
            place >>= 1;
            last >>= 1;
        }
        (last == 0).then_some(joined)
    }
}

/// The proof for the leaf at `index`; `None` when there is no such leaf.
pub fn prove(leaves: &[Digest], index: usize) -> Option<InclusionProof> {
    leaves.get(index)?;
    let mut level: Vec<Digest> = leaves.iter().map(|leaf| leaf_hash(leaf.as_bytes())).collect();
    let mut place = index;
    let mut path = Vec::new();
    while level.len() > 1 {
        if let Some(neighbour) = level.get(place ^ 1) {
            path.push(*neighbour);
        }
        place >>= 1;
        level = level
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node_hash(*left, *right)),
                [alone] => Some(*alone),
                _ => None,
            })
            .collect();
    }
    Some(InclusionProof {
        index: u64::try_from(index).ok()?,
        leaves: u64::try_from(leaves.len()).ok()?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::digest;

    /// The leaves and roots that the reference implementation of Certificate Transparency tests itself with.
    #[test]
    fn known_roots() {
        let leaves: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            b"@ABC",
            b"PQRSTUVW",
            b"`abcdefghijklmno",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut builder = MerkleBuilder::new();
        assert_eq!(builder.root().to_string(), roots[0]);
        for (leaf, expected) in leaves.iter().zip(&roots[1..]) {
            builder.push_bytes(leaf);
            assert_eq!(builder.root().to_string(), *expected, "{} leaves", builder.leaves());
        }
    }

    fn numbered(count: u32) -> Vec<Digest> {
        (0..count).map(|n| digest("test:1", &n.to_be_bytes())).collect()
    }

    #[test]
    fn every_leaf_of_every_size_is_proved_and_nothing_else_is() {
        for size in 1..=33 {
            let leaves = numbered(size);
            let root = root(&leaves);
            for (index, leaf) in leaves.iter().enumerate() {
                let proof = prove(&leaves, index).unwrap();
                assert!(proof.verify(*leaf, root), "{index} of {size}");
                assert!(!proof.verify(digest("test:1", b"another"), root));
                assert!(!proof.verify(*leaf, digest("test:1", b"another root")));

                let mut moved = proof.clone();
                moved.index = (moved.index + 1) % u64::from(size + 1);
                assert!(!moved.verify(*leaf, root), "{index} of {size} moved");
                let mut longer = proof.clone();
                longer.path.push(root);
                assert!(!longer.verify(*leaf, root));
                let mut shorter = proof;
                if shorter.path.pop().is_some() {
                    assert!(!shorter.verify(*leaf, root));
                }
            }
            assert_eq!(prove(&leaves, leaves.len()), None);
        }
        assert_eq!(prove(&[], 0), None);
    }

    #[test]
    fn order_and_number_matter() {
        let leaves = numbered(4);
        let mut swapped = leaves.clone();
        swapped.swap(0, 1);
        assert_ne!(root(&leaves), root(&swapped));
        let (first_two, _) = leaves.split_at(2);
        assert_ne!(root(&leaves), root(first_two));
        // A leaf that equals a node's hash does not give the tree of that node.
        assert_ne!(root(&[root(first_two)]), root(first_two));
    }
}
