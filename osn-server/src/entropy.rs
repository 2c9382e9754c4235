//! Randomness: the only place of the server that draws it.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

/// Fills bytes that nobody can guess.
pub trait Entropy: Debug + Send + Sync {
    /// Overwrites `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness must not go on: every key and token would be guessable"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

/// A repeatable source, for tests that compare whole answers. Never used by `serve` or `demo`.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// The source that `seed` names.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: AtomicU64::new(0),
        }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(self.drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            for (to, from) in chunk.iter_mut().zip(hash.finalize()) {
                *to = from;
            }
        }
    }
}

/// `N` random bytes.
pub fn draw<const N: usize>(source: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0_u8; N];
    source.fill(&mut bytes);
    bytes
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_never_stands_still() {
        let (first, second) = (SeededEntropy::new(7), SeededEntropy::new(7));
        let draws: [[u8; 40]; 2] = [draw(&first), draw(&first)];
        assert_ne!(draws[0], draws[1]);
        assert_eq!(draw::<40>(&second), draws[0]);
        assert_ne!(draw::<16>(&SystemEntropy), [0; 16]);
    }
}
