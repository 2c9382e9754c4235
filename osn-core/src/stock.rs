//! Stock (απόθεμα): what arrived for an action to hand over, what a count found, and what is left of it on a day.
//!
//! Nothing is ever taken off by hand when something is handed over: what is left is what was recorded, less the deliveries that
//! arrived. Of a supply of which nothing was recorded there is enough, because nobody said otherwise.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ActionId, StockEntryId};
use crate::recall::lot_key;
use crate::time::Instant;

/// Most pieces of one entry.
pub const MOST_PIECES: u32 = 1_000_000;

/// What somebody recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StockEvent {
    /// So many pieces arrived.
    Arrived,
    /// So many pieces are left, by a count.
    Counted,
}

/// One entry; entries are only added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockEntry {
    /// Identifier.
    pub id: StockEntryId,
    /// The action that hands it over.
    pub action_id: ActionId,
    /// Key of the program's supply.
    pub supply: String,
    /// The only instalment that it is for, counted from 1; without one it is for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalment: Option<u16>,
    /// Its lot, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Its last day of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// What was recorded.
    pub event: StockEvent,
    /// The pieces, as they were written.
    pub pieces: u32,
    /// What it changes: the pieces that arrived, or what a count found more (or less) than there should have been.
    pub change: i64,
    /// Who recorded it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
}

/// What was handed over of one supply and lot in one instalment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// The instalment.
    pub instalment: u16,
    /// Key of the supply.
    pub supply: String,
    /// Key of the lot ([`lot_key`]); empty where none was written down.
    pub lot: String,
    /// Pieces.
    pub pieces: u64,
}

/// What is together in stock: one supply, instalment and lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockLine {
    /// Key of the supply.
    pub supply: String,
    /// The only instalment that it is for.
    pub instalment: Option<u16>,
    /// The lot, as it was written first.
    pub lot: Option<String>,
    /// Its last day of use, the earliest that was written.
    pub use_by: Option<NaiveDate>,
    /// Pieces that were recorded.
    pub recorded: i64,
    /// Pieces that were handed over.
    pub handed: u64,
    /// Whether the lot is called back: nobody is given any more of it.
    pub recalled: bool,
}

impl StockLine {
    /// Pieces that are left; below zero where more was handed over than was recorded.
    pub fn left(&self) -> i64 {
        self.recorded
            .saturating_sub(i64::try_from(self.handed).unwrap_or(i64::MAX))
    }

    /// Whether it may be handed over on a day.
    pub fn is_good_on(&self, day: NaiveDate) -> bool {
        !self.recalled && self.use_by.is_none_or(|last| day <= last)
    }
}

/// The stock of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// Its lines, by supply, instalment and lot.
    pub lines: Vec<StockLine>,
}

/// Where a line is found: supply, instalment, key of the lot.
type Place = (String, Option<u16>, String);

impl Stock {
    /// What the entries and the deliveries come to. `recalled` are keys of lots that are called back.
    pub fn of(entries: &[StockEntry], handed: &[HandedOver], recalled: &BTreeSet<String>) -> Self {
        let mut lines: BTreeMap<Place, StockLine> = BTreeMap::new();
        for entry in entries {
            let key = entry.lot.as_deref().map(lot_key).unwrap_or_default();
            let line = lines
                .entry((entry.supply.clone(), entry.instalment, key.clone()))
                .or_insert_with(|| StockLine {
                    supply: entry.supply.clone(),
                    instalment: entry.instalment,
                    lot: entry.lot.clone(),
                    use_by: None,
                    recorded: 0,
                    handed: 0,
                    recalled: recalled.contains(&key),
                });
            line.recorded = line.recorded.saturating_add(entry.change);
            line.use_by = [line.use_by, entry.use_by].into_iter().flatten().min();
        }
        let first = lines.clone();
        let first = |supply: &str, instalment| {
            let mut of = first.keys();
            of.find(|(of, round, _)| of == supply && *round == instalment).cloned()
        };
        for one in handed {
            let at = |instalment, lot: &str| (one.supply.clone(), instalment, lot.to_owned());
            let own = Some(one.instalment);
            // What was written down with it comes first; then what has no lot; then anything of the same kind.
            let places = [at(own, &one.lot), at(None, &one.lot), at(own, ""), at(None, "")];
            let place = places.into_iter().find(|place| lines.contains_key(place));
            let place = place
                .or_else(|| first(&one.supply, own))
                .or_else(|| first(&one.supply, None));
            if let Some(line) = place.and_then(|place| lines.get_mut(&place)) {
                line.handed = line.handed.saturating_add(one.pieces);
            }
        }
        Self {
            lines: lines.into_values().collect(),
        }
    }

    fn of_round<'a>(&'a self, supply: &'a str, instalment: Option<u16>) -> impl Iterator<Item = &'a StockLine> {
        let of = move |line: &&StockLine| line.supply == supply && line.instalment == instalment;
        self.lines.iter().filter(of)
    }

    /// Whether a supply is recorded instalment by instalment; nothing where it is not recorded at all.
    pub fn by_instalment(&self, supply: &str) -> Option<bool> {
        let line = self.lines.iter().find(|line| line.supply == supply)?;
        Some(line.instalment.is_some())
    }

    /// Pieces that are left and may be handed over on a day; nothing where none were recorded, and there is enough.
    pub fn good_on(&self, supply: &str, instalment: Option<u16>, day: NaiveDate) -> Option<u32> {
        let mut lines = self.of_round(supply, instalment).peekable();
        lines.peek()?;
        let counted = lines.map(|line| {
            // What was handed over beyond the record was somebody's, whatever its lot.
            let most = if line.is_good_on(day) { i64::MAX } else { 0 };
            line.left().min(most)
        });
        let pieces = counted.fold(0_i64, i64::saturating_add).max(0);
        Some(u32::try_from(pieces).unwrap_or(u32::MAX))
    }

    /// What a count of so many pieces changes.
    pub fn counted(&self, supply: &str, instalment: Option<u16>, lot: Option<&str>, pieces: u32) -> i64 {
        let key = lot.map(lot_key).unwrap_or_default();
        let of = |line: &&StockLine| line.lot.as_deref().map(lot_key).unwrap_or_default() == key;
        let left = self.of_round(supply, instalment).find(of).map_or(0, StockLine::left);
        i64::from(pieces).saturating_sub(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn entry(
        supply: &str,
        instalment: Option<u16>,
        lot: Option<&str>,
        use_by: Option<&str>,
        change: i64,
    ) -> StockEntry {
        StockEntry {
            id: StockEntryId::new(uuid::Uuid::nil()),
            action_id: ActionId::new(uuid::Uuid::nil()),
            supply: supply.to_owned(),
            instalment,
            lot: lot.map(str::to_owned),
            use_by: use_by.map(day),
            event: StockEvent::Arrived,
            pieces: 0,
            change,
            by: AccountId::new(uuid::Uuid::nil()),
            at: "2022-09-01T00:00:00Z".parse().unwrap(),
        }
    }

    fn handed(instalment: u16, lot: &str, pieces: u64) -> HandedOver {
        HandedOver {
            instalment,
            supply: "parcel".to_owned(),
            lot: lot_key(lot),
            pieces,
        }
    }

    #[test]
    fn what_is_left_is_what_was_recorded_less_what_was_handed_over() {
        let entries = [
            entry("parcel", Some(1), Some("Λ-1"), Some("2022-09-30"), 60),
            entry("parcel", Some(1), Some("λ 1"), Some("2022-09-20"), 10),
            entry("parcel", Some(1), Some("Λ-2"), None, 50),
            entry("parcel", Some(2), None, None, 5),
        ];
        let none = BTreeSet::new();
        for (handed, recalled, on, first, second) in [
            (vec![], vec![], "2022-09-15", 120, 5),
            (vec![handed(1, "Λ1", 8), handed(1, "", 2)], vec![], "2022-09-15", 110, 5),
            // The earliest last day of a lot counts for all of it.
            (vec![handed(1, "Λ1", 8)], vec![], "2022-09-21", 50, 5),
            (vec![handed(1, "Λ1", 8)], vec!["Λ2"], "2022-09-15", 62, 5),
            // More than was recorded: what was overdrawn is taken off the rest.
            (vec![handed(1, "Λ1", 75)], vec![], "2022-09-15", 45, 5),
            (vec![handed(1, "Λ1", 75)], vec![], "2022-12-01", 45, 5),
            (vec![handed(2, "Λ1", 9)], vec![], "2022-09-15", 120, 0),
        ] {
            let recalled: BTreeSet<String> = recalled.into_iter().map(lot_key).collect();
            let stock = Stock::of(&entries, &handed, &recalled);
            let good = |instalment| stock.good_on("parcel", instalment, day(on));
            assert_eq!(
                (good(Some(1)), good(Some(2))),
                (Some(first), Some(second)),
                "{handed:?} {recalled:?} {on}"
            );
            assert_eq!(
                (good(Some(3)), good(None)),
                (None, None),
                "nobody said how much there is"
            );
        }
        let stock = Stock::of(&entries, &[], &none);
        assert_eq!(
            (stock.by_instalment("parcel"), stock.by_instalment("other")),
            (Some(true), None)
        );
        assert_eq!(stock.lines.len(), 3, "one lot is one line however it was typed");
    }

    #[test]
    fn a_count_changes_what_is_left_to_what_was_counted() {
        let entries = [entry("parcel", None, Some("Λ-1"), None, 60)];
        let before = [handed(1, "Λ-1", 10), handed(2, "Λ-9", 3)];
        let stock = Stock::of(&entries, &before, &BTreeSet::new());
        assert_eq!(
            stock.lines.first().map(StockLine::left),
            Some(47),
            "a lot that nobody recorded came from somewhere"
        );
        for (lot, pieces, change) in [(Some("l1"), 40, 40), (Some("Λ-1"), 40, -7), (None, 4, 4)] {
            assert_eq!(stock.counted("parcel", None, lot, pieces), change, "{lot:?}");
        }
    }
}
