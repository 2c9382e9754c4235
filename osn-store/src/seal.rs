//! Sealing: XChaCha20-Poly1305 bound to municipality, table, column and row; keyed hashes for exact look-up.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use osn_core::id::MunicipalityId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::{Result, SealFault, StoreError};

/// Where randomness comes from; tests may give their own.
pub trait Entropy: Send + Sync {
    /// Fills `out` with random bytes.
    ///
    /// # Errors
    /// When the system has none to give.
    fn fill(&self, out: &mut [u8]) -> Result<()>;
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<()> {
        getrandom::fill(out).map_err(|_| StoreError::Entropy)
    }
}

/// Random bytes of a fixed length.
pub(crate) fn random<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

/// The key-encryption key: 32 bytes that live outside both databases. Without it nothing personal can be read.
#[derive(Clone)]
pub struct Kek(Zeroizing<[u8; 32]>);

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kek(***)")
    }
}

impl Kek {
    /// A key from its bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from a file of 64 hexadecimal digits, or makes one that only its owner can read (mode 0400).
    ///
    /// # Errors
    /// When the file is not a key, can be read by others, or cannot be written.
    pub fn read_or_create(path: &Path) -> Result<Self> {
        let file = |error: std::io::Error| StoreError::File {
            what: "key-encryption key",
            kind: error.kind(),
        };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                refuse_public(path)?;
                let bytes = crate::unhex::<32>(text.trim()).ok_or(StoreError::File {
                    what: "key-encryption key",
                    kind: std::io::ErrorKind::InvalidData,
                })?;
                Ok(Self::new(bytes))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self::new(random(&SystemEntropy)?);
                key.write_new(path).map_err(file)?;
                Ok(key)
            }
            Err(error) => Err(file(error)),
        }
    }

    fn write_new(&self, path: &Path) -> std::io::Result<()> {
        use std::io::Write as _;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o400);
        let mut file = options.open(path)?;
        file.write_all(Zeroizing::new(crate::hex(&*self.0)).as_bytes())?;
        file.sync_all()?;
        // The name is durable only when its directory is: a key that is lost takes everything with it.
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            std::fs::File::open(directory)?.sync_all()?;
        }
        Ok(())
    }
}

/// A key that everybody on the machine can read is no key.
fn refuse_public(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let what = "key-encryption key";
        let file = |error: std::io::Error| StoreError::File {
            what,
            kind: error.kind(),
        };
        if std::fs::metadata(path).map_err(file)?.permissions().mode() & 0o007 != 0 {
            return Err(file(std::io::ErrorKind::PermissionDenied.into()));
        }
    }
    Ok(())
}

/// What sealed bytes are bound to: they open nowhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'a> {
    pub(crate) municipality: MunicipalityId,
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a [u8],
}

impl Bound<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(self.municipality.uuid().as_bytes());
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.row] {
            bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

/// Version of the sealed form: version byte, key id, nonce, ciphertext with tag.
const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;

/// A key that seals: a person's, or a municipality's for documents about many people.
#[derive(Clone)]
pub(crate) struct SealKey {
    id: [u8; KEY_ID],
    key: Zeroizing<[u8; 32]>,
}

impl SealKey {
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Self> {
        Ok(Self {
            id: random(entropy)?,
            key: Zeroizing::new(random(entropy)?),
        })
    }

    pub(crate) fn seal(&self, entropy: &dyn Entropy, bound: Bound<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random(entropy)?;
        let sealed = cipher(&self.key)
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: &bound.bytes(),
                },
            )
            .map_err(|_| StoreError::OutOfRange("sealed document"))?;
        let mut bytes = Vec::with_capacity(1 + KEY_ID + NONCE + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    pub(crate) fn open(&self, bound: Bound<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(SealFault::Tampered)?;
        let (id, rest) = rest.split_at_checked(KEY_ID).ok_or(SealFault::Tampered)?;
        if id != self.id {
            return Err(SealFault::KeyMissing);
        }
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(SealFault::Tampered)?;
        cipher(&self.key)
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: body,
                    aad: &bound.bytes(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| SealFault::Tampered)
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(*key).into())
}

/// Wraps keys under the key-encryption key.
#[derive(Clone)]
pub(crate) struct Wrapper {
    key: Arc<SealKey>,
}

impl Wrapper {
    /// The key id names the key-encryption key, so that a wrong one is told from a changed row.
    pub(crate) fn new(kek: &Kek) -> Self {
        let mut id = [0; KEY_ID];
        let digest = Sha256::new()
            .chain_update(b"osn/kek-id/1\0")
            .chain_update(*kek.0)
            .finalize();
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self {
            key: Arc::new(SealKey { id, key: kek.0.clone() }),
        }
    }

    pub(crate) fn wrap(&self, entropy: &dyn Entropy, bound: Bound<'_>, key: &SealKey) -> Result<Vec<u8>> {
        let mut plain = Zeroizing::new(Vec::with_capacity(KEY_ID + 32));
        plain.extend_from_slice(&key.id);
        plain.extend_from_slice(&*key.key);
        self.key.seal(entropy, bound, &plain)
    }

    pub(crate) fn unwrap_key(&self, bound: Bound<'_>, wrapped: &[u8]) -> Result<SealKey, SealFault> {
        let plain = self.open(bound, wrapped)?;
        let (id, key) = plain.split_first_chunk::<KEY_ID>().ok_or(SealFault::Tampered)?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| SealFault::Tampered)?;
        Ok(SealKey {
            id: *id,
            key: Zeroizing::new(key),
        })
    }

    /// Opens a wrapped secret; another key id than ours means another key-encryption key.
    fn open(&self, bound: Bound<'_>, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        self.key.open(bound, wrapped).map_err(|fault| match fault {
            SealFault::KeyMissing => SealFault::WrongKek,
            other @ (SealFault::Tampered | SealFault::WrongKek | SealFault::Erased) => other,
        })
    }
}

/// The keyed hash of a value: equal values of one kind are equal hashes, and nothing else is told.
///
/// Each kind has its own key, derived from the municipality's index key, so that an AMKA and a telephone number never
/// meet. The caller folds the value first (`osn_core::text`, identifiers without separators).
pub(crate) fn blind(index_key: &SealKey, municipality: MunicipalityId, kind: &str, value: &str) -> Result<[u8; 16]> {
    let mut key = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(Some(municipality.uuid().as_bytes()), &*index_key.key)
        .expand_multi_info(&[b"osn/blind-index/1/", kind.as_bytes()], &mut *key)
        .map_err(|_| StoreError::OutOfRange("blind index"))?;
    let mut mac =
        <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&*key).map_err(|_| StoreError::OutOfRange("blind index"))?;
    mac.update(value.as_bytes());
    let full: [u8; 32] = mac.finalize().into_bytes().into();
    let mut short = [0; 16];
    short.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    Ok(short)
}

/// The seed of the municipality's signing key.
pub(crate) fn signing_key(seed: &SealKey) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&seed.key)
}

/// An identifier of version 7 from a moment and random bits: sortable by time.
pub(crate) fn uuid_v7(entropy: &dyn Entropy, at: osn_core::time::Instant) -> Result<Uuid> {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random(entropy)?).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(row: &[u8]) -> Bound<'_> {
        Bound {
            municipality: MunicipalityId::new(Uuid::from_u128(1)),
            table: "application_data",
            column: "sealed",
            row,
        }
    }

    #[test]
    fn sealed_bytes_open_only_where_they_were_sealed() {
        let key = SealKey::generate(&SystemEntropy).unwrap();
        let sealed = key.seal(&SystemEntropy, bound(b"a"), b"secret").unwrap();
        assert_eq!(&**key.open(bound(b"a"), &sealed).unwrap(), b"secret");
        assert_eq!(
            key.open(bound(b"b"), &sealed).unwrap_err(),
            SealFault::Tampered,
            "another row"
        );
        let other = SealKey::generate(&SystemEntropy).unwrap();
        assert_eq!(
            other.open(bound(b"a"), &sealed).unwrap_err(),
            SealFault::KeyMissing,
            "another key"
        );
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(bound(b"a"), &changed).is_err(), "byte {at}");
        }
        assert!(key.open(bound(b"a"), &sealed[..10]).is_err());
    }

    #[test]
    fn a_wrong_kek_is_told_from_a_changed_row() {
        let (right, wrong) = (Wrapper::new(&Kek::new([1; 32])), Wrapper::new(&Kek::new([2; 32])));
        let key = SealKey::generate(&SystemEntropy).unwrap();
        let wrapped = right.wrap(&SystemEntropy, bound(b"p"), &key).unwrap();
        assert!(right.unwrap_key(bound(b"p"), &wrapped).is_ok());
        assert_eq!(wrong.unwrap_key(bound(b"p"), &wrapped).err(), Some(SealFault::WrongKek));
        assert_eq!(right.unwrap_key(bound(b"q"), &wrapped).err(), Some(SealFault::Tampered));
    }

    #[test]
    fn equal_values_meet_only_within_their_kind() {
        let key = SealKey::generate(&SystemEntropy).unwrap();
        let city = MunicipalityId::new(Uuid::from_u128(1));
        let amka = blind(&key, city, "amka", "01018099907").unwrap();
        assert_eq!(amka, blind(&key, city, "amka", "01018099907").unwrap());
        assert_ne!(amka, blind(&key, city, "phone", "01018099907").unwrap());
        assert_ne!(
            amka,
            blind(&key, MunicipalityId::new(Uuid::from_u128(2)), "amka", "01018099907").unwrap()
        );
    }

    #[test]
    fn the_kek_file_is_made_once_and_only_its_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kek");
        let (first, second) = (Kek::read_or_create(&path).unwrap(), Kek::read_or_create(&path).unwrap());
        assert_eq!(first.0, second.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
        }
        let public = dir.path().join("public");
        std::fs::write(&public, crate::hex(&[7; 32])).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&public, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(Kek::read_or_create(&public).is_err(), "everybody can read it");
            std::fs::set_permissions(&public, std::fs::Permissions::from_mode(0o640)).unwrap();
        }
        assert_eq!(*Kek::read_or_create(&public).unwrap().0, [7; 32]);
        let other = dir.path().join("other");
        std::fs::write(&other, "not a key").unwrap();
        assert!(Kek::read_or_create(&other).is_err());
    }
}
