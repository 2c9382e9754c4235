//! Slows down guessing: a few failures for one name in a quarter of an hour, then a pause.
//!
//! Counted in memory, per server: a restart forgets, which costs a guesser more than it gains. Names are kept as digests.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use osn_core::time::Instant;
use sha2::{Digest as _, Sha256};

/// Names remembered at most; beyond it the oldest windows are dropped.
const MOST_NAMES: usize = 10_000;

/// Failures of each name within its window.
#[derive(Debug)]
pub struct Throttle {
    most: u32,
    window: TimeDelta,
    failures: Mutex<HashMap<[u8; 32], Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    since: Instant,
    count: u32,
}

/// The name has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyAttempts {
    /// Seconds until the next attempt.
    pub seconds: i64,
}

impl Throttle {
    /// At most `most` failures in `minutes` minutes.
    pub fn new(most: u32, minutes: i64) -> Self {
        Self {
            most,
            window: TimeDelta::minutes(minutes),
            failures: Mutex::default(),
        }
    }

    /// Whether an attempt may be made.
    pub fn check(&self, name: &str, now: Instant) -> Result<(), TooManyAttempts> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match failures.get(&key(name)) {
            Some(seen) if seen.count >= self.most && now < seen.since + self.window => Err(TooManyAttempts {
                seconds: (seen.since + self.window - now).num_seconds().max(1),
            }),
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    pub fn failed(&self, name: &str, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST_NAMES {
            failures.retain(|_, seen| now < seen.since + self.window);
        }
        if failures.len() >= MOST_NAMES {
            failures.clear();
        }
        let seen = failures.entry(key(name)).or_insert(Failures { since: now, count: 0 });
        if now >= seen.since + self.window {
            *seen = Failures { since: now, count: 0 };
        }
        seen.count = seen.count.saturating_add(1);
    }

    /// Forgets the failures of a name that proved itself.
    pub fn succeeded(&self, name: &str) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key(name));
    }
}

fn key(name: &str) -> [u8; 32] {
    Sha256::digest(name.to_lowercase().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_waits_after_its_failures_and_not_for_ever() {
        let throttle = Throttle::new(3, 15);
        let start: Instant = "2022-07-15T08:00:00Z".parse().unwrap();
        for _ in 0..3 {
            assert_eq!(throttle.check("eleni", start), Ok(()));
            throttle.failed("Eleni", start);
        }
        let later = start + TimeDelta::minutes(10);
        assert_eq!(throttle.check("eleni", later), Err(TooManyAttempts { seconds: 300 }));
        assert_eq!(throttle.check("nikos", later), Ok(()));
        assert_eq!(throttle.check("eleni", start + TimeDelta::minutes(15)), Ok(()));
        throttle.succeeded("eleni");
        assert_eq!(throttle.check("eleni", later), Ok(()));
    }
}
