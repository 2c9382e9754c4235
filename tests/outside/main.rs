//! Prints the story; the WebAssembly module tells the same one.
fn main() {
    print!("{}", another_municipality::text());
}
