//! Bytes too large for a row, in chunks: content-addressed, or sealed under a person's key.

use osn_core::canonical::{self, Digest};
use osn_core::id::{MunicipalityId, PersonId};

use crate::Readable;
use crate::db::{Sql, sql};
use crate::error::{Result, SealFault, StoreError};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::args;

/// Plain bytes of one chunk.
const CHUNK: usize = 256 * 1024;

/// Kind and version in the digest that names public bytes.
const KIND: &str = "blob:1";

const INSERT: Sql = sql(
    "blob",
    "insert into blob (municipality_id, id, person_id, size, chunks, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing",
);
const INSERT_CHUNK: Sql = sql(
    "blob_chunk",
    "insert into blob_chunk (municipality_id, blob_id, number, bytes) values ($1, $2, $3, $4)",
);
const HEAD: Sql = sql(
    "blob",
    "select id, person_id, size, chunks from blob where municipality_id = $1 and id = $2",
);
const CHUNKS: Sql = sql(
    "blob_chunk",
    "select number, bytes from blob_chunk where municipality_id = $1 and blob_id = $2 order by number",
);
pub(crate) const DELETE_OF_PERSON: [Sql; 2] = [
    sql(
        "blob_chunk",
        "delete from blob_chunk where municipality_id = $1 and blob_id in
         (select id from blob where municipality_id = $1 and person_id = $2)",
    ),
    sql("blob", "delete from blob where municipality_id = $1 and person_id = $2"),
];

fn row_id(id: &Digest, number: i64) -> Vec<u8> {
    let mut row = id.as_bytes().to_vec();
    row.extend_from_slice(&number.to_be_bytes());
    row
}

fn bound(municipality: MunicipalityId, row: &[u8]) -> Bound<'_> {
    Bound {
        municipality,
        table: "blob_chunk",
        column: "bytes",
        row,
    }
}

impl Scope {
    /// Bytes by the digest that [`Tx::put_blob`] or [`Tx::put_personal_blob`] gave; `Erased` with their person.
    ///
    /// # Errors
    /// When a database fails, a chunk is missing, or sealed bytes were changed.
    pub async fn blob(&self, id: &Digest) -> Result<Option<Readable<Vec<u8>>>> {
        let Some(head) = self
            .db()
            .optional(&HEAD, args![self.municipality, id.into_bytes()])
            .await?
        else {
            return Ok(None);
        };
        let key = match head.opt_id::<PersonId>("person_id")? {
            None => None,
            Some(person) => Some(self.store.inner.keys.person(self.municipality, person).await?),
        };
        let rows = self
            .db()
            .all(&CHUNKS, args![self.municipality, id.into_bytes()])
            .await?;
        let mut bytes = Vec::with_capacity(head.number("size")?);
        for row in &rows {
            let chunk = row.bytes("bytes")?;
            match key.as_ref().map(crate::keys::PersonKey::key) {
                None => bytes.extend_from_slice(&chunk),
                Some(Ok(key)) => {
                    let place = row_id(id, row.int("number")?);
                    bytes.extend_from_slice(&key.open(bound(self.municipality, &place), &chunk)?);
                }
                Some(Err(SealFault::Erased)) => return Ok(Some(Readable::Erased)),
                Some(Err(fault)) => return Err(fault.into()),
            }
        }
        if bytes.len() != head.number::<usize>("size")? || (key.is_none() && canonical::digest(KIND, &bytes) != *id) {
            return Err(head.inconsistent("size"));
        }
        Ok(Some(Readable::Data(bytes)))
    }
}

impl Tx {
    /// Keeps bytes under their own digest; the same bytes are kept once.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest> {
        let id = canonical::digest(KIND, bytes);
        self.write_blob(id, None, bytes.len(), bytes.chunks(CHUNK).map(<[u8]>::to_vec).collect())
            .await?;
        Ok(id)
    }

    /// Keeps a person's bytes, sealed under their key. The name is a keyed digest: who knows the bytes cannot look for
    /// them without the municipality's key.
    ///
    /// # Errors
    /// When the person has no key or was erased, or the database refuses.
    pub async fn put_personal_blob(&mut self, person: PersonId, bytes: &[u8]) -> Result<Digest> {
        let municipality = self.municipality();
        let keys = self.scope.keys().await?;
        let digest = canonical::digest(KIND, bytes).to_string();
        let half = |kind: &str| crate::seal::blind(&keys.index, municipality, kind, &format!("{person} {digest}"));
        let (first, second) = (half("blob/first")?, half("blob/second")?);
        let mut id = [0; 32];
        id.iter_mut()
            .zip(first.into_iter().chain(second))
            .for_each(|(to, from)| *to = from);
        let id = Digest::from_bytes(id);
        let key = self.scope.store.inner.keys.person(municipality, person).await?;
        let key = key.key()?;
        let mut chunks = Vec::new();
        for (chunk, number) in bytes.chunks(CHUNK).zip(0_i64..) {
            chunks.push(key.seal(self.scope.entropy(), bound(municipality, &row_id(&id, number)), chunk)?);
        }
        self.write_blob(id, Some(person), bytes.len(), chunks).await?;
        Ok(id)
    }

    async fn write_blob(
        &mut self,
        id: Digest,
        person: Option<PersonId>,
        size: usize,
        chunks: Vec<Vec<u8>>,
    ) -> Result<()> {
        let municipality = self.municipality();
        let number = |value: usize| i64::try_from(value).map_err(|_| StoreError::OutOfRange("blob"));
        let head = args![
            municipality,
            id.into_bytes(),
            person,
            number(size)?,
            number(chunks.len())?,
            self.now
        ];
        if self.run(&INSERT, head).await? == 0 {
            return Ok(());
        }
        for (chunk, number) in chunks.into_iter().zip(0_i64..) {
            self.run(&INSERT_CHUNK, args![municipality, id.into_bytes(), number, chunk])
                .await?;
        }
        Ok(())
    }
}
