//! Every limit on a program, as data. Operators may change them; a decision record keeps the fuel limit that it ran under.
//!
//! Measured on a plain program: at most 3,500 units of fuel and 0.3 microseconds a claim, 0.8 MiB for 1,000 claims.

use std::time::Duration;

/// Limits of one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest package, in bytes. Plain programs take 40 to 170 KB.
    pub package_bytes: usize,
    /// Most rows in one batch. Larger work is split between applications, never inside one.
    pub batch_rows: usize,
    /// Fuel of one batch, whatever its size, so that a verdict does not depend on the company that it travels in.
    pub batch_fuel: u64,
    /// Most rows in one plan; a plan sees all awards of a call at once.
    pub plan_rows: usize,
    /// Fuel of one plan.
    pub plan_fuel: u64,
    /// Fuel of a description or an estimate.
    pub describe_fuel: u64,
    /// Wall clock of one batch, plan or description: the backstop behind fuel, in ticks of [`Limits::tick`].
    pub deadline_ticks: u64,
    /// Length of a tick.
    pub tick: Duration,
    /// Linear memory of one instance, in bytes.
    pub memory_bytes: usize,
    /// Elements of one table.
    pub table_elements: usize,
    /// Stack of the WebAssembly code, in bytes. Threads that call programs need four times as much.
    pub stack_bytes: usize,
    /// Bytes of an answer that are always copied out.
    pub answer_bytes: usize,
    /// Bytes of an answer that are copied out besides, for each row.
    pub answer_bytes_per_row: usize,
    /// Bytes of a description.
    pub description_bytes: usize,
    /// Places for instances that run at the same time.
    pub instances: u32,
    /// Memory that a place keeps between two instances, in bytes.
    pub keep_resident: usize,
    /// Processor time of the compiler's child process.
    pub compile_cpu_seconds: u64,
    /// Address space of the compiler's child process, in bytes.
    pub compile_address_space: u64,
    /// Wall clock of the compiler's child process.
    pub compile_wall: Duration,
    /// Largest compiled program, in bytes.
    pub compiled_bytes: u64,
    /// Runs that the search for the application behind a fault may take.
    pub search_runs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            package_bytes: 1 << 20,
            batch_rows: 1_000,
            batch_fuel: 102_000_000,
            plan_rows: 20_000,
            plan_fuel: 2_000_000_000,
            describe_fuel: 50_000_000,
            deadline_ticks: 100,
            tick: Duration::from_millis(10),
            memory_bytes: 32 << 20,
            table_elements: 10_000,
            stack_bytes: 512 << 10,
            answer_bytes: 1 << 20,
            answer_bytes_per_row: 4 << 10,
            description_bytes: 256 << 10,
            instances: 64,
            keep_resident: 2 << 20,
            compile_cpu_seconds: 20,
            compile_address_space: 2 << 30,
            compile_wall: Duration::from_mins(1),
            compiled_bytes: 64 << 20,
            search_runs: 64,
        }
    }
}

impl Limits {
    /// Bytes of an answer for this many rows.
    pub const fn answer_limit(&self, rows: usize) -> usize {
        self.answer_bytes + self.answer_bytes_per_row * rows
    }

    /// The wall clock of one run, in milliseconds.
    pub fn deadline_ms(&self) -> u64 {
        u64::try_from(self.tick.as_millis())
            .unwrap_or(u64::MAX)
            .saturating_mul(self.deadline_ticks)
    }
}
