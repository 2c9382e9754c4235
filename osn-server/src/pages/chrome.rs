//! What every page needs: language, texts, addresses in that language, who is signed in, and what just happened.

use chrono::NaiveDate;
use osn_core::directory::Number;
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::time::Instant;

use super::words;
use crate::lang::Lang;
use crate::zone::Zone;

/// Where in the menus a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// None of them.
    Nowhere,
    /// The directory.
    Services,
    /// Calls.
    Calls,
    /// Following an application.
    Track,
    /// The staff's first page.
    Work,
    /// Support requests.
    Requests,
    /// Certificates of need.
    Certificates,
    /// Reported gaps.
    Gaps,
    /// Unmet need.
    Unmet,
    /// Referrals.
    Referrals,
    /// Meetings of the network.
    Meetings,
    /// Members of the network.
    Members,
    /// Immediate help and emergencies.
    Urgent,
    /// Proposals of actions.
    Proposals,
    /// What bodies plan by themselves.
    Planned,
    /// Actions.
    Actions,
    /// Calls, as staff see them.
    StaffCalls,
    /// Upkeep of the mapping.
    Upkeep,
    /// Records of the mapping.
    Records,
    /// Suggestions about records.
    Suggestions,
    /// Likely duplicates.
    Duplicates,
    /// Subscriptions to changes.
    Subscriptions,
    /// The mapping as files.
    Imports,
    /// Taxonomies and their terms.
    Terms,
    /// Words that mean the same.
    Synonyms,
    /// Budget, expenses and claims.
    Money,
    /// Installed programs.
    Programs,
    /// The journal.
    Journal,
    /// Messages to people.
    Outbox,
}

/// Who is signed in, as far as pages show it.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// Name.
    pub name: String,
    /// Roles in words.
    pub roles: String,
    /// Links of the workplace's side menu that this person may use.
    pub menu: Vec<MenuGroup>,
}

/// A group of the side menu.
#[derive(Debug, Clone)]
pub struct MenuGroup {
    /// Title.
    pub title: String,
    /// Links.
    pub links: Vec<MenuLink>,
}

/// A link of the side menu.
#[derive(Debug, Clone)]
pub struct MenuLink {
    /// Words.
    pub text: String,
    /// Address.
    pub href: String,
    /// Whether it is the page's section.
    pub current: bool,
}

/// What every page needs.
#[derive(Debug, Clone)]
pub struct Page {
    /// The page's language.
    pub lang: Lang,
    /// The municipality's clock on the wall.
    pub zone: Zone,
    /// Title, without the site's name.
    pub title: String,
    /// Where it stands in the menus.
    pub section: Section,
    /// Path and query of this page without the language's prefix.
    pub path: String,
    /// Name of the municipality.
    pub municipality: String,
    /// Who is signed in.
    pub who: Option<Who>,
    /// Whether the data are invented.
    pub demo: bool,
    /// What just happened, in words.
    pub flash: Option<String>,
    /// That the page shows the mapping of an earlier day, and of which.
    pub older: Option<String>,
    /// What is wrong with the form on this page: the id of its field, and the words.
    pub errors: Vec<(Option<String>, String)>,
    /// Seconds after which the page loads itself again (watching long work).
    pub refresh: Option<u32>,
    /// Changes when the styles change, so that they can be kept for long.
    pub assets: String,
}

impl Page {
    /// A page of this language with nothing else said; the title is a key.
    pub fn plain(lang: Lang, zone: Zone, path: &str) -> Self {
        Self {
            lang,
            zone,
            title: String::new(),
            section: Section::Nowhere,
            path: path.to_owned(),
            municipality: String::new(),
            who: None,
            demo: false,
            flash: None,
            older: None,
            errors: Vec::new(),
            refresh: None,
            assets: String::new(),
        }
    }

    /// The same page with a title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same page with a title of our texts.
    #[must_use]
    pub fn titled_by(self, key: &str) -> Self {
        let title = self.t(key);
        self.titled(title)
    }

    /// The same page in a section.
    #[must_use]
    pub fn within(mut self, section: Section) -> Self {
        self.section = section;
        if let Some(who) = &mut self.who {
            let here = match section {
                Section::Work => "/staff/",
                Section::Requests => "/staff/requests",
                Section::Certificates => "/staff/certificates",
                Section::Gaps => "/staff/gaps",
                Section::Unmet => "/staff/unmet-need",
                Section::Referrals => "/staff/referrals",
                Section::Meetings => "/staff/meetings",
                Section::Members => "/staff/members",
                Section::Urgent => "/staff/urgent",
                Section::Proposals => "/staff/proposals",
                Section::Planned => "/staff/planned",
                Section::Actions => "/staff/actions",
                Section::StaffCalls => "/staff/calls",
                Section::Upkeep => "/staff/upkeep",
                Section::Records => "/staff/records",
                Section::Suggestions => "/staff/suggestions",
                Section::Duplicates => "/staff/duplicates/service",
                Section::Subscriptions => "/staff/subscriptions",
                Section::Imports => "/staff/imports",
                Section::Terms => "/staff/terms",
                Section::Synonyms => "/staff/synonyms",
                Section::Money => "/staff/money",
                Section::Programs => "/staff/programs",
                Section::Journal => "/staff/journal",
                Section::Outbox => "/staff/outbox",
                Section::Nowhere | Section::Services | Section::Calls | Section::Track => "-",
            };
            for link in who.menu.iter_mut().flat_map(|group| &mut group.links) {
                link.current = link.href.ends_with(here);
            }
        }
        self
    }

    /// The language's tag.
    pub fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    /// The text of a key.
    pub fn t(&self, key: &str) -> String {
        words::get(self.lang, key, &[])
    }

    /// The text of a key, when there is one.
    pub fn opt(&self, key: &str) -> Option<String> {
        words::find(self.lang, key, &[])
    }

    /// The text of a key with one argument.
    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        words::get(self.lang, key, &[(name, value)])
    }

    /// The text of a key with two arguments.
    pub fn t2(&self, key: &str, first: (&str, &str), second: (&str, &str)) -> String {
        words::get(self.lang, key, &[first, second])
    }

    /// The text of a key with a count, which selects the plural form.
    pub fn tc(&self, key: &str, count: u64) -> String {
        let shown = if count < 1000 {
            count.to_string()
        } else {
            self.number(count)
        };
        words::get(self.lang, key, &[("count", &shown)])
    }

    /// Words above the list of what is wrong.
    pub fn errors_title(&self) -> String {
        self.tc("errors-title", u64::try_from(self.errors.len()).unwrap_or(u64::MAX))
    }

    /// The text of a key with arguments.
    pub fn with(&self, key: &str, args: &[(&str, &str)]) -> String {
        words::get(self.lang, key, args)
    }

    /// Our text in the page's language.
    pub fn text(&self, text: &LocalText) -> String {
        text.get(self.tag()).to_owned()
    }

    /// The `lang` of a record's text when the page's language has none of it.
    pub fn foreign(&self, text: &LocalText) -> Option<&'static str> {
        if text.is_empty() || text.has(self.tag()) {
            return None;
        }
        Lang::ALL.into_iter().map(Lang::tag).find(|tag| text.has(tag))
    }

    /// Prefix of addresses in the page's language.
    pub fn prefix(&self) -> &'static str {
        match self.lang {
            Lang::El => "",
            Lang::En => "/en",
        }
    }

    /// An address of ours in the page's language.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.prefix())
    }

    /// The other language's tag.
    pub fn other_tag(&self) -> &'static str {
        match self.lang {
            Lang::El => "en",
            Lang::En => "el",
        }
    }

    /// This page in the other language.
    pub fn other_url(&self) -> String {
        match self.lang {
            Lang::El => format!("/en{}", self.path),
            Lang::En => self.path.clone(),
        }
    }

    /// The other language's own name.
    pub fn other_name(&self) -> &'static str {
        match self.lang {
            Lang::El => "English",
            Lang::En => "Ελληνικά",
        }
    }

    /// An address of a style, script or picture.
    pub fn asset(&self, name: &str) -> String {
        if self.assets.is_empty() {
            format!("/assets/{name}")
        } else {
            format!("/assets/{name}?v={}", self.assets)
        }
    }

    /// «19/8/2022».
    pub fn day(&self, day: NaiveDate) -> String {
        words::day(day)
    }

    /// «19 Αυγούστου 2022».
    pub fn day_in_words(&self, day: NaiveDate) -> String {
        words::day_in_words(self.lang, day)
    }

    /// «8/2022».
    pub fn month(&self, day: NaiveDate) -> String {
        words::month(day)
    }

    /// «Αυγούστου 2022».
    pub fn month_in_words(&self, day: NaiveDate) -> String {
        words::month_in_words(self.lang, day)
    }

    /// «Παρασκευή 19 Αυγούστου 2022».
    pub fn weekday(&self, day: NaiveDate) -> String {
        words::weekday(self.lang, day)
    }

    /// «19/8/2022, 17:00» on the municipality's wall.
    pub fn moment(&self, at: Instant) -> String {
        words::moment(self.zone.local(at))
    }

    /// «Παρασκευή 19 Αυγούστου 2022, 17:00» on the municipality's wall.
    pub fn moment_in_words(&self, at: Instant) -> String {
        words::moment_in_words(self.lang, self.zone.local(at))
    }

    /// «1.234».
    pub fn number(&self, number: u64) -> String {
        words::count(self.lang, number)
    }

    /// «1.234,50».
    pub fn decimal(&self, number: Number) -> String {
        words::decimal(self.lang, number)
    }

    /// «1.234,56 €».
    pub fn money(&self, amount: Money) -> String {
        words::money(self.lang, amount)
    }
}
