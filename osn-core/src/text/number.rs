//! Numbers as people write them in Greek: decimal comma, thousands dot, «1.234,56».

use rust_decimal::Decimal;

/// Why a text is not a number in Greek notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Nothing was written.
    #[error("no number was written")]
    Empty,
    /// Characters other than digits, one sign, dots and one comma.
    #[error("a number has digits, a decimal comma and dots between thousands, such as 1.234,56")]
    Malformed,
    /// A reader could take it for two different numbers; `1,234.50` and `12.5` are written the English way.
    #[error("the number could be read in two ways: write a comma before the decimals, such as 1.234,56")]
    Ambiguous,
    /// More digits than a number here may have.
    #[error("the number has too many digits")]
    TooLong,
}

/// Longest run of digits before the comma.
const MAX_WHOLE_DIGITS: usize = 18;
/// Longest run of digits after the comma.
const MAX_DECIMALS: usize = 8;

/// Reads a number in Greek notation: `1.234,56`, `1234,5`, `-3`, `1.234` (a thousand two hundred and thirty-four).
///
/// A dot separates thousands only, in groups of three. What mixes the two notations, or uses the dot or the comma in a
/// place where only the other notation has it, is refused as ambiguous instead of being guessed.
pub fn parse_el(text: &str) -> Result<Decimal, NumberError> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return Err(NumberError::Empty);
    }
    if !digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
        || !digits.starts_with(|c: char| c.is_ascii_digit())
        || !digits.ends_with(|c: char| c.is_ascii_digit())
    {
        return Err(NumberError::Malformed);
    }
    let (whole, decimals) = split_at_comma(digits)?;
    let whole = join_thousands(whole)?;
    if whole.len() > MAX_WHOLE_DIGITS || decimals.len() > MAX_DECIMALS {
        return Err(NumberError::TooLong);
    }
    let mantissa: i128 = format!("{whole}{decimals}").parse().map_err(|_| NumberError::TooLong)?;
    let scale = u32::try_from(decimals.len()).map_err(|_| NumberError::TooLong)?;
    let mut number = Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| NumberError::TooLong)?;
    if !number.is_zero() {
        number.set_sign_negative(negative);
    }
    Ok(number)
}

fn split_at_comma(digits: &str) -> Result<(&str, &str), NumberError> {
    let Some((whole, decimals)) = digits.split_once(',') else {
        return Ok((digits, ""));
    };
    // A second comma, or a dot after the comma: the English notation, 1,234,567 or 1,234.50.
    if decimals.contains([',', '.']) {
        return Err(NumberError::Ambiguous);
    }
    // «1,234» may be the English one thousand; «1.234,567» and «0,125» may not.
    let could_be_thousands = decimals.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    if could_be_thousands {
        return Err(NumberError::Ambiguous);
    }
    Ok((whole, decimals))
}

fn join_thousands(whole: &str) -> Result<String, NumberError> {
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    match rest.as_slice() {
        [] => Ok(first.to_owned()),
        groups
            if (1..=3).contains(&first.len())
                && !first.starts_with('0')
                && groups.iter().all(|group| group.len() == 3) =>
        {
            Ok(format!("{first}{}", groups.concat()))
        }
        // One dot that does not separate thousands: 12.5 or 1234.56 is the English notation.
        [_] => Err(NumberError::Ambiguous),
        _ => Err(NumberError::Malformed),
    }
}

/// Writes a number in Greek notation with all of its decimals: `1234.50` becomes `1.234,50`.
pub fn format_el(number: Decimal) -> String {
    let plain = number.to_string();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", plain.as_str()),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    if !decimals.is_empty() {
        grouped.push(',');
        grouped.push_str(decimals);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_write() {
        let cases = [
            ("1.234,50", Ok("1234.50")),
            ("1234,5", Ok("1234.5")),
            ("1,234.50", Err(NumberError::Ambiguous)),
            ("1.234", Ok("1234")),
            ("1.234.567,8", Ok("1234567.8")),
            ("1,234", Err(NumberError::Ambiguous)),
            ("1,234,567", Err(NumberError::Ambiguous)),
            ("1234.56", Err(NumberError::Ambiguous)),
            ("0.123", Err(NumberError::Ambiguous)),
            ("1.23,45", Err(NumberError::Ambiguous)),
            ("1.23.456", Err(NumberError::Malformed)),
            ("0,125", Ok("0.125")),
            ("1.234,567", Ok("1234.567")),
            (" 67 ", Ok("67")),
            ("-3,5", Ok("-3.5")),
            ("\u{2212}3,5", Ok("-3.5")),
            ("-0,00", Ok("0.00")),
            ("+7", Ok("7")),
            ("007", Ok("7")),
            ("", Err(NumberError::Empty)),
            ("-", Err(NumberError::Empty)),
            (",5", Err(NumberError::Malformed)),
            ("5,", Err(NumberError::Malformed)),
            ("12 €", Err(NumberError::Malformed)),
            ("1e3", Err(NumberError::Malformed)),
            ("٣", Err(NumberError::Malformed)),
            ("1234567890123456789", Err(NumberError::TooLong)),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|number| number.parse::<Decimal>().unwrap());
            assert_eq!(parse_el(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn written_then_read_is_the_same(mantissa in -999_999_999_999_i64..=999_999_999_999, scale in 0_u32..=8) {
            let number = Decimal::new(mantissa, scale);
            let text = format_el(number);
            match parse_el(&text) {
                Ok(back) => prop_assert_eq!(back, number),
                // Three decimals after one to three digits look like English thousands.
                Err(error) => prop_assert!(error == NumberError::Ambiguous && scale == 3, "{}", text),
            }
        }

        #[test]
        fn never_panics(text in "[0-9.,+\\- €]{0,30}") {
            let _ = parse_el(&text);
        }
    }
}
