//! Numbers as their text.

/// A JSON number; what it means is decided by who needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(pub(super) String);

impl Number {
    /// The number of an integer.
    #[must_use]
    pub fn from_u64(value: u64) -> Self {
        Self(value.to_string())
    }

    /// The number of a whole number of seconds, say.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        Self(value.to_string())
    }

    /// The text, as it stood in the JSON.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.0
    }

    /// Whether it is written as an integer without sign: digits only.
    #[must_use]
    pub fn is_unsigned_integer(&self) -> bool {
        self.0.bytes().all(|octet| octet.is_ascii_digit())
    }

    /// The value of what [`Self::is_unsigned_integer`], if it fits.
    #[must_use]
    pub fn to_u64(&self) -> Option<u64> {
        if self.is_unsigned_integer() { self.0.parse().ok() } else { None }
    }

    /// The nearest double; none when it is beyond the largest one.
    #[must_use]
    pub fn to_f64(&self) -> Option<f64> {
        self.0.parse().ok().filter(|value: &f64| value.is_finite())
    }
}
