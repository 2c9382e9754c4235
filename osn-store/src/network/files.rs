//! Papers beside requests: name and bytes sealed under the municipality's key, because papers name people.

use std::fmt;

use osn_core::canonical::Digest;
use osn_core::id::{AccountId, MunicipalityId, RequestFileId, RequestId};
use osn_core::time::Instant;

use crate::db::{Sql, sql};
use crate::error::{Result, StoreError};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Row, args};

/// Plain bytes of one chunk.
const CHUNK: usize = 256 * 1024;

/// A paper beside a request, without its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestFile {
    /// Identifier.
    pub id: RequestFileId,
    /// The request.
    pub request: RequestId,
    /// Who attached it.
    pub by: AccountId,
    /// Name of the file; it may name people.
    pub name: String,
    /// Media type, as the first bytes say.
    pub media: String,
    /// Length of the plain bytes.
    pub size: u64,
    /// SHA-256 of the plain bytes.
    pub digest: Digest,
    /// When.
    pub at: Instant,
}

impl fmt::Debug for RequestFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestFile")
            .field("id", &self.id)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

const OF_REQUEST: Sql = sql(
    "request_file",
    "select id, request_id, account_id, media, size, digest, sealed_name, created_at from request_file
     where municipality_id = $1 and request_id = $2 order by id",
);
const INSERT: Sql = sql(
    "request_file",
    "insert into request_file
     (municipality_id, id, request_id, account_id, media, size, digest, sealed_name, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
const DELETE: Sql = sql(
    "request_file",
    "delete from request_file where municipality_id = $1 and id = $2",
);
const CHUNKS: Sql = sql(
    "request_file_chunk",
    "select number, sealed from request_file_chunk where municipality_id = $1 and file_id = $2 order by number",
);
const INSERT_CHUNK: Sql = sql(
    "request_file_chunk",
    "insert into request_file_chunk (municipality_id, file_id, number, sealed) values ($1, $2, $3, $4)",
);
const DELETE_CHUNKS: Sql = sql(
    "request_file_chunk",
    "delete from request_file_chunk where municipality_id = $1 and file_id = $2",
);

fn name_of(municipality: MunicipalityId, row: &[u8]) -> Bound<'_> {
    Bound {
        municipality,
        table: "request_file",
        column: "sealed_name",
        row,
    }
}

fn chunk_of(municipality: MunicipalityId, row: &[u8]) -> Bound<'_> {
    Bound {
        municipality,
        table: "request_file_chunk",
        column: "sealed",
        row,
    }
}

fn place(file: RequestFileId, number: i64) -> Vec<u8> {
    let mut place = file.uuid().as_bytes().to_vec();
    place.extend_from_slice(&number.to_be_bytes());
    place
}

impl Scope {
    /// The papers beside a request, in the order in which they came.
    ///
    /// # Errors
    /// When a database fails or sealed bytes were changed.
    pub async fn request_files(&self, request: RequestId) -> Result<Vec<RequestFile>> {
        let keys = self.keys().await?;
        let rows = self.db().all(&OF_REQUEST, args![self.municipality, request]).await?;
        let file = |row: &Row| {
            let id: RequestFileId = row.id("id")?;
            let place = id.uuid();
            let bound = name_of(self.municipality, place.as_bytes());
            let name = keys.seal.open(bound, &row.bytes("sealed_name")?)?;
            Ok(RequestFile {
                id,
                request: row.id("request_id")?,
                by: row.id("account_id")?,
                name: String::from_utf8(name.to_vec()).map_err(|_| row.inconsistent("sealed_name"))?,
                media: row.text("media")?,
                size: row.number("size")?,
                digest: Digest::from_bytes(row.array("digest")?),
                at: row.at("created_at")?,
            })
        };
        rows.iter().map(file).collect()
    }

    /// The bytes of a paper.
    ///
    /// # Errors
    /// When a database fails or sealed bytes were changed.
    pub async fn request_file_bytes(&self, file: RequestFileId) -> Result<Vec<u8>> {
        let keys = self.keys().await?;
        let mut bytes = Vec::new();
        for row in self.db().all(&CHUNKS, args![self.municipality, file]).await? {
            let place = place(file, row.int("number")?);
            let plain = keys
                .seal
                .open(chunk_of(self.municipality, &place), &row.bytes("sealed")?)?;
            bytes.extend_from_slice(&plain);
        }
        Ok(bytes)
    }
}

impl Tx {
    /// Keeps a paper beside a request.
    ///
    /// # Errors
    /// `Conflict` when there is no such request.
    pub async fn insert_request_file(&mut self, file: &RequestFile, bytes: &[u8]) -> Result<()> {
        let keys = self.scope.keys().await?;
        let municipality = self.municipality();
        let id = file.id.uuid();
        let name = keys.seal.seal(
            self.scope.entropy(),
            name_of(municipality, id.as_bytes()),
            file.name.as_bytes(),
        )?;
        let size = i64::try_from(file.size).map_err(|_| StoreError::OutOfRange("request_file"))?;
        let head = args![
            municipality,
            file.id,
            file.request,
            file.by,
            file.media.as_str(),
            size,
            file.digest.into_bytes(),
            name,
            file.at
        ];
        self.run(&INSERT, head).await?;
        for (chunk, number) in bytes.chunks(CHUNK).zip(0_i64..) {
            let place = place(file.id, number);
            let sealed = keys
                .seal
                .seal(self.scope.entropy(), chunk_of(municipality, &place), chunk)?;
            self.run(&INSERT_CHUNK, args![municipality, file.id, number, sealed])
                .await?;
        }
        Ok(())
    }

    /// Removes a paper with its bytes.
    ///
    /// # Errors
    /// `Stale` when it is gone already.
    pub async fn remove_request_file(&mut self, file: RequestFileId) -> Result<()> {
        let municipality = self.municipality();
        self.run(&DELETE_CHUNKS, args![municipality, file]).await?;
        crate::tx::fresh(self.run(&DELETE, args![municipality, file]).await?, 1)
    }
}
