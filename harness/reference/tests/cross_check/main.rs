//! The reference against josekit (OpenSSL) and jsonwebtoken (aws-lc-rs): what one makes the other
//! reads, for every algorithm that both have. Neither is the measure of the other: a difference is
//! decided by the RFC and written into `reference::manual` or beside the test.

// `cfg(test)` says to clippy that helpers may panic; the crate is compiled for tests alone.
#[cfg(test)]
mod access_token;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod encryption;
#[cfg(test)]
mod nested;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod thumbprint;
