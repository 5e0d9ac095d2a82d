//! Names of the attributes that are added.

use crate::convention::Role;

/// What an agent span does.
pub const SPAN_KIND: &str = "isogloss.span.kind";
/// The turn's input language as known so far.
pub const COHORT_LANGUAGE: &str = "isogloss.cohort.language";
/// What told it: `text`, `served`, `trace`, `session`.
pub const COHORT_LANGUAGE_SOURCE: &str = "isogloss.cohort.language_source";
/// The language of the turn's answer as known so far.
pub const COHORT_TARGET_LANGUAGE: &str = "isogloss.cohort.target_language";
/// Whether the answer is in the language of the question.
pub const LANGUAGE_MATCH: &str = "isogloss.language_match";
/// `refused`, `answered`, `undetermined`.
pub const REFUSAL_VERDICT: &str = "isogloss.refusal.verdict";
/// What kind of refusal, or why it cannot be told.
pub const REFUSAL_KIND: &str = "isogloss.refusal.kind";
/// What said so.
pub const REFUSAL_SOURCE: &str = "isogloss.refusal.source";
/// `reported`, `counted`, `estimated`.
pub const TOKENS_SOURCE: &str = "isogloss.tokens.source";
/// Which tokenizer counted.
pub const TOKENS_TOKENIZER: &str = "isogloss.tokens.tokenizer";
/// Which detector, in which version.
pub const DETECTOR_VERSION: &str = "isogloss.detector.version";

/// Usage, under the names of both families of conventions, that is filled in where the client sent none.
pub const INPUT_TOKENS: [&str; 2] = ["gen_ai.usage.input_tokens", "llm.token_count.prompt"];
/// As [`INPUT_TOKENS`], for the answer.
pub const OUTPUT_TOKENS: [&str; 2] = ["gen_ai.usage.output_tokens", "llm.token_count.completion"];
/// The sum of both.
pub const TOTAL_TOKENS: &str = "llm.token_count.total";

/// The attributes of one role.
pub struct RoleNames {
    /// The language.
    pub language: &'static str,
    /// How sure, 0 to 1.
    pub confidence: &'static str,
    /// Languages of a text in several; of documents, where they differ.
    pub languages: &'static str,
    /// Tokens.
    pub tokens: &'static str,
    /// Characters.
    pub characters: &'static str,
}

macro_rules! role_names {
    ($role:literal) => {
        RoleNames {
            language: concat!("isogloss.", $role, ".language"),
            confidence: concat!("isogloss.", $role, ".language_confidence"),
            languages: concat!("isogloss.", $role, ".languages"),
            tokens: concat!("isogloss.", $role, ".tokens"),
            characters: concat!("isogloss.", $role, ".characters"),
        }
    };
}

/// The names for a role.
pub const fn role(role: Role) -> RoleNames {
    match role {
        Role::System => role_names!("system"),
        Role::Input => role_names!("input"),
        Role::Retrieval => role_names!("retrieval"),
        Role::ToolArguments => role_names!("tool_arguments"),
        Role::ToolResult => role_names!("tool_result"),
        Role::Output => role_names!("output"),
    }
}

/// Every key that may be added, for the documentation's test.
pub fn all() -> Vec<&'static str> {
    let mut names = vec![
        SPAN_KIND,
        COHORT_LANGUAGE,
        COHORT_LANGUAGE_SOURCE,
        COHORT_TARGET_LANGUAGE,
        LANGUAGE_MATCH,
        REFUSAL_VERDICT,
        REFUSAL_KIND,
        REFUSAL_SOURCE,
        TOKENS_SOURCE,
        TOKENS_TOKENIZER,
        DETECTOR_VERSION,
        TOTAL_TOKENS,
    ];
    names.extend(INPUT_TOKENS);
    names.extend(OUTPUT_TOKENS);
    for names_of in Role::ALL.map(role) {
        names.extend([names_of.language, names_of.confidence, names_of.languages]);
        names.extend([names_of.tokens, names_of.characters]);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the names are compared with the roles' own.
    /// Guarantees: no role's attributes carry another role's name, and no name is used twice.
    #[test]
    fn names_follow_roles() {
        for r in Role::ALL {
            assert!(role(r).language.starts_with(&format!("isogloss.{}.", r.name())));
        }
        let mut names = all();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().len());
    }
}
