//! Which tokenizer a model has, by its name.

use super::family::Family;
use super::pattern::Pattern;

/// The first pattern that a name matches decides; `None` stands for a tokenizer that is not built in. Exceptions stand
/// before what they are exceptions to. Checked against the model cards and tokenizer files that the vendors publish.
pub(super) const KNOWN: &[(Pattern, Option<Family>)] = &{
    use Family::{Cl100k, DeepSeek, Llama3, O200k, Qwen, Tekken};
    const fn known(pattern: &'static str, family: Family) -> (Pattern, Option<Family>) {
        (Pattern::literal(pattern), Some(family))
    }
    const fn other(pattern: &'static str) -> (Pattern, Option<Family>) {
        (Pattern::literal(pattern), None)
    }
    [
        // OpenAI; Azure writes `gpt-35`, and deployments are often named without the hyphen.
        known("gpt-4o", O200k),
        known("gpt4o", O200k),
        known("chatgpt-4o", O200k),
        known("gpt-4.1", O200k),
        known("gpt-4.5", O200k),
        known("gpt-5", O200k),
        known("gpt-oss", O200k),
        known("gpt-audio", O200k),
        known("gpt-realtime", O200k),
        known("codex-mini", O200k),
        known("o1", O200k),
        known("o3", O200k),
        known("o4", O200k),
        known("gpt-4", Cl100k),
        known("gpt4", Cl100k),
        known("gpt-3.5", Cl100k),
        known("gpt-35", Cl100k),
        known("text-embedding-3", Cl100k),
        known("text-embedding-ada-002", Cl100k),
        known("davinci-002", Cl100k),
        known("babbage-002", Cl100k),
        // Distilled models have the tokenizer of the model that was taught. Ollama's names say it by size only.
        known("deepseek-r1-distill-llama", Llama3),
        known("deepseek-r1-distill-qwen", Qwen),
        known("deepseek-r1-0528-qwen3", Qwen),
        known("deepseek-r1:70b", Llama3),
        known("deepseek-r1:1.5b", Qwen),
        known("deepseek-r1:7b", Qwen),
        known("deepseek-r1:8b-llama", Llama3),
        known("deepseek-r1:8b", Qwen),
        known("deepseek-r1:14b", Qwen),
        known("deepseek-r1:32b", Qwen),
        // DeepSeek. The names of the service always mean the newest model.
        known("deepseek-chat", DeepSeek),
        known("deepseek-reasoner", DeepSeek),
        known("deepseek-v3", DeepSeek),
        known("deepseek-v4", DeepSeek),
        known("deepseek-r1", DeepSeek),
        known("deepseek-v3p*", DeepSeek),
        known("deepseek.r1", DeepSeek),
        known("deepseek.v3", DeepSeek),
        // Llama, in the spellings of Meta, Groq, Bedrock, Fireworks and Ollama.
        other("*llama-4"),
        other("*llama4"),
        other("*llama-guard-4"),
        known("*llama-3", Llama3),
        known("*llama3", Llama3),
        known("*llama-v3", Llama3),
        known("*llama-v3p*", Llama3),
        known("llama-guard-3", Llama3),
        // Qwen. 3.5 and later have a vocabulary of their own, and the services' short names mean the newest model.
        other("qwen3.5"),
        other("qwen-3.5"),
        other("qwen3p5"),
        other("qwen3.6"),
        known("qwen1.5", Qwen),
        known("qwen2", Qwen),
        known("qwen2p5", Qwen),
        known("qwen3", Qwen),
        known("qwen-2.5", Qwen),
        known("qwen-3", Qwen),
        known("qwq", Qwen),
        known("qvq", Qwen),
        known("codeqwen", Qwen),
        // Mistral. Models before NeMo, and the large ones until 2411, have SentencePiece vocabularies.
        known("*mistral-nemo", Tekken),
        known("ministral", Tekken),
        known("pixtral-12b", Tekken),
        known("magistral", Tekken),
        known("devstral", Tekken),
        known("voxtral", Tekken),
        known("mistral-small-3", Tekken),
        known("mistral-small3", Tekken),
        known("mistral-small-24b", Tekken),
        known("mistral-small:24b", Tekken),
        known("mistral-small-25*", Tekken),
        known("mistral-medium-3", Tekken),
        known("mistral-medium-25*", Tekken),
        known("mistral-large-3", Tekken),
        known("mistral-large-25*", Tekken),
    ]
};

/// The built-in tokenizer of a model whose name is in its normal form.
pub(super) fn family(name: &str) -> Option<Family> {
    KNOWN.iter().find(|(pattern, _)| pattern.matches(name)).and_then(|(_, family)| *family)
}

#[cfg(test)]
mod tests {
    use super::super::pattern::normal;
    use super::*;

    /// Scenario: model names as clients send them: plain, dated, behind a provider, in a region, by size, fine-tuned,
    /// distilled, of a generation with another vocabulary, closed, unknown.
    /// Guarantees: each gets the tokenizer that its vendor published for it, or none.
    #[test]
    fn names() {
        use Family::{Cl100k, DeepSeek, Llama3, O200k, Qwen, Tekken};
        for (name, wanted) in [
            ("gpt-4o-mini", Some(O200k)),
            ("gpt-4o-2024-08-06", Some(O200k)),
            ("openai/gpt-4.1-nano", Some(O200k)),
            ("ft:gpt-4o-mini:my-org::abc123", Some(O200k)),
            ("GPT-5", Some(O200k)),
            ("o3-mini", Some(O200k)),
            ("openai.gpt-oss-120b-1:0", Some(O200k)),
            ("openai/gpt-oss-20b", Some(O200k)),
            ("azure/eu/gpt-4-turbo", Some(Cl100k)),
            ("gpt-35-turbo", Some(Cl100k)),
            ("gpt-3.5-turbo-0125", Some(Cl100k)),
            ("text-embedding-3-small", Some(Cl100k)),
            ("meta-llama/Llama-3.1-8B-Instruct", Some(Llama3)),
            ("meta-llama/Meta-Llama-3-70B-Instruct", Some(Llama3)),
            ("meta-llama/Llama-3.3-70B-Instruct-Turbo", Some(Llama3)),
            ("us.meta.llama3-1-70b-instruct-v1:0", Some(Llama3)),
            ("meta.llama3-8b-instruct-v1:0", Some(Llama3)),
            ("accounts/fireworks/models/llama-v3p1-8b-instruct", Some(Llama3)),
            ("llama3.1:8b", Some(Llama3)),
            ("llama3:8b", Some(Llama3)),
            ("llama-3.3-70b-versatile", Some(Llama3)),
            ("llama3-70b-8192", Some(Llama3)),
            ("nvidia/llama-3.1-nemotron-70b-instruct", Some(Llama3)),
            ("us.meta.llama4-scout-17b-instruct-v1:0", None),
            ("meta-llama/Llama-4-Maverick-17B-128E-Instruct", None),
            ("meta-llama/Llama-2-7b-chat-hf", None),
            ("codellama:7b", None),
            ("llama-30b", None),
            ("qwen2.5:7b-instruct", Some(Qwen)),
            ("Qwen/Qwen2.5-72B-Instruct", Some(Qwen)),
            ("Qwen/Qwen3-8B", Some(Qwen)),
            ("qwen3:14b", Some(Qwen)),
            ("qwen2-vl-7b", Some(Qwen)),
            ("qwen.qwen3-32b-v1:0", Some(Qwen)),
            ("Qwen/QwQ-32B", Some(Qwen)),
            ("Qwen/Qwen3.5-397B-A17B", None),
            ("qwen-max", None),
            ("deepseek-chat", Some(DeepSeek)),
            ("deepseek-ai/DeepSeek-V3", Some(DeepSeek)),
            ("deepseek-ai/DeepSeek-V3.1", Some(DeepSeek)),
            ("accounts/fireworks/models/deepseek-v3p1", Some(DeepSeek)),
            ("us.deepseek.r1-v1:0", Some(DeepSeek)),
            ("deepseek-r1:671b", Some(DeepSeek)),
            ("deepseek-r1:7b", Some(Qwen)),
            ("deepseek-r1:70b", Some(Llama3)),
            ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", Some(Llama3)),
            ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", Some(Qwen)),
            ("deepseek-coder-v2", None),
            ("mistralai/Mistral-Nemo-Instruct-2407", Some(Tekken)),
            ("open-mistral-nemo-2407", Some(Tekken)),
            ("ministral-8b-2410", Some(Tekken)),
            ("mistral-small-2501", Some(Tekken)),
            ("mistralai/Mistral-Small-3.1-24B-Instruct-2503", Some(Tekken)),
            ("mistral-large-2512", Some(Tekken)),
            ("mistral.mistral-large-2402-v1:0", None),
            ("mistral.mixtral-8x7b-instruct-v0:1", None),
            ("mistralai/Mistral-7B-Instruct-v0.3", None),
            ("mistral:7b", None),
            ("o10-preview", None),
            ("gpt-4all-j", None),
            ("claude-sonnet-4-5", None),
            ("anthropic.claude-3-5-sonnet-20241022-v2:0", None),
            ("gemini-2.0-flash", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(family(&normal(name)), wanted, "{name}");
        }
    }
}
