//! Recurrences that nobody can follow: each field may stand in a record as the standard has it, and together they say no days.
//!
//! The standard's own example has some. They keep no record out; whoever writes them is told, because a schedule that cannot be
//! followed counts as one that does not say its days and hours.

use uuid::Uuid;

use super::{DirectoryRecord, Rule, Schedule};
use crate::hours::{Problem, Rule as HoursRule, ScheduleFields};

/// A recurrence that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfollowable {
    /// The schedule.
    pub schedule: Uuid,
    /// HSDS's name of its field.
    pub field: &'static str,
    /// Where the field stands in its record: `schedules.freq`, `service_at_locations.schedules.count`.
    pub path: String,
    /// [`Rule::IncompleteRecurrence`] or [`Rule::ContradictoryRecurrence`].
    pub rule: Rule,
}

/// The recurrences of a record that cannot be followed, field by field; what is misspelt is a problem of the directory.
pub fn unfollowable(record: &DirectoryRecord) -> Vec<Unfollowable> {
    let mut found = Vec::new();
    match record {
        DirectoryRecord::Location(place) => look(&mut found, "schedules", &place.schedules),
        DirectoryRecord::Service(service) => {
            look(&mut found, "schedules", &service.schedules);
            for link in &service.service_at_locations {
                look(&mut found, "service_at_locations.schedules", &link.schedules);
            }
        }
        DirectoryRecord::Organization(_) | DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => {}
    }
    found
}

fn look(found: &mut Vec<Unfollowable>, place: &str, schedules: &[Schedule]) {
    for schedule in schedules {
        let errors = HoursRule::new(&ScheduleFields::from(schedule)).err();
        for error in errors.into_iter().flatten() {
            let rule = match error.problem {
                Problem::Missing { .. } => Rule::IncompleteRecurrence,
                Problem::NotWith { .. } => Rule::ContradictoryRecurrence,
                Problem::Unreadable { .. } | Problem::OutOfRange { .. } | Problem::Before { .. } => continue,
            };
            found.push(Unfollowable {
                schedule: schedule.id,
                field: error.field,
                path: format!("{place}.{}", error.field),
                rule,
            });
        }
    }
}
