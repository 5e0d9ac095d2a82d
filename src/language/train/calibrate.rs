//! From the model's probabilities to how often it is right.

use super::draw::{self, Pool, Variation};
use super::random::Random;
use crate::language::Tag;
use crate::language::groups;
use crate::language::model::head::{Calibration, best};
use crate::language::model::{Head, Reading};

/// Examples of held-out lines, at most.
const EXAMPLES: usize = 60_000;

/// Share of them in languages that the model was never shown.
const UNKNOWN: f32 = 0.25;

/// Steps of gradient descent; the loss no longer changes in its fourth digit.
const STEPS: usize = 4000;

/// Fits a logistic function on held-out lines (by class, with the plan's shares) and on languages that were kept from
/// the model altogether.
pub fn calibrate(
    head: &Head,
    known: &[(Tag, Pool<'_>, usize)],
    unknown: &[Pool<'_>],
    variation: Variation<'_>,
    examples: usize,
    mut random: Random,
) -> Calibration {
    let total: usize = known.iter().map(|(_, pool, share)| if pool.lines > 0 { *share } else { 0 }).sum();
    let mut seen: Vec<([f32; 3], f32)> = Vec::new();
    let (mut text, mut reading) = (String::new(), Reading::default());
    for _ in 0..EXAMPLES.min(examples) {
        let expected = if !unknown.is_empty() && random.unit() < UNKNOWN {
            draw::example(&unknown[random.below(unknown.len())], variation, &mut random, &mut text);
            None
        } else {
            let mut at = random.below(total);
            let Some((tag, pool, _)) = known.iter().filter(|(_, pool, _)| pool.lines > 0).find(|(.., share)| {
                let here = at < *share;
                at = at.saturating_sub(*share);
                here
            }) else {
                continue;
            };
            draw::example(pool, variation, &mut random, &mut text);
            Some(*tag)
        };
        head.read(&text, &mut reading);
        let [(said, p), ..] = groups::merge(&head.classes, &best::<8>(&reading.probabilities));
        if said == Tag::UND {
            continue;
        }
        let right = expected.is_some_and(|expected| groups::same(said, expected));
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        seen.push((Calibration::features(p, letters, reading.known()), f32::from(u8::from(right))));
    }
    fit(&seen)
}

/// Logistic regression by gradient descent with momentum.
fn fit(seen: &[([f32; 3], f32)]) -> Calibration {
    let mut weights = [0f32, 1.0, 0.0, 0.0];
    let mut speed = [0f32; 4];
    let as_calibration = |w: [f32; 4]| Calibration { base: w[0], odds: w[1], length: w[2], known: w[3] };
    for _ in 0..STEPS.min(if seen.is_empty() { 0 } else { STEPS }) {
        let now = as_calibration(weights);
        let mut gradient = [0f64; 4];
        for (features, right) in seen.iter().step_by(8) {
            let error = f64::from(right - now.apply(*features));
            gradient[0] += error;
            gradient.iter_mut().skip(1).zip(features).for_each(|(g, f)| *g += error * f64::from(*f));
        }
        for ((weight, speed), gradient) in weights.iter_mut().zip(&mut speed).zip(gradient) {
            *speed = 0.9 * *speed + 0.02 * (gradient / (seen.len() as f64 / 8.0)) as f32;
            *weight += *speed;
        }
    }
    as_calibration(weights)
}
