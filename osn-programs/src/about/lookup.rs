//! How the host finds a fact out: what a program may ask of the world without an import.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Kind;

/// Where the host looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what", deny_unknown_fields)]
pub enum Lookup {
    /// How many services of the mapping run, say that they are for the person's groups, and exclude neither area nor age: a whole
    /// number. Not known where none says so and some leave open whom they are for.
    Services {
        /// Categories, each with everything below it; empty = any.
        #[serde(default)]
        categories: Vec<String>,
        /// Groups of which the service must serve one; without it the service must be for everybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        groups: Option<GroupsOf>,
    },
    /// Whether such a service covers the person where they live: yes where one says that it serves their area, no where none could;
    /// not known where one does not name its areas.
    Coverage {
        /// As of `services`.
        #[serde(default)]
        categories: Vec<String>,
        /// As of `services`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        groups: Option<GroupsOf>,
    },
    /// Metres in a straight line from the middle of the person's postal code, as far as the mapping knows it, to the nearest of the
    /// places: a whole number.
    Distance {
        /// JSON Pointer into the call's parameters: a list of objects with `latitude` and `longitude` as decimal texts.
        to: String,
    },
}

/// The groups of the mapping that somebody belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupsOf {
    /// Groups of everybody who applies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub always: Vec<String>,
    /// The question whose answer says more, such as `application.stay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Option -> groups.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, Vec<String>>,
}

impl Lookup {
    /// The kind of the fact that it finds.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Services { .. } | Self::Distance { .. } => Kind::Int,
            Self::Coverage { .. } => Kind::Flag,
        }
    }

    /// Whom the services must be for, where it looks for services.
    pub const fn groups(&self) -> Option<&GroupsOf> {
        match self {
            Self::Services { groups, .. } | Self::Coverage { groups, .. } => groups.as_ref(),
            Self::Distance { .. } => None,
        }
    }
}
