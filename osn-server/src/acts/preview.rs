//! Who would qualify: an action's rules tried on examples, or on the applications of a call; nothing is stored.

use std::sync::Arc;

use chrono::NaiveDate;
use osn_core::action::Action;
use osn_core::id::{ActionId, CallId, ServiceId};
use osn_core::lang::LocalText;
use osn_programs::about::About;
use osn_programs::batch::Context;
use osn_programs::input::{GroupInput, from_plain};
use osn_programs::parameters;
use osn_programs::texts::Texts;
use osn_programs::verdict::{GroupVerdict, Outcome as Verdict, State};
use osn_store::ForMachine;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::decisions::{self, ClaimShown};
use crate::acts::facts::{Facts, Known, Somebody};
use crate::acts::{Acting, actions, assessment, calls};
use crate::auth::Right;
use crate::programs::{Installed, blocking, resolve};
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// Most examples in one message.
const MOST_EXAMPLES: usize = 50;
/// Most applications of a call that are read: a preview answers at once.
const MOST_READ: u32 = 2_048;

/// What the rules are tried on.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Examples, as golden cases write them: `application`, `claims`, `members`, `facts`; an answer is a value, or an object with
    /// `value`, `evidence` and `valid_to`.
    #[serde(default)]
    pub examples: Vec<serde_json::Value>,
    /// A call whose applications are counted by the action's rules; nobody is named.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub call_id: Option<CallId>,
    /// The day as of which it is judged; today where none is given.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
}

/// Who would qualify.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Preview {
    /// The day as of which it was judged.
    pub as_of: NaiveDate,
    /// Examples and applications together, by outcome.
    pub outcomes: Outcomes,
    /// Each criterion, over all participants.
    pub criteria: Vec<CriterionCount>,
    /// Each example, in the given order, with every reason.
    pub examples: Vec<ExampleShown>,
    /// Applications that were counted.
    pub applications: u64,
    /// Applications whose answers do not fit the action's form.
    pub unreadable: u64,
    /// Whether the call has more applications than were read.
    pub more: bool,
}

/// How many have each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outcomes {
    /// Would qualify.
    pub eligible: u64,
    /// Would not.
    pub not_eligible: u64,
    /// Something is missing.
    pub missing_evidence: u64,
}

/// One criterion over everybody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CriterionCount {
    /// Key.
    pub key: String,
    /// What it asks.
    pub title: String,
    /// Participants who meet it.
    pub met: u64,
    /// Who do not.
    pub not_met: u64,
    /// Of whom it is not known.
    pub unknown: u64,
    /// Whom it does not concern.
    pub not_applicable: u64,
}

/// An example with its verdict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExampleShown {
    /// `eligible`, `not-eligible`, `missing-evidence`.
    pub outcome: &'static str,
    /// Every participant with every reason.
    pub claims: Vec<ClaimShown>,
}

/// An action's program under the action's own parameters.
pub(crate) struct Governed {
    pub(crate) installed: Installed,
    pub(crate) about: Arc<About>,
    pub(crate) texts: Arc<Texts>,
    parameters: String,
}

/// The program of an action under its parameters, as a call that opens on a day would freeze them.
pub(crate) async fn governed(acting: &Acting, action: &Action, on: NaiveDate) -> Outcome<Governed> {
    let digest = &action.program.package_digest;
    let installed = acting.app.programs().get(&acting.scope, digest).await?;
    let (program, given) = (Arc::clone(&installed.program), action.parameters.clone());
    let (parameters, about, texts) = blocking(move || {
        let general = program.about(None)?;
        let under = |problem| FieldError::from(problem);
        let frozen = parameters::freeze(&general.parameters, &given, &resolve(on))
            .map_err(|problems| Refusal::invalid("action.parameters", problems.into_iter().map(under).collect()))?;
        let (about, texts) = (program.about(Some(&frozen))?, program.texts_under(Some(&frozen))?);
        Ok((frozen, about, texts))
    })
    .await?;
    Ok(Governed {
        installed,
        about,
        texts,
        parameters,
    })
}

/// An example that somebody tries on a call before applying.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// As golden cases write it: `application`, `claims`, `members`; what is left out is not known.
    pub example: serde_json::Value,
    /// Code of the area in which the person lives, where the call counts services.
    #[serde(default)]
    pub area: Option<String>,
    /// The person's day of birth, likewise.
    #[serde(default)]
    pub birth_date: Option<NaiveDate>,
    /// Likewise, where the call measures distances.
    #[serde(default)]
    pub postal_code: Option<String>,
}

/// What the rules of a call say of an example.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Found {
    /// The day as of which it was judged.
    pub as_of: NaiveDate,
    /// The verdict with every reason.
    #[serde(flatten)]
    pub example: ExampleShown,
    /// The first services of the mapping that say they are for this person, where the call counts such services and the
    /// area and the day of birth are known.
    pub services: Vec<ServiceNamed>,
    /// How many there are.
    pub services_total: u64,
}

/// A service of the mapping.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ServiceNamed {
    /// The service.
    #[schemars(with = "uuid::Uuid")]
    pub id: ServiceId,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub name: LocalText,
}

/// Services that are named to whoever tries; the others are counted, and the search finds them.
const NAMED: usize = 20;

/// Tries an example on a published call, for anybody: its own rules and parameters, papers as the example says of them. Nothing
/// is stored, nobody is named, and it decides nothing.
pub async fn of_call(acting: &Acting, id: CallId, mut tried: Tried) -> Outcome<Found> {
    let open = calls::open(acting, id).await?;
    // Where nothing is asked about participants, whoever tries is the only one.
    if let Some(parts) = tried.example.as_object_mut()
        && open.about.form.claim.is_empty()
        && !parts.contains_key("claims")
    {
        parts.insert("claims".to_owned(), serde_json::json!([{}]));
    }
    let call = &open.call.value;
    let as_of = acting.zone().day(call.judged_at(acting.now));
    let mut groups = from_plain(&open.about, &tried.example, false)
        .map(|group| vec![group])
        .map_err(|problems| {
            let under = |problem: osn_programs::problem::Problem| FieldError {
                path: format!("/example{}", problem.path),
                ..FieldError::from(problem)
            };
            Refusal::invalid("request.invalid", problems.into_iter().map(under).collect())
        })?;
    let facts = Facts::of(acting, &open.about, &call.parameters, as_of).await?;
    let somebody = Somebody {
        area: tried.area.as_deref(),
        born: tried.birth_date,
        postal_code: tried.postal_code.as_deref().unwrap_or_default(),
    };
    let (mut services, mut services_total) = (Vec::new(), 0);
    if let Some(group) = groups.first_mut() {
        facts.fill(&mut Known::default(), somebody, group);
        let found = facts.services(somebody, group);
        services_total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let named = found.into_iter().take(NAMED).map(|service| ServiceNamed {
            id: service.id,
            name: service.name.clone(),
        });
        services.extend(named);
    }
    let context = Context {
        as_of,
        parameters: call.parameters.clone(),
    };
    let program = Arc::clone(&open.installed.program);
    let verdicts = blocking(move || Ok(program.assess_groups(&context, &groups)?)).await?;
    let verdict = verdicts.first().ok_or_else(|| Refusal::internal("no verdict"))?;
    Ok(Found {
        as_of,
        example: ExampleShown {
            outcome: verdict.outcome.name(),
            claims: decisions::shown(acting, (&open.about, &open.texts), as_of, verdict),
        },
        services,
        services_total,
    })
}

/// Tries an action's rules; nothing is stored and nobody is named.
pub async fn of_action(acting: &Acting, id: ActionId, asked: Asked) -> Outcome<Preview> {
    acting.require(Right::PlanActions)?;
    if asked.examples.len() > MOST_EXAMPLES {
        let error = FieldError::new("/examples", "wrong-count")
            .with("least", 0)
            .with("most", MOST_EXAMPLES);
        return Err(Refusal::invalid("request.invalid", vec![error]));
    }
    let action = actions::read(acting, id).await?.value;
    let as_of = asked.as_of.unwrap_or_else(|| acting.zone().day(acting.now));
    let governed = governed(acting, &action, as_of).await?;
    let mut groups = examples(&governed.about, &asked.examples)?;
    let given = groups.len();
    let mut preview = Preview {
        as_of,
        ..Preview::default()
    };
    if let Some(call) = asked.call_id {
        groups.extend(applications(acting, &governed, (call, as_of), &mut preview).await?);
    }
    let context = Context {
        as_of,
        parameters: governed.parameters.clone(),
    };
    let program = Arc::clone(&governed.installed.program);
    let verdicts = blocking(move || Ok(program.assess_groups(&context, &groups)?)).await?;
    preview.criteria = counted(acting, &governed, &verdicts);
    for verdict in &verdicts {
        match verdict.outcome {
            Verdict::Eligible => preview.outcomes.eligible += 1,
            Verdict::NotEligible => preview.outcomes.not_eligible += 1,
            Verdict::MissingEvidence => preview.outcomes.missing_evidence += 1,
        }
    }
    let shown = |verdict: &GroupVerdict| ExampleShown {
        outcome: verdict.outcome.name(),
        claims: decisions::shown(acting, (&governed.about, &governed.texts), as_of, verdict),
    };
    preview.examples = verdicts.iter().take(given).map(shown).collect();
    Ok(preview)
}

fn examples(about: &About, given: &[serde_json::Value]) -> Outcome<Vec<GroupInput>> {
    let (mut groups, mut errors) = (Vec::new(), Vec::new());
    for (number, example) in given.iter().enumerate() {
        match from_plain(about, example, false) {
            Ok(group) => groups.push(group),
            Err(problems) => errors.extend(problems.into_iter().map(|problem| FieldError {
                path: format!("/examples/{number}{}", problem.path),
                ..FieldError::from(problem)
            })),
        }
    }
    if errors.is_empty() {
        Ok(groups)
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

/// The applications of a call as the action's form reads them.
async fn applications(
    acting: &Acting,
    governed: &Governed,
    (call, as_of): (CallId, NaiveDate),
    preview: &mut Preview,
) -> Outcome<Vec<GroupInput>> {
    calls::read(acting, call).await?;
    let facts = Facts::of(acting, &governed.about, &governed.parameters, as_of).await?;
    let mut known = Known::default();
    let all = ForMachine::All;
    let rows = acting
        .scope
        .applications_for_machine(call, all, None, MOST_READ)
        .await?;
    if let Some((last, _)) = rows.last() {
        let rest = acting
            .scope
            .applications_for_machine(call, all, Some(last.value.id), 1)
            .await?;
        preview.more = !rest.is_empty();
    }
    let mut groups = Vec::new();
    for (_, data) in &rows {
        match assessment::group(&governed.about, &facts, &mut known, data) {
            Ok(group) => groups.push(group),
            Err(_) => preview.unreadable += 1,
        }
    }
    preview.applications = u64::try_from(groups.len()).unwrap_or(u64::MAX);
    Ok(groups)
}

fn counted(acting: &Acting, governed: &Governed, verdicts: &[GroupVerdict]) -> Vec<CriterionCount> {
    let lang = acting.lang.tag();
    let mut counts: Vec<CriterionCount> = governed
        .about
        .criteria
        .iter()
        .map(|criterion| CriterionCount {
            key: criterion.key.clone(),
            title: governed
                .texts
                .text_or_key(lang, &format!("criterion-{}", criterion.key)),
            met: 0,
            not_met: 0,
            unknown: 0,
            not_applicable: 0,
        })
        .collect();
    for claim in verdicts.iter().flat_map(|verdict| &verdict.claims) {
        for (count, verdict) in counts.iter_mut().zip(&claim.criteria) {
            let place = match verdict.state {
                State::Met => &mut count.met,
                State::NotMet => &mut count.not_met,
                State::Unknown => &mut count.unknown,
                State::NotApplicable => &mut count.not_applicable,
            };
            *place = place.saturating_add(1);
        }
    }
    counts
}
