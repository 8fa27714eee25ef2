//! What every fuzz target is made of: an invariant that is looked at, and mutations that suit its inputs.

use std::sync::LazyLock;

/// A fuzz target: the name of an invariant, and nothing else.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(
            init: $crate::prepare(),
            |data: &[u8]| $crate::look($name, data)
        );
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
            $crate::mutate($name, data, size, most, seed)
        });
    };
}

/// Looks at an input. With `TOUCHSTONE_TELL` set, what became of it goes to standard error, one line each: so
/// that two builds can be compared.
pub fn look(name: &str, data: &[u8]) {
    static TELLS: LazyLock<bool> = LazyLock::new(|| std::env::var_os("TOUCHSTONE_TELL").is_some());
    let became = invariants::check(name, data);
    if *TELLS {
        eprintln!("became {}", became.name());
    }
}

/// libFuzzer's hook ends the process at every panic: one of a peer is an answer, and is told as such.
pub fn prepare() {
    let ends = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !invariants::is_peer_asked() {
            ends(panic);
        }
    }));
}

/// Changes the first `size` octets of `data` into at most `most`; gives the new size. With
/// `TOUCHSTONE_BLIND` set, libFuzzer's own mutations are used alone.
pub fn mutate(name: &str, data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    let shape = invariants::named(name).map_or(mutator::Shape::Octets, |row| row.shape);
    static IS_BLIND: LazyLock<bool> =
        LazyLock::new(|| std::env::var_os("TOUCHSTONE_BLIND").is_some());
    if *IS_BLIND {
        return libfuzzer_sys::fuzzer_mutate(data, size, most);
    }
    let mut blindly = |octets: &mut Vec<u8>, most: usize| {
        let (size, most) = (octets.len(), most.max(octets.len()).max(1));
        octets.resize(most, 0);
        let size = libfuzzer_sys::fuzzer_mutate(octets, size, most);
        octets.truncate(size);
    };
    let input = data.get(..size).unwrap_or_default();
    let changed = mutator::mutate(shape, input, most.min(data.len()), seed, &mut blindly);
    if let Some(place) = data.get_mut(..changed.len()) {
        place.copy_from_slice(&changed);
    }
    changed.len()
}
