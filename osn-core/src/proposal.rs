//! From request to action: confirmed needs become a proposal of an action, with which operation could pay for it and why.
//!
//! Somebody proposes, another person approves; a proposal that is approved is published, and the action is planned from it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::certificate::NeedCertificate;
use crate::coverage::Fit;
use crate::directory::TermCode;
use crate::id::{AccountId, ActionId, CertificateId, OperationId, PlannedActionId, ProposalId};
use crate::lang::LocalText;
use crate::money::Money;
use crate::operation::{Operation, Regime};
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// What is asked of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FitDimension {
    /// Is the action of the kind that the operation is for: scope, groups, area?
    Character,
    /// Does it end while expenditure may arise?
    Duration,
    /// Is there money for it, and may its expenditure be declared?
    Budget,
}

/// One answer about one operation, with its reason as a code and parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitAnswer {
    /// What was asked.
    pub dimension: FitDimension,
    /// The answer.
    pub fit: Fit,
    /// Stable reason code, e.g. `duration.within`.
    pub reason: String,
    /// What the reason speaks of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<(String, String)>,
}

/// Whether an operation can pay for an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationFit {
    /// The operation.
    pub operation_id: OperationId,
    /// Every question with its answer.
    pub answers: Vec<FitAnswer>,
}

impl OperationFit {
    /// The answer as a whole: one no is a no, one unknown leaves it unknown.
    pub fn fit(&self) -> Fit {
        if self.answers.iter().any(|answer| answer.fit == Fit::NotMet) {
            Fit::NotMet
        } else if self.answers.iter().any(|answer| answer.fit == Fit::Unknown) {
            Fit::Unknown
        } else {
            Fit::Met
        }
    }
}

/// What an operation is for, where the municipality has said it; what is not said stays unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationScope {
    /// Entries of the intervention model that it pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_entries: Option<Vec<String>>,
    /// Groups that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<TermCode>>,
    /// Areas in which it may act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub areas: Option<Vec<TermCode>>,
}

/// What an action asks of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitQuestion<'a> {
    /// Entry of the intervention model.
    pub model_entry: &'a str,
    /// Groups, each with everything that includes it.
    pub groups: Vec<Vec<TermCode>>,
    /// Areas, each with everything that includes it.
    pub areas: Vec<Vec<TermCode>>,
    /// When it runs.
    pub period: Period,
    /// What it costs.
    pub budget: Money,
}

fn answer(dimension: FitDimension, fit: Fit, reason: &str, params: &[(&str, String)]) -> FitAnswer {
    let owned = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    FitAnswer {
        dimension,
        fit,
        reason: reason.to_owned(),
        params: owned.collect(),
    }
}

fn character(question: &FitQuestion<'_>, scope: &OperationScope) -> FitAnswer {
    let reply = |fit, reason: &str, params: &[(&str, String)]| answer(FitDimension::Character, fit, reason, params);
    if let Some(entries) = &scope.model_entries
        && !entries.iter().any(|entry| entry == question.model_entry)
    {
        return reply(
            Fit::NotMet,
            "character.other-entry",
            &[("entry", question.model_entry.to_owned())],
        );
    }
    let outside = |wanted: &[Vec<TermCode>], stated: &Option<Vec<TermCode>>| {
        stated.as_ref().and_then(|stated| {
            let lies_outside = |including: &&Vec<TermCode>| !including.iter().any(|code| stated.contains(code));
            wanted
                .iter()
                .find(lies_outside)
                .and_then(|including| including.first().cloned())
        })
    };
    if let Some(group) = outside(&question.groups, &scope.groups) {
        return reply(Fit::NotMet, "character.other-group", &[("term", group.to_string())]);
    }
    if let Some(area) = outside(&question.areas, &scope.areas) {
        return reply(Fit::NotMet, "character.other-area", &[("term", area.to_string())]);
    }
    if scope.model_entries.is_none() || scope.groups.is_none() || scope.areas.is_none() {
        return reply(Fit::Unknown, "character.not-stated", &[]);
    }
    reply(Fit::Met, "character.within", &[])
}

fn duration(question: &FitQuestion<'_>, operation: &Operation) -> FitAnswer {
    let reply = |fit, reason: &str, params: &[(&str, String)]| answer(FitDimension::Duration, fit, reason, params);
    let Some(eligible) = operation.period else {
        return reply(Fit::Unknown, "duration.not-stated", &[]);
    };
    if question.period.from < eligible.from {
        return reply(
            Fit::NotMet,
            "duration.begins-before",
            &[("from", eligible.from.to_string())],
        );
    }
    match (eligible.to, question.period.to) {
        (None, _) => reply(Fit::Unknown, "duration.end-not-stated", &[]),
        (Some(_), None) => reply(Fit::Unknown, "duration.action-open", &[]),
        (Some(last), Some(to)) if to > last => reply(Fit::NotMet, "duration.ends-after", &[("to", last.to_string())]),
        (Some(last), Some(_)) => reply(Fit::Met, "duration.within", &[("to", last.to_string())]),
    }
}

/// Money that is left when earlier actions took theirs. The regime says by which rules the expenditure is examined.
fn budget(question: &FitQuestion<'_>, operation: &Operation, taken: Money) -> FitAnswer {
    let reply = |fit, reason: &str, params: &[(&str, String)]| answer(FitDimension::Budget, fit, reason, params);
    let regime = match operation.regime {
        Regime::Period1420 => "1420",
        Regime::Period2127 => "2127",
    };
    let regime = ("regime", regime.to_owned());
    let Some(total) = operation.budget else {
        return reply(Fit::Unknown, "budget.not-stated", &[regime]);
    };
    match total.checked_sub(taken) {
        Ok(left) if question.budget <= left => reply(Fit::Met, "budget.within", &[("left", left.to_string()), regime]),
        Ok(left) => reply(Fit::NotMet, "budget.exceeds", &[("left", left.to_string()), regime]),
        Err(_) => reply(Fit::Unknown, "budget.not-stated", &[regime]),
    }
}

/// Asks an operation whether it can pay for an action; `taken` is what actions that stand already set aside from it.
pub fn operation_fit(
    question: &FitQuestion<'_>,
    operation: &Operation,
    scope: &OperationScope,
    taken: Money,
) -> OperationFit {
    OperationFit {
        operation_id: operation.id,
        answers: vec![
            character(question, scope),
            duration(question, operation),
            budget(question, operation, taken),
        ],
    }
}

/// Where a proposal stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum ProposalState {
    /// It waits for a second person.
    Proposed,
    /// A second person approved it: it is published, and the action may be planned.
    Approved {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person refused it.
    Rejected {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// The action is planned.
    Planned {
        /// The action.
        action: ActionId,
        /// When.
        at: Instant,
    },
    /// Taken back.
    Withdrawn {
        /// When.
        at: Instant,
    },
}

/// What can happen to a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposalEvent {
    /// A second person approves it.
    Approve {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
    },
    /// A second person refuses it; without a reason this is no decision.
    Reject {
        /// Who.
        by: AccountId,
        /// When.
        at: Instant,
        /// Why.
        reason: LocalText,
    },
    /// The action is planned.
    Plan {
        /// The action.
        action: ActionId,
        /// When.
        at: Instant,
    },
    /// Taken back.
    Withdraw {
        /// When.
        at: Instant,
    },
}

impl Machine for ProposalState {
    type Event = ProposalEvent;
    const NAME: &'static str = "proposal";

    fn name(&self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Planned { .. } => "planned",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    fn event_name(event: &ProposalEvent) -> &'static str {
        match event {
            ProposalEvent::Approve { .. } => "approve",
            ProposalEvent::Reject { .. } => "reject",
            ProposalEvent::Plan { .. } => "plan",
            ProposalEvent::Withdraw { .. } => "withdraw",
        }
    }

    fn apply(&self, event: &ProposalEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Proposed, ProposalEvent::Approve { by, at }) => Ok(Self::Approved { by: *by, at: *at }),
            (Self::Proposed, ProposalEvent::Reject { by, at, reason }) if !reason.get("el").trim().is_empty() => {
                Ok(Self::Rejected {
                    by: *by,
                    at: *at,
                    reason: reason.clone(),
                })
            }
            (Self::Approved { .. }, ProposalEvent::Plan { action, at }) => Ok(Self::Planned {
                action: *action,
                at: *at,
            }),
            (Self::Proposed | Self::Approved { .. }, ProposalEvent::Withdraw { at }) => Ok(Self::Withdrawn { at: *at }),
            _ => Err(self.refuse(event)),
        }
    }
}

/// A proposal of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionProposal {
    /// Identifier.
    pub id: ProposalId,
    /// Name.
    pub name: LocalText,
    /// What it would offer.
    pub description: LocalText,
    /// The certificates that it answers; at least one.
    pub certificates: Vec<CertificateId>,
    /// People whom they leave without service, together.
    pub residual: u32,
    /// Category of the needs.
    pub category: TermCode,
    /// Groups of the needs.
    pub groups: Vec<TermCode>,
    /// Areas of the needs.
    pub areas: Vec<TermCode>,
    /// Key of the program that would run it.
    pub program: String,
    /// The entry of the intervention model that it cites.
    pub model_entry: String,
    /// When it would run.
    pub period: Period,
    /// Places.
    pub places: u32,
    /// What it is estimated to cost.
    pub budget: Money,
    /// The operation that would pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<OperationId>,
    /// What the operations answered when it was proposed.
    pub fits: Vec<OperationFit>,
    /// Actions that overlapped it when it was proposed: same category and areas, same days.
    #[serde(default)]
    pub overlaps: Vec<ActionId>,
    /// What other bodies plan that overlapped it when it was proposed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planned_overlaps: Vec<PlannedActionId>,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Instant,
    /// Where it stands.
    pub state: ProposalState,
}

/// Why a proposal is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    /// No certificate.
    #[error("at least one certificate of need")]
    NoCertificate,
    /// A certificate stands twice.
    #[error("certificate {0} stands twice")]
    Twice(CertificateId),
    /// The network covers this need.
    #[error("certificate {0} leaves nobody without service")]
    Covered(CertificateId),
    /// The needs are of different categories.
    #[error("certificate {0} is about another category")]
    OtherCategory(CertificateId),
    /// More places than people without service.
    #[error("{places} places exceed the {residual} people without service")]
    OverResidual {
        /// Places.
        places: u32,
        /// People.
        residual: u32,
    },
    /// No places.
    #[error("places must be at least 1")]
    NoPlaces,
    /// The operation that should pay says no.
    #[error("the operation does not fit")]
    DoesNotFit,
    /// Whoever proposed it cannot decide on it.
    #[error("a second person decides")]
    SamePerson,
    /// No reason.
    #[error("a reason is needed")]
    NoReason,
    /// The step is not possible.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

/// What several certificates ask for together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedNeeds {
    /// The category.
    pub category: TermCode,
    /// Groups of all.
    pub groups: Vec<TermCode>,
    /// Areas of all.
    pub areas: Vec<TermCode>,
    /// People without service in all.
    pub residual: u32,
    /// From the first day of any to the last of any.
    pub period: Period,
}

/// Puts certificates together: one category, each once, none covered.
///
/// # Errors
/// The first certificate that does not go with the others.
pub fn joined_needs(certificates: &[&NeedCertificate]) -> Result<JoinedNeeds, ProposalError> {
    let first = certificates.first().ok_or(ProposalError::NoCertificate)?;
    let need = &first.confirmation.need;
    let mut joined = JoinedNeeds {
        category: need.category.clone(),
        groups: Vec::new(),
        areas: Vec::new(),
        residual: 0,
        period: need.period,
    };
    let mut seen = BTreeSet::new();
    for certificate in certificates {
        let need = &certificate.confirmation.need;
        let residual = certificate.confirmation.outcome.residual();
        if !seen.insert(certificate.id) {
            return Err(ProposalError::Twice(certificate.id));
        }
        if residual == 0 {
            return Err(ProposalError::Covered(certificate.id));
        }
        if need.category != joined.category {
            return Err(ProposalError::OtherCategory(certificate.id));
        }
        joined.residual = joined.residual.saturating_add(residual);
        let add = |codes: &[TermCode], to: &mut Vec<TermCode>| {
            for code in codes {
                if !to.contains(code) {
                    to.push(code.clone());
                }
            }
        };
        add(&need.groups, &mut joined.groups);
        add(&need.areas, &mut joined.areas);
        joined.period = Period {
            from: joined.period.from.min(need.period.from),
            to: last(joined.period.to, need.period.to),
        };
    }
    Ok(joined)
}

fn last(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Option<NaiveDate> {
    Some(one?.max(other?))
}

impl ActionProposal {
    /// What its numbers do wrong.
    ///
    /// # Errors
    /// When it has no place, more than people without service, or the operation that should pay says no.
    pub fn check(&self) -> Result<(), ProposalError> {
        if self.places == 0 {
            return Err(ProposalError::NoPlaces);
        }
        if self.places > self.residual {
            return Err(ProposalError::OverResidual {
                places: self.places,
                residual: self.residual,
            });
        }
        let chosen = |fit: &&OperationFit| Some(fit.operation_id) == self.operation_id;
        if self
            .fits
            .iter()
            .find(chosen)
            .is_some_and(|fit| fit.fit() == Fit::NotMet)
        {
            return Err(ProposalError::DoesNotFit);
        }
        Ok(())
    }

    /// A second person approves it.
    ///
    /// # Errors
    /// When the same person proposed it, or it was decided.
    pub fn approve(&mut self, by: AccountId, at: Instant) -> Result<(), ProposalError> {
        if by == self.proposed_by {
            return Err(ProposalError::SamePerson);
        }
        self.state = self.state.apply(&ProposalEvent::Approve { by, at })?;
        Ok(())
    }

    /// A second person refuses it, with a reason.
    ///
    /// # Errors
    /// When the same person proposed it, no reason is given, or it was decided.
    pub fn reject(&mut self, by: AccountId, at: Instant, reason: LocalText) -> Result<(), ProposalError> {
        if by == self.proposed_by {
            return Err(ProposalError::SamePerson);
        }
        if reason.get("el").trim().is_empty() {
            return Err(ProposalError::NoReason);
        }
        self.state = self.state.apply(&ProposalEvent::Reject { by, at, reason })?;
        Ok(())
    }
}
