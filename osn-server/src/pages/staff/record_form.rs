//! The form of a record: sections of questions named by the record's own fields, several telephones, hours and papers.

use osn_core::directory::{Directory, Location, Organization, Taxonomy, TaxonomyTerm};
use osn_core::id::OrganizationId;
use osn_core::upkeep::RecordKind;
use serde_json::{Value, json};
use uuid::Uuid;

use super::record_places;
use crate::acts::upkeep::terms::tree;
use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Control, Field, FormView, Group};
use crate::pages::public::choices;
use crate::pages::shown;

/// Blank rows below those that are there.
const BLANK: usize = 2;
/// Where the form asks for terms of the taxonomies that the rules do not read: a question for each, by its identifier.
const TERMS: &str = "/terms";
/// Languages that the form asks about (ISO 639).
pub(super) const LANGUAGES: [&str; 8] = ["el", "en", "ar", "fr", "fa", "ur", "uk", "sq"];

/// The document of a record that does not exist yet.
pub(super) fn blank(kind: RecordKind, id: Uuid, body: Option<OrganizationId>) -> Value {
    match kind {
        RecordKind::Organization => json!({ "id": id, "name": {}, "description": {}, "marking": "sourced" }),
        RecordKind::Location => {
            json!({ "id": id, "location_type": "physical", "organization_id": body, "marking": "sourced" })
        }
        RecordKind::Service => {
            json!({ "id": id, "organization_id": body, "name": {}, "status": "active", "marking": "sourced" })
        }
    }
}

/// The form of a kind of record, filled with what the record says.
pub(super) fn form(p: &Page, directory: &Directory, kind: RecordKind, record: &Value, bound: bool) -> FormView {
    let mut groups = match kind {
        RecordKind::Organization => organization(p, directory, record, bound),
        RecordKind::Location => location(p, directory, record, bound),
        RecordKind::Service => service(p, directory, record, bound),
    };
    groups.retain(|group| !group.fields.is_empty());
    for field in groups.iter_mut().flat_map(|group| &mut group.fields) {
        show(field, record);
    }
    FormView {
        groups,
        button: p.t("record-save"),
        guard: true,
        ..FormView::default()
    }
}

fn group(p: &Page, title: &str, fields: Vec<Field>) -> Group {
    Group {
        title: p.t(title),
        fields,
        ..Group::default()
    }
}

fn label(p: &Page, field: &str) -> String {
    p.t(&format!("record-field-{}", field.replace('_', "-")))
}

/// A text in Greek and English, on a line each.
fn pair(p: &Page, field: &str, wanted: bool) -> [Field; 2] {
    let (el, en) = (p.t("language-el"), p.t("language-en"));
    let greek = Field::line(&format!("/{field}/el"), format!("{} ({el})", label(p, field)));
    let english = Field::line(&format!("/{field}/en"), format!("{} ({en})", label(p, field)));
    [if wanted { greek } else { greek.optional() }, english.optional()]
}

/// The same in several lines.
fn long_pair(p: &Page, field: &str, wanted: bool) -> [Field; 2] {
    pair(p, field, wanted).map(|mut one| {
        one.control = Control::Area(4);
        one
    })
}

fn line(p: &Page, field: &str) -> Field {
    Field::line(&format!("/{field}"), label(p, field)).optional()
}

fn bodies(p: &Page, directory: &Directory) -> Vec<Choice> {
    let choice = |body: &Organization| Choice::new(body.id.to_string(), p.text(&body.name));
    let mut bodies: Vec<Choice> = directory.organizations().map(choice).collect();
    bodies.sort_by_cached_key(|choice| osn_core::text::sort_key(&choice.text));
    bodies
}

fn coded<const N: usize>(p: &Page, prefix: &str, codes: [&str; N]) -> Vec<Choice> {
    let choice = |code: &str| {
        Choice::new(
            code,
            p.t(&format!("{prefix}-{}", code.replace(' ', "-").to_lowercase())),
        )
    };
    codes.map(choice).to_vec()
}

fn organization(p: &Page, directory: &Directory, record: &Value, bound: bool) -> Vec<Group> {
    let kinds = coded(
        p,
        "organization-kind",
        ["municipal", "public", "ngo", "church", "social-enterprise", "example"],
    );
    let mut about: Vec<Field> = pair(p, "name", true).into();
    about.extend(pair(p, "alternate_name", false));
    about.extend(long_pair(p, "description", true));
    about.push(Field::select("/kind", label(p, "kind"), kinds).optional());
    if !bound {
        let parents = bodies(p, directory);
        about.push(Field::select("/parent_organization_id", label(p, "parent_organization_id"), parents).optional());
    }
    about.extend(pair(p, "legal_status", false));
    let mut contact = vec![
        line(p, "email").wide("20", "email").hint(p.t("record-email-hint")),
        line(p, "website").wide("", "url"),
    ];
    contact.extend(phones(p, record));
    contact.extend(contacts(p, record));
    let mut more = more_of_a_body(p, record);
    more.extend(other_terms(p, directory));
    vec![
        group(p, "record-part-about", about),
        group(p, "record-part-contact", contact),
        group(p, "record-part-more", more),
        group(p, "record-part-source", vec![line(p, "source"), marking(p)]),
    ]
}

fn marking(p: &Page) -> Field {
    Field::radios(
        "/marking",
        label(p, "marking"),
        coded(p, "marking", ["sourced", "verify"]),
    )
}

fn location(p: &Page, directory: &Directory, record: &Value, bound: bool) -> Vec<Group> {
    let kinds = coded(p, "location-type", ["physical", "postal", "virtual"]);
    let mut about: Vec<Field> = pair(p, "name", true).into();
    about.extend(pair(p, "alternate_name", false));
    about.extend(long_pair(p, "description", false));
    about.push(Field::radios("/location_type", label(p, "location_type"), kinds));
    if !bound {
        about.push(Field::select(
            "/organization_id",
            label(p, "organization_id"),
            bodies(p, directory),
        ));
    }
    let mut place = vec![
        Field::flag(p, "/protected", label(p, "protected"))
            .hint(p.t("record-protected-hint"))
            .optional(),
    ];
    for (row, key) in rows(record, "addresses", 1) {
        let of = |field: &str| Field::line(&format!("/addresses/{key}/{field}"), numbered(p, field, row)).optional();
        place.extend([
            of("address_1"),
            of("postal_code").wide("5", "numeric"),
            of("city").wide("20", ""),
        ]);
    }
    place.push(Field::select("/area", label(p, "area"), choices(p, directory, Taxonomy::Area)).optional());
    place.push(line(p, "latitude").wide("10", "").hint(p.t("record-coordinates-hint")));
    place.push(line(p, "longitude").wide("10", ""));
    place.push(line(p, "external_identifier"));
    place.push(line(p, "external_identifier_type"));
    place.extend(pair(p, "transportation", false));
    place.extend(pair(p, "address_note", false));
    place.extend(listed(p, record, "accessibility", "description", "accessibility"));
    let mut contact = phones(p, record);
    contact.extend(contacts(p, record));
    contact.push(line(p, "url").wide("", "url"));
    let spoken = coded(p, "language", LANGUAGES);
    contact.push(Field::checks("/spoken", label(p, "languages"), spoken).optional());
    vec![
        group(p, "record-part-about", about),
        group(p, "record-part-place", place),
        group(p, "record-part-contact", contact),
        group(p, "record-part-hours", schedules(p, record)),
        group(p, "record-part-more", other_terms(p, directory)),
        group(p, "record-part-source", vec![marking(p)]),
    ]
}

fn service(p: &Page, directory: &Directory, record: &Value, bound: bool) -> Vec<Group> {
    let states = coded(
        p,
        "record-status",
        ["active", "temporarily closed", "inactive", "defunct"],
    );
    let mut about: Vec<Field> = Vec::new();
    if !bound {
        about.push(Field::select(
            "/organization_id",
            label(p, "organization_id"),
            bodies(p, directory),
        ));
    }
    about.extend(pair(p, "name", true));
    about.extend(long_pair(p, "description", true));
    about.push(Field::radios("/status", label(p, "status"), states));
    about.extend(pair(p, "alert", false));
    let terms =
        |field: &str, taxonomy| Field::checks(&format!("/{field}"), label(p, field), choices(p, directory, taxonomy));
    let mut whom = vec![
        terms("categories", Taxonomy::Category),
        terms("groups", Taxonomy::BeneficiaryGroup).optional(),
        Field::flag(p, "/open_to_all", label(p, "open_to_all")).optional(),
        Field::int("/minimum_age", label(p, "minimum_age")).optional(),
        Field::int("/maximum_age", label(p, "maximum_age")).optional(),
    ];
    whom.extend(long_pair(p, "eligibility_description", false));
    let modes = coded(p, "mode", ["place", "home", "remote", "street"]);
    let languages = coded(p, "language", LANGUAGES);
    let reach = vec![
        terms("areas", Taxonomy::Area).optional(),
        Field::checks("/modes", label(p, "modes"), modes).optional(),
        Field::checks(
            "/places",
            p.t("record-field-service-at-locations"),
            places(p, directory, record),
        )
        .optional(),
        Field::checks("/languages", label(p, "languages"), languages).optional(),
    ];
    let mut how: Vec<Field> = pair(p, "application_process", false).into();
    how.push(Field::flag(p, "/free_of_charge", label(p, "free_of_charge")).optional());
    how.extend(pair(p, "fees_description", false));
    how.extend(costs(p, record));
    how.extend(papers(p, record));
    how.push(Field::int("/free_places", label(p, "available")).optional());
    how.push(Field::int("/all_places", label(p, "maximum")).optional());
    let mut contact = phones(p, record);
    contact.extend(contacts(p, record));
    contact.push(line(p, "email").wide("20", "email"));
    contact.push(line(p, "url").wide("", "url"));
    let assurer = line(p, "assurer_email").wide("20", "email");
    let mut more = more_of_a_service(p, directory, record);
    more.extend(other_terms(p, directory));
    let mut groups = vec![
        group(p, "record-part-about", about),
        group(p, "record-part-whom", whom),
        group(p, "record-part-reach", reach),
        group(p, "record-part-hours", schedules(p, record)),
    ];
    groups.extend(record_places::groups(p, directory, record));
    groups.extend([
        group(p, "record-part-how", how),
        group(p, "record-part-contact", contact),
        group(p, "record-part-more", more),
        group(p, "record-part-source", vec![line(p, "source"), marking(p), assurer]),
    ]);
    groups
}

/// The terms of the municipality's own taxonomies, which the rules do not read: each taxonomy that has any is a question.
fn other_terms(p: &Page, directory: &Directory) -> Vec<Field> {
    let others = directory
        .taxonomies()
        .filter(|one| matches!(one.taxonomy, Taxonomy::Other(_)));
    let asked = others.filter_map(|one| {
        let tree = tree(directory, one.taxonomy, p.tag()).into_iter();
        let choice =
            |(depth, term): (usize, &TaxonomyTerm)| Choice::new(term.id.to_string(), shown::below(p, depth, term));
        let choices: Vec<Choice> = tree.map(choice).collect();
        let name = format!("{TERMS}/{}", one.id);
        (!choices.is_empty()).then(|| Field::checks(&name, p.text(&one.name), choices).optional())
    });
    asked.collect()
}

/// Whether the question offers this term of a taxonomy that the rules do not read.
pub(super) fn offers(field: &Field, term: &str) -> bool {
    let is_asked = field.name.starts_with(TERMS) && field.name.as_bytes().get(TERMS.len()) == Some(&b'/');
    matches!(&field.control, Control::Checks(choices) if is_asked && choices.iter().any(|choice| choice.value == term))
}

/// The terms that hang on a record as attributes.
pub(super) fn hung(record: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let attributes = record.get("attributes").and_then(Value::as_array);
    let attributes = attributes.into_iter().flatten();
    attributes.filter_map(|one| Some((one.get("taxonomy_term_id")?.as_str()?, one)))
}

/// The places of the service's body, and those where it is offered already.
fn places(p: &Page, directory: &Directory, record: &Value) -> Vec<Choice> {
    let body = record.get("organization_id").and_then(Value::as_str);
    let body = body.and_then(|id| id.parse::<OrganizationId>().ok());
    let offered: Vec<String> = links(record).map(|(place, _)| place.to_owned()).collect();
    let ours = |place: &&Location| {
        (body.is_some() && place.organization_id == body) || offered.contains(&place.id.to_string())
    };
    let choice = |place: &Location| Choice::new(place.id.to_string(), p.text(&place.name));
    let mut choices: Vec<Choice> = directory.locations().filter(ours).map(choice).collect();
    choices.sort_by_cached_key(|choice| osn_core::text::sort_key(&choice.text));
    choices
}

pub(super) fn links(record: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let links = record.get("service_at_locations").and_then(Value::as_array);
    links
        .into_iter()
        .flatten()
        .filter_map(|link| Some((link.get("location_id")?.as_str()?, link)))
}

/// The languages of a place by their codes.
pub(super) fn spoken(record: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let languages = record.get("languages").and_then(Value::as_array);
    let languages = languages.into_iter().flatten();
    languages.filter_map(|one| Some((one.get("code")?.as_str()?, one)))
}

fn numbered(p: &Page, field: &str, row: usize) -> String {
    format!("{} {}", label(p, field), row.saturating_add(1))
}

/// The rows of a list, with blank ones below; named so that they are no places of a list: a row that is left blank in the
/// middle does not move the others.
fn rows(record: &Value, list: &str, blank: usize) -> Vec<(usize, String)> {
    let there = record.get(list).and_then(Value::as_array).map_or(0, Vec::len);
    (0..there.saturating_add(blank))
        .map(|row| (row, format!("r{row}")))
        .collect()
}

pub(super) fn phones(p: &Page, record: &Value) -> Vec<Field> {
    let of = |(row, key): (usize, String)| {
        [
            Field::line(&format!("/phones/{key}/number"), numbered(p, "number", row))
                .wide("20", "tel")
                .optional(),
            Field::line(&format!("/phones/{key}/description/el"), p.t("record-phone-about")).optional(),
        ]
    };
    rows(record, "phones", BLANK).into_iter().flat_map(of).collect()
}

/// People to talk to.
fn contacts(p: &Page, record: &Value) -> Vec<Field> {
    let of = |(row, key): (usize, String)| {
        let name = |field: &str| format!("/contacts/{key}/{field}");
        [
            Field::line(&name("name/el"), numbered(p, "contact_name", row)).optional(),
            Field::line(&name("title/el"), numbered(p, "contact_title", row)).optional(),
            Field::line(&name("email"), numbered(p, "email", row))
                .wide("20", "email")
                .optional(),
        ]
    };
    rows(record, "contacts", 1).into_iter().flat_map(of).collect()
}

/// A text of each row of a list, in both languages.
fn listed(p: &Page, record: &Value, list: &str, field: &str, words: &str) -> Vec<Field> {
    let of = |(row, key): (usize, String)| {
        ["el", "en"].map(|lang| {
            let words = format!("{} ({})", numbered(p, words, row), p.t(&format!("language-{lang}")));
            Field::line(&format!("/{list}/{key}/{field}/{lang}"), words).optional()
        })
    };
    rows(record, list, 1).into_iter().flat_map(of).collect()
}

/// Papers that it asks for.
fn papers(p: &Page, record: &Value) -> Vec<Field> {
    let mut fields = Vec::new();
    for (row, key) in rows(record, "required_documents", BLANK) {
        let of = |lang: &str| {
            let words = format!(
                "{} ({})",
                numbered(p, "document", row),
                p.t(&format!("language-{lang}"))
            );
            Field::line(&format!("/required_documents/{key}/document/{lang}"), words).optional()
        };
        fields.extend([of("el"), of("en")]);
    }
    fields
}

/// What it costs, for whom.
fn costs(p: &Page, record: &Value) -> Vec<Field> {
    let mut fields = listed(p, record, "cost_options", "option", "cost_option");
    for (row, key) in rows(record, "cost_options", 1) {
        let amount = Field::line(&format!("/cost_options/{key}/amount"), numbered(p, "cost_amount", row));
        fields.push(amount.wide("5", "decimal").hint(p.t("record-amount-hint")).optional());
    }
    fields
}

/// Rows of a list whose columns are asked as they are named: a text with its language behind it.
fn columns(p: &Page, record: &Value, list: &str, columns: &[&str]) -> Vec<Field> {
    let of = |(row, key): (usize, String)| {
        let field = move |column: &&str| {
            let (name, lang) = column.split_once('/').unwrap_or((column, ""));
            let mut words = numbered(p, &format!("{list}_{name}"), row);
            if !lang.is_empty() {
                words = format!("{words} ({})", p.t(&format!("language-{lang}")));
            }
            let line = Field::line(&format!("/{list}/{key}/{column}"), words).optional();
            if name == "url" { line.wide("", "url") } else { line }
        };
        columns.iter().map(field).collect::<Vec<_>>()
    };
    rows(record, list, 1).into_iter().flat_map(of).collect()
}

/// What few bodies say of themselves: their numbers in registers, their money, further sites, services under one roof.
fn more_of_a_body(p: &Page, record: &Value) -> Vec<Field> {
    let mut fields = columns(
        p,
        record,
        "organization_identifiers",
        &["identifier_type", "identifier", "identifier_scheme"],
    );
    fields.extend(columns(p, record, "funding", &["source/el", "source/en"]));
    fields.extend(columns(p, record, "additional_websites", &["url", "label/el"]));
    fields.extend(columns(
        p,
        record,
        "programs",
        &["name/el", "name/en", "description/el"],
    ));
    fields.push(Field::int("/year_incorporated", label(p, "year_incorporated")).optional());
    fields.push(line(p, "logo").wide("", "url"));
    fields.push(line(p, "uri").wide("", "url"));
    fields
}

/// What few services say: the program of their body that they belong to, areas in words, money, further pages, interpreters.
fn more_of_a_service(p: &Page, directory: &Directory, record: &Value) -> Vec<Field> {
    let body = record.get("organization_id").and_then(Value::as_str);
    let body = body.and_then(|id| id.parse::<OrganizationId>().ok());
    let body = body.and_then(|id| directory.organization(id));
    let programs = body.into_iter().flat_map(|body| &body.programs);
    let programs: Vec<Choice> = programs
        .map(|program| Choice::new(program.id.to_string(), p.text(&program.name)))
        .collect();
    let mut fields: Vec<Field> = pair(p, "alternate_name", false).into();
    if !programs.is_empty() {
        fields.push(Field::select("/program_id", label(p, "program_id"), programs).optional());
    }
    fields.extend(pair(p, "interpretation_services", false));
    fields.extend(pair(p, "accreditations", false));
    fields.extend(columns(
        p,
        record,
        "service_areas",
        &["name/el", "name/en", "description/el"],
    ));
    fields.extend(columns(p, record, "funding", &["source/el", "source/en"]));
    fields.extend(columns(p, record, "additional_urls", &["url", "label/el"]));
    fields
}

pub(super) fn schedules(p: &Page, record: &Value) -> Vec<Field> {
    let days = coded(p, "weekday", ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let of = |(row, key): (usize, String)| {
        let name = |field: &str| format!("/schedules/{key}/{field}");
        let time = |field: &str| {
            Field::line(&name(field), label(p, field))
                .wide("5", "numeric")
                .hint(p.t("record-time-hint"))
                .optional()
        };
        vec![
            Field::checks(&name("days"), numbered(p, "byday", row), days.clone()).optional(),
            time("opens_at"),
            time("closes_at"),
            Field::day(&name("valid_from"), label(p, "valid_from")).optional(),
            Field::day(&name("valid_to"), label(p, "valid_to")).optional(),
            Field::line(&name("description/el"), p.t("record-hours-in-words")).optional(),
            Field::flag(p, &name("public_holidays"), label(p, "public_holidays"))
                .hint(p.t("record-holidays-hint"))
                .optional(),
        ]
    };
    rows(record, "schedules", BLANK).into_iter().flat_map(of).collect()
}

/// Puts what the record says into a field.
pub(super) fn show(field: &mut Field, record: &Value) {
    let name = field.name.clone();
    let special = match name.as_str() {
        "/places" => Some(Value::from(links(record).map(|(place, _)| place).collect::<Vec<_>>())),
        "/spoken" => Some(Value::from(spoken(record).map(|(code, _)| code).collect::<Vec<_>>())),
        name if name.starts_with(TERMS) => {
            let shown = hung(record).map(|(term, _)| term).filter(|term| offers(field, term));
            Some(Value::from(shown.collect::<Vec<_>>()))
        }
        "/free_places" => people(record).and_then(|capacity| capacity.get("available").cloned()),
        "/all_places" => people(record).and_then(|capacity| capacity.get("maximum").cloned()),
        name if name.ends_with("/days") => {
            let days = at(record, &name.replace("/days", "/byday"));
            days.and_then(Value::as_str)
                .map(|days| Value::from(days.split(',').collect::<Vec<_>>()))
        }
        _ => None,
    };
    let Some(value) = special.as_ref().or_else(|| at(record, &name)) else {
        return;
    };
    if let Control::Date = field.control {
        if let Some(day) = value.as_str().and_then(|day| day.parse::<chrono::NaiveDate>().ok()) {
            *field = field.clone().proposed_day(day, "");
        }
        return;
    }
    field.values = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Bool(true) => vec!["yes".to_owned()],
        Value::Bool(false) => vec!["no".to_owned()],
        Value::String(text) if name.ends_with("_at") => vec![text.chars().take(5).collect()],
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Null | Value::Object(_) => Vec::new(),
    };
}

/// The capacity that counts people.
pub(super) fn people(record: &Value) -> Option<&Value> {
    let capacities = record.get("capacities").and_then(Value::as_array)?;
    capacities
        .iter()
        .find(|capacity| capacity.pointer("/unit/scheme").is_none_or(Value::is_null))
}

/// The value at a field's name: `r3` is the third row of a list.
fn at<'v>(record: &'v Value, name: &str) -> Option<&'v Value> {
    name.trim_start_matches('/')
        .split('/')
        .try_fold(record, |value, key| match value {
            Value::Array(items) => items.get(row_of(key)?),
            other => other.get(key),
        })
}

pub(super) fn row_of(key: &str) -> Option<usize> {
    key.strip_prefix('r')?.parse().ok()
}
