//! The fingerprint of an item of expenditure: the same paper under two spellings is one paper.

use serde::Serialize;

use super::expense::Expense;
use crate::canonical::{CanonicalError, Digest, digest_of};
use crate::money::Money;
use crate::text::fold::greek_capital;

/// The number of a paper in its one form: capitals of one alphabet, no separators, no leading zeros in a run of digits.
pub fn normal_number(number: &str) -> String {
    let mut normal = String::new();
    let mut in_zeros = true;
    let mut zeros: u32 = 0;
    for c in number
        .to_uppercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(greek_capital)
    {
        match c {
            '0' if in_zeros => zeros = zeros.saturating_add(1),
            '0'..='9' => {
                in_zeros = false;
                zeros = 0;
                normal.push(c);
            }
            _ => {
                in_zeros = true;
                zeros = 0;
                normal.push(c);
            }
        }
    }
    if normal.is_empty() && zeros > 0 {
        normal.push('0');
    }
    normal
}

#[derive(Serialize)]
struct Item<'a> {
    supplier: &'a str,
    number: String,
    issued_on: chrono::NaiveDate,
    net: Money,
}

/// The fingerprint: who issued it, its number, its day, its net amount (CPR 65(11), CPR 63(9)).
///
/// `supplier` names who issued it in one form only: the tax number, or a pseudonym that stands for exactly one.
///
/// # Errors
/// When the paper has no canonical form.
pub fn fingerprint(supplier: &str, expense: &Expense) -> Result<Digest, CanonicalError> {
    let document = &expense.document;
    digest_of(
        "expenditure-item:1",
        &Item {
            supplier,
            number: normal_number(&document.number),
            issued_on: document.issued_on,
            net: document.net,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::normal_number;

    #[test]
    fn two_spellings_are_one_number() {
        for (left, right) in [
            ("ΤΠΥ-00123", "τπυ 123"),
            ("A 0017/2022", "Α17/2022"),
            ("Σειρά Β, 5", "ΣΕΙΡΆ Β 005"),
            ("000", "0"),
        ] {
            assert_eq!(normal_number(left), normal_number(right), "{left} and {right}");
        }
        for (left, right) in [("Α17", "Α71"), ("100", "1"), ("Α1", "Β1"), ("10", "1")] {
            assert_ne!(normal_number(left), normal_number(right), "{left} and {right}");
        }
    }
}
