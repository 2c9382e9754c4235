//! Pages of words: what this is, personal data, accessibility.

use axum::response::Response;

use crate::pages::chrome::Section;
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::pages::views::TextPage;

pub(super) async fn about(reader: Reader) -> Response {
    text(reader, "about", &[("what", 2), ("how", 2), ("code", 1)])
}

pub(super) async fn privacy(reader: Reader) -> Response {
    text(
        reader,
        "privacy",
        &[("what", 2), ("how", 2), ("rights", 2), ("cookies", 1)],
    )
}

pub(super) async fn accessibility(reader: Reader) -> Response {
    text(reader, "accessibility", &[("aim", 2), ("not", 2), ("tell", 1)])
}

fn text(reader: Reader, name: &str, sections: &[(&str, usize)]) -> Response {
    let (_, p) = reader.page(&format!("{name}-title"), Section::Nowhere);
    let sections = sections.iter().map(|(section, count)| {
        let paragraphs = (1..=*count).map(|number| p.t(&format!("{name}-{section}-{number}")));
        (p.t(&format!("{name}-{section}")), paragraphs.collect())
    });
    show(&TextPage {
        lead: p.t(&format!("{name}-lead")),
        sections: sections.collect(),
        p,
    })
}
