//! Sections of a component: reading custom ones, leaving them out, adding them.

const HEADER: usize = 8;

/// Sections of the outermost component: id, whole section, content. Stops at the first that is cut short.
struct Sections<'a> {
    rest: &'a [u8],
    whole: bool,
}

impl<'a> Sections<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes.get(HEADER..).unwrap_or_default(),
            whole: bytes.len() >= HEADER,
        }
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = (u8, &'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (id, after) = self.rest.split_first()?;
        let Some((size, content)) =
            leb128(after).and_then(|(size, content)| Some((usize::try_from(size).ok()?, content)))
        else {
            self.whole = false;
            return None;
        };
        let Some((content, rest)) = content.split_at_checked(size) else {
            self.whole = false;
            return None;
        };
        let section = self.rest.get(..self.rest.len() - rest.len())?;
        self.rest = rest;
        Some((*id, section, content))
    }
}

/// An unsigned LEB128 number of at most 32 bits, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value: u64 = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((u32::try_from(value).ok()?, bytes.get(index + 1..)?));
        }
    }
    None
}

/// Custom sections: name and content.
pub(crate) fn custom(bytes: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    Sections::of(bytes)
        .filter(|(id, ..)| *id == 0)
        .filter_map(|(_, _, content)| {
            let (length, rest) = leb128(content)?;
            let (name, data) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            Some((std::str::from_utf8(name).ok()?, data))
        })
}

/// The same component without custom sections. `None` where a section is cut short.
pub(crate) fn without_custom(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = bytes.get(..HEADER)?.to_vec();
    let mut sections = Sections::of(bytes);
    for (id, section, _) in sections.by_ref() {
        if id != 0 {
            kept.extend_from_slice(section);
        }
    }
    sections.whole.then_some(kept)
}

/// Appends a custom section.
pub(crate) fn append(component: &mut Vec<u8>, name: &str, data: &[u8]) {
    use wasm_encoder::ComponentSection as _;
    wasm_encoder::CustomSection {
        name: name.into(),
        data: data.into(),
    }
    .append_to_component(component);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_added_read_and_left_out() {
        let bare = wasm_encoder::Component::new().finish();
        let mut full = bare.clone();
        append(&mut full, "osn:locale:el", "Ω".as_bytes());
        append(&mut full, "other", &[0xff; 300]);
        let read: Vec<_> = custom(&full)
            .map(|(name, data)| (name.to_owned(), data.len()))
            .collect();
        assert_eq!(read, [("osn:locale:el".to_owned(), 2), ("other".to_owned(), 300)]);
        assert_eq!(without_custom(&full), Some(bare));
        for cut in 9..full.len() {
            // Cut anywhere inside a section, nothing is taken for whole; cut between sections, the rest is.
            let whole = without_custom(&full[..cut]).is_some();
            assert_eq!(
                whole,
                wasmparser::Parser::new(0)
                    .parse_all(&full[..cut])
                    .all(|payload| payload.is_ok()),
                "{cut}"
            );
        }
    }
}
