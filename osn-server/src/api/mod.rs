//! The JSON API under `/api/v1`: thin handlers around the acts, and the rows of the route table.

mod answer;
mod calls;
mod deliveries;
pub(crate) mod files;
mod handed;
mod meta;
pub(crate) mod money;
mod money_further;
mod needs;
mod network;
pub(crate) mod network_work;
mod openapi;
pub(crate) mod planned;
mod planning;
mod profiles;
mod programs;
mod records;
pub(crate) mod request_files;
mod selections;
mod sessions;
mod upkeep;

pub use openapi::document;

use crate::route::Route;

/// The rows of the API.
pub fn routes() -> Vec<Route> {
    let groups = [
        meta::routes(),
        sessions::routes(),
        needs::directory_routes(),
        upkeep::record_routes(),
        upkeep::work_routes(),
        files::routes(),
        needs::request_routes(),
        network::gap_routes(),
        network::offer_routes(),
        network::need_routes(),
        request_files::routes(),
        network::referral_routes(),
        network_work::meeting_routes(),
        profiles::routes(),
        network_work::urgent_routes(),
        network_work::proposal_routes(),
        planned::routes(),
        planning::routes(),
        programs::routes(),
        calls::routes(),
        selections::routes(),
        deliveries::routes(),
        handed::routes(),
        money::routes(),
        money_further::routes(),
        records::routes(),
    ];
    groups.into_iter().flatten().collect()
}
