//! Verification of the journal: every entry's digest, every link, every published head.

use ed25519_dalek::{Signature, Signer as _, Verifier as _, VerifyingKey};
use osn_core::canonical::{self, Digest};
use osn_core::id::MunicipalityId;
use osn_core::time::Instant;
use uuid::Uuid;

use crate::db::{Sql, sql};
use crate::error::{Result, StoreError};
use crate::journal::{COLUMNS_BY_SEQ, digest, entry, genesis, link};
use crate::store::Scope;
use crate::value::args;

/// The state of a journal that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries in the chain.
    pub entries: u64,
    /// The chain's hash at its end.
    pub head: Digest,
    /// The last entry that a published head covers.
    pub proven: u64,
    /// Chained entries after it: nothing outside proves them yet.
    pub unproven: u64,
    /// Entries that the sealer has not chained yet.
    pub open: u64,
}

/// Where and how a journal is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalFault {
    /// An entry's contents are not what was written.
    #[error("entry {seq} was changed")]
    Changed {
        /// Its place.
        seq: u64,
    },
    /// An entry is missing, or stands in another place.
    #[error("the chain is broken at entry {seq}")]
    Broken {
        /// The first place that does not fit.
        seq: u64,
    },
    /// The chain ends before what a counter or a published head says.
    #[error("the journal ends at entry {entries}, but {wanted} were written")]
    Cut {
        /// Entries found.
        entries: u64,
        /// Entries known to have been there.
        wanted: u64,
    },
    /// A published head does not fit the chain, or its signature is not the municipality's.
    #[error("the published head at entry {seq} does not fit")]
    Head {
        /// Its place.
        seq: u64,
    },
}

/// A published head: what a mail or a gazette keeps outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last entry it covers.
    pub seq: u64,
    /// The chain's hash there.
    pub chain: Digest,
    /// The municipality's signature, hexadecimal.
    pub signature: String,
    /// When it was published.
    pub published_at: Instant,
}

const HEADS: Sql = sql(
    "journal_head",
    "select seq, chain, signature, published_at from journal_head where municipality_id = $1 order by seq",
);
const LAST: Sql = sql(
    "journal_entry",
    "select id, seq, chain from journal_entry where municipality_id = $1 and seq is not null order by seq desc limit 1",
);
const PUBLISH: Sql = sql(
    "journal_head",
    "insert into journal_head (municipality_id, seq, chain, signature, published_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing",
);
const COUNTER: Sql = sql(
    "counter",
    "select value from counter where municipality_id = $1 and name = 'journal'",
);
const OPEN: Sql = sql(
    "journal_entry",
    "select count(*) as total from journal_entry where municipality_id = $1 and seq is null",
);

/// What a head's signature covers.
fn signed(municipality: MunicipalityId, seq: u64, chain: &[u8; 32]) -> Digest {
    let mut bytes = municipality.uuid().as_bytes().to_vec();
    bytes.extend_from_slice(&seq.to_be_bytes());
    bytes.extend_from_slice(chain);
    canonical::digest("journal-head:1", &bytes)
}

impl Scope {
    /// Publishes the head of the chain: signs it and keeps it. `None` while the journal is empty.
    ///
    /// # Errors
    /// When the database or the key store fails.
    pub async fn publish_head(&self, now: Instant) -> Result<Option<Head>> {
        let Some(last) = self.db().optional(&LAST, args![self.municipality]).await? else {
            return Ok(None);
        };
        let (seq, chain) = (last.number::<u64>("seq")?, last.array("chain")?);
        let keys = self.keys().await?;
        let signature = keys
            .sign
            .sign(signed(self.municipality, seq, &chain).as_bytes())
            .to_bytes();
        let mut tx = self.db().begin().await?;
        let stored = args![self.municipality, last.int("seq")?, chain, signature.to_vec(), now];
        tx.run(&PUBLISH, stored).await?;
        tx.commit().await?;
        Ok(Some(Head {
            seq,
            chain: Digest::from_bytes(chain),
            signature: crate::hex(&signature),
            published_at: now,
        }))
    }

    /// Walks the whole chain and compares it with every published head.
    ///
    /// # Errors
    /// When the database fails. A broken journal is an answer, not an error.
    pub async fn verify_journal(&self) -> Result<Result<Verified, JournalFault>> {
        let mut heads = self.heads().await?.into_iter().peekable();
        let public = self.keys().await?.sign.verifying_key();
        let mut chain = genesis(self.municipality);
        let (mut seq, mut proven) = (0_u64, 0_u64);
        loop {
            let from = i64::try_from(seq).map_err(|_| StoreError::OutOfRange("seq"))?;
            let rows = self
                .db()
                .all(&COLUMNS_BY_SEQ, args![self.municipality, from, 1_000_u32])
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                seq = seq.saturating_add(1);
                let found = match entry(row) {
                    Ok(found) => found,
                    Err(StoreError::Inconsistent { .. }) => return Ok(Err(JournalFault::Changed { seq })),
                    Err(other) => return Err(other),
                };
                if found.seq != Some(seq) {
                    return Ok(Err(JournalFault::Broken { seq }));
                }
                if digest(self.municipality, &found).ok() != Some(found.digest) {
                    return Ok(Err(JournalFault::Changed { seq }));
                }
                chain = link(&chain, seq, found.digest.as_bytes());
                if row.bytes("chain")? != chain {
                    return Ok(Err(JournalFault::Broken { seq }));
                }
                if let Some(head) = heads.next_if(|head| head.seq == seq) {
                    if !fits(self.municipality, &public, &head, &chain) {
                        return Ok(Err(JournalFault::Head { seq }));
                    }
                    proven = seq;
                }
            }
        }
        let wanted = self.wanted(heads.last().map(|head| head.seq)).await?;
        if wanted > seq {
            return Ok(Err(JournalFault::Cut { entries: seq, wanted }));
        }
        let open = self.db().one(&OPEN, args![self.municipality]).await?.number("total")?;
        let unproven = seq.saturating_sub(proven);
        Ok(Ok(Verified {
            entries: seq,
            head: Digest::from_bytes(chain),
            proven,
            unproven,
            open,
        }))
    }

    /// How many entries there must be: what the counter says, or a head beyond the chain.
    async fn wanted(&self, head: Option<u64>) -> Result<u64> {
        let counter = self.db().optional(&COUNTER, args![self.municipality]).await?;
        let counted = counter.map(|row| row.number("value")).transpose()?.unwrap_or(0);
        Ok(head.unwrap_or(0).max(counted))
    }

    /// Every published head, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heads(&self) -> Result<Vec<Head>> {
        let rows = self.db().all(&HEADS, args![self.municipality]).await?;
        rows.iter()
            .map(|row| {
                Ok(Head {
                    seq: row.number("seq")?,
                    chain: Digest::from_bytes(row.array("chain")?),
                    signature: crate::hex(&row.bytes("signature")?),
                    published_at: row.at("published_at")?,
                })
            })
            .collect()
    }

    /// Whether the journal has an entry of this act about a subject: what the check of a certificate asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal_has(&self, subject: Uuid, act: &str) -> Result<bool> {
        Ok(self.journal_of(subject).await?.iter().any(|entry| entry.act == act))
    }
}

fn fits(municipality: MunicipalityId, public: &VerifyingKey, head: &Head, chain: &[u8; 32]) -> bool {
    let Some(signature) = crate::unhex::<64>(&head.signature) else {
        return false;
    };
    let signature = Signature::from_bytes(&signature);
    head.chain.as_bytes() == chain
        && public
            .verify(signed(municipality, head.seq, chain).as_bytes(), &signature)
            .is_ok()
}
