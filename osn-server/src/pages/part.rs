//! The parts that pages are made of: cells, tables, facts, steps, outcomes; each renders itself with the page's texts.

use askama::Template;

use super::chrome::Page;
use super::form::FormView;

/// The tone of a tag or outcome; the words say the state, the colour only repeats it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Running, in progress.
    #[default]
    Plain,
    /// Open, eligible, delivered, covered.
    Good,
    /// Waiting, closes soon, something missing.
    Warn,
    /// Refused, failed, gap.
    Bad,
    /// Draft, closed, unknown.
    Quiet,
}

impl Tone {
    /// The class of a tag.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => " osn-tag--good",
            Self::Warn => " osn-tag--warn",
            Self::Bad => " osn-tag--bad",
            Self::Quiet => " osn-tag--quiet",
        }
    }
}

/// A state in words with its tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Words.
    pub text: String,
    /// Tone.
    pub tone: Tone,
}

impl Tag {
    /// A tag.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

/// The answer to one question: yes, no, unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Met.
    Yes,
    /// Not met.
    No,
    /// Nobody knows.
    Unknown,
}

impl Mark {
    /// The class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Yes => "osn-verdict osn-verdict--yes",
            Self::No => "osn-verdict osn-verdict--no",
            Self::Unknown => "osn-verdict osn-verdict--unknown",
        }
    }
}

/// A button that does something: a POST of its own.
#[derive(Debug, Clone, Default)]
pub struct Act {
    /// Where it posts.
    pub action: String,
    /// Words on it.
    pub label: String,
    /// Hidden fields.
    pub hidden: Vec<(String, String)>,
    /// Whether it is a second choice.
    pub secondary: bool,
}

impl Act {
    /// A button.
    pub fn new(action: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            label: label.into(),
            ..Self::default()
        }
    }

    /// The same as a second choice.
    #[must_use]
    pub fn secondary(mut self) -> Self {
        self.secondary = true;
        self
    }

    /// The same with a hidden field.
    #[must_use]
    pub fn hidden(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }
}

/// What stands in a cell or beside a label.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Words.
    pub text: String,
    /// Address, when the words are a link.
    pub href: Option<String>,
    /// Further words below, quieter.
    pub note: Option<String>,
    /// Further links below: words and address.
    pub below: Vec<(String, String)>,
    /// A state.
    pub tag: Option<Tag>,
    /// An answer.
    pub mark: Option<Mark>,
    /// A number: set to the right.
    pub number: bool,
    /// The row's head.
    pub head: bool,
    /// A reference or digest: letters of one width.
    pub code: bool,
    /// Language of the words when it is not the page's.
    pub foreign: Option<&'static str>,
}

impl Cell {
    /// Words.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A number.
    pub fn number(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            number: true,
            ..Self::default()
        }
    }

    /// The row's head.
    pub fn head(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            head: true,
            ..Self::default()
        }
    }

    /// A state.
    pub fn tag(tag: Tag) -> Self {
        Self {
            tag: Some(tag),
            ..Self::default()
        }
    }

    /// An answer with words.
    pub fn mark(mark: Mark, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            mark: Some(mark),
            ..Self::default()
        }
    }

    /// The same as a link.
    #[must_use]
    pub fn link(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// The same with quieter words below.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into()).filter(|note| !note.is_empty());
        self
    }

    /// The same with a link below.
    #[must_use]
    pub fn below(mut self, text: impl Into<String>, href: impl Into<String>) -> Self {
        self.below.push((text.into(), href.into()));
        self
    }

    /// The same as a reference.
    #[must_use]
    pub fn code(mut self) -> Self {
        self.code = true;
        self
    }

    /// The same with the language of its words.
    #[must_use]
    pub fn lang(mut self, foreign: Option<&'static str>) -> Self {
        self.foreign = foreign;
        self
    }
}

/// What opens below a row.
#[derive(Debug, Clone)]
pub struct More {
    /// Words on what it is.
    pub summary: String,
    /// The parts, as paper takes them.
    pub parts: Vec<Block>,
    /// The same as finished HTML.
    pub html: String,
}

impl More {
    /// Parts that open below a row.
    pub fn new(p: &Page, summary: impl Into<String>, parts: Vec<Block>) -> Self {
        Self {
            summary: summary.into(),
            html: blocks(p, &parts),
            parts,
        }
    }
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Cells.
    pub cells: Vec<Cell>,
    /// What opens below it.
    pub more: Option<More>,
    /// Words of a line across the table, instead of cells.
    pub cut: Option<String>,
}

impl Row {
    /// A row of cells.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            ..Self::default()
        }
    }

    /// A line across the table.
    pub fn cut(text: impl Into<String>) -> Self {
        Self {
            cut: Some(text.into()),
            ..Self::default()
        }
    }
}

/// A table.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    /// What it shows, for everybody.
    pub caption: String,
    /// Column heads: words, and whether the column holds numbers.
    pub head: Vec<(String, bool)>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Words when there are no rows.
    pub empty: String,
}

/// A label with what it says.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Label.
    pub label: String,
    /// What it says; several stand below each other.
    pub cells: Vec<Cell>,
}

impl Fact {
    /// A label with one cell.
    pub fn new(label: impl Into<String>, cell: Cell) -> Self {
        Self {
            label: label.into(),
            cells: vec![cell],
        }
    }

    /// A label with words.
    pub fn text(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(label, Cell::new(text))
    }
}

/// Labels with what they say.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/facts.html")]
pub struct Facts {
    /// The facts.
    pub facts: Vec<Fact>,
}

/// A figure with its label.
#[derive(Debug, Clone)]
pub struct Stat {
    /// Label.
    pub label: String,
    /// Figure.
    pub value: String,
}

impl Stat {
    /// A figure.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }
}

/// A step of the chain from need to delivery.
#[derive(Debug, Clone)]
pub struct Link {
    /// Words.
    pub text: String,
    /// Quieter words.
    pub note: String,
    /// Address; none for the page itself and for what is still to come.
    pub href: Option<String>,
    /// Whether this is where the page stands.
    pub current: bool,
}

/// A step of a timeline.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub title: String,
    /// When.
    pub when: String,
    /// More words.
    pub text: String,
    /// Where it stands: `past`, `now`, `next`.
    pub at: Moment,
}

/// Where a step stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It happened.
    Past,
    /// It happens.
    Now,
    /// It will happen.
    Next,
}

/// Steps in time.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    /// Steps, oldest first.
    pub steps: Vec<Step>,
}

/// A box to search a list with: its words go into the address.
#[derive(Debug, Clone, Default)]
pub struct SearchBox {
    /// Address of the list.
    pub action: String,
    /// What one types there.
    pub label: String,
    /// What was typed.
    pub q: String,
    /// What else the address keeps.
    pub hidden: Vec<(&'static str, String)>,
}

/// Numbered pages of a list.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// Address of the first page, when this is not it.
    pub first: Option<String>,
    /// Address of the next page, when there is one.
    pub next: Option<String>,
}

/// One part of a page made of parts.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A paragraph that stands out.
    Inset(String),
    /// A warning.
    Warning(String),
    /// An outcome: class suffix, title, words.
    Outcome(&'static str, String, String),
    /// Figures.
    Stats(Vec<Stat>),
    /// Labels with what they say.
    Facts(Facts),
    /// A table.
    Table(Table),
    /// A form.
    Form(Box<FormView>),
    /// A box to search a list with.
    Search(SearchBox),
    /// A timeline.
    Timeline(Timeline),
    /// A link.
    Link(String, String),
    /// Buttons.
    Acts(Vec<Act>),
    /// Progress: done, total, words.
    Progress(u64, u64, String),
    /// Something that opens: summary, parts.
    Details(String, Vec<Block>),
    /// A finished drawing (SVG), made by the server from escaped texts.
    Drawing(String),
    /// A drawn chart.
    Chart(Box<super::chart::Chart>),
    /// A button that prints the page (needs script; hidden without).
    Print,
}

/// Blocks, one below the other.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/blocks.html")]
pub struct Blocks<'a> {
    /// The page, for its texts.
    pub p: &'a Page,
    /// The parts.
    pub blocks: &'a [Block],
}

/// Renders parts to HTML; a part that cannot be rendered is left out (its template is checked at compile time).
pub fn html(part: &impl Template) -> String {
    part.render().unwrap_or_default()
}

/// Renders parts one below the other.
pub fn blocks(p: &Page, blocks: &[Block]) -> String {
    html(&Blocks { p, blocks })
}

/// A card of a list.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// Title.
    pub title: String,
    /// Address.
    pub href: String,
    /// Language of the title when it is not the page's.
    pub foreign: Option<&'static str>,
    /// State.
    pub tag: Option<Tag>,
    /// The body behind it.
    pub by: String,
    /// One line.
    pub text: String,
    /// Small facts: words, and what stands out in them.
    pub meta: Vec<(String, String)>,
    /// Why it was found.
    pub why: Vec<String>,
}

/// A page of the workplace, made of parts.
#[derive(Debug, Clone, Template)]
#[template(path = "staff.html")]
pub struct StaffPage {
    /// Language, texts, menus.
    pub p: Page,
    /// Words below the title.
    pub sub: String,
    /// State beside them.
    pub tag: Option<Tag>,
    /// Where one came from: words, address.
    pub back: Option<(String, String)>,
    /// Buttons beside the title.
    pub acts: Vec<Act>,
    /// The chain from need to delivery.
    pub chain: Vec<Link>,
    /// Chosen and possible filters.
    pub chips: Vec<Chip>,
    /// The parts.
    pub blocks: Vec<Block>,
    /// Further pages.
    pub pager: Pager,
}

/// A filter as a link.
#[derive(Debug, Clone)]
pub struct Chip {
    /// Words.
    pub text: String,
    /// Address.
    pub href: String,
    /// Whether it is chosen.
    pub current: bool,
}

impl StaffPage {
    /// A page with a title and nothing else yet.
    pub fn new(p: Page) -> Self {
        Self {
            p,
            sub: String::new(),
            tag: None,
            back: None,
            acts: Vec::new(),
            chain: Vec::new(),
            chips: Vec::new(),
            blocks: Vec::new(),
            pager: Pager::default(),
        }
    }

    /// The same with words below the title.
    #[must_use]
    pub fn subtitled(mut self, sub: impl Into<String>) -> Self {
        self.sub = sub.into();
        self
    }

    /// The same with one more part.
    #[must_use]
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// The same with one more button beside the title.
    #[must_use]
    pub fn act(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    /// The same with a state.
    #[must_use]
    pub fn tagged(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// The same with the way back.
    #[must_use]
    pub fn back(mut self, words: impl Into<String>, href: impl Into<String>) -> Self {
        self.back = Some((words.into(), href.into()));
        self
    }
}
