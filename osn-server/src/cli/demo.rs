//! `osn demo`: plays the year, prints the summary, serves.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;

use super::place::PlaceArgs;
use super::{Answer, Out};
use crate::demo::{self, Options, Show, Summary};

/// Play the city's year with made-up people, then serve it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the demonstration
    #[arg(long, env = "OSN_DATA_DIR", default_value = "demo-data")]
    data_dir: PathBuf,
    /// PostgreSQL database of the data, instead of the embedded one
    #[arg(long, env = "OSN_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// PostgreSQL database of the keys
    #[arg(long, env = "OSN_KEYS_DATABASE", hide_env_values = true, requires = "database")]
    keys_database: Option<String>,
    /// Address to listen on; port 0 picks one
    #[arg(long, env = "OSN_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// End instead of serving
    #[arg(long)]
    once: bool,
    /// Other people; a directory keeps those that it was begun with
    #[arg(long)]
    seed: Option<u64>,
    /// Folder of built programs
    #[arg(long)]
    plugins: Option<PathBuf>,
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    let place = PlaceArgs {
        data_dir: args.data_dir.clone(),
        database: args.database,
        keys_database: args.keys_database,
    };
    let options = Options {
        place: place.place(),
        seed: args.seed,
        plugins: args.plugins,
        executable: std::env::current_exe().context("this executable cannot be found")?,
        programs: super::serve::kept_programs(&args.data_dir)?,
        secure_cookies: false,
        data_dir: args.data_dir,
    };
    let played = demo::play(options, Show::on_stderr()).await?;
    if args.once {
        tell(out, &played.summary);
        return Ok(Answer::Yes);
    }
    let teller = *out;
    demo::serve(played, args.listen, move |summary| tell(&teller, summary)).await?;
    Ok(Answer::Yes)
}

fn tell(out: &Out, summary: &Summary) {
    out.answer(summary, &summary.table());
    let accounts = summary.accounts_table();
    let address = summary
        .address
        .as_deref()
        .map(|address| format!("\n{address}\n"))
        .unwrap_or_default();
    out.note(&format!("{accounts}{address}"));
}
