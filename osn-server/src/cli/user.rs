//! `osn user add`.

use std::io::BufRead as _;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use osn_core::id::OrganizationId;
use serde_json::json;

use super::place::{PlaceArgs, child_programs};
use super::{Answer, Out};
use crate::acts::accounts::{self, NewAccount};
use crate::auth::Role;
use crate::problem;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account; the password is the first line of standard input
    Add(AddArgs),
}

/// Make an account.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    /// Login name
    #[arg(long)]
    login: String,
    /// Name as shown to colleagues
    #[arg(long)]
    name: String,
    /// Role; may be given several times
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
    /// Id of the body that a partner works for
    #[arg(long)]
    organization: Option<uuid::Uuid>,
    /// E-mail, for reminders
    #[arg(long)]
    email: Option<String>,
}

pub(super) async fn run(command: Command, out: &Out) -> anyhow::Result<Answer> {
    let Command::Add(args) = command;
    let (_held, acting) = args
        .place
        .writing(args.municipality.as_deref(), child_programs()?)
        .await?;
    let mut password = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut password)
        .context("the password cannot be read from standard input")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let new = NewAccount {
        login: args.login.clone(),
        name: args.name,
        roles: args.roles,
        organization: args.organization.map(OrganizationId::new),
        email: args.email,
    };
    match accounts::add(&acting, new, password).await {
        Ok(id) => {
            out.answer(
                &json!({ "id": id, "login": args.login }),
                &format!("{} can sign in.", args.login),
            );
            Ok(Answer::Yes)
        }
        Err(refusal) if refusal.cause().is_some() => bail!(refusal),
        Err(refusal) => {
            let told = problem::render(&refusal, acting.app.texts(), crate::lang::Lang::En, None);
            let errors: Vec<String> = told
                .errors
                .iter()
                .map(|error| format!("  {}: {}", error.path, error.message))
                .collect();
            out.answer(&told, &format!("{}\n{}", told.title, errors.join("\n")));
            Ok(Answer::No)
        }
    }
}
