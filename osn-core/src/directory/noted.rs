//! HSDS `metadata`: notes of what was changed in a record before it came here, and by whom. A name is personal data: the notes are
//! kept, and not published.

use std::sync::Arc;

use super::walk::{Walk, is_metadata};
use super::{Directory, DirectoryRecord, Location, Organization, Service, TaxonomyDescription, TaxonomyTerm};

/// A record that may carry HSDS `metadata`, in itself and in each of its parts.
pub trait Noted: Sized {
    /// Whether there is any.
    fn has_metadata(&self) -> bool;

    /// The record as everybody may read it.
    #[must_use]
    fn without_metadata(self) -> Self;
}

macro_rules! noted {
    ($($record:ident($name:ident)),* $(,)?) => {
        $(impl Noted for $name {
            fn has_metadata(&self) -> bool {
                let mut has = false;
                self.walk(&mut Vec::new(), &mut |path, _| has |= path.iter().any(|field| is_metadata(field)));
                has
            }

            fn without_metadata(mut self) -> Self {
                self.drop_metadata();
                self
            }
        })*

        impl Noted for DirectoryRecord {
            fn has_metadata(&self) -> bool {
                match self {
                    $(Self::$record(record) => record.has_metadata(),)*
                }
            }

            fn without_metadata(self) -> Self {
                match self {
                    $(Self::$record(record) => Self::$record(record.without_metadata()),)*
                }
            }
        }
    };
}

noted!(
    Taxonomy(TaxonomyDescription),
    TaxonomyTerm(TaxonomyTerm),
    Organization(Organization),
    Location(Location),
    Service(Service),
);

impl Directory {
    /// The mapping as everybody may read it: no record of it carries HSDS `metadata`. Nothing where none does. Records without any
    /// are shared with this one.
    pub fn without_metadata(&self) -> Option<Self> {
        let has_some = self.services().any(Noted::has_metadata)
            || self.locations().any(Noted::has_metadata)
            || self.organizations().any(Noted::has_metadata)
            || self.all_terms().any(Noted::has_metadata)
            || self.taxonomies().any(Noted::has_metadata);
        if !has_some {
            return None;
        }
        let mut told = self.clone();
        let service = |service: &Service| service.has_metadata().then(|| service.clone().without_metadata());
        told.services = Arc::new(self.services.told(service));
        Arc::make_mut(&mut told.locations)
            .values_mut()
            .for_each(Walk::drop_metadata);
        Arc::make_mut(&mut told.organizations)
            .values_mut()
            .for_each(Walk::drop_metadata);
        told.terms.values_mut().for_each(Walk::drop_metadata);
        told.other_terms.values_mut().for_each(Walk::drop_metadata);
        told.taxonomies.values_mut().for_each(Walk::drop_metadata);
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::directory::{Metadata, Phone, ServiceStatus, TermCode};
    use crate::id::{OrganizationId, ServiceId, TermId};
    use crate::lang::LocalText;
    use crate::time::Instant;

    fn notes() -> Vec<Metadata> {
        let text = |text: &str| text.to_owned();
        let day = "2022-05-20".parse().unwrap();
        vec![Metadata::new(
            Uuid::from_u128(1),
            day,
            text("update"),
            text("name"),
            text("a"),
            text("b"),
            text("Ann Persona"),
        )]
    }

    /// A service whose telephone was changed by somebody, in a mapping with a term and a place of which the same is said.
    fn noted() -> (Service, Directory) {
        let mut service = Service::new(
            ServiceId::new(Uuid::from_u128(2)),
            OrganizationId::new(Uuid::from_u128(3)),
            LocalText::new("Σίτιση", "Meals"),
            ServiceStatus::Active,
        );
        service.phones = vec![Phone {
            metadata: notes(),
            ..Phone::new(Uuid::from_u128(4), "2105200000".into())
        }];
        let term = TaxonomyTerm {
            metadata: notes(),
            ..TaxonomyTerm::new(
                TermId::new(Uuid::from_u128(5)),
                TermCode::new("food"),
                crate::directory::Taxonomy::Category,
                LocalText::new("Τρόφιμα", "Food"),
            )
        };
        let mut place = Location::new(
            crate::id::LocationId::new(Uuid::from_u128(6)),
            crate::directory::LocationType::Physical,
        );
        place.metadata = notes();
        let records = [
            DirectoryRecord::TaxonomyTerm(term),
            DirectoryRecord::Location(place),
            DirectoryRecord::Service(service.clone()),
        ];
        (service, Directory::new(Instant::default(), records))
    }

    #[test]
    fn no_part_of_a_record_says_who_changed_it() {
        let (service, _) = noted();
        assert!(service.has_metadata());
        let told = service.clone().without_metadata();
        assert!(!told.has_metadata());
        assert_eq!(told.phones.len(), 1, "nothing else is lost");
        assert_eq!((&told.name, told.status), (&service.name, service.status));
        assert_eq!(told.clone().without_metadata(), told);
    }

    #[test]
    fn nor_does_any_record_of_a_mapping() {
        let (_, directory) = noted();
        let told = directory.without_metadata().unwrap();
        assert_eq!(told.len(), directory.len());
        assert!(told.records().all(|record| !record.has_metadata()));
        assert!(
            directory.records().all(|record| record.has_metadata()),
            "the mapping keeps them"
        );
        assert!(told.without_metadata().is_none());
    }
}
