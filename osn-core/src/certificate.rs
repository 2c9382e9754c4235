//! The certificate of need (βεβαίωση ανάγκης): what was examined, why, and what follows; canonical, hashed, signed outside.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError, Digest};
use crate::coverage::Confirmation;
use crate::id::{AccountId, CertificateId, MunicipalityId, RequestId};
use crate::time::Instant;

/// Kind and version in the digest's prefix.
pub const KIND: &str = "need-certificate:1";

/// A certificate before it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedCertificate {
    /// Identifier.
    pub id: CertificateId,
    /// The municipality that issues it.
    pub municipality_id: MunicipalityId,
    /// The request it answers.
    pub request_id: RequestId,
    /// The public reference, e.g. `ΒΑ-2022-0001`.
    pub reference: String,
    /// When it was issued.
    pub issued_at: Instant,
    /// The coordinator who issued it.
    pub issued_by: AccountId,
    /// The examination, complete.
    pub confirmation: Confirmation,
}

/// Why a certificate cannot be issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// Somebody still has to decide about undetermined services.
    #[error("{open} services are undetermined: a person decides on each, with a reason")]
    OpenUnknowns {
        /// How many.
        open: u32,
    },
}

impl NeedCertificate {
    /// Refuses while an undetermined service waits for a person.
    ///
    /// # Errors
    /// [`IssueError::OpenUnknowns`].
    pub fn check_issuable(confirmation: &Confirmation) -> Result<(), IssueError> {
        match confirmation.open {
            0 => Ok(()),
            open => Err(IssueError::OpenUnknowns { open }),
        }
    }

    /// The canonical form (RFC 8785 JSON, NFC strings, integers only).
    ///
    /// # Errors
    /// When a value cannot be expressed canonically; this would be a fault of ours.
    pub fn canonical(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_canonical(self)
    }

    /// The digest that is signed.
    pub fn digest(canonical: &[u8]) -> Digest {
        canonical::digest(KIND, canonical)
    }
}

/// A certificate with its signature: what is stored, downloaded and verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedCertificate {
    /// The certificate.
    pub certificate: NeedCertificate,
    /// Digest of its canonical form.
    pub digest: Digest,
    /// ed25519 signature over the digest's 32 bytes, hexadecimal.
    pub signature: String,
    /// The municipality's public key, hexadecimal.
    pub public_key: String,
}
