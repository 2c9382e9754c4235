//! The world that the typesetter sees: one template, one document, its files and the letters inside this crate. No disk, no
//! network, no clock.

use std::sync::LazyLock;

use osn_paper::Document;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use crate::PdfError;

static TEMPLATE: &str = include_str!("document.typ");

static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    typst_assets::fonts()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .collect()
});

/// One document on its way to paper.
pub(crate) struct Sheet {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    template: Source,
    /// The document and its attachments by their paths.
    files: Vec<(FileId, Bytes)>,
}

impl Sheet {
    pub(crate) fn new(document: Document) -> Result<Self, PdfError> {
        let mut files = vec![(at("document.json")?, Bytes::new(serde_json::to_vec(&document)?))];
        for file in document.files {
            files.push((at(&file.name)?, Bytes::from_string(file.text)));
        }
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&*FONTS)),
            template: Source::new(at("document.typ")?, TEMPLATE.to_owned()),
            files,
        })
    }
}

fn at(path: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(path).map_err(|wrong| PdfError::Set(wrong.to_string()))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            Ok(self.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(known, _)| *known == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
