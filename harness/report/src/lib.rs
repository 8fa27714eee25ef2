#![doc = include_str!("../README.md")]

pub mod baseline;
pub mod format;
pub mod printable;
pub mod record;
pub mod run;
pub mod verdict;

pub use baseline::{Baseline, Standing};
pub use printable::printable;
pub use record::Record;
pub use run::{Run, TargetSummary};
pub use verdict::Verdict;
