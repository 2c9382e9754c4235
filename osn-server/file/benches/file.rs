//! A generated city of 100,000 services out of the three forms and back: rates, sizes and peak memory, as a table.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[expect(dead_code, reason = "another bench watches each step")]
mod city;

use std::fs::File;
use std::time::Instant;

use osn_file::{Format, Limits, Options, plan, read, write};
use uuid::Uuid;

use city::{city, peak};

/// Services, unless `OSN_FILE_SERVICES` says another number.
const SERVICES: u128 = 100_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let services = std::env::var("OSN_FILE_SERVICES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(SERVICES);
    let city = city(services);
    let records = city.records().count();
    println!(
        "{records} records, {services} services; the mapping alone: {} MiB",
        peak()
    );
    println!(
        "{:<6} {:>12} {:>14} {:>12} {:>14} {:>9} {:>11}",
        "form", "export ms", "peak MiB", "plan ms", "peak MiB", "file MiB", "untouched"
    );
    let folder = tempfile::tempdir()?;
    for format in [Format::Json, Format::Csv, Format::Xlsx] {
        let path = folder.path().join(format!("city.{}", format.ending()));
        let start = Instant::now();
        write(format, &city, None, File::create(&path)?, |_| ())?;
        let (exported, at_export) = (start.elapsed().as_millis(), peak());
        let start = Instant::now();
        let bytes = std::fs::read(&path)?;
        let options = Options {
            namespace: Uuid::nil(),
            lenient_references: false,
            complete: true,
            bounds: None,
        };
        let planned = plan(
            &read(&path.to_string_lossy(), &bytes, &Limits::default()),
            &city,
            options,
        );
        let read_back = start.elapsed().as_millis();
        if !planned.faults.is_empty() || !planned.plan.is_empty() {
            return Err(format!("{format:?}: not the same city: {:?}", planned.faults.first()).into());
        }
        println!(
            "{:<6} {exported:>12} {at_export:>14} {read_back:>12} {:>14} {:>9} {:>11}",
            format.ending(),
            peak(),
            bytes.len() >> 20,
            planned.plan.untouched
        );
    }
    Ok(())
}
