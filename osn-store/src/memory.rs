//! Answers to requests with an idempotency key, sealed: asked again, answered the same.

use osn_core::canonical::Digest;
use osn_core::id::MunicipalityId;
use osn_core::time::Instant;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::seal::{Bound, Entropy, SealKey};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

/// A remembered answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Digest of the request that was answered; another one under the same key is refused.
    pub request_digest: Digest,
    /// HTTP status of the answer.
    pub status: u16,
    /// Body of the answer.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Remembered {
    /// An answer may hold a one-time code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remembered")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

const FIND: Sql = sql(
    "remembered",
    "select request_digest, status, sealed from remembered
     where municipality_id = $1 and route = $2 and idempotency_key = $3",
);
pub(crate) const INSERT: Sql = sql(
    "remembered",
    "insert into remembered (municipality_id, route, idempotency_key, request_digest, status, sealed, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)",
);
const FORGET: Sql = sql(
    "remembered",
    "delete from remembered where municipality_id = $1 and created_at < $2",
);

fn bound(municipality: MunicipalityId, row: &[u8]) -> Bound<'_> {
    Bound {
        municipality,
        table: "remembered",
        column: "sealed",
        row,
    }
}

fn row_id(route: &str, key: &str) -> Vec<u8> {
    format!("{route}\0{key}").into_bytes()
}

/// The row of a remembered answer.
pub(crate) fn row(
    entropy: &dyn Entropy,
    seal: &SealKey,
    municipality: MunicipalityId,
    (route, key): (&str, &str),
    answer: &Remembered,
    now: Instant,
) -> Result<Vec<Arg>> {
    let sealed = seal.seal(entropy, bound(municipality, &row_id(route, key)), &answer.body)?;
    let status = i64::from(answer.status);
    Ok(args![
        municipality,
        route,
        key,
        answer.request_digest.into_bytes(),
        status,
        sealed,
        now
    ])
}

impl Scope {
    /// The answer that was given to this key on this route.
    ///
    /// # Errors
    /// When a database fails or the sealed answer was changed.
    pub async fn idempotent(&self, route: &str, key: &str) -> Result<Option<Remembered>> {
        let Some(row) = self.db().optional(&FIND, args![self.municipality, route, key]).await? else {
            return Ok(None);
        };
        let keys = self.keys().await?;
        let body = keys
            .seal
            .open(bound(self.municipality, &row_id(route, key)), &row.bytes("sealed")?)?;
        Ok(Some(Remembered {
            request_digest: Digest::from_bytes(row.array("request_digest")?),
            status: row.number("status")?,
            body: body.to_vec(),
        }))
    }

    /// Forgets answers given before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_answers(&self, before: Instant) -> Result<u64> {
        let mut tx = self.db().begin().await?;
        let forgotten = tx.run(&FORGET, args![self.municipality, before]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

impl Tx {
    /// Remembers the answer to a request with an idempotency key, with the act that it reports.
    ///
    /// # Errors
    /// `Conflict("remembered_route_idempotency_key_key")` when the same key was answered meanwhile: then this act must
    /// not happen.
    pub async fn remember(
        &mut self,
        route: &str,
        key: &str,
        request_digest: Digest,
        status: u16,
        body: &[u8],
    ) -> Result<()> {
        let keys = self.scope.keys().await?;
        let answer = Remembered {
            request_digest,
            status,
            body: body.to_vec(),
        };
        let row = row(
            self.scope.entropy(),
            &keys.seal,
            self.municipality(),
            (route, key),
            &answer,
            self.now,
        )?;
        self.run(&INSERT, row).await.map(|_| ())
    }
}
