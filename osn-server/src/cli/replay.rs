//! `osn replay`: every stored decision, list, plan and judgement of an expense again, or a bundle, with nothing kept from
//! before.

use std::collections::{BTreeMap, HashMap};
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use osn_core::immediate::HelpDecision;
use osn_core::selection::{Ranked, Ranking, Selection};
use osn_programs::bundle::replay_bundle;
use osn_programs::host::{Host, HostConfig};
use osn_programs::program::Program;
use osn_programs::record::{DecisionRecord, Replayed, replay_bytes};
use osn_store::{CallFilter, DecisionOn, PageQuery, Readable};
use serde::Serialize;

use super::place::{PlaceArgs, child_programs};
use super::plans::{self, Again};
use super::words::SpeechArgs;
use super::{Answer, Out};
use crate::acts::Acting;
use crate::acts::money::replay as money;
use crate::app::App;
use crate::programs::blocking;
use crate::texts::Texts;

/// Decisions read at once.
const CHUNK: u32 = 500;
/// Decisions after which progress is told.
const TOLD: u64 = 10_000;
/// Lines of a list, and calls, read at once.
const LINES: u32 = 2_048;
/// Under which name the decisions of two people on immediate help are counted.
const IMMEDIATE_HELP: &str = "immediate-help";
/// Differences that are named; all are counted.
const NAMED: usize = 20;

/// Run stored decisions again and compare.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A bundle that `osn export --decisions` wrote; needs no installation
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    file: Option<PathBuf>,
    /// Every decision of the installation
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    speech: SpeechArgs,
}

/// What replay found.
#[derive(Debug, Default, Serialize)]
struct Found {
    total: u64,
    identical: u64,
    different: u64,
    erased: u64,
    /// Of each program by its key, where an installation was replayed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    programs: BTreeMap<String, OfProgram>,
    lists: u64,
    lists_identical: u64,
    /// Plans that a program made.
    plans: Kept,
    /// Judgements of expenses.
    judgements: Judged,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<String>,
}

/// Plans that were made again.
#[derive(Debug, Default, Serialize)]
struct Kept {
    total: u64,
    identical: u64,
    erased: u64,
}

impl Kept {
    const fn differ(&self) -> u64 {
        self.total - self.identical - self.erased
    }
}

/// Judgements of expenses that were made again.
#[derive(Debug, Default, Serialize)]
struct Judged {
    total: u64,
    identical: u64,
    /// By another version of the rules: the `osn` of that version makes them again.
    other_rules: u64,
}

/// Decisions of one program.
#[derive(Debug, Default, Serialize)]
struct OfProgram {
    total: u64,
    identical: u64,
}

impl Found {
    fn differs(&mut self, which: impl std::fmt::Display, what: impl std::fmt::Display) {
        self.different += 1;
        if self.differences.len() < NAMED {
            self.differences.push(format!("{which}: {what}"));
        }
    }
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    let lang = args.speech.lang();
    let found = match args.file {
        Some(file) => bundle(file).await?,
        None => all(&args.place, out).await?,
    };
    let Found {
        total,
        identical,
        different,
        erased,
        ..
    } = found;
    let texts = Texts::load()?;
    let say = |key: &str, counts: [(&str, u64); 4]| {
        let counts = counts.map(|(name, count)| (name, count.to_string()));
        let args: Vec<(&str, &str)> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
        texts.get(lang, key, &args)
    };
    let counts = |total, identical, different, erased| {
        [
            ("total", total),
            ("identical", identical),
            ("different", different),
            ("erased", erased),
        ]
    };
    let mut words = say("replay-decisions", counts(total, identical, different, erased));
    if found.lists > 0 {
        let other = found.lists - found.lists_identical;
        words.push('\n');
        words.push_str(&say(
            "replay-lists",
            counts(found.lists, found.lists_identical, other, 0),
        ));
    }
    if found.plans.total > 0 {
        let plans = &found.plans;
        words.push('\n');
        words.push_str(&say(
            "replay-plans",
            counts(plans.total, plans.identical, plans.differ(), plans.erased),
        ));
    }
    let judged = &found.judgements;
    if judged.total + judged.other_rules > 0 {
        words.push('\n');
        let mut counts = counts(judged.total, judged.identical, judged.total - judged.identical, 0);
        counts[3] = ("other", judged.other_rules);
        words.push_str(&say("replay-judgements", counts));
    }
    for difference in &found.differences {
        words.push_str(&format!("\n  {difference}"));
    }
    out.answer(&found, &words);
    let all_lists = found.lists == found.lists_identical;
    let all_judged = judged.total == judged.identical;
    Ok(
        if different == 0 && all_lists && all_judged && found.plans.differ() == 0 {
            Answer::Yes
        } else {
            Answer::No
        },
    )
}

async fn bundle(file: PathBuf) -> anyhow::Result<Found> {
    let input =
        BufReader::new(std::fs::File::open(&file).with_context(|| format!("{} cannot be read", file.display()))?);
    let report = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        let host = Host::new(HostConfig::default())?;
        Ok(replay_bundle(&host, input)?)
    });
    let report = report.await??;
    let mut found = Found {
        total: u64::try_from(report.total)?,
        identical: u64::try_from(report.identical)?,
        plans: Kept {
            total: u64::try_from(report.plans)?,
            identical: u64::try_from(report.plans_identical)?,
            erased: 0,
        },
        ..Found::default()
    };
    found.different = found.total - found.identical;
    let named = report.different.into_iter().take(NAMED);
    found.differences = named.map(|(line, what)| format!("line {line}: {what}")).collect();
    Ok(found)
}

async fn all(place: &PlaceArgs, out: &Out) -> anyhow::Result<Found> {
    place.must_exist()?;
    // No cache: every program is compiled anew from the package in the store.
    let app = place.open(false, child_programs()?).await?;
    let mut found = Found::default();
    for hosted in app.hosted().await {
        let acting = Acting::machine(&app, &hosted);
        municipality(&app, &acting, &mut found, out).await?;
        lists(&acting, &mut found).await?;
        made_plans(&app, &acting, &mut found).await?;
        judgements(&acting, &mut found).await?;
    }
    Ok(found)
}

/// Every judgement of an expense, from its frozen input.
async fn judgements(acting: &Acting, found: &mut Found) -> anyhow::Result<()> {
    let replayed = money::everything(acting).await?;
    let judged = &mut found.judgements;
    judged.total += replayed.judged;
    judged.identical += replayed.identical;
    judged.other_rules += replayed.other_rule_set;
    let room = NAMED.saturating_sub(found.differences.len());
    let named = replayed.different.iter().take(room);
    found
        .differences
        .extend(named.map(|id| format!("judgement {id}: the rules say something else now")));
    Ok(())
}

async fn municipality(app: &App, acting: &Acting, found: &mut Found, out: &Out) -> anyhow::Result<()> {
    let mut programs: HashMap<String, Arc<Program>> = HashMap::new();
    let first = PageQuery { limit: 1, after: None };
    let all = acting
        .scope
        .decisions(osn_store::DecisionQuery::All, first)
        .await?
        .total;
    let (before_all, mut after, mut told) = (found.total, None, 0);
    loop {
        let chunk = acting.scope.all_decisions(after, CHUNK).await?;
        let Some((last, _)) = chunk.last() else { return Ok(()) };
        let before = after.replace(*last);
        let done = found.total - before_all;
        if done / TOLD > told {
            told = done / TOLD;
            out.note(&format!(
                "{done} of {all} decisions so far, {} different",
                found.different
            ));
        }
        let rows = acting.scope.every_decision(before, CHUNK).await?;
        for ((id, record), row) in chunk.into_iter().zip(rows) {
            if id != row.id {
                bail!("the decisions changed while they were read");
            }
            found.total += 1;
            let Readable::Data(bytes) = record else {
                found.erased += 1;
                continue;
            };
            if let DecisionOn::Help(_) = row.on {
                let of_help = found.programs.entry(IMMEDIATE_HELP.to_owned()).or_default();
                of_help.total += 1;
                match HelpDecision::replay(&bytes, row.digest) {
                    None => {
                        found.identical += 1;
                        of_help.identical += 1;
                    }
                    Some(what) => found.differs(id, what),
                }
                continue;
            }
            let Ok(code) = DecisionRecord::from_canonical(&bytes).map(|record| record.code_digest.to_string()) else {
                found.differs(id, "the record cannot be read");
                continue;
            };
            let program = match programs.get(&code) {
                Some(program) => Arc::clone(program),
                None => {
                    let loaded = app.programs().get(&acting.scope, &code).await?.program;
                    programs.insert(code, Arc::clone(&loaded));
                    loaded
                }
            };
            let digest = row.digest;
            let of_program = program.about(None)?.program.clone();
            found.programs.entry(of_program.clone()).or_default().total += 1;
            match blocking(move || Ok(replay_bytes(&program, &bytes, digest)?)).await? {
                Replayed::Identical => {
                    found.identical += 1;
                    found.programs.entry(of_program).or_default().identical += 1;
                }
                Replayed::Different { what } => found.differs(id, what),
            }
        }
    }
}

/// Plans that programs made.
async fn made_plans(app: &App, acting: &Acting, found: &mut Found) -> anyhow::Result<()> {
    plans::each(app, acting, |record, again| {
        let kept = &mut found.plans;
        kept.total += 1;
        match again {
            Again::Identical => kept.identical += 1,
            Again::Erased => kept.erased += 1,
            Again::Different(what) => {
                if found.differences.len() < NAMED {
                    let (action, number) = (record.action_id, record.number);
                    found.differences.push(format!("plan {action}/{number}: {what}"));
                }
            }
        }
    })
    .await
}

/// Every list that was ever proposed, ranked again from what its lines say: keys, tie rule, draw and cut.
async fn lists(acting: &Acting, found: &mut Found) -> anyhow::Result<()> {
    let mut query = PageQuery::first();
    loop {
        let page = acting.scope.calls(CallFilter::default(), query.clone()).await?;
        for call in &page.items {
            for list in acting.scope.selections(call.value.id).await? {
                found.lists += 1;
                let id = list.value.id;
                match again(acting, &list.value).await? {
                    None => found.lists_identical += 1,
                    Some(what) => {
                        if found.differences.len() < NAMED {
                            found.differences.push(format!("list {id}: {what}"));
                        }
                    }
                }
            }
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(()),
        }
    }
}

/// What differs when a list is ranked again; nothing where it is the same.
async fn again(acting: &Acting, list: &Selection) -> anyhow::Result<Option<String>> {
    let head = &list.list;
    let expected = usize::try_from(head.lines())?;
    let mut stored: Vec<Ranked> = Vec::with_capacity(expected);
    loop {
        let chunk = acting
            .scope
            .selection_lines(list.id, u32::try_from(stored.len())?, LINES)
            .await?;
        if chunk.is_empty() {
            break;
        }
        stored.extend(chunk);
    }
    if stored.len() != expected {
        return Ok(Some(format!(
            "{} lines are stored, the list has {expected}",
            stored.len()
        )));
    }
    let mut ranking = Ranking::new(head.call_id, &head.keys, head.tie.clone(), head.capacity, expected);
    for line in &stored {
        ranking.push(&line.candidate)?;
    }
    let ranked = ranking.finish()?;
    if ranked.head() != head {
        return Ok(Some(
            "the applications on it, or the cut, are not those of its head".to_owned(),
        ));
    }
    let moved = ranked.zip(&stored).find(|(again, stored)| again != *stored);
    Ok(moved.map(|(again, _)| format!("rank {} is another line now", again.rank)))
}
