//! Haystack's own tracing: what a component, an agent or a pipeline was given and what it gave back, each as JSON in
//! one attribute. What a span does is told by the class of its component.

use super::documents::documents;
use super::exchange;
use super::gather::Gathered;
use super::marks::Marks;
use super::message::{Message, Speaker};
use super::messages::{message, messages_of};
use super::roles::{input_side, output_side, push, say};
use super::slot::name;
use super::tree::take;
use super::{AgentSpan, Convention, Kind, Role, Source, leaves, question, refusal_signal, tree, usage_object};
use crate::otlp::view::{AnyValue, Attributes};
use crate::text::json::Value;
use std::borrow::Cow;

/// What went in, by who was given it.
const GIVEN: [&str; 5] = [
    "haystack.component.input",
    "haystack.agent.step.llm.input",
    "haystack.agent.step.tool.input",
    "haystack.agent.input",
    "haystack.pipeline.input_data",
];

/// What came out, in the same order.
const GAVE: [&str; 5] = [
    "haystack.component.output",
    "haystack.agent.step.llm.output",
    "haystack.agent.step.tool.output",
    "haystack.agent.output",
    "haystack.pipeline.output_data",
];

/// What components call the words that they are asked.
const ASKED: [&str; 3] = ["query", "question", "text"];

/// See the [module](self).
pub(super) struct Haystack;

impl Convention for Haystack {
    fn name(&self) -> &'static str {
        "haystack"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::HAYSTACK)
    }

    fn read<'a>(&self, source: &Source<'_, 'a>, _: &mut Gathered<'a>, span: &mut AgentSpan<'a>) {
        let attributes = &source.span.attributes;
        span.kind = kind(attributes);
        let side = |keys: [&str; 5]| keys.iter().find_map(|key| attributes.get(key)).unwrap_or(AnyValue::Empty);
        let (given, gave) = (side(GIVEN), side(GAVE));
        match span.kind {
            Kind::Llm => {
                asked_model(span, tree::tree(given));
                replied(span, tree::tree(gave));
            }
            Kind::Agent => {
                conversation(span, &mut tree::tree(given));
                answered(span, &mut tree::tree(gave));
            }
            Kind::Tool => tool(span, attributes, tree::tree(given), tree::tree(gave)),
            Kind::Retriever => {
                if let Some(Value::String(query)) = take(&mut tree::tree(given), "query") {
                    say(span, Role::Input, query);
                }
                documents(gave).into_iter().for_each(|found| push(span, Role::Retrieval, found));
            }
            Kind::Embedding => {
                match take(&mut tree::tree(given), "text") {
                    Some(Value::String(text)) => say(span, Role::Input, text),
                    _ => documents(given).into_iter().for_each(|text| push(span, Role::Input, text)),
                }
                if let Some(meta) = take(&mut tree::tree(gave), "meta") {
                    about(span, &meta);
                }
            }
            // Of the components between only the pipeline around them knows whose the words are.
            Kind::Chain if attributes.get("haystack.component.type").is_none() => pipeline(span, given, gave),
            Kind::Chain | Kind::Reranker | Kind::Guardrail | Kind::Evaluator => {}
        }
        refusal_signal::from_finish(span);
    }
}

fn kind(attributes: &Attributes<'_>) -> Kind {
    const CLASSES: &[(&str, Kind)] = &[
        ("Generator", Kind::Llm),
        ("Retriever", Kind::Retriever),
        ("WebSearch", Kind::Retriever),
        ("Ranker", Kind::Reranker),
        ("Embedder", Kind::Embedding),
        ("ToolInvoker", Kind::Tool),
        ("Evaluator", Kind::Evaluator),
        ("Agent", Kind::Agent),
    ];
    if let Some(class) = attributes.str("haystack.component.type") {
        return CLASSES.iter().find(|(end, _)| class.ends_with(end)).map_or(Kind::Chain, |&(_, kind)| kind);
    }
    let has = |prefix: &[u8]| attributes.iter().any(|attribute| attribute.key.starts_with(prefix));
    if has(b"haystack.agent.step.llm.") {
        Kind::Llm
    } else if has(b"haystack.agent.step.tool.") || has(b"haystack.tool.") {
        Kind::Tool
    } else if has(b"haystack.agent.step") {
        Kind::Chain
    } else if has(b"haystack.agent.") {
        Kind::Agent
    } else {
        Kind::Chain
    }
}

/// What a model was given: messages, or the one prompt of the older generators.
fn asked_model<'a>(span: &mut AgentSpan<'a>, mut given: Value<'a>) {
    if let Some(Value::String(text)) = take(&mut given, "system_prompt") {
        say(span, Role::System, text);
    }
    if !conversation(span, &mut given)
        && let Some(Value::String(text)) = take(&mut given, "prompt")
    {
        say(span, Role::Input, question::part(text));
    }
}

/// The messages that went in; whether there were any. A string stands for the user's one message.
fn conversation<'a>(span: &mut AgentSpan<'a>, given: &mut Value<'a>) -> bool {
    match take(given, "messages") {
        Some(Value::String(text)) => say(span, Role::Input, question::part(text)),
        Some(told @ Value::Array(_)) => input_side(span, &mut messages_of(told)),
        _ => return false,
    }
    true
}

/// What a model replied, and what it says about the call: on each message, or beside plain texts.
fn replied<'a>(span: &mut AgentSpan<'a>, mut gave: Value<'a>) {
    let Some(Value::Array(replies)) = take(&mut gave, "replies") else { return };
    let beside = take(&mut gave, "meta");
    let metas = replies.iter().filter_map(|reply| reply.get("meta"));
    for meta in metas.chain(beside.iter().flat_map(Value::items)) {
        about(span, meta);
    }
    output_side(span, &mut replies.into_iter().filter_map(reply).collect::<Vec<_>>());
}

fn reply(reply: Value<'_>) -> Option<Message<'_>> {
    match reply {
        Value::String(text) => {
            let mut said = Message::by(Some(Speaker::Assistant));
            said.say(text);
            Some(said)
        }
        reply => message(reply, Some(Speaker::Assistant)),
    }
}

/// Model, finish reason and usage. Several replies to one call repeat its usage, so the first stands.
fn about(span: &mut AgentSpan<'_>, meta: &Value<'_>) {
    let owned = |key: &str| meta.get(key)?.as_str().and_then(name).map(|text| Cow::Owned(text.to_owned()));
    if span.model.is_none() {
        span.model = owned("model");
    }
    span.finish_reasons.extend(owned("finish_reason"));
    if span.usage.is_empty()
        && let Some(usage) = meta.get("usage")
    {
        span.usage = usage_object::counts(usage);
    }
}

/// What an agent gave back: its last message, else the last answer of the conversation.
fn answered<'a>(span: &mut AgentSpan<'a>, gave: &mut Value<'a>) {
    let last = take(gave, "last_message").and_then(reply);
    let last = last.or_else(|| exchange::last_answer(messages_of(take(gave, "messages")?)));
    output_side(span, last.into_iter().collect::<Vec<_>>().as_mut_slice());
}

/// Tools that a message asked for, and what they said.
fn tool<'a>(span: &mut AgentSpan<'a>, attributes: &Attributes<'a>, mut given: Value<'a>, mut gave: Value<'a>) {
    span.tool_name = attributes.str("haystack.tool.name").and_then(name).map(Cow::Borrowed);
    // The whole conversation goes in; the last message has the calls.
    match take(&mut given, "messages") {
        Some(told) => {
            let asked = messages_of(told).into_iter().rev().find(|message| message.called);
            for call in asked.into_iter().flat_map(|mut message| message.take_calls()) {
                push(span, Role::ToolArguments, call);
            }
        }
        None => leaves::arguments_of(given).into_iter().for_each(|words| push(span, Role::ToolArguments, words)),
    }
    match take(&mut gave, "tool_messages") {
        Some(told) => {
            for result in messages_of(told).into_iter().flat_map(|mut message| message.take_results()) {
                push(span, Role::ToolResult, result);
            }
        }
        None => leaves::result_of(gave).into_iter().for_each(|words| push(span, Role::ToolResult, words)),
    }
}

/// What a pipeline was given and gave back, by component. Several components may be handed the same question.
fn pipeline<'a>(span: &mut AgentSpan<'a>, given: AnyValue<'a>, gave: AnyValue<'a>) {
    let components = |value| if let Value::Object(members) = tree::tree(value) { members } else { Vec::new() };
    for (_, mut given) in components(given) {
        if span.has(Role::Input) {
            break;
        }
        if !conversation(span, &mut given)
            && let Some(Value::String(text)) = ASKED.iter().find_map(|key| take(&mut given, key))
        {
            say(span, Role::Input, text);
        }
    }
    for (_, mut gave) in components(gave) {
        if span.has(Role::Output) {
            break;
        }
        if let Some(Value::Array(replies)) = take(&mut gave, "replies") {
            output_side(span, &mut replies.into_iter().filter_map(reply).collect::<Vec<_>>());
        } else {
            answered(span, &mut gave);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Usage;
    use super::super::testing::{read, span_of, texts};
    use super::*;

    fn component<'a>(class: &'a str, input: &'a str, output: &'a str) -> Vec<u8> {
        let keys = ["haystack.component.type", "haystack.component.input", "haystack.component.output"];
        span_of(&[(keys[0], class), (keys[1], input), (keys[2], output)], true)
    }

    /// Scenario: a chat model that was given a conversation and asks for a tool, and an older one with a plain prompt.
    /// Guarantees: each text has its role, the history none; model, usage and finish reason come from the reply.
    #[test]
    fn generators() {
        let input = r#"{"messages":[{"role":"system","content":[{"text":"Sé breve."}]},
            {"role":"user","content":[{"text":"hola"}]},{"role":"assistant","content":[{"text":"¿sí?"}]},
            {"role":"user","content":[{"text":"¿qué tiempo hace?"}]}],"tools":null}"#;
        let output = r#"{"replies":[{"role":"assistant","content":[{"tool_call":{"tool_name":"tiempo",
            "arguments":{"lugar":"la ciudad"}}}],"meta":{"model":"m-1","finish_reason":"tool_calls",
            "usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}}]}"#;
        let message = component("OpenAIChatGenerator", input, output);
        let span = read("haystack", &message).unwrap();
        assert_eq!((span.convention, span.kind, span.calls_tools), ("haystack", Kind::Llm, true));
        assert_eq!(texts(&span, Role::System), ["Sé breve."]);
        assert_eq!(texts(&span, Role::Input), ["¿qué tiempo hace?"]);
        assert_eq!(texts(&span, Role::ToolArguments), ["la ciudad"]);
        assert!(!span.has(Role::Output));
        assert_eq!(span.model.as_deref(), Some("m-1"));
        assert_eq!(span.usage, Usage { input: Some(9), output: Some(2), total: Some(11), ..Usage::default() });
        assert_eq!(span.finish_reasons[..], ["tool_calls"]);

        let output = r#"{"replies":["Hace sol."],"meta":[{"model":"m-2","finish_reason":"stop"}]}"#;
        let message =
            component("OpenAIGenerator", r#"{"prompt":"¿qué tiempo hace?","system_prompt":"Sé breve."}"#, output);
        let span = read("haystack", &message).unwrap();
        assert_eq!(texts(&span, Role::Input), ["¿qué tiempo hace?"]);
        assert_eq!(texts(&span, Role::System), ["Sé breve."]);
        assert_eq!(texts(&span, Role::Output), ["Hace sol."]);
        assert_eq!(span.model.as_deref(), Some("m-2"));
    }

    /// Scenario: retriever, embedders, tools, an agent, and a prompt builder.
    /// Guarantees: each is its kind with the texts of its roles; a step between has none.
    #[test]
    fn components() {
        let found = r#"{"documents":[{"id":"1","content":"Primero."},{"id":"2","content":"Segundo."}]}"#;
        let message = component("InMemoryBM25Retriever", r#"{"query":"¿dónde?","top_k":2}"#, found);
        let span = read("haystack", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::Input)), (Kind::Retriever, vec!["¿dónde?".to_owned()]));
        assert_eq!(texts(&span, Role::Retrieval), ["Primero.", "Segundo."]);

        let message =
            component("OpenAIDocumentEmbedder", found, r#"{"meta":{"model":"e","usage":{"prompt_tokens":4}}}"#);
        let span = read("haystack", &message).unwrap();
        assert_eq!((span.kind, span.usage.input, span.model.as_deref()), (Kind::Embedding, Some(4), Some("e")));
        assert_eq!(texts(&span, Role::Input), ["Primero.", "Segundo."]);

        let call = r#"{"messages":[{"role":"user","content":[{"text":"hola"}]},{"role":"assistant","content":
            [{"tool_call":{"tool_name":"t","arguments":{"a":"uno"}}}]}]}"#;
        let result =
            r#"{"tool_messages":[{"role":"tool","content":[{"tool_call_result":{"result":"dos","error":false}}]}]}"#;
        let message = component("ToolInvoker", call, result);
        let span = read("haystack", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::ToolArguments)), (Kind::Tool, vec!["uno".to_owned()]));
        assert_eq!(texts(&span, Role::ToolResult), ["dos"]);

        let input = r#"{"messages":[{"role":"user","content":[{"text":"hola"}]}]}"#;
        let output = r#"{"messages":[{"role":"user","content":[{"text":"hola"}]},
            {"role":"assistant","content":[{"text":"Buenas."}]}]}"#;
        let message = span_of(&[("haystack.agent.input", input), ("haystack.agent.output", output)], false);
        let span = read("haystack", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::Input)), (Kind::Agent, vec!["hola".to_owned()]));
        assert_eq!(texts(&span, Role::Output), ["Buenas."]);

        let message = component("PromptBuilder", r#"{"question":"¿dónde?"}"#, r#"{"prompt":"Contesta: ¿dónde?"}"#);
        let span = read("haystack", &message).unwrap();
        assert_eq!((span.kind, span.texts.len()), (Kind::Chain, 0));
    }

    /// Scenario: a pipeline whose components are handed one question, and values that are not what is expected.
    /// Guarantees: question and answer come out once; anything else is nobody's text.
    #[test]
    fn pipelines() {
        let run = |input, output| {
            span_of(&[("haystack.pipeline.input_data", input), ("haystack.pipeline.output_data", output)], false)
        };
        let given = r#"{"retriever":{"query":"¿dónde?"},"prompt_builder":{"question":"¿dónde?"}}"#;
        let message = run(given, r#"{"llm":{"replies":["Allí."],"meta":[{"model":"m"}]}}"#);
        let span = read("haystack", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::Input)), (Kind::Chain, vec!["¿dónde?".to_owned()]));
        assert_eq!(texts(&span, Role::Output), ["Allí."]);
        for odd in [
            "[1,2]",
            "{\"a\":[\"b\"]}",
            "text",
            "{\"a\":{\"messages\":7,\"replies\":{}}}",
            "{\"a\":{\"replies\":[[]]}}",
        ] {
            let message = run(odd, odd);
            assert!(read("haystack", &message).unwrap().texts.is_empty(), "{odd}");
        }
    }
}
