//! Exact numbers as people write them: cents and four-decimal fixed point to and from decimal strings.

/// The largest magnitude that crosses the contract: what every JSON reader still holds exactly (2^53 - 1).
pub const MAX_NUMBER: i64 = 9_007_199_254_740_991;

/// Writes a scaled integer with exactly `decimals` decimals: (6699, 2) is `66.99`.
pub fn to_decimal(value: i64, decimals: u32) -> String {
    let scale = 10_u64.pow(decimals);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{magnitude}");
    }
    let width = decimals as usize;
    format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale)
}

/// Reads a decimal string exactly: at most `decimals` decimals, no exponent, no spaces, no plus sign.
///
/// `None` where the text is anything else or the number leaves ±(2^53 - 1) in its scaled form.
pub fn from_decimal(text: &str, decimals: u32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 16
        || fraction.len() > decimals as usize
        || !all_digits(whole)
        || !all_digits(fraction)
    {
        return None;
    }
    let mut scaled: i64 = whole.parse().ok()?;
    for position in 0..decimals as usize {
        let digit = fraction
            .as_bytes()
            .get(position)
            .map_or(0, |byte| i64::from(byte - b'0'));
        scaled = scaled.checked_mul(10)?.checked_add(digit)?;
    }
    if scaled > MAX_NUMBER {
        return None;
    }
    Some(if negative { -scaled } else { scaled })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_both_ways() {
        for (text, decimals, value) in [
            ("67.00", 2, 6_700),
            ("67", 2, 6_700),
            ("66.9", 2, 6_690),
            ("-0.05", 2, -5),
            ("0", 4, 0),
            ("66.9900", 4, 669_900),
            ("7", 0, 7),
        ] {
            assert_eq!(from_decimal(text, decimals), Some(value), "{text}");
            assert_eq!(
                from_decimal(&to_decimal(value, decimals), decimals),
                Some(value),
                "{text}"
            );
        }
        assert_eq!(to_decimal(-5, 2), "-0.05");
        assert_eq!(to_decimal(669_900, 4), "66.9900");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1,5",
            "+1",
            "1e3",
            " 1",
            "1.234",
            "٣",
            "--1",
            "99999999999999999",
            "9007199254740991.99",
        ] {
            assert_eq!(from_decimal(text, 2), None, "{text}");
        }
    }
}
