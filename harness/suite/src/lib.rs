#![doc = include_str!("../README.md")]

pub mod advisory;
pub mod answer;
pub mod case;
pub mod cell;
pub mod error;
pub mod expectation;
pub mod keys;
pub mod kind;
pub mod load;
pub mod mutation;
pub mod node;
pub mod oauth;
pub mod octets;
pub mod produce;
pub mod profile;
pub mod published;
pub mod recipe;
pub mod requirement;
pub mod sets;

pub use advisory::Advisory;
pub use answer::AnswerShape;
pub use case::{Case, CaseId, Policy};
pub use cell::Cell;
pub use error::LoadError;
pub use expectation::{Expectation, Level};
pub use keys::Keys;
pub use kind::{Budget, Kind};
pub use load::Suites;
pub use mutation::{Action, Layer, Mutation, Part};
pub use octets::Octets;
pub use profile::Profile;
pub use recipe::Recipe;
pub use requirement::Requirement;
