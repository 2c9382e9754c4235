//! The workplace of coordinators, evaluators, partners, auditors and hosts.

mod actions;
pub(super) mod applications;
mod calls;
mod ceilings;
mod certificates;
mod chain;
mod dashboard;
mod deliverers;
mod deliveries;
mod desk_network;
mod documents;
mod dry_run;
mod duplicates;
mod emergencies;
mod evaluation;
mod examined;
mod gaps;
mod imports;
mod indicators;
mod lists;
mod lots;
mod meetings;
mod members;
mod money;
mod network;
mod occasions;
mod papers;
mod parameters;
mod planned;
mod plans;
pub(super) mod preview;
mod profiles;
mod programs;
mod proposals;
mod record_details;
mod record_form;
pub(super) mod record_history;
mod record_languages;
mod record_list;
mod record_parts;
mod record_places;
mod record_read;
mod record_versions;
mod recording;
mod records;
mod referrals;
mod request_desk;
mod request_form;
mod requests;
mod rule_sets;
mod session;
mod settings;
mod sized;
mod standing;
mod stock;
mod subscriptions;
mod suggestions;
mod synonyms;
mod system;
mod terms;
mod trace;
mod unmet;
mod upkeep;
mod upkeep_days;
mod urgent;

use std::str::FromStr;

use osn_core::id::{AccountId, OrganizationId};
use osn_store::PageQuery;
use serde::Deserialize;

use super::chrome::Page;
use super::part::Pager;
use super::rows;
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};
use crate::route::{Access, Route};

pub(super) fn routes() -> Vec<Route> {
    let mut rows = chain_routes();
    rows.extend(delivery_routes());
    rows.extend(house_routes());
    rows.extend(mapping_routes());
    rows.extend(network_routes());
    rows.extend(urgent_routes());
    rows.extend(money_routes());
    rows
}

fn network_routes() -> Vec<Route> {
    let (work, write, examine, keep, plan) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::WriteRequests),
        Access::Right(Right::ExamineNeeds),
        Access::Right(Right::KeepRecords),
        Access::Right(Right::PlanActions),
    );
    let take = Access::Right(Right::TakeReferrals);
    rows![
        get "/staff/gaps", work, gaps::list;
        get "/staff/gaps/new", write, gaps::ask;
        post "/staff/gaps/new", write, gaps::report;
        get "/staff/gaps/{id}", work, gaps::one;
        post "/staff/gaps/{id}/accept", examine, gaps::accept;
        post "/staff/gaps/{id}/reopen", examine, gaps::reopen;
        post "/staff/gaps/{id}/propose", write, gaps::propose;
        post "/staff/gaps/{id}/contribute", write, gaps::contribute;
        post "/staff/gaps/{id}/extend", keep, gaps::extend;
        post "/staff/gaps/{id}/close", examine, gaps::close;
        post "/staff/gaps/{id}/join", examine, gaps::join;
        post "/staff/gaps/{id}/dismiss", examine, gaps::dismiss;
        post "/staff/contributions/{id}/accept", examine, gaps::accept_offer;
        get "/staff/unmet-need", work, unmet::board;
        post "/staff/requests/{id}/overrule", examine, standing::overrule;
        post "/staff/requests/{id}/note", write, standing::note;
        post "/staff/overrulings/{id}/approve", examine, standing::approve;
        post "/staff/overrulings/{id}/reject", examine, standing::reject;
        get "/staff/meetings", work, meetings::list;
        get "/staff/meetings/new", plan, meetings::ask;
        post "/staff/meetings/new", plan, meetings::prepare;
        get "/staff/meetings/{id}", work, meetings::one;
        get "/staff/meetings/{id}/invitation.ics", work, meetings::invitation;
        post "/staff/meetings/{id}/invite", plan, meetings::invite;
        post "/staff/meetings/{id}/cancel", plan, meetings::cancel;
        post "/staff/meetings/{id}/minutes", plan, meetings::minutes;
        post "/staff/meetings/{id}/follow-up", write, meetings::followed_up;
        post "/staff/meetings/{id}/profiles", plan, profiles::describe;
        get "/staff/meetings/{id}/profiles/{number}", work, profiles::one;
        post "/staff/meetings/{id}/profiles/{number}", work, profiles::choose;
        get "/staff/members", work, members::list;
        post "/staff/members", plan, members::invite;
        post "/staff/members/{id}/join", plan, members::join;
        post "/staff/members/{id}/end", plan, members::end;
        get "/staff/members/{id}", take, members::one;
        post "/staff/members/{id}/contacts", take, members::contacts;
        post "/staff/practices", write, members::share;
        get "/staff/trace/{kind}/{id}", work, trace::through;
        get "/staff/planned", work, planned::list;
        post "/staff/planned", write, planned::plan;
        get "/staff/planned/calendar.ics", work, planned::calendar;
        get "/staff/planned/{id}/edit", write, planned::ask_edit;
        post "/staff/planned/{id}/edit", write, planned::edit;
        post "/staff/planned/{id}/cancel", write, planned::cancel;
        get "/staff/proposals", work, proposals::list;
        get "/staff/proposals/new", plan, proposals::ask;
        post "/staff/proposals/new", plan, proposals::propose;
        get "/staff/proposals/{id}", work, proposals::one;
        post "/staff/proposals/{id}/approve", plan, proposals::approve;
        post "/staff/proposals/{id}/reject", plan, proposals::reject;
        post "/staff/proposals/{id}/withdraw", plan, proposals::withdraw;
        post "/staff/proposals/{id}/action", plan, proposals::planned;
        post "/staff/proposals/{id}/opinions", plan, proposals::opine;
    ]
}

fn urgent_routes() -> Vec<Route> {
    let (take, refer, help, see) = (
        Access::Right(Right::TakeReferrals),
        Access::Right(Right::Refer),
        Access::Right(Right::HelpAtOnce),
        Access::Right(Right::SeeApplications),
    );
    rows![
        get "/staff/referrals", take, referrals::list;
        get "/staff/referrals/new", refer, referrals::ask;
        post "/staff/referrals/new", refer, referrals::send;
        get "/staff/referrals/{id}", take, referrals::one;
        post "/staff/referrals/{id}/open", take, referrals::open;
        post "/staff/referrals/{id}/accept", take, referrals::accept;
        post "/staff/referrals/{id}/refuse", take, referrals::refuse;
        post "/staff/referrals/{id}/withdraw", refer, referrals::withdraw;
        post "/staff/referrals/{id}/conclude", take, referrals::conclude;
        get "/staff/urgent", see, urgent::list;
        get "/staff/urgent/new", help, urgent::ask;
        post "/staff/urgent/new", help, urgent::propose;
        get "/staff/urgent/{id}", see, urgent::one;
        post "/staff/urgent/{id}/approve", help, urgent::approve;
        post "/staff/urgent/{id}/refuse", help, urgent::refuse;
        post "/staff/urgent/{id}/cancel", help, urgent::cancel;
        post "/staff/urgent/{id}/open", help, urgent::open;
        post "/staff/urgent/{id}/give", help, urgent::give;
        post "/staff/urgent/{id}/certificate", help, urgent::follows;
        get "/staff/ceilings", help, ceilings::all;
        post "/staff/ceilings", help, ceilings::propose;
        post "/staff/ceilings/{id}/approve", help, ceilings::approve;
        post "/staff/ceilings/{id}/refuse", help, ceilings::refuse;
        get "/staff/emergencies/new", help, emergencies::ask;
        post "/staff/emergencies/new", help, emergencies::propose;
        post "/staff/emergencies/{id}/declare", help, emergencies::declare;
        post "/staff/emergencies/{id}/end", help, emergencies::end;
    ]
}

fn money_routes() -> Vec<Route> {
    let (see, keep, approve, maintain) = (
        Access::Right(Right::SeeMoney),
        Access::Right(Right::KeepExpenses),
        Access::Right(Right::ApproveMoney),
        Access::Right(Right::MaintainDirectory),
    );
    rows![
        get "/staff/money", see, money::operations;
        get "/staff/money/{id}", see, money::board;
        post "/staff/money/{id}/import", keep, money::import;
        post "/staff/money/{id}/claims", keep, money::begin;
        get "/staff/money/{id}/expenses", see, money::list;
        get "/staff/money/{id}/expenses/new", see, money::ask;
        post "/staff/money/{id}/expenses/new", keep, money::write;
        get "/staff/suppliers", see, money::suppliers;
        post "/staff/suppliers", keep, money::add;
        get "/staff/money/{id}/contracts", see, money::contracts;
        post "/staff/money/{id}/contracts", keep, money::add_contract;
        get "/staff/money/{id}/budget", see, money::budget;
        post "/staff/money/{id}/budget/lines", keep, money::add_line;
        post "/staff/money/{id}/budget/reallocations", keep, money::propose;
        post "/staff/money/{id}/budget/commitments", keep, money::commit;
        get "/staff/money/{id}/settlements", see, money::settlements;
        post "/staff/money/{id}/settlements", keep, money::settle;
        get "/staff/money/{id}/what-if", see, money::ask_what_if;
        post "/staff/money/{id}/what-if", see, money::tell_what_if;
        post "/staff/reallocations/{id}/approve", approve, money::approve_reallocation;
        post "/staff/reallocations/{id}/reject", approve, money::reject_reallocation;
        post "/staff/commitments/{id}/release", keep, money::release;
        get "/staff/money/{id}/irregularities", see, money::register;
        post "/staff/money/{id}/irregularities", keep, money::record;
        get "/staff/irregularities/{id}", see, money::irregularity;
        post "/staff/irregularities/{id}/confirm", approve, money::confirm_irregularity;
        post "/staff/irregularities/{id}/dismiss", approve, money::dismiss_irregularity;
        get "/staff/money/{id}/systemic", keep, money::ask_systemic;
        post "/staff/money/{id}/systemic", keep, money::write_systemic;
        get "/staff/systemic/{id}", see, money::systemic;
        post "/staff/systemic/{id}/confirm", approve, money::confirm_systemic;
        post "/staff/systemic/{id}/dismiss", approve, money::dismiss_systemic;
        get "/staff/money/{id}/unit-costs", see, money::costs;
        get "/staff/money/{id}/operation", see, money::operation;
        post "/staff/money/{id}/operation", maintain, money::change_operation;
        get "/staff/money/{id}/deliverables", see, money::deliverables;
        get "/staff/money/{id}/deliverables/{code}", see, money::deliverable;
        post "/staff/money/{id}/deliverables/{code}", keep, money::opine;
        post "/staff/money/{id}/deliverables/{code}/progress", approve, money::progress;
        get "/staff/money/{id}/indicators", see, money::indicators;
        post "/staff/money/{id}/indicators", maintain, money::define_indicator;
        get "/staff/money/{id}/tables", see, money::tables;
        get "/staff/expenses/{id}", see, money::one;
        get "/staff/expenses/{id}/edit", keep, money::edit;
        post "/staff/expenses/{id}/edit", keep, money::change;
        get "/staff/expenses/{id}/papers/{digest}", see, money::file;
        post "/staff/expenses/{id}/approve", approve, money::approve;
        post "/staff/expenses/{id}/withdraw", keep, money::withdraw;
        post "/staff/expenses/{id}/papers", keep, money::paper;
        get "/staff/claims/{id}", see, money::claim;
        post "/staff/claims/{id}/freeze", keep, money::freeze;
        post "/staff/claims/{id}/submit", approve, money::submit;
        post "/staff/claims/{id}/certify", keep, money::certify;
        post "/staff/claims/{id}/withdraw", approve, money::withdraw_claim;
        get "/staff/claims/{id}/workbook", see, money::workbook;
        get "/staff/claims/{id}/manifest", see, money::manifest;
        get "/staff/claims/{id}/sample", see, money::claim_sample;
        get "/staff/claims/{id}/tables", see, money::claim_tables;
        get "/staff/claims/{id}/pdf", see, money::claim_pdf;
    ]
}

fn mapping_routes() -> Vec<Route> {
    let (work, keep, maintain) = (
        Access::Right(Right::SeeWork),
        Access::Right(Right::KeepRecords),
        Access::Right(Right::MaintainDirectory),
    );
    rows![
        get "/staff/upkeep", work, upkeep::board;
        get "/staff/upkeep/waiting/{kind}", work, upkeep::waiting;
        post "/staff/upkeep/remind", maintain, upkeep::remind;
        get "/staff/upkeep/days", maintain, upkeep_days::ask;
        post "/staff/upkeep/days", maintain, upkeep_days::write;
        get "/staff/records", keep, record_list::list;
        get "/staff/records/{kind}/new", keep, records::new;
        get "/staff/records/{kind}/{id}", work, records::one;
        get "/staff/records/{kind}/{id}/history", work, record_versions::of_record;
        get "/staff/records/{kind}/{id}/edit", keep, records::ask;
        post "/staff/records/{kind}/{id}/edit", keep, records::write;
        get "/staff/records/{kind}/{id}/details", keep, record_details::ask;
        post "/staff/records/{kind}/{id}/details", keep, record_details::write;
        post "/staff/records/{kind}/{id}/details/remove", keep, record_details::remove;
        post "/staff/records/{kind}/{id}/confirm", keep, records::confirm;
        post "/staff/records/{kind}/{id}/remind", maintain, records::remind;
        post "/staff/records/{kind}/{id}/withdraw", keep, records::withdraw;
        post "/staff/records/{kind}/{id}/undo", keep, records::undo;
        get "/staff/suggestions", keep, suggestions::list;
        get "/staff/suggestions/{id}", keep, suggestions::one;
        post "/staff/suggestions/{id}/accept", keep, suggestions::accept;
        post "/staff/suggestions/{id}/refuse", keep, suggestions::refuse;
        get "/staff/duplicates/{kind}", maintain, duplicates::list;
        post "/staff/duplicates/{kind}", maintain, duplicates::merge;
        get "/staff/duplicates/{kind}/apart", maintain, duplicates::list_apart;
        post "/staff/duplicates/{kind}/apart", maintain, duplicates::keep_apart;
        post "/staff/duplicates/{kind}/apart/undo", maintain, duplicates::undo_apart;
        get "/staff/subscriptions", keep, subscriptions::list;
        post "/staff/subscriptions", keep, subscriptions::begin;
        post "/staff/subscriptions/{id}/end", keep, subscriptions::end;
        get "/staff/terms", maintain, terms::list;
        get "/staff/terms/new", maintain, terms::new;
        get "/staff/terms/{id}", maintain, terms::one;
        get "/staff/terms/{id}/history", maintain, record_versions::of_term;
        post "/staff/terms/{id}", maintain, terms::write;
        post "/staff/terms/{id}/withdraw", maintain, terms::withdraw;
        get "/staff/taxonomies/new", maintain, terms::new_taxonomy;
        get "/staff/taxonomies/{id}", maintain, terms::taxonomy;
        get "/staff/taxonomies/{id}/history", maintain, record_versions::of_taxonomy;
        post "/staff/taxonomies/{id}", maintain, terms::write_taxonomy;
        get "/staff/synonyms", maintain, synonyms::ask;
        post "/staff/synonyms", maintain, synonyms::write;
        get "/staff/imports", maintain, imports::list;
        post "/staff/imports", maintain, imports::receive;
        get "/staff/imports/{id}", maintain, imports::one;
        post "/staff/imports/{id}/confirm", maintain, imports::confirm;
        post "/staff/imports/{id}/undo", maintain, imports::undo;
    ]
}

fn chain_routes() -> Vec<Route> {
    rows![
        get "/staff/login", Access::Public, session::ask;
        post "/staff/login", Access::Public, session::enter;
        post "/staff/logout", Access::Right(Right::SeeSelf), session::leave;
        get "/staff/", Access::Right(Right::SeeSelf), dashboard::show_page;
        get "/staff/requests", Access::Right(Right::SeeWork), requests::list;
        get "/staff/requests/new", Access::Right(Right::WriteRequests), request_form::ask;
        post "/staff/requests/new", Access::Right(Right::WriteRequests), request_form::write;
        get "/staff/counter", Access::Right(Right::WriteRequests), request_form::ask_counter;
        post "/staff/counter", Access::Right(Right::WriteRequests), request_form::write_counter;
        get "/staff/requests/{id}", Access::Right(Right::SeeWork), requests::one;
        get "/staff/requests/{id}/edit", Access::Right(Right::WriteRequests), request_form::ask_edit;
        post "/staff/requests/{id}/edit", Access::Right(Right::WriteRequests), request_form::edit;
        post "/staff/requests/{id}/owner", Access::Right(Right::ExamineNeeds), request_desk::assign;
        post "/staff/requests/{id}/files", Access::Right(Right::WriteRequests), request_desk::attach;
        get "/staff/requests/{id}/files/{file}", Access::Right(Right::WriteRequests), request_desk::file;
        post "/staff/requests/{id}/files/{file}/remove", Access::Right(Right::WriteRequests), request_desk::remove;
        post "/staff/requests/{id}/submit", Access::Right(Right::WriteRequests), requests::submit;
        post "/staff/requests/{id}/withdraw", Access::Right(Right::WriteRequests), requests::withdraw;
        post "/staff/requests/{id}/examine", Access::Right(Right::ExamineNeeds), requests::examine;
        post "/staff/requests/{id}/decide", Access::Right(Right::ExamineNeeds), requests::decide;
        post "/staff/requests/{id}/certificate", Access::Right(Right::IssueCertificates), requests::certify;
        get "/staff/certificates", Access::Right(Right::SeeWork), certificates::list;
        get "/staff/certificates/{id}", Access::Right(Right::SeeWork), certificates::one;
        get "/staff/certificates/{id}/pdf", Access::Right(Right::SeeWork), certificates::pdf;
        get "/staff/actions", Access::Right(Right::SeeWork), actions::list;
        get "/staff/actions/new", Access::Right(Right::PlanActions), actions::ask;
        post "/staff/actions/new", Access::Right(Right::PlanActions), actions::plan;
        get "/staff/actions/{id}", Access::Right(Right::SeeWork), actions::one;
        post "/staff/actions/{id}/approve", Access::Right(Right::PlanActions), actions::approve;
        post "/staff/actions/{id}/complete", Access::Right(Right::PlanActions), actions::complete;
        post "/staff/actions/{id}/places", Access::Right(Right::PlanActions), actions::places_set;
        post "/staff/actions/{id}/places-beyond", Access::Right(Right::PlanActions), actions::places_beyond;
        get "/staff/actions/{id}/calls/new", Access::Right(Right::PlanActions), calls::ask;
        post "/staff/actions/{id}/calls/new", Access::Right(Right::PlanActions), calls::write;
        get "/staff/calls", Access::Right(Right::SeeWork), calls::list;
        get "/staff/calls/{id}", Access::Right(Right::SeeWork), calls::one;
        post "/staff/calls/{id}/publish", Access::Right(Right::PlanActions), calls::publish;
        post "/staff/calls/{id}/assess", Access::Right(Right::Select), calls::assess;
        get "/staff/actions/{id}/preview", Access::Right(Right::PlanActions), preview::ask;
        post "/staff/actions/{id}/preview", Access::Right(Right::PlanActions), preview::answer;
        get "/staff/calls/{id}/dry-run", Access::Right(Right::PlanActions), dry_run::ask;
        post "/staff/calls/{id}/dry-run", Access::Right(Right::PlanActions), dry_run::begin;
        get "/staff/dry-runs/{id}", Access::Right(Right::PlanActions), dry_run::watch;
        get "/staff/jobs/{id}", Access::Right(Right::Operate), calls::progress;
        post "/staff/calls/{id}/propose", Access::Right(Right::Select), lists::propose;
        get "/staff/calls/{id}/list", Access::Right(Right::SeeApplications), lists::of_call;
        get "/staff/lists/{id}", Access::Right(Right::SeeApplications), lists::one;
        post "/staff/lists/{id}/approve", Access::Right(Right::Select), lists::approve;
        post "/staff/lists/{id}/reject", Access::Right(Right::Select), lists::reject;
        get "/staff/calls/{id}/applications", Access::Right(Right::SeeApplications), applications::list;
        get "/staff/applications/{id}", Access::Right(Right::SeeApplications), applications::one;
        post "/staff/applications/{id}/open", Access::Right(Right::OpenApplications), applications::open;
        post "/staff/applications/{id}/evidence", Access::Right(Right::CheckEvidence), papers::check;
        get "/staff/actions/{id}/deliveries", Access::Right(Right::SeeDeliveries), deliveries::list;
        post "/staff/actions/{id}/deliveries", Access::Right(Right::RecordDeliveries), recording::record;
        get "/staff/actions/{id}/plan", Access::Right(Right::PlanDeliveries), plans::ask;
        post "/staff/actions/{id}/plan", Access::Right(Right::PlanDeliveries), plans::make;
        get "/staff/actions/{id}/awards", Access::Right(Right::SeeDeliveries), deliveries::awards;
        post "/staff/actions/{id}/awards", Access::Right(Right::PlanDeliveries), deliveries::withdraw;
    ]
}

/// Deliveries one by one, occasions and day lists, lots and recalls, and how an action ends.
fn delivery_routes() -> Vec<Route> {
    let (see, plan, record, open) = (
        Access::Right(Right::SeeDeliveries),
        Access::Right(Right::PlanDeliveries),
        Access::Right(Right::RecordDeliveries),
        Access::Right(Right::OpenApplications),
    );
    let (work, plan_actions) = (Access::Right(Right::SeeWork), Access::Right(Right::PlanActions));
    rows![
        get "/staff/deliveries/{id}", see, recording::one;
        post "/staff/deliveries/{id}", record, recording::record_one;
        post "/staff/deliveries/{id}/open", open, recording::open;
        get "/staff/actions/{id}/occasions", see, occasions::list;
        get "/staff/actions/{id}/days/{day}", see, occasions::day;
        post "/staff/actions/{id}/days/{day}", record, occasions::open;
        get "/staff/actions/{id}/stock", see, stock::list;
        post "/staff/actions/{id}/stock", plan, stock::record;
        post "/staff/actions/{id}/stock/plan", plan, stock::plan_again;
        get "/staff/actions/{id}/lots", see, lots::list;
        post "/staff/actions/{id}/lots", plan, lots::recall;
        get "/staff/actions/{id}/deliverers", see, deliverers::list;
        post "/staff/actions/{id}/deliverers", plan, deliverers::change;
        get "/staff/lots", see, lots::everywhere;
        post "/staff/lots", plan, lots::recall_everywhere;
        get "/staff/recalls/{id}", see, lots::one;
        get "/staff/actions/{id}/evaluation", work, evaluation::show_page;
        post "/staff/actions/{id}/evaluation", plan_actions, evaluation::propose;
        post "/staff/evaluations/{id}/approve", plan_actions, evaluation::approve;
        post "/staff/evaluations/{id}/reject", plan_actions, evaluation::reject;
    ]
}

/// Programs, national rules, and what the house says of itself.
fn house_routes() -> Vec<Route> {
    rows![
        get "/staff/programs", Access::Right(Right::SeeSelf), programs::list;
        post "/staff/programs", Access::Right(Right::InstallPrograms), programs::install;
        get "/staff/programs/{name}", Access::Right(Right::SeePrograms), programs::one;
        post "/staff/programs/{name}/enable", Access::Right(Right::InstallPrograms), programs::enable;
        post "/staff/programs/{name}/roll-back", Access::Right(Right::InstallPrograms), programs::roll_back;
        post "/staff/programs/{name}/disable", Access::Right(Right::InstallPrograms), programs::disable;
        post "/staff/programs/{name}/retire", Access::Right(Right::InstallPrograms), programs::retire;
        get "/staff/rule-sets", Access::Right(Right::SeePrograms), rule_sets::list;
        post "/staff/rule-sets", Access::Right(Right::InstallPrograms), rule_sets::install;
        post "/staff/rule-sets/{digest}/enable", Access::Right(Right::InstallPrograms), rule_sets::enable;
        post "/staff/rule-sets/{digest}/disable", Access::Right(Right::InstallPrograms), rule_sets::disable;
        get "/staff/journal", Access::Right(Right::Audit), system::journal;
        get "/staff/journal/verify", Access::Right(Right::Audit), system::verify;
        get "/staff/outbox", Access::Right(Right::Operate), system::outbox;
    ]
}

/// Rows of a list on one page.
const ON_A_PAGE: u32 = 50;

/// What lists read from their address.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    instalment: String,
    organization_id: Option<OrganizationId>,
    after: Option<String>,
}

impl Asked {
    fn query(&self) -> PageQuery {
        PageQuery {
            limit: ON_A_PAGE,
            after: self.after.clone(),
        }
    }

    fn state(&self) -> Option<&str> {
        Some(self.state.as_str()).filter(|state| !state.is_empty())
    }

    fn address(&self, p: &Page, path: &str) -> String {
        let body = self.organization_id.map(|body| body.to_string());
        let given = [
            ("state", Some(self.state.as_str())),
            ("instalment", Some(self.instalment.as_str())),
            ("organization_id", body.as_deref()),
            ("after", self.after.as_deref()),
        ];
        let pairs: Vec<(&str, &str)> = given
            .into_iter()
            .filter_map(|(name, value)| value.filter(|value| !value.is_empty()).map(|value| (name, value)))
            .collect();
        let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        if query.is_empty() {
            p.url(path)
        } else {
            p.url(&format!("{path}?{query}"))
        }
    }

    fn pager(&self, p: &Page, path: &str, next: Option<String>) -> Pager {
        Pager {
            first: self.after.is_some().then(|| {
                Self {
                    after: None,
                    ..self.clone()
                }
                .address(p, path)
            }),
            next: next.map(|after| {
                Self {
                    after: Some(after),
                    ..self.clone()
                }
                .address(p, path)
            }),
        }
    }
}

/// An identifier from an address; what cannot be one is not found.
fn id<T: FromStr>(text: &str, code: &'static str) -> Outcome<T> {
    text.parse().map_err(|_| Refusal::not_found(code))
}

fn head<const N: usize>(p: &Page, columns: [(&str, bool); N]) -> Vec<(String, bool)> {
    columns.into_iter().map(|(key, number)| (p.t(key), number)).collect()
}

/// How many, for people.
fn many(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

/// The name of whoever acted; the account may be gone.
async fn person(acting: &Acting, id: AccountId) -> Outcome<String> {
    Ok(acting
        .scope
        .account(id)
        .await?
        .map(|account| account.value.name)
        .unwrap_or_default())
}
