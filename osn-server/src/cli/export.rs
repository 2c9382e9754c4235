//! `osn export FILE`: the mapping as a file; or bundles of decisions.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use osn_file::Format;
use serde_json::json;

use super::place::PlaceArgs;
use super::{Answer, Out, bundles, words};
use crate::acts::files::{give, published};

/// Write the mapping to a file, or decisions to files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File of the mapping: .xlsx, .zip (CSV tables with datapackage.json) or .json (HSDS)
    #[arg(
        value_name = "FILE",
        required_unless_present = "decisions",
        conflicts_with = "decisions"
    )]
    file: Option<PathBuf>,
    /// The empty simple sheet with the municipality's own lists, instead of the mapping
    #[arg(long, requires = "file")]
    template: bool,
    /// The mapping as it was recorded at the end of this day
    #[arg(long, value_name = "DAY", requires = "file", conflicts_with = "template")]
    as_of: Option<chrono::NaiveDate>,
    /// Folder to write decisions and plans to: one bundle for each program's code, and one for immediate help. The bundles
    /// hold personal data in clear
    #[arg(long, value_name = "DIR")]
    decisions: Option<PathBuf>,
    #[command(flatten)]
    speech: words::SpeechArgs,
    /// Municipality, where several are served
    #[arg(long)]
    municipality: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    match (&args.decisions, &args.file) {
        (Some(folder), _) => {
            let acting = args.place.acting(args.municipality.as_deref()).await?;
            bundles::export(&acting, folder, args.speech.lang(), out).await
        }
        (None, Some(file)) => mapping(&args, file, out).await,
        (None, None) => bail!("name a file"),
    }
}

/// Writes the mapping beside the file first, so that a file is whole or what it was.
async fn mapping(args: &Args, file: &Path, out: &Out) -> anyhow::Result<Answer> {
    let format = format_of(file)?;
    let (_, mut acting) = args
        .place
        .operating(args.municipality.as_deref(), args.speech.lang(), false)
        .await?;
    if let Some(day) = args.as_of {
        let next = day.succ_opt().map(|next| next.and_time(chrono::NaiveTime::MIN));
        let end = next
            .and_then(|next| acting.zone().instant(next))
            .context("no such day")?;
        acting.as_of = Some(end - chrono::TimeDelta::microseconds(1)).filter(|end| *end < acting.now);
    }
    let mapped = acting.mapping().await?;
    let view = if format == Format::Xlsx && !args.template {
        Some(give::coverage(&acting).await?)
    } else {
        None
    };
    let directory = published(&mapped.directory);
    let total = directory.len();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let beside = tempfile::NamedTempFile::new_in(folder)
        .with_context(|| format!("{} cannot be written to", folder.display()))?;
    let mut writer = BufWriter::new(beside.as_file());
    if args.template {
        osn_file::template(&directory, &mut writer)?;
    } else {
        osn_file::write(format, &directory, view.as_ref(), &mut writer, |done| {
            if done.is_multiple_of(STEP) {
                let (done, total) = (done.to_string(), total.to_string());
                out.note(&words::say(
                    &acting,
                    "export-progress",
                    &[("done", &done), ("total", &total)],
                ));
            }
        })?;
    }
    writer.flush()?;
    drop(writer);
    readable(beside.as_file())?;
    beside
        .persist(file)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    let size = std::fs::metadata(file)?.len();
    let (shown, count) = (file.display().to_string(), total.to_string());
    let text = if args.template {
        words::say(&acting, "export-template-done", &[("file", &shown)])
    } else {
        words::say(&acting, "export-done", &[("file", &shown), ("count", &count)])
    };
    let records = if args.template { 0 } else { total };
    out.answer(&json!({ "file": shown, "records": records, "size": size }), &text);
    Ok(Answer::Yes)
}

/// Records between two words about progress.
const STEP: usize = 5_000;

/// A temporary file is its owner's alone; the file that stays is what the open data are: for everybody to read.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.set_permissions(std::fs::Permissions::from_mode(0o644))?)
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> anyhow::Result<()> {
    Ok(())
}

fn format_of(file: &Path) -> anyhow::Result<Format> {
    let ending = file.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
    let all = [Format::Xlsx, Format::Csv, Format::Json];
    let found = all
        .into_iter()
        .find(|format| ending.eq_ignore_ascii_case(format.ending()));
    found.with_context(|| format!("{}: the name ends in .xlsx, .zip or .json", file.display()))
}
