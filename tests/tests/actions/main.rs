//! Actions: calls, lists, deliveries, sessions, and the year that the demonstration plays.

mod call;
mod dry_run;
mod handed;
mod pilot;
mod replay_command;
mod rolling;
mod sessions;
mod verify;
mod year;
