//! A sliding window of pass and fail, in buckets of time.

use std::collections::VecDeque;

/// Buckets in a window: the window's edge moves in steps of a sixtieth.
pub const BUCKETS: u64 = 60;

/// Largest weight that is believed: the adjusted count of the smallest upstream probability, 2^-56.
const MAX_WEIGHT: f64 = 72_057_594_037_927_936.0;

/// What happened in one bucket, or in several added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// Trials.
    pub n: u64,
    /// Events among them.
    pub x: u64,
    /// Sum of the weights.
    weight: f64,
    /// Sum of the weights of events.
    weight_x: f64,
    /// Sum of the squared weights.
    weight_squared: f64,
    /// Whether any trial was drawn with a probability below 1, so that weights matter.
    sampled: bool,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.n += other.n;
        self.x += other.x;
        self.weight += other.weight;
        self.weight_x += other.weight_x;
        self.weight_squared += other.weight_squared;
        self.sampled |= other.sampled;
    }

    /// The ratio, and the number of trials that says as much: Hajek's ratio with Kish's number where
    /// trials were sampled, the plain ones where all were taken. `None` without trials.
    pub fn ratio(&self) -> Option<(f64, f64)> {
        if self.n == 0 {
            return None;
        }
        if self.sampled && self.weight > 0.0 && self.weight_squared > 0.0 {
            let ratio = (self.weight_x / self.weight).clamp(0.0, 1.0);
            return Some((ratio, self.weight * self.weight / self.weight_squared));
        }
        Some((self.x as f64 / self.n as f64, self.n as f64))
    }
}

/// The weight as it is counted: what is not a positive number counts as one.
pub fn sane_weight(weight: f64) -> f64 {
    if weight.is_finite() && weight > 0.0 { weight.min(MAX_WEIGHT) } else { 1.0 }
}

/// The buckets of one cohort that are not empty, oldest first: a tail language has few.
#[derive(Debug, Default)]
pub struct Window {
    buckets: VecDeque<(u64, Sums)>,
}

impl Window {
    /// Records a trial in the bucket `tick`. A clock that steps back counts into the newest bucket.
    pub fn record(&mut self, tick: u64, event: bool, weight: f64, sampled: bool) {
        let weight = sane_weight(weight);
        let trial = Sums {
            n: 1,
            x: u64::from(event),
            weight,
            weight_x: if event { weight } else { 0.0 },
            weight_squared: weight * weight,
            sampled,
        };
        match self.buckets.back_mut() {
            Some((newest, sums)) if *newest >= tick => sums.add(&trial),
            _ => {
                self.expire(tick);
                self.buckets.push_back((tick, trial));
            }
        }
    }

    /// Forgets what is older than the window that ends in the bucket `tick`.
    pub fn expire(&mut self, tick: u64) {
        while self.buckets.front().is_some_and(|(oldest, _)| oldest + BUCKETS <= tick) {
            self.buckets.pop_front();
        }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// All buckets added up. They are added anew each time: taking floats away again would drift.
    pub fn sums(&self) -> Sums {
        let mut total = Sums::default();
        for (_, sums) in &self.buckets {
            total.add(sums);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: trials that were all taken, with different upstream weights.
    /// Guarantees: the plain ratio and the plain number.
    #[test]
    fn free_is_plain() {
        let mut window = Window::default();
        window.record(1, true, 4.0, false);
        window.record(1, false, 1.0, false);
        assert_eq!(window.sums().ratio(), Some((0.5, 2.0)));
    }

    /// Scenario: sampled trials, one of weight 10 that failed and ten of weight 1 that passed.
    /// Guarantees: Hajek's ratio is one half, Kish's number is (20)^2 / (110).
    #[test]
    fn sampled_is_weighted() {
        let mut window = Window::default();
        window.record(1, true, 10.0, true);
        for _ in 0..10 {
            window.record(2, false, 1.0, true);
        }
        let (ratio, n) = window.sums().ratio().unwrap();
        assert!((ratio - 0.5).abs() < 1e-12);
        assert!((n - 400.0 / 110.0).abs() < 1e-12);
    }

    /// Scenario: trials spread over more time than the window.
    /// Guarantees: only the window counts, and an old window becomes empty.
    #[test]
    fn old_trials_leave() {
        let mut window = Window::default();
        window.record(0, true, 1.0, false);
        window.record(BUCKETS - 1, false, 1.0, false);
        window.expire(BUCKETS - 1);
        assert_eq!(window.sums().n, 2);
        window.record(BUCKETS, false, 1.0, false);
        assert_eq!((window.sums().n, window.sums().x), (2, 0));
        window.expire(BUCKETS * 3);
        assert!(window.is_empty());
    }

    /// Scenario: weights that are no weights.
    /// Guarantees: each counts as one and the ratio stays a ratio.
    #[test]
    fn nonsense_weights_count_as_one() {
        let mut window = Window::default();
        for weight in [f64::NAN, f64::INFINITY, -3.0, 0.0] {
            window.record(1, true, weight, true);
        }
        assert_eq!(window.sums().ratio(), Some((1.0, 4.0)));
    }
}
