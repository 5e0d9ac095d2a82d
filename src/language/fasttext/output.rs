//! From the mean of a text's rows to a probability for each label.

use super::FastTextError;
use super::dictionary::Dictionary;
use super::file::LossKind;
use super::matrix::Matrix;

/// Labels below this probability are not looked for in the tree.
const UNSEEN: f32 = 1e-7;

/// How probabilities are computed.
pub(super) enum Loss {
    /// They are in proportion to the exponentials, and add up to 1.
    Softmax,
    /// A yes or no for each label; they add up to anything.
    Independent,
    /// A yes or no at each fork of a tree whose leaves are the labels; they add up to 1.
    Tree(Vec<Fork>),
}

/// A fork of the tree: the nodes on its two sides. Nodes are numbered, labels first, then forks, the root last.
pub(super) struct Fork {
    no: u32,
    yes: u32,
}

impl Loss {
    pub fn new(kind: LossKind, dictionary: &Dictionary) -> Result<Loss, FastTextError> {
        Ok(match kind {
            LossKind::Softmax => Loss::Softmax,
            LossKind::Independent => Loss::Independent,
            LossKind::Hierarchical => Loss::Tree(huffman(dictionary.counts())?),
        })
    }

    /// Whether the probabilities of all labels add up to 1.
    pub fn is_distribution(&self) -> bool {
        !matches!(self, Loss::Independent)
    }

    /// Writes a probability a label into `out`. All are 0 when numbers of the model are so large that none comes out.
    pub fn probabilities(&self, matrix: &Matrix, mean: &[f32], labels: usize, out: &mut Vec<f32>) {
        out.clear();
        match self {
            Loss::Softmax => {
                out.extend((0..labels).map(|label| matrix.dot_row(label, mean)));
                let top = out.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                out.iter_mut().for_each(|value| *value = (*value - top).exp());
                let sum: f32 = out.iter().sum();
                out.iter_mut().for_each(|value| *value /= sum);
            }
            Loss::Independent => out.extend((0..labels).map(|label| sigmoid(matrix.dot_row(label, mean)))),
            Loss::Tree(forks) => {
                out.resize(labels + forks.len(), 0.0);
                if let Some(root) = out.last_mut() {
                    *root = 1.0;
                }
                for (at, fork) in forks.iter().enumerate().rev() {
                    let here = out.get(labels + at).copied().unwrap_or(0.0);
                    if here < UNSEEN {
                        continue;
                    }
                    let yes = sigmoid(matrix.dot_row(at, mean));
                    for (node, share) in [(fork.no, 1.0 - yes), (fork.yes, yes)] {
                        if let Some(node) = out.get_mut(node as usize) {
                            *node = here * share;
                        }
                    }
                }
                out.truncate(labels);
            }
        }
        if out.iter().any(|value| !value.is_finite()) {
            out.fill(0.0);
        }
    }
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

/// The forks of the Huffman tree over the counts, which the trainer has sorted: the two nodes that occur least are
/// joined, a label only before a fork that occurs more often.
fn huffman(counts: &[i64]) -> Result<Vec<Fork>, FastTextError> {
    if counts.windows(2).any(|pair| matches!(pair, [more, less] if more < less)) {
        return Err(FastTextError::Inconsistent(
            "the labels of a hierarchical model are not sorted by how often they occur",
        ));
    }
    let labels = counts.len();
    let mut sums: Vec<i64> = Vec::with_capacity(labels);
    let mut forks = Vec::with_capacity(labels.saturating_sub(1));
    // Labels that are not joined yet, and the first fork that is not.
    let (mut left, mut next) = (labels, 0);
    for _ in 1..labels {
        let mut take = || {
            let label = left.checked_sub(1).and_then(|at| Some((at, *counts.get(at)?)));
            match (label, sums.get(next).copied()) {
                (Some((at, count)), sum) if sum.is_none_or(|sum| count < sum) => {
                    left = at;
                    Some((at, count))
                }
                (_, Some(sum)) => {
                    next += 1;
                    Some((labels + next - 1, sum))
                }
                _ => None,
            }
        };
        let (Some(no), Some(yes)) = (take(), take()) else { break };
        forks.push(Fork { no: no.0 as u32, yes: yes.0 as u32 });
        sums.push(no.1.saturating_add(yes.1));
    }
    Ok(forks)
}
