//! Values of the rules in words: terms, states, outcomes, reasons. Nothing is decided here.

use std::collections::BTreeMap;

use osn_core::application::AssessmentOutcome;
use osn_core::coverage::{Check, Fit, NeedOutcome, ServiceVerdict};
use osn_core::directory::{Directory, Mode, TaxonomyTerm, TermCode, Weekday};
use osn_core::time::Period;

use super::chrome::Page;
use super::part::{Mark, Tag, Tone};

/// The name of a term; the code itself where the mapping has lost it.
pub(super) fn term(p: &Page, directory: &Directory, code: &TermCode) -> String {
    directory
        .term(code)
        .map_or_else(|| code.to_string(), |term| p.text(&term.name))
}

/// The name of a term below those that it belongs to: a dash for each.
pub(super) fn below(p: &Page, depth: usize, term: &TaxonomyTerm) -> String {
    format!("{}{}", "– ".repeat(depth), p.text(&term.name))
}

/// Names of terms, one after the other.
pub(super) fn terms(p: &Page, directory: &Directory, codes: &[TermCode]) -> String {
    codes
        .iter()
        .map(|code| term(p, directory, code))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How a service reaches people.
pub(super) fn mode(p: &Page, mode: Mode) -> String {
    let name = match mode {
        Mode::Place => "place",
        Mode::Home => "home",
        Mode::Remote => "remote",
        Mode::Street => "street",
    };
    p.t(&format!("mode-{name}"))
}

/// A language by its code; the code itself where we have no word for it.
pub(super) fn language(p: &Page, code: &str) -> String {
    p.opt(&format!("language-{code}")).unwrap_or_else(|| code.to_owned())
}

/// A period: «1/9/2022 – 30/11/2022», «από 1/9/2022».
pub(super) fn period(p: &Page, period: Period) -> String {
    let from = p.day(period.from);
    match period.to {
        Some(to) => p.t2("period-from-to", ("from", &from), ("to", &p.day(to))),
        None => p.t1("period-from", "from", &from),
    }
}

/// Ages such as «6-12» in words; nothing when neither end is stated.
pub(super) fn ages(p: &Page, from: &str, to: &str) -> String {
    match (from.is_empty(), to.is_empty()) {
        (true, true) => p.t("not-stated"),
        (false, true) => p.t1("service-ages-from", "from", from),
        (true, false) => p.t1("service-ages-to", "to", to),
        (false, false) => p.t2("service-ages-between", ("from", from), ("to", to)),
    }
}

/// The answer to one question about one service.
pub(super) fn fit(p: &Page, fit: Fit) -> (Mark, String) {
    match fit {
        Fit::Met => (Mark::Yes, p.t("fit-met")),
        Fit::NotMet => (Mark::No, p.t("fit-not-met")),
        Fit::Unknown => (Mark::Unknown, p.t("fit-unknown")),
    }
}

/// Why: the reason's sentence with what the record says and what was wanted, names instead of codes.
pub(super) fn reason(p: &Page, directory: &Directory, check: &Check) -> String {
    let kind = check.reason.split('.').next().unwrap_or_default();
    let words: BTreeMap<&str, String> = check
        .params
        .iter()
        .map(|(name, value)| (name, param(p, directory, kind, name, value)))
        .collect();
    let args: Vec<(&str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
    p.with(&format!("need-reason-{}", check.reason.replace('.', "-")), &args)
}

fn param(p: &Page, directory: &Directory, kind: &str, name: &str, value: &str) -> String {
    if kind == "hours" && name == "days" {
        let days = value.split(", ").map(|code| weekday_named(p, code));
        return days.collect::<Vec<_>>().join(", ");
    }
    if !matches!(name, "seen" | "wanted") {
        return value.to_owned();
    }
    let each = |word: fn(&Page, &Directory, &str) -> String| {
        value
            .split(", ")
            .map(|piece| word(p, directory, piece))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match kind {
        "group" | "area" => each(|p, directory, code| term(p, directory, &TermCode::new(code))),
        "mode" => each(|p, _, name| p.t(&format!("mode-{name}"))),
        "language" => each(|p, _, code| language(p, code)),
        "age" => {
            let (from, to) = value.split_once('-').unwrap_or((value, ""));
            ages(p, from, to)
        }
        _ => value.to_owned(),
    }
}

/// A day of the week.
pub(super) fn weekday(p: &Page, day: Weekday) -> String {
    let number = match day {
        Weekday::Mo => 1,
        Weekday::Tu => 2,
        Weekday::We => 3,
        Weekday::Th => 4,
        Weekday::Fr => 5,
        Weekday::Sa => 6,
        Weekday::Su => 7,
    };
    p.t(&format!("date-weekday-{number}"))
}

fn weekday_named(p: &Page, code: &str) -> String {
    serde_json::from_value(serde_json::json!(code)).map_or_else(|_| code.to_owned(), |day| weekday(p, day))
}

/// What the rules make of one service.
pub(super) fn verdict(p: &Page, verdict: ServiceVerdict) -> Tag {
    match verdict {
        ServiceVerdict::Serves { places } => Tag::new(Tone::Good, p.tc("verdict-serves", places.into())),
        ServiceVerdict::DoesNotServe => Tag::new(Tone::Quiet, p.t("verdict-does-not-serve")),
        ServiceVerdict::Undetermined => Tag::new(Tone::Warn, p.t("verdict-undetermined")),
    }
}

/// The answer to a need: class of the box, title.
pub(super) fn outcome(p: &Page, outcome: NeedOutcome) -> (&'static str, String) {
    let residual = u64::from(outcome.residual());
    match outcome {
        NeedOutcome::Covered => ("covered", p.t("outcome-covered")),
        NeedOutcome::PartlyCovered { .. } => ("partly", p.tc("outcome-partly-covered", residual)),
        NeedOutcome::Gap { .. } => ("gap", p.tc("outcome-gap", residual)),
    }
}

/// The answer to a need as a tag.
pub(super) fn outcome_tag(p: &Page, of: NeedOutcome) -> Tag {
    let tone = match of {
        NeedOutcome::Covered => Tone::Good,
        NeedOutcome::PartlyCovered { .. } => Tone::Warn,
        NeedOutcome::Gap { .. } => Tone::Bad,
    };
    Tag::new(tone, p.t(&format!("outcome-{}-short", of.name())))
}

/// A state by the machine's and the state's stable names: `state-<machine>-<state>`.
pub(super) fn state(p: &Page, machine: &str, name: &str) -> Tag {
    let tone = match name {
        "draft" | "withdrawn" | "cancelled" | "fulfilled" | "not-selected" | "closed" | "joined" | "dismissed"
        | "ended" | "lapsed" | "expired" | "concluded" | "held" => Tone::Quiet,
        "submitted" | "proposed" | "reserve" | "examined" | "not-yet" | "reported" | "offered" | "sent" => Tone::Warn,
        "confirmed" | "covered" | "approved" | "final" | "selected" | "delivered" | "completed" | "active" | "open" => {
            Tone::Good
        }
        "failed" | "rejected" | "declared" => Tone::Bad,
        _ => Tone::Plain,
    };
    Tag::new(tone, p.t(&format!("state-{machine}-{name}")))
}

/// A program's verdict over an application.
pub(super) fn assessed(p: &Page, outcome: AssessmentOutcome) -> Tag {
    match outcome {
        AssessmentOutcome::Eligible => Tag::new(Tone::Good, p.t("assessed-eligible")),
        AssessmentOutcome::NotEligible => Tag::new(Tone::Bad, p.t("assessed-not-eligible")),
        AssessmentOutcome::MissingEvidence => Tag::new(Tone::Warn, p.t("assessed-missing-evidence")),
    }
}
