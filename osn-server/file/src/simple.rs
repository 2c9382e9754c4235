//! The simple sheet: one row for each service, as a clerk of a municipality fills it in.

mod sheet;
mod template;

use std::collections::{BTreeMap, HashMap, HashSet};

use osn_core::directory::{Directory, ServiceAtLocation, Taxonomy, derived_id};
use osn_core::id::{LocationId, ServiceId};
use osn_core::text::fold;
use uuid::Uuid;

use self::sheet::Row;
pub(crate) use self::sheet::{FIELDS, HELP, Rows, header};
pub use self::template::template;
use crate::book::{Book, Known, Limits, Sheet};
use crate::fault::{Code, Fault, Faults};
use crate::hours;
use crate::ids::{Ids, within};
use crate::tables::position;

/// Terms by what people call them.
struct Words(HashMap<(Taxonomy, String), Vec<String>>);

impl Words {
    fn of(directory: &Directory) -> Self {
        let mut words: HashMap<(Taxonomy, String), Vec<String>> = HashMap::new();
        for taxonomy in Taxonomy::RULED {
            for term in directory.terms(taxonomy) {
                let names = term
                    .name
                    .iter()
                    .map(|(_, name)| name)
                    .chain(term.aliases.iter().map(String::as_str));
                for name in names.chain([term.code.as_str()]) {
                    let known = words.entry((taxonomy, fold(name))).or_default();
                    if !known.iter().any(|code| code == term.code.as_str()) {
                        known.push(term.code.as_str().to_owned());
                    }
                }
            }
        }
        Self(words)
    }

    /// Codes of the terms in a cell.
    fn codes(&self, row: &Row<'_>, key: &str, taxonomy: Taxonomy, faults: &mut Faults) -> Vec<String> {
        let mut codes = Vec::new();
        for word in crate::cell::codes(row.said(key)) {
            match self.0.get(&(taxonomy, fold(&word))).map(Vec::as_slice) {
                Some([code]) => codes.push(code.clone()),
                Some(_) => faults.push(row.wrong(key, Code::ManyOwners, &word)),
                None => match self.named_inside(taxonomy, &fold(&word)) {
                    Some(code) => codes.push(code),
                    None => faults.push(row.wrong(key, Code::UnknownTerm, &word)),
                },
            }
        }
        codes
    }

    /// The one area whose name stands inside what was written, as whole words: registers write `Council of the 7th Municipal
    /// Community` where the list says `7th Municipal Community`. Names of one word say too little to be looked for so.
    fn named_inside(&self, taxonomy: Taxonomy, written: &str) -> Option<String> {
        if taxonomy != Taxonomy::Area {
            return None;
        }
        let written = format!(" {written} ");
        let found = self
            .0
            .iter()
            .filter(|((of, name), _)| *of == taxonomy && name.contains(' ') && written.contains(&format!(" {name} ")));
        let found: HashSet<&String> = found.flat_map(|(_, codes)| codes).collect();
        match found.into_iter().collect::<Vec<_>>().as_slice() {
            [code] => Some((*code).clone()),
            _ => None,
        }
    }
}

/// Tables made of simple rows: the columns that a row fills, each with the way back to its cell.
struct Tables {
    sheets: BTreeMap<&'static str, Sheet>,
    limits: Limits,
}

impl Tables {
    fn add(&mut self, row: &Row<'_>, table: &'static str, cells: &[(&str, String, &str)]) -> Result<(), Fault> {
        let Some(at) = position(table) else { return Ok(()) };
        let described = crate::tables::TABLES
            .get(at)
            .map(|table| table.columns)
            .unwrap_or_default();
        let sheet = self.sheets.entry(table).or_insert_with(|| {
            let known = described.iter().enumerate().map(|(column, _)| Known {
                column,
                lang: None,
                at: usize::MAX,
            });
            Sheet::new(&row.sheet.name, at, known.collect()).plain()
        });
        for (column, _, key) in cells {
            let place = described.iter().position(|described| described.name == *column);
            if let Some(known) = place.and_then(|place| sheet.known.get_mut(place))
                && !key.is_empty()
            {
                known.at = row.place(key);
            }
        }
        let said = described.iter().map(|described| {
            let cell = cells.iter().find(|(column, _, _)| *column == described.name);
            cell.map(|(_, text, _)| text.as_str()).filter(|text| !text.is_empty())
        });
        sheet.push(row.number(), said, &self.limits)
    }
}

/// Turns the simple rows of a book into rows of the tables.
pub(crate) fn expand(book: &Book, existing: &Directory, namespace: Uuid) -> Book {
    let nothing = Book::default();
    let ids = Ids::of(&nothing, existing, namespace, &mut Faults::default());
    let words = Words::of(existing);
    let mut out = Book {
        silent_lists: true,
        simple: Vec::new(),
        ..book.clone()
    };
    let mut tables = Tables {
        sheets: BTreeMap::new(),
        limits: Limits::default(),
    };
    let mut seen = HashSet::new();
    let mut services: Vec<(Uuid, &Rows, usize)> = Vec::new();
    for sheet in &book.simple {
        for place in 0..sheet.len() {
            let row = sheet.row(place);
            let missing: Vec<Fault> = FIELDS
                .iter()
                .filter(|field| field.must && row.said(field.key).is_empty())
                .map(|field| row.wrong(field.key, Code::Missing, field.el))
                .collect();
            if !missing.is_empty() {
                out.faults.extend(missing);
                continue;
            }
            match one(&row, &ids, &words, existing, &mut tables, &mut seen, &mut out.faults) {
                Ok(service) => services.push((service, sheet, place)),
                Err(fault) => out.faults.push(fault),
            }
        }
    }
    for (service, sheet, place) in services {
        if let Err(fault) = others(&sheet.row(place), service, existing, &mut tables, &mut seen) {
            out.faults.push(fault);
        }
    }
    tables.sheets.into_values().for_each(|sheet| out.add(sheet));
    out
}

/// Places of a service that the mapping knows and the sheet does not speak of stay.
fn others(
    row: &Row<'_>,
    service: Uuid,
    existing: &Directory,
    tables: &mut Tables,
    seen: &mut Seen,
) -> Result<(), Fault> {
    let known = existing
        .service(ServiceId::new(service))
        .map(|known| known.service_at_locations.as_slice());
    for link in known.unwrap_or_default() {
        if seen.insert(("service_at_location", link.id)) {
            let cells = [
                ("id", link.id.to_string(), ""),
                ("service_id", service.to_string(), ""),
                ("location_id", link.location_id.to_string(), ""),
            ];
            tables.add(row, "service_at_location", &cells)?;
        }
    }
    Ok(())
}

type Seen = HashSet<(&'static str, Uuid)>;

fn one(
    row: &Row<'_>,
    ids: &Ids<'_>,
    words: &Words,
    existing: &Directory,
    tables: &mut Tables,
    seen: &mut Seen,
    faults: &mut Faults,
) -> Result<Uuid, Fault> {
    let said = |key: &str| row.said(key).to_owned();
    let named = |table: &str, key: &str| position(table).map(|at| ids.named(at, key)).unwrap_or_default();
    let body = named("organization", &fold(row.said("body")));
    if seen.insert(("organization", body)) {
        tables.add(
            row,
            "organization",
            &[("id", body.to_string(), ""), ("name", said("body"), "body")],
        )?;
    }
    let service = named("service", &within(Some(body), row.said("service")));
    if seen.insert(("service", service)) {
        self::service(row, service, body, words, existing, tables, faults)?;
    }
    let structure = row.said("structure");
    let place = if structure.is_empty() {
        row.said("address")
    } else {
        structure
    };
    let hours = match hours::read(row.said("hours")) {
        Some(hours) => hours,
        None => {
            faults.push(row.wrong("hours", Code::NotHours, row.said("hours")));
            Vec::new()
        }
    };
    let owner = if place.is_empty() {
        ("service_id", service)
    } else {
        let location = named("location", &within(Some(body), place));
        if seen.insert(("location", location)) {
            self::location(row, location, body, place, words, tables, faults)?;
        }
        let link = linked(existing, service, location);
        if !seen.insert(("service_at_location", link)) {
            return Ok(service);
        }
        let cells = [
            ("id", link.to_string(), ""),
            ("service_id", service.to_string(), ""),
            ("location_id", location.to_string(), "structure"),
        ];
        tables.add(row, "service_at_location", &cells)?;
        ("service_at_location_id", link)
    };
    for block in hours {
        let weekly = if block.days.is_empty() {
            String::new()
        } else {
            "WEEKLY".to_owned()
        };
        let cells = [
            (owner.0, owner.1.to_string(), ""),
            ("freq", weekly, ""),
            ("byday", block.days, "hours"),
            ("opens_at", block.opens.to_string(), "hours"),
            ("closes_at", block.closes.to_string(), "hours"),
        ];
        tables.add(row, "schedule", &cells)?;
    }
    Ok(service)
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

fn service(
    row: &Row<'_>,
    id: Uuid,
    body: Uuid,
    words: &Words,
    existing: &Directory,
    tables: &mut Tables,
    faults: &mut Faults,
) -> Result<(), Fault> {
    let said = |key: &str| row.said(key).to_owned();
    let known = existing.service(ServiceId::new(id));
    let everybody = ["ολοι", "για ολουσ", "all", "everybody"].contains(&fold(row.said("groups")).as_str());
    let groups = if everybody {
        Vec::new()
    } else {
        words.codes(row, "groups", Taxonomy::BeneficiaryGroup, faults)
    };
    let categories = words.codes(row, "category", Taxonomy::Category, faults);
    let areas = words.codes(row, "areas", Taxonomy::Area, faults);
    let languages = match languages(row.said("languages")) {
        Ok(codes) => codes,
        Err(word) => {
            faults.push(row.wrong("languages", Code::InvalidCode, &word));
            Vec::new()
        }
    };
    let cost = fold(row.said("cost"));
    let is_free = match cost.as_str() {
        "" => "",
        free if free.contains("δωρεαν") || free == "free" || free == "0" => "true",
        paid if paid.chars().any(|c| c.is_ascii_digit()) => "false",
        _ => "",
    };
    let words_of_cost = if is_free == "true" { String::new() } else { said("cost") };
    let status = if known.is_some() {
        String::new()
    } else {
        "active".to_owned()
    };
    let joined = |codes: Vec<String>| crate::cell::write(crate::tables::Kind::Codes, &serde_json::Value::from(codes));
    let list = |codes: Vec<String>| if codes.is_empty() { String::new() } else { joined(codes) };
    tables.add(
        row,
        "service",
        &[
            ("id", id.to_string(), ""),
            ("organization_id", body.to_string(), "body"),
            ("name", said("service"), "service"),
            ("description", said("description"), "description"),
            ("status", status, ""),
            ("osn_categories", list(categories), "category"),
            ("osn_groups", list(groups), "groups"),
            (
                "osn_open_to_all",
                if everybody { "true".to_owned() } else { String::new() },
                "groups",
            ),
            ("osn_areas", list(areas), "areas"),
            ("minimum_age", said("from"), "from"),
            ("maximum_age", said("to"), "to"),
            ("email", said("email"), "email"),
            ("url", said("website"), "website"),
            ("osn_languages", list(languages), "languages"),
            ("osn_free_of_charge", is_free.to_owned(), "cost"),
            ("fees_description", words_of_cost, "cost"),
            ("assured_date", said("confirmed"), "confirmed"),
        ],
    )?;
    parts(row, id, existing, tables)
}

/// Telephones, papers and places of a service.
fn parts(row: &Row<'_>, id: Uuid, existing: &Directory, tables: &mut Tables) -> Result<(), Fault> {
    for number in row
        .said("phone")
        .split([';', '\n', '/'])
        .map(str::trim)
        .filter(|number| !number.is_empty())
    {
        let cells = [
            ("service_id", id.to_string(), ""),
            ("number", number.to_owned(), "phone"),
            ("type", "voice".to_owned(), ""),
        ];
        tables.add(row, "phone", &cells)?;
    }
    for paper in row
        .said("papers")
        .split([';', '\n'])
        .map(str::trim)
        .filter(|paper| !paper.is_empty())
    {
        let cells = [
            ("service_id", id.to_string(), ""),
            ("document", paper.to_owned(), "papers"),
        ];
        tables.add(row, "required_document", &cells)?;
    }
    let (free, places) = (row.said("free"), row.said("places"));
    if free.is_empty() && places.is_empty() {
        return Ok(());
    }
    let known = existing
        .service(ServiceId::new(id))
        .and_then(|service| service.capacity());
    let unit = known.map_or_else(|| derived_id(Uuid::nil(), "unit", "θέση"), |capacity| capacity.unit.id);
    let has_unit = tables
        .sheets
        .get("unit")
        .is_some_and(|sheet| (0..sheet.len()).any(|at| sheet.said(at, "id") == unit.to_string()));
    if !has_unit {
        let name = known.map_or("θέση", |capacity| capacity.unit.name.get("el"));
        tables.add(
            row,
            "unit",
            &[("id", unit.to_string(), ""), ("name", name.to_owned(), "")],
        )?;
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
    let updated = row.said("confirmed").to_owned();
    tables.add(
        row,
        "service_capacity",
        &[
            ("id", capacity.to_string(), ""),
            ("service_id", id.to_string(), ""),
            ("unit_id", unit.to_string(), ""),
            ("available", available, "free"),
            ("maximum", places.to_owned(), "places"),
            ("updated", updated, "confirmed"),
        ],
    )
}

fn location(
    row: &Row<'_>,
    id: Uuid,
    body: Uuid,
    name: &str,
    words: &Words,
    tables: &mut Tables,
    faults: &mut Faults,
) -> Result<(), Fault> {
    let area = words
        .codes(row, "area", Taxonomy::Area, faults)
        .into_iter()
        .next()
        .unwrap_or_default();
    tables.add(
        row,
        "location",
        &[
            ("id", id.to_string(), ""),
            ("location_type", "physical".to_owned(), ""),
            ("organization_id", body.to_string(), "body"),
            ("name", name.to_owned(), "structure"),
            ("osn_area", area, "area"),
            ("osn_protected", row.said("protected").to_owned(), "protected"),
        ],
    )?;
    let address = ["address", "postal", "city"].map(|key| row.said(key).to_owned());
    if address.iter().all(String::is_empty) {
        return Ok(());
    }
    let [street, postal, city] = address;
    let cells = [
        ("location_id", id.to_string(), ""),
        ("address_1", street, "address"),
        ("postal_code", postal, "postal"),
        ("city", city, "city"),
        ("address_type", "physical".to_owned(), ""),
    ];
    tables.add(row, "address", &cells)
}

/// Codes of languages by their names.
fn languages(text: &str) -> Result<Vec<String>, String> {
    const NAMES: [(&str, &[&str]); 16] = [
        ("el", &["ελληνικα", "greek"]),
        ("en", &["αγγλικα", "english"]),
        ("fr", &["γαλλικα", "french"]),
        ("ar", &["αραβικα", "arabic"]),
        ("fa", &["φαρσι", "περσικα", "farsi", "persian"]),
        ("ur", &["ουρντου", "urdu"]),
        ("uk", &["ουκρανικα", "ukrainian"]),
        ("ru", &["ρωσικα", "russian"]),
        ("sq", &["αλβανικα", "albanian"]),
        ("ro", &["ρουμανικα", "romanian"]),
        ("bg", &["βουλγαρικα", "bulgarian"]),
        ("de", &["γερμανικα", "german"]),
        ("es", &["ισπανικα", "spanish"]),
        ("it", &["ιταλικα", "italian"]),
        ("tr", &["τουρκικα", "turkish"]),
        ("gss", &["νοηματικη", "ελληνικη νοηματικη γλωσσα", "sign language"]),
    ];
    let words = text
        .split([';', ',', '\n'])
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            let folded = fold(word);
            let known = NAMES
                .iter()
                .find(|(code, names)| *code == word.to_lowercase() || names.contains(&folded.as_str()));
            let is_code = (2..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
            known
                .map(|(code, _)| (*code).to_owned())
                .or_else(|| is_code.then(|| word.to_owned()))
                .ok_or_else(|| word.to_owned())
        })
        .collect()
}
