//! The summary of the year: counted from what the system answers, never from what the scenario says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::door::{DemoError, Load};
use super::player::{Player, Story, state_of, text_of};

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Services in the mapping.
    pub services: u64,
    /// The first certificate.
    pub certificate: CertificateSummary,
    /// Applications.
    pub applications: ApplicationsSummary,
    /// What the program judged.
    pub assessments: AssessmentsSummary,
    /// The final list.
    pub selection: SelectionSummary,
    /// Deliveries.
    pub deliveries: DeliveriesSummary,
    /// Money.
    pub money: MoneySummary,
    /// The main program's decisions run again in a new process.
    pub replay: ReplaySummary,
    /// Everything that was run again there, of every program.
    pub replay_all: ReplayAllSummary,
    /// The journal, as its own check found it.
    pub journal: JournalSummary,
    /// Whole seconds that this start took to play what was left of the year.
    pub seconds: u64,
    /// Where it is served; absent with `--once`.
    pub address: Option<String>,
    /// The seed of the people.
    pub seed: u64,
    /// The accounts of the demonstration.
    pub accounts: Vec<AccountSummary>,
    /// The year's further stories; what stands above counts the main one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<StorySummary>,
}

/// A further story of the year, counted like the main one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorySummary {
    /// Its key.
    pub story: String,
    /// Its program.
    pub program: String,
    /// The certificate that its action stands on.
    pub certificate: CertificateSummary,
    /// Applications.
    pub applications: ApplicationsSummary,
    /// What the program judged.
    pub assessments: AssessmentsSummary,
    /// The final list.
    pub selection: SelectionSummary,
    /// People for whom something was planned, where the program assigns people to rounds.
    pub people: u64,
    /// Deliveries.
    pub deliveries: DeliveriesSummary,
    /// Decisions run again in a new process.
    pub replay: ReplaySummary,
}

/// The certificate that the year's action stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    /// `covered`, `partly-covered` or `gap`.
    pub outcome: String,
    /// People whom the network does not serve.
    pub residual: u64,
}

/// Applications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationsSummary {
    /// Accepted.
    pub received: u64,
    /// Refused with a reason.
    pub refused: u64,
}

/// Outcomes of the assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentsSummary {
    /// Every criterion is met.
    pub eligible: u64,
    /// At least one is not.
    pub not_eligible: u64,
    /// Something is missing.
    pub missing_evidence: u64,
}

/// The final list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionSummary {
    /// With a place.
    pub selected: u64,
    /// On reserve.
    pub reserve: u64,
}

/// Deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveriesSummary {
    /// Instalments in force at the end.
    pub planned: u64,
    /// Delivered.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Attempts after a failed one.
    pub repeated: u64,
}

/// Money: expenses, the claim, judgements made again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneySummary {
    /// Expenses.
    pub expenses: u64,
    /// What the claim asks for, in euros.
    pub claimed: String,
    /// Judgements that were made again.
    pub judgements: u64,
    /// Of which the same bytes came out.
    pub identical: u64,
}

/// Decisions run again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaySummary {
    /// Stored decisions.
    pub total: u64,
    /// Of which the same bytes came out.
    pub identical: u64,
}

/// Everything that was run again, of every program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayAllSummary {
    /// Decisions of the machine.
    pub decisions: ReplaySummary,
    /// Ranked lists.
    pub lists: ReplaySummary,
    /// Plans that a program made.
    pub plans: ReplaySummary,
}

/// The journal's own check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalSummary {
    /// Entries in the chain.
    pub entries: u64,
    /// Whether the chain holds.
    pub verified: bool,
}

/// An account of the demonstration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// What is typed at sign-in.
    pub login: String,
    /// Good for this data directory only.
    pub password: String,
    /// Roles.
    pub roles: Vec<String>,
}

impl Player<'_> {
    /// Counts what the system holds.
    pub(super) async fn summary(&mut self, stories: &[Story<'_>]) -> Result<Summary, DemoError> {
        let step = "summary";
        let coordinator = self.holder_of("coordinator")?;
        let mut summary = Summary {
            seed: self.progress.seed(),
            accounts: self.accounts(),
            ..Summary::default()
        };
        let services = self.knock("/services?limit=1", None, Load::Empty).await?;
        summary.services = count(services.body.get("total"));
        for (number, story) in stories.iter().enumerate() {
            let counted = self.count_story(step, &coordinator, story).await?;
            if number > 0 {
                summary.further.push(counted);
                continue;
            }
            summary.certificate = counted.certificate;
            summary.applications = counted.applications;
            summary.assessments = counted.assessments;
            summary.selection = counted.selection;
            summary.deliveries = counted.deliveries;
            summary.replay = counted.replay;
        }
        summary.replay_all = self.replayed_all();
        let auditor = self.holder_of("auditor")?;
        let journal = self.get(step, &auditor, "/journal/verify").await?;
        summary.journal = JournalSummary {
            entries: count(journal.get("entries")),
            verified: journal.get("verified") == Some(&Value::Bool(true)),
        };
        Ok(summary)
    }

    /// What one story left: its certificate, applications, decisions, list and deliveries.
    async fn count_story(
        &mut self,
        step: &str,
        coordinator: &str,
        story: &Story<'_>,
    ) -> Result<StorySummary, DemoError> {
        let scenario = story.scenario;
        let mut summary = StorySummary {
            story: scenario.key.clone(),
            program: scenario.program.clone(),
            ..StorySummary::default()
        };
        summary.applications.refused = self.refused(story);
        summary.replay = self.replayed(&scenario.program);
        let call = self.kept(step, &format!("call/{}", scenario.people.call))?;
        let row = scenario.calls.iter().find(|row| row.key == scenario.people.call);
        let row = row.ok_or_else(|| DemoError::data(&scenario.key, "the people's call is missing"))?;
        let action = story.action(&row.action)?;
        let certificate = self.kept(step, &format!("certificate/{}", action.request))?;
        let certificate = self
            .get(step, coordinator, &format!("/certificates/{certificate}"))
            .await?;
        let outcome = certificate.pointer("/certificate/confirmation/outcome");
        let outcome = outcome.ok_or_else(|| DemoError::Missing {
            step: step.to_owned(),
            field: "outcome",
        })?;
        summary.certificate = CertificateSummary {
            outcome: text_of(step, outcome, "/outcome")?,
            residual: count(outcome.get("residual")),
        };
        let applications = self
            .get(step, coordinator, &format!("/calls/{call}/applications?limit=1"))
            .await?;
        summary.applications.received += count(applications.get("total"));
        summary.assessments = self.assessed(step, coordinator, &call).await?;
        let selection = self.kept(step, &format!("selection/{}", row.key))?;
        let selection = self.get(step, coordinator, &format!("/selections/{selection}")).await?;
        summary.selection.selected += count(selection.pointer("/list/selected"));
        summary.selection.reserve += count(selection.pointer("/list/reserve"));
        let action = self.kept(step, &format!("action/{}", row.action))?;
        let deliveries = self
            .list(step, coordinator, &format!("/actions/{action}/deliveries"))
            .await?;
        let mut people = BTreeSet::new();
        for delivery in &deliveries {
            summary.deliveries.add(delivery);
            let award = delivery.get("award_id").and_then(Value::as_str).unwrap_or_default();
            for item in delivery.get("items").and_then(Value::as_array).into_iter().flatten() {
                people.insert((award.to_owned(), count(item.get("claim"))));
            }
        }
        summary.people = u64::try_from(people.len()).unwrap_or(0);
        Ok(summary)
    }

    /// Attempts of a story that were refused, as they had to be.
    fn refused(&self, story: &Story<'_>) -> u64 {
        let attempts = story.scenario.attempts.iter();
        let refused = attempts.filter(|row| self.played(&story.step("attempt", &row.key)));
        u64::try_from(refused.count()).unwrap_or(0)
    }

    /// The decisions of a program that were run again.
    fn replayed(&self, program: &str) -> ReplaySummary {
        let replay = self
            .progress
            .value("replay")
            .and_then(|all| all.get("programs")?.get(program));
        ReplaySummary {
            total: count(replay.and_then(|replay| replay.get("total"))),
            identical: count(replay.and_then(|replay| replay.get("identical"))),
        }
    }

    fn replayed_all(&self) -> ReplayAllSummary {
        let of = |total: &str, identical: &str| {
            let counted = |pointer: &str| count(self.progress.value("replay").and_then(|all| all.pointer(pointer)));
            ReplaySummary {
                total: counted(total),
                identical: counted(identical),
            }
        };
        ReplayAllSummary {
            decisions: of("/total", "/identical"),
            lists: of("/lists", "/lists_identical"),
            plans: of("/plans/total", "/plans/identical"),
        }
    }

    /// The decisions of a call, by outcome.
    async fn assessed(&mut self, step: &str, coordinator: &str, call: &str) -> Result<AssessmentsSummary, DemoError> {
        let mut assessments = AssessmentsSummary::default();
        for decision in self
            .list(step, coordinator, &format!("/calls/{call}/decisions"))
            .await?
        {
            match decision.get("outcome").and_then(Value::as_str) {
                Some("eligible") => assessments.eligible += 1,
                Some("not-eligible") => assessments.not_eligible += 1,
                Some("missing-evidence") => assessments.missing_evidence += 1,
                _ => {
                    return Err(DemoError::Missing {
                        step: step.to_owned(),
                        field: "outcome of a decision",
                    });
                }
            }
        }
        Ok(assessments)
    }

    fn accounts(&self) -> Vec<AccountSummary> {
        let password = self.progress.password();
        let cast = self.city.cast.iter();
        cast.map(|member| AccountSummary {
            login: member.login.clone(),
            password: password.to_owned(),
            roles: member.roles.clone(),
        })
        .collect()
    }
}

impl DeliveriesSummary {
    /// Counts one delivery: a cancelled one is no longer in force.
    fn add(&mut self, delivery: &Value) {
        let state = state_of(delivery);
        self.planned += u64::from(state != Some("cancelled"));
        self.delivered += u64::from(state == Some("delivered"));
        let mut failed_before = false;
        for attempt in delivery.get("attempts").and_then(Value::as_array).into_iter().flatten() {
            self.repeated += u64::from(failed_before);
            failed_before = attempt.get("result").and_then(Value::as_str) == Some("failed");
            self.failed += u64::from(failed_before);
        }
    }
}

impl StorySummary {
    /// One line: received → selected, people, deliveries, replay.
    fn line(&self) -> String {
        format!(
            "{}: {} → {}, {} άτομα / people, {} παραδόσεις / deliveries, {} / {}",
            self.story,
            self.applications.received,
            self.selection.selected,
            self.people,
            self.deliveries.delivered,
            self.replay.identical,
            self.replay.total
        )
    }
}

impl ReplayAllSummary {
    /// Identical of all, of each kind.
    fn line(self) -> String {
        let of = |kind: ReplaySummary| format!("{} / {}", kind.identical, kind.total);
        format!(
            "αποφάσεις / decisions {}, κατάλογοι / lists {}, σχέδια / plans {}",
            of(self.decisions),
            of(self.lists),
            of(self.plans)
        )
    }
}

fn count(value: Option<&Value>) -> u64 {
    value.and_then(Value::as_u64).unwrap_or(0)
}

impl Summary {
    /// The table that people read.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&str, String)> = vec![
            (
                "Υπηρεσίες στη χαρτογράφηση / Services mapped",
                self.services.to_string(),
            ),
            (
                "Βεβαίωση ανάγκης / Certificate of need",
                format!("{} ({})", self.certificate.outcome, self.certificate.residual),
            ),
            (
                "Αιτήσεις: δεκτές / Applications received",
                self.applications.received.to_string(),
            ),
            (
                "Αιτήσεις: απορριφθείσες / refused",
                self.applications.refused.to_string(),
            ),
            ("Πληρούν / Eligible", self.assessments.eligible.to_string()),
            ("Δεν πληρούν / Not eligible", self.assessments.not_eligible.to_string()),
            (
                "Λείπει στοιχείο / Missing evidence",
                self.assessments.missing_evidence.to_string(),
            ),
            ("Επιλέχθηκαν / Selected", self.selection.selected.to_string()),
            ("Επιλαχόντες / Reserve", self.selection.reserve.to_string()),
            (
                "Παραδόσεις: σχεδιασμένες / Deliveries planned",
                self.deliveries.planned.to_string(),
            ),
            ("Παραδόσεις: έγιναν / delivered", self.deliveries.delivered.to_string()),
            (
                "Απόπειρες που απέτυχαν / Failed attempts",
                self.deliveries.failed.to_string(),
            ),
            ("Επαναλήψεις / Repeated", self.deliveries.repeated.to_string()),
            (
                "Επανεκτέλεση / Replay",
                format!("{} / {}", self.replay.identical, self.replay.total),
            ),
            ("Όλα ξανά / All of it again", self.replay_all.line()),
            (
                "Δαπάνες: αιτούμενα / Expenses: claimed",
                format!("{}: {} €", self.money.expenses, self.money.claimed),
            ),
            (
                "Κρίσεις δαπανών ξανά / Judgements again",
                format!("{} / {}", self.money.identical, self.money.judgements),
            ),
            (
                "Εγγραφές ημερολογίου / Journal entries",
                format!(
                    "{}{}",
                    self.journal.entries,
                    if self.journal.verified { " ✓" } else { " ✗" }
                ),
            ),
        ];
        let further: Vec<String> = self.further.iter().map(StorySummary::line).collect();
        rows.extend(further.into_iter().map(|line| ("Και ακόμη / And further", line)));
        rows.push(("Δευτερόλεπτα / Seconds", self.seconds.to_string()));
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let mut table = String::new();
        for (name, value) in rows {
            let pad = " ".repeat(width - name.chars().count());
            // Writing to a string cannot fail.
            let _ = writeln!(table, "  {name}{pad}  {value}");
        }
        table
    }

    /// The accounts, for people who want to look around.
    pub fn accounts_table(&self) -> String {
        let mut roles: BTreeMap<&str, String> = BTreeMap::new();
        for account in &self.accounts {
            roles.insert(&account.login, account.roles.join(", "));
        }
        let width = roles.keys().map(|login| login.len()).max().unwrap_or(0);
        let password = self.accounts.first().map_or("", |account| account.password.as_str());
        let mut table = String::new();
        for (login, roles) in roles {
            let _ = writeln!(table, "  {login:width$}  {password}  {roles}");
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn deliveries_are_counted_by_attempt() {
        let mut counted = DeliveriesSummary::default();
        for delivery in [
            json!({ "state": { "state": "delivered" }, "attempts": [{ "result": "failed", "kind": "absent" }, { "result": "delivered" }] }),
            json!({ "state": { "state": "delivered" }, "attempts": [{ "result": "delivered" }] }),
            json!({ "state": { "state": "planned" }, "attempts": [] }),
            json!({ "state": { "state": "cancelled" }, "attempts": [{ "result": "failed", "kind": "absent" }] }),
        ] {
            counted.add(&delivery);
        }
        assert_eq!(
            counted,
            DeliveriesSummary {
                planned: 3,
                delivered: 2,
                failed: 2,
                repeated: 1
            }
        );
    }
}
