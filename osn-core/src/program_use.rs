//! What became of a program in one municipality: which version new actions take, and which it had before.
//!
//! Calls keep the version that they were published with, whatever happens here.

use serde::{Deserialize, Serialize};

use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Versions that are remembered for rolling back.
const REMEMBERED: usize = 20;

/// Where a program stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ProgramState {
    /// On the shelf: nobody said yet that it may be used.
    Installed,
    /// New actions may use it.
    Enabled,
    /// New actions may not; those that run go on.
    Disabled {
        /// Since when.
        at: Instant,
    },
    /// Given up for good; kept for the decisions made with it.
    Retired {
        /// Since when.
        at: Instant,
    },
}

/// What can happen to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramEvent {
    /// New actions may use this version.
    Enable {
        /// Digest of its package.
        package: String,
        /// When.
        at: Instant,
    },
    /// New actions may use the version before.
    RollBack {
        /// When.
        at: Instant,
    },
    /// New actions may not use it.
    Disable {
        /// When.
        at: Instant,
    },
    /// It is given up.
    Retire {
        /// When.
        at: Instant,
    },
}

/// A version that was in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedBefore {
    /// Digest of its package.
    pub package: String,
    /// Until when.
    pub until: Instant,
}

/// A program in a municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramUse {
    /// Its name.
    pub name: String,
    /// Where it stands.
    #[serde(flatten)]
    pub state: ProgramState,
    /// Digest of the package that new actions take; none before it is enabled for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Versions in use before, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<UsedBefore>,
}

impl ProgramUse {
    /// A program on the shelf.
    pub fn installed(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: ProgramState::Installed,
            package: None,
            before: Vec::new(),
        }
    }

    /// Whether new actions may use it.
    pub const fn is_enabled(&self) -> bool {
        matches!(self.state, ProgramState::Enabled)
    }
}

impl Machine for ProgramUse {
    type Event = ProgramEvent;
    const NAME: &'static str = "program";

    fn name(&self) -> &'static str {
        match self.state {
            ProgramState::Installed => "installed",
            ProgramState::Enabled => "enabled",
            ProgramState::Disabled { .. } => "disabled",
            ProgramState::Retired { .. } => "retired",
        }
    }

    fn event_name(event: &ProgramEvent) -> &'static str {
        match event {
            ProgramEvent::Enable { .. } => "enable",
            ProgramEvent::RollBack { .. } => "roll-back",
            ProgramEvent::Disable { .. } => "disable",
            ProgramEvent::Retire { .. } => "retire",
        }
    }

    fn apply(&self, event: &ProgramEvent) -> Result<Self, InvalidTransition> {
        let mut next = self.clone();
        match (self.state, event) {
            (
                ProgramState::Installed | ProgramState::Enabled | ProgramState::Disabled { .. },
                ProgramEvent::Enable { package, at },
            ) => {
                if let Some(before) = next.package.take().filter(|before| before != package) {
                    next.before.push(UsedBefore {
                        package: before,
                        until: *at,
                    });
                    let forgotten = next.before.len().saturating_sub(REMEMBERED);
                    next.before.drain(..forgotten);
                }
                next.package = Some(package.clone());
                next.state = ProgramState::Enabled;
            }
            (ProgramState::Enabled, ProgramEvent::RollBack { .. }) => {
                let before = next.before.pop().ok_or_else(|| self.refuse(event))?;
                next.package = Some(before.package);
            }
            (ProgramState::Enabled, ProgramEvent::Disable { at }) => next.state = ProgramState::Disabled { at: *at },
            (ProgramState::Installed | ProgramState::Disabled { .. }, ProgramEvent::Retire { at }) => {
                next.state = ProgramState::Retired { at: *at };
            }
            _ => return Err(self.refuse(event)),
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn enable(used: &ProgramUse, package: &str, seconds: i64) -> ProgramUse {
        let event = ProgramEvent::Enable {
            package: package.to_owned(),
            at: at(seconds),
        };
        used.apply(&event).unwrap()
    }

    #[test]
    fn rolling_back_walks_back_through_the_versions() {
        let used = enable(&ProgramUse::installed("example"), "one", 1);
        let used = enable(&enable(&used, "two", 2), "two", 3);
        let used = enable(&used, "three", 4);
        let back = |used: &ProgramUse| used.apply(&ProgramEvent::RollBack { at: at(9) });
        let two = back(&used).unwrap();
        assert_eq!(two.package.as_deref(), Some("two"));
        let one = back(&two).unwrap();
        assert_eq!((one.package.as_deref(), one.before.len()), (Some("one"), 0));
        assert!(back(&one).is_err(), "there is nothing before the first version");
    }

    #[test]
    fn the_versions_before_do_not_grow_without_end() {
        let mut used = ProgramUse::installed("example");
        for number in 0..50 {
            used = enable(&used, &number.to_string(), number);
        }
        assert_eq!(used.before.len(), REMEMBERED);
        assert_eq!(used.before.last().map(|before| before.package.as_str()), Some("48"));
    }
}
