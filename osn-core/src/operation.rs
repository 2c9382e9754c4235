//! A funded operation (Πράξη): who runs it, under which programme and fund, in which packages of work.
//!
//! What the decision of inclusion does not say stays absent. Expenditure rules come with the money module.

use serde::{Deserialize, Serialize};

use crate::id::OperationId;
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
}
