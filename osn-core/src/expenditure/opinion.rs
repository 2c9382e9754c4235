//! Scientific opinions: what somebody who knows the field says about a proposal of an action or a deliverable.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OperationId, OpinionId, ProposalId};
use crate::lang::LocalText;

/// What an opinion is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "about", rename_all_fields = "snake_case")]
pub enum OpinionSubject {
    /// A proposal of an action.
    Proposal {
        /// Which.
        proposal_id: ProposalId,
    },
    /// A deliverable of an operation.
    Deliverable {
        /// The operation.
        operation_id: OperationId,
        /// Its code.
        code: String,
    },
}

impl OpinionSubject {
    /// One text for the subject, by which its opinions are found.
    pub fn key(&self) -> String {
        match self {
            Self::Proposal { proposal_id } => format!("proposal:{proposal_id}"),
            Self::Deliverable { operation_id, code } => format!("deliverable:{operation_id}:{code}"),
        }
    }
}

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpinionOutcome {
    /// In favour.
    Favourable,
    /// In favour, if the remarks are followed.
    WithRemarks,
    /// Against.
    Unfavourable,
}

impl OpinionOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Favourable, Self::WithRemarks, Self::Unfavourable];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Favourable => "favourable",
            Self::WithRemarks => "with-remarks",
            Self::Unfavourable => "unfavourable",
        }
    }
}

/// A scientific opinion. It is given once: whoever changes their mind gives another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScientificOpinion {
    /// Identifier.
    pub id: OpinionId,
    /// What it is about.
    pub subject: OpinionSubject,
    /// The body or the office that gave it; no private person.
    pub given_by: LocalText,
    /// When.
    pub given_on: NaiveDate,
    /// What it says.
    pub outcome: OpinionOutcome,
    /// In which words.
    pub remarks: LocalText,
    /// Its number in the protocol; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// Who recorded it.
    pub by: AccountId,
}
