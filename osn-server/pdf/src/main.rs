//! The command `osn-pdf`: a document as JSON on its input, the PDF on its output; what went wrong on its error output.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use osn_paper::Order;
use osn_pdf::{PdfError, set};

/// Most bytes that one document may have.
const MOST: u64 = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let mut input = Vec::new();
    let read = std::io::stdin().lock().take(MOST).read_to_end(&mut input);
    let done = match read {
        Ok(_) => answer(&input),
        Err(failure) => Err(failure.to_string()),
    };
    let written = done.and_then(|pdf| {
        let mut out = std::io::stdout().lock();
        out.write_all(&pdf)
            .and_then(|()| out.flush())
            .map_err(|failure| failure.to_string())
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Whoever started this has gone when even that cannot be said.
            let _ = writeln!(std::io::stderr(), "osn-pdf: {why}");
            ExitCode::FAILURE
        }
    }
}

fn answer(input: &[u8]) -> Result<Vec<u8>, String> {
    let order: Result<Order, PdfError> = serde_json::from_slice(input).map_err(PdfError::from);
    order.and_then(set).map_err(|failure| failure.to_string())
}
