//! The simple sheet: one row for each service, as a clerk of a municipality fills it in.
//!
//! Several rows may speak of one service, as when it is offered at two places, and of one place, as when it offers two
//! services. A cell that speaks of the service or of the place counts wherever it is filled first; empty cells of later rows
//! mean “as above”, the place of a service among them; a later cell that says otherwise is a fault. Hours of later rows are
//! added, and so are categories, groups, communities and languages, as far as the service then claims no more than its rows
//! do ([`together::Lists`]).

mod cost;
mod making;
mod sheet;
mod template;
mod together;
mod words;

use std::collections::HashMap;

use osn_core::directory::Directory;
use osn_core::text::fold;
use uuid::Uuid;

use self::making::Making;
use self::sheet::Row;
pub(crate) use self::sheet::{FIELDS, HELP, Rows, header};
pub use self::template::template;
use crate::book::Book;
use crate::fault::{Code, Faults};
use crate::ids::{Ids, within};
use crate::tables::position;

/// Turns the simple rows of a book into rows of the tables.
pub(crate) fn expand(book: &Book, existing: &Directory, namespace: Uuid) -> Book {
    let nothing = Book::default();
    let ids = Ids::of(&nothing, existing, namespace, &mut Faults::default());
    let mut out = Book {
        silent_lists: true,
        simple: Vec::new(),
        ..book.clone()
    };
    let mut told = told(book, &ids, &mut out.faults);
    let mut making = Making::new(book, existing);
    gather(&mut told, |told| Some(told.service));
    for rows in told.chunk_by(|one, next| one.service == next.service) {
        making.service(rows);
    }
    told.retain(|told| told.location.is_some());
    told.sort_by_key(|told| (told.sheet, told.row));
    gather(&mut told, |told| told.location);
    for rows in told.chunk_by(|one, next| one.location == next.location) {
        making.location(rows);
    }
    let (sheets, faults) = making.made();
    out.faults.join(faults);
    sheets.for_each(|sheet| out.add(sheet));
    out
}

/// A row, and what it speaks of.
#[derive(Clone, Copy)]
struct Told {
    sheet: usize,
    row: usize,
    body: Uuid,
    service: Uuid,
    location: Option<Uuid>,
}

/// What each row speaks of; a row that does not say it is a fault.
fn told(book: &Book, ids: &Ids<'_>, faults: &mut Faults) -> Vec<Told> {
    let named = |table: &str, key: &str| position(table).map(|at| ids.named(at, key)).unwrap_or_default();
    let mut told = Vec::new();
    // The place of each service so far, and the row that names it.
    let mut above: HashMap<Uuid, (Uuid, usize, usize)> = HashMap::new();
    for (sheet, rows) in book.simple.iter().enumerate() {
        for place in 0..rows.len() {
            let row = rows.row(sheet, place);
            if !has(&["body", "service"], &row, |key| row.said(key), faults) {
                continue;
            }
            let several = |table: &str, key: &str| position(table).is_some_and(|at| ids.is_several(at, key));
            let body_key = fold(row.said("body"));
            let body = named("organization", &body_key);
            let service_key = within(Some(body), row.said("service"));
            let service = named("service", &service_key);
            let doubtful = [
                ("body", several("organization", &body_key)),
                ("service", several("service", &service_key)),
                (
                    "structure",
                    several("location", &within(Some(body), row.said("structure"))),
                ),
            ];
            if let Some((cell, _)) = doubtful.into_iter().find(|(_, is_several)| *is_several) {
                faults.push(row.wrong(cell, Code::ManyOwners, row.said(cell)));
                continue;
            }
            let as_above = above.get(&service).filter(|(_, sheet, place)| {
                let named = book.simple.get(*sheet).map(|rows| rows.row(*sheet, *place));
                named.is_some_and(|named| is_as_above(&row, &named))
            });
            let location = match (as_above, place_of(&row)) {
                (Some((location, _, _)), _) => Some(*location),
                (None, "") => None,
                (None, name) => {
                    let location = named("location", &within(Some(body), name));
                    above.insert(service, (location, sheet, place));
                    Some(location)
                }
            };
            told.push(Told {
                sheet,
                row: place,
                body,
                service,
                location,
            });
        }
    }
    told
}

/// What a place is called: its structure, or else its address.
fn place_of<'r>(row: &'r Row<'_>) -> &'r str {
    match row.said("structure") {
        "" => row.said("address"),
        structure => structure,
    }
}

/// Whether a later row of a service leaves its place to the row above: it names none, or none but by the same address.
fn is_as_above(row: &Row<'_>, above: &Row<'_>) -> bool {
    let address = fold(row.said("address"));
    row.said("structure").is_empty() && (address.is_empty() || address == fold(above.said("address")))
}

/// Whether all of these fields are said that a service cannot be without; each that is not is a fault of the row.
fn has<'s>(keys: &[&str], row: &Row<'_>, said: impl Fn(&str) -> &'s str, faults: &mut Faults) -> bool {
    let must = FIELDS.iter().filter(|field| field.must && keys.contains(&field.key));
    let mut all = true;
    for field in must.filter(|field| said(field.key).is_empty()) {
        faults.push(row.wrong(field.key, Code::Missing, field.el));
        all = false;
    }
    all
}

/// Puts rows of the same together, each where the first of them stands.
fn gather(told: &mut [Told], of: impl Fn(&Told) -> Option<Uuid>) {
    let mut first: HashMap<Option<Uuid>, usize> = HashMap::new();
    for (at, told) in told.iter().enumerate() {
        first.entry(of(told)).or_insert(at);
    }
    told.sort_by_key(|told| first.get(&of(told)).copied());
}
