//! What a service costs, in words: what the record says itself, else its list of prices.

use chrono::NaiveDate;
use osn_core::directory::{CostOption, Number, Service};
use osn_core::money::Money;

use crate::pages::chrome::Page;
use crate::pages::part::{Cell, Fact};

/// The fact beside the others; that nobody said it, where nobody did.
pub(super) fn fact(p: &Page, service: &Service, on: NaiveDate) -> Fact {
    let mut lines = stated(p, service, on);
    if lines.is_empty() {
        lines.push(p.t("not-stated"));
    }
    Fact {
        label: p.t("service-cost"),
        cells: lines.into_iter().map(Cell::new).collect(),
    }
}

/// What it costs, line by line; nothing where nobody said it.
pub(super) fn stated(p: &Page, service: &Service, on: NaiveDate) -> Vec<String> {
    let mut lines = lines(p, service, on);
    match service.free_of_charge {
        Some(true) => lines.insert(0, p.t("service-free")),
        // How much it costs says that it costs something.
        Some(false) if lines.is_empty() => lines.push(p.t("service-paid")),
        Some(false) | None => {}
    }
    lines.dedup();
    lines
}

/// The record's own words; where it has none, its prices as they are from a day on.
fn lines(p: &Page, service: &Service, on: NaiveDate) -> Vec<String> {
    let said = [&service.fees_description, &service.fees];
    if let Some(text) = said.into_iter().map(|text| p.text(text)).find(|text| !text.is_empty()) {
        return vec![text];
    }
    let current = service.cost_options.iter();
    let current = current.filter(|price| price.valid_to.is_none_or(|last| on <= last));
    current.filter_map(|price| in_words(p, price, on)).collect()
}

/// «Ενήλικες: 5,00 € (τον μήνα), έως 31/8/2022», as much of it as the record says.
fn in_words(p: &Page, price: &CostOption, on: NaiveDate) -> Option<String> {
    let amount = price.amount.map(|number| amount(p, number, price.currency.as_deref()));
    let (whom, per) = (p.text(&price.option), p.text(&price.amount_description));
    let mut said = match (amount, per.is_empty()) {
        (Some(amount), true) => amount,
        (Some(amount), false) => format!("{amount} ({per})"),
        (None, _) => per,
    };
    said = match (whom.is_empty(), said.is_empty()) {
        (true, true) => return None,
        (true, false) => said,
        (false, true) => whom,
        (false, false) => format!("{whom}: {said}"),
    };
    let from = price.valid_from.filter(|first| on < *first).map(|first| p.day(first));
    let to = price.valid_to.map(|last| p.day(last));
    let when = match (from, to) {
        (Some(from), Some(to)) => p.t2("period-from-to", ("from", &from), ("to", &to)),
        (Some(from), None) => p.t1("period-from", "from", &from),
        (None, Some(to)) => p.t1("period-to", "to", &to),
        (None, None) => return Some(said),
    };
    Some(format!("{said}, {when}"))
}

/// An amount as the reader's language writes it; of another currency with its code.
fn amount(p: &Page, number: Number, currency: Option<&str>) -> String {
    let currency = currency.map(str::trim).unwrap_or_default();
    let is_euro = currency.eq_ignore_ascii_case(Money::CURRENCY);
    match Money::from_decimal(number.value()) {
        Ok(money) if money == Money::ZERO => p.t("service-free"),
        Ok(money) if is_euro => p.money(money),
        _ => format!("{} {currency}", p.decimal(number)).trim_end().to_owned(),
    }
}
