//! Finding a service: words and filters, the best answers first, with the reason of each.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use osn_core::directory::{Directory, Service, ServiceStatus, Taxonomy, TermCode};
use osn_core::hours::State;
use osn_core::id::CallId;
use osn_core::matrix::{OneCell, Standing};
use osn_core::search::{Field, Form, Found};
use osn_core::time::Instant;
use osn_store::{Page, PageQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::mapping::{ServiceView, view};
use crate::acts::opening::{Moment, OpeningView};
use crate::acts::running::running;
use crate::acts::{Acting, upkeep};
use crate::directory::Mapped;
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};

/// What somebody looks for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Search {
    /// Words, in any form, spelling or keyboard, in any language of the records.
    pub q: Option<String>,
    /// Code of a category: it and everything below it.
    pub category: Option<String>,
    /// Code of a group that the service must be open to.
    pub group: Option<String>,
    /// Code of an area that must be served.
    pub area: Option<String>,
    /// Age in full years that the service must be open to.
    pub age: Option<u8>,
    /// Language of service (ISO 639-1).
    pub language: Option<String>,
    /// Only what is open at this moment, or may be.
    pub open_now: Option<bool>,
    /// Only what stands so in the cell of the consolidated view that category, group and area name; all three must be given.
    pub standing: Option<Standing>,
}

impl Search {
    /// The terms that it may name: the code, its taxonomy, the field.
    fn terms(&self) -> [(Option<&str>, Taxonomy, &'static str); 3] {
        [
            (self.category.as_deref(), Taxonomy::Category, "/category"),
            (self.group.as_deref(), Taxonomy::BeneficiaryGroup, "/group"),
            (self.area.as_deref(), Taxonomy::Area, "/area"),
        ]
    }

    /// The same without the terms that name a cell.
    fn without_cell(&self) -> Self {
        Self {
            category: None,
            group: None,
            area: None,
            ..self.clone()
        }
    }
}

/// Why a service answers a word of the query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What was typed.
    pub typed: String,
    /// Where it stands.
    pub field: Field,
    /// In which form.
    pub form: Form,
    /// What stands there.
    pub matched: String,
}

/// A service that was found.
#[derive(Debug, Clone, Serialize)]
pub struct FoundService {
    /// The service.
    #[serde(flatten)]
    pub view: ServiceView,
    /// Why, for each word of the query; none without a query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Whether it is open at one of its places.
    pub opening: OpeningView,
    /// The same for the pages.
    #[serde(skip)]
    pub open: State<Instant>,
}

/// A running action of the municipality that was found: beyond the existing network, and marked as such.
#[derive(Debug, Clone, Serialize)]
pub struct FoundAction {
    /// The action as a service.
    #[serde(flatten)]
    pub found: FoundService,
    /// The call that people apply to, or applied to last.
    pub call: Option<CallId>,
}

/// A word that was read as another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReadAs {
    /// What was typed.
    pub typed: String,
    /// What was sought: from the other keyboard, or the nearest words to a mistyped one.
    pub sought: String,
}

/// How a query was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reading {
    /// Whether every word was found together; otherwise the services answer some of them.
    pub complete: bool,
    /// Words that were read as others.
    pub read_as: Vec<ReadAs>,
    /// Words that stand nowhere, in no form.
    pub unknown: Vec<String>,
}

/// A page of services that were found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The services.
    pub page: Page<FoundService>,
    /// The running actions that fit as well, beside the first page: never counted among the services.
    pub actions: Vec<FoundAction>,
    /// How the words were understood; `None` without words.
    pub reading: Option<Reading>,
}

/// Services that fit: those that run before those that do not, those whose record says so before those whose record does not
/// say, the better answer to the words first, then by name. Beside the first of them the running actions that fit.
///
/// # Errors
/// When a cell is asked for by half of its name, or of terms that are not there.
pub async fn search(acting: &Acting, search: &Search, query: &PageQuery) -> Outcome<Finding> {
    let mapped = acting.mapping().await?;
    let words = search.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let found = words.map(|words| mapped.find(words));
    let offset: usize = match &query.after {
        None => 0,
        Some(after) => after.parse().map_err(|_| Refusal::field("/after", "wrong-type"))?,
    };
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let wanted = Wanted::of(acting, &mapped.directory, search)?;
    let mut fitting = fitting(&mapped, &wanted, found.as_ref());
    let total = fitting.len();
    let end = offset.saturating_add(limit).min(total);
    first(&mut fitting, end);
    let items: Vec<FoundService> = fitting
        .iter()
        .take(end)
        .skip(offset)
        .filter_map(|(.., number)| answer(acting, &mapped, &wanted, found.as_ref(), *number))
        .collect();
    let actions = match offset {
        0 => actions(acting, wanted.own(), words).await?,
        _ => Vec::new(),
    };
    if total == 0 && actions.is_empty() && acting.as_of.is_none() && search.standing.is_none() {
        let chosen = [&search.category, &search.area, &search.group].map(Option::as_deref);
        acting.app.searched().count(acting, &mapped.directory, chosen);
    }
    Ok(Finding {
        page: Page {
            items,
            total: u64::try_from(total).unwrap_or(u64::MAX),
            next: (end < total).then(|| end.to_string()),
        },
        actions,
        reading: found.as_ref().map(reading),
    })
}

/// How many services fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fitting {
    /// Whose records say so.
    pub said: u64,
    /// Whose records do not say.
    pub unsaid: u64,
}

/// How many services fit.
///
/// # Errors
/// As [`search`].
pub fn count(acting: &Acting, mapped: &Mapped, search: &Search) -> Outcome<Fitting> {
    let all = fitting(mapped, &Wanted::of(acting, &mapped.directory, search)?, None);
    let (unsaid, said): (Vec<Place>, Vec<Place>) = all.into_iter().partition(|(_, is_unsure, ..)| *is_unsure);
    let count = |places: Vec<Place>| u64::try_from(places.len()).unwrap_or(u64::MAX);
    Ok(Fitting {
        said: count(said),
        unsaid: count(unsaid),
    })
}

/// The running actions that fit, in the order of services.
async fn actions(acting: &Acting, wanted: Wanted, words: Option<&str>) -> Outcome<Vec<FoundAction>> {
    let running = running(acting).await?;
    let mapped = &running.mapped;
    let found = words.map(|words| mapped.find(words));
    // Of so few, some word of several stands in one by chance.
    if found.as_ref().is_some_and(|found| !found.complete) {
        return Ok(Vec::new());
    }
    let mut fitting = fitting(mapped, &wanted, found.as_ref());
    fitting.sort_unstable();
    let answers = fitting
        .iter()
        .filter_map(|(.., number)| answer(acting, mapped, &wanted, found.as_ref(), *number));
    let with_call = answers.map(|found| FoundAction {
        call: running.call(found.view.service.id),
        found,
    });
    Ok(with_call.collect())
}

fn answer(
    acting: &Acting,
    mapped: &Mapped,
    wanted: &Wanted,
    found: Option<&Found<'_>>,
    number: u32,
) -> Option<FoundService> {
    let service = mapped.service(number)?;
    // What does not run is not open, whatever its hours say.
    let open = if service.status == ServiceStatus::Active {
        wanted.moment.anywhere(mapped.hours(number))
    } else {
        State::Closed { opens_next: None }
    };
    Some(FoundService {
        view: view(acting, &mapped.directory, service),
        opening: open.into(),
        open,
        reasons: found.map(|found| reasons(found, number)).unwrap_or_default(),
    })
}

/// What a search wants of each service.
struct Wanted {
    filter: Filter,
    moment: Moment,
    open_now: bool,
    /// The cell and how a service must stand there.
    cell: Option<(OneCell, Standing)>,
    /// Whether actions of the municipality are looked at, not the existing network.
    own: bool,
    lang: Lang,
}

impl Wanted {
    fn of(acting: &Acting, directory: &Directory, search: &Search) -> Outcome<Self> {
        let cell = match search.standing {
            None => {
                for (code, taxonomy, field) in search.terms() {
                    named(directory, code, taxonomy, field)?;
                }
                None
            }
            Some(standing) => Some((cell(acting, directory, search)?, standing)),
        };
        Ok(Self {
            // The cell has its own rule for the three terms that name it.
            filter: match cell {
                None => Filter::of(directory, search),
                Some(_) => Filter::of(directory, &search.without_cell()),
            },
            moment: Moment::of(acting),
            open_now: search.open_now == Some(true),
            cell,
            own: false,
            lang: acting.lang,
        })
    }

    /// The same of the municipality's own actions.
    fn own(self) -> Self {
        Self { own: true, ..self }
    }

    /// The categories of which a service must have one.
    fn categories(&self) -> Option<&BTreeSet<TermCode>> {
        let of_cell = self.cell.as_ref().map(|(cell, _)| cell.categories());
        of_cell.or(self.filter.categories.as_ref())
    }

    /// Whether something about the service is unknown; `None` where it does not fit.
    fn unsure(&self, mapped: &Mapped, number: u32) -> Option<bool> {
        // A word may stand in every record of the city: what nobody asks of a record is not read, nor is one of another category.
        let mut unsure = !self.filter.asks_nothing() && self.filter.unsure(mapped.service(number)?)?;
        if let Some((cell, standing)) = &self.cell
            && cell.standing(mapped.service(number)?, self.own) != Some(*standing)
        {
            return None;
        }
        if self.open_now {
            if !mapped.runs(number) {
                return None;
            }
            match self.moment.open_now(mapped.hours(number)) {
                Some(true) => {}
                Some(false) => return None,
                None => unsure = true,
            }
        }
        Some(unsure)
    }
}

/// The term of a taxonomy that a filter names; none where it names none.
///
/// # Errors
/// `unknown-term`: whoever asks for what is not there is not answered with everything that is for everybody.
pub(crate) fn named(
    directory: &Directory,
    code: Option<&str>,
    taxonomy: Taxonomy,
    field: &'static str,
) -> Outcome<Option<TermCode>> {
    let code = code.map(str::trim).unwrap_or_default();
    if code.is_empty() {
        return Ok(None);
    }
    match directory.term(&TermCode::new(code)) {
        Some(term) if term.taxonomy == taxonomy => Ok(Some(term.code.clone())),
        _ => Err(Refusal::field(field, "unknown-term").with("name", code)),
    }
}

/// The cell of the consolidated view that a search names.
fn cell(acting: &Acting, directory: &Directory, search: &Search) -> Outcome<OneCell> {
    let [category, group, area] = search.terms().map(|(code, taxonomy, field)| {
        named(directory, code, taxonomy, field)?.ok_or_else(|| Refusal::field(field, "required"))
    });
    let (category, group, area) = (category?, group?, area?);
    let on = acting.zone().day(acting.as_of.unwrap_or(acting.now));
    let policy = upkeep::policy(acting).freshness;
    Ok(OneCell::new(directory, policy, on, [&category, &group, &area]))
}

/// What orders the services that fit: it does not run, something about it is unknown, how well it answers, its name, its number.
type Place = (bool, bool, Reverse<u32>, u32, u32);

fn fitting(mapped: &Mapped, wanted: &Wanted, found: Option<&Found<'_>>) -> Vec<Place> {
    let filed = wanted
        .categories()
        .map(|categories| mapped.directory.places_in(categories));
    let place = |number: u32, score: u32| {
        let unsure = wanted.unsure(mapped, number)?;
        // Nobody is sent first to what is closed.
        let idle = !mapped.runs(number);
        Some((idle, unsure, Reverse(score), mapped.place(number, wanted.lang), number))
    };
    match (found, filed) {
        (None, None) => (0_u32..)
            .zip(mapped.directory.services())
            .filter_map(|(number, _)| place(number, 0))
            .collect(),
        (None, Some(filed)) => filed.into_iter().filter_map(|number| place(number, 0)).collect(),
        (Some(found), None) => found
            .hits
            .iter()
            .filter_map(|hit| place(hit.document, hit.score))
            .collect(),
        (Some(found), Some(filed)) => filed
            .into_iter()
            .filter_map(|number| place(number, found.score(number)?))
            .collect(),
    }
}

/// Puts the first `count` in their order; the rest stays as it is.
fn first(places: &mut [Place], count: usize) {
    if count < places.len() {
        places.select_nth_unstable(count);
    }
    if let Some(wanted) = places.get_mut(..count) {
        wanted.sort_unstable();
    }
}

fn reasons(found: &Found<'_>, number: u32) -> Vec<Reason> {
    let reasons = found.reasons(number).into_iter();
    reasons
        .map(|reason| Reason {
            typed: reason.typed,
            field: reason.field,
            form: reason.form,
            matched: reason.matched,
        })
        .collect()
}

fn reading(found: &Found<'_>) -> Reading {
    let read_as = found.read_as().map(|(typed, sought)| ReadAs {
        typed: typed.to_owned(),
        sought: sought.to_owned(),
    });
    Reading {
        complete: found.complete,
        read_as: read_as.collect(),
        unknown: found.unknown().map(str::to_owned).collect(),
    }
}

/// What somebody chose, with everything above and below it: a child's service serves who chose the parent, and the
/// parent's serves who chose the child.
pub(super) struct Filter {
    categories: Option<BTreeSet<TermCode>>,
    groups: Option<BTreeSet<TermCode>>,
    areas: Option<BTreeSet<TermCode>>,
    age: Option<u8>,
    language: Option<String>,
}

impl Filter {
    /// The services that a person may use: of these categories and below, open to one of these groups (none = to everybody), in this
    /// area, at this age. What serves the group or area above serves this one too; what serves a part of it may not.
    pub(super) fn for_person(
        directory: &Directory,
        categories: &[String],
        groups: &[String],
        area: &TermCode,
        age: u8,
    ) -> Self {
        let below = |code: &String| directory.with_descendants(&TermCode::new(code));
        let above = |code: &String| directory.with_ancestors(&TermCode::new(code));
        Self {
            categories: (!categories.is_empty()).then(|| categories.iter().flat_map(below).collect()),
            groups: Some(groups.iter().flat_map(above).collect()),
            areas: Some(directory.with_ancestors(area).into_iter().collect()),
            age: Some(age),
            language: None,
        }
    }

    fn of(directory: &Directory, search: &Search) -> Self {
        let chosen = |code: &Option<String>| code.as_deref().filter(|code| !code.is_empty()).map(TermCode::new);
        let around = |code: TermCode| {
            let mut all = directory.with_descendants(&code);
            all.extend(directory.with_ancestors(&code));
            all
        };
        Self {
            categories: chosen(&search.category).map(|code| directory.with_descendants(&code)),
            groups: chosen(&search.group).map(around),
            areas: chosen(&search.area).map(around),
            age: search.age,
            language: search.language.clone().filter(|language| !language.is_empty()),
        }
    }

    fn asks_nothing(&self) -> bool {
        let codes = [&self.categories, &self.groups, &self.areas];
        codes.iter().all(|codes| codes.is_none()) && self.age.is_none() && self.language.is_none()
    }

    /// Whether a service says that it is for these groups, or for everybody; `None` where its record speaks against it. An area or age
    /// that it does not name excludes nobody.
    pub(super) fn says_it_is_for(&self, service: &Service) -> Option<bool> {
        self.unsure(service)?;
        Some(service.open_to_all || service.groups.is_some())
    }

    /// The same, where it must say too that it serves this area: a record that names no area covers nobody for certain.
    pub(super) fn says_it_covers(&self, service: &Service) -> Option<bool> {
        Some(self.says_it_is_for(service)? && service.areas.is_some())
    }

    /// `None` when the service does not fit; else whether its record leaves something unsaid.
    fn unsure(&self, service: &Service) -> Option<bool> {
        if let Some(wanted) = &self.categories
            && !service.categories.iter().any(|code| wanted.contains(code))
        {
            return None;
        }
        let groups = if service.open_to_all {
            None
        } else {
            self.groups.as_ref()
        };
        let mut unsure = false;
        for (wanted, stated) in [(groups, &service.groups), (self.areas.as_ref(), &service.areas)] {
            match (wanted, stated) {
                (None, _) => {}
                (Some(_), None) => unsure = true,
                (Some(wanted), Some(stated)) if stated.iter().any(|code| wanted.contains(code)) => {}
                (Some(_), Some(_)) => return None,
            }
        }
        Some(unsure | self.age_unsure(service)? | self.language_unsure(service)?)
    }

    /// An age that lies outside what the record states does not fit; where it states none, nobody knows.
    fn age_unsure(&self, service: &Service) -> Option<bool> {
        let Some(age) = self.age else {
            return Some(false);
        };
        let too_young = service.minimum_age.is_some_and(|minimum| age < minimum);
        let too_old = service.maximum_age.is_some_and(|maximum| age > maximum);
        let unstated = service.minimum_age.is_none() && service.maximum_age.is_none();
        (!too_young && !too_old).then_some(unstated)
    }

    fn language_unsure(&self, service: &Service) -> Option<bool> {
        match (&self.language, &service.languages) {
            (None, _) => Some(false),
            (Some(_), None) => Some(true),
            (Some(wanted), Some(stated)) => stated.contains(wanted).then_some(false),
        }
    }
}
