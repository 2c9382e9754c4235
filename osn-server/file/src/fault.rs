//! What is wrong with a file: where it stands, a stable code, and what to do about it, in Greek and English.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($code:ident $name:literal $el:literal $en:literal;)*) => {
        /// Why a file, a row or a cell is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(
                #[doc = concat!("`", $en, "`")]
                #[serde(rename = $name)]
                $code,
            )*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            const fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$code => ($el, $en),)* }
            }
        }
    };
}

#[rustfmt::skip]
codes! {
    TooLarge "file-too-large" "Το αρχείο είναι μεγαλύτερο από όσο δεχόμαστε ({value}). Χωρίστε το σε μέρη." "The file is larger than we take ({value}). Split it.";
    TooManyEntries "file-too-many-parts" "Το συμπιεσμένο αρχείο έχει υπερβολικά πολλά μέρη ({value}). Ανεβάστε μόνο τους πίνακες." "The archive has too many parts ({value}). Upload the tables only.";
    Bomb "file-bomb" "Το συμπιεσμένο αρχείο ανοίγει σε υπερβολικό μέγεθος. Αποθηκεύστε το ξανά ή χωρίστε το." "The archive unpacks to an excessive size. Save it again or split it.";
    Broken "file-broken" "Το αρχείο δεν ανοίγει: είναι χαλασμένο ή προστατεύεται με κωδικό. Αποθηκεύστε το ξανά ως .xlsx ή .csv." "The file does not open: it is broken or has a password. Save it again as .xlsx or .csv.";
    UnknownFormat "file-unknown-format" "Δεν αναγνωρίζουμε το αρχείο. Δεχόμαστε .xlsx, .csv, .zip με πίνακες CSV και .json." "We do not know this kind of file. We take .xlsx, .csv, .zip with CSV tables, and .json.";
    NoTable "file-no-table" "Κανένα φύλλο δεν έχει επικεφαλίδες που γνωρίζουμε. Ξεκινήστε από το υπόδειγμα." "No sheet has headers that we know. Start from the template.";
    SheetTwice "sheet-twice" "Ο πίνακας «{value}» υπάρχει δύο φορές. Κρατήστε ένα φύλλο." "The table “{value}” is there twice. Keep one sheet.";
    HeaderTwice "header-twice" "Η επικεφαλίδα «{value}» υπάρχει δύο φορές. Κρατήστε μία στήλη." "The header “{value}” is there twice. Keep one column.";
    TooManyRows "sheet-too-many-rows" "Το φύλλο έχει περισσότερες γραμμές από όσες δεχόμαστε ({value}). Χωρίστε το." "The sheet has more rows than we take ({value}). Split it.";
    CellTooLong "cell-too-long" "Το κείμενο του κελιού είναι υπερβολικά μεγάλο. Συντομέψτε το." "The text of the cell is too long. Shorten it.";
    CellError "cell-error" "Το κελί έχει σφάλμα του Excel ({value}). Γράψτε την τιμή." "The cell holds an error of Excel ({value}). Write the value.";
    Formula "cell-formula" "Το κελί μοιάζει με τύπο υπολογισμού. Γράψτε σκέτη την τιμή." "The cell looks like a formula. Write the plain value.";
    Missing "cell-missing" "Λείπει η τιμή. Συμπληρώστε τη στήλη «{value}»." "The value is missing. Fill in the column “{value}”.";
    BadId "id-invalid" "Το «{value}» μοιάζει με αναγνωριστικό αλλά δεν είναι σωστό. Αφήστε το κελί κενό για νέα εγγραφή." "“{value}” looks like an identifier and is not one. Leave the cell empty for a new record.";
    DuplicateId "id-twice" "Το ίδιο αναγνωριστικό ή όνομα υπάρχει και στη γραμμή {value}. Κρατήστε μία γραμμή." "The same identifier or name stands in row {value} too. Keep one row.";
    SaidOtherwise "row-says-otherwise" "Η γραμμή {value} λέει άλλο σε αυτή τη στήλη για την ίδια υπηρεσία ή δομή. Γράψτε εκεί το σωστό και αφήστε αυτό το κελί κενό, ή δώστε εδώ άλλο όνομα υπηρεσίας ή δομής." "Row {value} says otherwise in this column of the same service or place. Write there what is right and leave this cell empty, or give this row another name of service or place.";
    UnknownReference "reference-unknown" "Το «{value}» δεν υπάρχει ούτε στο αρχείο ούτε στη χαρτογράφηση. Διορθώστε το ή προσθέστε τη γραμμή του." "“{value}” is neither in the file nor in the mapping. Correct it or add its row.";
    NoOwner "row-without-owner" "Η γραμμή δεν λέει σε ποια εγγραφή ανήκει. Συμπληρώστε μία από τις στήλες «{value}»." "The row does not say what it belongs to. Fill in one of the columns “{value}”.";
    NotNumber "number-invalid" "Το «{value}» δεν είναι αριθμός. Γράψτε π.χ. 23,73." "“{value}” is not a number. Write for example 23.73.";
    NotCount "count-invalid" "Το «{value}» δεν είναι ακέραιος αριθμός. Γράψτε π.χ. 12." "“{value}” is not a whole number. Write for example 12.";
    NotDate "date-invalid" "Το «{value}» δεν είναι ημερομηνία. Γράψτε π.χ. 15/7/2026." "“{value}” is not a date. Write for example 15/7/2026.";
    NotTime "time-invalid" "Το «{value}» δεν είναι ώρα. Γράψτε π.χ. 09:30." "“{value}” is not a time. Write for example 09:30.";
    NotFlag "flag-invalid" "Το «{value}» δεν είναι ναι ή όχι. Γράψτε «ναι», «όχι» ή αφήστε το κενό." "“{value}” is not yes or no. Write “ναι”, “όχι” or leave it empty.";
    NotChoice "choice-invalid" "Το «{value}» δεν είναι από τις τιμές της λίστας. Επιλέξτε μία από αυτές." "“{value}” is not one of the list. Choose one of its values.";
    NotUri "uri-invalid" "Το «{value}» δεν είναι διεύθυνση ιστού. Γράψτε π.χ. https://www.example.gr." "“{value}” is not a web address. Write for example https://www.example.gr.";
    NotJson "json-invalid" "Το κελί ή το αρχείο δεν είναι σωστό JSON ({value}). Αφήστε το όπως εξήχθη." "The cell or file is not valid JSON ({value}). Leave it as it was exported.";
    NotHours "hours-invalid" "Δεν καταλαβαίνουμε το ωράριο «{value}». Γράψτε π.χ. Δευ-Παρ 09:00-14:00; Σαβ 10:00-13:00." "We do not understand the hours “{value}”. Write for example Δευ-Παρ 09:00-14:00; Σαβ 10:00-13:00.";
    HoursOfWhichPlace "hours-of-which-place" "Η υπηρεσία δίνεται σε περισσότερες δομές και το ωράριο «{value}» δεν λέει σε ποια. Συμπληρώστε τη δομή." "The service is given at several places and the hours “{value}” do not say at which. Fill in the structure.";
    UnknownTerm "term-unknown" "Ο όρος «{value}» δεν υπάρχει στην ταξινόμηση. Επιλέξτε έναν από το φύλλο των όρων." "The taxonomy has no term “{value}”. Choose one from the sheet of terms.";
    ManyOwners "several-with-this-name" "Το «{value}» αντιστοιχεί σε περισσότερες εγγραφές. Χρησιμοποιήστε το αναγνωριστικό." "“{value}” names several records. Use the identifier.";
    GreekMissing "greek-text-missing" "Λείπει το ελληνικό κείμενο στο «{value}». Συμπληρώστε το." "“{value}” has no Greek text. Write one.";
    BackwardsAges "backwards-ages" "Η μικρότερη ηλικία είναι πάνω από τη μεγαλύτερη. Αλλάξτε τις." "The youngest age is above the oldest. Swap them.";
    Exposed "protected-place-exposed" "Προστατευμένη δομή δεν γράφεται πού βρίσκεται. Σβήστε διεύθυνση, συντεταγμένες, κοινότητα και σχήματα." "A protected place never says where it is. Delete address, coordinates, community and shapes.";
    Circle "stands-above-itself" "Η εγγραφή βρίσκεται πάνω από τον εαυτό της. Διορθώστε την ανώτερή της." "The record stands above itself. Correct what is above it.";
    DuplicateCode "duplicate-code" "Ο κωδικός «{value}» ανήκει και σε άλλον όρο. Δώστε άλλον." "The code “{value}” belongs to another term too. Give another one.";
    TooLong "record-text-too-long" "Το κείμενο στο «{value}» είναι υπερβολικά μεγάλο. Συντομέψτε το." "The text of “{value}” is too long. Shorten it.";
    ControlCharacters "record-control-characters" "Το «{value}» έχει αόρατους χαρακτήρες ελέγχου. Πληκτρολογήστε το ξανά." "“{value}” holds invisible control characters. Type it again.";
    InvalidUri "record-invalid-uri" "Το «{value}» δεν είναι διεύθυνση που δημοσιεύεται. Γράψτε την πλήρη, με https://." "“{value}” is not an address that may be published. Write it in full, with https://.";
    InvalidEmail "record-invalid-email" "Το «{value}» δεν είναι ηλεκτρονική διεύθυνση. Γράψτε π.χ. info@example.gr." "“{value}” is not a mail address. Write for example info@example.gr.";
    ImpossibleCoordinates "record-impossible-coordinates" "Οι συντεταγμένες δεν υπάρχουν. Πλάτος ως 90, μήκος ως 180, και τα δύο μαζί." "The coordinates do not exist. Latitude up to 90, longitude up to 180, both together.";
    InvalidRecurrence "record-invalid-recurrence" "Η επανάληψη στο «{value}» δεν είναι σωστή. Γράψτε π.χ. MO,TU,WE." "The recurrence in “{value}” is not valid. Write for example MO,TU,WE.";
    IncompleteRecurrence "record-incomplete-recurrence" "Χωρίς το «{value}» δεν φαίνεται ποιες ημέρες ισχύει το ωράριο. Συμπληρώστε το, π.χ. freq WEEKLY μαζί με byday MO,TU." "Without “{value}” nobody can tell the days of these hours. Fill it in, for example freq WEEKLY beside byday MO,TU.";
    ContradictoryRecurrence "record-contradictory-recurrence" "Το «{value}» δεν στέκει μαζί με τα άλλα πεδία του ωραρίου. Σβήστε ένα: 2MO και bymonthday μόνο με MONTHLY, until ή count όχι και τα δύο." "“{value}” cannot stand beside the other fields of these hours. Delete one: 2MO and bymonthday with MONTHLY only, until or count but not both.";
    BackwardsPeriod "record-backwards-period" "Το διάστημα στο «{value}» τελειώνει πριν αρχίσει. Αλλάξτε τις ημέρες." "The period in “{value}” ends before it starts. Swap the days.";
    Negative "record-negative" "Το «{value}» είναι κάτω από το μηδέν. Γράψτε θετικό αριθμό." "“{value}” is below zero. Write a positive number.";
    ImpossibleAge "record-impossible-age" "Η ηλικία δεν υπάρχει. Γράψτε έτη, ως 130." "Nobody has this age. Write years, up to 130.";
    InvalidCode "record-invalid-code" "Το «{value}» δεν είναι κωδικός του προτύπου του. Γράψτε π.χ. el ή GR." "“{value}” is not a code of its standard. Write for example el or GR.";
    TellsWhere "record-tells-where" "Το «{value}» λέει πού βρίσκεται μια προστατευμένη δομή. Σβήστε δρόμο, ταχυδρομικό κώδικα, συντεταγμένες ή χάρτη." "“{value}” tells where a protected place is. Delete the street, postal code, coordinates or map.";
    Unreadable "record-unreadable" "Η εγγραφή δεν διαβάζεται: {value}. Ελέγξτε τις τιμές της γραμμής." "The record cannot be read: {value}. Check the values of the row.";
    Merged "record-merged" "Η εγγραφή ενώθηκε με άλλη ({value}). Σβήστε τη γραμμή και γράψτε όπου χρειάζεται εκείνη." "The record was merged into another ({value}). Delete the row and point at that one instead.";
    OwnerDropped "row-left-out" "Η γραμμή έμεινε έξω, γιατί δείχνει σε κάτι που δεν υπάρχει ({value}). Ελέγξτε αν χρειάζεται." "The row was left out because it points at something that is not there ({value}). Check whether it is needed.";
    ReferenceDropped "reference-left-out" "Η αναφορά «{value}» έμεινε έξω, γιατί δεν υπάρχει. Ελέγξτε αν χρειάζεται." "The reference “{value}” was left out because it is not there. Check whether it is needed.";
    ConfirmedAhead "confirmed-ahead" "Η ημέρα επιβεβαίωσης {value} δεν έχει έρθει ακόμη. Γράψτε τη σημερινή ή παλιότερη." "The day of confirmation, {value}, has not come yet. Write today or an earlier day.";
    Outside "coordinates-outside" "Οι συντεταγμένες πέφτουν έξω από τον δήμο. Ελέγξτε μήπως γράφτηκαν ανάποδα ή λάθος· στον χάρτη δεν θα φαίνονται." "The coordinates lie outside the municipality. Check whether they were swapped or mistyped; the map will not show them.";
    More "more-of-these" "Υπάρχουν ακόμη {value} ευρήματα σε αυτό το φύλλο. Διορθώστε πρώτα όσα φαίνονται." "There are {value} more findings on this sheet. Correct the ones shown first.";
    NotHeld "file-not-held" "Το αρχείο δεν χώρεσε στον προσωρινό χώρο του διακομιστή ({value}). Δοκιμάστε ξανά ή χωρίστε το." "The file did not fit into the server's temporary space ({value}). Try again or split it.";
    UnknownColumn "column-unknown" "Δεν γνωρίζουμε τη στήλη «{value}» και δεν διαβάστηκε. Σβήστε την ή διορθώστε την επικεφαλίδα." "We do not know the column “{value}”; it was not read. Delete it or correct its header.";
    UnknownSheet "sheet-unknown" "Το φύλλο ή αρχείο «{value}» δεν είναι πίνακας και δεν διαβάστηκε. Διορθώστε το όνομά του αν έπρεπε." "The sheet or file “{value}” is not a table; it was not read. Correct its name if it should have been.";
}

/// Where in a file, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The sheet or file.
    pub sheet: String,
    /// The row, from 1, as the program that shows the file counts; of JSON, the how manieth of its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The column, A, B, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The header of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Stable code.
    pub code: Code,
    /// What stood there, or what the message speaks of; short.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
}

impl Fault {
    /// About a file or sheet as a whole.
    pub fn file(sheet: impl Into<String>, code: Code, value: impl ToString) -> Self {
        Self {
            sheet: sheet.into(),
            row: None,
            column: None,
            header: None,
            code,
            value: short(&value.to_string()),
        }
    }

    /// What it says in a language: Greek, or English for every other.
    pub fn message(&self, lang: &str) -> String {
        let (el, en) = self.code.words();
        let words = if lang == "el" { el } else { en };
        words.replace("{value}", &self.value)
    }

    /// Where it stands, e.g. `service!F12`.
    pub fn place(&self) -> String {
        match (&self.row, &self.column) {
            (None, _) => self.sheet.clone(),
            (Some(row), column) => format!("{}!{}{row}", self.sheet, column.as_deref().unwrap_or_default()),
        }
    }
}

/// Findings of one sheet that are listed; the others are counted.
const LISTED: usize = 1_000;

/// What is wrong with a file: the first findings of each sheet, and how many more there are. A file with a million broken
/// cells says so without holding a million messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    listed: Vec<Fault>,
    /// How many each sheet has, listed or not.
    counts: BTreeMap<String, usize>,
}

impl Faults {
    /// Adds a finding.
    pub fn push(&mut self, fault: Fault) {
        let count = match self.counts.get_mut(&fault.sheet) {
            Some(count) => count,
            None => self.counts.entry(fault.sheet.clone()).or_default(),
        };
        *count = count.saturating_add(1);
        if *count <= LISTED {
            self.listed.push(fault);
        }
    }

    /// Counts findings of a sheet that nobody lists.
    pub(crate) fn count(&mut self, sheet: &str, more: usize) {
        if more > 0 {
            let count = self.counts.entry(sheet.to_owned()).or_default();
            *count = count.saturating_add(more);
        }
    }

    /// How many there are, listed or not.
    pub fn len(&self) -> usize {
        self.counts.values().copied().fold(0, usize::saturating_add)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Those that are listed; of each sheet with more of them, a last one says how many more.
    pub fn into_list(self) -> Vec<Fault> {
        let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
        for fault in &self.listed {
            let count = shown.entry(&fault.sheet).or_default();
            *count = count.saturating_add(1);
        }
        let rest = self.counts.iter().filter_map(|(sheet, count)| {
            let more = count.saturating_sub(shown.get(sheet.as_str()).copied().unwrap_or_default());
            (more > 0).then(|| Fault::file(sheet, Code::More, more))
        });
        let rest: Vec<Fault> = rest.collect();
        self.listed.into_iter().chain(rest).collect()
    }

    /// The findings of another list too.
    pub(crate) fn join(&mut self, other: Self) {
        let mut left = other.counts;
        for fault in other.listed {
            if let Some(count) = left.get_mut(&fault.sheet) {
                *count = count.saturating_sub(1);
            }
            self.push(fault);
        }
        for (sheet, more) in &left {
            self.count(sheet, *more);
        }
    }
}

impl Extend<Fault> for Faults {
    fn extend<I: IntoIterator<Item = Fault>>(&mut self, faults: I) {
        faults.into_iter().for_each(|fault| self.push(fault));
    }
}

/// As much of a value as a message needs; what steers a screen is taken out.
pub(crate) fn short(text: &str) -> String {
    let mut plain: String = text.chars().filter(|c| !is_steering(*c)).take(80).collect();
    if plain.len() < text.len() && text.chars().count() > 80 {
        plain.push('…');
    }
    plain
}

fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// The letters of a column, counted from 0.
pub fn letters(column: usize) -> String {
    let mut left = column.saturating_add(1);
    let mut letters = Vec::new();
    while left > 0 {
        left = left.saturating_sub(1);
        letters.extend(
            u32::try_from(left % 26)
                .ok()
                .and_then(|at| char::from_u32(at.saturating_add(65))),
        );
        left /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_excel() {
        for (column, wanted) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), wanted);
        }
    }

    #[test]
    fn a_million_findings_are_counted_and_a_thousand_listed() {
        let mut faults = Faults::default();
        for row in 0..1_000_000 {
            faults.push(Fault {
                row: Some(row),
                ..Fault::file("service", Code::NotDate, "χθες")
            });
        }
        faults.push(Fault::file("phone", Code::Missing, "number"));
        let mut joined = Faults::default();
        joined.join(faults.clone());
        assert_eq!((joined.len(), &joined), (1_000_001, &faults));
        let list = joined.into_list();
        assert_eq!(list.len(), LISTED + 2);
        let last = list.last().map(|fault| (fault.sheet.as_str(), fault.message("el")));
        let (sheet, words) = last.unwrap();
        assert!(sheet == "service" && words.contains("999000"), "{words}");
    }

    #[test]
    fn every_code_says_what_to_do_in_both_languages() {
        let mut names = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(names.insert(code.name()));
            let (el, en) = code.words();
            assert!(
                el.matches(['.', '·']).count() >= 2 || el.contains(". "),
                "{el}: a remedy follows"
            );
            assert_eq!(el.contains("{value}"), en.contains("{value}"), "{en}");
        }
    }
}
