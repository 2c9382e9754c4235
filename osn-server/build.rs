//! Makes sure that the folder of built styles exists, so that a fresh clone compiles before `cargo xtask ui` ran.

fn main() {
    let dist = std::path::Path::new("ui/dist");
    let made = std::fs::create_dir_all(dist);
    println!("cargo::rerun-if-changed=ui/dist");
    if let Err(error) = made {
        println!("cargo::error=the folder osn-server/ui/dist cannot be made: {error}");
    } else if !dist.join("app.css").exists() {
        println!("cargo::warning=the styles are not built: run `cargo xtask ui` (pages come without them until then)");
    }
}
