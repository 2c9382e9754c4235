//! Ranked lists, sealed under the municipality's key, their lines in pieces; and the municipality's signature.

use ed25519_dalek::Signer as _;
use osn_core::canonical::Digest;
use osn_core::id::{CallId, MunicipalityId, SelectionId};
use osn_core::selection::{Ranked, Selection};
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

const INSERT_LINES: Sql = sql(
    "selection_lines",
    "insert into selection_lines (municipality_id, selection_id, number, sealed) values ($1, $2, $3, $4)",
);
const LINES: Sql = sql(
    "selection_lines",
    "select selection_id as id, number, sealed from selection_lines
     where municipality_id = $1 and selection_id = $2 and number >= $3 and number <= $4 order by number",
);

/// Lines in a piece; part of the stored form.
const PIECE: u32 = 256;

/// The row of a piece: the list and the piece's number.
fn piece_row(id: SelectionId, number: u32) -> [u8; 20] {
    let mut row = [0; 20];
    let (list, piece) = row.split_at_mut(16);
    list.copy_from_slice(id.uuid().as_bytes());
    piece.copy_from_slice(&number.to_be_bytes());
    row
}

fn piece_bound(municipality: MunicipalityId, row: &[u8; 20]) -> Bound<'_> {
    Bound {
        municipality,
        table: "selection_lines",
        column: "sealed",
        row,
    }
}

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

    /// Up to `limit` lines of a ranked list, best first, after the first `skip`.
    ///
    /// # Errors
    /// When a database fails or sealed bytes were changed.
    pub async fn selection_lines(&self, id: SelectionId, skip: u32, limit: u32) -> Result<Vec<Ranked>> {
        let first = skip / PIECE;
        let last = skip.saturating_add(limit.saturating_sub(1)) / PIECE;
        let keys = self.keys().await?;
        let rows = self.db().all(&LINES, args![self.municipality, id, first, last]).await?;
        let mut lines = Vec::new();
        for row in &rows {
            let place = piece_row(id, row.number("number")?);
            let plain = keys
                .seal
                .open(piece_bound(self.municipality, &place), &row.bytes("sealed")?)?;
            let piece: Vec<Ranked> = serde_json::from_slice(&plain).map_err(|_| row.inconsistent("sealed"))?;
            lines.extend(piece);
        }
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        lines.drain(..count(skip % PIECE).min(lines.len()));
        lines.truncate(count(limit));
        Ok(lines)
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

    /// A new ranked list with its lines, which are sealed and written piece by piece as they come.
    ///
    /// # Errors
    /// `Conflict` when the id is taken or the call does not exist.
    pub async fn insert_selection(
        &mut self,
        selection: &Selection,
        lines: impl Iterator<Item = Ranked> + Send,
    ) -> Result<()> {
        let sealed = self.seal_selection(selection).await?;
        let values = args![
            self.municipality(),
            selection.id,
            selection.list.call_id,
            selection.state.name(),
            sealed,
            self.now
        ];
        self.run(&INSERT, values).await?;
        let keys = self.scope.keys().await?;
        let (mut lines, mut number) = (lines.fuse(), 0_u32);
        loop {
            let piece: Vec<Ranked> = lines
                .by_ref()
                .take(usize::try_from(PIECE).unwrap_or_default())
                .collect();
            if piece.is_empty() {
                return Ok(());
            }
            let plain = serde_json::to_vec(&piece).map_err(|_| StoreError::OutOfRange("lines"))?;
            let row = piece_row(selection.id, number);
            let sealed = keys
                .seal
                .seal(self.scope.entropy(), piece_bound(self.municipality(), &row), &plain)?;
            let values = args![self.municipality(), selection.id, number, sealed];
            self.run(&INSERT_LINES, values).await?;
            number = number.saturating_add(1);
        }
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
