//! The Wilcoxon signed-rank test of paired differences, and what goes with it.
//!
//! Two requests are asked in each round in random order. Where the target needs the same time for both, the
//! sign of a difference is a coin's: that is all the test assumes, so that slow drift of the machine does
//! not disturb it.

use rand::{Rng, RngExt};

/// What the differences of one pair of requests say.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct SignedRank {
    /// Two-sided p-value of the normal approximation, with tie correction and without the zeros; 1 where
    /// all differences are zero.
    pub p: f64,
    /// Matched-pairs rank-biserial correlation: −1 where the second was always faster, 1 where it was
    /// always slower, about 0 where nothing differs.
    pub effect: f64,
    /// Median of the differences, in their unit.
    pub median: f64,
}

/// Tests differences `second − first`.
#[must_use]
pub fn signed_rank(differences: &[f64]) -> SignedRank {
    let mut ordered: Vec<f64> = differences.iter().copied().filter(|value| *value != 0.0).collect();
    ordered.sort_unstable_by(|left, right| left.abs().total_cmp(&right.abs()));
    let count = ordered.len() as f64;
    let (mut sum, mut ties, mut at) = (0.0, 0.0, 0.0);
    for tied in ordered.chunk_by(|left, right| left.abs() == right.abs()) {
        let size = tied.len() as f64;
        let rank = at + f64::midpoint(size, 1.0);
        sum += tied.iter().map(|value| rank * value.signum()).sum::<f64>();
        ties += size.mul_add(size * size, -size);
        at += size;
    }
    let median = median(differences);
    if ordered.is_empty() {
        return SignedRank { p: 1.0, effect: 0.0, median };
    }
    // Of the signed sum: four times the variance of the sum of the positive ranks.
    let variance = count * (count + 1.0) * 2.0f64.mul_add(count, 1.0) / 6.0 - ties / 12.0;
    let z = sum.abs() / variance.sqrt();
    let effect = sum / (count * (count + 1.0) / 2.0);
    SignedRank { p: libm::erfc(z / std::f64::consts::SQRT_2), effect, median }
}

/// The median; 0 of nothing.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut ordered = values.to_vec();
    ordered.sort_unstable_by(f64::total_cmp);
    let middle = ordered.len() / 2;
    let at = |index: usize| ordered.get(index).copied().unwrap_or_default();
    match ordered.len() {
        0 => 0.0,
        length if length % 2 == 0 => f64::midpoint(at(middle - 1), at(middle)),
        _ => at(middle),
    }
}

/// The interval that holds 95 % of the medians of resamples (percentile bootstrap).
pub fn interval(differences: &[f64], rng: &mut impl Rng) -> (f64, f64) {
    if differences.is_empty() {
        return (0.0, 0.0);
    }
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let pick = |_| differences.get(rng.random_range(0..differences.len())).copied();
            let resample: Vec<f64> = (0..differences.len()).filter_map(pick).collect();
            median(&resample)
        })
        .collect();
    medians.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| medians.get(RESAMPLES * share / 1000).copied().unwrap_or_default();
    (at(25), at(975))
}

/// Holm's adjustment: the p-values multiplied so that of all comparisons of a family together, false ones
/// are reported as rarely as the bound says.
#[must_use]
pub fn holm(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    let p = |index: usize| ps.get(index).copied().unwrap_or(1.0);
    order.sort_by(|left, right| p(*left).total_cmp(&p(*right)));
    let mut adjusted = vec![1.0; ps.len()];
    let mut least: f64 = 0.0;
    for (rank, index) in order.into_iter().enumerate() {
        least = least.max((p(index) * (ps.len() - rank) as f64).min(1.0));
        if let Some(slot) = adjusted.get_mut(index) {
            *slot = least;
        }
    }
    adjusted
}

/// Resamples of the bootstrap.
const RESAMPLES: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn close(have: f64, want: f64) {
        assert!((have - want).abs() < 1e-9, "{have} instead of {want}");
    }

    /// Expected values: `scipy.stats.wilcoxon(zero_method="wilcox", method="asymptotic")` of 1.17.1.
    #[test]
    fn scipy_agrees() {
        let shift: Vec<f64> = (1..=30).map(f64::from).collect();
        for (values, p, effect, median) in [
            (
                &[5., -3., 8., 1., -2., 7., 4., -1., 6., 9.][..],
                0.052_633_212_331_448_18,
                0.690_909_090_909_090_9,
                4.5,
            ),
            (
                &[2., -2., 2., 0., 0., 4., 4., -1., 3., 3., -4., 5., 5., 5., 1.],
                0.029_572_204_157_394_196,
                0.681_318_681_318_681_3,
                2.0,
            ),
            (&[1., -1., 2., -2., 3., -3., 4., -4., 5., -5., 6., -6.], 1.0, 0.0, 0.0),
            (&shift, 1.734_397_628_320_578_4e-6, 1.0, 15.5),
        ] {
            let have = signed_rank(values);
            close(have.p, p);
            close(have.effect, effect);
            close(have.median, median);
        }
    }

    #[test]
    fn nothing_and_zeros_differ_in_nothing() {
        for values in [&[][..], &[0.0, 0.0, 0.0]] {
            assert_eq!(signed_rank(values), SignedRank { p: 1.0, effect: 0.0, median: 0.0 });
        }
    }

    /// Expected values: Holm (1979), computed by hand.
    #[test]
    fn the_family_is_adjusted() {
        let have = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (have, want) in have.into_iter().zip([0.03, 0.06, 0.06, 0.02]) {
            close(have, want);
        }
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn one_in_twenty_of_equals_is_below_a_twentieth() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let runs = 2000;
        let below = (0..runs)
            .filter(|_| {
                let differences: Vec<f64> =
                    (0..100).map(|_| rng.random_range(-1000..=1000)).map(f64::from).collect();
                signed_rank(&differences).p < 0.05
            })
            .count();
        // Three standard deviations of a binomial around 100.
        assert!((70..=130).contains(&below), "{below} of {runs}");
    }

    #[test]
    fn the_interval_holds_the_shift() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let values: Vec<f64> =
            (0..400).map(|_| 50.0 + f64::from(rng.random_range(-100..=100))).collect();
        let (low, high) = interval(&values, &mut rng);
        assert!(low < 50.0 && 50.0 < high && high - low < 40.0, "{low} {high}");
    }
}
