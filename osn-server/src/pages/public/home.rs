//! The first page: search, needs in everyday words, open calls.

use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_store::PageQuery;

use super::calls;
use crate::acts::calls::{Window, list};
use crate::pages::chrome::{Page, Section};
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::pages::views::{Home, NeedTile};
use crate::refusal::Outcome;

/// Needs in everyday words: icon, the name of the text, and the filter that answers it, where the mapping knows the code.
const NEEDS: [(&str, &str, Taxonomy, &str); 8] = [
    ("food", "food", Taxonomy::Category, "food"),
    ("home", "home", Taxonomy::Category, "shelter"),
    ("health", "health", Taxonomy::Category, "health"),
    ("children", "children", Taxonomy::Category, "childhood"),
    (
        "disability",
        "disability",
        Taxonomy::BeneficiaryGroup,
        "people-with-disability",
    ),
    ("papers", "papers", Taxonomy::Category, "migration"),
    ("work", "work", Taxonomy::Category, "employment"),
    (
        "safety",
        "safety",
        Taxonomy::BeneficiaryGroup,
        "women-victims-of-violence",
    ),
];

pub(super) async fn show_page(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("home-page", Section::Nowhere);
    let mapped = acting.mapping().await?;
    let found = list(&acting, None, PageQuery { limit: 50, after: None }).await?;
    let open = found.items.iter().filter(|call| call.window == Window::Open);
    let calls = open.map(|call| calls::card(&p, acting.now, call)).collect();
    let (services, bodies) = (
        count(mapped.directory.services().len()),
        count(mapped.directory.organizations().len()),
    );
    let size = p.t2(
        "home-size",
        ("services", &p.number(services)),
        ("bodies", &p.number(bodies)),
    );
    Ok(show(&Home {
        needs: needs(&p, &mapped.directory),
        calls,
        size,
        p,
    }))
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

/// The needs that the mapping knows; its own top categories where it knows none of them.
fn needs(p: &Page, directory: &Directory) -> Vec<NeedTile> {
    let known = NEEDS.iter().filter(|(_, _, taxonomy, code)| {
        directory
            .term(&TermCode::new(*code))
            .is_some_and(|term| term.taxonomy == *taxonomy)
    });
    let tiles: Vec<NeedTile> = known
        .map(|(icon, name, taxonomy, code)| NeedTile {
            icon,
            text: p.t(&format!("need-{name}")),
            note: p.t(&format!("need-{name}-note")),
            href: p.url(&format!(
                "/services?{}={code}",
                if *taxonomy == Taxonomy::Category {
                    "category"
                } else {
                    "group"
                }
            )),
        })
        .collect();
    if !tiles.is_empty() {
        return tiles;
    }
    let top = directory.terms(Taxonomy::Category).filter(|term| term.parent.is_none());
    top.map(|term| NeedTile {
        icon: "place",
        text: p.text(&term.name),
        note: String::new(),
        href: p.url(&format!("/services?category={}", term.code)),
    })
    .collect()
}
