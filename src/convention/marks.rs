//! Which families of keys a span has, found in one walk over its attribute keys.

use crate::otlp::view::Attributes;
use std::ops::{BitOr, BitOrAssign};

/// A set of families of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u32);

impl Marks {
    /// `langfuse.*`
    pub const LANGFUSE: Marks = Marks(1);
    /// `openinference.*`
    pub const OPENINFERENCE: Marks = Marks(1 << 1);
    /// `fi.span.kind`
    pub const FI_KIND: Marks = Marks(1 << 2);
    /// `gen_ai.span.kind`
    pub const GEN_AI_KIND: Marks = Marks(1 << 3);
    /// `ai.*`
    pub const VERCEL: Marks = Marks(1 << 4);
    /// `mlflow.*`
    pub const MLFLOW: Marks = Marks(1 << 5);
    /// `langsmith.*`
    pub const LANGSMITH: Marks = Marks(1 << 6);
    /// `traceloop.*`
    pub const TRACELOOP: Marks = Marks(1 << 7);
    /// `gcp.vertex.agent.*`
    pub const ADK: Marks = Marks(1 << 8);
    /// `haystack.*`
    pub const HAYSTACK: Marks = Marks(1 << 9);
    /// `gen_ai.prompt.0.*`
    pub const INDEXED_PROMPT: Marks = Marks(1 << 10);
    /// `gen_ai.operation.name`
    pub const OPERATION: Marks = Marks(1 << 11);
    /// `gen_ai.*`
    pub const GEN_AI: Marks = Marks(1 << 12);
    /// `llm.*`
    pub const LLM: Marks = Marks(1 << 13);
    /// `input.value` or `output.value`
    pub const VALUE: Marks = Marks(1 << 14);
    /// `retrieval.documents.*`, `reranker.*`, `embedding.*`
    pub const SEARCH: Marks = Marks(1 << 15);
    /// `pydantic_ai.*`
    pub const PYDANTIC: Marks = Marks(1 << 16);
    /// `crewai.*`, `crew_key` and its like
    pub const CREWAI: Marks = Marks(1 << 17);

    /// Families whose keys begin with the name of the program that wrote them.
    pub(super) const OWN: Marks = Marks(
        Marks::VERCEL.0
            | Marks::LANGFUSE.0
            | Marks::LANGSMITH.0
            | Marks::MLFLOW.0
            | Marks::TRACELOOP.0
            | Marks::ADK.0
            | Marks::CREWAI.0,
    );

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether any of these is there.
    pub const fn any(self, of: Marks) -> bool {
        self.0 & of.0 != 0
    }

    /// The families among these attributes. Reads keys only, and allocates nothing.
    pub fn of(attributes: &Attributes<'_>) -> Marks {
        attributes.iter().fold(Marks::default(), |marks, attribute| marks | Marks::of_key(attribute.key))
    }

    /// Whether there is any family among these attributes: the walk over the keys of a span that is no agent's.
    pub fn in_any(attributes: &Attributes<'_>) -> bool {
        attributes.iter().any(|attribute| !Marks::of_key(attribute.key).is_empty())
    }

    #[inline(always)]
    pub(super) fn of_key(key: &[u8]) -> Marks {
        // Most keys of other spans part ways at their first byte or two.
        match key {
            [b'g', b'e', b'n', b'_', b'a', b'i', b'.', rest @ ..] => Marks::of_gen_ai(rest),
            [b'g', b'c', rest @ ..] if rest.starts_with(b"p.vertex.agent.") => Marks::ADK,
            [b'l', b'l', b'm', b'.', ..] => Marks::LLM,
            [b'l', b'a', rest @ ..] if rest.starts_with(b"ngfuse.") => Marks::LANGFUSE,
            [b'l', b'a', rest @ ..] if rest.starts_with(b"ngsmith.") => Marks::LANGSMITH,
            [b'i', b'n', b'p', rest @ ..] if rest == b"ut.value" => Marks::VALUE,
            [b'o', b'u', rest @ ..] if rest == b"tput.value" => Marks::VALUE,
            [b'o', b'p', rest @ ..] if rest.starts_with(b"eninference.") => Marks::OPENINFERENCE,
            [b'f', b'i', b'.', rest @ ..] if rest == b"span.kind" => Marks::FI_KIND,
            [b'a', b'i', b'.', ..] => Marks::VERCEL,
            [b'm', b'l', rest @ ..] if rest.starts_with(b"flow.") => Marks::MLFLOW,
            [b't', b'r', rest @ ..] if rest.starts_with(b"aceloop.") => Marks::TRACELOOP,
            [b'h', b'a', rest @ ..] if rest.starts_with(b"ystack.") => Marks::HAYSTACK,
            [b'r', b'e', rest @ ..] if rest.starts_with(b"trieval.documents") || rest.starts_with(b"ranker.") => {
                Marks::SEARCH
            }
            [b'e', b'm', rest @ ..] if rest.starts_with(b"bedding.") => Marks::SEARCH,
            [b'p', b'y', rest @ ..] if rest.starts_with(b"dantic_ai.") => Marks::PYDANTIC,
            [b'c', b'r', rest @ ..] if rest.starts_with(b"ewai.") || rest.starts_with(b"ew_") => Marks::CREWAI,
            _ => Marks::default(),
        }
    }

    #[inline(always)]
    fn of_gen_ai(rest: &[u8]) -> Marks {
        match rest {
            b"operation.name" => Marks::GEN_AI | Marks::OPERATION,
            b"span.kind" => Marks::GEN_AI | Marks::GEN_AI_KIND,
            [b'p', tail @ ..] if tail.starts_with(b"rompt.") => {
                // `gen_ai.prompt.template.*` is something else.
                if tail.get(6).is_some_and(u8::is_ascii_digit) {
                    Marks::GEN_AI | Marks::INDEXED_PROMPT
                } else {
                    Marks::GEN_AI
                }
            }
            _ => Marks::GEN_AI,
        }
    }
}

impl BitOr for Marks {
    type Output = Marks;

    fn bitor(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Marks) {
        *self = *self | other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convention::gather::Gathered;
    use crate::convention::testing::{Any, attribute};
    use crate::otlp::view::Attribute;

    /// Scenario: keys of agent spans of each family, near misses, and keys of web and database spans.
    /// Guarantees: each family is told from the others, and plain spans have no mark; attributes that are gathered have the
    /// same marks, and so have their keys with anything behind them, or without their ends.
    #[test]
    fn families() {
        for (key, marks) in [
            ("langfuse.observation.type", Marks::LANGFUSE),
            ("openinference.span.kind", Marks::OPENINFERENCE),
            ("fi.span.kind", Marks::FI_KIND),
            ("gen_ai.span.kind", Marks::GEN_AI | Marks::GEN_AI_KIND),
            ("gen_ai.operation.name", Marks::GEN_AI | Marks::OPERATION),
            ("gen_ai.prompt.0.content", Marks::GEN_AI | Marks::INDEXED_PROMPT),
            ("gen_ai.prompt.template.name", Marks::GEN_AI),
            ("gen_ai.prompt", Marks::GEN_AI),
            ("ai.operationId", Marks::VERCEL),
            ("mlflow.spanType", Marks::MLFLOW),
            ("langsmith.span.kind", Marks::LANGSMITH),
            ("traceloop.span.kind", Marks::TRACELOOP),
            ("gcp.vertex.agent.event_id", Marks::ADK),
            ("haystack.component.type", Marks::HAYSTACK),
            ("llm.model_name", Marks::LLM),
            ("input.value", Marks::VALUE),
            ("output.value", Marks::VALUE),
            ("retrieval.documents.0.document.content", Marks::SEARCH),
            ("pydantic_ai.all_messages", Marks::PYDANTIC),
            ("crewai.crew.result", Marks::CREWAI),
            ("crew_inputs", Marks::CREWAI),
        ] {
            assert_eq!(Marks::of_key(key.as_bytes()), marks, "{key}");
            let ends = (0..=key.len()).filter_map(|end| key.get(..end)).map(str::to_owned);
            for key in ends.chain(["x", ".x", ".0", ".0.x"].map(|more| format!("{key}{more}"))) {
                let message = attribute(&key, &Any::from(""));
                let (mut attributes, mut gathered) = (Attributes::default(), Gathered::default());
                attributes.push(Attribute::read(&message).unwrap());
                gathered.add(&attributes);
                assert_eq!(gathered.marks, Marks::of(&attributes), "{key}");
                assert_eq!(Marks::in_any(&attributes), !gathered.marks.is_empty(), "{key}");
            }
        }
        for key in
            ["", "g", "http.request.method", "airline.code", "input.values", "output.mime_type", "gcp.project", "lla"]
        {
            assert!(Marks::of_key(key.as_bytes()).is_empty(), "{key}");
        }
    }
}
