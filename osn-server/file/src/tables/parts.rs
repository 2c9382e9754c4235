//! The tables of what stands inside a record.

use super::{Kind, Table, tables};

const TEXT: Kind = Kind::Text;
const LINE: Kind = Kind::Line;
const ID: Kind = Kind::Id;
const URI: Kind = Kind::Uri;
const EMAIL: Kind = Kind::Email;
const NUMBER: Kind = Kind::Number;
const COUNT: Kind = Kind::Count;
const DATE: Kind = Kind::Date;
const TIME: Kind = Kind::Time;
const UPDATED: Kind = Kind::Updated;
const FLAG: Kind = Kind::Flag;
const JSON: Kind = Kind::Json;
const DERIVED: Kind = Kind::Derived;
const UNUSED: Kind = Kind::Unused;
const LOCATION: Kind = Kind::Ref("location");
const TERM: Kind = Kind::Ref("taxonomy_term");
const UNIT: Kind = Kind::Part("unit");
const OWNER_OF_ATTRIBUTE: Kind = Kind::Owner("attributes");
const OWNER_OF_METADATA: Kind = Kind::Owner("metadata");
const OWNER_KIND: Kind = Kind::OwnerKind;
const ADDRESS_TYPE: Kind = Kind::Choice(&["physical", "postal", "virtual"]);
const EXTENT_TYPE: Kind = Kind::Choice(&["geojson", "topojson", "kml", "text"]);
const WEEKDAY: Kind = Kind::Choice(&["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
const FREQUENCY: Kind = Kind::Choice(&["WEEKLY", "MONTHLY"]);

#[rustfmt::skip]
pub(super) const TABLES: [&Table; 19] = tables! {
    program "programs" ("Προγράμματα φορέων" "Programs") ("Υπηρεσίες ενός φορέα κάτω από κοινή στέγη." "Services of a body under one roof.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        organization_id: ("organization" "programs") must "Φορέας" "Organization";
        name: TEXT must "Ονομασία" "Name";
        alternate_name: TEXT "Άλλη ονομασία" "Other name";
        description: TEXT must "Περιγραφή" "Description";
    }
    service_at_location "service_at_location" ("Υπηρεσίες σε δομές" "Services at locations") ("Ποια υπηρεσία προσφέρεται πού." "Which service is offered where.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        service_id: ("service" "service_at_locations") must "Υπηρεσία" "Service";
        location_id: LOCATION must "Δομή" "Location";
        description: TEXT "Τι προσφέρεται εκεί" "What is offered there";
    }
    contact "contacts" ("Επαφές" "Contacts") ("Ρόλοι και όχι πρόσωπα." "Roles rather than persons.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        organization_id: ("organization" "contacts") "Φορέας" "Organization";
        service_id: ("service" "contacts") "Υπηρεσία" "Service";
        service_at_location_id: ("service_at_location" "contacts") "Υπηρεσία σε δομή" "Service at location";
        location_id: ("location" "contacts") "Δομή" "Location";
        name: TEXT "Όνομα" "Name";
        title: TEXT "Θέση" "Post";
        department: TEXT "Τμήμα" "Department";
        email: EMAIL "Ηλεκτρονικό ταχυδρομείο" "Mail address";
    }
    phone "phones" ("Τηλέφωνα" "Phones") ("Κάθε τηλέφωνο ανήκει σε φορέα, δομή, υπηρεσία ή επαφή." "Each telephone belongs to a body, a place, a service or a contact.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        location_id: ("location" "phones") "Δομή" "Location";
        service_id: ("service" "phones") "Υπηρεσία" "Service";
        organization_id: ("organization" "phones") "Φορέας" "Organization";
        contact_id: ("contact" "phones") "Επαφή" "Contact";
        service_at_location_id: ("service_at_location" "phones") "Υπηρεσία σε δομή" "Service at location";
        number: LINE must "Αριθμός" "Number";
        extension: COUNT "Εσωτερικό" "Extension";
        type => phone_type: LINE "Είδος" "Kind";
        description: TEXT "Πότε και για τι" "When and for what";
    }
    schedule "schedules" ("Ωράρια" "Schedules") ("Μία γραμμή για κάθε διάστημα· δύο γραμμές για σπαστό ωράριο. Ώρες τοπικές." "One row for each block; two rows for a split day. Local time.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        service_id: ("service" "schedules") "Υπηρεσία" "Service";
        location_id: ("location" "schedules") "Δομή" "Location";
        service_at_location_id: ("service_at_location" "schedules") "Υπηρεσία σε δομή" "Service at location";
        valid_from: DATE "Ισχύει από" "Valid from";
        valid_to: DATE "Ισχύει έως" "Valid to";
        dtstart: DATE "Αρχή επανάληψης" "Start of the recurrence";
        timezone: NUMBER "Διαφορά από UTC" "Offset from UTC";
        until: DATE "Τέλος επανάληψης" "End of the recurrence";
        count: COUNT "Φορές" "Times";
        wkst: WEEKDAY "Αρχή εβδομάδας" "First day of the week";
        freq: FREQUENCY "Επανάληψη" "Recurrence";
        interval: COUNT "Κάθε πόσες" "Each so many";
        byday: LINE "Ημέρες εβδομάδας" "Days of the week";
        byweekno: LINE "Εβδομάδες έτους" "Weeks of the year";
        bymonthday: LINE "Ημέρες μήνα" "Days of the month";
        byyearday: LINE "Ημέρες έτους" "Days of the year";
        description: TEXT "Με λόγια" "In words";
        opens_at: TIME "Ανοίγει" "Opens";
        closes_at: TIME "Κλείνει" "Closes";
        schedule_link: URI "Σελίδα ωραρίου" "Page of the schedule";
        attending_type: TEXT "Τρόπος προσέλευσης" "How one attends";
        notes: TEXT "Σημειώσεις" "Remarks";
        osn_public_holidays: FLAG "Και στις αργίες" "On public holidays too";
    }
    address "addresses" ("Διευθύνσεις" "Addresses") ("Ποτέ για προστατευμένη δομή." "Never for a protected place.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        location_id: ("location" "addresses") "Δομή" "Location";
        attention: LINE "Υπόψη" "Attention";
        address_1: LINE must "Οδός και αριθμός" "Street and number";
        address_2: LINE "Δεύτερη γραμμή" "Second line";
        city: LINE must "Πόλη" "City";
        region: LINE "Δήμος" "Region";
        state_province: LINE must "Περιφέρεια" "Province";
        postal_code: LINE must "Ταχυδρομικός κώδικας" "Postal code";
        country: LINE must "Χώρα" "Country";
        address_type: ADDRESS_TYPE must "Είδος διεύθυνσης" "Kind of address";
        osn_untyped: DERIVED "Χωρίς είδος" "Without a kind";
    }
    service_area "service_areas" ("Περιοχές εξυπηρέτησης" "Service areas") ("Με λόγια ή σχήμα." "In words or by a shape.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        service_id: ("service" "service_areas") "Υπηρεσία" "Service";
        service_at_location_id: ("service_at_location" "service_areas") "Υπηρεσία σε δομή" "Service at location";
        name: TEXT "Ονομασία" "Name";
        description: TEXT "Περιγραφή" "Description";
        extent: LINE "Σχήμα" "Shape";
        extent_type: EXTENT_TYPE "Μορφή σχήματος" "Format of the shape";
        uri: LINE "Διεύθυνση" "Address on the web";
        osn_derived: DERIVED "Προκύπτει" "Derived";
    }
    language "languages" ("Γλώσσες" "Languages") ("Γλώσσες εξυπηρέτησης με σημείωση." "Languages of service with a remark.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        service_id: ("service" "language_notes") "Υπηρεσία" "Service";
        location_id: ("location" "languages") "Δομή" "Location";
        phone_id: ("phone" "languages") "Τηλέφωνο" "Phone";
        name: TEXT "Γλώσσα" "Language";
        code: LINE "Κωδικός (ISO 639)" "Code (ISO 639)";
        note: TEXT "Σημείωση" "Remark";
        osn_derived: DERIVED "Προκύπτει" "Derived";
    }
    accessibility "accessibility" ("Προσβασιμότητα" "Accessibility") ("Για άτομα με αναπηρία." "For people with a disability.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        location_id: ("location" "accessibility") "Δομή" "Location";
        description: TEXT "Τι υπάρχει" "What there is";
        details: TEXT "Λεπτομέρειες" "Details";
        url: URI "Σελίδα" "Page";
    }
    service_capacity "service_capacity" ("Θέσεις" "Capacities") ("Πόσες θέσεις είναι ελεύθερες και πότε μετρήθηκαν." "How many places are free and when they were counted.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        service_id: ("service" "capacities") must "Υπηρεσία" "Service";
        unit_id: UNIT must "Μονάδα" "Unit";
        available: COUNT must "Ελεύθερες" "Available";
        maximum: COUNT "Σύνολο" "Maximum";
        description: TEXT "Σημειώσεις" "Remarks";
        updated: UPDATED must "Μετρήθηκαν στις" "Counted on";
        osn_unit: JSON "Μονάδα αναλυτικά" "Unit in full";
    }
    unit "units" ("Μονάδες" "Units") ("Τι μετρούν οι θέσεις." "What the capacities count.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        name: TEXT must "Ονομασία" "Name";
        scheme: LINE "Σύστημα" "System";
        identifier: LINE "Κωδικός" "Code";
        uri: URI "Σελίδα" "Page";
    }
    cost_option "cost_options" ("Τιμές" "Cost options") ("Τι κοστίζει." "What it costs.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        service_id: ("service" "cost_options") must "Υπηρεσία" "Service";
        valid_from: DATE "Ισχύει από" "Valid from";
        valid_to: DATE "Ισχύει έως" "Valid to";
        option: TEXT "Για ποιον ή τι" "For whom or what";
        currency: LINE "Νόμισμα" "Currency";
        amount: NUMBER "Ποσό" "Amount";
        amount_description: TEXT "Ανά τι" "Per what";
    }
    funding "funding" ("Χρηματοδότηση" "Funding") ("Από πού έρχονται τα χρήματα." "Where the money comes from.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        organization_id: ("organization" "funding") "Φορέας" "Organization";
        service_id: ("service" "funding") "Υπηρεσία" "Service";
        source: TEXT "Πηγή" "Source";
    }
    required_document "required_documents" ("Δικαιολογητικά" "Required documents") ("Ένα χαρτί σε κάθε γραμμή." "One paper in each row.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        service_id: ("service" "required_documents") "Υπηρεσία" "Service";
        document: TEXT "Δικαιολογητικό" "Document";
        uri: URI "Από πού εκδίδεται" "Where one gets it";
    }
    organization_identifier "organization_identifiers" ("Αριθμοί μητρώων" "Organization identifiers") ("ΑΦΜ, ΓΕΜΗ, ειδικά μητρώα." "Numbers in registers.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        organization_id: ("organization" "organization_identifiers") must "Φορέας" "Organization";
        identifier_scheme: LINE "Σύστημα" "Scheme";
        identifier_type: LINE must "Μητρώο" "Register";
        identifier: LINE must "Αριθμός" "Number";
    }
    url "url" ("Διευθύνσεις ιστού" "Web addresses") ("Και άλλες σελίδες φορέων και υπηρεσιών." "Further pages of bodies and services.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        label: TEXT "Τι είναι" "Label";
        url: URI must "Διεύθυνση" "Address";
        organization_id: ("organization" "additional_websites") "Φορέας" "Organization";
        service_id: ("service" "additional_urls") "Υπηρεσία" "Service";
    }
    attribute "attributes" ("Ιδιότητες" "Attributes") ("Όροι και στοιχεία χωρίς δική τους στήλη." "Terms and facts without a column of their own.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        link_id: OWNER_OF_ATTRIBUTE must "Σε ποια εγγραφή" "Of which row";
        taxonomy_term_id: TERM must "Όρος" "Term";
        link_type: LINE "Είδος σύνδεσης" "Kind of link";
        link_entity => owner: OWNER_KIND must "Σε ποιον πίνακα" "Of which table";
        value: TEXT "Τιμή" "Value";
        label: TEXT "Ετικέτα" "Label";
        osn_link_entity: LINE "Πίνακας κατά την πηγή" "Table as the source names it";
        osn_derived: DERIVED "Προκύπτει" "Derived";
    }
    metadata "metadata" ("Αλλαγές" "Metadata") ("Τι άλλαξε, πότε και από ποιον ρόλο· ποτέ όνομα." "What was changed, when and in which role; never a name.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        resource_id => owner: OWNER_OF_METADATA must "Σε ποια εγγραφή" "Of which row";
        resource_type => owner: OWNER_KIND must "Σε ποιον πίνακα" "Of which table";
        last_action_date: DATE must "Ημέρα" "Day";
        last_action_type: LINE must "Ενέργεια" "Action";
        field_name: LINE must "Πεδίο" "Field";
        previous_value: LINE must "Πριν" "Before";
        replacement_value: LINE must "Μετά" "After";
        updated_by: LINE must "Ρόλος" "Role";
        osn_resource_id: LINE "Εγγραφή κατά την πηγή" "Row as the source names it";
        osn_resource_type: LINE "Πίνακας κατά την πηγή" "Table as the source names it";
    }
    meta_table_description "meta_table_descriptions" ("Περιγραφή αρχείου" "Description of the file") ("Γλώσσα και κωδικοποίηση των πινάκων." "Language and encoding of the tables.") {
        id: ID must "Αναγνωριστικό" "Identifier";
        name: UNUSED "Πίνακας" "Table";
        language: UNUSED "Γλώσσα" "Language";
        character_set: UNUSED "Κωδικοποίηση" "Encoding";
    }
};
