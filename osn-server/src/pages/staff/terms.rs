//! Taxonomies and their terms: the tree of one taxonomy, the form of a term with its history, what a taxonomy is.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use osn_core::directory::{Directory, Taxonomy, TaxonomyDescription, TaxonomyTerm, TermCode, Uri};
use osn_core::id::{TaxonomyId, TermId};
use osn_core::lang::LocalText;
use serde::Deserialize;

use super::{id, many, record_history, record_languages};
use crate::acts::upkeep::history;
use crate::acts::upkeep::terms::{self as acts, TAXONOMY, TERM};
use crate::acts::{Acting, Saved};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Control, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Chip, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, shown, typed};
use crate::refusal::{Kind, Outcome, Refusal};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    taxonomy: String,
    /// One language more, in which the texts are asked for.
    #[serde(default)]
    lang: String,
}

/// How a taxonomy is named in an address.
fn address_of(taxonomy: Taxonomy) -> String {
    match taxonomy {
        Taxonomy::Category => "category".to_owned(),
        Taxonomy::BeneficiaryGroup => "beneficiary-group".to_owned(),
        Taxonomy::Area => "area".to_owned(),
        Taxonomy::Other(id) => id.to_string(),
    }
}

/// The taxonomy of an address, when there is one: the three that the rules read always are.
fn named(directory: &Directory, text: &str) -> Option<Taxonomy> {
    let others = directory.taxonomies().map(|one| one.taxonomy);
    Taxonomy::RULED
        .into_iter()
        .chain(others)
        .find(|one| address_of(*one) == text)
}

/// What a taxonomy is called: as its record says, else in our words.
fn title(p: &Page, directory: &Directory, taxonomy: Taxonomy) -> String {
    let described = directory.taxonomies().find(|one| one.taxonomy == taxonomy);
    match described {
        Some(one) if !one.name.is_empty() => p.text(&one.name),
        _ => p.t(&format!("taxonomy-{}", address_of(taxonomy))),
    }
}

fn list_of(p: &Page, taxonomy: Taxonomy) -> String {
    p.url(&format!("/staff/terms?taxonomy={}", address_of(taxonomy)))
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("terms-title", Section::Terms);
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let chosen = named(directory, &asked.taxonomy).unwrap_or(Taxonomy::Category);
    let uses = acts::uses(directory);
    let tree = acts::tree(directory, chosen, p.tag());
    let row = |(depth, term): &(usize, &TaxonomyTerm)| {
        Row::new(vec![
            Cell::head(shown::below(&p, *depth, term))
                .link(p.url(&format!("/staff/terms/{}", term.id)))
                .lang(p.foreign(&term.name))
                .note(term.aliases.join(", ")),
            Cell::new(term.code.as_str()).code(),
            Cell::number(uses.get(&term.id).copied().unwrap_or_default().to_string()),
        ])
    };
    let table = Table {
        caption: title(&p, directory, chosen),
        head: vec![
            (p.t("column-term"), false),
            (p.t("column-code"), false),
            (p.t("column-services"), true),
        ],
        rows: tree.iter().map(row).collect(),
        empty: p.t("terms-none"),
    };
    let mut all: Vec<Taxonomy> = Taxonomy::RULED.into();
    let others = directory.taxonomies().map(|one| one.taxonomy);
    all.extend(others.filter(|one| matches!(one, Taxonomy::Other(_))));
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("terms-count", many(tree.len())));
    page.chips = all
        .into_iter()
        .map(|one| Chip {
            text: title(&p, directory, one),
            href: list_of(&p, one),
            current: one == chosen,
        })
        .collect();
    let new = format!("/staff/terms/new?taxonomy={}", address_of(chosen));
    page.blocks.push(Block::Text(p.t("terms-lead")));
    page.blocks.push(Block::Link(p.t("term-new"), p.url(&new)));
    let described = directory.taxonomies().find(|one| one.taxonomy == chosen);
    if let Some(described) = described {
        let href = p.url(&format!("/staff/taxonomies/{}", described.id));
        page.blocks.push(Block::Link(p.t("taxonomy-edit"), href));
    }
    page.blocks
        .push(Block::Link(p.t("taxonomy-new"), p.url("/staff/taxonomies/new")));
    page.blocks.push(Block::Table(table));
    Ok(show(&page))
}

pub(super) async fn new(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let id = reader.acting.app.new_id(|uuid| uuid);
    let query = serde_urlencoded::to_string([("taxonomy", &asked.taxonomy)]).unwrap_or_default();
    let place = reader.p.url(&format!("/staff/terms/{id}?{query}"));
    Ok(Redirect::to(&place).into_response())
}

/// A term on its way through the form, with its revision: 0 for a new one.
async fn editing(acting: &Acting, text: &str, taxonomy: &str) -> Outcome<Saved<TaxonomyTerm>> {
    let id = TermId::new(id(text, "record.unknown")?);
    match acts::get(acting, id).await {
        Err(refusal) if refusal.kind() == Kind::NotFound => {
            let mapped = acting.mapping().await?;
            let taxonomy = named(&mapped.directory, taxonomy).ok_or_else(|| Refusal::not_found("record.unknown"))?;
            Ok(Saved {
                value: TaxonomyTerm::new(id, TermCode::new(""), taxonomy, LocalText::NONE),
                version: 0,
            })
        }
        found => found,
    }
}

/// The languages in which texts are asked for: ours, those that they have, one more.
fn langs<'t>(texts: impl IntoIterator<Item = &'t LocalText>, more: &str) -> Vec<String> {
    let there = texts.into_iter().flat_map(LocalText::iter);
    let there = there.map(|(lang, _)| lang.to_owned()).collect();
    record_languages::asked(there, Some(more).filter(|more| record_languages::is_language(more)))
}

/// A text in each of these languages.
fn texts(p: &Page, field: &str, said: &LocalText, langs: &[String], lines: Option<u8>) -> Vec<Field> {
    let label = p.t(&format!("record-field-{field}"));
    let in_lang = |lang: &String| {
        let label = format!("{label} ({})", record_languages::language(p, lang));
        let mut one = Field::line(&format!("/{field}/{lang}"), label)
            .in_language(lang)
            .optional();
        if let Some(lines) = lines {
            one.control = Control::Area(lines);
        }
        match said.iter().find(|(known, _)| known == lang) {
            Some((_, text)) => one.proposed(text),
            None => one,
        }
    };
    langs.iter().map(in_lang).collect()
}

/// The name in Greek, which there must be, and in the other languages.
fn names(p: &Page, name: &LocalText, langs: &[String]) -> Vec<Field> {
    let mut names = texts(p, "name", name, langs, None);
    for name in names.iter_mut().filter(|name| name.lang == "el") {
        name.optional = false;
    }
    names
}

fn form(p: &Page, directory: &Directory, term: &Saved<TaxonomyTerm>, lang: &str) -> FormView {
    let Saved { value, version } = term;
    let langs = langs([&value.name, &value.description], lang);
    let mut fields = names(p, &value.name, &langs);
    if *version == 0 {
        let code = Field::line("/code", p.t("record-field-code")).hint(p.t("term-code-hint"));
        fields.push(code);
    }
    // Nothing stands below itself.
    let tree = acts::tree(directory, value.taxonomy, p.tag());
    let is_below = |term: &TaxonomyTerm| {
        let mut next = Some(term);
        let mut seen = 0_usize;
        while let Some(one) = next.filter(|_| seen <= tree.len()) {
            if one.id == value.id {
                return true;
            }
            seen = seen.saturating_add(1);
            next = directory.parent(one);
        }
        false
    };
    let choices = tree
        .iter()
        .filter(|(_, term)| !is_below(term))
        .map(|(depth, term)| Choice::new(term.code.as_str(), shown::below(p, *depth, term)));
    let mut parent = Field::select("/parent", p.t("record-field-parent"), choices.collect()).optional();
    if let Some(code) = &value.parent {
        parent = parent.proposed(code.as_str());
    }
    fields.push(parent);
    fields.extend(texts(p, "description", &value.description, &langs, Some(3)));
    let aliases = Field::area("/aliases", p.t("record-field-aliases"))
        .hint(p.t("term-aliases-hint"))
        .optional();
    fields.push(aliases.proposed(value.aliases.join("\n")));
    let uri = Field::line("/term_uri", p.t("record-field-term-uri"))
        .wide("", "url")
        .optional();
    fields.push(uri.proposed(value.term_uri.as_ref().map_or("", Uri::as_str)));
    let language = Field::line("/language", p.t("record-field-language"))
        .wide("4", "")
        .hint(p.t("record-hint-language"))
        .optional();
    fields.push(language.proposed(value.language.clone().unwrap_or_default()));
    FormView {
        guard: true,
        cancel: Some((p.t("cancel"), list_of(p, value.taxonomy))),
        ..FormView::new(p.url(&format!("/staff/terms/{}", value.id)), fields, p.t("record-save"))
    }
    .hidden("version", version.to_string())
    .hidden("taxonomy", address_of(value.taxonomy))
    .hidden("lang", lang)
}

/// What was typed, before it is laid over the term.
#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    name: LocalText,
    #[serde(default)]
    description: LocalText,
    code: Option<String>,
    parent: Option<TermCode>,
    aliases: Option<String>,
    uri: Option<String>,
    version: Option<String>,
    term_uri: Option<String>,
    language: Option<String>,
}

/// A text keeps the languages that the form does not ask for, and those that did not come back with it.
fn laid_over(form: &FormView, field: &str, text: &mut LocalText, typed: &LocalText) {
    let sent = form.fields().filter(|one| !one.values.is_empty());
    let sent = sent.filter_map(|one| one.name.strip_prefix(field));
    for lang in sent.filter_map(|rest| rest.strip_prefix('/')) {
        let said = typed.iter().find(|(known, _)| *known == lang);
        text.set(lang, said.map_or("", |(_, text)| text));
    }
}

/// An address as it was typed; an empty one is none.
fn address(typed: Option<String>) -> Option<Uri> {
    typed.filter(|text| !text.trim().is_empty()).map(Uri::new)
}

fn page(p: Page, directory: &Directory, term: &Saved<TaxonomyTerm>, form: FormView) -> StaffPage {
    let Saved { value, version } = term;
    let named = if *version == 0 {
        p.t("term-new")
    } else {
        p.text(&value.name)
    };
    let p = p.titled(named).within(Section::Terms);
    let kind = title(&p, directory, value.taxonomy);
    let mut page = StaffPage::new(p.clone()).back(kind, list_of(&p, value.taxonomy));
    if *version > 0 {
        let count = acts::uses(directory).get(&value.id).copied().unwrap_or_default();
        let facts = vec![
            Fact::new(p.t("record-field-code"), Cell::new(value.code.as_str()).code()),
            Fact::text(p.t("column-services"), count.to_string()),
            Fact::text(p.t("record-revision"), version.to_string()),
        ];
        page.blocks.push(Block::Facts(Facts { facts }));
    }
    if *version > 0 {
        let with = |lang: &str| p.url(&format!("/staff/terms/{}?lang={lang}", value.id));
        let current = langs([&value.name, &value.description], "");
        page.blocks.extend(record_languages::offered(&p, &current, with));
    }
    page.blocks.push(Block::Form(Box::new(form)));
    if *version > 0 {
        let action = p.url(&format!("/staff/terms/{}/withdraw", value.id));
        let act = Act::new(action, p.t("term-withdraw"))
            .secondary()
            .hidden("version", version.to_string());
        page.blocks.push(Block::Acts(vec![act]));
    }
    page
}

async fn with_history(
    acting: &Acting,
    mut page: StaffPage,
    directory: &Directory,
    (kind, id): (&str, uuid::Uuid),
) -> Outcome<StaffPage> {
    match history::of(acting, kind, id).await {
        Ok(versions) => {
            page.blocks.push(Block::Heading(page.p.t("history-title")));
            let told = record_history::blocks(&page.p, directory, &versions, None);
            page.blocks.extend(told);
        }
        // A new one has none.
        Err(refusal) if refusal.kind() == Kind::NotFound => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(page)
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let term = editing(&acting, &text, &asked.taxonomy).await?;
    let mapped = acting.mapping().await?;
    let form = form(&p, &mapped.directory, &term, &asked.lang);
    let page = page(p, &mapped.directory, &term, form);
    let of = (TERM, term.value.id.uuid());
    Ok(show(&with_history(&acting, page, &mapped.directory, of).await?))
}

pub(super) async fn write(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { mut acting, mut p } = reader;
    let posted = Posted::read(&body);
    let term = editing(&acting, &text, posted.get("taxonomy")).await?;
    let mapped = acting.mapping().await?;
    let mut form = form(&p, &mapped.directory, &term, posted.get("lang"));
    form.fill(&posted);
    acting.expected = posted.get("version").parse().ok();
    let (given, _) = form.draft(&p);
    let given: Typed = typed(given)?;
    let mut after = term.value.clone();
    laid_over(&form, "/name", &mut after.name, &given.name);
    laid_over(&form, "/description", &mut after.description, &given.description);
    if let Some(code) = given.code {
        after.code = TermCode::new(code);
    }
    after.parent = given.parent.filter(|code| !code.as_str().is_empty());
    let lines = given.aliases.unwrap_or_default();
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    after.aliases = lines.map(str::to_owned).collect();
    after.term_uri = address(given.term_uri);
    after.language = given.language.filter(|text| !text.is_empty());
    match acts::keep(&acting, after).await {
        Ok(saved) => Ok(onward(&p, &format!("/staff/terms/{}", saved.value.id), "term-kept")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            let page = page(p, &mapped.directory, &term, form);
            Ok(show_with(status, &page))
        }
    }
}

pub(super) async fn withdraw(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { mut acting, mut p } = reader;
    acting.expected = Posted::read(&body).get("version").parse().ok();
    let term = editing(&acting, &text, "").await?;
    match acts::withdraw(&acting, term.value.id).await {
        Ok(()) => {
            let place = format!("/staff/terms?taxonomy={}", address_of(term.value.taxonomy));
            Ok(onward(&p, &place, "term-withdrawn"))
        }
        Err(refusal) => {
            let mapped = acting.mapping().await?;
            let mut form = form(&p, &mapped.directory, &term, "");
            let status = mend(&mut p, &mut form, refusal)?;
            let page = page(p, &mapped.directory, &term, form);
            Ok(show_with(status, &page))
        }
    }
}

pub(super) async fn new_taxonomy(reader: Reader) -> Outcome<Response> {
    let id = reader.acting.app.new_id(|uuid| uuid);
    let place = reader.p.url(&format!("/staff/taxonomies/{id}"));
    Ok(Redirect::to(&place).into_response())
}

/// What a taxonomy is, with its revision: 0 for a new one, which the rules do not read.
async fn describing(acting: &Acting, text: &str) -> Outcome<Saved<TaxonomyDescription>> {
    let id = TaxonomyId::new(id(text, "record.unknown")?);
    match acts::get_taxonomy(acting, id).await {
        Err(refusal) if refusal.kind() == Kind::NotFound => Ok(Saved {
            value: TaxonomyDescription::new(id, Taxonomy::Other(id), LocalText::NONE),
            version: 0,
        }),
        found => found,
    }
}

fn taxonomy_form(p: &Page, taxonomy: &Saved<TaxonomyDescription>, lang: &str) -> FormView {
    let Saved { value, version } = taxonomy;
    let langs = langs([&value.name, &value.description], lang);
    let mut fields = names(p, &value.name, &langs);
    fields.extend(texts(p, "description", &value.description, &langs, Some(3)));
    let line = |field: &str| Field::line(&format!("/{field}"), p.t(&format!("record-field-{field}"))).optional();
    let uri = value.uri.as_ref().map_or("", Uri::as_str);
    fields.push(line("uri").wide("", "url").proposed(uri));
    fields.push(
        line("version")
            .wide("10", "")
            .proposed(value.version.clone().unwrap_or_default()),
    );
    FormView {
        guard: true,
        cancel: Some((p.t("cancel"), list_of(p, value.taxonomy))),
        ..FormView::new(
            p.url(&format!("/staff/taxonomies/{}", value.id)),
            fields,
            p.t("record-save"),
        )
    }
    .hidden("version", version.to_string())
    .hidden("lang", lang)
}

async fn taxonomy_page(
    acting: &Acting,
    p: Page,
    taxonomy: &Saved<TaxonomyDescription>,
    form: FormView,
) -> Outcome<StaffPage> {
    let mapped = acting.mapping().await?;
    let named = if taxonomy.version == 0 {
        p.t("taxonomy-new")
    } else {
        p.text(&taxonomy.value.name)
    };
    let p = p.titled(named).within(Section::Terms);
    let mut page = StaffPage::new(p.clone()).back(p.t("terms-title"), list_of(&p, taxonomy.value.taxonomy));
    if taxonomy.version > 0 {
        let with = |lang: &str| p.url(&format!("/staff/taxonomies/{}?lang={lang}", taxonomy.value.id));
        let current = langs([&taxonomy.value.name, &taxonomy.value.description], "");
        page.blocks.extend(record_languages::offered(&p, &current, with));
    }
    let page = page.block(Block::Form(Box::new(form)));
    let of = (TAXONOMY, taxonomy.value.id.uuid());
    with_history(acting, page, &mapped.directory, of).await
}

pub(super) async fn taxonomy(
    reader: Reader,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let taxonomy = describing(&acting, &text).await?;
    let form = taxonomy_form(&p, &taxonomy, &asked.lang);
    Ok(show(&taxonomy_page(&acting, p, &taxonomy, form).await?))
}

pub(super) async fn write_taxonomy(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { mut acting, mut p } = reader;
    let posted = Posted::read(&body);
    let taxonomy = describing(&acting, &text).await?;
    let mut form = taxonomy_form(&p, &taxonomy, posted.get("lang"));
    form.fill(&posted);
    acting.expected = posted.get("version").parse().ok();
    let (given, _) = form.draft(&p);
    let given: Typed = typed(given)?;
    let mut after = taxonomy.value.clone();
    laid_over(&form, "/name", &mut after.name, &given.name);
    laid_over(&form, "/description", &mut after.description, &given.description);
    after.uri = address(given.uri);
    after.version = given.version.filter(|text| !text.is_empty());
    let kept = acts::keep_taxonomy(&acting, after).await;
    match kept {
        Ok(saved) => Ok(onward(
            &p,
            &format!("/staff/taxonomies/{}", saved.value.id),
            "taxonomy-kept",
        )),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &taxonomy_page(&acting, p, &taxonomy, form).await?))
        }
    }
}
