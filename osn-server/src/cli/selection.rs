//! `osn selection verify`: a published list, checked without a server.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use osn_core::published::{Answer as Found, Checked, Question, SignedList};
use serde_json::json;

use super::{Answer, Out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Rank a published list again: order, draw, cut, commitments, signature
    Verify(VerifyArgs),
}

/// Check a published list.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The list's file, as `/api/v1/calls/{id}/published-list` answers it
    file: PathBuf,
    /// The municipality's public key, hexadecimal, when it is known from elsewhere
    #[arg(long)]
    public_key: Option<String>,
}

pub(super) fn run(command: Command, out: &Out) -> anyhow::Result<Answer> {
    let Command::Verify(args) = command;
    let bytes = std::fs::read(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let signed: SignedList =
        serde_json::from_slice(&bytes).with_context(|| format!("{} is no published list", args.file.display()))?;
    let checked = signed.check();
    let known = args
        .public_key
        .as_ref()
        .is_none_or(|key| key.eq_ignore_ascii_case(&signed.public_key));
    let signature = known && osn_store::verify_signature(&signed.digest, &signed.signature, &signed.public_key);
    let valid = signature && checked.iter().all(|one| one.answer != Found::Broken);
    let mut lines: Vec<String> = checked.iter().map(said).collect();
    let mark = if signature { "ok      " } else { "BROKEN  " };
    lines.push(format!("{mark}the signature is by the key {}", signed.public_key));
    lines.push(if valid {
        format!("The list of {} lines holds.", signed.list.lines.len())
    } else {
        "The list does not hold.".to_owned()
    });
    let document = json!({
        "valid": valid, "lines": signed.list.lines.len(), "call": signed.list.call_id, "checked": checked, "signature": signature,
        "public_key": signed.public_key,
    });
    out.answer(&document, &lines.join("\n"));
    Ok(if valid { Answer::Yes } else { Answer::No })
}

fn said(checked: &Checked) -> String {
    let mark = match checked.answer {
        Found::Holds => "ok      ",
        Found::Broken => "BROKEN  ",
        Found::NotAsked => "not said",
    };
    let what = match checked.question {
        Question::Digest => "the digest is of this document",
        Question::Lines => "ranks count from 1 and nobody stands twice",
        Question::References => "the applications are those that the list was frozen with",
        Question::Order => "keys and tie rule put every line where it stands",
        Question::Draw => "the draw is the one that was committed to",
        Question::Cut => "places are given from the top until one does not fit",
        Question::Records => "the decisions are those that the list is committed to",
    };
    let at = checked
        .rank
        .map(|rank| format!(", from rank {rank} on"))
        .unwrap_or_default();
    format!("{mark} {what}{at}")
}
