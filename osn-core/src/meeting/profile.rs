//! A group in counts, as a meeting described it, and how many people of it a need may be about.
//!
//! Counts by one question say nothing of another: of 30 people, 16 women and 12 single parents, nobody knows how many are
//! both. The answer is then a range, and the range is the narrowest that the counts allow (the bounds of Boole and Fréchet).

use serde::{Deserialize, Serialize};

use crate::directory::{Directory, TermCode};
use crate::id::MeetingId;
use crate::need::{Need, People};

/// People of some ages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeCount {
    /// Youngest, full years.
    pub from: u8,
    /// Oldest, full years; absent: no upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u8>,
    /// How many.
    pub people: u32,
}

/// People of an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaCount {
    /// Where.
    pub area: TermCode,
    /// How many.
    pub people: u32,
}

/// A group as a meeting described it, in counts: they size a need, and say nothing of any one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupProfile {
    /// The groups.
    pub groups: Vec<TermCode>,
    /// How many, and their ages.
    pub people: People,
    /// Where.
    pub areas: Vec<TermCode>,
    /// Women.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub women: Option<u32>,
    /// Men.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub men: Option<u32>,
    /// In work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employed: Option<u32>,
    /// Out of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unemployed: Option<u32>,
    /// Single parents; everybody else is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_parents: Option<u32>,
    /// By age; bands do not overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ages: Vec<AgeCount>,
    /// By area; none lies within another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_area: Vec<AreaCount>,
}

/// What is wrong with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Nobody.
    #[error("people.count must be at least 1")]
    NoPeople,
    /// Ages the wrong way round.
    #[error("people.age_from is above people.age_to")]
    BackwardsAges,
    /// A part is greater than the whole.
    #[error("`{0}` counts more people than there are")]
    MoreThanAll(&'static str),
    /// Two counts speak of the same people.
    #[error("`{0}` counts somebody twice")]
    Twice(&'static str),
    /// A band of ages stands the wrong way round, or outside the ages of the group.
    #[error("ages/{0} is no part of the group's ages")]
    NoSuchAges(usize),
}

impl ProfileError {
    /// The field that the remedy belongs to, below the profile.
    pub fn path(self) -> String {
        match self {
            Self::NoPeople => "/people/count".to_owned(),
            Self::BackwardsAges => "/people/age_from".to_owned(),
            Self::MoreThanAll(part) | Self::Twice(part) => format!("/{part}"),
            Self::NoSuchAges(index) => format!("/ages/{index}/from"),
        }
    }

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPeople => "need.no-people",
            Self::BackwardsAges => "need.backwards-ages",
            Self::MoreThanAll(_) => "profile-more-than-all",
            Self::Twice(_) => "profile-twice",
            Self::NoSuchAges(_) => "profile-no-such-ages",
        }
    }
}

/// Women or men.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Women.
    Women,
    /// Men.
    Men,
}

impl Sex {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Women, Self::Men];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Women => "women",
            Self::Men => "men",
        }
    }
}

/// In work or out of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Employment {
    /// In work.
    Employed,
    /// Out of work.
    Unemployed,
}

impl Employment {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Employed, Self::Unemployed];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Employed => "employed",
            Self::Unemployed => "unemployed",
        }
    }
}

/// Whom of a described group one means: everybody who answers all of it. What is left out asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Part {
    /// Women or men only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Those in work, or out of work, only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employment: Option<Employment>,
    /// Single parents only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub single_parents: bool,
    /// Youngest, full years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_from: Option<u8>,
    /// Oldest, full years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_to: Option<u8>,
    /// In these areas only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<TermCode>,
}

impl Part {
    /// The same people with the ages and the areas of a need.
    #[must_use]
    pub fn of_need(self, need: &Need) -> Self {
        Self {
            age_from: need.people.age_from,
            age_to: need.people.age_to,
            areas: need.areas.clone(),
            ..self
        }
    }
}

/// The profile of a meeting that a need or a report was sized from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromProfile {
    /// The meeting.
    pub meeting: MeetingId,
    /// Which of its profiles, counted from 0.
    pub number: u16,
    /// Whom of the group.
    #[serde(default)]
    pub part: Part,
}

/// A question by which a profile counts people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileQuestion {
    /// Women, men.
    Sex,
    /// Ages.
    Age,
    /// In work, out of work.
    Employment,
    /// Areas.
    Area,
    /// Single parents.
    SingleParenthood,
}

impl ProfileQuestion {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sex => "sex",
            Self::Age => "age",
            Self::Employment => "employment",
            Self::Area => "area",
            Self::SingleParenthood => "single-parenthood",
        }
    }
}

/// How many people answer one question as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The question.
    pub question: ProfileQuestion,
    /// People who surely do.
    pub lower: u32,
    /// These, and the people of whom the profile does not say.
    pub upper: u32,
}

impl Counted {
    /// People of whom the profile does not say.
    pub const fn unknown(self) -> u32 {
        self.upper.saturating_sub(self.lower)
    }
}

/// How many people of a group one may mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// At least so many.
    pub lower: u32,
    /// At most so many.
    pub upper: u32,
    /// The questions that were asked, each alone.
    pub counted: Vec<Counted>,
}

impl Size {
    /// The number, where the counts leave one only.
    pub fn exact(&self) -> Option<u32> {
        (self.lower == self.upper).then_some(self.lower)
    }

    /// Whether the counts allow this number of people.
    pub const fn allows(&self, people: u32) -> bool {
        self.lower <= people && people <= self.upper
    }

    /// The number that a request begins with: what the counts show. `None`: they show nobody for sure.
    pub fn shown(&self) -> Option<u32> {
        Some(self.lower).filter(|people| *people > 0)
    }
}

/// How some counted people stand to those one asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overlap {
    /// All of them are meant.
    Inside,
    /// Some may be.
    Partly,
    /// None is.
    Outside,
}

/// People counted together.
type Cell = (u32, Overlap);

/// Oldest age that a band without an upper end reaches.
const NO_END: u8 = u8::MAX;

impl GroupProfile {
    /// Everything that is wrong with it: parts that exceed the whole, and people who are counted twice by one question.
    pub fn problems(&self, directory: &Directory) -> Vec<ProfileError> {
        let all = self.people.count;
        let mut problems = Vec::new();
        if all == 0 {
            problems.push(ProfileError::NoPeople);
        }
        if let (Some(from), Some(to)) = (self.people.age_from, self.people.age_to)
            && from > to
        {
            problems.push(ProfileError::BackwardsAges);
        }
        let sum = |counts: &mut dyn Iterator<Item = u32>| counts.fold(0, u32::saturating_add);
        let parts = [
            ("women", sum(&mut self.women.into_iter().chain(self.men))),
            ("employed", sum(&mut self.employed.into_iter().chain(self.unemployed))),
            ("single_parents", self.single_parents.unwrap_or(0)),
            ("ages", sum(&mut self.ages.iter().map(|band| band.people))),
            ("by_area", sum(&mut self.by_area.iter().map(|count| count.people))),
        ];
        let greater = parts.into_iter().filter(|(_, part)| *part > all);
        problems.extend(greater.map(|(name, _)| ProfileError::MoreThanAll(name)));
        let (youngest, oldest) = self.span();
        for (index, band) in self.ages.iter().enumerate() {
            let to = band.to.unwrap_or(NO_END);
            if band.from > to || band.from < youngest || to > oldest {
                problems.push(ProfileError::NoSuchAges(index));
            }
        }
        let overlap = |(index, band): (usize, &AgeCount)| {
            let before = self.ages.iter().take(index);
            let meets = |one: &AgeCount| one.from <= band.to.unwrap_or(NO_END) && band.from <= one.to.unwrap_or(NO_END);
            before.into_iter().any(meets)
        };
        if self.ages.iter().enumerate().any(overlap) {
            problems.push(ProfileError::Twice("ages"));
        }
        let within = |(index, count): (usize, &AreaCount)| {
            let above = directory.with_ancestors(&count.area);
            let mut others = self.by_area.iter().enumerate().filter(|(other, _)| *other != index);
            others.any(|(_, other)| above.contains(&other.area))
        };
        if self.by_area.iter().enumerate().any(within) {
            problems.push(ProfileError::Twice("by_area"));
        }
        problems
    }

    /// Youngest and oldest of the group.
    fn span(&self) -> (u8, u8) {
        (self.people.age_from.unwrap_or(0), self.people.age_to.unwrap_or(NO_END))
    }

    /// How many of the group `part` may mean.
    ///
    /// Each question alone gives the people who surely answer it and those who may. Of several questions at most as many answer
    /// all as answer the one that fewest may answer; and at least as many as must, when those who do not answer one question
    /// are other people than those who do not answer another.
    pub fn size(&self, part: &Part, directory: &Directory) -> Size {
        let all = self.people.count;
        let counted = self.counted(part, directory);
        let upper = counted.iter().map(|one| one.upper).min().unwrap_or(all).min(all);
        let missing = counted
            .iter()
            .fold(0_u32, |sum, one| sum.saturating_add(all.saturating_sub(one.lower)));
        Size {
            lower: all.saturating_sub(missing),
            upper,
            counted,
        }
    }

    /// What each question that is asked says alone.
    fn counted(&self, part: &Part, directory: &Directory) -> Vec<Counted> {
        let all = self.people.count;
        let mut counted = Vec::new();
        let mut ask = |question, cells: Vec<Cell>| {
            let told = |wanted: &[Overlap]| {
                let of = cells.iter().filter(|(_, overlap)| wanted.contains(overlap));
                of.fold(0_u32, |sum, (people, _)| sum.saturating_add(*people)).min(all)
            };
            counted.push(Counted {
                question,
                lower: told(&[Overlap::Inside]),
                upper: told(&[Overlap::Inside, Overlap::Partly]),
            });
        };
        if let Some(sex) = part.sex {
            let (own, other) = match sex {
                Sex::Women => (self.women, self.men),
                Sex::Men => (self.men, self.women),
            };
            ask(ProfileQuestion::Sex, self.of_two(own, other));
        }
        if part.age_from.is_some() || part.age_to.is_some() {
            ask(ProfileQuestion::Age, self.of_ages(part));
        }
        if let Some(employment) = part.employment {
            let (own, other) = match employment {
                Employment::Employed => (self.employed, self.unemployed),
                Employment::Unemployed => (self.unemployed, self.employed),
            };
            ask(ProfileQuestion::Employment, self.of_two(own, other));
        }
        if !part.areas.is_empty() {
            ask(ProfileQuestion::Area, self.of_areas(part, directory));
        }
        if part.single_parents {
            // The others are none: that is what the count says.
            let cells = match self.single_parents {
                Some(people) => vec![(people, Overlap::Inside)],
                None => vec![(all, Overlap::Partly)],
            };
            ask(ProfileQuestion::SingleParenthood, cells);
        }
        counted
    }

    /// A question with two answers; whom neither counts may be one of them, or none.
    fn of_two(&self, own: Option<u32>, other: Option<u32>) -> Vec<Cell> {
        let (own, other) = (own.unwrap_or(0), other.unwrap_or(0));
        vec![
            (own, Overlap::Inside),
            (self.rest(own.saturating_add(other)), Overlap::Partly),
        ]
    }

    /// Those whom a question does not count.
    fn rest(&self, counted: u32) -> u32 {
        self.people.count.saturating_sub(counted)
    }

    fn of_ages(&self, part: &Part) -> Vec<Cell> {
        let (from, to) = (part.age_from.unwrap_or(0), part.age_to.unwrap_or(NO_END));
        let overlap = |youngest: u8, oldest: u8| {
            if from <= youngest && oldest <= to {
                Overlap::Inside
            } else if oldest < from || to < youngest {
                Overlap::Outside
            } else {
                Overlap::Partly
            }
        };
        let bands = self.ages.iter();
        let mut cells: Vec<Cell> = bands
            .map(|band| (band.people, overlap(band.from, band.to.unwrap_or(NO_END))))
            .collect();
        let told = cells.iter().fold(0_u32, |sum, (people, _)| sum.saturating_add(*people));
        let (youngest, oldest) = self.span();
        cells.push((self.rest(told), overlap(youngest, oldest)));
        cells
    }

    fn of_areas(&self, part: &Part, directory: &Directory) -> Vec<Cell> {
        let overlap = |area: &TermCode| {
            let lies_in = |one: &TermCode, other: &TermCode| directory.with_ancestors(one).contains(other);
            if part.areas.iter().any(|asked| lies_in(area, asked)) {
                Overlap::Inside
            } else if part.areas.iter().any(|asked| lies_in(asked, area)) {
                Overlap::Partly
            } else {
                Overlap::Outside
            }
        };
        let counts = self.by_area.iter();
        let mut cells: Vec<Cell> = counts.map(|count| (count.people, overlap(&count.area))).collect();
        let told = cells.iter().fold(0_u32, |sum, (people, _)| sum.saturating_add(*people));
        // Whom no area counts is somewhere in the areas of the group.
        let places: Vec<Overlap> = self.areas.iter().map(overlap).collect();
        let somewhere = match places.first() {
            Some(first) if places.iter().all(|place| place == first) => *first,
            Some(_) | None => Overlap::Partly,
        };
        cells.push((self.rest(told), somewhere));
        cells
    }
}
