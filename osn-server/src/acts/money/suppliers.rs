//! Suppliers and contracts.

use osn_core::expenditure::{AwardPath, Contract, ContractKind, SupplierKind};
use osn_core::id::{ContractId, OperationId, SupplierId};
use osn_core::identifier::{Adam, Afm};
use osn_core::money::Money;
use osn_store::{Page, PageQuery, Supplier, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operation;
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// A supplier to keep.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSupplier {
    /// `company`, `person`, `staff`, `public-body`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Tax number; staff may be without.
    #[serde(default)]
    pub afm: Option<String>,
}

impl std::fmt::Debug for NewSupplier {
    /// The name may be a person's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewSupplier({})", self.kind)
    }
}

/// A supplier as finance sees it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct SupplierView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: SupplierId,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub afm: Option<String>,
}

impl std::fmt::Debug for SupplierView {
    /// The name may be a person's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SupplierView({})", self.id)
    }
}

impl From<Supplier> for SupplierView {
    fn from(supplier: Supplier) -> Self {
        Self {
            id: supplier.id,
            kind: supplier.kind.name().to_owned(),
            name: supplier.name,
            afm: supplier.afm.map(|afm| afm.expose().to_owned()),
        }
    }
}

/// Keeps a supplier; one tax number is one supplier.
pub async fn add(acting: &Acting, new: NewSupplier) -> Outcome<Saved<SupplierView>> {
    acting.require(Right::KeepExpenses)?;
    let mut errors = Vec::new();
    let kind = SupplierKind::named(&new.kind);
    if kind.is_none() {
        errors.push(FieldError::new("/kind", "unknown-option"));
    }
    if new.name.trim().is_empty() {
        errors.push(FieldError::new("/name", "required"));
    }
    let typed = new.afm.as_deref().map(str::trim).filter(|afm| !afm.is_empty());
    let afm = match typed.map(Afm::parse) {
        Some(Ok(afm)) => Some(afm),
        Some(Err(error)) => {
            errors.push(FieldError::new("/afm", error.code()).saying(error.text()));
            None
        }
        None if kind == Some(SupplierKind::Staff) => None,
        None => {
            errors.push(FieldError::new("/afm", "required"));
            None
        }
    };
    let (Some(kind), true) = (kind, errors.is_empty()) else {
        return Err(Refusal::invalid("request.invalid", errors));
    };
    if let Some(afm) = &afm
        && acting.scope.supplier_by_afm(afm).await?.is_some()
    {
        return Err(Refusal::conflict("supplier.known"));
    }
    let supplier = Supplier {
        id: acting.app.new_id(SupplierId::new),
        kind,
        name: new.name.trim().to_owned(),
        afm,
    };
    let mut tx = acting.begin("supplier.add").await?;
    tx.insert_supplier(&supplier).await?;
    let details = serde_json::json!({ "kind": kind.name() });
    tx.journal(entry("supplier.add", "supplier", supplier.id.uuid(), details));
    let saved = Saved {
        value: SupplierView::from(supplier),
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Suppliers.
pub async fn list(acting: &Acting, query: PageQuery) -> Outcome<Page<Versioned<SupplierView>>> {
    acting.require(Right::SeeMoney)?;
    let page = acting.scope.suppliers(query).await?;
    Ok(page.map(|read| Versioned {
        value: read.value.into(),
        version: read.version,
        updated_at: read.updated_at,
    }))
}

/// Every supplier, for a form that offers them.
pub async fn all(acting: &Acting) -> Outcome<Vec<SupplierView>> {
    let mut query = PageQuery::first();
    let mut every = Vec::new();
    loop {
        let page = list(acting, query.clone()).await?;
        every.extend(page.items.into_iter().map(|read| read.value));
        query.after = page.next;
        if query.after.is_none() {
            return Ok(every);
        }
    }
}

/// A contract to keep.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContract {
    /// The contractor.
    #[schemars(with = "uuid::Uuid")]
    pub supplier_id: SupplierId,
    /// About what.
    pub subject: String,
    /// `goods`, `services`, `social-services`, `works`, `ict`, `consulting`.
    #[schemars(with = "String")]
    pub kind: ContractKind,
    /// `direct`, `open`, `negotiated`, `framework`.
    #[schemars(with = "String")]
    pub path: AwardPath,
    /// Common procurement vocabulary.
    pub cpv: String,
    /// Estimated value without VAT.
    #[schemars(with = "shapes::Money")]
    pub value: Money,
    /// When it was awarded.
    pub awarded_on: chrono::NaiveDate,
    /// When the written agreement was signed.
    #[serde(default)]
    pub signed_on: Option<chrono::NaiveDate>,
    /// Publication of the request.
    #[serde(default)]
    pub request_adam: Option<String>,
    /// Publication of the award.
    #[serde(default)]
    pub award_adam: Option<String>,
    /// When the award was published.
    #[serde(default)]
    pub award_published_on: Option<chrono::NaiveDate>,
    /// Publication of the contract.
    #[serde(default)]
    pub contract_adam: Option<String>,
    /// Whether the electronic procurement system was used.
    #[serde(default)]
    pub electronic: bool,
    /// Whether the ministerial act for interoperability is there.
    #[serde(default)]
    pub ministerial_act: bool,
}

fn adam(path: &str, text: Option<&str>, errors: &mut Vec<FieldError>) -> Option<Adam> {
    let typed = text.map(str::trim).filter(|text| !text.is_empty())?;
    match Adam::parse(typed) {
        Ok(adam) => Some(adam),
        Err(error) => {
            errors.push(FieldError::new(path, error.code()).saying(error.text()));
            None
        }
    }
}

/// Keeps a contract.
pub async fn add_contract(acting: &Acting, of: OperationId, new: NewContract) -> Outcome<Saved<Contract>> {
    acting.require(Right::KeepExpenses)?;
    operation(acting, of).await?;
    let mut errors = Vec::new();
    if acting.scope.supplier(new.supplier_id).await?.is_none() {
        errors.push(FieldError::new("/supplier_id", "unknown-record"));
    }
    if !new.value.is_positive() {
        errors.push(FieldError::new("/value", "not-positive"));
    }
    if new.subject.trim().is_empty() {
        errors.push(FieldError::new("/subject", "required"));
    }
    if new.cpv.trim().len() < 3 {
        errors.push(FieldError::new("/cpv", "required"));
    }
    let contract = Contract {
        id: acting.app.new_id(ContractId::new),
        operation_id: of,
        supplier_id: new.supplier_id,
        subject: new.subject,
        kind: new.kind,
        path: new.path,
        cpv: new.cpv.trim().to_owned(),
        value: new.value,
        awarded_on: new.awarded_on,
        signed_on: new.signed_on,
        request_adam: adam("/request_adam", new.request_adam.as_deref(), &mut errors),
        award_adam: adam("/award_adam", new.award_adam.as_deref(), &mut errors),
        award_published_on: new.award_published_on,
        contract_adam: adam("/contract_adam", new.contract_adam.as_deref(), &mut errors),
        electronic: new.electronic,
        ministerial_act: new.ministerial_act,
    };
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let mut tx = acting.begin("contract.add").await?;
    tx.insert_contract(&contract).await?;
    let details =
        serde_json::json!({ "operation": of, "path": contract.path.name(), "value": contract.value.to_string() });
    tx.journal(entry("contract.add", "contract", contract.id.uuid(), details));
    let saved = Saved {
        value: contract,
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Contracts of an operation.
pub async fn contracts(acting: &Acting, of: OperationId, query: PageQuery) -> Outcome<Page<Versioned<Contract>>> {
    acting.require(Right::SeeMoney)?;
    Ok(acting.scope.contracts(Some(of), query).await?)
}

/// Every contract of an operation, for a form that offers them.
pub async fn all_contracts(acting: &Acting, of: OperationId) -> Outcome<Vec<Contract>> {
    let mut query = PageQuery::first();
    let mut every = Vec::new();
    loop {
        let page = contracts(acting, of, query.clone()).await?;
        every.extend(page.items.into_iter().map(|read| read.value));
        query.after = page.next;
        if query.after.is_none() {
            return Ok(every);
        }
    }
}
