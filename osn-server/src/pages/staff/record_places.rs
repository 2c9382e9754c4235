//! Hours and telephones of a service at one of its places: a folded part of its form for each place where it is offered.

use osn_core::directory::Directory;
use serde_json::Value;

use super::record_form::{links, phones, schedules, show};
use super::record_read::{entities, set};
use crate::pages::chrome::Page;
use crate::pages::form::{FormView, Group};
use crate::refusal::{FieldError, Outcome, Refusal};

/// What a link between a service and a place says of its own.
const LISTS: [&str; 2] = ["schedules", "phones"];

/// Where the questions about a place stand, before the name of the list.
fn place_of(id: &str) -> String {
    format!("/at/{id}")
}

/// The questions about each place, with what is known.
pub(super) fn groups(p: &Page, directory: &Directory, record: &Value) -> Vec<Group> {
    let asked = links(record).filter_map(|(id, link)| {
        let place = directory.location(id.parse().ok()?)?;
        let mut fields = schedules(p, link);
        fields.extend(phones(p, link));
        for field in &mut fields {
            show(field, link);
            field.name = format!("{}{}", place_of(id), field.name);
        }
        Some(Group {
            title: p.t1("record-part-at-place", "place", &p.text(&place.name)),
            fields,
            folds: true,
            ..Group::default()
        })
    });
    asked.collect()
}

/// Lays what was typed over the links of the record; a place that was chosen just now has no questions yet.
///
/// # Errors
/// What cannot be read, beside its field.
pub(super) fn read(out: &mut Value, form: &FormView, typed: Option<&Value>) -> Outcome<()> {
    let links = out.get_mut("service_at_locations").and_then(Value::as_array_mut);
    for link in links.into_iter().flatten() {
        let Some(id) = link.get("location_id").and_then(Value::as_str).map(str::to_owned) else {
            continue;
        };
        let place = place_of(&id);
        if !form.fields().any(|field| field.name.starts_with(&place)) {
            continue;
        }
        let given = typed.and_then(|typed| typed.get(&id));
        for list in LISTS {
            let rows = entities(link, list, given.and_then(|given| given.get(list)));
            let rows = rows.map_err(|refusal| below(&place, &refusal))?;
            set(link, list, rows);
        }
    }
    Ok(())
}

/// The same errors, at the fields of a place.
fn below(place: &str, refusal: &Refusal) -> Refusal {
    let errors = refusal.errors().iter().map(|error| FieldError {
        path: format!("{place}{}", error.path),
        ..error.clone()
    });
    Refusal::invalid("request.invalid", errors.collect())
}
