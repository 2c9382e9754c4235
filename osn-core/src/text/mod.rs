//! Greek text: search keys, transliteration, dates and numbers as people write them.

pub mod date;
pub mod edit;
pub mod elot743;
pub mod fold;
pub mod layout;
pub mod number;
pub mod phonetic;
pub mod sort;
pub mod stem;

pub use elot743::transliterate;
pub use fold::fold;
pub use phonetic::{greeklish_variants, phonetic};
pub use sort::sort_key;
pub use stem::stem;
