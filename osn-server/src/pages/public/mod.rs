//! Pages for everybody: the directory, calls, applying, following an application, results.

mod about;
mod apply;
mod areas;
mod calls;
mod consolidated;
mod home;
mod hours;
mod map;
mod questions;
mod results;
mod service;
mod services;
mod track;

use crate::route::{Access, Route};

use super::rows;

pub(super) use calls::{tag as call_tag, tie};
pub(super) use services::choices;

pub(super) fn routes() -> Vec<Route> {
    let mut rows = rows![
        get "/", Access::Public, home::show_page;
        get "/services/{id}", Access::Public, service::one;
        get "/services/{id}/sheet", Access::Public, service::sheet;
        get "/areas", Access::Public, areas::list;
        get "/areas/{code}", Access::Public, areas::one;
        get "/coverage", Access::Public, consolidated::show_page;
        get "/calls", Access::Public, calls::list;
        get "/calls/{id}", Access::Public, calls::one;
        get "/calls/{id}/results", Access::Public, results::show_page;
        get "/calls/{id}/apply", Access::Public, apply::ask;
        get "/track", Access::Public, track::ask;
        get "/about", Access::Public, about::about;
        get "/privacy", Access::Public, about::privacy;
        get "/accessibility", Access::Public, about::accessibility;
    ];
    let personal = rows![
        post "/calls/{id}/apply", Access::Public, apply::answer;
        post "/track", Access::Public, track::show_it;
        post "/track/withdraw", Access::Public, track::withdraw;
    ];
    rows.extend(personal.into_iter().map(Route::personal));
    let searching = rows![
        get "/services", Access::Public, services::list;
    ];
    rows.extend(searching.into_iter().map(Route::costly));
    rows
}
