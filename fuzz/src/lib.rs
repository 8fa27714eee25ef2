//! What every fuzz target is made of: an invariant that is looked at, and mutations that suit its inputs.

use std::cell::RefCell;
use std::sync::LazyLock;

use invariants::Became;
pub use invariants::Invariant;
use mutator::Shape;

/// A fuzz target: the name of an invariant, and nothing else.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        const INVARIANT: $crate::Invariant = $crate::named($name);
        libfuzzer_sys::fuzz_target!(
            init: $crate::prepare(),
            |data: &[u8]| $crate::look(&INVARIANT, data)
        );
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
            $crate::mutate(INVARIANT.shape, data, size, most, seed)
        });
    };
}

/// The invariant of a target.
///
/// # Panics
/// At compile time, for a name that there is not.
#[must_use]
pub const fn named(name: &str) -> Invariant {
    match invariants::named(name) {
        Some(invariant) => invariant,
        None => panic!("there is no invariant of this name"),
    }
}

/// Looks at an input. With `TOUCHSTONE_TELL` set, what became of it goes to standard error, one line each: so
/// that two builds can be compared.
pub fn look(invariant: &Invariant, data: &[u8]) {
    static TELLS: LazyLock<bool> = LazyLock::new(|| std::env::var_os("TOUCHSTONE_TELL").is_some());
    let became = (invariant.check)(data);
    if became == Became::Accepted {
        ACCEPTED.with_borrow_mut(|accepted| accepted.keep(data));
    }
    if *TELLS {
        eprintln!("became {}", became.name());
    }
}

/// Inputs that were accepted: the first ones, which are the seeds, and the last ones.
#[derive(Default)]
struct Accepted {
    inputs: Vec<Vec<u8>>,
    count: usize,
}

impl Accepted {
    fn keep(&mut self, input: &[u8]) {
        match self.inputs.get_mut(FIRST + self.count % LAST) {
            Some(place) => *place = input.to_vec(),
            None => self.inputs.push(input.to_vec()),
        }
        self.count += 1;
    }

    /// One of them, for a number that is as good as random.
    fn one(&self, number: u32) -> Option<Vec<u8>> {
        let at = usize::try_from(number).ok()?.checked_rem(self.inputs.len())?;
        self.inputs.get(at).cloned()
    }
}

/// How many of the first accepted inputs are kept.
const FIRST: usize = 16;

/// How many of the last.
const LAST: usize = 16;

thread_local! {
    static ACCEPTED: RefCell<Accepted> = RefCell::default();
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
/// `TOUCHSTONE_BLIND` set, libFuzzer's own mutations are used alone. Half of the time an input that was accepted is
/// changed in place of the one that libFuzzer chose: most of what it keeps is refused, each in another way, and a
/// change of what is refused says little.
pub fn mutate(shape: Shape, data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
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
    let most = most.min(data.len());
    let accepted =
        seed.is_multiple_of(2).then(|| ACCEPTED.with_borrow(|accepted| accepted.one(seed / 2)));
    let accepted = accepted.flatten().filter(|input| input.len() <= most);
    let input = accepted.as_deref().or(data.get(..size)).unwrap_or_default();
    let changed = mutator::mutate(shape, input, most, seed, &mut blindly);
    if let Some(place) = data.get_mut(..changed.len()) {
        place.copy_from_slice(&changed);
    }
    changed.len()
}
