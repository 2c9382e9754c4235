//! The workplace of finance: the board, expenses that read like an auditor's checklist, claims.

mod board;
mod budget;
mod claim;
mod claim_paper;
mod entry;
mod expense;
mod further;
mod indicators;
mod operation;
mod paid;
mod plan;
mod questions;
mod settle;
mod suppliers;
mod systemic;

pub(super) use board::{begin, board, import, list, operations};
pub(super) use budget::{
    add_line, approve as approve_reallocation, ask as budget, commit, propose, reject as reject_reallocation, release,
};
pub(super) use claim::{
    certify, freeze, manifest, one as claim, sample as claim_sample, submit, tables as claim_tables,
    withdraw as withdraw_claim, workbook,
};
pub(super) use claim_paper::pdf as claim_pdf;
pub(super) use entry::{ask, change, edit, write};
pub(super) use expense::{approve, file, one, paper, withdraw};
pub(super) use further::{
    confirm as confirm_irregularity, costs, deliverable, deliverables, dismiss as dismiss_irregularity, irregularity,
    opine, opinion_form, opinions_table, progress, record, register, tables,
};
pub(super) use indicators::{define as define_indicator, list as indicators};
pub(super) use operation::{change as change_operation, one as operation};
pub(super) use paid::of_action as paid_for;
pub(super) use plan::{ask as ask_what_if, tell as tell_what_if};
pub(super) use settle::{due as settlements, settle};
pub(super) use suppliers::{add, add_contract, contracts, list as suppliers};
pub(super) use systemic::{
    ask as ask_systemic, confirm as confirm_systemic, dismiss as dismiss_systemic, one as systemic,
    write as write_systemic,
};

use osn_core::expenditure::Category;
use osn_core::operation::Operation;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::acts::money::FindingView;
use crate::acts::money::expenses::JudgementView;
use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::part::{Block, Cell, Chip, Row, Table, Tag, Tone};
use crate::pages::{mend, typed};
use crate::refusal::Outcome;

use super::head;

/// What a form holds, as the value that an act takes.
fn read<T: DeserializeOwned>(form: &FormView, p: &Page) -> Outcome<T> {
    let body = form.body(p)?;
    typed(in_euros(body))
}

/// Amounts are in euros: nobody types a currency.
fn in_euros(mut body: Value) -> Value {
    let number_only = body.as_object().is_some_and(|map| map.len() == 1) && body["amount"].is_string();
    if number_only {
        body["currency"] = json!("EUR");
    } else if let Some(map) = body.as_object_mut() {
        for value in map.values_mut() {
            *value = in_euros(value.take());
        }
    } else if let Some(items) = body.as_array_mut() {
        for item in items {
            *item = in_euros(item.take());
        }
    }
    body
}

/// Answers of a closed list in words: the keys are `{prefix}-{name}`.
fn choices<'n>(p: &Page, prefix: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<Choice> {
    let word = |name: &str| Choice::new(name, p.t(&format!("{prefix}-{name}")));
    names.into_iter().map(word).collect()
}

fn chip(p: &Page, key: &str, path: String) -> Chip {
    Chip {
        text: p.t(key),
        href: p.url(&path),
        current: false,
    }
}

/// A category with its code.
fn category(p: &Page, category: Category) -> String {
    let code = category.name();
    format!(
        "{code} {}",
        p.t(&format!("money-category-{}", code.to_ascii_lowercase()))
    )
}

fn category_choices(p: &Page) -> Vec<Choice> {
    let choice = |of: Category| Choice::new(of.name(), category(p, of));
    Category::ALL.into_iter().map(choice).collect()
}

fn sub_projects(p: &Page, operation: &Operation) -> Vec<Choice> {
    let parts = operation.sub_projects.iter();
    parts
        .map(|part| Choice::new(part.code.clone(), p.text(&part.name)))
        .collect()
}

fn packages(p: &Page, operation: &Operation) -> Vec<Choice> {
    let parts = operation.work_packages.iter();
    parts
        .map(|part| Choice::new(part.code.clone(), p.text(&part.name)))
        .collect()
}

/// Asks why something is taken back; `here` is what is taken back.
fn withdraw_form(p: &Page, here: &str) -> FormView {
    let form = FormView {
        secondary: true,
        ..FormView::new(
            p.url(&format!("{here}/withdraw")),
            vec![Field::area("/reason", p.t("money-reason-why"))],
            p.t("money-withdraw"),
        )
    };
    form.scoped("withdraw-")
}

/// A form under its heading.
fn titled(p: &Page, key: &str, form: FormView) -> [Block; 2] {
    [Block::Heading(p.t(key)), Block::Form(Box::new(form))]
}

/// A verdict in words with its tone.
fn verdict(p: &Page, outcome: &str) -> Tag {
    let tone = match outcome {
        "ok" => Tone::Good,
        "warn" | "cut" => Tone::Warn,
        _ => Tone::Bad,
    };
    Tag::new(tone, p.t(&format!("money-verdict-{outcome}")))
}

/// A state in words with its tone.
fn state(p: &Page, machine: &str, state: &str) -> Tag {
    let tone = match state {
        "certified" | "active" | "corrected" => Tone::Good,
        "withdrawn" | "rejected" | "confirmed" => Tone::Bad,
        "suspected" => Tone::Warn,
        "entered" | "draft" | "released" | "dismissed" => Tone::Quiet,
        _ => Tone::Plain,
    };
    Tag::new(tone, p.t(&format!("state-{machine}-{state}")))
}

/// The checklist of an auditor: what speaks against the expense first, then everything that was checked.
fn checklist(p: &Page, caption: String, findings: &[FindingView]) -> Table {
    let weight = |finding: &FindingView| match finding.verdict.as_str() {
        "reject" => 0,
        "cut" => 1,
        "warn" => 2,
        _ => 3,
    };
    let mut findings: Vec<&FindingView> = findings.iter().collect();
    findings.sort_by_key(|finding| weight(finding));
    let row = |finding: &&FindingView| {
        let tone = match finding.verdict.as_str() {
            "ok" => Tone::Good,
            "reject" => Tone::Bad,
            _ => Tone::Warn,
        };
        let says = Tag::new(tone, p.t(&format!("money-finding-{}", finding.verdict)));
        let reason = if finding.verdict == "ok" {
            String::new()
        } else {
            p.text(&finding.reason)
        };
        let amount = finding.amount.map(|amount| p.money(amount)).unwrap_or_default();
        let article = p.text(&finding.article);
        let article = if finding.verify {
            Cell::new(article).note(p.t("money-verify"))
        } else {
            Cell::new(article)
        };
        Row::new(vec![
            Cell::tag(says),
            Cell::head(p.text(&finding.title)).note(finding.rule.clone()),
            Cell::new(reason).note(p.text(&finding.remedy)),
            Cell::number(amount),
            article,
        ])
    };
    Table {
        caption,
        head: head(
            p,
            [
                ("money-verdict", false),
                ("money-rule", false),
                ("money-reason", false),
                ("money-cut", true),
                ("money-article", false),
            ],
        ),
        rows: findings.iter().map(row).collect(),
        empty: p.t("money-no-findings"),
    }
}

/// What a judgement says in one line.
fn outcome_block(p: &Page, judgement: &JudgementView) -> Block {
    let kind = match judgement.outcome.as_str() {
        "ok" => "covered",
        "reject" => "gap",
        _ => "partly",
    };
    let words = format!(
        "{}: {} · {}: {}",
        p.t("money-declared"),
        p.money(judgement.declared),
        p.t("money-eligible"),
        p.money(judgement.eligible)
    );
    Block::Outcome(kind, p.t(&format!("money-verdict-{}", judgement.outcome)), words)
}
