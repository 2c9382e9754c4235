//! `datapackage.json`: what the CSV tables are, for programs that read tabular data packages.

use serde_json::{Value, json};

use crate::HSDS_VERSION;
use crate::flat::Layout;
use crate::tables::{Column, Kind, TABLES, Table};

/// The description of the tables with the columns of a layout.
pub fn describe(layout: &Layout) -> Value {
    let resources = TABLES.iter().enumerate().map(|(at, table)| resource(table, at, layout));
    json!({
        "name": "osn-mapping",
        "title": "Mapping of social services",
        "description": format!(
            "Organisations, structures and services in the tabular form of HSDS {HSDS_VERSION}. Columns that start with \
             `osn_` are additions; `name@en` is the English text of `name`. An apostrophe stands before a text that a \
             spreadsheet would take for a formula. Rows with `osn_derived` repeat columns of `services.csv`."
        ),
        "profile": "tabular-data-package",
        "version": HSDS_VERSION,
        "homepage": "https://docs.openreferral.org",
        "resources": resources.collect::<Vec<_>>(),
    })
}

fn resource(table: &Table, at: usize, layout: &Layout) -> Value {
    let names = layout.header(at);
    let fields = layout.columns(at).iter().zip(&names).filter_map(|(laid, name)| {
        let column = table.columns.get(laid.column)?;
        Some(field(column, name, laid.lang.is_none()))
    });
    let keys = table.columns.iter().filter_map(|column| {
        let target = match column.kind {
            Kind::Ref(target) | Kind::Part(target) => target,
            Kind::Link { parent, .. } => parent,
            Kind::TaxonomyId => "taxonomy",
            _ => return None,
        };
        // A body may stand above that another file describes; HSDS keeps no key for it either.
        (column.name != "parent_organization_id")
            .then(|| json!({ "fields": column.name, "reference": { "resource": target, "fields": "id" } }))
    });
    json!({
        "name": table.name,
        "path": format!("{}.csv", table.file),
        "title": table.en,
        "description": table.note_en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": {
            "primaryKey": "id",
            "fields": fields.collect::<Vec<_>>(),
            "foreignKeys": keys.collect::<Vec<_>>(),
        },
    })
}

fn field(column: &Column, name: &str, is_main: bool) -> Value {
    let (kind, format) = match column.kind {
        Kind::Id
        | Kind::Ref(_)
        | Kind::Link { .. }
        | Kind::Owner(_)
        | Kind::Part(_)
        | Kind::TaxonomyId
        | Kind::ParentTerm => ("string", Some("uuid")),
        Kind::Uri => ("string", Some("uri")),
        Kind::Email => ("string", Some("email")),
        Kind::Number | Kind::Count => ("number", None),
        Kind::Date => ("date", None),
        Kind::Time => ("time", None),
        Kind::Updated => ("datetime", Some("any")),
        Kind::Unused if name == "last_modified" => ("datetime", None),
        Kind::Flag => ("boolean", None),
        _ => ("string", None),
    };
    let mut constraints = json!({ "required": column.required && is_main, "unique": column.kind == Kind::Id });
    if let (Kind::Choice(values), Value::Object(constraints)) = (column.kind, &mut constraints) {
        constraints.insert("enum".to_owned(), json!(values));
    }
    let mut field =
        json!({ "name": name, "type": kind, "title": column.en, "description": column.el, "constraints": constraints });
    if let (Some(format), Value::Object(field)) = (format, &mut field) {
        field.insert("format".to_owned(), json!(format));
    }
    field
}
