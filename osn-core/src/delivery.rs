//! Awards and deliveries: who is entitled, what was planned, what arrived, what failed and was repeated.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{
    AccountId, ActionId, ApplicationId, AwardId, DecisionId, DeliveryId, InterventionId, PersonId, SelectionId,
};
use crate::lang::LocalText;
use crate::money::Money;
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// What made an award.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "basis", rename_all_fields = "snake_case")]
pub enum AwardBasis {
    /// A final list.
    Selection {
        /// The list.
        selection_id: SelectionId,
        /// The application on it.
        application_id: ApplicationId,
    },
    /// A promotion from the reserve list, in place of another award.
    Promotion {
        /// The list.
        selection_id: SelectionId,
        /// The application on it.
        application_id: ApplicationId,
        /// The award whose place became free.
        replaces: AwardId,
    },
    /// Immediate help that two people granted, without a call.
    Immediate {
        /// The help.
        intervention_id: InterventionId,
        /// The decision on it.
        decision_id: DecisionId,
    },
}

impl AwardBasis {
    /// The application that led to it; none of immediate help.
    pub const fn application(&self) -> Option<ApplicationId> {
        match self {
            Self::Selection { application_id, .. } | Self::Promotion { application_id, .. } => Some(*application_id),
            Self::Immediate { .. } => None,
        }
    }

    /// The immediate help that led to it.
    pub const fn intervention(&self) -> Option<InterventionId> {
        match self {
            Self::Immediate { intervention_id, .. } => Some(*intervention_id),
            Self::Selection { .. } | Self::Promotion { .. } => None,
        }
    }
}

/// Where an award stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum AwardState {
    /// Entitles to deliveries.
    Active,
    /// The recipient gave it back.
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// Everything was delivered.
    Fulfilled {
        /// When.
        at: Instant,
    },
}

/// What can happen to an award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwardEvent {
    /// The recipient gives it back.
    Withdraw {
        /// When.
        at: Instant,
    },
    /// The last delivery arrived.
    Fulfil {
        /// When.
        at: Instant,
    },
}

impl Machine for AwardState {
    type Event = AwardEvent;
    const NAME: &'static str = "award";

    fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Fulfilled { .. } => "fulfilled",
        }
    }

    fn event_name(event: &AwardEvent) -> &'static str {
        match event {
            AwardEvent::Withdraw { .. } => "withdraw",
            AwardEvent::Fulfil { .. } => "fulfil",
        }
    }

    fn apply(&self, event: &AwardEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Active, AwardEvent::Withdraw { at }) => Ok(Self::Withdrawn { at: *at }),
            (Self::Active, AwardEvent::Fulfil { at }) => Ok(Self::Fulfilled { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// The right of a person, household or body to deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// Identifier.
    pub id: AwardId,
    /// The action; none of immediate help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_id: Option<ActionId>,
    /// Whose data say where to deliver. For a body that is helped: a key of its own, under which what concerns it is sealed.
    pub person_id: PersonId,
    /// What made it.
    pub basis: AwardBasis,
    /// When.
    pub awarded_at: Instant,
    /// Where it stands.
    pub state: AwardState,
}

/// What a round offers, where it is one of several to which people are assigned: a week at a museum, an hour with an adviser.
///
/// Places, series and features are options of the questions that the program names for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occasion {
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The week, or another series that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// When it begins, in the municipality's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<NaiveTime>,
    /// How long it takes, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Youngest age, full years.
    #[serde(default)]
    pub age_from: u16,
    /// Oldest age, full years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_to: Option<u16>,
    /// What it offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Most people; without it there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

/// One planned round of deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Instalment, counted from 1.
    pub instalment: u16,
    /// The day.
    pub date: NaiveDate,
    /// What it offers, where people are assigned to it; without it the round is everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<Occasion>,
}

/// A version of the plan; older versions stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPlan {
    /// The action.
    pub action_id: ActionId,
    /// Counted from 1.
    pub version: u32,
    /// The rounds, by instalment.
    pub slots: Vec<Slot>,
    /// Why this version.
    pub reason: LocalText,
    /// Who made it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
}

/// What is wrong with a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Not one slot for each instalment.
    #[error("the plan needs exactly one slot for each of the {instalments} instalments")]
    Instalments {
        /// Instalments of the action.
        instalments: u16,
    },
    /// A later instalment on an earlier day.
    #[error("instalment {instalment} is planned before the one before it")]
    OutOfOrder {
        /// The instalment.
        instalment: u16,
    },
}

impl DeliveryPlan {
    /// Whether people are assigned to its rounds, instead of everybody having all of them.
    pub fn is_assigned(&self) -> bool {
        self.slots.iter().any(|slot| slot.occasion.is_some())
    }

    /// Checks the slots against the action's instalments.
    ///
    /// # Errors
    /// When a slot is missing, doubled, or stands before an earlier instalment's day; occasions may share a day.
    pub fn check(slots: &[Slot], instalments: u16) -> Result<(), PlanError> {
        let numbered = slots.iter().map(|slot| slot.instalment).eq(1..=instalments);
        if !numbered {
            return Err(PlanError::Instalments { instalments });
        }
        for pair in slots.windows(2) {
            if let [before, after] = pair
                && (after.date < before.date || (after.date == before.date && after.occasion.is_none()))
            {
                return Err(PlanError::OutOfOrder {
                    instalment: after.instalment,
                });
            }
        }
        Ok(())
    }
}

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "result", rename_all_fields = "snake_case")]
pub enum AttemptResult {
    /// It arrived.
    Delivered,
    /// It did not; `kind` is one of the program's failure kinds.
    Failed {
        /// Failure kind.
        kind: String,
    },
}

/// One attempt to deliver.
///
/// Unknown fields are not refused here: serde cannot tell them from those of the flattened result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: Instant,
    /// Who recorded it.
    pub by: AccountId,
    /// How it ended.
    #[serde(flatten)]
    pub result: AttemptResult,
    /// What was written down that says nothing about a person (a lot, a last day of use), by key of the program's field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recorded: BTreeMap<String, Value>,
    /// How many participants were there, where the roll is called; who they were stands in the sealed notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<u16>,
    /// Whether [`AttemptNotes`] stand beside it, sealed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_notes: bool,
}

impl Attempt {
    /// An attempt of which nothing more was written down.
    pub const fn new(at: Instant, by: AccountId, result: AttemptResult) -> Self {
        Self {
            at,
            by,
            result,
            recorded: BTreeMap::new(),
            present: None,
            has_notes: false,
        }
    }
}

/// What was written down about people at an attempt. It is kept sealed under the recipient's key, never with the delivery.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptNotes {
    /// Once for the delivery, by key of the program's field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recorded: BTreeMap<String, Value>,
    /// For each participant, by position in the application.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub participants: BTreeMap<u16, BTreeMap<String, Value>>,
    /// What happened at the attempt, in the words of whoever recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl AttemptNotes {
    /// Whether nothing was written down.
    pub fn is_empty(&self) -> bool {
        self.recorded.is_empty() && self.participants.values().all(BTreeMap::is_empty) && self.note.is_none()
    }
}

impl std::fmt::Debug for AttemptNotes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AttemptNotes(***)")
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum DeliveryState {
    /// Planned.
    Planned,
    /// The last attempt failed; it must be repeated.
    Failed,
    /// It arrived.
    Delivered {
        /// When.
        at: Instant,
    },
    /// No longer due: its award was given back.
    Cancelled {
        /// When.
        at: Instant,
    },
}

/// What can happen to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryEvent {
    /// It arrived.
    Deliver {
        /// When.
        at: Instant,
    },
    /// The attempt failed.
    Fail,
    /// Its award was given back.
    Cancel {
        /// When.
        at: Instant,
    },
}

impl Machine for DeliveryState {
    type Event = DeliveryEvent;
    const NAME: &'static str = "delivery";

    fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Failed => "failed",
            Self::Delivered { .. } => "delivered",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    fn event_name(event: &DeliveryEvent) -> &'static str {
        match event {
            DeliveryEvent::Deliver { .. } => "deliver",
            DeliveryEvent::Fail => "fail",
            DeliveryEvent::Cancel { .. } => "cancel",
        }
    }

    fn apply(&self, event: &DeliveryEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Planned | Self::Failed, DeliveryEvent::Deliver { at }) => Ok(Self::Delivered { at: *at }),
            (Self::Planned | Self::Failed, DeliveryEvent::Fail) => Ok(Self::Failed),
            (Self::Planned | Self::Failed, DeliveryEvent::Cancel { at }) => Ok(Self::Cancelled { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// What a program planned for somebody of an award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryItem {
    /// Position of the participant in the application; 0 where places are counted in households.
    pub claim: u16,
    /// Key of the program's supply.
    pub supply: String,
    /// Pieces.
    pub quantity: u32,
    /// What it costs.
    pub cost: Money,
}

/// One delivery of an award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Identifier.
    pub id: DeliveryId,
    /// The award; never an application.
    pub award_id: AwardId,
    /// Instalment, counted from 1.
    pub instalment: u16,
    /// The planned day.
    pub planned_for: NaiveDate,
    /// The version of the plan that set the day.
    pub plan_version: u32,
    /// What the program planned, where people are assigned to rounds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<DeliveryItem>,
    /// There was nothing to plan for it: it is still owed, stands on no list of a day, and the next version of the plan asks again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// Where it stands.
    pub state: DeliveryState,
}

impl Delivery {
    /// Positions of the participants whom the program planned, each once; none where the round is everybody's.
    pub fn participants(&self) -> Vec<u16> {
        let mut claims: Vec<u16> = self.items.iter().map(|item| item.claim).collect();
        claims.sort_unstable();
        claims.dedup();
        claims
    }

    /// The day on which it arrived, by its last attempt.
    pub fn delivered_at(&self) -> Option<Instant> {
        match self.state {
            DeliveryState::Delivered { at } => Some(at),
            DeliveryState::Planned | DeliveryState::Failed | DeliveryState::Cancelled { .. } => None,
        }
    }

    /// Records an attempt.
    ///
    /// # Errors
    /// When it already arrived or is no longer due.
    pub fn record(&mut self, attempt: Attempt) -> Result<(), InvalidTransition> {
        let event = match attempt.result {
            AttemptResult::Delivered => DeliveryEvent::Deliver { at: attempt.at },
            AttemptResult::Failed { .. } => DeliveryEvent::Fail,
        };
        self.state = self.state.apply(&event)?;
        self.attempts.push(attempt);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_follow_each_other_and_occasions_may_share_a_day() {
        let slot = |instalment, day: u32, shared: bool| Slot {
            instalment,
            date: NaiveDate::from_ymd_opt(2022, 6, day).unwrap(),
            occasion: shared.then(Occasion::default),
        };
        let check = |slots: &[Slot]| DeliveryPlan::check(slots, 2);
        assert_eq!(check(&[slot(1, 20, false), slot(2, 27, false)]), Ok(()));
        assert_eq!(check(&[slot(1, 20, true), slot(2, 20, true)]), Ok(()));
        let late = Err(PlanError::OutOfOrder { instalment: 2 });
        assert_eq!(check(&[slot(1, 20, false), slot(2, 20, false)]), late);
        assert_eq!(check(&[slot(1, 20, true), slot(2, 13, true)]), late);
        assert_eq!(
            check(&[slot(1, 20, true)]),
            Err(PlanError::Instalments { instalments: 2 })
        );
    }

    #[test]
    fn an_attempt_of_an_earlier_version_reads_as_it_was_and_notes_are_never_shown() {
        let text = r#"{"at":"2022-09-15T09:00:00Z","by":"00000000-0000-0000-0000-000000000001","result":"failed","kind":"nobody-home"}"#;
        let attempt: Attempt = serde_json::from_str(text).unwrap();
        assert!(attempt.recorded.is_empty() && attempt.present.is_none() && !attempt.has_notes);
        assert_eq!(
            serde_json::to_value(&attempt).unwrap(),
            serde_json::from_str::<Value>(text).unwrap()
        );
        let mut notes = AttemptNotes::default();
        assert!(notes.is_empty());
        notes.participants.insert(0, BTreeMap::new());
        assert!(notes.is_empty(), "nobody said anything about the participant");
        notes.recorded.insert("taken-by".to_owned(), "Μαρία".into());
        assert!(!notes.is_empty() && !format!("{notes:?}").contains("Μαρία"));
        let again: AttemptNotes = serde_json::from_str(&serde_json::to_string(&notes).unwrap()).unwrap();
        assert_eq!(again, notes);
    }

    #[test]
    fn a_plan_of_an_earlier_version_reads_as_it_was() {
        let slot: Slot = serde_json::from_str(r#"{"instalment": 1, "date": "2022-09-15"}"#).unwrap();
        assert_eq!(
            serde_json::to_string(&slot).unwrap(),
            r#"{"instalment":1,"date":"2022-09-15"}"#
        );
        let read: Occasion =
            serde_json::from_str(r#"{"place": "museum", "starts": "09:00:00", "age_from": 4, "age_to": 7}"#).unwrap();
        assert_eq!((read.age_from, read.age_to, read.capacity), (4, Some(7), None));
        assert!(serde_json::from_str::<Occasion>(r#"{"museum": "x"}"#).is_err());
    }
}
