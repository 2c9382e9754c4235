//! A generated city of 100,000 services out of the three forms and back, step by step as the server takes it: rates, sizes and
//! what each way adds to the memory, as a table.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod city;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use osn_core::directory::Directory;
use osn_file::{Format, Limits, Options, Part, Step, read_parts, steps, write};
use uuid::Uuid;

use city::{city, forget_peak, peak, resident};

/// Services, unless `OSN_FILE_SERVICES` says another number.
const SERVICES: u128 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let services = std::env::var("OSN_FILE_SERVICES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(SERVICES);
    let city = city(services);
    let records = city.records().count();
    println!(
        "{records} records, {services} services; the mapping alone: {} MiB",
        resident()
    );
    println!("Each figure of memory is the peak of the step beyond what was held before it.");
    println!(
        "{:<6} {:>9} {:>10} {:>12} {:>14} {:>12} {:>14} {:>12}",
        "form", "file MiB", "export ms", "memory MiB", "the same ms", "memory MiB", "all new ms", "memory MiB"
    );
    let folder = tempfile::tempdir()?;
    let nothing = Directory::default();
    for format in [Format::Json, Format::Csv, Format::Xlsx] {
        let path = folder.path().join(format!("city.{}", format.ending()));
        let (exported, at_export) = watched(|| Ok(write(format, &city, None, File::create(&path)?, |_| ())?))?;
        let (same, at_same) = watched(|| looked(&path, &city, 0))?;
        let (new, at_new) = watched(|| looked(&path, &nothing, records))?;
        println!(
            "{:<6} {:>9} {exported:>10} {at_export:>12} {same:>14} {at_same:>12} {new:>14} {at_new:>12}",
            format.ending(),
            std::fs::metadata(&path)?.len() >> 20,
        );
    }
    Ok(())
}

/// Milliseconds of a step, and the mebibytes that it held at most beyond what was held before it.
fn watched(step: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<(u128, u64), Box<dyn Error>> {
    forget_peak();
    let (start, held) = (Instant::now(), resident());
    step()?;
    Ok((start.elapsed().as_millis(), peak().saturating_sub(held)))
}

/// Looks at a file beside a mapping: each step is seen and gone.
fn looked(path: &Path, existing: &Directory, wanted: usize) -> Result<(), Box<dyn Error>> {
    let options = Options {
        namespace: Uuid::nil(),
        lenient_references: false,
        complete: true,
        bounds: None,
        today: None,
    };
    let part = Part::file(path.to_string_lossy(), File::open(path)?);
    let book = read_parts(&[part], &Limits::default());
    let (mut added, mut others) = (0_usize, 0_usize);
    let verdict = steps(&book, existing, &BTreeMap::new(), options, |step| match step {
        Step::Added(_) => added = added.saturating_add(1),
        Step::Changed(_) | Step::Removed(_) => others = others.saturating_add(1),
    });
    if verdict.faults.is_empty() && (added, others) == (wanted, 0) {
        return Ok(());
    }
    let faults = verdict.faults.into_list();
    Err(format!(
        "{}: {added} added, {others} others, {:?}",
        path.display(),
        faults.first()
    )
    .into())
}
