//! For how long what was read may be used again by whoever only reads: until this server writes, and never for more than a
//! second, because another server may write too.

use std::time::Duration;

use chrono::TimeDelta;
use osn_core::time::Instant;

use crate::app::App;
use crate::clock::running;

/// The longest that another server's change may stay unseen.
const LONGEST: Duration = Duration::from_secs(1);

/// The moment before something was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fresh {
    writes: u64,
    at: Instant,
    running: Duration,
}

impl Fresh {
    /// Now: taken before reading, so that a write in between is noticed.
    pub(crate) fn now(app: &App) -> Self {
        Self {
            writes: app.store().writes(),
            at: app.now(),
            running: running(),
        }
    }

    /// After so many writes, for tests.
    #[cfg(test)]
    pub(crate) fn of(writes: u64) -> Self {
        Self {
            writes,
            at: Instant::default(),
            running: running(),
        }
    }

    /// Whether what was read after that moment still holds.
    pub(crate) fn holds(&self, app: &App) -> bool {
        let passed = app.now() - self.at;
        app.store().writes() == self.writes
            && running().saturating_sub(self.running) < LONGEST
            && passed >= TimeDelta::zero()
            && passed.to_std().is_ok_and(|passed| passed < LONGEST)
    }
}
