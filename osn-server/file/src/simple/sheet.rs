//! The columns of the simple sheet, its header however people write it, and its rows as they stand.

use std::sync::Arc;

use osn_core::text::fold;

use crate::book::{Limits, STRIDE};
use crate::fault::{Code, Fault, letters, short};
use crate::lines::{Line, Lines};

/// A column of the simple sheet.
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) el: &'static str,
    pub(crate) en: &'static str,
    pub(crate) example: &'static str,
    /// Other headers that people write.
    also: &'static [&'static str],
    /// A service cannot be without it.
    pub(crate) must: bool,
}

macro_rules! fields {
    ($($key:literal $el:literal $en:literal $example:literal [$($also:literal)*] $must:literal;)*) => {
        &[$(Field { key: $key, el: $el, en: $en, example: $example, also: &[$($also),*], must: $must },)*]
    };
}

#[rustfmt::skip]
pub(crate) const FIELDS: &[Field] = fields! {
    "body" "Φορέας" "Body" "Δήμος, Διεύθυνση Κοινωνικής Αλληλεγγύης" ["Organization" "Organisation"] true;
    "service" "Υπηρεσία" "Service" "Κοινωνικό παντοπωλείο" ["Όνομα υπηρεσίας"] true;
    "description" "Περιγραφή" "Description" "Δωρεάν τρόφιμα κάθε μήνα" [] true;
    "category" "Κατηγορία" "Category" "Σίτιση" ["Κατηγορίες" "Categories" "Είδος υπηρεσίας"] true;
    "structure" "Δομή" "Structure" "Κέντρο Κοινότητας" ["Place" "Χώρος" "Location"] false;
    "address" "Διεύθυνση" "Address" "Οδός 12" ["Οδός"] false;
    "postal" "ΤΚ" "Postal code" "10553" ["Τ.Κ." "Ταχυδρομικός κώδικας"] false;
    "city" "Πόλη" "City" "Πόλη" [] false;
    "area" "Κοινότητα δομής" "Community of the structure" "6η Δημοτική Κοινότητα" [] false;
    "protected" "Προστατευμένη δομή" "Protected structure" "όχι" [] false;
    "groups" "Ομάδες ωφελουμένων" "Beneficiary groups" "Μονογονεϊκές οικογένειες; Άνεργοι" ["Για ποιους" "Groups"] false;
    "areas" "Κοινότητες" "Communities" "6η Δημοτική Κοινότητα; 7η Δημοτική Κοινότητα" ["Δημοτικές κοινότητες" "Περιοχές" "Areas"] false;
    "from" "Από ηλικία" "From age" "18" ["Ελάχιστη ηλικία" "Minimum age"] false;
    "to" "Έως ηλικία" "To age" "65" ["Μέγιστη ηλικία" "Maximum age"] false;
    "hours" "Ωράριο" "Hours" "Δευ-Παρ 09:00-14:00; Σαβ 10:00-13:00" ["Ώρες" "Opening hours"] false;
    "phone" "Τηλέφωνο" "Phone" "2100000000" ["Τηλέφωνα" "Phones"] false;
    "email" "Ηλεκτρονικό ταχυδρομείο" "Email" "info@example.gr" ["E-mail" "Mail"] false;
    "website" "Ιστοσελίδα" "Website" "https://www.example.gr" ["Ιστότοπος" "URL"] false;
    "languages" "Γλώσσες" "Languages" "Ελληνικά; Αγγλικά" [] false;
    "cost" "Κόστος" "Cost" "Δωρεάν" [] false;
    "papers" "Δικαιολογητικά" "Papers" "Ταυτότητα; Εκκαθαριστικό" ["Required documents" "Documents"] false;
    "free" "Ελεύθερες θέσεις" "Free places" "12" [] false;
    "places" "Θέσεις" "Places" "40" ["Σύνολο θέσεων"] false;
    "confirmed" "Επιβεβαιώθηκε στις" "Confirmed on" "15/7/2026" ["Ημερομηνία επιβεβαίωσης"] false;
};

pub(crate) const HELP: &[(&str, &str)] = &[
    (
        "Μία γραμμή για κάθε υπηρεσία. Τα πεδία με αστερίσκο είναι υποχρεωτικά.",
        "One row for each service. Fields with a star are required.",
    ),
    (
        "Πολλές τιμές σε ένα κελί χωρίζονται με ερωτηματικό «;».",
        "Several values in one cell have a semicolon between them.",
    ),
    (
        "Υπηρεσία σε δύο δομές γράφεται σε δύο γραμμές, με τον ίδιο φορέα και το ίδιο όνομα.",
        "A service at two structures takes two rows, with the same body and name.",
    ),
    (
        "Σε επόμενη γραμμή της ίδιας υπηρεσίας ή δομής, κενό κελί σημαίνει «όπως παραπάνω». Ωράρια, κατηγορίες, ομάδες, κοινότητες και γλώσσες προστίθενται· \
         ό,τι άλλο διαφέρει είναι σφάλμα.",
        "In a later row of the same service or place, an empty cell means “as above”. Hours, categories, groups, communities and languages are added; \
         anything else that differs is a fault.",
    ),
    (
        "Κενό κελί αφήνει ό,τι υπάρχει όπως είναι. Το ίδιο αρχείο ανεβαίνει πολλές φορές χωρίς διπλές εγγραφές.",
        "An empty cell leaves what is there. The same file may be uploaded again without duplicates.",
    ),
    (
        "Κατηγορίες, ομάδες και κοινότητες γράφονται όπως στο φύλλο «Λίστες».",
        "Categories, groups and communities are written as on the sheet “Λίστες”.",
    ),
    (
        "Προστατευμένη δομή: γράψτε «ναι» και αφήστε κενά διεύθυνση, ΤΚ, πόλη και κοινότητα.",
        "Protected structure: write “ναι” and leave address, postal code, city and community empty.",
    ),
];

/// Where each field stands in a file.
pub(crate) type Header = Vec<(usize, usize)>;

/// Whether a row is the header of a simple sheet: body and service at least.
pub(crate) fn header(cells: &[String]) -> Option<Header> {
    let mut found = Header::new();
    for (at, cell) in cells.iter().enumerate() {
        let folded = fold(cell);
        let is_named = |field: &Field| {
            let names = [field.el, field.en].into_iter().chain(field.also.iter().copied());
            names.map(fold).any(|name| name == folded)
        };
        if let Some(field) = FIELDS.iter().position(is_named)
            && !folded.is_empty()
            && !found.iter().any(|(known, _)| *known == field)
        {
            found.push((field, at));
        }
    }
    let has = |key: &str| {
        found
            .iter()
            .any(|(at, _)| FIELDS.get(*at).is_some_and(|field| field.key == key))
    };
    // A table of HSDS has an identifier, by its name or by its label; this sheet never has.
    let identifiers = ["id", "Αναγνωριστικό", "Identifier"].map(fold);
    let is_table = cells.iter().any(|cell| identifiers.contains(&fold(cell)));
    (has("body") && has("service") && !is_table).then_some(found)
}

/// Rows of a simple sheet.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) name: String,
    header: Header,
    lines: Lines,
}

impl Rows {
    pub(crate) fn new(name: &str, header: Header) -> Self {
        Self {
            name: name.to_owned(),
            header,
            lines: Lines::default(),
        }
    }

    pub(crate) fn push(&mut self, number: u32, cells: &[String], limits: &Limits) -> Result<(), Fault> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        if self.lines.len() >= limits.rows {
            return Err(Fault::file(&self.name, Code::TooManyRows, limits.rows));
        }
        let kept = self.header.iter().map(|(_, at)| {
            let cell = cells
                .get(*at)
                .map(|cell| crate::cell::unguard(cell).trim().to_owned())
                .unwrap_or_default();
            if cell.len() > limits.cell {
                Err(Fault::file(&self.name, Code::CellTooLong, ""))
            } else {
                Ok(cell)
            }
        });
        let kept: Vec<String> = kept.collect::<Result<_, _>>()?;
        let kept = self.lines.push(number, kept.iter().map(|cell| Some(cell.as_str())));
        kept.map_err(|error| Fault::file(&self.name, Code::NotHeld, error))
    }

    /// A row of this sheet, which is the how manieth of its file.
    pub(super) fn row(&self, origin: usize, place: usize) -> Row<'_> {
        Row {
            sheet: self,
            origin,
            line: self.lines.line(place),
        }
    }

    pub(crate) fn failed(&self) -> Option<String> {
        self.lines.failed()
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }
}

/// One row being taken apart.
#[derive(Clone)]
pub(super) struct Row<'r> {
    sheet: &'r Rows,
    /// Which of the file's simple sheets it stands in, from 0.
    pub(super) origin: usize,
    line: Arc<Line>,
}

impl Row<'_> {
    pub(super) fn said(&self, key: &str) -> &str {
        let at = self
            .sheet
            .header
            .iter()
            .position(|(field, _)| FIELDS.get(*field).is_some_and(|field| field.key == key));
        at.and_then(|at| self.line.cell(at)).unwrap_or_default()
    }

    pub(super) fn number(&self) -> u32 {
        self.line.number()
    }

    /// Its number among the rows of all simple sheets.
    pub(super) fn number_of_all(&self) -> u32 {
        let before = u32::try_from(self.origin).unwrap_or(u32::MAX).saturating_mul(STRIDE);
        before.saturating_add(self.number())
    }

    /// What another row calls this one: its number, after its sheet where that is another.
    pub(super) fn seen_from(&self, other: &Row<'_>) -> String {
        if self.sheet.name == other.sheet.name {
            self.number().to_string()
        } else {
            format!("{}!{}", self.sheet.name, self.number())
        }
    }

    pub(super) fn place(&self, key: &str) -> usize {
        let found = self
            .sheet
            .header
            .iter()
            .find(|(field, _)| FIELDS.get(*field).is_some_and(|field| field.key == key));
        found.map_or(usize::MAX, |(_, at)| *at)
    }

    pub(super) fn wrong(&self, key: &str, code: Code, value: &str) -> Fault {
        let at = self.place(key);
        Fault {
            sheet: self.sheet.name.clone(),
            row: Some(self.number()),
            column: (at != usize::MAX).then(|| letters(at)),
            header: FIELDS
                .iter()
                .find(|field| field.key == key)
                .map(|field| field.el.to_owned()),
            code,
            value: short(value),
        }
    }
}
