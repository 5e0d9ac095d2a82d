//! What waits for the judge.

use crate::convention::{Role, Usage};
use crate::turn::Turn;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::mpsc::{self, error::TrySendError};

/// One turn that one evaluation is to judge.
#[derive(Debug, Clone)]
pub struct Job {
    /// Name of the evaluation.
    pub evaluation: &'static str,
    /// The turn, with no more texts than the evaluation needs.
    pub turn: Turn,
    /// Probability with which the turn was chosen.
    pub probability: f64,
}

impl Job {
    /// A job with a copy of the turn that holds only the texts of `roles`.
    pub fn new(evaluation: &'static str, turn: &Turn, roles: &[Role], probability: f64) -> Self {
        let one = |role, text: &Option<_>| if roles.contains(&role) { text.clone() } else { None };
        let many = |role, texts: &Vec<_>| if roles.contains(&role) { texts.clone() } else { Vec::new() };
        let turn = Turn {
            trace_id: turn.trace_id,
            span_id: turn.span_id,
            service: turn.service.clone(),
            session: turn.session.clone(),
            model: turn.model.clone(),
            // Question and answer are always there: the cohort's languages are theirs.
            input: turn.input.clone(),
            output: turn.output.clone(),
            system: one(Role::System, &turn.system),
            retrieval: many(Role::Retrieval, &turn.retrieval),
            tool_arguments: many(Role::ToolArguments, &turn.tool_arguments),
            tool_results: many(Role::ToolResult, &turn.tool_results),
            usage: Usage::default(),
            ..*turn
        };
        Job { evaluation, turn, probability }
    }
}

/// A queue between the turns and the judge. Putting in never waits.
pub trait EvaluationQueue: Send + Sync {
    /// Puts a job in.
    ///
    /// # Errors
    /// The job itself, when the queue is full or closed.
    fn offer(&self, job: Job) -> Result<(), Box<Job>>;

    /// The next job, when there is one; `None` when the queue is closed and empty.
    fn take(&self) -> BoxFuture<'_, Option<Job>>;

    /// Jobs that wait.
    fn depth(&self) -> usize;

    /// Jobs that can wait.
    fn capacity(&self) -> usize;

    /// Takes no more jobs; those that wait can still be taken.
    fn close(&self);
}

/// A queue in memory. What waits is lost with the process, and counted when the process stops in order.
#[derive(Debug)]
pub struct MemoryQueue {
    sender: Mutex<Option<mpsc::Sender<Job>>>,
    receiver: tokio::sync::Mutex<mpsc::Receiver<Job>>,
    waiting: mpsc::WeakSender<Job>,
    capacity: usize,
}

impl MemoryQueue {
    /// A queue for so many jobs, at least one.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        let (sender, receiver) = mpsc::channel(capacity);
        MemoryQueue {
            waiting: sender.downgrade(),
            sender: Mutex::new(Some(sender)),
            receiver: tokio::sync::Mutex::new(receiver),
            capacity,
        }
    }
}

impl EvaluationQueue for MemoryQueue {
    fn offer(&self, job: Job) -> Result<(), Box<Job>> {
        match self.sender.lock().as_ref() {
            Some(sender) => sender.try_send(job).map_err(|error| match error {
                TrySendError::Full(job) | TrySendError::Closed(job) => Box::new(job),
            }),
            None => Err(Box::new(job)),
        }
    }

    fn take(&self) -> BoxFuture<'_, Option<Job>> {
        Box::pin(async { self.receiver.lock().await.recv().await })
    }

    fn depth(&self) -> usize {
        // Once closed, nothing counts what is left; it is about to be taken.
        self.waiting.upgrade().map_or(0, |sender| self.capacity - sender.capacity())
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn close(&self) {
        self.sender.lock().take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::fixture::turn;

    fn job(number: u8) -> Job {
        let turn = Turn { trace_id: [number; 16], ..turn("q", "en", "a", "en") };
        Job::new("answer_relevancy", &turn, &[Role::Input], 0.5)
    }

    /// Scenario: more jobs than fit, then the queue is closed, then all are taken.
    /// Guarantees: what does not fit comes back, order is kept, after closing the rest can be taken and then nothing.
    #[tokio::test]
    async fn bounded_and_closed() {
        let queue = MemoryQueue::new(2);
        assert!(queue.offer(job(1)).is_ok() && queue.offer(job(2)).is_ok());
        assert_eq!(queue.offer(job(3)).unwrap_err().turn.trace_id, [3; 16]);
        assert_eq!((queue.depth(), queue.capacity()), (2, 2));
        assert_eq!(queue.take().await.unwrap().turn.trace_id, [1; 16]);
        assert_eq!(queue.depth(), 1);
        queue.close();
        assert!(queue.offer(job(4)).is_err());
        assert_eq!(queue.take().await.unwrap().turn.trace_id, [2; 16]);
        assert!(queue.take().await.is_none());
    }

    /// Scenario: a turn with every text, for an evaluation that needs only question and answer.
    /// Guarantees: the others do not wait in the queue.
    #[test]
    fn lean() {
        let mut turn = turn("q", "sw", "a", "en");
        turn.retrieval = vec![turn.input.clone().unwrap()];
        let lean = Job::new("x", &turn, &[Role::Input, Role::Output], 1.0).turn;
        assert!(lean.retrieval.is_empty() && lean.system.is_none());
        assert_eq!((lean.language(), lean.target_language()), (turn.language(), turn.target_language()));
        assert_eq!(Job::new("x", &turn, &[Role::Retrieval], 1.0).turn.retrieval.len(), 1);
    }
}
