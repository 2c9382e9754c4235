//! The demo's clock: put by the story while the year is played, then the machine's own, for good.

use std::sync::atomic::{AtomicBool, Ordering};

use osn_core::time::Instant;

use crate::clock::{Clock, ManualClock, SystemClock};

/// A clock that is moved by hand until it is let go.
#[derive(Debug)]
pub struct YearClock {
    by_hand: ManualClock,
    let_go: AtomicBool,
}

impl YearClock {
    /// Stands at `start`.
    pub fn new(start: Instant) -> Self {
        Self {
            by_hand: ManualClock::new(start),
            let_go: AtomicBool::new(false),
        }
    }

    /// Puts the clock to an instant of the story; it never goes back.
    pub fn set(&self, to: Instant) {
        self.by_hand.set(to.max(self.by_hand.now()));
    }

    /// From now on it is the machine's clock.
    pub fn let_go(&self) {
        self.let_go.store(true, Ordering::SeqCst);
    }
}

impl Clock for YearClock {
    fn now(&self) -> Instant {
        if self.let_go.load(Ordering::SeqCst) {
            SystemClock.now()
        } else {
            self.by_hand.now()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_goes_back_and_ends_as_the_machines() {
        let early = chrono::DateTime::from_timestamp(1_657_836_000, 0).unwrap();
        let late = chrono::DateTime::from_timestamp(1_660_917_600, 0).unwrap();
        let clock = YearClock::new(early);
        clock.set(late);
        clock.set(early);
        assert_eq!(clock.now(), late);
        clock.let_go();
        assert!(clock.now() > late);
    }
}
