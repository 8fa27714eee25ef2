//! Authorization servers as targets: asked over HTTP as their clients ask them.

pub mod access_token;
mod ask;
mod conduct;
mod credential;
mod describe;
mod exchange;
mod http;
mod opening;
mod rehearse;
mod secrets;
mod shape;
mod site;
mod start;
mod target;

pub use conduct::{ServerSpec, conduct};
pub use describe::describe;
pub use http::fetch;
pub use rehearse::rehearse;
pub use start::{Started, start};
pub use target::{Management, ServerTarget, local_management};
