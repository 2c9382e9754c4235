//! Signatures of packages: minisign, detached, over the whole file.

use minisign_verify::{PublicKey, Signature};

use super::PackageError;

/// Whose packages a host takes.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Trusted keys.
    pub keys: Vec<PublicKey>,
    /// What happens to packages without a signature.
    pub policy: Policy,
}

/// What happens to packages without a signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// They are taken, and shown as unsigned. A signature that is there must be good.
    AllowUnsigned,
    /// They are refused.
    #[default]
    RequireSignature,
}

/// What is known about a package's origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// By one of the trusted keys.
    By {
        /// Position of the key in [`Trust::keys`].
        key: usize,
        /// The comment that the signature covers.
        comment: String,
    },
    /// Not signed; the policy allows that.
    Unsigned,
}

impl Trust {
    /// Reads keys as `minisign -G` prints them (base64 on one line, comments allowed).
    pub fn from_keys<'a>(keys: impl IntoIterator<Item = &'a str>, policy: Policy) -> Result<Self, PackageError> {
        let read = |text: &str| {
            let line = text
                .lines()
                .map(str::trim)
                .rfind(|line| !line.is_empty())
                .unwrap_or_default();
            PublicKey::from_base64(line).map_err(|_| PackageError::NotASignature)
        };
        Ok(Self {
            keys: keys.into_iter().map(read).collect::<Result<_, _>>()?,
            policy,
        })
    }
}

/// Checks a package's bytes against its `.minisig` text.
pub fn verify_signature(bytes: &[u8], signature: Option<&str>, trust: &Trust) -> Result<Signed, PackageError> {
    let Some(text) = signature else {
        return match trust.policy {
            Policy::AllowUnsigned => Ok(Signed::Unsigned),
            Policy::RequireSignature => Err(PackageError::NotSigned),
        };
    };
    let signature = Signature::decode(text).map_err(|_| PackageError::NotASignature)?;
    let key = trust
        .keys
        .iter()
        .position(|key| key.verify(bytes, &signature, false).is_ok());
    key.map(|key| Signed::By {
        key,
        comment: signature.trusted_comment().to_owned(),
    })
    .ok_or(PackageError::BadSignature)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made for this test in the format of minisign, over the nine bytes "a package", with a key that was thrown away.
    const KEY: &str = include_str!("testdata/test.pub");
    const SIGNATURE: &str = include_str!("testdata/a-package.minisig");

    #[test]
    fn only_a_good_signature_passes() {
        let trust = |policy| Trust::from_keys([KEY], policy).unwrap();
        let strict = trust(Policy::RequireSignature);
        let signed = verify_signature(b"a package", Some(SIGNATURE), &strict).unwrap();
        assert_eq!(
            signed,
            Signed::By {
                key: 0,
                comment: "food-parcel 0.1.0".to_owned()
            }
        );
        assert_eq!(
            verify_signature(b"b package", Some(SIGNATURE), &strict),
            Err(PackageError::BadSignature)
        );
        assert_eq!(
            verify_signature(b"a package", None, &strict),
            Err(PackageError::NotSigned)
        );
        assert_eq!(
            verify_signature(b"a package", Some("?"), &strict),
            Err(PackageError::NotASignature)
        );
        assert_eq!(
            verify_signature(b"a package", None, &trust(Policy::AllowUnsigned)),
            Ok(Signed::Unsigned)
        );
        // A comment that was changed is no longer covered; a bad signature is worse than none.
        let altered = SIGNATURE.replace("food-parcel", "fool-parcel");
        assert_eq!(
            verify_signature(b"a package", Some(&altered), &trust(Policy::AllowUnsigned)),
            Err(PackageError::BadSignature)
        );
    }
}
