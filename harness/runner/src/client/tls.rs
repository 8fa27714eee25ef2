//! A certificate for the loopback, and the authority that signed it, made for one start of a command.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What a TLS server on 127.0.0.1 and localhost needs, and what its clients have to trust.
#[derive(Debug)]
pub(super) struct Tls {
    pub(super) server: Arc<ServerConfig>,
    /// The authority's certificate as PEM.
    pub(super) authority: String,
}

impl Tls {
    /// # Errors
    /// Says what cannot be made.
    pub(super) fn make() -> Result<Self, String> {
        let wrong = |error: rcgen::Error| format!("making a certificate: {error}");
        let authority_key = KeyPair::generate().map_err(wrong)?;
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority.distinguished_name.push(DnType::CommonName, "Touchstone, for one run");
        let own = authority.self_signed(&authority_key).map_err(wrong)?;
        let issuer = Issuer::new(authority, authority_key);

        let key = KeyPair::generate().map_err(wrong)?;
        let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).map_err(wrong)?;
        leaf.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        leaf.distinguished_name.push(DnType::CommonName, "localhost");
        let leaf = leaf.signed_by(&key, &issuer).map_err(wrong)?;

        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![leaf.der().clone(), own.der().clone()], private)
            })
            .map_err(|error| format!("setting TLS up: {error}"))?;
        Ok(Self { server: Arc::new(server), authority: own.pem() })
    }
}
