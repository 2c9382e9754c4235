//! Who reads a page and in which language: taken from the request, where the guard put the frame of the act.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::chrome::{MenuGroup, MenuLink, Page, Section, Who};
use super::words;
use crate::acts::Acting;
use crate::app::App;
use crate::auth::{Officer, Right};
use crate::lang::Lang;
use crate::refusal::Refusal;

/// The frame of the act, and the page that will show it.
#[derive(Debug)]
pub(super) struct Reader {
    /// The frame, in the page's language.
    pub(super) acting: Acting,
    /// The page.
    pub(super) p: Page,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let mut acting = <Acting as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let path = parts.uri.path();
        acting.lang = Lang::of_page(path);
        let ours = match acting.lang {
            Lang::El => path,
            Lang::En => path.strip_prefix("/en").filter(|rest| !rest.is_empty()).unwrap_or("/"),
        };
        let kept: Vec<&str> = parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("done="))
            .collect();
        let here = if kept.is_empty() {
            ours.to_owned()
        } else {
            format!("{ours}?{}", kept.join("&"))
        };
        let mut p = Page::plain(acting.lang, acting.zone(), &here);
        p.municipality = acting.municipality().name.get(p.tag()).to_owned();
        p.demo = app.config().demonstration;
        p.assets = crate::http::assets_version();
        p.flash = done(&p, parts.uri.query().unwrap_or_default());
        if let Some(at) = acting.as_of {
            let day = p.day_in_words(acting.zone().day(at));
            p.older = Some(p.t1("as-of-notice", "day", &day));
        }
        p.who = acting.actor.officer().map(|officer| who(&p, officer));
        Ok(Self { acting, p })
    }
}

impl Reader {
    /// The frame, and the page under a title (a key) in a section.
    pub(super) fn page(self, title: &str, section: Section) -> (Acting, Page) {
        let title = self.p.t(title);
        (self.acting, self.p.titled(title).within(section))
    }
}

/// What just happened: only codes that have words are said.
fn done(p: &Page, query: &str) -> Option<String> {
    let code = query.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let plain = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if plain {
        words::find(p.lang, &format!("done-{code}"), &[])
    } else {
        None
    }
}

/// A link of the side menu: its text's key, its address, the right that shows it.
type Entry = (&'static str, &'static str, Right);

/// The side menu: titles with their links.
const MENU: [(&str, &[Entry]); 5] = [
    (
        "menu-chain",
        &[
            ("menu-work", "/staff/", Right::SeeSelf),
            ("menu-requests", "/staff/requests", Right::SeeWork),
            ("menu-certificates", "/staff/certificates", Right::SeeWork),
            ("menu-actions", "/staff/actions", Right::SeeWork),
            ("menu-calls", "/staff/calls", Right::SeeWork),
            ("menu-money", "/staff/money", Right::SeeMoney),
        ],
    ),
    (
        "menu-network",
        &[
            ("menu-gaps", "/staff/gaps", Right::SeeWork),
            ("menu-unmet", "/staff/unmet-need", Right::SeeWork),
            ("menu-referrals", "/staff/referrals", Right::TakeReferrals),
            ("menu-urgent", "/staff/urgent", Right::SeeApplications),
            ("menu-meetings", "/staff/meetings", Right::SeeWork),
            ("menu-members", "/staff/members", Right::SeeWork),
            ("menu-planned", "/staff/planned", Right::SeeWork),
            ("menu-proposals", "/staff/proposals", Right::SeeWork),
        ],
    ),
    (
        "menu-mapping",
        &[
            ("menu-upkeep", "/staff/upkeep", Right::SeeWork),
            ("menu-records", "/staff/records", Right::KeepRecords),
            ("menu-suggestions", "/staff/suggestions", Right::KeepRecords),
            ("menu-duplicates", "/staff/duplicates/service", Right::MaintainDirectory),
            ("menu-subscriptions", "/staff/subscriptions", Right::KeepRecords),
            ("menu-imports", "/staff/imports", Right::MaintainDirectory),
            ("menu-terms", "/staff/terms", Right::MaintainDirectory),
            ("menu-synonyms", "/staff/synonyms", Right::MaintainDirectory),
        ],
    ),
    (
        "menu-system",
        &[
            ("menu-programs", "/staff/programs", Right::SeeSelf),
            ("menu-outbox", "/staff/outbox", Right::Operate),
            ("menu-journal", "/staff/journal", Right::Audit),
        ],
    ),
    ("menu-public", &[("menu-services", "/services", Right::SeeSelf)]),
];

fn who(p: &Page, officer: &Officer) -> Who {
    let roles: Vec<String> = officer
        .roles
        .iter()
        .map(|role| p.t(&format!("role-{}", role.name())))
        .collect();
    let may = |right: Right| right.is_held_by(&officer.roles);
    let menu = MENU.into_iter().map(|(title, links)| MenuGroup {
        title: p.t(title),
        links: links
            .iter()
            .filter(|(_, _, right)| may(*right))
            .map(|(text, href, _)| MenuLink {
                text: p.t(text),
                href: p.url(href),
                current: false,
            })
            .collect(),
    });
    Who {
        name: officer.name.clone(),
        roles: roles.join(", "),
        menu: menu.filter(|group| !group.links.is_empty()).collect(),
    }
}
