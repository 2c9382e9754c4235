//! osn-store
