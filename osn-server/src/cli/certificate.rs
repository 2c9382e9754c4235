//! `osn certificate verify`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use osn_core::certificate::SignedCertificate;
use serde_json::json;

use super::place::PlaceArgs;
use super::{Answer, Out};
use crate::acts::certificate;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check digest and signature of a certificate; with an installation, also the journal's entry
    Verify(VerifyArgs),
}

/// Check a certificate.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The certificate's file
    file: PathBuf,
    /// The municipality's public key, hexadecimal, when it is known from elsewhere
    #[arg(long)]
    public_key: Option<String>,
    /// Also look into this installation
    #[arg(long)]
    with_installation: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) async fn run(command: Command, out: &Out) -> anyhow::Result<Answer> {
    let Command::Verify(args) = command;
    let bytes = std::fs::read(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let signed: SignedCertificate =
        serde_json::from_slice(&bytes).with_context(|| format!("{} is not a certificate", args.file.display()))?;
    let mut faults: Vec<String> = certificate::verify(&signed)
        .err()
        .map(|forged| forged.to_string())
        .into_iter()
        .collect();
    if args
        .public_key
        .as_ref()
        .is_some_and(|key| !key.eq_ignore_ascii_case(&signed.public_key))
    {
        faults.push("it is signed with another key than the one given".to_owned());
    }
    let mut journal = None;
    if args.with_installation {
        let acting = args.place.acting(None).await?;
        let entries = acting.scope.journal_of(signed.certificate.id.uuid()).await?;
        let issued = entries.iter().find(|entry| entry.act == "certificate.issue");
        let there = issued.is_some();
        if issued.is_some_and(|entry| entry.details.get("digest") != Some(&json!(signed.digest))) {
            faults.push("the journal of this installation knows it with another digest".to_owned());
        }
        if acting.municipality().public_key != signed.public_key {
            faults.push("it is signed with another key than this installation's".to_owned());
        }
        if !there {
            faults.push("the journal of this installation does not know it".to_owned());
        }
        journal = Some(there);
    }
    let valid = faults.is_empty();
    let certificate = &signed.certificate;
    let document = json!({
        "valid": valid, "reference": certificate.reference, "outcome": certificate.confirmation.outcome.name(), "issued_at": certificate.issued_at,
        "digest": signed.digest, "public_key": signed.public_key, "journal": journal, "faults": faults,
    });
    let words = if valid {
        format!(
            "Valid: {} of {}, outcome {}, key {}",
            certificate.reference,
            certificate.issued_at,
            certificate.confirmation.outcome.name(),
            signed.public_key
        )
    } else {
        format!("Not valid: {}", faults.join("; "))
    };
    out.answer(&document, &words);
    Ok(if valid { Answer::Yes } else { Answer::No })
}
