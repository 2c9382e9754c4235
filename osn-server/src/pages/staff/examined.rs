//! An examination in words: the outcome, every service, every question with its answer and its reason.

use std::collections::BTreeMap;

use osn_core::coverage::{Confirmation, Dimension, ExaminedService, Relation, ServiceVerdict};
use osn_core::directory::Directory;
use osn_core::need::{Need, Urgency};

use super::{head, many};
use crate::pages::chrome::Page;
use crate::pages::part::{Block, Cell, Fact, Facts, More, Row, Stat, Table, Tag, Tone};
use crate::pages::shown;

/// What is needed, as facts.
pub(super) fn need(p: &Page, directory: &Directory, need: &Need) -> Block {
    let urgency = match need.urgency {
        Urgency::Normal => "urgency-normal",
        Urgency::High => "urgency-high",
        Urgency::Immediate => "urgency-immediate",
    };
    let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
    let mut facts = vec![
        Fact::text(p.t("need-category"), shown::term(p, directory, &need.category)),
        Fact::text(p.t("need-groups"), shown::terms(p, directory, &need.groups)),
        Fact::text(p.t("need-people"), p.number(need.people.count.into())),
    ];
    if need.people.age_from.is_some() || need.people.age_to.is_some() {
        facts.push(Fact::text(
            p.t("need-ages"),
            shown::ages(p, &age(need.people.age_from), &age(need.people.age_to)),
        ));
    }
    facts.push(Fact::text(p.t("need-areas"), shown::terms(p, directory, &need.areas)));
    facts.push(Fact::text(p.t("need-mode"), shown::mode(p, need.mode)));
    facts.push(Fact::text(p.t("need-period"), shown::period(p, need.period)));
    if !need.languages.is_empty() {
        let languages: Vec<String> = need.languages.iter().map(|code| shown::language(p, code)).collect();
        facts.push(Fact::text(p.t("need-languages"), languages.join(", ")));
    }
    if let Some(hours) = &need.hours {
        let days: Vec<String> = hours.days.iter().map(|day| shown::weekday(p, *day)).collect();
        let times = format!(
            "{}, {}–{}",
            days.join(", "),
            hours.from.format("%H:%M"),
            hours.to.format("%H:%M")
        );
        facts.push(Fact::text(p.t("dimension-hours"), times));
    }
    facts.push(Fact::text(p.t("need-urgency"), p.t(urgency)));
    Block::Facts(Facts { facts })
}

/// The outcome, the figures, and every service examined.
pub(super) fn blocks(p: &Page, directory: &Directory, confirmation: &Confirmation) -> Vec<Block> {
    let (class, title) = shown::outcome(p, confirmation.outcome);
    let candidates = || {
        confirmation
            .examined
            .iter()
            .filter(|service| service.relation == Relation::Candidate)
    };
    let near = || {
        confirmation
            .examined
            .iter()
            .filter(|service| service.relation == Relation::Near)
    };
    let said = match confirmation.open {
        0 => why(p, candidates()),
        open => p.tc("outcome-provisional", open.into()),
    };
    let mut blocks = vec![
        Block::Outcome(class, title, said),
        Block::Stats(vec![
            Stat::new(p.t("examined-people"), p.number(confirmation.need.people.count.into())),
            Stat::new(p.t("examined-candidates"), p.number(many(candidates().count()))),
            Stat::new(p.t("examined-near"), p.number(many(near().count()))),
            Stat::new(p.t("examined-open"), p.number(confirmation.open.into())),
            Stat::new(p.t("examined-places"), p.number(confirmation.places.into())),
            Stat::new(
                p.t("examined-residual"),
                p.number(confirmation.outcome.residual().into()),
            ),
        ]),
        Block::Text(p.t1("examined-as-of", "when", &p.moment(confirmation.recorded_at))),
    ];
    if !confirmation.refer_to.is_empty() {
        let names: Vec<String> = confirmation
            .examined
            .iter()
            .filter(|service| confirmation.refer_to.contains(&service.service_id))
            .map(|service| p.text(&service.name))
            .collect();
        blocks.push(Block::Inset(p.t1("examined-refer", "services", &names.join(" · "))));
    }
    blocks.push(table(p, directory, "examined-caption", candidates()));
    if near().next().is_some() {
        blocks.push(Block::Text(p.t("examined-near-text")));
        blocks.push(table(p, directory, "examined-near-caption", near()));
    }
    blocks
}

/// The commonest obstacle, in one sentence: what a coordinator says first when asked why.
fn why<'c>(p: &Page, services: impl Iterator<Item = &'c ExaminedService>) -> String {
    let mut obstacles: BTreeMap<Dimension, u64> = BTreeMap::new();
    let mut examined = 0_u64;
    for service in services {
        examined += 1;
        for check in service
            .checks
            .iter()
            .filter(|check| check.fit == osn_core::coverage::Fit::NotMet)
        {
            *obstacles.entry(check.dimension).or_default() += 1;
        }
    }
    let mut said = p.tc("examined-count", examined);
    if let Some((dimension, count)) = obstacles.into_iter().max_by_key(|(_, count)| *count) {
        let obstacle = p.with(
            "examined-obstacle",
            &[("count", &count.to_string()), ("what", &self::dimension(p, dimension))],
        );
        said = format!("{said} {obstacle}");
    }
    said
}

fn dimension(p: &Page, dimension: Dimension) -> String {
    p.t(match dimension {
        Dimension::Status => "dimension-status",
        Dimension::Group => "dimension-group",
        Dimension::Age => "dimension-age",
        Dimension::Area => "dimension-area",
        Dimension::Mode => "dimension-mode",
        Dimension::Language => "dimension-language",
        Dimension::Freshness => "dimension-freshness",
        Dimension::Cost => "dimension-cost",
        Dimension::Documents => "dimension-documents",
        Dimension::Capacity => "dimension-capacity",
        Dimension::Hours => "dimension-hours",
    })
}

fn table<'c>(
    p: &Page,
    directory: &Directory,
    caption: &str,
    services: impl Iterator<Item = &'c ExaminedService>,
) -> Block {
    Block::Table(Table {
        caption: p.t(caption),
        head: head(
            p,
            [
                ("column-service", false),
                ("column-verdict", false),
                ("column-against", false),
                ("column-unknown", false),
                ("column-places", true),
            ],
        ),
        rows: services.map(|service| row(p, directory, service)).collect(),
        empty: p.t("examined-none"),
    })
}

fn row(p: &Page, directory: &Directory, service: &ExaminedService) -> Row {
    let named = |fit| {
        let each = service
            .checks
            .iter()
            .filter(|check| check.fit == fit)
            .map(|check| dimension(p, check.dimension));
        each.collect::<Vec<_>>().join(", ")
    };
    let verdict = match (&service.decided, service.verdict) {
        (Some(decision), ServiceVerdict::Undetermined) => {
            Cell::tag(Tag::new(Tone::Plain, p.tc("verdict-decided", decision.places.into())))
                .note(p.text(&decision.reason))
        }
        _ => Cell::tag(shown::verdict(p, service.verdict)),
    };
    let link = p.url(&format!("/services/{}", service.service_id));
    Row {
        more: Some(More::new(
            p,
            p.t("examined-all-checks"),
            vec![Block::Table(checks(p, directory, service))],
        )),
        ..Row::new(vec![
            Cell::head(p.text(&service.name))
                .link(link)
                .note(p.text(&service.organization))
                .lang(p.foreign(&service.name)),
            verdict,
            Cell::new(named(osn_core::coverage::Fit::NotMet)),
            Cell::new(named(osn_core::coverage::Fit::Unknown)),
            Cell::number(p.number(service.places().into())),
        ])
    }
}

/// Every question about one service, as a table of its own.
fn checks(p: &Page, directory: &Directory, service: &ExaminedService) -> Table {
    let rows = service.checks.iter().map(|check| {
        let (mark, word) = shown::fit(p, check.fit);
        Row::new(vec![
            Cell::head(dimension(p, check.dimension)),
            Cell::mark(mark, word),
            Cell::new(shown::reason(p, directory, check)),
        ])
    });
    Table {
        caption: p.t1("examined-checks-of", "service", &p.text(&service.name)),
        head: head(
            p,
            [
                ("column-question", false),
                ("column-answer", false),
                ("column-why", false),
            ],
        ),
        rows: rows.collect(),
        empty: String::new(),
    }
}
