//! Contract 0.2: a verdict may say why.

mod generated {
    //! Generated from `wit/0.2`.
    wasmtime::component::bindgen!({
        path: "wit/0.2",
        world: "program",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}

super::speak::adapter!((|verdicts: &mut wit_assess::Verdicts| std::mem::take(&mut verdicts.why)));
