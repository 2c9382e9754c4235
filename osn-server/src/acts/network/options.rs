//! What would cover a need: the nearest single changes, computed by the rules from the examination.

use std::collections::BTreeMap;

use osn_core::action::ActionState;
use osn_core::coverage::{Confirmation, CoverOption, ProgramPrice, what_would_cover};
use osn_core::id::{CertificateId, RequestId};
use osn_core::money::{Money, Rounding};

use super::board;
use crate::acts::{Acting, certificate, examination};
use crate::auth::Right;
use crate::refusal::Outcome;

/// For an examined request: against the mapping as the examination read it.
pub async fn of_request(acting: &Acting, id: RequestId) -> Outcome<Vec<CoverOption>> {
    let examined = examination::get(acting, id).await?.value;
    of(acting, &examined).await
}

/// For a certificate: against the mapping as it was examined then.
pub async fn of_certificate(acting: &Acting, id: CertificateId) -> Outcome<Vec<CoverOption>> {
    let signed = certificate::get(acting, id).await?;
    of(acting, &signed.certificate.confirmation).await
}

pub(crate) async fn of(acting: &Acting, confirmation: &Confirmation) -> Outcome<Vec<CoverOption>> {
    if confirmation.outcome.residual() == 0 {
        return Ok(Vec::new());
    }
    let mapped = acting.mapping_as_of(confirmation.recorded_at).await?;
    let on = acting.zone().day(confirmation.recorded_at);
    let prices = prices(acting).await?;
    Ok(what_would_cover(&mapped.directory, confirmation, on, &prices))
}

/// The programs that new actions may use, with what a place of the municipality's own actions cost: all their budgets
/// over all their places.
pub(super) async fn prices(acting: &Acting) -> Outcome<Vec<ProgramPrice>> {
    acting.require(Right::SeeWork)?;
    let mut spent: BTreeMap<String, (Vec<Money>, u32)> = BTreeMap::new();
    for action in board::actions(acting).await? {
        let counts = match action.state {
            ActionState::Approved { .. } | ActionState::Completed { .. } => true,
            ActionState::Draft | ActionState::Cancelled { .. } => false,
        };
        if let Some(places) = action.places_in_force().filter(|_| counts) {
            let of_program = spent.entry(action.program.name.clone()).or_default();
            of_program.0.push(action.budget);
            of_program.1 = of_program.1.saturating_add(places.places);
        }
    }
    let mut names: Vec<String> = acting
        .scope
        .program_uses()
        .await?
        .into_iter()
        .filter(|used| used.value.is_enabled())
        .map(|used| used.value.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    let price = |name: &String| {
        let (budgets, places) = spent.get(name)?;
        let all = Money::checked_sum(budgets.iter().copied()).ok()?;
        all.divide_by((*places).into(), Rounding::HalfUp).ok()
    };
    Ok(names
        .into_iter()
        .map(|program| ProgramPrice {
            place: price(&program),
            program,
        })
        .collect())
}
