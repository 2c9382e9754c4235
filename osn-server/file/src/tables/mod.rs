//! The one description of the tables: entities of HSDS 3.2.3 with their columns, in the order of the specification, and the
//! columns that this system adds (`osn_…`). Workbook, CSV set, data package, JSON, import and help are made from it.

mod parts;
mod records;

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text in several languages: the column itself is Greek, `name@en` and so on stand beside it.
    Text,
    /// A text without a language.
    Line,
    /// The identifier of the row.
    Id,
    /// The identifier of a row of another table.
    Ref(&'static str),
    /// The row hangs on a row of this table, in this list of it.
    Link {
        /// Table of the owner.
        parent: &'static str,
        /// List of the owner.
        field: &'static str,
    },
    /// The row hangs on a row of whatever table, in this list of it.
    Owner(&'static str),
    /// The table of the owner.
    OwnerKind,
    /// The one row of another table that is a part of this one.
    Part(&'static str),
    /// An address on the web.
    Uri,
    /// A mail address.
    Email,
    /// A decimal number.
    Number,
    /// A whole number, not negative.
    Count,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A day, or a moment with its offset.
    Updated,
    /// Yes or no.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Several codes or words, with semicolons between them.
    Codes,
    /// Several of these words.
    Choices(&'static [&'static str]),
    /// The name of the taxonomy of a term.
    TaxonomyName,
    /// The identifier of the taxonomy of a term.
    TaxonomyId,
    /// The identifier of the term above.
    ParentTerm,
    /// JSON, where nothing else holds it.
    Json,
    /// Written so that clients find it; never read.
    Derived,
    /// In the specification, kept by the history of the mapping and not by a record.
    Unused,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in HSDS, or with `osn_` before it.
    pub name: &'static str,
    /// Field of the core's record.
    pub field: &'static str,
    /// What stands in it.
    pub kind: Kind,
    /// HSDS's tabular form wants it in every row.
    pub required: bool,
    /// What people read above it, in Greek.
    pub el: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl Column {
    /// Whether HSDS knows the column.
    pub fn is_hsds(&self) -> bool {
        !self.name.starts_with("osn_")
    }
}

/// A table: an entity of HSDS.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Name of the entity and of its sheet.
    pub name: &'static str,
    /// Name of its CSV file, without ending.
    pub file: &'static str,
    /// What people call it, in Greek.
    pub el: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// What to know about it, in Greek.
    pub note_el: &'static str,
    /// The same in English.
    pub note_en: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

impl Table {
    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<(usize, &'static Column)> {
        let columns = self.columns;
        columns.iter().enumerate().find(|(_, column)| column.name == name)
    }
}

/// Every table: the records first, each before what hangs on it.
pub const TABLES: [&Table; 24] = {
    let [taxonomy, term, organization, location, service] = records::TABLES;
    let [
        program,
        link,
        contact,
        phone,
        schedule,
        address,
        area,
        language,
        accessibility,
        capacity,
        unit,
        cost,
        funding,
        document,
        identifier,
        url,
        attribute,
        metadata,
        about,
    ] = parts::TABLES;
    [
        taxonomy,
        term,
        organization,
        location,
        service,
        program,
        link,
        contact,
        phone,
        schedule,
        address,
        area,
        language,
        accessibility,
        capacity,
        unit,
        cost,
        funding,
        document,
        identifier,
        url,
        attribute,
        metadata,
        about,
    ]
};

/// How many of the tables are records that the store versions.
pub const RECORDS: usize = 5;

/// The position of a table.
pub fn position(name: &str) -> Option<usize> {
    TABLES.iter().position(|table| table.name == name)
}

/// A table by its position.
pub fn table(at: usize) -> Option<&'static Table> {
    TABLES.get(at).copied()
}

macro_rules! kind {
    (($parent:literal $field:literal)) => {
        crate::tables::Kind::Link {
            parent: $parent,
            field: $field,
        }
    };
    ($name:ident) => {
        $name
    };
}

macro_rules! field {
    ($name:ident) => {
        crate::tables::plain(stringify!($name))
    };
    ($name:ident $field:ident) => {
        stringify!($field)
    };
}

/// Writes out tables: `name "file" ("el" "en") ("note" "note") { column KIND [must] "el" "en"; … }`.
macro_rules! tables {
    ($($name:ident $file:literal ($el:literal $en:literal) ($note_el:literal $note_en:literal) {
        $($column:ident $(=> $field:ident)? : $kind:tt $($must:ident)? $column_el:literal $column_en:literal;)*
    })*) => {
        [$(&crate::tables::Table {
            name: stringify!($name),
            file: $file,
            el: $el,
            en: $en,
            note_el: $note_el,
            note_en: $note_en,
            columns: &[$(crate::tables::Column {
                name: stringify!($column),
                field: crate::tables::field!($column $($field)?),
                kind: crate::tables::kind!($kind),
                required: crate::tables::required(&[$(stringify!($must))?]),
                el: $column_el,
                en: $column_en,
            },)*],
        },)*]
    };
}

/// The core's name of a column that has the same name, or the same with `osn_` before it.
const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'o', b's', b'n', b'_', ..] => name.split_at(4).1,
        _ => name,
    }
}

const fn required(flags: &[&str]) -> bool {
    !flags.is_empty()
}

use {field, kind, tables};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_and_pointers_lead_somewhere() {
        let mut seen = std::collections::BTreeSet::new();
        for table in TABLES {
            assert!(seen.insert(table.name), "{}", table.name);
            let mut columns = std::collections::BTreeSet::new();
            for column in table.columns {
                assert!(columns.insert(column.name), "{}.{}", table.name, column.name);
                match column.kind {
                    Kind::Ref(target) | Kind::Part(target) | Kind::Link { parent: target, .. } => {
                        assert!(position(target).is_some(), "{}.{}", table.name, column.name);
                    }
                    _ => {}
                }
                assert!(!column.el.is_empty() && !column.en.is_empty());
            }
        }
    }
}
