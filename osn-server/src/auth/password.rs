//! Passwords of local accounts: Argon2id (19 MiB, 2 passes, 1 lane), never on an async thread.

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};

use crate::entropy::{Entropy, draw};

/// The stored form of a password (PHC string).
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// A stored hash that cannot be read, or hashing that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password hash cannot be computed or read")]
pub struct WrongHash;

/// Hashes a password with a fresh salt.
pub async fn hash_password(password: String, entropy: &dyn Entropy) -> Result<PasswordHash, WrongHash> {
    let salt: [u8; 16] = draw(entropy);
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| PasswordHash(hash.to_string()))
    });
    hashed.await.map_err(|_| WrongHash)?.map_err(|_| WrongHash)
}

/// Whether a password fits. Without a stored hash the work is done all the same, so that time tells nothing.
pub async fn verify_password(password: String, stored: Option<PasswordHash>) -> Result<bool, WrongHash> {
    let verified = tokio::task::spawn_blocking(move || {
        let Some(stored) = stored else {
            let _ = Argon2::default().hash_password_with_salt(password.as_bytes(), &[0; 16]);
            return Ok(false);
        };
        let parsed = argon2::PasswordHash::new(&stored.0).map_err(|_| WrongHash)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    });
    verified.await.map_err(|_| WrongHash)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[tokio::test]
    async fn only_the_password_fits() {
        let hash = hash_password("σωστό".into(), &SeededEntropy::new(1)).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify_password("σωστό".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify_password("λάθος".into(), Some(hash)).await.unwrap());
        assert!(!verify_password("σωστό".into(), None).await.unwrap());
        assert_eq!(
            verify_password("x".into(), Some(PasswordHash("nonsense".into()))).await,
            Err(WrongHash)
        );
    }
}
