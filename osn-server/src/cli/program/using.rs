//! `osn program enable|rollback|disable|retire`: what the host does for one municipality.

use anyhow::bail;
use clap::Args;

use super::super::place::{PlaceArgs, child_programs};
use super::super::{Answer, Out};
use crate::acts::programs::{self, ProgramView, Step};
use crate::refusal::Outcome;

/// A program of a municipality.
#[derive(Debug, Args)]
pub(crate) struct UseArgs {
    /// Key of the program
    name: String,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// A program to enable.
#[derive(Debug, Args)]
pub(crate) struct EnableArgs {
    #[command(flatten)]
    used: UseArgs,
    /// Version, or digest of its package; without it, the newest. A program that only another municipality of the same
    /// installation has is taken from there
    #[arg(long, value_name = "VERSION")]
    take: Option<String>,
}

pub(super) async fn enable(args: EnableArgs, out: &Out) -> anyhow::Result<Answer> {
    let UseArgs {
        name,
        municipality,
        place,
    } = args.used;
    let (_held, acting) = place.writing(municipality.as_deref(), child_programs()?).await?;
    told(programs::enable_as(&acting, &name, args.take.as_deref()).await, out)
}

pub(super) async fn step(args: UseArgs, step: Step, out: &Out) -> anyhow::Result<Answer> {
    let (_held, acting) = args
        .place
        .writing(args.municipality.as_deref(), child_programs()?)
        .await?;
    told(programs::step_as(&acting, &args.name, step).await, out)
}

fn told(done: Outcome<ProgramView>, out: &Out) -> anyhow::Result<Answer> {
    match done {
        Ok(view) => {
            let words = format!(
                "{} {} is {} ({})",
                view.name, view.version, view.state, view.package_digest
            );
            out.answer(&view, &words);
            Ok(Answer::Yes)
        }
        Err(refusal) if refusal.cause().is_some() => bail!(refusal),
        Err(refusal) => {
            super::refused(&refusal, out)?;
            Ok(Answer::No)
        }
    }
}
