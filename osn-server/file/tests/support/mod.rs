//! What the tests share.

use osn_core::directory::Directory;
use osn_file::Options;
use uuid::Uuid;

pub(crate) fn options() -> Options {
    Options {
        namespace: Uuid::from_u128(1),
        lenient_references: false,
        complete: false,
        bounds: None,
        today: None,
    }
}

pub(crate) fn empty() -> Directory {
    Directory::new(osn_core::time::Instant::default(), [])
}
