//! Who goes where and when: families in the order of the list, siblings together, wishes in their order.
//!
//! Invariant: never over a session's places, outside its age group, without a feature that a child needs, on a day outside the
//! session's week, or over the money; what is kept stays. The same list, sessions and kept places give the same answer, in whatever order sessions or siblings stand.

use std::collections::{BTreeMap, BTreeSet};

use osn_program_sdk::{Day, Delivery, Left, NO_BUDGET, NO_CAPACITY, Plan, Schedule, Slot};

use crate::{ACCESS_NEEDS, Camp, NO_FITTING_SESSION, Participant, Programme, WEEK};

/// One child, as far as its place depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Position of its row.
    pub row: u32,
    /// Its day of birth.
    pub born: Option<Day>,
    /// Full years on the reference day.
    pub age: Option<i32>,
    /// Places, best first.
    pub wishes: Vec<u16>,
    /// Weeks in which it can come; none named = all.
    pub weeks: Vec<u16>,
    /// What it needs in order to take part, one bit each.
    pub needs: u32,
}

/// One week of one age group at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Position of the occasion.
    pub slot: u32,
    /// What decides between equal wishes: the earlier one, then the lower symbol, then the narrower group.
    pub order: (i64, u32, u16, u16, u32),
    /// The week and the place: siblings are together where both are the same.
    pub where_and_when: (u32, u32),
    ages: (u16, u16),
    offers: u32,
}

fn bits(symbols: impl Iterator<Item = u16>) -> u32 {
    symbols
        .filter(|symbol| usize::from(*symbol) < ACCESS_NEEDS)
        .fold(0, |set, symbol| set | 1 << symbol)
}

impl Child {
    /// A child of an application.
    pub fn new(row: u32, answers: &Participant, on: Day) -> Self {
        let born = answers.birth_date.value;
        let needs = answers.access_needs.value.iter().flatten().map(|need| *need as u16);
        Self {
            row,
            born,
            age: born.and_then(|born| born.age_on(on)),
            wishes: answers.wishes.value.clone().unwrap_or_default(),
            weeks: answers.weeks.value.clone().unwrap_or_default(),
            needs: bits(needs),
        }
    }

    /// Whether a session is for this child at all.
    pub fn fits(&self, session: &Session) -> bool {
        let (youngest, oldest) = session.ages;
        let in_group = self
            .age
            .is_some_and(|age| age >= i32::from(youngest) && (oldest == 0 || age <= i32::from(oldest)));
        let can_come = self.weeks.is_empty()
            || self
                .weeks
                .iter()
                .any(|week| u32::from(*week) == session.where_and_when.0);
        in_group && can_come && self.needs & !session.offers == 0
    }

    /// How far down its wishes a place stands; places that it does not name come after all that it names.
    fn wish(&self, place: u32) -> usize {
        let named = self.wishes.iter().position(|wish| u32::from(*wish) == place);
        named.unwrap_or(usize::from(u16::MAX))
    }
}

impl Session {
    fn new(slot: u32, of: &Slot) -> Self {
        let offers = bits(of.features.iter().copied());
        Self {
            slot,
            order: (of.starts_min, of.place, of.age_min, of.age_max, offers),
            where_and_when: (of.series, of.place),
            ages: (of.age_min, of.age_max),
            offers,
        }
    }
}

/// The assignment under way.
struct Assigning<'a> {
    sessions: Vec<Session>,
    left: Left,
    price: i64,
    deliveries: Vec<Delivery>,
    /// Row -> weeks and places that it has.
    has: BTreeMap<u32, BTreeSet<(u32, u32)>>,
    families: &'a [Vec<Child>],
}

/// Whether an occasion begins in the week of the programme that it belongs to, on a day on which schools are closed.
fn in_its_week(slot: &Slot, programme: &Programme) -> bool {
    let day = slot.starts_min.div_euclid(24 * 60);
    let holds = |from: Day, to: Day| (i64::from(from.0)..=i64::from(to.0)).contains(&day);
    let week = usize::try_from(slot.series)
        .ok()
        .and_then(|series| programme.weeks.get(series));
    week.is_some_and(|week| holds(week.from, week.to)) && programme.closed.iter().any(|(from, to)| holds(*from, *to))
}

/// Gives each child up to as many weeks as the call gives, one round after the other, so that nobody has two before all had one.
pub fn assign(plan: &Plan<'_, Camp>, families: &[Vec<Child>]) -> Schedule {
    let default = Programme::default();
    let programme = plan.parameters.programme.as_ref().unwrap_or(&default);
    // What a plan dates on a school day is nobody's session, whatever week it is filed under.
    let slots = (0..u32::MAX)
        .zip(plan.slots)
        .filter(|(_, slot)| in_its_week(slot, programme));
    let mut sessions: Vec<Session> = slots.map(|(position, slot)| Session::new(position, slot)).collect();
    sessions.sort_by_key(|session| (session.order, session.slot));
    let mut has: BTreeMap<u32, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for kept in plan.kept {
        if let Some(slot) = plan.slots.get(kept.slot as usize) {
            has.entry(kept.row).or_default().insert((slot.series, slot.place));
        }
    }
    let mut assigning = Assigning {
        sessions,
        left: Left::new(plan),
        price: plan.parameters.week_price,
        deliveries: plan.kept.to_vec(),
        has,
        families,
    };
    let rounds = usize::try_from(plan.parameters.weeks_each).unwrap_or(1);
    for round in 0..rounds {
        for family in families {
            assigning.place(family, round);
        }
    }
    assigning.finish(rounds)
}

impl Assigning<'_> {
    fn given(&self, child: &Child) -> usize {
        self.has.get(&child.row).map_or(0, BTreeSet::len)
    }

    /// One week for each child of a family that has fewer than the round asks for: together, else one by one.
    fn place(&mut self, family: &[Child], round: usize) {
        let mut waiting: Vec<&Child> = family.iter().filter(|child| self.given(child) <= round).collect();
        // The eldest first; twins by what they want, so that the order of the form does not matter.
        waiting.sort_by_key(|child| (child.born, child.needs, &child.wishes, &child.weeks));
        let settled: BTreeSet<(u32, u32)> = family
            .iter()
            .filter(|child| self.given(child) > round)
            .filter_map(|child| self.has.get(&child.row))
            .flatten()
            .copied()
            .collect();
        if let Some(together) = self.together(&waiting, &settled) {
            for (child, slot) in waiting.iter().zip(together) {
                self.give(child, slot);
            }
            return;
        }
        let mut near = settled;
        for child in waiting {
            if let Some(slot) = self.alone(child, &near) {
                near.extend(self.give(child, slot));
            }
        }
    }

    /// Whether a child may take a session now, places aside: nobody is at two places in one week.
    fn may(&self, child: &Child, session: &Session) -> bool {
        let busy = |has: &BTreeSet<(u32, u32)>| has.iter().any(|(week, _)| *week == session.where_and_when.0);
        child.fits(session) && !self.has.get(&child.row).is_some_and(busy)
    }

    /// One session for each child, all in the same week at the same place; the best such week and place.
    fn together(&self, children: &[&Child], settled: &BTreeSet<(u32, u32)>) -> Option<Vec<u32>> {
        let people = i64::try_from(children.len()).ok().filter(|people| *people > 0)?;
        if !self.left.affords(self.price.saturating_mul(people)) {
            return None;
        }
        let mut by_place: BTreeMap<(u32, u32), Vec<&Session>> = BTreeMap::new();
        for session in &self.sessions {
            by_place.entry(session.where_and_when).or_default().push(session);
        }
        let mut best = None;
        for (at, sessions) in by_place {
            let Some(slots) = self.groups(children, &sessions) else {
                continue;
            };
            let wishes: usize = children.iter().map(|child| child.wish(at.1)).sum();
            let apart = !settled.is_empty() && !settled.contains(&at);
            let order = sessions.first().map(|session| session.order);
            let key = (apart, wishes, order);
            if best.as_ref().is_none_or(|(other, _)| key < *other) {
                best = Some((key, slots));
            }
        }
        best.map(|(_, slots)| slots)
    }

    /// An age group with a free place for each child among the sessions of one week and place.
    fn groups(&self, children: &[&Child], sessions: &[&Session]) -> Option<Vec<u32>> {
        let mut at: Vec<Option<usize>> = vec![None; children.len()];
        let all = (0..children.len()).all(|child| {
            let mut asked = vec![false; sessions.len()];
            self.seat(child, children, sessions, &mut at, &mut asked)
        });
        let slot = |index: Option<usize>| sessions.get(index?).map(|session| session.slot);
        if all { at.into_iter().map(slot).collect() } else { None }
    }

    /// Seats one more sibling; those who sit already may move to another group.
    fn seat(
        &self,
        child: usize,
        children: &[&Child],
        sessions: &[&Session],
        at: &mut [Option<usize>],
        asked: &mut [bool],
    ) -> bool {
        for (index, session) in sessions.iter().enumerate() {
            let open = children.get(child).is_some_and(|one| self.may(one, session));
            if !open || asked.get(index).copied().unwrap_or(true) {
                continue;
            }
            if let Some(asked) = asked.get_mut(index) {
                *asked = true;
            }
            let here: Vec<usize> = (0..at.len()).filter(|one| at.get(*one) == Some(&Some(index))).collect();
            let wanted = u32::try_from(here.len()).unwrap_or(u32::MAX).saturating_add(1);
            let free = self.left.has_places(session.slot, wanted);
            if free
                || here
                    .into_iter()
                    .any(|other| self.seat(other, children, sessions, at, asked))
            {
                if let Some(at) = at.get_mut(child) {
                    *at = Some(index);
                }
                return true;
            }
        }
        false
    }

    /// The best session for one child: where a sibling is, then in a sibling's week, then by wish.
    fn alone(&self, child: &Child, near: &BTreeSet<(u32, u32)>) -> Option<u32> {
        let weeks: BTreeSet<u32> = near.iter().map(|(week, _)| *week).collect();
        let free = |session: &&Session| {
            self.may(child, session) && self.left.has_places(session.slot, 1) && self.left.affords(self.price)
        };
        let key = |session: &&Session| {
            let (week, place) = session.where_and_when;
            let apart = !near.contains(&session.where_and_when);
            (apart, !weeks.contains(&week), child.wish(place), session.order)
        };
        self.sessions
            .iter()
            .filter(free)
            .min_by_key(key)
            .map(|session| session.slot)
    }

    fn give(&mut self, child: &Child, slot: u32) -> Option<(u32, u32)> {
        let session = self.sessions.iter().find(|session| session.slot == slot)?;
        let at = session.where_and_when;
        self.left.take(slot, WEEK, 1, self.price).ok()?;
        self.has.entry(child.row).or_default().insert(at);
        self.deliveries.push(Delivery {
            row: child.row,
            slot,
            supply: WEEK,
            quantity: 1,
            cost: self.price,
        });
        Some(at)
    }

    /// Everybody who has fewer weeks than the call gives, with the reason.
    fn finish(self, rounds: usize) -> Schedule {
        let (mut unplaced, mut unplaced_why) = (Vec::new(), Vec::new());
        for child in self
            .families
            .iter()
            .flatten()
            .filter(|child| self.given(child) < rounds)
        {
            let fits = self.sessions.iter().any(|session| self.may(child, session));
            let why = if !fits {
                NO_FITTING_SESSION
            } else if self.left.affords(self.price) {
                NO_CAPACITY
            } else {
                NO_BUDGET
            };
            unplaced.push(child.row);
            unplaced_why.push(why);
        }
        Schedule {
            deliveries: self.deliveries,
            unplaced,
            unplaced_why,
        }
    }
}
