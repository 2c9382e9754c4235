//! Eligibility of expenditure: every euro judged by the article that applies, with all findings and not the first.
//!
//! Pure and deterministic: what was known is frozen in [`Facts`], the numbers of the law are dated data of this crate, and a
//! judgement names the version of the rule set, so that it can be made again. Rules that a computer cannot judge are on the
//! checklist of papers. Numbers and rules from memory say so wherever a person sees them.

mod book;
mod budget;
mod catalogue;
mod claim;
mod contract;
mod expense;
mod facts;
mod fault;
mod finding;
mod fingerprint;
mod indicator;
mod irregularity;
mod kinds;
mod ledger;
mod life;
mod opinion;
mod parameters;
mod rules;
mod sample;
mod settle;
mod share;
mod systemic;
mod terms;

pub use book::Book;
pub use budget::{
    BudgetLine, Commitment, CommitmentState, Figures, Reallocation, ReallocationError, ReallocationEvent,
    ReallocationState, figures,
};
pub use catalogue::{Catalogue, RuleWords, Said};
pub use claim::{Claim, ClaimEvent, ClaimLine, ClaimState, ClaimTotals, LineKind, totals};
pub use contract::{AwardPath, Contract, ContractKind, SupplierFacts, SupplierKind};
pub use expense::{
    Allocation, CostForm, Dates, Depreciation, Document, EquipmentReason, Expense, InKind, Paper, Payroll, SheetDay,
    Withheld,
};
pub use facts::{Facts, Stage, WholeFacts};
pub use fault::{Fault, faults, line_faults};
pub use finding::{Finding, Judgement, NationalRules, Value, Verdict};
pub use fingerprint::{fingerprint, normal_number};
pub use indicator::{Arrived, Indicator, IndicatorKind, IndicatorUnit, Measured, MeasuredAction, measure};
pub use irregularity::{FoundBy, Irregularity, IrregularityEvent, IrregularityState};
pub use kinds::{Category, DocumentKind, Nature, PaperKind, Place};
pub use ledger::{Entry, FormUsed, Ledger, SameItem};
pub use life::{ExpenseEvent, ExpenseState};
pub use opinion::{OpinionOutcome, OpinionSubject, ScientificOpinion};
pub use parameters::{Amount, Day, Factor, Marking, NationalNumbers, Parameter, Parameters, RegimeNumbers};
pub use rules::{correction, hourly_rate, retention_until, withheld_tax};
pub use sample::{Candidate, draw};
pub use settle::{Aim, FlatSum, UnitSum, base_of, flat_sum, settled, unit_sum};
pub use share::{Share, ShareError};
pub use systemic::{Criterion, Systemic, spread};
pub use terms::{Closing, FlatRate, FundingTerms, Investment, OperationFacts, StateAid, VatStatus};

use crate::canonical::DigestWriter;
use crate::operation::Regime;
use crate::parameter::DataError;

/// The version of the rules' code: raised with every change that may change a judgement. A test holds the judgements of all
/// cases to it.
pub const RULES_VERSION: &str = "4";

/// The rules with their numbers and words, ready to judge.
#[derive(Clone, Debug)]
pub struct RuleSet {
    old: Parameters,
    new: Parameters,
    catalogue: Catalogue,
    version: String,
}

impl RuleSet {
    /// Reads this crate's data.
    ///
    /// # Errors
    /// When a data file is wrong; the tests find that.
    pub fn load() -> Result<Self, DataError> {
        let mut hasher = DigestWriter::new("expenditure-rules:1");
        hasher.update(RULES_VERSION.as_bytes());
        let files = [
            parameters::FILE_1420,
            parameters::FILE_2127,
            parameters::FILE_GREECE,
            crate::calendar::HOLIDAYS,
        ];
        for (name, text) in files {
            hasher.update(name.as_bytes());
            hasher.update(text.as_bytes());
        }
        Ok(Self {
            old: Parameters::of(Regime::Period1420)?,
            new: Parameters::of(Regime::Period2127)?,
            catalogue: Catalogue::load()?,
            version: hasher.finish().to_string(),
        })
    }

    /// The version: a digest over the numbers and the version of the code.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The words.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The numbers of a regime.
    pub fn parameters(&self, regime: Regime) -> &Parameters {
        match regime {
            Regime::Period1420 => &self.old,
            Regime::Period2127 => &self.new,
        }
    }

    /// Judges one expense under the law of the Union and of Greece.
    pub fn judge(&self, facts: &Facts) -> Judgement {
        rules::judge(&self.version, self.parameters(facts.operation.regime), facts, true)
    }

    /// Judges one expense under the law of the Union and of another country: `findings` are what that country's set said of
    /// the same facts.
    pub fn judge_abroad(&self, facts: &Facts, national: NationalRules, findings: Vec<Finding>) -> Judgement {
        let parameters = self.parameters(facts.operation.regime);
        rules::judge(&self.version, parameters, facts, false).with_national(national, findings)
    }

    /// Judges an operation as a whole.
    pub fn judge_whole(&self, facts: &WholeFacts) -> Judgement {
        rules::judge_whole(&self.version, self.parameters(facts.operation.regime), facts)
    }

    /// Every code of a rule.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        rules::codes()
    }
}
