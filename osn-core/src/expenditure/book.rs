//! The entries of one operation, added up once: the ledger of each expense is then read off, not counted again.
//!
//! Judging every expense of a claim takes time by their number, not by its square.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::expense::{CostForm, Expense};
use super::kinds::{Category, Nature, Place};
use super::ledger::{Entry, FormUsed, Ledger, SameItem, month_of};
use super::parameters::Parameters;
use super::terms::FlatRate;
use crate::canonical::Digest;
use crate::id::{ExpenseId, SupplierId};
use crate::money::Money;

/// Adds, and stays at what was reached where that is beyond every budget (an overflow of cents in 64 bits).
fn add(sum: &mut Money, amount: Money) {
    *sum = sum.checked_add(amount).unwrap_or(*sum);
}

fn less(sum: Money, amount: Money) -> Money {
    sum.checked_sub(amount).unwrap_or(sum)
}

/// What came before: sums in the order of identifiers, which is the order of entry.
#[derive(Clone, Debug)]
struct Before<T> {
    sums: Vec<(ExpenseId, T)>,
}

impl<T> Default for Before<T> {
    fn default() -> Self {
        Self { sums: Vec::new() }
    }
}

impl<T: Copy + Default> Before<T> {
    fn add(&mut self, id: ExpenseId, amount: T, plus: impl Fn(T, T) -> T) {
        let at = self.sums.partition_point(|(other, _)| *other < id);
        self.sums.insert(at, (id, self.until(id)));
        for (_, sum) in self.sums.iter_mut().skip(at) {
            *sum = plus(*sum, amount);
        }
    }

    /// The sum of everything with a smaller identifier.
    fn until(&self, id: ExpenseId) -> T {
        let at = self.sums.partition_point(|(other, _)| *other < id);
        let last = at.checked_sub(1).and_then(|last| self.sums.get(last));
        last.map(|(_, sum)| *sum).unwrap_or_default()
    }
}

fn money(sum: Money, amount: Money) -> Money {
    sum.checked_add(amount).unwrap_or(sum)
}

/// Sums over every entry that is no credit note.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    total: Money,
    staff: Money,
    other: Money,
    food: Money,
    in_kind: Money,
}

impl Sums {
    fn of(entry: &Entry, parameters: &Parameters) -> Self {
        let if_so = |holds: bool| if holds { entry.eligible } else { Money::ZERO };
        let staff = parameters.is_staff(entry.category);
        Self {
            total: entry.eligible,
            staff: if_so(staff),
            other: if_so(!staff && !entry.category.is_flat()),
            food: if_so(entry.nature == Nature::Food),
            in_kind: if_so(entry.in_kind),
        }
    }

    fn each(&mut self, other: &Self, with: impl Fn(&mut Money, Money)) {
        with(&mut self.total, other.total);
        with(&mut self.staff, other.staff);
        with(&mut self.other, other.other);
        with(&mut self.food, other.food);
        with(&mut self.in_kind, other.in_kind);
    }
}

/// The entries of one operation, added up.
#[derive(Clone, Debug)]
pub struct Book<'p> {
    parameters: &'p Parameters,
    entries: BTreeMap<ExpenseId, Entry>,
    sums: Sums,
    credited: BTreeMap<ExpenseId, Money>,
    papers: BTreeMap<Digest, BTreeSet<ExpenseId>>,
    staff_rates: usize,
    flat: BTreeMap<&'static str, Before<Money>>,
    land: Before<Money>,
    abroad: Before<Money>,
    hours: BTreeMap<(Option<SupplierId>, i32), Before<Decimal>>,
    forms: BTreeMap<Category, BTreeMap<FormUsed, usize>>,
    people: BTreeMap<(SupplierId, NaiveDate), BTreeMap<String, usize>>,
}

impl<'p> Book<'p> {
    /// An empty book under the numbers of a regime.
    pub fn new(parameters: &'p Parameters) -> Self {
        Self {
            parameters,
            entries: BTreeMap::new(),
            sums: Sums::default(),
            credited: BTreeMap::new(),
            papers: BTreeMap::new(),
            staff_rates: 0,
            flat: BTreeMap::new(),
            land: Before::default(),
            abroad: Before::default(),
            hours: BTreeMap::new(),
            forms: BTreeMap::new(),
            people: BTreeMap::new(),
        }
    }

    /// A book of these entries; all are of one operation.
    pub fn of(entries: impl IntoIterator<Item = Entry>, parameters: &'p Parameters) -> Self {
        let mut book = Self::new(parameters);
        for entry in entries {
            book.add(entry);
        }
        book
    }

    /// One more entry; one that stands in the book already is left as it is. Entries that come in the order of their
    /// identifiers take the same time each.
    pub fn add(&mut self, entry: Entry) {
        if self.entries.contains_key(&entry.id) {
            return;
        }
        match entry.credits {
            // Nothing reduces itself.
            Some((credited, _)) if credited == entry.id => {}
            Some((credited, amount)) => add(self.credited.entry(credited).or_default(), amount),
            None => self.count(&entry),
        }
        self.entries.insert(entry.id, entry);
    }

    fn count(&mut self, entry: &Entry) {
        self.sums.each(&Sums::of(entry, self.parameters), add);
        if let Some(print) = entry.fingerprint {
            self.papers.entry(print).or_default().insert(entry.id);
        }
        let at_flat_rate = usize::from(entry.rate == Some(FlatRate::Staff20));
        self.staff_rates = self.staff_rates.saturating_add(at_flat_rate);
        if let Some(rate) = entry.rate {
            let before = self.flat.entry(rate.name()).or_default();
            before.add(entry.id, entry.eligible, money);
        }
        if matches!(entry.nature, Nature::Land | Nature::RealEstate) {
            self.land.add(entry.id, entry.eligible, money);
        }
        if entry.place == Place::Outside {
            self.abroad.add(entry.id, entry.eligible, money);
        }
        if let Some((year, hours)) = &entry.hours {
            let before = self.hours.entry((entry.supplier_id, *year)).or_default();
            before.add(entry.id, hours.parse().unwrap_or_default(), Decimal::saturating_add);
        }
        if let Some(whose) = entry.supplier_id.zip(entry.month) {
            let forms = self.people.entry(whose).or_default();
            let times = forms.entry(entry.form.clone()).or_default();
            *times = times.saturating_add(1);
        }
        let forms = self.forms.entry(entry.category).or_default();
        let times = forms.entry(form(entry)).or_default();
        *times = times.saturating_add(1);
    }

    /// Whether an entry stands in the book.
    pub fn contains(&self, id: ExpenseId) -> bool {
        self.entries.contains_key(&id)
    }

    /// The ledger of an expense among the others of its operation. `elsewhere` are entries of the same paper in other
    /// operations.
    ///
    /// Earlier is what has the smaller identifier: identifiers are made in the order of entry.
    pub fn ledger(&self, expense: &Expense, fingerprint: Option<Digest>, elsewhere: &[Entry]) -> Ledger {
        // What the book says of the expense itself is left out: it may have changed since.
        let own = self.entries.get(&expense.id).filter(|entry| entry.credits.is_none());
        let mut sums = self.sums;
        if let Some(own) = own {
            sums.each(&Sums::of(own, self.parameters), |sum, amount| *sum = less(*sum, amount));
        }
        let own_flat = own.is_some_and(|own| own.rate == Some(FlatRate::Staff20));
        let mut ledger = Ledger {
            same_item: self.same_item(expense.id, fingerprint, elsewhere),
            direct_staff: sums.staff,
            direct_other: sums.other,
            food: sums.food,
            staff_is_flat: self.staff_rates > usize::from(own_flat),
            total_eligible: sums.total,
            in_kind: sums.in_kind,
            land_before: self.land.until(expense.id),
            abroad_before: self.abroad.until(expense.id),
            other_forms: self.other_forms(expense.category, own),
            same_person: self.same_person(expense, own),
            credited: self.credited.get(&expense.id).copied().unwrap_or_default(),
            ..Ledger::default()
        };
        if let CostForm::Flat { rate, .. } = &expense.form {
            let before = self.flat.get(rate.name());
            ledger.flat_before = before.map(|before| before.until(expense.id)).unwrap_or_default();
        }
        if let Some(payroll) = &expense.payroll {
            let before = self.hours.get(&(expense.supplier_id, payroll.year));
            ledger.hours_before = before.map(|before| before.until(expense.id)).unwrap_or_default();
        }
        let declared = expense.declared().unwrap_or_default().max(Money::ZERO);
        add(&mut ledger.total_eligible, declared);
        ledger
    }

    fn same_item(&self, own: ExpenseId, fingerprint: Option<Digest>, elsewhere: &[Entry]) -> Vec<SameItem> {
        let Some(print) = fingerprint else {
            return Vec::new();
        };
        let here = self.papers.get(&print).into_iter().flatten();
        let here = here.filter_map(|id| self.entries.get(id));
        let there = elsewhere
            .iter()
            .filter(|entry| entry.fingerprint == fingerprint && entry.credits.is_none());
        let mut items: Vec<SameItem> = here
            .chain(there)
            .filter(|entry| entry.id != own)
            .map(|entry| SameItem {
                expense_id: Some(entry.id),
                operation_id: Some(entry.operation_id),
                share: entry.share,
            })
            .collect();
        items.sort_by_key(|item| item.expense_id);
        items
    }

    /// Forms under which the expense's person stands in the book for its month, itself left out.
    fn same_person(&self, expense: &Expense, own: Option<&Entry>) -> Vec<String> {
        let whose = expense.supplier_id.zip(month_of(expense));
        let Some((whose, forms)) = whose.and_then(|whose| Some((whose, self.people.get(&whose)?))) else {
            return Vec::new();
        };
        let own = own.filter(|own| own.supplier_id.zip(own.month) == Some(whose));
        let others = forms
            .iter()
            .filter(|(form, times)| **times > usize::from(own.is_some_and(|own| own.form == **form)));
        others.map(|(form, _)| form.clone()).collect()
    }

    fn other_forms(&self, category: Category, own: Option<&Entry>) -> Vec<FormUsed> {
        let Some(forms) = self.forms.get(&category) else {
            return Vec::new();
        };
        let own = own.filter(|own| own.category == category).map(form);
        let others = forms
            .iter()
            .filter(|(form, times)| **times > usize::from(own.as_ref() == Some(form)));
        others.map(|(form, _)| form.clone()).collect()
    }
}

fn form(entry: &Entry) -> FormUsed {
    FormUsed {
        category: entry.category,
        sub_project: entry.sub_project.clone(),
        phase: entry.phase.clone(),
        form: entry.form.clone(),
    }
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "expenses are rolled with dice"
)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::expenditure::{Document, DocumentKind, Payroll, Share};
    use crate::id::OperationId;
    use crate::operation::Regime;

    /// The ledger added up entry by entry: what the book must say, whatever it holds.
    fn added_up(expense: &Expense, print: Option<Digest>, others: &[Entry], parameters: &Parameters) -> Ledger {
        let mut ledger = Ledger::default();
        let rate = match &expense.form {
            CostForm::Flat { rate, .. } => Some(*rate),
            _ => None,
        };
        for entry in others.iter().filter(|entry| entry.id != expense.id) {
            if let Some((credited, amount)) = entry.credits {
                if credited == expense.id {
                    add(&mut ledger.credited, amount);
                }
                continue;
            }
            if print.is_some() && entry.fingerprint == print {
                ledger.same_item.push(SameItem {
                    expense_id: Some(entry.id),
                    operation_id: Some(entry.operation_id),
                    share: entry.share,
                });
            }
            let before = entry.id < expense.id;
            add(&mut ledger.total_eligible, entry.eligible);
            if parameters.is_staff(entry.category) {
                add(&mut ledger.direct_staff, entry.eligible);
            } else if !entry.category.is_flat() {
                add(&mut ledger.direct_other, entry.eligible);
            }
            if entry.nature == Nature::Food {
                add(&mut ledger.food, entry.eligible);
            }
            if entry.in_kind {
                add(&mut ledger.in_kind, entry.eligible);
            }
            ledger.staff_is_flat |= entry.rate == Some(FlatRate::Staff20);
            if before && rate.is_some() && entry.rate == rate {
                add(&mut ledger.flat_before, entry.eligible);
            }
            if before && matches!(entry.nature, Nature::Land | Nature::RealEstate) {
                add(&mut ledger.land_before, entry.eligible);
            }
            if before && entry.place == Place::Outside {
                add(&mut ledger.abroad_before, entry.eligible);
            }
            if let (Some(own), Some((year, hours))) = (&expense.payroll, &entry.hours)
                && before
                && own.year == *year
                && entry.supplier_id == expense.supplier_id
            {
                ledger.hours_before += hours.parse::<Decimal>().unwrap();
            }
            if entry.category == expense.category {
                ledger.other_forms.push(form(entry));
            }
            if entry.month.is_some() && entry.month == month_of(expense) && entry.supplier_id == expense.supplier_id {
                ledger.same_person.push(entry.form.clone());
            }
        }
        ledger.same_item.sort_by_key(|item| item.expense_id);
        ledger.other_forms.sort();
        ledger.other_forms.dedup();
        ledger.same_person.sort();
        ledger.same_person.dedup();
        add(&mut ledger.total_eligible, expense.declared().unwrap().max(Money::ZERO));
        ledger
    }

    /// An expense from a few numbers: categories, forms, natures, places, papers, credit notes, hours.
    fn expense(number: u8, dice: [u8; 6]) -> Expense {
        let [category, form, nature, place, payroll, cents] = dice;
        let credit = form % 7 == 6;
        let amount = Money::from_cents(i64::from(cents) * if credit { -1 } else { 1 });
        let document = Document {
            kind: if credit {
                DocumentKind::CreditNote
            } else {
                DocumentKind::Invoice
            },
            number: String::new(),
            issued_on: "2022-07-08".parse().unwrap(),
            net: amount,
            vat: Money::ZERO,
            gross: amount,
            currency: Money::CURRENCY.to_owned(),
        };
        let id = |number: u8| ExpenseId::new(Uuid::from_u128(u128::from(number)));
        let category = Category::ALL[usize::from(category) % Category::ALL.len()];
        let mut expense = Expense::of(id(number), OperationId::new(Uuid::nil()), category, document);
        expense.nature = Nature::ALL[usize::from(nature) % Nature::ALL.len()];
        expense.place = [Place::Area, Place::Union, Place::Outside][usize::from(place) % 3];
        expense.credits = credit.then(|| id(cents % 8));
        if form % 3 == 1 {
            let rate = FlatRate::ALL[usize::from(form) % FlatRate::ALL.len()];
            expense.form = CostForm::Flat {
                rate,
                base: BTreeSet::new(),
            };
        }
        if payroll % 2 == 1 {
            expense.payroll = Some(Payroll {
                annual_gross: amount,
                full_time: Share::WHOLE,
                hours: Decimal::from(cents),
                hourly_rate: None,
                year: 2022 + i32::from(payroll % 3),
                fixed: None,
                gross: None,
                sheet: Vec::new(),
            });
            expense.supplier_id = Some(SupplierId::new(Uuid::from_u128(u128::from(payroll % 4))));
        }
        expense
    }

    fn print(expense: &Expense) -> Option<Digest> {
        let letters = u8::try_from(expense.nature.name().len()).unwrap();
        (letters % 3 != 0).then(|| Digest::from_bytes([letters; 32]))
    }

    proptest! {
        #[test]
        fn a_book_says_what_adding_up_says(
            rolled in prop::collection::vec((0_u8..12, any::<[u8; 6]>()), 0..12),
            own in (0_u8..12, any::<[u8; 6]>()),
        ) {
            let parameters = Parameters::of(Regime::Period1420).unwrap();
            let mut entries: BTreeMap<ExpenseId, Entry> = BTreeMap::new();
            let mut book = Book::new(&parameters);
            for (number, dice) in rolled {
                let expense = expense(number, dice);
                let eligible = expense.declared().unwrap().max(Money::ZERO);
                let entry = Entry::of(&expense, eligible, print(&expense), None);
                book.add(entry.clone());
                entries.entry(entry.id).or_insert(entry);
            }
            let entries: Vec<Entry> = entries.into_values().collect();
            let own = expense(own.0, own.1);
            let wanted = added_up(&own, print(&own), &entries, &parameters);
            prop_assert_eq!(book.ledger(&own, print(&own), &[]), wanted);
        }
    }
}
