//! A decision on immediate help as it can be made again.

use serde::{Deserialize, Serialize};

use super::{ImmediateIntervention, InterventionState};
use crate::canonical::{self, CanonicalError, Digest};
use crate::intervention::Ceiling;

/// A decision on immediate help as it can be made again: what was proposed, under which ceiling, and what the second person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpRecord {
    /// The help as it was decided: nothing was given yet.
    pub help: ImmediateIntervention,
    /// Codes of what was wrong with it; nothing of what was approved is.
    pub problems: Vec<String>,
}

/// Prefix of the digest of a decision's record.
const RECORD: &str = "help-record:1";

impl HelpRecord {
    /// Of help that was just decided on.
    pub fn of(help: &ImmediateIntervention) -> Self {
        Self {
            problems: help
                .problems()
                .iter()
                .map(|problem| problem.code().to_owned())
                .collect(),
            help: help.clone(),
        }
    }

    /// Canonical JSON: the bytes that are kept and hashed.
    ///
    /// # Errors
    /// When a number is too large for canonical JSON.
    pub fn to_canonical(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_canonical(self)
    }

    /// Digest of bytes that should be a record's.
    pub fn digest_of(bytes: &[u8]) -> Digest {
        canonical::digest(RECORD, bytes)
    }

    /// Judges the help again: a pointer to each part that is not as it was recorded. `ceiling` is the one that holds by the model's
    /// version or the emergency, `now` what is stored of the help today.
    ///
    /// # Errors
    /// When the bytes are no record's.
    pub fn differences(
        bytes: &[u8],
        ceiling: Option<&Ceiling>,
        now: Option<&ImmediateIntervention>,
    ) -> Result<Vec<&'static str>, CanonicalError> {
        let value = canonical::from_canonical_bytes(bytes)?;
        let record: Self = serde_json::from_value(value).map_err(|_| CanonicalError::NotCanonical)?;
        let help = &record.help;
        let second = match &help.state {
            InterventionState::Approved { by, .. } | InterventionState::Refused { by, .. } => Some(*by),
            _ => None,
        };
        let approved = matches!(help.state, InterventionState::Approved { .. });
        let same =
            |part: fn(&ImmediateIntervention, &ImmediateIntervention) -> bool| now.is_some_and(|now| part(help, now));
        let checks = [
            (
                "/problems",
                record.problems == Self::of(help).problems && (!approved || record.problems.is_empty()),
            ),
            ("/help/state", second.is_some_and(|by| by != help.proposed_by)),
            ("/help/ceiling", ceiling == Some(&help.ceiling)),
            (
                "/help/entry",
                same(|then, now| then.entry == now.entry && then.model_version == now.model_version),
            ),
            ("/help/to", same(|then, now| then.to == now.to)),
            ("/help/areas", same(|then, now| then.areas == now.areas)),
            ("/help/period", same(|then, now| then.period == now.period)),
            ("/help/cost", same(|then, now| then.cost == now.cost)),
            ("/help/reason", same(|then, now| then.reason == now.reason)),
            (
                "/help/proposed_by",
                same(|then, now| then.proposed_by == now.proposed_by && then.proposed_at == now.proposed_at),
            ),
        ];
        Ok(checks
            .into_iter()
            .filter(|(_, holds)| !holds)
            .map(|(at, _)| at)
            .collect())
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests")]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::directory::TermCode;
    use crate::id::{AccountId, InterventionId, OrganizationId};
    use crate::immediate::HelpTo;
    use crate::lang::LocalText;
    use crate::money::Money;
    use crate::time::Period;

    fn help() -> ImmediateIntervention {
        let day = |text: &str| text.parse().unwrap();
        let account = |number| AccountId::new(Uuid::from_u128(number));
        let at = chrono::DateTime::from_timestamp(1_657_836_000, 0).unwrap();
        let mut help = ImmediateIntervention {
            id: InterventionId::new(Uuid::from_u128(9)),
            entry: "meals".to_owned(),
            model_version: 1,
            to: HelpTo::Body {
                organization_id: OrganizationId::new(Uuid::from_u128(7)),
                people: 3,
            },
            areas: vec![TermCode::new("city.1")],
            period: Period {
                from: day("2022-07-15"),
                to: Some(day("2022-07-16")),
            },
            cost: Money::from_cents(6_000),
            reason: LocalText::new("Πλημμύρα", "Flood"),
            emergency_id: None,
            ceiling: Ceiling {
                people: Some(5),
                cost: Some(Money::from_cents(10_000)),
                days: Some(3),
            },
            request_id: None,
            certificate_due: day("2022-07-30"),
            certificate_id: None,
            proposed_by: account(1),
            proposed_at: at,
            given: Vec::new(),
            state: InterventionState::Proposed,
        };
        help.approve(account(2), at).unwrap();
        help
    }

    #[test]
    fn help_is_judged_again_and_whatever_was_altered_is_named() {
        let help = help();
        let record = HelpRecord::of(&help);
        assert_eq!(record.problems, Vec::<String>::new());
        let bytes = record.to_canonical().unwrap();
        let differ = |bytes: &[u8], now: &ImmediateIntervention| {
            HelpRecord::differences(bytes, Some(&help.ceiling), Some(now)).unwrap()
        };
        assert_eq!(differ(&bytes, &help), Vec::<&str>::new());
        // The row was altered afterwards.
        let dearer = ImmediateIntervention {
            cost: Money::from_cents(90_000),
            ..help.clone()
        };
        assert_eq!(differ(&bytes, &dearer), ["/help/cost"]);
        // The row and the record were altered together: the rules say otherwise.
        let forged = HelpRecord {
            problems: Vec::new(),
            help: dearer.clone(),
        };
        assert_eq!(differ(&forged.to_canonical().unwrap(), &dearer), ["/problems"]);
        let larger = Ceiling {
            people: Some(500),
            ..help.ceiling.clone()
        };
        let ceiling = HelpRecord::differences(&bytes, Some(&larger), Some(&help)).unwrap();
        assert_eq!(ceiling, ["/help/ceiling"]);
        let mut flipped = bytes.clone();
        flipped[30] ^= 1;
        assert_ne!(HelpRecord::digest_of(&flipped), HelpRecord::digest_of(&bytes));
    }
}
