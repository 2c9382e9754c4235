//! After how many days a record loses its worth: what the municipality decides, kept among its settings.

use osn_core::coverage::FreshnessPolicy;
use osn_core::upkeep::UpkeepPolicy;
use osn_store::Municipality;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Where the days stand among the settings of a municipality, and the number of their version.
const SETTING: &str = "upkeep";
const VERSION: &str = "upkeep_version";
/// Nobody means more than ten years.
const MOST_DAYS: u16 = 3_650;

/// What a municipality decides about upkeep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpkeepDays {
    /// The owner of a record is reminded when nobody confirmed it for so many days.
    pub remind_after_days: u16,
    /// After so many days it is no longer counted as cover.
    pub no_cover_after_days: u16,
    /// After so many days nobody is referred to it.
    pub no_referral_after_days: u16,
    /// A reminder that brought nothing is repeated after so many days.
    pub remind_again_after_days: u16,
    /// The link of a reminder can be used for so many days.
    pub link_valid_days: u16,
    /// Counts below this are not shown publicly.
    pub publish_from: u32,
}

impl From<UpkeepPolicy> for UpkeepDays {
    fn from(policy: UpkeepPolicy) -> Self {
        Self {
            remind_after_days: policy.freshness.remind_after_days,
            no_cover_after_days: policy.freshness.no_cover_after_days,
            no_referral_after_days: policy.freshness.no_referral_after_days,
            remind_again_after_days: policy.remind_again_after_days,
            link_valid_days: policy.link_valid_days,
            publish_from: policy.publish_from,
        }
    }
}

impl From<UpkeepDays> for UpkeepPolicy {
    fn from(days: UpkeepDays) -> Self {
        Self {
            freshness: FreshnessPolicy {
                remind_after_days: days.remind_after_days,
                no_cover_after_days: days.no_cover_after_days,
                no_referral_after_days: days.no_referral_after_days,
            },
            remind_again_after_days: days.remind_again_after_days,
            link_valid_days: days.link_valid_days,
            publish_from: days.publish_from,
        }
    }
}

impl UpkeepDays {
    /// What cannot be meant: no days at all, more than ten years, or a record that loses cover before anybody is reminded.
    fn problems(&self) -> Vec<FieldError> {
        let days = [
            ("/remind_after_days", self.remind_after_days, 1),
            ("/no_cover_after_days", self.no_cover_after_days, self.remind_after_days),
            (
                "/no_referral_after_days",
                self.no_referral_after_days,
                self.no_cover_after_days,
            ),
            ("/remind_again_after_days", self.remind_again_after_days, 1),
            ("/link_valid_days", self.link_valid_days, 1),
        ];
        let wrong = days
            .into_iter()
            .filter(|(_, days, least)| !(*least.max(&1)..=MOST_DAYS).contains(days));
        wrong
            .map(|(field, ..)| FieldError::new(field, "out-of-range"))
            .collect()
    }
}

/// What a municipality decided; the usual days where it decided nothing, or nothing that can be read.
pub(super) fn of(municipality: &Municipality) -> UpkeepPolicy {
    let Some(settings) = municipality.settings.get(SETTING).cloned() else {
        return UpkeepPolicy::default();
    };
    serde_json::from_value(settings).unwrap_or_else(|error| {
        tracing::error!(municipality = %municipality.id, %error, "settings.upkeep cannot be read; the usual days hold");
        UpkeepPolicy::default()
    })
}

fn version(settings: &Value) -> i64 {
    settings.get(VERSION).and_then(Value::as_i64).unwrap_or_default()
}

/// The days and their version.
pub async fn get(acting: &Acting) -> Outcome<Saved<UpkeepDays>> {
    acting.require(Right::SeeWork)?;
    let municipality = acting.scope.municipality().await?;
    let policy = municipality.as_ref().map(of).unwrap_or_default();
    Ok(Saved {
        value: policy.into(),
        version: municipality
            .map(|municipality| version(&municipality.settings))
            .unwrap_or_default(),
    })
}

/// Keeps the days: they hold from the next look at a record on. What was examined before keeps the days of its own time.
pub async fn put(acting: &Acting, days: UpkeepDays) -> Outcome<Saved<UpkeepDays>> {
    acting.require(Right::MaintainDirectory)?;
    let mut tx = acting.begin("upkeep.days").await?;
    let mut settings = tx.settings_for_update().await?;
    let before = version(&settings);
    // Before anything else: whoever mends a number here next has to know first that somebody else decided.
    acting.check_version(before)?;
    let problems = days.problems();
    if !problems.is_empty() {
        return Err(Refusal::invalid("request.invalid", problems));
    }
    let version = before.saturating_add(1);
    let policy = serde_json::to_value(UpkeepPolicy::from(days)).map_err(Refusal::internal)?;
    if settings.is_null() {
        settings = Value::Object(serde_json::Map::new());
    }
    if let Some(settings) = settings.as_object_mut() {
        settings.insert(SETTING.to_owned(), policy);
        settings.insert(VERSION.to_owned(), version.into());
    }
    tx.put_settings(&settings).await?;
    let details = serde_json::to_value(days).map_err(Refusal::internal)?;
    tx.journal(entry(
        "upkeep.days",
        "municipality",
        acting.municipality().id.uuid(),
        details,
    ));
    let saved = Saved { value: days, version };
    acting.commit(tx, &saved).await?;
    acting.app.refresh_municipalities().await?;
    Ok(saved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_each_other() {
        let usual = UpkeepDays::from(UpkeepPolicy::default());
        let wrong = |change: fn(&mut UpkeepDays)| {
            let mut days = usual;
            change(&mut days);
            days.problems().into_iter().map(|error| error.path).collect::<Vec<_>>()
        };
        assert_eq!(wrong(|_| ()), Vec::<String>::new());
        assert_eq!(wrong(|days| days.remind_after_days = 0), ["/remind_after_days"]);
        assert_eq!(wrong(|days| days.no_cover_after_days = 30), ["/no_cover_after_days"]);
        assert_eq!(
            wrong(|days| days.no_referral_after_days = 100),
            ["/no_referral_after_days"]
        );
        assert_eq!(wrong(|days| days.link_valid_days = 4_000), ["/link_valid_days"]);
        assert_eq!(UpkeepPolicy::from(usual), UpkeepPolicy::default());
    }
}
