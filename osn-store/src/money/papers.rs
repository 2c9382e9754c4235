//! Papers of expenses: sealed chunks under the SHA-256 of the file; the same file is kept once.

use osn_core::id::MunicipalityId;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::args;

/// Plain bytes of one chunk.
const CHUNK: usize = 256 * 1024;

const CHUNKS: Sql = sql(
    "expense_paper",
    "select number, sealed from expense_paper where municipality_id = $1 and digest = $2 order by number",
);
const INSERT: Sql = sql(
    "expense_paper",
    "insert into expense_paper (municipality_id, digest, number, sealed, created_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing",
);

fn bound(municipality: MunicipalityId, row: &[u8]) -> Bound<'_> {
    Bound {
        municipality,
        table: "expense_paper",
        column: "sealed",
        row,
    }
}

fn row_id(digest: &str, number: i64) -> Vec<u8> {
    format!("{digest}\0{number}").into_bytes()
}

impl Scope {
    /// The bytes of a paper by the SHA-256 of its file.
    ///
    /// # Errors
    /// When a database fails or sealed bytes were changed.
    pub async fn money_paper(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        let rows = self.db().all(&CHUNKS, args![self.municipality, digest]).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let keys = self.keys().await?;
        let mut bytes = Vec::new();
        for row in &rows {
            let place = row_id(digest, row.int("number")?);
            let sealed = row.bytes("sealed")?;
            bytes.extend_from_slice(&keys.seal.open(bound(self.municipality, &place), &sealed)?);
        }
        Ok(Some(bytes))
    }
}

impl Tx {
    /// Keeps a paper under the SHA-256 of its file, which the caller computed.
    ///
    /// # Errors
    /// When a database refuses.
    pub async fn put_money_paper(&mut self, digest: &str, bytes: &[u8]) -> Result<()> {
        let keys = self.scope.keys().await?;
        let municipality = self.municipality();
        for (chunk, number) in bytes.chunks(CHUNK).zip(0_i64..) {
            let place = row_id(digest, number);
            let sealed = keys
                .seal
                .seal(self.scope.entropy(), bound(municipality, &place), chunk)?;
            self.run(&INSERT, args![municipality, digest, number, sealed, self.now])
                .await?;
        }
        Ok(())
    }
}
