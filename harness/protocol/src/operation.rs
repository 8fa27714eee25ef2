//! The operations of the protocol and what an `accept` of each must carry.

/// One row of the protocol's table of operations.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The name on the wire, such as `jwe.decrypt`.
    pub name: &'static str,
    /// Members that the `accept` object must have, all of them strings unless listed in `arrays`.
    pub texts: &'static [&'static str],
    /// Members of the `accept` object that must be arrays.
    pub arrays: &'static [&'static str],
}

impl Operation {
    /// The row with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|row| row.name == name)
    }
}

/// Every operation but `hello`, in the order of the protocol's table.
pub static OPERATIONS: &[Operation] = &[
    Operation { name: "jwe.decrypt", texts: &["plaintext", "header"], arrays: &[] },
    Operation { name: "jwe.encrypt", texts: &["token"], arrays: &[] },
    Operation { name: "jws.verify", texts: &["payload", "header"], arrays: &[] },
    Operation { name: "jws.sign", texts: &["token"], arrays: &[] },
    Operation { name: "nested.open", texts: &["claims"], arrays: &[] },
    Operation { name: "nested.seal", texts: &["token"], arrays: &[] },
    Operation { name: "jwk.thumbprint", texts: &["thumbprint"], arrays: &[] },
    Operation { name: "certificate.thumbprint", texts: &["thumbprint"], arrays: &[] },
    Operation { name: "credential.register", texts: &["kid", "alg"], arrays: &[] },
    Operation { name: "assertion.validate", texts: &[], arrays: &["results"] },
    Operation { name: "assertion.build", texts: &[], arrays: &["assertions"] },
];
