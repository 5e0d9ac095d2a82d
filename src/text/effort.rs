//! Work counted in steps, so that a test can say how it grows without asking a clock. Outside of tests nothing is
//! counted, and counting costs nothing.

#[cfg(test)]
thread_local! {
    static SPENT: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Says that about so many bytes, nodes or comparisons were worked through.
#[inline(always)]
#[cfg_attr(not(test), allow(unused_variables, reason = "counted in tests only"))]
pub(crate) fn spend(steps: usize) {
    #[cfg(test)]
    SPENT.with(|spent| spent.set(spent.get() + steps as u64));
}

/// The steps that some work takes on this thread.
#[cfg(test)]
pub(crate) fn of(work: impl FnOnce()) -> u64 {
    let before = SPENT.with(std::cell::Cell::get);
    work();
    SPENT.with(std::cell::Cell::get) - before
}
