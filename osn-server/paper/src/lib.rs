//! What a document on paper is made of: the server writes it as JSON, the command `osn-pdf` sets it. Words are words here and
//! never markup.

use serde::{Deserialize, Serialize};

/// What `osn-pdf` reads on its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Year, month, day, hour, minute, second (UTC) that the file says it was made at. Part of the order, so that the same
    /// order gives the same bytes.
    pub made_at: (i32, u8, u8, u8, u8, u8),
    /// The document.
    pub document: Document,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Language of the words: `el`, `en`.
    pub lang: String,
    /// Title, also in the file's own description.
    pub title: String,
    /// Words below the title.
    #[serde(default)]
    pub subtitle: String,
    /// Who gives it out.
    pub author: String,
    /// The day that it speaks for, as printed on every page.
    pub day: String,
    /// The parts, one below the other.
    pub blocks: Vec<Block>,
    /// Files that travel inside.
    #[serde(default)]
    pub files: Vec<Attached>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Block {
    /// A heading below the title.
    Heading {
        /// Words.
        text: String,
    },
    /// A paragraph.
    Text {
        /// Words.
        text: String,
    },
    /// A paragraph that stands out.
    Note {
        /// Its first words, set bold.
        title: String,
        /// Words.
        text: String,
    },
    /// Labels with what they say.
    Facts {
        /// The facts.
        facts: Vec<Fact>,
    },
    /// A table.
    Table {
        /// What it shows.
        caption: String,
        /// Column heads.
        head: Vec<Head>,
        /// Rows.
        rows: Vec<Row>,
        /// Words when there are no rows.
        empty: String,
    },
}

/// A label with what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Label.
    pub label: String,
    /// What it says; several stand below each other.
    pub says: Vec<Words>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Words.
    pub text: String,
    /// A column of numbers, set to the right.
    #[serde(default)]
    pub number: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Row {
    /// One cell for each column.
    Cells {
        /// The cells.
        cells: Vec<Words>,
    },
    /// Words across the table.
    Across {
        /// Words.
        text: String,
    },
    /// What the row above says in full, across the table.
    More {
        /// What it is.
        title: String,
        /// Lines of a smaller table; they may differ in the number of their cells.
        rows: Vec<Vec<Words>>,
    },
}

/// Words as they stand in a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The words.
    pub text: String,
    /// Further words below, quieter.
    #[serde(default)]
    pub note: String,
    /// A reference or digest: letters of one width.
    #[serde(default)]
    pub code: bool,
}

/// A file inside the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// Name, with its ending; another than `document.json`.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// What it is, for whoever opens the document.
    pub description: String,
    /// Content: text only.
    pub text: String,
}
