//! The tables of the records that the store versions.

use super::{Kind, Table, tables};

const TEXT: Kind = Kind::Text;
const LINE: Kind = Kind::Line;
const ID: Kind = Kind::Id;
const URI: Kind = Kind::Uri;
const EMAIL: Kind = Kind::Email;
const NUMBER: Kind = Kind::Number;
const COUNT: Kind = Kind::Count;
const DATE: Kind = Kind::Date;
const FLAG: Kind = Kind::Flag;
const CODES: Kind = Kind::Codes;
const UNUSED: Kind = Kind::Unused;
const ORGANIZATION: Kind = Kind::Ref("organization");
const PROGRAM: Kind = Kind::Ref("program");
const TAXONOMY_NAME: Kind = Kind::TaxonomyName;
const TAXONOMY: Kind = Kind::TaxonomyId;
const PARENT_TERM: Kind = Kind::ParentTerm;
const MARKING: Kind = Kind::Choice(&["sourced", "verify"]);
const STATUS: Kind = Kind::Choice(&["active", "inactive", "defunct", "temporarily closed"]);
const LOCATION_TYPE: Kind = Kind::Choice(&["physical", "postal", "virtual"]);
const BODY: Kind = Kind::Choice(&["municipal", "public", "ngo", "church", "social-enterprise", "example"]);
const MODES: Kind = Kind::Choices(&["place", "home", "remote", "street"]);

#[rustfmt::skip]
pub(super) const TABLES: [&Table; 5] = tables! {
    taxonomy "taxonomies" ("Ταξινομίες" "Taxonomies") ("Κατάλογοι όρων: κατηγορίες, ομάδες ωφελουμένων, περιοχές και άλλοι." "Lists of terms: categories, beneficiary groups, areas and others.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        name: TEXT must "Ονομασία" "Name";
        description: TEXT must "Περιγραφή" "Description";
        uri: URI "Διεύθυνση δημοσίευσης" "Where it is published";
        version: LINE "Έκδοση" "Version";
        osn_taxonomy: TAXONOMY_NAME "Ρόλος στο σύστημα" "Part in the system";
    }
    taxonomy_term "taxonomy_terms" ("Όροι" "Terms") ("Κάθε όρος έχει κωδικό που δεν αλλάζει." "Each term has a code that does not change.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        code: LINE "Κωδικός" "Code";
        name: TEXT must "Ονομασία" "Name";
        description: TEXT must "Περιγραφή" "Description";
        parent_id: PARENT_TERM "Αναγνωριστικό ανώτερου όρου" "Identifier of the term above";
        taxonomy: TAXONOMY_NAME "Ταξινομία" "Taxonomy";
        language: LINE "Γλώσσα" "Language";
        taxonomy_id: TAXONOMY "Αναγνωριστικό ταξινομίας" "Identifier of the taxonomy";
        term_uri: URI "Διεύθυνση σε άλλο λεξιλόγιο" "Address in another vocabulary";
        osn_parent: LINE "Κωδικός ανώτερου όρου" "Code of the term above";
        osn_aliases: CODES "Άλλες γραφές" "Other spellings";
    }
    organization "organizations" ("Φορείς" "Organizations") ("Ο Δήμος, οι διευθύνσεις και τα νομικά του πρόσωπα, οι οργανώσεις." "The municipality, its directorates and legal entities, the organisations.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        name: TEXT must "Επωνυμία" "Name";
        alternate_name: TEXT "Άλλη επωνυμία" "Other name";
        description: TEXT must "Περιγραφή" "Description";
        email: EMAIL "Ηλεκτρονικό ταχυδρομείο" "Mail address";
        website: URI "Ιστότοπος" "Website";
        tax_status: LINE "Φορολογικό καθεστώς" "Tax status";
        tax_id: LINE "Αριθμός φορολογίας" "Tax number";
        year_incorporated: COUNT "Έτος ίδρυσης" "Year of foundation";
        legal_status: TEXT "Νομική μορφή" "Legal form";
        logo: LINE "Λογότυπο" "Logo";
        uri: URI "Μόνιμο αναγνωριστικό" "Persistent identifier";
        parent_organization_id: ORGANIZATION "Ανώτερος φορέας" "Body above";
        osn_kind: BODY "Είδος φορέα" "Kind of body";
        osn_source: LINE "Πηγή" "Source";
        osn_marking: MARKING "Σήμανση" "Marking";
    }
    location "locations" ("Δομές" "Locations") ("Οι χώροι. Προστατευμένη δομή δεν έχει διεύθυνση, συντεταγμένες ή κοινότητα." "The places. A protected place has no address, coordinates or community.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        location_type: LOCATION_TYPE must "Τύπος δομής" "Kind of location";
        url: URI "Σελίδα" "Page";
        organization_id: ORGANIZATION "Φορέας" "Organization";
        name: TEXT "Ονομασία" "Name";
        alternate_name: TEXT "Άλλη ονομασία" "Other name";
        description: TEXT "Περιγραφή" "Description";
        transportation: TEXT "Πρόσβαση με μέσα" "How to get there";
        latitude: NUMBER "Γεωγραφικό πλάτος" "Latitude";
        longitude: NUMBER "Γεωγραφικό μήκος" "Longitude";
        external_identifier: LINE "Αριθμός σε μητρώο" "Number in a register";
        external_identifier_type: LINE "Μητρώο" "Register";
        osn_area: LINE "Δημοτική κοινότητα" "Municipal community";
        osn_address_note: TEXT "Σημείωση διεύθυνσης" "Remark on the address";
        osn_protected: FLAG "Προστατευμένη" "Protected";
        osn_marking: MARKING "Σήμανση" "Marking";
    }
    service "services" ("Υπηρεσίες" "Services") ("Μία γραμμή για κάθε υπηρεσία· οι χώροι, τα τηλέφωνα και τα ωράρια έχουν δικά τους φύλλα." "One row for each service; places, telephones and hours have sheets of their own.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        organization_id: ORGANIZATION must "Φορέας" "Organization";
        program_id: PROGRAM "Πρόγραμμα" "Program";
        name: TEXT must "Ονομασία" "Name";
        alternate_name: TEXT "Άλλη ονομασία" "Other name";
        description: TEXT "Περιγραφή" "Description";
        url: URI "Σελίδα" "Page";
        email: EMAIL "Ηλεκτρονικό ταχυδρομείο" "Mail address";
        status: STATUS must "Κατάσταση" "Status";
        interpretation_services: TEXT "Διερμηνεία" "Interpretation";
        application_process: TEXT "Πώς ζητείται" "How one gets it";
        fees_description: TEXT "Κόστος με λόγια" "Cost in words";
        wait_time: TEXT "Χρόνος αναμονής" "Waiting time";
        fees: TEXT "Τέλη" "Fees";
        accreditations: TEXT "Πιστοποιήσεις" "Accreditations";
        eligibility_description: TEXT "Για ποιους, με λόγια" "Whom it is for, in words";
        minimum_age: COUNT "Από ηλικία" "Youngest age";
        maximum_age: COUNT "Έως ηλικία" "Oldest age";
        assured_date: DATE "Επιβεβαιώθηκε στις" "Confirmed on";
        assurer_email: EMAIL "Υπεύθυνη θυρίδα" "Mailbox that answers for it";
        licenses: TEXT "Άδειες" "Licences";
        alert: TEXT "Ανακοίνωση" "Alert";
        last_modified: UNUSED "Τελευταία αλλαγή" "Last change";
        osn_categories: CODES "Κατηγορίες" "Categories";
        osn_groups: CODES "Ομάδες ωφελουμένων" "Beneficiary groups";
        osn_open_to_all: FLAG "Για όλους" "Open to all";
        osn_areas: CODES "Δημοτικές κοινότητες" "Municipal communities";
        osn_modes: MODES "Τρόποι" "Ways";
        osn_languages: CODES "Γλώσσες" "Languages";
        osn_free_of_charge: FLAG "Δωρεάν" "Free of charge";
        osn_source: LINE "Πηγή" "Source";
        osn_marking: MARKING "Σήμανση" "Marking";
    }
};
