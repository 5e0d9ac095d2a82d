//! The question in a message that has retrieved documents pasted into it: `Context: ... Question: ...`.

use crate::text::effort::spend;
use std::borrow::Cow;

/// Labels are this short; a longer line start is a sentence.
const MAX_LABEL: usize = 96;

/// Words that a label before pasted documents starts with.
const CONTEXT: &[&str] = &[
    "context",
    "documents",
    "document",
    "sources",
    "passages",
    "knowledge",
    "search results",
    "retrieved",
    "reference",
    "contexto",
    "documentos",
    "contexte",
    "kontext",
    "dokumente",
    "contesto",
    "documenti",
    "контекст",
    "документы",
    "上下文",
    "背景",
    "文档",
    "资料",
    "資料",
    "コンテキスト",
    "文書",
    "참고",
    "문맥",
    "문서",
    "konteks",
    "dokumen",
    "bağlam",
    "belgeler",
    "ngữ cảnh",
    "tài liệu",
    "संदर्भ",
    "দলিল",
    "প্রসঙ্গ",
    "سياق",
    "السياق",
    "المستندات",
    "بافت",
    "kontekst",
    "muktadha",
    "บริบท",
    "הקשר",
    "πλαίσιο",
];

/// Words that a label before the question ends with.
const QUESTION: &[&str] = &[
    "question",
    "query",
    "user",
    "user input",
    "request",
    "pregunta",
    "consulta",
    "pergunta",
    "domanda",
    "frage",
    "anfrage",
    "requête",
    "vraag",
    "pytanie",
    "otázka",
    "întrebare",
    "вопрос",
    "запрос",
    "питання",
    "问题",
    "問題",
    "提问",
    "質問",
    "問い",
    "질문",
    "pertanyaan",
    "soru",
    "câu hỏi",
    "सवाल",
    "प्रश्न",
    "প্রশ্ন",
    "سؤال",
    "السؤال",
    "پرسش",
    "سوال",
    "swali",
    "คำถาม",
    "שאלה",
    "ερώτηση",
    "fråga",
    "spørgsmål",
    "spørsmål",
    "kysymys",
    "kérdés",
    "tanong",
    "கேள்வி",
    "ప్రశ్న",
];

/// Words that a label after the question starts with, to which the model is to write on.
const ANSWER: &[&str] = &[
    "answer",
    "response",
    "respuesta",
    "réponse",
    "antwort",
    "resposta",
    "risposta",
    "ответ",
    "回答",
    "答案",
    "jawaban",
    "cevap",
    "उत्तर",
    "जवाब",
    "উত্তর",
    "الجواب",
    "الإجابة",
    "trả lời",
    "jibu",
    "답변",
];

/// What a line's label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Context,
    Question,
    Answer,
}

/// The question part, where both the documents and the question are labelled; otherwise the whole.
pub(super) fn part(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some((start, end)) = range(&text) else { return text };
    match text {
        Cow::Borrowed(text) => text.get(start..end).map_or(Cow::Borrowed(text), Cow::Borrowed),
        Cow::Owned(text) => match text.get(start..end) {
            Some(part) => Cow::Owned(part.to_owned()),
            None => Cow::Owned(text),
        },
    }
}

fn range(text: &str) -> Option<(usize, usize)> {
    // Two labels begin two lines.
    memchr::memchr(b'\n', text.as_bytes())?;
    let mut context = None;
    let mut question: Option<(usize, usize)> = None;
    let mut end = text.len();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        spend(line.len());
        if let Some((label, after)) = label(line) {
            match label {
                Label::Context => {
                    context.get_or_insert(at);
                    // The question came first; the documents end it.
                    if question.is_some() && end == text.len() {
                        end = at;
                    }
                }
                // Documents may hold questions of their own; the user's comes last.
                Label::Question if context.is_some() || question.is_none() => {
                    let before_documents =
                        context.is_none() || question.is_some_and(|(start, _)| Some(start) < context);
                    if question.is_none() || !before_documents {
                        question = Some((at, at + after));
                        end = text.len();
                    }
                }
                Label::Answer if question.is_some() && end == text.len() => end = at,
                Label::Question | Label::Answer => {}
            }
        }
        at += line.len();
    }
    context?;
    let (_, start) = question?;
    let part = text.get(start..end)?;
    let start = start + (part.len() - part.trim_start().len());
    let part = part.trim();
    (!part.is_empty()).then(|| (start, start + part.len()))
}

/// The label at the start of a line, and where the text after it begins.
fn label(line: &str) -> Option<(Label, usize)> {
    // Markdown's emphasis, headings and quotes around a label are no part of it.
    let decoration = |c: char| c.is_whitespace() || matches!(c, '#' | '*' | '_' | '>' | '-' | '[' | '<' | '=');
    let start = line.len() - line.trim_start_matches(decoration).len();
    let rest = line.get(start..)?;
    let (cut, width) = rest
        .char_indices()
        .take_while(|&(at, _)| at <= MAX_LABEL)
        .find(|&(_, c)| matches!(c, ':' | '：' | '।'))
        .map(|(at, c)| (at, c.len_utf8()))
        .or_else(|| {
            // "Context information is below."
            let sentence = rest.trim_end();
            (sentence.len() <= MAX_LABEL && sentence.ends_with("is below.")).then_some((sentence.len(), 0))
        })?;
    let words = rest.get(..cut)?.trim_end_matches(|c: char| decoration(c) || matches!(c, ']' | '>')).to_lowercase();
    spend(CONTEXT.len() + QUESTION.len() + ANSWER.len());
    let after = start + cut + width;
    let after = after + line.get(after..)?.bytes().take_while(|b| matches!(b, b'*' | b'_')).count();
    if CONTEXT.iter().any(|word| starts_with_word(&words, word)) {
        return Some((Label::Context, after));
    }
    if QUESTION.iter().any(|word| is_question(&words, word)) {
        return Some((Label::Question, after));
    }
    ANSWER.iter().any(|word| starts_with_word(&words, word)).then_some((Label::Answer, after))
}

fn starts_with_word(words: &str, word: &str) -> bool {
    words.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphabetic) || !word.is_ascii())
}

/// `Question`, `User question`, `The user's question` and the like: few words, of which the last is the one.
fn is_question(words: &str, word: &str) -> bool {
    words.strip_suffix(word).is_some_and(|before| {
        before.is_empty() || before.ends_with(char::is_whitespace) && before.split_whitespace().count() <= 3
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: prompts that paste documents and label the question, in several languages and layouts.
    /// Guarantees: exactly the question comes out.
    #[test]
    fn finds_the_question() {
        for (text, question) in [
            ("Context:\n- a doc.\n- b\n\nQuestion: ¿cuánto cuesta?", "¿cuánto cuesta?"),
            ("Contexto:\nEl manual dice: pulse.\n\nPregunta: ¿y luego?\n", "¿y luego?"),
            (
                "Context information is below.\n----\nx\n----\nAnswer the query.\nQuery: kama nini?\nAnswer: ",
                "kama nini?",
            ),
            ("Documents:\nFAQ Question: old?\n\nUser question:\n最近怎么样？", "最近怎么样？"),
            ("背景：\n文档一\n\n问题：多少钱？", "多少钱？"),
            ("**Context**:\nfoo\n\n**Question:** bar baz?", "bar baz?"),
            ("Question: wo ist es?\n\nContext:\n- hier", "wo ist es?"),
            ("السياق:\nنص\n\nالسؤال: كم السعر؟", "كم السعر؟"),
            ("Context:\nQ&A\nQuestion: from the doc?\nQuestion: from the user?", "from the user?"),
        ] {
            assert_eq!(part(Cow::Borrowed(text)), question, "{text}");
            assert_eq!(part(Cow::Owned(text.to_owned())), question, "{text}");
        }
    }

    /// Scenario: messages without labelled documents, without a labelled question, or with nothing after it.
    /// Guarantees: the whole message is the user's.
    #[test]
    fn leaves_the_rest_alone() {
        for text in [
            "Question: is this one?",
            "I have a question: where?",
            "Context:\nfoo bar",
            "Contextual ads: why?\nQuestion: what?",
            "Context:\nfoo\nQuestion:",
            "",
            ":",
        ] {
            assert_eq!(part(Cow::Borrowed(text)), text, "{text}");
        }
    }
}
