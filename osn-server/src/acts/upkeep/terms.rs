//! Taxonomies and their terms: the municipality keeps them, one at a time; what something needs is not withdrawn.

use std::collections::BTreeMap;

use osn_core::directory::{
    Directory, DirectoryError, DirectoryRecord, Successor, Taxonomy, TaxonomyDescription, TaxonomyTerm, TermCode,
};
use osn_core::gap::ReportedGap;
use osn_core::id::{TaxonomyId, TermId};
use osn_store::{NetworkFilter, PageQuery, RecordVersion};

use super::keeping::{changed_fields, hold, judged};
use crate::acts::{Acting, Saved, entry, mapping};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};

/// How the store names a term.
pub const TERM: &str = "taxonomy-term";
/// How the store names what a taxonomy is.
pub const TAXONOMY: &str = "taxonomy";
/// Letters of a code at most.
const LONGEST_CODE: usize = 80;

/// The terms of a taxonomy as one reads a tree: each below the one it belongs to, in the order of their names in a language;
/// with how deep it stands, from 0.
pub fn tree<'d>(directory: &'d Directory, taxonomy: Taxonomy, lang: &str) -> Vec<(usize, &'d TaxonomyTerm)> {
    let way = |term: &'d TaxonomyTerm| {
        let mut above = vec![term];
        // What stands above itself is shown once.
        while let Some(parent) = above.last().and_then(|term| directory.parent(term))
            && above.iter().all(|known| known.id != parent.id)
        {
            above.push(parent);
        }
        above.reverse();
        above
    };
    let mut terms: Vec<_> = directory.terms(taxonomy).map(way).collect();
    terms.sort_by_cached_key(|way| {
        let named = way.iter().map(|term| {
            let name = osn_core::text::sort_key(term.name.get(lang));
            (name, term.code.clone())
        });
        named.collect::<Vec<_>>()
    });
    let placed = terms.into_iter();
    placed
        .filter_map(|way| Some((way.len().saturating_sub(1), *way.last()?)))
        .collect()
}

/// How many services name each term itself, by its identifier.
pub fn uses(directory: &Directory) -> BTreeMap<TermId, usize> {
    let mut found: BTreeMap<TermId, usize> = BTreeMap::new();
    for service in directory.services() {
        let groups = service.groups.iter().flatten();
        let areas = service.areas.iter().flatten();
        let ruled = service.categories.iter().chain(groups).chain(areas);
        let ruled = ruled.filter_map(|code| directory.term(code).map(|term| term.id));
        let others = service.attributes.iter().filter_map(|one| one.taxonomy_term_id);
        for term in ruled.chain(others) {
            let count = found.entry(term).or_default();
            *count = count.saturating_add(1);
        }
    }
    found
}

/// One term with its revision, for `If-Match`.
pub async fn get(acting: &Acting, id: TermId) -> Outcome<Saved<TaxonomyTerm>> {
    let version = in_force(acting, TERM, id.uuid()).await?;
    match version.record {
        DirectoryRecord::TaxonomyTerm(value) => Ok(Saved {
            value,
            version: version.revision,
        }),
        _ => Err(unknown()),
    }
}

/// What a taxonomy is, with its revision.
pub async fn get_taxonomy(acting: &Acting, id: TaxonomyId) -> Outcome<Saved<TaxonomyDescription>> {
    let version = in_force(acting, TAXONOMY, id.uuid()).await?;
    match version.record {
        DirectoryRecord::Taxonomy(value) => Ok(Saved {
            value,
            version: version.revision,
        }),
        _ => Err(unknown()),
    }
}

fn unknown() -> Refusal {
    Refusal::not_found("record.unknown")
}

async fn in_force(acting: &Acting, kind: &str, id: uuid::Uuid) -> Outcome<RecordVersion> {
    let version = acting.scope.record_in_force(kind, id).await?;
    version.filter(|version| !version.retired).ok_or_else(unknown)
}

/// Keeps a term: a new one, or a new version. Its code and its taxonomy stay, because other records name it by them.
pub async fn keep(acting: &Acting, term: TaxonomyTerm) -> Outcome<Saved<TaxonomyTerm>> {
    judged(|| keep_judged(acting, &term)).await?;
    get(acting, term.id).await
}

async fn keep_judged(acting: &Acting, term: &TaxonomyTerm) -> Outcome<()> {
    let id = term.id;
    let mut errors = Vec::new();
    let before = acting.scope.record_in_force(TERM, id.uuid()).await?;
    match standing(before.as_ref()).map(|version| &version.record) {
        Some(DirectoryRecord::TaxonomyTerm(before)) => {
            let fixed = [
                ("/code", before.code == term.code),
                ("/taxonomy", before.taxonomy == term.taxonomy),
            ];
            let moved = fixed.into_iter().filter(|(_, stays)| !stays);
            errors.extend(moved.map(|(path, _)| FieldError::new(path, "term-stays")));
        }
        _ if term.code.as_str().is_empty() => errors.push(FieldError::new("/code", "required")),
        _ if !is_code(&term.code) => errors.push(FieldError::new("/code", "not-a-key")),
        _ => {}
    }
    if !term.name.has("el") {
        errors.push(FieldError::new("/name/el", "greek-text-missing").with("name", "name"));
    }
    write(acting, before, DirectoryRecord::TaxonomyTerm(term.clone()), errors).await
}

/// Lower-case letters, digits, hyphens and stops, as codes of the mapping are written.
fn is_code(code: &TermCode) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    code.as_str().len() <= LONGEST_CODE && code.as_str().bytes().all(allowed)
}

/// Keeps what a taxonomy is: a new one, or a new version.
pub async fn keep_taxonomy(acting: &Acting, taxonomy: TaxonomyDescription) -> Outcome<Saved<TaxonomyDescription>> {
    let id = taxonomy.id;
    let record = &DirectoryRecord::Taxonomy(taxonomy);
    judged(|| async move {
        let before = acting.scope.record_in_force(TAXONOMY, id.uuid()).await?;
        write(acting, before, record.clone(), Vec::new()).await
    })
    .await?;
    get_taxonomy(acting, id).await
}

/// The version before, unless it says that the record is gone.
fn standing(before: Option<&RecordVersion>) -> Option<&RecordVersion> {
    before.filter(|version| !version.retired)
}

/// Writes a record that no body owns, unless the mapping would contradict itself.
async fn write(
    acting: &Acting,
    before: Option<RecordVersion>,
    record: DirectoryRecord,
    mut errors: Vec<FieldError>,
) -> Outcome<()> {
    acting.require(Right::MaintainDirectory)?;
    let (kind, id) = (record.kind(), record.uuid());
    let revision = before.as_ref().map_or(0, |version| version.revision);
    acting.check_version(revision)?;
    let mapped = acting.mapping().await?;
    let about = match &record {
        DirectoryRecord::TaxonomyTerm(term) => format!("term {}", term.code),
        other => format!("{} {}", other.kind(), other.uuid()),
    };
    let found = Successor::with(&mapped.directory, &record).problems(&mapped.directory);
    let mine = found.iter().filter(|problem| mapping::record_of(problem) == about);
    for error in mine.map(field) {
        if errors.iter().all(|known| known.path != error.path) {
            errors.push(error);
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("directory.invalid", errors));
    }
    let fields = changed_fields(standing(before.as_ref()), &record)?;
    let mut tx = acting.begin("record.keep").await?;
    hold(acting, &mut tx, mapped.revision).await?;
    tx.hold_record(kind, id, Some(acting.expected.unwrap_or(revision)))
        .await?;
    tx.put_directory_record(&record, None).await?;
    tx.journal(entry("record.keep", kind, id, serde_json::json!({ "fields": fields })));
    Ok(tx.commit().await?)
}

/// How many requests for support and reported gaps name a term: a need has no service yet, so the mapping says nothing of them.
async fn needs_that_name(acting: &Acting, code: &TermCode) -> Outcome<usize> {
    let is_named = |category: &TermCode, groups: &[TermCode], areas: &[TermCode]| {
        category == code || groups.contains(code) || areas.contains(code)
    };
    let gaps = acting
        .scope
        .all_network_records::<ReportedGap>(NetworkFilter::default())
        .await?;
    let gaps = gaps.iter().map(|gap| &gap.value);
    let mut named = gaps
        .filter(|gap| is_named(&gap.category, &gap.groups, &gap.areas))
        .count();
    let mut query = PageQuery::first();
    loop {
        let page = acting.scope.requests(None, query).await?;
        let needs = page.items.iter().map(|request| &request.value.need);
        let here = needs
            .filter(|need| is_named(&need.category, &need.groups, &need.areas))
            .count();
        named = named.saturating_add(here);
        let Some(after) = page.next else {
            return Ok(named);
        };
        query = PageQuery {
            after: Some(after),
            ..PageQuery::first()
        };
    }
}

/// Withdraws a term that no record, no request and no reported gap names; its history stays.
pub async fn withdraw(acting: &Acting, id: TermId) -> Outcome<()> {
    judged(|| withdraw_judged(acting, id)).await
}

async fn withdraw_judged(acting: &Acting, id: TermId) -> Outcome<()> {
    acting.require(Right::MaintainDirectory)?;
    let saved = get(acting, id).await?;
    acting.check_version(saved.version)?;
    let mapped = acting.mapping().await?;
    let text = id.uuid().to_string();
    let found = Successor::new(&mapped.directory, [], [id.uuid()]).problems(&mapped.directory);
    let points = |problem: &&DirectoryError| match problem {
        DirectoryError::UnknownTerm { taxonomy, code, .. } => {
            *taxonomy == saved.value.taxonomy && *code == saved.value.code
        }
        DirectoryError::UnknownRecord { id, .. } => *id == text,
        _ => false,
    };
    let records = found.iter().filter(points).count();
    if records > 0 {
        return Err(Refusal::conflict("record.in-use").with("count", records));
    }
    let needs = needs_that_name(acting, &saved.value.code).await?;
    if needs > 0 {
        return Err(Refusal::conflict("term.in-need").with("count", needs));
    }
    let mut tx = acting.begin("record.withdraw").await?;
    hold(acting, &mut tx, mapped.revision).await?;
    tx.hold_record(TERM, id.uuid(), Some(saved.version)).await?;
    tx.retire_directory_record(TERM, id.uuid()).await?;
    tx.journal(entry("record.withdraw", TERM, id.uuid(), serde_json::json!({})));
    Ok(tx.commit().await?)
}

/// The field of the record that a problem is about.
fn field(problem: &DirectoryError) -> FieldError {
    let path = match problem {
        DirectoryError::UnknownTerm { .. } | DirectoryError::Circle { .. } => "/parent".to_owned(),
        DirectoryError::UnknownRecord { .. } => "/taxonomy".to_owned(),
        DirectoryError::MissingText { field, .. } => format!("/{field}/el"),
        DirectoryError::Invalid { field, .. } => format!("/{}", field.replace('.', "/")),
        _ => "/code".to_owned(),
    };
    let said = mapping::field(problem, &[]);
    FieldError { path, ..said }
}
