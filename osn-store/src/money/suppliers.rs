//! Suppliers and contracts. Name and tax number are sealed: a supplier may be a person, and staff are suppliers too.

use std::fmt;

use osn_core::expenditure::{Contract, SupplierFacts, SupplierKind};
use osn_core::id::{ContractId, MunicipalityId, OperationId, SupplierId};
use osn_core::identifier::Afm;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::keys::MunicipalityKeys;
use crate::page::{Page, PageQuery, Pages, Versioned, document, pages, versioned};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// Who is paid.
#[derive(Clone, PartialEq, Eq)]
pub struct Supplier {
    /// Identifier.
    pub id: SupplierId,
    /// Kind.
    pub kind: SupplierKind,
    /// Name.
    pub name: String,
    /// Tax number; staff are entered without one.
    pub afm: Option<Afm>,
}

impl Supplier {
    /// What a judgement reads.
    pub const fn facts(&self) -> SupplierFacts {
        SupplierFacts {
            id: self.id,
            kind: self.kind,
        }
    }
}

impl fmt::Debug for Supplier {
    /// The name may be a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supplier")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    afm: Option<String>,
}

const ONE: Sql = sql(
    "supplier",
    "select id, kind, sealed, version, updated_at from supplier where municipality_id = $1 and id = $2",
);
const BY_AFM: Sql = sql(
    "supplier",
    "select id, kind, sealed, version, updated_at from supplier where municipality_id = $1 and afm_index = $2",
);
const PAGE: Pages = pages!("supplier", "id, kind, sealed, version, updated_at", "", "$2", "$3");
const INSERT: Sql = sql(
    "supplier",
    "insert into supplier (municipality_id, id, kind, afm_index, state, sealed, version, created_at, updated_at)
     values ($1, $2, $3, $4, 'active', $5, 1, $6, $6)",
);
const CONTRACT: Sql = document!("contract");
const CONTRACTS: Pages = pages!(
    "contract",
    "id, body, version, updated_at",
    "and (operation_id = $2 or $2 is null)",
    "$3",
    "$4"
);
const CONTRACTS_OF: Sql = sql(
    "contract",
    "select id, body from contract where municipality_id = $1 and supplier_id = $2 order by id",
);
const INSERT_CONTRACT: Sql = sql(
    "contract",
    "insert into contract (municipality_id, id, operation_id, supplier_id, state, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, 'active', $5, 1, $6, $6)",
);

fn bound(municipality: MunicipalityId, id: &Uuid) -> Bound<'_> {
    Bound {
        municipality,
        table: "supplier",
        column: "sealed",
        row: id.as_bytes(),
    }
}

impl Scope {
    /// A supplier with name and tax number.
    ///
    /// # Errors
    /// When a database fails or the sealed bytes were changed.
    pub async fn supplier(&self, id: SupplierId) -> Result<Option<Versioned<Supplier>>> {
        let keys = self.keys().await?;
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.map(|row| self.open_supplier(&keys, &row)).transpose()
    }

    /// The supplier with this tax number, under whatever spelling it was typed.
    ///
    /// # Errors
    /// When a database fails or the sealed bytes were changed.
    pub async fn supplier_by_afm(&self, afm: &Afm) -> Result<Option<Versioned<Supplier>>> {
        let keys = self.keys().await?;
        let index = crate::seal::blind(&keys.index, self.municipality, "supplier-afm", afm.expose())?;
        let row = self.db().optional(&BY_AFM, args![self.municipality, index]).await?;
        row.map(|row| self.open_supplier(&keys, &row)).transpose()
    }

    /// Suppliers in the order of their entry.
    ///
    /// # Errors
    /// When a database fails, sealed bytes were changed, or the cursor is not one of ours.
    pub async fn suppliers(&self, query: PageQuery) -> Result<Page<Versioned<Supplier>>> {
        let keys = self.keys().await?;
        PAGE.read(self.db(), args![self.municipality], &query, |row| {
            self.open_supplier(&keys, row)
        })
        .await
    }

    fn open_supplier(&self, keys: &MunicipalityKeys, row: &Row) -> Result<Versioned<Supplier>> {
        let id: Uuid = row.id("id")?;
        let plain = keys.seal.open(bound(self.municipality, &id), &row.bytes("sealed")?)?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| row.inconsistent("sealed"))?;
        let afm = sealed.afm.map(|afm| Afm::parse(&afm)).transpose();
        Ok(Versioned {
            value: Supplier {
                id: SupplierId::new(id),
                kind: SupplierKind::named(&row.text("kind")?).ok_or_else(|| row.inconsistent("kind"))?,
                name: sealed.name,
                afm: afm.map_err(|_| row.inconsistent("sealed"))?,
            },
            version: row.int("version")?,
            updated_at: row.at("updated_at")?,
        })
    }

    /// A contract.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn contract(&self, id: ContractId) -> Result<Option<Versioned<Contract>>> {
        let row = self.db().optional(&CONTRACT, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Contracts, of one operation or all.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn contracts(&self, of: Option<OperationId>, query: PageQuery) -> Result<Page<Versioned<Contract>>> {
        CONTRACTS
            .read(self.db(), args![self.municipality, of], &query, versioned)
            .await
    }

    /// Every contract with a supplier: the law adds up what one contractor got for one object.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn contracts_with(&self, supplier: SupplierId) -> Result<Vec<Contract>> {
        let rows = self.db().all(&CONTRACTS_OF, args![self.municipality, supplier]).await?;
        rows.iter().map(|row| row.json("body")).collect()
    }
}

impl Tx {
    /// A new supplier.
    ///
    /// # Errors
    /// `Conflict` when the tax number is another supplier's.
    pub async fn insert_supplier(&mut self, supplier: &Supplier) -> Result<()> {
        let keys = self.scope.keys().await?;
        let (municipality, id) = (self.municipality(), supplier.id.uuid());
        let index = |afm: &Afm| crate::seal::blind(&keys.index, municipality, "supplier-afm", afm.expose());
        let index = supplier.afm.as_ref().map(index).transpose()?;
        let sealed = Sealed {
            name: supplier.name.clone(),
            afm: supplier.afm.as_ref().map(|afm| afm.expose().to_owned()),
        };
        let plain = serde_json::to_vec(&sealed).map_err(|_| crate::StoreError::OutOfRange("sealed"))?;
        let sealed = keys.seal.seal(self.scope.entropy(), bound(municipality, &id), &plain)?;
        let values = args![municipality, id, supplier.kind.name(), index, sealed, self.now];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// A new contract.
    ///
    /// # Errors
    /// When the operation or the supplier is not there.
    pub async fn insert_contract(&mut self, contract: &Contract) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            contract.id.into(),
            contract.operation_id.into(),
            contract.supplier_id.into(),
            Arg::json(contract)?,
            self.now.into(),
        ];
        self.run(&INSERT_CONTRACT, values).await.map(|_| ())
    }
}
