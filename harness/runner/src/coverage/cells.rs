//! Algorithms, keys and serializations → how many questions.

use std::collections::BTreeMap;
use std::fmt::Write;

use forge::Want;
use serde_json::Value;
use suite::sets;

use crate::plan::{Plan, Planned, Question};

/// How many questions touch a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Count {
    /// A valid token that is to be read.
    pub positive: usize,
    /// A damaged one.
    pub negative: usize,
    /// One that the target makes.
    pub made: usize,
}

impl Count {
    /// Whether it is read, damaged and made at least once.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.positive > 0 && self.negative > 0 && self.made > 0
    }
}

/// The questions of a plan by what they touch.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Cells {
    /// (`alg`, `enc`) of JWE.
    pub encryption: BTreeMap<(&'static str, &'static str), Count>,
    /// `alg` of JWS.
    pub signature: BTreeMap<&'static str, Count>,
    /// Keys by size or curve, of JWE.
    pub encryption_key: BTreeMap<&'static str, Count>,
    /// Keys by size or curve, of JWS.
    pub signature_key: BTreeMap<&'static str, Count>,
    /// Serializations of JWE.
    pub encryption_form: BTreeMap<&'static str, Count>,
    /// Serializations of JWS.
    pub signature_form: BTreeMap<&'static str, Count>,
}

/// Counts the questions of a plan.
#[must_use]
pub fn cells(plan: &Plan) -> Cells {
    let mut cells = Cells::empty();
    for question in &plan.questions {
        if let Some(planned) = plan.requests.get(question.request) {
            cells.add(question, planned);
        }
    }
    cells
}

impl Cells {
    /// Everything that is to be touched, untouched.
    fn empty() -> Self {
        let none =
            |names: &[&'static str]| names.iter().map(|name| (*name, Count::default())).collect();
        let pairs = key_management().flat_map(|alg| all("enc").iter().map(move |enc| (alg, *enc)));
        Self {
            encryption: pairs.map(|pair| (pair, Count::default())).collect(),
            signature: none(all("sig")),
            encryption_key: none(&[
                RSA_2048, RSA_3072, RSA_4096, "P-256", "P-384", "P-521", "X25519",
            ]),
            signature_key: none(&[
                RSA_2048, RSA_3072, RSA_4096, "P-256", "P-384", "P-521", "Ed25519",
            ]),
            encryption_form: none(&FORMS),
            signature_form: none(&FORMS),
        }
    }

    fn add(&mut self, question: &Question, planned: &Planned) {
        let ability = |wanted: &str| {
            let mut all = question.abilities.iter();
            all.find(|(what, _)| *what == wanted).map_or("", |(_, value)| value.as_str())
        };
        let is_damaged = question
            .instance()
            .is_some_and(|instance| instance.mutation.is_some() || !instance.related.is_empty());
        let tally = |count: &mut Count| match planned.want {
            Want::Produced(_) => count.made += 1,
            _ if is_damaged => count.negative += 1,
            _ => count.positive += 1,
        };
        let form = match ability("serializations") {
            "" => "compact",
            named => named,
        };
        let key = key_of(planned);
        let (alg, enc, sig) = (ability("alg"), ability("enc"), ability("sig"));
        let is_jwe = planned.operation.name.starts_with("jwe.");
        let (keys, forms) = if is_jwe {
            (&mut self.encryption_key, &mut self.encryption_form)
        } else {
            (&mut self.signature_key, &mut self.signature_form)
        };
        if is_jwe || planned.operation.name.starts_with("jws.") {
            for (table, name) in [(keys, key), (forms, form)] {
                table
                    .iter_mut()
                    .filter(|(have, _)| **have == name)
                    .for_each(|(_, count)| tally(count));
            }
        }
        let pair = self.encryption.iter_mut().filter(|((a, e), _)| *a == alg && *e == enc);
        pair.for_each(|(_, count)| tally(count));
        let row = self.signature.iter_mut().filter(|(have, _)| **have == sig);
        row.for_each(|(_, count)| tally(count));
    }

    /// What is not read, damaged or made.
    #[must_use]
    pub fn holes(&self) -> Vec<String> {
        let pairs =
            self.encryption.iter().map(|((alg, enc), count)| (format!("{alg} {enc}"), *count));
        let rows = self.tables().into_iter().flat_map(|(what, table)| {
            table.iter().map(move |(name, count)| (format!("{what} {name}"), *count))
        });
        pairs.chain(rows).filter(|(_, count)| !count.is_whole()).map(|(name, _)| name).collect()
    }

    fn tables(&self) -> [(&'static str, &BTreeMap<&'static str, Count>); 5] {
        [
            ("JWS alg", &self.signature),
            ("JWE key", &self.encryption_key),
            ("JWS key", &self.signature_key),
            ("JWE serialization", &self.encryption_form),
            ("JWS serialization", &self.signature_form),
        ]
    }

    /// The tables, each count as positive, negative and made.
    #[must_use]
    pub fn to_text(&self) -> String {
        let words = |count: &Count| format!("{}/{}/{}", count.positive, count.negative, count.made);
        let mut out = format!("{:<22}", "read/damaged/made");
        for enc in all("enc") {
            // Writing to a String does not fail.
            let _ = write!(out, " {:>15}", enc);
        }
        for alg in key_management() {
            let _ = write!(out, "\n{:<22}", alg);
            for enc in all("enc") {
                let count = self.encryption.get(&(alg, *enc)).copied().unwrap_or_default();
                let _ = write!(out, " {:>15}", words(&count));
            }
        }
        out.push('\n');
        for (what, table) in self.tables() {
            let _ = write!(out, "\n{what}\n");
            for (name, count) in table {
                let _ = writeln!(out, "    {name:<18} {:>15}", words(count));
            }
        }
        let whole = self.encryption.values().filter(|count| count.is_whole()).count();
        let holes = self.holes();
        let _ = writeln!(
            out,
            "\n{whole} of {} pairs are read, damaged and made; {} holes",
            self.encryption.len(),
            holes.len()
        );
        for hole in holes {
            let _ = writeln!(out, "hole: {hole}");
        }
        out
    }
}

/// The size or curve of the key of a request.
fn key_of(planned: &Planned) -> &'static str {
    let jwk = planned.input.get("key").and_then(|key| key.get("jwk")).and_then(Value::as_str);
    let jwk: Value = serde_json::from_str(jwk.unwrap_or_default()).unwrap_or_default();
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("crv"), forge::decode(text("n")).map_or(0, |n| n.len())) {
        ("P-256", _) => "P-256",
        ("P-384", _) => "P-384",
        ("P-521", _) => "P-521",
        ("X25519", _) => "X25519",
        ("Ed25519", _) => "Ed25519",
        (_, 256) => RSA_2048,
        (_, 384) => RSA_3072,
        (_, 512) => RSA_4096,
        _ => "",
    }
}

/// Every registered name of an axis.
fn all(axis: &str) -> &'static [&'static str] {
    sets::named(axis, "all").unwrap_or_default()
}

/// Every registered `alg` of JWE: the set without the one that targets have to be asked for by name, and it.
fn key_management() -> impl Iterator<Item = &'static str> {
    all("alg").iter().copied().chain(["RSA1_5"])
}

const RSA_2048: &str = "RSA 2048";
const RSA_3072: &str = "RSA 3072";
const RSA_4096: &str = "RSA 4096";
const FORMS: [&str; 3] = ["compact", "flattened", "general"];
