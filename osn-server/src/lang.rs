//! Languages of answers and pages: Greek first, English beside it.

use axum::http::{HeaderMap, Uri, header};

/// A language in which the server speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    /// Greek, the language of record.
    #[default]
    El,
    /// English.
    En,
}

impl Lang {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::El, Self::En];

    /// The language tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::El => "el",
            Self::En => "en",
        }
    }

    /// The language behind a tag such as `en` or `en-GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The language asked for. A page's address says it (`/en/…`, else Greek); the API reads `?lang=`, then
    /// `Accept-Language`, then answers in Greek.
    pub fn asked_for(uri: &Uri, headers: &HeaderMap) -> Self {
        if !uri.path().starts_with("/api") && !uri.path().starts_with("/hsds") {
            return Self::of_page(uri.path());
        }
        let query = uri.query().unwrap_or_default();
        let chosen = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("lang="))
            .and_then(Self::from_tag);
        chosen.or_else(|| Self::accepted(headers)).unwrap_or_default()
    }

    /// The language of a page by its path.
    pub fn of_page(path: &str) -> Self {
        if path == "/en" || path.starts_with("/en/") {
            Self::En
        } else {
            Self::El
        }
    }

    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut best: Option<(u16, Self)> = None;
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let Some(lang) = pieces.next().and_then(Self::from_tag) else {
                continue;
            };
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q="))
                .map_or(1000, thousandths);
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// A weight such as `0.8` in thousandths; unreadable weights count least.
fn thousandths(text: &str) -> u16 {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits: String = rest.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u16>(), digits.parse::<u16>()) {
        (Ok(whole), Ok(part)) => whole.saturating_mul(1000).saturating_add(part).min(1000),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_wins_then_the_header_then_greek() {
        for (uri, accept, wanted) in [
            ("/api/x", None, Lang::El),
            ("/api/x?lang=en", None, Lang::En),
            ("/api/x?a=1&lang=el", Some("en"), Lang::El),
            ("/api/x?lang=de", Some("en-GB,en;q=0.9"), Lang::En),
            ("/api/x", Some("de, en;q=0.3, el;q=0.7"), Lang::El),
            ("/api/x", Some("el;q=0, en;q=0.1"), Lang::En),
            ("/api/x", Some("nonsense;q=x"), Lang::El),
            ("/services", Some("en"), Lang::El),
            ("/en/services?lang=el", Some("el"), Lang::En),
            ("/enough", None, Lang::El),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            }
            assert_eq!(
                Lang::asked_for(&uri.parse().unwrap(), &headers),
                wanted,
                "{uri} {accept:?}"
            );
        }
    }
}
