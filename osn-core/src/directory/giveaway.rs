//! Whether words tell where a place is: what a protected place must not do in any of its texts.
//!
//! Only what can be recognised without knowing the town is: a street with its number, a postal code, coordinates, a map, and a
//! street that the place is known to have stood in. Words like "behind the station" are for the people who read the record.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::walk::{Met, Walk, each_text};
use super::{Directory, Location, LocationFields, Service, Whereabouts};
use crate::id::LocationId;
use crate::lang::LocalText;
use crate::text::fold;

/// Fields of a place that say where it is, and the notes of what a field said before.
pub const WHEREABOUTS: [&str; 9] = [
    "area",
    "addresses",
    "latitude",
    "longitude",
    "transportation",
    "external_identifier",
    "external_identifier_type",
    "address_note",
    "metadata",
];

/// Words that stand before the name of a street or a square, as [`fold`] writes them.
const BEFORE: [&str; 9] = [
    "οδοσ",
    "οδου",
    "οδο",
    "λεωφοροσ",
    "λεωφορου",
    "λεωφορο",
    "λεωφ",
    "πλατεια",
    "πλατειασ",
];
/// Words that stand behind it.
const BEHIND: [&str; 5] = ["street", "str", "avenue", "ave", "square"];
/// The most words between such a word and the number of the house.
const NAME: usize = 3;
/// Addresses of sites that show a place on a map.
const MAPS: [&str; 7] = [
    "goo.gl/maps",
    "maps.app.goo.gl",
    "google.com/maps",
    "maps.google.",
    "maps.apple.com",
    "openstreetmap.org",
    "osm.org",
];
/// Decimals of a degree from which two numbers are a place: ten metres. With fewer they may be prices.
const DECIMALS: usize = 4;
/// Letters of a street's name from which it is looked for by itself: shorter ones are words like any.
const LETTERS: usize = 4;

impl Location {
    /// The first lines of its addresses, whether it is protected or not; whoever protects a place looks for them in its texts.
    pub fn streets(&self) -> Vec<String> {
        let addresses = self.whereabouts().addresses.iter();
        addresses.filter_map(|address| address.address_1.clone()).collect()
    }

    /// The place as it is told once it is protected, whatever it said before: nothing of where it is, no remark beside the address,
    /// no notes of what a field said, and no field of which some words tell where it is ([`giveaways`]).
    #[must_use]
    pub fn hidden(mut self, former: &[String]) -> Self {
        let known: Vec<String> = former.iter().cloned().chain(self.streets()).collect();
        self.protected = true;
        self = self.at(Whereabouts::default());
        self.address_note = LocalText::default();
        self.metadata = Vec::new();
        let telling = giveaways(&self, &known);
        let mut place = LocationFields::from(self);
        for field in &telling {
            place.blank(first(field));
        }
        place.into()
    }
}

impl Directory {
    /// The fields of a service, with dots, whose words name a street at which one of its hidden places stands or once stood; each
    /// once. A street at which another place of it stands openly it may name, as it may any other address: people apply at offices.
    pub fn streets_named(&self, service: &Service, is_hidden: impl Fn(LocationId) -> bool) -> Vec<String> {
        fields(self.naming_streets(service, is_hidden))
    }

    /// The same, each with the part of the service in which it stands.
    pub(super) fn naming_streets(&self, service: &Service, is_hidden: impl Fn(LocationId) -> bool) -> Vec<Telling> {
        let (hidden, open): (Vec<LocationId>, Vec<LocationId>) =
            service.locations().partition(|place| is_hidden(*place));
        let names = |addresses: Vec<String>| addresses.into_iter().filter_map(|address| street(&address));
        let mut streets: BTreeSet<String> = hidden
            .into_iter()
            .flat_map(|place| names(self.streets_of(place)))
            .collect();
        if streets.is_empty() {
            return Vec::new();
        }
        for place in open.into_iter().filter_map(|place| self.location(place)) {
            for street in names(place.streets()) {
                streets.remove(&street);
            }
        }
        telling(service, |text| {
            let key = fold(text);
            streets.iter().any(|street| says(&key, street))
        })
    }
}

impl Service {
    /// The same without what shows where its hidden places are: shapes of areas served from there, and fields whose words name a
    /// street of theirs ([`Directory::streets_named`]); nothing when it says none of it.
    pub fn without_whereabouts(&self, directory: &Directory, is_hidden: impl Fn(LocationId) -> bool) -> Option<Self> {
        let shapeless = self.without_shapes_of(&is_hidden);
        let fields = directory.streets_named(self, &is_hidden);
        if fields.is_empty() {
            return shapeless;
        }
        let mut service = shapeless.unwrap_or_else(|| self.clone());
        for field in &fields {
            match (first(field), field.split_once('.')) {
                ("name", _) => service.name = LocalText::NONE,
                // It is offered there all the same.
                ("service_at_locations", Some((_, inside))) => {
                    for link in &mut service.service_at_locations {
                        link.blank(first(inside));
                    }
                }
                (field, _) => service.blank(field),
            }
        }
        Some(service)
    }
}

/// The first step of the way to a field.
fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// The fields of a place, with dots, whose words tell where it is; each once. `former` are addresses at which it is known to be or
/// to have been, as they were written: their streets tell as much.
pub fn giveaways(place: &Location, former: &[String]) -> Vec<String> {
    fields(giving_away(place, former))
}

/// The same, each with the part of the place in which it stands.
pub(super) fn giving_away(place: &Location, former: &[String]) -> Vec<Telling> {
    let streets: Vec<String> = former.iter().filter_map(|address| street(address)).collect();
    telling(place, |text| tells(text, &streets))
}

/// A field whose words tell something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    /// The field, with dots.
    pub(super) field: String,
    /// The part of the record in which it stands.
    pub(super) part: Option<Uuid>,
}

/// The fields of a record of which some text tells something; each once.
fn telling(record: &impl Walk, tells: impl Fn(&str) -> bool) -> Vec<Telling> {
    let mut found: Vec<Telling> = Vec::new();
    each_text(record, |path, part, met| {
        let text = match met {
            Met::Prose(text) | Met::Line(text) => text,
            Met::Uri(uri) => uri.as_str(),
            Met::Part(_) => return,
        };
        if tells(text) {
            let field = path.join(".");
            let told = Telling { field, part };
            if !found.contains(&told) {
                found.push(told);
            }
        }
    });
    found
}

/// Their names, each once.
fn fields(told: Vec<Telling>) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for Telling { field, .. } in told {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

fn tells(text: &str, streets: &[String]) -> bool {
    if text.len() < LETTERS {
        return false;
    }
    let lower = text.to_lowercase();
    if MAPS.iter().any(|map| lower.contains(map)) || has_coordinates(text) {
        return true;
    }
    let key = fold(text);
    let words: Vec<&str> = key.split(' ').collect();
    has_street(&words) || has_postal_code(&words) || streets.iter().any(|street| says(&key, street))
}

/// Whether whole words stand in a text, one behind the other.
fn says(key: &str, words: &str) -> bool {
    format!(" {key} ").contains(&format!(" {words} "))
}

/// A street or a square with the number of a house.
fn has_street(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let after = words.iter().skip(at.saturating_add(1)).take(NAME);
        let before = words.iter().take(at).rev().take(NAME);
        (BEFORE.contains(word) && after.clone().any(|word| is_house_number(word)))
            || (BEHIND.contains(word) && after.take(1).chain(before).any(|word| is_house_number(word)))
    })
}

/// One to three digits, and a letter at most: 12, 12Α.
fn is_house_number(word: &str) -> bool {
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    let letters = word.chars().skip(digits);
    (1..=3).contains(&digits) && letters.clone().count() <= 1 && letters.clone().all(char::is_alphabetic)
}

/// "Τ.Κ. 104 36": five digits by themselves may be the number of a helpline.
fn has_postal_code(words: &[&str]) -> bool {
    let are_digits = |word: Option<&&str>, count: usize| {
        word.is_some_and(|word| word.len() == count && word.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_code = |from: usize| {
        let (one, next) = (words.get(from), words.get(from.saturating_add(1)));
        are_digits(one, 5) || (are_digits(one, 3) && are_digits(next, 2))
    };
    let named = |at: usize| match words.get(at).copied() {
        Some("τκ" | "tk" | "postcode") => Some(at.saturating_add(1)),
        Some("τ" | "t") if matches!(words.get(at.saturating_add(1)), Some(&("κ" | "k"))) => {
            Some(at.saturating_add(2))
        }
        Some("postal") if words.get(at.saturating_add(1)) == Some(&"code") => Some(at.saturating_add(2)),
        _ => None,
    };
    (0..words.len()).filter_map(named).any(is_code)
}

/// Two degrees, one beside the other.
fn has_coordinates(text: &str) -> bool {
    let numbers = text.split(|symbol: char| !symbol.is_ascii_digit() && symbol != '.');
    let degrees: Vec<bool> = numbers.filter(|number| !number.is_empty()).map(is_degree).collect();
    degrees.windows(2).any(|pair| pair == [true, true])
}

fn is_degree(number: &str) -> bool {
    number
        .split_once('.')
        .is_some_and(|(whole, part)| (1..=3).contains(&whole.len()) && part.len() >= DECIMALS && !part.contains('.'))
}

/// The name of the street in the first line of an address, folded: without its number and the word for a street. `None` where it
/// says no name that could be told from other words.
fn street(address: &str) -> Option<String> {
    let key = fold(address);
    let name: Vec<&str> = key
        .split(' ')
        .skip_while(|word| BEFORE.contains(word))
        .take_while(|word| !is_house_number(word) && !BEHIND.contains(word))
        .collect();
    let name = name.join(" ");
    (name.chars().count() >= LETTERS).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{
        Accessibility, Address, DirectoryRecord, LocationType, RequiredDocument, ServiceAtLocation, ServiceStatus,
    };
    use crate::id::{OrganizationId, ServiceId};

    const TELLING: [&str; 15] = [
        "Οδός Δοκιμής 12",
        "Είμαστε στην οδό Αγίου Δοκιμίου 14Α, πίσω από το πάρκο",
        "ΛΕΩΦ. ΔΟΚΙΜΗΣ 120",
        "Πλατεία Δοκιμής 3",
        "12 Dokimis Street",
        "Dokimis str. 12",
        "Τ.Κ. 104 36",
        "ΤΚ 10436, Αθήνα",
        "postal code 10436",
        "37.98381, 23.72754",
        "(37.98381 23.72754)",
        "Χάρτης: https://maps.app.goo.gl/abc",
        "https://www.openstreetmap.org/#map=19/37.98/23.72",
        "https://www.google.com/maps/place/somewhere",
        "στη Δοκιμίου, λίγο πιο πάνω",
    ];
    const SILENT: [&str; 14] = [
        "",
        "Καλέστε στο 15900, όλο το εικοσιτετράωρο",
        "210 520 0000",
        "Η οδός και ο αριθμός δεν δημοσιεύονται",
        "Η οδός δεν δημοσιεύεται. Τηλ. 210 5200000",
        "20 κλίνες, 8 δωμάτια",
        "Για γυναίκες 18 έως 65 ετών",
        "Δευτέρα έως Παρασκευή 9.00 - 14.30",
        "Από 1.500 έως 2.000 ευρώ",
        "Έκδοση 3.2.3, 12.05.2022",
        "Είσοδος με ράμπα, ασανσέρ 90 εκ.",
        "Ξενώνας 24 ωρών",
        "With a lift, two steps at the door",
        "Το δοκιμιούχο πρόγραμμα",
    ];

    #[test]
    fn what_tells_where_a_place_is_and_what_does_not() {
        let streets = [street("Οδός Δοκιμίου 7").unwrap()];
        for text in TELLING {
            assert!(tells(text, &streets), "{text}");
        }
        for text in SILENT {
            assert!(!tells(text, &streets), "{text}");
        }
        assert_eq!(street("28ης Οκτωβρίου 5"), Some("28ησ οκτωβριου".into()));
        assert_eq!(street("12 Dokimis Street"), None, "a number first: no name before it");
        assert_eq!(street("Ρω 3"), None);
    }

    #[test]
    fn each_field_is_named_once() {
        let mut place = Location::new(LocationId::new(Uuid::nil()), LocationType::Physical);
        place.protected = true;
        place.description = LocalText::new("Οδός Δοκιμής 12", "12 Dokimis Street");
        place.accessibility = vec![Accessibility {
            description: LocalText::new("Ράμπα από τη Δοκιμίου", ""),
            ..Accessibility::new(Uuid::nil())
        }];
        assert_eq!(giveaways(&place, &[]), ["description"]);
        let former = ["Δοκιμίου 7".to_owned()];
        assert_eq!(giveaways(&place, &former), ["description", "accessibility.description"]);
    }

    #[test]
    fn a_place_that_is_protected_from_now_on_says_nothing_of_before() {
        let mut place = Location::new(LocationId::new(Uuid::nil()), LocationType::Physical);
        place.name = LocalText::new("Ξενώνας", "Hostel");
        place.description = LocalText::new("Στη Δοκιμίου, με αυλή", "");
        place.accessibility = vec![Accessibility {
            description: LocalText::new("Ράμπα", ""),
            ..Accessibility::new(Uuid::nil())
        }];
        let address = Address {
            address_1: Some("Δοκιμίου 7".into()),
            ..Address::new(Uuid::nil())
        };
        let open = place.at(Whereabouts {
            addresses: vec![address],
            ..Whereabouts::default()
        });
        let hidden = open.clone().hidden(&[]);
        assert!(hidden.protected && !hidden.is_exposed());
        assert_eq!(giveaways(&hidden, &open.streets()), Vec::<String>::new());
        assert_eq!(hidden.description, LocalText::default());
        assert_eq!((&hidden.name, &hidden.accessibility), (&open.name, &open.accessibility));
    }

    #[test]
    fn a_service_names_no_street_of_its_hidden_places() {
        let place = |id: u128, street: &str, protected: bool| {
            let address = Address {
                address_1: Some(street.into()),
                ..Address::new(Uuid::from_u128(id))
            };
            let mut place = Location::new(LocationId::new(Uuid::from_u128(id)), LocationType::Physical);
            place.protected = protected;
            DirectoryRecord::Location(place.at(Whereabouts {
                addresses: vec![address],
                ..Whereabouts::default()
            }))
        };
        let (shelter, office) = (LocationId::new(Uuid::from_u128(1)), LocationId::new(Uuid::from_u128(2)));
        let directory = Directory::new(
            crate::time::Instant::default(),
            [place(1, "", true), place(2, "Γραφείου 3", false)],
        );
        let directory = directory.with_former_streets([(shelter, vec!["Δοκιμίου 7".into(), "Γραφείου 3".into()])]);
        let text = || LocalText::new("Στη Δοκιμίου", "");
        let link = |at: LocationId| ServiceAtLocation {
            description: text(),
            ..ServiceAtLocation::new(at.uuid(), at)
        };
        let (body, id) = (OrganizationId::new(Uuid::nil()), ServiceId::new(Uuid::nil()));
        let service = Service {
            description: text(),
            alert: text(),
            application_process: LocalText::new("Στο γραφείο, Γραφείου 3", ""),
            service_at_locations: vec![link(shelter), link(office)],
            required_documents: vec![RequiredDocument {
                document: text(),
                ..RequiredDocument::new(Uuid::nil())
            }],
            ..Service::new(id, body, LocalText::new("Στέγη", ""), ServiceStatus::Active)
        };
        let is_hidden = |place| place == shelter;
        assert_eq!(
            directory.streets_named(&service, is_hidden),
            [
                "description",
                "alert",
                "service_at_locations.description",
                "required_documents.document"
            ]
        );
        let told = service.without_whereabouts(&directory, is_hidden).unwrap();
        assert_eq!(directory.streets_named(&told, is_hidden), Vec::<String>::new());
        assert_eq!(
            (&told.name, &told.application_process),
            (&service.name, &service.application_process)
        );
        assert_eq!(told.locations().collect::<Vec<_>>(), [shelter, office]);
        // Where nothing is hidden, nothing is taken away.
        assert_eq!(service.without_whereabouts(&directory, |_| false), None);
    }
}
