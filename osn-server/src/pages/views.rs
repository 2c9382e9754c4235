//! Public pages as values: everything is already in words; the templates only place it.

use askama::Template;

use super::chrome::{Page, Section};
use super::form::Choice;
use super::part::{Block, Card, Chip, Facts, Pager, Tag, Timeline};

/// A need in everyday words.
#[derive(Debug, Clone)]
pub struct NeedTile {
    /// Id in `icons.svg`.
    pub icon: &'static str,
    /// Words.
    pub text: String,
    /// Examples.
    pub note: String,
    /// Address.
    pub href: String,
}

/// The first page.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// Language, texts, menus.
    pub p: Page,
    /// Needs.
    pub needs: Vec<NeedTile>,
    /// Open calls.
    pub calls: Vec<Card>,
    /// «40 υπηρεσίες από 12 φορείς».
    pub size: String,
}

/// One filter of the directory.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Name in the query.
    pub name: &'static str,
    /// Label.
    pub label: String,
    /// Words for "no filter".
    pub any: String,
    /// Answers.
    pub choices: Vec<Choice>,
    /// The chosen one.
    pub chosen: String,
}

/// The directory.
#[derive(Debug, Template)]
#[template(path = "services.html")]
pub struct Services {
    /// Language, texts, menus.
    pub p: Page,
    /// What was searched for.
    pub q: String,
    /// Filters.
    pub filters: Vec<Filter>,
    /// Narrower categories.
    pub chips: Vec<Chip>,
    /// How many were found.
    pub count: String,
    /// For what.
    pub about: String,
    /// The age that was asked for.
    pub age: String,
    /// Only what is open now.
    pub open: bool,
    /// The day as it was asked for; empty for today.
    pub as_of: String,
    /// Whether a filter behind "more filters" is chosen.
    pub more: bool,
    /// How the words were understood, where that is not as they were typed.
    pub reading: Vec<String>,
    /// The part of the consolidated view that this list is: what it counts, and the address of the list without that.
    pub standing: Option<(String, String)>,
    /// Running actions of the municipality that fit.
    pub actions: Vec<Card>,
    /// The services.
    pub cards: Vec<Card>,
    /// Further pages.
    pub pager: Pager,
}

/// The consolidated view.
#[derive(Debug, Template)]
#[template(path = "consolidated.html")]
pub struct Consolidated {
    /// Language, texts, menus.
    pub p: Page,
    /// Category and group.
    pub filters: Vec<Filter>,
    /// The day that was asked for.
    pub as_of: String,
    /// The day as of which it is read, in words.
    pub read: String,
    /// The table.
    pub blocks: Vec<Block>,
}

/// Where a service is offered.
#[derive(Debug, Clone, Default)]
pub struct Spot {
    /// Name of the structure.
    pub name: String,
    /// Address in one line.
    pub address: String,
    /// Further addresses, each in one line.
    pub further: Vec<String>,
    /// Community.
    pub area: String,
    /// A remark.
    pub note: String,
    /// Lines of opening hours.
    pub hours: Vec<String>,
    /// What the schedules say beside their hours.
    pub notes: Vec<String>,
    /// Telephones.
    pub phones: Vec<Telephone>,
    /// How one gets there.
    pub transport: String,
    /// Whom to ask there.
    pub contacts: Vec<Person>,
    /// How it can be reached and used, with a page about it.
    pub accessibility: Vec<(String, Option<String>)>,
}

/// A telephone number.
#[derive(Debug, Clone, Default)]
pub struct Telephone {
    /// As people write it.
    pub number: String,
    /// As a telephone dials it; empty where nobody answers a call.
    pub dial: String,
    /// What it is and what it is for.
    pub note: String,
}

/// A mail address.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// As people write it.
    pub address: String,
    /// As a link.
    pub href: String,
}

/// Somebody to ask.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Name, post, department.
    pub who: String,
    /// Telephones.
    pub phones: Vec<Telephone>,
    /// Where one writes.
    pub mail: Option<Mail>,
}

/// A community in the list of communities.
#[derive(Debug, Clone, Default)]
pub struct AreaLink {
    /// Name.
    pub name: String,
    /// Language of the name when it is not the page's.
    pub foreign: Option<&'static str>,
    /// Its page.
    pub href: String,
    /// What it is.
    pub text: String,
    /// How many places stand there.
    pub places: String,
    /// How many services say that they serve it.
    pub services: String,
}

/// The communities.
#[derive(Debug, Template)]
#[template(path = "areas.html")]
pub struct Areas {
    /// Language, texts, menus.
    pub p: Page,
    /// The communities.
    pub areas: Vec<AreaLink>,
}

/// A place in the list of a community.
#[derive(Debug, Clone, Default)]
pub struct AreaPlace {
    /// Its number on the map, where it has a point.
    pub number: Option<usize>,
    /// Name.
    pub name: String,
    /// Address in one line.
    pub address: String,
    /// Services: name, address of the page, that it does not run.
    pub services: Vec<(String, String, Option<Tag>)>,
}

/// One community.
#[derive(Debug, Template)]
#[template(path = "area.html")]
pub struct AreaPage {
    /// Language, texts, menus.
    pub p: Page,
    /// What it is.
    pub text: String,
    /// Neighbourhoods and other names.
    pub names: String,
    /// The map as SVG; empty where no place has a point.
    pub map: String,
    /// How many places have coordinates outside the municipality, in words.
    pub outside: Option<String>,
    /// How many places stand there, on all pages.
    pub count: String,
    /// Places of this page in their order.
    pub places: Vec<AreaPlace>,
    /// Pages of places.
    pub pager: Pager,
    /// How many services are listed for it.
    pub serving: String,
    /// How many of them say that they serve it, and how many do not say, where any does not.
    pub said: Vec<String>,
    /// Their list.
    pub services: String,
}

/// A service on one sheet of paper.
#[derive(Debug, Template)]
#[template(path = "sheet.html")]
pub struct Sheet {
    /// Language, texts, menus.
    pub p: Page,
    /// What the service's page says.
    pub page: ServicePage,
    /// The address of that page.
    pub back: String,
}

/// One service.
#[derive(Debug, Template)]
#[template(path = "service.html")]
pub struct ServicePage {
    /// Language, texts, menus.
    pub p: Page,
    /// Language of the record's words when it is not the page's.
    pub foreign: Option<&'static str>,
    /// The body.
    pub by: String,
    /// What it is.
    pub description: String,
    /// What one must know now.
    pub alert: String,
    /// State, when it does not run.
    pub tag: Option<Tag>,
    /// Whether it is open now.
    pub open: Option<Tag>,
    /// Hours that hold wherever it is offered.
    pub hours: Vec<String>,
    /// What its schedules say in words.
    pub notes: Vec<String>,
    /// Categories: words, address.
    pub categories: Vec<(String, String)>,
    /// For whom.
    pub groups: Vec<String>,
    /// For whom, in the record's own words.
    pub eligibility: String,
    /// For whom: facts such as ages, languages, cost.
    pub who: Facts,
    /// Papers.
    pub documents: Vec<String>,
    /// How one gets it, in the record's own words.
    pub application: String,
    /// Telephones.
    pub phones: Vec<Telephone>,
    /// Where one writes.
    pub mail: Option<Mail>,
    /// Whom to ask.
    pub contacts: Vec<Person>,
    /// What one does next, in words.
    pub next: Vec<String>,
    /// The body's site.
    pub website: Option<String>,
    /// Where.
    pub spots: Vec<Spot>,
    /// Areas served, ways, places.
    pub place: Facts,
    /// Who answers for it.
    pub answers: String,
    /// When it was last confirmed.
    pub checked: String,
    /// The same on one sheet of paper.
    pub sheet: String,
    /// Where the facts come from.
    pub source: String,
    /// Histories of the body and the places: words, address.
    pub histories: Vec<(String, String)>,
}

/// Calls.
#[derive(Debug, Template)]
#[template(path = "calls.html")]
pub struct Calls {
    /// Language, texts, menus.
    pub p: Page,
    /// Those that take applications or will.
    pub open: Vec<Card>,
    /// The others.
    pub closed: Vec<Card>,
}

/// A criterion as one reads it before applying.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What is asked.
    pub text: String,
    /// What is wanted.
    pub wanted: String,
    /// Which rule asks for it.
    pub basis: String,
}

/// One call.
#[derive(Debug, Template)]
#[template(path = "call.html")]
pub struct CallPage {
    /// Language, texts, menus.
    pub p: Page,
    /// State.
    pub tag: Tag,
    /// What it offers.
    pub lead: String,
    /// Who may apply.
    pub rules: Vec<Rule>,
    /// In which order people are served.
    pub ranking: Vec<String>,
    /// Words about ties.
    pub tie: String,
    /// Papers: words, help.
    pub papers: Vec<(String, String)>,
    /// What it gives.
    pub supplies: Vec<String>,
    /// Beside: label, words.
    pub facts: Vec<(String, String)>,
    /// A warning: one application for each household.
    pub once: String,
    /// Where one applies, when one can.
    pub apply: Option<String>,
    /// Where one tries the rules first, while applications are taken.
    pub finder: Option<String>,
    /// Where the final list is, when there is one.
    pub results: Option<String>,
}

/// The application form.
#[derive(Debug, Template)]
#[template(path = "apply.html")]
pub struct Apply {
    /// Language, texts, menus.
    pub p: Page,
    /// The call.
    pub call: String,
    /// Its address.
    pub back: String,
    /// Until when.
    pub until: String,
    /// The finished form.
    pub form: String,
}

/// Answers to look through before sending.
#[derive(Debug, Template)]
#[template(path = "check.html")]
pub struct Check {
    /// Language, texts, menus.
    pub p: Page,
    /// The call.
    pub call: String,
    /// Where both buttons post.
    pub action: String,
    /// Groups of answers: title, facts.
    pub groups: Vec<(String, Facts)>,
    /// Everything that was typed.
    pub hidden: Vec<(String, String)>,
    /// What looks odd and may be right: it does not keep anybody from sending.
    pub hints: Vec<String>,
}

/// The application was received.
#[derive(Debug, Template)]
#[template(path = "submitted.html")]
pub struct Submitted {
    /// Language, texts, menus.
    pub p: Page,
    /// The call.
    pub call: String,
    /// The reference.
    pub reference: String,
    /// The one-time code.
    pub code: String,
    /// What happens next.
    pub timeline: Timeline,
}

/// A page that asks for reference and code.
#[derive(Debug, Template)]
#[template(path = "track.html")]
pub struct TrackForm {
    /// Language, texts, menus.
    pub p: Page,
    /// The finished form.
    pub form: String,
}

/// An application as its applicant sees it.
#[derive(Debug, Template)]
#[template(path = "tracked.html")]
pub struct Tracked {
    /// Language, texts, menus.
    pub p: Page,
    /// The reference.
    pub reference: String,
    /// The call and its address.
    pub call: (String, String),
    /// State.
    pub tag: Tag,
    /// The state in one sentence.
    pub says: String,
    /// What was and what comes.
    pub timeline: Timeline,
    /// Lots that were called back.
    pub recalls: Vec<Block>,
    /// Criteria with what was seen.
    pub reasons: Vec<Block>,
    /// The finished form for taking it back, when one can.
    pub withdraw: Option<String>,
}

/// A final list.
#[derive(Debug, Template)]
#[template(path = "results.html")]
pub struct Results {
    /// Language, texts, menus.
    pub p: Page,
    /// The call.
    pub call: String,
    /// Its address.
    pub back: String,
    /// When it became final.
    pub approved: String,
    /// How it was made.
    pub blocks: Vec<Block>,
}

/// A final list that the reader's browser checks.
#[derive(Debug, Template)]
#[template(path = "verify.html")]
pub struct Verify {
    /// Language, texts, menus.
    pub p: Page,
    /// The call.
    pub call: String,
    /// Address of the results.
    pub back: String,
    /// Address of the document.
    pub document: String,
    /// What is asked about it.
    pub questions: [&'static str; 7],
}

/// A page of words.
#[derive(Debug, Template)]
#[template(path = "text.html")]
pub struct TextPage {
    /// Language, texts, menus.
    pub p: Page,
    /// Words below the title.
    pub lead: String,
    /// Sections: title, paragraphs.
    pub sections: Vec<(String, Vec<String>)>,
}

/// A page that says what went wrong and what one can do.
#[derive(Debug, Template)]
#[template(path = "message.html")]
pub struct Message {
    /// Language, texts, menus.
    pub p: Page,
    /// What happened.
    pub text: String,
    /// Further errors.
    pub more: Vec<String>,
    /// Where one goes on: words, address.
    pub link: (String, String),
}

/// A public page made of parts.
#[derive(Debug, Template)]
#[template(path = "blocks.html")]
pub struct PartsPage {
    /// Language, texts, menus.
    pub p: Page,
    /// Words below the title.
    pub lead: String,
    /// The parts.
    pub blocks: Vec<Block>,
}

/// Signing in.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct Login {
    /// Language, texts, menus.
    pub p: Page,
    /// The finished form.
    pub form: String,
}
