//! The server as a whole: its rights, its answers, its pages in a browser, and what it does when it is cut off.

mod bad_input;
mod browser;
mod crash;
mod document;
mod paper;
mod resume;
mod rights;
