//! Stochastic gradient descent, the same on any number of threads.
//!
//! A batch is done in two phases. First every thread reads its share of the examples: features, hidden vector,
//! probabilities, gradients. Then every thread applies the gradients of the whole batch, in the order of the examples,
//! to the rows that are its own. No number depends on who was faster.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

use super::draw::{self, Pool, Variation};
use super::quantise;
use super::random::Random;
use crate::language::model::math::{exp, ln, shrink};
use crate::language::model::ngrams;
use crate::language::model::table::Table;

/// Share of the batches after which the rows are read as the few steps that they will be, while their finer changes go
/// on being added up: the model learns to live with its rounding.
const ROUNDED_FROM: f32 = 0.6;

/// What training is told.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Numbers a row.
    pub dimensions: usize,
    /// Examples in all.
    pub examples: usize,
    /// Learning rate at the beginning; it falls to 0 linearly.
    pub rate: f32,
    /// Examples a batch.
    pub batch: usize,
    /// The hidden vector is the sum of the rows over their number to this power.
    pub pooling: f32,
    /// Mean square of the gradients that a row is taken to have seen before the first: the larger, the less a rare
    /// n-gram moves.
    pub calm: f32,
    /// Threads.
    pub threads: usize,
    /// Of the random numbers.
    pub seed: u64,
}

/// A trained head before quantisation.
#[derive(Debug)]
pub struct Trained {
    /// A row an n-gram.
    pub rows: Vec<f32>,
    /// A row a label.
    pub output: Vec<f32>,
    /// A number a label.
    pub bias: Vec<f32>,
    /// What a step of the rows is worth once they are halves of bytes.
    pub step: f32,
}

/// Rows shared by the threads. Each is written by its owner alone, between barriers; relaxed atomics say so without
/// costing anything.
struct Shared(Vec<AtomicU32>);

impl Shared {
    fn new(values: impl Iterator<Item = f32>) -> Self {
        Shared(values.map(|value| AtomicU32::new(value.to_bits())).collect())
    }

    fn get(&self, at: usize) -> f32 {
        f32::from_bits(self.0[at].load(Ordering::Relaxed))
    }

    fn row(&self, at: usize, width: usize) -> impl Iterator<Item = f32> {
        self.0[at * width..(at + 1) * width].iter().map(|value| f32::from_bits(value.load(Ordering::Relaxed)))
    }

    fn values(&self) -> impl Iterator<Item = f32> {
        self.0.iter().map(|value| f32::from_bits(value.load(Ordering::Relaxed)))
    }

    fn add(&self, at: usize, factor: f32, values: &[f32]) {
        let width = values.len();
        for (cell, value) in self.0[at * width..(at + 1) * width].iter().zip(values) {
            let old = f32::from_bits(cell.load(Ordering::Relaxed));
            cell.store((old + factor * value).to_bits(), Ordering::Relaxed);
        }
    }

    /// Adds a square to what row `at` has seen; the factor by which its steps shrink.
    fn damp(&self, at: usize, square: f32) -> f32 {
        let seen = self.get(at) + square;
        self.0[at].store(seen.to_bits(), Ordering::Relaxed);
        1.0 / seen.sqrt()
    }

    fn into_values(self) -> Vec<f32> {
        self.0.into_iter().map(|value| f32::from_bits(value.into_inner())).collect()
    }
}

/// What a thread found out about its examples of a batch, for all to read.
#[derive(Default)]
struct Found {
    features: Vec<u32>,
    ends: Vec<usize>,
    scales: Vec<f32>,
    hidden: Vec<f32>,
    hidden_gradient: Vec<f32>,
    label_gradient: Vec<f32>,
    loss: f64,
}

/// Trains one head. `plan` says how many examples of each label an epoch of the plan's sum has.
pub fn train(
    table: &Table,
    pools: &[&Pool<'_>],
    plan: &[usize],
    variation: Variation<'_>,
    settings: Settings,
    progress: &(dyn Fn(usize, f64) + Sync),
) -> Trained {
    let (width, labels) = (settings.dimensions, pools.len());
    let mut random = Random::new(settings.seed);
    let reach = 1.0 / width as f32;
    let rows = Shared::new((0..table.len() * width).map(|_| (random.unit() * 2.0 - 1.0) * reach));
    let output = Shared::new((0..labels * width).map(|_| 0.0));
    let bias = Shared::new((0..labels).map(|_| 0.0));
    let rows_seen = Shared::new((0..table.len()).map(|_| settings.calm));
    let output_seen = Shared::new((0..labels).map(|_| 1.0));
    let threads = settings.threads.max(1);
    let found: Vec<parking_lot::RwLock<Found>> = (0..threads).map(|_| Default::default()).collect();
    let step_found = parking_lot::Mutex::new(f32::MIN_POSITIVE);
    let barrier = Barrier::new(threads);
    let mut ends: Vec<usize> = Vec::new();
    plan.iter().fold(0, |sum, n| {
        ends.push(sum + n);
        sum + n
    });
    let per_epoch = ends.last().copied().unwrap_or(0);
    let batches = settings.examples / settings.batch;
    std::thread::scope(|scope| {
        for own in 0..threads {
            let (rows, output, bias, found, barrier, ends) = (&rows, &output, &bias, &found, &barrier, &ends);
            let (rows_seen, output_seen, step_found) = (&rows_seen, &output_seen, &step_found);
            scope.spawn(move || {
                let (mut text, mut letters, mut logits) = (String::new(), Vec::new(), vec![0f32; labels]);
                let mut direction = vec![0f32; width];
                let mut step = None;
                for batch in 0..batches {
                    let done = batch as f32 / batches as f32;
                    let rate = settings.rate * (1.0 - done);
                    if step.is_none() && done >= ROUNDED_FROM {
                        // Every thread finds the same one; nobody writes before the barrier.
                        let found = quantise::step(rows.values());
                        *step_found.lock() = found;
                        step = Some(found);
                    }
                    {
                        let mut mine = found[own].write();
                        let mine = &mut *mine;
                        mine.features.clear();
                        mine.ends.clear();
                        mine.scales.clear();
                        mine.hidden.clear();
                        mine.hidden_gradient.clear();
                        mine.label_gradient.clear();
                        mine.loss = 0.0;
                        // Whose share an example is must not decide what it is: the stream is the example's own. And
                        // shares are contiguous, so that their order is that of the examples.
                        let share = settings.batch.div_ceil(threads);
                        for at in (own * share..(own + 1) * share).take_while(|at| *at < settings.batch) {
                            let number = (batch * settings.batch + at) as u64;
                            let mut random = Random::new(settings.seed ^ number.wrapping_mul(0xa076_1d64_78bd_642f));
                            let drawn = random.below(per_epoch);
                            let label = ends.partition_point(|&end| end <= drawn);
                            draw::example(pools[label], variation, &mut random, &mut text);
                            let from = mine.features.len();
                            ngrams::for_each(&text, &mut letters, |_, hash| {
                                mine.features.extend(table.find(hash).map(|row| row as u32));
                            });
                            let n = mine.features.len() - from;
                            let scale = shrink(n as u32, settings.pooling);
                            direction.fill(0.0);
                            for &row in &mine.features[from..] {
                                let row = rows.row(row as usize, width);
                                match step {
                                    None => direction.iter_mut().zip(row).for_each(|(h, r)| *h += r),
                                    Some(step) => {
                                        let rounded = row.map(|r| quantise::steps(r, step) * step);
                                        direction.iter_mut().zip(rounded).for_each(|(h, r)| *h += r);
                                    }
                                }
                            }
                            direction.iter_mut().for_each(|h| *h *= scale);
                            for (l, logit) in logits.iter_mut().enumerate() {
                                *logit =
                                    bias.get(l) + output.row(l, width).zip(&direction).map(|(o, h)| o * h).sum::<f32>();
                            }
                            mine.loss += f64::from(softmax(&mut logits, label));
                            mine.hidden.extend_from_slice(&direction);
                            direction.fill(0.0);
                            for (l, gradient) in logits.iter().enumerate() {
                                direction.iter_mut().zip(output.row(l, width)).for_each(|(d, o)| *d += gradient * o);
                            }
                            mine.hidden_gradient.extend_from_slice(&direction);
                            mine.label_gradient.extend_from_slice(&logits);
                            mine.ends.push(mine.features.len());
                            mine.scales.push(1.0 / n.max(1) as f32);
                        }
                    }
                    barrier.wait();
                    for of in found {
                        let of = of.read();
                        let mut from = 0;
                        for (at, &end) in of.ends.iter().enumerate() {
                            let gradient = &of.hidden_gradient[at * width..(at + 1) * width];
                            let scale = of.scales[at];
                            let square = scale * scale * mean_square(gradient);
                            for &row in of.features[from..end].iter().filter(|&&row| row as usize % threads == own) {
                                let factor = rate * scale * rows_seen.damp(row as usize, square);
                                rows.add(row as usize, factor, gradient);
                            }
                            from = end;
                            let hidden = &of.hidden[at * width..(at + 1) * width];
                            let square = mean_square(hidden);
                            for l in (own..labels).step_by(threads) {
                                let gradient = of.label_gradient[at * labels + l];
                                let factor = rate * gradient * output_seen.damp(l, gradient * gradient * square);
                                output.add(l, factor, hidden);
                                bias.add(l, factor * 0.1, &[1.0]);
                            }
                        }
                    }
                    barrier.wait();
                    if own == 0 && (batch + 1) % (batches / 20).max(1) == 0 {
                        let loss: f64 = found.iter().map(|of| of.read().loss).sum();
                        progress((batch + 1) * settings.batch, loss / settings.batch as f64);
                    }
                }
            });
        }
    });
    let step = step_found.into_inner();
    Trained { rows: rows.into_values(), output: output.into_values(), bias: bias.into_values(), step }
}

fn mean_square(values: &[f32]) -> f32 {
    values.iter().map(|value| value * value).sum::<f32>() / values.len() as f32
}

/// Turns logits into the gradient (one at the label, less the probabilities); the loss.
fn softmax(logits: &mut [f32], label: usize) -> f32 {
    let top = logits.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for logit in logits.iter_mut() {
        *logit = exp(*logit - top);
        sum += *logit;
    }
    let mut loss = 0.0;
    for (l, logit) in logits.iter_mut().enumerate() {
        let p = *logit / sum;
        *logit = if l == label {
            loss = -ln(f64::from(p.max(1e-9))) as f32;
            1.0 - p
        } else {
            -p
        };
    }
    loss
}
