//! The last step of the year: a new process with an empty cache runs every stored decision again.

use std::process::Stdio;

use osn_store::Place;
use serde_json::Value;
use tokio::process::Command;

use super::Options;
use super::door::DemoError;
use super::player::Player;

impl Player<'_> {
    /// Runs `osn replay --all --json` and keeps its counts.
    pub(super) async fn replay(&mut self, options: &Options) -> Result<(), DemoError> {
        let step = "city/replay/all";
        if self.played(step) {
            return Ok(());
        }
        self.show.chapter(
            "Επανεκτέλεση κάθε απόφασης σε νέα διεργασία / Every decision again, in a new process",
            None,
        );
        let answer = run(options).await?;
        for field in ["total", "identical"] {
            if answer.get(field).and_then(Value::as_u64).is_none() {
                return Err(DemoError::Missing {
                    step: step.to_owned(),
                    field,
                });
            }
        }
        self.progress.keep("replay", answer);
        self.done(step)
    }
}

async fn run(options: &Options) -> Result<Value, DemoError> {
    let what = "replaying the decisions";
    let mut command = Command::new(&options.executable);
    command
        .args(["replay", "--all", "--json", "--data-dir"])
        .arg(&options.data_dir);
    if let Place::Postgres { url, keys_url } = &options.place {
        // Not arguments: addresses may hold passwords, and arguments are shown to everybody on the machine.
        command.env("OSN_DATABASE", url).env("OSN_KEYS_DATABASE", keys_url);
    }
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(DemoError::below(what))?;
    // Exit code 1 says that something differed: that is a result, and the summary shows it.
    if !matches!(output.status.code(), Some(0 | 1)) {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(DemoError::data("osn replay --all", words.trim()));
    }
    serde_json::from_slice(&output.stdout).map_err(DemoError::below(what))
}
