//! Calls: the list, and the page that one reads before applying.

use axum::extract::Path;
use axum::response::Response;
use osn_core::call::{CallState, OnePer};
use osn_core::id::CallId;
use osn_core::time::Instant;
use osn_programs::about::{About, CapacityUnit, Comparison, Criterion, FormField, Subject};
use osn_programs::texts::Texts;
use osn_store::PageQuery;

use crate::acts::calls::{self, CallView, OpenCall, TieView, Window};
use crate::acts::{Acting, selection};
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Card, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::views::{CallPage, Calls, Rule};
use crate::pages::{show, shown};
use crate::refusal::{Outcome, Refusal};

/// Days before the deadline in which a call is said to close soon.
const SOON: i64 = 7;

pub(super) async fn list(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("calls-title", Section::Calls);
    let found = calls::list(
        &acting,
        None,
        PageQuery {
            limit: 200,
            after: None,
        },
    )
    .await?;
    let visible = found
        .items
        .iter()
        .filter(|call| !matches!(call.window, Window::Draft | Window::Cancelled));
    let (open, closed): (Vec<&CallView>, Vec<&CallView>) =
        visible.partition(|call| matches!(call.window, Window::Open | Window::NotYet));
    let cards = |calls: Vec<&CallView>| calls.into_iter().map(|call| card(&p, acting.now, call)).collect();
    let (open, closed) = (cards(open), cards(closed));
    Ok(show(&Calls { p, open, closed }))
}

pub(super) fn card(p: &Page, now: Instant, call: &CallView) -> Card {
    Card {
        title: p.text(&call.title),
        href: p.url(&format!("/calls/{}", call.id)),
        foreign: p.foreign(&call.title),
        tag: Some(tag(p, now, call.window, call.state, call.opens_at, call.closes_at)),
        by: String::new(),
        text: p.text(&call.description),
        meta: vec![
            (p.t("call-until"), p.moment_in_words(call.closes_at)),
            (p.t("call-places-word"), p.number(call.capacity.into())),
        ],
        why: Vec::new(),
    }
}

/// Where a call stands for whoever wants to apply.
pub(in crate::pages) fn tag(
    p: &Page,
    now: Instant,
    window: Window,
    state: &str,
    opens: Instant,
    closes: Instant,
) -> Tag {
    let days = (p.zone.day(closes) - p.zone.day(now)).num_days();
    match window {
        Window::Open if days == 0 => Tag::new(Tone::Warn, p.t("call-tag-today")),
        Window::Open if days <= SOON => {
            Tag::new(Tone::Warn, p.tc("call-tag-closing", u64::try_from(days).unwrap_or(0)))
        }
        Window::Open => Tag::new(Tone::Good, p.t("call-tag-open")),
        Window::NotYet => Tag::new(Tone::Plain, p.t1("call-tag-not-yet", "day", &p.day(p.zone.day(opens)))),
        Window::Closed if state == "final" => Tag::new(Tone::Plain, p.t("call-tag-results")),
        Window::Draft => shown::state(p, "call", "draft"),
        Window::Cancelled => shown::state(p, "call", "cancelled"),
        Window::Closed => Tag::new(Tone::Quiet, p.t("call-tag-closed")),
    }
}

/// A call's id from its address.
pub(super) fn id(text: &str) -> Outcome<CallId> {
    text.parse().map_err(|_| Refusal::not_found("call.unknown"))
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let open = calls::open(&acting, id(&text)?).await?;
    let call = &open.call.value;
    let texts = &open.texts;
    let window = calls::window(call, acting.now);
    let has_results = match call.state {
        CallState::Final { .. } => true,
        _ if call.intake.is_rolling() => !selection::finals(&acting, call.id).await?.is_empty(),
        _ => false,
    };
    let p = p.titled(call.title.get(acting.lang.tag())).within(Section::Calls);
    let said = |key: String| texts.text(p.tag(), &key, &[]).unwrap_or_default();
    Ok(show(&CallPage {
        tag: tag(
            &p,
            acting.now,
            window,
            state_name(&call.state),
            call.opens_at,
            call.closes_at,
        ),
        lead: p.text(&open.action.description),
        rules: rules(&p, &open, texts),
        ranking: open
            .about
            .ranking
            .iter()
            .map(|key| said(format!("rank-{}", key.key)))
            .collect(),
        tie: tie(&p, &TieView::from(&call.tie_break)),
        papers: papers(&open.about, &said),
        supplies: open
            .about
            .delivery
            .supplies
            .iter()
            .map(|supply| said(format!("supply-{}", supply.key)))
            .collect(),
        facts: facts(&acting, &p, &open).await?,
        once: p.t(match call.one_per {
            OnePer::Household => "call-once-household",
            OnePer::Person => "call-once-person",
        }),
        apply: (window == Window::Open).then(|| p.url(&format!("/calls/{}/apply", call.id))),
        finder: (window == Window::Open).then(|| p.url(&format!("/calls/{}/finder", call.id))),
        results: has_results.then(|| p.url(&format!("/calls/{}/results", call.id))),
        p,
    }))
}

/// What decides between equals, in one sentence.
pub(in crate::pages) fn tie(p: &Page, tie: &TieView) -> String {
    match &tie.commitment {
        None => p.t("call-tie-submission-time"),
        Some(commitment) => p.t1("call-tie-draw", "commitment", commitment),
    }
}

fn state_name(state: &CallState) -> &'static str {
    use osn_core::state::Machine as _;
    state.name()
}

fn rules(p: &Page, open: &OpenCall, texts: &Texts) -> Vec<Rule> {
    let said = |key: String| texts.text(p.tag(), &key, &[]).unwrap_or_default();
    let each = open.about.criteria.iter().enumerate().map(|(index, criterion)| {
        let value = criterion
            .wanted
            .map(|value| texts.value(p.tag(), &open.about, index, value));
        Rule {
            text: said(format!("criterion-{}", criterion.key)),
            wanted: wanted(p, criterion, value.as_deref(), open),
            basis: said(format!("basis-{}", criterion.legal_basis)),
        }
    });
    each.collect()
}

fn wanted(p: &Page, criterion: &Criterion, value: Option<&str>, open: &OpenCall) -> String {
    let valued = |key: &str| value.map_or_else(|| p.t("call-wanted-set"), |value| p.t1(key, "wanted", value));
    match criterion.comparison {
        Comparison::AtLeast => valued("call-wanted-at-least"),
        Comparison::AtMost => valued("call-wanted-at-most"),
        Comparison::Equal => valued("call-wanted-equal"),
        Comparison::Holds => p.t("call-wanted-holds"),
        Comparison::ValidOn => p.t1(
            "call-wanted-valid-on",
            "day",
            &p.day(p.zone.day(open.call.value.closes_at)),
        ),
        Comparison::OneOf => p.t("call-wanted-one-of"),
    }
}

/// Every paper that the form's questions name, once.
fn papers(about: &About, said: &dyn Fn(String) -> String) -> Vec<(String, String)> {
    let fields = [Subject::Application, Subject::Claim, Subject::Member]
        .into_iter()
        .flat_map(|subject| about.form.of(subject));
    let mut kinds: Vec<&str> = fields
        .filter_map(|field: &FormField| field.evidence.as_ref())
        .map(|paper| paper.kind.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
        .into_iter()
        .map(|kind| (said(format!("evidence-{kind}")), said(format!("evidence-{kind}.hint"))))
        .collect()
}

async fn facts(acting: &Acting, p: &Page, open: &OpenCall) -> Outcome<Vec<(String, String)>> {
    let call = &open.call.value;
    let unit = match open.about.capacity_unit {
        CapacityUnit::Person => "call-fact-places-person",
        CapacityUnit::Household => "call-fact-places-household",
    };
    let mut facts = vec![
        (p.t("call-fact-from"), p.moment_in_words(call.opens_at)),
        (p.t("call-fact-until"), p.moment_in_words(call.closes_at)),
        (p.t("call-fact-places"), p.tc(unit, call.capacity.into())),
        (p.t("call-fact-deliveries"), p.number(open.action.instalments.into())),
        (p.t("call-fact-period"), shown::period(p, open.action.period)),
        (p.t("call-fact-cost"), p.t("service-free")),
    ];
    if let Some(progress) = calls::progress(acting, open).await? {
        facts.push((p.t("call-intake"), p.t("call-intake-rolling")));
        if let Some(target) = progress.target.and_then(|target| u64::try_from(target).ok()) {
            facts.push((p.t("call-fact-target"), p.tc(unit, target)));
        }
        facts.push((p.t("call-fact-given"), p.tc(unit, progress.given.into())));
    }
    Ok(facts)
}
