//! Likely duplicates in the mapping: pairs of records that look like one, with a score and the reasons for it.
//!
//! Nothing is merged here: a person looks and decides. Pairs are looked for only among records that share something
//! telling (the sound of a name, a place, a telephone), so that a large mapping is walked once and not squared.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::directory::{Address, Directory, Location, Organization, Phone, Service, Uri};
use crate::lang::LocalText;
use crate::text::fold::fold;
use crate::text::phonetic::phonetic;
use crate::text::stem::stem;
use crate::upkeep::RecordKind;

/// The score from which a pair is shown. The name of a body is nearly all that tells it; services and places of one
/// name are many.
const fn shown_from(kind: RecordKind) -> u32 {
    match kind {
        RecordKind::Organization => 50,
        RecordKind::Location | RecordKind::Service => 65,
    }
}

/// A word that more records share says nothing about any two of them.
const COMMON_WORD: usize = 40;
/// Digits of a telephone number that tell it apart, counted from its end.
const PHONE_DIGITS: usize = 10;

/// Why two records look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateReason {
    /// The names are the same, apart from accents, case and spelling that sounds alike.
    SameName,
    /// The names share most of their words.
    NearName,
    /// The same body.
    SameBody,
    /// The same place.
    SamePlace,
    /// The same telephone.
    SamePhone,
    /// The same site or mailbox.
    SameSite,
    /// The same categories.
    SameCategories,
}

impl DuplicateReason {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameName => "same-name",
            Self::NearName => "near-name",
            Self::SameBody => "same-body",
            Self::SamePlace => "same-place",
            Self::SamePhone => "same-phone",
            Self::SameSite => "same-site",
            Self::SameCategories => "same-categories",
        }
    }

    /// What the reason adds to the score.
    pub const fn weight(self) -> u32 {
        match self {
            Self::SameName => 50,
            Self::NearName => 35,
            Self::SamePhone => 25,
            Self::SameBody | Self::SamePlace | Self::SameSite => 20,
            Self::SameCategories => 10,
        }
    }
}

/// Two records that look like one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LikelyDuplicate {
    /// Their kind.
    pub kind: RecordKind,
    /// The one with the smaller identifier, which is usually the older.
    pub one: Uuid,
    /// The other.
    pub other: Uuid,
    /// The sum of the reasons' weights.
    pub score: u32,
    /// The reasons.
    pub reasons: Vec<DuplicateReason>,
}

/// What is compared of a record.
#[derive(Debug, Default)]
struct Traits {
    id: Uuid,
    sound: String,
    words: BTreeSet<String>,
    body: Option<Uuid>,
    places: BTreeSet<String>,
    phones: BTreeSet<String>,
    sites: BTreeSet<String>,
    categories: BTreeSet<String>,
}

impl Traits {
    fn named(id: Uuid, name: &LocalText) -> Self {
        let name = name.get("el");
        Self {
            id,
            sound: phonetic(name),
            words: fold(name)
                .split(' ')
                .filter(|word| word.chars().count() > 2)
                .map(stem)
                .collect(),
            ..Self::default()
        }
    }

    /// What another record must share with this one to be looked at beside it.
    fn keys(&self) -> impl Iterator<Item = String> + '_ {
        let tagged = |tag: &'static str| move |value: &String| format!("{tag}:{value}");
        std::iter::once(format!("sound:{}", self.sound))
            .chain(self.words.iter().map(tagged("word")))
            .chain(self.places.iter().map(tagged("place")))
            .chain(self.phones.iter().map(tagged("phone")))
            .chain(self.sites.iter().map(tagged("site")))
    }

    fn reasons(&self, other: &Self) -> Vec<DuplicateReason> {
        let share = |one: &BTreeSet<String>, two: &BTreeSet<String>| one.intersection(two).next().is_some();
        let mut reasons = Vec::new();
        let common = self.words.intersection(&other.words).count().saturating_mul(2);
        let all = self.words.len().saturating_add(other.words.len());
        if self.sound == other.sound && !self.sound.is_empty() {
            reasons.push(DuplicateReason::SameName);
        } else if common.saturating_mul(100) >= all.saturating_mul(70) && common > 0 {
            reasons.push(DuplicateReason::NearName);
        }
        for (holds, reason) in [
            (
                self.body.is_some() && self.body == other.body,
                DuplicateReason::SameBody,
            ),
            (share(&self.places, &other.places), DuplicateReason::SamePlace),
            (share(&self.phones, &other.phones), DuplicateReason::SamePhone),
            (share(&self.sites, &other.sites), DuplicateReason::SameSite),
            (
                !self.categories.is_empty() && self.categories == other.categories,
                DuplicateReason::SameCategories,
            ),
        ] {
            if holds {
                reasons.push(reason);
            }
        }
        reasons
    }
}

/// Pairs of records of a kind that look like one, the likeliest first. A pair without a name in common is none: two
/// services of one body at one place are its ordinary work.
pub fn likely_duplicates(directory: &Directory, kind: RecordKind) -> Vec<LikelyDuplicate> {
    let traits = match kind {
        RecordKind::Organization => organizations(directory),
        RecordKind::Location => locations(directory),
        RecordKind::Service => services(directory),
    };
    let mut blocks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, one) in traits.iter().enumerate() {
        for key in one.keys() {
            blocks.entry(key).or_default().push(at);
        }
    }
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    for members in blocks.into_values().filter(|members| members.len() <= COMMON_WORD) {
        for (index, one) in members.iter().enumerate() {
            pairs.extend(members.iter().skip(index.saturating_add(1)).map(|other| (*one, *other)));
        }
    }
    let looked_at = |(one, other): (usize, usize)| {
        let (one, other) = (traits.get(one)?, traits.get(other)?);
        let reasons = one.reasons(other);
        let named = reasons
            .iter()
            .any(|reason| matches!(reason, DuplicateReason::SameName | DuplicateReason::NearName));
        let score = reasons.iter().map(|reason| reason.weight()).sum();
        (named && score >= shown_from(kind)).then(|| LikelyDuplicate {
            kind,
            one: one.id.min(other.id),
            other: one.id.max(other.id),
            score,
            reasons,
        })
    };
    let mut found: Vec<LikelyDuplicate> = pairs.into_iter().filter_map(looked_at).collect();
    found.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.one, pair.other));
    found
}

fn organizations(directory: &Directory) -> Vec<Traits> {
    let of = |body: &Organization| Traits {
        phones: phones(&body.phones),
        sites: sites(body.website.as_ref(), body.email.as_deref()),
        body: body.parent_organization_id.map(crate::id::OrganizationId::uuid),
        ..Traits::named(body.id.uuid(), &body.name)
    };
    directory.organizations().map(of).collect()
}

fn locations(directory: &Directory) -> Vec<Traits> {
    let of = |place: &Location| Traits {
        phones: phones(&place.phones),
        body: place.organization_id.map(crate::id::OrganizationId::uuid),
        places: place.whereabouts().addresses.iter().filter_map(street).collect(),
        ..Traits::named(place.id.uuid(), &place.name)
    };
    directory.locations().map(of).collect()
}

fn services(directory: &Directory) -> Vec<Traits> {
    let of = |service: &Service| Traits {
        phones: phones(&service.phones),
        sites: sites(service.url.as_ref(), service.email.as_deref()),
        body: Some(service.organization_id.uuid()),
        places: service.locations().map(|place| place.to_string()).collect(),
        categories: service.categories.iter().map(ToString::to_string).collect(),
        ..Traits::named(service.id.uuid(), &service.name)
    };
    directory.services().map(of).collect()
}

fn phones(phones: &[Phone]) -> BTreeSet<String> {
    let numbers = phones.iter().map(|phone| digits(&phone.number));
    numbers.filter(|digits| digits.len() >= PHONE_DIGITS).collect()
}

fn sites(url: Option<&Uri>, mail: Option<&str>) -> BTreeSet<String> {
    let url = url.map(|url| site(url.as_str()));
    url.into_iter().chain(mail.map(str::to_lowercase)).collect()
}

fn street(address: &Address) -> Option<String> {
    let line = phonetic(address.address_1.as_deref()?);
    Some(format!(
        "{line} {}",
        digits(address.postal_code.as_deref().unwrap_or_default())
    ))
}

fn digits(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(PHONE_DIGITS);
    digits.into_iter().skip(from).collect()
}

fn site(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    bare.trim_start_matches("www.").trim_end_matches('/').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{DirectoryRecord, OrganizationKind, ServiceStatus, TermCode};
    use crate::id::{OrganizationId, ServiceId};

    fn uuid(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn body(number: u128, name: &str, phone: &str) -> DirectoryRecord {
        let id = OrganizationId::new(uuid(number));
        DirectoryRecord::Organization(Organization {
            kind: Some(OrganizationKind::Example),
            phones: vec![Phone::new(uuid(number.saturating_add(1000)), phone.to_owned())],
            ..Organization::new(id, LocalText::new(name, name), LocalText::new("Κάτι", "Something"))
        })
    }

    fn service(number: u128, of: u128, name: &str) -> DirectoryRecord {
        let id = ServiceId::new(uuid(number));
        let of = OrganizationId::new(uuid(of));
        DirectoryRecord::Service(Service {
            categories: vec![TermCode::new("food")],
            ..Service::new(id, of, LocalText::new(name, name), ServiceStatus::Active)
        })
    }

    fn found(kind: RecordKind, records: Vec<DirectoryRecord>) -> Vec<String> {
        let directory = Directory::new(crate::time::Instant::default(), records);
        let pairs = likely_duplicates(&directory, kind);
        let names = |pair: &LikelyDuplicate| {
            pair.reasons
                .iter()
                .map(|reason| reason.name())
                .collect::<Vec<_>>()
                .join(" ")
        };
        pairs
            .iter()
            .map(|pair| {
                format!(
                    "{}+{} {} {}",
                    pair.one.as_u128(),
                    pair.other.as_u128(),
                    pair.score,
                    names(pair)
                )
            })
            .collect()
    }

    #[test]
    fn bodies_of_one_name_or_one_telephone_and_a_near_name() {
        let bodies = vec![
            body(1, "Κέντρο Ημέρας Ψυρρή", "210 111 1111"),
            body(2, "ΚΕΝΤΡΟ ΗΜΕΡΑΣ ΨΥΡΗ", "+30 2101111112"),
            body(3, "Κέντρο Ημέρας Πατησίων", "210 333 3333"),
            body(4, "Κέντρο Ημέρας Πατησίων Αλληλεγγύη", "(210) 3333333"),
            body(5, "Ιατρείο", "210 333 3333"),
        ];
        assert_eq!(
            found(RecordKind::Organization, bodies),
            ["3+4 60 near-name same-phone", "1+2 50 same-name"]
        );
    }

    #[test]
    fn services_of_one_body_are_alike_only_with_one_name() {
        let services = vec![
            service(1, 10, "Συσσίτιο"),
            service(2, 10, "Συσσίτια"),
            service(3, 11, "Συσσίτιο"),
            service(4, 10, "Κοινωνικό παντοπωλείο"),
        ];
        assert_eq!(
            found(RecordKind::Service, services),
            ["1+2 65 near-name same-body same-categories"]
        );
    }
}
