//! Unmet need by category, area and month; and what the figures of upkeep and the searches suggest to report.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use osn_core::action::{Action, ActionState};
use osn_core::certificate::SignedCertificate;
use osn_core::directory::{Directory, TermCode};
use osn_core::gap::{GapState, ReportedGap, UnmetBoard, UnmetCell, UnmetNeed, unmet_board};
use osn_core::id::{CertificateId, GapId};
use osn_core::immediate::ImmediateIntervention;
use osn_core::lang::LocalText;
use osn_core::proposal::ActionProposal;
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_core::upkeep::{PeriodFigures, PublicCount, RecordKind};
use osn_store::{NetworkFilter, PageQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::acts::Acting;
use crate::acts::upkeep::policy;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::shapes;

/// Months on the board, where nobody says how many.
const MONTHS: u32 = 6;
/// Months on the board at most.
const MOST: u32 = 36;
/// Days of searches that are looked at.
const SEARCHED_DAYS: i64 = 30;

/// How many months.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Months {
    /// From 1 to 36.
    #[serde(default)]
    pub months: Option<u32>,
}

/// One category in one area at the end of one month.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CellView {
    /// For example `2022-09`.
    pub month: String,
    /// Code of the category.
    pub category: String,
    /// Code of the area; absent: all of them, each need once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// Reports and certificates.
    pub needs: u32,
    /// People whom certificates leave without service.
    pub certified: u32,
    /// People whom reports estimate.
    pub reported: u32,
}

/// The board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardView {
    /// Months, oldest first.
    pub months: Vec<String>,
    /// Codes of the lowest areas.
    pub areas: Vec<String>,
    /// Cells that are not empty. A need of several areas stands in each with all its people.
    pub cells: Vec<CellView>,
    /// Each category over all areas, every need once.
    pub totals: Vec<CellView>,
}

impl From<&UnmetBoard> for BoardView {
    fn from(board: &UnmetBoard) -> Self {
        let cell = |month: String, category: &TermCode, area: Option<&TermCode>, cell: UnmetCell| CellView {
            month,
            category: category.to_string(),
            area: area.map(ToString::to_string),
            needs: cell.needs,
            certified: cell.certified,
            reported: cell.reported,
        };
        Self {
            months: board.months.iter().map(ToString::to_string).collect(),
            areas: board.areas.iter().map(ToString::to_string).collect(),
            cells: board
                .cells
                .iter()
                .map(|((month, category, area), found)| cell(month.to_string(), category, Some(area), *found))
                .collect(),
            totals: board
                .totals
                .iter()
                .map(|((month, category), found)| cell(month.to_string(), category, None, *found))
                .collect(),
        }
    }
}

/// The board of unmet need.
pub async fn board(acting: &Acting, asked: Months) -> Outcome<UnmetBoard> {
    acting.require(Right::SeeWork)?;
    let months = asked.months.unwrap_or(MONTHS);
    if !(1..=MOST).contains(&months) {
        return Err(Refusal::field("/months", "out-of-range"));
    }
    let mapped = acting.mapping().await?;
    let needs = unmet(acting).await?;
    let today = acting.zone().day(acting.now);
    Ok(unmet_board(&mapped.directory, &needs, today, months))
}

/// Everything that is or was not served: reports, and what certificates leave.
async fn unmet(acting: &Acting) -> Outcome<Vec<UnmetNeed>> {
    let day = |at| acting.zone().day(at);
    let mut needs = Vec::new();
    let certificates = certificates(acting).await?;
    let mut answers = answers(acting, &certificates).await?;
    for read in acting
        .scope
        .all_network_records::<ReportedGap>(NetworkFilter::default())
        .await?
    {
        let gap = read.value;
        // What was joined lives on in another, and what was dismissed never was.
        if matches!(gap.state, GapState::Joined { .. } | GapState::Dismissed { .. }) {
            continue;
        }
        let answered = answers.remove(&gap.id);
        let reported = UnmetNeed {
            until: gap.over_on(day),
            from: day(gap.reported_at),
            category: gap.category,
            areas: gap.areas,
            people: gap.people,
            certified: false,
        };
        match answered {
            // What a certificate speaks of is counted by the certificate.
            Some((on, people)) => needs.extend(reported.answered(on, people)),
            None => needs.push(reported),
        }
    }
    let served = served_on(acting).await?;
    let rechecked = acting.scope.need_rechecks().await?;
    for signed in certificates {
        let certificate = signed.certificate;
        let confirmation = certificate.confirmation;
        let residual = confirmation.outcome.residual();
        if residual == 0 {
            continue;
        }
        // The mapping of today may cover it by now, whole.
        let covered = rechecked.get(&certificate.request_id);
        let covered = covered.filter(|recheck| recheck.residual == 0 && recheck.open == 0);
        let covered = covered.map(|recheck| day(recheck.recorded_at));
        let by_action = served.get(&certificate.id).copied();
        needs.push(UnmetNeed {
            category: confirmation.need.category,
            areas: confirmation.need.areas,
            people: residual,
            from: day(certificate.issued_at),
            until: [covered, by_action].into_iter().flatten().min(),
            certified: true,
        });
    }
    Ok(needs)
}

/// Gaps whose requests have a certificate: since when, and how many people the requests speak of.
async fn answers(acting: &Acting, certificates: &[SignedCertificate]) -> Outcome<BTreeMap<GapId, (NaiveDate, u32)>> {
    let mut answers: BTreeMap<GapId, (NaiveDate, u32)> = BTreeMap::new();
    for signed in certificates {
        let certificate = &signed.certificate;
        let Some(request) = acting.scope.request(certificate.request_id).await? else {
            continue;
        };
        let on = acting.zone().day(certificate.issued_at);
        let people = certificate.confirmation.need.people.count;
        for gap in request.value.gaps {
            let answer = answers.entry(gap).or_insert((on, 0));
            *answer = (answer.0.min(on), answer.1.saturating_add(people));
        }
    }
    Ok(answers)
}

/// Every certificate, oldest first.
pub(super) async fn certificates(acting: &Acting) -> Outcome<Vec<SignedCertificate>> {
    let (mut all, mut query) = (Vec::new(), PageQuery::first());
    loop {
        let page = acting.scope.certificates(query).await?;
        all.extend(page.items);
        match page.next {
            Some(after) => {
                query = PageQuery {
                    after: Some(after),
                    ..PageQuery::first()
                }
            }
            None => return Ok(all),
        }
    }
}

/// A certified gap that nobody answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The certificate.
    pub certificate: CertificateId,
    /// What is needed.
    pub category: TermCode,
    /// People whom nobody serves.
    pub residual: u32,
    /// Until when they need it; absent, it is open.
    pub until: Option<NaiveDate>,
}

/// Certified gaps without an action, a proposal that stands, or immediate help that they followed; what the mapping of today
/// covers and what is over is none.
pub async fn unanswered(acting: &Acting) -> Outcome<Vec<Unanswered>> {
    acting.require(Right::SeeWork)?;
    let today = acting.zone().day(acting.now);
    let mut answered: BTreeSet<CertificateId> = BTreeSet::new();
    for action in actions(acting).await? {
        if !matches!(action.state, ActionState::Cancelled { .. }) {
            answered.extend(action.certificates());
        }
    }
    let all = NetworkFilter::default();
    for read in acting.scope.all_network_records::<ActionProposal>(all).await? {
        if !["rejected", "withdrawn"].contains(&read.value.state.name()) {
            answered.extend(read.value.certificates);
        }
    }
    for read in acting.scope.all_network_records::<ImmediateIntervention>(all).await? {
        answered.extend(read.value.certificate_id);
    }
    let rechecked = acting.scope.need_rechecks().await?;
    let mut found = Vec::new();
    for signed in certificates(acting).await? {
        let certificate = signed.certificate;
        let need = &certificate.confirmation.need;
        let residual = certificate.confirmation.outcome.residual();
        let covered = rechecked.get(&certificate.request_id);
        let covered = covered.is_some_and(|recheck| recheck.residual == 0 && recheck.open == 0);
        let over = need.period.to.is_some_and(|to| to < today);
        if residual > 0 && !covered && !over && !answered.contains(&certificate.id) {
            found.push(Unanswered {
                certificate: certificate.id,
                category: need.category.clone(),
                residual,
                until: need.period.to,
            });
        }
    }
    Ok(found)
}

/// Every action, oldest first.
pub(in crate::acts) async fn actions(acting: &Acting) -> Outcome<Vec<Action>> {
    let (mut all, mut query) = (Vec::new(), PageQuery::first());
    loop {
        let page = acting.scope.actions(query).await?;
        all.extend(page.items.into_iter().map(|read| read.value));
        match page.next {
            Some(after) => {
                query = PageQuery {
                    after: Some(after),
                    ..PageQuery::first()
                }
            }
            None => return Ok(all),
        }
    }
}

/// The day on which an action delivered everything, for each certificate.
async fn served_on(acting: &Acting) -> Outcome<BTreeMap<CertificateId, NaiveDate>> {
    let mut served = BTreeMap::new();
    for action in actions(acting).await? {
        if let ActionState::Completed { at } = action.state {
            served.extend(
                action
                    .certificates()
                    .map(|certificate| (certificate, acting.zone().day(at))),
            );
        }
    }
    Ok(served)
}

/// People whom a service turned away, as its body counted them: a gap that nobody reported yet.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TurnedAwayView {
    /// The service.
    pub service_id: Uuid,
    /// Its name.
    #[schemars(with = "shapes::LocalText")]
    pub service: LocalText,
    /// Its categories.
    pub categories: Vec<String>,
    /// The days that were counted.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// How many people; absent where they are few and another body counted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// There: fewer than so many, as everybody may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fewer_than: Option<u32>,
}

/// Searches that found nothing.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EmptySearchView {
    /// Code of the category; absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Code of the area; absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// Code of the group; absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How many searches.
    pub searches: u32,
}

/// What suggests a gap.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Hints {
    /// The days of the searches.
    #[schemars(with = "shapes::Period")]
    pub period: Period,
    /// People turned away, of the last figures of each service, the most first.
    pub turned_away: Vec<TurnedAwayView>,
    /// Searches that found nothing in the last thirty days, the most first.
    pub empty_searches: Vec<EmptySearchView>,
}

/// What suggests gaps: the last figures of every service, and searches that found nothing.
pub async fn hints(acting: &Acting) -> Outcome<Hints> {
    acting.require(Right::SeeWork)?;
    let today = acting.zone().day(acting.now);
    let from = today - chrono::TimeDelta::days(SEARCHED_DAYS);
    let mapped = acting.mapping().await?;
    let some = |code: String| Some(code).filter(|code| !code.is_empty());
    let searches = acting.scope.empty_searches(from, today).await?;
    Ok(Hints {
        period: Period { from, to: Some(today) },
        turned_away: turned_away(acting, &mapped.directory).await?,
        empty_searches: searches
            .into_iter()
            .map(|line| EmptySearchView {
                category: some(line.category),
                area: some(line.area),
                group: some(line.group),
                searches: line.searches,
            })
            .collect(),
    })
}

/// The last figures of each service. What was counted of one that was merged was counted of the one that stays.
async fn last_figures(acting: &Acting) -> Outcome<BTreeMap<Uuid, PeriodFigures>> {
    let merged = acting.scope.merged_records().await?.into_iter();
    let services = merged.filter(|one| one.kind == RecordKind::Service);
    let into: BTreeMap<Uuid, Uuid> = services.map(|one| (one.record_id, one.into)).collect();
    let mut last: BTreeMap<Uuid, PeriodFigures> = BTreeMap::new();
    for (id, figures) in acting.scope.last_figures(RecordKind::Service).await? {
        let id = into.get(&id).copied().unwrap_or(id);
        if last.get(&id).is_none_or(|known| known.period.to < figures.period.to) {
            last.insert(id, figures);
        }
    }
    Ok(last)
}

async fn turned_away(acting: &Acting, directory: &Directory) -> Outcome<Vec<TurnedAwayView>> {
    let officer = acting.require(Right::SeeWork)?;
    let publish_from = policy(acting).publish_from;
    let mut found = Vec::new();
    for (id, figures) in last_figures(acting).await? {
        let Some(service) = directory.service(osn_core::id::ServiceId::new(id)) else {
            continue;
        };
        let counted = figures.turned_away.filter(|people| *people > 0);
        let is_mine = officer.acts_for(service.organization_id).is_ok();
        let (people, fewer_than) = match PublicCount::of(counted, if is_mine { 0 } else { publish_from }) {
            PublicCount::NotStated => continue,
            PublicCount::Below(threshold) => (None, Some(threshold)),
            PublicCount::Exactly(people) => (Some(people), None),
        };
        found.push(TurnedAwayView {
            service_id: id,
            service: service.name.clone(),
            categories: service.categories.iter().map(ToString::to_string).collect(),
            period: figures.period,
            people,
            fewer_than,
        });
    }
    found.sort_by_key(|line| (std::cmp::Reverse(line.people), line.service_id));
    Ok(found)
}
