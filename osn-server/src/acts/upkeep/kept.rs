//! The records that are kept up, of every kind: who answers for each, and when it was last confirmed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::directory::{Directory, DirectoryRecord, Location, Service, ServiceStatus};
use osn_core::id::OrganizationId;
use osn_core::lang::LocalText;
use osn_core::upkeep::RecordKind;
use uuid::Uuid;

use crate::acts::Acting;
use crate::refusal::Outcome;

/// The last day on which each record was confirmed.
pub(crate) type LastConfirmed = BTreeMap<(RecordKind, Uuid), NaiveDate>;

/// A record that its owner is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept<'d> {
    /// Its kind.
    pub(super) kind: RecordKind,
    /// Its identifier.
    pub(super) id: Uuid,
    /// Its name.
    pub(super) name: &'d LocalText,
    /// The body that answers for it; `None`: the record does not say, and there is nobody to ask.
    pub(super) owner: Option<OrganizationId>,
    /// The day of the last confirmation; `None`: never.
    pub(super) confirmed_on: Option<NaiveDate>,
    /// The service itself, when it is one: services alone count as cover.
    pub(super) service: Option<&'d Service>,
}

/// Every record that is kept up: bodies, then places, then services.
pub(super) fn kept<'d>(directory: &'d Directory, last: &LastConfirmed) -> Vec<Kept<'d>> {
    let known = |kind, id: Uuid| last.get(&(kind, id)).copied();
    let bodies = directory
        .organizations()
        .filter(|body| !has_ended(directory, body.id))
        .map(|body| Kept {
            kind: RecordKind::Organization,
            id: body.id.uuid(),
            name: &body.name,
            owner: Some(body.id),
            confirmed_on: known(RecordKind::Organization, body.id.uuid()),
            service: None,
        });
    let places = directory
        .locations()
        .filter(|place| is_in_use(directory, place))
        .map(|place| Kept {
            kind: RecordKind::Location,
            id: place.id.uuid(),
            name: &place.name,
            owner: place.organization_id,
            confirmed_on: known(RecordKind::Location, place.id.uuid()),
            service: None,
        });
    let services = directory
        .services()
        .filter(|service| runs(service))
        .map(|service| Kept {
            kind: RecordKind::Service,
            id: service.id.uuid(),
            name: &service.name,
            owner: Some(service.organization_id),
            confirmed_on: service.assured_date,
            service: Some(service),
        });
    bodies.chain(places).chain(services).collect()
}

/// Nobody is asked about a service that ended for good.
fn runs(service: &Service) -> bool {
    service.status != ServiceStatus::Defunct
}

/// Whether everything that a body offered ended for good: nobody is left to answer. A body that never offered anything asks,
/// receives or delivers, and its record is as good as any.
fn has_ended(directory: &Directory, body: OrganizationId) -> bool {
    let mut offered = directory.services_of(body).peekable();
    offered.peek().is_some() && !offered.any(runs)
}

/// A place at which nothing is offered yet is a record like any; one whose body ended stays while somebody offers there.
fn is_in_use(directory: &Directory, place: &Location) -> bool {
    let ended = place.organization_id.is_some_and(|body| has_ended(directory, body));
    !ended || directory.services_at(place.id).any(runs)
}

/// The day on which a record was last confirmed. A service says it itself, as HSDS has it; of a body and of a place the
/// confirmations alone know.
pub(crate) fn confirmed_on(record: &DirectoryRecord, known: Option<NaiveDate>) -> Option<NaiveDate> {
    match record {
        DirectoryRecord::Service(service) => service.assured_date,
        _ => known,
    }
}

/// The same of one record, whose confirmations are read.
pub(crate) async fn last_confirmed(acting: &Acting, record: &DirectoryRecord) -> Outcome<Option<NaiveDate>> {
    let Some(kind) = RecordKind::named(record.kind()) else {
        return Ok(None);
    };
    let confirmations = acting.scope.record_confirmations(kind, record.uuid()).await?;
    Ok(confirmed_on(record, confirmations.iter().map(|each| each.on).max()))
}

#[cfg(test)]
mod tests {
    use osn_core::directory::{LocationType, Organization, ServiceAtLocation};
    use osn_core::id::{LocationId, ServiceId};

    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn body(number: u128) -> DirectoryRecord {
        let id = OrganizationId::new(id(number));
        DirectoryRecord::Organization(Organization::new(id, LocalText::default(), LocalText::default()))
    }

    fn place(number: u128, of: Option<u128>) -> DirectoryRecord {
        let mut place = Location::new(LocationId::new(id(number)), LocationType::Physical);
        place.organization_id = of.map(|body| OrganizationId::new(id(body)));
        DirectoryRecord::Location(place)
    }

    fn service(number: u128, of: u128, at: u128, status: ServiceStatus) -> DirectoryRecord {
        let own = ServiceId::new(id(number));
        DirectoryRecord::Service(Service {
            service_at_locations: vec![ServiceAtLocation::linking(own, LocationId::new(id(at)))],
            ..Service::new(own, OrganizationId::new(id(of)), LocalText::default(), status)
        })
    }

    #[test]
    fn what_ended_for_good_is_nobodys_to_confirm() {
        let records = [
            // Runs, with a place in use.
            body(1),
            place(11, Some(1)),
            service(101, 1, 11, ServiceStatus::TemporarilyClosed),
            // Ended, with a place of its own and one at which another body offers something.
            body(2),
            place(12, Some(2)),
            place(13, Some(2)),
            service(102, 2, 12, ServiceStatus::Defunct),
            service(103, 1, 13, ServiceStatus::Active),
            // Offers nothing, with a place at which nothing is offered; and a place of nobody.
            body(3),
            place(14, Some(3)),
            place(15, None),
        ];
        let directory = Directory::new(chrono::DateTime::default(), records);
        let day = "2022-05-20".parse().unwrap();
        let last = LastConfirmed::from([((RecordKind::Location, id(11)), day)]);
        let kept = kept(&directory, &last);
        let ids = |kind| {
            let of_kind = kept.iter().filter(|record| record.kind == kind);
            of_kind.map(|record| record.id.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(ids(RecordKind::Organization), [1, 3]);
        assert_eq!(ids(RecordKind::Location), [11, 13, 14, 15]);
        assert_eq!(ids(RecordKind::Service).len(), 2);
        let confirmed = kept.iter().find(|record| record.id == id(11)).unwrap();
        assert_eq!(confirmed.confirmed_on, Some(day));
        let nobodys = kept.iter().find(|record| record.id == id(15)).unwrap();
        assert_eq!((nobodys.owner, nobodys.confirmed_on), (None, None));
    }
}
