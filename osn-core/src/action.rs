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
    /// Its places are set, asked for, or agreed to.
    SetPlaces,
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
            ActionEvent::SetPlaces => "set-places",
            ActionEvent::Approve { .. } => "approve",
            ActionEvent::Complete { .. } => "complete",
            ActionEvent::Cancel { .. } => "cancel",
        }
    }

    fn apply(&self, event: &ActionEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Draft | Self::Approved { .. }, ActionEvent::SetPlaces) => Ok(self.clone()),
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
    /// Places beyond the certified residual that somebody asked for: they wait for a second person, and are not in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_places: Option<PlacesVersion>,
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
    /// Nobody asked for this number of places beyond the residual, or it was asked for no longer.
    #[error("nobody asked for {places} places")]
    NotAsked {
        /// Places that were agreed to.
        places: u32,
    },
    /// The same person in both roles.
    #[error("the second person must be another person")]
    SamePerson,
    /// No places.
    #[error("places must be at least 1")]
    NoPlaces,
    /// Its only places wait for a second person.
    #[error("the places wait for a second person")]
    PlacesWait,
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

    /// People of its certificates whom neither the network nor another action serves: the places in force of every other action of
    /// one of its certificates that was not given up are taken, once each.
    pub fn open_places<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> u32 {
        let mut taken = 0_u32;
        for other in others {
            let shares = || other.certificates().any(|id| self.certificates().any(|own| own == id));
            if other.id != self.id && !matches!(other.state, ActionState::Cancelled { .. }) && shares() {
                let places = other.places_in_force().map_or(0, |version| version.places);
                taken = taken.saturating_add(places);
            }
        }
        self.certified_residual.saturating_sub(taken)
    }

    /// Sets the places. Up to `open` they are in force at once; more wait for a second person.
    ///
    /// `open` are the people whom neither the network nor another action of the same certificates serves. Whatever was asked for
    /// before is asked for no longer.
    ///
    /// # Errors
    /// When the places are zero, or the action has ended.
    pub fn set_places(&mut self, version: PlacesVersion, open: u32) -> Result<(), ActionError> {
        self.state = self.state.apply(&ActionEvent::SetPlaces)?;
        if version.places <= open {
            return self.add_places(version);
        }
        self.asked_places = Some(PlacesVersion {
            version: self.next_version(),
            second: None,
            ..version
        });
        Ok(())
    }

    /// A second person agrees to the places that were asked for, with a reason: they are in force.
    ///
    /// # Errors
    /// When nobody asked for this number, who agrees is who asked, or the action has ended.
    pub fn agree_to_places(&mut self, places: u32, second: SecondPerson) -> Result<(), ActionError> {
        self.state = self.state.apply(&ActionEvent::SetPlaces)?;
        let asked = self.asked_places.as_ref().filter(|asked| asked.places == places);
        let asked = asked.ok_or(ActionError::NotAsked { places })?;
        if asked.by == second.by {
            return Err(ActionError::SamePerson);
        }
        let agreed = PlacesVersion {
            second: Some(second),
            ..asked.clone()
        };
        self.add_places(agreed)
    }

    fn next_version(&self) -> u32 {
        self.places.last().map_or(1, |last| last.version.saturating_add(1))
    }

    fn add_places(&mut self, version: PlacesVersion) -> Result<(), ActionError> {
        if version.places == 0 {
            return Err(ActionError::NoPlaces);
        }
        self.asked_places = None;
        self.places.push(PlacesVersion {
            version: self.next_version(),
            ..version
        });
        Ok(())
    }

    /// Approves it; the creator cannot.
    ///
    /// # Errors
    /// When the same person created it, it has no places in force, or it is not a draft.
    pub fn approve(&mut self, by: AccountId, at: Instant) -> Result<(), ActionError> {
        if by == self.created_by {
            return Err(ActionError::SamePerson);
        }
        if self.places.is_empty() {
            return Err(ActionError::PlacesWait);
        }
        self.state = self.state.apply(&ActionEvent::Approve { by, at })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeZone as _, Utc};

    use super::*;

    fn account(number: u128) -> AccountId {
        AccountId::new(uuid::Uuid::from_u128(number))
    }

    fn at(day: u32) -> Instant {
        Utc.with_ymd_and_hms(2022, 6, day, 8, 0, 0).unwrap()
    }

    fn version(places: u32, by: u128) -> PlacesVersion {
        PlacesVersion {
            version: 0,
            places,
            reason: LocalText::new("Τόσες", "So many"),
            by: account(by),
            at: at(1),
            second: None,
        }
    }

    fn second(by: u128) -> SecondPerson {
        SecondPerson {
            by: account(by),
            at: at(2),
            reason: LocalText::new("Δέχομαι", "I agree"),
        }
    }

    fn action() -> Action {
        let id = uuid::Uuid::from_u128;
        Action {
            id: ActionId::new(id(1)),
            name: LocalText::new("Δράση", "Action"),
            description: LocalText::default(),
            program: ProgramRef {
                name: "any".to_owned(),
                code_digest: String::new(),
                package_digest: String::new(),
            },
            parameters: serde_json::json!({}),
            certificate_id: CertificateId::new(id(2)),
            further_certificates: Vec::new(),
            certified_residual: 20,
            model_entry: "entry".to_owned(),
            period: Period {
                from: NaiveDate::from_ymd_opt(2022, 7, 1).unwrap(),
                to: None,
            },
            instalments: 1,
            budget: Money::from_cents(100),
            operation_id: None,
            places: Vec::new(),
            asked_places: None,
            pilot: false,
            deliverers: Vec::new(),
            created_by: account(1),
            state: ActionState::Draft,
        }
    }

    #[test]
    fn what_other_actions_of_the_certificates_have_is_not_open() {
        let id = uuid::Uuid::from_u128;
        let with = |number: u128, certificates: [u128; 2], places: u32| {
            let mut one = action();
            one.id = ActionId::new(id(number));
            one.certificate_id = CertificateId::new(id(certificates[0]));
            one.further_certificates = vec![CertificateId::new(id(certificates[1]))];
            one.set_places(version(places, 1), places).unwrap();
            one
        };
        let own = with(1, [2, 3], 15);
        assert_eq!(own.open_places([&own]), 20, "its own places are not another's");
        let (first, second) = (with(4, [5, 3], 4), with(6, [2, 3], 7));
        assert_eq!(own.open_places([&first, &second]), 9, "each counts once");
        let mut given_up = with(7, [2, 8], 9);
        given_up.state = ActionState::Cancelled { at: at(3) };
        assert_eq!(own.open_places([&given_up, &with(9, [10, 11], 9)]), 20);
        assert_eq!(own.open_places([&with(12, [2, 13], 30)]), 0);
    }

    #[test]
    fn places_within_the_residual_are_versions_and_none_is_lost() {
        let mut action = action();
        action.set_places(version(10, 1), 20).unwrap();
        action.set_places(version(20, 2), 20).unwrap();
        let numbers: Vec<_> = action.places.iter().map(|one| (one.version, one.places)).collect();
        assert_eq!(numbers, [(1, 10), (2, 20)]);
        assert_eq!(action.set_places(version(0, 1), 20), Err(ActionError::NoPlaces));
        assert_eq!(action.places_in_force().map(|one| one.places), Some(20));
    }

    #[test]
    fn places_beyond_the_residual_wait_for_another_person() {
        let mut action = action();
        action.set_places(version(20, 1), 20).unwrap();
        let not_asked = |places| Err(ActionError::NotAsked { places });
        assert_eq!(action.agree_to_places(25, second(2)), not_asked(25));
        action.set_places(version(25, 1), 20).unwrap();
        assert_eq!(
            action.places_in_force().map(|one| one.places),
            Some(20),
            "asked for is not in force"
        );
        // Who asked cannot agree, and nobody agrees to another number than was asked for.
        assert_eq!(action.agree_to_places(25, second(1)), Err(ActionError::SamePerson));
        assert_eq!(action.agree_to_places(30, second(2)), not_asked(30));
        action.agree_to_places(25, second(2)).unwrap();
        let in_force = action.places_in_force().unwrap();
        assert_eq!((in_force.version, in_force.places, in_force.by), (2, 25, account(1)));
        assert_eq!(in_force.second.as_ref().map(|second| second.by), Some(account(2)));
        assert_eq!(action.agree_to_places(25, second(2)), not_asked(25), "once");
        // Another number within the residual takes the question back.
        action.set_places(version(40, 1), 20).unwrap();
        action.set_places(version(5, 1), 20).unwrap();
        assert_eq!(action.agree_to_places(40, second(2)), not_asked(40));
    }

    #[test]
    fn an_action_whose_places_wait_is_not_approved() {
        let mut action = action();
        action.set_places(version(1, 1), 0).unwrap();
        assert_eq!(action.approve(account(2), at(3)), Err(ActionError::PlacesWait));
        action.agree_to_places(1, second(2)).unwrap();
        action.approve(account(2), at(3)).unwrap();
    }

    #[test]
    fn whoever_created_an_action_does_not_approve_it() {
        let mut action = action();
        action.set_places(version(1, 1), 20).unwrap();
        assert_eq!(action.approve(account(1), at(3)), Err(ActionError::SamePerson));
        action.approve(account(2), at(3)).unwrap();
        assert!(matches!(
            action.approve(account(2), at(4)),
            Err(ActionError::Transition(_))
        ));
        action.state = ActionState::Completed { at: at(5) };
        let ended = action.set_places(version(2, 1), 20);
        assert!(matches!(ended, Err(ActionError::Transition(_))), "it has ended");
    }
}
