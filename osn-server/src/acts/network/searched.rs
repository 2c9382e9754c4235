//! Searches that found nothing: counted in memory by what was chosen, kept with the next look of the background. Nothing is
//! known of who searched or of what was typed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{NaiveDate, TimeDelta};
use osn_core::directory::{Directory, TermCode};
use osn_core::id::MunicipalityId;
use osn_core::time::Instant;
use osn_store::EmptySearch;

use crate::acts::Acting;
use crate::refusal::Outcome;

/// Lines that are counted at once at most; further ones of other terms wait for the next look.
const LINES: usize = 10_000;

/// What was chosen: category, area, group; empty: any.
type Chosen = [String; 3];

/// How long counts wait, so that the journal has a line a minute at most.
const WAIT: TimeDelta = TimeDelta::seconds(60);

/// Counts that are not kept yet.
#[derive(Debug, Default)]
pub(crate) struct Searched(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    lines: BTreeMap<(MunicipalityId, NaiveDate, Chosen), u32>,
    /// When each municipality's first count was made.
    since: BTreeMap<MunicipalityId, Instant>,
}

impl Searched {
    /// Counts one search that found nothing. Only terms that the mapping knows are counted by name.
    pub(crate) fn count(&self, acting: &Acting, directory: &Directory, chosen: [Option<&str>; 3]) {
        let known = |code: Option<&str>| {
            let code = code.map(TermCode::new);
            code.filter(|code| directory.term(code).is_some())
                .map(|code| code.to_string())
                .unwrap_or_default()
        };
        let day = acting.zone().day(acting.now);
        let key = (acting.municipality().id, day, chosen.map(known));
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.lines.len() < LINES || counts.lines.contains_key(&key) {
            counts.since.entry(key.0).or_insert(acting.now);
            let count = counts.lines.entry(key).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn take(&self, municipality: MunicipalityId, now: Instant) -> Vec<(NaiveDate, Chosen, u32)> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.since.get(&municipality).is_none_or(|since| now - *since < WAIT) {
            return Vec::new();
        }
        counts.since.remove(&municipality);
        let mut taken = Vec::new();
        counts.lines.retain(|(of, day, chosen), count| {
            if *of == municipality {
                taken.push((*day, chosen.clone(), *count));
            }
            *of != municipality
        });
        taken
    }

    /// Keeps what was counted for a municipality. A count that cannot be kept is lost: it is a count of searches, not of people.
    pub(crate) async fn keep(&self, acting: &Acting) -> Outcome<()> {
        let taken = self.take(acting.municipality().id, acting.now);
        if taken.is_empty() {
            return Ok(());
        }
        let mut tx = acting.begin("search.count").await?;
        for (day, [category, area, group], searches) in taken {
            let line = EmptySearch {
                category,
                area,
                group,
                searches,
            };
            tx.count_empty_search(day, &line).await?;
        }
        Ok(tx.commit().await?)
    }
}
