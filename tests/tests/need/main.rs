//! Need and network: requests, the certificate of need, and the bodies behind them.

mod by_hand;
mod calendar;
mod certificate;
mod desk;
mod network;
mod pages;
mod profile;
mod requests;
mod urgent;
mod work;
