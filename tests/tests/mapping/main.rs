//! The mapping: what everybody finds and reads, the standardised file, and its upkeep by many hands.

mod at_once;
mod complete;
mod coverage;
mod file;
mod file_command;
mod mapping;
mod merging;
mod mirror;
mod service_facts;
mod service_pages;
mod terms;
mod upkeep;
mod upkeep_days;
mod upkeep_hands;
mod upkeep_kinds;
mod upkeep_link;
mod upkeep_lists;
mod upkeep_owners;
mod upkeep_year;
