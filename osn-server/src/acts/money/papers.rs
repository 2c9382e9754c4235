//! Papers of an expense: a number, or a file that is hashed and kept.

use chrono::NaiveDate;
use osn_core::expenditure::{ExpenseState, Paper, PaperKind};
use osn_core::id::ExpenseId;
use sha2::{Digest as _, Sha256};

use super::expenses::{self, ExpenseView};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{Kind, Outcome, Refusal};

/// Bytes of one paper that are taken.
pub const PAPER_LIMIT: usize = 8 << 20;

/// A paper that comes.
#[derive(Clone)]
pub struct NewPaper {
    /// What it proves.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// Name of the file.
    pub file: String,
    /// When the act was posted publicly.
    pub posted_on: Option<NaiveDate>,
    /// When the act was revoked.
    pub revoked_on: Option<NaiveDate>,
    /// Whether somebody looked and found it as it must be.
    pub sound: Option<bool>,
    /// The file; empty when only the number is known.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for NewPaper {
    /// A file may name people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewPaper({}, {} bytes)", self.kind, self.bytes.len())
    }
}

/// SHA-256 of a file, as everybody computes it: what the manifest of a claim names.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    osn_core::canonical::Digest::from_bytes(Sha256::digest(bytes).into()).to_string()
}

/// Attaches a paper; the expense is judged again.
pub async fn attach(acting: &Acting, id: ExpenseId, new: NewPaper) -> Outcome<Saved<ExpenseView>> {
    acting.require(Right::KeepExpenses)?;
    let before = expenses::read(acting, id).await?;
    acting.check_version(before.version)?;
    if matches!(
        before.value.state,
        ExpenseState::Claimed { .. } | ExpenseState::Certified { .. }
    ) {
        return Err(Refusal::conflict("expense.frozen"));
    }
    let kind = PaperKind::named(&new.kind).ok_or_else(|| Refusal::field("/kind", "unknown-option"))?;
    if new.bytes.is_empty() && new.number.trim().is_empty() {
        return Err(Refusal::field("/number", "required"));
    }
    if new.bytes.len() > PAPER_LIMIT {
        return Err(Refusal::new(Kind::TooLarge, "request.too-large"));
    }
    let paper = Paper {
        kind,
        number: new.number.trim().to_owned(),
        digest: if new.bytes.is_empty() {
            String::new()
        } else {
            sha256(&new.bytes)
        },
        file: new.file.trim().to_owned(),
        posted_on: new.posted_on,
        revoked_on: new.revoked_on,
        sound: new.sound,
    };
    let mut expense = before.value.expense.clone();
    // What is said of a paper anew takes the place of what was said of it.
    let key = |paper: &Paper| (paper.kind, paper.number.clone(), paper.digest.clone());
    expense.papers.retain(|known| key(known) != key(&paper));
    expense.papers.push(paper.clone());
    let (mut tx, saved) = expenses::rewriting(acting, before, expense, "expense.paper").await?;
    if !new.bytes.is_empty() {
        tx.put_money_paper(&paper.digest, &new.bytes).await?;
    }
    let details = serde_json::json!({ "kind": kind.name(), "sha256": paper.digest });
    tx.journal(entry("expense.paper", "expense", id.uuid(), details));
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// A paper's bytes by their SHA-256, of an expense that has it.
pub async fn bytes(acting: &Acting, id: ExpenseId, digest: &str) -> Outcome<(String, Vec<u8>)> {
    acting.require(Right::SeeMoney)?;
    let row = expenses::read(acting, id).await?;
    let paper = row
        .value
        .expense
        .papers
        .iter()
        .find(|paper| !digest.is_empty() && paper.digest == digest)
        .ok_or_else(|| Refusal::not_found("paper.unknown"))?;
    let bytes = acting
        .scope
        .money_paper(digest)
        .await?
        .ok_or_else(|| Refusal::not_found("paper.unknown"))?;
    Ok((paper.file.clone(), bytes))
}
