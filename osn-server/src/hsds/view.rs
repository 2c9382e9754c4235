//! What one request sees: the directory as of an instant, the municipality's own running actions, language and clock.

use std::sync::Arc;

use chrono::{FixedOffset, NaiveDate, NaiveTime, SecondsFormat, SubsecRound as _};
use osn_core::directory::{Directory, Service, ServiceAtLocation, TaxonomyDescription};
use osn_core::id::{LocationId, OrganizationId, ServiceId, TermId};
use osn_core::time::Instant;
use osn_hsds::{Form, Writer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ask::Ask;
use crate::acts::Acting;
use crate::acts::running::{Running, running};
use crate::directory::Mapped;
use crate::refusal::Outcome;
use crate::zone::Zone;

/// What one request sees.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// The directory with its index.
    pub(super) mapped: Arc<Mapped>,
    /// Running actions as services; they are in no directory, so that no certificate counts them.
    pub(super) own: Arc<Running>,
    /// The municipality's zone.
    pub(super) zone: Zone,
    /// Now.
    pub(super) now: Instant,
    /// The language of the texts.
    pub(super) lang: String,
    /// The moment as of which the directory was read, where one was asked for.
    pub(super) as_of: Option<Instant>,
}

/// One item of a list.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// A service.
    Service(ServiceId),
    /// A service at a location.
    Link(Uuid),
    /// A body.
    Organization(OrganizationId),
    /// A taxonomy.
    Taxonomy(Box<TaxonomyDescription>),
    /// A term.
    Term(TermId),
    /// A record that is gone.
    Removed {
        /// When it went.
        at: Instant,
        /// Its kind, as HSDS names it.
        kind: String,
        /// Its identifier.
        id: Uuid,
    },
}

/// The forms of a list's items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forms {
    /// Of the items.
    pub(super) item: Form,
    /// Of the services inside organizations, where they are wanted.
    pub(super) services: Option<Form>,
}

impl View {
    /// Reads what the request asks for: the directory as of an instant, or as it is now.
    pub(super) async fn of(acting: &Acting, ask: &Ask) -> Outcome<Self> {
        let zone = acting.zone();
        let lang = ask.lang(acting.lang.tag())?;
        let as_of = ask.as_of(zone)?.filter(|at| *at < acting.now);
        let (mapped, own) = match as_of {
            Some(at) => (acting.mapping_as_of(at).await?, Arc::default()),
            None => (acting.mapping().await?, running(acting).await?),
        };
        Ok(Self {
            mapped,
            own,
            zone,
            now: acting.now,
            lang,
            as_of,
        })
    }

    /// The directory.
    pub(super) fn directory(&self) -> &Directory {
        &self.mapped.directory
    }

    /// Every service, those of the directory first.
    pub(super) fn services(&self) -> impl Iterator<Item = &Service> {
        self.directory().services().chain(self.own.services())
    }

    /// A service.
    pub(super) fn service(&self, id: ServiceId) -> Option<&Service> {
        let own = || self.own.mapped.directory.service(id);
        self.directory().service(id).or_else(own)
    }

    /// When a service, its body, one of its places or any term last changed; of a running action, when it or its calls did.
    pub(super) fn changed(&self, service: &Service) -> Option<Instant> {
        let own = [service.id.uuid(), service.organization_id.uuid()];
        let ids = own.into_iter().chain(service.locations().map(LocationId::uuid));
        let known = ids.filter_map(|id| {
            let action = || self.own.mapped.directory.changed_at(id);
            self.directory().changed_at(id).or_else(action)
        });
        self.last(known)
    }

    /// When a body, one of the places that it runs or any term last changed.
    pub(super) fn changed_body(&self, body: OrganizationId) -> Option<Instant> {
        let places = self.directory().locations_of(body).map(|place| place.id.uuid());
        let ids = std::iter::once(body.uuid()).chain(places);
        self.last(ids.filter_map(|id| self.directory().changed_at(id)))
    }

    /// The last of these moments, and of the changes of terms, of which every record tells the names.
    fn last(&self, known: impl Iterator<Item = Instant>) -> Option<Instant> {
        let last = known.chain(self.directory().terms_changed_at()).max();
        // HSDS gives milliseconds: a client that asks with what it was given must find the record again.
        last.map(|at| at.trunc_subsecs(3))
    }

    /// How many services an item offers, where it is a body.
    pub(super) fn offered(&self, item: &Item) -> usize {
        let Item::Organization(id) = item else { return 0 };
        self.directory().services_of(*id).count()
    }

    /// A service at a location.
    pub(super) fn link(&self, id: Uuid) -> Option<(&Service, &ServiceAtLocation)> {
        self.directory().service_at_location(id)
    }

    /// The day on which the answer is given.
    pub(super) fn today(&self) -> NaiveDate {
        self.zone.day(self.as_of.unwrap_or(self.now))
    }

    /// Writes with a writer of this view.
    pub(super) fn write<T>(&self, write: impl FnOnce(Writer<'_>) -> T) -> T {
        let zone = self.zone;
        let offset = move |day: NaiveDate| -> Option<FixedOffset> {
            let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0)?);
            let seconds = noon
                .signed_duration_since(zone.instant(noon)?.naive_utc())
                .num_seconds();
            FixedOffset::east_opt(i32::try_from(seconds).ok()?)
        };
        let writer = Writer::new(self.directory(), &self.lang).offset(self.today(), &offset);
        write(writer.beside(&self.own.mapped.directory))
    }

    /// An item in a form; `None` for what is not there.
    pub(super) fn item(&self, writer: Writer<'_>, item: &Item, forms: Forms) -> Option<Value> {
        match item {
            Item::Service(id) => Some(writer.service(self.service(*id)?, forms.item)),
            Item::Link(id) => {
                let (service, link) = self.link(*id)?;
                Some(writer.service_at_location(service, link, forms.item))
            }
            Item::Organization(id) => {
                let body = self.directory().organization(*id)?;
                Some(writer.organization(body, forms.item, forms.services))
            }
            Item::Taxonomy(taxonomy) => Some(writer.taxonomy(taxonomy)),
            Item::Term(id) => Some(writer.term(self.directory().term_by_id(*id)?)),
            Item::Removed { at, kind, id } => Some(json!({
                "id": id,
                "resource_type": kind,
                "removed_at": at.to_rfc3339_opts(SecondsFormat::Millis, true),
            })),
        }
    }
}
