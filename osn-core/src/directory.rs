//! The mapping in HSDS's terms: taxonomies, organizations, locations and services, each with everything that HSDS knows.
//!
//! What a record does not say is absent (`None`, an empty list or text): unknown is a value of its own and is never read
//! as yes or no. Facts that the rules read (categories, groups, areas, ways, languages, cost) stand in typed fields;
//! whatever else a source says stands in attributes, so that nothing is lost. Source of the names: Open Referral HSDS
//! 3.2.3.

mod circle;
mod giveaway;
mod index;
mod noted;
mod parts;
mod problems;
mod records;
mod recurrence;
mod services;
mod shape;
mod spelling;
mod successor;
mod value;
mod walk;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::giveaway::{WHEREABOUTS, giveaways};
pub use self::index::{Directory, DirectoryBuilder};
pub use self::noted::Noted;
pub use self::parts::{
    Accessibility, Address, AddressType, Attribute, Contact, CostOption, ExtentType, Frequency, Funding, Language,
    Metadata, OrganizationIdentifier, Phone, RequiredDocument, Schedule, ServiceArea, ServiceAtLocation,
    ServiceCapacity, ServiceProgram, Unit, Url, Weekday,
};
pub use self::problems::{BoundingBox, DirectoryError, DirectoryWarning, Rule};
pub use self::records::{
    Location, LocationFields, Organization, Service, TaxonomyDescription, TaxonomyTerm, Whereabouts,
};
pub use self::recurrence::{Unfollowable, unfollowable};
pub use self::services::{Changes, Renumbered};
pub use self::shape::{FieldShape, Shape};
pub use self::successor::{Judged, Successor};
pub use self::value::{NotANumber, Number, Updated, Uri, derived_id};
use crate::id::TaxonomyId;

/// The stable code of a taxonomy term, e.g. `food.meals` or `athens.6` (HSDS `taxonomy_term.code`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TermCode(pub String);

impl TermCode {
    /// A code from text.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Display for TermCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which taxonomy a term belongs to: one of the three that the rules read, or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taxonomy {
    /// What is offered (attribute link type `service_type`).
    Category,
    /// Whom it is for (attribute link type `eligibility`).
    BeneficiaryGroup,
    /// Where: a municipality and its communities.
    Area,
    /// A taxonomy that the rules do not read, by its identifier.
    Other(TaxonomyId),
}

impl Taxonomy {
    /// The three that the rules read.
    pub const RULED: [Self; 3] = [Self::Category, Self::BeneficiaryGroup, Self::Area];

    /// The word for one that the rules read, as files and answers write it.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Category => Some("category"),
            Self::BeneficiaryGroup => Some("beneficiary-group"),
            Self::Area => Some("area"),
            Self::Other(_) => None,
        }
    }

    /// The one that the rules read by its word.
    pub fn named(name: &str) -> Option<Self> {
        Self::RULED.into_iter().find(|ruled| ruled.name() == Some(name))
    }

    /// Its identifier where nobody described it.
    pub fn undescribed_id(self) -> TaxonomyId {
        match self {
            Self::Other(id) => id,
            ruled => TaxonomyId::new(derived_id(Uuid::nil(), "taxonomy", ruled.name().unwrap_or_default())),
        }
    }
}

/// How sure the project is of a fact about a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marking {
    /// A public source says it.
    #[default]
    Sourced,
    /// Taken from memory: shown with "to be verified".
    Verify,
}

/// The kind of body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganizationKind {
    /// The municipality, its directorates and legal entities.
    Municipal,
    /// Another public body.
    Public,
    /// A non-governmental organisation.
    Ngo,
    /// A parish or other body of a church.
    Church,
    /// A social enterprise.
    SocialEnterprise,
    /// A fictional body of the demonstration.
    Example,
}

/// HSDS `location_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocationType {
    /// A place one can go to.
    Physical,
    /// A postal address only.
    Postal,
    /// Telephone or internet.
    Virtual,
}

/// How a service reaches people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// People come to a place.
    Place,
    /// It comes to people's homes.
    Home,
    /// By telephone or internet.
    Remote,
    /// Teams in the street.
    Street,
}

/// HSDS `service.status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceStatus {
    /// Runs.
    #[serde(rename = "active")]
    Active,
    /// Does not run now.
    #[serde(rename = "inactive")]
    Inactive,
    /// Ended for good.
    #[serde(rename = "defunct")]
    Defunct,
    /// Closed for a time.
    #[serde(rename = "temporarily closed")]
    TemporarilyClosed,
}

/// One record of the directory, of any kind: what the store versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "services are nearly all of the records")]
pub enum DirectoryRecord {
    /// What a taxonomy is.
    Taxonomy(TaxonomyDescription),
    /// A term of a taxonomy.
    TaxonomyTerm(TaxonomyTerm),
    /// A body.
    Organization(Organization),
    /// A place.
    Location(Location),
    /// A service.
    Service(Service),
}

impl DirectoryRecord {
    /// The kind's stable name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Taxonomy(_) => "taxonomy",
            Self::TaxonomyTerm(_) => "taxonomy-term",
            Self::Organization(_) => "organization",
            Self::Location(_) => "location",
            Self::Service(_) => "service",
        }
    }

    /// The record's identifier, whatever its kind.
    pub fn uuid(&self) -> uuid::Uuid {
        match self {
            Self::Taxonomy(taxonomy) => taxonomy.id.uuid(),
            Self::TaxonomyTerm(term) => term.id.uuid(),
            Self::Organization(organization) => organization.id.uuid(),
            Self::Location(location) => location.id.uuid(),
            Self::Service(service) => service.id.uuid(),
        }
    }
}
