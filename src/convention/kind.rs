//! What a span does, from the names that conventions give it.

use super::span::Kind;

/// As [`named`], of the spelling that nearly all model calls have.
pub(super) fn usual(name: &[u8]) -> Option<Kind> {
    (name == b"LLM").then_some(Kind::Llm)
}

/// The kind named by an attribute such as `openinference.span.kind`, in any case, with or without JSON quotes.
/// `None` for a name that says nothing.
pub(super) fn named(name: &str) -> Option<Kind> {
    const NAMES: &[(&str, Kind)] = &[
        ("llm", Kind::Llm),
        // `llm.request.type`.
        ("chat", Kind::Llm),
        ("completion", Kind::Llm),
        ("acompletion", Kind::Llm),
        ("responses", Kind::Llm),
        ("aresponses", Kind::Llm),
        ("rerank", Kind::Reranker),
        ("chat_model", Kind::Llm),
        ("generation", Kind::Llm),
        ("agent", Kind::Agent),
        ("a2a_client", Kind::Agent),
        ("a2a_server", Kind::Agent),
        ("chain", Kind::Chain),
        ("prompt", Kind::Chain),
        ("parser", Kind::Chain),
        ("span", Kind::Chain),
        ("workflow", Kind::Chain),
        ("task", Kind::Chain),
        ("memory", Kind::Chain),
        ("conversation", Kind::Chain),
        ("unknown", Kind::Chain),
        ("tool", Kind::Tool),
        ("retriever", Kind::Retriever),
        ("vector_db", Kind::Retriever),
        ("reranker", Kind::Reranker),
        ("embedding", Kind::Embedding),
        ("guardrail", Kind::Guardrail),
        ("evaluator", Kind::Evaluator),
    ];
    let name = name.trim().trim_matches('"');
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, kind)| kind)
}

/// The kind behind `gen_ai.operation.name`.
pub(super) fn operation(name: &str) -> Option<Kind> {
    const NAMES: &[(&str, Kind)] = &[
        ("chat", Kind::Llm),
        ("text_completion", Kind::Llm),
        ("generate_content", Kind::Llm),
        ("embeddings", Kind::Embedding),
        ("retrieval", Kind::Retriever),
        ("execute_tool", Kind::Tool),
        ("invoke_agent", Kind::Agent),
        ("create_agent", Kind::Agent),
        ("plan", Kind::Agent),
        ("invoke_workflow", Kind::Agent),
        ("agent_step", Kind::Chain),
        ("execute_event_loop_cycle", Kind::Chain),
        // Spellings that are not the specification's.
        ("embed", Kind::Embedding),
        ("retrieve", Kind::Retriever),
        ("rerank", Kind::Reranker),
        ("message", Kind::Llm),
        ("messages.create", Kind::Llm),
    ];
    let name = name.trim();
    // Some write their own kind under OpenTelemetry's name.
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, kind)| kind).or_else(|| named(name))
}

/// The kind behind Vercel's `ai.operationId`.
pub(super) fn vercel(id: &str) -> Option<Kind> {
    match id {
        "ai.toolCall" => Some(Kind::Tool),
        "ai.rerank" => Some(Kind::Reranker),
        _ if id.starts_with("ai.embed") => Some(Kind::Embedding),
        _ if id.ends_with(".doGenerate") || id.ends_with(".doStream") => Some(Kind::Llm),
        _ if id.starts_with("ai.") => Some(Kind::Agent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: names of kinds in several cases and quotings, names of operations, and unknown names.
    /// Guarantees: each is the kind that the table of conventions says, and an unknown name is none.
    #[test]
    fn names() {
        assert_eq!(named("LLM"), Some(Kind::Llm));
        assert_eq!(named("llm"), Some(Kind::Llm));
        assert_eq!(named("\"CHAT_MODEL\""), Some(Kind::Llm));
        assert_eq!(named("VECTOR_DB"), Some(Kind::Retriever));
        assert_eq!(named("UNKNOWN"), Some(Kind::Chain));
        assert_eq!(named("something"), None);
        assert_eq!(operation("execute_tool"), Some(Kind::Tool));
        assert_eq!(operation("chain"), Some(Kind::Chain));
        assert_eq!(operation("agent_step"), Some(Kind::Chain));
        assert_eq!(vercel("ai.streamText.doStream"), Some(Kind::Llm));
        assert_eq!(vercel("ai.streamText"), Some(Kind::Agent));
        assert_eq!(vercel("ai.embedMany.doEmbed"), Some(Kind::Embedding));
    }
}
