//! Pages for everybody: the directory, calls, applying, following an application, results.

mod about;
mod apply;
mod areas;
mod calls;
mod confirm;
mod consolidated;
mod cost;
mod finder;
mod home;
mod hours;
pub(in crate::pages) mod map;
mod questions;
mod register;
mod results;
mod service;
mod services;
mod suggest;
mod track;
mod verify;

use crate::route::{Access, Route};

use super::rows;

pub(super) use calls::{tag as call_tag, tie};
pub(super) use confirm::figures_fields;
pub(super) use questions::{example_form, written_fields};
pub(super) use services::choices;

pub(super) fn routes() -> Vec<Route> {
    let same_for_everybody = rows![
        get "/", Access::Public, home::show_page;
        get "/services/{id}", Access::Public, service::one;
        get "/services/{id}/sheet", Access::Public, service::sheet;
        get "/areas", Access::Public, areas::list;
        get "/areas/{code}", Access::Public, areas::one;
        get "/coverage", Access::Public, consolidated::show_page;
        get "/services/{id}/history", Access::Public, suggest::history;
        get "/records/{kind}/{id}/history", Access::Public, suggest::history_of;
        get "/actions", Access::Public, register::show_page;
        get "/calls", Access::Public, calls::list;
        get "/calls/{id}", Access::Public, calls::one;
        get "/calls/{id}/results", Access::Public, results::show_page;
        get "/calls/{id}/results/check", Access::Public, verify::show_page;
        get "/about", Access::Public, about::about;
        get "/privacy", Access::Public, about::privacy;
        get "/accessibility", Access::Public, about::accessibility;
    ];
    let mut rows = rows![
        get "/calls/{id}/apply", Access::Public, apply::ask;
        get "/track", Access::Public, track::ask;
    ];
    rows.extend(same_for_everybody.into_iter().map(Route::kept));
    let personal = rows![
        get "/services/{id}/suggest", Access::Public, suggest::ask;
        post "/services/{id}/suggest", Access::Public, suggest::send;
        get "/records/{kind}/{id}/suggest", Access::Public, suggest::ask_of;
        post "/records/{kind}/{id}/suggest", Access::Public, suggest::send_of;
        get "/confirm/{link}", Access::Public, confirm::ask;
        post "/confirm/{link}", Access::Public, confirm::answer;
        post "/confirm/{link}/again", Access::Public, confirm::again;
        post "/calls/{id}/apply", Access::Public, apply::answer;
        get "/calls/{id}/finder", Access::Public, finder::ask;
        post "/track", Access::Public, track::show_it;
        post "/track/withdraw", Access::Public, track::withdraw;
    ];
    rows.extend(personal.into_iter().map(Route::personal));
    let searching = rows![
        get "/services", Access::Public, services::list;
    ];
    rows.extend(searching.into_iter().map(Route::costly));
    let judging = rows![
        post "/calls/{id}/finder", Access::Public, finder::answer;
    ];
    rows.extend(judging.into_iter().map(Route::personal).map(Route::costly));
    rows
}
