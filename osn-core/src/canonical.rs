//! Canonical JSON (RFC 8785, our subset) and the digests that are taken over it.
//!
//! Certificates, frozen lists and decision inputs are signed or hashed as bytes, so the same document must give the same
//! bytes on every machine and in every year. RFC 8785 leaves two doors open that we close: strings are brought to Unicode NFC
//! (a name typed on a Mac and on Windows is one name), and numbers are integers that every JSON reader holds exactly;
//! amounts and percentages travel as decimal strings.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

mod direct;

/// The largest integer that a JSON reader with IEEE 754 numbers still holds exactly (2^53 - 1).
const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;
/// Deepest nesting accepted; the same limit as `serde_json` has when it reads.
const MAX_DEPTH: usize = 128;

/// Why a value has no canonical form. Paths are JSON Pointers (RFC 6901); values are never quoted, they may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// A number with a fraction or an exponent.
    #[error("number at `{path}` is not an integer: write amounts and percentages as decimal strings")]
    Float {
        /// Where the number stands.
        path: String,
    },
    /// An integer outside ±(2^53 - 1).
    #[error("integer at `{path}` is outside ±9007199254740991: write it as a string")]
    IntegerTooLarge {
        /// Where the number stands.
        path: String,
    },
    /// Two keys of one object that differ only in their Unicode form.
    #[error("object at `{path}` has two keys that are equal in Unicode NFC")]
    DuplicateKey {
        /// Where the object stands.
        path: String,
    },
    /// Nesting beyond what a JSON reader accepts.
    #[error("document is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// A Rust value that JSON cannot hold.
    #[error("value cannot be written as JSON: {reason}")]
    NotJson {
        /// What serde said.
        reason: String,
    },
    /// Bytes that are JSON but not in canonical form, or not JSON at all.
    #[error("bytes are not canonical JSON")]
    NotCanonical,
}

/// Writes `value` as canonical JSON.
///
/// # Examples
/// ```
/// let value = serde_json::json!({"b": [1, 2], "a": "ναι"});
/// let bytes = osn_core::canonical::to_canonical_bytes(&value)?;
/// assert_eq!(bytes, "{\"a\":\"ναι\",\"b\":[1,2]}".as_bytes());
/// # Ok::<(), osn_core::canonical::CanonicalError>(())
/// ```
pub fn to_canonical_bytes(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = String::new();
    write_value(&mut out, value, &mut Path::default())?;
    Ok(out.into_bytes())
}

/// Writes any serialisable value as canonical JSON.
///
/// A `NaN` or an infinite float arrives from serde as `null`, so shapes that are signed hold no floats at all.
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    match direct::write(value) {
        Some(text) => Ok(text.into_bytes()),
        None => to_canonical_by_tree(value),
    }
}

fn to_canonical_by_tree<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(|error| CanonicalError::NotJson {
        reason: error.to_string(),
    })?;
    to_canonical_bytes(&value)
}

/// Reads bytes that must already be in canonical form, so that a verified document has exactly one spelling.
pub fn from_canonical_bytes(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| CanonicalError::NotCanonical)?;
    if to_canonical_bytes(&value)? == bytes {
        Ok(value)
    } else {
        Err(CanonicalError::NotCanonical)
    }
}

/// The way from the root to the value being written, spelled out only when something is refused.
#[derive(Default)]
struct Path<'a> {
    steps: Vec<Step<'a>>,
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    fn enter(&mut self, step: Step<'a>) -> Result<(), CanonicalError> {
        if self.steps.len() >= MAX_DEPTH {
            return Err(CanonicalError::TooDeep);
        }
        self.steps.push(step);
        Ok(())
    }

    fn leave(&mut self) {
        self.steps.pop();
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.steps {
            pointer.push('/');
            match step {
                Step::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Step::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

fn write_value<'a>(out: &mut String, value: &'a Value, path: &mut Path<'a>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number, path)?,
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                path.enter(Step::Index(index))?;
                write_value(out, item, path)?;
                path.leave();
            }
            out.push(']');
        }
        Value::Object(members) => write_object(out, members, path)?,
    }
    Ok(())
}

fn write_number(out: &mut String, number: &serde_json::Number, path: &Path<'_>) -> Result<(), CanonicalError> {
    let (sign, magnitude) = match (number.as_u64(), number.as_i64()) {
        (Some(unsigned), _) => ("", unsigned),
        (None, Some(signed)) => ("-", signed.unsigned_abs()),
        (None, None) => {
            return Err(CanonicalError::Float { path: path.pointer() });
        }
    };
    if magnitude > MAX_SAFE_INTEGER {
        return Err(CanonicalError::IntegerTooLarge { path: path.pointer() });
    }
    out.push_str(sign);
    out.push_str(&magnitude.to_string());
    Ok(())
}

fn write_object<'a>(
    out: &mut String,
    members: &'a serde_json::Map<String, Value>,
    path: &mut Path<'a>,
) -> Result<(), CanonicalError> {
    let mut sorted: Vec<(Cow<'a, str>, &'a str, &'a Value)> = members
        .iter()
        .map(|(key, value)| (nfc(key), key.as_str(), value))
        .collect();
    // RFC 8785, 3.2.3: keys are compared as UTF-16 code units, which differs from UTF-8 order beyond the basic plane.
    sorted.sort_by(|(left, ..), (right, ..)| {
        if left.is_ascii() && right.is_ascii() {
            left.cmp(right)
        } else {
            left.encode_utf16().cmp(right.encode_utf16())
        }
    });
    let twins = sorted.array_windows().any(|[(left, ..), (right, ..)]| left == right);
    if twins {
        return Err(CanonicalError::DuplicateKey { path: path.pointer() });
    }
    out.push('{');
    for (index, (key, original, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, &key);
        out.push(':');
        path.enter(Step::Key(original))?;
        write_value(out, value, path)?;
        path.leave();
    }
    out.push('}');
    Ok(())
}

fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Most of a text needs no escape: it is copied in runs.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let text = nfc(text);
    let mut rest = &*text;
    while let Some(at) = rest.find(|character| matches!(character, '"' | '\\' | '\0'..'\u{20}')) {
        let (run, escaped) = rest.split_at(at);
        out.push_str(run);
        let mut characters = escaped.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\t') => out.push_str("\\t"),
            Some('\n') => out.push_str("\\n"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\r') => out.push_str("\\r"),
            Some(control) => {
                out.push_str("\\u00");
                push_hex(out, control.to_string().as_bytes());
            }
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
}

/// A SHA-256 digest. Written as 64 lower-case hexadecimal digits everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Wraps 32 bytes that came from a digest column or another hash of the same kind.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 32 bytes, by value.
    pub const fn into_bytes(self) -> [u8; 32] {
        self.0
    }
}

/// Digest of `bytes` under a domain: SHA-256 over `osn:`, the kind and its version, a newline, and then the bytes.
///
/// `kind_and_version` is a constant of the calling module such as `"need-certificate:1"`. The prefix keeps a digest of one
/// kind from ever being mistaken for a digest of another.
pub fn digest(kind_and_version: &str, bytes: &[u8]) -> Digest {
    let mut hasher = DigestWriter::new(kind_and_version);
    hasher.update(bytes);
    hasher.finish()
}

/// Canonical JSON of `value`, and its digest, in one step.
pub fn digest_of<T: Serialize + ?Sized>(kind_and_version: &str, value: &T) -> Result<Digest, CanonicalError> {
    Ok(digest(kind_and_version, &to_canonical(value)?))
}

/// The same digest as [`digest`], for bytes that come in pieces.
#[derive(Clone)]
pub struct DigestWriter(Sha256);

impl DigestWriter {
    /// Starts a digest of this kind and version.
    pub fn new(kind_and_version: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"osn:");
        hasher.update(kind_and_version.as_bytes());
        hasher.update(b"\n");
        Self(hasher)
    }

    /// Adds bytes; where one piece ends and the next begins makes no difference.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything added.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Debug for DigestWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestWriter(..)")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Text that is not a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written as 64 lower-case hexadecimal digits")]
pub struct DigestParseError;

impl FromStr for Digest {
    type Err = DigestParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: Vec<u8> = text
            .bytes()
            .map(|byte| match byte {
                b'0'..=b'9' => Ok(byte.wrapping_sub(b'0')),
                b'a'..=b'f' => Ok(byte.wrapping_sub(b'a').wrapping_add(10)),
                _ => Err(DigestParseError),
            })
            .collect::<Result<_, _>>()?;
        let (pairs, rest) = digits.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(DigestParseError);
        }
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| (high << 4) | low).collect();
        bytes.try_into().map(Digest).map_err(|_| DigestParseError)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
