//! A certificate of our own making, for clients that insist on https.
//!
//! A certificate authority that exists for a moment signs one certificate and forgets its key, so
//! that trusting it means trusting this one server.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

use crate::files::write_private;

/// Why there is no TLS.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The certificate could not be made.
    #[error("the certificate cannot be made: {0}")]
    Generation(#[from] rcgen::Error),
    /// The stored certificate or key is none.
    #[error("{0} is unusable; remove the folder `tls` beside it, and it is made again")]
    Stored(PathBuf),
}

/// What a server with TLS needs, and what its clients need.
pub struct Tls {
    /// For [`super::serve`].
    pub acceptor: TlsAcceptor,
    /// The file that clients have to trust.
    pub ca_file: PathBuf,
}

impl Tls {
    /// The certificate in the folder, made when there is none for these hosts.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn load(folder: &Path, hosts: &[String]) -> Result<Self, TlsError> {
        let names = names(hosts);
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let ca_file = folder.join("ca.pem");
        let list = folder.join("names.txt");
        // The list is written last, so what it names is complete.
        if fs::read_to_string(&list).ok().as_deref() != Some(names.join("\n").as_str()) {
            let made = Made::new(&names)?;
            let failed = |path: &Path| {
                let path = path.to_owned();
                move |source| TlsError::File { path, source }
            };
            fs::create_dir_all(folder).map_err(failed(folder))?;
            write_private(&key, &made.key).map_err(failed(&key))?;
            fs::write(&certificate, made.certificate).map_err(failed(&certificate))?;
            fs::write(&ca_file, made.ca).map_err(failed(&ca_file))?;
            fs::write(&list, names.join("\n")).map_err(failed(&list))?;
        }
        let acceptor = acceptor(&certificate, &key)?;
        Ok(Self { acceptor, ca_file })
    }
}

/// The provider is named: another crate of a workspace may bring a second one, and then rustls
/// refuses to guess.
fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let unusable = |path: &Path| TlsError::Stored(path.to_owned());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|_| unusable(certificate))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|_| unusable(key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|_| unusable(certificate))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Who the certificate is for: this machine under its usual names, and these hosts.
fn names(hosts: &[String]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    for host in hosts {
        if !names.contains(host) {
            names.push(host.clone());
        }
    }
    names
}

/// Three PEM texts.
struct Made {
    ca: String,
    certificate: String,
    key: String,
}

impl Made {
    fn new(names: &[String]) -> Result<Self, TlsError> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        authority.distinguished_name.push(DnType::CommonName, "touchstone-serve, local");
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let mut server = CertificateParams::new(names)?;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        server.distinguished_name.push(DnType::CommonName, "touchstone-serve");
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &issuer)?;
        Ok(Self { ca: issuer.pem(), certificate: certificate.pem(), key: key.serialize_pem() })
    }
}
