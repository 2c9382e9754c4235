//! The consolidated view: services counted for each category, group and area, as of a day.

use std::sync::Arc;

use chrono::NaiveDate;
use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_core::matrix::CoverageMatrix;
use osn_core::time::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::running::running;
use crate::acts::{Acting, upkeep};
use crate::directory::Mapped;
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};

/// Which part of the view is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    /// A category with those below it; without it the widest categories.
    pub category: Option<String>,
    /// One group; without it all.
    pub group: Option<String>,
    /// One area; without it all.
    pub area: Option<String>,
    /// How far down the categories go.
    #[serde(default)]
    pub depth: Depth,
}

/// How far down the categories of the view go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// One step.
    #[default]
    One,
    /// All the way, each category below the one that it belongs to.
    All,
}

/// A cell, as the API answers it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CellView {
    /// Code of the category.
    pub category: String,
    /// Code of the group.
    pub group: String,
    /// Code of the area.
    pub area: String,
    /// Services that serve this group in this area, by their record.
    pub serving: u32,
    /// Services whose record leaves the group, the area or its own freshness open.
    pub undetermined: u32,
    /// Services that would serve, but were not confirmed for too long.
    pub stale: u32,
    /// The municipality's own running actions: never counted as the existing network.
    pub actions: u32,
    /// Whether no service of the existing network is known to help here.
    pub gap: bool,
}

/// The view, as the API answers it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ConsolidatedView {
    /// The mapping was read as it was recorded at this instant.
    pub recorded_at: Instant,
    /// Freshness is counted to this day.
    pub on: NaiveDate,
    /// Every cell, by category, group and area.
    pub cells: Vec<CellView>,
}

/// The view with the mapping that it counts.
#[derive(Debug)]
pub struct Consolidated {
    /// The mapping.
    pub mapped: Arc<Mapped>,
    /// The counts.
    pub matrix: CoverageMatrix,
}

impl From<&CoverageMatrix> for ConsolidatedView {
    fn from(matrix: &CoverageMatrix) -> Self {
        let cells = matrix.cells().map(|([category, group, area], cell)| CellView {
            category: category.to_string(),
            group: group.to_string(),
            area: area.to_string(),
            serving: cell.serving,
            undetermined: cell.undetermined,
            stale: cell.stale,
            actions: cell.actions,
            gap: cell.is_gap(),
        });
        Self {
            recorded_at: matrix.recorded_at,
            on: matrix.on,
            cells: cells.collect(),
        }
    }
}

/// Counts what was asked for, in the mapping that the act reads.
pub async fn view(acting: &Acting, asked: &Asked) -> Outcome<Consolidated> {
    let (mapped, running) = (acting.mapping().await?, running(acting).await?);
    let axes = axes(&mapped.directory, asked)?;
    let on = acting.zone().day(acting.as_of.unwrap_or(acting.now));
    let matrix = CoverageMatrix::new(
        &mapped.directory,
        upkeep::policy(acting).freshness,
        on,
        axes,
        running.services(),
    );
    Ok(Consolidated { mapped, matrix })
}

fn axes(directory: &Directory, asked: &Asked) -> Outcome<[Vec<TermCode>; 3]> {
    let known = |code: &Option<String>, taxonomy, name: &'static str| match code.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(code) => directory
            .term(&TermCode::new(code))
            .filter(|term| term.taxonomy == taxonomy)
            .map(|term| Some(term.code.clone()))
            .ok_or_else(|| Refusal::field(name, "unknown-term").with("name", code)),
    };
    let all = |taxonomy| directory.terms(taxonomy).map(|term| term.code.clone()).collect();
    let under = |parent: Option<&TermCode>| {
        let below = directory.terms(Taxonomy::Category);
        below
            .filter(|term| term.parent.as_ref() == parent)
            .map(|term| term.code.clone())
            .collect::<Vec<_>>()
    };
    let tree = |of: Option<&TermCode>| {
        // In one order for every reader: a file of it is made once.
        let terms = upkeep::terms::tree(directory, Taxonomy::Category, Lang::El.tag()).into_iter();
        let codes = terms.map(|(_, term)| &term.code);
        codes
            .filter(|code| of.is_none_or(|of| directory.with_ancestors(code).contains(of)))
            .cloned()
            .collect::<Vec<_>>()
    };
    let category = known(&asked.category, Taxonomy::Category, "/category")?;
    let categories = match (asked.depth, category) {
        (Depth::All, category) => tree(category.as_ref()),
        (Depth::One, None) => under(None),
        (Depth::One, Some(code)) => std::iter::once(code.clone()).chain(under(Some(&code))).collect(),
    };
    let one_or_all = |code: Option<TermCode>, taxonomy| code.map_or_else(|| all(taxonomy), |code| vec![code]);
    let group = known(&asked.group, Taxonomy::BeneficiaryGroup, "/group")?;
    let area = known(&asked.area, Taxonomy::Area, "/area")?;
    Ok([
        categories,
        one_or_all(group, Taxonomy::BeneficiaryGroup),
        one_or_all(area, Taxonomy::Area),
    ])
}
