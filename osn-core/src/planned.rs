//! Planned actions of bodies (προγραμματισμένες δράσεις φορέων): what each body means to do by itself, in one calendar, so
//! that two bodies do not do the same for the same people on the same days.

use serde::{Deserialize, Serialize};

use crate::directory::{Directory, TermCode};
use crate::id::{AccountId, OrganizationId, PlannedActionId};
use crate::lang::LocalText;
use crate::meeting::calendar::{escaped, folded, stamp};
use crate::state::{InvalidTransition, Machine};
use crate::time::{Instant, Period};

/// Where a planned action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", rename_all_fields = "snake_case")]
pub enum PlannedState {
    /// The body means to do it.
    Planned,
    /// It does not take place.
    Cancelled {
        /// Who said so.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

/// What can happen to a planned action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlannedEvent {
    /// It does not take place.
    Cancel {
        /// Who says so.
        by: AccountId,
        /// When.
        at: Instant,
    },
}

impl Machine for PlannedState {
    type Event = PlannedEvent;
    const NAME: &'static str = "planned-action";

    fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    fn event_name(event: &PlannedEvent) -> &'static str {
        match event {
            PlannedEvent::Cancel { .. } => "cancel",
        }
    }

    fn apply(&self, event: &PlannedEvent) -> Result<Self, InvalidTransition> {
        match (self, event) {
            (Self::Planned, PlannedEvent::Cancel { by, at }) => Ok(Self::Cancelled { by: *by, at: *at }),
            (Self::Cancelled { .. }, PlannedEvent::Cancel { .. }) => Err(self.refuse(event)),
        }
    }
}

/// What a body means to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedAction {
    /// Identifier.
    pub id: PlannedActionId,
    /// The body.
    pub organization_id: OrganizationId,
    /// Who wrote it.
    pub by: AccountId,
    /// When.
    pub at: Instant,
    /// Short title.
    pub title: LocalText,
    /// In words; no personal data.
    pub words: LocalText,
    /// Category of the service.
    pub category: TermCode,
    /// For whom; empty: for everybody.
    pub groups: Vec<TermCode>,
    /// Where; at least one.
    pub areas: Vec<TermCode>,
    /// On which days; both ends are known.
    pub period: Period,
    /// How many people, where the body says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// Where it stands.
    pub state: PlannedState,
}

/// What is wrong with a planned action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlannedError {
    /// No title.
    #[error("a title is needed")]
    NoTitle,
    /// No area is named.
    #[error("areas must name at least one area")]
    NoArea,
    /// Nobody would take part.
    #[error("people must be at least 1")]
    NoPeople,
    /// The days are open or backwards.
    #[error("the days need a first and a last one, in this order")]
    BackwardsPeriod,
}

impl PlannedError {
    /// The field that the remedy belongs to.
    pub const fn path(self) -> &'static str {
        match self {
            Self::NoTitle => "/title",
            Self::NoArea => "/areas",
            Self::NoPeople => "/people",
            Self::BackwardsPeriod => "/period/to",
        }
    }

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoTitle => "required",
            Self::NoArea => "need.no-area",
            Self::NoPeople => "need.no-people",
            Self::BackwardsPeriod => "backwards-period",
        }
    }
}

/// What is asked of the calendar: who else does this, for them, there, then?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupied<'a> {
    /// Category.
    pub category: &'a TermCode,
    /// Groups; empty: everybody.
    pub groups: &'a [TermCode],
    /// Areas.
    pub areas: &'a [TermCode],
    /// Days.
    pub period: Period,
}

impl PlannedAction {
    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<PlannedError> {
        let mut problems = Vec::new();
        if self.title.get("el").trim().is_empty() && self.title.get("en").trim().is_empty() {
            problems.push(PlannedError::NoTitle);
        }
        if self.areas.is_empty() {
            problems.push(PlannedError::NoArea);
        }
        if self.people == Some(0) {
            problems.push(PlannedError::NoPeople);
        }
        if self.period.to.is_none_or(|to| to < self.period.from) {
            problems.push(PlannedError::BackwardsPeriod);
        }
        problems
    }

    /// Whether it stands and is about the same: category, a group, an area and a day in common, each as the directory
    /// relates its terms (what lies within an area, or includes it, is in common with it).
    pub fn overlaps(&self, other: &Occupied<'_>, directory: &Directory) -> bool {
        let related = |one: &TermCode, another: &TermCode| {
            directory.with_ancestors(one).contains(another) || directory.with_ancestors(another).contains(one)
        };
        let share =
            |own: &[TermCode], theirs: &[TermCode]| own.iter().any(|one| theirs.iter().any(|two| related(one, two)));
        matches!(self.state, PlannedState::Planned)
            && self.period.overlaps(other.period)
            && related(&self.category, other.category)
            && share(&self.areas, other.areas)
            && (self.groups.is_empty() || other.groups.is_empty() || share(&self.groups, other.groups))
    }
}

/// Planned actions as whole days of one calendar (RFC 5545), in a language; one that was cancelled says so.
///
/// `host` is the name of the server's host, for the identifiers; `body` gives each body's name.
pub fn icalendar(
    planned: &[PlannedAction],
    host: &str,
    lang: &str,
    sent_at: Instant,
    body: impl Fn(OrganizationId) -> String,
) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Open Social Net//Planned actions//EN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
    ];
    for action in planned {
        let last = action.period.to.unwrap_or(action.period.from);
        let status = match action.state {
            PlannedState::Planned => "CONFIRMED",
            PlannedState::Cancelled { .. } => "CANCELLED",
        };
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@{host}", action.id),
            format!("DTSTAMP:{}", stamp(sent_at)),
            format!("DTSTART;VALUE=DATE:{}", action.period.from.format("%Y%m%d")),
            // The end of a whole day is the day after it.
            format!("DTEND;VALUE=DATE:{}", last.succ_opt().unwrap_or(last).format("%Y%m%d")),
            format!(
                "SUMMARY:{}",
                escaped(&format!(
                    "{} – {}",
                    action.title.get(lang),
                    body(action.organization_id)
                ))
            ),
            format!("DESCRIPTION:{}", escaped(action.words.get(lang))),
            format!("STATUS:{status}"),
            "TRANSP:TRANSPARENT".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::*;
    use crate::directory::{DirectoryRecord, Taxonomy, TaxonomyTerm};
    use crate::id::TermId;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, month, day).unwrap()
    }

    fn term(number: u128, taxonomy: Taxonomy, code: &str, parent: Option<&str>) -> DirectoryRecord {
        let (id, name) = (TermId::new(Uuid::from_u128(number)), LocalText::new(code, code));
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
            parent: parent.map(TermCode::new),
            ..TaxonomyTerm::new(id, TermCode::new(code), taxonomy, name)
        })
    }

    fn directory() -> Directory {
        Directory::new(
            Instant::UNIX_EPOCH,
            [
                term(1, Taxonomy::Area, "city", None),
                term(2, Taxonomy::Area, "city.1", Some("city")),
                term(3, Taxonomy::Area, "city.2", Some("city")),
                term(4, Taxonomy::Category, "food", None),
                term(5, Taxonomy::Category, "food.meals", Some("food")),
                term(6, Taxonomy::BeneficiaryGroup, "children", None),
                term(7, Taxonomy::BeneficiaryGroup, "older", None),
            ],
        )
    }

    fn planned() -> PlannedAction {
        PlannedAction {
            id: PlannedActionId::new(Uuid::from_u128(1)),
            organization_id: OrganizationId::new(Uuid::from_u128(2)),
            by: AccountId::new(Uuid::from_u128(3)),
            at: Instant::UNIX_EPOCH,
            title: LocalText::new("Γεύματα, κάθε μέρα", "Meals, every day"),
            words: LocalText::new("Στην αυλή", "In the yard"),
            category: TermCode::new("food.meals"),
            groups: vec![TermCode::new("children")],
            areas: vec![TermCode::new("city")],
            period: Period::new(day(6, 1), day(6, 10)).unwrap(),
            people: Some(20),
            state: PlannedState::Planned,
        }
    }

    #[test]
    fn an_overlap_needs_the_same_people_place_days_and_kind() {
        let directory = directory();
        let codes = |codes: &[&str]| codes.iter().map(|code| TermCode::new(*code)).collect::<Vec<_>>();
        let cases = [
            (
                "food.meals",
                vec!["children"],
                "city.1",
                day(6, 10),
                true,
                "an area within, the last day",
            ),
            (
                "food",
                vec![],
                "city.2",
                day(6, 1),
                true,
                "the kind above it, for everybody",
            ),
            ("food.meals", vec!["older"], "city.1", day(6, 5), false, "other people"),
            (
                "food.meals",
                vec!["children"],
                "city.1",
                day(6, 11),
                false,
                "a day later",
            ),
            ("nothing", vec!["children"], "city.1", day(6, 5), false, "another kind"),
            (
                "food.meals",
                vec!["children"],
                "elsewhere",
                day(6, 5),
                false,
                "another place",
            ),
        ];
        for (category, groups, area, from, expected, why) in cases {
            let other = Occupied {
                category: &TermCode::new(category),
                groups: &codes(&groups),
                areas: &codes(&[area]),
                period: Period { from, to: None },
            };
            assert_eq!(planned().overlaps(&other, &directory), expected, "{why}");
        }
        let mut cancelled = planned();
        let event = PlannedEvent::Cancel {
            by: cancelled.by,
            at: Instant::UNIX_EPOCH,
        };
        cancelled.state = cancelled.state.apply(&event).unwrap();
        let same = Occupied {
            category: &TermCode::new("food.meals"),
            groups: &[],
            areas: &codes(&["city"]),
            period: planned().period,
        };
        assert!(!cancelled.overlaps(&same, &directory), "it does not take place");
        assert!(cancelled.state.apply(&event).is_err(), "not twice");
    }

    #[test]
    fn what_is_wrong_is_told_at_once() {
        let mut wrong = planned();
        wrong.title = LocalText::new(" ", "");
        wrong.areas.clear();
        wrong.people = Some(0);
        wrong.period.to = None;
        let paths: Vec<_> = wrong.problems().into_iter().map(PlannedError::path).collect();
        assert_eq!(paths, ["/title", "/areas", "/people", "/period/to"]);
        assert_eq!(planned().problems(), Vec::new());
    }

    #[test]
    fn the_calendar_has_whole_days_and_escaped_words() {
        let text = icalendar(&[planned()], "city.example", "el", Instant::UNIX_EPOCH, |_| {
            "Δήμος".to_owned()
        });
        for line in [
            "UID:00000000-0000-0000-0000-000000000001@city.example\r\n",
            "DTSTART;VALUE=DATE:20220601\r\n",
            "DTEND;VALUE=DATE:20220611\r\n",
            "SUMMARY:Γεύματα\\, κάθε μέρα – Δήμος\r\n",
            "STATUS:CONFIRMED\r\n",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
