//! What holds for the whole house: its walls, its words, its statements, its facts about Athens.

mod athens_vectors;
mod store_rules;
mod tidy;
mod tidy_words;
