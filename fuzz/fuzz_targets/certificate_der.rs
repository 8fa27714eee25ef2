//! A certificate that is read has the thumbprint of its octets.
#![no_main]

fuzz::target!("certificate_der");
