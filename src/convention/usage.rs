//! Tokens as the span reports them, under whichever of their names.

use super::span::Usage;
use crate::otlp::view::Attribute;

/// A count and how good its name is; the lowest rank wins, so that synonyms never add up.
type Slot = Option<(u8, u64)>;

/// Collects counts while a span's attributes go by.
#[derive(Debug, Default)]
pub(super) struct UsageReader {
    input: Slot,
    output: Slot,
    total: Slot,
    cached: Slot,
    reasoning: Slot,
}

impl UsageReader {
    /// Takes in an attribute below `gen_ai.usage.` or older OpenLLMetry's `llm.usage.`; `rest` is its key after that.
    pub(super) fn gen_ai(&mut self, rest: &[u8], attribute: &Attribute<'_>) {
        let (slot, rank) = match rest {
            b"input_tokens" => (&mut self.input, 0),
            b"prompt_tokens" => (&mut self.input, 1),
            b"output_tokens" => (&mut self.output, 0),
            b"completion_tokens" => (&mut self.output, 1),
            b"total_tokens" => (&mut self.total, 0),
            b"cache_read.input_tokens" => (&mut self.cached, 0),
            b"cache_read_input_tokens" => (&mut self.cached, 1),
            b"cache_read_tokens" | b"cached_tokens" => (&mut self.cached, 2),
            b"input_tokens.cache_read" => (&mut self.cached, 3),
            b"details.cache_read_tokens" => (&mut self.cached, 4),
            b"reasoning.output_tokens" => (&mut self.reasoning, 0),
            b"reasoning_tokens" => (&mut self.reasoning, 1),
            b"output_tokens.reasoning" => (&mut self.reasoning, 2),
            b"details.reasoning_tokens" => (&mut self.reasoning, 3),
            _ => return,
        };
        put(slot, rank, attribute);
    }

    /// Takes in an attribute below `llm.token_count.`.
    pub(super) fn token_count(&mut self, rest: &[u8], attribute: &Attribute<'_>) {
        let slot = match rest {
            b"prompt" => &mut self.input,
            b"completion" => &mut self.output,
            b"total" => &mut self.total,
            b"prompt_details.cache_read" => &mut self.cached,
            b"completion_details.reasoning" => &mut self.reasoning,
            _ => return,
        };
        put(slot, 5, attribute);
    }

    /// Takes in an attribute below `ai.usage.`.
    pub(super) fn vercel(&mut self, rest: &[u8], attribute: &Attribute<'_>) {
        let (slot, rank) = match rest {
            b"inputTokens" => (&mut self.input, 6),
            b"promptTokens" => (&mut self.input, 7),
            b"tokens" => (&mut self.input, 8),
            b"outputTokens" => (&mut self.output, 6),
            b"completionTokens" => (&mut self.output, 7),
            b"totalTokens" => (&mut self.total, 6),
            b"cachedInputTokens" => (&mut self.cached, 6),
            b"inputTokenDetails.cacheReadTokens" => (&mut self.cached, 7),
            b"reasoningTokens" => (&mut self.reasoning, 6),
            b"outputTokenDetails.reasoningTokens" => (&mut self.reasoning, 7),
            _ => return,
        };
        put(slot, rank, attribute);
    }

    /// What was reported.
    pub(super) fn usage(&self) -> Usage {
        let count = |slot: Slot| slot.map(|(_, count)| count);
        Usage {
            input: count(self.input),
            output: count(self.output),
            total: count(self.total),
            cached_input: count(self.cached),
            reasoning_output: count(self.reasoning),
        }
    }
}

fn put(slot: &mut Slot, rank: u8, attribute: &Attribute<'_>) {
    if slot.is_none_or(|(best, _)| rank < best)
        && let Some(count) = attribute.unread.count()
    {
        *slot = Some((rank, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::wire::{put_bytes, put_uint};

    /// Scenario: old and new names of the same counts, as an integer and as a string, in both orders.
    /// Guarantees: the newer name wins and nothing is added up.
    #[test]
    fn synonyms() {
        let mut integer = Vec::new();
        put_uint(&mut integer, 3, 7);
        let mut string = Vec::new();
        put_bytes(&mut string, 1, b"142");
        let mut seven = Vec::new();
        put_bytes(&mut seven, 2, &integer);
        let mut many = Vec::new();
        put_bytes(&mut many, 2, &string);
        let (seven, many) = (Attribute::read(&seven).unwrap(), Attribute::read(&many).unwrap());
        let mut reader = UsageReader::default();
        reader.gen_ai(b"prompt_tokens", &seven);
        reader.gen_ai(b"input_tokens", &many);
        reader.gen_ai(b"output_tokens", &many);
        reader.gen_ai(b"completion_tokens", &seven);
        reader.token_count(b"prompt", &seven);
        reader.vercel(b"tokens", &seven);
        let usage = reader.usage();
        assert_eq!((usage.input, usage.output, usage.total), (Some(142), Some(142), None));
    }
}
