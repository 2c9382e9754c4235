//! Greek text: search keys, transliteration, dates and numbers as people write them.

pub mod number;
