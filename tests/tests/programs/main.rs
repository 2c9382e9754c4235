//! Programs: how they are written, installed, tried and replaced.

mod author;
mod declarative;
mod facts;
mod host;
mod trust;
mod tutorial;
