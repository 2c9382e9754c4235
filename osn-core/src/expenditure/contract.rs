//! Suppliers and the contracts under which they are paid.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{ContractId, OperationId, SupplierId};
use crate::identifier::Adam;
use crate::money::Money;

/// Who is paid, as far as the law asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupplierKind {
    /// A legal person.
    Company,
    /// A person who works for their own account.
    Person,
    /// A member of the own staff.
    Staff,
    /// A public body.
    PublicBody,
}

impl SupplierKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Company, Self::Person, Self::Staff, Self::PublicBody];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Person => "person",
            Self::Staff => "staff",
            Self::PublicBody => "public-body",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a judgement reads about a supplier: neither name nor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplierFacts {
    /// Identifier.
    pub id: SupplierId,
    /// Kind.
    pub kind: SupplierKind,
}

/// What a contract is about, as procurement law sorts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContractKind {
    /// Goods.
    Goods,
    /// Ordinary services.
    Services,
    /// Social and other special services (Annex XIV): catering, health, education and the like.
    SocialServices,
    /// Works.
    Works,
    /// Interoperability of information systems, under a ministerial act.
    Ict,
    /// Technical, management or consulting services.
    Consulting,
}

impl ContractKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Goods,
        Self::Services,
        Self::SocialServices,
        Self::Works,
        Self::Ict,
        Self::Consulting,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Services => "services",
            Self::SocialServices => "social-services",
            Self::Works => "works",
            Self::Ict => "ict",
            Self::Consulting => "consulting",
        }
    }
}

/// How the contractor was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AwardPath {
    /// Direct award.
    Direct,
    /// Open procedure.
    Open,
    /// Negotiated procedure.
    Negotiated,
    /// Under a framework agreement.
    Framework,
}

impl AwardPath {
    /// Every path.
    pub const ALL: [Self; 4] = [Self::Direct, Self::Open, Self::Negotiated, Self::Framework];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Open => "open",
            Self::Negotiated => "negotiated",
            Self::Framework => "framework",
        }
    }
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Identifier.
    pub id: ContractId,
    /// The operation.
    pub operation_id: OperationId,
    /// The contractor.
    pub supplier_id: SupplierId,
    /// About what.
    pub subject: String,
    /// Kind.
    pub kind: ContractKind,
    /// How it was awarded.
    pub path: AwardPath,
    /// Common procurement vocabulary.
    pub cpv: String,
    /// Estimated value without VAT.
    pub value: Money,
    /// When it was awarded.
    pub awarded_on: NaiveDate,
    /// When the written agreement was signed; absent, there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_on: Option<NaiveDate>,
    /// Publication of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_adam: Option<Adam>,
    /// Publication of the award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub award_adam: Option<Adam>,
    /// When the award was published; absent, nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub award_published_on: Option<NaiveDate>,
    /// Publication of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_adam: Option<Adam>,
    /// Whether the electronic procurement system was used.
    #[serde(default)]
    pub electronic: bool,
    /// Whether the ministerial act for interoperability is there.
    #[serde(default)]
    pub ministerial_act: bool,
}

impl Contract {
    /// The first three digits of the vocabulary: what counts as one object.
    pub fn object(&self) -> &str {
        self.cpv.get(..3).unwrap_or(&self.cpv)
    }
}
