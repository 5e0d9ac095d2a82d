//! Why a model stopped, out of the many ways to say it.

/// Why a model stopped. In the order of how much it says about the answer: of several the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Finish {
    /// A reason that is not known here.
    Other,
    /// It had said what it had to say.
    Complete,
    /// It asks for tools.
    Tools,
    /// It declined, or a filter stopped it.
    Blocked,
    /// It had no more tokens: the answer is cut off.
    Length,
}

/// Longest spelling; anything longer is no reason.
const MAX_BYTES: usize = 64;

impl Finish {
    /// Reads a reason in any spelling: `max_tokens`, `MAX_TOKENS`, `FinishReason.MAX_TOKENS`, `maxTokens`.
    pub fn of(reason: &str) -> Finish {
        if reason.len() > MAX_BYTES {
            return Finish::Other;
        }
        let plain: String =
            reason.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
        // The names of enumerations stand before their members.
        let plain = ["finishreason", "stopreason", "candidatefinishreason"]
            .iter()
            .find_map(|prefix| plain.strip_prefix(prefix).filter(|rest| !rest.is_empty()))
            .unwrap_or(&plain);
        match plain {
            "length"
            | "maxtokens"
            | "maxtoken"
            | "maxoutputtokens"
            | "maxcompletiontokens"
            | "maxnewtokens"
            | "maxlength"
            | "modellength"
            | "maxtokensreached"
            | "tokenlimit"
            | "tokenlimitreached"
            | "lengthlimit"
            | "outputlength"
            | "contextlength"
            | "contextlengthexceeded"
            | "modelcontextwindowexceeded"
            | "contextwindowexceeded"
            | "truncated"
            | "outputtruncated"
            | "errorlimit" => Finish::Length,
            "stop" | "stopped" | "endturn" | "stopsequence" | "eos" | "eostoken" | "endoftext" | "complete"
            | "completed" | "finished" | "finish" | "done" | "end" | "success" | "completesuccess" => Finish::Complete,
            "toolcalls" | "toolcall" | "tooluse" | "functioncall" | "functioncalls" | "tools" => Finish::Tools,
            _ if super::blocks(reason) => Finish::Blocked,
            _ => Finish::Other,
        }
    }

    /// The one that says most of several reasons; `None` of none.
    pub fn of_all<'a>(reasons: impl IntoIterator<Item = &'a str>) -> Option<Finish> {
        reasons.into_iter().filter(|reason| !reason.trim().is_empty()).map(Finish::of).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the spellings of providers and frameworks.
    /// Guarantees: each is understood; what is not known is other, and no answer is called cut off for it.
    #[test]
    fn spellings() {
        for reason in [
            "length",
            "max_tokens",
            "MAX_TOKENS",
            "max_output_tokens",
            "maxTokens",
            "model_length",
            "FINISH_REASON_MAX_TOKENS",
            "FinishReason.MAX_TOKENS",
            "FinishReason.LENGTH",
            "model_context_window_exceeded",
            "token_limit",
        ] {
            assert_eq!(Finish::of(reason), Finish::Length, "{reason}");
        }
        for reason in ["stop", "STOP", "end_turn", "stop_sequence", "eos_token", "COMPLETE", "FinishReason.STOP"] {
            assert_eq!(Finish::of(reason), Finish::Complete, "{reason}");
        }
        for reason in ["tool_calls", "tool_use", "tool-calls", "function_call"] {
            assert_eq!(Finish::of(reason), Finish::Tools, "{reason}");
        }
        for reason in ["content_filter", "SAFETY", "refusal"] {
            assert_eq!(Finish::of(reason), Finish::Blocked, "{reason}");
        }
        for reason in ["", "unknown", "error", "finish_reason", &"max_tokens".repeat(9)] {
            assert_eq!(Finish::of(reason), Finish::Other, "{reason}");
        }
        assert_eq!(Finish::of_all(["stop", "length", "stop"]), Some(Finish::Length));
        assert_eq!(Finish::of_all(["", " "]), None);
    }
}
