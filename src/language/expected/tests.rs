use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn tags(tags: &Tags) -> String {
    tags.iter().map(|tag| tag.to_string()).collect::<Vec<_>>().join(" ")
}

/// Instructions by language, each for that language unless another is given.
#[rustfmt::skip]
const SYSTEM: &[(&str, &str)] = &[
    ("You are a helpful assistant. Always answer in French.", "fr"),
    ("Respond only in Spanish, whatever the user writes.", "es"),
    ("You must reply in German at all times.", "de"),
    ("All your responses must be in Italian.", "it"),
    ("Your output should be written in Brazilian Portuguese.", "pt"),
    ("Please communicate with the customer in polite Japanese.", "ja"),
    ("I want you to speak only in Swahili.", "sw"),
    ("Answer in Traditional Chinese.", "zh-Hant"),
    ("Write in Chinese (Simplified).", "zh-Hans"),
    ("# Rules\n- Be brief\n- Answer in the Yoruba language", "yo"),
    ("Reply in **Hausa**.", "ha"),
    ("Language: Portuguese", "pt"),
    ("- Response language: sw-KE\n- Tone: warm", "sw"),
    ("Translate everything the user says into Zulu.", "zu"),
    ("Use English to answer in Hindi.", "hi"),
    ("Antworte immer auf Deutsch.", "de"),
    ("Beantworten Sie alle Fragen in deutscher Sprache, bitte auf Deutsch.", "de"),
    ("Bitte schreibe deine Antworten auf Englisch.", "en"),
    ("Réponds toujours en français.", "fr"),
    ("Vous devez répondre en anglais.", "en"),
    ("Responde siempre en español.", "es"),
    ("Contesta en catalán.", "ca"),
    ("Responda sempre em português.", "pt"),
    ("Rispondi sempre in italiano.", "it"),
    ("Antwoord altijd in het Nederlands.", "nl"),
    ("Odpowiadaj zawsze po polsku.", "pl"),
    ("Odpovídej vždy česky.", "cs"),
    ("Răspunde întotdeauna în română.", "ro"),
    ("Svara alltid på svenska.", "sv"),
    ("Svar altid på dansk.", "da"),
    ("Svar alltid på norsk.", "no"),
    ("Vastaa aina suomeksi.", "fi"),
    ("Mindig magyarul válaszolj.", "hu"),
    ("Απάντησε πάντα στα ελληνικά.", "el"),
    ("Her zaman Türkçe cevap ver.", "tr"),
    ("Всегда отвечай на русском языке.", "ru"),
    ("Отвечай по-русски.", "ru"),
    ("Завжди відповідай українською.", "uk"),
    ("Винаги отговаряй на български.", "bg"),
    ("Uvijek odgovaraj na hrvatskom.", "hr"),
    ("أجب دائماً باللغة العربية.", "ar"),
    ("اكتب بالعربية فقط", "ar"),
    ("همیشه به فارسی پاسخ بده.", "fa"),
    ("ہمیشہ اردو میں جواب دیں۔", "ur"),
    ("ענה תמיד בעברית.", "he"),
    ("हमेशा हिंदी में उत्तर दें।", "hi"),
    ("नेहमी मराठीत उत्तर द्या.", "mr"),
    ("সবসময় বাংলায় উত্তর দিন।", "bn"),
    ("எப்போதும் தமிழில் பதிலளிக்கவும்.", "ta"),
    ("ఎల్లప్పుడూ తెలుగులో సమాధానం ఇవ్వండి.", "te"),
    ("ตอบเป็นภาษาไทยเสมอ", "th"),
    ("Luôn trả lời bằng tiếng Việt.", "vi"),
    ("Selalu jawab dalam bahasa Indonesia.", "id"),
    ("Palaging sumagot sa Tagalog.", "tl"),
    ("Jibu kila mara kwa Kiswahili.", "sw"),
    ("必ず日本語で答えてください。", "ja"),
    ("请始终用中文回答。", "zh"),
    ("請使用繁體中文回答。", "zh-Hant"),
    ("항상 한국어로 답변하세요.", "ko"),
    ("ሁልጊዜ በአማርኛ መልስ ስጥ።", "am"),
    ("ყოველთვის ქართულად უპასუხე.", "ka"),
    ("Միշտ պատասխանիր հայերեն։", "hy"),
];

/// Scenario: instructions in more than thirty languages, for their own language and for others.
/// Guarantees: each is understood.
#[test]
fn instructions() {
    let wrong: Vec<_> = SYSTEM
        .iter()
        .map(|&(text, tag)| (text, tag, asked(text, Speaker::System)))
        .filter(|(_, tag, found)| tags(&found.only) != *tag)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Scenario: what users ask for.
/// Guarantees: a request to answer or translate counts; a question about a language makes that language no fault.
#[test]
fn requests() {
    for (text, only, also) in [
        ("Translate this into Swahili: The bus is late.", "sw", ""),
        ("translate the following text from German to Yoruba", "yo", ""),
        ("What is the fare? Please answer in English.", "en", ""),
        ("Can you write this letter in French?", "fr", ""),
        ("in Spanish please", "es", ""),
        ("Traduce esto al inglés: ¿dónde está el baño?", "en", ""),
        ("Traduis ce texte en anglais.", "en", ""),
        ("Übersetze das ins Englische.", "en", ""),
        ("Переведи на английский: где вокзал?", "en", ""),
        ("把这句话翻译成英文", "en", ""),
        ("これを英語に翻訳してください", "en", ""),
        ("이 문장을 영어로 번역해 줘", "en", ""),
        ("ترجم هذا إلى الإنجليزية", "en", ""),
        ("इसका अनुवाद अंग्रेजी में करो", "en", ""),
        ("Bunu İngilizceye çevir", "en", ""),
        ("Tafsiri hii kwa Kiingereza", "en", ""),
        ("Terjemahkan ini ke dalam bahasa Inggris", "en", ""),
        ("Dịch câu này sang tiếng Anh", "en", ""),
        ("แปลเป็นภาษาอังกฤษให้หน่อย", "en", ""),
        ("How do people say thank you in Japanese?", "", "ja"),
        ("What is the word for bread in Amharic", "", "am"),
    ] {
        let found = asked(text, Speaker::User);
        assert_eq!((tags(&found.only).as_str(), tags(&found.also).as_str()), (only, also), "{text}");
    }
}

/// Scenario: negations, conditions, alternatives, languages that are only talked about, quotations and code.
/// Guarantees: none is taken for an order; conditions and alternatives widen what is right.
#[test]
fn not_instructions() {
    for (text, only, also) in [
        ("Do not answer in English.", "", ""),
        ("Never reply in French.", "", ""),
        ("Antworte nicht auf Englisch, sondern auf Deutsch.", "de", ""),
        ("Не отвечай на английском.", "", ""),
        ("No respondas en inglés.", "", ""),
        ("Ne réponds pas en anglais.", "", ""),
        ("不要用英文回答。", "", ""),
        ("英語で答えないでください。", "", ""),
        ("영어로 대답하지 마세요.", "", ""),
        ("If the user writes in French, answer in French.", "", "fr"),
        ("Answer in English unless asked otherwise.", "", "en"),
        ("Answer in English or French.", "en fr", ""),
        ("Reply in the language of the user.", "", ""),
        ("Explain the rules of French law.", "", ""),
        ("Write in a French accent.", "", ""),
        ("You help students who write in French.", "", ""),
        ("Summarise news about English football in clear words.", "", ""),
        ("The user said \"answer in German\".", "", ""),
        ("Run `print in French`", "", ""),
        ("Language: Python", "", ""),
        ("lang: ts", "", ""),
        ("The manual was translated from Dutch.", "", ""),
        ("", "", ""),
    ] {
        let found = asked(text, Speaker::System);
        assert_eq!((tags(&found.only).as_str(), tags(&found.also).as_str()), (only, also), "{text}");
    }
}

/// Scenario: what is asked for, a locale and the user's language in every combination.
/// Guarantees: the first that is there decides; what is not known is said to be so.
#[test]
fn order() {
    let tag = Tag::literal;
    let of = |asked_for: &str, locale: Option<&str>, question| {
        let expectation = Expectation { asked: asked(asked_for, Speaker::System), locale: locale.map(Tag::literal) };
        expectation.languages(question).map(|expected| tags(&expected.any_of))
    };
    let swahili = Some((tag("sw"), Certainty::High));
    assert_eq!(of("Answer in French.", Some("de"), swahili), Ok("fr".into()));
    assert_eq!(of("Be kind.", Some("de"), swahili), Ok("de".into()));
    assert_eq!(of("Be kind.", None, swahili), Ok("sw".into()));
    assert_eq!(of("", None, None), Err(Unknown::NoQuestion));
    assert_eq!(of("", None, Some((tag("und"), Certainty::High))), Err(Unknown::Undetermined));
    assert_eq!(of("", None, Some((tag("sw"), Certainty::Low))), Err(Unknown::LowCertainty));
    assert_eq!(of("", Some("und"), Some((tag("mul"), Certainty::High))), Err(Unknown::Undetermined));
}

/// Scenario: a megabyte of names and verbs without a full stop, and of sentences.
/// Guarantees: it ends, having read a bounded part.
#[test]
fn hostile() {
    for unit in ["answer in French ", "in ", "in french and ", "用中文", "answer in x. ", ":"] {
        let _ = asked(&unit.repeat((1 << 20) / unit.len()), Speaker::System);
    }
}

proptest! {
    /// Scenario: any text around an instruction, in both normal forms, and any text in its place.
    /// Guarantees: no panic, the same answer every time and in both forms; quoted it is no instruction.
    #[test]
    fn any_text(noise in "\\PC{0,60}", at in 0..SYSTEM.len()) {
        let _ = asked(&noise, Speaker::User);
        let (text, _) = SYSTEM[at];
        let text = text.replace(['"', '*', '#', '\n', '(', ')'], " ");
        let first = asked(&text, Speaker::System);
        let (composed, decomposed): (String, String) = (text.nfc().collect(), text.nfd().collect());
        prop_assert_eq!(first, asked(&composed, Speaker::System));
        prop_assert_eq!(first, asked(&decomposed, Speaker::System));
        let quoted = format!("Hm. «{text}»");
        prop_assert!(asked(&quoted, Speaker::System).is_empty());
    }
}
