//! Rows of cells as a file says them, held outside the memory: what is held at once does not grow with the file.
//!
//! Rows are packed into blocks. A small file stays in memory; of a larger one all but a few blocks lie in a temporary file
//! that has no name and goes with the process.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of a block, about: a row is never cut.
const BLOCK: usize = 16 << 10;
/// Bytes that are held in memory before a temporary file is made.
const HELD: usize = 1 << 20;
/// Blocks that were read last and are held.
const READ: usize = 32;
/// The length of a cell of which the row does not speak.
const ABSENT: u32 = u32::MAX;

/// One row: its number in the file, and its cells.
#[derive(Debug, Default)]
pub(crate) struct Line {
    block: Arc<[u8]>,
    /// Start and end of each cell in the block; `None` where the row does not speak of it.
    cells: Vec<Option<(usize, usize)>>,
    number: u32,
}

impl Line {
    /// A cell; `None` where the row does not speak of it.
    pub(crate) fn cell(&self, at: usize) -> Option<&str> {
        let (start, end) = (*self.cells.get(at)?)?;
        std::str::from_utf8(self.block.get(start..end)?).ok()
    }

    /// The number of the row in the file.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The row that starts at a place of a block, and where the next one starts.
    fn read(block: &Arc<[u8]>, start: usize) -> Option<(Self, usize)> {
        let mut at = start.checked_add(4)?;
        let number = number_at(block, &mut at)?;
        let count = usize::try_from(number_at(block, &mut at)?).ok()?;
        let mut cells = Vec::with_capacity(count.min(BLOCK));
        for _ in 0..count {
            let length = number_at(block, &mut at)?;
            if length == ABSENT {
                cells.push(None);
                continue;
            }
            let end = at.checked_add(usize::try_from(length).ok()?)?;
            cells.push(Some((at, end)));
            at = end;
        }
        let line = Self {
            block: Arc::clone(block),
            cells,
            number,
        };
        Some((line, at))
    }
}

fn number_at(block: &[u8], at: &mut usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    let bytes: [u8; 4] = block.get(*at..end)?.try_into().ok()?;
    *at = end;
    Some(u32::from_le_bytes(bytes))
}

/// Where a block lies, and its first row.
#[derive(Clone, Copy, Debug)]
struct Block {
    first: usize,
    offset: u64,
    length: usize,
}

/// Rows, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    blocks: Vec<Block>,
    /// The block that is being filled, and its first row.
    open: Vec<u8>,
    first: usize,
    rows: usize,
    written: u64,
    back: Mutex<Back>,
}

/// What lies behind, and what of it was read last.
#[derive(Debug, Default)]
struct Back {
    memory: Vec<u8>,
    file: Option<File>,
    read: VecDeque<(usize, Arc<[u8]>)>,
    last: Option<(usize, Arc<Line>)>,
    failed: Option<String>,
}

impl Lines {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the temporary file cannot be written, or a cell has four gigabytes.
    pub(crate) fn push<'c>(&mut self, number: u32, cells: impl Iterator<Item = Option<&'c str>>) -> io::Result<()> {
        let start = self.open.len();
        self.open.extend([0; 4]);
        self.open.extend(number.to_le_bytes());
        let counted = self.open.len();
        self.open.extend([0; 4]);
        let mut count = 0_u32;
        for cell in cells {
            count = count.saturating_add(1);
            match cell {
                None => self.open.extend(ABSENT.to_le_bytes()),
                Some(said) => {
                    let length = u32::try_from(said.len()).map_err(io::Error::other)?;
                    self.open.extend(length.to_le_bytes());
                    self.open.extend(said.as_bytes());
                }
            }
        }
        let length = u32::try_from(self.open.len().saturating_sub(start)).map_err(io::Error::other)?;
        for (place, value) in [(start, length), (counted, count)] {
            if let Some(bytes) = self.open.get_mut(place..place.saturating_add(4)) {
                bytes.copy_from_slice(&value.to_le_bytes());
            }
        }
        self.rows = self.rows.saturating_add(1);
        if self.open.len() >= BLOCK {
            self.close()?;
        }
        Ok(())
    }

    /// Puts the open block to the others.
    fn close(&mut self) -> io::Result<()> {
        let back = self.back.get_mut().unwrap_or_else(PoisonError::into_inner);
        back.last = None;
        back.write(&self.open)?;
        self.blocks.push(Block {
            first: self.first,
            offset: self.written,
            length: self.open.len(),
        });
        self.written = self
            .written
            .saturating_add(u64::try_from(self.open.len()).unwrap_or(u64::MAX));
        self.open.clear();
        self.first = self.rows;
        Ok(())
    }

    /// A row; one that says nothing where there is none, or where it could not be read ([`Lines::failed`]).
    pub(crate) fn line(&self, row: usize) -> Arc<Line> {
        let mut back = self.back();
        if let Some((known, line)) = &back.last
            && *known == row
        {
            return Arc::clone(line);
        }
        let line = match self.found(&mut back, row) {
            Ok(line) => Arc::new(line.unwrap_or_default()),
            Err(error) => {
                back.failed.get_or_insert_with(|| error.to_string());
                Arc::default()
            }
        };
        back.last = Some((row, Arc::clone(&line)));
        line
    }

    /// Why a row could not be read back, if one could not.
    pub(crate) fn failed(&self) -> Option<String> {
        self.back().failed.clone()
    }

    fn back(&self) -> MutexGuard<'_, Back> {
        self.back.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self, back: &mut Back, row: usize) -> io::Result<Option<Line>> {
        if row >= self.rows {
            return Ok(None);
        }
        let (block, first) = if row >= self.first {
            (Arc::from(self.open.as_slice()), self.first)
        } else {
            let at = self
                .blocks
                .partition_point(|block| block.first <= row)
                .saturating_sub(1);
            let Some(block) = self.blocks.get(at) else {
                return Ok(None);
            };
            (back.block(at, block)?, block.first)
        };
        let mut start = 0;
        for _ in first..row {
            let length = number_at(&block, &mut { start }).and_then(|length| usize::try_from(length).ok());
            start = start.saturating_add(length.unwrap_or(usize::MAX));
        }
        Ok(Line::read(&block, start).map(|(line, _)| line))
    }
}

impl Back {
    fn write(&mut self, block: &[u8]) -> io::Result<()> {
        if self.file.is_none() && self.memory.len().saturating_add(block.len()) > HELD {
            let mut file = tempfile::tempfile()?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            // Reading moves the place.
            Some(file) => {
                file.seek(SeekFrom::End(0))?;
                file.write_all(block)
            }
            None => {
                self.memory.extend(block);
                Ok(())
            }
        }
    }

    fn block(&mut self, at: usize, block: &Block) -> io::Result<Arc<[u8]>> {
        if let Some(known) = self.read.iter().position(|(known, _)| *known == at)
            && let Some(found) = self.read.remove(known)
        {
            let bytes = Arc::clone(&found.1);
            self.read.push_front(found);
            return Ok(bytes);
        }
        let bytes: Arc<[u8]> = match &mut self.file {
            Some(file) => {
                let mut bytes = vec![0; block.length];
                file.seek(SeekFrom::Start(block.offset))?;
                file.read_exact(&mut bytes)?;
                bytes.into()
            }
            None => {
                let start = usize::try_from(block.offset).map_err(io::Error::other)?;
                let held = self.memory.get(start..start.saturating_add(block.length));
                held.unwrap_or_default().into()
            }
        };
        self.read.push_front((at, Arc::clone(&bytes)));
        self.read.truncate(READ);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_whatever_their_size_and_in_any_order() {
        let mut lines = Lines::default();
        // More than stays in memory, a row that is larger than a block among them.
        let text = |row: usize| match row {
            700 => "μ".repeat(BLOCK),
            _ => format!("γραμμή {row} {}", "α".repeat(row % 900)),
        };
        for row in 0..3_000 {
            let number = u32::try_from(row + 2).unwrap();
            lines
                .push(number, [Some(text(row).as_str()), None, Some("")].into_iter())
                .unwrap();
        }
        assert!(lines.back().file.is_some(), "it lies in a file");
        for row in (0..3_000).rev().chain(0..3_000).chain([700, 0, 2_999, 1_500]) {
            let line = lines.line(row);
            assert_eq!(line.cell(0), Some(text(row).as_str()), "{row}");
            assert_eq!((line.cell(1), line.cell(2), line.cell(3)), (None, Some(""), None));
            assert_eq!(usize::try_from(line.number()).unwrap(), row + 2);
        }
        assert_eq!(lines.line(3_000).cell(0), None);
        assert_eq!(lines.failed(), None);
    }

    #[test]
    fn a_row_may_be_added_after_others_were_read() {
        let mut lines = Lines::default();
        for row in 0..20_000_u32 {
            lines
                .push(
                    row,
                    [Some("ένα κελί από εκατό χαρακτήρες περίπου, για να γεμίσει το μπλοκ")].into_iter(),
                )
                .unwrap();
            if row % 97 == 0 {
                assert_eq!(lines.line(usize::try_from(row / 2).unwrap()).number(), row / 2);
                assert_eq!(
                    lines.line(usize::try_from(row).unwrap()).number(),
                    row,
                    "the newest one"
                );
            }
        }
    }
}
