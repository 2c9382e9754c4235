//! What the rows of the simple sheet become: rows of the tables.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveTime;
use osn_core::directory::{Address, AddressType, Directory, ServiceAtLocation, Taxonomy, derived_id};
use osn_core::id::{LocationId, ServiceId};
use osn_core::text::fold;
use uuid::Uuid;

use super::sheet::Row;
use super::together::{Lists, OF_PLACE, OF_SERVICE, PAPERS, PHONES, Together, digits};
use super::words::Words;
use super::{Told, cost, has, place_of};
use crate::book::{Book, Known, Limits, Sheet};
use crate::fault::{Code, Fault, Faults};
use crate::hours;
use crate::tables::position;

/// A cell that is emptied. A cell of nothing would leave what is there.
const EMPTIED: &str = " ";

/// Tables made of simple rows: the columns that a row fills, each with the way back to its cell.
struct Tables {
    sheets: BTreeMap<&'static str, Sheet>,
    /// The names of the simple sheets.
    origins: Vec<String>,
    limits: Limits,
}

impl Tables {
    fn add(&mut self, row: &Row<'_>, table: &'static str, cells: &[(&str, String, &str)]) -> Result<(), Fault> {
        let Some(at) = position(table) else { return Ok(()) };
        let described = crate::tables::TABLES
            .get(at)
            .map(|table| table.columns)
            .unwrap_or_default();
        let origins = &self.origins;
        let sheet = self.sheets.entry(table).or_insert_with(|| {
            let known = described.iter().enumerate().map(|(column, _)| Known {
                column,
                lang: None,
                at: usize::MAX,
            });
            let names = origins.iter().map(String::as_str);
            let name = origins.first().map_or(table, String::as_str);
            Sheet::new(name, at, known.collect()).plain().made_of(names)
        });
        for (column, _, key) in cells.iter().filter(|(_, _, key)| !key.is_empty()) {
            if let Some(known) = described.iter().position(|described| described.name == *column) {
                sheet.leads(row.origin, known, row.place(key));
            }
        }
        let said = described.iter().map(|described| {
            let cell = cells.iter().find(|(column, _, _)| *column == described.name);
            cell.map(|(_, text, _)| text.as_str()).filter(|text| !text.is_empty())
        });
        sheet.push(row.number_of_all(), said, &self.limits)
    }

    /// The same of cells that several rows say together: each leads back to the row that says it.
    fn put(&mut self, rows: &Together<'_>, table: &'static str, cells: &[(&str, String, &str)]) -> Result<(), Fault> {
        self.add(rows.first(), table, cells)?;
        for (column, _, key) in cells {
            self.stands(rows, table, column, key);
        }
        Ok(())
    }

    /// Leads a column of such a row back to the row of the sheet that says a cell.
    fn stands(&mut self, rows: &Together<'_>, table: &str, column: &str, key: &str) {
        let (number, elsewhere) = (rows.first().number_of_all(), rows.row(key).number_of_all());
        if let Some(sheet) = self.sheets.get_mut(table).filter(|_| elsewhere != number) {
            sheet.stands(number, column, elsewhere);
        }
    }
}

/// A day on which an owner of hours opens, with its times; no day where none is said.
type Opening = (Uuid, String, NaiveTime, NaiveTime);

/// Makes rows of the tables.
pub(super) struct Making<'e> {
    book: &'e Book,
    existing: &'e Directory,
    words: Words,
    tables: Tables,
    bodies: HashSet<Uuid>,
    units: HashSet<Uuid>,
    faults: Faults,
}

impl<'e> Making<'e> {
    pub(super) fn new(book: &'e Book, existing: &'e Directory) -> Self {
        Self {
            book,
            existing,
            words: Words::of(existing),
            tables: Tables {
                sheets: BTreeMap::new(),
                origins: book.simple.iter().map(|rows| rows.name.clone()).collect(),
                limits: Limits::default(),
            },
            bodies: HashSet::new(),
            units: HashSet::new(),
            faults: Faults::default(),
        }
    }

    /// The tables, and what is wrong.
    pub(super) fn made(self) -> (impl Iterator<Item = Sheet>, Faults) {
        (self.tables.sheets.into_values(), self.faults)
    }

    /// A service, of all its rows.
    pub(super) fn service(&mut self, rows: &[Told]) {
        if let Err(fault) = self.service_of(rows) {
            self.faults.push(fault);
        }
    }

    /// A place, of all its rows.
    pub(super) fn location(&mut self, rows: &[Told]) {
        if let Err(fault) = self.location_of(rows) {
            self.faults.push(fault);
        }
    }

    fn service_of(&mut self, told: &[Told]) -> Result<(), Fault> {
        let book = self.book;
        let rows = || told.iter().filter_map(|told| row_of(book, told));
        let together = Together::of(&OF_SERVICE, rows(), &self.words, &mut self.faults);
        let (Some(together), Some(Told { service, body, .. })) = (together, told.first().copied()) else {
            return Ok(());
        };
        if self.bodies.insert(body) {
            let cells = [
                ("id", body.to_string(), ""),
                ("name", together.first().said("body").to_owned(), "body"),
            ];
            self.tables.add(together.first(), "organization", &cells)?;
        }
        let must = ["description", "category"];
        if !has(&must, together.first(), |key| together.said(key), &mut self.faults) {
            return Ok(());
        }
        let lists = Lists::of(rows(), &together, &self.words, &mut self.faults);
        self.described(&together, service, body, &lists)?;
        self.parts(&together, service)?;
        self.capacity(&together, service)?;
        let known = self.existing.service(ServiceId::new(service));
        let known: &[ServiceAtLocation] = known.map_or(&[], |known| &known.service_at_locations);
        let names_a_place = told.iter().any(|told| told.location.is_some());
        let (mut links, mut openings) = (HashSet::new(), HashSet::new());
        for told in told {
            let Some(row) = row_of(book, told) else { continue };
            let owner = match told.location {
                // Hours at a place come before those of the service: without a place they are those of the only one.
                None if !names_a_place => match known {
                    [] => ("service_id", service),
                    [one] => ("service_at_location_id", one.id),
                    _ if row.said("hours").is_empty() => continue,
                    _ => {
                        self.faults
                            .push(row.wrong("hours", Code::HoursOfWhichPlace, row.said("hours")));
                        continue;
                    }
                },
                None => ("service_id", service),
                Some(location) => {
                    let link = linked(self.existing, service, location);
                    if links.insert(link) {
                        self.link(&row, link, service, location, "structure")?;
                    }
                    ("service_at_location_id", link)
                }
            };
            self.hours(&row, owner, &mut openings)?;
        }
        // Places of a service that the mapping knows and the sheet does not speak of stay.
        for link in known {
            if links.insert(link.id) {
                self.link(together.first(), link.id, service, link.location_id.uuid(), "")?;
            }
        }
        Ok(())
    }

    fn link(&mut self, row: &Row<'_>, link: Uuid, service: Uuid, location: Uuid, key: &str) -> Result<(), Fault> {
        let cells = [
            ("id", link.to_string(), ""),
            ("service_id", service.to_string(), ""),
            ("location_id", location.to_string(), key),
        ];
        self.tables.add(row, "service_at_location", &cells)
    }

    /// The hours of a row, without what rows above it say already.
    fn hours(
        &mut self,
        row: &Row<'_>,
        (column, owner): (&str, Uuid),
        openings: &mut HashSet<Opening>,
    ) -> Result<(), Fault> {
        let Some(blocks) = hours::read(row.said("hours")) else {
            self.faults.push(row.wrong("hours", Code::NotHours, row.said("hours")));
            return Ok(());
        };
        for block in blocks {
            let days = block.days.split(',');
            let new = days.filter(|day| openings.insert((owner, (*day).to_owned(), block.opens, block.closes)));
            let new: Vec<&str> = new.collect();
            if new.is_empty() {
                continue;
            }
            // Hours without days empty what an earlier file said of days.
            let (weekly, days) = match new.join(",") {
                days if days.is_empty() => (EMPTIED, EMPTIED.to_owned()),
                days => ("WEEKLY", days),
            };
            let cells = [
                (column, owner.to_string(), ""),
                ("freq", weekly.to_owned(), ""),
                ("byday", days, "hours"),
                ("opens_at", block.opens.to_string(), "hours"),
                ("closes_at", block.closes.to_string(), "hours"),
            ];
            self.tables.add(row, "schedule", &cells)?;
        }
        Ok(())
    }

    /// What the table of services says.
    fn described(&mut self, rows: &Together<'_>, id: Uuid, body: Uuid, lists: &Lists) -> Result<(), Fault> {
        let said = |key: &str| rows.said(key).to_owned();
        // A cell that is filled speaks both of the flag and of the words: what it does not say of them is not so any more.
        let (is_free, fees) = match (rows.said("cost"), cost::read(rows.said("cost"))) {
            ("", _) => ("", String::new()),
            (_, Some(true)) => ("true", EMPTIED.to_owned()),
            (_, Some(false)) => ("false", said("cost")),
            (_, None) => (EMPTIED, said("cost")),
        };
        let status = match self.existing.service(ServiceId::new(id)) {
            Some(_) => "",
            None => "active",
        };
        // A list of groups ends what an earlier file said of everybody.
        let open_to_all = match rows.said("groups") {
            "" => "",
            _ if lists.is_for_everybody() => "true",
            _ => "false",
        };
        let joined = |codes| crate::cell::write(crate::tables::Kind::Codes, &serde_json::Value::from(codes));
        let list = |codes: Vec<String>| if codes.is_empty() { String::new() } else { joined(codes) };
        self.tables.put(
            rows,
            "service",
            &[
                ("id", id.to_string(), ""),
                ("organization_id", body.to_string(), "body"),
                ("name", said("service"), "service"),
                ("description", said("description"), "description"),
                ("status", status.to_owned(), ""),
                ("osn_categories", list(lists.codes("category")), "category"),
                ("osn_groups", list(lists.codes("groups")), "groups"),
                ("osn_open_to_all", open_to_all.to_owned(), "groups"),
                ("osn_areas", list(lists.codes("areas")), "areas"),
                ("minimum_age", said("from"), "from"),
                ("maximum_age", said("to"), "to"),
                ("email", said("email"), "email"),
                ("url", said("website"), "website"),
                ("osn_languages", list(lists.languages.clone()), "languages"),
                ("osn_free_of_charge", is_free.to_owned(), "cost"),
                ("fees_description", fees, "cost"),
                ("assured_date", said("confirmed"), "confirmed"),
            ],
        )
    }

    /// Telephones and papers of a service.
    fn parts(&mut self, rows: &Together<'_>, id: Uuid) -> Result<(), Fault> {
        let known = self.existing.service(ServiceId::new(id));
        for number in pieces(rows.said("phone"), &PHONES) {
            let mut known = known.into_iter().flat_map(|known| &known.phones);
            let known = known.find(|phone| digits(&phone.number) == digits(number));
            // What the record says of a number beside the number, the sheet does not speak of.
            let (part, number, kind) = match known {
                Some(phone) => (phone.id.to_string(), phone.number.clone(), ""),
                None => {
                    let part = derived_id(id, "simple/phone", &digits(number));
                    (part.to_string(), number.to_owned(), "voice")
                }
            };
            let cells = [
                ("id", part, ""),
                ("service_id", id.to_string(), ""),
                ("number", number, "phone"),
                ("type", kind.to_owned(), ""),
            ];
            self.tables.add(rows.row("phone"), "phone", &cells)?;
        }
        for paper in pieces(rows.said("papers"), &PAPERS) {
            let mut known = known.into_iter().flat_map(|known| &known.required_documents);
            let known = known.find(|known| fold(known.document.get("el")) == fold(paper));
            let (part, paper) = match known {
                Some(known) => (known.id.to_string(), known.document.get("el").to_owned()),
                None => {
                    let part = derived_id(id, "simple/required_document", &fold(paper));
                    (part.to_string(), paper.to_owned())
                }
            };
            let cells = [
                ("id", part, ""),
                ("service_id", id.to_string(), ""),
                ("document", paper, "papers"),
            ];
            self.tables.add(rows.row("papers"), "required_document", &cells)?;
        }
        Ok(())
    }

    /// Places of a service, and how many of them are free.
    fn capacity(&mut self, rows: &Together<'_>, id: Uuid) -> Result<(), Fault> {
        let (free, places) = (rows.said("free"), rows.said("places"));
        if free.is_empty() && places.is_empty() {
            return Ok(());
        }
        let known = self.existing.service(ServiceId::new(id));
        let known = known.and_then(|service| service.capacity());
        let unit = known.map_or_else(|| derived_id(Uuid::nil(), "unit", "θέση"), |capacity| capacity.unit.id);
        if self.units.insert(unit) {
            let name = known.map_or("θέση", |capacity| capacity.unit.name.get("el"));
            let cells = [("id", unit.to_string(), ""), ("name", name.to_owned(), "")];
            self.tables.add(rows.first(), "unit", &cells)?;
        }
        let available = if free.is_empty() {
            known.map_or_else(|| places.to_owned(), |known| known.available.to_string())
        } else {
            free.to_owned()
        };
        let capacity = known.map_or_else(
            || derived_id(id, "service_capacity", &unit.to_string()),
            |known| known.id,
        );
        // The day of the count is nothing to guess: without it the cell is asked for.
        let updated = rows.said("confirmed").to_owned();
        self.tables.put(
            rows,
            "service_capacity",
            &[
                ("id", capacity.to_string(), ""),
                ("service_id", id.to_string(), ""),
                ("unit_id", unit.to_string(), ""),
                ("available", available, "free"),
                ("maximum", places.to_owned(), "places"),
                ("updated", updated, "confirmed"),
            ],
        )?;
        if free.is_empty() {
            self.tables.stands(rows, "service_capacity", "available", "places");
        }
        Ok(())
    }

    fn location_of(&mut self, told: &[Told]) -> Result<(), Fault> {
        let book = self.book;
        let rows = told.iter().filter_map(|told| row_of(book, told));
        let rows = Together::of(&OF_PLACE, rows, &self.words, &mut self.faults);
        let (
            Some(rows),
            Some(Told {
                location: Some(id),
                body,
                ..
            }),
        ) = (rows, told.first().copied())
        else {
            return Ok(());
        };
        let areas = self
            .words
            .codes(rows.row("area"), "area", Taxonomy::Area, &mut self.faults);
        let known = self.existing.location(LocationId::new(id));
        // What kind of place a known one is, the sheet does not speak of.
        let kind = if known.is_some() { "" } else { "physical" };
        self.tables.put(
            &rows,
            "location",
            &[
                ("id", id.to_string(), ""),
                ("location_type", kind.to_owned(), ""),
                ("organization_id", body.to_string(), "body"),
                ("name", place_of(rows.first()).to_owned(), "structure"),
                ("osn_area", areas.into_iter().next().unwrap_or_default(), "area"),
                ("osn_protected", rows.said("protected").to_owned(), "protected"),
            ],
        )?;
        let address = ["address", "postal", "city"].map(|key| rows.said(key).to_owned());
        if address.iter().all(String::is_empty) {
            return Ok(());
        }
        let [street, postal, city] = address;
        let known: &[Address] = known.map_or(&[], |known| &known.whereabouts().addresses);
        let is_here = |address: &&Address| address.address_type.unwrap_or_default() == AddressType::Physical;
        let here = known.iter().find(is_here);
        let part = here.map_or_else(|| derived_id(id, "simple/address", ""), |here| here.id);
        let kind = if here.is_some() { "" } else { "physical" };
        let cells = [
            ("id", part.to_string(), ""),
            ("location_id", id.to_string(), ""),
            ("address_1", street, "address"),
            ("postal_code", postal, "postal"),
            ("city", city, "city"),
            ("address_type", kind.to_owned(), ""),
        ];
        self.tables.put(&rows, "address", &cells)?;
        // Its other addresses stay.
        for other in known.iter().filter(|other| here.is_none_or(|here| here.id != other.id)) {
            let cells = [("id", other.id.to_string(), ""), ("location_id", id.to_string(), "")];
            self.tables.add(rows.first(), "address", &cells)?;
        }
        Ok(())
    }
}

/// A row as it stands.
fn row_of<'b>(book: &'b Book, told: &Told) -> Option<Row<'b>> {
    book.simple.get(told.sheet).map(|rows| rows.row(told.sheet, told.row))
}

/// The pieces of a cell that says several.
fn pieces<'t>(text: &'t str, ends: &'t [char]) -> impl Iterator<Item = &'t str> {
    text.split(ends).map(str::trim).filter(|piece| !piece.is_empty())
}

/// The link of a service to a place: the one that is there, or a new one.
fn linked(existing: &Directory, service: Uuid, location: Uuid) -> Uuid {
    let (service, location) = (ServiceId::new(service), LocationId::new(location));
    let known = existing.service(service).and_then(|known| {
        known
            .service_at_locations
            .iter()
            .find(|link| link.location_id == location)
    });
    known.map_or_else(|| ServiceAtLocation::linking(service, location).id, |link| link.id)
}
