//! A published list that the reader's own browser checks.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::calls::id;
use super::results::OfRound;
use crate::acts::{calls, selection};
use crate::http::Query;
use crate::pages::chrome::Section;
use crate::pages::reader::Reader;
use crate::pages::show;
use crate::pages::views::Verify;
use crate::refusal::Outcome;

/// The policy of every page, and WebAssembly of our own: this page computes in the browser and asks nobody else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The questions, in the order of their answers.
const QUESTIONS: [&str; 7] = ["digest", "lines", "references", "order", "draw", "cut", "records"];

pub(super) async fn show_page(
    reader: Reader,
    Path(text): Path<String>,
    Query(OfRound { round }): Query<OfRound>,
) -> Outcome<Response> {
    let (acting, p) = reader.page("verify-title", Section::Calls);
    let call = id(&text)?;
    let view = calls::get(&acting, call).await?;
    let (_, _, rounds) = selection::final_list(&acting, call, round).await?;
    let round = rounds.round;
    let mut response = show(&Verify {
        call: p.text(&view.title),
        back: p.url(&format!("/calls/{call}/results?round={round}")),
        document: format!("/api/v1/calls/{call}/published-list?round={round}"),
        questions: QUESTIONS,
        p,
    });
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}
