//! Upkeep of the mapping: how fresh a record is, when its owner is reminded, what a confirmation and a suggestion are.
//!
//! A directory dies of records that nobody confirms. Each record has an owner body; the rules here say when it is asked.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::coverage::FreshnessPolicy;
use crate::directory::TermCode;
use crate::id::{AccountId, OrganizationId, RecordConfirmationId, ReminderId, SubscriptionId, SuggestionId};
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// The kinds of record that a body owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// The body itself.
    Organization,
    /// A place of it.
    Location,
    /// A service of it.
    Service,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Organization, Self::Location, Self::Service];

    /// The stable name, as [`crate::directory::DirectoryRecord::kind`] has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Location => "location",
            Self::Service => "service",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a municipality decides about upkeep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpkeepPolicy {
    /// After how many days a record loses its worth.
    pub freshness: FreshnessPolicy,
    /// A reminder that brought nothing is repeated after this many days, not before.
    pub remind_again_after_days: u16,
    /// The link of a reminder can be used for this many days.
    pub link_valid_days: u16,
    /// Counts below this are not shown publicly.
    pub publish_from: u32,
}

impl Default for UpkeepPolicy {
    fn default() -> Self {
        Self {
            freshness: FreshnessPolicy::default(),
            remind_again_after_days: 30,
            link_valid_days: 30,
            publish_from: 10,
        }
    }
}

/// How far a record can still be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// Confirmed lately.
    Fresh,
    /// The owner is to be reminded; the record still counts.
    ReminderDue,
    /// No longer counted as cover.
    NoCover,
    /// No longer shown to whoever refers people.
    NoReferral,
    /// Nobody ever confirmed it: unknown, which is not the same as old.
    NeverConfirmed,
}

impl Freshness {
    /// Every degree, from the best.
    pub const ALL: [Self; 5] = [
        Self::Fresh,
        Self::ReminderDue,
        Self::NoCover,
        Self::NoReferral,
        Self::NeverConfirmed,
    ];

    /// The degree of a record last confirmed on `assured`, on a day. A day ahead counts as fresh: where records are
    /// written none is taken.
    pub fn of(assured: Option<NaiveDate>, policy: FreshnessPolicy, on: NaiveDate) -> Self {
        let Some(assured) = assured else {
            return Self::NeverConfirmed;
        };
        let days = on.signed_duration_since(assured).num_days();
        if days > policy.no_referral_after_days.into() {
            Self::NoReferral
        } else if days > policy.no_cover_after_days.into() {
            Self::NoCover
        } else if days > policy.remind_after_days.into() {
            Self::ReminderDue
        } else {
            Self::Fresh
        }
    }

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::ReminderDue => "reminder-due",
            Self::NoCover => "no-cover",
            Self::NoReferral => "no-referral",
            Self::NeverConfirmed => "never-confirmed",
        }
    }

    /// The degree with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|degree| degree.name() == name)
    }

    /// Whether the record is too old to be counted as cover: it is marked wherever it is shown.
    pub const fn is_stale(self) -> bool {
        matches!(self, Self::NoCover | Self::NoReferral)
    }

    /// Whether people may still be referred to it.
    pub const fn may_be_referred_to(self) -> bool {
        !matches!(self, Self::NoReferral)
    }
}

impl UpkeepPolicy {
    /// The first day on which the owner is asked (again): the day after the record is `remind_after_days` old, and not
    /// before `remind_again_after_days` have passed since the last reminder. `None`: as soon as anybody looks.
    pub fn next_reminder(&self, assured: Option<NaiveDate>, reminded: Option<NaiveDate>) -> Option<NaiveDate> {
        let later = |day: NaiveDate, days: u64| day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
        let old = assured.map(|day| later(day, u64::from(self.freshness.remind_after_days).saturating_add(1)));
        let again = reminded.map(|day| later(day, self.remind_again_after_days.into()));
        // A reminder from before the confirmation was answered by it.
        old.max(again.filter(|_| reminded > assured || assured.is_none()))
    }

    /// Whether the owner is to be asked on this day.
    pub fn is_reminder_due(&self, assured: Option<NaiveDate>, reminded: Option<NaiveDate>, on: NaiveDate) -> bool {
        self.next_reminder(assured, reminded).is_none_or(|day| day <= on)
    }
}

/// The way by which somebody confirmed a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfirmedThrough {
    /// The owner, by the link of a reminder.
    OwnerLink,
    /// The owner, signed in.
    OwnerAccount,
    /// The municipality's staff, who asked the owner.
    Staff,
}

impl ConfirmedThrough {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::OwnerLink, Self::OwnerAccount, Self::Staff];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnerLink => "owner-link",
            Self::OwnerAccount => "owner-account",
            Self::Staff => "staff",
        }
    }

    /// The way with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}

/// What a body returns with a confirmation: people of a period. What it does not say is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodFigures {
    /// First and last day that they cover.
    pub period: Period,
    /// People served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served: Option<u32>,
    /// People turned away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turned_away: Option<u32>,
    /// People waiting on the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u32>,
}

/// What is wrong with figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FiguresFault {
    /// The period is open or backwards.
    #[error("the period needs a first and a last day, in this order")]
    Period,
    /// The period ends after today.
    #[error("figures are of days that have passed")]
    Future,
    /// No figure is given.
    #[error("at least one figure")]
    Nothing,
}

impl PeriodFigures {
    /// Checks them on the day on which they are given.
    ///
    /// # Errors
    /// When the period is open, backwards or in the future, or nothing is counted.
    pub fn check(&self, on: NaiveDate) -> Result<(), FiguresFault> {
        match self.period.to {
            None => Err(FiguresFault::Period),
            Some(to) if to < self.period.from => Err(FiguresFault::Period),
            Some(to) if to > on => Err(FiguresFault::Future),
            Some(_) if self.served.or(self.turned_away).or(self.waiting).is_none() => Err(FiguresFault::Nothing),
            Some(_) => Ok(()),
        }
    }
}

/// A count as everybody may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicCount {
    /// The record does not say.
    NotStated,
    /// Fewer than the threshold: who they are could be guessed.
    Below(u32),
    /// The count.
    Exactly(u32),
}

impl PublicCount {
    /// A count under the threshold of publication. Nobody at all is no one's secret.
    pub fn of(count: Option<u32>, publish_from: u32) -> Self {
        match count {
            None => Self::NotStated,
            Some(count) if count > 0 && count < publish_from => Self::Below(publish_from),
            Some(count) => Self::Exactly(count),
        }
    }
}

/// Somebody who answers for a record said on a day that it is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordConfirmation {
    /// Identifier.
    pub id: RecordConfirmationId,
    /// Kind of record.
    pub kind: RecordKind,
    /// The record.
    pub record_id: Uuid,
    /// The body that owned it then.
    pub owner: OrganizationId,
    /// The day, as the municipality counts it.
    pub on: NaiveDate,
    /// By which way.
    pub through: ConfirmedThrough,
    /// The account, where somebody was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// Figures of a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<PeriodFigures>,
    /// How it was asked, e.g. "by telephone"; no personal data.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When it was recorded.
    pub at: Instant,
}

/// Where a reminder's link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ReminderState {
    /// It went out and nobody answered.
    Sent,
    /// It was answered: once, and never again.
    Used {
        /// When.
        at: Instant,
    },
    /// A newer one took its place, or the record was confirmed by another way.
    Replaced {
        /// When.
        at: Instant,
    },
}

/// What can happen to a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReminderEvent {
    /// The owner answered by its link.
    Use {
        /// When.
        at: Instant,
    },
    /// It is not needed any more.
    Replace {
        /// When.
        at: Instant,
    },
}

impl Machine for ReminderState {
    type Event = ReminderEvent;
    const NAME: &'static str = "reminder";

    fn name(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Used { .. } => "used",
            Self::Replaced { .. } => "replaced",
        }
    }

    fn event_name(event: &ReminderEvent) -> &'static str {
        match event {
            ReminderEvent::Use { .. } => "use",
            ReminderEvent::Replace { .. } => "replace",
        }
    }

    fn apply(&self, event: &ReminderEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Sent, ReminderEvent::Use { at }) => Ok(Self::Used { at: *at }),
            (Self::Sent, ReminderEvent::Replace { at }) => Ok(Self::Replaced { at: *at }),
            (Self::Used { .. } | Self::Replaced { .. }, _) => Err(self.refuse(event)),
        }
    }
}

/// A reminder about one record of one body. Its link is bound to both and works once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// Identifier: with the municipality's mark over it, the link.
    pub id: ReminderId,
    /// The body that is asked.
    pub owner: OrganizationId,
    /// Kind of record.
    pub kind: RecordKind,
    /// The record.
    pub record_id: Uuid,
    /// When it was written.
    pub sent_at: Instant,
    /// The link works until then.
    pub expires_at: Instant,
    /// Where it stands.
    pub state: ReminderState,
}

/// Why a link does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// It was used.
    Used,
    /// Its time is over, or a newer one was sent.
    Expired,
    /// The record is not the asked body's any more.
    OtherOwner,
}

impl Reminder {
    /// Whether the link still works.
    ///
    /// # Errors
    /// Why it does not.
    pub fn check(&self, now: Instant) -> Result<(), LinkFault> {
        match self.state {
            ReminderState::Used { .. } => Err(LinkFault::Used),
            ReminderState::Replaced { .. } => Err(LinkFault::Expired),
            ReminderState::Sent if now >= self.expires_at => Err(LinkFault::Expired),
            ReminderState::Sent => Ok(()),
        }
    }

    /// The same about a record that has this owner by now: the link asks one body, and no other answers by it.
    ///
    /// # Errors
    /// Why it does not work. That the record has another owner comes before the time: a new link would not help.
    pub fn check_for(&self, owner: Option<OrganizationId>, now: Instant) -> Result<(), LinkFault> {
        match self.check(now) {
            Err(LinkFault::Used) => Err(LinkFault::Used),
            _ if owner != Some(self.owner) => Err(LinkFault::OtherOwner),
            checked => checked,
        }
    }
}

/// What somebody says is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuggestionAbout {
    /// It does not run any more, or not now.
    Closed,
    /// Days or hours.
    Hours,
    /// Telephone, mail, site.
    Contact,
    /// Where it is.
    Place,
    /// Whom it is for, what it asks for.
    Conditions,
    /// Something else.
    Other,
}

impl SuggestionAbout {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Closed,
        Self::Hours,
        Self::Contact,
        Self::Place,
        Self::Conditions,
        Self::Other,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Hours => "hours",
            Self::Contact => "contact",
            Self::Place => "place",
            Self::Conditions => "conditions",
            Self::Other => "other",
        }
    }
}

/// Who made a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuggestionFrom {
    /// Anybody, on the public page.
    Citizen,
    /// The owner, by the link of a reminder.
    OwnerLink,
}

/// Where a suggestion stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum SuggestionState {
    /// Nobody decided.
    Open,
    /// The record was changed, or is being.
    Accepted {
        /// Who decided.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// The record stays.
    Refused {
        /// Who decided.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

/// What can happen to a suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuggestionEvent {
    /// It is right.
    Accept {
        /// Who decides.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// It is not, for a reason.
    Refuse {
        /// Who decides.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

impl Machine for SuggestionState {
    type Event = SuggestionEvent;
    const NAME: &'static str = "suggestion";

    fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
        }
    }

    fn event_name(event: &SuggestionEvent) -> &'static str {
        match event {
            SuggestionEvent::Accept { .. } => "accept",
            SuggestionEvent::Refuse { .. } => "refuse",
        }
    }

    fn apply(&self, event: &SuggestionEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Open, SuggestionEvent::Accept { by, at }) => Ok(Self::Accepted { by: *by, at: *at }),
            // A refusal without a reason is none.
            (Self::Open, SuggestionEvent::Refuse { by, at, reason }) if !reason.trim().is_empty() => {
                Ok(Self::Refused {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

/// A suggestion about a record; its words and the contact are sealed apart from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// Identifier.
    pub id: SuggestionId,
    /// Kind of record.
    pub kind: RecordKind,
    /// The record.
    pub record_id: Uuid,
    /// The body that owns it.
    pub owner: OrganizationId,
    /// What it is about.
    pub about: SuggestionAbout,
    /// Who made it.
    pub from: SuggestionFrom,
    /// When.
    pub at: Instant,
    /// Where it stands.
    pub state: SuggestionState,
}

/// What a body wants to hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Identifier.
    pub id: SubscriptionId,
    /// The body.
    pub organization_id: OrganizationId,
    /// Categories with everything below them; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<TermCode>,
    /// Areas with everything below them; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<TermCode>,
    /// The revision of the mapping up to which it was told.
    pub told_to: i64,
}
