//! The JSON API under `/api/v1`.

use crate::route::Route;

/// The rows of the API.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
