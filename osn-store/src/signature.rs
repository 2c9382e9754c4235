//! Checking a municipality's signature without a database: what `osn certificate verify` needs.

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use osn_core::canonical::Digest;

/// Whether `signature` over the digest's 32 bytes was made with the key behind `public_key`; both hexadecimal.
pub fn verify_signature(digest: &Digest, signature: &str, public_key: &str) -> bool {
    let (Some(signature), Some(key)) = (crate::unhex::<64>(signature), crate::unhex::<32>(public_key)) else {
        return false;
    };
    VerifyingKey::from_bytes(&key).is_ok_and(|key| {
        key.verify(digest.as_bytes(), &Signature::from_bytes(&signature))
            .is_ok()
    })
}
