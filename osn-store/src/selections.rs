//! Ranked lists, sealed under the municipality's key, and the municipality's signature.

use ed25519_dalek::Signer as _;
use osn_core::canonical::Digest;
use osn_core::id::{CallId, MunicipalityId, SelectionId};
use osn_core::selection::Selection;
use osn_core::state::Machine as _;
use uuid::Uuid;

use crate::db::{Sql, sql};
use crate::error::{Result, StoreError};
use crate::keys::MunicipalityKeys;
use crate::page::Versioned;
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Row, args};

/// A signature with the key that verifies it, both hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// ed25519 over the digest's 32 bytes.
    pub signature: String,
    /// The municipality's public key.
    pub public_key: String,
}

const ONE: Sql = sql(
    "selection",
    "select id, sealed, version, updated_at from selection where municipality_id = $1 and id = $2",
);
const OF_CALL: Sql = sql(
    "selection",
    "select id, sealed, version, updated_at from selection where municipality_id = $1 and call_id = $2 order by id",
);
const INSERT: Sql = sql(
    "selection",
    "insert into selection (municipality_id, id, call_id, state, sealed, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 1, $6, $6)",
);
const UPDATE: Sql = sql(
    "selection",
    "update selection set state = $4, sealed = $5, version = version + 1, updated_at = $6
     where municipality_id = $1 and id = $2 and version = $3",
);

fn bound(municipality: MunicipalityId, id: &Uuid) -> Bound<'_> {
    Bound {
        municipality,
        table: "selection",
        column: "sealed",
        row: id.as_bytes(),
    }
}

impl Scope {
    /// A ranked list.
    ///
    /// # Errors
    /// When a database fails or the sealed bytes were changed.
    pub async fn selection(&self, id: SelectionId) -> Result<Option<Versioned<Selection>>> {
        let keys = self.keys().await?;
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(|row| self.open_selection(&keys, row)).transpose()
    }

    /// Every ranked list of a call, oldest first.
    ///
    /// # Errors
    /// When a database fails or sealed bytes were changed.
    pub async fn selections(&self, call: CallId) -> Result<Vec<Versioned<Selection>>> {
        let keys = self.keys().await?;
        let rows = self.db().all(&OF_CALL, args![self.municipality, call]).await?;
        rows.iter().map(|row| self.open_selection(&keys, row)).collect()
    }

    fn open_selection(&self, keys: &MunicipalityKeys, row: &Row) -> Result<Versioned<Selection>> {
        let id: Uuid = row.id("id")?;
        let plain = keys.seal.open(bound(self.municipality, &id), &row.bytes("sealed")?)?;
        let value = serde_json::from_slice(&plain).map_err(|_| row.inconsistent("sealed"))?;
        Ok(Versioned {
            value,
            version: row.int("version")?,
            updated_at: row.at("updated_at")?,
        })
    }

    /// Signs a digest with the municipality's key.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn sign(&self, digest: &Digest) -> Result<Signature> {
        let keys = self.keys().await?;
        Ok(Signature {
            signature: crate::hex(&keys.sign.sign(digest.as_bytes()).to_bytes()),
            public_key: crate::hex(keys.sign.verifying_key().as_bytes()),
        })
    }

    /// The municipality's public key, hexadecimal.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn public_key(&self) -> Result<String> {
        Ok(crate::hex(self.keys().await?.sign.verifying_key().as_bytes()))
    }
}

impl Tx {
    async fn seal_selection(&self, selection: &Selection) -> Result<Vec<u8>> {
        let keys = self.scope.keys().await?;
        let plain = serde_json::to_vec(selection).map_err(|_| StoreError::OutOfRange("selection"))?;
        keys.seal.seal(
            self.scope.entropy(),
            bound(self.municipality(), &selection.id.uuid()),
            &plain,
        )
    }

    /// A new ranked list.
    ///
    /// # Errors
    /// `Conflict` when the id is taken or the call does not exist.
    pub async fn insert_selection(&mut self, selection: &Selection) -> Result<()> {
        let sealed = self.seal_selection(selection).await?;
        let values = args![
            self.municipality(),
            selection.id,
            selection.list.call_id,
            selection.state.name(),
            sealed,
            self.now
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// Changes a ranked list that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_selection(&mut self, selection: &Selection, version: i64) -> Result<()> {
        let sealed = self.seal_selection(selection).await?;
        let values = args![
            self.municipality(),
            selection.id,
            version,
            selection.state.name(),
            sealed,
            self.now
        ];
        fresh(self.run(&UPDATE, values).await?, version)
    }
}
