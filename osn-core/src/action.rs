//! An action (δράση): one run of a program, created from a certificate, never larger than the certified residual alone.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ActionId, CertificateId, OperationId, OrganizationId};
use crate::lang::LocalText;
use crate::money::Money;
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// The program an action runs, pinned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramRef {
    /// Name from the manifest.
    pub name: String,
    /// Digest of the code (custom sections stripped): identifies decisions.
    pub code_digest: String,
    /// Digest of the package: identifies the installation with its texts.
    pub package_digest: String,
}

/// One version of the places; older versions stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacesVersion {
    /// Counted from 1.
    pub version: u32,
    /// Places, in the program's capacity unit.
    pub places: u32,
    /// Why this number.
    pub reason: LocalText,
    /// Who set it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// The second person, needed when the places exceed the certified residual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<SecondPerson>,
}

/// A second person's reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondPerson {
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: LocalText,
}

/// A body that delivers an action: all of it, or at one of its places.
///
/// Whoever works for a body reads the lists of a day and records what arrived where it delivers, and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliverer {
    /// The body.
    pub organization_id: OrganizationId,
    /// The place, by the program's key; without it, everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// Where an action stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ActionState {
    /// Being planned.
    Draft,
    /// Approved: calls may open.
    Approved {
        /// Who approved; never who created it.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// Everything was delivered.
    Completed {
        /// When.
        at: Instant,
    },
    /// Given up.
    Cancelled {
        /// When.
        at: Instant,
    },
}

/// What can happen to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionEvent {
    /// A second person approves it.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// Everything was delivered.
    Complete {
        /// When.
        at: Instant,
    },
    /// It is given up.
    Cancel {
        /// When.
        at: Instant,
    },
}

impl Machine for ActionState {
    type Event = ActionEvent;
    const NAME: &'static str = "action";

    fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved { .. } => "approved",
            Self::Completed { .. } => "completed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    fn event_name(event: &ActionEvent) -> &'static str {
        match event {
            ActionEvent::Approve { .. } => "approve",
            ActionEvent::Complete { .. } => "complete",
            ActionEvent::Cancel { .. } => "cancel",
        }
    }

    fn apply(&self, event: &ActionEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Draft, ActionEvent::Approve { by, at }) => Ok(Self::Approved { by: *by, at: *at }),
            (Self::Approved { .. }, ActionEvent::Complete { at }) => Ok(Self::Completed { at: *at }),
            (Self::Draft | Self::Approved { .. }, ActionEvent::Cancel { at }) => Ok(Self::Cancelled { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Identifier.
    pub id: ActionId,
    /// Name.
    pub name: LocalText,
    /// What it offers, in plain words.
    pub description: LocalText,
    /// The program it runs.
    pub program: ProgramRef,
    /// The program's parameters as the coordinator set them (a JSON object).
    pub parameters: serde_json::Value,
    /// The certificate that justifies it.
    pub certificate_id: CertificateId,
    /// Further certificates that it answers, where it serves several needs of one category.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_certificates: Vec<CertificateId>,
    /// People left without service by its certificates, together.
    pub certified_residual: u32,
    /// The entry of the intervention model that it cites.
    pub model_entry: String,
    /// When it runs.
    pub period: Period,
    /// How many deliveries each award is entitled to.
    pub instalments: u16,
    /// Money set aside.
    pub budget: Money,
    /// The operation that pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<OperationId>,
    /// Versions of the places, oldest first.
    pub places: Vec<PlacesVersion>,
    /// Whether it is tried out: then it ends with an evaluation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pilot: bool,
    /// Who delivers it, beside the team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliverers: Vec<Deliverer>,
    /// Who created it.
    pub created_by: AccountId,
    /// Where it stands.
    pub state: ActionState,
}

/// Why an action is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// More places than the certificate leaves uncovered, and no second person gave a reason.
    #[error("{places} places exceed the certified residual of {residual}: a second person must give a reason")]
    OverResidual {
        /// Places asked for.
        places: u32,
        /// People left uncovered.
        residual: u32,
    },
    /// The same person in both roles.
    #[error("the second person must be another person")]
    SamePerson,
    /// No places.
    #[error("places must be at least 1")]
    NoPlaces,
    /// The step is not possible.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

impl Action {
    /// Every certificate that it answers, the first one first.
    pub fn certificates(&self) -> impl Iterator<Item = CertificateId> {
        std::iter::once(self.certificate_id).chain(self.further_certificates.iter().copied())
    }

    /// Whether a body delivers at a place, or what has no place.
    pub fn is_delivered_by(&self, body: OrganizationId, place: Option<&str>) -> bool {
        let mut own = self.deliverers.iter().filter(|one| one.organization_id == body);
        own.any(|one| one.place.is_none() || one.place.as_deref() == place)
    }

    /// The places in force: the newest version, with its second person where one is needed.
    pub fn places_in_force(&self) -> Option<&PlacesVersion> {
        self.places.last()
    }

    /// Adds a version of the places.
    ///
    /// # Errors
    /// When the places are zero, exceed the residual without a second person, or the second person is the first.
    pub fn set_places(&mut self, mut version: PlacesVersion) -> Result<(), ActionError> {
        if version.places == 0 {
            return Err(ActionError::NoPlaces);
        }
        match &version.second {
            None if version.places > self.certified_residual => {
                return Err(ActionError::OverResidual {
                    places: version.places,
                    residual: self.certified_residual,
                });
            }
            Some(second) if second.by == version.by => return Err(ActionError::SamePerson),
            _ => {}
        }
        version.version = self.places.last().map_or(1, |last| last.version.saturating_add(1));
        self.places.push(version);
        Ok(())
    }

    /// Approves it; the creator cannot.
    ///
    /// # Errors
    /// When the same person created it, or it is not a draft.
    pub fn approve(&mut self, by: AccountId, at: Instant) -> Result<(), ActionError> {
        if by == self.created_by {
            return Err(ActionError::SamePerson);
        }
        self.state = self.state.apply(&ActionEvent::Approve { by, at })?;
        Ok(())
    }
}
