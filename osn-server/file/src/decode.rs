//! Text of a file, whatever program saved it, piece by piece: UTF-8 with or without its mark, UTF-16 with it, else Windows-1253.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, WINDOWS_1253};

/// Bytes that are read at a time.
const PIECE: usize = 1 << 16;

/// What a first look at all of the bytes found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Survey {
    encoding: &'static Encoding,
    /// A zero byte that no text has.
    pub(crate) is_binary: bool,
}

/// Reads all of it once: only then is it known whether it is UTF-8.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn survey(mut from: impl Read) -> io::Result<Survey> {
    let mut piece = vec![0; PIECE];
    let (mut kept, mut is_utf8, mut has_zero, mut marked, mut at_start) = (0, true, false, None, true);
    loop {
        let read = from.read(piece.get_mut(kept..).unwrap_or_default())?;
        let filled = kept.saturating_add(read);
        let bytes = piece.get(..filled).unwrap_or_default();
        if at_start && (filled >= 3 || read == 0) {
            at_start = false;
            marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        }
        has_zero |= bytes.contains(&0);
        if read == 0 {
            is_utf8 &= filled == 0 || std::str::from_utf8(bytes).is_ok();
            break;
        }
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => filled,
            // The last letter goes on in the next piece.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => {
                is_utf8 = false;
                filled
            }
        };
        // Until the mark is known the first bytes stay.
        let valid = if at_start { 0 } else { valid };
        piece.copy_within(valid..filled, 0);
        kept = filled.saturating_sub(valid);
    }
    let guessed = if is_utf8 { UTF_8 } else { WINDOWS_1253 };
    let encoding = marked.unwrap_or(guessed);
    Ok(Survey {
        encoding,
        is_binary: has_zero && encoding != encoding_rs::UTF_16LE && encoding != encoding_rs::UTF_16BE,
    })
}

/// The text as UTF-8, without the mark at its start.
pub(crate) struct Text<R> {
    from: R,
    decoder: Decoder,
    raw: Vec<u8>,
    utf8: Vec<u8>,
    /// What of the text was given already.
    given: usize,
    is_over: bool,
}

impl<R: Read> Text<R> {
    pub(crate) fn new(from: R, survey: Survey) -> Self {
        Self {
            from,
            decoder: survey.encoding.new_decoder_with_bom_removal(),
            raw: vec![0; PIECE],
            utf8: Vec::new(),
            given: 0,
            is_over: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.utf8.clear();
        self.given = 0;
        while self.utf8.is_empty() && !self.is_over {
            let read = self.from.read(&mut self.raw)?;
            self.is_over = read == 0;
            let bytes = self.raw.get(..read).unwrap_or_default();
            let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(PIECE);
            self.utf8.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.utf8, self.is_over);
            self.utf8.truncate(written);
        }
        Ok(())
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.utf8.len() {
            self.fill()?;
        }
        let left = self.utf8.get(self.given..).unwrap_or_default();
        let count = left.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), left.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, so that letters are cut.
    struct Drops<'b>(&'b [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(out.len()).min(1);
            let (now, later) = self.0.split_at(count);
            out[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn text(bytes: &[u8]) -> String {
        let survey = survey(Drops(bytes)).unwrap();
        std::io::read_to_string(Text::new(Drops(bytes), survey)).unwrap()
    }

    #[test]
    fn the_same_letters_come_out_of_every_encoding() {
        let wanted = "Δήμος; 1\nσίτιση";
        let wide: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        let (greek, _, _) = WINDOWS_1253.encode(wanted);
        for bytes in [
            wanted.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", wanted.as_bytes()),
            marked(b"\xff\xfe", &wide),
            greek.into_owned(),
        ] {
            assert_eq!(text(&bytes), wanted);
        }
        assert_eq!(text(b""), "");
        assert_eq!(text("α".as_bytes()), "α", "one letter");
        // A letter that is cut off at the end is no UTF-8.
        assert!(!text(&"α".as_bytes()[..1]).contains('α'));
        assert!(survey(Drops(b"a\0b")).unwrap().is_binary);
    }
}
