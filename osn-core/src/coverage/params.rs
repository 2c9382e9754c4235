//! The parameters of a reason: at most a few, kept in one short sorted list.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a reason speaks of, by name: `wanted`, `seen`, `limit`. JSON: an object.
///
/// An examination makes ten reasons for each of a thousand services; a list of two entries costs a tenth of a tree's node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(Cow<'static, str>, String)>);

impl Params {
    /// Parameters by name; of two with one name, the later counts.
    pub fn new(params: impl IntoIterator<Item = (Cow<'static, str>, String)>) -> Self {
        Self(params.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }

    /// Parameters whose names are written in the code in ascending order.
    pub(super) fn sorted<const N: usize>(params: [(&'static str, String); N]) -> Self {
        debug_assert!(
            params.is_sorted_by(|(one, _), (next, _)| one < next),
            "names ascend, each once"
        );
        Self(
            params
                .into_iter()
                .map(|(name, value)| (Cow::Borrowed(name), value))
                .collect(),
        )
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }
}

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let params = BTreeMap::<String, String>::deserialize(deserializer)?;
        Ok(Self::new(
            params.into_iter().map(|(name, value)| (Cow::Owned(name), value)),
        ))
    }
}
