//! Words that mean the same, for the search: a line for each group, edited by the municipality.

use axum::body::Bytes;
use axum::response::Response;
use osn_core::search::SynonymGroup;

use crate::acts::Saved;
use crate::acts::synonyms::{self as acts, SynonymList};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Control, Field, FormView, Posted};
use crate::pages::part::{Block, StaffPage};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, said, show, show_with};
use crate::problem;
use crate::refusal::{FieldError, Outcome, Refusal};

const LINES: &str = "/groups";

pub(super) async fn ask(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("synonyms-title", Section::Synonyms);
    let list = acts::get(&acting).await?;
    let form = form(&p, &list);
    Ok(show(&page(p, form)))
}

fn page(p: Page, form: FormView) -> StaffPage {
    StaffPage::new(p.clone())
        .block(Block::Text(p.t("synonyms-lead")))
        .block(Block::Form(Box::new(form)))
}

fn form(p: &Page, list: &Saved<SynonymList>) -> FormView {
    let line = |group: &SynonymGroup| group.words.join(", ");
    let lines: Vec<String> = list.value.groups.iter().map(line).collect();
    let field = Field {
        control: Control::Area(20),
        ..Field::area(LINES, p.t("synonyms-lines"))
    };
    let field = field.hint(p.t("synonyms-hint")).proposed(lines.join("\n")).optional();
    FormView {
        guard: true,
        ..FormView::new(p.url("/staff/synonyms"), vec![field], p.t("synonyms-keep"))
    }
    .hidden("version", list.version.to_string())
}

/// The groups of the lines that were typed, each with the number of its line.
fn typed(lines: &str) -> Vec<(usize, SynonymGroup)> {
    let group = |line: &str| SynonymGroup {
        words: line
            .split([',', ';'])
            .map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|word| !word.is_empty())
            .collect(),
    };
    let groups = lines.lines().map(group).enumerate();
    groups.filter(|(_, group)| !group.words.is_empty()).collect()
}

pub(super) async fn write(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (mut acting, mut p) = reader.page("synonyms-title", Section::Synonyms);
    let posted = Posted::read(&body);
    acting.expected = posted.get("version").parse().ok();
    let lines = typed(posted.get(LINES));
    let groups = lines.iter().map(|(_, group)| group.clone()).collect();
    match acts::put(&acting, SynonymList { groups }).await {
        Ok(_) => Ok(onward(&p, "/staff/synonyms", "synonyms-kept")),
        Err(refusal) if mendable(&refusal) => {
            let status = problem::status(refusal.kind());
            let mut form = form(&p, &acts::get(&acting).await?);
            form.fill(&posted);
            let told = at_their_lines(&p, &lines, &refusal);
            blame(&mut p, &mut form, &told.unwrap_or(refusal));
            Ok(show_with(status, &page(p, form)))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Each mistake with the number of its line, as the clerk counts them.
fn at_their_lines(p: &Page, lines: &[(usize, SynonymGroup)], refusal: &Refusal) -> Option<Refusal> {
    let line = |error: &FieldError| {
        let group: usize = error.path.strip_prefix("/groups/")?.split('/').next()?.parse().ok()?;
        lines.get(group).map(|(number, _)| number + 1)
    };
    let told = |error: &FieldError| match line(error) {
        Some(line) => {
            let words = p.t2("synonyms-line", ("line", &line.to_string()), ("said", &said(p, error)));
            FieldError::new(LINES, error.code.clone()).saying(crate::pages::own_words(p, &words))
        }
        None => error.clone(),
    };
    let errors: Vec<FieldError> = refusal.errors().iter().map(told).collect();
    (!errors.is_empty()).then(|| Refusal::invalid(refusal.code(), errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_group_and_keeps_its_number() {
        let read = typed("γεύμα,  συσσίτιο ; δεν  έχω να φάω\n\n , \nστέγη, σπίτι");
        let shown: Vec<(usize, Vec<String>)> = read.into_iter().map(|(line, group)| (line, group.words)).collect();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            shown,
            [
                (0, words(&["γεύμα", "συσσίτιο", "δεν έχω να φάω"])),
                (3, words(&["στέγη", "σπίτι"]))
            ]
        );
    }
}
