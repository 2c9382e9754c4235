//! The workplace of finance: the board, expenses that read like an auditor's checklist, claims.

mod board;
mod claim;
mod expense;

pub(super) use board::{board, import, list, operations};
pub(super) use claim::{begin, certify, freeze, manifest, one as claim, submit, withdraw as withdraw_claim, workbook};
pub(super) use expense::{approve, ask, one, paper, withdraw, write};

use crate::acts::money::FindingView;
use crate::acts::money::expenses::JudgementView;
use crate::pages::chrome::Page;
use crate::pages::part::{Cell, Row, Table, Tag, Tone};

use super::head;

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
        "certified" => Tone::Good,
        "withdrawn" => Tone::Bad,
        "entered" | "draft" => Tone::Quiet,
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
fn outcome_block(p: &Page, judgement: &JudgementView) -> crate::pages::part::Block {
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
    crate::pages::part::Block::Outcome(kind, p.t(&format!("money-verdict-{}", judgement.outcome)), words)
}
