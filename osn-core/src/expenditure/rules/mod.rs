//! The rules, each a small function named after its article; the table says which regime each belongs to.

mod forms;
mod kinds;
mod operation;
mod papers;
mod period;
mod place;
mod procurement;
mod staff;
mod vat;
mod withholding;

use super::facts::Stage;
use super::facts::{Facts, WholeFacts};
use super::finding::{Finding, Judgement, Out};
use super::ledger::Ledger;
use super::parameters::Parameters;
use crate::money::Money;
use crate::operation::Regime;

pub use operation::{correction, retention_until};
pub use staff::hourly_rate;
pub use withholding::withheld_tax;

/// What a rule reads.
pub(super) struct Case<'a> {
    pub(super) facts: &'a Facts,
    pub(super) p: &'a Parameters,
    pub(super) declared: Money,
}

/// What a rule about the whole operation reads.
pub(super) struct Whole<'a> {
    pub(super) facts: &'a WholeFacts,
    pub(super) p: &'a Parameters,
    pub(super) ledger: &'a Ledger,
}

/// A rule about one expense: its code in each regime (`None`: it has none there), and the function.
struct Rule {
    code_1420: Option<&'static str>,
    code_2127: Option<&'static str>,
    /// Of Greek law: a national set takes its place.
    greek: bool,
    judge: fn(&Case<'_>, &mut Out<'_>),
}

const fn both(code_1420: &'static str, code_2127: &'static str, judge: fn(&Case<'_>, &mut Out<'_>)) -> Rule {
    Rule {
        code_1420: Some(code_1420),
        code_2127: Some(code_2127),
        greek: false,
        judge,
    }
}

const fn old(code: &'static str, judge: fn(&Case<'_>, &mut Out<'_>)) -> Rule {
    Rule {
        code_1420: Some(code),
        code_2127: None,
        greek: false,
        judge,
    }
}

const fn new(code: &'static str, judge: fn(&Case<'_>, &mut Out<'_>)) -> Rule {
    Rule {
        code_1420: None,
        code_2127: Some(code),
        greek: false,
        judge,
    }
}

/// Of Greek law.
const fn greek(rule: Rule) -> Rule {
    Rule { greek: true, ..rule }
}

/// Of Greek law: the same in both regimes.
const fn national(code: &'static str, judge: fn(&Case<'_>, &mut Out<'_>)) -> Rule {
    greek(both(code, code, judge))
}

/// Of this house, whatever the law: what the records must be in order to be judged at all.
const fn house(code: &'static str, judge: fn(&Case<'_>, &mut Out<'_>)) -> Rule {
    both(code, code, judge)
}

/// Rules about one expense, in the order in which an auditor reads.
const RULES: &[Rule] = &[
    both("E14-PERIOD", "E21-PERIOD", period::cpr_65_2),
    both("E14-SCO-PERIOD", "E21-SCO-PERIOD", period::cpr_65_4),
    old("E14-YEI-START", period::cpr_65_3),
    both("E14-NOTDONE", "E21-NOTDONE", period::cpr_65_6),
    both("E14-DECISION", "E21-DECISION", period::decision_of_inclusion),
    both("E14-DOUBLE", "E21-DOUBLE", forms::cpr_65_11),
    both("E14-FORM", "E21-FORM", forms::cpr_67_1),
    both("E14-COMBINE", "E21-COMBINE", forms::cpr_67_3),
    old("E14-PROCURED", forms::cpr_67_4),
    both("E14-SCO-MAND", "E21-SCO-MAND", forms::cpr_67_2a),
    both("E14-SETTLE", "E21-SETTLE", forms::settled_from_deliveries),
    new("E21-FLAT7", forms::cpr_54_a),
    both("E14-FLAT15", "E21-FLAT15", forms::cpr_68_1_b),
    both("E14-FLAT25", "E21-FLAT25", forms::cpr_68_1_a),
    both("E14-STAFF20", "E21-STAFF20", forms::cpr_68a_1),
    both("E14-FLAT40", "E21-FLAT40", forms::cpr_68b_1),
    both("E14-FLAT40B", "E21-FLAT40B", forms::cpr_68b_2),
    new("E21-FOOD", forms::esf_22),
    both("E14-1720", "E21-1720", staff::cpr_68a_2),
    both("E14-1720CAP", "E21-1720CAP", staff::cpr_68a_3),
    both("E14-FIXEDPCT", "E21-FIXEDPCT", staff::cpr_68a_5),
    both("E14-INKIND", "E21-INKIND", kinds::cpr_69_1),
    both("E14-DEPREC", "E21-DEPREC", kinds::cpr_69_2),
    both("E14-INTEREST", "E21-INTEREST", kinds::cpr_69_3_a),
    both("E14-LAND", "E21-LAND", kinds::cpr_69_3_b),
    new("E21-EQUIPMENT", kinds::esf_16),
    both("E14-VAT", "E21-VAT", vat::cpr_69_3_c),
    old("E14-LOCATION", place::cpr_70),
    new("E21-ABROAD", place::cpr_63_4),
    old("E14-3RDPAY", kinds::esf_13_5),
    greek(new("E21-VERIF", papers::law_4914_39)),
    national("G-DIRECT30", procurement::direct_30),
    national("G-DIRECT60", procurement::direct_60),
    national("G-DIRECT-ICT", procurement::direct_ict),
    national("G-CONTRACT2500", procurement::written_agreement),
    national("G-KIMDIS-NULL", procurement::published_award),
    national("G-SPLIT", procurement::no_splitting),
    national("G-ESIDIS", procurement::electronic_system),
    national("G-LEVY", withholding::levy),
    national("G-LEVY-ESIDIS", withholding::levy_system),
    national("G-WHT", withholding::tax),
    national("G-WHT20", withholding::tax_fees),
    national("G-COMMIT", papers::commitment),
    national("G-DIAVGEIA", papers::posted),
    national("G-KIMDIS-EXEMPT", papers::pulled_from_registry),
    national("G-PUBLICITY", papers::publicity),
    national("G-TIMESHEET", staff::time_sheets),
    national("G-DEMINIMIS", papers::de_minimis),
    national("D01-DOCUMENT", papers::document),
    national("D02-PAYMENT", papers::payment),
    national("D03-WARRANT", papers::warrant),
    national("D04-COMMITMENT", papers::commitment_paper),
    national("D05-AWARD", papers::award),
    national("D06-ACCEPTANCE", papers::acceptance),
    national("D07-CLEARANCE", papers::clearance),
    national("D08-STAFF", papers::staff),
    national("D09-PHYSICAL", papers::physical),
    national("D10-ACCOUNT", papers::account),
    national("D11-PUBLICITY", papers::publicity_paper),
    house("D12-ORDER", period::date_order),
    house("D12-CREDIT", papers::credit_notes),
    house("D12-CLAIMED", papers::in_another_claim),
    house("B-LINE", papers::budget_line),
];

type WholeRule = (Option<&'static str>, Option<&'static str>, fn(&Whole<'_>, &mut Out<'_>));

/// Rules about the whole operation.
const WHOLE_RULES: &[WholeRule] = &[
    (Some("E14-REVENUE"), None, operation::cpr_65_8),
    (Some("E14-INKIND-SUM"), Some("E21-INKIND-SUM"), operation::cpr_69_1),
    (Some("E14-DURAB"), Some("E21-DURAB"), operation::cpr_71),
    (Some("E14-ARCHIVE"), Some("E21-ARCHIVE"), operation::cpr_140),
];

/// Every code of the table, of every regime.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    let single = RULES.iter().flat_map(|rule| [rule.code_1420, rule.code_2127]);
    let whole = WHOLE_RULES.iter().flat_map(|rule| [rule.0, rule.1]);
    single.chain(whole).flatten()
}

/// Judges one expense: every rule answers that has something to say; those of Greek law only where `greek` law holds.
pub(super) fn judge(rule_set: &str, p: &Parameters, facts: &Facts, greek: bool) -> Judgement {
    let declared = facts.expense.declared().unwrap_or_default();
    let case = Case { facts, p, declared };
    let mut findings: Vec<Finding> = Vec::with_capacity(32);
    for rule in RULES.iter().filter(|rule| greek || !rule.greek) {
        let code = match facts.operation.regime {
            Regime::Period1420 => rule.code_1420,
            Regime::Period2127 => rule.code_2127,
        };
        if let Some(code) = code {
            let mut out = Out {
                rule: code,
                at_claim: facts.stage == Stage::Claim,
                findings: &mut findings,
            };
            (rule.judge)(&case, &mut out);
        }
    }
    Judgement::of(rule_set, declared, findings)
}

/// Judges the operation as a whole: ceilings and duties that no single expense shows. `declared` is what is eligible so far.
pub(super) fn judge_whole(rule_set: &str, p: &Parameters, facts: &WholeFacts) -> Judgement {
    let whole = Whole {
        facts,
        p,
        ledger: &facts.ledger,
    };
    let mut findings: Vec<Finding> = Vec::new();
    for (code_1420, code_2127, rule) in WHOLE_RULES {
        let code = match facts.operation.regime {
            Regime::Period1420 => *code_1420,
            Regime::Period2127 => *code_2127,
        };
        if let Some(code) = code {
            let mut out = Out {
                rule: code,
                at_claim: true,
                findings: &mut findings,
            };
            rule(&whole, &mut out);
        }
    }
    Judgement::of(rule_set, facts.ledger.total_eligible, findings)
}
