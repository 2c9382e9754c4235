//! The intervention model (μοντέλο ενεργειών παρέμβασης) and its catalogue of immediate services, as versioned data.

use serde::{Deserialize, Serialize};

use crate::lang::LocalText;
use crate::money::Money;

/// The strands of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strand {
    /// Before a need grows.
    Prevention,
    /// Planned support through actions and calls.
    Support,
    /// Small immediate help from the catalogue.
    Immediate,
}

/// One entry that an action or an immediate intervention cites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// Stable code, e.g. `support.learning`.
    pub code: String,
    /// Strand.
    pub strand: Strand,
    /// Name.
    pub name: LocalText,
    /// What it is.
    pub description: LocalText,
}

/// The most that one immediate intervention may take, where the municipality has set it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// People.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// Cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// One immediate service of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEntry {
    /// Stable code, e.g. `immediate.meals`.
    pub code: String,
    /// Name.
    pub name: LocalText,
    /// What it is.
    pub description: LocalText,
    /// Its ceiling.
    #[serde(default)]
    pub ceiling: Ceiling,
}

/// The catalogue of immediate services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Catalogue(pub Vec<CatalogueEntry>);

/// A version of the whole model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterventionModel {
    /// Version, counted from 1.
    pub version: u32,
    /// Its entries.
    pub entries: Vec<ModelEntry>,
    /// The immediate services.
    pub catalogue: Catalogue,
}

/// A model that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Two entries share a code.
    #[error("code `{0}` stands twice")]
    Duplicate(String),
}

impl InterventionModel {
    /// Whether an entry with this code exists, in the strands or in the catalogue.
    pub fn has(&self, code: &str) -> bool {
        self.codes().any(|known| known == code)
    }

    /// Every code.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let entries = self.entries.iter().map(|entry| entry.code.as_str());
        entries.chain(self.catalogue.0.iter().map(|entry| entry.code.as_str()))
    }

    /// Refuses a code that stands twice.
    ///
    /// # Errors
    /// [`ModelError::Duplicate`].
    pub fn check(&self) -> Result<(), ModelError> {
        let mut seen = std::collections::BTreeSet::new();
        for code in self.codes() {
            if !seen.insert(code) {
                return Err(ModelError::Duplicate(code.to_owned()));
            }
        }
        Ok(())
    }
}
