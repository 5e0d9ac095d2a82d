//! CrewAI: OpenInference's kinds and values with `crew_*` beside them, or OpenLLMetry's `crewai.*`.
//!
//! Agents' roles and tasks' descriptions are the developer's words about work, not instructions of one call, and are not
//! read. What a crew was given fills its templates: it is the user's only where it can be told to be words.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct CrewAi;

impl Convention for CrewAi {
    fn name(&self) -> &'static str {
        "crewai"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::CREWAI)
    }
}

/// Puts an attribute whose key begins with `crew` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    match rest {
        b"_inputs" | b"ai.crew.inputs" => gathered.input_value.put(rank::CREWAI, attribute),
        b"ai.crew.result" | b"ai.task.result" | b"ai.agent.result" => {
            gathered.output_value.put(rank::CREWAI, attribute);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, Role};

    /// Scenario: a crew's root under OpenInference's names and under OpenLLMetry's, an agent inside, a tool.
    /// Guarantees: what the crew was asked and what it answered, at the root; nobody's role or task as anybody's words.
    #[test]
    fn crews() {
        let message = span_of(
            &[
                ("openinference.span.kind", "CHAIN"),
                ("crew_key", "k"),
                ("crew_inputs", r#"{"pregunta":"¿cuánto cuesta el casco?"}"#),
                ("crew_agents", r#"[{"role":"Researcher","goal":"Find things"}]"#),
                ("output.value", "Diez euros."),
            ],
            false,
        );
        let span = read("openinference.instrumentation.crewai", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Output)),
            (vec!["¿cuánto cuesta el casco?".into()], vec!["Diez euros.".into()])
        );
        let message = span_of(
            &[
                ("gen_ai.system", "crewai"),
                ("crewai.crew.tasks", r#"[{"description":"Research prices"}]"#),
                ("crewai.crew.result", "Diez euros."),
            ],
            false,
        );
        let span = read("opentelemetry.instrumentation.crewai", &message).unwrap();
        assert_eq!((span.convention, span.kind), ("crewai", Kind::Chain));
        assert_eq!((texts(&span, Role::Output), span.texts.len()), (vec!["Diez euros.".into()], 1));
        let message = span_of(
            &[
                ("traceloop.span.kind", "agent"),
                ("crewai.agent.role", "Researcher"),
                ("crewai.agent.goal", "Find things"),
            ],
            true,
        );
        let span = read("opentelemetry.instrumentation.crewai", &message).unwrap();
        assert_eq!((span.kind, span.texts.len()), (Kind::Agent, 0));
        let message = span_of(
            &[
                ("openinference.span.kind", "TOOL"),
                ("tool.name", "t"),
                ("input.value", r#"{"q":"casco"}"#),
                ("output.value", "rojo"),
            ],
            true,
        );
        let span = read("openinference.instrumentation.crewai", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::ToolArguments), texts(&span, Role::ToolResult)),
            (vec!["casco".into()], vec!["rojo".into()])
        );
    }
}
