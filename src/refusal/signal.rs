//! What the provider itself says about a refusal.

/// Structured signs of a refusal on a span, gathered by whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    /// A refusal field or message part is filled.
    pub refusal_field: bool,
    /// A finish reason says that a filter stopped the answer (see [`is_filter_reason`]).
    pub filtered: bool,
    /// Output tokens were reported, but there is neither text nor tool call nor error.
    pub silent: bool,
}

impl Signals {
    /// Whether the provider says anything that counts before the words.
    pub const fn any(&self) -> bool {
        self.refusal_field || self.filtered || self.silent
    }

    /// Adds a finish reason to what is known.
    pub fn finish_reason(mut self, reason: &str) -> Self {
        self.filtered |= is_filter_reason(reason);
        self
    }
}

/// Whether a finish reason, in any spelling (`content_filter`, `CONTENT-FILTER`, `Safety`), tells of a filter.
pub fn is_filter_reason(reason: &str) -> bool {
    crate::convention::blocks(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: finish reasons of several providers, in their spellings.
    /// Guarantees: filters are told from ordinary ends.
    #[test]
    fn reasons() {
        for reason in [
            "content_filter",
            "content-filter",
            "CONTENT_FILTERED",
            "SAFETY",
            "refusal",
            "PROHIBITED_CONTENT",
            "guardrail_intervened",
            "SPII",
            "RECITATION",
            "blocklist",
        ] {
            assert!(is_filter_reason(reason), "{reason}");
        }
        for reason in ["stop", "length", "tool_calls", "end_turn", "", "safetynet", "MAX_TOKENS"] {
            assert!(!is_filter_reason(reason), "{reason}");
        }
        assert!(Signals::default().finish_reason("stop").finish_reason("SAFETY").filtered);
    }
}
