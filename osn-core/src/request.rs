//! A support request (αίτημα στήριξης) from a body of the network, and its way to a certificate.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::coverage::{NeedOutcome, UnknownDecision};
use crate::id::{AccountId, CertificateId, GapId, OrganizationId, RequestId, ServiceId};
use crate::lang::LocalText;
use crate::meeting::FromProfile;
use crate::need::{Need, Urgency};
use crate::state::{InvalidTransition, Machine};
use crate::time::Instant;

/// Who asks through a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestOrigin {
    /// A body of the network.
    #[default]
    Body,
    /// The project's team.
    Team,
    /// A citizen at a counter, through whoever serves it; the citizen is not named.
    Counter,
}

impl RequestOrigin {
    /// Every origin.
    pub const ALL: [Self; 3] = [Self::Body, Self::Team, Self::Counter];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Team => "team",
            Self::Counter => "counter",
        }
    }

    const fn is_body(&self) -> bool {
        matches!(self, Self::Body)
    }
}

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum RequestState {
    /// Being written.
    Draft,
    /// Handed in.
    Submitted {
        /// When.
        at: Instant,
    },
    /// Checked against the mapping; people decide on what is unknown.
    Examined {
        /// When.
        at: Instant,
    },
    /// The need is confirmed, whole or residual: an action may follow.
    Confirmed {
        /// The certificate.
        certificate: CertificateId,
        /// Gap or residual.
        outcome: NeedOutcome,
    },
    /// The network covers it: closed with the services named.
    Covered {
        /// The certificate.
        certificate: CertificateId,
        /// Where to refer people.
        refer_to: Vec<ServiceId>,
    },
    /// Taken back by the body.
    Withdrawn {
        /// When.
        at: Instant,
    },
}

/// What can happen to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestEvent {
    /// The body hands it in.
    Submit {
        /// When.
        at: Instant,
    },
    /// The rules examined it (again).
    Examine {
        /// When.
        at: Instant,
    },
    /// A coordinator issued the certificate.
    Certify {
        /// The certificate.
        certificate: CertificateId,
        /// The outcome.
        outcome: NeedOutcome,
        /// Where to refer people, when covered.
        refer_to: Vec<ServiceId>,
    },
    /// The body takes it back.
    Withdraw {
        /// When.
        at: Instant,
    },
}

impl Machine for RequestState {
    type Event = RequestEvent;
    const NAME: &'static str = "request";

    fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted { .. } => "submitted",
            Self::Examined { .. } => "examined",
            Self::Confirmed { .. } => "confirmed",
            Self::Covered { .. } => "covered",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    fn event_name(event: &RequestEvent) -> &'static str {
        match event {
            RequestEvent::Submit { .. } => "submit",
            RequestEvent::Examine { .. } => "examine",
            RequestEvent::Certify { .. } => "certify",
            RequestEvent::Withdraw { .. } => "withdraw",
        }
    }

    fn apply(&self, event: &RequestEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Draft, RequestEvent::Submit { at }) => Ok(Self::Submitted { at: *at }),
            (Self::Submitted { .. } | Self::Examined { .. }, RequestEvent::Examine { at }) => {
                Ok(Self::Examined { at: *at })
            }
            (
                Self::Examined { .. },
                RequestEvent::Certify {
                    certificate,
                    outcome,
                    refer_to,
                },
            ) => Ok(match outcome {
                NeedOutcome::Covered => Self::Covered {
                    certificate: *certificate,
                    refer_to: refer_to.clone(),
                },
                NeedOutcome::PartlyCovered { .. } | NeedOutcome::Gap { .. } => Self::Confirmed {
                    certificate: *certificate,
                    outcome: *outcome,
                },
            }),
            (Self::Draft | Self::Submitted { .. } | Self::Examined { .. }, RequestEvent::Withdraw { at }) => {
                Ok(Self::Withdrawn { at: *at })
            }
            _ => Err(self.refuse(event)),
        }
    }
}

/// A support request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupportRequest {
    /// Identifier.
    pub id: RequestId,
    /// The body that asks, or whose counter or team it was written at.
    pub organization_id: OrganizationId,
    /// Who asks.
    #[serde(default, skip_serializing_if = "RequestOrigin::is_body")]
    pub origin: RequestOrigin,
    /// Who wrote it.
    pub created_by: AccountId,
    /// Short title.
    pub title: LocalText,
    /// The situation in words; no personal data.
    pub description: LocalText,
    /// What is needed.
    pub need: Need,
    /// What people decided about undetermined services.
    #[serde(default)]
    pub decisions: Vec<UnknownDecision>,
    /// The reported gaps that it grew out of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<GapId>,
    /// The described group that its number of people comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_profile: Option<FromProfile>,
    /// The officer who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountId>,
    /// The last day for the answer; set when it is handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// Where it stands.
    pub state: RequestState,
}

/// Within how many days a request is answered, by its urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DuePolicy {
    /// Planned support.
    pub normal: u16,
    /// Soon.
    pub high: u16,
    /// At once.
    pub immediate: u16,
}

impl Default for DuePolicy {
    fn default() -> Self {
        Self {
            normal: 20,
            high: 5,
            immediate: 1,
        }
    }
}

impl DuePolicy {
    /// The last day for the answer to a request that is handed in on a day.
    pub fn due(self, urgency: Urgency, on: NaiveDate) -> NaiveDate {
        let days = match urgency {
            Urgency::Normal => self.normal,
            Urgency::High => self.high,
            Urgency::Immediate => self.immediate,
        };
        on.checked_add_days(Days::new(days.into())).unwrap_or(on)
    }
}

impl SupportRequest {
    /// Whether its answer is late on a day: handed in, not answered, and the day has passed.
    pub fn is_late(&self, today: NaiveDate) -> bool {
        let waits = matches!(
            self.state,
            RequestState::Submitted { .. } | RequestState::Examined { .. }
        );
        waits && self.due.is_some_and(|due| due < today)
    }
}
