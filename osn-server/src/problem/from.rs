//! Every error of the rules, the store and the plugin host as a refusal: exhaustive, so that a new one breaks the build.

use osn_core::state::InvalidTransition;
use osn_store::StoreError;

use crate::refusal::{FieldError, Kind, Refusal};

impl From<InvalidTransition> for Refusal {
    fn from(error: InvalidTransition) -> Self {
        Self::conflict("state.not-possible").with("machine", error.machine).with("from", error.from).with("event", error.event)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale { .. } => Self::new(Kind::Stale, "record.stale"),
            other => Self::internal(other),
        }
    }
}
