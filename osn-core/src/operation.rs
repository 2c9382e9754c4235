//! A funded operation (Πράξη): who runs it, under which programme and fund, in which packages of work.
//!
//! What the decision of inclusion does not say stays absent. What expenditure is judged by is [`FundingTerms`].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::expenditure::{FundingTerms, Indicator, OperationFacts, Share};
use crate::id::OperationId;
use crate::identifier::Ada;
use crate::lang::LocalText;
use crate::money::Money;
use crate::time::Period;

/// The regime of eligibility of expenditure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Regime {
    /// Reg. (EU) 1303/2013 and 1304/2013.
    #[serde(rename = "1420")]
    Period1420,
    /// Reg. (EU) 2021/1060 and 2021/1057.
    #[serde(rename = "2127")]
    Period2127,
}

/// How a sub-project is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImplementationMode {
    /// By own means (ίδια μέσα).
    OwnMeans,
    /// By contract.
    Contract,
}

/// A numbered part with a name: a work package or a sub-project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkPackage {
    /// Code, e.g. `WP2`.
    pub code: String,
    /// Name.
    pub name: LocalText,
}

/// A sub-project (Υποέργο).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubProject {
    /// Code.
    pub code: String,
    /// Name.
    pub name: LocalText,
    /// How it is carried out.
    pub mode: ImplementationMode,
}

/// The decision of inclusion (απόφαση ένταξης) or an amendment of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// When it was decided.
    pub on: NaiveDate,
    /// Number of its posting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ada: Option<Ada>,
    /// What it changed; of the first one, nothing.
    #[serde(default, skip_serializing_if = "LocalText::is_empty")]
    pub change: LocalText,
}

/// A deliverable (παραδοτέο) of a work package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliverable {
    /// Code within the operation.
    pub code: String,
    /// Its work package.
    pub work_package: String,
    /// Name.
    pub name: LocalText,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_on: Option<NaiveDate>,
    /// How far it is.
    #[serde(default)]
    pub progress: Share,
}

/// The operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Identifier.
    pub id: OperationId,
    /// Stable code of the municipality.
    pub code: String,
    /// Title.
    pub name: LocalText,
    /// The body responsible for it (δικαιούχος); never a person who is helped.
    pub beneficiary: LocalText,
    /// Operational programme.
    pub programme: LocalText,
    /// Fund, e.g. `ESF`.
    pub fund: String,
    /// Priority axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_axis: Option<LocalText>,
    /// Integrated territorial investment (ΟΧΕ).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territorial_investment: Option<LocalText>,
    /// Regime of expenditure.
    pub regime: Regime,
    /// Period in which expenditure may arise; the start is absent where the source does not give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Total budget, when the decision is at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Work packages.
    pub work_packages: Vec<WorkPackage>,
    /// Sub-projects.
    pub sub_projects: Vec<SubProject>,
    /// The decision of inclusion with its amendments, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Inclusion>,
    /// Deliverables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliverables: Vec<Deliverable>,
    /// What it is measured by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indicators: Vec<Indicator>,
    /// Terms of funding.
    #[serde(default)]
    pub terms: FundingTerms,
    /// What may leave a budget line without an amended decision, of its approved amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reallocation_margin: Option<Share>,
}

impl Operation {
    /// What a judgement of an expense of this sub-project reads.
    pub fn facts(&self, sub_project: &str) -> OperationFacts {
        let mode = self.sub_projects.iter().find(|project| project.code == sub_project);
        OperationFacts {
            regime: self.regime,
            fund: self.fund.clone(),
            period: self.period,
            mode: mode.map(|project| project.mode),
            terms: self.terms.clone(),
        }
    }
}
