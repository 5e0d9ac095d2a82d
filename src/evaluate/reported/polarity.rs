//! Whether less is better, by what an evaluation is called.

/// Beginnings of words for things that nobody wants in an answer.
const UNWANTED: &[&str] = &[
    "abus",
    "bias",
    "contradict",
    "danger",
    "distance",
    "error",
    "fabricat",
    "frustrat",
    "gibberish",
    "harm",
    "hate",
    "hallucinat",
    "incoheren",
    "inconsisten",
    "injection",
    "insult",
    "irrelevan",
    "jailbreak",
    "leak",
    "misinformation",
    "offens",
    "perplexity",
    "pii",
    "profan",
    "racis",
    "redundan",
    "refus",
    "repetit",
    "risk",
    "selfharm",
    "sexis",
    "sexual",
    "spam",
    "stereotyp",
    "threat",
    "toxic",
    "unsafe",
    "violat",
    "violen",
    "vulgar",
];

/// Beginnings of words that turn the meaning of such a name round: `no_racial_bias`, `hallucination_free`.
const WITHOUT: &[&str] = &[
    "absence", "avoid", "complian", "free", "harmless", "lack", "no", "non", "not", "protect", "resist", "robust",
    "safety", "unbias", "without",
];

/// Whether low scores of the evaluation are the good ones. `name` in plain form.
pub(super) fn less_is_better(name: &str) -> bool {
    let starts = |word: &str, list: &[&str]| {
        list.iter().any(|start| if start.len() < 4 { word == *start } else { word.starts_with(start) })
    };
    let mut unwanted = false;
    for word in name.split('_') {
        if starts(word, WITHOUT) {
            return false;
        }
        unwanted |= starts(word, UNWANTED);
    }
    unwanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::plain_name;

    /// Scenario: names of evaluations as libraries have them.
    /// Guarantees: less is better of what is unwanted, but not of its absence.
    #[test]
    fn names() {
        for name in
            ["hallucination", "Toxicity", "HallucinationDetection", "prompt_injection", "bias", "PII", "refusal"]
        {
            assert!(less_is_better(&plain_name(name)), "{name}");
        }
        for name in [
            "relevance",
            "Faithfulness",
            "no_racial_bias",
            "non_toxic",
            "hallucination-free",
            "harmlessness",
            "content_safety",
            "unbiased",
            "spice",
            "noise",
        ] {
            assert!(!less_is_better(&plain_name(name)), "{name}");
        }
    }
}
