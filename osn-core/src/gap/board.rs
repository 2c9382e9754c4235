//! Unmet need by category, area and month: what the board and the map show.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, TermCode};

/// A month, e.g. `2022-09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

impl Month {
    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Its first day.
    pub const fn first(self) -> NaiveDate {
        self.0
    }

    /// Its last day.
    pub fn last(self) -> NaiveDate {
        self.next().and_then(|next| next.0.pred_opt()).unwrap_or(self.0)
    }

    /// The month after.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add_months(Months::new(1)).map(Self)
    }

    /// So many months before.
    #[must_use]
    pub fn back(self, months: u32) -> Self {
        self.0.checked_sub_months(Months::new(months)).map_or(self, Self)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// Something that is not served, from a day until another or still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmetNeed {
    /// Category.
    pub category: TermCode,
    /// Where: areas of any level.
    pub areas: Vec<TermCode>,
    /// How many people.
    pub people: u32,
    /// Since when it is known.
    pub from: NaiveDate,
    /// The first day on which it is served; none: it is not.
    pub until: Option<NaiveDate>,
    /// Whether a certificate says so; otherwise it is what somebody reported.
    pub certified: bool,
}

impl UnmetNeed {
    /// A report that certificates answer from a day on, for so many people: until then all its people are reported, from
    /// then on those of whom no certified request speaks.
    pub fn answered(self, on: NaiveDate, people: u32) -> impl Iterator<Item = Self> {
        let rest = self.people.saturating_sub(people);
        let before = (self.from < on).then(|| Self {
            until: Some(self.until.map_or(on, |until| until.min(on))),
            ..self.clone()
        });
        let after = (rest > 0 && self.until.is_none_or(|until| until > on)).then(|| Self {
            people: rest,
            from: self.from.max(on),
            ..self
        });
        before.into_iter().chain(after)
    }

    /// Whether it was there on the last day of the month: a month shows how it ended.
    fn is_in(&self, month: Month) -> bool {
        let last = month.last();
        self.from <= last && self.until.is_none_or(|until| until > last)
    }
}

/// One category in one area at the end of one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnmetCell {
    /// Reports and certificates.
    pub needs: u32,
    /// People whom certificates leave without service.
    pub certified: u32,
    /// People whom reports estimate.
    pub reported: u32,
}

impl UnmetCell {
    fn add(&mut self, need: &UnmetNeed) {
        let people = if need.certified {
            &mut self.certified
        } else {
            &mut self.reported
        };
        *people = people.saturating_add(need.people);
        self.needs = self.needs.saturating_add(1);
    }

    /// People in all.
    pub const fn people(self) -> u32 {
        self.certified.saturating_add(self.reported)
    }
}

/// The board. A need of several areas stands in each of them with all its people: nobody knows how they divide. The
/// totals count every need once, so they are less than the sum of the cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnmetBoard {
    /// The months, oldest first.
    pub months: Vec<Month>,
    /// The lowest areas of the mapping, by code.
    pub areas: Vec<TermCode>,
    /// Cells that are not empty.
    pub cells: BTreeMap<(Month, TermCode, TermCode), UnmetCell>,
    /// Each category over all areas.
    pub totals: BTreeMap<(Month, TermCode), UnmetCell>,
}

impl UnmetBoard {
    /// A cell; empty where nothing is known.
    pub fn cell(&self, month: Month, category: &TermCode, area: &TermCode) -> UnmetCell {
        let key = (month, category.clone(), area.clone());
        self.cells.get(&key).copied().unwrap_or_default()
    }

    /// The categories that stand somewhere, by code.
    pub fn categories(&self) -> Vec<TermCode> {
        let mut found: Vec<TermCode> = self.totals.keys().map(|(_, category)| category.clone()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Every category together in one area at the end of a month.
    pub fn of_area(&self, month: Month, area: &TermCode) -> UnmetCell {
        let mut sum = UnmetCell::default();
        for ((at, _, place), cell) in &self.cells {
            if *at == month && place == area {
                sum.needs = sum.needs.saturating_add(cell.needs);
                sum.certified = sum.certified.saturating_add(cell.certified);
                sum.reported = sum.reported.saturating_add(cell.reported);
            }
        }
        sum
    }
}

/// Counts needs at the end of each of `count` months, the last being that of `today`.
pub fn unmet_board(directory: &Directory, needs: &[UnmetNeed], today: NaiveDate, count: u32) -> UnmetBoard {
    let now = Month::of(today);
    let months: Vec<Month> = (0..count.max(1)).rev().map(|back| now.back(back)).collect();
    let areas: Vec<TermCode> = directory
        .terms(crate::directory::Taxonomy::Area)
        .filter(|term| !directory.has_children(&term.code))
        .map(|term| term.code.clone())
        .collect();
    let mut board = UnmetBoard {
        months,
        areas,
        ..UnmetBoard::default()
    };
    for need in needs {
        let mut places: Vec<&TermCode> = Vec::new();
        for area in &need.areas {
            let below = directory.with_descendants(area);
            places.extend(board.areas.iter().filter(|lowest| below.contains(*lowest)));
        }
        places.sort_unstable();
        places.dedup();
        for month in board.months.iter().filter(|month| need.is_in(**month)) {
            let total = board.totals.entry((*month, need.category.clone())).or_default();
            total.add(need);
            for place in &places {
                let key = (*month, need.category.clone(), (*place).clone());
                board.cells.entry(key).or_default().add(need);
            }
        }
    }
    board
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_certificate_takes_the_people_whom_it_speaks_of_out_of_a_report() {
        let report = |until: Option<&str>| UnmetNeed {
            category: TermCode("goods".to_owned()),
            areas: Vec::new(),
            people: 60,
            from: day("2022-09-15"),
            until: until.map(day),
            certified: false,
        };
        let spans = |need: UnmetNeed, on: &str, people: u32| -> Vec<(u32, String, Option<String>)> {
            need.answered(day(on), people)
                .map(|part| {
                    (
                        part.people,
                        part.from.to_string(),
                        part.until.map(|until| until.to_string()),
                    )
                })
                .collect()
        };
        let whole = (60, "2022-09-15".to_owned(), Some("2022-09-22".to_owned()));
        assert_eq!(spans(report(None), "2022-09-22", 60), std::slice::from_ref(&whole));
        let rest = (20, "2022-09-22".to_owned(), None);
        assert_eq!(spans(report(None), "2022-09-22", 40), [whole, rest]);
        // Served before the certificate, and certified before it was reported.
        let served = (60, "2022-09-15".to_owned(), Some("2022-09-18".to_owned()));
        assert_eq!(spans(report(Some("2022-09-18")), "2022-09-22", 40), [served]);
        let later = (20, "2022-09-15".to_owned(), None);
        assert_eq!(spans(report(None), "2022-09-01", 40), [later]);
    }
}
