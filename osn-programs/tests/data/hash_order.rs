//! A guest whose answer is the order of a hash map: what a program in Rust does who is not careful. `tests/hash_order.rs` builds it.

use std::collections::HashMap;

const ABOUT: &str = env!("GUEST_ABOUT");
/// Where an empty list points: anywhere that is aligned.
const NOWHERE: usize = 8;

fn kept<const N: usize>(words: [usize; N]) -> usize {
    Box::leak(Box::new(words)).as_ptr() as usize
}

#[unsafe(export_name = "cabi_realloc")]
extern "C" fn realloc(_: usize, _: usize, _: usize, size: usize) -> usize {
    Vec::leak(vec![0_u64; size / 8 + 1]).as_ptr() as usize
}

#[unsafe(export_name = "osn:program/description@0.1.0#describe")]
extern "C" fn describe(_: usize, _: usize, _: usize) -> usize {
    kept([0, ABOUT.as_ptr() as usize, ABOUT.len()])
}

#[unsafe(export_name = "osn:program/description@0.1.0#check-parameters")]
extern "C" fn check(_: usize, _: usize) -> usize {
    kept([NOWHERE, 0])
}

/// One eligible row; the value seen is made of the order in which a map gives its keys.
#[unsafe(export_name = "osn:program/assessor@0.1.0#assess")]
extern "C" fn assess(_: usize) -> usize {
    let map: HashMap<i64, ()> = (1..=12).map(|key| (key, ())).collect();
    let seen = map.into_keys().fold(0, |seen, key| seen * 13 + key);
    let number = |number: i64| Box::leak(Box::new(number)) as *const i64 as usize;
    let zero = number(0);
    kept([0, zero, 1, zero, 1, zero, 1, number(seen), 1, zero, 1, zero, 1])
}

#[unsafe(export_name = "osn:program/planner@0.1.0#plan")]
extern "C" fn plan(_: usize) -> usize {
    kept([0, NOWHERE, 0, NOWHERE, 0, NOWHERE, 0])
}

#[unsafe(export_name = "osn:program/planner@0.1.0#estimate")]
extern "C" fn estimate(_: usize, _: usize, _: usize, _: usize, _: usize, _: usize) -> usize {
    kept([0, NOWHERE, 0])
}
