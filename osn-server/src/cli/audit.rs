//! `osn audit verify`.

use clap::Subcommand;

use super::place::PlaceArgs;
use super::{Answer, Out};
use crate::acts::records::{JournalCheck, checked};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Verify the journal: every digest, every link, every published head
    Verify(VerifyArgs),
}

/// Verify the journal.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
}

pub(super) async fn run(command: Command, out: &Out) -> anyhow::Result<Answer> {
    let Command::Verify(args) = command;
    let acting = args.place.acting(args.municipality.as_deref()).await?;
    let check = checked(acting.scope.verify_journal().await?);
    let JournalCheck {
        verified,
        entries,
        proven,
        unproven,
        open,
        ..
    } = check;
    let words = match &check.fault {
        None => format!(
            "The journal holds: {entries} entries chained, {proven} proven by a published head, {unproven} behind it, {open} not chained yet"
        ),
        Some(fault) => format!("The journal is broken: {fault}"),
    };
    out.answer(&check, &words);
    Ok(if verified { Answer::Yes } else { Answer::No })
}
