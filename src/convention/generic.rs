//! Whatever else carries an LLM app's attributes: any `gen_ai.*`, `llm.*` or `*.value`, read by the names that the
//! other conventions share.

use super::{Convention, Source};

/// See the [module](self).
pub(super) struct Generic;

impl Convention for Generic {
    fn name(&self) -> &'static str {
        "generic"
    }

    fn recognises(&self, _: &Source<'_, '_>) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, Role};

    /// Scenario: spans of an instrumentation that nobody here has heard of: with a model and values, with values only,
    /// with numbered messages only, inside and at the root; and a model beside plain attributes.
    /// Guarantees: each yields the kind and the texts that its names suggest, and nothing that they do not.
    #[test]
    fn unknown_instrumentation() {
        let message = span_of(
            &[
                ("llm.model_name", "m"),
                ("input.value", "¿cuánto?"),
                ("output.value", "Diez."),
                ("llm.token_count.prompt", "3"),
            ],
            true,
        );
        let span = read("somebody", &message).unwrap();
        assert_eq!((span.convention, span.kind, span.model.as_deref()), ("generic", Kind::Llm, Some("m")));
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Output)),
            (vec!["¿cuánto?".into()], vec!["Diez.".into()])
        );
        assert_eq!(span.usage.input, Some(3));

        let values = [("input.value", r#"{"question":"¿cuánto?"}"#), ("output.value", r#"{"answer":"Diez."}"#)];
        let root = span_of(&values, false);
        let span = read("somebody", &root).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::Input), texts(&span, Role::Output)),
            (Kind::Chain, vec!["¿cuánto?".into()], vec!["Diez.".into()])
        );
        let inside = span_of(&values, true);
        assert!(read("somebody", &inside).unwrap().texts.is_empty());

        let message = span_of(
            &[
                ("gen_ai.prompt.0.role", "user"),
                ("gen_ai.prompt.0.content", "hola"),
                ("gen_ai.completion.0.content", "buenas"),
            ],
            true,
        );
        let span = read("somebody", &message).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::Input), texts(&span, Role::Output)),
            (Kind::Llm, vec!["hola".into()], vec!["buenas".into()])
        );

        let message =
            span_of(&[("gen_ai.request.model", "m"), ("note", "palabras"), ("db.statement", "SELECT 1")], true);
        let span = read("somebody", &message).unwrap();
        assert_eq!((span.kind, span.texts.len()), (Kind::Llm, 0));
    }
}
