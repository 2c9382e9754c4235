//! The journal and the outbox.

use osn_store::JournalEntry;

use super::answer::List;
use crate::acts::records::{JournalCheck, MessageView};
use crate::acts::{Acting, records};
use crate::auth::Right;
use crate::http::{Json, Page};
use crate::refusal::Outcome;
use crate::route::{Access, Route};
use crate::shapes;

pub(super) fn routes() -> Vec<Route> {
    let audit = Access::Right(Right::Audit);
    vec![
        Route::get("/api/v1/journal", audit, journal)
            .says("The journal, newest first")
            .reads(&["limit", "after"])
            .answers::<List<shapes::JournalEntry>>(200),
        Route::get("/api/v1/journal/verify", audit, verify)
            .says("Verify the whole journal")
            .answers::<JournalCheck>(200),
        Route::get("/api/v1/outbox", Access::Right(Right::Operate), outbox)
            .says("Messages, without their recipients")
            .reads(&["limit", "after"])
            .answers::<List<MessageView>>(200),
    ]
}

async fn journal(acting: Acting, Page(query): Page) -> Outcome<Json<List<JournalEntry>>> {
    Ok(Json(records::journal(&acting, query).await?.into()))
}

async fn verify(acting: Acting) -> Outcome<Json<JournalCheck>> {
    Ok(Json(records::verify_journal(&acting).await?))
}

async fn outbox(acting: Acting, Page(query): Page) -> Outcome<Json<List<MessageView>>> {
    Ok(Json(records::outbox(&acting, query).await?.into()))
}
