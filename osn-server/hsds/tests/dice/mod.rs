//! Records in which every field says something now and then: what a round trip must carry.

use osn_core::directory::{
    Accessibility, Address, AddressType, Attribute, Contact, CostOption, DirectoryRecord, ExtentType, Frequency,
    Funding, Language, Location, LocationType, Marking, Metadata, Mode, Organization, OrganizationIdentifier,
    OrganizationKind, Phone, RequiredDocument, Schedule, Service, ServiceArea, ServiceAtLocation, ServiceCapacity,
    ServiceProgram, ServiceStatus, Taxonomy, TaxonomyDescription, TaxonomyTerm, TermCode, Unit, Updated, Uri, Url,
    Weekday, Whereabouts,
};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TaxonomyId, TermId};
use osn_core::lang::LocalText;
use uuid::Uuid;

/// A source of choices, the same for the same seed (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()].clone()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| make(self))
    }

    fn some<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(3)).map(|_| make(self)).collect()
    }

    fn uuid(&mut self) -> Uuid {
        Uuid::from_u128((u128::from(self.roll()) << 64) | u128::from(self.roll()))
    }

    fn word(&mut self) -> String {
        let words = [
            "Σίτιση",
            "ώρες",
            "<b>",
            "=1+1",
            "a\nb",
            "وجبات",
            "name",
            "\"x\"",
            "0",
            "ά",
        ];
        let mut word: String = self.one(&words).to_owned();
        word.push_str(&self.below(99).to_string());
        word
    }

    fn text(&mut self) -> LocalText {
        let langs: &[&str] = self.one(&[&["el"][..], &["el", "en"], &["en"], &["ar", "el", "en"], &["fr"]]);
        langs.iter().map(|lang| (*lang, self.word())).collect()
    }

    fn text_or_none(&mut self) -> LocalText {
        self.maybe(Self::text).unwrap_or_default()
    }

    fn uri(&mut self) -> Uri {
        Uri::new(format!("https://example.org/{}", self.word()))
    }

    fn day(&mut self) -> chrono::NaiveDate {
        chrono::NaiveDate::from_num_days_from_ce_opt(730_000 + i32::try_from(self.below(20_000)).unwrap()).unwrap()
    }

    fn number(&mut self) -> osn_core::directory::Number {
        let (whole, part) = (self.below(90), self.below(1_000_000));
        format!("{whole}.{part:06}").parse().unwrap()
    }

    fn small(&mut self) -> u32 {
        u32::try_from(self.below(1000)).unwrap()
    }

    fn metadata(&mut self) -> Metadata {
        let id = self.uuid();
        let (day, words) = (self.day(), [(); 5].map(|()| self.word()));
        let [what, field, before, after, by] = words;
        Metadata {
            resource_id: self.maybe(Self::uuid),
            resource_type: self.maybe(Self::word),
            ..Metadata::new(id, day, what, field, before, after, by)
        }
    }

    fn attribute(&mut self, terms: &[TermId]) -> Attribute {
        Attribute {
            link_type: self.maybe(|dice| {
                dice.one(&["service_type", "eligibility", "area", "cost", "other"])
                    .to_owned()
            }),
            link_entity: self.maybe(Self::word),
            taxonomy_term_id: self.maybe(|dice| dice.one(terms)),
            value: self.text_or_none(),
            label: self.text_or_none(),
            metadata: self.some(Self::metadata),
            ..Attribute::new(self.uuid())
        }
    }
}

/// Fills the two lists that every entity has.
macro_rules! whole {
    ($dice:ident, $entity:expr) => {{
        let mut entity = $entity;
        entity.attributes = $dice.some(|dice| dice.attribute(&terms()));
        entity.metadata = $dice.some(Dice::metadata);
        entity
    }};
}

const OTHER: u128 = 700;

fn terms() -> Vec<TermId> {
    (0..6)
        .map(|number| TermId::new(Uuid::from_u128(500 + number)))
        .collect()
}

/// Two terms of each ruled taxonomy but the groups, which have one; one of another taxonomy, without a code of its own.
fn term_records(dice: &mut Dice) -> Vec<DirectoryRecord> {
    let other = Taxonomy::Other(TaxonomyId::new(Uuid::from_u128(OTHER)));
    let ids = terms();
    let rows = [
        (0, "food", Taxonomy::Category, None),
        (1, "food.meals", Taxonomy::Category, Some("food")),
        (2, "homeless", Taxonomy::BeneficiaryGroup, None),
        (3, "city", Taxonomy::Area, None),
        (4, "city.1", Taxonomy::Area, Some("city")),
        (5, "", other, None),
    ];
    let make = |(at, code, taxonomy, parent): (usize, &str, Taxonomy, Option<&str>)| {
        let code = if code.is_empty() {
            TermCode::of_id(ids[at])
        } else {
            TermCode::new(code)
        };
        TaxonomyTerm {
            description: dice.text_or_none(),
            parent: parent.map(TermCode::new),
            aliases: dice.some(Dice::word),
            language: dice.maybe(|_| "ell".to_owned()),
            term_uri: dice.maybe(Dice::uri),
            metadata: dice.some(Dice::metadata),
            ..TaxonomyTerm::new(ids[at], code, taxonomy, dice.text())
        }
    };
    rows.map(make).map(DirectoryRecord::TaxonomyTerm).into()
}

fn taxonomy_records(dice: &mut Dice) -> Vec<DirectoryRecord> {
    let other = TaxonomyId::new(Uuid::from_u128(OTHER));
    let mut all = vec![TaxonomyDescription::new(other, Taxonomy::Other(other), dice.text())];
    if dice.below(2) == 0 {
        let id = TaxonomyId::new(dice.uuid());
        all.push(TaxonomyDescription::new(id, Taxonomy::Category, dice.text()));
    }
    for taxonomy in &mut all {
        taxonomy.description = dice.text_or_none();
        taxonomy.uri = dice.maybe(Dice::uri);
        taxonomy.version = dice.maybe(Dice::word);
        taxonomy.metadata = dice.some(Dice::metadata);
    }
    all.into_iter().map(DirectoryRecord::Taxonomy).collect()
}

fn language(dice: &mut Dice) -> Language {
    whole!(
        dice,
        Language {
            name: dice.text_or_none(),
            code: dice.maybe(|dice| dice.one(&["el", "ar", "uk"]).to_owned()),
            note: dice.text_or_none(),
            ..Language::new(dice.uuid())
        }
    )
}

fn phone(dice: &mut Dice) -> Phone {
    whole!(
        dice,
        Phone {
            extension: dice.maybe(Dice::small),
            phone_type: dice.maybe(|_| "voice".to_owned()),
            description: dice.text_or_none(),
            languages: dice.some(language),
            ..Phone::new(dice.uuid(), "+30 210 000".to_owned())
        }
    )
}

fn contact(dice: &mut Dice) -> Contact {
    whole!(
        dice,
        Contact {
            name: dice.text_or_none(),
            title: dice.text_or_none(),
            department: dice.text_or_none(),
            email: dice.maybe(|_| "a@example.org".to_owned()),
            phones: dice.some(phone),
            ..Contact::new(dice.uuid())
        }
    )
}

fn schedule(dice: &mut Dice) -> Schedule {
    let time =
        |dice: &mut Dice| chrono::NaiveTime::from_hms_opt(u32::try_from(dice.below(24)).unwrap(), 30, 0).unwrap();
    whole!(
        dice,
        Schedule {
            valid_from: dice.maybe(Dice::day),
            valid_to: dice.maybe(Dice::day),
            dtstart: dice.maybe(Dice::day),
            timezone: dice.maybe(Dice::number),
            until: dice.maybe(Dice::day),
            count: dice.maybe(Dice::small),
            wkst: dice.maybe(|_| Weekday::Mo),
            freq: dice.maybe(|dice| dice.one(&[Frequency::Weekly, Frequency::Monthly])),
            interval: dice.maybe(Dice::small),
            byday: dice.maybe(|dice| dice.one(&["MO,TU,WE", "1MO"]).to_owned()),
            byweekno: dice.maybe(|_| "1,2".to_owned()),
            bymonthday: dice.maybe(|_| "-1".to_owned()),
            byyearday: dice.maybe(|_| "100".to_owned()),
            description: dice.text_or_none(),
            opens_at: dice.maybe(time),
            closes_at: dice.maybe(time),
            schedule_link: dice.maybe(Dice::uri),
            attending_type: dice.text_or_none(),
            notes: dice.text_or_none(),
            public_holidays: dice.maybe(|dice| dice.below(2) == 0),
            ..Schedule::new(dice.uuid())
        }
    )
}

fn area(dice: &mut Dice) -> ServiceArea {
    whole!(
        dice,
        ServiceArea {
            name: dice.text_or_none(),
            description: dice.text_or_none(),
            extent: dice.maybe(Dice::word),
            extent_type: dice.maybe(|_| ExtentType::Geojson),
            uri: dice.maybe(Dice::word),
            ..ServiceArea::new(dice.uuid())
        }
    )
}

fn address(dice: &mut Dice) -> Address {
    whole!(
        dice,
        Address {
            attention: dice.maybe(Dice::word),
            address_1: dice.maybe(Dice::word),
            address_2: dice.maybe(Dice::word),
            city: dice.maybe(Dice::word),
            region: dice.maybe(Dice::word),
            state_province: dice.maybe(Dice::word),
            postal_code: dice.maybe(|_| "105 53".to_owned()),
            country: dice.maybe(|_| "GR".to_owned()),
            address_type: dice.maybe(|dice| dice.one(&[AddressType::Physical, AddressType::Postal])),
            ..Address::new(dice.uuid())
        }
    )
}

fn funding(dice: &mut Dice) -> Funding {
    whole!(
        dice,
        Funding {
            source: dice.text_or_none(),
            ..Funding::new(dice.uuid())
        }
    )
}

fn url(dice: &mut Dice) -> Url {
    whole!(
        dice,
        Url {
            label: dice.text_or_none(),
            ..Url::new(dice.uuid(), dice.uri())
        }
    )
}

fn capacity(dice: &mut Dice) -> ServiceCapacity {
    let unit = whole!(
        dice,
        Unit {
            scheme: dice.maybe(Dice::word),
            identifier: dice.maybe(Dice::word),
            uri: dice.maybe(Dice::uri),
            ..Unit::new(dice.uuid(), dice.text())
        }
    );
    let updated = match dice.below(2) {
        0 => Updated::Day(dice.day()),
        _ => Updated::Moment("2024-09-25T00:00:00.5+01:00".parse().unwrap()),
    };
    whole!(
        dice,
        ServiceCapacity {
            maximum: dice.maybe(Dice::small),
            description: dice.text_or_none(),
            ..ServiceCapacity::new(dice.uuid(), dice.small(), unit, updated)
        }
    )
}

fn marking(dice: &mut Dice) -> Marking {
    dice.one(&[Marking::Sourced, Marking::Verify])
}

pub(crate) fn location(dice: &mut Dice, id: LocationId, organization: OrganizationId) -> Location {
    let kind = dice.one(&[LocationType::Physical, LocationType::Postal, LocationType::Virtual]);
    let mut location = Location::new(id, kind);
    location.organization_id = Some(organization);
    location.name = dice.text_or_none();
    location.alternate_name = dice.text_or_none();
    location.description = dice.text_or_none();
    location.url = dice.maybe(Dice::uri);
    location.languages = dice.some(language);
    location.contacts = dice.some(contact);
    location.accessibility = dice.some(|dice| {
        whole!(
            dice,
            Accessibility {
                description: dice.text_or_none(),
                details: dice.text_or_none(),
                url: dice.maybe(Dice::uri),
                ..Accessibility::new(dice.uuid())
            }
        )
    });
    location.phones = dice.some(phone);
    location.schedules = dice.some(schedule);
    location.address_note = dice.text_or_none();
    location.protected = dice.below(3) == 0;
    location.marking = marking(dice);
    let mut location = whole!(dice, location);
    if location.protected {
        // Neither words beside an address nor what a field said before.
        location.address_note = LocalText::NONE;
        location.metadata = Vec::new();
        return location;
    }
    let whereabouts = Whereabouts {
        area: dice.maybe(|dice| TermCode::new(dice.one(&["city", "city.1"]))),
        addresses: dice.some(address),
        latitude: dice.maybe(Dice::number),
        longitude: dice.maybe(Dice::number),
        transportation: dice.text_or_none(),
        external_identifier: dice.maybe(Dice::word),
        external_identifier_type: dice.maybe(Dice::word),
    };
    location.at(whereabouts)
}

fn organization(dice: &mut Dice, id: OrganizationId) -> Organization {
    let program = |dice: &mut Dice| {
        whole!(
            dice,
            ServiceProgram {
                alternate_name: dice.text_or_none(),
                description: dice.text_or_none(),
                ..ServiceProgram::new(dice.uuid(), dice.text())
            }
        )
    };
    let identifier = |dice: &mut Dice| {
        let (kind, number) = (dice.word(), dice.word());
        whole!(
            dice,
            OrganizationIdentifier {
                identifier_scheme: dice.maybe(Dice::word),
                ..OrganizationIdentifier::new(dice.uuid(), kind, number)
            }
        )
    };
    whole!(
        dice,
        Organization {
            kind: dice.maybe(|dice| dice.one(&[OrganizationKind::Ngo, OrganizationKind::Municipal])),
            alternate_name: dice.text_or_none(),
            email: dice.maybe(|_| "a@example.org".to_owned()),
            website: dice.maybe(Dice::uri),
            additional_websites: dice.some(url),
            tax_status: dice.maybe(Dice::word),
            tax_id: dice.maybe(Dice::word),
            year_incorporated: dice.maybe(|_| 1990),
            legal_status: dice.text_or_none(),
            logo: dice.maybe(Dice::word),
            uri: dice.maybe(Dice::uri),
            parent_organization_id: dice.maybe(|dice| OrganizationId::new(dice.uuid())),
            funding: dice.some(funding),
            contacts: dice.some(contact),
            phones: dice.some(phone),
            programs: dice.some(program),
            organization_identifiers: dice.some(identifier),
            source: dice.maybe(Dice::word),
            marking: marking(dice),
            ..Organization::new(id, dice.text(), dice.text_or_none())
        }
    )
}

/// The facts that the rules read.
fn typed(dice: &mut Dice, service: &mut Service) {
    let codes = |dice: &mut Dice, codes: &[&str]| -> Vec<TermCode> {
        let taken = usize::try_from(dice.below(codes.len() as u64 + 1)).unwrap();
        codes.iter().take(taken).map(|code| TermCode::new(*code)).collect()
    };
    let modes = [Mode::Place, Mode::Home, Mode::Remote, Mode::Street];
    service.categories = codes(dice, &["food", "food.meals"]);
    service.groups = dice.maybe(|dice| codes(dice, &["homeless"]));
    service.open_to_all = dice.below(2) == 0;
    service.minimum_age = dice.maybe(|_| 18);
    service.maximum_age = dice.maybe(|_| 67);
    service.areas = dice.maybe(|dice| codes(dice, &["city.1", "city"]));
    service.service_areas = dice.some(area);
    service.modes = dice.maybe(|dice| modes[..usize::try_from(dice.below(5)).unwrap()].to_vec());
    service.languages = dice.maybe(|dice| {
        ["el", "en"][..usize::try_from(dice.below(3)).unwrap()]
            .iter()
            .map(|code| (*code).to_owned())
            .collect()
    });
    service.language_notes = dice.some(language);
}

/// Texts about the service.
fn told(dice: &mut Dice, service: &mut Service) {
    service.interpretation_services = dice.text_or_none();
    service.application_process = dice.text_or_none();
    service.fees_description = dice.text_or_none();
    service.wait_time = dice.text_or_none();
    service.fees = dice.text_or_none();
    service.accreditations = dice.text_or_none();
    service.eligibility_description = dice.text_or_none();
    service.licenses = dice.text_or_none();
    service.alert = dice.text_or_none();
}

fn service(dice: &mut Dice, body: &Organization, places: &[LocationId]) -> Service {
    let link = |dice: &mut Dice, place: LocationId| {
        whole!(
            dice,
            ServiceAtLocation {
                description: dice.text_or_none(),
                service_areas: dice.some(area),
                contacts: dice.some(contact),
                phones: dice.some(phone),
                schedules: dice.some(schedule),
                ..ServiceAtLocation::new(dice.uuid(), place)
            }
        )
    };
    let cost = |dice: &mut Dice| {
        whole!(
            dice,
            CostOption {
                valid_from: dice.maybe(Dice::day),
                valid_to: dice.maybe(Dice::day),
                option: dice.text_or_none(),
                currency: dice.maybe(|_| "EUR".to_owned()),
                amount: dice.maybe(Dice::number),
                amount_description: dice.text_or_none(),
                ..CostOption::new(dice.uuid())
            }
        )
    };
    let paper = |dice: &mut Dice| {
        whole!(
            dice,
            RequiredDocument {
                document: dice.text_or_none(),
                uri: dice.maybe(Dice::uri),
                ..RequiredDocument::new(dice.uuid())
            }
        )
    };
    let status = dice.one(&[
        ServiceStatus::Active,
        ServiceStatus::TemporarilyClosed,
        ServiceStatus::Defunct,
    ]);
    let program = body.programs.first().map(|program| program.id);
    let mut service = Service::new(ServiceId::new(dice.uuid()), body.id, dice.text(), status);
    service.program_id = dice.maybe(|_| program).flatten();
    service.alternate_name = dice.text_or_none();
    service.description = dice.text_or_none();
    service.url = dice.maybe(Dice::uri);
    service.additional_urls = dice.some(url);
    service.email = dice.maybe(|_| "a@example.org".to_owned());
    told(dice, &mut service);
    typed(dice, &mut service);
    service.service_at_locations = places.iter().map(|place| link(dice, *place)).collect();
    service.schedules = dice.some(schedule);
    service.capacities = dice.some(capacity);
    service.free_of_charge = dice.maybe(|dice| dice.below(2) == 0);
    service.cost_options = dice.some(cost);
    service.funding = dice.some(funding);
    service.required_documents = dice.some(paper);
    service.contacts = dice.some(contact);
    service.phones = dice.some(phone);
    service.assured_date = dice.maybe(Dice::day);
    service.assurer_email = dice.maybe(|_| "a@example.org".to_owned());
    service.source = dice.maybe(Dice::word);
    service.marking = marking(dice);
    whole!(dice, service)
}

/// A small directory: taxonomies, terms, a body with two places and two services.
pub(crate) fn records(seed: u64) -> Vec<DirectoryRecord> {
    let dice = &mut Dice(seed);
    let mut all = taxonomy_records(dice);
    all.extend(term_records(dice));
    let body = organization(dice, OrganizationId::new(Uuid::from_u128(1)));
    let places = [2, 3].map(|number| LocationId::new(Uuid::from_u128(number)));
    let located: Vec<_> = places.iter().map(|id| location(dice, *id, body.id)).collect();
    let services: Vec<_> = [&places[..], &places[..1]]
        .map(|places| service(dice, &body, places))
        .into();
    all.push(DirectoryRecord::Organization(body));
    all.extend(located.into_iter().map(DirectoryRecord::Location));
    all.extend(services.into_iter().map(DirectoryRecord::Service));
    all
}
