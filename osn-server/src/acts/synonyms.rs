//! Words that mean the same: a list of the municipality, which its staff edit and the search reads.

use osn_core::search::{SynonymError, SynonymGroup, Synonyms};
use osn_store::Municipality;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// Where the list stands among the settings of a municipality.
const SETTING: &str = "synonyms";

/// A municipality's list of words that mean the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SynonymList {
    /// Groups of words and phrases; whoever types one finds what is written with another.
    #[schemars(with = "Vec<shapes::SynonymGroup>")]
    pub groups: Vec<SynonymGroup>,
}

/// The list as it stands among the settings.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    version: i64,
    #[serde(flatten)]
    list: SynonymGroups,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct SynonymGroups {
    #[serde(default)]
    groups: Vec<SynonymGroup>,
}

fn kept(settings: &serde_json::Value) -> Kept {
    let kept = settings.get(SETTING).cloned().map(serde_json::from_value);
    kept.and_then(Result::ok).unwrap_or_default()
}

impl SynonymList {
    /// The list of a municipality; empty where it has none.
    pub fn of(municipality: Option<&Municipality>) -> Self {
        let kept = municipality.map(|municipality| kept(&municipality.settings));
        Self {
            groups: kept.unwrap_or_default().list.groups,
        }
    }
}

/// The list and its version.
pub async fn get(acting: &Acting) -> Outcome<Saved<SynonymList>> {
    acting.require(Right::SeeWork)?;
    let municipality = acting.scope.municipality().await?;
    let kept = municipality
        .map(|municipality| kept(&municipality.settings))
        .unwrap_or_default();
    Ok(Saved {
        value: SynonymList {
            groups: kept.list.groups,
        },
        version: kept.version,
    })
}

/// Keeps a list; the search uses it from the next question on, on every server.
pub async fn put(acting: &Acting, list: SynonymList) -> Outcome<Saved<SynonymList>> {
    acting.require(Right::MaintainDirectory)?;
    if let Err(errors) = Synonyms::new(&list.groups) {
        return Err(Refusal::invalid("synonyms.invalid", errors.iter().map(field).collect()));
    }
    let mut tx = acting.begin("synonyms.put").await?;
    let mut settings = tx.settings_for_update().await?;
    let before = kept(&settings);
    acting.check_version(before.version)?;
    let version = before.version.saturating_add(1);
    let after = Kept {
        version,
        list: SynonymGroups {
            groups: list.groups.clone(),
        },
    };
    let value = serde_json::to_value(after).map_err(Refusal::internal)?;
    if let Some(settings) = settings.as_object_mut() {
        settings.insert(SETTING.to_owned(), value);
    }
    tx.put_settings(&settings).await?;
    tx.journal(entry(
        "synonyms.put",
        "municipality",
        acting.municipality().id.uuid(),
        serde_json::json!({ "version": version, "groups": list.groups.len() }),
    ));
    let saved = Saved { value: list, version };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

fn field(error: &SynonymError) -> FieldError {
    match error {
        SynonymError::TooManyGroups => FieldError::new("/groups", "synonyms-too-many"),
        SynonymError::Size { group } => FieldError::new(format!("/groups/{group}/words"), "synonyms-size"),
        SynonymError::Phrase { group, word } => {
            FieldError::new(format!("/groups/{group}/words/{word}"), "synonyms-phrase")
        }
    }
}
