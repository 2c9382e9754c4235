//! The thin server of Open Social Net: JSON API, pages, jobs and the `osn` command.
//!
//! Data flows one way: `HTTP -> parse -> load -> core rules and programs decide -> save in one transaction -> render`.
//!
//! Invariant: no rule of law and no word of any program stands here; rules are `osn-core`'s, programs are plugins.
//! Invariant: the use cases in [`acts`] know nothing of HTTP; the API and the pages share them.
//! Invariant: time is read in [`clock`] and randomness in [`entropy`], nowhere else.
#![forbid(unsafe_code)]

pub mod clock;
pub mod entropy;
pub mod ids;

pub mod lang;
pub mod refusal;
mod shapes;
pub mod texts;
pub mod zone;

pub mod app;
pub mod auth;
pub mod directory;
mod fresh;
pub mod hold;
mod nearness;
mod paper;
pub mod programs;

pub mod acts;
pub mod jobs;
pub mod outbox;

pub mod problem;
pub mod route;

pub mod api;
pub mod hsds;
pub mod http;
pub mod pages;

pub mod cli;
pub mod demo;
